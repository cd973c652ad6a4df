//! Git's objects, damaged as a power cut, a full disk or a bad one leaves them: each is read as it was
//! written, or refused, at once.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use git2::Oid;
use segell::files::objects::{Failure, LARGEST, Objects};

use crate::support::inventory::{Inventory, TODAY};

/// git, with nothing of the machine's configuration.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "gc.auto=0"]);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The shipped inventory in two commits, the second of which changes a word, and a tag of it.
fn repository() -> Inventory {
    let inventory = Inventory::shipped();
    git(inventory.root(), &["init", "-q", "-b", "main"]);
    let readme = inventory.path("README.md");
    let long = "a line of a long file\n".repeat(4000);
    for words in ["one\n", "two\n"] {
        fs::write(&readme, long.clone() + words).unwrap();
        git(inventory.root(), &["add", "."]);
        git(inventory.root(), &["commit", "-q", "-m", words.trim()]);
    }
    git(inventory.root(), &["tag", "-a", "-m", "a tag", "v1"]);
    inventory
}

fn folder_of(inventory: &Inventory) -> PathBuf {
    inventory.root().join(".git/objects")
}

/// All objects, as git itself says them.
fn known(inventory: &Inventory) -> BTreeMap<Oid, (String, u64)> {
    let all = ["cat-file", "--batch-all-objects", "--batch-check"];
    let all = git(inventory.root(), &all);
    all.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            (Oid::from_str(parts[0]).unwrap(), (parts[1].to_owned(), parts[2].parse().unwrap()))
        })
        .collect()
}

#[track_caller]
fn all_can_be_read(folder: &Path, known: &BTreeMap<Oid, (String, u64)>) {
    let objects = Objects::of(folder, None);
    for (&id, (kind, size)) in known {
        let object = objects.read(id, LARGEST).unwrap();
        assert_eq!((object.kind.str(), object.bytes.len() as u64), (kind.as_str(), *size));
        assert_eq!(objects.header(id), Ok((*size, object.kind)));
        assert_eq!(objects.read(id, *size).unwrap().bytes, object.bytes);
        if *size > 0 {
            assert_eq!(objects.read(id, size - 1).unwrap_err(), Failure::TooLarge);
        }
        assert_eq!(objects.beginning(&id.to_string()[..12]), [id]);
    }
    let none = Oid::from_str(&"1".repeat(40)).unwrap();
    assert_eq!(objects.read(none, LARGEST).unwrap_err(), Failure::Missing);
    assert_eq!(objects.header(none).unwrap_err(), Failure::Missing);
}

/// Packs a repository so.
fn pack(inventory: &Inventory, arguments: &[&str]) {
    git(inventory.root(), &[&["repack", "-q", "-a", "-d", "-f"], arguments].concat());
    git(inventory.root(), &["prune-packed", "-q"]);
}

fn file_in(folder: &Path, end: &str) -> PathBuf {
    let files = fs::read_dir(folder.join("pack")).unwrap().map(|item| item.unwrap().path());
    files.into_iter().find(|path| path.extension().is_some_and(|it| it == end)).unwrap()
}

#[test]
fn whatever_git_writes_is_read() {
    let inventory = repository();
    let (known, folder) = (known(&inventory), folder_of(&inventory));
    all_can_be_read(&folder, &known);
    pack(&inventory, &["--depth=50"]);
    let deltas =
        git(inventory.root(), &["verify-pack", "-v", file_in(&folder, "idx").to_str().unwrap()]);
    assert!(deltas.contains("chain length = 1"), "{deltas}");
    all_can_be_read(&folder, &known);
    // Bases named by their ids; an index of the first version; one with places for large packs.
    let options: [&[&str]; 3] = [
        &["-c", "repack.useDeltaBaseOffset=false"],
        &["-c", "pack.indexVersion=1"],
        &["-c", "pack.packSizeLimit=1m"],
    ];
    for option in options {
        git(inventory.root(), &[option, &["repack", "-q", "-a", "-d", "-f"]].concat());
        all_can_be_read(&folder, &known);
    }
    let packed = file_in(&folder, "pack");
    let large = ["index-pack", "--index-version=2,0x20", packed.to_str().unwrap()];
    fs::remove_file(file_in(&folder, "idx")).unwrap();
    git(inventory.root(), &large);
    all_can_be_read(&folder, &known);
}

#[test]
fn what_another_repository_lends_is_read() {
    let inventory = repository();
    let known = known(&inventory);
    let outer = tempfile::tempdir().unwrap();
    let clone = ["clone", "-q", "--bare", "--shared", inventory.root().to_str().unwrap(), "clone"];
    git(outer.path(), &clone);
    all_can_be_read(&outer.path().join("clone/objects"), &known);
    // Two that lend from each other.
    let back = format!("{}\n", outer.path().join("clone/objects").display());
    fs::write(folder_of(&inventory).join("info/alternates"), back).unwrap();
    all_can_be_read(&folder_of(&inventory), &known);
    // A push's own, beside the repository's.
    let empty = tempfile::tempdir().unwrap();
    let objects = Objects::of(empty.path(), Some(&folder_of(&inventory)));
    assert!(known.keys().all(|&id| objects.read(id, LARGEST).is_ok()));
}

#[test]
fn a_pack_that_comes_later_is_found() {
    let inventory = repository();
    let other = Objects::of(&folder_of(&inventory), None);
    let id = *known(&inventory).keys().next().unwrap();
    assert!(other.read(id, LARGEST).is_ok());
    pack(&inventory, &[]);
    assert!(other.read(id, LARGEST).is_ok());
}

/// Ways in which a file can be damaged: cut off, overwritten, lengthened, a byte at a time.
fn damaged(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
    let places = || (0..bytes.len()).step_by(step);
    let cut = places().map(|at| bytes[..at].to_vec());
    let other = places().flat_map(|at| {
        [0x00, 0xff, 0x01, 0x80, 0x10].map(|mask| {
            let mut other = bytes.to_vec();
            other[at] = if mask == 0 { 0 } else { other[at] ^ mask };
            other
        })
    });
    let zeros = places().map(|at| [&bytes[..at], &vec![0; bytes.len() - at][..]].concat());
    let longer = [vec![0], b"more".to_vec(), bytes.to_vec()];
    let longer = longer.map(|more| [bytes, &more[..]].concat());
    let all = cut.chain(other).chain(zeros).chain(longer);
    all.filter(|damaged| damaged != bytes).collect()
}

fn overwrite(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_file_of_one_object_is_refused() {
    let inventory = repository();
    let folder = folder_of(&inventory);
    for name in
        ["HEAD", "HEAD:inventory/policy.yaml", "HEAD^{tree}", "v1", "HEAD:inventory/README.md"]
    {
        let id = git(inventory.root(), &["rev-parse", name]);
        let id = Oid::from_str(id.trim()).unwrap();
        let path = folder.join(&id.to_string()[..2]).join(&id.to_string()[2..]);
        let sound = fs::read(&path).unwrap();
        let content = Objects::of(&folder, None).read(id, LARGEST).unwrap().bytes;
        let (ways, mut same) = (damaged(&sound, 1 + sound.len() / 100), 0);
        for bytes in &ways {
            overwrite(&path, bytes);
            let objects = Objects::of(&folder, None);
            let _ = objects.header(id);
            match objects.read(id, LARGEST) {
                // A bit that says how it was packed, or fills a byte up, decides nothing.
                Ok(object) => {
                    same += 1;
                    assert!(object.bytes == content, "{name}");
                }
                Err(why) => assert_eq!(why, Failure::Damaged, "{name}"),
            }
        }
        overwrite(&path, &sound);
        assert!(same * 20 < ways.len(), "{name}: {same} of {}", ways.len());
    }
}

/// Each object is what it was or an error, whatever is damaged; and it is not said to be missing.
fn ask_all(folder: &Path, known: &BTreeMap<Oid, Vec<u8>>) -> usize {
    let objects = Objects::of(folder, None);
    let refused = known.iter().filter(|(id, bytes)| {
        let _ = objects.header(**id);
        let _ = objects.beginning(&id.to_string()[..8]);
        match objects.read(**id, LARGEST) {
            Ok(object) => {
                assert_eq!(object.bytes, **bytes);
                false
            }
            Err(why) => {
                assert_ne!(why, Failure::Missing);
                true
            }
        }
    });
    refused.count()
}

#[test]
fn a_damaged_pack_or_index_is_refused() {
    let inventory = repository();
    let folder = folder_of(&inventory);
    let objects = Objects::of(&folder, None);
    let known: BTreeMap<Oid, Vec<u8>> = known(&inventory)
        .into_keys()
        .map(|id| (id, objects.read(id, LARGEST).unwrap().bytes))
        .collect();
    let versions: [&[&str]; 3] =
        [&[], &["-c", "pack.indexVersion=1"], &["-c", "repack.useDeltaBaseOffset=false"]];
    for version in versions {
        git(inventory.root(), &[version, &["repack", "-q", "-a", "-d", "-f"]].concat());
        assert_eq!(ask_all(&folder, &known), 0);
        for (end, count) in [("idx", 30), ("pack", 60)] {
            let path = file_in(&folder, end);
            let sound = fs::read(&path).unwrap();
            let mut refused = 0;
            for bytes in damaged(&sound, 1 + sound.len() / count) {
                overwrite(&path, &bytes);
                refused += usize::from(ask_all(&folder, &known) > 0);
            }
            assert!(refused > count, "{end}: {refused}");
            overwrite(&path, &sound);
        }
        let path = file_in(&folder, "pack");
        let sound = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(ask_all(&folder, &known), known.len());
        fs::write(&path, sound).unwrap();
    }
}

fn segell(inventory: &Inventory, arguments: &[&str]) -> Output {
    let mut segell = Command::new(env!("CARGO_BIN_EXE_segell"));
    segell.args(["--lang", "en"]).args(arguments).args(["--as-of", TODAY]);
    segell.current_dir(inventory.root()).env("GIT_CONFIG_NOSYSTEM", "1");
    segell.env("HOME", inventory.root()).env_remove("XDG_CONFIG_HOME").output().unwrap()
}

#[track_caller]
fn cannot_be_read(output: &Output, id: &str) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(2),
        "{words}\n{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let expected = format!("object {id} cannot be read; run `git fsck`");
    assert!(words.contains(&expected), "{words}");
}

/// Whatever the verb, it is an error; also where both sides of a comparison share what is damaged.
#[test]
fn who_meets_a_damaged_object_says_so() {
    let inventory = repository();
    let folder = folder_of(&inventory);
    for name in [
        "HEAD",
        "HEAD^{tree}",
        "HEAD:inventory",
        "HEAD:inventory/ens",
        "HEAD:inventory/policy.yaml",
    ] {
        let id = git(inventory.root(), &["rev-parse", name]).trim().to_owned();
        let path = folder.join(&id[..2]).join(&id[2..]);
        let sound = fs::read(&path).unwrap();
        for cut in [sound.len() / 2, sound.len() - 1, 0] {
            overwrite(&path, &sound[..cut]);
            cannot_be_read(&segell(&inventory, &["check", "--rev", "HEAD"]), &id);
            // What lies on the disk with the same bytes is not read once more.
            if !name.ends_with(".yaml") {
                cannot_be_read(&segell(&inventory, &["check", "--base", "HEAD"]), &id);
            }
            cannot_be_read(&segell(&inventory, &["plan", "HEAD~1", "HEAD"]), &id);
            cannot_be_read(&segell(&inventory, &["plan", "HEAD~1", "v1"]), &id);
            cannot_be_read(&segell(&inventory, &["status", "--rev", "v1^{commit}"]), &id);
        }
        overwrite(&path, &sound);
    }
    // Missing on both sides is no less an error to who compares.
    let id = git(inventory.root(), &["rev-parse", "HEAD:inventory/policy.yaml"]).trim().to_owned();
    fs::remove_file(folder.join(&id[..2]).join(&id[2..])).unwrap();
    let compare = ["check", "--rev", "HEAD", "--base", "HEAD~1"];
    for arguments in [&["plan", "HEAD~1", "HEAD"][..], &compare] {
        let output = segell(&inventory, arguments);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.contains(&format!("object {id} is not here")), "{words}");
    }
}

#[test]
fn commits_by_all_the_names_that_people_give_them() {
    let inventory = repository();
    git(inventory.root(), &["branch", "-q", "feature/x"]);
    git(inventory.root(), &["merge", "-q", "--no-ff", "-m", "nothing", "HEAD"]);
    git(inventory.root(), &["commit", "-q", "--allow-empty", "-m", "three"]);
    git(inventory.root(), &["switch", "-q", "-c", "side", "HEAD~1"]);
    git(inventory.root(), &["commit", "-q", "--allow-empty", "-m", "side"]);
    git(inventory.root(), &["switch", "-q", "main"]);
    git(inventory.root(), &["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    git(inventory.root(), &["branch", "-q", "--set-upstream-to=side", "main"]);
    let full = git(inventory.root(), &["rev-parse", "main"]).trim().to_owned();
    let described = git(inventory.root(), &["describe"]).trim().to_owned();
    let names = [
        "main",
        "@",
        "HEAD",
        "v1",
        "v1^{}",
        "v1^{commit}",
        "main^",
        "main^2",
        "main~2",
        "main^2~1",
        "main~1^1",
        "main^0",
        "HEAD~3",
        "refs/heads/main",
        "heads/main",
        "feature/x",
        "main@{1}",
        "@{1}",
        "main@{u}",
        "main@{upstream}~1",
        &full,
        &full[..7],
        &full[..12],
        &described,
    ];
    let repository = segell::pipeline::git::Git::discover(inventory.root()).unwrap();
    for name in names {
        let expected = git(inventory.root(), &["rev-parse", &format!("{name}^{{commit}}")]);
        assert_eq!(repository.find(name).unwrap().to_string(), expected.trim(), "{name}");
    }
    for none in
        ["nothing", "main^3", "main~99", "HEAD:inventory", "main^x", "main@{99}", "00000000"]
    {
        let why = repository.find(none).map_err(|why| format!("{why:#}"));
        assert!(why.as_ref().is_err_and(|why| why.starts_with("no commit `")), "{none}: {why:?}");
    }
}
