//! What `--format sarif` writes is SARIF 2.1.0, by the official schema. `serde-sarif` carries that
//! schema in its source, where cargo has put it for the tests.

use std::path::Path;
use std::process::Command;

use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};
use jsonschema::Validator;
use serde_json::Value;

fn official_schema() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let platform = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    // What is for other platforms has not been fetched.
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", platform]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = manifest.with_file_name("src").join("schema.json");
    let text = std::fs::read_to_string(schema).unwrap();
    // Its pattern for languages closes a bracket that it did not open.
    let text = text.replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(schema["id"].as_str().or(schema["$id"].as_str()).unwrap().contains("sarif"));
    schema
}

/// The report of a check on that day, valid by the schema.
#[track_caller]
fn valid(schema: &Validator, inventory: &Inventory, arguments: &[&str]) -> Value {
    let check = ["check", "--as-of", TODAY, "--format", "sarif"];
    let output = inventory.segell(&[&check, arguments].concat());
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(&log)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{log:#}");
    log
}

#[test]
fn every_kind_of_finding_is_valid_sarif() {
    let schema = jsonschema::options().should_validate_formats(true).build(&official_schema());
    let schema = schema.unwrap();
    let inventory = Inventory::shipped();
    let log = valid(&schema, &inventory, &[]);
    assert_eq!(log["version"], "2.1.0");
    inventory.commit("2026-11-20T12:00:00Z");
    // An error with another place, one outside YAML, a warning, a pending one and a waived one.
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    inventory.write("evidence/no place/ñ%.pdf", "x");
    inventory.write("Notes é.txt", "x");
    inventory.edit(IN_PRE, "pre: 2026-11-10", "pre: 2026-11-07");
    inventory.edit("ens/institut-b.yaml", "    answered: 2026-10-21\n", "");
    inventory.write(
        "waivers/query.yaml",
        "rule: no-open-query\nsubject: ens/institut-b.yaml\nreason: Known.\n\
         approved_by: [marta@example.org, joan@example.org]\n\
         evidence: [{ ticket: ST-25000 }]\ngranted: 2026-11-01\nexpires: 2026-11-30\n",
    );
    for arguments in [&[][..], &["--base", "HEAD"], &["--rev", "HEAD"], &["--deny", "warnings"]] {
        let log = valid(&schema, &inventory, arguments);
        assert!(!log["runs"][0]["results"].as_array().unwrap().is_empty(), "{arguments:?}");
    }
    let mut log = valid(&schema, &inventory, &[]);
    log["runs"][0]["results"][0]["message"] = Value::from("no message object");
    assert!(!schema.is_valid(&log), "the schema refuses what it should");
}
