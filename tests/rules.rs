//! For each rule, a copy of the shipped inventory broken in that one way: the rule answers, at the
//! right place, and no other does.

mod support;

use support::inventory::{FINISHED, IN_PRE, Inventory, PLANNED, TODAY};

/// The shipped inventory with one replacement, and all that segell then finds besides.
#[track_caller]
fn broken(file: &str, from: &str, to: &str, expected: &[&str]) {
    let inventory = Inventory::shipped();
    inventory.edit(file, from, to);
    assert_eq!(inventory.news(), expected);
}

/// The shipped inventory with one more file.
#[track_caller]
fn added(file: &str, content: &str, expected: &[&str]) {
    let inventory = Inventory::shipped();
    inventory.write(file, content);
    assert_eq!(inventory.news(), expected);
}

const A: &str = "ens/agencia-a.yaml";
const B: &str = "ens/institut-b.yaml";
const C: &str = "ens/consorci-c.yaml";

#[test]
fn the_shipped_inventory_has_no_error_and_no_warning_for_a_year() {
    for day in [TODAY, "2027-05-01", "2027-11-23"] {
        let found = Inventory::shipped().check_on(day);
        assert!(found.iter().all(|line| line.starts_with("pending ")), "{day}: {found:?}");
    }
}

#[test]
fn well_formed() {
    broken(
        C,
        "name: Consorci C",
        "name: &c Consorci C",
        &["error well-formed ens/consorci-c.yaml:2:10"],
    );
    broken(
        C,
        "name: Consorci C",
        "name: \"Consorci C",
        &["error well-formed ens/consorci-c.yaml:4:14"],
    );
}

#[test]
fn matches_schema() {
    broken(C, "block: new", "block: news", &["error matches-schema ens/consorci-c.yaml:3:8"]);
    broken(C, "nif: Q9900003F\n", "", &["error matches-schema ens/consorci-c.yaml:2:1"]);
    broken(
        C,
        "granted: 2026-10-02",
        "granted: 2026-02-30",
        &["error matches-schema ens/consorci-c.yaml:9:44"],
    );
}

#[test]
fn expected_file() {
    added("ens/Consorci.yaml", "", &["error expected-file ens/Consorci.yaml:1:1"]);
    added("ens/notes/README.md", "anything", &[]);
}

#[test]
fn no_hidden_characters() {
    broken(
        C,
        "name: Consorci C",
        "name: Consorci\u{200b} C",
        &["error no-hidden-characters ens/consorci-c.yaml:2:15"],
    );
    broken(
        C,
        "name: Consorci C",
        "name: \"C\\u202e\"",
        &["error no-hidden-characters ens/consorci-c.yaml:2:7"],
    );
}

#[test]
fn no_private_key() {
    let key = "pkcs11:token=via-oberta;object=consorci-c-2026";
    let file = "certificates/consorci-c/2026.yaml";
    broken(
        file,
        key,
        &format!("{key}?pin-value=1234"),
        &["error no-private-key certificates/consorci-c/2026.yaml:4:6"],
    );
    broken(
        C,
        "block: new",
        "block: new\npassword: x",
        &["error no-private-key ens/consorci-c.yaml:4:1"],
    );
}

#[test]
fn known_reference() {
    broken(
        PLANNED,
        "ens: consorci-c",
        "ens: consorci-d",
        &["error known-reference calendars/transicio-2026/30-consorci-c.yaml:7:10"],
    );
    broken(
        C,
        "service: AEAT_DADES/ECOT101",
        "service: AEAT_DADES/ECOT999",
        &["error known-reference ens/consorci-c.yaml:7:14"],
    );
}

#[test]
fn unique_identity() {
    let inventory = Inventory::shipped();
    inventory.edit(A, "dir3: A09990001", "dir3: A09990002");
    inventory.edit(B, "nif: Q9900002H", "nif: Q9900002H\ndir3: A09990002");
    assert_eq!(inventory.news(), ["error unique-identity ens/institut-b.yaml:6:7"]);
}

#[test]
fn valid_identifier() {
    broken(
        A,
        "dir3: A09990001",
        "dir3: B09990001",
        &["error valid-identifier ens/agencia-a.yaml:6:7"],
    );
    broken(
        "policy.yaml",
        "nif: S9900001J",
        "nif: S9900001K",
        &["error valid-identifier policy.yaml:7:21"],
    );
}

#[test]
fn evidence_intact() {
    broken(
        A,
        "denied: 2026-09-22, evidence: [{ ticket: ST-22981 }]",
        "denied: 2026-09-22, evidence: [{ ticket: ST22981 }]",
        &["error evidence-intact ens/agencia-a.yaml:15:76"],
    );
    let inventory = Inventory::shipped();
    inventory.write("evidence/agreements/consorci-c.txt", "another text");
    assert_eq!(inventory.news(), ["error evidence-intact ens/consorci-c.yaml:11:126"]);
    inventory.delete("evidence/agreements/consorci-c.txt");
    assert_eq!(inventory.news(), ["error evidence-intact ens/consorci-c.yaml:11:82"]);
}

#[test]
fn certificate_readable() {
    let inventory = Inventory::shipped();
    inventory.write("certificates/consorci-c/2026.pem", "nothing");
    assert_eq!(
        inventory.news(),
        ["error certificate-readable certificates/consorci-c/2026.pem:1:1"]
    );
    inventory.delete("certificates/consorci-c/2026.pem");
    assert_eq!(
        inventory.news(),
        ["error certificate-readable certificates/consorci-c/2026.yaml:2:1"]
    );
}

#[test]
fn dates_in_order() {
    broken(
        C,
        "requested: 2026-09-10, granted: 2026-10-02",
        "requested: 2026-10-03, granted: 2026-10-02",
        &["error dates-in-order ens/consorci-c.yaml:9:44"],
    );
    broken(
        B,
        "answered: 2026-10-21",
        "answered: 2026-11-24",
        &["error dates-in-order ens/institut-b.yaml:16:15"],
    );
    broken(B, "answered: 2026-10-21", "answered: 2026-11-23", &[]);
}

#[test]
fn stage_follows_calendar() {
    broken(
        IN_PRE,
        "pre: 2026-11-10",
        "pre: 2026-11-11",
        &["error stage-follows-calendar calendars/transicio-2026/20-institut-b.yaml:10:15"],
    );
}

#[test]
fn day_order() {
    broken(
        PLANNED,
        "day: 30",
        "day: 31",
        &["error day-order calendars/transicio-2026/30-consorci-c.yaml:2:6"],
    );
    broken(
        IN_PRE,
        "pro: 2028-01-11",
        "pro: 2028-01-18",
        &["error day-order calendars/transicio-2026/30-consorci-c.yaml:4:6"],
    );
    broken(IN_PRE, "pro: 2028-01-11", "pro: 2028-01-17", &[]);
}

#[test]
fn block_fits_nif() {
    broken(
        "policy.yaml",
        "generalitat: { nif: S9900001J }",
        "generalitat: { nif: Q9900003F }",
        &["error block-fits-nif ens/consorci-c.yaml:5:6"],
    );
}

#[test]
fn no_open_query() {
    broken(B, "    answered: 2026-10-21\n", "", &["error no-open-query ens/institut-b.yaml:12:5"]);
}

#[test]
fn certificate_delivered() {
    broken(
        "certificates/consorci-c/2026.yaml",
        "delivered: { ticket: ST-22976, date: 2026-10-14 }\n",
        "",
        &["error certificate-delivered calendars/transicio-2026/30-consorci-c.yaml:8:18"],
    );
}

#[test]
fn working_day() {
    broken(
        PLANNED,
        "pre: 2028-01-18",
        "pre: 2028-01-15",
        &["error working-day calendars/transicio-2026/30-consorci-c.yaml:4:6"],
    );
}

#[test]
fn agreement_followed_and_authorising() {
    broken(
        C,
        "authorises_load: [pre, pro]",
        "authorises_load: [pre]",
        &["error agreement-authorises-load ens/consorci-c.yaml:11:51"],
    );
    broken(C, "signed: 2026-08-03, ", "", &["error agreement-followed ens/consorci-c.yaml:11:14"]);
}

#[test]
fn previous_batch_finished() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    assert!(inventory.news().contains(
        &"error previous-batch-finished calendars/transicio-2026/30-consorci-c.yaml:3:8".to_owned()
    ));
}

#[test]
fn departments_still_consuming() {
    broken(
        FINISHED,
        "departments:\n  - { date: 2026-11-05, by: [aoc], result: works, evidence: [{ ticket: ST-23151 }] }\n",
        "",
        &["error departments-still-consuming calendars/transicio-2026/20-institut-b.yaml:3:8"],
    );
}
