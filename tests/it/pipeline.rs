//! From a pull request to a manifest, over `git push` to a server with the hooks installed.

use crate::support::world::{IN_PRE, PLANNED, World, email, sign};

/// Institut B's batch, verified in PRE since 2026-11-11, is released to PRO on the next day.
fn release(world: &World) -> String {
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.merge("release Institut B to PRO")
}

#[test]
fn a_release_is_approved_promoted_and_recorded() {
    let world = World::begin();
    let commit = release(&world);
    let approved = world.approve("marta", "pro").ok();
    assert!(approved.contains("Marta Example (AOC) approves"), "{approved}");
    assert!(approved.contains("nobody of SIAD has approved"), "{approved}");
    world.promote("pro").refused("nobody of SIAD has approved");
    world.approve("joan", "pro").ok();
    world.promote("pro").ok();
    // The manifest that the server wrote is the one that anyone makes from the commit.
    let out = world.path("manifest");
    world
        .segell(
            "olga",
            &["manifest", "--env", "pro", "--rev", &commit, "--out", out.to_str().unwrap()],
        )
        .ok();
    let server = world.path("server.git");
    let written = world.git(&server, &["show", "refs/heads/manifests/pro:SHA256SUMS"]).ok();
    assert_eq!(written, std::fs::read_to_string(out.join("SHA256SUMS")).unwrap());
    world.git(&world.path("clone-laia"), &["fetch", "-q"]).ok();
    let verify = ["manifest", "verify", out.to_str().unwrap()];
    let said = world.segell("laia", &verify).ok();
    assert!(said.ends_with("whether it was approved is not asked: `--env pro` does\n"), "{said}");
    let said = world.segell("laia", &[&verify[..], &["--env", "pro"]].concat()).ok();
    assert!(said.ends_with("every promotion of its branch, down to the root, is approved\n"));
    // Who has not been told where the branch begins is told how to say so.
    let root = world.git(&world.path("clone-laia"), &["config", "--unset-all", "segell.pro.root"]);
    root.ok();
    let refused = world.segell("laia", &[&verify[..], &["--env", "pro"]].concat());
    refused.refused("git config --add segell.pro.root");
    let refused = world.segell("laia", &["log", "--env", "pro", "--verify"]);
    assert!(
        refused.out.contains("does not begin at a root that is listed here"),
        "{}",
        refused.out
    );
    let root = world.git(&world.path("olga"), &["config", "segell.pro.root"]).ok();
    let clone = world.path("clone-laia");
    world.git(&clone, &["config", "--add", "segell.pro.root", root.trim()]).ok();
    let log = world.segell("laia", &["log", "--env", "pro", "--verify"]).ok();
    assert!(log.contains("institut-b: institut-b/2026 in place of generalitat/2025"), "{log}");
    assert!(log.contains("every signature and rule holds"), "{log}");
}

#[test]
fn what_is_not_approved_does_not_get_in() {
    let world = World::begin();
    release(&world);
    let refuses =
        |people: &[&str], words: &str| world.refuses("pro", &world.craft("pro", people), words);
    refuses(&[], "nobody of AOC has approved");
    refuses(&["marta", "pau"], "nobody of SIAD has approved");
    refuses(&["joan"], "nobody of AOC has approved");
    refuses(&["marta", "joan", "joan"], "Joan Example approves twice");
    refuses(&["marta", "eve"], "which is no reviewer's");
    // Approvals in their order, and in any other, are good.
    let id = world.put(&world.craft("pro", &["joan", "marta"]).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn signatures_that_are_not_of_this_do_not_count() {
    let world = World::begin();
    release(&world);
    let statement = world.statement("pro");
    let with = |line| world.craft_with(&statement, &[world.line("marta", &statement), line]);
    let mut forged = world.line("joan", &statement);
    forged.signature = sign("joan", "git", &format!("{statement}expires: 2026-12-08\n"));
    world.refuses("pro", &with(forged), "the signature of Joan Example is not of this");
    for (from, to) in
        [("environment: pro", "environment: pre"), ("manifest: sha256:", "manifest: sha256:0")]
    {
        let mut other = world.line("joan", &statement.replace(from, to));
        other.expires = "2026-12-08".to_owned();
        world.refuses("pro", &with(other), "the signature of Joan Example is not of this");
    }
    let mut longer = world.line_until("joan", &statement, "2026-12-08");
    longer.expires = "2026-12-09".to_owned();
    world.refuses("pro", &with(longer), "the signature of Joan Example is not of this");
    let mut short = world.line("joan", &statement);
    short.signature.truncate(120);
    world.refuses("pro", &with(short), "promotion-as-written");
    let expired = world.line_until("joan", &statement, "2026-11-23");
    world.refuses("pro", &with(expired), "expired on 2026-11-23");
    let today = world.line_until("joan", &statement, "2026-11-24");
    let too_long = world.line_until("joan", &statement, "2026-12-26");
    world.refuses("pro", &with(too_long), "more than 31 days");
    // One bad signature beside two good ones.
    let mut bad = world.line("laia", &statement);
    bad.signature = sign("laia", "segell", "something else\n");
    let lines = [world.line("marta", &statement), world.line("joan", &statement), bad];
    world.refuses(
        "pro",
        &world.craft_with(&statement, &lines),
        "the signature of Laia Example is not of this",
    );
    // The last day counts.
    let id = world.put(&with(today).raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn the_record_says_nothing_else() {
    let world = World::begin();
    release(&world);
    let craft = || world.craft("pro", &["marta", "joan"]);
    let refuses = |change: &dyn Fn(&mut crate::support::world::Crafted), words: &str| {
        let mut crafted = craft();
        change(&mut crafted);
        world.refuses("pro", &crafted, words);
    };
    let written = "promotion-as-written";
    // Without git's own check at the server, the gate still sees it.
    world.git(&world.path("server.git"), &["config", "receive.fsckObjects", "false"]).ok();
    refuses(&|c| c.message = c.message.replace("Marta Example <", "Maria Example <"), written);
    refuses(&|c| c.message.push_str("One line more\n"), written);
    refuses(&|c| c.message.push_str("Approved-by: Marta Example <marta@example.org>\n"), written);
    refuses(&|c| c.message = c.message.replace("environment: pro", "environment:\tpro"), written);
    refuses(&|c| c.message = c.message.replace("Promote ", "Promote\u{0}"), written);
    refuses(&|c| c.message = c.message.trim_end().to_owned(), written);
    refuses(&|c| c.message = c.message.replace('\n', "\r\n"), written);
    refuses(&|c| c.more_headers = "encoding ISO-8859-1\n".to_owned(), written);
    refuses(&|c| c.more_headers = "gpgsig -----BEGIN SSH SIGNATURE-----\n x\n".to_owned(), written);
    refuses(&|c| c.message.push('\0'), written);
    refuses(&|c| c.message.push_str(&"x".repeat(1 << 20)), written);
    refuses(&|c| c.message = c.message.replace("Joan Example <", "Joan  Example <"), written);
    refuses(&|c| c.message = c.message.replace("Joan Example <", "J\u{43e}an Example <"), written);
    refuses(&|c| c.more_headers = "mergetag object 1\n".to_owned(), written);
    refuses(&|c| c.more_headers = "x y\n".to_owned(), written);
    let odd = "is not as git writes commits";
    refuses(&|c| c.author = format!("{0}\nauthor {0}", c.author), written);
    refuses(&|c| c.author = c.author.replace("<olga", "<<olga"), written);
    refuses(&|c| c.author = c.author.replace("olga <", "ol\tga <"), written);
    refuses(&|c| c.committer = c.committer.replace(" +0000", ""), written);
    refuses(&|c| c.committer = c.committer.replace(" 17", " -17"), written);
    refuses(&|c| c.committer = c.committer.replace(" 17", " 99999999999999999917"), written);
    refuses(&|c| c.tree = c.tree.to_uppercase(), odd);
    refuses(&|c| c.parents.reverse(), written);
    refuses(&|c| c.parents.push(c.parents[1].clone()), written);
    refuses(
        &|c| {
            c.parents.pop();
        },
        written,
    );
    // Another tree than the commit's: the one of the root.
    let root = world.tip("env/pro");
    let tree = world.git(&world.path("olga"), &["rev-parse", &format!("{root}^{{tree}}")]).ok();
    refuses(&|c| c.tree = tree.trim().to_owned(), written);
    // A day before the branch's tip, and one after today.
    refuses(&|c| c.committer = c.committer.replace(" 17", " 16"), "history-kept");
    refuses(&|c| c.committer = c.committer.replace(" 17", " 18"), "history-kept");
    let id = world.put(&craft().raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn only_what_main_has_and_only_forward() {
    let world = World::begin();
    let root = world.tip("main");
    let first = release(&world);
    let inner = world
        .git(&world.path("olga"), &["rev-parse", &format!("{first}^2")])
        .ok()
        .trim()
        .to_owned();
    // A statement about another commit, approved by both.
    let about = |commit: &str, statement: &str| {
        let main = world.tip("main");
        let statement = statement.replace(&format!("commit: {main}"), &format!("commit: {commit}"));
        let lines = [world.line("marta", &statement), world.line("joan", &statement)];
        world.craft_with(&statement, &lines)
    };
    let statement = world.statement("pro");
    world.refuses("pro", &about(&inner, &statement), "is not on the line of `main`");
    world.refuses("pro", &about(&root, &statement), "the branch holds");
    // A commit that was never merged.
    let olga = world.path("olga");
    world.git(&olga, &["commit", "-q", "--allow-empty", "-m", "not merged"]).ok();
    let unmerged = world.git(&olga, &["rev-parse", "HEAD"]).ok().trim().to_owned();
    world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    world.refuses("pro", &about(&unmerged, &statement), "is not on the line of `main`");
    let old = world.craft("pro", &["marta", "joan"]);
    world.promoted("pro");
    // The same again, from the old tip and from the new one; and an older commit.
    world.refuses("pro", &old, "does not follow the branch's tip");
    let statement = old.message.split("\n\n").nth(1).unwrap().to_owned() + "\n";
    let tip = world.tip("env/pro");
    let statement = statement.replace(&format!("from: {root}"), &format!("from: {tip}"));
    let lines = [world.line("marta", &statement), world.line("joan", &statement)];
    world.refuses("pro", &world.craft_with(&statement, &lines), "the branch holds");
    let older = statement.replace(&format!("commit: {first}"), &format!("commit: {root}"));
    let lines = [world.line("marta", &older), world.line("joan", &older)];
    world.refuses("pro", &world.craft_with(&older, &lines), "comes before");
    // Two in one push: the second does not follow what the server has.
    world.write("README.md", "More words.\n");
    world.merge("words");
    let one = world.put(&world.craft("pro", &["marta", "joan"]).raw());
    world.git(&olga, &["fetch", "-q"]).ok();
    let statement = world.statement("pro").replace(&tip, &one);
    let lines = [world.line("marta", &statement), world.line("joan", &statement)];
    let two = world.put(&world.craft_with(&statement, &lines).raw());
    world.is_refused(&[&format!("{two}:refs/heads/env/pro")], "does not follow the branch's tip");
    // A fast-forward to main, and the branch put back.
    world.is_refused(&["+origin/main:refs/heads/env/pro"], "promotion-as-written");
    world.is_refused(&[&format!("+{root}:refs/heads/env/pro")], "history-kept");
}

#[test]
fn the_server_guards_its_refs() {
    let world = World::begin();
    let olga = world.path("olga");
    release(&world);
    let id = world.put(&world.craft("pro", &["marta", "joan"]).raw());
    let env = format!("{id}:refs/heads/env/pro");
    world.git(&olga, &["branch", "-q", "other"]).ok();
    world.is_refused(&[&env, "other"], "is pushed alone");
    world.is_refused(&[":refs/heads/env/pro"], "never deleted");
    world.is_refused(&["main:refs/heads/env/foo"], "there is no other");
    world.git(&olga, &["commit", "-q", "--allow-empty", "-m", "nothing"]).ok();
    world.is_refused(&[&env, "main"], "is pushed alone");
    world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    world.is_refused(&["main:refs/heads/ENV/pre"], "there is no other");
    world.is_refused(&["main:refs/heads/Main"], "could be taken for `main`");
    world.is_refused(&["+main:refs/heads/manifests/pro"], "written by the server");
    world.is_refused(&["main:refs/heads/manifests/x"], "written by the server");
    world.is_refused(
        &["main:refs/replace/0000000000000000000000000000000000000001"],
        "replacements",
    );
    world.is_refused(&["main:refs/tags/main"], "could be taken for the branch");
    world.is_refused(&["main:refs/tags/env/pre"], "could be taken for the branch");
    world.is_refused(&["main:refs/tags/manifests/pre"], "could be taken for the branch");
    world.is_refused(&[":refs/heads/main"], "`main` is never deleted");
    world.git(&olga, &["commit", "-q", "--amend", "-m", "rewritten"]).ok();
    world.is_refused(&["+main:refs/heads/main"], "may not be rewritten");
    world.git(&olga, &["reset", "-q", "--hard", "origin/main"]).ok();
    // Merged the other way round, the old tip leaves the line of first parents.
    world.git(&olga, &["switch", "-q", "-c", "side", "main~1"]).ok();
    world.git(&olga, &["merge", "-q", "--no-ff", "-m", "round", "main"]).ok();
    world.is_refused(&["side:refs/heads/main"], "may not be rewritten");
    world.git(&olga, &["switch", "-q", "main"]).ok();
    // Approvals: junk, a commit, another's place, a change.
    let junk = world.git_with(&olga, &["hash-object", "-w", "--stdin"], b"junk").ok();
    let place = "refs/approvals/pro/1/2";
    world.is_refused(&[&format!("{}:{place}", junk.trim())], "takes approvals only");
    world.is_refused(&[&format!("main:{place}")], "takes approvals only");
    world.approve("marta", "pro").ok();
    let server = world.path("server.git");
    let there = world
        .git(&server, &["for-each-ref", "--format=%(refname) %(objectname)", "refs/approvals"])
        .ok();
    let (name, blob) = there.trim().split_once(' ').unwrap();
    world.git(&olga, &["fetch", "-q", "origin", "+refs/approvals/*:refs/approvals/*"]).ok();
    world.is_refused(&[&format!("{blob}:{place}")], "takes approvals only");
    world.is_refused(&[&format!(":{name}")], "neither changed nor deleted");
    // Eve signs, but is no reviewer.
    world.approve("eve", "pro").refused("is no reviewer's key");
    // Any other ref passes.
    world.push(&["other", "main:refs/tags/v1", "main:refs/heads/promote/pro"]).ok();
    world.push(&[&env]).ok();
}

#[test]
fn who_wrote_it_does_not_approve_alone() {
    let world = World::begin();
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    // E-mails are the same whatever their case.
    let olga = world.path("olga");
    world.git(&olga, &["switch", "-q", "-c", "topic"]).ok();
    world
        .git(&olga, &["commit", "-q", "-a", "--author", "J <JOAN@Example.org>", "-m", "by Joan"])
        .ok();
    world.git(&olga, &["switch", "-q", "main"]).ok();
    world.git(&olga, &["merge", "-q", "--no-ff", "-m", "Merge", "topic"]).ok();
    world.git(&olga, &["push", "-q", "origin", "main"]).ok();
    world.refuses("pro", &world.craft("pro", &["marta", "joan"]), "wrote part of what is promoted");
    world.approve("marta", "pro").ok();
    world.approve("joan", "pro").ok();
    world.promote("pro").refused("wrote part of what is promoted");
    world.approve("laia", "pro").ok();
    world.promote("pro").ok();
}

#[test]
fn a_reviewer_who_pressed_merge_may_approve() {
    let world = World::begin();
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    let olga = world.path("olga");
    world.git(&olga, &["switch", "-q", "-c", "topic"]).ok();
    world.git(&olga, &["commit", "-q", "-a", "-m", "release"]).ok();
    world.git(&olga, &["switch", "-q", "main"]).ok();
    world.git(&olga, &["config", "user.email", &email("joan")]).ok();
    world.git(&olga, &["merge", "-q", "--no-ff", "-m", "Merge", "topic"]).ok();
    world.git(&olga, &["config", "user.email", &email("olga")]).ok();
    world.git(&olga, &["push", "-q", "origin", "main"]).ok();
    world.promoted("pro");
}

#[test]
fn main_may_move_on_after_the_approvals() {
    let world = World::begin();
    let commit = release(&world);
    world.approve("marta", "pro").ok();
    world.approve("joan", "pro").ok();
    world.write("README.md", "More words.\n");
    world.merge("words");
    let refused = world.promote("pro");
    let hint =
        format!("note: {0} has approvals; that one is promoted with `--commit {0}`", &commit[..12]);
    assert!(refused.err.contains(&hint), "{}", refused.err);
    refused.refused("nobody of AOC has approved");
    world.segell("olga", &["promote", "--env", "pro", "--commit", &commit, "--push"]).ok();
}

#[test]
fn approvals_that_have_run_out_or_begin_elsewhere_are_no_hint() {
    let world = World::begin();
    release(&world);
    world.approve("marta", "pro").ok();
    world.write("README.md", "More words.\n");
    world.merge("words");
    assert!(world.promote("pro").err.contains("has approvals"));
    world.on("2026-12-09");
    let refused = world.promote("pro");
    assert!(!refused.err.contains("has approvals"), "{}", refused.err);
    refused.refused("nobody of AOC has approved");

    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.write("README.md", "More words.\n");
    world.merge("words");
    let refused = world.promote("pro");
    assert!(!refused.err.contains("has approvals"), "{}", refused.err);
    refused.refused("nobody of AOC has approved");
}

#[test]
fn of_several_approvals_by_one_person_the_one_that_lasts_longest_counts() {
    let world = World::begin();
    release(&world);
    for person in ["marta", "joan"] {
        for day in 25..=30 {
            let expires = &format!("2026-11-{day}");
            let approve = ["approve", "--env", "pro", "--yes", "--push", "--expires", expires];
            world.segell(person, &approve).ok();
        }
    }
    let tip = world.promoted("pro");
    let message = world.git(&world.path("olga"), &["log", "-1", "--format=%B", &tip]).ok();
    let days = message.lines().filter_map(|line| line.strip_prefix("Approval: ")?.get(..10));
    // Both approve once more, for the usual fourteen days.
    let usual = segell::base::time::plus_days(world.today().parse().unwrap(), 14).to_string();
    assert_eq!(days.collect::<Vec<_>>(), [&*usual, &*usual]);
}

#[test]
fn pro_gets_only_what_pre_holds() {
    // Consorci C's batch goes to PRO, and PRE was never promoted to it.
    let world = World::begin();
    world.edit(PLANNED, "stage: planned", "stage: pro");
    world.merge("release too much");
    world.approve("marta", "pro").refused("promoted-through-pre");
    let crafted = world.approved("pro", &world.tip("main"));
    world.refuses("pro", &crafted, "is not what `env/pre` holds");
}

const RECORD_PRO: &str = "    pro:
      loaded: 2026-11-25
      informed: { date: 2026-11-25, to: [siad], evidence: [{ ticket: ST-23300 }] }
";

/// The check in PRO that does, or does not, work.
fn check(result: &str, more: &str) -> String {
    format!(
        "      checks:\n        - {{ date: 2026-11-26, by: [pica, aoc], result: {result}, evidence: [{{ ticket: ST-23301 }}]{more} }}\n"
    )
}

const DEPARTMENTS: &str = "departments:
  - { date: 2026-11-27, by: [aoc], result: works, evidence: [{ ticket: ST-23302 }] }
";

/// Adds to the end of Institut B's batch.
fn append(world: &World, text: &str) {
    let path = world.path("olga/inventory").join(IN_PRE);
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, before + text).unwrap();
}

fn show(world: &World, what: &str) -> String {
    world.git(&world.path("server.git"), &["show", what]).ok()
}

/// Part 2 of the design: a batch is released, loaded and verified, then the second one goes to PRE
/// and to PRO; a load is withdrawn in PRO, and a key changes on the way.
#[test]
fn the_story() {
    let world = World::begin();
    // The first batch goes to PRO, is loaded the day after, and works.
    release(&world);
    world.promoted("pro");
    world.on("2026-11-27");
    append(&world, &(RECORD_PRO.to_owned() + &check("works", "") + DEPARTMENTS));
    // The second batch comes earlier than planned.
    world.edit(
        PLANNED,
        "stage: planned\npre: 2028-01-18\npro: 2028-02-01",
        "stage: pre\npre: 2026-12-01\npro: 2026-12-15",
    );
    world.merge("institut-b works in PRO; consorci-c to PRE");
    world.promoted("pre");
    let manifest = show(&world, "refs/heads/manifests/pre:manifest.yaml");
    assert!(manifest.contains("- batch: 'transicio-2026/30-consorci-c'"), "{manifest}");
    assert!(!manifest.contains("replaces"), "nothing was there before: {manifest}");
    // It is loaded in PRE and works; a key changes: first it is announced, and promoted.
    world.on("2026-12-02");
    let record = "    pre:\n      loaded: 2026-12-01\n      checks:\n        - { date: 2026-12-02, by: [aoc], result: works, evidence: [{ ticket: ST-23400 }] }\n      informed: { date: 2026-12-02, to: [siad], evidence: [{ ticket: ST-23400 }] }\n";
    let path = world.path("olga/inventory").join(PLANNED);
    let text = std::fs::read_to_string(&path).unwrap().replace("stage: pre", "stage: pro");
    std::fs::write(&path, text + record).unwrap();
    let joan = crate::support::world::public("joan");
    let next = crate::support::world::public("joan-next");
    world.edit("policy.yaml", &joan, &format!("{joan}\n    next_key: {next}"));
    world.merge("consorci-c works in PRE, to PRO; Joan's next key");
    let new_key = world.path("joan-next");
    let new_key = new_key.to_str().unwrap();
    world
        .segell("joan", &["approve", "--env", "pre", "--yes", "--push", "--key", new_key])
        .refused("is no reviewer's key");
    world.promoted("pre");
    world.promoted("pro");
    let manifest = show(&world, "refs/heads/manifests/pro:manifest.yaml");
    assert!(manifest.contains("- batch: 'transicio-2026/30-consorci-c'"), "{manifest}");
    // The new key counts from then on; the old one goes.
    world.edit("policy.yaml", &format!("{joan}\n    next_key: {next}"), &next);
    world.merge("Joan's new key");
    for environment in ["pre", "pro"] {
        world.approve("marta", environment).ok();
        world.approve("joan", environment).refused("is no reviewer's key");
        world
            .segell("joan", &["approve", "--env", environment, "--yes", "--push", "--key", new_key])
            .ok();
        world.promote(environment).ok();
    }
    world.git(&world.path("clone-joan"), &["config", "user.signingkey", new_key]).ok();
    // In PRO it fails, and is withdrawn: nothing was there before, so nothing comes back.
    world.on("2026-12-16");
    let text = std::fs::read_to_string(&path).unwrap();
    let fails = "    pro:\n      loaded: 2026-12-15\n      informed: { date: 2026-12-15, to: [siad], evidence: [{ ticket: ST-23500 }] }\n      checks:\n        - { date: 2026-12-16, by: [pica, aoc], result: fails, evidence: [{ ticket: ST-23501 }], cause: Wrong alias, corrected: 2026-12-16 }\n    withdrawn: { date: 2026-12-16, reason: Requests fail, evidence: [{ ticket: ST-23502 }] }\n";
    std::fs::write(&path, text + fails).unwrap();
    world.merge("consorci-c is withdrawn");
    world.promoted("pro");
    let manifest = show(&world, "refs/heads/manifests/pro:manifest.yaml");
    assert!(manifest.contains("warning: 'none: what was there before"), "{manifest}");
    assert!(manifest.contains("withdraws:\n    id: 'consorci-c/2026'"), "{manifest}");
    // The record holds from the root on, each promotion on its own day; the history of the manifests too.
    world.git(&world.path("clone-laia"), &["fetch", "-q"]).ok();
    let log = world.segell("laia", &["log", "--verify"]).ok();
    assert!(log.contains("every signature and rule holds, each on its own day"), "{log}");
    assert!(log.contains("restores   consorci-c: nothing in place of consorci-c/2026"), "{log}");
    let history =
        world.git(&world.path("server.git"), &["log", "--format=%s", "manifests/pro"]).ok();
    assert_eq!(history.lines().count(), 5, "{history}");
    for format in ["json", "markdown", "csv"] {
        world.segell("laia", &["log", "--verify", "--format", format]).ok();
    }
}

/// What comes back after a withdrawal is what was there before, when it still may.
#[test]
fn a_withdrawal_brings_back_what_was_there() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    world.on("2026-11-26");
    let fails = check("fails", ", cause: Wrong alias, corrected: 2026-11-26");
    let withdrawn = "    withdrawn: { date: 2026-11-26, reason: Requests fail, evidence: [{ ticket: ST-23310 }] }\n";
    append(&world, &(RECORD_PRO.to_owned() + &fails + withdrawn));
    world.merge("institut-b is withdrawn");
    world.promoted("pre");
    world.promoted("pro");
    let manifest = show(&world, "refs/heads/manifests/pro:manifest.yaml");
    let restored = "restore:\n- batch: 'transicio-2026/20-institut-b'\n  day: 20\n  date: '2026-11-26'\n  ens: 'institut-b'\n  organ_code: '9699969043'\n  withdraws:\n    id: 'institut-b/2026'\n";
    assert!(manifest.contains(restored), "{manifest}");
    assert!(
        manifest.contains(
            "  certificate:\n    id: 'generalitat/2025'\n    file: 'certificates/institut-b.pem'\n"
        ),
        "{manifest}"
    );
    // Once it is back, nothing is left to do.
    world.on("2026-11-27");
    world.edit(
        IN_PRE,
        "ST-23310 }] }",
        "ST-23310 }], restored: { pre: 2026-11-27, pro: 2026-11-27 } }",
    );
    world.merge("restored");
    world.promoted("pro");
    let manifest = show(&world, "refs/heads/manifests/pro:manifest.yaml");
    assert!(manifest.contains("restore: []\nload: []\n"), "{manifest}");
}

#[test]
fn a_load_that_was_never_released_is_no_record() {
    let world = World::begin();
    release(&world);
    world.on("2026-11-27");
    append(&world, &(RECORD_PRO.to_owned() + &check("works", "") + DEPARTMENTS));
    world.merge("loaded, and nobody had approved it");
    world.approve("marta", "pro").refused("no manifest that the branch held by then asked for it");
}

#[test]
fn a_batch_that_slipped_is_judged_by_today() {
    let world = World::begin();
    release(&world);
    world.approve("marta", "pro").ok();
    let late = world.craft("pro", &["marta", "joan"]);
    // The seal of Institut B runs out on 2029-10-01; 30 days must be left.
    world.on("2029-09-10");
    world.approve("joan", "pro").refused("no-new-error");
    world.refuses("pro", &late, "expired on");
}

#[test]
fn the_seal_of_another_that_runs_out_keeps_nobody_from_loading() {
    // The departments' seal has expired by then; Institut B's has not.
    let world = World::begin();
    world.on("2028-12-18");
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2028-12-19");
    world.edit(PLANNED, "pre: 2028-01-18", "pre: 2029-01-16");
    world.edit(PLANNED, "pro: 2028-02-01", "pro: 2029-01-23");
    world.merge("release Institut B to PRO");
    let check = world.segell("olga", &["check"]);
    assert!(check.out.contains("certificate-in-force"), "{}", check.out);
    world.promoted("pro");
}

#[test]
fn a_commit_put_in_behind_the_gate_is_seen() {
    let world = World::begin();
    release(&world);
    let statement = world.statement("pro");
    let bad = world.put(&world.craft_with(&statement, &[world.line("marta", &statement)]).raw());
    world.push(&["main", &format!("{bad}:refs/heads/elsewhere")]).ok();
    let server = world.path("server.git");
    world.git(&server, &["update-ref", "refs/heads/env/pro", &bad]).ok();
    world.write("README.md", "More words.\n");
    world.merge("words");
    // A good one on top of it: nobody can approve it, and no gate lets it in.
    world.approve("marta", "pro").refused("nobody of SIAD has approved");
    let statement = world.statement_about("pro", &world.tip("main"));
    let out = world.path("manifest-pro");
    let good = world
        .craft_with(&statement, &[world.line("marta", &statement), world.line("joan", &statement)]);
    world.refuses("pro", &good, "nobody of SIAD has approved");
    let good = world.put(&good.raw());
    world.push(&[&format!("+{good}:refs/heads/elsewhere")]).ok();
    world.git(&server, &["update-ref", "refs/heads/env/pro", &good]).ok();
    world.git(&world.path("olga"), &["fetch", "-q"]).ok();
    let log = |format: &str| world.segell("olga", &["log", "--verify", "--format", format]);
    log("human").refused("nobody of SIAD has approved");
    for format in ["csv", "markdown"] {
        let said = log(format);
        assert_eq!(said.code, 1, "{}", said.err);
        let row = said.out.lines().find(|line| line.contains(&good)).unwrap();
        let told = row.contains("reviewed-by-aoc-and-siad: nobody of SIAD has approved");
        assert!(!told, "the good one on top: {row}");
        let row = said.out.lines().find(|line| line.contains(&bad)).unwrap();
        let refused = row.trim_end_matches(['|', ' ', '`', '"']);
        assert!(
            refused.ends_with("reviewed-by-aoc-and-siad: nobody of SIAD has approved"),
            "{row}"
        );
    }
    world
        .segell("olga", &["manifest", "verify", out.to_str().unwrap(), "--env", "pro"])
        .refused("nobody of SIAD");
    // An administrator begins again: an unapproved promotion becomes a root, and says so for ever.
    world.write("README.md", "Fewer words.\n");
    world.merge("fewer words");
    let made = world.segell("olga", &["promote", "--env", "pro", "--unapproved"]).ok();
    assert!(made.contains("git config --add segell.pro.root"), "{made}");
    let root =
        world.git(&world.path("olga"), &["rev-parse", "refs/heads/env/pro"]).ok().trim().to_owned();
    world.is_refused(&["env/pro"], "nobody of AOC has approved");
    for clone in [&server, &world.path("olga"), &world.clone_of("marta"), &world.clone_of("joan")] {
        world.git(clone, &["config", "--add", "segell.pro.root", &root]).ok();
    }
    world.push(&["env/pro"]).ok();
    world.write("README.md", "No words.\n");
    world.merge("no words");
    world.promoted("pro");
}

#[test]
fn a_branch_begins_at_a_root_alone() {
    let world = World::begin();
    let server = world.path("server.git");
    world.git(&server, &["config", "--unset-all", "segell.pro.root"]).ok();
    release(&world);
    let crafted = world.craft("pro", &["marta", "joan"]);
    world.refuses("pro", &crafted, "does not begin at a root");
    world.git(&server, &["update-ref", "-d", "refs/heads/env/pro"]).ok();
    world.is_refused(&["main:refs/heads/env/pro"], "does not begin at a root");
}

#[test]
fn a_key_counts_only_while_main_lists_it() {
    let world = World::begin();
    release(&world);
    let crafted = world.craft("pro", &["marta", "joan"]);
    // Joan's key is stolen: a push to `main` drops it at once.
    let (joan, next) =
        (crate::support::world::public("joan"), crate::support::world::public("joan-next"));
    world.edit("policy.yaml", &joan, &next);
    world.merge("Joan's key is stolen");
    world.refuses("pro", &crafted, "`main` no longer lists");
    // A key that is on `main` only does not count yet.
    let key = world.path("joan-next");
    let approve = ["approve", "--env", "pro", "--yes", "--push", "--key", key.to_str().unwrap()];
    world.segell("joan", &approve).refused("is no reviewer's key");
    // The others promote the policy, and then it does.
    world.approve("marta", "pro").ok();
    world.approve("laia", "pro").ok();
    world.promote("pro").ok();
}

#[test]
fn reviewers_of_ones_own_on_main_approve_nothing() {
    let world = World::begin();
    world.edit(
        "policy.yaml",
        &crate::support::world::public("joan"),
        &crate::support::world::public("eve"),
    );
    world.merge("Eve is SIAD now");
    let statement = world.statement("pro");
    let eve = world.line("eve", &statement);
    world.refuses(
        "pro",
        &world.craft_with(&statement, &[world.line("marta", &statement), eve]),
        "is no reviewer's",
    );
}

#[test]
fn an_inventory_that_is_no_folder_yields_nothing() {
    let world = World::begin();
    let olga = world.path("olga");
    let moved = |world: &World| world.git(&olga, &["mv", "inventory", "elsewhere"]).ok();
    moved(&world);
    std::os::unix::fs::symlink("elsewhere", olga.join("inventory")).unwrap();
    world.merge("a link");
    world.approve("marta", "pro").refused("symbolic link");
}

#[test]
fn a_shallow_clone_cannot_say_yes() {
    let world = World::begin();
    release(&world);
    world.promoted("pro");
    let url = format!("file://{}", world.path("server.git").display());
    world
        .git(
            &world.path("."),
            &["clone", "-q", "--depth", "1", "--no-single-branch", &url, "shallow"],
        )
        .ok();
    let shallow = world.path("shallow");
    let tip = world.tip("env/pro");
    world
        .segell_in(&shallow, &["gate", "--env", "pro", "--head", &tip])
        .refused("git fetch --unshallow");
    world.segell_in(&shallow, &["log", "--verify"]).refused("git fetch --unshallow");
    // A partial clone lacks blobs.
    world.git(&world.path("server.git"), &["config", "uploadpack.allowFilter", "true"]).ok();
    world
        .git(
            &world.path("."),
            &["clone", "-q", "--filter=blob:none", "--no-checkout", &url, "partial"],
        )
        .ok();
    let root = world.git(&world.path("olga"), &["config", "segell.pro.root"]).ok();
    let back = ["update-ref", "refs/remotes/origin/env/pro", root.trim()];
    world.git(&world.path("partial"), &back).ok();
    let gate = ["gate", "--env", "pro", "--head", &tip, "--root", root.trim()];
    world
        .segell_in(&world.path("partial"), &gate)
        .refused("if the clone is partial, run `git fetch --refetch --no-filter`");
}

#[test]
fn odd_objects_get_a_clear_answer() {
    let world = World::begin();
    let olga = world.path("olga");
    let gate = |head: &str| world.segell("olga", &["gate", "--env", "pro", "--head", head]);
    let tree = world.git(&olga, &["rev-parse", "HEAD^{tree}"]).ok();
    gate(tree.trim()).refused("is a tree, where a commit should be");
    world.git(&olga, &["tag", "-a", "-m", "tag", "v1"]).ok();
    let tag = world.git(&olga, &["rev-parse", "v1"]).ok();
    gate(tag.trim()).refused("is a tag, where a commit should be");
    gate(&"1".repeat(40)).refused("is not here");
    gate("abc").refused("not the full id of a commit");
    // Corrupt: the bytes of an object are no longer what its name says.
    let head = world.git(&olga, &["commit-tree", "-m", "x", tree.trim()]).ok();
    let (folder, file) = head.trim().split_at(2);
    let path = olga.join(".git/objects").join(folder).join(file);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, b"junk").unwrap();
    gate(head.trim()).refused("cannot be read");
}

#[test]
fn odd_histories_are_followed_to_their_end() {
    let world = World::begin();
    let olga = world.path("olga");
    let git = |arguments: &[&str]| world.git(&olga, arguments).ok().trim().to_owned();
    // Ten thousand commits, none with a message.
    let head = git(&["rev-parse", "main"]);
    let commit =
        "commit refs/heads/main\ncommitter olga <olga@example.org> 1795500000 +0000\ndata 0\n";
    let stream = format!("{commit}from {head}\n\n") + &format!("{commit}\n").repeat(9_999);
    world.git_with(&olga, &["fast-import", "--quiet"], stream.as_bytes()).ok();
    git(&["reset", "-q", "--hard", "main"]);
    // Two branches, each merged into the other.
    let tree = git(&["rev-parse", "main^{tree}"]);
    let child = |parents: &[&str]| {
        let parents = parents.iter().flat_map(|parent| ["-p", parent]);
        git(&["commit-tree", "-m", "x", &tree].into_iter().chain(parents).collect::<Vec<_>>())
    };
    let main = git(&["rev-parse", "main"]);
    let (a, b) = (child(&[&main]), child(&[&main, &head]));
    let (left, right) = (child(&[&a, &b]), child(&[&b, &a]));
    git(&["reset", "-q", "--hard", &child(&[&left, &right])]);
    // A name that is not UTF-8, outside the inventory.
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    std::fs::write(olga.join(name), "Words.\n").unwrap();
    release(&world);
    world.promoted("pro");
    let log = world.segell("olga", &["log", "--env", "pro", "--verify"]).ok();
    assert!(log.contains("every signature and rule holds"), "{log}");
}

#[test]
fn what_changes_history_from_outside_is_refused() {
    let world = World::begin();
    release(&world);
    let tip = world.promoted("pro");
    let olga = world.path("olga");
    std::fs::write(olga.join(".git/info/grafts"), format!("{tip}\n")).unwrap();
    world
        .segell("olga", &["gate", "--env", "pro", "--head", &tip])
        .refused("changes what history looks like; remove it");
    world.segell("olga", &["log", "--verify"]).refused("changes what history looks like");
}

#[test]
fn a_manifest_is_the_same_wherever_it_is_made() {
    let world = World::begin();
    release(&world);
    let commit = world.tip("main");
    let make = |name: &str, zone: &str, day: &str| {
        world.on(day);
        let out = world.path(name);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_segell"))
            .current_dir(world.path("olga"))
            .args(["manifest", "--env", "pro", "--rev", &commit, "--as-of", day, "--out"])
            .arg(&out)
            .env("TZ", zone)
            .env("LC_ALL", "ca_ES.UTF-8")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(out.join("SHA256SUMS")).unwrap()
    };
    let first = make("a", "UTC", "2026-11-24");
    assert_eq!(first, make("b", "Pacific/Kiritimati", "2026-11-25"));
    // Years later the seals have expired, and the bytes are the same.
    assert_eq!(first, make("c", "America/Adak", "2031-01-01"));
    // What is not a manifest's is never deleted.
    let out = world.path("a");
    std::fs::write(out.join("mine.txt"), "mine").unwrap();
    let rewrite = ["manifest", "--env", "pro", "--rev", &commit, "--out", out.to_str().unwrap()];
    world.segell("olga", &rewrite).refused("which the `SHA256SUMS` there does not name");
    let verify = |dir: &std::path::Path| {
        world.segell("olga", &["manifest", "verify", dir.to_str().unwrap()])
    };
    verify(&out).refused("`mine.txt` should not be there");
    std::fs::remove_file(out.join("mine.txt")).unwrap();
    std::fs::remove_file(out.join("certificates/agencia-a.pem")).unwrap();
    verify(&out).refused("`certificates/agencia-a.pem` is missing");
    world.segell("olga", &rewrite).ok();
    verify(&out).ok();
    let yaml = out.join("manifest.yaml");
    let text = std::fs::read_to_string(&yaml).unwrap();
    std::fs::write(&yaml, text.replace("day: 20", "day: 21")).unwrap();
    verify(&out).refused("`manifest.yaml` has other bytes");
}

/// `docs/audit.md`, as it stands there: its third step, with git and OpenSSH alone.
#[test]
fn an_auditor_needs_git_and_openssh_alone() {
    let mut openssh = std::process::Command::new("ssh-keygen");
    if openssh.arg("-?").stderr(std::process::Stdio::null()).status().is_err() {
        return;
    }
    let world = World::begin();
    release(&world);
    let promotion = world.promoted("pro");
    let laia = world.clone_of("laia");
    world.git(&laia, &["fetch", "-q"]).ok();
    let signers = world.segell("laia", &["log", "--allowed-signers"]).ok();
    std::fs::write(laia.join("allowed_signers"), &signers).unwrap();
    let page = include_str!("../../docs/audit.md");
    let step = page.split("\n3. ").nth(1).unwrap();
    let script = step.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let run = |allowed: &str| {
        std::fs::write(laia.join("allowed_signers"), allowed).unwrap();
        let script = format!("commit={promotion}\n{script}");
        let output = std::process::Command::new("sh")
            .current_dir(&laia)
            .args(["-c", &script])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = run(&signers);
    assert_eq!(said.matches("Good \"segell\" signature for").count(), 2, "{said}");
    // With another key under Joan's name, her approval is none.
    let (joan, eve) = (crate::support::world::public("joan"), crate::support::world::public("eve"));
    let said = run(&signers.replace(&joan, &eve));
    assert_eq!(said.matches("Good \"segell\" signature for").count(), 1, "{said}");
}

#[test]
fn a_waiver_and_then_its_batch() {
    // Institut B's batch would be loaded on a Saturday in PRO.
    let world = World::begin();
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-28");
    world.write(
        "waivers/saturday.yaml",
        &format!(
            "rule: working-day\nsubject: {IN_PRE}\nens: institut-b\nreason: PICA works on that Saturday\napproved_by: [marta@example.org, joan@example.org]\nevidence: [{{ ticket: ST-24001 }}]\ngranted: 2026-11-24\nexpires: 2026-12-10\n"
        ),
    );
    world.merge("a waiver");
    world.promoted("pro");
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.merge("its batch");
    let late = world.craft("pro", &["marta", "joan"]);
    // Once the waiver has run out, the gate says no.
    world.on("2026-12-11");
    world.approve("marta", "pro").refused("refused");
    world.on("2026-11-25");
    let id = world.put(&late.raw());
    world.push(&[&format!("{id}:refs/heads/env/pro")]).ok();
}

#[test]
fn a_new_service_and_who_uses_it_come_together() {
    let world = World::begin();
    world.edit("policy.yaml", "  AEAT_IRPF/C2:", "  AEAT_IRPF/C4: Renda, quatre\n  AEAT_IRPF/C2:");
    world.edit(
        "ens/institut-b.yaml",
        "queries:",
        "  - service: AEAT_IRPF/C4\n    organ_code: \"9699969043\"\n    pre: { requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }\n    pro: { requested: 2026-09-02, granted: 2026-09-23, evidence: [{ ticket: ST-22985 }] }\nqueries:",
    );
    release(&world);
    world.promoted("pro");
    assert!(show(&world, "refs/heads/manifests/pro:manifest.yaml").contains("- 'AEAT_IRPF/C4'"));
}

#[test]
fn a_policy_without_siad_is_not_promoted() {
    let world = World::begin();
    let policy = std::fs::read_to_string(world.path("olga/inventory/policy.yaml")).unwrap();
    let (before, _) = policy.split_once("reviewers:\n").unwrap();
    let alone = crate::support::world::reviewer_lines(&[("marta", "aoc"), ("pau", "aoc")]);
    world.write("policy.yaml", &format!("{before}reviewers:\n{alone}"));
    world.merge("no SIAD");
    world.approve("marta", "pre").refused("approvers-in-place");
}

#[test]
fn a_name_twice_in_a_tree_is_refused() {
    let world = World::begin();
    let olga = world.path("olga");
    // Without git's own check at the server, the gate still sees it.
    let server = world.path("server.git");
    world.git(&server, &["config", "receive.fsckObjects", "false"]).ok();
    let list = world.git(&olga, &["ls-tree", "HEAD"]).ok();
    let id = list.split_whitespace().nth(2).unwrap();
    let raw: Vec<u8> =
        (0..40).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect();
    let entry = [b"40000 inventory\0".as_slice(), &raw].concat();
    let tree = world.git_with(
        &olga,
        &["hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
        &[entry.clone(), entry].concat(),
    );
    let head =
        world.git(&olga, &["commit-tree", "-p", "HEAD", "-m", "twice", tree.ok().trim()]).ok();
    world.push(&[&format!("{}:refs/heads/main", head.trim())]).ok();
    world.approve("marta", "pre").refused("holds this name twice");
}

#[test]
fn a_statement_is_signed_elsewhere_and_taken_back() {
    let world = World::begin();
    release(&world);
    let joan = world.clone_of("joan");
    world.git(&joan, &["fetch", "-q"]).ok();
    let text = world.segell("joan", &["approve", "--env", "pro", "--statement"]).ok();
    assert!(text.ends_with("expires: 2026-12-08\n"), "{text}");
    let pem = |text: &str| {
        let line = sign("joan", "segell", text);
        format!("-----BEGIN SSH SIGNATURE-----\n{line}\n-----END SSH SIGNATURE-----\n")
    };
    let file = world.path("signature");
    let take = ["approve", "--env", "pro", "--push", "--signature", file.to_str().unwrap()];
    std::fs::write(&file, pem("something else")).unwrap();
    world.segell("joan", &take).refused("is not a signature of this statement");
    std::fs::write(&file, "junk").unwrap();
    world.segell("joan", &take).refused("is no SSH signature");
    // It is taken back the day after, with the day that was signed.
    std::fs::write(&file, pem(&text)).unwrap();
    world.on("2026-11-25");
    let said = world.segell("joan", &take).ok();
    assert!(said.contains("until 2026-12-08"), "{said}");
    world.approve("marta", "pro").ok();
    world.promote("pro").ok();
}

/// The latest answer of AEAT by the day of the load is the one that counts, as for the checklist.
#[test]
fn a_manifest_names_the_services_that_aeat_grants_on_the_day_of_the_load() {
    let names_it = |facts: &str| {
        let inventory = crate::support::inventory::Inventory::shipped();
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        let b = "ens/institut-b.yaml";
        inventory.edit(b, "requested: 2026-09-02, granted: 2026-09-23", facts);
        inventory.commit("2026-11-24T12:00:00Z");
        let make = ["manifest", "--env", "pro", "--rev", "HEAD", "--out", "out"];
        let made = inventory.segell(&[&make[..], &["--as-of", "2026-11-24"]].concat());
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let yaml = std::fs::read_to_string(inventory.root().join("out/manifest.yaml")).unwrap();
        assert!(yaml.contains("services:"), "{yaml}");
        yaml.contains("- 'AEAT_IRPF/C2'")
    };
    // It is to be loaded on 2028-01-11.
    assert!(names_it("requested: 2026-09-02, granted: 2026-09-23"));
    assert!(!names_it("requested: 2026-09-02"));
    assert!(names_it("requested: 2026-09-02, denied: 2026-09-10, granted: 2026-09-23"));
    assert!(!names_it("requested: 2026-09-02, granted: 2026-09-23, denied: 2026-09-23"));
    assert!(names_it("requested: 2026-09-02, granted: 2026-09-23, ended: 2028-01-12"));
    assert!(!names_it("requested: 2026-09-02, granted: 2026-09-23, ended: 2028-01-11"));
}
