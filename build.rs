//! Makes tables of the catalogues in `locales/`, so that nothing is parsed when segell runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

/// The languages that have a catalogue; English needs none.
const LANGUAGES: [&str; 2] = ["ca", "es"];

fn main() {
    let mut code = String::new();
    for language in LANGUAGES {
        let path = format!("locales/{language}.po");
        println!("cargo::rerun-if-changed={path}");
        code += &table(&language.to_uppercase(), &read(&path));
    }
    let folder = env::var_os("OUT_DIR").expect("cargo tells where to write");
    fs::write(Path::new(&folder).join("catalogues.rs"), code)
        .expect("cargo's folder can be written");
}

/// The translations that are ready, by their English.
fn read(path: &str) -> BTreeMap<String, String> {
    let catalogue = polib::po_file::parse(Path::new(path))
        .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
    let ready = catalogue.messages().filter(|entry| entry.is_translated() && !entry.is_fuzzy());
    ready.map(|entry| (entry.msgid().to_owned(), entry.msgstr().unwrap_or("").to_owned())).collect()
}

/// A table that is sorted, for binary search.
fn table(name: &str, entries: &BTreeMap<String, String>) -> String {
    let rows =
        entries.iter().map(|(english, translated)| format!("    ({english:?}, {translated:?}),\n"));
    let rows: String = rows.collect();
    format!("pub static {name}: &[(&str, &str)] = &[\n{rows}];\n")
}
