//! The verbs that edit batches: what they write, what they refuse, and what they say.

mod support;

use std::fs;

use support::inventory::{Inventory, TODAY};

/// What a verb printed, and its exit code.
#[track_caller]
fn run(inventory: &Inventory, arguments: &str) -> (i32, String, String) {
    let mut arguments: Vec<&str> = arguments.split(' ').collect();
    if !arguments.contains(&"--as-of") {
        arguments.extend(["--as-of", TODAY]);
    }
    let output = inventory.segell(&arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A verb that writes.
#[track_caller]
fn ok(inventory: &Inventory, arguments: &str) -> String {
    let (code, out, err) = run(inventory, arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    out
}

/// A verb that is refused by rules: their names, and nothing is written.
#[track_caller]
fn refused(inventory: &Inventory, arguments: &str) -> Vec<String> {
    let before = files(inventory);
    let (code, out, err) = run(inventory, arguments);
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.ends_with("refused: nothing was written\n"), "{err}");
    assert_eq!(files(inventory), before);
    let rules = err.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next());
    rules.map(str::to_owned).collect()
}

/// A verb that could not run: what it says.
#[track_caller]
fn failed(inventory: &Inventory, arguments: &str) -> String {
    let before = files(inventory);
    let (code, out, err) = run(inventory, arguments);
    assert_eq!(code, 2, "{out}{err}");
    assert_eq!(files(inventory), before);
    err
}

/// Every file of the inventory with its bytes.
fn files(inventory: &Inventory) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![inventory.path("")];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn text(inventory: &Inventory, file: &str) -> String {
    fs::read_to_string(inventory.path(file)).unwrap()
}

const SCHEDULE: &str = "schedule --calendar campanya --ens dept-cultura --ens dept-interior --pre 2026-12-01 --pro 2026-12-15";
const SCHEDULED: &str = "calendars/campanya/10-dept-cultura-dept-interior.yaml";

#[test]
fn a_batch_is_scheduled_with_the_latest_certificates() {
    let inventory = Inventory::shipped();
    let out = ok(&inventory, SCHEDULE);
    assert_eq!(
        text(&inventory, SCHEDULED),
        "# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 10
stage: planned
pre: 2026-12-01
pro: 2026-12-15
loads:
  - ens: dept-cultura
    certificate: generalitat/2025
  - ens: dept-interior
    certificate: generalitat/2025
"
    );
    assert!(out.contains("+++ b/inventory/calendars/campanya/10-dept"), "{out}");
    assert!(
        out.ends_with(
            "`segell release --batch campanya/10-dept-cultura-dept-interior --stage pre`\n"
        ),
        "{out}"
    );
    assert!(inventory.news().iter().all(|line| line.starts_with("pending ")));
}

#[test]
fn what_is_scheduled_already_is_not_scheduled_again() {
    let inventory = Inventory::shipped();
    ok(&inventory, SCHEDULE);
    let before = files(&inventory);
    assert!(ok(&inventory, SCHEDULE).starts_with("nothing changes"));
    assert_eq!(files(&inventory), before);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let inventory = Inventory::shipped();
    let before = files(&inventory);
    let out = ok(&inventory, &format!("{SCHEDULE} --dry-run"));
    assert!(out.contains("+stage: planned\n") && out.ends_with("nothing was written\n"), "{out}");
    assert_eq!(files(&inventory), before);
}

#[test]
fn what_check_would_refuse_is_not_scheduled() {
    let inventory = Inventory::shipped();
    let wednesday = SCHEDULE.replace("2026-12-01", "2026-12-05");
    assert_eq!(refused(&inventory, &wednesday), ["working-day"]);
    let same = "schedule --calendar x --ens institut-b --pre 2026-12-01 --pro 2026-12-15";
    assert_eq!(refused(&inventory, same), ["one-open-load"]);
}

#[test]
fn all_that_is_missing_is_named_at_once() {
    let inventory = Inventory::shipped();
    assert_eq!(
        failed(&inventory, "schedule --pro 2026-12-15"),
        "segell: missing: `--calendar NAME`, `--ens ENS` and `--pre DATE`\n"
    );
    let unknown = SCHEDULE.replace("dept-cultura", "nobody");
    assert!(failed(&inventory, &unknown).contains("there is no ens `nobody`"));
    let foreign = format!("{SCHEDULE} --certificate agencia-a/2026");
    assert!(failed(&inventory, &foreign).contains("no certificate of these ens"));
    let nowhere = SCHEDULE.replace("campanya", "../campanya");
    assert!(failed(&inventory, &nowhere).contains("letters a to z"));
}
