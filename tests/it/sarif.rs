//! What `--format sarif` writes is SARIF 2.1.0, by the official schema. `.ci/sarif` fetches that schema, and
//! names it in `SEGELL_SARIF_SCHEMA`.

use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};
use jsonschema::Validator;
use serde_json::Value;

fn official_schema() -> Option<Value> {
    let file = std::env::var_os("SEGELL_SARIF_SCHEMA")?;
    let text = std::fs::read_to_string(file).unwrap();
    // Its pattern for languages closes a bracket that it did not open.
    let text = text.replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(schema["id"].as_str().or(schema["$id"].as_str()).unwrap().contains("sarif"));
    Some(schema)
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
    let Some(schema) = official_schema() else {
        eprintln!("not run: the official schema, which `.ci/sarif` fetches");
        return;
    };
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
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
