//! The tools that people keep seals with. Where one is not there, its tests say that they were not run.

#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::authority::{Authority, Issued, KeyKind, Seal};

/// The password of stores in tests.
pub const PASSWORD: &str = "changeit-9";

/// A folder in which tools work.
pub struct Bench {
    folder: TempDir,
    pub authority: Authority,
}

impl Bench {
    /// An empty folder; none, and said so, where one of the tools is missing.
    pub fn with(tools: &[&str]) -> Option<Bench> {
        for tool in tools {
            let found = Command::new(tool)
                .arg(if *tool == "keytool" { "-help" } else { "--version" })
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if found.is_err() {
                eprintln!("not run: there is no `{tool}`; `.ci/stores` installs it");
                return None;
            }
        }
        Some(Bench::empty())
    }

    pub fn empty() -> Bench {
        // In memory where that can be: SoftHSM waits for the disk after each object.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let authority = Authority::new("EC-Proves");
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        Bench { folder, authority }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A seal with its key: `NAME.pem`, `NAME.key` and `NAME.der`.
    pub fn seal(&self, name: &str, kind: KeyKind) -> Issued {
        let seal = Seal::of("Q0801175A", name).key(kind);
        self.keep(name, seal.issue(&self.authority))
    }

    /// Writes a seal that was issued.
    pub fn keep(&self, name: &str, issued: Issued) -> Issued {
        self.write(&format!("{name}.pem"), &issued.pem);
        self.write(&format!("{name}.der"), &issued.der);
        self.write(&format!("{name}.key"), key_pem(&issued.key));
        issued
    }

    /// Runs a tool here; `$P` stands for the password.
    #[track_caller]
    pub fn run(&self, line: &str) -> String {
        let (success, said) = self.try_run(line, &[]);
        assert!(success, "{line}\n{said}");
        said
    }

    /// Whether a tool succeeds, and what it says.
    pub fn try_run(&self, line: &str, environment: &[(&str, &str)]) -> (bool, String) {
        let output = Command::new("sh")
            .args(["-c", line])
            .env("P", PASSWORD)
            .env("LC_ALL", "C.UTF-8")
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

/// A private key in PKCS#8 as PEM.
pub fn key_pem(der: &[u8]) -> String {
    segell::files::x509::to_pem(der).replace("CERTIFICATE", "PRIVATE KEY")
}
