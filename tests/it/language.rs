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
    assert!(wrong.contains("`junit` o `markdown`"), "{wrong}");
    assert!(told(&["check", "--lang", "fr"]).contains("`ca`, `es` o `en`"));
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
        let reviewers = ["--reviewer", &reviewer, "--reviewer", &other];
        ran(&[&["init", "other", "--lang", "en", "--as-of", TODAY], &reviewers[..]].concat());
        run("add ens d --name D --block consuming --organ-code 0801930008 --nif Q0801175A");
        run("add authorisation --ens d --service AEAT_IRPF/C2 --requested 2026-11-20");
        run("add query --ens d --by siad --to dgtj --question Quan?");
        run("answer query --ens d --answer Aviat --evidence ST-1");
        run("hold --batch transicio-2026/30-consorci-c --by aoc --reason Dubte --evidence ST-2");
        run("move --batch transicio-2026/30-consorci-c --by 7d");
        run("release --batch transicio-2026/20-institut-b --stage pro");
        run("cease --ens d --date 2026-11-23 --evidence ST-3");
        tree(root)
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
}

/// A spreadsheet is for people: its head and its cells are of one language, and a program of that country
/// reads them.
#[test]
fn a_spreadsheet_is_of_one_language() {
    let inventory = broken();
    let lines = |locale, view| {
        let csv = said(inventory.root(), locale, &[view, "--as-of", TODAY, "--format", "csv"]);
        csv.lines().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let catalan = lines("ca_ES.UTF-8", "calendar");
    assert!(
        catalan[0].starts_with("\u{feff}\"calendari\";\"tanda\";\"dia\";\"fase\""),
        "{catalan:?}"
    );
    assert!(catalan[1].contains(";\"habilitada: PRO\";"), "{catalan:?}");
    let spanish = lines("es_ES.UTF-8", "status");
    assert!(spanish[0].starts_with("\u{feff}\"ente\";\"nombre\";\"bloque\""), "{spanish:?}");
    assert!(spanish[1..].iter().all(|row| !row.contains("done") && !row.contains("consuming")));
    let english = lines("C", "forecast");
    assert!(english[0].starts_with("\"first bad day\",\"last day to act\""), "{english:?}");
}

/// CI runs without a locale: what it publishes is in the policy's language, unless it is asked for another.
#[test]
fn what_is_published_is_in_the_language_of_the_policy() {
    let inventory = Inventory::shipped();
    inventory.edit("policy.yaml", "reviewers:", "language: ca\nreviewers:");
    let status = |more: &[&str]| {
        said(inventory.root(), "C", &[&["status", "--as-of", TODAY], more].concat())
    };
    assert!(status(&["--format", "markdown"]).contains("càrrega següent"));
    assert!(status(&["--format", "markdown", "--lang", "es"]).contains("carga siguiente"));
    assert!(status(&[]).contains("to act"), "{}", status(&[]));
    assert!(status(&["--format", "csv"]).starts_with("\"ens\",\"name\""));
}

/// What `init` writes is in the language of whoever begins, and says so for what comes.
#[test]
fn an_inventory_begins_in_the_language_of_whoever_begins_it() {
    let folder = tempfile::tempdir().unwrap();
    let reviewers = ["aoc:Ada <ada@example.org>:", "siad:Bea <bea@example.org>:"];
    let keys = ["ada", "bea"].map(crate::support::world::public);
    let reviewers = [0, 1].map(|n| format!("{}{}", reviewers[n], keys[n]));
    let init = ["init", "--as-of", TODAY, "--reviewer", &reviewers[0], "--reviewer", &reviewers[1]];
    let output = segell(folder.path(), "ca_ES.UTF-8", &init);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    let policy = text("inventory/policy.yaml");
    assert!(
        policy.contains("\nlanguage: ca ") && policy.contains("# producte/modalitat: nom"),
        "{policy}"
    );
    assert!(text(".github/pull_request_template.md").contains("Què canvia"));
    assert!(text(".github/ISSUE_TEMPLATE/renewal.yml").starts_with("name: Una renovació"));
    assert!(text(".gitignore").contains("# Una clau privada"));
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

/// Help has the verbs by what they are for, each with its text, and a wrong word is answered with what to type.
#[test]
fn help_groups_verbs_and_a_wrong_word_is_answered_with_the_right_one() {
    let inventory = Inventory::shipped();
    let told = |locale, arguments: &[&str]| said(inventory.root(), locale, arguments);
    let help = told("ca_ES.UTF-8", &["--help"]);
    let places = [
        "Per mirar:",
        "  check ",
        "Per canviar l'inventari:",
        "  schedule ",
        "Per aprovar i carregar:",
    ];
    let places = places.map(|part| help.find(part).unwrap_or_else(|| panic!("{part}\n{help}")));
    assert!(places.is_sorted(), "{help}");
    assert!(help.contains("  hold         Atura una tanda, o la deixa continuar\n"), "{help}");
    assert!(told("C", &["--help"]).contains("\nTo change the inventory:\n"));
    let wrong = |arguments: &[&str], words: &str| {
        let words = words.replace("ROOT", inventory.root().to_str().unwrap());
        let said = told("C", arguments);
        assert!(said.contains(&words), "`{words}` is not in:\n{said}");
    };
    wrong(&["check", "inventory"], "around the folder where you are: `segell check`");
    wrong(&["check", "inventory/policy.yaml"], "around the folder where you are: `segell check`");
    wrong(&["check", "nowhere"], "`segell check --root DIR`");
    wrong(&["check", "--root", "inventory"], "type `--root .`");
    wrong(&["log", "--root", "inventory"], "a folder is `--repo inventory`");
    let nowhere = tempfile::tempdir().unwrap();
    let said = said(nowhere.path(), "C", &["check"]);
    assert!(said.contains("`segell init`") && said.contains("`segell demo DIR`"), "{said}");
}

/// A shell is offered the ids that are there; of batches those with open loads, by the day that comes next.
#[test]
fn a_shell_completes_ids() {
    let inventory = Inventory::shipped();
    let offered = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segell"));
        command.arg("--").args(words).current_dir(inventory.root());
        command.env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
        command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
        command.env("_CLAP_IFS", "\n").env("LC_ALL", "C");
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offered(&["segell", "add", "authorisation", "--ens", "inst"]), ["institut-b"]);
    let lists = offered(&["segell", "add", "authorisation", "--ens", "institut-b,cons"]);
    assert_eq!(lists, ["institut-b,consorci-c"]);
    let batches = offered(&["segell", "release", "--batch", ""]);
    assert_eq!(batches, ["transicio-2026/20-institut-b", "transicio-2026/30-consorci-c"]);
    assert_eq!(offered(&["segell", "release", "--batch", "30"]), ["transicio-2026/30-consorci-c"]);
    let script = said(inventory.root(), "C", &["completions", "bash"]);
    assert!(script.contains("COMPLETE=\"bash\"") || script.contains("COMPLETE=bash"), "{script}");
}
