//! Every release verifies what each earlier one has recorded: `tests/releases/` holds a repository
//! that each of them made, as a bundle, and the roots of its branches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::inventory::Inventory;
use crate::support::world::{IN_PRE, PLANNED, World};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/releases")
}

fn segell(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_segell"))
        .current_dir(folder)
        .args(arguments)
        .env("LC_ALL", "C")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = git.env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_each_release_recorded_is_verified_whole() {
    let mut bundles: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|item| item.unwrap().path()).collect();
    bundles.retain(|path| path.extension().is_some_and(|extension| extension == "bundle"));
    assert!(!bundles.is_empty(), "each release leaves its repository there");
    for bundle in bundles {
        let clone = tempfile::tempdir().unwrap();
        git(clone.path(), &["clone", "-q", "--mirror", bundle.to_str().unwrap(), "clone.git"]);
        let clone = clone.path().join("clone.git");
        let roots = fs::read_to_string(bundle.with_extension("roots")).unwrap();
        for root in roots.lines() {
            let (environment, commit) = root.split_once(' ').unwrap();
            git(&clone, &["config", "--add", &format!("segell.{environment}.root"), commit]);
        }
        let (code, said) = segell(&clone, &["log", "--verify"]);
        assert_eq!(code, 0, "{}: {said}", bundle.display());
        assert!(said.contains("every signature and rule holds"), "{said}");
        for environment in ["pre", "pro"] {
            let as_of = ["--as-of", "2026-12-20"];
            let manifest = ["manifest", "--env", environment, "--out", "m"];
            let (code, said) = segell(&clone, &[&manifest[..], &as_of].concat());
            assert_eq!(code, 0, "{}: {said}", bundle.display());
            let verify = ["manifest", "verify", "m", "--env", environment];
            let (code, said) = segell(&clone, &[&verify[..], &as_of].concat());
            assert_eq!(code, 0, "{}: {said}", bundle.display());
            fs::remove_dir_all(clone.join("m")).unwrap();
        }
        // What today's checklist would say is a remark.
        let (code, said) = segell(&clone, &["log", "--verify", "--rules"]);
        assert_eq!(code, 0, "{}: {said}", bundle.display());
    }
}

/// Writes the repository of the release that is being made: run it with
/// `cargo test --test it releases::the_repository_of_this_release -- --ignored`, and commit what it
/// leaves. What it records goes to PRO and back, with files that a later release may refuse.
#[test]
#[ignore = "it writes tests/releases/, once a release"]
fn the_repository_of_this_release() {
    let world = World::with(|inventory: &Inventory| {
        inventory.write("evidence/empty.txt", "");
        inventory.edit(
            "baseline.yaml",
            "evidence: [{ ticket: ST-22900 }]",
            "evidence: [{ ticket: ST-22900 }, { file: evidence/empty.txt, sha256: \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\" }]",
        );
        inventory.edit(
            "certificates/agencia-a/2026.yaml",
            "key: \"pkcs11:token=via-oberta;object=agencia-a-2026\"",
            "key: the second slot of the module",
        );
    });
    let append = |file: &str, more: &str| {
        let text = fs::read_to_string(world.path("olga/inventory").join(file)).unwrap();
        world.write(file, &(text + more));
    };
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.merge("release Institut B to PRO");
    world.promoted("pro");
    world.on("2026-11-27");
    append(
        IN_PRE,
        "    pro:
      loaded: 2026-11-25
      informed: { date: 2026-11-25, to: [siad], evidence: [{ ticket: ST-23300 }] }
      checks:
        - { date: 2026-11-26, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23301 }] }
departments:
  - { date: 2026-11-26, by: [aoc], result: works, evidence: [{ ticket: ST-23302 }] }
hold: { since: 2026-11-26, by: siad, reason: why?, evidence: [{ ticket: ST-23303 }], ended: 2026-11-27 }
",
    );
    world.edit(PLANNED, "stage: planned", "stage: pre");
    world.edit(PLANNED, "pre: 2028-01-18\npro: 2028-02-01", "pre: 2026-12-01\npro: 2026-12-15");
    world.merge("Institut B works in PRO; Consorci C to PRE");
    world.promoted("pre");
    world.on("2026-12-02");
    append(
        PLANNED,
        "    pre:\n      loaded: 2026-12-01\n      checks:\n        - { date: 2026-12-02, by: [aoc], result: works, evidence: [{ ticket: ST-23400 }] }\n      informed: { date: 2026-12-02, to: [siad], evidence: [{ ticket: ST-23400 }] }\n",
    );
    world.edit(PLANNED, "stage: pre", "stage: pro");
    world.merge("Consorci C works in PRE, to PRO");
    world.promoted("pre");
    world.promoted("pro");
    world.on("2026-12-16");
    append(
        PLANNED,
        "    pro:\n      loaded: 2026-12-15\n      informed: { date: 2026-12-15, to: [siad], evidence: [{ ticket: ST-23500 }] }\n      checks:\n        - { date: 2026-12-16, by: [pica, aoc], result: fails, evidence: [{ ticket: ST-23501 }], cause: Wrong alias, corrected: 2026-12-16 }\n    withdrawn: { date: 2026-12-16, reason: Requests fail, evidence: [{ ticket: ST-23502 }] }\n",
    );
    append(
        "certificates/agencia-a/2026.yaml",
        "retired: { date: 2026-12-16, reason: compromised }\n",
    );
    world.merge("Consorci C is withdrawn, a key is compromised");
    world.promoted("pre");
    world.promoted("pro");
    fs::create_dir_all(folder()).unwrap();
    let bundle = folder().join(format!("{}.bundle", env!("CARGO_PKG_VERSION")));
    let server = world.path("server.git");
    world.git(&server, &["repack", "-q", "-a", "-d"]).ok();
    world.git(&server, &["bundle", "create", bundle.to_str().unwrap(), "--all"]).ok();
    let root = |environment: &str| {
        let name = format!("segell.{environment}.root");
        format!("{environment} {}", world.git(&server, &["config", &name]).ok())
    };
    fs::write(bundle.with_extension("roots"), root("pre") + &root("pro")).unwrap();
}
