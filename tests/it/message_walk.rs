//! An operator's walk in Catalan: the load, the request and its answer, `record check`, the pull request,
//! and the gate, which lets the seal into PRO on what proved it in PRE.

use std::fs;

use crate::support::authority::{Authority, Issued, Seal};
use crate::support::message::{Request, SECRETS, answer};
use crate::support::world::{IN_PRE, World};

const CODE: &str = "9699969043";
const BATCH: &str = "transicio-2026/20-institut-b";

/// Institut B is released to PRE, to be loaded on 2026-11-24, by a policy that asks for messages.
fn begin() -> (World, Issued, Authority) {
    let authority = Authority::new("EC-Proves");
    let mut seal = None;
    let world = World::with(|inventory| {
        let own = Seal::of("Q9900002H", "Institut B");
        seal = Some(inventory.with_certificate("institut-b/2026", &[CODE], own, &authority));
        let text = fs::read_to_string(inventory.path(IN_PRE)).unwrap();
        let (before, _) = text.split_once("    pre:\n").unwrap();
        inventory.write(IN_PRE, before.replace("pre: 2026-11-10", "pre: 2026-11-24"));
        inventory.append("policy.yaml", "checks: { message_from: 2026-11-20 }\n");
    });
    *world.locale.write().unwrap() = "ca_ES.UTF-8";
    (world, seal.unwrap(), authority)
}

#[test]
fn from_the_load_to_the_gate() {
    let (world, seal, authority) = begin();
    let of_batch = ["--batch", BATCH, "--env", "pre"];
    let record = |what: &[&str], more: &[&str]| {
        world.segell("olga", &[&["record"], what, &of_batch, more].concat())
    };
    record(&["loaded"], &["--all"]).ok();
    world.merge("carregat a PRE");
    world.on("2026-11-25");
    let due = world.segell("olga", &["today"]).ok();
    let offered = format!(
        "segell record check --batch {BATCH} --env pre --by aoc --request FITXER --answer FITXER --evidence TIQUET"
    );
    assert!(due.contains(&offered) && !due.contains("--result works"), "{due}");

    let request = Request::of(CODE, "AEAT_IRPF/C2", "2026-11-25");
    let put = |name: &str, text: String| {
        fs::write(world.path(name), text).unwrap();
        world.path(name).to_str().unwrap().to_owned()
    };
    let good = put("request.xml", request.signed(&seal));
    let other = Seal::of("Q9900002H", "Institut B").issue(&authority);
    let bad = put("bad.xml", request.signed(&other));
    let answered = put("answer.xml", answer(&request, "0003", &["1000"]));
    let by = ["--by", "aoc", "--evidence", "ST-23400"];
    let said = record(&["check"], &[&by[..], &["--request", &bad, "--answer", &answered]].concat());
    said.refused(
        "la va signar un altre segell, que no consta en cap registre, i no `institut-b/2026`",
    );
    let said = record(&["check"], &[&by[..], &["--all", "--result", "works"]].concat());
    said.refused("check-proved");
    let said =
        record(&["check"], &[&by[..], &["--request", &good, "--answer", &answered]].concat());
    let said = said.ok();
    assert!(SECRETS.iter().all(|secret| !said.contains(secret)), "{said}");
    record(&["informed"], &["--all", "--evidence", "ST-23400"]).ok();
    let checked = world.segell("olga", &["check", "--base", "origin/main"]).ok();
    assert!(checked.contains("0 errors"), "{checked}");
    let plan = world.segell("olga", &["status"]).ok();
    assert!(plan.contains("✓◆"), "{plan}");
    let shown = world.segell("olga", &["show", "institut-b"]).ok();
    assert!(shown.contains("funciona a PRE; comprovació: AOC; demostrat pel missatge"), "{shown}");
    world.merge("funciona a PRE");

    world.on("2026-11-26");
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-26");
    world.merge("a PRO");
    let before = world.tip("env/pro");
    world.promoted("pro");
    assert_ne!(world.tip("env/pro"), before);
    world.git(&world.clone_of("laia"), &["fetch", "-q"]).ok();
    let log = world.segell("laia", &["log", "--env", "pro", "--verify"]).ok();
    assert!(
        log.contains("institut-b: institut-b/2026") && log.contains("demostrat a PRE"),
        "{log}"
    );
}
