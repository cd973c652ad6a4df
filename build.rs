//! Makes tables of the catalogues in `locales/`, so that nothing is parsed when segell runs, and finds out
//! which commit is built. The same commit gives the same program, wherever its files lie.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
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
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=SEGELL_BUILT_FROM={}", built_from());
}

/// The commit that is built: as the builder says it, as the package that cargo made of it says it, or as git
/// does; empty where none does. A build to try something out does not ask git: it would be made anew with
/// each commit.
fn built_from() -> String {
    println!("cargo::rerun-if-env-changed=SEGELL_BUILD_COMMIT");
    if let Ok(commit) = env::var("SEGELL_BUILD_COMMIT") {
        return commit;
    }
    let packed = fs::read_to_string(".cargo_vcs_info.json").unwrap_or_default();
    if let Some((_, rest)) = packed.split_once("\"sha1\": \"") {
        return rest.chars().take_while(char::is_ascii_hexdigit).collect();
    }
    let is_for_trying = env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    if is_for_trying || !Path::new(".git").exists() {
        return String::new();
    }
    let git = |arguments: &[&str]| {
        let told = Command::new("git").args(arguments).output().ok()?;
        told.status.success().then(|| String::from_utf8_lossy(&told.stdout).trim().to_owned())
    };
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(file) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    for path in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let Some(commit) = git(&["rev-parse", "HEAD"]) else { return String::new() };
    match git(&[
        "status",
        "--porcelain",
        "--",
        "src",
        "locales",
        "build.rs",
        "Cargo.toml",
        "Cargo.lock",
    ]) {
        Some(changed) if changed.is_empty() => commit,
        _ => format!("{commit} with changes"),
    }
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
