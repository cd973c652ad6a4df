//! A host that holds seals, beside a repository that says which.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};

use super::authority::{Issued, KeyKind, Seal};
use super::inventory::{FINISHED, IN_PRE, Inventory};
use super::tools::{Bench, PASSWORD};

/// The day on which the tests look.
pub const TODAY: &str = "2026-11-27";

/// The shipped inventory with seals whose keys are known, released to both environments as it stands.
pub struct Host {
    pub inventory: Inventory,
    pub bench: Bench,
    pub seals: BTreeMap<&'static str, Issued>,
}

/// The seals, and whose they are: the organ codes, the NIF.
const SEALS: [(&str, &[&str], &str); 4] = [
    ("generalitat/2025", &["9699969017", "9699969022"], "S9900001J"),
    ("agencia-a/2026", &["9699969038"], "Q9900001J"),
    ("institut-b/2026", &["9699969043"], "Q9900002H"),
    ("consorci-c/2026", &["9699969056"], "Q9900003F"),
];

impl Host {
    /// All is held by `host.store("…")`; nothing is due.
    pub fn with(tools: &[&str]) -> Option<Host> {
        Some(Host::on(Bench::with(tools)?))
    }

    pub fn new() -> Host {
        Host::on(Bench::empty())
    }

    fn on(bench: Bench) -> Host {
        let inventory = Inventory::shipped();
        let seals = known_seals(&inventory, &bench);
        let host = Host { inventory, bench, seals };
        host.release();
        host
    }

    /// Forgets what was changed: the shipped inventory, with the same seals.
    pub fn renew(&mut self) {
        self.inventory = Inventory::shipped();
        for (id, codes, _) in SEALS {
            self.inventory.put_certificate(id, codes, &self.seals[id], &self.bench.authority);
        }
    }

    /// Issues one more seal, which no record knows.
    pub fn issue(&mut self, id: &'static str, seal: Seal) {
        let issued = seal.issue(&self.bench.authority);
        self.seals.insert(id, self.bench.keep(&file(id), issued));
    }

    /// A record of such a seal.
    pub fn record(&self, id: &str, codes: &[&str]) {
        self.inventory.put_certificate(id, codes, &self.seals[id], &self.bench.authority);
    }

    /// Runs a tool of SoftHSM's.
    #[track_caller]
    pub fn soft(&self, line: &str) {
        let settings = self.path("softhsm2.conf");
        let (success, said) = self.bench.try_run(line, &[("SOFTHSM2_CONF", &settings)]);
        assert!(success, "{line}\n{said}");
    }

    /// What the inventory is now, `main` and both environments hold.
    pub fn release(&self) {
        self.move_to(&["main", "env/pre", "env/pro"]);
    }

    /// What the inventory is now, these branches hold.
    pub fn move_to(&self, branches: &[&str]) {
        let id = self.inventory.commit("2026-11-20T12:00:00Z");
        let repository = git2::Repository::open(self.inventory.root()).unwrap();
        for branch in branches {
            let name = format!("refs/heads/{branch}");
            let id = git2::Oid::from_str(&id).unwrap();
            repository.reference(&name, id, true, "test").unwrap();
        }
    }

    /// The batch of `institut-b` is to be loaded in PRO on 2026-12-01.
    pub fn ask_for_institut_b(&self) {
        self.inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        self.inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
        self.release();
    }

    /// The batch of `agencia-a`, which is finished, replaced this seal.
    pub fn agencia_a_had(&self, id: &str) {
        self.inventory.edit(
            "baseline.yaml",
            "{ ens: agencia-a, certificate: generalitat/2025, in: [pre, pro] }",
            &format!("{{ ens: agencia-a, certificate: {id}, in: [pre, pro] }}"),
        );
    }

    /// `agencia-a` is no more from that day on.
    pub fn agencia_a_ceases(&self, day: &str) {
        self.inventory.append(
            "ens/agencia-a.yaml",
            &format!("ceased: {{ date: {day}, evidence: [{{ ticket: ST-24000 }}] }}\n"),
        );
    }

    /// The load of `agencia-a` is withdrawn on that day.
    pub fn agencia_a_is_withdrawn(&self, day: &str) {
        self.inventory.edit(
            FINISHED,
            "    certificate: agencia-a/2026\n",
            &format!("    certificate: agencia-a/2026\n    withdrawn: {{ date: {day}, reason: It fails, evidence: [{{ ticket: ST-24001 }}] }}\n"),
        );
    }

    /// A folder that holds these seals, by id.
    pub fn folder(&self, ids: &[&str]) -> String {
        let _ = std::fs::remove_dir_all(self.bench.path("folder"));
        std::fs::create_dir_all(self.bench.path("folder")).unwrap();
        for id in ids {
            self.bench.write(&format!("folder/{}.pem", file(id)), &self.seals[id].pem);
        }
        self.path("folder")
    }

    pub fn path(&self, name: &str) -> String {
        self.bench.path(name).to_str().unwrap().to_owned()
    }

    /// Runs `segell drift` in PRO on [`TODAY`].
    pub fn drift(&self, options: &[&str]) -> Output {
        self.drift_on(TODAY, options)
    }

    pub fn drift_on(&self, day: &str, options: &[&str]) -> Output {
        self.run(&[&["--env", "pro", "--as-of", day], options].concat(), &[])
    }

    pub fn run(&self, options: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(options).envs(environment.iter().copied()).output().unwrap()
    }

    /// `segell drift`, with nobody at a terminal.
    pub fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segell"));
        command
            .env("LC_ALL", "C")
            .env("SEGELL_STORE_PASSWORD", PASSWORD)
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .arg("drift")
            .args(options)
            .current_dir(self.inventory.root())
            .env("GIT_CEILING_DIRECTORIES", self.inventory.root().parent().unwrap())
            .stdin(Stdio::null());
        command
    }

    /// The states on a day, a line a seal that is not held: `state ens certificate`; and the exit code.
    #[track_caller]
    pub fn states_on(&self, day: &str, options: &[&str]) -> (Vec<String>, i32) {
        let output = self.drift_on(day, &[&["--format", "json"], options].concat());
        let document: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
        keeps_to_schema(&document);
        let word = |value: &serde_json::Value| value.as_str().unwrap_or("?").to_owned();
        let seals = document["seals"].as_array().unwrap().iter();
        let lines = seals.filter(|seal| seal["state"] != "held").map(|seal| {
            format!(
                "{} {} {}",
                word(&seal["state"]),
                word(&seal["ens"]),
                word(&seal["certificate"])
            )
        });
        (lines.collect(), output.status.code().unwrap())
    }

    #[track_caller]
    pub fn states(&self, options: &[&str]) -> (Vec<String>, i32) {
        self.states_on(TODAY, options)
    }
}

/// Puts seals whose keys are known in the place of the shipped ones.
pub fn known_seals(inventory: &Inventory, bench: &Bench) -> BTreeMap<&'static str, Issued> {
    let mut seals = BTreeMap::new();
    for (id, codes, nif) in SEALS {
        let start = if id.ends_with("2025") { "2025-12-15" } else { "2026-09-25" };
        let kind = if id.starts_with("agencia") { KeyKind::Rsa2048 } else { KeyKind::P256 };
        let seal = Seal::of(nif, &format!("Ens {id} à, \"X\"")).from(start).key(kind);
        let issued = inventory.with_certificate(id, codes, seal, &bench.authority);
        seals.insert(id, bench.keep(&file(id), issued));
    }
    seals
}

#[track_caller]
fn keeps_to_schema(document: &serde_json::Value) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(root.join("schemas/drift.schema.json")).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

/// A certificate's id as the name of files.
pub fn file(id: &str) -> String {
    id.replace('/', "-")
}
