//! Inventories for tests: copies of the shipped one, changed, and what segell says of them.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, OnceLock};

use segell::base::digest::Sha256;
use segell::base::time::day_of;
use segell::files::x509::Certificate;
use tempfile::TempDir;

use super::authority::{Authority, Issued, Seal};

/// The day on which the tests look at the shipped inventory.
pub const TODAY: &str = "2026-11-23";

/// The batch that is finished, the one verified in PRE, and the one that is planned.
pub const FINISHED: &str = "calendars/transicio-2026/10-agencia-a.yaml";
pub const IN_PRE: &str = "calendars/transicio-2026/20-institut-b.yaml";
pub const PLANNED: &str = "calendars/transicio-2026/30-consorci-c.yaml";

/// An inventory in a folder of its own.
pub struct Inventory {
    folder: TempDir,
}

impl Inventory {
    /// A copy of the shipped inventory.
    pub fn shipped() -> Inventory {
        let folder = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventory");
        copy(&shipped, &folder.path().join("inventory"));
        Inventory { folder }
    }

    /// An empty folder.
    pub fn empty() -> Inventory {
        Inventory { folder: tempfile::tempdir().unwrap() }
    }

    /// The folder that holds `inventory/`.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file of the inventory.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("inventory").join(file)
    }

    /// Replaces the only `from` of a file.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> &Inventory {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {file}:\n{text}");
        self.write(file, text.replace(from, to))
    }

    /// Replaces the first `from` of a file.
    pub fn edit_first(&self, file: &str, from: &str, to: &str) -> &Inventory {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "`{from}` stands in {file}:\n{text}");
        self.write(file, text.replacen(from, to, 1))
    }

    /// Writes a file, with its folders.
    pub fn write(&self, file: &str, content: impl AsRef<[u8]>) -> &Inventory {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Deletes a file.
    pub fn delete(&self, file: &str) -> &Inventory {
        fs::remove_file(self.path(file)).unwrap();
        self
    }

    /// Adds to the end of a file.
    pub fn append(&self, file: &str, text: &str) -> &Inventory {
        let before = fs::read_to_string(self.path(file)).unwrap();
        self.write(file, before + text)
    }

    /// Issues a seal, by an authority that is put into `trust/`, and writes its PEM and a complete
    /// record: delivered, and confirmed for both environments, on its first day.
    pub fn with_certificate(
        &self,
        id: &str,
        codes: &[&str],
        seal: Seal,
        authority: &Authority,
    ) -> Issued {
        let issued = seal.issue(authority);
        self.put_certificate(id, codes, &issued, authority);
        issued
    }

    /// The same of a seal that was issued before.
    pub fn put_certificate(
        &self,
        id: &str,
        codes: &[&str],
        issued: &Issued,
        authority: &Authority,
    ) -> &Inventory {
        self.write("trust/test.pem", authority.pem());
        self.write(&format!("certificates/{id}.pem"), &issued.pem);
        self.write(&format!("certificates/{id}.yaml"), record(id, codes, &issued.der))
    }

    /// Runs segell on it.
    pub fn segell(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_segell"))
            .env("LC_ALL", "C")
            .args(arguments)
            .current_dir(self.root())
            .env("GIT_CEILING_DIRECTORIES", self.root().parent().unwrap())
            .output()
            .unwrap()
    }

    /// What `check` finds on a day, a line a finding: `severity rule file:line:column`.
    pub fn check_on(&self, day: &str) -> Vec<String> {
        let output = self.segell(&["check", "--as-of", day, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(line).collect()
    }

    /// Makes the folder a git repository, if it is none, and commits all there is at an instant
    /// such as `2026-11-20T12:00:00Z`. Takes nothing from the machine's git configuration.
    pub fn commit(&self, at: &str) -> String {
        let mut options = git2::RepositoryInitOptions::new();
        options.external_template(false);
        let repository = git2::Repository::init_opts(self.root(), &options).unwrap();
        let mut index = repository.index().unwrap();
        index.add_all(["inventory"], git2::IndexAddOption::FORCE, None).unwrap();
        index.update_all(["inventory"], None).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let seconds = at.parse::<jiff::Timestamp>().unwrap().as_second();
        let time = git2::Time::new(seconds, 0);
        let author = git2::Signature::new("Test", "test@example.org", &time).unwrap();
        let head = repository.head().and_then(|head| head.peel_to_commit()).ok();
        let parents: Vec<&git2::Commit<'_>> = head.iter().collect();
        let commit = repository.commit(Some("HEAD"), &author, &author, at, &tree, &parents);
        commit.unwrap().to_string()
    }

    /// What `check --base` finds on a day and why, `cause severity rule file:line:column`, and
    /// the exit code.
    pub fn check_against(&self, base: &str, day: &str) -> (Vec<String>, i32) {
        let arguments = ["check", "--base", base, "--as-of", day, "--format", "json"];
        let output = self.segell(&arguments);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let findings = report["findings"].as_array().unwrap().iter();
        let lines = findings
            .filter(|finding| finding["severity"] != "pending")
            .map(|finding| format!("{} {}", finding["cause"].as_str().unwrap(), line(finding)));
        (lines.collect(), output.status.code().unwrap())
    }

    /// What `check` finds on the tests' day that it does not find in the shipped inventory.
    pub fn news(&self) -> Vec<String> {
        self.news_on(TODAY)
    }

    /// What `check` finds on a day that it does not find in the shipped inventory on that day.
    pub fn news_on(&self, day: &str) -> Vec<String> {
        // Asked once a day: hundreds of tests want to know.
        static BEFORE: Mutex<BTreeMap<String, Arc<OnceLock<Vec<String>>>>> =
            Mutex::new(BTreeMap::new());
        let before = Arc::clone(BEFORE.lock().unwrap().entry(day.to_owned()).or_default());
        let before = before.get_or_init(|| Inventory::shipped().check_on(day));
        let mut news = self.check_on(day);
        news.retain(|line| !before.contains(line));
        news
    }
}

/// A complete record of a certificate, whose lines are those of the shipped ones.
fn record(id: &str, codes: &[&str], der: &[u8]) -> String {
    let facts = Certificate::read(der).unwrap();
    let (sha256, serial, day) = (Sha256::of(der), &facts.serial, day_of(facts.not_before));
    let object = id.replace('/', "-");
    format!(
        "# Issued by the tests' authority.\n\
         sha256: \"{sha256}\"\n\
         organ_codes: {codes:?}\n\
         key: \"pkcs11:token=via-oberta;object={object}\"\n\
         delivered: {{ ticket: ST-22976, date: {day} }}\n\
         confirmations:\n  \
           pre: {{ date: {day}, serial: \"{serial}\", evidence: [{{ ticket: ST-23019 }}] }}\n  \
           pro: {{ date: {day}, sha256: \"{sha256}\", evidence: [{{ ticket: ST-23020 }}] }}\n"
    )
}

fn line(finding: &serde_json::Value) -> String {
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let place = &finding["location"];
    let file = word(&place["file"]);
    format!(
        "{} {} {}:{}:{}",
        word(&finding["severity"]),
        word(&finding["rule"]),
        file.strip_prefix("inventory/").unwrap_or(&file),
        place["line"],
        place["column"]
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
