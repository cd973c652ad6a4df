//! How long a check takes, and beside it what no check of the same files can do without: finding
//! and reading them, the events of their YAML, the DER of their certificates, one signature each. At the end it
//! says how many times the sum of these parts a check takes, in time of the processor, so that it
//! holds on a busy machine too.
//!
//! `cargo bench`; with `SEGELL_BENCH_LARGE=1` also 100,000 bodies. What is generated stays in the
//! system's folder for temporary files, as `segell-bench-*`: `target/` is ignored by git, and
//! what git ignores is no inventory.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use divan::Bencher;
use granit_parser::Parser;
use jiff::civil::Date;
use rustix::time::{ClockId, clock_gettime};
use segell::checklist::rules;
use segell::files::{repo, x509};
use segell::inventory::Inventory;
use segell::inventory::finding::Finding;
use segell::inventory::load;
use segell::inventory::survey::Survey;
use x509_parser::prelude::{FromDer, X509Certificate};

fn main() {
    divan::main();
    sizes().into_iter().for_each(ratio);
}

/// The rounds of which the quickest counts.
const ROUNDS: usize = 5;

/// Prints how many times the sum of its unavoidable parts a check of `count` bodies takes.
fn ratio(count: usize) {
    let folder = generated(count);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one");
    let files = unavoidable::Files::of(count);
    let [mut whole, mut parts] = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        whole = whole.min(seconds(|| pool.install(|| check(&folder, large::TODAY))));
        let reading = seconds(|| unavoidable::find(&folder)) + seconds(|| files.read());
        let events = seconds(|| files.yaml_events());
        let der = seconds(|| files.der());
        parts = parts.min(reading + events + der + seconds(|| files.signatures()));
    }
    let times = whole / parts;
    println!("{count} bodies: {whole:.3} s of CPU, {times:.2} x the unavoidable {parts:.3} s");
}

/// The time that all threads of this process spend on `work`, in seconds.
fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let started = processor_time();
    let made = black_box(work());
    let spent = processor_time() - started;
    drop(made);
    spent
}

fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// How many bodies.
fn sizes() -> Vec<usize> {
    let large = std::env::var_os("SEGELL_BENCH_LARGE").map(|_| 100_000);
    [1_000, 10_000].into_iter().chain(large).collect()
}

/// The folder of an inventory with `count` bodies.
fn generated(count: usize) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("segell-bench-{count}"));
    if !folder.exists() {
        large::write(count, &folder).expect("the inventory is written");
    }
    folder
}

/// The whole of `segell check` but its report. What was read is handed back, so that it is not taken
/// apart within the time: the command leaves that to the process's end.
fn check(root: &Path, today: Date) -> (Vec<Finding>, Inventory) {
    let tree = repo::working_tree(root).expect("the inventory is there");
    let inventory = load::load(&tree);
    let findings = rules::check(&Survey::of(&inventory, today)).findings;
    (findings, inventory)
}

#[divan::bench]
fn shipped() -> (Vec<Finding>, Inventory) {
    check(Path::new(env!("CARGO_MANIFEST_DIR")), large::TODAY)
}

#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn all_cores(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    bencher.bench(|| check(&folder, large::TODAY));
}

/// To be compared with the sum of the parts below, which use one core too.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn one_core(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one");
    bencher.bench(|| pool.install(|| check(&folder, large::TODAY)));
}

mod unavoidable {
    use super::*;

    /// Finds the files: every folder is listed.
    pub fn find(folder: &Path) -> usize {
        let items = fs::read_dir(folder).unwrap().map(Result::unwrap);
        items
            .map(|item| if item.file_type().unwrap().is_dir() { find(&item.path()) } else { 1 })
            .sum()
    }

    /// The files of an inventory, and what the parts begin with.
    pub struct Files {
        paths: Vec<PathBuf>,
        texts: Vec<String>,
        certificates: Vec<Vec<u8>>,
        /// The CA's public key, and of each certificate what is signed and the signature.
        authority: Vec<u8>,
        signed: Vec<(Vec<u8>, Vec<u8>)>,
    }

    impl Files {
        pub fn of(count: usize) -> Files {
            let folder = generated(count);
            let tree = repo::working_tree(&folder).expect("the inventory is there");
            let paths = tree.entries.iter().map(|entry| folder.join(&entry.path));
            let paths: Vec<PathBuf> = paths.collect();
            let ending = |end: &'static str| paths.iter().filter(move |path| path.ends_with(end));
            let yaml = paths.iter().filter(|path| path.extension().is_some_and(|it| it == "yaml"));
            let certificates: Vec<Vec<u8>> = ending("2026.pem").map(der).collect();
            let authority = ending("ec-gran.pem").map(der).next().expect("it was written");
            let (_, authority) = X509Certificate::from_der(&authority).unwrap();
            Files {
                texts: yaml.map(|path| fs::read_to_string(path).unwrap()).collect(),
                authority: authority.public_key().subject_public_key.data.to_vec(),
                signed: certificates.iter().map(|der| signed(der)).collect(),
                certificates,
                paths,
            }
        }

        pub fn read(&self) -> usize {
            self.paths.iter().map(|path| fs::read(path).unwrap().len()).sum()
        }

        pub fn yaml_events(&self) -> usize {
            let events = |text: &String| Parser::new_from_str(text).map(black_box).count();
            self.texts.iter().map(events).sum()
        }

        pub fn der(&self) {
            for der in &self.certificates {
                black_box(X509Certificate::from_der(der).unwrap());
            }
        }

        pub fn signatures(&self) {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.authority);
            self.signed.iter().for_each(|(message, it)| key.verify(message, it).unwrap());
        }
    }

    fn der(path: &PathBuf) -> Vec<u8> {
        x509::from_pem(&fs::read(path).unwrap()).unwrap()
    }

    fn signed(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (_, read) = X509Certificate::from_der(der).unwrap();
        (read.tbs_certificate.as_ref().to_vec(), read.signature_value.data.to_vec())
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn finding(bencher: Bencher<'_, '_>, count: usize) {
        let folder = generated(count);
        bencher.bench(|| find(&folder));
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn reading(bencher: Bencher<'_, '_>, count: usize) {
        let files = Files::of(count);
        bencher.bench(|| files.read());
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn yaml_events(bencher: Bencher<'_, '_>, count: usize) {
        let files = Files::of(count);
        bencher.bench(|| files.yaml_events());
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn der_of_certificates(bencher: Bencher<'_, '_>, count: usize) {
        let files = Files::of(count);
        bencher.bench(|| files.der());
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn signatures(bencher: Bencher<'_, '_>, count: usize) {
        let files = Files::of(count);
        bencher.bench(|| files.signatures());
    }
}
