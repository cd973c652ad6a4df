//! The steps of `action.yml`, run as a forge's runner does: by bash, with the inputs in the environment. In the
//! place of curl stands a copy, since tests have no network.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use segell::base::digest::Sha256;
use tempfile::TempDir;

use crate::support::inventory::{Inventory, PLANNED};

/// What a step of the action runs.
fn step(name: &str) -> String {
    let action: yaml_serde::Value =
        yaml_serde::from_str(&fs::read_to_string("action.yml").unwrap()).unwrap();
    let steps = action["runs"]["steps"].as_sequence().unwrap().clone();
    let step = steps.into_iter().find(|step| step["name"] == name).unwrap();
    step["run"].as_str().unwrap().to_owned()
}

fn executable(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A runner, with an archive that its curl brings from wherever it is asked.
struct Runner(TempDir);

impl Runner {
    fn new() -> Runner {
        let runner = Runner(tempfile::tempdir().unwrap());
        let here = runner.0.path();
        for folder in ["bin", "made/segell-0.1.0-any", "temp"] {
            fs::create_dir_all(here.join(folder)).unwrap();
        }
        executable(&here.join("made/segell-0.1.0-any/segell"), "#!/bin/sh\necho segell 0.1.0\n");
        let archive = here.join("archive.tar.gz");
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(&archive).arg("-C").arg(here.join("made")).arg("segell-0.1.0-any");
        assert!(tar.status().unwrap().success());
        let brings = format!(
            "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\ncp '{}' \"$2\"\n",
            archive.display()
        );
        executable(&here.join("bin/curl"), &brings);
        runner
    }

    fn sha256(&self) -> String {
        Sha256::of(&fs::read(self.0.path().join("archive.tar.gz")).unwrap()).to_string()
    }

    fn run(&self, name: &str, inputs: &[(&str, &str)]) -> Output {
        let here = self.0.path();
        let path = std::env::var("PATH").unwrap();
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step(name)])
            .env("PATH", format!("{}:{path}", here.join("bin").display()))
            .env("RUNNER_TEMP", here.join("temp"))
            .env("GITHUB_PATH", here.join("path"))
            .env("GITHUB_OUTPUT", here.join("output"));
        for name in ["ARCHIVE", "SHA256", "SOURCE", "COMMIT"] {
            bash.env(name, "");
        }
        bash.envs(inputs.iter().copied()).output().unwrap()
    }

    fn told(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap_or_default()
    }

    /// It stops, in these words.
    #[track_caller]
    fn stops(&self, inputs: &[(&str, &str)], words: &str) {
        let output = self.run("Install", inputs);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success() && said.contains("::error::"), "{output:?}");
        assert!(said.contains(words), "{said}");
        assert_eq!(self.told("path"), "", "nothing is on the path");
    }
}

#[test]
fn what_its_checksum_names_is_installed() {
    let runner = Runner::new();
    let sha256 = runner.sha256();
    let archive = ("ARCHIVE", "https://example.org/segell.tar.gz");
    let output = runner.run("Install", &[archive, ("SHA256", &sha256)]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(runner.told("output"), "version=0.1.0\n");
    let on_path = runner.told("path");
    assert!(Path::new(on_path.trim()).join("segell").is_file(), "{on_path}");
}

#[test]
fn anything_else_stops_with_what_to_do() {
    let runner = Runner::new();
    let sha256 = runner.sha256();
    let archive = ("ARCHIVE", "https://example.org/segell.tar.gz");
    runner.stops(&[], "SEGELL_ARCHIVE and SEGELL_SHA256");
    runner.stops(&[("SOURCE", "https://example.org/segell")], "SEGELL_COMMIT");
    runner.stops(&[archive], "SEGELL_SHA256");
    runner.stops(&[archive, ("SHA256", &sha256[1..])], "64 hexadecimal digits");
    runner.stops(&[archive, ("SHA256", &"0".repeat(64))], &sha256);
    runner.stops(&[("ARCHIVE", "http://example.org/x"), ("SHA256", &sha256)], "https://");
    executable(&runner.0.path().join("bin/curl"), "#!/bin/sh\nexit 22\n");
    runner.stops(&[archive, ("SHA256", &sha256)], "cannot be fetched");
}

#[test]
fn a_check_gives_its_counts_and_fails_when_something_blocks() {
    if Command::new("jq").arg("--version").output().is_err() {
        eprintln!("not run: jq, which forges' runners have");
        return;
    }
    let runner = Runner::new();
    let segell =
        format!("#!/bin/sh\nexec '{}' \"$@\" --as-of 2026-11-23\n", env!("CARGO_BIN_EXE_segell"));
    executable(&runner.0.path().join("bin/segell"), &segell);
    let inventory = Inventory::shipped();
    let root = inventory.root().to_str().unwrap().to_owned();
    let check = |runner: &Runner| {
        let _ = fs::remove_file(runner.0.path().join("output"));
        let inputs =
            [("CHECK", "tree"), ("BASE", ""), ("ROOT", &*root), ("DENY", "false"), ("SPEAK", "en")];
        let code = runner.run("Check", &inputs).status.code();
        (code, runner.told("output"))
    };
    let (code, told) = check(&runner);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("errors=0\nwarnings=0\npending=2\n"), "{told}");
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    let (code, told) = check(&runner);
    assert_eq!(code, Some(1));
    assert!(told.contains("report=") && !told.contains("errors=0\n"), "{told}");
}
