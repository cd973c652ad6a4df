//! Three languages for people, and nothing that is kept or read by programs depends on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};
use crate::support::world::World;

const LOCALES: [&str; 3] = ["C", "ca_ES.UTF-8", "es_ES.UTF-8"];

/// Runs segell in a folder, under a locale.
fn segell(folder: &Path, locale: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_segell"))
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", locale)
        .env_remove("LANGUAGE")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .unwrap()
}

fn said(folder: &Path, locale: &str, arguments: &[&str]) -> String {
    let output = segell(folder, locale, arguments);
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A shipped inventory with a finding of each severity that blocks or waits.
fn broken() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "certificate: consorci-c/2026", "certificate: consorci-c/2025");
    inventory
}

#[test]
fn people_are_told_in_their_language() {
    let inventory = broken();
    let check = ["check", "--as-of", TODAY];
    let told = |locale| said(inventory.root(), locale, &check);
    assert!(told("C").contains("there is no certificate `consorci-c/2025`"), "{}", told("C"));
    let catalan = told("ca_ES.UTF-8");
    assert!(catalan.contains("no hi ha cap certificat `consorci-c/2025`"), "{catalan}");
    let spanish = told("es_ES.UTF-8");
    assert!(spanish.contains("no hay ningún certificado `consorci-c/2025`"), "{spanish}");
    let asked = said(inventory.root(), "es_ES.UTF-8", &["check", "--as-of", TODAY, "--lang", "ca"]);
    assert_eq!(asked.lines().next(), catalan.lines().next());
}

#[test]
fn the_command_line_speaks_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str]| said(folder.path(), "ca_ES.UTF-8", arguments);
    let help = told(&["check", "--help"]);
    assert!(help.contains("Ús: segell check [OPCIONS]\n"), "{help}");
    assert!(help.contains("[per defecte: human]"), "{help}");
    assert!(!help.contains("Options:"), "{help}");
    let wrong = segell(folder.path(), "ca_ES.UTF-8", &["check", "--format", "xx"]);
    assert_eq!(wrong.status.code(), Some(2));
    let wrong = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.starts_with("error: `xx` no és un valor de `--format"), "{wrong}");
    assert!(wrong.contains("`junit` i `markdown`"), "{wrong}");
    assert!(told(&["check", "--lang", "fr"]).contains("`ca`, `es` i `en`"));
}

/// Statements, signatures, promotions, manifests: every object of the server is the same.
#[test]
fn what_is_signed_and_loaded_is_the_same_in_every_language() {
    let story = |locale| {
        let world = World::begin();
        *world.locale.write().unwrap() = locale;
        world.edit(IN_PRE, "stage: pre", "stage: pro");
        world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
        world.merge("release Institut B to PRO");
        world.promoted("pro");
        let signers = world.segell("olga", &["log", "--allowed-signers"]).ok();
        (world.refs(), signers)
    };
    let [english, catalan, spanish] = LOCALES.map(story);
    assert!(english.0.contains("refs/heads/manifests/pro"), "{}", english.0);
    assert_eq!(english, catalan);
    assert_eq!(english, spanish);
}

#[test]
fn what_the_writing_verbs_write_is_the_same_in_every_language() {
    let written = |locale| {
        let inventory = Inventory::shipped();
        let root = inventory.root();
        let ran = |arguments: &[&str]| {
            let output = segell(root, locale, arguments);
            let why = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{arguments:?}\n{why}");
        };
        let run = |arguments: &str| {
            ran(&arguments.split(' ').chain(["--as-of", TODAY]).collect::<Vec<_>>());
        };
        let reviewer =
            format!("aoc:Ada <ada@example.org>:{}", crate::support::world::public("ada"));
        let other = format!("siad:Bea <bea@example.org>:{}", crate::support::world::public("bea"));
        ran(&["init", "other", "--reviewer", &reviewer, "--reviewer", &other, "--as-of", TODAY]);
        run("add ens d --name D --block consuming --organ-code 0801930008 --nif Q0801175A");
        run("add authorisation --ens d --service AEAT_IRPF/C2 --requested 2026-11-20");
        run("add query --ens d --by siad --to dgtj --question Quan?");
        run("answer query --ens d --answer Aviat --evidence ST-1");
        run("hold --batch transicio-2026/30-consorci-c --by aoc --reason Dubte --evidence ST-2");
        run("move --batch transicio-2026/30-consorci-c --by 7d");
        run("release --batch transicio-2026/20-institut-b --stage pro");
        run("cease --ens d --date 2026-11-23 --evidence ST-3");
        let mut files = tree(root);
        // What it says to the people who begin is in their language; nothing reads it.
        files.remove(Path::new("other/inventory/README.md")).unwrap();
        files
    };
    let [english, catalan, spanish] = LOCALES.map(written);
    assert_same(&english, &catalan);
    assert_same(&english, &spanish);
}

#[test]
fn generated_files_are_the_same_in_every_language() {
    let written = |locale| {
        let inventory = Inventory::shipped();
        let root = inventory.root();
        let run = |arguments: &[&str]| {
            let output = segell(root, locale, arguments);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        run(&["schema"]);
        run(&["codeowners"]);
        run(&["rules", "--docs", "docs/rules"]);
        run(&["man", "man"]);
        fs::write(root.join("completions"), run(&["completions", "bash"])).unwrap();
        tree(root)
    };
    let [english, catalan, spanish] = LOCALES.map(written);
    assert!(english.len() > 100, "{}", english.len());
    assert_same(&english, &catalan);
    assert_same(&english, &spanish);
}

#[track_caller]
fn assert_same(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>) {
    let files = one.keys().chain(other.keys());
    let differ: Vec<_> = files.filter(|file| one.get(*file) != other.get(*file)).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// Every file below a folder, by its path from there, with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
            }
        }
    }
    files
}

#[test]
fn programs_read_the_same_but_for_sentences() {
    let inventory = broken();
    let report = |locale| {
        let output =
            segell(inventory.root(), locale, &["check", "--as-of", TODAY, "--format", "json"]);
        let mut report = serde_json::from_slice(&output.stdout).unwrap();
        without_sentences(&mut report);
        (output.status.code(), report)
    };
    let [english, catalan, spanish] = LOCALES.map(report);
    assert_eq!(english.0, Some(1));
    assert_eq!(english, catalan);
    assert_eq!(english, spanish);
    let head = |locale| {
        let csv = ["forecast", "--as-of", TODAY, "--format", "csv"];
        said(inventory.root(), locale, &csv).lines().next().map(ToOwned::to_owned)
    };
    assert_eq!(head("C"), head("ca_ES.UTF-8"));
}

fn without_sentences(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| !["message", "help"].contains(&name.as_str()));
            fields.values_mut().for_each(without_sentences);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_sentences),
        _ => {}
    }
}
