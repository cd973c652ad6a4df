#!/usr/bin/env bash
# csv, the reader of spreadsheets that most Rust programs use, counts lines one short where they end in
# CRLF, as RFC 4180 asks and Excel writes: `Position::line` of a record is that of the line before it, since
# the LF is left to be read with what follows. Whoever loads seals is told "line 41: this serial is another
# certificate's", and looks at line 41, which is somebody else's and right. segell counts the breaks itself.
#
# Needs cargo and the crates' registry; builds in a temporary folder.
set -euo pipefail

command -v cargo > /dev/null || { echo 'not run: there is no cargo'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "lines"
version = "0.0.0"
edition = "2021"

[dependencies]
csv = "=1.4.0"

[workspace]
TOML
cat > src/main.rs <<'RUST'
/// The line at which the reader says that each record begins.
fn lines(text: &str) -> Vec<u64> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.unwrap());
    records.map(|record| record.position().unwrap().line()).collect()
}

fn main() {
    println!("LF {:?}", lines("ens,serial\na,1\nb,2\n"));
    println!("CRLF {:?}", lines("ens,serial\r\na,1\r\nb,2\r\n"));
}
RUST
cargo run --quiet > out.txt
echo 'csv 1.4.0; records stand on the lines 2 and 3'
cat out.txt
grep -qx 'LF \[2, 3\]' out.txt
grep -qx 'CRLF \[1, 2\]' out.txt
