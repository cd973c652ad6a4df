//! How long it takes to record checks by their messages, beside one `check` of the same inventory: as many
//! pairs of request and answer as there are bodies, at most three times one check.
//!
//! `cargo bench --bench messages`. What is generated stays in the system's folder for temporary files, as
//! `segell-bench-messages-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;
#[path = "../tests/support/message.rs"]
mod message;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use divan::Bencher;
use message::{Request, answer};

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    divan::main();
}

/// A folder with an inventory of `count` bodies, and a pair of messages for each.
fn generated(count: usize) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("segell-bench-messages-{count}"));
    if folder.exists() {
        return folder;
    }
    let bodies = large::write_loaded(count, &folder).expect("the inventory is written");
    let messages = folder.join("messages");
    std::fs::create_dir_all(&messages).expect("a folder is made");
    for (code, seal) in &bodies {
        let request = Request::of(code, "AEAT_IRPF/C2", "2026-11-17");
        let put = |name: String, text: String| std::fs::write(messages.join(name), text);
        put(format!("{code}-request.xml"), request.signed(seal)).expect("a request is written");
        put(format!("{code}-answer.xml"), answer(&request, "0003", &["1000"]))
            .expect("an answer is written");
    }
    folder
}

/// Runs segell on it, with nothing to look at.
fn segell(folder: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_segell"))
        .env("LC_ALL", "C")
        .args(arguments)
        .args(["--as-of", "2026-11-23"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("segell runs").success(), "{arguments:?}");
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    bencher.bench(|| segell(&folder, &["check"]));
}

/// The batches are put back before each.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn record(bencher: Bencher<'_, '_>, count: usize) {
    let folder = generated(count);
    let batches = batches(&folder);
    let put_back = || {
        batches
            .iter()
            .for_each(|(file, text)| std::fs::write(file, text).expect("a file is written"));
    };
    let record = ["record", "check", "--env", "pre", "--by", "aoc", "--evidence", "ST-1"];
    let record = [&record[..], &["--request", "messages"]].concat();
    bencher.with_inputs(put_back).bench_values(|()| segell(&folder, &record));
    put_back();
}

/// Each batch's file, and what it says.
fn batches(folder: &Path) -> Vec<(PathBuf, String)> {
    let calendars = std::fs::read_dir(folder.join("inventory/calendars")).expect("there are some");
    let files =
        calendars.map(|calendar| calendar.expect("a calendar").path().join("10-batch.yaml"));
    files.map(|file| (file.clone(), std::fs::read_to_string(file).expect("a batch"))).collect()
}
