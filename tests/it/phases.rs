//! What the day's commands say of approvals, promotions and loads, as the branches of a clone tell it.

use crate::support::world::{IN_PRE, World};

/// What is to be done in PRO, each task's command and who has to act.
fn due(world: &World, person: &str, options: &[&str]) -> Vec<String> {
    let today = [&["today", "--format", "json"], options].concat();
    let document: serde_json::Value =
        serde_json::from_str(&world.segell(person, &today).ok()).unwrap();
    let of_pro = |task: &&serde_json::Value| task["environment"] == "pro";
    let line = |task: &serde_json::Value| {
        let actors: Vec<&str> =
            task["actors"].as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
        let command = task["commands"][0].as_str().unwrap_or("-");
        format!("{} {}: {command}", task["when"].as_str().unwrap(), actors.join("+"))
    };
    document["tasks"].as_array().unwrap().iter().filter(of_pro).map(line).collect()
}

fn release(world: &World) {
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
}

const APPROVE: &str = "segell approve --env pro --push";
const PROMOTE: &str = "segell promote --env pro --push";
const LOADED: &str = "segell record loaded --batch transicio-2026/20-institut-b --env pro --all";

#[test]
fn a_release_waits_for_its_merge_its_approvals_its_promotion_and_its_load_in_turn() {
    let world = World::begin();
    release(&world);
    assert_eq!(due(&world, "olga", &[]), ["this-week aoc+siad: -"]);
    world.merge("release Institut B to PRO");
    let status = world.segell("olga", &["status"]).ok();
    assert!(status.contains("waits for an approval for PRO  1    AOC 1, SIAD 1\n"), "{status}");
    let fetch = |person: &str| {
        let folder = world.clone_of(person);
        let refs = "refs/approvals/*:refs/approvals/*";
        world
            .git(&folder, &["fetch", "-q", "origin", refs, "refs/heads/*:refs/remotes/origin/*"])
            .ok();
    };
    assert_eq!(due(&world, "olga", &[]), [format!("this-week aoc+siad: {APPROVE}")]);
    world.approve("marta", "pro").ok();
    fetch("olga");
    assert_eq!(due(&world, "olga", &[]), [format!("this-week siad: {APPROVE}")]);
    // A reviewer's inbox, which is AOC's no more.
    let inbox = due(&world, "olga", &["--who", "siad"]);
    assert_eq!(inbox, [format!("this-week siad: {APPROVE}")]);
    assert!(due(&world, "olga", &["--who", "aoc"]).is_empty());
    let screen = world.segell("olga", &["today", "--who", "siad"]).ok();
    assert!(screen.contains("approved by `Marta Example`\n"), "{screen}");
    world.approve("joan", "pro").ok();
    fetch("olga");
    assert_eq!(due(&world, "olga", &[]), [format!("this-week aoc: {PROMOTE}")]);
    let status = world.segell("olga", &["status"]).ok();
    assert!(status.contains("waits for a promotion to PRO"), "{status}");
    // The commands do what they say, as they are printed.
    world.segell("olga", &PROMOTE.split(' ').skip(1).collect::<Vec<_>>()).ok();
    fetch("olga");
    assert_eq!(due(&world, "olga", &[]), [format!("this-week aoc: {LOADED}")]);
    world.on("2026-11-25");
    world.segell("olga", &LOADED.split(' ').skip(1).collect::<Vec<_>>()).ok();
}

#[test]
fn what_was_approved_at_an_earlier_commit_is_promoted_there() {
    let world = World::begin();
    release(&world);
    let commit = world.merge("release Institut B to PRO");
    world.approve("marta", "pro").ok();
    world.approve("joan", "pro").ok();
    world.write("waivers/README.md", "A note.\n").merge("a note");
    let refs = ["refs/approvals/*:refs/approvals/*", "refs/heads/*:refs/remotes/origin/*"];
    world.git(&world.path("olga"), &["fetch", "-q", "origin", refs[0], refs[1]]).ok();
    let command = format!("segell promote --env pro --commit {} --push", &commit[..12]);
    assert_eq!(due(&world, "olga", &[]), [format!("this-week aoc: {command}")]);
    world.segell("olga", &command.split(' ').skip(1).collect::<Vec<_>>()).ok();
}

#[test]
fn what_no_manifest_asked_for_cannot_be_recorded_as_loaded() {
    let world = World::begin();
    release(&world);
    world.merge("release Institut B to PRO");
    world.on("2026-11-25");
    let command: Vec<&str> = LOADED.split(' ').skip(1).collect();
    let refused = world.segell("olga", &command);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("loaded-as-released"), "{}", refused.err);
    assert!(refused.err.contains("refused: nothing was written"), "{}", refused.err);
    // Written by hand all the same, a pull request shows it, and so does its plan.
    let base = world.tip("main");
    let path = world.path("olga/inventory").join(IN_PRE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text + "    pro:\n      loaded: 2026-11-25\n").unwrap();
    let check = world.segell("olga", &["check", "--base", &base]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("error[loaded-as-released]"), "{}", check.out);
    world.git(&world.path("olga"), &["commit", "-qam", "loaded"]).ok();
    let plan = world.segell("olga", &["plan", &base]).ok();
    assert!(plan.contains("error (loaded-as-released)"), "{plan}");
}

#[test]
fn where_no_branch_is_here_nobody_can_know() {
    let world = World::begin();
    release(&world);
    let base = world.merge("release Institut B to PRO");
    let olga = world.path("olga");
    world.git(&olga, &["update-ref", "-d", "refs/remotes/origin/env/pro"]).ok();
    world.on("2026-11-25");
    let command: Vec<&str> = LOADED.split(' ').skip(1).collect();
    let said = world.segell("olga", &command);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("there is no `env/pro` in this clone"), "{}", said.err);
    let check = world.segell("olga", &["check", "--base", &base]);
    assert!(!check.out.contains("loaded-as-released"), "{}", check.out);
}

#[test]
fn who_approves_is_asked_with_what_is_signed_and_only_once() {
    let world = World::begin();
    release(&world);
    let commit = world.merge("release Institut B to PRO");
    let approve = ["approve", "--env", "pro", "--push", "--yes"];
    let first = world.segell("marta", &approve);
    assert_eq!(first.code, 0, "{}", first.err);
    let signed = "what is signed: in PRO, 1 seal to load, for `institut-b`; the manifest sha256:";
    assert!(first.err.contains(signed), "{}", first.err);
    assert!(first.err.contains(&format!(", of commit {}\n", &commit[..12])), "{}", first.err);
    // Without `--yes`, where nobody can be asked: there is nothing to ask.
    let again = world.segell("marta", &approve[..4]);
    assert_eq!(again.code, 0, "{}", again.err);
    let said = "Marta Example has approved this already, until 2026-12-08\n";
    assert!(again.out.starts_with(said), "{}", again.out);
    assert!(again.out.contains("nobody of SIAD has approved"), "{}", again.out);
    assert!(!again.err.contains("what changes"), "{}", again.err);
    // For another day it is signed again.
    let longer = world.segell("marta", &[&approve[..], &["--expires", "2026-12-10"]].concat());
    assert!(longer.out.contains("approves"), "{}", longer.out);
}

#[test]
fn a_removal_waits_for_its_merge_and_its_approvals_too() {
    let world = World::begin();
    let retire = ["retire", "--certificate", "agencia-a/2026", "--reason", "compromised"];
    world.segell("olga", &[&retire[..], &["--date", "2026-11-23"]].concat()).ok();
    assert_eq!(due(&world, "olga", &[])[0], "overdue aoc+siad: -");
    world.merge("agencia-a's seal is compromised");
    assert_eq!(due(&world, "olga", &[])[0], format!("overdue aoc+siad: {APPROVE}"));
}
