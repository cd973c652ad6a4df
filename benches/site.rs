//! How long the pages of 10,000 bodies take beside a check of them, the record's verification apart: by the
//! wall's clock, medians of five, the two in turn; with the peak of memory, and the largest page that is no index.
//!
//! `cargo bench --bench site`; with `SEGELL_BENCH_PROGRAM=FILE` another build is measured. It needs `python3`. What is
//! generated stays in the system's folder for temporary files, as `segell-bench-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const COUNT: usize = 10_000;

/// The rounds of which the middle one counts.
const ROUNDS: usize = 5;

/// The pages that list all there is.
const INDEXES: [&str; 5] = ["ens.html", "seals.html", "due.html", "ahead.html", "checklist.html"];

fn main() {
    let folder = std::env::temp_dir().join(format!("segell-bench-{COUNT}"));
    if !folder.exists() {
        large::write(COUNT, &folder).expect("the inventory is written");
    }
    let out = std::env::temp_dir().join("segell-bench-site");
    let site = format!("site --out {}", out.display());
    let mut spent = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (words, spent) in [site.as_str(), "check"].into_iter().zip(&mut spent) {
            spent.push(measured(&folder, words));
        }
    }
    let [site, check] = spent.map(|spent| median(spent.iter().map(|(seconds, _)| *seconds)));
    println!("site / check, {COUNT} ens: {:.2} ({site:.2} s / {check:.2} s)", site / check);
    let (_, peak) = measured(&folder, &format!("site --out {}", out.display()));
    let (mut pages, mut bytes, mut largest) = (0_usize, 0, (0, PathBuf::new()));
    walk(&out, &mut |path, size| {
        (pages, bytes) = (pages + 1, bytes + size);
        let is_index = INDEXES.iter().any(|name| path.ends_with(name));
        if !is_index && path.extension().is_some_and(|it| it == "html") && size > largest.0 {
            largest = (size, path.to_owned());
        }
    });
    println!("{pages} files, {} MiB, {peak:.0} MiB of memory at most", bytes >> 20);
    println!("the largest page that is no index: {} bytes, {}", largest.0, largest.1.display());
}

/// Calls `see` with each file below `folder` and its size.
fn walk(folder: &Path, see: &mut dyn FnMut(&Path, u64)) {
    for item in fs::read_dir(folder).expect("the site is there") {
        let path = item.expect("an item").path();
        match path.is_dir() {
            true => walk(&path, see),
            false => see(&path, fs::metadata(&path).expect("a file").len()),
        }
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The seconds that a run took by the wall's clock, and the most MiB that it had.
fn measured(folder: &Path, words: &str) -> (f64, f64) {
    let other = std::env::var_os("SEGELL_BENCH_PROGRAM");
    let program = other.map_or_else(|| env!("CARGO_BIN_EXE_segell").into(), PathBuf::from);
    let mut command = Command::new("python3");
    command.args(["-c", MEASURE]).arg(program).args(words.split(' '));
    let out = command.arg(format!("--as-of={}", large::TODAY)).current_dir(folder).output();
    let out = String::from_utf8(out.expect("python3 is there").stdout).expect("numbers");
    let numbers: Vec<f64> = out.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    let [status, seconds, peak] = numbers[..] else { panic!("{out}") };
    assert!(status == 0.0, "`{words}` ended with {status}");
    (seconds, peak)
}

/// Runs a command without input and output; Linux counts KiB of memory, macOS bytes.
const MEASURE: &str = "
import os, sys, time
null = os.open(os.devnull, os.O_RDWR)
to = [(os.POSIX_SPAWN_DUP2, null, number) for number in range(3)]
began = time.monotonic()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=to)
_, status, usage = os.wait4(child, 0)
unit = 1 << 20 if sys.platform == 'darwin' else 1 << 10
print(os.waitstatus_to_exitcode(status), time.monotonic() - began, usage.ru_maxrss / unit)
";
