//! How long a drift takes beside the check of the same inventory: at most half of it, from a manifest's
//! folder, whatever the store. The stores hold certificates alone: what keys cost, their store decides.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;
#[path = "../tests/support/stocked.rs"]
mod stocked;

use std::io::sink;
use std::path::Path;

use divan::Bencher;
use segell::checklist::rules;
use segell::files::repo;
use segell::files::stores::{self, Kind};
use segell::inventory::load;
use segell::inventory::survey::Survey;
use segell::pipeline::manifest::Folder;
use segell::planning::drift::{Desired, Drift, Known, Looked, State};
use segell::views::drift::Shown;
use segell::views::screen::{Format, Screen, View};
use stocked::{COUNT, made};

fn main() {
    divan::main();
}

/// Reads the manifest and a store, compares, and shows what came of it, as the verb does.
fn drift(folder: &Path, store: &str, kind: Kind) {
    let manifest = Folder::read(&folder.join("manifest")).expect("the manifest is there");
    let read = stores::open(&folder.join(store), None).expect("the store is read");
    assert_eq!(read.kind, kind);
    let looked = vec![Looked { name: store.to_owned(), outcome: Ok(read) }];
    let desired = Desired {
        manifest: &manifest.manifest,
        today: large::TODAY,
        facts: &|_, _| None,
        known: &|| Ok(Known::of_manifest(&manifest.manifest)),
    };
    let drift = Drift::of(&desired, looked).expect("it is compared");
    assert_eq!(drift.count(State::Held) + drift.count(State::NoKey), COUNT);
    let shown = Shown { drift: &drift, all: false };
    let screen = &mut Screen { out: &mut sink(), width: None, colour: false };
    shown.show(Format::Human, screen).expect("sink takes all");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>) {
    let folder = made();
    bencher.bench(|| {
        let tree = repo::working_tree(&folder).expect("the inventory is there");
        let inventory = load::load(&tree);
        divan::black_box(rules::check(&Survey::of(&inventory, large::TODAY)));
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn folder(bencher: Bencher<'_, '_>) {
    let made = made();
    bencher.bench(|| drift(&made, "manifest/certificates", Kind::Folder));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn pkcs12_store(bencher: Bencher<'_, '_>) {
    let made = made();
    bencher.bench(|| drift(&made, "store.p12", Kind::Pkcs12));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn java_store(bencher: Bencher<'_, '_>) {
    let made = made();
    bencher.bench(|| drift(&made, "store.jks", Kind::Jks));
}

/// Only what is read of a manifest.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn manifest_alone(bencher: Bencher<'_, '_>) {
    let made = made();
    bencher.bench(|| Folder::read(&made.join("manifest")).expect("the manifest is there"));
}
