#!/usr/bin/env bash
# quick-xml, the reader of XML that most Rust programs use, quotes the document in its errors: the names of
# both tags where they do not fit, and of an attribute that stands twice. A message of Via Oberta names
# citizens and officials; where one is cut off or joined with another, an operator's tool that prints or logs
# the library's error prints what stood there. segell says in its own words what is wrong and where.
#
# Besides, it takes what is no XML: characters that XML has not, names that are none, attributes without a
# blank between them. Whoever compares a signature must look at these too.
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
name = "quotes"
version = "0.0.0"
edition = "2021"

[dependencies]
quick-xml = "=0.41.0"

[workspace]
TOML
cat > src/main.rs <<'RUST'
use quick_xml::events::Event;
use quick_xml::Reader;

/// What the library says of a document, with every check that it has.
fn said(text: &str) -> String {
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_event() {
            Err(error) => return error.to_string(),
            Ok(Event::Eof) => return "taken".to_owned(),
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                if let Some(error) = tag.attributes().find_map(Result::err) {
                    return error.to_string();
                }
            }
            Ok(_) => {}
        }
    }
}

fn main() {
    for text in ["<a><Maria></Garcia></a>", "<a>\u{1}</a>", "<1/>", "<a b='1'c='2'/>", "<a>]]></a>"] {
        println!("{} -> {}", text.escape_debug(), said(text));
    }
}
RUST
cargo run --quiet > out.txt
echo 'quick-xml 0.41.0'
cat out.txt
grep -q 'Maria.*->.*`</Maria>`.*`</Garcia>`' out.txt
[ "$(grep -c -- '-> taken' out.txt)" = 4 ]
