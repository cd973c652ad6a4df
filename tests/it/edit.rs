//! The verbs that edit batches: what they write, what they refuse, and what they say.

use std::fs;

use crate::support::inventory::{Inventory, TODAY};

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
    assert!(err.contains("\nrefused: nothing was written\n"), "{err}");
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

const B: &str = "transicio-2026/20-institut-b";
const C: &str = "transicio-2026/30-consorci-c";
const C_FILE: &str = crate::support::inventory::PLANNED;

/// The lines that a verb adds to or takes from files, as its diff has them.
fn changed(out: &str) -> String {
    let diff = out.split("\n\n").next().unwrap();
    let is_line = |line: &&str| {
        line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---")
    };
    diff.lines().filter(is_line).map(|line| format!("{line}\n")).collect()
}

/// A verb that writes: the lines that change.
#[track_caller]
fn changes(inventory: &Inventory, arguments: &str) -> String {
    changed(&ok(inventory, arguments))
}

/// The planned batch is loaded in December 2026, after the one before it has been finished.
fn campaign() -> Inventory {
    let inventory = Inventory::shipped();
    ok(&inventory, &format!("move --batch {B} --to 2026-11-24"));
    ok(&inventory, &format!("release --batch {B} --stage pro"));
    for step in [
        "loaded",
        "informed --evidence ST-1",
        "check --by pica --by aoc --result works --evidence ST-2",
    ] {
        ok(&inventory, &format!("record {step} --batch {B} --env pro --as-of 2026-11-24"));
    }
    let departments = "record departments --by aoc --result works --evidence ST-3";
    ok(&inventory, &format!("{departments} --batch {B} --as-of 2026-11-25"));
    ok(&inventory, &format!("move --batch {C} --to 2026-12-01 --as-of 2026-11-25"));
    inventory
}

#[test]
fn a_batch_goes_from_planned_to_finished_by_commands_only() {
    let inventory = campaign();
    let run = |arguments: &str| changes(&inventory, &arguments.replace("BATCH", C));
    assert_eq!(
        run("release --batch BATCH --stage pre --as-of 2026-11-30"),
        "-stage: planned\n+stage: pre\n"
    );
    assert_eq!(
        run("record loaded --batch BATCH --env pre --as-of 2026-12-01"),
        "+    pre:\n+      loaded: 2026-12-01\n"
    );
    assert_eq!(
        run(
            "record check --batch BATCH --env pre --by aoc --result fails --evidence ST-10 --as-of 2026-12-02"
        ),
        "+      checks:\n+        - { date: 2026-12-02, by: [aoc], result: fails, evidence: [{ ticket: ST-10 }] }\n"
    );
    assert_eq!(
        run(
            "record check --batch BATCH --env pre --by aoc --result fails --evidence ST-10 --date 2026-12-02 --cause Alias --discussed-with siad --corrected 2026-12-03 --as-of 2026-12-03"
        ),
        "-        - { date: 2026-12-02, by: [aoc], result: fails, evidence: [{ ticket: ST-10 }] }\n\
         +        - { date: 2026-12-02, by: [aoc], result: fails, evidence: [{ ticket: ST-10 }], cause: Alias, discussed_with: [siad], corrected: 2026-12-03 }\n"
    );
    assert_eq!(
        run(
            "record check --batch BATCH --env pre --all --by aoc --result works --service AEAT_DADES/ECOT101 --evidence ST-10 --as-of 2026-12-03"
        ),
        "+        - { date: 2026-12-03, by: [aoc], result: works, services: [AEAT_DADES/ECOT101], evidence: [{ ticket: ST-10 }] }\n"
    );
    assert_eq!(
        run(
            "record informed --batch BATCH --env pre --ens consorci-c --evidence ST-10 --as-of 2026-12-03"
        ),
        "+      informed: { date: 2026-12-03, to: [siad], evidence: [{ ticket: ST-10 }] }\n"
    );
    assert_eq!(
        run("release --batch BATCH --stage pro --as-of 2026-12-14"),
        "-stage: pre\n+stage: pro\n"
    );
    run("record loaded --batch BATCH --env pro --as-of 2026-12-15");
    assert_eq!(
        run("record informed --batch BATCH --env pro --evidence ST-11 --as-of 2026-12-15"),
        "+      informed: { date: 2026-12-15, to: [siad], evidence: [{ ticket: ST-11 }] }\n"
    );
    run(
        "record check --batch BATCH --env pro --by pica --by aoc --result works --evidence ST-11 --as-of 2026-12-16",
    );
    assert_eq!(
        run(
            "record departments --batch BATCH --by aoc --result works --evidence ST-12 --as-of 2026-12-17"
        ),
        "+departments:\n+  - { date: 2026-12-17, by: [aoc], result: works, evidence: [{ ticket: ST-12 }] }\n"
    );
    assert_eq!(
        text(&inventory, C_FILE),
        "# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 30
stage: pro
pre: 2026-12-01
pro: 2026-12-15
loads:
  - ens: consorci-c
    certificate: consorci-c/2026
    pre:
      loaded: 2026-12-01
      checks:
        - { date: 2026-12-02, by: [aoc], result: fails, evidence: [{ ticket: ST-10 }], cause: Alias, discussed_with: [siad], corrected: 2026-12-03 }
        - { date: 2026-12-03, by: [aoc], result: works, services: [AEAT_DADES/ECOT101], evidence: [{ ticket: ST-10 }] }
      informed: { date: 2026-12-03, to: [siad], evidence: [{ ticket: ST-10 }] }
    pro:
      loaded: 2026-12-15
      informed: { date: 2026-12-15, to: [siad], evidence: [{ ticket: ST-11 }] }
      checks:
        - { date: 2026-12-16, by: [pica, aoc], result: works, evidence: [{ ticket: ST-11 }] }
departments:
  - { date: 2026-12-17, by: [aoc], result: works, evidence: [{ ticket: ST-12 }] }
"
    );
    assert_eq!(inventory.check_on("2026-12-17"), [""; 0]);
}

/// What SIAD was told stays on record; it is replaced, with a word, once a failure made it void.
#[test]
fn what_was_told_is_replaced_with_a_word_or_not_at_all() {
    let inventory = campaign();
    let verb = |what: &str, day: &str| format!("record {what} --batch {C} --env pre --as-of {day}");
    ok(&inventory, &format!("release --batch {C} --stage pre --as-of 2026-11-30"));
    ok(&inventory, &verb("loaded", "2026-12-01"));
    ok(&inventory, &verb("check --by aoc --result works --evidence ST-20", "2026-12-01"));
    ok(&inventory, &verb("informed --evidence ST-21", "2026-12-02"));
    let told = |day: &str| format!("informed: {{ date: {day}, to: [siad]");
    let again = ok(&inventory, &verb("informed --evidence ST-21", "2026-12-02"));
    assert!(again.starts_with("nothing changes"), "{again}");
    let later = verb("informed --evidence ST-22", "2026-12-03");
    let words = "that SIAD was told of `consorci-c` is recorded for 2026-12-02 already";
    let refusal = failed(&inventory, &later);
    assert!(refusal.contains(words), "{refusal}");
    let cause = "--cause Alias --discussed-with siad --corrected 2026-12-04";
    let fails = format!("check --by aoc --result fails --evidence ST-23 {cause}");
    ok(&inventory, &verb(&fails, "2026-12-04"));
    ok(&inventory, &verb("check --by aoc --result works --evidence ST-24", "2026-12-07"));
    let out = ok(&inventory, &verb("informed --evidence ST-25", "2026-12-07"));
    let words = "of `consorci-c`, what was told on 2026-12-02 no longer counts, and is replaced";
    assert!(out.contains(words), "{out}");
    let file = text(&inventory, C_FILE);
    assert!(file.contains(&told("2026-12-07")) && !file.contains(&told("2026-12-02")), "{file}");
}

#[test]
fn each_step_run_twice_changes_nothing() {
    let inventory = campaign();
    for (step, day) in [
        ("release --batch BATCH --stage pre", "2026-11-30"),
        ("record loaded --batch BATCH --env pre", "2026-12-01"),
        ("hold --batch BATCH --by siad --reason Dubte --evidence ST-9", "2026-12-02"),
        ("hold --batch BATCH --end", "2026-12-02"),
        (
            "record check --batch BATCH --env pre --by aoc --result works --evidence ST-9",
            "2026-12-02",
        ),
        ("record informed --batch BATCH --env pre --evidence ST-9", "2026-12-02"),
        ("move --batch BATCH --to 2026-12-16", "2026-12-02"),
        ("withdraw --batch BATCH --ens consorci-c --reason Dubte --evidence ST-9", "2026-12-03"),
        ("record restored --batch BATCH --env pre", "2026-12-04"),
    ] {
        let step = step.replace("BATCH", C);
        assert_ne!(changes(&inventory, &format!("{step} --as-of {day}")), "", "{step}");
        let before = files(&inventory);
        let again = ok(&inventory, &format!("{step} --as-of {day}"));
        assert!(again.starts_with("nothing changes: "), "{step}: {again}");
        assert_eq!(files(&inventory), before);
    }
}

#[test]
fn what_no_load_is_open_to_is_told_with_its_reason() {
    let inventory = Inventory::shipped();
    let loaded = format!("record loaded --batch {C} --env pre");
    let failed = |arguments: &str| failed(&inventory, arguments);
    assert!(failed(&format!("{loaded} --ens nobody")).contains("; it loads `consorci-c`"));
    ok(&inventory, &format!("withdraw --batch {C} --all --reason Doubts --evidence ST-1"));
    assert!(failed(&loaded).contains("each is withdrawn, or finished"));
    let release = format!("release --batch {C} --stage pre");
    assert!(failed(&release).contains("each of its loads is withdrawn"));
}

#[test]
fn what_the_sequence_does_not_allow_is_refused_in_its_words() {
    let inventory = Inventory::shipped();
    assert_eq!(
        refused(&inventory, &format!("release --batch {C} --stage pre")),
        ["previous-batch-finished"]
    );
    let loaded = format!("record loaded --batch {C} --env pre");
    assert_eq!(refused(&inventory, &loaded), ["stage-follows-calendar"]);
    let tomorrow = format!("record loaded --batch {B} --env pro --date 2028-01-11");
    assert!(refused(&inventory, &tomorrow).contains(&"dates-in-order".to_owned()));
    let check = "record check --env pro --by aoc --result works --evidence ST-1";
    assert!(
        failed(&inventory, &format!("{check} --batch {B}"))
            .contains("is not recorded as loaded in PRO")
    );
    let back = format!("release --batch {} --stage pre", "transicio-2026/10-agencia-a");
    assert!(failed(&inventory, &back).contains("released for PRO already"));
    assert!(
        failed(&inventory, "release --batch institut --stage pro")
            .contains(&format!("did you mean `{B}`"))
    );
}

#[test]
fn on_hold_nothing_is_loaded() {
    let inventory = campaign();
    let release = format!("release --batch {C} --stage pre --as-of 2026-11-30");
    ok(&inventory, &release);
    let hold =
        format!("hold --batch {C} --by siad --reason Dubte --evidence ST-9 --as-of 2026-11-30");
    // While it runs no manifest asks for the batch, whatever its stage.
    assert_eq!(
        changes(&inventory, &hold),
        "\
+hold: { since: 2026-11-30, by: siad, reason: Dubte, evidence: [{ ticket: ST-9 }] }
"
    );
    assert!(!ok(&inventory, &hold).contains("error["));
    let loaded = format!("record loaded --batch {C} --env pre --as-of 2026-12-01");
    assert_eq!(refused(&inventory, &loaded), ["not-on-hold"]);
    let further = release.replace("--stage pre", "--stage pro");
    assert!(refused(&inventory, &further).contains(&"not-on-hold".to_owned()));
    let other = hold.replace("Dubte", "Res");
    assert!(failed(&inventory, &other).contains("on hold already, since 2026-11-30: Dubte"));
    let end = format!("hold --batch {C} --end --as-of 2026-12-01");
    assert!(changes(&inventory, &end).ends_with(", ended: 2026-12-01 }\n"));
    ok(&inventory, &end);
    ok(&inventory, &loaded);
    // A later stop stands beside the earlier one.
    let again =
        format!("hold --batch {C} --by aoc --reason Torna --evidence ST-10 --as-of 2026-12-02");
    ok(&inventory, &again);
    let text = fs::read_to_string(inventory.path(C_FILE)).unwrap();
    let holds = text.split_once("hold:\n").unwrap().1;
    assert_eq!(
        holds,
        "  - { since: 2026-11-30, by: siad, reason: Dubte, evidence: [{ ticket: ST-9 }], ended: 2026-12-01 }\n  - { since: 2026-12-02, by: aoc, reason: Torna, evidence: [{ ticket: ST-10 }] }\n"
    );
    ok(&inventory, &end.replace("2026-12-01", "2026-12-03"));
    ok(&inventory, &again.replace("2026-12-02", "2026-12-04").replace("Torna", "Encara"));
    let text = fs::read_to_string(inventory.path(C_FILE)).unwrap();
    assert_eq!(text.matches("since: ").count(), 3, "{text}");
    assert!(failed(&inventory, &format!("hold --batch {B} --end")).contains("is not on hold"));
}

/// A calendar of three batches of one ens each, a week apart, before Christmas.
fn three_batches() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.delete(crate::support::inventory::IN_PRE);
    inventory.delete(C_FILE);
    for (ens, pre, pro) in [
        ("dept-cultura", "2026-12-01", "2026-12-09"),
        ("institut-b", "2026-12-15", "2026-12-22"),
        ("consorci-c", "2027-01-12", "2027-01-19"),
    ] {
        ok(&inventory, &format!("schedule --calendar x --ens {ens} --pre {pre} --pro {pro}"));
    }
    inventory
}

#[test]
fn a_batch_moves_over_holidays_and_freezes_and_the_later_ones_with_it() {
    let inventory = three_batches();
    let first = "move --batch x/10-dept-cultura";
    assert_eq!(
        changes(&inventory, &format!("{first} --by 1d")),
        "-pre: 2026-12-01\n-pro: 2026-12-09\n+pre: 2026-12-02\n+pro: 2026-12-10\n"
    );
    assert_eq!(refused(&inventory, &format!("{first} --by 2w")), ["day-order"]);
    assert_eq!(
        changes(&inventory, &format!("{first} --by 2w --cascade")),
        "-pre: 2026-12-02\n-pro: 2026-12-10\n+pre: 2026-12-16\n+pro: 2027-01-08\n\
         -pre: 2026-12-15\n-pro: 2026-12-22\n+pre: 2027-01-13\n+pro: 2027-01-20\n\
         -pre: 2027-01-12\n-pro: 2027-01-19\n+pre: 2027-01-27\n+pro: 2027-02-03\n"
    );
    assert_eq!(inventory.news().iter().filter(|line| !line.starts_with("pending")).count(), 0);
    assert_eq!(
        changes(&inventory, "move --batch x/30-consorci-c --by -1d"),
        "-pre: 2027-01-27\n-pro: 2027-02-03\n+pre: 2027-01-26\n+pro: 2027-02-02\n"
    );
}

#[test]
fn a_batch_that_lands_on_another_day_than_asked_says_so() {
    let inventory = three_batches();
    let to =
        |day: &str| ok(&inventory, &format!("move --batch x/30-consorci-c --to {day} --dry-run"));
    let said = to("2027-01-16");
    assert!(said.starts_with("the policy has no load on 2027-01-16"), "{said}");
    assert!(said.contains("the next day that it has one is 2027-01-18\n"), "{said}");
    assert!(!to("2027-01-18").contains("the policy has no load"));
    let shipped = Inventory::shipped();
    let said = ok(&shipped, &format!("move --batch {B} --to 2026-11-12 --dry-run"));
    assert!(said.contains("no load on 2026-11-12"), "{said}");
}

#[test]
fn a_text_is_one_line_that_a_reader_sees() {
    let inventory = campaign();
    let before = inventory.news();
    for (text, code) in [
        ("a\u{1b}[31mb", "U+001B"),
        ("two\nlines", "U+000A"),
        ("a\u{200b}b", "U+200B"),
        ("a\tb", "U+0009"),
    ] {
        let hold = ["hold", "--batch", C, "--by", "siad", "--evidence", "ST-1", "--reason", text];
        let query = [
            "add",
            "query",
            "--ens",
            "agencia-a",
            "--by",
            "siad",
            "--to",
            "aeat",
            "--question",
            text,
        ];
        let ens = [
            "add",
            "ens",
            "new",
            "--block",
            "new",
            "--organ-code",
            "1",
            "--nif",
            "1",
            "--name",
            text,
        ];
        for arguments in [&hold[..], &query, &ens] {
            let output = inventory.segell(arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("the character {code} stands in it")), "{said}");
        }
    }
    assert_eq!(inventory.news(), before);
}

#[test]
fn what_is_loaded_does_not_move() {
    let inventory = Inventory::shipped();
    assert_eq!(
        changes(&inventory, &format!("move --batch {B} --by 1d")),
        "-pro: 2028-01-11\n+pro: 2028-01-12\n"
    );
    let finished = "move --batch transicio-2026/10-agencia-a --by 7d";
    assert!(failed(&inventory, finished).contains("is loaded already"));
}

#[test]
fn evidence_is_copied_with_its_digest_and_never_a_key() {
    let inventory = campaign();
    ok(&inventory, &format!("release --batch {C} --stage pre --as-of 2026-11-30"));
    ok(&inventory, &format!("record loaded --batch {C} --env pre --as-of 2026-12-01"));
    fs::write(inventory.root().join("Correu SIAD.TXT"), "Rebut.\n").unwrap();
    fs::write(inventory.root().join("key.pem"), "-----BEGIN PRIVATE KEY-----\nMIIE\n").unwrap();
    let informed =
        ["record", "informed", "--batch", C, "--env", "pre", "--as-of", "2026-12-02", "--evidence"];
    let with = |file: &str| inventory.segell(&[&informed[..], &[file]].concat());
    let output = with("key.pem");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a private key is never evidence"));
    assert!(with("nothing.pdf").status.code() == Some(2));
    assert!(with("Correu SIAD.TXT").status.success());
    let copy = "evidence/transicio-2026/30-consorci-c/correu-siad.txt";
    assert_eq!(text(&inventory, copy), "Rebut.\n");
    let digest = segell::base::digest::Sha256::of(b"Rebut.\n");
    let expected = format!("evidence: [{{ file: {copy}, sha256: \"{digest}\" }}] }}\n");
    assert!(text(&inventory, C_FILE).ends_with(&expected), "{}", text(&inventory, C_FILE));
    assert!(with("Correu SIAD.TXT").stdout.starts_with(b"nothing changes"));
}

#[test]
fn comments_order_and_line_ends_of_a_batch_stay() {
    let inventory = Inventory::shipped();
    let odd = "stage: pre   # fins al 10\r\nday: 20\r\n# les dates\r\npro: '2028-01-11'\r\npre: 2026-11-10\r\nloads:\r\n- { certificate: institut-b/2026, # el darrer\r\n    ens: institut-b, pre: { loaded: 2026-11-10, informed: { date: 2026-11-11, to: [siad], evidence: [{ ticket: ST-1 }] },\r\n    checks: [{ date: 2026-11-11, by: [aoc], result: works, evidence: [{ ticket: ST-1 }] }] } }   # àrea";
    inventory.write(crate::support::inventory::IN_PRE, odd);
    ok(&inventory, &format!("move --batch {B} --to 2026-11-24"));
    ok(&inventory, &format!("release --batch {B} --stage pro"));
    ok(&inventory, &format!("record loaded --batch {B} --env pro --as-of 2026-11-24"));
    let expected = odd
        .replace("stage: pre ", "stage: pro ")
        .replace("2028-01-11", "2026-11-24")
        .replace("}] } }   # àrea", "}] }, pro: { loaded: 2026-11-24 } }   # àrea");
    assert_eq!(text(&inventory, crate::support::inventory::IN_PRE), expected);
}

#[test]
fn a_file_that_is_not_strict_yaml_is_not_edited() {
    let inventory = Inventory::shipped();
    inventory.edit(C_FILE, "stage: planned", "stage: &s planned");
    assert!(failed(&inventory, &format!("move --batch {C} --by 7d")).contains("there is no batch"));
}

/// What lies anywhere below the root, segell's lock apart, with the time of its last change.
fn all_names(inventory: &Inventory) -> Vec<String> {
    files(inventory).into_iter().map(|(name, _)| name).collect()
}

/// Runs a verb that writes where it cannot, and sees that nothing has changed.
#[cfg(unix)]
#[track_caller]
fn cannot_write(inventory: &Inventory, arguments: &str, limit: &str) {
    let before = files(inventory);
    let script =
        format!("{limit}; exec {} {arguments} --as-of {TODAY}", env!("CARGO_BIN_EXE_segell"));
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(inventory.root())
        .output()
        .unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(files(inventory), before);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_all_as_it_was() {
    let inventory = three_batches();
    let document = "x".repeat(100_000);
    fs::write(inventory.root().join("document.txt"), document).unwrap();
    // A limit of 8 blocks on the size of files stands for the end of the disk: the evidence does
    // not fit, after the batches do.
    let hold = "hold --batch x/10-dept-cultura --by aoc --reason Dubte --evidence document.txt";
    cannot_write(&inventory, hold, "trap '' XFSZ; ulimit -f 8");
    assert!(ok(&inventory, hold).contains("2 files written"));
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_link_is_not_written_through() {
    let inventory = Inventory::shipped();
    let outside = inventory.root().join("outside.yaml");
    fs::rename(inventory.path(C_FILE), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, inventory.path(C_FILE)).unwrap();
    let before = fs::read(&outside).unwrap();
    let (code, ..) = run(&inventory, &format!("move --batch {C} --by 7d"));
    assert_eq!(code, 2);
    assert_eq!(fs::read(&outside).unwrap(), before);
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), inventory.path("calendars/campanya")).unwrap();
    assert_eq!(run(&inventory, SCHEDULE).0, 2);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn two_commands_at_once_do_not_overwrite_each_other() {
    let inventory = three_batches();
    let spawn = |n: usize| {
        let (batch, day) = [("x/10-dept-cultura", "1"), ("x/20-institut-b", "2")][n % 2];
        std::process::Command::new(env!("CARGO_BIN_EXE_segell"))
            .args(["hold", "--batch", batch, "--by", "aoc", "--reason", &format!("{day} {n}")])
            .args(["--evidence", "ST-1", "--as-of", TODAY])
            .current_dir(inventory.root())
            .env("GIT_CEILING_DIRECTORIES", inventory.root().parent().unwrap())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut running: Vec<_> = (0..8).map(spawn).collect();
    let done = running.iter_mut().filter_map(|child| child.wait().unwrap().code());
    let done: Vec<i32> = done.collect();
    let written = done.iter().filter(|&&code| code == 0).count();
    let holds = |file: &str| text(&inventory, file).matches("\nhold: ").count();
    let held = holds("calendars/x/10-dept-cultura.yaml") + holds("calendars/x/20-institut-b.yaml");
    assert_eq!(held, written, "{done:?}");
    assert!(written >= 1);
    assert!(all_names(&inventory).iter().all(|name| !name.contains(".segell-")));
    assert_eq!(inventory.news().iter().filter(|line| line.contains("error")).count(), 0);
}

#[test]
fn what_an_interrupted_write_left_is_cleared_away() {
    let inventory = Inventory::shipped();
    inventory.write("calendars/transicio-2026/.segell-30-consorci-c.yaml.new", "day");
    assert!(inventory.news()[0].starts_with("error expected-file"));
    let (code, _, err) = run(&inventory, &format!("move --batch {C} --by 1d"));
    assert_eq!(code, 0);
    assert!(
        err.contains("`inventory/calendars/transicio-2026/.segell-30-consorci-c.yaml.new`, which"),
        "{err}"
    );
    assert!(inventory.news().is_empty());
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_leaves_all_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let inventory = three_batches();
    let folder = inventory.path("calendars/x");
    let mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    // Whoever runs the tests as root may write all the same.
    if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        mode(0o755);
        return;
    }
    cannot_write(&inventory, "move --batch x/30-consorci-c --by 1d", "true");
    mode(0o755);
}

#[cfg(unix)]
#[test]
fn a_write_that_is_killed_leaves_each_file_old_or_new() {
    let inventory = three_batches();
    let names = ["10-dept-cultura", "20-institut-b", "30-consorci-c"];
    let batches = || names.map(|name| text(&inventory, &format!("calendars/x/{name}.yaml")));
    for step in 0..6_u64 {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_segell"))
            .args(["move", "--batch", "x/10-dept-cultura", "--by", "1d", "--cascade"])
            .args(["--as-of", TODAY])
            .current_dir(inventory.root())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(40 * step));
        child.kill().unwrap();
        child.wait().unwrap();
        let killed = batches();
        // A whole text each, which is read as what it was or as what it was to be.
        assert!(killed.iter().all(|text| text.starts_with("# yaml") && text.ends_with('\n')));
        inventory.check_on(TODAY).iter().for_each(|line| {
            assert!(!line.contains("well-formed") && !line.contains("matches-schema"), "{line}");
        });
    }
    run(&inventory, "move --batch x/30-consorci-c --to 2027-02-10");
    ok(&inventory, "move --batch x/30-consorci-c --to 2027-02-11");
    assert!(all_names(&inventory).iter().all(|name| !name.contains(".segell-")));
}

#[test]
fn a_seal_taken_out_for_good_is_recorded_once() {
    let inventory = Inventory::shipped();
    let removed = "record removed --ens agencia-a --env pre";
    assert!(
        failed(&inventory, removed).contains("`agencia-a` has not ceased; first: `segell cease")
    );

    let out = ok(&inventory, "cease --ens agencia-a --evidence ST-1");
    assert!(out.contains("segell record removed --ens agencia-a --env pre"), "{out}");
    ok(&inventory, &format!("{removed} --date 2026-11-22"));
    assert!(text(&inventory, "ens/agencia-a.yaml").contains("pre: 2026-11-22"));

    assert!(ok(&inventory, removed).starts_with("nothing changes"));
    assert!(ok(&inventory, &format!("{removed} --date 2026-11-22")).starts_with("nothing changes"));
    let other = failed(&inventory, &format!("{removed} --date 2026-11-23"));
    assert!(other.contains("recorded as taken out of PRE on 2026-11-22"), "{other}");
}

#[test]
fn only_a_seal_retired_for_good_is_taken_out() {
    let inventory = Inventory::shipped();
    let removed = "record removed --certificate agencia-a/2026 --env pre --date 2026-11-23";
    assert!(failed(&inventory, removed).contains("is not retired as compromised or ceased"));
    ok(&inventory, "retire --certificate agencia-a/2026 --reason compromised --date 2026-11-22");
    ok(&inventory, removed);
    let record = text(&inventory, "certificates/agencia-a/2026.yaml");
    assert!(record.contains("removed:") && record.contains("pre: 2026-11-23"), "{record}");
}
