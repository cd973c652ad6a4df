//! What is remembered of files within one run never changes what is said of them.

use segell::base::digest::Sha256;
use segell::edit::Changeset;
use segell::files::repo::{self, Checkout, Tree};
use segell::inventory::Inventory as Read;
use segell::inventory::finding::Environment;
use segell::inventory::load::{Memory, load, load_with};
use segell::inventory::survey::Resolved;
use segell::pipeline::manifest::{Files, Manifest};

use crate::support::inventory::Inventory;

const ENS: &str = "ens/agencia-a.yaml";
const PEM: &str = "certificates/agencia-a/2026.pem";

fn working_tree(inventory: &Inventory) -> Tree {
    repo::working_tree(inventory.root()).unwrap()
}

fn committed(inventory: &Inventory, commit: &str) -> Tree {
    repo::revision_tree(inventory.root(), commit).unwrap().unwrap()
}

/// All that was read, in words.
fn said(inventory: &Read) -> String {
    format!("{inventory:#?}")
}

/// Who issued a seal, as its file came to say; none: it is no certificate.
fn chains(inventory: &Read) -> Option<bool> {
    let pem = inventory.certificates["agencia-a/2026"].pem.as_ref()?.value.as_ref()?;
    Some(pem.1.is_ok())
}

#[test]
fn a_commit_and_the_disk_are_read_as_they_are_without_a_memory() {
    let inventory = Inventory::shipped();
    let commit = inventory.commit("2026-11-20T08:00:00Z");
    inventory.edit_first(ENS, "name: ", "name: Renamed ");
    inventory.write("ens/broken.yaml", "name: [");
    let trees = [working_tree(&inventory), committed(&inventory, &commit)];
    let alone = trees.each_ref().map(|tree| said(&load(tree)));
    for order in [[0, 1], [1, 0]] {
        let memory = Memory::of_bytes();
        for place in order {
            assert_eq!(said(&load_with(&trees[place], &memory)), alone[place]);
            assert_eq!(said(&load_with(&trees[place], &memory)), alone[place]);
        }
    }
}

#[test]
fn by_its_bytes_a_file_that_changed_is_read_again_and_by_its_path_it_is_not() {
    let inventory = Inventory::shipped();
    let tree = working_tree(&inventory);
    let [bytes, paths] = [Memory::of_bytes(), Memory::of_paths()];
    let before = said(&load_with(&tree, &bytes));
    assert_eq!(said(&load_with(&tree, &paths)), before);
    inventory.edit_first(ENS, "name: ", "name: Renamed ");
    assert_ne!(said(&load_with(&tree, &bytes)), before);
    assert_eq!(said(&load_with(&tree, &paths)), before);
}

#[test]
fn the_same_bytes_as_another_kind_of_file_are_another_file() {
    let inventory = Inventory::shipped();
    let text = std::fs::read(inventory.path(ENS)).unwrap();
    inventory.write("certificates/agencia-a/2099.yaml", &text);
    inventory.write("certificates/agencia-a/2099.pem", &text);
    inventory.write("evidence/copy.yaml", &text);
    let memory = Memory::of_bytes();
    let tree = working_tree(&inventory);
    assert_eq!(said(&load_with(&tree, &memory)), said(&load(&tree)));
}

#[test]
fn who_is_trusted_is_part_of_what_a_certificate_came_to() {
    let inventory = Inventory::shipped();
    let with = working_tree(&inventory);
    let mut without = with.clone();
    without.entries.retain(|entry| !entry.path.starts_with("inventory/trust/"));
    for memory in [Memory::of_bytes(), Memory::of_paths()] {
        let said = [&with, &without, &with].map(|tree| chains(&load_with(tree, &memory)));
        assert_eq!(said, [Some(true), Some(false), Some(true)]);
    }
}

#[cfg(unix)]
#[test]
fn an_executable_file_is_told_though_its_bytes_are_known() {
    use std::os::unix::fs::PermissionsExt;

    let inventory = Inventory::shipped();
    let (tree, memory) = (working_tree(&inventory), Memory::of_bytes());
    assert!(load_with(&tree, &memory).problems.is_empty());
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(inventory.path(PEM), executable).unwrap();
    assert_eq!(load_with(&tree, &memory).problems.len(), 1);
}

#[test]
fn what_changes_while_a_verb_looks_at_it_is_not_written_over() {
    let inventory = Inventory::shipped();
    let mut changes = Changeset::begin(inventory.root()).unwrap();
    let before = said(&changes.before());
    inventory.edit_first("ens/institut-b.yaml", "name: ", "name: Renamed ");
    changes.put("inventory/ens/new.yaml", Some(b"name: x\n".as_slice().into())).unwrap();
    assert_eq!(said(&changes.before()), before);
    assert!(!said(&changes.after()).contains("Renamed "), "all of it is seen as it was");
    let refused = changes.write().unwrap_err();
    assert!(refused.to_string().contains("the inventory changed meanwhile"), "{refused}");
    assert!(!inventory.path("ens/new.yaml").exists());
}

#[test]
fn what_git_comes_to_ignore_meanwhile_is_not_written() {
    let inventory = Inventory::shipped();
    inventory.commit("2026-11-20T08:00:00Z");
    // Of what is not tracked git is asked at once, of the rest never.
    inventory.write("ens/another.yaml", b"name: [");
    let mut changes = Changeset::begin(inventory.root()).unwrap();
    changes.put("inventory/ens/new.yaml", Some(b"name: x\n".as_slice().into())).unwrap();
    std::fs::write(inventory.root().join(".gitignore"), "new.yaml\n").unwrap();
    let refused = changes.write().unwrap_err();
    assert!(refused.to_string().contains("git ignores `inventory/ens/new.yaml`"), "{refused}");
}

#[test]
fn what_is_tracked_meanwhile_is_seen() {
    let inventory = Inventory::shipped();
    std::fs::write(inventory.root().join(".gitignore"), "new.yaml\n").unwrap();
    inventory.commit("2026-11-20T08:00:00Z");
    inventory.write("ens/new.yaml", b"name: [");
    let checkout = Checkout::open(inventory.root()).unwrap();
    let is_there = || checkout.tree().unwrap().entry("inventory/ens/new.yaml").is_some();
    assert!(!is_there());
    inventory.commit("2026-11-21T08:00:00Z");
    assert!(is_there(), "git's index has changed");
}

#[test]
fn the_digests_of_seals_files_are_those_of_the_files() {
    let inventory = Inventory::shipped();
    let pem = std::fs::read_to_string(inventory.path(PEM)).unwrap();
    inventory.write("certificates/agencia-a/2026.pem", pem.replace('\n', "\r\n").as_bytes());
    let commit = inventory.commit("2026-11-20T08:00:00Z");
    let tree = committed(&inventory, &commit);
    let memory = Memory::of_seals();
    let read = load_with(&tree, &memory);
    let manifest = Manifest::of(&Resolved::of(&read), Environment::Pro, &commit, &commit);
    let known = Files::of(&manifest, &tree, &memory).unwrap();
    let unknown = Files::of(&manifest, &tree, &Memory::default()).unwrap();
    assert_eq!(known.digest(), unknown.digest());
    let mut files = Vec::new();
    let mut put = |path: &str, bytes: &[u8]| {
        files.push((path.to_owned(), Sha256::of(bytes)));
        Ok(())
    };
    known.each(&tree, &mut put).unwrap();
    let seals = files.iter().filter(|(path, _)| path.ends_with(".pem")).count();
    assert!(seals > 0);
    assert_eq!(files.len(), 2 + seals);
}
