//! How long a check takes, and beside it what no check of the same files can do without: reading
//! them, the events of their YAML, the DER of their certificates, one signature each.
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

use divan::Bencher;
use granit_parser::Parser;
use jiff::civil::Date;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use segell::survey::Survey;
use segell::{load, repo, rules, x509};
use x509_parser::prelude::{FromDer, X509Certificate};

fn main() {
    divan::main();
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

/// The whole of `segell check` but its report.
fn check(root: &Path, today: Date) -> usize {
    let tree = repo::working_tree(root).expect("the inventory is there");
    let inventory = load::load(&tree);
    rules::check(&Survey::of(&inventory, today)).findings.len()
}

#[divan::bench]
fn shipped() -> usize {
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

    /// Every file's path, of which `ending` is the end.
    fn paths(count: usize, ending: &str) -> Vec<PathBuf> {
        let tree = repo::working_tree(&generated(count)).expect("the inventory is there");
        let paths = tree.entries.iter().map(|entry| generated(count).join(&entry.path));
        paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect()
    }

    fn certificates(count: usize) -> Vec<Vec<u8>> {
        let pems = paths(count, "2026.pem").into_iter().map(|path| fs::read(path).unwrap());
        pems.map(|pem| x509::from_pem(&pem).unwrap()).collect()
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn reading(bencher: Bencher<'_, '_>, count: usize) {
        let paths = paths(count, "");
        bencher.bench(|| paths.iter().map(|path| fs::read(path).unwrap().len()).sum::<usize>());
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn yaml_events(bencher: Bencher<'_, '_>, count: usize) {
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        let texts: Vec<String> = paths(count, ".yaml").into_iter().map(read).collect();
        bencher.bench(|| {
            texts
                .iter()
                .map(|text| Parser::new_from_str(text).map(black_box).count())
                .sum::<usize>()
        });
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn der(bencher: Bencher<'_, '_>, count: usize) {
        let certificates = certificates(count);
        bencher.bench(|| {
            certificates.iter().for_each(|der| {
                black_box(X509Certificate::from_der(der).unwrap());
            });
        });
    }

    #[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
    fn signatures(bencher: Bencher<'_, '_>, count: usize) {
        let authority = fs::read(generated(count).join("inventory/trust/ec-gran.pem")).unwrap();
        let authority = x509::from_pem(&authority).unwrap();
        let (_, authority) = X509Certificate::from_der(&authority).unwrap();
        let key = &authority.public_key().subject_public_key.data;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
        let certificates = certificates(count);
        let read = |der: &'_ Vec<u8>| {
            let (_, read) = X509Certificate::from_der(der).unwrap();
            (read.tbs_certificate.as_ref().to_vec(), read.signature_value.data.to_vec())
        };
        let signed: Vec<(Vec<u8>, Vec<u8>)> = certificates.iter().map(read).collect();
        bencher.bench(|| {
            signed.iter().for_each(|(message, signature)| key.verify(message, signature).unwrap());
        });
    }
}
