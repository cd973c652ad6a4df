//! What the gate refuses, and what it accepts: one condition a test, pushed to a server with the
//! hooks installed. What is refused leaves no trace.

use std::fs;

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::Inventory;
use crate::support::world::{IN_PRE, PLANNED, World, public};

/// Institut B's batch, verified in PRE since 2026-11-11, is released to PRO on the next day.
fn release(world: &World) -> String {
    release_for(world, "2026-11-25")
}

fn release_for(world: &World, day: &str) -> String {
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", &format!("pro: {day}"));
    world.merge("release Institut B to PRO")
}

/// A commit of `main` with the same tree as the one before it.
fn empty_commit(world: &World) -> String {
    let olga = world.path("olga");
    world.git(&olga, &["commit", "-q", "--allow-empty", "-m", "nothing"]).ok();
    world.push(&["main"]).ok();
    world.tip("main")
}

#[test]
fn two_keys_of_one_person_are_one_approval() {
    let world = World::with(|inventory: &Inventory| {
        let joan = public("joan");
        let both = format!("{joan}\n    next_key: {}", public("joan-next"));
        inventory.edit("policy.yaml", &joan, &both);
    });
    release(&world);
    world.refuses(
        "pro",
        &world.craft("pro", &["joan", "joan-next"]),
        "Joan Example approves twice",
    );
    let three = world.craft("pro", &["marta", "joan", "joan-next"]);
    world.refuses("pro", &three, "Joan Example approves twice");
    // Either of them is good.
    let id = world.put(&world.craft("pro", &["marta", "joan-next"]).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn who_wrote_it_approves_it_alone_or_with_their_own_body_in_vain() {
    let world = World::begin();
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.merge_by("release", "joan");
    world.refuses("pro", &world.craft("pro", &["joan"]), "nobody of AOC has approved");
    world.refuses("pro", &world.craft("pro", &["joan", "laia"]), "nobody of AOC has approved");
    let written = "wrote part of what is promoted";
    world.refuses("pro", &world.craft("pro", &["marta", "joan"]), written);
    let id = world.put(&world.craft("pro", &["marta", "laia"]).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn an_approval_of_another_commit_or_of_an_older_tip_is_not_of_this() {
    let world = World::begin();
    release(&world);
    let replayed = |old: &str| {
        let now = world.statement("pro");
        let mut joan = world.line("joan", old);
        joan.expires = "2026-12-08".to_owned();
        world.craft_with(&now, &[world.line("marta", &now), joan])
    };
    let old = world.statement("pro");
    let first = world.promoted("pro");
    // The same commit cannot come again, so another one follows.
    let next = empty_commit(&world);
    let now = world.statement("pro");
    assert!(now.contains(&format!("from: {first}\ncommit: {next}\n")), "{now}");
    let why = "the signature of Joan Example is not of this";
    world.refuses("pro", &replayed(&old), why);
    let main = world.tip("main~1");
    world.refuses("pro", &replayed(&now.replace(&next, &main)), why);
    let root = world.tip("env/pro~1");
    world.refuses("pro", &replayed(&now.replace(&first, &root)), why);
}

#[test]
fn what_was_approved_for_one_environment_does_not_enter_the_other() {
    // Both branches begin at the same root, so that all else in the words is the same.
    let world = World::begin();
    world.write("README.md", "More words.\n");
    let words = world.merge("words");
    let for_pro = world.approved("pro", &words);
    world.refuses("pre", &for_pro, "speaks of another environment, branch's tip or commit");
}

#[test]
fn approvals_that_were_not_used_do_not_serve_from_a_later_tip() {
    let world = World::begin();
    world.write("README.md", "Words.\n");
    let first = world.merge("words");
    world.write("README.md", "More words.\n");
    let second = world.merge("more words");
    let mut unused = world.approved("pro", &second);
    let tip = world.put(&world.approved("pro", &first).raw());
    world.push(&[&format!("{tip}:refs/heads/env/pro")]).ok();
    // What both signed stands in the message as it was; the commit follows the new tip.
    unused.parents[0] = tip;
    world.refuses("pro", &unused, "speaks of another environment, branch's tip or commit");
}

#[test]
fn another_commit_with_the_same_tree_is_another_commit() {
    let world = World::begin();
    let released = release(&world);
    let same_tree = empty_commit(&world);
    let about = world.approved("pro", &released);
    let mut swapped = world.approved("pro", &released);
    swapped.parents[1] = same_tree;
    world.refuses("pro", &swapped, "speaks of another environment, branch's tip or commit");
    let id = world.put(&about.raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn a_branch_is_not_begun_with_reviewers_of_ones_own() {
    let world = World::begin();
    let server = world.path("server.git");
    // Somebody with the server's disk takes the branch away; whoever may push begins it anew.
    world.git(&server, &["update-ref", "-d", "refs/heads/env/pro"]).ok();
    for (name, role) in [("joan", "eve"), ("marta", "pau-next")] {
        world.edit("policy.yaml", &public(name), &public(role));
    }
    let own = world.merge("reviewers of our own");
    world.is_refused(&["main:refs/heads/env/pro"], "does not begin at a root");
    let root = world.git(&server, &["config", "segell.pro.root"]).ok();
    let statement = format!(
        "segell approval v1\nenvironment: pro\nfrom: {own}\ncommit: {own}\nmanifest: sha256:{}\n",
        "0".repeat(64)
    );
    let lines = ["eve", "pau-next"].map(|name| world.line(name, &statement));
    let crafted = world.craft_with(&statement, &lines);
    world.refuses("pro", &crafted, "does not begin at a root");
    // The root is where it begins, and nothing else.
    world.push(&[&format!("{}:refs/heads/env/pro", root.trim())]).ok();
}

#[test]
fn a_tag_called_main_is_not_main() {
    let world = World::begin();
    let (server, olga) = (world.path("server.git"), world.path("olga"));
    release(&world);
    // It gets in from outside the hook, and into a clone with everything else.
    world.edit(PLANNED, "stage: planned", "stage: pre");
    world.git(&olga, &["commit", "-q", "-a", "-m", "never merged"]).ok();
    world.push(&["main:refs/heads/topic"]).ok();
    let unmerged = world.tip("topic");
    world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    for folder in [&server, &olga, &world.clone_of("marta")] {
        world.git(folder, &["fetch", "-q", server.to_str().unwrap(), "topic"]).ok();
        for name in ["main", "origin/main", "env/pro"] {
            world.git(folder, &["update-ref", &format!("refs/tags/{name}"), &unmerged]).ok();
        }
    }
    world.git(&server, &["update-ref", "-d", "refs/heads/env/pro"]).ok();
    world.is_refused(&["refs/tags/main:refs/heads/env/pro"], "does not begin at a root");
    let root = world.git(&server, &["config", "segell.pro.root"]).ok();
    world.push(&[&format!("{}:refs/heads/env/pro", root.trim())]).ok();
    let crafted = world.approved("pro", &unmerged);
    world.refuses("pro", &crafted, "is not on the line of `main`");
    // Where a person names it, segell does not choose.
    for name in ["main", "origin/main", "main~1"] {
        world.segell("marta", &["plan", name, "HEAD"]).refused("is ambiguous: refs/tags/");
    }
    world.segell("marta", &["plan", "refs/heads/main", "HEAD"]).ok();
    let marta = world.segell("marta", &["approve", "--env", "pro", "--yes", "--push"]);
    assert!(marta.err.contains("is released to PRO: `institut-b`"), "{}", marta.err);
    marta.ok();
}

#[test]
fn a_name_that_is_also_an_id_is_told() {
    let world = World::begin();
    let commit = release(&world);
    let olga = world.path("olga");
    let short = &commit[..12];
    world.segell("olga", &["plan", short, "HEAD"]).ok();
    world.git(&olga, &["branch", short, "HEAD~1"]).ok();
    world.segell("olga", &["plan", short, "HEAD"]).refused("an object of that id");
}

/// Two pushes pass the hook at the same time, and one gets in.
#[test]
fn the_second_of_two_at_once_comes_too_late() {
    let world = World::begin();
    release(&world);
    let one = world.put(&world.craft("pro", &["marta", "joan"]).raw());
    let two = world.put(&world.craft("pro", &["joan", "marta"]).raw());
    let hook = world.path("server.git/hooks/pre-receive");
    let gate = fs::read_to_string(&hook).unwrap().replace("exec ", "");
    let meeting = world.path("meeting");
    fs::create_dir(&meeting).unwrap();
    // After the gate's yes each waits until the other has it too.
    let wait = format!(
        "{gate}said=$?\ntouch '{0}/'$$\nuntil [ $(ls '{0}' | wc -l) -ge 2 ]; do sleep 0.05; done\nexit $said\n",
        meeting.display()
    );
    fs::write(&hook, wait).unwrap();
    let push = |id: &str| {
        let mut git = std::process::Command::new("git");
        git.current_dir(world.path("olga")).env("GIT_CONFIG_GLOBAL", "/dev/null");
        git.args(["push", "-q", "origin", &format!("{id}:refs/heads/env/pro")]);
        git.stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let both = [push(&one), push(&two)].map(|push| push.wait_with_output().unwrap());
    let (won, lost) = if both[0].status.success() { (one, &both[1]) } else { (two, &both[0]) };
    assert!(!lost.status.success(), "both got in");
    let said = String::from_utf8_lossy(&lost.stderr);
    assert!(!said.contains("segell:"), "git refuses it, not the gate: {said}");
    assert_eq!(world.tip("env/pro"), won);
}

#[test]
fn pro_does_not_get_what_pre_holds_no_longer() {
    let world = World::begin();
    let released = release(&world);
    let withdrawn = "    withdrawn: { date: 2026-11-24, reason: Requests fail, evidence: [{ ticket: ST-23310 }] }\n";
    let path = world.path("olga/inventory").join(IN_PRE);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + withdrawn).unwrap();
    world.merge("it fails in PRE");
    world.promoted("pre");
    let why = "`institut-b/2026` for `institut-b` is not what `env/pre` holds";
    world.refuses("pro", &world.approved("pro", &released), why);
}

/// A world whose `trust/` holds the tests' authority beside the shipped one, and a way to put
/// another seal in the place of one of Olga's.
fn with_authority(kind: KeyKind) -> (World, impl Fn(&World, &str, &[&str], Seal)) {
    let authority = Authority::with_key("EC-Proves", kind);
    let pem = authority.pem();
    let world = World::with(|inventory| {
        inventory.write("trust/test.pem", pem);
    });
    let put = move |world: &World, id: &str, codes: &[&str], seal: Seal| {
        let made = Inventory::shipped();
        made.with_certificate(id, codes, seal, &authority);
        for end in ["yaml", "pem"] {
            let file = format!("certificates/{id}.{end}");
            world.write(&file, &fs::read_to_string(made.path(&file)).unwrap());
        }
    };
    (world, put)
}

#[test]
fn another_seal_under_the_same_id_is_another_seal() {
    let (world, put) = with_authority(KeyKind::P256);
    put(
        &world,
        "institut-b/2026",
        &["9699969043"],
        Seal::of("Q9900002H", "Institut B").from("2026-10-01"),
    );
    let swapped = release(&world);
    // PRE was loaded with the one before: what is recorded there is not this one either.
    let why = "`institut-b/2026` for `institut-b` is not what `env/pre` holds";
    world.refuses("pro", &world.approved("pro", &swapped), why);
    let why = "`institut-b/2026` is recorded as loaded for `institut-b` in PRE on 2026-11-10, but no manifest";
    world.refuses("pre", &world.approved("pre", &swapped), why);
}

const LOADED: &str = "    pro:
      loaded: 2026-11-25
      informed: { date: 2026-11-25, to: [siad], evidence: [{ ticket: ST-23300 }] }
";

fn append(world: &World, file: &str, text: &str) {
    let path = world.path("olga/inventory").join(file);
    let before = fs::read_to_string(&path).unwrap();
    fs::write(path, before + text).unwrap();
}

#[test]
fn a_load_counts_from_the_day_on_which_it_was_promoted() {
    let world = World::begin();
    release(&world);
    world.on("2026-11-26");
    append(&world, IN_PRE, LOADED);
    let loaded = world.merge("loaded, and nobody had approved it");
    let why = "no manifest that the branch held by then asked for it (loaded-as-released)";
    let crafted = world.approved("pro", &loaded);
    let id = world.put(&crafted.raw());
    let said = world.push(&[&format!("{id}:refs/heads/env/pro")]);
    assert!(said.err.contains("loaded-as-released"), "{why}: {}", said.err);
    // Promoted on the day after, it is still too early.
    let released = world.tip("main~1");
    let late = world.dated(world.approved("pro", &released), "2026-11-26T12:00:00Z");
    let id = world.put(&late.raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
    world.refuses(
        "pro",
        &world.approved("pro", &loaded),
        "no manifest that the branch held by then",
    );
    // On the day itself it is in order.
    world.edit(
        IN_PRE,
        "      loaded: 2026-11-25\n      informed: { date: 2026-11-25",
        "      loaded: 2026-11-26\n      informed: { date: 2026-11-26",
    );
    let mended = world.merge("loaded on the 26th");
    let id = world.put(&world.approved("pro", &mended).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn a_batch_that_slipped_until_its_seal_is_too_old() {
    let world = World::begin();
    let released = release(&world);
    // Institut B's seal runs out on 2029-10-01; 30 days must be left after the load.
    let on = |day: &str| {
        world.on(day);
        world.approved("pro", &released)
    };
    world.refuses("pro", &on("2029-09-02"), "(certificate-in-force)");
    let id = world.put(&on("2028-12-14").raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn a_batch_that_slipped_until_its_key_is_too_weak() {
    let (world, put) = with_authority(KeyKind::P256);
    let seal = Seal::of("Q9900003F", "Consorci C").from("2026-10-08").key(KeyKind::Rsa2048);
    put(&world, "consorci-c/2026", &["9699969056"], seal);
    // From 2027-01-01 on RSA below 3000 bits is not accepted; 30 days count.
    world.edit("policy.yaml", "days_left_after_load: 30", "days_left_after_load: 1");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-26");
    world.edit(PLANNED, "stage: planned\npre: 2028-01-18", "stage: planned\npre: 2026-12-01");
    world.edit(PLANNED, "pro: 2028-02-01", "pro: 2026-12-15");
    world.merge("Consorci C has an RSA key of 2048 bits");
    let check = world.segell("olga", &["check"]);
    assert!(!check.out.contains("certificate-strong-enough"), "{}", check.out);
    world.on("2027-02-01");
    let slipped = world.tip("main");
    let check = world.segell("olga", &["check"]);
    assert!(check.out.contains("certificate-strong-enough"), "{}", check.out);
    world.refuses("pre", &world.approved("pre", &slipped), "(certificate-strong-enough)");
}

#[test]
fn a_waiver_ends_on_its_last_day() {
    let world = World::begin();
    // Institut B's batch would be loaded on a Saturday in PRO.
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-28");
    world.write(
        "waivers/saturday.yaml",
        &format!(
            "rule: working-day\nsubject: {IN_PRE}\nens: institut-b\nreason: PICA works on that Saturday\napproved_by: [marta@example.org, joan@example.org]\nevidence: [{{ ticket: ST-24001 }}]\ngranted: 2026-11-24\nexpires: 2026-11-26\n"
        ),
    );
    world.merge("a waiver");
    world.promoted("pro");
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    let released = world.merge("its batch");
    world.on("2026-11-27");
    world.refuses("pro", &world.approved("pro", &released), "(working-day)");
    world.on("2026-11-26");
    let id = world.put(&world.approved("pro", &released).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn a_policy_without_siad_and_inventories_that_are_none() {
    let world = World::begin();
    let olga = world.path("olga");
    let policy = fs::read_to_string(olga.join("inventory/policy.yaml")).unwrap();
    let (before, _) = policy.split_once("reviewers:\n").unwrap();
    let alone = crate::support::world::reviewer_lines(&[("marta", "aoc"), ("pau", "aoc")]);
    world.write("policy.yaml", &format!("{before}reviewers:\n{alone}"));
    let without = world.merge("no SIAD");
    world.refuses("pre", &world.approved("pre", &without), "no longer lists");
    world.write("policy.yaml", &policy);
    let with = world.merge("SIAD again");
    // Joan's key is back on `main`, and the older commit still has no SIAD.
    world.refuses("pre", &world.approved("pre", &without), "(approvers-in-place)");
    let tree = |entries: &str| {
        let list = world.git(&olga, &["ls-tree", &with]).ok();
        let others: String = list
            .lines()
            .filter(|line| !line.ends_with("\tinventory"))
            .map(|l| format!("{l}\n"))
            .collect();
        let input = others + entries;
        world.git_with(&olga, &["mktree", "--missing"], input.as_bytes()).ok().trim().to_owned()
    };
    let target = world.git_with(&olga, &["hash-object", "-w", "--stdin"], b"elsewhere").ok();
    let target = target.trim();
    let trees = [
        (tree(&format!("120000 blob {target}\tinventory\n")), "symbolic link"),
        (tree(&format!("160000 commit {with}\tinventory\n")), "another repository"),
        (tree(&format!("100644 blob {target}\tinventory\n")), "no place in an inventory"),
        (tree(""), "no `inventory/`"),
    ];
    let right = world.git(&olga, &["rev-parse", &format!("{with}^{{tree}}")]).ok();
    for (tree, why) in trees {
        // Put on `main`, and put right again.
        let commit = |tree: &str, parent: &str| {
            let made = world.git(&olga, &["commit-tree", "-p", parent, "-m", "odd", tree.trim()]);
            made.ok().trim().to_owned()
        };
        let odd = commit(&tree, &world.tip("main"));
        world.push(&[&format!("{}:refs/heads/main", commit(&right, &odd))]).ok();
        world.refuses("pre", &world.approved("pre", &odd), why);
    }
}

#[test]
fn days_are_madrids() {
    let world = World::begin();
    let commit = release(&world);
    let at = |instant: &str| world.dated(world.approved("pro", &commit), instant);
    // Yesterday, 2026-11-23, began an hour before UTC's.
    world.refuses("pro", &at("2026-11-22T22:59:59Z"), "comes in later than on the day after");
    world.refuses("pro", &at("2026-11-24T23:00:00Z"), "in the future");
    // The zone that is written beside it has no say.
    let mut zoned = at("2026-11-24T23:00:00Z");
    zoned.committer = zoned.committer.replace("+0000", "-1200");
    world.refuses("pro", &zoned, "in the future");
    let id = world.put(&at("2026-11-22T23:00:00Z").raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

/// A date by hand between the tip's and today may not let in what the record would refuse later.
#[test]
fn what_gets_in_holds_on_its_own_day() {
    let world = World::begin();
    release(&world);
    world.on("2026-12-01");
    // It would have lasted longer than 31 days on the day that it bears.
    let statement = world.statement("pro");
    let lines = ["marta", "joan"].map(|name| world.line_until(name, &statement, "2027-01-01"));
    let crafted = world.craft_with(&statement, &lines);
    let early = world.dated(world.craft_with(&statement, &lines), "2026-11-30T12:00:00Z");
    world.refuses("pro", &early, "more than 31 days");
    // PRE has moved since the day that it bears.
    empty_commit(&world);
    world.promoted("pre");
    world.refuses("pro", &world.dated(crafted, "2026-11-30T12:00:00Z"), "is dated before");
    // What is recorded had not happened yet on that day.
    world.on("2026-12-02");
    append(
        &world,
        IN_PRE,
        "hold: { since: 2026-12-02, by: siad, reason: Elections, evidence: [{ ticket: ST-24000 }], ended: 2026-12-02 }\n",
    );
    let recorded = world.merge("stopped for a day");
    let early = world.dated(world.approved("pro", &recorded), "2026-12-01T12:00:00Z");
    world.refuses("pro", &early, "(dates-in-order)");
    let id = world.put(&world.approved("pro", &recorded).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
    world.git(&world.path("olga"), &["fetch", "-q"]).ok();
    world.segell("olga", &["log", "--verify"]).ok();
}

/// On one day something goes to PRO, and PRE then loses it: the record of that day holds.
#[test]
fn pre_may_move_on_the_same_day() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    append(
        &world,
        IN_PRE,
        "    withdrawn: { date: 2026-11-24, reason: Requests fail, evidence: [{ ticket: ST-23310 }] }\n",
    );
    world.merge("it fails in PRE");
    world.promoted("pre");
    let olga = world.path("olga");
    world.git(&olga, &["fetch", "-q"]).ok();
    world.segell("olga", &["log", "--env", "pro", "--verify"]).ok();
}

#[test]
fn what_pre_came_to_hold_later_excuses_no_load_in_pro() {
    let world = World::with(|inventory| {
        let text = fs::read_to_string(inventory.path(IN_PRE)).unwrap();
        let (planned, _) = text.split_once("    pre:\n").unwrap();
        inventory.write(IN_PRE, planned.replace("stage: pre", "stage: planned"));
    });
    let shipped = fs::read_to_string(Inventory::shipped().path(IN_PRE)).unwrap();
    world.edit(IN_PRE, "stage: planned", "stage: pre");
    let for_pre = world.merge("release Institut B to PRE");
    world.write(IN_PRE, &shipped.replace("stage: pre", "stage: pro"));
    let for_pro = world.merge("loaded in PRE, release to PRO");
    // Put in behind the gate: PRO on the 24th, PRE only on the 25th.
    for (day, environment, commit) in
        [("2026-11-24", "pro", for_pro), ("2026-11-25", "pre", for_pre)]
    {
        world.on(day);
        let promotion = world.approved(environment, &commit);
        let promotion = world.dated(promotion, &format!("{day}T12:00:00Z"));
        let id = world.put(&promotion.raw());
        world.push(&[&format!("+{id}:refs/heads/elsewhere")]).ok();
        let branch = format!("refs/heads/env/{environment}");
        world.git(&world.path("server.git"), &["update-ref", &branch, &id]).ok();
    }
    world.git(&world.path("olga"), &["fetch", "-q"]).ok();
    world
        .segell("olga", &["log", "--env", "pro", "--verify"])
        .refused("`institut-b/2026` for `institut-b` is not what `env/pre` holds");
}

#[test]
fn the_tip_is_what_the_branch_points_to() {
    let world = World::begin();
    release(&world);
    let olga = world.path("olga");
    let root = world.tip("env/pro");
    let tip = world.promoted("pro");
    world.git(&olga, &["fetch", "-q"]).ok();
    let gate = |base: &str| {
        world.segell("olga", &["gate", "--env", "pro", "--base", base, "--head", &tip])
    };
    gate(&root).refused("does not point to the commit");
    gate(&"0".repeat(40)).refused("does not point to the commit");
    // The hook is told by git; what is not so is refused.
    let line = format!("{root} {tip} refs/heads/env/pro\n");
    let server = world.path("server.git");
    let mut hook = std::process::Command::new(env!("CARGO_BIN_EXE_segell"));
    hook.current_dir(&server).args(["gate", "--pre-receive", "--as-of", "2026-11-24"]);
    let mut child = hook
        .env("LC_ALL", "C")
        .env("GIT_DIR", ".")
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("does not point to the commit"), "{said}");
}

#[test]
fn a_seal_that_has_run_out_keeps_its_own_renewal_from_nothing() {
    let (world, put) = with_authority(KeyKind::P256);
    // The seal of Agència A, loaded in both environments, ran out the day before.
    world.on("2029-09-26");
    let seal = Seal::of("Q9900001J", "Agència A").from("2029-09-03");
    put(&world, "agencia-a/2029", &["9699969038"], seal);
    world.write(
        "calendars/renovacio-2029/10-agencia-a.yaml",
        "day: 10\nstage: pre\npre: 2029-09-26\npro: 2029-10-03\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2029\n",
    );
    world.merge("renew the seal of Agència A");
    let check = world.segell("olga", &["check"]).out;
    assert!(check.contains("agencia-a/2026") && check.contains("certificate-in-force"), "{check}");
    world.promoted("pre");
}

/// Institut B's batch, with a load of Consorci C of which this much is recorded.
fn with_a_second_load(inventory: &Inventory, recorded: &str) {
    fs::remove_file(inventory.path(PLANNED)).unwrap();
    let text = fs::read_to_string(inventory.path(IN_PRE)).unwrap();
    let second = "  - ens: consorci-c\n    certificate: consorci-c/2026\n";
    inventory.write(IN_PRE, text + second + recorded);
}

/// Loaded in PRE, checked there and told to SIAD, so that it can be loaded in PRO.
const VERIFIED: &str = "    pre:
      loaded: 2026-11-10
      checks:
        - { date: 2026-11-11, by: [aoc], result: works, services: [AEAT_DADES/ECOT101], evidence: [{ ticket: ST-23201 }] }
      informed: { date: 2026-11-11, to: [siad], evidence: [{ ticket: ST-23201 }] }
";

#[test]
fn what_is_wrong_with_another_load_of_the_batch_keeps_none_from_loading() {
    // It was loaded in PRO although nobody had told SIAD.
    let untold = VERIFIED.replace("      informed", "      # informed");
    let untold = untold + "    pro:\n      loaded: 2026-11-13\n";
    let world = World::with(|inventory| {
        with_a_second_load(inventory, &untold);
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-13");
    });
    let check = world.segell("olga", &["check"]).out;
    assert!(check.contains("error[siad-informed-after-pre]"), "{check}");
    world.edit("ens/agencia-a.yaml", "name: Agència A", "name: Agència AA");
    world.merge("a name");
    world.promoted("pro");
    // What is wrong with the load that is asked for does.
    world.edit(
        IN_PRE,
        "      informed: { date: 2026-11-11",
        "      # informed: { date: 2026-11-11",
    );
    let untold = world.merge("Institut B's neither");
    world.refuses("pro", &world.approved("pro", &untold), "(siad-informed-after-pre)");
}

#[test]
fn what_was_wrong_with_a_batch_before_keeps_it_from_loading() {
    let world = World::with(|inventory| {
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        // A Saturday.
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-28");
    });
    world.edit("ens/agencia-a.yaml", "name: Agència A", "name: Agència AA");
    let named = world.merge("a name");
    world.refuses("pro", &world.approved("pro", &named), "(working-day)");
}

#[test]
fn of_two_loads_the_one_that_was_too_early_is_told() {
    let world = World::with(|inventory| with_a_second_load(inventory, VERIFIED));
    release(&world);
    world.on("2026-11-26");
    world.promoted("pro");
    let text = fs::read_to_string(world.path("olga/inventory").join(IN_PRE)).unwrap();
    let place = text.find("  - ens: consorci-c").unwrap();
    let late = LOADED.replace("2026-11-25", "2026-11-26");
    world.write(IN_PRE, &(text[..place].to_owned() + &late + &text[place..] + LOADED));
    let loaded = world.merge("both are loaded, one before it was promoted");
    let refused = world.approved("pro", &loaded);
    let id = world.put(&refused.raw());
    let said = world.push(&[&format!("{id}:refs/heads/env/pro")]).err;
    let told: Vec<&str> =
        said.lines().filter(|line| line.contains("(loaded-as-released)")).collect();
    assert_eq!(told.len(), 1, "{said}");
    assert!(
        told[0].contains(
            "`consorci-c/2026` is recorded as loaded for `consorci-c` in PRO on 2026-11-25"
        ),
        "{said}"
    );
}

#[test]
fn all_keys_of_a_role_are_lost() {
    let world = World::begin();
    for (lost, new) in [("joan", "joan-next"), ("laia", "eve")] {
        world.edit("policy.yaml", &public(lost), &public(new));
    }
    let commit = world.merge("SIAD has new keys");
    let key = world.path("joan-next");
    let key = key.to_str().unwrap();
    let approve =
        |env| world.segell("joan", &["approve", "--env", env, "--yes", "--push", "--key", key]);
    approve("pro").refused("is no reviewer's key");
    world.approve("laia", "pro").refused("is no reviewer's key");
    world.refuses("pro", &world.approved("pro", &commit), "no longer lists");
    world.segell("olga", &["promote", "--env", "pro", "--unapproved"]).ok();
    let olga = world.path("olga");
    let root = world.git(&olga, &["rev-parse", "refs/heads/env/pro"]).ok().trim().to_owned();
    for folder in [world.path("server.git"), olga, world.clone_of("marta"), world.clone_of("joan")]
    {
        world.git(&folder, &["config", "--add", "segell.pro.root", &root]).ok();
    }
    world.push(&["env/pro"]).ok();
    release(&world);
    world.approve("marta", "pro").ok();
    approve("pro").ok();
    world.promote("pro").ok();
    let log = world.segell("olga", &["log", "--env", "pro", "--verify"]).ok();
    assert_eq!(log.matches(", a root").count(), 2, "{log}");
}

#[test]
fn a_tree_that_holds_itself_many_times_over_is_no_inventory() {
    let world = World::begin();
    let olga = world.path("olga");
    let pack = |input: &str| {
        world.git_with(&olga, &["mktree", "--missing"], input.as_bytes()).ok().trim().to_owned()
    };
    // Twenty folders of twenty folders, and so on: 20^12 empty ones.
    let mut bomb = pack("");
    for _ in 0..12 {
        bomb =
            pack(&(10..30).map(|name| format!("040000 tree {bomb}\t{name}\n")).collect::<String>());
    }
    let inventory = world.git(&olga, &["rev-parse", "HEAD:inventory"]).ok();
    let shallow = world.git(&olga, &["ls-tree", inventory.trim()]).ok();
    let inside = pack(&format!("{shallow}040000 tree {bomb}\tbomb\n"));
    for tree in [
        pack(&format!("040000 tree {inside}\tinventory\n")),
        pack(&format!("040000 tree {}\tinventory\n040000 tree {bomb}\tbomb\n", inventory.trim())),
    ] {
        let commit = world.git(&olga, &["commit-tree", "-p", "main", "-m", "bomb", &tree]).ok();
        world.segell("olga", &["plan", "main", commit.trim()]).refused("names more than");
    }
    let tree = pack(&format!("040000 tree {inside}\tinventory\n"));
    let commit = world.git(&olga, &["commit-tree", "-p", "main", "-m", "bomb", &tree]).ok();
    world.push(&[&format!("{}:refs/heads/main", commit.trim())]).ok();
    world.git(&olga, &["fetch", "-q"]).ok();
    world.approve("marta", "pre").refused("names more than");
    let crafted = world.approved("pre", commit.trim());
    world.refuses("pre", &crafted, "names more than");
}

/// A tree with these entries in this order, whether or not git would sort them so.
fn tree_as_listed(world: &World, entries: &[(&str, &str, &str)]) -> String {
    let bytes = |id: &str| -> Vec<u8> {
        (0..40).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect()
    };
    let raw: Vec<u8> = entries
        .iter()
        .flat_map(|(mode, name, id)| [format!("{mode} {name}\0").into_bytes(), bytes(id)].concat())
        .collect();
    let write = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
    world.git_with(&world.path("olga"), &write, &raw).ok().trim().to_owned()
}

/// An entry whose name holds a slash makes two files of one path, and two folders that differ in case
/// alone are one on many disks.
#[test]
fn names_that_are_one_file_elsewhere_are_refused() {
    let world = World::begin();
    let (olga, server) = (world.path("olga"), world.path("server.git"));
    world.git(&server, &["config", "receive.fsckObjects", "false"]).ok();
    let id = |name: &str| world.git(&olga, &["rev-parse", name]).ok().trim().to_owned();
    let inventory = id("HEAD:inventory");
    let blob = id("HEAD:inventory/ens/agencia-a.yaml");
    let list = world.git(&olga, &["ls-tree", "HEAD:inventory"]).ok();
    let mut entries: Vec<(String, String, String)> = list
        .lines()
        .map(|line| {
            let (head, name) = line.split_once('\t').unwrap();
            let mode = head.split(' ').next().unwrap().trim_start_matches('0');
            (mode.to_owned(), name.to_owned(), head.rsplit(' ').next().unwrap().to_owned())
        })
        .collect();
    entries.insert(0, ("100644".into(), "ens/agencia-a.yaml".into(), blob));
    let slashed: Vec<(&str, &str, &str)> =
        entries.iter().map(|(mode, name, id)| (&**mode, &**name, &**id)).collect();
    let slashed = tree_as_listed(&world, &slashed);
    let cases = [
        (vec![("40000", "inventory", &*slashed)], "a name that no file can have"),
        (
            vec![("40000", "Inventory", &*inventory), ("40000", "inventory", &*inventory)],
            "in upper and lower case alone",
        ),
    ];
    for (entries, words) in cases {
        let tree = tree_as_listed(&world, &entries);
        let main = world.tip("main");
        let commit = world.git(&olga, &["commit-tree", &tree, "-p", &main, "-m", "odd"]);
        world.push(&[&format!("{}:refs/heads/main", commit.ok().trim())]).ok();
        world.git(&world.clone_of("marta"), &["fetch", "-q"]).ok();
        world.approve("marta", "pre").refused(words);
        let checked = world.segell("marta", &["check", "--rev", "origin/main"]);
        assert!(checked.out.contains("error[expected-file]"), "{}", checked.out);
    }
}

/// A commit by that author, `name <e-mail>`, on these parents.
fn commit_by(world: &World, author: &str, tree: &str, parents: &[&str]) -> String {
    let seconds =
        format!("{}T10:00:00Z", world.today()).parse::<jiff::Timestamp>().unwrap().as_second();
    let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
    let raw = format!(
        "tree {tree}\n{parents}author {author} {seconds} +0000\ncommitter olga <olga@example.org> {seconds} +0000\n\nWords\n"
    );
    world.put(raw.as_bytes())
}

/// In a tree that is not sorted, a search by halves does not find `inventory`, neither before nor
/// after somebody has changed it.
#[test]
fn a_tree_that_is_not_sorted_hides_nobody_who_wrote() {
    let world = World::begin();
    let (olga, server) = (world.path("olga"), world.path("server.git"));
    // Without git's own check at the server, the gate still sees it.
    world.git(&server, &["config", "receive.fsckObjects", "false"]).ok();
    let of = |what: &str| world.git(&olga, &["rev-parse", what]).ok().trim().to_owned();
    let (main, before) = (of("main"), of("main:inventory"));
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.git(&olga, &["commit", "-q", "-a", "-m", "kept for its tree"]).ok();
    let (sorted, after) = (of("main^{tree}"), of("main:inventory"));
    world.git(&olga, &["reset", "-q", "--hard", &main]).ok();
    let blob = of(&format!("{main}:inventory/policy.yaml"));
    let hiding = |inventory: &str| {
        let file = |name| ("100644", name, blob.as_str());
        tree_as_listed(&world, &[("40000", "inventory", inventory), file("a"), file("b")])
    };
    let olga_is = "olga <olga@example.org>";
    let hidden = commit_by(&world, olga_is, &hiding(&before), &[&main]);
    let changed = commit_by(&world, "J <joan@example.org>", &hiding(&after), &[&hidden]);
    let shown = commit_by(&world, olga_is, &sorted, &[&changed]);
    world.push(&[&format!("{shown}:refs/heads/main")]).ok();
    world.refuses("pro", &world.approved("pro", &shown), "wrote part of what is promoted");
}

/// Who wrote is known by e-mail; outside the inventory nobody asks. One that got in all the same is
/// nobody's, and stops nothing.
#[test]
fn who_touches_the_inventory_has_an_e_mail() {
    let world = World::begin();
    let (olga, server) = (world.path("olga"), world.path("server.git"));
    let nobody = |world: &World| {
        world.git(&olga, &["add", "-A"]).ok();
        let tree = world.git(&olga, &["write-tree"]).ok();
        commit_by(world, "nobody <>", tree.trim(), &[&world.tip("main")])
    };
    let take = |world: &World| {
        world.git(&olga, &["fetch", "-q"]).ok();
        world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    };
    fs::write(olga.join("elsewhere.txt"), "Words.\n").unwrap();
    let elsewhere = nobody(&world);
    world.push(&[&format!("{elsewhere}:refs/heads/main")]).ok();
    take(&world);
    world.promoted("pre");
    world.write("README.md", "More words.\n");
    let commit = nobody(&world);
    world.is_refused(&[&format!("{commit}:refs/heads/main")], "names no e-mail");
    // It got in before the hook asked.
    world.push(&[&format!("{commit}:refs/heads/topic")]).ok();
    world.git(&server, &["update-ref", "refs/heads/main", &commit]).ok();
    take(&world);
    let said = world.approve("marta", "pre");
    assert!(
        said.err.contains(&format!("nobody knows who wrote `{}`", &commit[..12])),
        "{}",
        said.err
    );
    said.ok();
    world.approve("joan", "pre").ok();
    world.promote("pre").ok();
}

#[test]
fn a_reviewer_counts_for_the_body_that_main_says_today() {
    let world = World::begin();
    release(&world);
    let crafted = world.craft("pro", &["marta", "joan"]);
    let joan = "email: joan@example.org\n    role: ";
    world.edit("policy.yaml", &format!("{joan}siad"), &format!("{joan}aoc"));
    world.merge("Joan works for AOC now");
    world.refuses("pro", &crafted, "of Joan Example for SIAD");
    world.approve("joan", "pro").refused("");
}

/// An approval lasts 31 days at most, the day on which it is used apart.
#[test]
fn an_approval_lasts_31_days() {
    let world = World::begin();
    release(&world);
    let statement = world.statement("pro");
    let until = |day: &str| {
        let lines = ["marta", "joan"].map(|name| world.line_until(name, &statement, day));
        world.craft_with(&statement, &lines)
    };
    world.refuses("pro", &until("2026-12-26"), "more than 31 days");
    let id = world.put(&until("2026-12-25").raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

/// A blob as `segell approve` sends it, and the ref that it belongs under.
fn approval_blob(world: &World, key: &str, statement: &str, signed: &str) -> (String, String) {
    let text = format!("{statement}expires: 2026-12-08\n");
    let line = crate::support::world::sign(key, segell::files::signature::NAMESPACE, signed);
    let signature = segell::files::signature::Signature::from_line(&line).unwrap();
    let blob = text.clone() + &signature.armour();
    let write = ["hash-object", "-w", "--stdin"];
    let id = world.git_with(&world.path("olga"), &write, blob.as_bytes()).ok();
    let digest = segell::base::digest::Sha256::of(text.as_bytes());
    let place = format!("refs/approvals/pro/{digest}/{}", signature.key().sha256());
    (id.trim().to_owned(), place)
}

#[test]
fn only_an_approval_that_a_reviewer_signed_is_stored() {
    let world = World::begin();
    release(&world);
    let statement = world.statement("pro");
    let text = format!("{statement}expires: 2026-12-08\n");
    let send = |key: &str, signed: &str| {
        let (id, place) = approval_blob(&world, key, &statement, signed);
        format!("{id}:{place}")
    };
    let nobodys = "no reviewer that `main` lists signed this approval";
    world.is_refused(&[&send("eve", &text)], nobodys);
    world.is_refused(&[&send("marta", "something else\n")], nobodys);
    world.push(&[&send("marta", &text)]).ok();
}

/// What is named like a guarded ref goes; what only begins like one passes.
#[test]
fn a_guarded_name_may_be_taken_away() {
    let world = World::begin();
    let server = world.path("server.git");
    for name in ["refs/tags/main", "refs/tags/env/pre"] {
        world.git(&server, &["update-ref", name, &world.tip("main")]).ok();
        world.push(&[&format!(":{name}")]).ok();
    }
    world.is_refused(&["main:refs/heads/main/x"], "could be taken for `main`");
    world.is_refused(&["main:refs/heads/env"], "there is no other");
    world.is_refused(&["main:refs/tags/Manifests/pre"], "could be taken for the branch");
    world.push(&["main:refs/tags/maintained", "main:refs/heads/environment"]).ok();
}

#[test]
fn a_tip_of_tomorrow_is_approved_on_no_day_before() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.write("README.md", "Words.\n");
    world.merge("words");
    world.on("2026-11-23");
    world.approve("marta", "pro").refused("in the future");
    world.on("2026-11-24");
    world.approve("marta", "pro").ok();
}

#[test]
fn another_manifest_was_approved() {
    let world = World::begin();
    release(&world);
    let statement = world.statement("pro");
    let digest = statement.split("sha256:").nth(1).unwrap()[..64].to_owned();
    let other = statement.replace(&digest, &"0".repeat(64));
    let lines = ["marta", "joan"].map(|name| world.line(name, &other));
    world.refuses("pro", &world.craft_with(&other, &lines), "(manifest-as-approved)");
}

/// What a branch held before an administrator began it again is no release.
#[test]
fn a_load_counts_from_the_root_on() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.on("2026-11-25");
    world.edit(IN_PRE, "stage: pro", "stage: pre");
    world.merge("released no longer");
    world.segell("olga", &["promote", "--env", "pro", "--unapproved"]).ok();
    let olga = world.path("olga");
    let root = world.git(&olga, &["rev-parse", "refs/heads/env/pro"]).ok().trim().to_owned();
    for folder in [world.path("server.git"), olga] {
        world.git(&folder, &["config", "--add", "segell.pro.root", &root]).ok();
    }
    world.push(&["env/pro"]).ok();
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    append(&world, IN_PRE, LOADED);
    let loaded = world.merge("loaded all the same");
    let why = "no manifest that the branch held by then asked for it";
    world.refuses("pro", &world.approved("pro", &loaded), why);
}
