//! For each rule, a copy of the shipped inventory broken in that one way: the rule answers, at the
//! right place, and no other does.

use std::fs;

use crate::support::authority::{
    Authority, Custodian, Extension, KeyKind, POLICIES, Seal, der, utf8,
};
use crate::support::inventory::{FINISHED, IN_PRE, Inventory, PLANNED, TODAY};

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

/// The shipped inventory in which Consorci C's seal is this one, and all that segell then finds
/// besides.
#[track_caller]
fn sealed(seal: Seal, expected: &[&str]) {
    let inventory = Inventory::shipped();
    inventory.with_certificate("consorci-c/2026", &[CODE_C], seal, &authority());
    assert_eq!(inventory.news(), expected);
}

/// A seal for Consorci C, in force from 2026-10-08 to 2029-10-08.
fn seal() -> Seal {
    Seal::of(NIF_C, "Consorci C").from("2026-10-08")
}

fn authority() -> Authority {
    Authority::new("EC-Proves")
}

/// The shipped inventory in which Institut B is in PRO since 2026-11-17, with that record of it.
fn in_pro(record: &str) -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-17");
    inventory.append(IN_PRE, &format!("    pro:\n      loaded: 2026-11-17\n{record}"));
    inventory
}

const INFORMED: &str =
    "      informed: { date: 2026-11-17, to: [siad], evidence: [{ ticket: ST-23250 }] }\n";

const CODE_C: &str = "9699969056";
const NIF_C: &str = "Q9900003F";
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

/// Whatever else is wrong with the record.
#[test]
fn no_private_key_and_no_pin() {
    let file = "certificates/consorci-c/2026.yaml";
    let key = "\"pkcs11:token=via-oberta;object=consorci-c-2026";
    let told = format!("error no-private-key {file}:4:6");
    for pin in ["?pin-value=1234", "?PIN-Source=file:/tmp/pin", "?pin\\x2dvalue=1234"] {
        let inventory = Inventory::shipped();
        inventory.edit(file, key, &format!("{key}{pin}"));
        assert!(inventory.news().contains(&told), "{pin}: {:?}", inventory.news());
        inventory.edit(file, "organ_codes:", "organ_code:");
        assert!(inventory.news().contains(&told), "{pin}: {:?}", inventory.news());
    }
    let inventory = Inventory::shipped();
    inventory.edit(file, key, "\"pkcs11:object=x?pin-value=1\" x");
    let told = format!("error no-private-key {file}:4:23");
    assert!(inventory.news().contains(&told), "its YAML is broken: {:?}", inventory.news());
    broken(file, key, &format!("{key}?module-name=pin-source"), &[]);
}

#[test]
fn key_located() {
    let file = "certificates/consorci-c/2026.yaml";
    let place = "pkcs11:token=via-oberta;object=consorci-c-2026";
    let line = format!("key: \"{place}\"\n");
    let told = [format!("error key-located {PLANNED}:8:18")];
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    broken(file, &line, "", &told);
    broken(file, &line, &format!("key: {{ pre: \"{place}\" }}\n"), &told);
    broken(file, &line, &format!("key: {{ pre: \"{place}\", pro: \"alias:c\" }}\n"), &[]);
    // Without a load it is still to be done.
    let inventory = Inventory::shipped();
    inventory.edit(file, &line, "").delete(PLANNED);
    assert!(inventory.news().contains(&format!("pending key-located {file}:2:1")));
}

#[test]
fn valid_identifier_of_a_key_s_place() {
    let file = "certificates/consorci-c/2026.yaml";
    let place = "pkcs11:token=via-oberta;object=consorci-c-2026";
    let told = format!("error valid-identifier {file}:4:6");
    for wrong in [
        "pkcs11:",
        "the token in the safe",
        "pkcs11:TOKEN=via-oberta;object=c",
        "pkcs11:token=a;token=a;object=c",
        "pkcs11:token=a;object=%ZZ",
        "pkcs11:token=a;object=c;type=cert",
        "pkcs11:token=a%20;object=c",
        "alias:",
        "alias: c",
        "ALIAS:c",
    ] {
        broken(file, place, wrong, &[&told]);
    }
    for right in ["alias:Segell de C", "PKCS11:serial=1;id=%01;type=private?module-name=x"] {
        broken(file, place, right, &[]);
    }
}

#[test]
fn unique_identity_of_a_key_s_place() {
    let (own, other) = ("token=via-oberta;object=institut-b-2026", "consorci-c/2026");
    let file = "certificates/institut-b/2026.yaml";
    for same in [
        "token=via-oberta;object=consorci-c-2026;type=private",
        "token=via-oberta;object=consorci-c-2026?module-name=x",
    ] {
        broken(file, own, same, &[&format!("error unique-identity {file}:4:6")]);
    }
    let inventory = Inventory::shipped();
    inventory.edit(file, own, "token=via-oberta%20;object=consorci-c-2026");
    let told = ["unique-identity", "valid-identifier"].map(|it| format!("error {it} {file}:4:6"));
    assert_eq!(inventory.news(), told);
    let inventory = Inventory::shipped();
    inventory.edit(file, &format!("pkcs11:{own}"), "alias:Segell");
    let file = format!("certificates/{other}.yaml");
    let place = "pkcs11:token=via-oberta;object=consorci-c-2026";
    inventory.edit(&file, place, "alias:segell");
    assert_eq!(inventory.news(), ["error unique-identity certificates/institut-b/2026.yaml:4:6"]);
}

#[test]
fn valid_identifier_in_the_policy() {
    let policy = "policy.yaml";
    broken(policy, "exceptions: []", "exceptions: [\"7996100001\", \"1\"]", &[]);
    for wrong in ["ABC", "01234567890", "7996100001 "] {
        let codes = format!("exceptions: [\"7996100001\", \"{wrong}\"]");
        broken(policy, "exceptions: []", &codes, &["error valid-identifier policy.yaml:8:43"]);
    }
    for wrong in ["laia", "@b", "a@", "a b@c", "a@b@c", "<a@b>", "à@example.org", "a@exàmple.org"]
    {
        let inventory = Inventory::shipped();
        let text = std::fs::read_to_string(inventory.path(policy)).unwrap();
        let email = text.split("email: ").nth(1).unwrap().split([',', '\n']).next().unwrap();
        inventory.edit_first(policy, email, &format!("\"{wrong}\""));
        let news = inventory.news();
        let told =
            news.iter().filter(|line| line.starts_with("error valid-identifier policy.yaml"));
        assert_eq!(told.count(), 1, "{wrong}: {news:?}");
    }
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
fn known_reference_elsewhere() {
    broken(
        PLANNED,
        "certificate: consorci-c/2026",
        "certificate: consorci-c/2027",
        &["error known-reference calendars/transicio-2026/30-consorci-c.yaml:8:18"],
    );
    broken(
        "baseline.yaml",
        "{ ens: dept-cultura,",
        "{ ens: dept-culture,",
        &["error known-reference baseline.yaml:6:12"],
    );
}

#[test]
fn unique_identity_of_certificates_and_keys() {
    let inventory = Inventory::shipped();
    for suffix in ["pem", "yaml"] {
        let record =
            std::fs::read(inventory.path(&format!("certificates/consorci-c/2026.{suffix}")));
        inventory.write(&format!("certificates/consorci-c/again.{suffix}"), record.unwrap());
    }
    assert_eq!(inventory.news(), ["error unique-identity certificates/consorci-c/again.yaml:2:9"]);
    let own = "token=via-oberta;object=institut-b-2026";
    for other in [
        "token=via-oberta;object=consorci-c-2026",
        "object=consorci-c-2026;token=via-oberta",
        "token=via-oberta;object=consorci%2Dc-2026",
    ] {
        let told = ["error unique-identity certificates/institut-b/2026.yaml:4:6"];
        broken("certificates/institut-b/2026.yaml", own, other, &told);
    }
}

#[test]
fn unique_identity() {
    let inventory = Inventory::shipped();
    inventory.edit(A, "dir3: A09990001", "dir3: A09990002");
    inventory.edit(B, "nif: Q9900002H", "nif: Q9900002H\ndir3: A09990002");
    assert_eq!(inventory.news(), ["error unique-identity ens/institut-b.yaml:6:7"]);
    // Departments share a NIF with each other, and with nobody else.
    broken(
        A,
        "nif: Q9900001J",
        "nif: S9900001J",
        &["error unique-identity ens/dept-cultura.yaml:5:6"],
    );
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
    broken(
        "ens/dept-cultura.yaml",
        "nif: S9900001J",
        "nif: S9900001K",
        &["error valid-identifier ens/dept-cultura.yaml:5:6"],
    );
}

/// A slip of the pen is told once, where it was made, and not by all that compares with it.
#[test]
fn valid_identifier_speaks_alone() {
    broken(
        C,
        "block: new\norgan_code: \"9699969056\"",
        "block: new\norgan_code: \"9699969057\"",
        &["error valid-identifier ens/consorci-c.yaml:4:13"],
    );
    broken(
        C,
        "    organ_code: \"9699969056\"",
        "    organ_code: \"9699969057\"",
        &["error valid-identifier ens/consorci-c.yaml:8:17"],
    );
    broken(
        "certificates/consorci-c/2026.yaml",
        "organ_codes: [\"9699969056\"]",
        "organ_codes: [\"9699969057\"]",
        &["error valid-identifier certificates/consorci-c/2026.yaml:3:15"],
    );
    broken(C, "Q9900003F", "Q9900003G", &["error valid-identifier ens/consorci-c.yaml:5:6"]);
    broken(
        C,
        "block: new\norgan_code: \"9699969056\"",
        "block: new\norgan_code: \"801930008\"",
        &["error valid-identifier ens/consorci-c.yaml:4:13"],
    );
}

#[test]
fn valid_identifier_tells_the_same_code_once() {
    let inventory = Inventory::shipped();
    for file in [C, "certificates/consorci-c/2026.yaml"] {
        let text = std::fs::read_to_string(inventory.path(file)).unwrap();
        inventory.write(file, text.replace(CODE_C, "9699969057"));
    }
    assert_eq!(inventory.news(), ["error valid-identifier ens/consorci-c.yaml:4:13"]);
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
fn dates_in_order_of_a_freeze() {
    let ends = |day: &str, expected: &[&str]| {
        broken(
            "policy.yaml",
            "from: 2027-12-23, to: 2028-01-07",
            &format!("from: 2027-12-23, to: {day}"),
            expected,
        );
    };
    ends("2027-12-23", &[]);
    ends("2027-12-22", &["error dates-in-order policy.yaml:14:31"]);
}

#[test]
fn dates_in_order_of_checks_and_waivers() {
    let checks =
        "  - { date: 2026-11-05, by: [aoc], result: works, evidence: [{ ticket: ST-23151 }] }\n";
    let earlier = checks.replace("2026-11-05", "2026-11-04");
    let twice = format!("{checks}{earlier}");
    let place = "calendars/transicio-2026/10-agencia-a.yaml";
    broken(FINISHED, checks, &twice, &[&format!("error dates-in-order {place}:23:13")]);
    broken(FINISHED, checks, &format!("{earlier}{checks}"), &[]);
    let corrected = |day: &str| {
        let inventory = Inventory::shipped();
        inventory.edit(FINISHED, "corrected: 2026-10-22", &format!("corrected: {day}"));
        inventory.news()
    };
    assert_eq!(corrected("2026-10-21"), [""; 0]);
    assert_eq!(corrected("2026-10-20"), [format!("error dates-in-order {place}:13:78")]);
    assert_eq!(corrected("2026-11-24"), [format!("error dates-in-order {place}:13:78")]);
    let granted = "granted: 2026-11-24\nexpires: 2026-12-24\n";
    added(
        "waivers/query.yaml",
        &waiver(granted),
        &["error dates-in-order waivers/query.yaml:6:10"],
    );
}

#[test]
fn dates_in_order_on_the_same_day() {
    broken(
        C,
        "requested: 2026-09-10, granted: 2026-10-02",
        "requested: 2026-10-02, granted: 2026-10-02",
        &[],
    );
    let held = |term: &str| {
        let inventory = Inventory::shipped();
        let hold = "hold: { since: 2026-11-20, by: siad, reason: A doubt, evidence: [{ ticket: ST-23270 }]";
        inventory.append(PLANNED, &format!("{hold}{term} }}\n"));
        inventory.news().into_iter().filter(|line| line.contains("dates-in-order")).collect()
    };
    let told = ["error dates-in-order calendars/transicio-2026/30-consorci-c.yaml:9:96"];
    let quiet: Vec<String> = held("");
    assert_eq!(quiet, [""; 0]);
    assert_eq!(held(", ended: 2026-11-20"), [""; 0]);
    assert_eq!(held(", ended: 2026-11-19"), told);
    let restored = |day: &str| {
        let inventory = Inventory::shipped();
        let withdrawn =
            "withdrawn: { date: 2026-11-23, reason: Wrong key, evidence: [{ ticket: ST-23260 }]";
        inventory.append(IN_PRE, &format!("    {withdrawn}, restored: {{ pre: {day} }} }}\n"));
        said(&inventory.news(), "dates-in-order")
    };
    assert!(restored("2026-11-22") && !restored("2026-11-23") && restored("2026-11-24"));
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
    let told = ["error day-order calendars/transicio-2026/30-consorci-c.yaml:5:6"];
    broken(PLANNED, "pro: 2028-02-01", "pro: 2028-01-18", &told);
    broken(PLANNED, "pro: 2028-02-01", "pro: 2028-01-17", &told);
    broken(PLANNED, "pro: 2028-02-01", "pro: 2028-01-19", &[]);
}

const WITHDRAWN: &str =
    "    withdrawn: { date: 2026-11-20, reason: Wrong key, evidence: [{ ticket: ST-23260 }] }\n";

/// The shipped inventory with a second load in a batch, and what one rule then says.
fn with_another_load(batch: &str, ens: &str, certificate: &str) -> Inventory {
    let inventory = Inventory::shipped();
    inventory.append(batch, &format!("  - ens: {ens}\n    certificate: {certificate}\n"));
    inventory
}

fn about(inventory: &Inventory, rule: &str) -> Vec<String> {
    inventory.news().into_iter().filter(|line| line.contains(&format!(" {rule} "))).collect()
}

#[test]
fn day_order_of_days_that_are_withdrawn() {
    let too_late = |inventory: &Inventory| {
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2028-01-18");
        about(inventory, "day-order")
    };
    let told = ["error day-order calendars/transicio-2026/30-consorci-c.yaml:4:6"];
    let inventory = with_another_load(IN_PRE, "dept-cultura", "generalitat/2025");
    inventory.append(IN_PRE, WITHDRAWN);
    assert_eq!(too_late(&inventory), told, "one load is left");
    let inventory = Inventory::shipped();
    inventory.append(IN_PRE, WITHDRAWN);
    assert_eq!(too_late(&inventory), [""; 0]);
    let inventory = Inventory::shipped();
    let (before, _) = split_at(IN_PRE, &inventory, "loads:");
    inventory.write(IN_PRE, before + "loads: []\n");
    assert_eq!(too_late(&inventory), told, "a day without loads is still to be filled");
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
fn certificate_delivered_on_the_day_of_the_load() {
    let (file, date) = ("certificates/institut-b/2026.yaml", "ST-22976, date: 2026-10-05");
    broken(file, date, "ST-22976, date: 2026-11-10", &[]);
    broken(
        file,
        date,
        "ST-22976, date: 2026-11-11",
        &["error certificate-delivered certificates/institut-b/2026.yaml:5:38"],
    );
}

#[test]
fn certificate_delivered_after_its_load() {
    let (file, date) = ("certificates/institut-b/2026.yaml", "ST-22976, date: 2026-10-05");
    let told = ["error certificate-delivered certificates/institut-b/2026.yaml:5:38"];
    broken(file, date, "ST-22976, date: 2026-11-23", &told);
    let to_come = ["error dates-in-order certificates/institut-b/2026.yaml:5:38"];
    broken(file, date, "ST-22976, date: 2026-11-24", &to_come);
}

#[test]
fn block_fits_nif_of_consuming_bodies_and_departments() {
    let generalitat = ("generalitat: { nif: S9900001J }", "generalitat: { nif: Q9900002H }");
    broken(
        "policy.yaml",
        generalitat.0,
        generalitat.1,
        &["warning block-fits-nif ens/institut-b.yaml:5:6"],
    );
    broken(
        C,
        "block: new",
        "block: departments",
        &["error block-fits-nif ens/consorci-c.yaml:5:6"],
    );
}

#[test]
fn block_fits_nif_compares_with_no_slip_of_the_pen() {
    let slips = |file: &str| {
        let inventory = with_another_load(PLANNED, "dept-cultura", "generalitat/2025");
        inventory.edit(file, "nif: S9900001J", "nif: S9900001K");
        assert!(said(&inventory.news(), "valid-identifier"));
        about(&inventory, "block-fits-nif")
    };
    assert_eq!(slips("policy.yaml"), [""; 0]);
    assert_eq!(slips("ens/dept-cultura.yaml"), [""; 0]);
}

#[cfg(unix)]
#[test]
fn expected_file_is_plain() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let inventory = Inventory::shipped();
    symlink("consorci-c.yaml", inventory.path("ens/link.yaml")).unwrap();
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(inventory.path(A), executable).unwrap();
    assert_eq!(
        inventory.news(),
        ["error expected-file ens/agencia-a.yaml:1:1", "error expected-file ens/link.yaml:1:1",]
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
fn agreement_authorises_load() {
    broken(
        C,
        "authorises_load: [pre, pro]",
        "authorises_load: [pre]",
        &["error agreement-authorises-load ens/consorci-c.yaml:11:51"],
    );
    broken(C, "block: new", "block: consuming", &[]);
}

#[test]
fn agreement_followed() {
    broken(C, "signed: 2026-08-03, ", "", &["error agreement-followed ens/consorci-c.yaml:11:14"]);
    broken(C, "signed: 2026-08-03", "signed: 2026-11-23", &[]);
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2026-11-20");
    inventory.edit(C, "signed: 2026-08-03", "signed: 2026-11-23");
    assert!(!said(&inventory.news(), "agreement-followed"), "L(pre) is today: it waits");
}

#[test]
fn previous_batch_finished() {
    broken(
        PLANNED,
        "stage: planned",
        "stage: pre",
        &["error previous-batch-finished calendars/transicio-2026/30-consorci-c.yaml:3:8"],
    );
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    let withdrawn = "    withdrawn: { date: 2026-11-20, reason: Wrong key, evidence: [{ ticket: ST-23260 }] }\n";
    inventory.append(IN_PRE, withdrawn);
    assert!(!said(&inventory.news(), "previous-batch-finished"));
}

#[test]
fn departments_still_consuming() {
    let checks = "departments:\n  - { date: 2026-11-05, by: [aoc], result: works, evidence: [{ ticket: ST-23151 }] }\n";
    let expected =
        ["error departments-still-consuming calendars/transicio-2026/20-institut-b.yaml:3:8"];
    broken(FINISHED, checks, "", &expected);
    broken(
        FINISHED,
        "2026-11-05, by: [aoc], result: works",
        "2026-11-05, by: [aoc], result: fails",
        &expected,
    );
    broken(FINISHED, "date: 2026-11-05", "date: 2026-11-02", &expected);
    broken(FINISHED, "date: 2026-11-05", "date: 2026-11-03", &[]);
}

/// A day that is withdrawn before it began hides nothing from the days after it.
#[test]
fn departments_still_consuming_before_any_later_day() {
    let inventory = Inventory::shipped();
    inventory.edit(
        FINISHED,
        "result: works, evidence: [{ ticket: ST-23151",
        "result: fails, evidence: [{ ticket: ST-23151",
    );
    let (before, _) = split_at(IN_PRE, &inventory, "    pre:");
    let withdrawn = "    withdrawn: { date: 2026-11-20, reason: Wrong key, evidence: [{ ticket: ST-23260 }] }\n";
    inventory.write(IN_PRE, before.replace("stage: pre", "stage: planned") + withdrawn);
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    let expected =
        "error departments-still-consuming calendars/transicio-2026/30-consorci-c.yaml:3:8";
    assert!(inventory.news().contains(&expected.to_owned()), "{:?}", inventory.news());
}

#[test]
fn one_open_load() {
    let inventory = Inventory::shipped();
    let again = "  - ens: institut-b\n    certificate: institut-b/2026\n";
    inventory.append(PLANNED, again);
    assert_eq!(
        inventory.news(),
        [
            "error one-open-load calendars/transicio-2026/30-consorci-c.yaml:9:10",
            "pending pre-verified-before-pro calendars/transicio-2026/30-consorci-c.yaml:9:5",
        ]
    );
    let withdrawn = "    withdrawn: { date: 2026-11-20, reason: Wrong key, evidence: [{ ticket: ST-23260 }] }\n";
    inventory.append(IN_PRE, withdrawn);
    assert!(!said(&inventory.news(), "one-open-load"));
}

#[test]
fn one_open_load_whatever_the_certificate() {
    let told = ["error one-open-load calendars/transicio-2026/30-consorci-c.yaml:9:10"];
    let another = with_another_load(PLANNED, "institut-b", "consorci-c/2026");
    assert_eq!(about(&another, "one-open-load"), told);
    // Agència A's load is finished: another certificate may follow, the same one may not.
    let another = with_another_load(PLANNED, "agencia-a", "consorci-c/2026");
    assert_eq!(about(&another, "one-open-load"), [""; 0]);
    let same = with_another_load(PLANNED, "agencia-a", "agencia-a/2026");
    assert_eq!(about(&same, "one-open-load"), told);
    same.append(PLANNED, WITHDRAWN);
    assert_eq!(about(&same, "one-open-load"), [""; 0]);
}

#[test]
fn rules_of_a_batch_look_at_the_loads_that_are_left() {
    // One load of two is in PRE: the other still waits for that day.
    let inventory = with_another_load(IN_PRE, "dept-cultura", "generalitat/2025");
    inventory.edit(IN_PRE, "pre: 2026-11-10", "pre: 2026-11-08");
    let told = ["error working-day calendars/transicio-2026/20-institut-b.yaml:4:6"];
    assert_eq!(about(&inventory, "working-day"), told);
    inventory.append(IN_PRE, WITHDRAWN);
    assert_eq!(about(&inventory, "working-day"), [""; 0]);
    // One load of two is withdrawn: the other still follows the day before.
    let inventory = with_another_load(PLANNED, "dept-cultura", "generalitat/2025");
    inventory.append(PLANNED, WITHDRAWN).edit(PLANNED, "stage: planned", "stage: pre");
    let told = ["error previous-batch-finished calendars/transicio-2026/30-consorci-c.yaml:3:8"];
    assert_eq!(about(&inventory, "previous-batch-finished"), told);
}

#[test]
fn certificate_for_every_authorised_ens() {
    let inventory = Inventory::shipped();
    inventory.write(
        "ens/fundacio-d.yaml",
        "name: Fundació D\nblock: consuming\norgan_code: \"7\"\nnif: Q9900004D\n",
    );
    assert_eq!(inventory.news(), [""; 0], "without an authorisation there is nothing to seal");
    let permission =
        "{ requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }";
    inventory.append(
        "ens/fundacio-d.yaml",
        &format!("authorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"7\", pre: {permission}, pro: {permission} }}\n"),
    );
    let expected = ["pending certificate-for-every-authorised-ens ens/fundacio-d.yaml:3:13"];
    assert_eq!(inventory.news(), expected);
    let seal = || Seal::of("Q9900004D", "Fundació D");
    let last_day = seal().valid("2025-11-20", TODAY);
    inventory.with_certificate("fundacio-d/2025", &["7"], last_day, &authority());
    assert!(!said(&inventory.news(), "certificate-for-every-authorised-ens"));
    assert!(said(&inventory.check_on("2026-11-24"), "certificate-for-every-authorised-ens"));
}

#[test]
fn organ_codes_match() {
    broken(
        "certificates/consorci-c/2026.yaml",
        "organ_codes: [\"9699969056\"]",
        "organ_codes: [\"7\"]",
        &["error organ-codes-match calendars/transicio-2026/30-consorci-c.yaml:8:18"],
    );
    broken(
        C,
        "    organ_code: \"9699969056\"",
        "    organ_code: \"7\"",
        &["error organ-codes-match ens/consorci-c.yaml:8:17"],
    );
}

#[test]
fn certificate_matches_ens() {
    let expected =
        ["error certificate-matches-ens calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    sealed(Seal::of("Q9900004D", "Fundació D").from("2026-10-08"), &expected);
    let nameless = |seal: Seal| {
        seal.tweak(|parts| {
            parts.subject.retain(|(oid, ..)| oid != "2.5.4.97" && oid != "2.5.4.5");
            parts.alternative_name.retain(|(oid, ..)| !oid.ends_with(".3"));
        })
    };
    sealed(nameless(seal()), &expected);
    let only_in_san = seal().tweak(|parts| {
        parts.subject.retain(|(oid, ..)| oid != "2.5.4.97" && oid != "2.5.4.5");
    });
    sealed(only_in_san, &[]);
    let other_in_san = seal().tweak(|parts| {
        parts.alternative_name.retain(|(oid, ..)| !oid.ends_with(".3"));
        parts.alternative_name.push(utf8("2.16.724.1.3.5.2.2.3", "Q9900004D"));
    });
    sealed(other_in_san, &expected);
    for oid in ["2.5.4.97", "2.5.4.5"] {
        let another = seal().tweak(|parts| parts.subject.push(utf8(oid, "VATES-Q9900004D")));
        sealed(another, &expected);
    }
}

#[test]
fn certificate_is_individual() {
    broken(
        "certificates/consorci-c/2026.yaml",
        "organ_codes: [\"9699969056\"]",
        "organ_codes: [\"9699969056\", \"7\"]",
        &["error certificate-is-individual calendars/transicio-2026/30-consorci-c.yaml:8:18"],
    );
}

/// All RSA keys of the tests' authority are one.
#[test]
fn certificate_is_individual_down_to_its_key() {
    let (inventory, authority) = (Inventory::shipped(), authority());
    let own = seal().key(KeyKind::Rsa3072);
    inventory.with_certificate("consorci-c/2026", &[CODE_C], own, &authority);
    assert_eq!(inventory.news(), [""; 0]);
    let same_key = Seal::of("Q9900002H", "Institut B").from("2026-10-01").key(KeyKind::Rsa3072);
    inventory.with_certificate("institut-b/2026", &["9699969043"], same_key, &authority);
    assert_eq!(
        inventory.news(),
        [
            "error certificate-is-individual calendars/transicio-2026/20-institut-b.yaml:8:18",
            "error certificate-is-individual calendars/transicio-2026/30-consorci-c.yaml:8:18",
        ]
    );
}

/// A load by mistake, once withdrawn, leaves no trace.
#[test]
fn certificate_is_individual_again_once_what_another_had_is_replaced() {
    let inventory = Inventory::shipped();
    // Agència A had the seal of Consorci C for a week, before it got its own.
    let finished = std::fs::read_to_string(inventory.path(FINISHED)).unwrap();
    let mistaken = finished
        .replace("agencia-a/2026", "consorci-c/2026")
        .replace("day: 10", "day: 5")
        .replace("2026-10-2", "2026-10-1")
        .replace("2026-11-0", "2026-10-1");
    inventory.write("calendars/transicio-2026/05-mistaken.yaml", mistaken);
    assert!(!said(&inventory.news(), "certificate-is-individual"), "{:?}", inventory.news());
    // While it has it, it is a user.
    inventory.edit(FINISHED, "      loaded: 2026-11-03", "      loaded: 2026-10-01");
    assert!(said(&inventory.news(), "certificate-is-individual"), "{:?}", inventory.news());
}

#[test]
fn certificate_is_individual_again_once_another_load_is_withdrawn() {
    let inventory = Inventory::shipped();
    inventory.append(PLANNED, "  - ens: agencia-a\n    certificate: consorci-c/2026\n");
    assert!(said(&inventory.news(), "certificate-is-individual"));
    let withdrawn = "    withdrawn: { date: 2026-11-20, reason: Wrong ens, evidence: [{ ticket: ST-23260 }] }\n";
    inventory.append(PLANNED, withdrawn);
    assert_eq!(inventory.news(), [""; 0]);
}

#[test]
fn certificate_is_a_seal() {
    let expected = ["error certificate-is-a-seal calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    sealed(seal().policies(&["1.3.6.1.4.1.99999.1"]), &expected);
    sealed(seal().tweak(|parts| parts.remove(POLICIES)), &expected);
    sealed(seal().qc_type(Some("0.4.0.1862.1.6.1")), &expected);
    sealed(seal().key_usage(&[1]), &expected);
    sealed(seal().ca(true), &expected);
    sealed(seal().common_name("www.example.org"), &expected);
    sealed(seal().policies(&[crate::support::authority::HIGH]), &[]);
}

#[test]
fn certificate_strong_enough() {
    let expected =
        ["error certificate-strong-enough calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    sealed(seal().key(KeyKind::Rsa2048), &expected);
    sealed(seal().valid("2026-10-08T08:00:00Z", "2031-10-10T08:00:00Z"), &expected);
    sealed(seal().valid("2026-10-08T08:00:00Z", "2031-10-09T08:00:00Z"), &[]);
}

/// RSA 2048 may be used through 2026-12-31: 30 days after 2026-12-01.
#[test]
fn certificate_strong_enough_by_a_table_that_begins_later() {
    let inventory = Inventory::shipped();
    inventory.edit("policy.yaml", "from: 2017-01-01", "from: 2026-11-11");
    let told = ["error certificate-strong-enough calendars/transicio-2026/20-institut-b.yaml:8:18"];
    assert_eq!(about(&inventory, "certificate-strong-enough"), told);
}

#[test]
fn certificate_is_a_seal_by_what_it_may_sign() {
    let place = "error certificate-is-a-seal calendars/transicio-2026/30-consorci-c.yaml:8:18";
    sealed(seal().tweak(|parts| parts.remove("2.5.29.15")), &[place]);
    sealed(seal().qc_type(None), &[place]);
    sealed(seal().common_name("Another"), &[place]);
    let another = "[Another, Serveis Administracio Electronica]";
    broken("policy.yaml", "[Serveis Administracio Electronica]", another, &[]);
}

#[test]
fn certificate_strong_enough_until_its_days_are_left() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
    let seal = Seal::of("Q9900002H", "Institut B").from("2026-10-01").key(KeyKind::Rsa2048);
    inventory.with_certificate("institut-b/2026", &["9699969043"], seal, &authority());
    let loaded = "warning certificate-strong-enough certificates/institut-b/2026.yaml:2:9";
    assert_eq!(inventory.news(), [loaded]);
    inventory.edit(IN_PRE, "pro: 2026-12-01", "pro: 2026-12-02");
    let late = "error certificate-strong-enough calendars/transicio-2026/20-institut-b.yaml:8:18";
    assert_eq!(inventory.news(), [late, loaded]);
}

#[test]
fn certificate_trusted() {
    let inventory = Inventory::shipped();
    inventory.with_certificate("consorci-c/2026", &[CODE_C], seal(), &authority());
    assert_eq!(inventory.news(), [""; 0]);
    inventory.delete("trust/test.pem");
    let expected = ["error certificate-trusted calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    assert_eq!(inventory.news(), expected);
    inventory.write("trust/test.pem", authority().pem());
    assert_eq!(inventory.news(), expected, "another authority of the same name");
}

#[test]
fn certificate_not_revoked() {
    let (inventory, authority) = (Inventory::shipped(), authority());
    let issued = inventory.with_certificate("consorci-c/2026", &[CODE_C], seal(), &authority);
    let list = |revoked: &[&[u8]], next| authority.crl(revoked, "2026-11-01", next);
    inventory.write("trust/test.crl", list(&[&[0x7f, 0x01]], "2026-11-23"));
    assert_eq!(inventory.news(), [""; 0]);
    inventory.write("trust/test.crl", list(&[&[0x7f, 0x01]], "2026-11-22"));
    assert_eq!(inventory.news(), ["warning certificate-not-revoked trust/test.crl:1:1"]);
    inventory.write("trust/test.crl", list(&[&issued.serial], "2026-12-01"));
    assert_eq!(
        inventory.news(),
        ["error certificate-not-revoked calendars/transicio-2026/30-consorci-c.yaml:8:18"]
    );
}

/// Where the issuer's lists are for others, nothing is known.
#[test]
fn certificate_not_revoked_by_a_list_for_others() {
    let (inventory, authority) = (Inventory::shipped(), authority());
    let point = |uri: &str| {
        let name = der::element(0x86, uri.as_bytes());
        der::sequence(&[der::context(0, &der::context(0, &name))])
    };
    let named = point("http://crl.example.org/1.crl");
    let seal = seal().tweak({
        let points = der::sequence(std::slice::from_ref(&named));
        move |parts| {
            parts.remove("2.5.29.31");
            parts.extensions.push(Extension::new("2.5.29.31", points));
        }
    });
    let issued = inventory.with_certificate("consorci-c/2026", &[CODE_C], seal, &authority);
    let list = |file: &str, point: &[u8], revoked: &[&[u8]]| {
        let point = Extension::critical("2.5.29.28", point.to_vec());
        let list = authority.crl_with(revoked, "2026-11-01", "2026-12-01", &[point]);
        inventory.write(file, list);
    };
    let told = |severity: &str| [format!("{severity} certificate-not-revoked {PLANNED}:8:18")];
    list("trust/two.crl", &point("http://crl.example.org/2.crl"), &[&issued.serial]);
    assert_eq!(inventory.news(), told("warning"));
    list("trust/one.crl", &named, &[]);
    assert_eq!(inventory.news(), [""; 0]);
    list("trust/one.crl", &named, &[&issued.serial]);
    assert_eq!(inventory.news(), told("error"));
    inventory.delete("trust/two.crl");
    list("trust/one.crl", &der::sequence(&[der::element(0x82, &[0xff])]), &[&issued.serial]);
    assert_eq!(inventory.news(), told("warning"), "for authorities alone");
}

/// The list of an issuer that has changed its key since speaks for what the old key signed.
#[test]
fn certificate_not_revoked_by_an_issuer_of_the_same_name() {
    let (inventory, renewed) = (Inventory::shipped(), authority());
    let issued = inventory.with_certificate("consorci-c/2026", &[CODE_C], seal(), &authority());
    inventory.write("trust/renewed.pem", renewed.pem());
    inventory.write("trust/test.crl", renewed.crl(&[&issued.serial], "2026-11-01", "2026-12-01"));
    assert_eq!(
        inventory.news(),
        ["error certificate-not-revoked calendars/transicio-2026/30-consorci-c.yaml:8:18"]
    );
    inventory.delete("trust/renewed.pem");
    assert_eq!(inventory.news(), ["error certificate-not-revoked trust/test.crl:1:1"]);
}

#[test]
fn certificate_not_revoked_while_it_is_loaded() {
    let (inventory, authority) = (Inventory::shipped(), authority());
    let seal = Seal::of("Q9900001J", "Agència A").from("2026-09-25");
    let issued = inventory.with_certificate("agencia-a/2026", &["9699969038"], seal, &authority);
    assert_eq!(inventory.news(), [""; 0]);
    inventory.write("trust/test.crl", authority.crl(&[&issued.serial], "2026-11-01", "2026-12-01"));
    assert_eq!(
        inventory.news(),
        ["error certificate-not-revoked certificates/agencia-a/2026.yaml:2:9"]
    );
}

#[test]
fn certificate_in_force() {
    let expected = ["error certificate-in-force calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    // The load in PRO is on 2028-02-01, and 30 days must be left.
    sealed(seal().valid("2026-10-08", "2028-03-02"), &[]);
    sealed(seal().valid("2026-10-08", "2028-03-01"), &expected);
    broken(
        "certificates/consorci-c/2026.yaml",
        "confirmations:",
        "retired: { date: 2026-11-20, reason: compromised }\nconfirmations:",
        &[
            "error certificate-in-force calendars/transicio-2026/30-consorci-c.yaml:8:18",
            "pending certificate-for-every-authorised-ens ens/consorci-c.yaml:4:13",
        ],
    );
}

#[test]
fn a_loaded_seal_is_in_force_until_the_day_its_key_is_compromised() {
    let retired = |day: &str, reason: &str| {
        let inventory = Inventory::shipped();
        let retired = format!("retired: {{ date: {day}, reason: {reason} }}\nconfirmations:");
        inventory.edit("certificates/agencia-a/2026.yaml", "confirmations:", &retired);
        about(&inventory, "certificate-in-force")
    };
    assert_eq!(retired("2026-11-23", "superseded"), [""; 0]);
    assert_eq!(retired("2026-11-24", "compromised"), [""; 0]);
    assert_eq!(
        retired("2026-11-23", "compromised"),
        ["error certificate-in-force certificates/agencia-a/2026.yaml:6:12"]
    );
}

#[test]
fn certificate_in_force_from_the_day_of_its_load_to_that_of_its_retirement() {
    let told = ["error certificate-in-force calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    let inventory = Inventory::shipped();
    let valid_from = |day: &str| {
        let seal = seal().valid(day, "2030-01-01");
        inventory.with_certificate("consorci-c/2026", &[CODE_C], seal, &authority());
        about(&inventory, "certificate-in-force")
    };
    assert_eq!(valid_from("2028-01-18"), [""; 0]);
    assert_eq!(valid_from("2028-01-19"), told);
    let retired = |day: &str| {
        let inventory = Inventory::shipped();
        let retired = format!("retired: {{ date: {day}, reason: superseded }}\nconfirmations:");
        inventory.edit("certificates/consorci-c/2026.yaml", "confirmations:", &retired);
        about(&inventory, "certificate-in-force")
    };
    assert_eq!(retired("2028-02-02"), [""; 0]);
    assert_eq!(retired("2028-02-01"), told);
}

#[test]
fn certificate_in_force_while_it_is_loaded() {
    let (inventory, authority) = (Inventory::shipped(), authority());
    let of_a = |last_day: &str| {
        let seal = Seal::of("Q9900001J", "Agència A").valid("2026-09-25", last_day);
        inventory.with_certificate("agencia-a/2026", &["9699969038"], seal, &authority);
        inventory.news_on("2027-06-01")
    };
    // The policy warns 60 days before.
    assert_eq!(of_a("2027-08-01"), [""; 0]);
    let warned = ["warning certificate-in-force certificates/agencia-a/2026.yaml:2:9"];
    assert_eq!(of_a("2027-07-31"), warned);
    assert_eq!(of_a("2027-06-01"), warned);
    assert_eq!(
        of_a("2027-05-31"),
        [
            "error certificate-in-force certificates/agencia-a/2026.yaml:2:9",
            "pending certificate-for-every-authorised-ens ens/agencia-a.yaml:4:13",
        ]
    );
}

#[test]
fn certificate_is_latest() {
    let inventory = Inventory::shipped();
    let later = || Seal::of(NIF_C, "Consorci C").from("2026-11-02");
    inventory.with_certificate("consorci-c/2026b", &[CODE_C], later(), &authority());
    let expected = ["error certificate-is-latest calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    assert_eq!(inventory.news(), expected);
    let (later, after) = ("certificates/consorci-c/2026b.yaml", "confirmations:");
    let retired =
        |reason: &str| format!("retired: {{ date: 2026-11-20, reason: {reason} }}\n{after}");
    inventory.edit(later, after, &retired("compromised"));
    assert_eq!(inventory.news(), [""; 0]);
    inventory.edit(later, "reason: compromised", "reason: superseded");
    assert_eq!(inventory.news(), expected, "by what?");
    inventory.edit(later, "reason: superseded", "reason: ceased");
    assert_eq!(inventory.news(), expected, "its ens is there");
    inventory.edit(later, "date: 2026-11-20", "date: 2026-11-24");
    assert_eq!(inventory.news(), expected, "retired tomorrow");
    let same_instant = Seal::of(NIF_C, "Consorci C").from("2026-10-08T08:00:00Z");
    inventory.with_certificate("consorci-c/2026b", &[CODE_C], same_instant, &authority());
    assert!(!said(&inventory.news(), "certificate-is-latest"));
}

#[test]
fn confirmed_in_writing() {
    let record = "certificates/consorci-c/2026.yaml";
    let place = "calendars/transicio-2026/30-consorci-c.yaml:8:18";
    let missing = Inventory::shipped();
    missing.with_certificate("consorci-c/2026", &[CODE_C], seal(), &authority());
    missing.edit(record, "  pro: { date", "# pro: { date");
    assert_eq!(missing.news(), [format!("error confirmed-in-writing {place}")]);
    broken(
        record,
        "pro: { date: 2026-11-03, sha256: \"5b5c2c88",
        "pro: { date: 2026-11-03, sha256: \"5b5c2c89",
        &["error confirmed-in-writing certificates/consorci-c/2026.yaml:8:36"],
    );
    broken(
        record,
        "serial: \"76 90",
        "serial: \"77 90",
        &["error confirmed-in-writing certificates/consorci-c/2026.yaml:7:36"],
    );
    broken(
        record,
        "evidence: [{ ticket: ST-23020 }]",
        "evidence: [{ csv: ABCD012345678916 }]",
        &["error confirmed-in-writing certificates/consorci-c/2026.yaml:8:10"],
    );
}

#[test]
fn scheduled_after_confirmation() {
    let confirmed = |day: &str| {
        let inventory = Inventory::shipped();
        let record = "certificates/institut-b/2026.yaml";
        inventory.edit(record, "pre: { date: 2026-10-19", &format!("pre: {{ date: {day}"));
        inventory.news()
    };
    assert_eq!(confirmed("2026-11-10"), [""; 0]);
    assert_eq!(
        confirmed("2026-11-11"),
        ["error scheduled-after-confirmation calendars/transicio-2026/20-institut-b.yaml:10:15"]
    );
}

#[test]
fn authorisation_in_place() {
    let file = "ens/consorci-c.yaml";
    broken(
        C,
        "granted: 2026-10-05, ",
        "",
        &["pending authorisation-in-place ens/consorci-c.yaml:10:12"],
    );
    broken(
        C,
        "granted: 2026-10-05",
        "denied: 2026-10-05",
        &["pending authorisation-in-place ens/consorci-c.yaml:7:3"],
    );
    broken(
        C,
        "requested: 2026-09-10, granted: 2026-10-05, ",
        "",
        &["error authorisation-in-place ens/consorci-c.yaml:7:5"],
    );
    let inventory = Inventory::shipped();
    inventory.edit(file, "granted: 2026-10-02, ", "");
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    assert!(
        inventory
            .news()
            .contains(&"error authorisation-in-place ens/consorci-c.yaml:9:12".to_owned())
    );
}

#[test]
fn not_on_hold() {
    let hold = "hold: { since: 2026-11-20, by: siad, reason: A doubt, evidence: [{ ticket: ST-23270 }] }\n";
    let ended = hold.replace("A doubt,", "A doubt, ended: 2026-11-23,");
    let held = |file: &str, hold: &str| {
        let inventory = Inventory::shipped();
        inventory.append(file, hold);
        inventory.news()
    };
    assert_eq!(
        held(PLANNED, hold),
        ["pending not-on-hold calendars/transicio-2026/30-consorci-c.yaml:9:9"]
    );
    assert_eq!(held(PLANNED, &ended), [""; 0]);
    // What is loaded already does not make the hold an error.
    assert_eq!(
        held(IN_PRE, hold),
        ["pending not-on-hold calendars/transicio-2026/20-institut-b.yaml:14:9"]
    );
    // What is loaded on a day after its first does, whether it has ended or not, before its last.
    let loaded = "error not-on-hold calendars/transicio-2026/20-institut-b.yaml:10:15";
    let runs = "pending not-on-hold calendars/transicio-2026/20-institut-b.yaml:14:9";
    let since = |day: &str| held(IN_PRE, &hold.replace("2026-11-20", day));
    assert_eq!(since("2026-11-10"), [runs]);
    assert_eq!(since("2026-11-09"), [loaded, runs]);
    let ended = |day: &str| {
        let ended = format!("2026-11-09, ended: {day}");
        held(IN_PRE, &hold.replace("2026-11-20", &ended))
    };
    assert_eq!(ended("2026-11-11"), [loaded]);
    assert_eq!(ended("2026-11-10"), [""; 0]);
    // Whether the load is open or not; of several holds each counts.
    let list = "hold:\n  - { since: 2026-11-02, by: siad, reason: A doubt, ended: 2026-11-05 }\n  - { since: 2026-11-20, by: aoc, reason: Another }\n";
    let found = held(FINISHED, &list.replace("2026-11-05", "2026-11-19"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("error not-on-hold "), "{found:?}");
    assert_eq!(held(IN_PRE, list), [runs.replace("14:9", "15:3")]);
}

/// Two files that differ in case alone are one on many disks.
#[test]
fn names_alike_but_for_case() {
    let inventory = Inventory::shipped();
    inventory.write("evidence/Letter.txt", "One.\n").write("evidence/letter.txt", "Another.\n");
    assert_eq!(inventory.news(), ["error expected-file evidence/Letter.txt:1:1"]);
    inventory.delete("evidence/letter.txt");
    assert_eq!(inventory.news(), [""; 0]);
    inventory.write("evidence/LETTER.txt", "Another.\n");
    assert_eq!(inventory.news(), ["error expected-file evidence/Letter.txt:1:1"]);
}

/// What a body that ceases still has, and what stands under a seal that was retired with it.
#[test]
fn taken_out() {
    let ceases = |end: &str, day: &str| {
        let inventory = Inventory::shipped();
        inventory.append(
            A,
            &format!("ceased: {{ date: 2026-11-23, evidence: [{{ ticket: ST-24000 }}]{end} }}\n"),
        );
        inventory.check_on(day)
    };
    let of = |severity: &str, found: Vec<String>| {
        found.iter().filter(|line| line.starts_with(&format!("{severity} taken-out "))).count()
    };
    let found = ceases("", "2026-11-23");
    let line = "pending taken-out ens/agencia-a.yaml:16:11".to_owned();
    assert!(found.contains(&line), "{found:?}");
    assert_eq!(of("pending", ceases("", "2026-11-23")), 2);
    assert_eq!(of("warning", ceases("", "2026-11-24")), 2);
    let one = ", removed: { pre: 2026-11-23 }";
    assert_eq!(of("warning", ceases(one, "2026-11-24")), 1);
    let both = ", removed: { pre: 2026-11-23, pro: 2026-11-24 }";
    assert_eq!(of("warning", ceases(both, "2026-11-24")), 0);
    let retired = |reason: &str| {
        let inventory = Inventory::shipped();
        inventory.append(
            "certificates/agencia-a/2026.yaml",
            &format!("retired: {{ date: 2026-11-22, reason: {reason} }}\n"),
        );
        inventory.check_on(TODAY)
    };
    assert_eq!(of("warning", retired("ceased")), 2);
    assert_eq!(of("warning", retired("superseded")), 0);
    // Of a compromised one `certificate-in-force` speaks.
    let compromised = retired("compromised");
    let in_force = "error certificate-in-force certificates/agencia-a/2026.yaml:";
    assert!(compromised.iter().any(|line| line.starts_with(in_force)), "{compromised:?}");
    assert_eq!(of("warning", compromised), 0);
}

/// A compromised seal is told whether its ens has ceased or not, until it is taken out; its expiry no
/// more.
#[test]
fn what_a_ceased_ens_still_has() {
    let inventory = Inventory::shipped();
    inventory.append(A, "ceased: { date: 2026-11-20, evidence: [{ ticket: ST-24000 }] }\n");
    let in_force = |inventory: &Inventory, day: &str| {
        let found = inventory.check_on(day);
        found
            .iter()
            .filter(|line| line.contains("certificate-in-force certificates/agencia-a"))
            .count()
    };
    assert_eq!(in_force(&inventory, "2035-01-01"), 0);
    let retired = "retired: { date: 2026-11-22, reason: compromised }\n";
    inventory.append("certificates/agencia-a/2026.yaml", retired);
    assert_eq!(in_force(&inventory, TODAY), 1);
    let out = "compromised, removed: { pre: 2026-11-22, pro: 2026-11-22 }";
    inventory.edit("certificates/agencia-a/2026.yaml", "compromised", out);
    assert_eq!(in_force(&inventory, TODAY), 0);
}

#[test]
fn not_ceased() {
    let ceasing = |day: &str| {
        let inventory = Inventory::shipped();
        let ceased = format!("ceased: {{ date: {day}, evidence: [{{ ticket: ST-24000 }}] }}\n");
        inventory.append(C, &ceased);
        inventory.news()
    };
    assert_eq!(ceasing("2028-02-02"), [""; 0]);
    assert_eq!(
        ceasing("2028-02-01"),
        ["error not-ceased calendars/transicio-2026/30-consorci-c.yaml:7:10"]
    );
}

#[test]
fn working_day_of_holidays_and_freezes() {
    let expected = ["error working-day calendars/transicio-2026/20-institut-b.yaml:5:6"];
    for rest in ["2026-12-08", "2026-12-23", "2027-01-07", "2026-12-12"] {
        broken(IN_PRE, "pro: 2028-01-11", &format!("pro: {rest}"), &expected);
    }
    for work in ["2026-12-22", "2027-01-08"] {
        broken(IN_PRE, "pro: 2028-01-11", &format!("pro: {work}"), &[]);
    }
}

#[test]
fn load_on_its_day() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-23");
    assert_eq!(inventory.news(), [""; 0]);
    inventory.edit(IN_PRE, "pro: 2026-11-23", "pro: 2026-11-20");
    let missed = ["warning load-on-its-day calendars/transicio-2026/20-institut-b.yaml:7:5"];
    assert_eq!(inventory.news(), missed);
    broken(
        IN_PRE,
        "loaded: 2026-11-10",
        "loaded: 2026-11-14",
        &[
            "error dates-in-order calendars/transicio-2026/20-institut-b.yaml:12:19",
            "warning load-on-its-day calendars/transicio-2026/20-institut-b.yaml:10:15",
        ],
    );
}

#[test]
fn pre_permission_first() {
    let inventory = Inventory::shipped();
    let (before, unloaded) = split_at(IN_PRE, &inventory, "    pre:\n      loaded");
    assert!(unloaded.contains("checks"));
    inventory.write(IN_PRE, before);
    inventory.edit(IN_PRE, "pre: 2026-11-10", "pre: 2026-11-24");
    inventory.edit(B, "    pre: { requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }\n", "");
    let found = inventory.news();
    let expected = "error pre-permission-first calendars/transicio-2026/30-consorci-c.yaml:7:10";
    assert!(found.contains(&expected.to_owned()), "{found:?}");
    inventory.edit(
        B,
        "    pro: { requested",
        "    pre: { requested: 2026-11-20 }\n    pro: { requested",
    );
    assert!(!said(&inventory.news(), "pre-permission-first"));
}

#[test]
fn pre_verified_before_pro() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    assert_eq!(inventory.news(), [""; 0]);
    inventory.edit(IN_PRE, "by: [aoc], result: works", "by: [siad], result: works");
    assert_eq!(
        inventory.news(),
        ["error pre-verified-before-pro calendars/transicio-2026/20-institut-b.yaml:12:9"]
    );
}

/// A failure counts whoever saw it; what AOC sees on the day of the load in PRO comes too late.
#[test]
fn pre_verified_before_pro_by_the_last_check_before_it() {
    let later = |check: &str| {
        let inventory = Inventory::shipped();
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-23");
        inventory.edit(IN_PRE, "by: [aoc], result: works, services", check);
        inventory.news().into_iter().filter(|line| line.contains("pre-verified")).collect()
    };
    let quiet: Vec<String> = later("by: [aoc], result: works, services");
    assert_eq!(quiet, [""; 0]);
    let told = ["error pre-verified-before-pro calendars/transicio-2026/20-institut-b.yaml:12:9"];
    let then = |date: &str, by: &str, result: &str| {
        let evidence = "evidence: [{ ticket: ST-23201 }]";
        format!(
            "by: [aoc], result: works, {evidence} }}\n        - {{ date: {date}, by: [{by}], result: {result}, services"
        )
    };
    assert_eq!(later(&then("2026-11-20", "siad", "fails")), told);
    assert_eq!(later(&then("2026-11-23", "aoc", "fails")), told);
    assert_eq!(later(&then("2026-11-20", "siad", "works")), [""; 0]);
    let again = then("2026-11-20", "siad", "fails").replace("services", "x");
    let again = |date: &str| {
        let last = format!(
            "evidence: [] }}\n        - {{ date: {date}, by: [aoc], result: works, services"
        );
        again.replace(", x", &format!(", {last}"))
    };
    assert_eq!(later(&again("2026-11-22")), [""; 0]);
    assert_eq!(later(&again("2026-11-23")), told);
}

#[test]
fn siad_informed_after_pre() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    inventory.edit(IN_PRE, "informed: { date: 2026-11-11", "informed: { date: 2026-11-10");
    let expected =
        ["error siad-informed-after-pre calendars/transicio-2026/20-institut-b.yaml:13:25"];
    assert_eq!(inventory.news(), expected);
    inventory.edit(IN_PRE, "stage: pro", "stage: pre");
    assert_eq!(inventory.news(), [expected[0].replace("error", "pending")]);
}

#[test]
fn ens_informed_in_pro() {
    let check = "      checks:\n        - { date: 2026-11-18, by: [aoc], result: works, evidence: [{ ticket: ST-23250 }] }\n";
    let seen_by_aoc =
        "pending pro-verified-by-pica-and-aoc calendars/transicio-2026/20-institut-b.yaml";
    assert_eq!(
        in_pro(&format!("{INFORMED}{check}")).news(),
        [
            "pending departments-still-consuming calendars/transicio-2026/20-institut-b.yaml:2:1"
                .to_owned(),
            format!("{seen_by_aoc}:18:9"),
        ]
    );
    let late = INFORMED.replace("2026-11-17", "2026-11-19");
    assert!(in_pro(&format!("{late}{check}")).news().contains(
        &"error ens-informed-in-pro calendars/transicio-2026/20-institut-b.yaml:16:25".to_owned()
    ));
    let in_time = INFORMED.replace("2026-11-17", "2026-11-18");
    assert!(!said(&in_pro(&format!("{in_time}{check}")).news(), "ens-informed-in-pro"));
    assert!(!said(&in_pro(INFORMED).news(), "ens-informed-in-pro"));
    assert!(in_pro(check).news().contains(
        &"error ens-informed-in-pro calendars/transicio-2026/20-institut-b.yaml:15:7".to_owned()
    ));
}

/// A load that works in PRO is not finished before SIAD has been told and it has been seen again.
#[test]
fn ens_informed_in_pro_before_the_load_is_finished() {
    let check = "        - { date: 2026-11-18, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23250 }] }\n";
    let checks = format!("      checks:\n{check}");
    let place = "calendars/transicio-2026/20-institut-b.yaml";
    let departments = format!("pending departments-still-consuming {place}:2:1");
    assert_eq!(
        in_pro(&checks).news(),
        [format!("error ens-informed-in-pro {place}:15:7"), departments.clone()]
    );
    let late = INFORMED.replace("2026-11-17", "2026-11-19");
    let late = format!("{late}{checks}");
    assert_eq!(
        in_pro(&late).news(),
        [format!("error ens-informed-in-pro {place}:16:25"), departments.clone()]
    );
    let seen_again = late + &check.replace("2026-11-18", "2026-11-20");
    assert_eq!(in_pro(&seen_again).news(), [departments]);
}

#[test]
fn pro_verified_by_pica_and_aoc() {
    let verified = |by: &str| {
        let check = format!(
            "      checks:\n        - {{ date: 2026-11-18, by: {by}, result: works, evidence: [{{ ticket: ST-23250 }}] }}\n"
        );
        said(&in_pro(&format!("{INFORMED}{check}")).news(), "pro-verified-by-pica-and-aoc")
    };
    assert!(verified("[aoc]") && verified("[pica]") && !verified("[pica, aoc]"));
    assert!(in_pro(INFORMED).news().contains(
        &"pending pro-verified-by-pica-and-aoc calendars/transicio-2026/20-institut-b.yaml:15:7"
            .to_owned()
    ));
}

#[test]
fn failure_analysed() {
    let check = "{ date: 2026-11-11, by: [aoc], result: works, services: [AEAT_IRPF/C2], evidence: [{ ticket: ST-23200 }] }";
    let failed = |facts: &str, then: &str| {
        let inventory = Inventory::shipped();
        let fails = format!(
            "{{ date: 2026-11-10, by: [aoc], result: fails, evidence: [{{ ticket: ST-23200 }}]{facts} }}\n        - "
        );
        inventory.edit(IN_PRE, check, &(fails + then));
        inventory.news()
    };
    let place = "calendars/transicio-2026/20-institut-b.yaml";
    let whole = ", cause: An alias, discussed_with: [siad], corrected: 2026-11-11";
    assert_eq!(failed(whole, check), [""; 0]);
    for lacking in [
        ", discussed_with: [siad], corrected: 2026-11-11",
        ", cause: An alias, corrected: 2026-11-11",
        ", cause: An alias, discussed_with: [siad]",
    ] {
        assert_eq!(failed(lacking, check), [format!("error failure-analysed {place}:12:13")]);
    }
    let late = whole.replace("2026-11-11", "2026-11-12");
    assert!(failed(&late, check)[0].starts_with(&format!("error failure-analysed {place}:12:")));
}

#[test]
fn failure_analysed_waits_for_the_next_step() {
    let inventory = Inventory::shipped();
    let (before, _) = split_at(IN_PRE, &inventory, "      informed");
    inventory.write(IN_PRE, before.replace("result: works", "result: fails"));
    let found = inventory.news();
    let analysis: Vec<_> = found.iter().filter(|line| line.contains("failure-analysed")).collect();
    assert!(!analysis.is_empty());
    assert!(analysis.iter().all(|line| line.starts_with("pending ")), "{found:?}");
}

/// What SIAD was told before the failure is no next step; what it is told on that day is.
#[test]
fn failure_analysed_once_siad_was_informed() {
    let failed_on = |day: &str| {
        let inventory = Inventory::shipped();
        inventory.edit(
            IN_PRE,
            "date: 2026-11-11, by: [aoc], result: works",
            &format!("date: {day}, by: [aoc], result: fails"),
        );
        let found = inventory.news().into_iter().find(|line| line.contains("failure-analysed"));
        found.unwrap()
    };
    let place = "failure-analysed calendars/transicio-2026/20-institut-b.yaml:12:13";
    assert_eq!(failed_on("2026-11-12"), format!("pending {place}"));
    assert_eq!(failed_on("2026-11-11"), format!("error {place}"));
    assert_eq!(failed_on("2026-11-10"), format!("error {place}"));
}

#[test]
fn failure_analysed_in_pro_waits_for_the_next_check() {
    let fails = "        - { date: 2026-11-18, by: [aoc], result: fails, evidence: [{ ticket: ST-23250 }] }\n";
    let record = format!("{INFORMED}      checks:\n{fails}");
    let severity = |record: &str| {
        let found =
            in_pro(record).news().into_iter().find(|line| line.contains("failure-analysed"));
        found.unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(severity(&record), "pending");
    let works = fails.replace("11-18", "11-19").replace("fails", "works");
    assert_eq!(severity(&format!("{record}{works}")), "error");
}

fn waiver(facts: &str) -> String {
    format!(
        "rule: no-open-query\nsubject: ens/institut-b.yaml\nreason: Known.\n\
         approved_by: [marta@example.org, joan@example.org]\n\
         evidence: [{{ ticket: ST-25000 }}]\n{facts}"
    )
}

#[test]
fn waiver_valid() {
    let file = "waivers/query.yaml";
    let term = "granted: 2026-11-01\nexpires: 2026-11-23\n";
    let inventory = Inventory::shipped();
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    inventory.write(file, waiver(term));
    assert_eq!(inventory.news(), ["waived no-open-query ens/institut-b.yaml:12:5"]);
    assert_eq!(
        inventory.news_on("2026-11-24"),
        [
            "error no-open-query ens/institut-b.yaml:12:5",
            "warning waiver-valid waivers/query.yaml:7:10",
        ]
    );
    added(file, &waiver(term), &["warning waiver-valid waivers/query.yaml:1:1"]);
    let longest = "granted: 2026-11-01\nexpires: 2027-01-30\n";
    added(file, &waiver(longest), &["warning waiver-valid waivers/query.yaml:1:1"]);
    let too_long = "granted: 2026-11-01\nexpires: 2027-01-31\n";
    added(file, &waiver(too_long), &["error waiver-valid waivers/query.yaml:7:10"]);
    let integrity = waiver(longest).replace("no-open-query", "day-order");
    added(file, &integrity, &["error waiver-valid waivers/query.yaml:1:7"]);
    let by_aoc_alone = waiver(longest).replace(", joan@example.org", "");
    added(file, &by_aoc_alone, &["error waiver-valid waivers/query.yaml:4:14"]);
}

#[test]
fn approvers_in_place() {
    broken(
        "policy.yaml",
        "email: laia@example.org",
        "email: JOAN@example.org",
        &["error approvers-in-place policy.yaml:44:12"],
    );
    broken(
        "policy.yaml",
        "AAAAC3NzaC1lZDI1NTE5AAAAILsp1RD6iC0nC0bs6BqyASODvmkf9pi34zbEKhHoLGk4",
        "AAAAC3NzaC1lZDI1NTE5AAAAIGWYGLP7OLZZM8D9B1n4JQQSqOy9Pk3NR81amCPw/8pF",
        &["error approvers-in-place policy.yaml:46:18"],
    );
    broken(
        "policy.yaml",
        "name: Laia Example",
        "name: Laia <Example>",
        &["error approvers-in-place policy.yaml:43:11"],
    );
    broken(
        "policy.yaml",
        "name: Laia Example",
        "name: \"Laia\\tExample\"",
        &["error approvers-in-place policy.yaml:43:11"],
    );
    let inventory = Inventory::shipped();
    let (before, _) = split_at("policy.yaml", &inventory, "  - name: Laia Example");
    inventory.write("policy.yaml", before);
    assert_eq!(inventory.news(), ["warning approvers-in-place policy.yaml:39:5"]);
}

#[test]
fn no_personal_data() {
    let custodian = Custodian {
        nif: "00000000T",
        given_name: "Anna",
        surname: "Example",
        email: "anna@example.org",
    };
    let expected = ["warning no-personal-data certificates/consorci-c/2026.yaml:2:9"];
    sealed(seal().custodian(custodian), &expected);
    let email = seal().tweak(|parts| {
        parts.alternative_name.push(utf8("2.16.724.1.3.5.6.2.9", "anna@example.org"));
    });
    sealed(email, &expected);
    let raised = Inventory::shipped();
    raised.append("policy.yaml", "rules: { no-personal-data: error }\n");
    raised.with_certificate(
        "consorci-c/2026",
        &[CODE_C],
        seal().custodian(custodian),
        &authority(),
    );
    assert_eq!(raised.news(), [expected[0].replace("warning", "error")]);
}

/// The load of another body's seal says so, and nothing of what that seal is not.
#[test]
fn the_seal_of_another_body_is_not_compared_with_the_ens_s_own() {
    broken(
        PLANNED,
        "certificate: consorci-c/2026",
        "certificate: agencia-a/2026",
        &[
            "error certificate-is-individual calendars/transicio-2026/30-consorci-c.yaml:8:18",
            "error certificate-matches-ens calendars/transicio-2026/30-consorci-c.yaml:8:18",
            "error organ-codes-match calendars/transicio-2026/30-consorci-c.yaml:8:18",
        ],
    );
    broken(
        "certificates/consorci-c/2026.yaml",
        "[\"9699969056\"]",
        "[9699969056]",
        &["error matches-schema certificates/consorci-c/2026.yaml:3:15"],
    );
}

/// One may be left out as superseded when a later one stands, which then is the one to be loaded.
#[test]
fn certificate_is_latest_of_those_that_stand() {
    let inventory = Inventory::shipped();
    let authority = authority();
    let add = |label: &str, from: &str| {
        let seal = Seal::of(NIF_C, "Consorci C").from(from);
        inventory.with_certificate(&format!("consorci-c/{label}"), &[CODE_C], seal, &authority);
    };
    let retire = |label: &str| {
        let file = format!("certificates/consorci-c/{label}.yaml");
        let retired = "retired: { date: 2026-11-20, reason: superseded }\nconfirmations:";
        inventory.edit(&file, "confirmations:", retired);
    };
    add("b", "2026-11-02");
    add("c", "2026-11-03");
    retire("b");
    let place = "calendars/transicio-2026/30-consorci-c.yaml";
    inventory.edit(place, "certificate: consorci-c/2026", "certificate: consorci-c/c");
    assert!(!said(&inventory.news(), "certificate-is-latest"));
    retire("c");
    inventory.edit(place, "certificate: consorci-c/c", "certificate: consorci-c/2026");
    assert!(said(&inventory.news(), "certificate-is-latest"), "the last stands for none");
}

/// A load that is made and not yet verified, whose seal was retired since for a newer one.
#[test]
fn certificate_is_latest_after_its_load() {
    let retired = |day: &str, with_later: bool| {
        let inventory = in_pro("");
        if with_later {
            let later = Seal::of("Q9900002H", "Institut B").from("2026-11-16");
            inventory.with_certificate("institut-b/b", &["9699969043"], later, &authority());
        }
        let retired = format!("retired: {{ date: {day}, reason: superseded }}\nconfirmations:");
        inventory.edit("certificates/institut-b/2026.yaml", "confirmations:", &retired);
        about(&inventory, "certificate-is-latest")
    };
    let told = ["error certificate-is-latest calendars/transicio-2026/20-institut-b.yaml:8:18"];
    assert_eq!(retired("2026-11-20", true), told);
    assert_eq!(retired("2026-11-20", false), [""; 0]);
    assert_eq!(retired("2026-11-17", true), [""; 0], "of that `certificate-in-force` speaks");
}

#[test]
fn evidence_intact_and_worth_something() {
    let inventory = Inventory::shipped();
    let document = "evidence/agreements/consorci-c.txt";
    let digest = "e2909e1f3ac6d4415b6e18353b9eeabac307212ac6d5b9fc31752e83ec79f1bf";
    let told = |content: &str| {
        let sha256 = segell::base::digest::Sha256::of(content.as_bytes()).to_string();
        let inventory = Inventory::shipped();
        inventory.write(document, content);
        inventory.edit(C, digest, &sha256);
        inventory.news()
    };
    let hollow = ["error evidence-intact ens/consorci-c.yaml:11:82"];
    assert_eq!(told(""), hollow);
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n");
    assert_eq!(told(&pointer), hollow);
    assert_eq!(told(" "), [""; 0]);
    assert_eq!(told(&pointer.repeat(9)), [""; 0], "a pointer is short");
    inventory.write("evidence/empty.txt", "");
    assert_eq!(inventory.news(), [""; 0], "nothing rests on it");
}

#[test]
fn unique_identity_of_the_baseline() {
    let line = "  - { ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }\n";
    let other = "  - { ens: institut-b, certificate: agencia-a/2026, in: [pro] }\n";
    let told = ["error unique-identity baseline.yaml:9:37"];
    let inventory = Inventory::shipped();
    inventory.edit("baseline.yaml", line, &format!("{line}{other}"));
    assert_eq!(about(&inventory, "unique-identity"), told);
    inventory.edit("baseline.yaml", &format!("{line}{other}"), &format!("{line}{line}"));
    assert_eq!(about(&inventory, "unique-identity"), [""; 0], "the same twice");
    let (pre, pro) = (line.replace(", pro]", "]"), other);
    inventory.edit("baseline.yaml", &format!("{line}{line}"), &format!("{pre}{pro}"));
    assert_eq!(about(&inventory, "unique-identity"), [""; 0], "one in each environment");
}

/// Two seals that were loaded on one day in two calendars: either may be the one that is there.
#[test]
fn a_seal_loaded_on_the_same_day_as_another_may_be_there() {
    let inventory = Inventory::shipped();
    let authority = authority();
    let seal = || Seal::of("Q9900001J", "Agència A").from("2026-09-25");
    let own = inventory.with_certificate("agencia-a/b", &["9699969038"], seal(), &authority);
    let batch = std::fs::read_to_string(inventory.path(FINISHED)).unwrap();
    let batch = batch.replace("certificate: agencia-a/2026", "certificate: agencia-a/b");
    for calendar in ["aa", "zz"] {
        let inventory = Inventory::shipped();
        inventory.with_certificate("agencia-a/b", &["9699969038"], seal(), &authority);
        inventory.write(&format!("calendars/{calendar}/10-agencia-a.yaml"), &batch);
        let file = "certificates/agencia-a/b.yaml";
        assert_eq!(about(&inventory, "certificate-in-force"), [""; 0]);
        let retired = "retired: { date: 2026-11-20, reason: compromised }\nconfirmations:";
        inventory.edit(file, "confirmations:", retired);
        let told = [format!("error certificate-in-force {file}:6:12")];
        assert_eq!(about(&inventory, "certificate-in-force"), told, "{calendar}");
        inventory.edit("certificates/agencia-a/2026.yaml", "confirmations:", retired);
        assert_eq!(about(&inventory, "certificate-in-force").len(), 2, "{calendar}");
        inventory.edit(
            &format!("calendars/{calendar}/10-agencia-a.yaml"),
            "stage: pro",
            "stage: pro # ",
        );
    }
    let list = authority.crl(&[&own.serial], "2026-11-01", "2026-12-01");
    inventory.write("calendars/aa/10-agencia-a.yaml", &batch).write("trust/test.crl", list);
    assert_eq!(about(&inventory, "certificate-not-revoked").len(), 1);
    // The day before is another day: what came after it took its place.
    inventory.write("calendars/aa/10-agencia-a.yaml", batch.replace("2026-11-03", "2026-11-02"));
    let pre = std::fs::read_to_string(inventory.path("calendars/aa/10-agencia-a.yaml")).unwrap();
    let pre = pre.replace("2026-10-20", "2026-10-19");
    inventory.write("calendars/aa/10-agencia-a.yaml", pre);
    assert_eq!(about(&inventory, "certificate-not-revoked"), [""; 0]);
}

#[test]
fn what_is_still_to_come_is_not_recorded() {
    let inventory = Inventory::shipped();
    let told = |place: &str| [format!("error dates-in-order {place}")];
    let denied = |day: &str| format!("granted: 2026-09-21, denied: {day}");
    inventory.edit(B, "granted: 2026-09-21", &denied("2026-11-24"));
    assert_eq!(about(&inventory, "dates-in-order"), told("ens/institut-b.yaml:9:64"));
    assert_eq!(about(&inventory, "authorisation-in-place"), [""; 0]);
    let hold = |facts: &str| {
        let inventory = Inventory::shipped();
        let hold = format!(
            "hold: {{ {facts}, by: siad, reason: Wait, evidence: [{{ ticket: ST-1 }}] }}\n"
        );
        inventory.append(PLANNED, &hold);
        about(&inventory, "dates-in-order")
    };
    assert_eq!(hold("since: 2026-11-23"), [""; 0]);
    assert_eq!(hold("since: 2026-11-24"), told(&format!("{PLANNED}:9:16")));
    assert_eq!(hold("since: 2026-11-20, ended: 2026-11-23"), [""; 0]);
    assert_eq!(hold("since: 2026-11-20, ended: 2026-11-24"), told(&format!("{PLANNED}:9:35")));
    assert_eq!(hold("since: 2026-11-20, ended: 2026-11-19"), told(&format!("{PLANNED}:9:35")));
}

/// A list of holidays that ends: whether a day after it is one, nobody can tell.
#[test]
fn working_day_in_a_year_without_holidays() {
    let inventory = Inventory::shipped();
    let pro = |day: &str| {
        let shipped = std::fs::read_to_string(Inventory::shipped().path(PLANNED)).unwrap();
        inventory.write(PLANNED, shipped.replace("pro: 2028-02-01", &format!("pro: {day}")));
        about(&inventory, "working-day")
    };
    assert_eq!(pro("2028-12-29"), [""; 0]);
    assert_eq!(pro("2029-01-02"), [format!("warning working-day {PLANNED}:5:6")]);
    assert_eq!(pro("2029-01-06"), [format!("error working-day {PLANNED}:5:6")], "a Saturday");
    inventory.edit("policy.yaml", "2028-01-06]", "2028-01-06, 2029-12-25]");
    assert_eq!(pro("2029-01-02"), [""; 0]);
}

/// AEAT's refusal of tomorrow decides nothing about a load of the day after.
#[test]
fn authorisation_in_place_counts_a_refusal_from_its_day() {
    let inventory = Inventory::shipped();
    let denied = |day: &str| {
        inventory.delete(C);
        let shipped = std::fs::read_to_string(Inventory::shipped().path(C)).unwrap();
        let text = shipped.replace("granted: 2026-10-02", &format!("denied: {day}"));
        inventory.write(C, text);
        let news = inventory.news();
        let told: Vec<String> =
            news.into_iter().filter(|it| it.contains("authorisation-in")).collect();
        told
    };
    let waits = "pending authorisation-in-place ens/consorci-c.yaml:9:12";
    assert_eq!(denied("2026-11-24"), [waits], "AEAT has not answered");
    assert_eq!(denied("2026-11-23"), ["pending authorisation-in-place ens/consorci-c.yaml:7:3"]);
}

/// What is found of the whole batch is lifted once all whose loads stand are named.
#[test]
fn a_waiver_of_a_batch_names_all_that_are_in_it() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-15");
    let told = ["error working-day calendars/transicio-2026/30-consorci-c.yaml:4:6"];
    assert_eq!(about(&inventory, "working-day"), told);
    let waive = |ens: &str| {
        let waiver = waiver(TERM).replace("no-open-query", "working-day");
        let waiver = waiver.replace("ens/institut-b.yaml", PLANNED);
        inventory.write("waivers/day.yaml", format!("{waiver}ens: {ens}\n"));
        let news = inventory.news();
        let errors: Vec<String> = news.into_iter().filter(|it| it.starts_with("error ")).collect();
        errors
    };
    assert_eq!(waive("consorci-c"), [""; 0]);
    assert_eq!(waive("[consorci-c]"), [""; 0]);
    assert_eq!(waive("institut-b"), told);
    assert_eq!(waive("[]"), [told[0], "error waiver-valid waivers/day.yaml:1:1"]);
    inventory.append(PLANNED, "  - ens: dept-cultura\n    certificate: generalitat/2025\n");
    assert!(said(&waive("consorci-c"), "working-day"), "it has joined since");
    assert!(!said(&waive("[consorci-c, dept-cultura]"), "working-day"));
    assert_eq!(
        waive("[consorci-c, ens-z]").iter().filter(|it| it.contains("known-reference")).count(),
        1
    );
    let withdrawn =
        "    withdrawn: { date: 2026-11-20, reason: Wrong, evidence: [{ ticket: ST-1 }] }\n";
    inventory.append(PLANNED, withdrawn);
    assert!(!said(&waive("consorci-c"), "working-day"), "what is withdrawn needs no waiver");
}

/// Without a policy nobody knows whether both have approved.
#[test]
fn a_waiver_covers_nothing_without_a_policy() {
    let inventory = Inventory::shipped();
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    inventory.write("waivers/query.yaml", waiver(TERM).replace("marta@example.org, ", ""));
    inventory.delete("policy.yaml");
    assert!(inventory.news().iter().any(|line| line.starts_with("error no-open-query")));
}

#[test]
fn one_open_load_of_an_ens_that_cannot_be_read() {
    let inventory = Inventory::shipped();
    inventory.edit(C, "block: new", "block: news");
    let again = "  - ens: consorci-c\n    certificate: agencia-a/2026\n";
    inventory.append(PLANNED, again);
    assert!(inventory.news().contains(&format!("error one-open-load {PLANNED}:9:10")));
    let inventory = Inventory::shipped();
    inventory.edit("certificates/consorci-c/2026.yaml", "organ_codes:", "organ_code:");
    inventory.append(PLANNED, &again.replace("agencia-a/2026", "consorci-c/2026"));
    assert!(inventory.news().contains(&format!("error one-open-load {PLANNED}:9:10")));
}

/// A body of block `new` hears of its agreement before it has a seal.
#[test]
fn agreement_of_a_body_without_a_seal() {
    let inventory = Inventory::shipped();
    inventory.delete(PLANNED).delete("certificates/consorci-c/2026.yaml");
    inventory.delete("certificates/consorci-c/2026.pem");
    let heard = |inventory: &Inventory| -> Vec<String> {
        inventory.news().into_iter().filter(|line| line.contains("agreement-")).collect()
    };
    assert_eq!(heard(&inventory), [""; 0]);
    inventory.edit(C, "authorises_load: [pre, pro]", "authorises_load: [pre]");
    let told = |rule: &str, place: &str| [format!("pending {rule} ens/consorci-c.yaml:{place}")];
    assert_eq!(heard(&inventory), told("agreement-authorises-load", "11:51"));
    inventory.edit(C, "agreement:", "# agreement:");
    assert_eq!(heard(&inventory), told("agreement-followed", "2:1"));
    inventory.edit(C, "block: new", "block: consuming");
    assert_eq!(heard(&inventory), [""; 0]);
    inventory.edit(C, "block: consuming", "block: new");
    let output = inventory.segell(&["status", "--as-of", TODAY, "--format", "json"]);
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = status["ens"].as_array().unwrap();
    let own = all.iter().find(|ens| ens["ens"] == "consorci-c" || ens["id"] == "consorci-c");
    let actors = own.unwrap()["actors"].as_array().unwrap();
    assert!(actors.iter().any(|actor| actor == "dgtj"), "{actors:?}");
    assert!(actors.iter().all(|actor| actor != "aeat"), "{actors:?}");
}

/// A seal that works in PRO and that AEAT never confirmed: that is still to be recorded.
#[test]
fn confirmed_in_writing_of_a_seal_in_use() {
    let inventory = Inventory::shipped();
    let file = "certificates/agencia-a/2026.yaml";
    inventory.edit(file, "  pro: {", "#  pro: {");
    let told = format!("pending confirmed-in-writing {file}:7:3");
    assert_eq!(inventory.news(), [told]);
    // What was there before segell is the baseline's.
    let inventory = Inventory::shipped();
    inventory.edit("certificates/generalitat/2025.yaml", "  pro: {", "#  pro: {");
    assert!(!said(&inventory.news(), "confirmed-in-writing"));
}

/// What is wrong with an ens is told of its open load, and not again of a seal that comes after.
#[test]
fn a_later_seal_without_a_load_repeats_nothing() {
    let inventory = Inventory::shipped();
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    inventory.edit(B, "granted: 2026-09-23, ", "");
    let later = Seal::of("Q9900002H", "Institut B").from("2026-11-16");
    inventory.with_certificate("institut-b/2026b", &["9699969043"], later, &authority());
    inventory.edit("certificates/institut-b/2026b.yaml", "  pro: {", "#  pro: {");
    assert_eq!(
        inventory.news(),
        [
            "error certificate-is-latest calendars/transicio-2026/20-institut-b.yaml:8:18",
            "error no-open-query ens/institut-b.yaml:12:5",
            "pending confirmed-in-writing certificates/institut-b/2026b.yaml:2:1",
            "pending authorisation-in-place ens/institut-b.yaml:10:12",
        ]
    );
}

/// Institut B's authorisation in PRE, whose batch is loaded there since 2026-11-10, with these
/// facts, and what is then said of it.
fn answered(facts: &str) -> Vec<String> {
    let inventory = Inventory::shipped();
    inventory.edit(B, "requested: 2026-09-02, granted: 2026-09-21", facts);
    about(&inventory, "authorisation-in-place")
}

#[test]
fn authorisation_in_place_by_the_day_of_the_load() {
    let granted = |day: &str| answered(&format!("requested: 2026-09-02, granted: {day}"));
    assert_eq!(granted("2026-11-10"), [""; 0]);
    assert_eq!(granted("2026-11-11"), ["error authorisation-in-place ens/institut-b.yaml:9:12"]);
}

/// What is denied or ended holds from its day on; a later grant takes its place.
#[test]
fn authorisation_in_place_after_a_refusal() {
    let refused = ["error authorisation-in-place ens/institut-b.yaml:7:3"];
    let denied = |denied: &str| {
        answered(&format!("requested: 2026-09-02, granted: 2026-09-21, denied: {denied}"))
    };
    assert_eq!(denied("2026-09-20"), [""; 0]);
    assert_eq!(denied("2026-09-21"), refused, "of two of the same day, the refusal counts");
    assert_eq!(denied("2026-11-10"), refused);
    assert_eq!(denied("2026-11-11"), [""; 0], "it was loaded the day before");
    let ended = |ended: &str| {
        let facts = "requested: 2026-09-02, denied: 2026-09-10, granted: 2026-09-21";
        answered(&format!("{facts}, ended: {ended}"))
    };
    assert_eq!(ended("2026-11-10"), refused);
    assert_eq!(ended("2026-11-11"), [""; 0]);
}

/// One service that is granted is enough; the others are to be answered.
#[test]
fn authorisation_in_place_of_several_services() {
    let with_iae = |facts: &str| {
        let inventory = Inventory::shipped();
        let iae = format!(
            "  - service: AEAT_IAE/AEATIAE\n    organ_code: \"9699969043\"\n    pre: {{ {facts} }}\n    pro: {{ requested: 2026-09-02, denied: 2026-09-23 }}\nqueries:"
        );
        inventory.edit(B, "queries:", &iae);
        inventory
    };
    let said = |inventory: &Inventory| about(inventory, "authorisation-in-place");
    assert_eq!(said(&with_iae("requested: 2026-09-02, denied: 2026-09-21")), [""; 0]);
    assert_eq!(said(&with_iae("requested: 2026-09-02, granted: 2026-09-21")), [""; 0]);
    let unanswered = with_iae("requested: 2026-09-02");
    let waits = "error authorisation-in-place ens/institut-b.yaml:13:12";
    assert_eq!(said(&unanswered), [waits]);
    // Nothing is granted, but something may still be.
    unanswered.edit(B, "granted: 2026-09-21", "denied: 2026-09-21");
    assert_eq!(said(&unanswered), [waits]);
}

/// A precondition for block `new`; for the others once the stage asks for the environment.
#[test]
fn authorisation_in_place_is_requested_in_both_environments() {
    let place = "authorisation-in-place ens/institut-b.yaml:7:5";
    let pre = "    pre: { requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }\n";
    let pro = "    pro: { requested: 2026-09-02, granted: 2026-09-23, evidence: [{ ticket: ST-22985 }] }\n";
    broken(B, pre, "", &[&format!("error {place}")]);
    broken(B, pro, "", &[&format!("pending {place}")]);
    let inventory = Inventory::shipped();
    inventory.edit(B, pro, "").edit(IN_PRE, "stage: pre", "stage: pro");
    assert_eq!(inventory.news(), [format!("error {place}")]);
    let none = Inventory::shipped();
    let (before, after) = split_at(C, &none, "authorisations:");
    let (_, agreement) = after.split_once("agreement:").unwrap();
    none.write(C, format!("{before}agreement:{agreement}"));
    assert_eq!(none.news(), ["error authorisation-in-place ens/consorci-c.yaml:2:1"]);
}

/// Consorci C is in PRE since 2026-11-20, with that agreement.
fn in_pre_with_agreement(from: &str, to: &str) -> Vec<String> {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "stage: planned\npre: 2028-01-18", "stage: pre\npre: 2026-11-20");
    inventory.append(PLANNED, "    pre:\n      loaded: 2026-11-20\n");
    inventory.edit(C, from, to);
    about(&inventory, "agreement-followed")
}

#[test]
fn agreement_followed_by_the_day_of_the_load_in_pre() {
    let signed = |day: &str| in_pre_with_agreement("signed: 2026-08-03", &format!("signed: {day}"));
    let told = ["error agreement-followed ens/consorci-c.yaml:11:22"];
    assert_eq!(signed("2026-11-20"), [""; 0]);
    assert_eq!(signed("2026-11-21"), told);
    assert_eq!(signed(TODAY), told);
    assert_eq!(signed("2026-11-24"), [""; 0], "`dates-in-order` speaks of it");
}

#[test]
fn agreement_followed_with_evidence() {
    let inventory = Inventory::shipped();
    let (before, _) = split_at(C, &inventory, "agreement:");
    inventory.write(
        C,
        format!("{before}agreement: {{ signed: 2026-08-03, authorises_load: [pre, pro] }}\n"),
    );
    assert_eq!(inventory.news(), ["error agreement-followed ens/consorci-c.yaml:11:14"]);
    inventory.write(C, before);
    assert_eq!(inventory.news(), ["error agreement-followed ens/consorci-c.yaml:2:1"]);
}

#[test]
fn agreement_authorises_load_in_pre_too() {
    let told = ["error agreement-authorises-load ens/consorci-c.yaml:11:51"];
    broken(C, "authorises_load: [pre, pro]", "authorises_load: [pro]", &told);
    let inventory = Inventory::shipped();
    inventory.edit(C, "authorises_load: [pre, pro]", "authorises_load: []");
    inventory.edit(C, "block: new", "block: consuming");
    assert_eq!(inventory.news(), [""; 0], "only a body of block `new` needs one");
}

#[test]
fn confirmed_in_writing_by_what_shows_it() {
    let record = "certificates/consorci-c/2026.yaml";
    let told = ["error confirmed-in-writing certificates/consorci-c/2026.yaml:8:10"];
    let shown_by = |evidence: &str, expected: &[&str]| {
        broken(record, "evidence: [{ ticket: ST-23020 }]", evidence, expected);
    };
    let receipt = "{ csv: ABCD012345678916 }";
    shown_by(&format!("evidence: [{receipt}, {{ ticket: ST-23020 }}]"), &[]);
    shown_by(&format!("evidence: [{receipt}, {receipt}]"), &told);
    shown_by("evidence: []", &told);
    let digest = "sha256: \"5b5c2c88b8105c25c464cc98ac033251f3d1ce0495f70d649b15443d90e59a2b\", ";
    let pro = format!("pro: {{ date: 2026-11-03, {digest}");
    broken(record, &pro, "pro: { date: 2026-11-03, ", &told);
}

#[test]
fn scheduled_after_confirmation_and_the_days_that_the_policy_adds() {
    let with_lead = |days: &str| {
        let inventory = Inventory::shipped();
        inventory.edit("policy.yaml", "lead_days: 0", &format!("lead_days: {days}"));
        about(&inventory, "scheduled-after-confirmation")
    };
    // Institut B was confirmed on 2026-10-19 and loaded on 2026-11-10; Consorci C was confirmed on
    // 2026-11-03, and comes on 2028-01-18 and 2028-02-01.
    let loaded =
        "error scheduled-after-confirmation calendars/transicio-2026/20-institut-b.yaml:10:15";
    let planned = "error scheduled-after-confirmation calendars/transicio-2026/30-consorci-c.yaml";
    assert_eq!(with_lead("22"), [""; 0]);
    assert_eq!(with_lead("23"), [loaded]);
    assert!(!with_lead("441").contains(&format!("{planned}:4:6")));
    assert!(with_lead("442").contains(&format!("{planned}:4:6")));
    let inventory = Inventory::shipped();
    let record = "certificates/institut-b/2026.yaml";
    inventory.edit(record, "pre: { date: 2026-10-19", "pre: { date: 2026-11-24");
    let told = ["error dates-in-order certificates/institut-b/2026.yaml:7:16"];
    assert_eq!(inventory.news(), told);
    inventory.edit(record, "pre: { date: 2026-11-24", "pre: { date: 2026-11-23");
    assert_eq!(inventory.news(), [loaded]);
}

#[test]
fn organ_codes_match_one_of_several() {
    let inventory = with_another_load(PLANNED, "dept-cultura", "generalitat/2025");
    assert_eq!(about(&inventory, "organ-codes-match"), [""; 0]);
}

#[test]
fn certificate_is_latest_says_nothing_of_a_retired_one() {
    let inventory = Inventory::shipped();
    let later = Seal::of(NIF_C, "Consorci C").from("2026-11-02");
    inventory.with_certificate("consorci-c/2026b", &[CODE_C], later, &authority());
    let retired = |day: &str| {
        let retired = format!("retired: {{ date: {day}, reason: superseded }}\nconfirmations:");
        let record = "certificates/consorci-c/2026.yaml";
        inventory.edit(record, "confirmations:", &retired);
        let found = about(&inventory, "certificate-is-latest");
        inventory.edit(record, &retired, "confirmations:");
        found
    };
    let told = ["error certificate-is-latest calendars/transicio-2026/30-consorci-c.yaml:8:18"];
    assert_eq!(retired("2026-11-24"), told);
    assert_eq!(retired(TODAY), [""; 0], "`certificate-in-force` says so");
}

#[test]
fn certificate_is_latest_says_nothing_of_another_body_s() {
    let inventory = Inventory::shipped();
    let earlier = Seal::of("Q9900002H", "Institut B").from("2026-10-01");
    inventory.with_certificate("institut-b/2026", &["9699969043"], earlier, &authority());
    inventory.edit(PLANNED, "certificate: consorci-c/2026", "certificate: institut-b/2026");
    assert!(said(&inventory.news(), "organ-codes-match"));
    assert!(!said(&inventory.news(), "certificate-is-latest"));
}

#[test]
fn no_personal_data_of_any_kind() {
    let expected = ["warning no-personal-data certificates/consorci-c/2026.yaml:2:9"];
    for name in ["2.5.4.4", "2.5.4.42"] {
        sealed(seal().tweak(|parts| parts.subject.push(utf8(name, "Example"))), &expected);
    }
    for attribute in [4, 6, 7, 8] {
        let named = seal().tweak(move |parts| {
            let attribute = format!("2.16.724.1.3.5.6.2.{attribute}");
            parts.alternative_name.retain(|(oid, ..)| *oid != attribute);
            parts.alternative_name.push(utf8(&attribute, "Example"));
        });
        sealed(named, &expected);
    }
}

#[test]
fn known_reference_wherever_something_is_named() {
    let (in_pre, finished) = ("20-institut-b", "10-agencia-a");
    let told = |place: &str| format!("error known-reference {place}");
    let ceased =
        "ceased: { date: 2028-06-30, successor: ens-z, evidence: [{ ticket: ST-24000 }] }\n";
    let inventory = Inventory::shipped();
    inventory.append(C, ceased);
    assert_eq!(inventory.news(), [told("ens/consorci-c.yaml:12:40")]);
    let services = "services: [AEAT_IRPF/C2]";
    let unknown = "services: [AEAT_IRPF/C9]";
    let calendar = "calendars/transicio-2026";
    broken(IN_PRE, services, unknown, &[&told(&format!("{calendar}/{in_pre}.yaml:12:68"))]);
    let departments = "date: 2026-11-05, by: [aoc], result: works";
    let asked = format!("{departments}, {unknown}");
    broken(FINISHED, departments, &asked, &[&told(&format!("{calendar}/{finished}.yaml:22:62"))]);
    let seal = (
        "{ ens: dept-cultura, certificate: generalitat/2025",
        "{ ens: dept-cultura, certificate: generalitat/2024",
    );
    broken("baseline.yaml", seal.0, seal.1, &[&told("baseline.yaml:6:39")]);
    let policy = Inventory::shipped();
    policy.append("policy.yaml", "rules: { no-personal-datum: error }\n");
    assert_eq!(policy.news(), [told("policy.yaml:47:29")]);
}

#[test]
fn known_reference_in_a_waiver() {
    let term = "granted: 2026-11-01\nexpires: 2026-11-23\n";
    let file = "waivers/query.yaml";
    let inventory = Inventory::shipped();
    inventory.write(file, waiver(term) + "ens: ens-z\n");
    assert!(
        about(&inventory, "known-reference") == ["error known-reference waivers/query.yaml:8:6"]
    );
    inventory.write(file, waiver(term).replace("joan@", "JOAN@"));
    assert_eq!(about(&inventory, "known-reference"), [""; 0]);
    let stranger = waiver(term).replace("joan@example.org", "joan@example.org, eve@example.org");
    inventory.write(file, stranger);
    assert_eq!(
        about(&inventory, "known-reference"),
        ["error known-reference waivers/query.yaml:4:52"]
    );
}

#[test]
fn unique_identity_of_codes_and_tax_numbers() {
    let told = |line: &str| [format!("error unique-identity ens/institut-b.yaml:{line}")];
    let inventory = Inventory::shipped();
    inventory.edit(
        A,
        "name: Agència A\nblock: consuming\norgan_code: \"9699969038\"",
        "name: Agència A\nblock: consuming\norgan_code: \"9699969043\"",
    );
    assert_eq!(about(&inventory, "unique-identity"), told("4:13"));
    let inventory = Inventory::shipped();
    inventory.edit(A, "nif: Q9900001J", "nif: Q9900002H");
    assert_eq!(about(&inventory, "unique-identity"), told("5:6"));
    inventory.append(A, "ceased: { date: 2026-11-24, evidence: [{ ticket: ST-24000 }] }\n");
    assert_eq!(about(&inventory, "unique-identity"), told("5:6"));
    inventory.edit(A, "ceased: { date: 2026-11-24", "ceased: { date: 2026-11-23");
    assert_eq!(about(&inventory, "unique-identity"), [""; 0], "what has ceased does not count");
}

#[test]
fn valid_identifier_with_the_policy_s_exceptions() {
    let test_body = Inventory::shipped();
    test_body.edit_first("ens/dept-cultura.yaml", "\"9699969022\"", "\"7996100001\"");
    let told = ["error valid-identifier ens/dept-cultura.yaml:4:13"];
    assert_eq!(about(&test_body, "valid-identifier"), told);
    test_body.edit("policy.yaml", "exceptions: []", "exceptions: [\"7996100002\"]");
    assert_eq!(about(&test_body, "valid-identifier"), told);
    test_body.edit("policy.yaml", "7996100002", "7996100001");
    assert_eq!(about(&test_body, "valid-identifier"), [""; 0]);
}

/// Each place that evidence stands in, with a ticket that is none.
/// What a check says in full, a line a finding, of those that speak of this.
fn told_with(inventory: &Inventory, words: &str) -> Vec<String> {
    let output =
        inventory.segell(&["--lang", "en", "check", "--as-of", TODAY, "--format", "github"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let findings = told.lines().filter(|line| line.starts_with("::") && line.contains(words));
    findings.map(str::to_owned).collect()
}

#[test]
fn valid_identifier_of_reviewers() {
    let told = |email: &str| {
        let inventory = Inventory::shipped();
        inventory.edit_first("policy.yaml", "marta@example.org", email);
        told_with(&inventory, "is no e-mail").len()
    };
    assert_eq!(told("marta@example.org"), 0);
    assert_eq!(told("123+marta@users.noreply.example.org"), 0);
    for email in ["josé@example.org", "\"@evil/team\"", "\"!x@y\"", "x", "m\u{430}rta@example.org"]
    {
        assert_eq!(told(email), 1, "{email}");
    }
}

#[test]
fn evidence_intact_with_its_own_bytes() {
    let file = "evidence/aeat/consorci-c-2026-pre.txt";
    let told = |content: &str| {
        let inventory = Inventory::shipped();
        inventory.write(file, content);
        told_with(&inventory, "consorci-c-2026-pre.txt")
    };
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 9\n",
        "0".repeat(64)
    );
    let found = told(&pointer);
    assert!(found.len() == 1 && found[0].contains("is a pointer of Git LFS"), "{found:?}");
    let found = told("");
    assert!(found.len() == 1 && found[0].contains("is empty"), "{found:?}");
    // A document that speaks of pointers is a document.
    let found = told(&(pointer + &"words ".repeat(200)));
    assert!(found.len() == 1 && found[0].contains("is not the document"), "{found:?}");
}

#[test]
fn evidence_intact_wherever_it_stands() {
    let one = |inventory: &Inventory, file: &str, ticket: &str| {
        inventory.edit_first(file, ticket, &ticket.replace('-', ""));
        let found = inventory.news();
        assert_eq!(found.len(), 1, "{file}, {ticket}: {found:?}");
        assert!(found[0].starts_with(&format!("error evidence-intact {file}:")), "{found:?}");
    };
    for (file, ticket) in [
        (A, "ST-22980"),
        (B, "ST-23010"),
        ("certificates/consorci-c/2026.yaml", "ST-22976"),
        ("certificates/consorci-c/2026.yaml", "ST-23020"),
        ("baseline.yaml", "ST-22900"),
        (FINISHED, "ST-23100"),
        (FINISHED, "ST-23100 }] }\n    pro"),
        (FINISHED, "ST-23150"),
        (FINISHED, "ST-23151"),
    ] {
        one(&Inventory::shipped(), file, ticket);
    }
    let agreement = Inventory::shipped();
    let (before, _) = split_at(C, &agreement, "evidence: [{ file: evidence/agreements");
    agreement.write(C, before + "evidence: [{ ticket: ST-1 }] }\n");
    one(&agreement, C, "ST-1 ");
    let ceased = "ceased: { date: 2028-06-30, evidence: [{ ticket: ST-24000 }] }\n";
    let hold = "hold: { since: 2026-11-20, by: siad, reason: A doubt, ended: 2026-11-23, evidence: [{ ticket: ST-23270 }] }\n";
    for (file, text, ticket) in
        [(C, ceased, "ST-24000"), (PLANNED, WITHDRAWN, "ST-23260"), (PLANNED, hold, "ST-23270")]
    {
        let inventory = Inventory::shipped();
        inventory.append(file, text);
        one(&inventory, file, ticket);
    }
    let waived = Inventory::shipped();
    waived.write("waivers/query.yaml", waiver("granted: 2026-11-01\nexpires: 2026-11-23\n"));
    waived.edit("waivers/query.yaml", "ST-25000", "ST25000");
    assert!(about(&waived, "evidence-intact") == ["error evidence-intact waivers/query.yaml:5:22"]);
}

#[test]
fn evidence_intact_in_one_form_each() {
    let shown_by = |evidence: &str| {
        let inventory = Inventory::shipped();
        inventory.edit("baseline.yaml", "{ ticket: ST-22900 }", evidence);
        about(&inventory, "evidence-intact")
    };
    let digest = "dffe4ff7dfdd8c596392f4b112f7ec4696f375dc344d8b5bd13caec7becaf797";
    let document = format!("file: evidence/aeat/consorci-c-2026-pre.txt, sha256: \"{digest}\"");
    assert_eq!(shown_by(&format!("{{ {document} }}")), [""; 0]);
    assert_eq!(shown_by("{ csv: ABCD012345678916 }"), [""; 0]);
    assert_eq!(shown_by("{ csv: ABCD01234567891 }").len(), 1);
    assert_eq!(shown_by(&format!("{{ ticket: ST-1, {document} }}")).len(), 1);
    assert_eq!(shown_by("{ ticket: ST-1, csv: ABCD012345678916 }").len(), 1);
    assert_eq!(shown_by("{ file: evidence/aeat/consorci-c-2026-pre.txt }").len(), 1);
    assert_eq!(shown_by(&format!("{{ ticket: ST-1, sha256: \"{digest}\" }}")).len(), 1);
    assert_eq!(shown_by("{}").len(), 1);
    let outside = document.replace("evidence/", "certificates/");
    assert_eq!(shown_by(&format!("{{ {outside} }}")).len(), 1);
}

/// The shipped inventory with an open query of Institut B, and a waiver for it with that text.
fn waived_with(text: &str) -> Vec<String> {
    let inventory = Inventory::shipped();
    inventory.edit(B, "    answered: 2026-10-21\n", "");
    inventory.write("waivers/query.yaml", text);
    inventory.news()
}

const TERM: &str = "granted: 2026-11-01\nexpires: 2026-11-23\n";
const NOT_WAIVED: &str = "error no-open-query ens/institut-b.yaml:12:5";

#[test]
fn a_waiver_covers_nothing_while_it_is_not_valid() {
    let lacks = |text: &str, place: &str| {
        let fault = format!("error waiver-valid waivers/query.yaml:{place}");
        let mut expected = [NOT_WAIVED.to_owned(), fault];
        expected.sort();
        let mut found = waived_with(text);
        found.sort();
        assert_eq!(found, expected, "{text}");
    };
    for line in ["reason: Known.\n", "evidence: [{ ticket: ST-25000 }]\n"] {
        lacks(&waiver(TERM).replace(line, ""), "1:1");
    }
    lacks(&waiver("granted: 2026-11-01\n"), "1:1");
    lacks(&waiver("expires: 2026-11-23\n"), "1:1");
    lacks(&waiver(TERM).replace("no-open-query", "no-such-rule"), "1:7");
    lacks(&waiver(TERM).replace("no-open-query", "no-new-error"), "1:7");
    lacks(&waiver(TERM).replace("marta@example.org, ", ""), "4:14");
    lacks(&waiver(TERM).replace("marta@example.org", "laia@example.org"), "4:14");
    lacks(&waiver("granted: 2026-11-23\nexpires: 2026-11-22\n"), "7:10");
    lacks(&waiver("granted: 2026-08-24\nexpires: 2026-11-23\n"), "7:10");
}

#[test]
fn a_waiver_covers_from_its_first_day_through_its_last() {
    let waived = ["waived no-open-query ens/institut-b.yaml:12:5"];
    assert_eq!(waived_with(&waiver("granted: 2026-11-23\nexpires: 2026-11-23\n")), waived);
    assert_eq!(waived_with(&waiver("granted: 2026-08-25\nexpires: 2026-11-23\n")), waived);
    assert_eq!(waived_with(&waiver(TERM).replace("joan@", "JOAN@")), waived);
    let not_yet = waived_with(&waiver("granted: 2026-11-24\nexpires: 2026-12-01\n"));
    assert!(not_yet.contains(&NOT_WAIVED.to_owned()), "{not_yet:?}");
}

#[test]
fn a_waiver_covers_its_rule_its_file_and_its_ens_alone() {
    let unused = "warning waiver-valid waivers/query.yaml:1:1".to_owned();
    let covers_nothing = |text: &str| {
        let found = waived_with(text);
        assert!(found.contains(&NOT_WAIVED.to_owned()) && found.contains(&unused), "{found:?}");
    };
    covers_nothing(&waiver(TERM).replace("no-open-query", "not-ceased"));
    covers_nothing(&waiver(TERM).replace("ens/institut-b.yaml", "ens/agencia-a.yaml"));
    covers_nothing(&(waiver(TERM) + "ens: agencia-a\n"));
    let found = waived_with(&(waiver(TERM) + "ens: institut-b\n"));
    assert_eq!(found, ["waived no-open-query ens/institut-b.yaml:12:5"]);
}

/// What is pending needs no exception: nobody is kept from anything.
#[test]
fn a_waiver_does_not_cover_what_is_pending() {
    let inventory = Inventory::shipped();
    inventory.edit(C, "granted: 2026-10-05, ", "");
    let text = waiver(TERM).replace("no-open-query", "authorisation-in-place");
    inventory.write("waivers/query.yaml", text.replace("institut-b", "consorci-c"));
    assert_eq!(
        inventory.news(),
        [
            "warning waiver-valid waivers/query.yaml:1:1",
            "pending authorisation-in-place ens/consorci-c.yaml:10:12",
        ]
    );
}

#[test]
fn a_waiver_for_a_batch_names_an_ens_that_is_in_it() {
    let for_ens = |ens: &str| {
        let inventory = Inventory::shipped();
        inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-15");
        let text = waiver(&format!("{TERM}{ens}")).replace("no-open-query", "working-day");
        inventory.write("waivers/query.yaml", text.replace("ens/institut-b.yaml", PLANNED));
        inventory.news()
    };
    let place = "working-day calendars/transicio-2026/30-consorci-c.yaml:4:6";
    assert_eq!(for_ens("ens: consorci-c\n"), [format!("waived {place}")]);
    let unused = "warning waiver-valid waivers/query.yaml:1:1".to_owned();
    assert_eq!(for_ens("ens: institut-b\n"), [format!("error {place}"), unused.clone()]);
    let found = for_ens("");
    assert_eq!(found, [format!("error {place}"), unused.replace("warning", "error")]);
}

#[test]
fn approvers_in_place_with_keys_that_are_one_s_own() {
    let policy = "policy.yaml";
    let next_key = |of: &str, key: &str| {
        let inventory = Inventory::shipped();
        let own = format!("email: {of}@example.org");
        inventory.edit(policy, &own, &format!("{own}\n    next_key: {key}"));
        about(&inventory, "approvers-in-place")
    };
    let joan = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWYGLP7OLZZM8D9B1n4JQQSqOy9Pk3NR81amCPw/8pF";
    let told = |place: &str| [format!("error approvers-in-place policy.yaml:{place}")];
    assert_eq!(next_key("joan", joan), told("41:15"), "the next key is the present one");
    assert_eq!(next_key("joan", &format!("{joan} joan@laptop")), told("41:15"));
    assert_eq!(next_key("laia", joan), told("45:15"), "another's");
    assert_eq!(next_key("pau", joan), told("43:18"), "one that comes later");
    assert_eq!(next_key("joan", "ssh-ed25519 AAAA"), told("41:15"), "none");
    let nobody = Inventory::shipped();
    nobody.edit_first(policy, "role: siad", "role: aoc").edit_first(
        policy,
        "role: siad",
        "role: aoc",
    );
    assert_eq!(about(&nobody, "approvers-in-place"), told("31:3"));
    broken(
        policy,
        "email: laia@example.org",
        "email: \" laia@example.org\"",
        &["error valid-identifier policy.yaml:44:12"],
    );
}

/// Consorci C, whose load is withdrawn, lacks its agreement.
#[test]
fn an_ens_waits_for_a_load_of_its_latest_seal_until_it_has_ceased() {
    let inventory = Inventory::shipped();
    let (before, _) = split_at(C, &inventory, "agreement:");
    inventory.write(C, &before);
    let told = "agreement-followed ens/consorci-c.yaml:2:1";
    assert_eq!(inventory.news(), [format!("error {told}")]);
    inventory.append(PLANNED, WITHDRAWN);
    assert_eq!(inventory.news(), [format!("pending {told}")]);
    let ceased = |day: &str| {
        let ceased = format!("ceased: {{ date: {day}, evidence: [{{ ticket: ST-24000 }}] }}\n");
        inventory.write(C, before.clone() + &ceased);
        about(&inventory, "agreement-followed")
    };
    assert_eq!(ceased("2026-11-24"), [format!("pending {told}")]);
    assert_eq!(ceased(TODAY), [""; 0]);
}

#[test]
fn an_ens_waits_until_its_seal_is_in_both_environments() {
    let inventory = Inventory::shipped();
    inventory.edit("ens/dept-cultura.yaml", "granted: 2025-11-24, ", "");
    assert_eq!(inventory.news(), [""; 0], "it is history");
    let held = "ens: dept-cultura, certificate: generalitat/2025, in: ";
    for (before, after) in [("[pre, pro]", "[pre]"), ("[pre]", "[pro]")] {
        let (before, after) = (format!("{held}{before}"), format!("{held}{after}"));
        inventory.edit("baseline.yaml", &before, &after);
        let told = ["pending authorisation-in-place ens/dept-cultura.yaml:10:12"];
        assert_eq!(about(&inventory, "authorisation-in-place"), told);
    }
}

#[test]
fn certificate_in_force_while_its_ens_is() {
    let inventory = Inventory::shipped();
    let seal = Seal::of("Q9900001J", "Agència A").valid("2026-09-25", "2027-05-31");
    inventory.with_certificate("agencia-a/2026", &["9699969038"], seal, &authority());
    let ceased =
        |day: &str| format!("ceased: {{ date: {day}, evidence: [{{ ticket: ST-24000 }}] }}\n");
    inventory.append(A, &ceased("2027-06-02"));
    assert!(said(&inventory.news_on("2027-06-01"), "certificate-in-force"));
    inventory.edit(A, &ceased("2027-06-02"), &ceased("2027-06-01"));
    assert!(!said(&inventory.news_on("2027-06-01"), "certificate-in-force"));
}

/// The findings of a rule, as JSON.
fn found_by(inventory: &Inventory, rule: &str) -> Vec<serde_json::Value> {
    let output = inventory.segell(&["check", "--as-of", TODAY, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["rule"] == rule).cloned().collect()
}

#[test]
fn expected_file_tells_once_of_evidence_over_the_limit() {
    let large = |bytes: u64| {
        let inventory = Inventory::shipped();
        let document = inventory.path("evidence/agreements/consorci-c.txt");
        fs::File::create(document).unwrap().set_len(bytes).unwrap();
        inventory.news()
    };
    let limit = 10 << 20;
    let told = ["error expected-file evidence/agreements/consorci-c.txt:1:1"];
    assert_eq!(large(limit + 1), told, "and it is not said to be missing");
    let told = ["error evidence-intact ens/consorci-c.yaml:11:126"];
    assert_eq!(large(limit), told, "it is read, and is another document");
}

#[test]
fn certificate_readable_helps_with_a_list_as_with_a_list() {
    let inventory = Inventory::shipped();
    let help = |content: &[u8]| {
        inventory.write("trust/test.crl", content);
        let found = found_by(&inventory, "certificate-readable");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["location"]["file"], "inventory/trust/test.crl");
        found[0]["help"].as_str().unwrap().to_owned()
    };
    let authority = authority();
    let list = authority.crl(&[], "2026-11-01", "2026-12-01");
    for content in [&b"nothing"[..], b"", &list[..list.len() - 1], authority.pem().as_bytes()] {
        let help = help(content);
        assert!(help.contains("fetch the issuer's list anew"), "{help}");
        assert!(!help.contains("export the certificate"), "{help}");
    }
}

/// What is found of a seal that is loaded says whose it is, and where it is loaded.
#[test]
fn certificate_in_force_names_the_load_and_the_ens() {
    let inventory = Inventory::shipped();
    let retired = "retired: { date: 2026-11-22, reason: compromised }\n";
    inventory.append("certificates/agencia-a/2026.yaml", retired);
    let found = found_by(&inventory, "certificate-in-force");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["subject"]["ens"], "agencia-a");
    let related = found[0]["related"].as_array().unwrap();
    assert_eq!(related.len(), 1, "{related:?}");
    assert_eq!(related[0]["message"], "`agencia-a` has it in `PRE` and `PRO`");
    assert_eq!(related[0]["location"]["file"], format!("inventory/{FINISHED}"));
    assert_eq!(related[0]["location"]["pointer"], "/loads/0/pre/loaded");
}

/// Of a seal that two share each is named, and none is the finding's.
#[test]
fn certificate_in_force_names_all_that_still_have_a_shared_seal() {
    let inventory = Inventory::shipped();
    inventory.write("baseline.yaml", "as_of: 2026-09-01\nevidence: [{ ticket: ST-1 }]\nholds:\n  - { ens: institut-b, certificate: agencia-a/2026, in: [pro] }\n");
    let retired = "retired: { date: 2026-11-22, reason: compromised }\n";
    inventory.append("certificates/agencia-a/2026.yaml", retired);
    let found = found_by(&inventory, "certificate-in-force");
    let now: Vec<_> = found.iter().filter(|it| it["subject"]["batch"].is_null()).collect();
    assert_eq!(now.len(), 1, "{found:?}");
    assert!(now[0]["subject"]["ens"].is_null());
    let related = now[0]["related"].as_array().unwrap();
    let told: Vec<_> = related.iter().map(|it| it["message"].as_str().unwrap()).collect();
    assert_eq!(told, ["`agencia-a` has it in `PRE` and `PRO`", "`institut-b` has it in `PRO`"]);
    assert_eq!(related[1]["location"]["file"], "inventory/baseline.yaml");
    assert_eq!(related[1]["location"]["pointer"], "/holds/0");
}

/// The check of Institut B in PRE with a message, signed by a seal with that SHA-256.
fn proved(signed_by: &str) -> Inventory {
    let inventory = Inventory::shipped();
    let check = "services: [AEAT_IRPF/C2], evidence: [{ ticket: ST-23200 }]";
    let message = format!(
        "{check}, message: {{ request: R-1, sent: \"2026-11-11T09:00:00Z\", code: \"0003\", answer: \"1000\", service: AEAT_IRPF/C2, organ_code: \"9699969043\", signed_by: \"{signed_by}\", sha256: \"{}\" }}",
        "ab".repeat(32)
    );
    inventory.edit(IN_PRE, check, &message);
    inventory
}

/// The other ways to break it: `message_record.rs`, which has keys to sign with.
#[test]
fn check_as_sent_asks_who_signed() {
    let shipped = Inventory::shipped();
    let record = fs::read_to_string(shipped.path("certificates/institut-b/2026.yaml")).unwrap();
    let own = record.lines().find_map(|line| line.strip_prefix("sha256: \"")).unwrap();
    assert_eq!(proved(own.trim_end_matches('"')).news(), [""; 0]);
    let place = "calendars/transicio-2026/20-institut-b.yaml";
    let found = proved(&"cd".repeat(32)).news();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("error check-as-sent {place}:12:")), "{found:?}");
}

#[test]
fn check_proved_asks_from_the_policy_s_day_on() {
    let from = |day: &str| {
        let inventory = Inventory::shipped();
        inventory.append("policy.yaml", &format!("checks: {{ message_from: {day} }}\n"));
        inventory.news()
    };
    let place = "calendars/transicio-2026/20-institut-b.yaml";
    assert_eq!(from("2026-11-11"), [format!("error check-proved {place}:12:13")]);
    assert_eq!(from("2026-11-12"), [""; 0]);
}

/// The checklist is tested as a whole: whoever adds a rule adds its test.
#[test]
fn every_rule_has_an_expectation_here() {
    let tests = include_str!("rules.rs");
    let of_inventories = |rule: &&segell::inventory::finding::Rule| {
        rule.name != "record-kept" && rule.kind != segell::inventory::finding::Kind::Gate
    };
    for rule in segell::checklist::rules::all().filter(of_inventories) {
        assert!(
            ["error", "warning", "pending"]
                .iter()
                .any(|severity| tests.contains(&format!("{severity} {} ", rule.name))),
            "no test expects a finding of `{}`",
            rule.name
        );
    }
}

/// Whether the rule is among what was found.
fn said(found: &[String], rule: &str) -> bool {
    found.iter().any(|line| line.split(' ').nth(1) == Some(rule))
}

/// A file's text before and after the only `mark`, which stays with what comes after.
fn split_at(file: &str, inventory: &Inventory, mark: &str) -> (String, String) {
    let text = std::fs::read_to_string(inventory.path(file)).unwrap();
    let (before, after) = text.split_once(mark).unwrap();
    (before.to_owned(), format!("{mark}{after}"))
}
