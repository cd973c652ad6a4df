//! How long a drift takes beside the check of the same inventory: at most half of it, from a manifest's
//! folder, whatever the store. The stores hold certificates alone: what keys cost, their store decides.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::fs;
use std::io::sink;
use std::path::{Path, PathBuf};

use authority::der;
use divan::Bencher;
use segell::checklist::rules;
use segell::files::repo;
use segell::files::stores::{self, Kind};
use segell::inventory::finding::Environment;
use segell::inventory::load::{self, Memory};
use segell::inventory::survey::{Resolved, Survey};
use segell::pipeline::manifest::{Files, Folder, Manifest};
use segell::planning::drift::{Desired, Drift, Known, Looked, State};
use segell::views::drift::Shown;
use segell::views::screen::{Format, Screen, View};

fn main() {
    divan::main();
}

const COUNT: usize = 10_000;

/// The folder with the inventory, the manifest of PRO, and the stores.
fn made() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("segell-bench-drift-{COUNT}"));
    if folder.join("done").exists() {
        return folder;
    }
    large::write(COUNT, &folder).expect("the inventory is written");
    let tree = repo::working_tree(&folder).expect("the inventory is there");
    let before = load::load(&tree);
    let holds = before
        .ens
        .keys()
        .map(|ens| format!("  - {{ ens: {ens}, certificate: {ens}/2026, in: [pre, pro] }}\n"));
    let baseline = format!(
        "as_of: 2026-06-02\nevidence: [{{ ticket: ST-1 }}]\nholds:\n{}",
        holds.collect::<String>()
    );
    fs::write(folder.join("inventory/baseline.yaml"), baseline).expect("it is written");
    let tree = repo::working_tree(&folder).expect("the inventory is there");
    let inventory = load::load(&tree);
    let none = "0".repeat(40);
    let manifest = Manifest::of(&Resolved::of(&inventory), Environment::Pro, &none, &none);
    assert_eq!(manifest.state.len(), COUNT);
    let files = Files::of(&manifest, &tree, &Memory::default()).expect("the seals are there");
    files.write(&tree, &folder.join("manifest")).expect("it is written");
    let seals: Vec<Vec<u8>> = manifest
        .state
        .iter()
        .filter_map(|held| held.certificate.as_ref())
        .map(|seal| fs::read(folder.join("manifest").join(&seal.file)).expect("it is there"))
        .map(|pem| segell::files::x509::from_pem(&pem).expect("it is PEM"))
        .collect();
    fs::write(folder.join("store.p12"), pkcs12(&seals)).expect("it is written");
    fs::write(folder.join("store.jks"), jks(&seals)).expect("it is written");
    fs::write(folder.join("done"), "").expect("it is written");
    folder
}

fn pkcs12(seals: &[Vec<u8>]) -> Vec<u8> {
    let bags: Vec<Vec<u8>> = seals
        .iter()
        .map(|seal| {
            let certificate = der::sequence(&[
                der::oid("1.2.840.113549.1.9.22.1"),
                der::context(0, &der::element(der::OCTET_STRING, seal)),
            ]);
            der::sequence(&[der::oid("1.2.840.113549.1.12.10.1.3"), der::context(0, &certificate)])
        })
        .collect();
    let data = |content: &[u8]| {
        let octets = der::element(der::OCTET_STRING, content);
        der::sequence(&[der::oid("1.2.840.113549.1.7.1"), der::context(0, &octets)])
    };
    let safe = der::sequence(&[data(&der::sequence(&bags))]);
    der::sequence(&[der::element(der::INTEGER, &[3]), data(&safe)])
}

fn jks(seals: &[Vec<u8>]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).expect("it fits").to_be_bytes();
    let mut store = [&[0xfe, 0xed, 0xfe, 0xed][..], &number(2), &number(seals.len())].concat();
    for (place, seal) in seals.iter().enumerate() {
        let alias = format!("seal-{place}");
        store.extend(number(2));
        store.extend(u16::try_from(alias.len()).expect("it fits").to_be_bytes());
        store.extend(alias.bytes());
        store.extend([0; 8]);
        store.extend(b"\0\x05X.509");
        store.extend(number(seal.len()));
        store.extend(seal);
    }
    store.extend([0; 20]);
    store
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
