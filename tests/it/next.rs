//! What comes next, as it is printed: each command is run, its capitals filled in, on a copy of the
//! inventory in the state in which it is printed.

use std::path::Path;
use std::process::Command;

use crate::support::inventory::{IN_PRE, Inventory, PLANNED};

const BATCH: &str = "transicio-2026/20-institut-b";

/// The shipped inventory, its second batch released to PRO, to be loaded on 2026-11-24.
fn released() -> Inventory {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-24");
    inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    inventory
}

/// Runs a verb that must succeed, and hands over what it prints.
#[track_caller]
fn done(inventory: &Inventory, line: &str) -> String {
    let output = inventory.segell(&words(line));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// A line as a shell parts it: nothing but double quotes is quoted here.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(place, part)| match place % 2 {
        0 => part.split(' ').collect::<Vec<_>>(),
        _ => vec![part],
    });
    words.filter(|word| !word.is_empty() && *word != "segell").collect()
}

/// The commands that stand in backticks, or on lines of their own.
fn commands(said: &str) -> Vec<String> {
    let quoted = said.split('`').skip(1).step_by(2).map(str::trim);
    let lines = said.lines().map(str::trim);
    let all = quoted.chain(lines).filter(|it| it.starts_with("segell ")).map(str::to_owned);
    all.collect()
}

/// Runs each of the commands on a copy, on that day.
#[track_caller]
fn follow(inventory: &Inventory, said: &str, day: &str) -> Vec<String> {
    let mut commands = commands(said);
    // These ask a clone with the branch, and a store: `drift` plays the walk.
    commands.retain(|it| {
        !["segell manifest verify", "segell drift"].iter().any(|verb| it.starts_with(verb))
    });
    for command in &commands {
        let copy = tempfile::tempdir().unwrap();
        let from = inventory.root().join(".");
        assert!(
            Command::new("cp").arg("-a").arg(from).arg(copy.path()).status().unwrap().success()
        );
        run(copy.path(), command, day);
    }
    commands
}

#[track_caller]
fn run(folder: &Path, command: &str, day: &str) {
    let filled = |word: &str| match word {
        "TICKET" => "ST-1".to_owned(),
        "TEXT" | "CAUSE" | "REASON" | "ANSWER" => "Words".to_owned(),
        "DATE" => day.to_owned(),
        "ACTOR" => "siad".to_owned(),
        word => word.to_owned(),
    };
    let arguments: Vec<String> = words(command).into_iter().map(filled).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_segell"))
        .env("LC_ALL", "C")
        .args(&arguments)
        .args(["--as-of", day])
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {error}");
}

#[test]
fn a_failing_check_is_analysed_the_next_day_by_the_command_as_printed() {
    let inventory = released();
    let on = |day: &str, line: &str| done(&inventory, &format!("{line} --as-of {day}"));
    let said = on("2026-11-24", &format!("record loaded --batch {BATCH} --env pro --all"));
    follow(&inventory, &said, "2026-11-24");
    on("2026-11-24", &format!("record informed --batch {BATCH} --env pro --all --evidence ST-2"));
    let check = format!("record check --batch {BATCH} --env pro --all --by aoc");
    let said = on("2026-11-24", &format!("{check} --result fails --evidence ST-3"));
    let printed = commands(&said);
    assert!(printed[0].contains("--date 2026-11-24 --by aoc --result fails"), "{printed:?}");
    // The next day: it completes the check that failed, and is no second failure.
    follow(&inventory, &said, "2026-11-25");
    run(inventory.root(), &printed[0], "2026-11-25");
    let text = std::fs::read_to_string(inventory.path(IN_PRE)).unwrap();
    assert_eq!(text.matches("result: fails").count(), 1, "{text}");
    assert!(text.contains("cause: Words"), "{text}");
    let today = done(&inventory, "today --as-of 2026-11-25");
    follow(&inventory, &today, "2026-11-25");
}

#[test]
fn a_check_of_some_is_followed_by_what_is_said_of_them_alone() {
    let inventory = Inventory::shipped();
    let text = std::fs::read_to_string(inventory.path(IN_PRE)).unwrap();
    let second = text.split_once("loads:").unwrap().1.lines().nth(1).unwrap().to_owned();
    assert!(second.contains("institut-b"), "{second}");
    inventory.append(IN_PRE, "  - ens: dept-cultura\n    certificate: generalitat/2025\n");
    let line = format!(
        "record check --batch {BATCH} --env pre --ens institut-b --by aoc --result works --evidence ST-9 --as-of 2026-11-12"
    );
    let said = done(&inventory, &line);
    assert!(said.contains("--env pre --ens institut-b --evidence TICKET"), "{said}");
}

#[test]
fn moving_back_into_the_day_before_does_not_advise_to_move_what_comes_after() {
    let inventory = Inventory::shipped();
    let refused = |by: &str| {
        let line = ["move", "--batch", "transicio-2026/30-consorci-c", "--by", by];
        let output = inventory.segell(&[&line[..], &["--as-of", "2026-11-23"]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!refused("-60d").contains("--cascade"));
    let line = ["move", "--batch", BATCH, "--by", "30d", "--as-of", "2026-11-23"];
    let output = inventory.segell(&line);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--cascade"), "{output:?}");
}

#[test]
fn a_body_that_ceases_with_a_renewal_planned_loses_its_plan_and_the_seal_that_is_loaded() {
    let inventory = Inventory::shipped();
    let said = done(&inventory, "cease --ens agencia-a --evidence ST-5 --as-of 2026-11-23");
    let retire = "segell retire --certificate agencia-a/2026 --reason ceased --date 2026-11-23";
    assert_eq!(commands(&said)[0], retire, "{said}");
    follow(&inventory, &said, "2026-11-23");
    let inventory = Inventory::shipped();
    let said = done(&inventory, "cease --ens consorci-c --evidence ST-5 --as-of 2026-11-23");
    let withdraw = "segell withdraw --batch transicio-2026/30-consorci-c --ens consorci-c --reason TEXT --evidence TICKET";
    assert!(commands(&said).iter().any(|it| it == withdraw), "{said}");
    follow(&inventory, &said, "2026-11-23");
    // The seal that the departments share stays.
    let inventory = Inventory::shipped();
    let said = done(&inventory, "cease --ens dept-cultura --evidence ST-5 --as-of 2026-11-23");
    assert!(!said.contains("segell retire"), "{said}");
}

#[test]
fn what_was_withdrawn_is_not_advised_to_be_planned_again_at_once() {
    let inventory = Inventory::shipped();
    let line = format!(
        "withdraw --batch {BATCH} --all --reason Broken --evidence ST-6 --as-of 2026-11-23"
    );
    let said = done(&inventory, &line);
    assert!(!said.contains("nothing comes back"), "{said}");
    follow(&inventory, &said, "2026-11-23");
    let today = done(&inventory, "today --as-of 2026-11-23");
    assert!(!today.contains("plan the load"), "{today}");
    let status = done(&inventory, "status --as-of 2026-11-23");
    let told = "its load was withdrawn on 2026-11-23: Broken; once that is mended, plan it again";
    assert!(status.contains(told), "{status}");
    let proposed = done(&inventory, "propose --as-of 2026-11-23");
    assert!(proposed.contains(told), "{proposed}");
}

#[test]
fn a_body_that_had_nothing_before_is_told_to_stay_without() {
    let inventory = Inventory::shipped();
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2026-11-24");
    inventory.edit(PLANNED, "stage: planned", "stage: pre");
    inventory.append(PLANNED, "    pre: { loaded: 2026-11-24 }\n");
    let output = inventory.segell(&[
        "withdraw",
        "--batch",
        "transicio-2026/30-consorci-c",
        "--all",
        "--reason",
        "Broken",
        "--evidence",
        "ST-6",
        "--as-of",
        "2026-11-25",
    ]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("in PRE nothing comes back for `consorci-c`"), "{said}");
}

#[test]
fn what_today_advises_can_be_done() {
    let inventory = released();
    for day in ["2026-11-24", "2026-11-26"] {
        let today = done(&inventory, &format!("today --as-of {day}"));
        let followed = follow(&inventory, &today, day);
        assert!(!followed.is_empty(), "{today}");
    }
}

#[test]
fn what_is_overdue_is_so_since_one_day() {
    let inventory = Inventory::shipped();
    let overdue = |day: &str| {
        let screen = done(&inventory, &format!("today --as-of {day}"));
        let overdue = screen.split("\n\n").find(|part| part.starts_with("overdue"));
        overdue.map(str::to_owned).unwrap_or_default()
    };
    // The seal of agencia-a expires on 2029-09-25.
    let seal = |day: &str| {
        let part = overdue(day);
        let place = part.find("in place of `agencia-a/2026`").unwrap_or_else(|| panic!("{part}"));
        part[..place].lines().rev().nth(1).unwrap().trim().to_owned()
    };
    let first = seal("2029-09-20");
    for day in ["2029-09-25", "2029-09-26", "2029-10-30", "2030-03-01"] {
        assert_eq!(seal(day), first, "{day}");
    }
    // What was withdrawn yesterday should be back.
    let line = format!(
        "withdraw --batch {BATCH} --all --reason Broken --evidence ST-6 --as-of 2026-11-23"
    );
    done(&inventory, &line);
    assert!(!overdue("2026-11-23").contains("bring back"));
    let back = "  Mon 2026-11-23  AOC  transicio-2026/20-institut-b\n      bring back";
    for day in ["2026-11-24", "2026-12-10"] {
        assert!(overdue(day).contains(back), "{}", overdue(day));
    }
}

#[test]
fn a_new_body_without_an_agreement_is_sent_to_it_before_a_calendar() {
    let inventory = Inventory::shipped();
    let path = "ens/consorci-c.yaml";
    let text = std::fs::read_to_string(inventory.path(path)).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("agreement:")).collect();
    inventory.write(path, kept.join("\n") + "\n");
    let line = "add confirmation --certificate consorci-c/2026 --env pro --date 2026-11-03 --evidence ST-23020 --sha256 5b5c2c88b8105c25c464cc98ac033251f3d1ce0495f70d649b15443d90e59a2b --as-of 2026-11-23";
    let said = done(&inventory, line);
    assert!(commands(&said)[0].starts_with("segell add agreement --ens consorci-c"), "{said}");
    follow(&inventory, &said, "2026-11-23");
}

#[test]
fn a_stop_and_a_doubt_are_ended_by_the_command_as_printed() {
    let batch = "transicio-2026/30-consorci-c";
    let lines = [
        format!("hold --batch {batch} --by siad --reason Words --evidence ST-6"),
        "add query --ens agencia-a --by siad --to dgtj --question Words".to_owned(),
        "add query --ens consorci-c --by siad --to dgtj --question Words --hold".to_owned(),
        format!("move --batch {batch} --by 7d"),
        format!("unschedule --batch {batch} --ens consorci-c"),
    ];
    for line in lines {
        let inventory = Inventory::shipped();
        let said = done(&inventory, &format!("{line} --as-of 2026-11-23"));
        assert!(!commands(&said).is_empty(), "{said}");
        follow(&inventory, &said, "2026-11-23");
        // A day later it can still be run.
        follow(&inventory, &said, "2026-11-24");
    }
}
