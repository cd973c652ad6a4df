//! One cause is told once, and nobody whom it concerns is hidden by that: of a seal that departments
//! share, and of one that is compromised between PRE and PRO.

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{IN_PRE, Inventory, TODAY};

const CODES: [&str; 3] = ["9610420002", "9610210014", "9821920002"];
const RECORD: &str = "certificates/generalitat/2026.yaml";
const FIRST: &str = "calendars/departaments/10-un.yaml";
const SECOND: &str = "calendars/departaments/20-dos.yaml";

/// Three departments share a seal: two load it on the first day of a calendar, one on the second.
fn departments() -> Inventory {
    let inventory = Inventory::shipped();
    for (number, code) in (1..).zip(CODES) {
        let done = "requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-1 }]";
        inventory.write(&format!("ens/d{number}.yaml"), format!("name: Departament {number}\nblock: departments\norgan_code: \"{code}\"\nnif: S9900001J\nauthorisations:\n  - service: AEAT_IRPF/C2\n    organ_code: \"{code}\"\n    pre: {{ {done} }}\n    pro: {{ {done} }}\n"));
    }
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    let seal = Seal::of("S9900001J", "Generalitat").from("2026-10-08");
    inventory.with_certificate("generalitat/2026", &CODES, seal, &authority);
    let load = |number| format!("  - ens: d{number}\n    certificate: generalitat/2026\n");
    let day = |number: u8, pre: &str, pro: &str| {
        format!("day: {number}\nstage: planned\npre: {pre}\npro: {pro}\nloads:\n")
    };
    let first = day(10, "2026-11-30", "2026-12-14") + &load(1) + &load(2);
    inventory.write(FIRST, first);
    inventory.write(SECOND, day(20, "2028-01-18", "2028-02-01") + &load(3));
    inventory
}

/// AEAT has confirmed another serial for PRE: that is told where the record quotes it.
fn misquoted(inventory: &Inventory) {
    let text = std::fs::read_to_string(inventory.path(RECORD)).unwrap();
    let other = "  pre: { date: 2026-10-08, serial: \"01\", evidence: [{ ticket: ST-23019 }] }";
    let lines = text.lines().map(|line| if line.starts_with("  pre:") { other } else { line });
    inventory.write(RECORD, lines.map(|line| format!("{line}\n")).collect::<String>());
}

/// What a rule finds, each with its file and those whom it names beside it.
fn told(inventory: &Inventory, rule: &str) -> Vec<(String, String, Vec<String>)> {
    let check = ["check", "--as-of", TODAY, "--format", "json", "--rule", rule];
    let output = inventory.segell(&check);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &serde_json::Value| {
        let file = word(&finding["location"]["file"]).replace("inventory/", "");
        let related = finding["related"].as_array().unwrap().iter();
        let related = related.map(|item| {
            let place = &item["location"];
            let file = word(&place["file"]).replace("inventory/", "");
            format!("{} {file}:{}", word(&item["message"]), place["line"])
        });
        (word(&finding["severity"]), file, related.collect())
    };
    let found = report["findings"].as_array().unwrap().iter();
    let is_shared =
        |finding: &&serde_json::Value| finding["subject"]["certificate"] == "generalitat/2026";
    found.filter(is_shared).map(one).collect()
}

#[test]
fn a_shared_seal_that_is_misquoted_names_all_that_load_it() {
    let inventory = departments();
    assert_eq!(told(&inventory, "confirmed-in-writing"), []);
    misquoted(&inventory);
    let all = [
        format!("it concerns `d1` {FIRST}:7"),
        format!("it concerns `d2` {FIRST}:9"),
        format!("it concerns `d3` {SECOND}:7"),
    ];
    let one = ("error".to_owned(), RECORD.to_owned(), all.to_vec());
    assert_eq!(told(&inventory, "confirmed-in-writing"), [one]);
}

#[test]
fn a_shared_seal_without_a_key_s_place_is_told_at_the_first_load() {
    let inventory = departments();
    assert_eq!(told(&inventory, "key-located"), []);
    let key = "key: \"pkcs11:token=via-oberta;object=generalitat-2026\"\n";
    inventory.edit(RECORD, key, "");
    let others = vec![
        format!("its record {RECORD}:2"),
        format!("it concerns `d2` {FIRST}:9"),
        format!("it concerns `d3` {SECOND}:7"),
    ];
    let one = ("error".to_owned(), FIRST.to_owned(), others);
    assert_eq!(told(&inventory, "key-located"), [one]);
}

#[test]
fn a_shared_seal_that_is_not_trusted_is_told_at_the_first_load() {
    let inventory = departments();
    inventory.delete("trust/test.pem");
    let others =
        vec![format!("it concerns `d2` {FIRST}:9"), format!("it concerns `d3` {SECOND}:7")];
    let one = ("error".to_owned(), FIRST.to_owned(), others);
    assert_eq!(told(&inventory, "certificate-trusted"), [one]);
}

#[test]
fn a_waiver_of_one_hides_no_other() {
    let inventory = departments();
    inventory.delete("trust/test.pem");
    inventory.write("waivers/d1.yaml", format!("rule: certificate-trusted\nsubject: {FIRST}\nens: d1\nreason: The CA comes tomorrow.\napproved_by: [marta@example.org, joan@example.org]\nevidence: [{{ ticket: ST-24000 }}]\ngranted: 2026-11-20\nexpires: 2027-02-18\n"));
    let waived = ("waived".to_owned(), FIRST.to_owned(), vec![]);
    let others = vec![format!("it concerns `d3` {SECOND}:7")];
    let left = ("error".to_owned(), FIRST.to_owned(), others);
    assert_eq!(told(&inventory, "certificate-trusted"), [left, waived]);
}

#[test]
fn the_status_of_each_says_what_is_missing() {
    let inventory = departments();
    misquoted(&inventory);
    let output = inventory.segell(&[
        "status",
        "--as-of",
        TODAY,
        "--missing",
        "confirmed-in-writing",
        "--lang",
        "en",
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    for ens in ["d1", "d2", "d3"] {
        assert!(text.lines().any(|line| line.split_whitespace().any(|word| word == ens)), "{text}");
    }
}

/// What one department's load was found of already does not excuse another's that a change brings.
#[test]
fn a_change_that_loads_it_for_one_more_answers_for_that_load() {
    let inventory = departments();
    misquoted(&inventory);
    let second = std::fs::read_to_string(inventory.path(SECOND)).unwrap();
    inventory.delete(SECOND);
    inventory.commit("2026-11-20T12:00:00Z");
    inventory.write(SECOND, second);
    let (found, code) = inventory.check_against("HEAD", TODAY);
    let start = |cause: &str| format!("{cause} error confirmed-in-writing {RECORD}:");
    let told = |cause: &str| found.iter().filter(|line| line.starts_with(&start(cause))).count();
    assert_eq!((told("change"), told("existing"), found.len(), code), (1, 1, 2, 1), "{found:?}");
}

/// A seal that is compromised between PRE and PRO is told at the load that is still to come, with its
/// record beside; that it must come out of PRE is another task, and is told of the record.
#[test]
fn a_seal_that_is_compromised_between_pre_and_pro() {
    let found = |batch: &str, holder: &str| {
        let inventory = Inventory::shipped();
        let retired = "retired: { date: 2026-11-22, reason: compromised }\n";
        inventory.append(&format!("certificates/{holder}/2026.yaml"), retired);
        let output = inventory.segell(&["check", "--as-of", TODAY, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let errors = findings.filter(|finding| finding["severity"] == "error");
        let place = |it: &serde_json::Value| {
            let file = it["location"]["file"].as_str().unwrap().replace("inventory/", "");
            (file, it["location"]["pointer"].as_str().unwrap().to_owned())
        };
        let mut places: Vec<_> = Vec::new();
        for error in errors {
            assert_eq!(error["rule"], "certificate-in-force");
            let related = error["related"].as_array().unwrap();
            assert_eq!(related.len(), 1);
            places.push((place(error), place(&related[0])));
        }
        let of = |file: &str, pointer: &str| (file.to_owned(), pointer.to_owned());
        let record = format!("certificates/{holder}/2026.yaml");
        let load = (of(batch, "/loads/0/certificate"), of(&record, "/retired"));
        let now = (of(&record, "/retired"), of(batch, "/loads/0/pre/loaded"));
        (places, load, now)
    };
    let (places, load, now) = found(IN_PRE, "institut-b");
    assert_eq!(places, [load, now]);
    let (places, load, _) = found(crate::support::inventory::PLANNED, "consorci-c");
    assert_eq!(places, [load], "it is loaded nowhere");
}
