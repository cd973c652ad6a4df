//! How long it takes to plan and to gate the change of one batch among 10,000 bodies, read from a
//! packed repository; beside it one check of the same commit, to compare with. Then a record of 500
//! promotions verified, and a manifest of 10,000 loads written.
//!
//! `cargo bench --bench pipeline`; it needs `git`. What is generated stays in the system's folder
//! for temporary files, as `segell-bench-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;
#[path = "../tests/support/promoted.rs"]
mod promoted;

use std::fs;
use std::path::{Path, PathBuf};

use divan::Bencher;
use segell::checklist::rules;
use segell::files::repo::Tree;
use segell::inventory::Inventory;
use segell::inventory::finding::Environment;
use segell::inventory::load;
use segell::inventory::survey::Survey;
use segell::pipeline::gate::{Judge, Roots, Snapshots};
use segell::pipeline::log::Log;
use segell::pipeline::manifest;
use segell::planning::plan::Plan;

use promoted::{TODAY, World};

fn main() {
    divan::main();
}

/// What `plan` and `gate` are compared with.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    bencher.bench(|| {
        let tree =
            segell::files::repo::revision_tree(&world.folder, "main").expect("it can be read");
        let inventory = load::load(&tree.expect("an inventory"));
        rules::check(&Survey::of(&inventory, TODAY)).findings.len()
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn plan(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    bencher.bench(|| {
        let git = world.git();
        let (root, tip) = world.ends(&git);
        let (base, head) = (git.commit(root).expect("here"), git.commit(tip).expect("here"));
        let mut snapshots = Snapshots::new(&git);
        let plan = Plan::between(&git, &mut snapshots, &base, &head, TODAY).expect("it is read");
        assert!(!plan.is_empty());
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn gate(bencher: Bencher<'_, '_>) {
    let world = World::of(10_000, 1);
    let (root, _) = world.ends(&world.git());
    world.run(&["update-ref", "refs/heads/env/pre", &root.to_string()]);
    bencher.bench(|| {
        let git = world.git();
        let (root, tip) = world.ends(&git);
        let mut judge =
            Judge::new(&git, Environment::Pre, &Roots::default()).expect("all is there");
        let verdict = judge.judge(Some(root), tip, TODAY).expect("it is judged");
        assert!(verdict.refusals.is_empty(), "{:?}", verdict.refusals);
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn log_of_500_verified(bencher: Bencher<'_, '_>) {
    let world = World::of(1_000, 500);
    bencher.bench(|| {
        let git = world.git();
        let judge = Judge::new(&git, Environment::Pre, &Roots::default()).expect("all is there");
        let log = Log::of(&mut [judge], true, false).expect("it is read");
        assert!(!log.is_refused() && log.entries.len() > 500);
    });
}

/// From the files of an inventory to the files of a manifest: with the reading of 10,000 bodies.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads_with_reading(bencher: Bencher<'_, '_>) {
    let folder = to_load();
    bencher.bench(|| {
        let (inventory, tree) = read(&folder);
        made(&inventory, &tree)
    });
}

/// The same, the inventory having been read.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads(bencher: Bencher<'_, '_>) {
    let (inventory, tree) = read(&to_load());
    bencher.bench(|| made(&inventory, &tree));
}

/// How long the disk takes for its 10,002 files. Each time into a new folder: to take the place of one
/// costs as much again for the old files.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn manifest_of_10000_loads_written(bencher: Bencher<'_, '_>) {
    let (inventory, tree) = read(&to_load());
    let files = made(&inventory, &tree);
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    let new_folder = || {
        number += 1;
        folder.path().join(number.to_string())
    };
    bencher
        .with_inputs(new_folder)
        .bench_local_values(|out| files.write(&tree, &out).expect("written"));
}

/// An inventory of 10,000 bodies, none of them loaded, all of them to be.
fn to_load() -> PathBuf {
    let folder = std::env::temp_dir().join("segell-bench-10000-to-load");
    if !folder.exists() {
        large::write(10_000, &folder).expect("the inventory is written");
        let calendars = fs::read_dir(folder.join("inventory/calendars")).expect("calendars");
        calendars.for_each(|calendar| nothing_loaded(&calendar.expect("a folder").path()));
    }
    folder
}

fn read(folder: &Path) -> (Inventory, Tree) {
    let tree = segell::files::repo::working_tree(folder).expect("it is there");
    (load::load(&tree), tree)
}

fn made(inventory: &Inventory, tree: &Tree) -> manifest::Files {
    assert!(manifest::broken_integrity(inventory).is_empty());
    let memory = load::Memory::default();
    let made = manifest::yield_of(inventory, tree, Environment::Pre, ("0", "0"), &memory);
    let made = made.expect("it is made");
    assert_eq!(made.manifest.load.len(), 10_000);
    made.files
}

/// Takes the records out of a calendar's batches, and asks to load them all in PRE.
fn nothing_loaded(calendar: &Path) {
    for batch in fs::read_dir(calendar).expect("batches") {
        let path = batch.expect("a batch").path();
        let text = fs::read_to_string(&path).expect("a batch");
        let kept = text.lines().take_while(|line| !line.starts_with("departments"));
        let kept = kept.filter(|line| {
            !line.starts_with("stage") && !line.starts_with("     ") && !line.starts_with("    p")
        });
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        fs::write(&path, kept.replacen("pre:", "stage: pre\npre:", 1)).expect("it is written");
    }
}
