//! `segell status`, `today` and `calendar`: what an operator sees on a Monday morning.

use std::collections::BTreeSet;

use crate::support::authority::{Authority, Seal};
use crate::support::inventory::{FINISHED, IN_PRE, Inventory, PLANNED};

/// What a view prints on a day.
#[track_caller]
fn shown(inventory: &Inventory, verb: &str, day: &str, options: &[&str]) -> String {
    let output = inventory.segell(&[&[verb, "--as-of", day], options].concat());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && error.is_empty(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same as JSON, which keeps to its schema.
#[track_caller]
fn json(inventory: &Inventory, verb: &str, day: &str, options: &[&str]) -> serde_json::Value {
    let text = shown(inventory, verb, day, &[&["--format", "json"], options].concat());
    let document = serde_json::from_str(&text).unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = root.join(format!("schemas/{verb}.schema.json"));
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    document
}

/// The shipped inventory, with its second batch loaded in PRO this week and its third next.
fn this_week() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-24");
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2026-12-01");
    inventory.edit(PLANNED, "pro: 2028-02-01", "pro: 2026-12-10");
    inventory
}

/// What is recorded of the second batch's load in PRO.
fn in_pro(inventory: &Inventory, more: &str) {
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    inventory.append(
        IN_PRE,
        &format!("    pro:\n      loaded: 2026-11-24\n{}", more.replace("  - {", "        - {")),
    );
}

/// Takes the answer to Institut B's query out again.
fn unanswered(inventory: &Inventory) {
    let text = std::fs::read_to_string(inventory.path("ens/institut-b.yaml")).unwrap();
    let (question, _) = text.split_once("    answered: ").unwrap();
    inventory.write("ens/institut-b.yaml", question);
}

const INFORMED: &str =
    "      informed: { date: 2026-11-24, to: [siad], evidence: [{ ticket: ST-23150 }] }\n";
const FAILS: &str = "      checks:
  - { date: 2026-11-25, by: [pica, aoc], result: fails, evidence: [{ ticket: ST-23150 }] }\n";

// status

#[test]
fn status_of_a_small_inventory() {
    let screen = shown(&this_week(), "status", "2026-11-23", &[]);
    assert_eq!(screen, STATUS);
}

const STATUS: &str = "\
5 ens on 2026-11-23

where it stands            ens  who has to act
waits for its load in PRE  1    AOC 1
waits for its load in PRO  1    AOC 1
in use                     3

ens         auth  cert  conf  plan  PRE  PRO  next load       who has to act
institut-b  ✓     ✓     ✓✓    ✓     ✓✓   ○·   PRO 2026-11-24  AOC
    live now: PRE `institut-b/2026` until 2029-10-01 and PRO `generalitat/2025` until 2028-12-15
    everything is in hand: it is to be loaded in PRO on 2026-11-24
consorci-c  ✓     ✓     ✓✓    ✓     ○·   ··   PRE 2026-12-01  AOC
    earlier days of the calendar still have open loads: `institut-b`
    `consorci-c` is not yet loaded in PRE

✓ done  ✗ error  ! warning  ○ somebody has to act  · later; conf: for PRE, for PRO; PRE, PRO: loaded, works; ◆ works, proved by its message

in use: `agencia-a` until 2029-09-25, `dept-cultura` until 2028-12-15 and `dept-interior` until 2028-12-15
";

/// The ens, what each waits for, and whom.
fn standing(inventory: &Inventory, options: &[&str]) -> Vec<String> {
    let document = json(inventory, "status", "2026-11-25", options);
    let line = |ens: &serde_json::Value| {
        let actors = ens["actors"].as_array().unwrap().iter().map(|who| who.as_str().unwrap());
        let actors: Vec<&str> = actors.collect();
        let step = ens["waits_for"].as_str().unwrap_or("-");
        format!("{} {step} {}", ens["ens"].as_str().unwrap(), actors.join("+"))
    };
    document["ens"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn status_follows_a_load_to_its_end() {
    let inventory = this_week();
    let of =
        |inventory: &Inventory| standing(inventory, &["--calendar", "transicio-2026"])[2].clone();
    assert_eq!(of(&inventory), "institut-b loaded-pro aoc");
    in_pro(&inventory, "");
    assert_eq!(of(&inventory), "institut-b verified-pro aoc");
    inventory.append(IN_PRE, INFORMED);
    assert_eq!(of(&inventory), "institut-b verified-pro aoc");
    inventory.append(
        IN_PRE,
        "      checks:\n        - { date: 2026-11-25, by: [aoc], result: works, evidence: [{ ticket: ST-1 }] }\n",
    );
    assert_eq!(of(&inventory), "institut-b verified-pro pica");
    inventory.edit(
        IN_PRE,
        "by: [aoc], result: works, evidence: [{ ticket: ST-1 }] }\n",
        "by: [aoc, pica], result: works, evidence: [{ ticket: ST-1 }] }\n",
    );
    // What is missing now is the departments' check, which is theirs.
    assert_eq!(of(&inventory), "institut-b - ");
    let screen = shown(&inventory, "status", "2026-11-25", &[]);
    assert!(screen.contains("\nthe departments' check          AOC\n"), "{screen}");
    let theirs = "\nthe departments, after `transicio-2026/20-institut-b`: nobody has seen";
    assert!(screen.contains(theirs), "{screen}");
    inventory.edit(
        IN_PRE,
        "by: [aoc, pica], result: works, evidence: [{ ticket: ST-1 }] }\n",
        "by: [aoc, pica], result: works, evidence: [{ ticket: ST-1 }] }\ndepartments:\n  - { date: 2026-11-25, by: [aoc], result: works, evidence: [{ ticket: ST-2 }] }\n",
    );
    assert_eq!(of(&inventory), "institut-b - ");
}

#[test]
fn status_says_what_is_missing_before_a_load() {
    let inventory = this_week();
    inventory.edit(
        "certificates/consorci-c/2026.yaml",
        "confirmations:",
        "confirmations: {}\n# was:",
    );
    let text =
        std::fs::read_to_string(inventory.path("certificates/consorci-c/2026.yaml")).unwrap();
    let cut = text.split("# was:").next().unwrap();
    inventory.write("certificates/consorci-c/2026.yaml", cut);
    assert_eq!(standing(&inventory, &["--who", "aeat"]), ["consorci-c confirmed-pre aeat"]);
    inventory.delete(PLANNED);
    assert_eq!(standing(&inventory, &["--who", "aeat"]), ["consorci-c confirmed-pre aeat"]);
    inventory.edit("ens/consorci-c.yaml", ", granted: 2026-10-05", "");
    inventory.delete("certificates/consorci-c/2026.yaml");
    inventory.delete("certificates/consorci-c/2026.pem");
    let found = standing(&inventory, &["--missing", "certificate-for-every-authorised-ens"]);
    assert_eq!(found, ["consorci-c authorised ens"]);
}

#[test]
fn status_with_filters() {
    let inventory = this_week();
    let ids = |options: &[&str]| {
        let all = standing(&inventory, options);
        all.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--block", "departments"]), ["dept-cultura", "dept-interior"]);
    assert_eq!(ids(&["--block", "new", "--block", "departments"]).len(), 3);
    assert_eq!(ids(&["--stage", "pre"]), ["institut-b"]);
    assert_eq!(ids(&["--missing", "loaded-pro"]), ["institut-b"]);
    assert_eq!(ids(&["--missing", "load-on-its-day"]), ["institut-b"]);
    assert_eq!(ids(&["--missing", "previous-batch-finished"]), ["consorci-c"]);
    assert_eq!(ids(&["--calendar", "transicio-2026", "--block", "new"]), ["consorci-c"]);
    assert_eq!(ids(&["--who", "pica"]), Vec::<String>::new());
    let screen = shown(&inventory, "status", "2026-11-23", &["--block", "new"]);
    assert!(screen.starts_with("1 of 5 ens on 2026-11-23\n"), "{screen}");
    let empty = shown(&inventory, "status", "2026-11-23", &["--who", "pica"]);
    assert_eq!(empty, "0 of 5 ens on 2026-11-23\n\nwhere it stands  ens  who has to act\n");
}

#[test]
fn what_a_filter_names_must_exist() {
    let inventory = Inventory::shipped();
    let refused = |arguments: &[&str]| {
        let output = inventory.segell(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        refused(&["status", "--missing", "nothing"])
            .contains("`nothing` is neither a rule nor a step")
    );
    let message = refused(&["status", "--calendar", "x"]);
    assert_eq!(message, "segell: there is no calendar `x`; there are `transicio-2026`\n");
    assert!(refused(&["calendar", "--calendar", "x"]).contains("there is no calendar `x`"));
    let message = refused(&["calendar", "--from", "2026-12-01", "--until", "2026-11-30"]);
    assert!(message.contains("comes before `--from`"), "{message}");
    let message = refused(&["forecast", "--as-of", "2026-12-01", "--until", "2026-11-30"]);
    assert!(message.contains("`--until`, 2026-11-30, comes before 2026-12-01"), "{message}");
}

#[test]
fn views_that_tell_no_findings_say_that_files_are_broken() {
    for verb in ["calendar", "forecast"] {
        let inventory = Inventory::shipped();
        let beside = || {
            let output = inventory.segell(&[verb, "--as-of", "2026-11-23"]);
            String::from_utf8(output.stderr).unwrap()
        };
        assert_eq!(beside(), "", "{verb}");
        for (file, count) in [("agencia-a", "1 file has"), ("institut-b", "2 files have")] {
            inventory.write(&format!("ens/{file}.yaml"), "name: [\n");
            assert!(beside().starts_with(&format!("segell: {count} something wrong")), "{verb}");
        }
    }
}

#[test]
fn an_ens_whose_file_is_broken_is_not_hidden() {
    let inventory = this_week();
    inventory.append("ens/agencia-a.yaml", "x: [\n");
    let found = standing(&inventory, &["--missing", "well-formed"]);
    assert_eq!(found, ["agencia-a authorised "]);
}

#[test]
fn an_error_in_one_load_is_not_told_of_its_neighbours() {
    let inventory = this_week();
    inventory.append(PLANNED, "  - ens: agencia-a\n    certificate: agencia-a/2030\n");
    let found = standing(&inventory, &["--missing", "known-reference"]);
    assert_eq!(found, ["agencia-a certificate "]);
}

/// Bodies that only wait for their certificates.
fn with_bodies(count: usize) -> Inventory {
    let inventory = Inventory::shipped();
    for number in 1..=count {
        let candidates = "JABCDEFGHI".chars().map(|letter| format!("Q123{number:04}{letter}"));
        let mut valid =
            candidates.filter(|nif| segell::inventory::model::identifier::is_body_nif(nif));
        let (nif, code) = (valid.next().unwrap(), 1000 + number);
        let permission =
            "{ requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-1 }] }";
        inventory.write(
            &format!("ens/body-{number:03}.yaml"),
            format!("name: \"=Body|<b>{number}\"\nblock: consuming\norgan_code: \"{code}\"\nnif: {nif}\nauthorisations:\n  - service: AEAT_IRPF/C2\n    organ_code: \"{code}\"\n    pre: {permission}\n    pro: {permission}\n"),
        );
    }
    inventory
}

#[test]
fn who_stands_alike_is_told_together() {
    let screen = shown(&with_bodies(4), "status", "2026-11-23", &["--who", "ens"]);
    assert!(screen.contains("waits for its certificate  4    the ens 4\n"), "{screen}");
    assert!(
        screen.contains("\n4 ens  ✓     ○     ··    ·     ··   ··   –          the ens\n"),
        "{screen}"
    );
    assert!(
        screen.contains("\n    `body-001`, `body-002`, `body-003` and `body-004`\n"),
        "{screen}"
    );
    assert!(screen.contains("organ code, `1001`, and so of each\n"), "{screen}");
    let screen = shown(&with_bodies(3), "status", "2026-11-23", &["--who", "ens"]);
    assert!(screen.contains("\nbody-003  ✓     ○ "), "{screen}");
}

#[test]
fn words_from_files_mean_nothing_to_a_spreadsheet_or_markdown() {
    let inventory = with_bodies(1);
    let csv = shown(&inventory, "status", "2026-11-23", &["--format", "csv"]);
    assert!(csv.contains("\n\"body-001\",\" =Body|<b>1\",\"already consuming\","), "{csv}");
    assert_eq!(csv.lines().count(), 7);
    let inventory = this_week();
    inventory.append(
        PLANNED,
        "hold: { since: 2026-11-20, by: siad, reason: \"<script>|x\", evidence: [{ ticket: ST-1 }] }\n",
    );
    let markdown = shown(&inventory, "today", "2026-11-23", &["--format", "markdown"]);
    assert!(markdown.contains("<script>\\|x`"), "{markdown}");
    let screen = shown(&inventory, "today", "2026-11-23", &[]);
    assert!(screen.contains("on hold: <script>|x\n"), "{screen}");
}

// today

/// When each task of a batch is due on a day.
fn due(inventory: &Inventory, day: &str) -> Vec<String> {
    let document = json(inventory, "today", day, &[]);
    let tasks = document["tasks"].as_array().unwrap().iter();
    tasks
        .map(|task| {
            let what = task["what"].as_str().unwrap().split(':').next().unwrap();
            format!("{}: {what}", task["when"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_week_ends_on_sunday() {
    let inventory = this_week();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    let load = |when: &str| format!("{when}: load in PRO");
    // Sunday, Monday, Tuesday the day itself, Wednesday.
    assert!(due(&inventory, "2026-11-22").contains(&load("next")));
    assert!(due(&inventory, "2026-11-23").contains(&load("this-week")));
    assert!(due(&inventory, "2026-11-24").contains(&load("today")));
    assert!(due(&inventory, "2026-11-25").contains(&load("overdue")));
    // On Friday the next week's first load is already in sight, and what it waits for.
    let friday = due(&inventory, "2026-11-27");
    assert_eq!(friday[1], "next: cannot yet be released to PRE, to be loaded on 2026-12-01");
    // Two weeks before, nothing of it is.
    let inventory = this_week();
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    assert!(!due(&inventory, "2026-11-13").iter().any(|task| task.contains("load in PRO")));
}

#[test]
fn today_of_a_week_with_a_release_and_a_load() {
    let screen = shown(&this_week(), "today", "2026-11-23", &[]);
    assert_eq!(screen, TODAY_SCREEN);
}

const TODAY_SCREEN: &str = "\
Mon 2026-11-23; the week ends on 2026-11-29

today
  nothing

this week
  Tue 2026-11-24  AOC  transicio-2026/20-institut-b
      release to PRO, to be loaded on 2026-11-24: `institut-b`
      segell release --batch transicio-2026/20-institut-b --stage pro

after this week
  Tue 2026-12-01  AOC  transicio-2026/30-consorci-c
      cannot yet be released to PRE, to be loaded on 2026-12-01: `consorci-c`
      · earlier days of the calendar still have open loads: `institut-b`
";

#[test]
fn what_fails_can_be_taken_out_and_what_then_comes_back() {
    let inventory = this_week();
    in_pro(&inventory, &[INFORMED, FAILS].concat());
    let screen = shown(&inventory, "today", "2026-11-26", &[]);
    let expected = "\
today
  Thu 2026-11-26  AOC  transicio-2026/20-institut-b
      does not work in PRO: `institut-b`; mend it and check again, or take it out
      · of the failure of 2026-11-25 is not recorded: its cause and the day it was corrected
      · taking it out brings back `generalitat/2025` in PRE for `institut-b`; that is in force until 2028-12-15
      · taking it out brings back `generalitat/2025` in PRO for `institut-b`; that is in force until 2028-12-15
      segell record check --batch transicio-2026/20-institut-b --env pro --all --date 2026-11-25 --by pica --by aoc --result fails --cause TEXT --corrected DATE --evidence TICKET
      segell record check --batch transicio-2026/20-institut-b --env pro --all --by pica --by aoc --result works --evidence TICKET
      segell withdraw --batch transicio-2026/20-institut-b --ens institut-b --reason TEXT --evidence TICKET
";
    assert!(screen.contains(expected), "{screen}");
    // Retired, it does not come back; neither is it in force until its last day.
    inventory.append(
        "certificates/generalitat/2025.yaml",
        "retired: { date: 2026-11-27, reason: superseded }\n",
    );
    let screen = shown(&inventory, "today", "2026-11-26", &[]);
    assert!(
        screen.contains("in PRO for `institut-b`; that is in force until 2026-11-26\n"),
        "{screen}"
    );
    let screen = shown(&inventory, "today", "2026-11-27", &[]);
    assert!(screen.contains("taking it out leaves `institut-b` without a seal in PRO"), "{screen}");
    // Once taken out, what was before waits to be loaded again.
    inventory.append(
        IN_PRE,
        "    withdrawn: { date: 2026-11-26, reason: It fails, evidence: [{ ticket: ST-9 }] }\n",
    );
    let screen = shown(&inventory, "today", "2026-11-26", &[]);
    let command =
        "segell record restored --batch transicio-2026/20-institut-b --env pro --ens institut-b\n";
    assert!(screen.contains("bring back `generalitat/2025` in PRO: `institut-b`\n"), "{screen}");
    assert!(screen.contains(command), "{screen}");
    assert!(!screen.contains("does not work in PRO"), "{screen}");
}

#[test]
fn after_a_load_siad_is_told_and_pica_looks() {
    let inventory = this_week();
    in_pro(&inventory, "");
    let tasks = due(&inventory, "2026-11-25");
    assert_eq!(
        tasks,
        [
            "today: see that requests work in PRO",
            "today: tell SIAD that PRO is loaded",
            "today: see that the departments still consume",
            "next: cannot yet be released to PRE, to be loaded on 2026-12-01",
        ]
    );
}

#[test]
fn queries_and_holds_wait_for_whoever_has_to_answer() {
    let inventory = this_week();
    unanswered(&inventory);
    inventory.append(
        PLANNED,
        "hold: { since: 2026-11-20, by: dgtj, reason: The agreement changes, evidence: [{ ticket: ST-1 }] }\n",
    );
    let document = json(&inventory, "today", "2026-11-23", &[]);
    let tasks = document["tasks"].as_array().unwrap();
    let waiting: Vec<_> = tasks.iter().filter(|task| task["when"] == "waiting").collect();
    let who: Vec<String> = waiting.iter().map(|task| task["actors"].to_string()).collect();
    assert_eq!(who, ["[\"aeat\"]", "[\"dgtj\"]", "[\"aeat\"]"], "{waiting:?}");
}

#[test]
fn a_seal_that_runs_out_is_to_be_ordered_in_time() {
    // The last day to order it is 2028-11-01, a Wednesday: in the week before, nobody is told.
    let inventory = Inventory::shipped();
    let order = |day: &str| {
        let all = due(&inventory, day).into_iter();
        all.filter(|task| task.contains("have another seal issued")).collect::<Vec<_>>()
    };
    assert_eq!(order("2028-10-29"), Vec::<String>::new());
    let told = |when: &str| {
        vec![format!("{when}: have another seal issued in place of `generalitat/2025`")]
    };
    assert_eq!(order("2028-10-30"), told("this-week"));
    assert_eq!(order("2028-11-01"), told("today"));
    assert_eq!(order("2028-11-02"), told("overdue"));
}

#[test]
fn who_has_everything_in_hand_is_to_be_planned() {
    let inventory = this_week();
    inventory.delete(PLANNED);
    let screen = shown(&inventory, "today", "2026-11-23", &[]);
    assert!(
        screen
            .contains("everything is in hand, plan the load: `consorci-c`\n      segell propose\n"),
        "{screen}"
    );
}

/// Inventories in which every kind of task is due.
fn stories() -> Vec<(Inventory, &'static str)> {
    let released = this_week();
    released.edit(IN_PRE, "stage: pre", "stage: pro");
    let loaded = this_week();
    in_pro(&loaded, "");
    let failing = this_week();
    in_pro(&failing, &[INFORMED, FAILS].concat());
    let withdrawn = this_week();
    in_pro(&withdrawn, &[INFORMED, FAILS].concat());
    withdrawn.append(
        IN_PRE,
        "    withdrawn: { date: 2026-11-26, reason: It fails, evidence: [{ ticket: ST-9 }] }\n",
    );
    let waiting = this_week();
    waiting.delete(PLANNED);
    unanswered(&waiting);
    waiting.append(
        IN_PRE,
        "hold: { since: 2026-11-20, by: siad, reason: Doubts, evidence: [{ ticket: ST-1 }] }\n",
    );
    let partly = this_week();
    let authority = Authority::new("EC-Proves");
    let codes = ["9699969038"];
    partly.with_certificate(
        "agencia-a/2027",
        &codes,
        Seal::of("Q9900001J", "A").from("2026-11-01"),
        &authority,
    );
    partly.append(IN_PRE, "  - ens: agencia-a\n    certificate: agencia-a/2027\n");
    let broken = this_week();
    broken.write("ens/nou.yaml", "name: [\n");
    let ceased = this_week();
    ceased.append(
        "ens/agencia-a.yaml",
        "ceased: { date: 2026-11-24, evidence: [{ ticket: ST-9 }] }\n",
    );
    vec![
        (ceased, "2026-11-24"),
        (broken, "2026-11-26"),
        (this_week(), "2026-11-23"),
        (this_week(), "2026-11-26"),
        (Inventory::shipped(), "2028-11-02"),
        (released, "2026-11-25"),
        (loaded, "2026-11-25"),
        (failing, "2026-11-26"),
        (withdrawn, "2026-11-27"),
        (waiting, "2026-11-26"),
        (partly, "2026-11-26"),
    ]
}

/// Each is run, without writing; where a file is to be filled in, only read.
#[test]
fn the_commands_that_are_offered_are_those_that_segell_has() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (inventory, day) in stories() {
        let document = json(&inventory, "today", day, &[]);
        let tasks = document["tasks"].as_array().unwrap();
        for command in tasks.iter().flat_map(|task| task["commands"].as_array().unwrap()) {
            let command = command.as_str().unwrap();
            let command = command.replace("TICKET", "ST-1").replace("DATE", day);
            let words: Vec<&str> = command.split(' ').collect();
            let is_verb = |word: &&&str| !word.starts_with('-') && **word != "FILE";
            let verb: Vec<&str> = words[1..].iter().take_while(is_verb).copied().collect();
            seen.insert(verb.join(" "));
            let safely: &[&str] = match verb[0] {
                _ if command.contains("FILE") => &["--help"],
                "check" | "propose" => &["--as-of", day],
                _ => &["--as-of", day, "--dry-run"],
            };
            let output = inventory.segell(&[&words[1..], safely].concat());
            let error = String::from_utf8_lossy(&output.stderr);
            assert_ne!(output.status.code(), Some(2), "{command}: {error}");
        }
    }
    let all = [
        "add certificate",
        "answer query",
        "check",
        "hold",
        "move",
        "propose",
        "record check",
        "record departments",
        "record informed",
        "record loaded",
        "record removed",
        "record restored",
        "release",
        "withdraw",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

// calendar

#[test]
fn the_calendar_of_two_months() {
    let screen = shown(&this_week(), "calendar", "2026-11-23", &["--from", "2026-11-09"]);
    assert_eq!(screen, CALENDAR);
}

const CALENDAR: &str = "\
November 2026
Mon        Tue        Wed        Thu        Fri        Sat        Sun
                                                                  1
2          3          4          5          6          7          8
9          10         11         12         13         14         15
           ✓PRE 20
16         17         18         19         20         21         22
[23]       24         25         26         27         28         29
           ○PRO 20
30

December 2026
Mon        Tue        Wed        Thu        Fri        Sat        Sun
           1          2          3          4          5          6
           ○PRE 30
7          8 holiday  9          10         11         12         13
                                 ○PRO 30
14         15         16         17         18         19         20
21         22         23 freeze  24 freeze  25 holiday 26 freeze  27 freeze
28 freeze  29 freeze  30 freeze  31 freeze

✓ works  ◐ loaded  ✗ fails  ! missed  ● released  ○ planned  – withdrawn

batch                         stage            PRE         in PRE   PRO         in PRO   ens
transicio-2026/20-institut-b  released to PRE  2026-11-10  works    2026-11-24  planned  `institut-b`
transicio-2026/30-consorci-c  planned          2026-12-01  planned  2026-12-10  planned  `consorci-c`
";

#[test]
fn what_is_finished_before_this_month_is_left_out_until_asked_for() {
    let screen = shown(&this_week(), "calendar", "2026-12-14", &[]);
    assert!(!screen.contains("10-agencia-a"), "{screen}");
    let last = "\nfinished before this month: 1 batch; --from 2026-10-20 shows them\n";
    assert!(screen.ends_with(last), "{screen}");
    assert!(
        shown(&this_week(), "calendar", "2026-12-14", &["--from", "2026-10-20"])
            .contains("✓PRE 10")
    );
}

/// The outcome of the second batch in PRO.
fn outcome(inventory: &Inventory, day: &str) -> String {
    let document = json(inventory, "calendar", day, &[]);
    document["calendars"]["transicio-2026"][1]["pro"]["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn a_day_has_an_outcome() {
    let inventory = this_week();
    assert_eq!(outcome(&inventory, "2026-11-23"), "planned");
    assert_eq!(outcome(&inventory, "2026-11-24"), "planned");
    assert_eq!(outcome(&inventory, "2026-11-25"), "missed");
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    assert_eq!(outcome(&inventory, "2026-11-24"), "released");
    let inventory = this_week();
    in_pro(&inventory, INFORMED);
    assert_eq!(outcome(&inventory, "2026-11-25"), "loaded");
    inventory.append(IN_PRE, &FAILS.replace("  - {", "        - {"));
    assert_eq!(outcome(&inventory, "2026-11-25"), "fails");
    let failed = "result: fails, evidence: [{ ticket: ST-23150 }] }";
    inventory.edit(IN_PRE, failed, &failed.replace("fails", "works"));
    assert_eq!(outcome(&inventory, "2026-11-25"), "works");
    inventory.append(
        IN_PRE,
        "    withdrawn: { date: 2026-11-26, reason: It fails, evidence: [{ ticket: ST-9 }] }\n",
    );
    assert_eq!(outcome(&inventory, "2026-11-26"), "withdrawn");
}

#[test]
fn the_last_day_there_is_ends_a_calendar() {
    let inventory = this_week();
    inventory.edit(PLANNED, "pro: 2026-12-10", "pro: 9999-12-31");
    let screen = shown(&inventory, "calendar", "2026-11-23", &[]);
    assert!(screen.contains("\nDecember 9999\n"), "{screen}");
    let svg = shown(&inventory, "calendar", "2026-11-23", &["--format", "svg"]);
    assert!(svg.lines().count() < 80, "{svg}");
    let ics = shown(&inventory, "calendar", "2026-11-23", &["--format", "ics"]);
    assert!(ics.contains("DTSTART;VALUE=DATE:99991231\r\n"), "{ics}");
}

#[test]
fn a_hold_lasts_until_it_ends() {
    let inventory = this_week();
    inventory.append(
        PLANNED,
        "hold: { since: 2026-11-20, by: siad, reason: Doubts, evidence: [{ ticket: ST-1 }] }\n",
    );
    let is_on_hold = || {
        let document = json(&inventory, "calendar", "2026-11-23", &[]);
        document["calendars"]["transicio-2026"][2]["on_hold"].as_bool().unwrap()
    };
    let waits =
        || shown(&inventory, "today", "2026-11-23", &["--who", "siad"]).contains("on hold: Doubts");
    assert_eq!([is_on_hold(), waits()], [true, true]);
    // Its end is recorded; until then no day has a part in it.
    inventory.edit(PLANNED, "ticket: ST-1 }] }", "ticket: ST-1 }], ended: 2026-11-23 }");
    assert_eq!([is_on_hold(), waits()], [false, false]);
}

#[test]
fn a_span_takes_its_first_and_last_day() {
    let ids = |from: &str, until: &str| {
        let span = ["--from", from, "--until", until];
        let document = json(&this_week(), "calendar", "2026-11-23", &span);
        let batches = document["calendars"]["transicio-2026"].as_array().cloned();
        batches.unwrap_or_default().iter().map(|batch| batch["day"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids("2026-11-10", "2026-11-24"), ["20"]);
    assert_eq!(ids("2026-11-11", "2026-11-23"), Vec::<String>::new());
    assert_eq!(ids("2026-11-24", "2026-12-01"), ["20", "30"]);
    let screen = shown(&this_week(), "calendar", "2026-11-23", &["--until", "2026-01-01"]);
    assert_eq!(screen, "no batch has a day here\n");
}

#[test]
fn a_calendar_program_reads_the_days_and_keeps_them_apart() {
    let inventory = this_week();
    let ics = shown(&inventory, "calendar", "2026-11-23", &["--format", "ics"]);
    assert!(ics.lines().all(|line| line.len() <= 75), "{ics}");
    assert!(ics.ends_with("\r\nEND:VCALENDAR\r\n"), "{ics}");
    let uids = |text: &str| {
        let unfolded = text.replace("\r\n ", "");
        let uids = unfolded.split("\r\n").filter_map(|line| line.strip_prefix("UID:"));
        uids.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(ics.matches("BEGIN:VEVENT\r\n").count(), 6);
    assert_eq!(ics.matches("END:VEVENT\r\n").count(), 6);
    assert_eq!(uids(&ics).len(), 6);
    assert!(ics.contains("\r\nX-WR-TIMEZONE:Europe/Madrid\r\n"), "{ics}");
    assert!(ics.contains("\r\nDTSTART;VALUE=DATE:20261124\r\n"), "{ics}");
    assert!(ics.contains("\r\nDTEND;VALUE=DATE:20261125\r\n"), "{ics}");
    // Moved, it is the same event.
    inventory.commit("2026-11-23T09:00:00Z");
    let ics = shown(&inventory, "calendar", "2026-11-23", &["--format", "ics"]);
    inventory.edit(IN_PRE, "pro: 2026-11-24", "pro: 2026-11-26");
    inventory.commit("2026-11-23T10:30:00Z");
    let moved = shown(&inventory, "calendar", "2026-11-23", &["--format", "ics"]);
    assert_ne!(moved, ics);
    assert_eq!(uids(&moved), uids(&ics));
    // Outlook moves what has a greater sequence: on the same day too.
    let sequence = |text: &str| -> i64 {
        let line = text.lines().find_map(|line| line.strip_prefix("SEQUENCE:"));
        line.unwrap().trim().parse().unwrap()
    };
    assert_eq!(sequence(&moved) - sequence(&ics), 90);
    assert!(moved.contains("\r\nLAST-MODIFIED:20261123T103000Z\r\n"), "{moved}");
    let again = shown(&inventory, "calendar", "2026-11-23", &["--format", "ics"]);
    assert_eq!(again, moved);
}

#[test]
fn a_timeline_is_a_picture_whatever_the_words() {
    let inventory = this_week();
    inventory.edit_first("policy.yaml", "reason: Christmas", "reason: \"<script>&\\\"'\"");
    let svg = shown(&inventory, "calendar", "2026-11-23", &["--format", "svg"]);
    assert!(svg.contains("<title>freeze: &lt;script&gt;&amp;&quot;&apos;</title>"), "{svg}");
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut titles = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) => titles += usize::from(tag.name().0 == b"title"),
            _ => {}
        }
    }
    // Six days, a freeze, nine marks of the legend.
    assert_eq!(titles, 16);
}

#[test]
fn a_spreadsheet_has_a_row_a_load() {
    let csv = shown(&this_week(), "calendar", "2026-11-23", &["--format", "csv"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[2],
        "'transicio-2026','transicio-2026/20-institut-b','20','released to PRE','institut-b','Institut B','institut-b/2026','2026-11-10','works','2026-11-10','2026-11-24','planned',''".replace('\'', "\"")
    );
    let markdown = shown(&this_week(), "calendar", "2026-11-23", &["--format", "markdown"]);
    assert_eq!(markdown.lines().count(), 5);
}

#[test]
fn an_empty_inventory_has_nothing_to_show() {
    let inventory = Inventory::shipped();
    for file in [FINISHED, IN_PRE, PLANNED] {
        inventory.delete(file);
    }
    assert_eq!(shown(&inventory, "calendar", "2026-11-23", &[]), "no batch has a day here\n");
    let svg = shown(&inventory, "calendar", "2026-11-23", &["--format", "svg"]);
    assert!(svg.ends_with("</svg>\n"));
}

#[test]
fn a_comment_tells_what_is_due_by_who_acts() {
    let inventory = this_week();
    unanswered(&inventory);
    let markdown = shown(&inventory, "today", "2026-11-23", &["--format", "markdown"]);
    let (aoc, aeat) = markdown.split_once("#### AEAT\n").unwrap();
    assert!(aoc.starts_with("#### AOC\n\n| when | day |"), "{markdown}");
    assert!(aeat.contains("answer a query about"), "{markdown}");
}

#[test]
fn of_many_who_stand_alike_no_ten_names_are_told() {
    let inventory = with_bodies(30);
    let screen = shown(&inventory, "status", "2026-11-23", &["--who", "ens"]);
    assert!(screen.contains("\n30 ens  ✓     ○ "), "{screen}");
    assert!(!screen.contains("others"), "{screen}");
}

#[test]
fn a_renewal_of_a_seal_in_use_is_no_ens_that_never_had_one() {
    let inventory = Inventory::shipped();
    let seal = Seal::of("Q9900001J", "Agència A").from("2026-11-20");
    inventory.with_certificate(
        "agencia-a/2027",
        &["9699969038"],
        seal,
        &Authority::new("EC-Proves"),
    );
    let screen = shown(&inventory, "status", "2026-11-23", &["--block", "consuming"]);
    assert!(screen.contains("\nin use, its renewal waits for a batch  1    AOC 1\n"), "{screen}");
    let live = "    live now: PRE `agencia-a/2026` until 2029-09-25 and PRO `agencia-a/2026` until 2029-09-25\n";
    assert!(screen.contains(live), "{screen}");
    let document = json(&inventory, "status", "2026-11-23", &["--block", "consuming"]);
    let ens = &document["ens"][0];
    assert_eq!((ens["ens"].as_str(), ens["renewal"].as_bool()), (Some("agencia-a"), Some(true)));
    assert_eq!(ens["live"]["pro"]["until"], "2029-09-25");
    assert_eq!(document["summary"]["renewing"], 1);
}

#[test]
fn a_proposal_tells_those_who_are_not_ready_together() {
    let inventory = with_bodies(30);
    let screen = shown(&inventory, "propose", "2026-11-23", &[]);
    let (_, left) = screen.split_once("left out\n").unwrap();
    assert!(left.starts_with("  30 ens\n      `body-001` has no certificate"), "{screen}");
    assert!(left.contains("and so of each\n"), "{screen}");
    let screen = shown(&with_bodies(3), "propose", "2026-11-23", &[]);
    assert!(screen.contains("left out\n  body-001\n"), "{screen}");
}

/// A day's cell tells how many loads there are, and that one of them was taken out again.
#[test]
fn a_cell_counts_its_loads_and_hides_none() {
    let inventory = this_week();
    let more = "  - ens: agencia-a\n    certificate: agencia-a/2026\n    withdrawn: { date: 2026-11-20, reason: Mistake, evidence: [{ ticket: ST-9 }] }\n";
    inventory.append(PLANNED, more);
    let screen = shown(&inventory, "calendar", "2026-11-23", &[]);
    assert!(screen.contains("○1–1PRE 30"), "{screen}");
    inventory.edit(
        PLANNED,
        "    withdrawn: { date: 2026-11-20, reason: Mistake, evidence: [{ ticket: ST-9 }] }\n",
        "",
    );
    let screen = shown(&inventory, "calendar", "2026-11-23", &[]);
    assert!(screen.contains("○PRE 30×2"), "{screen}");
    let svg = shown(&inventory, "calendar", "2026-11-23", &["--format", "svg"]);
    assert!(svg.contains(">30-consorci-c ×2<"), "{svg}");
}
