//! What a manifest asks of an environment, load by load.

use crate::support::authority::{Authority, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED};
use jiff::civil::date;
use segell::files::repo;
use segell::inventory::finding::Environment;
use segell::inventory::load;
use segell::inventory::survey::Survey;
use segell::pipeline::manifest::{Manifest, asked};

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

/// What stands there is what is to be restored: the baseline's seal, then A, then B, which is taken out
/// and A back, then A is taken out.
#[test]
fn what_came_back_and_is_withdrawn_later_is_restored_too() {
    let restores = |b: &str, a: &str| {
        let inventory = Inventory::shipped();
        let seal = Seal::of("Q9900002H", "Institut B").valid("2026-01-01", "2030-01-01");
        inventory.with_certificate("institut-b/next", &["9699969043"], seal, &Authority::new("CA"));
        let withdrawn = |date: &str, more: &str| {
            format!(
                "    withdrawn: {{ date: {date}, reason: Doubts, evidence: [{{ ticket: ST-1 }}]{more} }}\n"
            )
        };
        let of_a = match a {
            "" => String::new(),
            date => withdrawn(date, ""),
        };
        inventory.append(IN_PRE, &of_a);
        let batch = format!(
            "day: 25\nstage: pre\npre: 2026-11-12\npro: 2028-01-13\nloads:\n  - ens: institut-b\n    certificate: institut-b/next\n    pre: {{ loaded: 2026-11-12 }}\n{}",
            withdrawn("2026-11-14", b)
        );
        inventory.write("calendars/transicio-2026/25-institut-b.yaml", batch);
        let manifest = manifest(&inventory, Environment::Pre);
        let restored = manifest
            .restore
            .into_iter()
            .map(|it| (it.withdraws.id, it.certificate.map(|seal| seal.id).unwrap_or_default()));
        let state = manifest.state.into_iter().find(|held| held.ens == "institut-b");
        let state = state.and_then(|held| held.certificate).map(|seal| seal.id);
        (restored.collect::<Vec<_>>(), state.unwrap_or_default())
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let (a, b, before) = ("institut-b/2026", "institut-b/next", "generalitat/2025");
    // B waits for A to come back; once it has, nothing is left to do.
    assert_eq!(restores("", ""), (vec![pair(b, a)], a.to_owned()));
    let back = ", restored: { pre: 2026-11-15 }";
    assert_eq!(restores(back, ""), (vec![], a.to_owned()));
    // A is withdrawn after it came back: it stands there, and what was before it comes back.
    assert_eq!(restores(back, "2026-11-16"), (vec![pair(a, before)], before.to_owned()));
    // Both were withdrawn when something came back: that was what came before both.
    assert_eq!(restores(back, "2026-11-15"), (vec![], before.to_owned()));
    assert_eq!(restores("", "2026-11-13"), (vec![pair(b, before)], before.to_owned()));
}

/// What is to be removed stays in the state until it is recorded as gone; then the ens has no entry.
#[test]
fn what_a_ceased_ens_or_seal_leaves_is_removed() {
    let asked = |ens: &str, seal: &str| {
        let inventory = Inventory::shipped();
        inventory.append("ens/agencia-a.yaml", ens);
        inventory.append("certificates/agencia-a/2026.yaml", seal);
        let manifest = manifest(&inventory, Environment::Pro);
        let removed = manifest.remove.iter().map(|it| {
            assert_eq!(
                (it.ens.as_str(), it.certificate.id.as_str()),
                ("agencia-a", "agencia-a/2026")
            );
            format!("{} {:?}", it.date, it.reason)
        });
        let held = manifest.state.iter().any(|held| held.ens == "agencia-a");
        (removed.collect::<Vec<_>>(), held)
    };
    let ceased = "ceased: { date: 2027-06-30, evidence: [{ ticket: ST-1 }] }\n";
    let retired = |reason: &str| format!("retired: {{ date: 2027-07-01, reason: {reason} }}\n");
    let one = |text: &str| (vec![text.to_owned()], true);
    assert_eq!(asked("", ""), (vec![], true));
    // Whatever the day: whoever compares counts it from its date on.
    assert_eq!(asked(ceased, ""), one("2027-06-30 Ceased"));
    assert_eq!(asked(ceased, &retired("compromised")), one("2027-06-30 Ceased"));
    assert_eq!(asked("", &retired("compromised")), one("2027-07-01 Compromised"));
    assert_eq!(asked("", &retired("ceased")), one("2027-07-01 Ceased"));
    assert_eq!(asked("", &retired("superseded")), (vec![], true));
    let gone = ceased.replace("] }", "], removed: { pro: 2027-07-02 } }");
    assert_eq!(asked(&gone, ""), (vec![], false));
    let gone = retired("ceased, removed: { pro: 2027-07-02 }");
    assert_eq!(asked("", &gone), (vec![], false));
    let elsewhere = ceased.replace("] }", "], removed: { pre: 2027-07-02 } }");
    assert_eq!(asked(&elsewhere, ""), one("2027-06-30 Ceased"));
}

#[test]
fn a_successor_under_the_same_code_takes_the_place() {
    let inventory = Inventory::shipped();
    inventory.append(
        "ens/agencia-a.yaml",
        "ceased: { date: 2026-11-01, successor: agencia-z, evidence: [{ ticket: ST-1 }] }\n",
    );
    inventory.write(
        "ens/agencia-z.yaml",
        "name: Agència Z\nblock: consuming\norgan_code: \"9699969038\"\nnif: Q9900004D\n",
    );
    let seal = Seal::of("Q9900004D", "Agència Z").valid("2026-01-01", "2030-01-01");
    inventory.with_certificate("agencia-z/2026", &["9699969038"], seal, &Authority::new("CA"));
    let batch = "calendars/urgent/10-agencia-z.yaml";
    inventory.write(
        batch,
        "day: 10\nstage: pre\npre: 2026-11-12\npro: 2028-01-13\nloads:\n  - ens: agencia-z\n    certificate: agencia-z/2026\n",
    );
    let known = |inventory: &Inventory| {
        let manifest = manifest(inventory, Environment::Pre);
        let removed = manifest.remove.len();
        let held = |ens: &str| manifest.state.iter().any(|held| held.ens == ens);
        (removed, held("agencia-a"), held("agencia-z"))
    };
    assert_eq!(known(&inventory), (1, true, true));
    inventory.append(batch, "    pre: { loaded: 2026-11-12 }\n");
    assert_eq!(known(&inventory), (0, false, true));
}

/// While a hold runs nothing is asked to be loaded, and what is withdrawn is restored all the same.
#[test]
fn a_stopped_batch_is_not_asked_for() {
    let hold = "hold: { since: 2026-11-20, by: siad, reason: Doubts }\n";
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "stage: planned", "stage: pre").append(PLANNED, hold);
    assert_eq!(loads(&inventory, Environment::Pre), (vec![], vec![]));
    inventory.edit(PLANNED, "reason: Doubts }", "reason: Doubts, ended: 2026-11-21 }");
    assert_eq!(loads(&inventory, Environment::Pre).0, ["consorci-c"]);
    let inventory = Inventory::shipped();
    inventory.append(IN_PRE, &format!("{WITHDRAWN}{hold}"));
    assert_eq!(manifest(&inventory, Environment::Pre).restore.len(), 1);
}
