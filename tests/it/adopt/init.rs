//! `segell init`.

use std::fs;
use std::process::Command;

use super::{begun, done, files, ran, refused, reviewer, text};
use crate::support::inventory::Inventory;

/// `init` with two reviewers a role.
pub fn arguments(folder: &str) -> Vec<String> {
    let mut arguments = vec!["init".to_owned(), folder.to_owned()];
    for (role, name) in [("aoc", "marta"), ("aoc", "pau"), ("siad", "joan"), ("siad", "laia")] {
        arguments.extend(reviewer(role, name));
    }
    arguments
}

#[test]
fn a_new_inventory_is_clean() {
    let inventory = begun();
    let checked = done(&inventory, &["check", "--deny", "warnings"]);
    assert!(checked.contains("0 errors, 0 warnings, 0 pending"), "{checked}");
    for generated in ["schema", "codeowners"] {
        let output = inventory.segell(&[generated, "--check"]);
        assert!(output.status.success(), "{output:?}");
    }
    let policy = text(&inventory, "policy.yaml");
    for words in ["2026-12-26", "2027-03-26", "S0811001G", "AEAT_IRPF/PPE", "role: siad"] {
        assert!(policy.contains(words), "{policy}");
    }
}

#[test]
fn the_second_time_nothing_changes() {
    let inventory = begun();
    let before = files(inventory.root());
    let arguments = arguments(".");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert!(done(&inventory, &arguments).contains("nothing changes"));
    refused(&inventory, &["init"], 2, "there is an inventory in `.` already");
    assert_eq!(files(inventory.root()), before);
}

#[test]
fn a_folder_is_made_and_a_dry_run_makes_none() {
    let inventory = Inventory::empty();
    let arguments = arguments("of/bodies");
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.push("--dry-run");
    let words = done(&inventory, &arguments);
    assert!(words.contains("inventory/policy.yaml"), "{words}");
    assert!(!inventory.root().join("of").exists());
    arguments.pop();
    let words = done(&inventory, &arguments);
    assert!(words.contains("`cd of/bodies && git init"), "{words}");
    assert!(inventory.root().join("of/bodies/inventory/policy.yaml").exists());
}

#[test]
fn without_reviewers_and_somebody_to_ask_nothing_begins() {
    let inventory = Inventory::empty();
    let [flag, marta] = reviewer("aoc", "marta");
    refused(&inventory, &["init"], 2, "missing: `--reviewer 'aoc:NAME <E-MAIL>:KEY'` and");
    refused(&inventory, &["init", &flag, &marta], 2, "missing: `--reviewer 'siad:NAME");
    assert!(files(inventory.root()).is_empty());
}

#[test]
fn one_reviewer_a_role_is_warned_of() {
    let inventory = Inventory::empty();
    let ([flag, marta], [_, joan]) = (reviewer("aoc", "marta"), reviewer("siad", "joan"));
    let words = done(&inventory, &["init", &flag, &marta, &flag, &joan]);
    assert!(words.contains("the policy has a single SIAD reviewer"), "{words}");
    done(&inventory, &["check"]);
}

#[test]
fn reviewers_that_break_a_rule_are_refused_in_its_words() {
    let inventory = Inventory::empty();
    let ([flag, marta], [_, joan]) = (reviewer("aoc", "marta"), reviewer("siad", "joan"));
    let twin = marta.replace("aoc:", "siad:").replace("marta@", "other@");
    refused(&inventory, &["init", &flag, &marta, &flag, &twin], 1, "the key is there twice");
    let odd = joan.replace("joan Example", "joan\u{7} Example");
    refused(&inventory, &["init", &flag, &marta, &flag, &odd], 2, "is no name");
    let odd = joan.replace("joan Example", "joan > Example");
    refused(&inventory, &["init", &flag, &marta, &flag, &odd], 1, "cannot stand in a commit's");
    for (wrong, words) in [
        ("marta <marta@example.org>:ssh-ed25519 AAAA", "a reviewer is `aoc:` or `siad:`"),
        ("dgtj:Marta <marta@example.org>:ssh-ed25519 AAAA", "a reviewer is `aoc:` or `siad:`"),
        ("aoc:Marta <nobody>:ssh-ed25519 AAAA", "`nobody` is no e-mail"),
        ("aoc:Marta <marta@example.org>:ssh-ed25519 AAAA", "no line `TYPE BASE64`"),
        ("aoc:Marta <marta@example.org>:nowhere.pub", "cannot read the key in `nowhere.pub`"),
        ("aoc:Marta <marta@example.org>:.", "it is no file of a public key"),
    ] {
        refused(&inventory, &["init", "--reviewer", wrong], 2, words);
    }
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n";
    fs::write(inventory.root().join("marta"), key).unwrap();
    let private = "aoc:Marta <marta@example.org>:marta";
    refused(&inventory, &["init", "--reviewer", private], 2, "`marta` is a private key");
}

#[test]
fn nothing_is_overwritten_and_lines_are_added() {
    let inventory = Inventory::empty();
    let arguments = arguments(".");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    fs::create_dir_all(inventory.root().join("schemas")).unwrap();
    fs::write(inventory.root().join("schemas/ens.schema.json"), "mine").unwrap();
    refused(&inventory, &arguments, 2, "`schemas/ens.schema.json` of `.` would be overwritten");
    fs::remove_dir_all(inventory.root().join("schemas")).unwrap();
    fs::write(inventory.root().join(".gitignore"), "/mine\n*.p12").unwrap();
    fs::write(inventory.root().join("README.md"), "mine\n").unwrap();
    done(&inventory, &arguments);
    let ignored = fs::read_to_string(inventory.root().join(".gitignore")).unwrap();
    assert!(ignored.starts_with("/mine\n*.p12\n# A private key"), "{ignored}");
    assert_eq!(ignored.matches("*.p12").count(), 1);
    assert_eq!(fs::read(inventory.root().join("README.md")).unwrap(), b"mine\n");
}

/// A clone on Windows has `core.autocrlf`.
#[test]
fn git_keeps_every_byte_of_what_has_a_digest() {
    let inventory = begun();
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .current_dir(inventory.root())
            .args(["-c", "core.autocrlf=true", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let odd = b"a\r\nb\nc\r\n";
    let kept = ["evidence/aeat/a.txt", "certificates/a/2026.pem", "trust/a.pem", "trust/a.crl"];
    for file in kept {
        inventory.write(file, odd);
    }
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    for file in kept {
        assert_eq!(git(&["show", &format!(":inventory/{file}")]), odd, "{file}");
    }
    assert_ne!(git(&["show", ":inventory/policy.yaml"]), b"", "the rest comes in too");
    assert!(!String::from_utf8(git(&["ls-files"])).unwrap().contains(".segell.lock"));
}

#[test]
fn the_readme_speaks_the_language_of_whoever_begins() {
    for (language, words) in [("ca", "# L'inventari"), ("es", "# El inventario")] {
        let inventory = Inventory::empty();
        let arguments = arguments(".");
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        arguments.extend(["--lang", language]);
        let (code, said) = ran(&inventory, &arguments);
        assert_eq!(code, 0, "{said}");
        assert!(text(&inventory, "README.md").starts_with(words));
    }
}
