//! What was tried against the record and the gate, after they were finished: each test says what the
//! contract demands.

use std::fs;

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{FINISHED, Inventory};
use crate::support::world::{IN_PRE, PLANNED, World};

fn text(world: &World, file: &str) -> String {
    fs::read_to_string(world.path("olga/inventory").join(file)).unwrap()
}

fn append(world: &World, file: &str, more: &str) {
    let before = text(world, file);
    world.write(file, &(before + more));
}

fn rename(world: &World, from: &str, to: &str) {
    let before = text(world, from);
    fs::remove_file(world.path("olga/inventory").join(from)).unwrap();
    world.write(to, &before);
}

/// Puts a seal of an authority that `trust/` has into Olga's clone.
fn put(world: &World, authority: &Authority, id: &str, code: &str, seal: Seal) {
    let made = Inventory::shipped();
    made.with_certificate(id, &[code], seal, authority);
    for end in ["yaml", "pem"] {
        let file = format!("certificates/{id}.{end}");
        world.write(&file, &fs::read_to_string(made.path(&file)).unwrap());
    }
}

const TO_PRE: (&str, &str) =
    ("pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-11-24\npro: 2026-12-15");

/// Consorci C alone in a calendar of its own, released to PRE.
fn c_to_pre(world: &World) -> String {
    rename(world, PLANNED, C);
    world.edit(C, "day: 30", "day: 10");
    world.edit(C, "stage: planned", "stage: pre");
    world.edit(C, TO_PRE.0, TO_PRE.1);
    world.merge("Consorci C to PRE")
}

const C: &str = "calendars/consorci/10-consorci-c.yaml";

/// `restored-as-held` is asked of each seal that is newly recorded as restored: of the second load of a
/// seal too, whose first load was withdrawn and restored long ago.
#[test]
fn a_seal_that_is_loaded_twice_is_restored_twice() {
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let pem = authority.pem();
    let world = World::with(|inventory| {
        inventory.write("trust/test.pem", pem);
        inventory.edit(
            "baseline.yaml",
            "  - { ens: agencia-a, certificate: generalitat/2025, in: [pre, pro] }\n",
            "",
        );
    });
    let restored = |file: &str| {
        let before = text(&world, file);
        let gone = "    withdrawn: { date: 2026-11-24, reason: Fails, evidence: [{ ticket: ST-1 }], restored: { pre: 2026-11-24, pro: 2026-11-24 } }\n";
        let after = match before.split_once("departments:") {
            Some((loads, rest)) => format!("{loads}{gone}departments:{rest}"),
            None => before + &gone.replace(", pro: 2026-11-24", ""),
        };
        world.write(file, &after);
    };
    restored(FINISHED);
    world.merge("the first load is taken out; there was nothing before it");
    world.promoted("pre");
    let again = "calendars/urgent/10-agencia-a.yaml";
    world.write(again, "day: 10\nstage: pre\npre: 2026-11-24\npro: 2026-12-01\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026\n");
    world.merge("the same seal again");
    world.promoted("pre");
    append(
        &world,
        again,
        "    pre:\n      loaded: 2026-11-24\n      checks:\n        - { date: 2026-11-24, by: [aoc], result: fails, evidence: [{ ticket: ST-1 }] }\n",
    );
    restored(again);
    let base = world.tip("main");
    let honest = world.merge("taken out again");
    put(
        &world,
        &authority,
        "agencia-a/strange",
        "9699969038",
        Seal::of("Q9900099X", "Nobody").from("2026-10-01"),
    );
    append(
        &world,
        "baseline.yaml",
        "  - { ens: agencia-a, certificate: agencia-a/strange, in: [pre] }\n",
    );
    let main = world.merge("there was something before after all, it says");
    assert_ne!(base, main);
    let why = "`agencia-a/strange` comes back for `agencia-a`, but there was nothing before";
    world.refuses("pre", &world.approved("pre", &main), why);
    // Without it, it comes in.
    let id = world.put(&world.approved("pre", &honest).raw());
    world.push(&[&format!("{id}:refs/heads/env/pre")]).ok();
}

/// `not-stopped-since`: the seal that is to be loaded is retired as compromised on `main`, whatever its
/// record is called there.
#[test]
fn a_compromised_seal_is_stopped_under_another_name() {
    let world = World::begin();
    let released = c_to_pre(&world);
    for end in ["yaml", "pem"] {
        rename(
            &world,
            &format!("certificates/consorci-c/2026.{end}"),
            &format!("certificates/consorci-c/2026-first.{end}"),
        );
    }
    world.edit(C, "consorci-c/2026", "consorci-c/2026-first");
    append(
        &world,
        "certificates/consorci-c/2026-first.yaml",
        "retired: { date: 2026-11-24, reason: compromised }\n",
    );
    world.merge("compromised, and renamed");
    let why = "`main` has retired the seal as compromised";
    world.refuses("pre", &world.approved("pre", &released), why);
}

/// `not-stopped-since`: the load is on hold on `main`, with its seal renamed.
#[test]
fn a_load_on_hold_is_stopped_under_another_name() {
    let world = World::begin();
    let released = c_to_pre(&world);
    for end in ["yaml", "pem"] {
        rename(
            &world,
            &format!("certificates/consorci-c/2026.{end}"),
            &format!("certificates/consorci-c/2026-first.{end}"),
        );
    }
    world.edit(C, "consorci-c/2026", "consorci-c/2026-first");
    is_stopped_on_hold(&world, &released);
}

/// What was released goes no further once `main` puts its batch on hold.
#[track_caller]
fn is_stopped_on_hold(world: &World, released: &str) {
    append(
        world,
        C,
        "hold: { since: 2026-11-24, by: siad, reason: A doubt, evidence: [{ ticket: ST-1 }] }\n",
    );
    world.merge("on hold, and renamed");
    let why = "`main` has put its batch on hold: A doubt";
    world.refuses("pre", &world.approved("pre", released), why);
}

/// The same with the ens renamed.
#[test]
fn a_load_on_hold_is_stopped_under_another_ens() {
    let world = World::begin();
    let released = c_to_pre(&world);
    rename(&world, "ens/consorci-c.yaml", "ens/consorci-catala.yaml");
    world.edit(C, "ens: consorci-c\n", "ens: consorci-catala\n");
    is_stopped_on_hold(&world, &released);
}

/// `not-on-hold`: a running hold of REV is in the change; another of the same day does not stand for it.
#[test]
fn of_two_holds_of_one_day_each_is_kept() {
    let world = World::begin();
    let hold = |by: &str, more: &str| {
        format!(
            "  - {{ since: 2026-11-24, by: {by}, reason: A doubt, evidence: [{{ ticket: ST-1 }}]{more} }}\n"
        )
    };
    let ended = hold("aoc", ", ended: 2026-11-24");
    for (first, by) in [(hold("aoc", ""), "siad"), (ended, "aoc")] {
        let plain = text(&world, IN_PRE);
        append(&world, IN_PRE, &format!("hold:\n{first}{}", hold(by, "")));
        world.merge("two holds");
        world.write(IN_PRE, &format!("{plain}hold:\n{first}"));
        let check = ["check", "--base", "HEAD", "--rule", "not-on-hold"];
        let said = world.segell("olga", &check);
        assert!(said.out.contains("has vanished"), "{by}: {}", said.out);
        world.write(IN_PRE, &format!("{plain}hold:\n{first}{}", hold(by, ", ended: 2026-11-24")));
        let said = world.segell("olga", &check);
        assert!(!said.out.contains("has vanished"), "{by}: {}", said.out);
        world.write(IN_PRE, &plain);
        world.merge("begin again");
    }
}

/// A load which the manifest asks for is asked all that the gate asks of a load, although a record of
/// PRO says that it is finished.
#[test]
fn what_is_said_to_be_finished_in_pro_is_not_loaded_in_pre_unasked() {
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let pem = authority.pem();
    let world = World::with(|inventory| {
        inventory.write("trust/test.pem", pem);
    });
    put(
        &world,
        &authority,
        "consorci-c/strange",
        "9699969056",
        Seal::of("Q9900099X", "Nobody").from("2026-11-01"),
    );
    world.write("calendars/strange/10-consorci-c.yaml", "day: 10\nstage: pro\npre: 2026-11-23\npro: 2026-11-24\nloads:\n  - ens: consorci-c\n    certificate: consorci-c/strange\n    pro:\n      loaded: 2026-11-24\n      informed: { date: 2026-11-24, to: [siad], evidence: [{ ticket: ST-1 }] }\n      checks:\n        - { date: 2026-11-24, by: [pica, aoc], result: works, evidence: [{ ticket: ST-1 }] }\ndepartments:\n  - { date: 2026-11-24, by: [aoc], result: works, evidence: [{ ticket: ST-1 }] }\n");
    let main = world.merge("finished in PRO, it says");
    world.refuses("pre", &world.approved("pre", &main), "consorci-c/strange");
}
/// `loaded-as-released`: a load that was taken out stood in a manifest; the same seal recorded as loaded
/// again afterwards is another load, which stood in none.
#[test]
fn a_second_load_that_nobody_released() {
    let world = World::begin();
    c_to_pre(&world);
    world.promoted("pre");
    let failed = "    pre:\n      loaded: 2026-11-24\n      checks:\n        - { date: 2026-11-24, by: [aoc], result: fails, evidence: [{ ticket: ST-1 }] }\n";
    append(&world, C, failed);
    append(
        &world,
        C,
        "    withdrawn: { date: 2026-11-24, reason: Fails, evidence: [{ ticket: ST-1 }], restored: { pre: 2026-11-24 } }\n",
    );
    world.merge("taken out");
    world.promoted("pre");
    world.on("2026-11-26");
    let again = "calendars/urgent/10-consorci-c.yaml";
    let planned = "day: 10\nstage: pre\npre: 2026-11-25\npro: 2026-12-15\nloads:\n  - ens: consorci-c\n    certificate: consorci-c/2026\n";
    world.write(again, planned);
    let released = world.merge("to be loaded again");
    append(&world, again, "    pre: { loaded: 2026-11-26 }\n");
    let main = world.merge("loaded again, it says");
    world.refuses(
        "pre",
        &world.approved("pre", &main),
        "no manifest that the branch held by then asked",
    );
    // Released first, it comes in.
    let id = world.put(&world.approved("pre", &released).raw());
    world.push(&[&format!("{id}:refs/heads/env/pre")]).ok();
    world.promoted("pre");
}

/// A waiver of `record-kept` stays, neither unused nor expired: that one of those who agreed on it has
/// left since is no error, and stops no promotion.
#[test]
fn a_waiver_outlives_whoever_agreed_on_it() {
    let world = World::begin();
    world.write("waivers/day.yaml", "rule: record-kept\nsubject: baseline.yaml\nreason: It never was in PRO\napproved_by: [pau@example.org, laia@example.org]\nevidence: [{ ticket: ST-25000 }]\ngranted: 2026-11-24\nexpires: 2026-11-25\n");
    world.merge("a waiver");
    world.edit(
        "baseline.yaml",
        "ens: institut-b, certificate: generalitat/2025, in: [pre, pro]",
        "ens: institut-b, certificate: generalitat/2025, in: [pre]",
    );
    world.merge("what PRO really had");
    world.on("2026-11-26");
    world.edit("policy.yaml", "pau@example.org", "somebody@example.org");
    world.merge("Pau leaves");
    let rules = ["check", "--rule", "waiver-valid", "--rule", "known-reference"];
    let checked = world.segell("olga", &rules);
    assert_eq!(checked.code, 0, "{}", checked.out);
    world.promoted("pre");
}
