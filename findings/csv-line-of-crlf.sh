#!/usr/bin/env bash
# The crate csv, which most Rust programs read tables with, says of each record on which line it begins. Where lines
# end with CR and LF, as spreadsheets and databases on Windows write them, it is the line above: the record is
# taken to begin before the LF. A message such as "line 7: this seal stands under another body's code"
# then sends whoever corrects the front's table to the wrong body's row. segell looks at the byte that the
# position points at.
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
fn main() {
    for (name, end) in [("LF", "\n"), ("CRLF", "\r\n")] {
        let text = ["code;serial", "1;a", "2;b"].join(end);
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        let lines = reader.records().map(|row| row.unwrap().position().unwrap().line());
        println!("{name}: {:?}", lines.collect::<Vec<_>>());
    }
}
RUST
cargo run --quiet > out.txt
echo 'csv 1.4.0'
cat out.txt
grep -q '^LF: \[2, 3\]' out.txt
grep -q '^CRLF: \[1, 2\]' out.txt
