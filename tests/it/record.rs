//! What the record and the gate hold against, each beside its honest neighbour: pushed to a server with
//! the hooks installed, or put in behind them and looked at by who loads and who audits.

use std::fs;

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{FINISHED, Inventory};
use crate::support::world::{IN_PRE, PLANNED, World, public};

/// Consorci C, loaded and seen to work in PRE.
const C_IN_PRE: &str = "    pre:
      loaded: 2026-11-24
      checks:
        - { date: 2026-11-24, by: [aoc], result: works, evidence: [{ ticket: ST-23400 }] }
      informed: { date: 2026-11-24, to: [siad], evidence: [{ ticket: ST-23400 }] }
";

/// Institut B, loaded in PRO.
const B_IN_PRO: &str = "    pro:
      loaded: 2026-11-25
      informed: { date: 2026-11-25, to: [siad], evidence: [{ ticket: ST-23300 }] }
      checks:
        - { date: 2026-11-26, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23301 }] }
departments:
  - { date: 2026-11-26, by: [aoc], result: works, evidence: [{ ticket: ST-23302 }] }
";

fn text(world: &World, file: &str) -> String {
    fs::read_to_string(world.path("olga/inventory").join(file)).unwrap()
}

fn append(world: &World, file: &str, more: &str) {
    let before = text(world, file);
    world.write(file, &(before + more));
}

/// Institut B's batch is released to PRO.
fn release(world: &World) -> String {
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.merge("release Institut B to PRO")
}

/// Puts a branch of the server somewhere, behind the hook.
fn behind(world: &World, branch: &str, commit: &str) {
    world.push(&[&format!("{commit}:refs/heads/elsewhere"), "--force"]).ok();
    let name = format!("refs/heads/{branch}");
    world.git(&world.path("server.git"), &["update-ref", &name, commit]).ok();
    for person in ["olga", "marta", "joan", "laia"] {
        world.git(&world.clone_of(person), &["fetch", "-q"]).ok();
    }
}

/// Whoever loads and whoever audits says no.
#[track_caller]
fn nobody_believes(world: &World, environment: &str, words: &str) {
    let out = world.path("loads");
    let _ = fs::remove_dir_all(&out);
    let out = out.to_str().unwrap();
    let tip = world.tip(&format!("env/{environment}^2"));
    world.segell("laia", &["manifest", "--env", environment, "--rev", &tip, "--out", out]).ok();
    world.segell("laia", &["manifest", "verify", out, "--env", environment]).refused(words);
    world.segell("laia", &["log", "--verify", "--env", environment]).refused(words);
}

#[track_caller]
fn everybody_believes(world: &World, environment: &str) {
    let out = world.path("loads");
    let _ = fs::remove_dir_all(&out);
    let out = out.to_str().unwrap();
    world.git(&world.clone_of("laia"), &["fetch", "-q"]).ok();
    world.segell("laia", &["manifest", "--env", environment, "--out", out]).ok();
    world.segell("laia", &["manifest", "verify", out, "--env", environment]).ok();
    world.segell("laia", &["log", "--verify", "--env", environment]).ok();
}

// PRO and PRE

#[test]
fn pro_does_not_rest_on_a_pre_that_nobody_approved() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.edit(PLANNED, "stage: planned", "stage: pro");
    world.edit(PLANNED, "pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-12-01\npro: 2026-12-08");
    world.on("2026-12-02");
    append(&world, IN_PRE, B_IN_PRO);
    append(&world, PLANNED, &C_IN_PRE.replace("2026-11-24", "2026-12-01"));
    let main = world.merge("Consorci C works in PRE, it says");
    behind(&world, "env/pre", &main);
    let words = "promotion-as-written";
    world.approve("marta", "pro").refused(words);
    let crafted = world.approved("pro", &main);
    world.refuses("pro", &crafted, words);
    let id = world.put(&crafted.raw());
    behind(&world, "env/pro", &id);
    nobody_believes(&world, "pro", words);
}

#[test]
fn what_pro_rests_on_stands_on_pres_line() {
    let world = World::begin();
    let released = release(&world);
    let statement = world.statement("pro");
    let pre = world.tip("env/pre");
    for other in [&released, &"0".repeat(40)] {
        let other = statement.replace(&format!("pre: {pre}"), &format!("pre: {other}"));
        let lines = ["marta", "joan"].map(|name| world.line(name, &other));
        world.refuses("pro", &world.craft_with(&other, &lines), "is not on the line of `env/pre`");
    }
    let without = statement.replace(&format!("pre: {pre}\n"), "");
    let lines = ["marta", "joan"].map(|name| world.line(name, &without));
    world.refuses("pro", &world.craft_with(&without, &lines), "promotion-as-written");
    let id = world.put(&world.craft("pro", &["marta", "joan"]).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

/// Another calendar goes to PRE between the two approvals of PRO, and before the promotion.
#[test]
fn pre_may_move_between_two_approvals_of_pro() {
    let world = World::begin();
    release(&world);
    let rests_on = world.tip("env/pre");
    world.approve("marta", "pro").ok();
    world.promoted("pre");
    assert_ne!(world.tip("env/pre"), rests_on);
    world.approve("joan", "pro").ok();
    let said = world.promote("pro").ok();
    assert!(said.contains("sent to"), "{said}");
    let message =
        world.git(&world.path("server.git"), &["log", "-1", "--format=%B", "env/pro"]).ok();
    assert!(message.contains(&format!("\npre: {rests_on}\n")), "{message}");
    everybody_believes(&world, "pro");
}

/// Of two statements with enough approvals the one that rests on the latest tip is taken.
#[test]
fn the_latest_tip_of_pre_counts() {
    let world = World::begin();
    release(&world);
    world.approve("marta", "pro").ok();
    world.approve("joan", "pro").ok();
    world.promoted("pre");
    let later = world.tip("env/pre");
    for name in ["marta", "joan"] {
        let statement = world.statement("pro");
        let early = statement.lines().find(|line| line.starts_with("pre: ")).unwrap().to_owned();
        let statement = statement.replace(&early, &format!("pre: {later}"));
        let text = format!("{statement}expires: 2026-12-08\n");
        let line = world.line(name, &statement);
        let armour = format!(
            "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
            line.signature
                .as_bytes()
                .chunks(70)
                .map(|part| std::str::from_utf8(part).unwrap())
                .collect::<Vec<_>>()
                .join("\n")
        );
        let olga = world.path("olga");
        let blob = world.git_with(
            &olga,
            &["hash-object", "-w", "--stdin"],
            format!("{text}{armour}").as_bytes(),
        );
        let digest = |bytes: &[u8]| segell::base::digest::Sha256::of(bytes).to_string();
        let key = segell::files::signature::Key::read(&public(name)).unwrap().sha256();
        let name = format!("refs/approvals/pro/{}/{key}", digest(text.as_bytes()));
        world.git(&olga, &["update-ref", &name, blob.ok().trim()]).ok();
    }
    world.promote("pro").ok();
    let message =
        world.git(&world.path("server.git"), &["log", "-1", "--format=%B", "env/pro"]).ok();
    assert!(message.contains(&format!("\npre: {later}\n")), "{message}");
}

/// A seal that PRE has by the baseline alone may go to PRO only if a root of PRE has it there.
#[test]
fn what_pre_has_from_a_changed_baseline_does_not_go_to_pro() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.on("2026-11-27");
    append(&world, IN_PRE, B_IN_PRO);
    world.edit(PLANNED, "stage: planned", "stage: pro");
    world.edit(PLANNED, "pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-11-27\npro: 2026-12-01");
    append(
        &world,
        "baseline.yaml",
        "  - { ens: consorci-c, certificate: consorci-c/2026, in: [pre] }\n",
    );
    // The load in PRE is withdrawn nowhere and recorded nowhere: PRE is said to have it from before.
    world.edit(PLANNED, "stage: pro", "stage: pre");
    let main = world.merge("Consorci C had its seal in PRE before, it says");
    let yields = world.segell("olga", &["manifest", "--env", "pre", "--rev", &main, "--out", "m"]);
    assert!(yields.ok().contains("1 to load"));
    world.edit(PLANNED, "stage: pre", "stage: planned");
    let main = world.merge("not to PRE");
    world.promoted("pre");
    world.edit(PLANNED, "stage: planned", "stage: pro");
    let main = world.merge(&format!("to PRO, after {main}"));
    let why = "PRE has `consorci-c/2026` of `consorci-c` from the baseline alone";
    world.refuses("pro", &world.approved("pro", &main), why);
}

// keys

#[test]
fn keys_that_left_main_sign_nothing_later() {
    let world = World::begin();
    release(&world);
    // What they signed before they left is believed for ever.
    world.promoted("pro");
    for (name, other) in [("marta", "pau-next"), ("joan", "joan-next")] {
        world.edit("policy.yaml", &public(name), &public(other));
    }
    world.merge("two keys leave");
    everybody_believes(&world, "pro");
    world.on("2026-12-01");
    world.write("README.md", "Words.\n");
    let later = world.merge("words");
    let crafted = world.approved("pro", &later);
    world.refuses("pro", &crafted, "`main` no longer lists");
    let id = world.put(&crafted.raw());
    behind(&world, "env/pro", &id);
    nobody_believes(&world, "pro", "had left `main` before");
}

// days

/// What comes in days later is promoted again, with the same approvals.
#[test]
fn a_promotion_comes_in_on_its_day_or_the_next() {
    let world = World::begin();
    release(&world);
    world.approve("marta", "pro").ok();
    world.approve("joan", "pro").ok();
    let dated = |day: &str| {
        let crafted = world.craft("pro", &["marta", "joan"]);
        world.dated(crafted, &format!("{day}T12:00:00Z"))
    };
    world.on("2026-11-26");
    world.refuses("pro", &dated("2026-11-24"), "the same approvals fit");
    world.promote("pro").ok();
    everybody_believes(&world, "pro");
}

// roots

#[test]
fn a_promotion_to_pre_is_no_root_of_pro() {
    let world = World::begin();
    release(&world);
    world.segell("olga", &["promote", "--env", "pre", "--unapproved"]).ok();
    let olga = world.path("olga");
    let root = world.git(&olga, &["rev-parse", "refs/heads/env/pre"]).ok().trim().to_owned();
    for clone in [&world.path("server.git"), &olga, &world.clone_of("laia")] {
        for environment in ["pre", "pro"] {
            let name = format!("segell.{environment}.root");
            world.git(clone, &["config", "--add", &name, &root]).ok();
        }
    }
    // It follows the tip of PRO as well, since both begin at the same root.
    world.is_refused(&[&format!("{root}:refs/heads/env/pro")], "promotion-as-written");
    behind(&world, "env/pro", &root);
    nobody_believes(&world, "pro", "promotion-as-written");
    // Of PRE it is one.
    world.push(&["env/pre"]).ok();
    everybody_believes(&world, "pre");
}

#[test]
fn a_root_on_the_command_line_is_of_one_environment() {
    let world = World::begin();
    let laia = world.clone_of("laia");
    let root = world.git(&laia, &["config", "segell.pro.root"]).ok().trim().to_owned();
    release(&world);
    world.promoted("pro");
    world.git(&laia, &["fetch", "-q"]).ok();
    for environment in ["pre", "pro"] {
        let name = format!("segell.{environment}.root");
        world.git(&laia, &["config", "--unset-all", &name]).ok();
    }
    let verify = |more: &[&str]| {
        let arguments = ["log", "--verify", "--env", "pro"];
        world.segell("laia", &[&arguments[..], more].concat())
    };
    verify(&[]).refused("root");
    // PRO rests on PRE, whose root has to be listed too.
    verify(&["--root", &root]).refused("`env/pre` does not begin at a root");
    let (pre, pro) = (format!("pre:{root}"), format!("pro:{root}"));
    verify(&["--root", &root, "--root", &pre]).ok();
    verify(&["--root", &pro, "--root", &pre]).ok();
    world.segell("laia", &["log", "--verify", "--root", &root]).refused("--root pre:COMMIT");
}

// what comes back

/// A world whose `trust/` holds an authority of our own, and a way to put its seals into Olga's clone.
fn with_authority() -> (World, impl Fn(&World, &str, &str, Seal)) {
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let pem = authority.pem();
    let world = World::with(|inventory| {
        inventory.write("trust/test.pem", pem);
    });
    let put = move |world: &World, id: &str, code: &str, seal: Seal| {
        let made = Inventory::shipped();
        made.with_certificate(id, &[code], seal, &authority);
        for end in ["yaml", "pem"] {
            let file = format!("certificates/{id}.{end}");
            world.write(&file, &fs::read_to_string(made.path(&file)).unwrap());
        }
    };
    (world, put)
}

const WITHDRAWN: &str = "    withdrawn: { date: 2026-11-27, reason: Requests fail, evidence: [{ ticket: ST-23310 }] }\n";

/// Institut B's load goes to PRO and is recorded there, on 2026-11-27.
fn b_in_pro(world: &World) {
    release(world);
    world.promoted("pro");
    world.on("2026-11-27");
    let departments = B_IN_PRO.split("departments:").nth(1).unwrap();
    let loads = B_IN_PRO.split("departments:").next().unwrap();
    append(world, IN_PRE, loads);
    world.merge("loaded in PRO");
    append(world, IN_PRE, &format!("departments:{departments}"));
    world.merge("the departments consume");
}

fn withdraw(world: &World, more: &str) {
    let before = text(world, IN_PRE);
    let (loads, departments) = before.split_once("departments:").unwrap();
    let withdrawn = WITHDRAWN.replace(" }\n", &format!("{more} }}\n"));
    world.write(IN_PRE, &format!("{loads}{withdrawn}departments:{departments}"));
}

#[test]
fn what_comes_back_is_what_was_there() {
    let (world, put) = with_authority();
    b_in_pro(&world);
    // The baseline becomes another seal, and the load is withdrawn with it.
    let held = "ens: institut-b, certificate: generalitat/2025";
    put(
        &world,
        "institut-b/strange",
        "9699969043",
        Seal::of("Q9900099X", "Nobody").from("2026-10-01"),
    );
    world.edit("baseline.yaml", held, "ens: institut-b, certificate: institut-b/strange");
    withdraw(&world, "");
    let main = world.merge("back to what was before, it says");
    let why = "`institut-b/strange` comes back for `institut-b`, but `institut-b/2026` took the place of `generalitat/2025`";
    let crafted = world.approved("pro", &main);
    world.refuses("pro", &crafted, why);
    let said = world.put(&crafted.raw());
    let said = world.push(&[&format!("{said}:refs/heads/env/pro")]);
    assert!(said.err.contains("record-kept"), "{}", said.err);
    let checked = world.segell("olga", &["check", "--base", "HEAD~1"]);
    assert!(checked.out.contains("error[record-kept]"), "{}", checked.out);
    assert_eq!(checked.code, 1);
    let id = world.put(&crafted.raw());
    behind(&world, "env/pro", &id);
    world.segell("laia", &["log", "--verify", "--env", "pro"]).refused(why);
}

#[test]
fn what_is_recorded_as_restored_was_there() {
    let (world, put) = with_authority();
    b_in_pro(&world);
    put(
        &world,
        "institut-b/strange",
        "9699969043",
        Seal::of("Q9900099X", "Nobody").from("2026-10-01"),
    );
    world.edit(
        "baseline.yaml",
        "ens: institut-b, certificate: generalitat/2025",
        "ens: institut-b, certificate: institut-b/strange",
    );
    withdraw(&world, ", restored: { pre: 2026-11-27, pro: 2026-11-27 }");
    let main = world.merge("it is back already, it says");
    let why = "`institut-b/strange` comes back for `institut-b`";
    world.refuses("pro", &world.approved("pro", &main), why);
}

/// The old seal was put back at once, and all of it is recorded together.
#[test]
fn put_back_at_once_and_recorded_together() {
    let world = World::begin();
    b_in_pro(&world);
    withdraw(&world, ", restored: { pre: 2026-11-27, pro: 2026-11-27 }");
    world.merge("it fails, and what was before is back");
    world.promoted("pre");
    world.promoted("pro");
    everybody_believes(&world, "pro");
}

/// A body that segell did not know is adopted into the baseline together with its first load, which is
/// withdrawn later.
#[test]
fn a_body_adopted_into_the_baseline_and_then_withdrawn() {
    let (world, put) = with_authority();
    put(
        &world,
        "consorci-c/old",
        "9699969056",
        Seal::of("Q9900003F", "Consorci C").from("2024-12-01"),
    );
    append(
        &world,
        "baseline.yaml",
        "  - { ens: consorci-c, certificate: consorci-c/old, in: [pre, pro] }\n",
    );
    b_in_pro(&world);
    world.edit(PLANNED, "stage: planned", "stage: pre");
    world.edit(PLANNED, "pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-11-27\npro: 2026-12-04");
    world.merge("Consorci C to PRE");
    world.promoted("pre");
    let loaded = "    pre:\n      loaded: 2026-11-27\n      checks:\n        - { date: 2026-11-27, by: [aoc], result: fails, evidence: [{ ticket: ST-1 }] }\n";
    append(&world, PLANNED, &format!("{loaded}{WITHDRAWN}"));
    world.merge("it fails, and is withdrawn");
    world.promoted("pre");
    let manifest =
        world.git(&world.path("server.git"), &["show", "manifests/pre:manifest.yaml"]).ok();
    assert!(manifest.contains("withdraws:\n    id: 'consorci-c/2026'"), "{manifest}");
    assert!(manifest.contains("certificate:\n    id: 'consorci-c/old'"), "{manifest}");
    everybody_believes(&world, "pre");
}

/// B took the place of A, and both are withdrawn: what comes back is what was there before A.
#[test]
fn of_two_withdrawals_the_first_ones_seal_comes_back() {
    let (world, put) = with_authority();
    b_in_pro(&world);
    put(
        &world,
        "institut-b/2026b",
        "9699969043",
        Seal::of("Q9900002H", "Institut B").from("2026-11-20"),
    );
    let urgent = "calendars/urgent/10-institut-b.yaml";
    let batch = "day: 10\nstage: pre\npre: 2026-11-27\npro: 2026-12-04\nloads:\n  - ens: institut-b\n    certificate: institut-b/2026b\n";
    world.write(urgent, batch);
    world.merge("an urgent replacement");
    world.promoted("pre");
    append(
        &world,
        urgent,
        &format!(
            "    pre: {{ loaded: 2026-11-27, checks: [{{ date: 2026-11-27, by: [aoc], result: fails, evidence: [{{ ticket: ST-1 }}] }}] }}\n{WITHDRAWN}"
        ),
    );
    withdraw(&world, "");
    world.merge("both fail");
    world.promoted("pre");
    let manifest =
        world.git(&world.path("server.git"), &["show", "manifests/pre:manifest.yaml"]).ok();
    assert!(manifest.contains("withdraws:\n    id: 'institut-b/2026b'"), "{manifest}");
    assert!(manifest.contains("certificate:\n    id: 'generalitat/2025'"), "{manifest}");
    everybody_believes(&world, "pre");
}

// the record

/// Each of these is an error of the change, and of the gate.
#[test]
fn what_decides_what_an_environment_holds_is_kept() {
    let world = World::begin();
    b_in_pro(&world);
    world.promoted("pro");
    let base = world.tip("main");
    let olga = world.path("olga");
    let reset = || {
        world.git(&olga, &["reset", "-q", "--hard", &base]).ok();
        world.git(&olga, &["clean", "-qfd"]).ok();
    };
    let loses = |what: &str| {
        let checked = world.segell("olga", &["check", "--base", "HEAD", "--rule", "record-kept"]);
        assert!(checked.out.contains("error[record-kept]"), "{what}: {}", checked.out);
        assert_eq!(checked.code, 1, "{what}");
        reset();
    };
    world.edit(IN_PRE, "loaded: 2026-11-25", "loaded: 2026-11-26");
    loses("another day");
    fs::remove_file(olga.join("inventory").join(FINISHED)).unwrap();
    loses("a finished batch's file");
    world.edit(
        "baseline.yaml",
        "ens: institut-b, certificate: generalitat/2025, in: [pre, pro]",
        "ens: institut-b, certificate: generalitat/2025, in: [pre]",
    );
    loses("a baseline of PRE alone");
    for ens in ["ens: institut-b\n", "ens: agencia-a\n"] {
        let file = if ens.contains("institut") { IN_PRE } else { FINISHED };
        world.edit(file, ens, "ens: consorci-c\n");
        loses("another ens");
    }
    // What is added, and a batch that is renamed, are no change.
    let renamed = "calendars/transicio-2026/20-renamed.yaml";
    let before = text(&world, IN_PRE);
    fs::remove_file(olga.join("inventory").join(IN_PRE)).unwrap();
    world.write(renamed, &before);
    let checked = world.segell("olga", &["check", "--base", "HEAD", "--rule", "record-kept"]);
    assert!(!checked.out.contains("record-kept]"), "{}", checked.out);
    reset();
    // At the gate only the two trees count.
    world.edit(IN_PRE, "loaded: 2026-11-25", "loaded: 2026-11-26");
    let main = world.merge("another day");
    world.refuses("pro", &world.approved("pro", &main), "a recorded fact has changed: `loaded`");
    world.edit(IN_PRE, "loaded: 2026-11-26", "loaded: 2026-11-25");
    world.merge("the day as it was");
    world.promoted("pro");
}

/// A slip is set right under a waiver that AOC and SIAD agreed on, and PRO is promoted months later.
#[test]
fn a_correction_under_a_waiver() {
    let world = World::begin();
    b_in_pro(&world);
    world.promoted("pro");
    let waiver = "rule: record-kept\nsubject: calendars/transicio-2026/20-institut-b.yaml\nens: institut-b\nreason: The day was mistyped\napproved_by: [marta@example.org, joan@example.org]\nevidence: [{ ticket: ST-25000 }]\ngranted: 2026-11-27\nexpires: 2026-11-30\n";
    world.write("waivers/day.yaml", waiver);
    world.merge("a waiver");
    world.on("2026-11-28");
    world.edit(IN_PRE, "loaded: 2026-11-25", "loaded: 2026-11-26");
    world.edit(IN_PRE, "informed: { date: 2026-11-25", "informed: { date: 2026-11-26");
    let checked = world.segell("olga", &["check", "--base", "HEAD"]);
    assert!(!checked.out.contains("error[record-kept]"), "{}", checked.out);
    world.merge("the right day");
    world.on("2027-03-01");
    // It has expired, and still lifts what was changed while it held.
    let checked = world.segell("olga", &["check", "--rule", "waiver-valid", "--deny", "warnings"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    world.write("README.md", "Words.\n");
    let main = world.merge("words");
    let id = world.put(&world.approved("pro", &main).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
    // A second change, after it, is not covered.
    world.edit(IN_PRE, "      loaded: 2026-11-26", "      loaded: 2026-11-25");
    let main = world.merge("another day again");
    world.refuses("pro", &world.approved("pro", &main), "(no-new-error)");
    let told = world.segell("olga", &["check", "--base", "HEAD~1", "--rule", "record-kept"]);
    assert!(told.out.contains("error[record-kept]"), "{}", told.out);
}

// stops

#[test]
fn what_main_has_stopped_since_is_not_promoted() {
    let world = World::begin();
    let released = release(&world);
    let hold =
        "hold: { since: 2026-11-24, by: siad, reason: A doubt, evidence: [{ ticket: ST-1 }] }\n";
    let stops: [(&str, &str, &str); 3] = [
        (IN_PRE, hold, "`main` has put its batch on hold: A doubt"),
        (
            IN_PRE,
            "    withdrawn: { date: 2026-11-24, reason: Fails, evidence: [{ ticket: ST-1 }] }\n",
            "`main` has withdrawn it: Fails",
        ),
        (
            "certificates/institut-b/2026.yaml",
            "retired: { date: 2026-11-24, reason: compromised }\n",
            "`main` has retired the seal as compromised",
        ),
    ];
    for (file, more, words) in stops {
        let before = text(&world, file);
        append(&world, file, more);
        world.merge("stop");
        world.refuses("pro", &world.approved("pro", &released), words);
        world.write(file, &before);
        world.merge("go on");
    }
    let id = world.put(&world.approved("pro", &released).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
    // Whoever loads is told what `main` says today.
    append(&world, IN_PRE, hold);
    world.merge("stop");
    let laia = world.clone_of("laia");
    world.git(&laia, &["fetch", "-q"]).ok();
    world.segell("laia", &["manifest", "--env", "pro", "--out", "m"]).ok();
    let verify = ["manifest", "verify", "m", "--env", "pro"];
    let said = world.segell("laia", &verify);
    assert!(said.err.contains("on hold: A doubt"), "{}", said.err);
    assert_eq!(said.code, 0);
    let said = world.segell("laia", &[&verify[..], &["--deny", "warnings"]].concat());
    assert_eq!(said.code, 1, "{}", said.err);
}

/// A compromise is recorded, and the seal replaced up to PRO, although it is red all the while.
#[test]
fn a_compromise_is_recorded_and_mended() {
    let (world, put) = with_authority();
    let agencia = "certificates/agencia-a/2026.yaml";
    append(&world, agencia, "retired: { date: 2026-11-24, reason: compromised }\n");
    let checked = world.segell("olga", &["check", "--base", "HEAD"]);
    assert!(checked.out.contains("error[certificate-in-force]"), "{}", checked.out);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert_eq!(world.segell("olga", &["check"]).code, 1, "on `main`, daily, it blocks");
    world.merge("compromised");
    world.promoted("pre");
    world.promoted("pro");
    let pro = world.git(&world.path("server.git"), &["show", "manifests/pro:manifest.yaml"]).ok();
    assert!(pro.contains("remove:\n- ens: 'agencia-a'"), "{pro}");
    put(
        &world,
        "agencia-a/2026b",
        "9699969038",
        Seal::of("Q9900001J", "Agència A").from("2026-11-20"),
    );
    let urgent = "calendars/urgent/10-agencia-a.yaml";
    world.write(urgent, "day: 10\nstage: pre\npre: 2026-11-24\npro: 2026-11-25\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026b\n");
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("an urgent replacement");
    world.promoted("pre");
    let pre = world.git(&world.path("server.git"), &["show", "manifests/pre:manifest.yaml"]).ok();
    assert!(pre.contains("remove: []"), "what a load replaces is not removed: {pre}");
    append(&world, urgent, C_IN_PRE);
    world.edit(urgent, "stage: pre", "stage: pro");
    world.on("2026-11-25");
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("it works in PRE");
    world.promoted("pro");
    everybody_believes(&world, "pro");
}

/// A doubt about a body is recorded with a stop of its batch; meanwhile another calendar goes on, and
/// the stop ends when the doubt has.
#[test]
fn what_stops_a_load_is_recorded_with_it() {
    let (world, put) = with_authority();
    release(&world);
    let asked = [
        "add",
        "query",
        "--ens",
        "institut-b",
        "--by",
        "siad",
        "--to",
        "aeat",
        "--question",
        "Is it loaded?",
    ];
    let said = world.segell("olga", &asked);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("`segell hold --batch transicio-2026/20-institut-b"), "{}", said.err);
    world.segell("olga", &[&asked[..], &["--hold"]].concat()).ok();
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("a doubt, and a stop");
    put(
        &world,
        "agencia-a/2026b",
        "9699969038",
        Seal::of("Q9900001J", "Agència A").from("2026-11-20"),
    );
    world.write("calendars/urgent/10-agencia-a.yaml", "day: 10\nstage: pre\npre: 2026-11-24\npro: 2026-12-01\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026b\n");
    world.merge("another calendar");
    world.promoted("pre");
    let end = ["hold", "--batch", "transicio-2026/20-institut-b", "--end"];
    let said = world.segell("olga", &end);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("no-open-query"), "{}", said.err);
    world
        .segell(
            "olga",
            &["answer", "query", "--ens", "institut-b", "--answer", "Yes", "--evidence", "ST-1"],
        )
        .ok();
    world.segell("olga", &end).ok();
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("the doubt has gone");
    world.promoted("pro");
}

/// In the middle of a day's loads something breaks: what was loaded stays, the rest is asked no more.
#[test]
fn a_day_is_stopped_in_the_middle() {
    let world = World::with(|inventory| {
        inventory.edit(
            PLANNED,
            "  - ens: consorci-c\n    certificate: consorci-c/2026\n",
            "  - ens: consorci-c\n    certificate: consorci-c/2026\n",
        );
    });
    b_in_pro(&world);
    world.edit(PLANNED, "stage: planned", "stage: pre");
    world.edit(PLANNED, "pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-11-27\npro: 2026-12-04");
    world.merge("Consorci C to PRE");
    world.promoted("pre");
    // Loaded on the day on which it is stopped.
    append(
        &world,
        PLANNED,
        "    pre: { loaded: 2026-11-27 }\nhold: { since: 2026-11-27, by: aoc, reason: The HSM fails, evidence: [{ ticket: ST-1 }] }\n",
    );
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("stopped");
    world.promoted("pre");
    everybody_believes(&world, "pre");
}

// authors

/// A squash names further authors, a forge commits under an address of its own, and a merge may edit
/// what it merges: each is authorship.
#[test]
fn whoever_wrote_part_of_it_in_any_way_is_no_other() {
    let world = World::with(|inventory| {
        let joan = "email: joan@example.org\n";
        let more = "    emails: [1234567+joan@users.noreply.example.org]\n";
        inventory.edit("policy.yaml", joan, &format!("{joan}{more}"));
    });
    let olga = world.path("olga");
    let (why, both) = ("Joan Example` wrote part of what is promoted", ["marta", "joan"]);
    let refused = |what: &str| {
        let said = world.put(&world.craft("pre", &both).raw());
        let said = world.push(&[&format!("+{said}:refs/heads/env/pre")]);
        assert!(said.err.contains(why), "{what}: {}", said.err);
        // With a third it goes in, and the next begins from there.
        let third = world.put(&world.craft("pre", &["marta", "joan", "laia"]).raw());
        world.push(&[&format!("+{third}:refs/heads/env/pre")]).ok();
    };
    world.write("README.md", "One.\n");
    world.merge("a squash\n\nCo-authored-by: Joan <JOAN@example.org>");
    refused("a squash");
    world.write("README.md", "Two.\n");
    world.git(&olga, &["add", "-A"]).ok();
    let forge = "Joan <1234567+joan@users.noreply.example.org>";
    world.git(&olga, &["commit", "-q", "--author", forge, "-m", "at the forge"]).ok();
    world.push(&["main"]).ok();
    refused("a forge's address");
    // A merge that is as one of its parents has it edits nothing, whoever pressed the button.
    let merge = |edited: &str| {
        let base = world.tip("main");
        let side = world.git(&olga, &["commit-tree", "HEAD^{tree}", "-p", &base, "-m", "side"]);
        world.write("README.md", edited);
        world.git(&olga, &["add", "-A"]).ok();
        let tree = world.git(&olga, &["write-tree"]).ok();
        let person = format!("joan <joan@example.org> {} +0000", 1_795_521_600);
        let raw = format!(
            "tree {}\nparent {base}\nparent {}\nauthor {person}\ncommitter {person}\n\nMerge\n",
            tree.trim(),
            side.ok().trim()
        );
        let id = world.put(raw.as_bytes());
        world.push(&[&format!("{id}:refs/heads/main")]).ok();
        world.git(&olga, &["fetch", "-q"]).ok();
        world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    };
    merge("Two.\n");
    let id = world.put(&world.craft("pre", &both).raw());
    world.push(&[&format!("{id}:refs/heads/env/pre")]).ok();
    merge("Three.\n");
    refused("what a merge edits");
    everybody_believes(&world, "pre");
}

// odd commits

/// What people's git wrote on the way to `main` stops nobody.
#[test]
fn odd_people_stop_no_promotion() {
    let world = World::begin();
    let (olga, server) = (world.path("olga"), world.path("server.git"));
    world.git(&server, &["config", "receive.fsckObjects", "false"]).ok();
    let tree = world.git(&olga, &["rev-parse", "HEAD^{tree}"]).ok();
    let odd = |author: &[u8], more: &[u8], message: &[u8]| {
        let parent = world.tip("main");
        let mut raw = format!("tree {}\nparent {parent}\nauthor ", tree.trim()).into_bytes();
        raw.extend_from_slice(author);
        raw.extend_from_slice(b"\ncommitter ");
        raw.extend_from_slice(author);
        raw.push(b'\n');
        raw.extend_from_slice(more);
        raw.push(b'\n');
        raw.extend_from_slice(message);
        let side = world.put(&raw);
        let merge = world
            .git(&olga, &["commit-tree", tree.trim(), "-p", &parent, "-p", &side, "-m", "Merge"]);
        world.push(&[&format!("{}:refs/heads/main", merge.ok().trim())]).ok();
    };
    odd(b"N\xfaria Exemple <nuria@example.org> 1795521600 +0100", b"encoding ISO-8859-1\n", b"x\n");
    odd(b"A\tB <a@example.org> 1795521600 +0100", b"", b"x\n");
    odd(b"A\xc2\x85B <a@example.org> 1795521600 +0100", b"", b"x\n");
    odd(b"A <a@example.org> 253500000000 +0000", b"", b"x\n");
    odd(b"A <a@example.org> 1795521600 +0100", b"", &vec![b'x'; 65 << 20]);
    world.git(&olga, &["fetch", "-q"]).ok();
    world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    world.write("README.md", "Words.\n");
    world.merge("words");
    for environment in ["pre", "pro"] {
        world.promoted(environment);
        everybody_believes(&world, environment);
    }
    world.segell("olga", &["check", "--base", "HEAD~1"]).ok();
}

/// After a spoilt branch and a new root the record is judged from that root on.
#[test]
fn a_spoilt_branch_is_history() {
    let world = World::begin();
    release(&world);
    let olga = world.path("olga");
    let spoilt =
        world.git(&olga, &["commit-tree", "HEAD^{tree}", "-p", "origin/env/pro", "-m", "by hand"]);
    let spoilt = spoilt.ok().trim().to_owned();
    let empty = world.git_with(&olga, &["mktree"], b"").ok();
    let empty = world.git(&olga, &["commit-tree", empty.trim(), "-p", &spoilt, "-m", "nothing"]);
    behind(&world, "env/pro", empty.ok().trim());
    world.segell("laia", &["log", "--verify", "--env", "pro"]).refused("REFUSED");
    world.segell("olga", &["promote", "--env", "pro", "--unapproved"]).ok();
    let root = world.git(&olga, &["rev-parse", "refs/heads/env/pro"]).ok().trim().to_owned();
    for clone in [
        &world.path("server.git"),
        &olga,
        &world.clone_of("marta"),
        &world.clone_of("joan"),
        &world.clone_of("laia"),
    ] {
        world.git(clone, &["config", "--add", "segell.pro.root", &root]).ok();
    }
    world.push(&["env/pro"]).ok();
    world.write("README.md", "Words.\n");
    world.merge("words");
    world.promoted("pro");
    everybody_believes(&world, "pro");
    let log = world.segell("laia", &["log", "--verify", "--env", "pro"]).ok();
    assert!(log.contains("before the root"), "{log}");
    assert!(log.contains("REFUSED"), "it is shown and judged: {log}");
}

/// A CA comes by its own pull request, then the seal that it issued; both are promoted together.
#[test]
fn a_ca_and_then_its_seal() {
    let world = World::begin();
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let made = Inventory::shipped();
    made.with_certificate(
        "agencia-a/2026b",
        &["9699969038"],
        Seal::of("Q9900001J", "Agència A").from("2026-11-20"),
        &authority,
    );
    let put = |file: &str| world.write(file, &fs::read_to_string(made.path(file)).unwrap());
    let urgent = "day: 10\nstage: pre\npre: 2026-11-24\npro: 2026-12-01\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026b\n";
    let seal = || {
        put("certificates/agencia-a/2026b.yaml");
        put("certificates/agencia-a/2026b.pem");
        world.write("calendars/urgent/10-agencia-a.yaml", urgent);
    };
    // Together they exempt themselves.
    put("trust/test.pem");
    seal();
    let checked = world.segell("olga", &["check", "--base", "HEAD"]);
    assert!(checked.out.contains("error[certificate-trusted]"), "{}", checked.out);
    assert_eq!(checked.code, 1);
    let olga = world.path("olga");
    world.git(&olga, &["clean", "-qfd"]).ok();
    put("trust/test.pem");
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("a CA");
    seal();
    assert_eq!(world.segell("olga", &["check", "--base", "HEAD"]).code, 0);
    world.merge("its seal");
    world.promoted("pre");
}
