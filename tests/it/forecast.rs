//! `segell forecast`: what breaks if nobody acts, on the very day on which `check` says so.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use crate::support::authority::{Authority, Custodian, KeyKind, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use segell::checklist::forecast::Forecast;
use segell::checklist::rules;
use segell::files::repo;
use segell::inventory::finding::{Finding, Severity};
use segell::inventory::load;
use segell::inventory::survey::Survey;

const TODAY: Date = date(2026, 11, 24);

/// Errors and warnings, told apart by all but their words, and how often each is there. That a
/// waiver covers nothing is no break.
fn told<'f>(findings: impl Iterator<Item = &'f Finding>) -> HashMap<String, usize> {
    let mut told = HashMap::new();
    for finding in findings {
        let grave = matches!(finding.severity, Severity::Error | Severity::Warning);
        let words = finding.message.to_string();
        if grave && !words.contains("covers no finding") {
            let key = (finding.rule.name, finding.severity, &finding.subject, &finding.place);
            *told.entry(format!("{key:?}")).or_insert(0) += 1;
        }
    }
    told
}

/// What `check` newly says on each day after today, asked day by day.
fn day_by_day(root: &Path, until: Date) -> BTreeMap<Date, Vec<String>> {
    let inventory = load::load(&repo::working_tree(root).unwrap());
    let found = |day| told(rules::check(&Survey::of(&inventory, day)).findings.iter());
    let (mut day, mut before, mut news) = (TODAY, found(TODAY), BTreeMap::new());
    while day < until {
        day = day.tomorrow().unwrap();
        let now = found(day);
        let mut new: Vec<String> =
            now.keys().filter(|key| !before.contains_key(*key)).cloned().collect();
        new.sort();
        if !new.is_empty() {
            news.insert(day, new);
        }
        before = now;
    }
    news
}

/// What the forecast says of the same days.
fn forecast(root: &Path, until: Date) -> BTreeMap<Date, Vec<String>> {
    let inventory = load::load(&repo::working_tree(root).unwrap());
    let forecast = Forecast::of(&Survey::of(&inventory, TODAY), until);
    let mut breaks: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for item in forecast.breaks {
        let known = breaks.entry(item.day).or_default();
        known.extend(told(std::iter::once(&item.finding)).into_keys());
        known.sort();
        known.dedup();
    }
    breaks
}

#[test]
fn the_shipped_inventory_is_foretold_to_its_end() {
    let inventory = Inventory::shipped();
    let until = date(2030, 1, 1);
    let expected = day_by_day(inventory.root(), until);
    assert_eq!(forecast(inventory.root(), until), expected);
    assert!(expected.len() > 8, "{expected:?}");
}

/// Moves the `n`-th date of all files by so many days.
fn shift_dates(inventory: &Inventory, shifts: &[i64]) {
    let mut files = Vec::new();
    list(&inventory.root().join("inventory"), &mut files);
    files.sort();
    let mut place = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut moved = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("202") {
            let found = rest.get(at..at + 10).and_then(|text| text.parse::<Date>().ok());
            let end = if found.is_some() { at + 10 } else { at + 3 };
            match found {
                Some(day) => {
                    moved += &rest[..at];
                    let shift = shifts[place % shifts.len()];
                    moved += &day.saturating_add(shift.days()).to_string();
                    place += 1;
                }
                None => moved += &rest[..end],
            }
            rest = &rest[end..];
        }
        fs::write(&file, moved + rest).unwrap();
    }
}

fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for item in fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()) {
        if item.is_dir() {
            list(&item, files);
        } else if item.extension().is_some_and(|ending| ending == "yaml") {
            files.push(item);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the dates are, each break is found on its first bad day and not on the day before,
    /// and nothing breaks that was not foretold.
    #[test]
    fn what_the_clock_brings_is_foretold_exactly(
        shifts in prop::collection::vec(-500_i64..500, 1..60),
    ) {
        let inventory = Inventory::shipped();
        inventory.append(PLANNED, "hold: { since: 2026-11-20, by: aoc, reason: Doubts, evidence: [{ ticket: ST-1 }], ended: 2026-12-20 }\n");
        inventory.edit("ens/institut-b.yaml", "queries:", "ceased: { date: 2027-06-30, evidence: [{ ticket: ST-2 }] }\nqueries:");
        inventory.append("certificates/agencia-a/2026.yaml", "retired: { date: 2027-08-10, reason: compromised }\n");
        inventory.write("waivers/late.yaml", WAIVER);
        inventory.edit("policy.yaml", "    - { from: 2027-01-01, rsa: 3000, ec: 256 }", KEYS);
        let authority = Authority::new("EC-Proves");
        person(&inventory, &authority);
        let list = authority.crl(&[], "2026-11-01", "2027-03-01");
        inventory.write("trust/proves.crl", list);
        inventory.append("baseline.yaml", "  - { ens: consorci-c, certificate: agencia-a/2027, in: [pre] }\n");
        shift_dates(&inventory, &shifts);
        let until = date(2028, 2, 1);
        prop_assert_eq!(forecast(inventory.root(), until), day_by_day(inventory.root(), until));
    }
}

/// A seal of Agència A that names a person, which is waived for a while.
fn person(inventory: &Inventory, authority: &Authority) {
    let custodian = Custodian {
        nif: "12345678Z",
        given_name: "Anna",
        surname: "Soler",
        email: "a@example.org",
    };
    let seal = Seal::of("Q9900001J", "Agència A").valid("2027-02-01", "2027-12-31");
    let seal = seal.key(KeyKind::Rsa2048).custodian(custodian);
    inventory.with_certificate("agencia-a/2027", &["9699969038"], seal, authority);
    let waiver = WAIVER.replace("load-on-its-day", "no-personal-data");
    let batch = "calendars/transicio-2026/20-institut-b.yaml\nens: institut-b";
    inventory
        .write("waivers/person.yaml", waiver.replace(batch, "certificates/agencia-a/2027.yaml"));
}

/// Steps of which a key of 2048 bits passes every second one.
const KEYS: &str = "    - { from: 2027-01-01, rsa: 3000, ec: 256 }
    - { from: 2027-05-01, rsa: 2048, ec: 256 }
    - { from: 2027-10-01, rsa: 3000, ec: 384 }";

const WAIVER: &str = "rule: load-on-its-day
subject: calendars/transicio-2026/20-institut-b.yaml
ens: institut-b
reason: The ens asked to wait
approved_by: [marta@example.org, joan@example.org]
evidence: [{ ticket: ST-3 }]
granted: 2026-12-10
expires: 2027-01-20
";

fn screen(inventory: &Inventory, arguments: &[&str]) -> String {
    let mut all = vec!["forecast", "--as-of", "2026-11-24"];
    all.extend(arguments);
    let output = inventory.segell(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_screen_says_what_until_when_and_what_to_do() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
    assert_eq!(
        screen(&inventory, &["--until", "2026-12-31"]),
        "\
2026-12-02  warning[load-on-its-day]: `institut-b` was to be loaded in PRO on 2026-12-01
    --> inventory/calendars/transicio-2026/20-institut-b.yaml:7:5
    act by 2026-12-01, in 7 days
    help: load it and record it, or move the batch

if nobody acts, 1 thing breaks from 2026-11-24 to 2026-12-31
"
    );
    assert_eq!(
        screen(&inventory, &["--until", "2026-12-01"]),
        "nothing breaks from 2026-11-24 to 2026-12-01\n"
    );
}

#[test]
fn a_seal_is_to_be_ordered_in_time() {
    // generalitat/2025 expires on 2028-12-15. Back from there: PRO by Friday 15, PRE seven days
    // before, AEAT's confirmation, and the working days of the issue.
    let text = screen(&Inventory::shipped(), &["--until", "2028-12-31", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let breaks = document["breaks"].as_array().unwrap();
    let expired = breaks.iter().find(|item| item["finding"]["severity"] == "error").unwrap();
    assert_eq!(expired["first_bad_day"], "2028-12-16");
    assert_eq!(expired["last_day_to_act"], "2028-11-01");
}

/// The first bad days and the last days to act of what a rule says.
fn foretold(inventory: &Inventory, rule: &str, until: &str) -> Vec<String> {
    let text = screen(inventory, &["--until", until, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let breaks = document["breaks"].as_array().unwrap().iter();
    let of_rule = breaks.filter(|item| item["finding"]["rule"] == rule);
    let line = |item: &serde_json::Value| {
        let word = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        let severity = word(&item["finding"]["severity"]);
        format!("{severity} {} {}", word(&item["first_bad_day"]), word(&item["last_day_to_act"]))
    };
    of_rule.map(line).collect()
}

#[test]
fn a_waiver_ends_for_what_is_asked_of_no_load() {
    let inventory = Inventory::shipped();
    person(&inventory, &Authority::new("EC-Proves"));
    let breaks = foretold(&inventory, "no-personal-data", "2027-03-01");
    assert_eq!(breaks, ["warning 2027-01-21 2027-01-20"]);
}

#[test]
fn every_step_of_the_accepted_keys_is_foretold() {
    let inventory = Inventory::shipped();
    let seal = Seal::of("Q9900001J", "Agència A").valid("2026-11-01", "2029-10-31");
    let seal = seal.key(KeyKind::Rsa2048);
    inventory.with_certificate(
        "agencia-a/2025",
        &["9699969038"],
        seal,
        &Authority::new("EC-Proves"),
    );
    inventory.edit("policy.yaml", "    - { from: 2027-01-01, rsa: 3000, ec: 256 }", KEYS);
    inventory.append(
        "baseline.yaml",
        "  - { ens: consorci-c, certificate: agencia-a/2025, in: [pre] }\n",
    );
    let breaks = foretold(&inventory, "certificate-strong-enough", "2027-12-31");
    let days: Vec<&str> = breaks.iter().map(|line| &line[..line.len() - 11]).collect();
    assert_eq!(days, ["error 2027-01-01", "warning 2027-08-02", "error 2027-10-01"], "{breaks:?}");
}

#[test]
fn what_is_left_to_do_decides_when_to_begin() {
    // Agència A's seal expires on 2026-12-31; on 2027-01-01 it is too late. PRO by Tuesday 22
    // December, before the freeze; PRE by Tuesday 15.
    let inventory = Inventory::shipped();
    let authority = Authority::new("EC-Proves");
    let old = Seal::of("Q9900001J", "Agència A").valid("2025-01-01", "2026-12-31");
    inventory.with_certificate("agencia-a/2025", &["9699969038"], old, &authority);
    inventory.delete("calendars/transicio-2026/10-agencia-a.yaml");
    inventory.edit(
        "baseline.yaml",
        "agencia-a, certificate: generalitat/2025",
        "agencia-a, certificate: agencia-a/2025",
    );
    let last = |inventory: &Inventory| {
        foretold(inventory, "certificate-in-force", "2027-01-10").pop().unwrap()
    };
    assert_eq!(last(&inventory), "error 2027-01-01 2026-12-15");
    // Without AEAT's confirmation, 15 days before that.
    let record = "certificates/agencia-a/2026.yaml";
    let text = fs::read_to_string(inventory.path(record)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("  pro:"));
    inventory.write(record, lines.map(|line| format!("{line}\n")).collect::<String>());
    assert_eq!(last(&inventory), "error 2027-01-01 2026-11-30");
    // Without the new seal, 16 working days before that.
    inventory.delete(record).delete("certificates/agencia-a/2026.pem");
    assert_eq!(last(&inventory), "error 2027-01-01 2026-11-06");
}

#[test]
fn every_format_is_written() {
    let inventory = Inventory::shipped();
    let written = |format| screen(&inventory, &["--until", "2029-12-31", "--format", format]);
    assert!(
        written("csv").starts_with("\"first bad day\",\"last day to act\",\"severity\",\"rule\",")
    );
    assert!(written("markdown").contains("\n| first bad day | last day to act |"));
    let ics = written("ics");
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert!(ics.contains("DTSTART;VALUE=DATE:20281216\r\n"), "{ics}");
    assert!(ics.lines().all(|line| line.len() <= 75));
    assert_eq!(ics, written("ics"));
}

#[test]
fn each_seal_that_runs_out_is_one_line_and_comes_first() {
    let inventory = Inventory::shipped();
    let text = screen(&inventory, &["--until", "2029-12-31"]);
    assert!(
        text.starts_with("seals that run out\n  first bad day  an error from  last day to act"),
        "{text}"
    );
    let line = "\n  2028-10-16     2028-12-16     2028-11-01       `generalitat/2025`";
    assert!(text.contains(line), "{text}");
    let (seals, _) = text.split_once("\n\n").unwrap();
    assert_eq!(seals.lines().filter(|line| line.contains("generalitat/2025")).count(), 1, "{text}");
    let only = screen(&inventory, &["--until", "2029-12-31", "--ens", "dept-cultura"]);
    assert!(only.contains("generalitat/2025") && !only.contains("agencia-a"), "{only}");
}

#[test]
fn many_planned_loads_are_one_line() {
    let inventory = Inventory::shipped();
    let loads: String = (0..2000)
        .map(|number| format!("  - ens: body-{number}\n    certificate: body-{number}/2026\n"))
        .collect();
    for (day, number) in [("2026-11-26", 40), ("2026-12-03", 50)] {
        inventory.write(
            &format!("calendars/mes/{number}-mes.yaml"),
            format!(
                "day: {number}\nstage: planned\npre: {day}\npro: 2027-06-01\nloads:\n{}",
                loads.replace("2026\n", &format!("{number}\n"))
            ),
        );
    }
    let text = screen(&inventory, &["--until", "2026-12-31", "--rule", "load-on-its-day"]);
    assert!(text.lines().count() < 8, "{text}");
    let line = "2026-11-27  warning[load-on-its-day]: 4000 times until 2026-12-04, the first: ";
    assert!(text.starts_with(line), "{text}");
    let json = screen(
        &inventory,
        &["--until", "2026-12-31", "--rule", "load-on-its-day", "--format", "json"],
    );
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["breaks"].as_array().unwrap().len(), 4000);
}

#[test]
fn filters_name_what_exists_and_leave_out_the_rest() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
    let of = |options: &[&str]| screen(&inventory, &[&["--until", "2026-12-31"], options].concat());
    let one = "if nobody acts, 1 thing breaks";
    let none = "nothing breaks from";
    assert!(of(&["--who", "aoc"]).contains(one));
    assert!(of(&["--who", "siad"]).starts_with(none));
    assert!(of(&["--ens", "institut-b"]).contains(one));
    assert!(of(&["--ens", "agencia-a"]).starts_with(none));
    assert!(of(&["--rule", "working-day"]).starts_with(none));
    for wrong in [["--rule", "nothing"], ["--ens", "nobody"]] {
        let output = inventory.segell(&[&["forecast"], &wrong[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    let markdown = of(&["--format", "markdown"]);
    assert!(markdown.starts_with("#### AOC\n\n| first bad day |"), "{markdown}");
}
