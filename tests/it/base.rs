//! `check --base`: what a change brings is told from what was there, and from what time brings.

use std::fs;

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};

const COMMITTED: &str = "2026-11-20T12:00:00Z";
const A: &str = "ens/agencia-a.yaml";
const B: &str = "ens/institut-b.yaml";

/// A query of institut-b without its answer: an error about a load of the batch that is in PRE.
fn with_an_open_query() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    inventory
}

const OPEN_QUERY: &str = "existing error no-open-query ens/institut-b.yaml:12:5";

#[test]
fn nothing_changed_and_nothing_found() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
}

#[test]
fn what_the_change_brings_blocks() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    let expected = vec!["change error no-open-query ens/institut-b.yaml:12:5".to_owned()];
    assert_eq!(inventory.check_against("HEAD", TODAY), (expected, 1));
}

#[test]
fn what_was_there_does_not_block_a_change_elsewhere() {
    let inventory = with_an_open_query();
    inventory.commit(COMMITTED);
    inventory.edit(A, "name: Agència A", "name: Agència AA");
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![OPEN_QUERY.to_owned()], 0));
}

#[test]
fn what_was_there_blocks_a_change_of_its_batch() {
    let inventory = with_an_open_query();
    inventory.commit(COMMITTED);
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2028-01-12");
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![OPEN_QUERY.to_owned()], 1));
}

#[test]
fn a_finding_survives_what_is_put_before_it() {
    let inventory = with_an_open_query();
    inventory.commit(COMMITTED);
    let earlier = "queries:\n  - { asked: 2026-09-28, by: siad, to: [aeat], question: \"When?\", answered: 2026-09-29, answer: Soon. }\n";
    inventory.edit(B, "queries:\n", earlier);
    let moved = "existing error no-open-query ens/institut-b.yaml:13:5".to_owned();
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![moved], 0));
}

#[test]
fn a_renamed_batch_is_a_change_of_that_batch() {
    let inventory = with_an_open_query();
    inventory.commit(COMMITTED);
    let renamed = "calendars/transicio-2026/20-institut.yaml";
    fs::rename(inventory.path(IN_PRE), inventory.path(renamed)).unwrap();
    let found = "change error no-open-query ens/institut-b.yaml:12:5".to_owned();
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![found], 1));
}

#[test]
fn a_tightened_policy_answers_for_what_it_forbids() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit("policy.yaml", "days_left_after_load: 30", "days_left_after_load: 900");
    let (found, code) = inventory.check_against("HEAD", TODAY);
    assert!(found.iter().all(|line| line.starts_with("change error certificate-in-force")));
    assert_eq!((found.len(), code), (2, 1));
}

#[test]
fn a_loosened_policy_does_not_exempt_the_change_that_brings_it() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-15");
    inventory.edit("policy.yaml", "[mon, tue, wed, thu, fri]", "[mon, tue, wed, thu, fri, sat]");
    let found = "change error working-day calendars/transicio-2026/30-consorci-c.yaml:4:6";
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![found.to_owned()], 1));
    inventory.commit(COMMITTED);
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
}

const WAIVER: &str = "rule: working-day
subject: calendars/transicio-2026/30-consorci-c.yaml
ens: consorci-c
reason: AOC and PICA are there on that Saturday.
approved_by: [marta@example.org, joan@example.org]
evidence: [{ ticket: ST-24000 }]
granted: 2026-11-20
expires: 2027-02-18
";

#[test]
fn a_waiver_does_not_cover_what_comes_with_it() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-15");
    inventory.write("waivers/saturday.yaml", WAIVER);
    let place = "working-day calendars/transicio-2026/30-consorci-c.yaml:4:6";
    let found = vec![format!("change error {place}")];
    assert_eq!(inventory.check_against("HEAD", TODAY), (found, 1));
    inventory.commit(COMMITTED);
    let found = vec![format!("existing waived {place}")];
    assert_eq!(inventory.check_against("HEAD", TODAY), (found, 0));
}

#[test]
fn what_midnight_in_madrid_brings_is_the_clocks() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-18");
    inventory.commit("2028-01-11T22:30:00Z");
    // 23:30 of 11 January in Madrid: the load in PRO is due, and not late.
    let late = "warning load-on-its-day calendars/transicio-2026/20-institut-b.yaml:7:5";
    assert_eq!(inventory.check_against("HEAD", "2028-01-11"), (vec![], 0));
    let (found, code) = inventory.check_against("HEAD", "2028-01-12");
    assert_eq!((found, code), (vec![format!("clock {late}")], 0));
    // Half an hour after midnight there, it was late when it was committed.
    inventory.edit(A, "name: Agència A", "name: Agència AA");
    inventory.commit("2028-01-11T23:30:00Z");
    let (found, code) = inventory.check_against("HEAD", "2028-01-12");
    assert_eq!((found, code), (vec![format!("existing {late}")], 0));
}

#[test]
fn a_record_that_changes_or_vanishes_is_told() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(
        IN_PRE,
        "      informed: { date: 2026-11-11,",
        "      informed: { date: 2026-11-12,",
    );
    inventory.edit("certificates/agencia-a/2026.yaml", "date: 2026-10-06", "date: 2026-10-07");
    let (found, code) = inventory.check_against("HEAD", TODAY);
    assert_eq!(
        found,
        [
            "change warning record-kept calendars/transicio-2026/20-institut-b.yaml:13:19",
            "change warning record-kept certificates/agencia-a/2026.yaml:8:10",
        ]
    );
    assert_eq!(code, 0);
}

#[test]
fn a_record_that_vanishes_is_told_although_a_later_batch_has_one_like_it() {
    let inventory = Inventory::shipped();
    let again = fs::read_to_string(inventory.path(IN_PRE))
        .unwrap()
        .replace("day: 20", "day: 25")
        .replace("2026-11-1", "2026-11-2");
    inventory.write("calendars/transicio-2026/25-institut-b.yaml", again);
    let record =
        "      informed: { date: 2026-11-11, to: [siad], evidence: [{ ticket: ST-23200 }] }\n";
    inventory.edit(
        IN_PRE,
        record,
        &format!("{record}    withdrawn: {{ date: 2026-11-12, reason: It failed, evidence: [{{ ticket: ST-1 }}] }}\n"),
    );
    inventory.commit(COMMITTED);
    inventory.edit(IN_PRE, record, "");
    let (found, _) = inventory.check_against("HEAD", TODAY);
    let kept = "change warning record-kept calendars/transicio-2026/20-institut-b.yaml:";
    assert!(found.iter().any(|line| line.starts_with(kept)), "{found:?}");
}

#[test]
fn a_base_without_an_inventory_has_nothing() {
    let inventory = with_an_open_query();
    let aside = inventory.root().join("aside");
    fs::rename(inventory.root().join("inventory"), &aside).unwrap();
    inventory.commit(COMMITTED);
    fs::rename(&aside, inventory.root().join("inventory")).unwrap();
    let (found, code) = inventory.check_against("HEAD", TODAY);
    assert_eq!((found.len(), code), (1, 1));
}

const IN_PRO: &str = "    pro:
      loaded: 2026-11-17
      informed: { date: 2026-11-17, to: [siad], evidence: [{ ticket: ST-23250 }] }
      checks:
        - { date: 2026-11-18, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23250 }] }
departments:
  - { date: 2026-11-18, by: [aoc], result: works, evidence: [{ ticket: ST-23251 }] }
";

/// Institut B, seen working in PRE by those, loaded in PRO and verified there in one change.
fn finished_at_once(by: &str) -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "by: [aoc]", &format!("by: [{by}]"));
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-17");
    inventory.commit(COMMITTED);
    inventory.append(IN_PRE, IN_PRO).edit(IN_PRE, "stage: pre", "stage: pro");
    inventory
}

#[test]
fn a_load_that_a_change_closes_is_asked_as_an_open_one() {
    let inventory = finished_at_once("aoc");
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
    let inventory = finished_at_once("siad");
    let works = "        - { date: 2026-11-18, by: [pica";
    let fails = "        - { date: 2026-11-17, by: [aoc], result: fails, evidence: [{ ticket: ST-23250 }] }\n";
    inventory.edit(IN_PRE, works, &format!("{fails}{works}"));
    let expected = [
        "change error failure-analysed calendars/transicio-2026/20-institut-b.yaml:18:13",
        "change error pre-verified-before-pro calendars/transicio-2026/20-institut-b.yaml:12:9",
    ];
    let (mut found, code) = inventory.check_against("HEAD", TODAY);
    found.sort();
    assert_eq!((found.as_slice(), code), (expected.map(str::to_owned).as_slice(), 1));
    // Once the base has it, it is history.
    inventory.commit(COMMITTED);
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
    inventory.append(IN_PRE, "# Words.\n");
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
}

#[test]
fn a_load_that_a_change_withdraws_is_asked_no_more() {
    let inventory = with_an_open_query();
    inventory.commit(COMMITTED);
    inventory.append(
        IN_PRE,
        "    withdrawn: { date: 2026-11-20, reason: Doubts, evidence: [{ ticket: ST-23260 }], restored: { pre: 2026-11-20 } }\n",
    );
    let (found, _) = inventory.check_against("HEAD", TODAY);
    assert!(!found.iter().any(|line| line.contains("no-open-query")), "{found:?}");
}

/// Whether some finding of the change is of this rule, and what they all are.
#[track_caller]
fn brings(inventory: &Inventory, rule: &str) {
    let (found, _) = inventory.check_against("HEAD", TODAY);
    let start = format!("change error {rule} ");
    assert!(found.iter().any(|line| line.starts_with(&start)), "{found:?}");
}

#[test]
fn another_certificate_under_a_finished_load_is_told_and_asked_anew() {
    let inventory = Inventory::shipped();
    let record = "certificates/agencia-a/2026.yaml";
    let before = fs::read_to_string(inventory.path(record)).unwrap();
    inventory.write("trust/test.pem", Authority::new("CA").pem());
    inventory.commit(COMMITTED);
    let seal = Seal::of("Q9900003F", "Consorci C").from("2026-10-01");
    inventory.with_certificate("agencia-a/2026", &["9699969038"], seal, &Authority::new("CA"));
    let digest = |text: &str| {
        text.lines().find_map(|line| line.strip_prefix("sha256: ").map(str::to_owned)).unwrap()
    };
    let now = digest(&fs::read_to_string(inventory.path(record)).unwrap());
    let old = format!("sha256: {}\norgan", digest(&before));
    assert!(before.contains(&old), "{before}");
    inventory.write(record, before.replacen(&old, &format!("sha256: {now}\norgan"), 1));
    brings(&inventory, "certificate-matches-ens");
    let (found, _) = inventory.check_against("HEAD", TODAY);
    let kept = format!("change error record-kept {record}:2:9");
    assert!(found.contains(&kept), "{found:?}");
}

#[test]
fn a_batch_that_a_change_closes_is_asked_as_an_open_one() {
    let inventory = finished_at_once("aoc");
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
    let hold = "hold: { since: 2026-11-12, by: siad, reason: Doubts, evidence: [{ ticket: ST-1 }] }\nloads:";
    inventory.edit(IN_PRE, "loads:", hold);
    brings(&inventory, "not-on-hold");

    let inventory = finished_at_once("aoc");
    let earlier = fs::read_to_string(inventory.path(PLANNED)).unwrap();
    let earlier = earlier.replace("day: 30", "day: 15").replace("2028-0", "2027-0");
    inventory.write("calendars/transicio-2026/15-consorci-c.yaml", earlier);
    inventory.delete(PLANNED);
    brings(&inventory, "previous-batch-finished");

    let inventory = finished_at_once("aoc");
    inventory.edit(IN_PRE, "      loaded: 2026-11-17", "      loaded: 2026-11-15");
    let (found, _) = inventory.check_against("HEAD", TODAY);
    assert!(found.iter().any(|line| line.contains("load-on-its-day")), "{found:?}");
}

#[test]
fn a_seal_that_was_taken_out_is_asked_as_new_when_it_comes_back() {
    let finished = "calendars/transicio-2026/10-agencia-a.yaml";
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(
        finished,
        "departments:",
        "    withdrawn: { date: 2026-11-10, reason: Doubts, evidence: [{ ticket: ST-1 }], restored: { pre: 2026-11-10, pro: 2026-11-10 } }\ndepartments:",
    );
    let batch = "day: 10\nstage: pro\npre: 2026-11-16\npro: 2026-11-17\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026\n";
    inventory.write("calendars/zulu/10-agencia-a.yaml", format!("{batch}{IN_PRO}"));
    brings(&inventory, "pre-verified-before-pro");
}

#[test]
fn what_is_wrong_with_the_file_of_a_batch_blocks_its_change() {
    let inventory = Inventory::shipped();
    inventory.append(PLANNED, "foo: 1\n");
    inventory.commit(COMMITTED);
    let (found, code) = inventory.check_against("HEAD", TODAY);
    assert_eq!((found.len(), code), (1, 0), "{found:?}");
    assert!(found[0].starts_with("existing error matches-schema"), "{found:?}");
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-19");
    assert_eq!(inventory.check_against("HEAD", TODAY), (found, 1));
}

#[test]
fn a_policy_that_asks_less_does_not_make_light_of_the_record() {
    let inventory = Inventory::shipped();
    let policy = fs::read_to_string(inventory.path("policy.yaml")).unwrap();
    inventory.append("policy.yaml", "rules: { record-kept: error }\n");
    inventory.commit(COMMITTED);
    inventory.write("policy.yaml", policy);
    inventory.edit(IN_PRE, "informed: { date: 2026-11-11,", "informed: { date: 2026-11-12,");
    brings(&inventory, "record-kept");
}

#[test]
fn a_changed_record_is_waived_by_a_waiver_that_was_there_before() {
    let waiver = "rule: record-kept\nsubject: calendars/transicio-2026/20-institut-b.yaml\nens: institut-b\nreason: A slip of the pen.\napproved_by: [marta@example.org, joan@example.org]\nevidence: [{ ticket: ST-25000 }]\ngranted: 2026-11-01\nexpires: 2026-11-30\n";
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.write("waivers/slip.yaml", waiver);
    inventory.edit(IN_PRE, "informed: { date: 2026-11-11,", "informed: { date: 2026-11-12,");
    let told = |severity: &str| {
        let place = "calendars/transicio-2026/20-institut-b.yaml:13:19";
        (vec![format!("change {severity} record-kept {place}")], 0)
    };
    assert_eq!(inventory.check_against("HEAD", TODAY), told("warning"));
    let inventory = Inventory::shipped();
    inventory.write("waivers/slip.yaml", waiver);
    // Without a base nobody asks; that is no reason to delete it.
    assert_eq!(inventory.news(), [""; 0]);
    inventory.commit(COMMITTED);
    inventory.edit(IN_PRE, "informed: { date: 2026-11-11,", "informed: { date: 2026-11-12,");
    assert_eq!(inventory.check_against("HEAD", TODAY), told("waived"));
}

#[test]
fn what_a_broken_file_recorded_has_not_vanished() {
    let inventory = Inventory::shipped();
    inventory.commit(COMMITTED);
    inventory.edit(IN_PRE, "stage: pre", "stage: pree");
    let broken = "change error matches-schema calendars/transicio-2026/20-institut-b.yaml:3:8";
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![broken.to_owned()], 1));
}

#[test]
fn a_policy_that_asks_less_repeats_no_finding_in_other_words() {
    let inventory = Inventory::shipped();
    inventory.edit("policy.yaml", "days_left_after_load: 30", "days_left_after_load: 1900");
    inventory.commit(COMMITTED);
    let before = inventory.check_against("HEAD", TODAY).0;
    assert!(before.iter().all(|line| line.starts_with("existing")) && !before.is_empty());
    inventory.edit("policy.yaml", "days_left_after_load: 1900", "days_left_after_load: 1890");
    assert_eq!(inventory.check_against("HEAD", TODAY), (before, 0));
}

const ANOTHER: &str = "  - ens: dept-cultura\n    certificate: generalitat/2025\n";

/// The batch of Consorci C, with what is wrong in its load, is committed; another load beside it.
#[test]
fn a_finding_at_a_load_survives_a_load_that_is_put_before_it() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "consorci-c/2026", "consorci-c/2027");
    inventory.commit(COMMITTED);
    let place = "error known-reference calendars/transicio-2026/30-consorci-c.yaml";
    inventory.edit(PLANNED, "loads:\n", &format!("loads:\n{ANOTHER}"));
    let (found, _) = inventory.check_against("HEAD", TODAY);
    assert!(found.contains(&format!("existing {place}:10:18")), "{found:?}");
    // The same fault at the load that is new is a change.
    inventory.edit(PLANNED, "generalitat/2025", "generalitat/2026");
    let (found, _) = inventory.check_against("HEAD", TODAY);
    assert!(found.contains(&format!("existing {place}:10:18")), "{found:?}");
    assert!(found.contains(&format!("change {place}:8:18")), "{found:?}");
}

#[test]
fn a_finding_at_a_load_survives_another_order_of_the_loads() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "consorci-c/2026", "consorci-c/2027");
    inventory.append(PLANNED, ANOTHER);
    inventory.commit(COMMITTED);
    let (before, _) = inventory.check_against("HEAD", TODAY);
    let own = "  - ens: consorci-c\n    certificate: consorci-c/2027\n";
    inventory.edit(PLANNED, &format!("{own}{ANOTHER}"), &format!("{ANOTHER}{own}"));
    let (after, _) = inventory.check_against("HEAD", TODAY);
    assert!(before.iter().chain(&after).all(|line| line.starts_with("existing ")), "{after:?}");
    assert_eq!(before.len(), after.len(), "{before:?}\n{after:?}");
    let place = "existing error known-reference calendars/transicio-2026/30-consorci-c.yaml";
    assert!(after.contains(&format!("{place}:10:18")), "{after:?}");
}

/// A CA and its revocation list, which names a seal that agencia-a is to have.
fn with_a_list() -> (Inventory, Authority, Vec<u8>) {
    let inventory = Inventory::shipped();
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let seal = Seal::of("Q9900001J", "Agència A").from("2026-11-01");
    let issued = inventory.with_certificate(REVOKED, &["9699969038"], seal, &authority);
    let list = authority.crl(&[&issued.serial], "2026-11-10", "2026-12-10");
    inventory.write("trust/test.crl", list);
    (inventory, authority, issued.serial)
}

const REVOKED: &str = "agencia-a/2026b";
const URGENT: &str = "calendars/urgent/10-agencia-a.yaml";

/// The load of the seal that the list names.
fn load_it(inventory: &Inventory) {
    inventory.write(URGENT, "day: 10\nstage: planned\npre: 2026-11-24\npro: 2026-12-01\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026b\n");
}

#[test]
fn a_revocation_list_does_not_go_with_the_load_of_whom_it_names() {
    let (inventory, authority, _) = with_a_list();
    inventory.commit(COMMITTED);
    let told = vec![format!("change error certificate-not-revoked {URGENT}:7:18")];
    let against = || inventory.check_against("HEAD", TODAY);
    load_it(&inventory);
    assert_eq!(against(), (told.clone(), 1), "while the list is there");
    inventory.write("trust/test.crl", authority.crl(&[], "2026-11-01", "2026-12-01"));
    assert_eq!(against(), (told.clone(), 1), "set back to an older list");
    inventory.delete("trust/test.crl");
    assert_eq!(against(), (told.clone(), 1), "taken away");
    inventory.delete("trust/test.pem");
    let (found, code) = against();
    assert_eq!(code, 1);
    assert!(found.contains(&told[0]), "taken away with its CA: {found:?}");
}

/// Alone the list may go, or be renewed: that change is reviewed for itself.
#[test]
fn a_revocation_list_goes_in_a_change_of_its_own() {
    let (inventory, authority, serial) = with_a_list();
    inventory.commit(COMMITTED);
    let against = || inventory.check_against("HEAD", TODAY);
    inventory.write("trust/test.crl", authority.crl(&[&serial], "2026-11-20", "2026-12-20"));
    assert_eq!(against(), (vec![], 0), "renewed");
    inventory.delete("trust/test.crl");
    assert_eq!(against(), (vec![], 0), "taken away");
    inventory.commit(COMMITTED);
    load_it(&inventory);
    assert_eq!(against(), (vec![], 0), "nobody names it any more");
}

/// A list that comes in the same change is asked as well as the one that was there.
#[test]
fn a_revocation_list_that_comes_with_a_load_names_its_seal() {
    let (inventory, authority, serial) = with_a_list();
    inventory.write("trust/test.crl", authority.crl(&[], "2026-11-01", "2026-12-01"));
    inventory.commit(COMMITTED);
    load_it(&inventory);
    assert_eq!(inventory.check_against("HEAD", TODAY), (vec![], 0));
    inventory.write("trust/test.crl", authority.crl(&[&serial], "2026-11-20", "2026-12-20"));
    let told = vec![format!("change error certificate-not-revoked {URGENT}:7:18")];
    assert_eq!(inventory.check_against("HEAD", TODAY), (told, 1));
}
