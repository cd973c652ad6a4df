//! What a manifest asks of an environment, load by load.

use crate::support::authority::{Authority, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED};
use jiff::civil::date;
use segell::finding::Environment;
use segell::manifest::{Manifest, asked};
use segell::survey::Survey;
use segell::{load, repo};

const WITHDRAWN: &str =
    "    withdrawn: { date: 2026-11-20, reason: Doubts, evidence: [{ ticket: ST-1 }] }\n";

fn read(inventory: &Inventory) -> segell::inventory::Inventory {
    load::load(&repo::working_tree(inventory.root()).unwrap())
}

fn manifest(inventory: &Inventory, environment: Environment) -> Manifest {
    let read = read(inventory);
    Manifest::of(&Survey::of(&read, date(2026, 11, 23)), environment, "commit", "tree")
}

/// Who is to be loaded, by the manifest and by the batches alone.
fn loads(inventory: &Inventory, environment: Environment) -> (Vec<String>, Vec<String>) {
    let loads = manifest(inventory, environment).load.into_iter().map(|it| it.ens);
    let read = read(inventory);
    let asked = asked(&read, environment).into_iter().map(|(ens, _)| ens.to_owned());
    (loads.collect(), asked.collect())
}

#[test]
fn a_load_is_asked_from_its_release_until_it_is_recorded_or_withdrawn() {
    let both = |ens: &[&str]| {
        let ens: Vec<String> = ens.iter().map(|&ens| ens.to_owned()).collect();
        (ens.clone(), ens)
    };
    let inventory = Inventory::shipped();
    assert_eq!(loads(&inventory, Environment::Pre), both(&[]));
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    assert_eq!(loads(&inventory, Environment::Pre), both(&["consorci-c"]));
    assert_eq!(loads(&inventory, Environment::Pro), both(&[]));
    inventory.append(PLANNED, WITHDRAWN);
    assert_eq!(loads(&inventory, Environment::Pre), both(&[]));

    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    assert_eq!(loads(&inventory, Environment::Pre), both(&[]));
    assert_eq!(loads(&inventory, Environment::Pro), both(&["institut-b"]));
    inventory.append(IN_PRE, "    pro: { loaded: 2028-01-11 }\n");
    assert_eq!(loads(&inventory, Environment::Pro), both(&[]));
}

#[test]
fn what_comes_back_is_in_force_and_not_retired_on_the_day_of_the_load() {
    // Institut B's load in PRO is on 2028-01-11.
    let restores = |last: &str, retired: &str| {
        let inventory = Inventory::shipped();
        let seal = Seal::of("Q9900002H", "Institut B").valid("2026-01-01", last);
        inventory.with_certificate("institut-b/old", &["9699969046"], seal, &Authority::new("CA"));
        inventory.append("certificates/institut-b/old.yaml", retired);
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        let held = |seal: &str| format!("ens: institut-b, certificate: {seal},");
        inventory.edit("baseline.yaml", &held("generalitat/2025"), &held("institut-b/old"));
        let loading = manifest(&inventory, Environment::Pro).load.remove(0);
        assert_eq!(loading.replaces.unwrap().id, "institut-b/old");
        loading.restores.map(|seal| seal.id)
    };
    let old = Some("institut-b/old".to_owned());
    assert_eq!(restores("2028-01-11", ""), old);
    assert_eq!(restores("2028-01-10", ""), None);
    let retired = |day: &str| format!("retired: {{ date: {day}, reason: superseded }}\n");
    assert_eq!(restores("2028-01-11", &retired("2028-01-12")), old);
    assert_eq!(restores("2028-01-11", &retired("2028-01-11")), None);
}

#[test]
fn what_an_ens_ends_with_has_the_plain_name() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    let files = |inventory: &Inventory| {
        let manifest = manifest(inventory, Environment::Pro);
        let held = manifest.state.iter().find(|held| held.ens == "institut-b").unwrap();
        let loads = manifest.load.iter().map(|it| it.certificate.file.clone());
        (loads.collect::<Vec<_>>(), held.certificate.as_ref().unwrap().file.clone())
    };
    let plain = "certificates/institut-b.pem".to_owned();
    assert_eq!(files(&inventory), (vec![plain.clone()], plain.clone()));
    let seal = Seal::of("Q9900002H", "Institut B").valid("2026-01-01", "2029-01-01");
    inventory.with_certificate("institut-b/next", &["9699969043"], seal, &Authority::new("CA"));
    let batch = "day: 25\nstage: pro\npre: 2028-01-12\npro: 2028-01-13\nloads:\n  - ens: institut-b\n    certificate: institut-b/next\n";
    inventory.write("calendars/transicio-2026/25-institut-b.yaml", batch);
    let (loads, held) = files(&inventory);
    assert_eq!((loads.len(), &loads[1], held), (2, &plain, plain.clone()));
    let interim = loads[0].strip_prefix("certificates/institut-b.").unwrap();
    assert!(interim.ends_with(".pem") && interim.len() == 64 + 4, "{interim}");
}

#[test]
fn the_state_names_who_has_something_or_has_lost_it() {
    let inventory = Inventory::shipped();
    let held = |inventory: &Inventory, ens: &str| {
        let state = manifest(inventory, Environment::Pre).state;
        state.into_iter().find(|held| held.ens == ens)
    };
    assert_eq!(held(&inventory, "consorci-c"), None);
    let recorded = "    pre: { loaded: 2026-11-19 }\n";
    inventory.append(PLANNED, &format!("{recorded}{WITHDRAWN}"));
    let lost = held(&inventory, "consorci-c").unwrap();
    assert_eq!((lost.certificate, lost.key), (None, None));
    assert!(lost.warning.unwrap().starts_with("none: what was there before"));
}
