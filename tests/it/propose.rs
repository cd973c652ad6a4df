//! `segell propose`: who is ready is planned, in the order that the rules ask for, and what is
//! written passes `check`.

use std::collections::{BTreeMap, HashSet};

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use segell::checklist::rules;
use segell::files::repo;
use segell::inventory::finding::{Finding, Severity};
use segell::inventory::load;
use segell::inventory::model::identifier::is_body_nif;
use segell::inventory::survey::Survey;
use segell::planning::propose::{Proposal, Wish};

const DAY: Date = date(2026, 11, 23);

/// The shipped inventory, where nothing is planned: `institut-b` and `consorci-c` wait.
fn waiting() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.delete(IN_PRE).delete(PLANNED);
    inventory
}

/// What an ens has in hand.
#[derive(Clone, Debug)]
struct Body {
    block: &'static str,
    requests_pre: bool,
    /// The answers of AEAT: `granted: …`, `denied: …`, or nothing.
    answer: String,
    is_confirmed: bool,
    is_delivered: bool,
    has_query: bool,
    valid: (Date, Date),
    key: KeyKind,
    ceases: Option<Date>,
}

impl Body {
    /// One that lacks nothing.
    fn ready() -> Body {
        Body {
            block: "consuming",
            requests_pre: true,
            answer: "granted: 2026-10-20, ".to_owned(),
            is_confirmed: true,
            is_delivered: true,
            has_query: false,
            valid: (date(2026, 10, 1), date(2029, 9, 30)),
            key: KeyKind::P256,
            ceases: None,
        }
    }

    fn write(&self, inventory: &Inventory, id: &str, number: usize, authority: &Authority) {
        let (code, nif) = (format!("{}", number + 1), nif(number));
        inventory.write(&format!("ens/{id}.yaml"), self.ens(id, &code, &nif));
        let (from, to) = self.valid;
        let seal = Seal::of(&nif, id).valid(&from.to_string(), &to.to_string()).key(self.key);
        let certificate = format!("{id}/2026");
        inventory.with_certificate(&certificate, &[&code], seal, authority);
        self.mark_record(inventory, &certificate);
    }

    fn ens(&self, id: &str, code: &str, nif: &str) -> String {
        let Body { block, answer, .. } = self;
        let permission =
            format!("{{ requested: 2026-10-05, {answer}evidence: [{{ ticket: ST-1 }}] }}");
        let pre = if self.requests_pre { format!("pre: {permission}, ") } else { String::new() };
        let mut text = format!(
            "name: {id}\nblock: {block}\norgan_code: \"{code}\"\nnif: {nif}\nauthorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"{code}\", {pre}pro: {permission} }}\n"
        );
        if self.has_query {
            text += "queries:\n  - { asked: 2026-10-06, by: siad, to: [dgtj], question: \"Which key?\" }\n";
        }
        if *block == "new" {
            text += "agreement: { signed: 2026-09-01, authorises_load: [pre, pro], evidence: [{ ticket: ST-2 }] }\n";
        }
        if let Some(day) = self.ceases {
            text += &format!("ceased: {{ date: {day}, evidence: [{{ ticket: ST-3 }}] }}\n");
        }
        text
    }

    fn mark_record(&self, inventory: &Inventory, certificate: &str) {
        let file = format!("certificates/{certificate}.yaml");
        let text = std::fs::read_to_string(inventory.path(&file)).unwrap();
        let kept = text.lines().filter(|line| {
            let is_gone = (line.starts_with("delivered:") && !self.is_delivered)
                || (line.starts_with("  pro:") && !self.is_confirmed);
            !is_gone
        });
        inventory.write(&file, kept.map(|line| format!("{line}\n")).collect::<String>());
    }
}

fn nif(number: usize) -> String {
    let candidates = "JABCDEFGHI".chars().map(|letter| format!("Q77{number:05}{letter}"));
    candidates.into_iter().find(|nif| is_body_nif(nif)).unwrap()
}

/// `count` departments that share a renewed seal.
fn departments(inventory: &Inventory, count: usize, authority: &Authority) {
    let permission = "{ requested: 2026-10-05, granted: 2026-10-20, evidence: [{ ticket: ST-1 }] }";
    let codes: Vec<String> = (0..count).map(|number| format!("9{number}")).collect();
    for code in &codes {
        inventory.write(
            &format!("ens/dept-{code}.yaml"),
            format!("name: Departament {code}\nblock: departments\norgan_code: \"{code}\"\nnif: S9900001J\nauthorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"{code}\", pre: {permission}, pro: {permission} }}\n"),
        );
    }
    let seal = Seal::of("S9900001J", "Generalitat d'Exemple").valid("2026-10-01", "2029-09-30");
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    inventory.with_certificate("generalitat/2026", &codes, seal, authority);
}

fn screen(inventory: &Inventory, arguments: &[&str]) -> String {
    let mut all = vec!["propose", "--as-of", TODAY];
    all.extend(arguments);
    let output = inventory.segell(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(inventory: &Inventory, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&screen(inventory, &[arguments, &["--format", "json"]].concat())).unwrap()
}

/// The ens of each batch, and its days: `10-a-b 2026-11-24 2026-12-01: a b`.
fn batches(document: &serde_json::Value) -> Vec<String> {
    let batches = document["batches"].as_array().unwrap().iter();
    let line = |batch: &serde_json::Value| {
        let loads = batch["loads"].as_array().unwrap().iter();
        let ens: Vec<&str> = loads.map(|load| load["ens"].as_str().unwrap()).collect();
        let word = |name: &str| batch[name].as_str().unwrap().to_owned();
        format!("{} {} {}: {}", batch["day"], word("pre"), word("pro"), ens.join(" "))
    };
    batches.map(line).collect()
}

#[test]
fn the_screen_says_who_when_and_why() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    Body { has_query: true, ..Body::ready() }.write(&inventory, "ens-doubt", 1, &authority);
    Body { is_confirmed: false, ..Body::ready() }.write(&inventory, "ens-early", 2, &authority);
    Body { requests_pre: false, ..Body::ready() }.write(&inventory, "ens-later", 3, &authority);
    let gone = Body { ceases: Some(date(2026, 11, 1)), ..Body::ready() };
    gone.write(&inventory, "ens-gone", 4, &authority);
    inventory.write("ens/ens-none.yaml", Body::ready().ens("ens-none", "77", &nif(7)));
    assert_eq!(
        screen(&inventory, &["--size", "2"]),
        "\
tandes-2026/10-institut-b-consorci-c
  PRE on Tuesday 2026-11-24, PRO on Tuesday 2026-12-01
  institut-b  (institut-b/2026)
      PRE is requested
      `generalitat/2025`, which it has, serves until 2028-12-15
  consorci-c  (consorci-c/2026)
      PRE is requested
      `consorci-c/2026` can be loaded in PRO until 2029-09-08

tandes-2026/20-ens-later
  PRE on Wednesday 2026-12-09, PRO on Wednesday 2026-12-16
  ens-later  (ens-later/2026)
      PRE is not requested: after those that have asked for it
      `ens-later/2026` can be loaded in PRO until 2029-08-31
      still to be done: `AEAT_IRPF/C2` has not been requested in PRE for `ens-later` (waits for the ens)

left out
  ens-doubt
      a query of `ens-doubt`, asked on 2026-10-06, is not answered (waits for DGTJ)
  ens-early
      AEAT has not confirmed `ens-early/2026` for PRO (waits for AEAT)
  ens-none
      `ens-none` has no certificate that can be read and is not retired (waits for the ens)

3 loads in 2 batches for `tandes-2026`, a new calendar
3 ens left out; they wait: 1 for the ens, 1 for DGTJ and 1 for AEAT
besides: 3 with their latest seal loaded and 1 that have ceased
next: `segell propose --calendar tandes-2026 --size 2 --write`
"
    );
}

#[test]
fn what_is_written_is_planned_and_not_proposed_again() {
    let inventory = waiting();
    let before = inventory.check_on(TODAY);
    let text = screen(&inventory, &["--calendar", "hivern", "--write"]);
    assert!(text.contains("1 file written\n"), "{text}");
    let file = "calendars/hivern/10-institut-b-consorci-c.yaml";
    assert_eq!(
        std::fs::read_to_string(inventory.path(file)).unwrap(),
        "\
# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 10
stage: planned
pre: 2026-11-24
pro: 2026-12-01
loads:
  - ens: institut-b
    certificate: institut-b/2026
  - ens: consorci-c
    certificate: consorci-c/2026
"
    );
    let mut after = inventory.check_on(TODAY);
    after.retain(|line| !before.contains(line) && !line.starts_with("pending"));
    assert_eq!(after, Vec::<String>::new());
    let again = screen(&inventory, &["--write"]);
    assert_eq!(
        again,
        "nothing is ready for `hivern`\nbesides: 3 with their latest seal loaded and 2 planned already\n"
    );
}

/// `consorci-c` is planned alone where five fit, and `institut-b` waits.
#[test]
fn a_planned_batch_below_its_size_is_filled_first() {
    let inventory = Inventory::shipped();
    inventory.delete(IN_PRE);
    let screen = screen(&inventory, &[]);
    assert!(screen.contains("planned already, with 1 load; besides:\n  institut-b"), "{screen}");
    let document = json(&inventory, &[]);
    let batch = &document["batches"][0];
    assert_eq!(batch["id"], "transicio-2026/30-consorci-c");
    assert_eq!(batch["fills"], true);
    assert_eq!(document["batches"].as_array().unwrap().len(), 1);
    let before = grave(&inventory);
    let arguments = ["propose", "--write", "--as-of", TODAY];
    assert!(inventory.segell(&arguments).status.success());
    let text = std::fs::read_to_string(inventory.path(PLANNED)).unwrap();
    assert!(text.contains("  - ens: institut-b\n    certificate: institut-b/2026\n"), "{text}");
    assert!(grave(&inventory).is_subset(&before));
    assert_eq!(batches(&json(&inventory, &[])), Vec::<String>::new());
    // A batch of that size already, one that is stopped, or one too early, takes no more.
    for (arguments, change) in [
        (&["--size", "1"][..], None),
        (&["--from", "2028-01-19"], None),
        (
            &[],
            Some(
                "hold: { since: 2026-11-20, by: aoc, reason: A doubt, evidence: [{ ticket: ST-1 }] }\n",
            ),
        ),
    ] {
        let inventory = Inventory::shipped();
        inventory.delete(IN_PRE);
        if let Some(hold) = change {
            inventory.append(PLANNED, hold);
        }
        let document = json(&inventory, arguments);
        let fills = document["batches"].as_array().unwrap().iter().any(|it| it["fills"] == true);
        assert!(!fills, "{document:#}");
    }
}

#[test]
fn a_batch_comes_after_what_the_calendar_holds_and_over_freezes() {
    let inventory = waiting();
    // Agència A's batch ends on 2026-11-03; seven days later the next may begin.
    let next = |from: &str| {
        let arguments = ["--calendar", "transicio-2026", "--from", from];
        batches(&json(&inventory, &arguments))
    };
    assert_eq!(next("2026-11-23"), ["20 2026-11-23 2026-11-30: institut-b consorci-c"]);
    assert_eq!(next("2026-12-15"), ["20 2026-12-15 2026-12-22: institut-b consorci-c"]);
    assert_eq!(next("2026-12-16"), ["20 2026-12-16 2027-01-08: institut-b consorci-c"]);
    assert_eq!(next("2026-12-23"), ["20 2027-01-08 2027-01-15: institut-b consorci-c"]);
}

#[test]
fn the_departments_that_share_a_seal_come_together() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    departments(&inventory, 6, &authority);
    let document = json(&inventory, &["--size", "4"]);
    assert_eq!(
        batches(&document),
        [
            "10 2026-11-24 2026-12-01: institut-b",
            "20 2026-12-09 2026-12-16: dept-90 dept-91 dept-92 dept-93 dept-94 dept-95",
            "30 2027-01-08 2027-01-15: consorci-c",
        ]
    );
    let why = document["batches"][1]["loads"][0]["why"][2].as_str().unwrap();
    assert_eq!(why, "the 6 departments that share `generalitat/2026` come together");
    // One that waits makes all of them wait.
    inventory.append(
        "ens/dept-93.yaml",
        "queries:\n  - { asked: 2026-10-06, by: siad, to: [dgtj], question: \"Which key?\" }\n",
    );
    let document = json(&inventory, &[]);
    assert_eq!(batches(&document), ["10 2026-11-24 2026-12-01: institut-b consorci-c"]);
    let left = &document["left_out"][0];
    assert_eq!(left["ens"], "dept-90");
    assert_eq!(
        left["reasons"][0]["message"],
        "waits for `dept-93`, with which it shares `generalitat/2026`: they are loaded together"
    );
}

#[test]
fn what_does_not_fit_before_it_expires_is_told_with_the_days() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    // Both can be loaded in PRO until 2026-12-08, 30 days before they expire; one of them fits.
    let short = || Body { valid: (date(2026, 10, 1), date(2027, 1, 7)), ..Body::ready() };
    short().write(&inventory, "ens-short", 1, &authority);
    short().write(&inventory, "ens-shorter", 2, &authority);
    let document = json(&inventory, &["--size", "1"]);
    assert_eq!(batches(&document)[0], "10 2026-11-24 2026-12-01: ens-short");
    let left = &document["left_out"][0];
    assert_eq!((&left["ens"], &left["days_too_late"]), (&"ens-shorter".into(), &8.into()));
    assert_eq!(
        left["reasons"][0]["message"],
        "its turn would come on 2026-12-09 and 2026-12-16, 8 days too late: `ens-shorter/2026` expires on 2027-01-07: 29 days after its load in PRE on 2026-12-09, 30 are needed"
    );
    let text = screen(&inventory, &["--size", "1"]);
    let told = "1 ens comes too late, by 8 days at most: ";
    assert!(text.contains(told), "{text}");
    assert_eq!(json(&inventory, &["--size", "2"])["left_out"], serde_json::json!([]));
}

#[test]
fn a_freeze_makes_it_too_late() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    // Both could be loaded in PRO until 2026-12-22; the second batch has its PRO after Christmas.
    let short = || Body { valid: (date(2026, 10, 1), date(2027, 1, 21)), ..Body::ready() };
    short().write(&inventory, "ens-short", 1, &authority);
    short().write(&inventory, "ens-shorter", 2, &authority);
    let document = json(&inventory, &["--size", "1", "--from", "2026-12-10"]);
    assert_eq!(batches(&document)[0], "10 2026-12-10 2026-12-17: ens-short");
    let left = &document["left_out"][0];
    assert_eq!((&left["ens"], &left["days_too_late"]), (&"ens-shorter".into(), &24.into()));
}

#[test]
fn what_an_ens_has_may_run_out_before_its_turn() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    let seal = Seal::of("Q9900002H", "Institut B").valid("2024-01-01", "2026-11-28");
    let code = "9699969043";
    let ens = std::fs::read_to_string(inventory.path("ens/institut-b.yaml")).unwrap();
    assert!(ens.contains(code), "{ens}");
    inventory.with_certificate("institut-b/2024", &[code], seal, &authority);
    inventory.edit(
        "baseline.yaml",
        "institut-b, certificate: generalitat/2025",
        "institut-b, certificate: institut-b/2024",
    );
    let document = json(&inventory, &[]);
    let load = &document["batches"][0]["loads"][0];
    assert_eq!((&load["ens"], &load["days_late"]), (&"institut-b".into(), &3.into()));
    let text = screen(&inventory, &[]);
    let told = "late: what it has serves no longer from 3 days before its load in PRO\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn the_days_after_a_confirmation_are_waited_for() {
    let inventory = waiting();
    inventory.edit("policy.yaml", "lead_days: 0", "lead_days: 30");
    let authority = Authority::new("EC-Proves");
    // Confirmed on its first day, 2026-11-20: in PRE from Sunday 2026-12-20 on.
    let fresh = Body { valid: (date(2026, 11, 20), date(2029, 9, 30)), ..Body::ready() };
    fresh.write(&inventory, "ens-fresh", 1, &authority);
    let planned = |from| batches(&json(&inventory, &["--from", from])).remove(0);
    assert_eq!(planned("2026-12-18"), "10 2026-12-18 2027-01-08: institut-b consorci-c");
    assert_eq!(planned("2026-12-21"), "10 2026-12-21 2027-01-08: institut-b ens-fresh consorci-c");
    assert_eq!(
        batches(&json(&inventory, &[])),
        [
            "10 2026-11-24 2026-12-01: institut-b",
            "20 2026-12-09 2026-12-16: consorci-c",
            "30 2027-01-08 2027-01-15: ens-fresh",
        ]
    );
}

#[test]
fn who_is_refused_by_aeat_is_left_out() {
    let inventory = waiting();
    let authority = Authority::new("EC-Proves");
    let refused = |answer: &str| Body { answer: answer.to_owned(), ..Body::ready() };
    refused("denied: 2026-10-20, ").write(&inventory, "ens-denied", 1, &authority);
    refused("").write(&inventory, "ens-waits", 2, &authority);
    let document = json(&inventory, &[]);
    let left: Vec<_> = document["left_out"].as_array().unwrap().iter().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["ens"], "ens-denied");
    assert_eq!(left[0]["reasons"][0]["finding"]["rule"], "authorisation-in-place");
}

#[test]
fn what_cannot_be_proposed_is_refused_with_a_reason() {
    let inventory = waiting();
    let refused = |arguments: &[&str]| {
        let output = inventory.segell(&[&["propose", "--as-of", TODAY], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let past = refused(&["--from", "2026-11-22"]);
    assert!(past.contains("nothing is loaded in the past: `--from` is 2026-11-22"), "{past}");
    let name = refused(&["--calendar", "../x"]);
    assert!(name.contains("a calendar's name has letters a to z"), "{name}");
    inventory.write("calendars/hivern/10-x.yaml", "day: 10\n");
    let broken = refused(&["--calendar", "hivern"]);
    assert!(broken.contains("calendars/hivern/10-x.yaml` cannot be read"), "{broken}");
    refused(&["--write", "--format", "json"]);
    inventory.delete("policy.yaml");
    assert!(refused(&[]).contains("there is no policy that can be read"));
}

#[test]
fn every_format_is_written_and_json_as_its_schema_says() {
    let inventory = waiting();
    let written = |format| screen(&inventory, &["--format", format]);
    assert!(written("csv").starts_with(
        "\"ens\",\"certificate\",\"batch\",\"PRE\",\"PRO\",\"days too late\",\"why\","
    ));
    assert!(written("markdown").starts_with("| ens | certificate | batch |"));
    let schema = serde_json::to_value(segell::views::propose::schema()).unwrap();
    let document = json(&inventory, &[]);
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&document), "{document}");
}

#[test]
fn without_a_working_day_nothing_is_proposed() {
    let inventory = waiting();
    inventory.edit("policy.yaml", "working_days: [mon, tue, wed, thu, fri]", "working_days: []");
    let document = json(&inventory, &[]);
    assert_eq!(batches(&document), Vec::<String>::new());
    assert_eq!(document["left_out"].as_array().unwrap().len(), 2);
}

/// Errors and warnings, told apart by all but their subjects.
fn grave(inventory: &Inventory) -> HashSet<String> {
    let read = load::load(&repo::working_tree(inventory.root()).unwrap());
    let findings = rules::check(&Survey::of(&read, DAY)).findings;
    let is_grave =
        |finding: &&Finding| matches!(finding.severity, Severity::Error | Severity::Warning);
    let told = |finding: &Finding| {
        format!(
            "{} {:?} {:?} {}",
            finding.rule.name, finding.severity, finding.place, finding.message
        )
    };
    findings.iter().filter(is_grave).map(told).collect()
}

fn body() -> impl Strategy<Value = Body> {
    let block = prop_oneof![3 => Just("consuming"), 1 => Just("new")];
    let answer = prop_oneof![
        4 => Just("granted: 2026-10-20, ".to_owned()),
        1 => Just(String::new()),
        1 => Just("denied: 2026-10-20, ".to_owned()),
        1 => (1..200_i64).prop_map(|days| format!("granted: 2026-10-20, ended: {}, ", DAY + days.days())),
    ];
    let mostly = || prop::bool::weighted(0.85);
    let valid = (0..60_i64, 20..400_i64);
    let valid = valid.prop_map(|(ago, left)| (DAY - ago.days(), DAY + left.days()));
    let key = prop_oneof![4 => Just(KeyKind::P256), 1 => Just(KeyKind::Rsa2048)];
    let ceases = prop::option::weighted(0.15, (-20..200_i64).prop_map(|days| DAY + days.days()));
    let flags = (mostly(), mostly(), mostly(), prop::bool::weighted(0.1));
    (block, answer, flags, valid, key, ceases).prop_map(
        |(block, answer, flags, valid, key, ceases)| {
            let (requests_pre, is_confirmed, is_delivered, has_query) = flags;
            Body {
                block,
                requests_pre,
                answer,
                is_confirmed,
                is_delivered,
                has_query,
                valid,
                key,
                ceases,
            }
        },
    )
}

/// The policy's numbers and days without loads.
fn policy() -> impl Strategy<Value = Vec<(String, String)>> {
    let count = |from: &str, range: std::ops::Range<u8>| {
        let name = from.split(':').next().unwrap().to_owned();
        let from = from.to_owned();
        range.prop_map(move |count| (from.clone(), format!("{name}: {count}")))
    };
    let freeze = (0..120_i64, 0..40_i64).prop_map(|(start, length)| {
        let (from, to) = (DAY + start.days(), DAY + (start + length).days());
        let to = format!("  freezes:\n    - {{ from: {from}, to: {to}, reason: Frozen }}\n");
        ("  freezes:\n".to_owned(), to)
    });
    let holiday = (0..60_i64)
        .prop_map(|days| ("holidays: [".to_owned(), format!("holidays: [{}, ", DAY + days.days())));
    let weekdays = prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri"], 1..=5);
    let weekdays = weekdays.prop_map(|days| {
        ("[mon, tue, wed, thu, fri]".to_owned(), format!("[{}]", days.join(", ")))
    });
    let counts = (
        count("lead_days: 0", 0..20),
        count("batch_size: 5", 0..6),
        count("days_between_batches: 7", 0..15),
        count("days_from_pre_to_pro: 7", 0..15),
    );
    (counts, freeze, holiday, weekdays)
        .prop_map(|((a, b, c, d), e, f, g)| vec![a, b, c, d, e, f, g])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the ens have and lack, and whenever nothing is loaded: what is proposed brings no
    /// error and no warning, comes in the order of the rules, and whoever is left out cannot be
    /// planned on the first days.
    #[test]
    fn whatever_is_proposed_passes_check(
        bodies in prop::collection::vec(body(), 1..9),
        shared in 0..4_usize,
        policy in policy(),
        size in prop::option::of(1..4_usize),
        is_new in any::<bool>(),
    ) {
        let inventory = Inventory::shipped();
        inventory.delete(PLANNED);
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
        policy.iter().for_each(|(from, to)| { inventory.edit("policy.yaml", from, to); });
        let authority = Authority::new("EC-Proves");
        for (number, body) in bodies.iter().enumerate() {
            // All RSA seals of the tests have the same key.
            let key = if number == 0 { body.key } else { KeyKind::P256 };
            let body = Body { key, ..body.clone() };
            body.write(&inventory, &format!("ens-{number}"), number, &authority);
        }
        if shared > 0 {
            departments(&inventory, shared, &authority);
        }
        let calendar = if is_new { "hivern" } else { "transicio-2026" };
        let before = grave(&inventory);
        let wish = Wish { calendar: Some(calendar.to_owned()), from: None, size };
        let mut read = load::load(&repo::working_tree(inventory.root()).unwrap());
        let proposal = Proposal::of(&mut read, DAY, &wish).unwrap();
        let arguments = [size.map(|size| format!("--size={size}")), Some(format!("--calendar={calendar}"))];
        let arguments: Vec<&str> = arguments.iter().flatten().map(String::as_str).collect();
        let printed = screen(&inventory, &arguments);
        prop_assert_eq!(&printed, &screen(&inventory, &arguments));
        in_order(&proposal)?;
        left_out_rightly(&inventory, &proposal)?;
        screen(&inventory, &[arguments.as_slice(), &["--write"]].concat());
        let after = grave(&inventory);
        let news: Vec<&String> = after.difference(&before).collect();
        prop_assert!(news.is_empty(), "{:#?}\n{}", news, printed);
        prop_assert_eq!(json(&inventory, &arguments)["batches"].clone(), serde_json::json!([]));
    }
}

/// Days rise, batches are as large as allowed, and no ens is there twice.
fn in_order(proposal: &Proposal) -> Result<(), TestCaseError> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = DAY;
    for batch in &proposal.batches {
        prop_assert!(last < batch.pre && batch.pre < batch.pro, "{:?}", batch);
        last = batch.pro;
        let seals: HashSet<&str> =
            batch.loads.iter().map(|load| load.certificate.as_str()).collect();
        prop_assert!(batch.loads.len() <= proposal.size || seals.len() == 1, "{:?}", batch);
        batch.loads.iter().for_each(|load| *seen.entry(&load.ens).or_default() += 1);
    }
    proposal.left_out.iter().for_each(|left| *seen.entry(&left.ens).or_default() += 1);
    prop_assert!(seen.values().all(|count| *count == 1), "{:?}", seen);
    prop_assert!(proposal.left_out.iter().all(|left| !left.reasons.is_empty()));
    Ok(())
}

/// Whoever is left out, and not for coming late, breaks a rule when planned on the first days, or is
/// refused by AEAT.
fn left_out_rightly(inventory: &Inventory, proposal: &Proposal) -> Result<(), TestCaseError> {
    let before = grave(inventory);
    for left in proposal.left_out.iter().filter(|left| left.days_too_late.is_none()) {
        let told: Vec<String> =
            left.reasons.iter().map(|reason| reason.message.to_string()).collect();
        let Some(certificate) = &left.certificate else { continue };
        if told.iter().any(|told| told.contains("AEAT grants") || told.contains("waits for")) {
            continue;
        }
        let days = proposal.batches.first().map(|batch| (batch.pre, batch.pro));
        let (pre, pro) = days.unwrap_or((date(2027, 2, 1), date(2027, 2, 8)));
        let file = "calendars/alone/10-alone.yaml";
        inventory.write(file, format!("day: 10\nstage: planned\npre: {pre}\npro: {pro}\nloads:\n  - {{ ens: {}, certificate: {certificate} }}\n", left.ens));
        let after = grave(inventory);
        inventory.delete(file);
        prop_assert!(after.difference(&before).next().is_some(), "{:?} {:?}", left.ens, told);
    }
    Ok(())
}
