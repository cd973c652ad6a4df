//! `segell show`: all that is known of one thing, on one page.

use crate::support::inventory::{IN_PRE, Inventory, PLANNED};

const DAY: &str = "2026-11-23";

fn shown(inventory: &Inventory, what: &str) -> String {
    let output = inventory.segell(&["show", what, "--as-of", DAY]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && error.is_empty(), "{what}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The kinds and ids of the sheets; the document keeps to its schema.
fn sheets(inventory: &Inventory, what: &str) -> Vec<String> {
    let output = inventory.segell(&["show", what, "--as-of", DAY, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{what}: {}", String::from_utf8_lossy(&output.stderr)));
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(root.join("schemas/show.schema.json")).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|it| it.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let sheet = |sheet: &serde_json::Value| {
        format!("{} {}", sheet["kind"].as_str().unwrap(), sheet["id"].as_str().unwrap())
    };
    document["sheets"].as_array().unwrap().iter().map(sheet).collect()
}

#[test]
fn an_ens_on_one_page() {
    assert_eq!(shown(&Inventory::shipped(), "institut-b"), INSTITUT_B);
}

const INSTITUT_B: &str = "\
ens `institut-b`: Institut B
  block: consuming
  organ code: 9699969043
  NIF: Q9900002H
  seals: institut-b/2026

live now
  PRE: `institut-b/2026` of `institut-b`, until 2029-10-01
  PRO: `generalitat/2025` of `institut-b`, until 2028-12-15

history
  2026-09-02  AEAT is asked for PRE: `AEAT_IRPF/C2` (ST-22985)
  2026-09-02  AEAT is asked for PRO: `AEAT_IRPF/C2` (ST-22985)
  2026-09-21  AEAT grants PRE: `AEAT_IRPF/C2` (ST-22985)
  2026-09-23  AEAT grants PRO: `AEAT_IRPF/C2` (ST-22985)
  2026-10-01  SIAD asks: Is the new key already loaded in PRO? (ST-23010)
  2026-10-01  the seal's first day of validity (institut-b/2026)
  2026-10-01  stands in PRE and PRO when segell comes in (generalitat/2025; ST-22900)
  2026-10-05  the seal is delivered (institut-b/2026; ST-22976)
  2026-10-19  AEAT confirms the seal for PRE (institut-b/2026; evidence/aeat/institut-b-2026-pre.txt)
  2026-10-20  AEAT confirms the seal for PRO (institut-b/2026; ST-23020)
  2026-10-21  answered: Loaded on 20 October. (ST-23010)
  2026-11-10  loaded in PRE (institut-b/2026; transicio-2026/20-institut-b)
  2026-11-11  works in PRE, seen by AOC (institut-b/2026; transicio-2026/20-institut-b; ST-23200)
  2026-11-11  SIAD is told of the load in PRE (institut-b/2026; transicio-2026/20-institut-b; ST-23200)

what comes next
  2028-01-11  planned to be loaded in PRO (institut-b/2026; transicio-2026/20-institut-b)
  2029-10-01  the seal's last day of validity (institut-b/2026)

where it stands
  `institut-b`: waits for its load in PRO

who has to act
  AOC

the commands for it
  segell release --batch transicio-2026/20-institut-b --stage pro
";

#[test]
fn whatever_number_a_person_has_at_hand_will_do() {
    let inventory = Inventory::shipped();
    let pem = std::fs::read(inventory.path("certificates/institut-b/2026.pem")).unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(&pem).unwrap();
    let facts = segell::files::x509::Certificate::read(&pem.contents).unwrap();
    let serial = facts.serial.to_string();
    let sha256 = facts.sha256.to_string();
    let (ens, seal) = ("ens institut-b", "certificate institut-b/2026");
    for (asked, found) in [
        ("institut-b", ens),
        ("inventory/ens/institut-b.yaml", ens),
        ("9699969043", ens),
        ("Q9900002H", ens),
        ("q-9900002-h", ens),
        ("VATES-Q9900002H", ens),
        ("institut-b/2026", seal),
        ("certificates/institut-b/2026.pem", seal),
        (&serial, seal),
        (&serial.replace(' ', ":").to_lowercase(), seal),
        (&serial.replace(' ', ""), seal),
        (&sha256, seal),
        (&sha256[..12], seal),
        ("transicio-2026/20-institut-b", "batch transicio-2026/20-institut-b"),
        (IN_PRE, "batch transicio-2026/20-institut-b"),
    ] {
        assert_eq!(sheets(&inventory, asked), [found], "{asked}");
    }
    // The departments share their NIF, and too few digits name nothing.
    let departments = ["ens dept-cultura", "ens dept-interior"];
    assert_eq!(sheets(&inventory, "S9900001J"), departments);
    let refused = inventory.segell(&["show", &sha256[..7]]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_lost_zero_is_found() {
    let inventory = Inventory::shipped();
    inventory.edit(
        "ens/institut-b.yaml",
        "organ_code: \"9699969043\"\nnif",
        "organ_code: \"0801930008\"\nnif",
    );
    assert_eq!(sheets(&inventory, "801930008"), ["ens institut-b"]);
}

#[test]
fn what_nothing_has_is_refused_with_what_may_have_been_meant() {
    let inventory = Inventory::shipped();
    let refused = |what: &str| {
        let output = inventory.segell(&["show", what]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let nothing = "segell: nothing here has the id or the number `zzz`\n";
    assert_eq!(refused("zzz"), nothing);
    let near = refused("consorci");
    assert!(near.contains("there are `consorci-c`, `consorci-c/2026` and"), "{near}");
}

#[test]
fn a_batch_tells_its_holds_and_what_several_ens_have_in_common_once() {
    let inventory = Inventory::shipped();
    inventory.append(
        PLANNED,
        "hold: { since: 2026-11-20, by: siad, reason: \"<b>Wait\", evidence: [{ ticket: ST-7 }] }\n",
    );
    let screen = shown(&inventory, "transicio-2026/30-consorci-c");
    assert!(screen.contains("  2026-11-20  stopped by SIAD: <b>Wait (ST-7)\n"), "{screen}");
    assert!(
        screen.contains("planned to be loaded in PRE (`consorci-c`; consorci-c/2026)\n"),
        "{screen}"
    );
    let screen = shown(&inventory, "generalitat/2025");
    let both = "stands in PRE and PRO when segell comes in (`agencia-a`, `dept-cultura`, `dept-interior` and `institut-b`; ST-22900)\n";
    assert!(screen.contains(both), "{screen}");
}
