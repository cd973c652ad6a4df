//! A body, from an empty folder to its planned day, by commands only.

use super::{ENS, begun, done, key_from_policy, text};
use crate::support::authority::{Authority, Seal};
use std::fs;

#[test]
fn a_body_is_taken_from_nothing_to_its_planned_day() {
    let inventory = begun();
    let authority = Authority::new("EC-Test");
    inventory.write("trust/test.pem", authority.pem());
    key_from_policy(&inventory);
    let seal = Seal::of("Q9900001J", "Servei Català de Trànsit").issue(&authority);
    let facts = segell::files::x509::Certificate::read(&seal.der).unwrap();
    let serial = facts.serial.to_string();
    let pem = inventory.root().join("seal.pem");
    fs::write(&pem, seal.pem).unwrap();
    let pem = pem.to_str().unwrap();
    let authorisation = ["add", "authorisation", "--ens", "sct", "--service", "AEAT_IRPF/C2"];
    let confirmation = ["add", "confirmation", "--certificate", "sct/2026", "--serial", &serial];
    let steps: [(&[&str], usize); 6] = [
        (&ENS, 0),
        (
            &[
                &authorisation[..],
                &["--requested", "2026-09-01", "--granted", "2026-09-20", "--evidence", "ST-1"],
            ]
            .concat(),
            1,
        ),
        (&["add", "certificate", "--pem", pem, "--ticket", "ST-2", "--delivered", "2026-09-28"], 2),
        (
            &[&confirmation[..], &["--env", "pre", "--date", "2026-10-05", "--evidence", "ST-3"]]
                .concat(),
            1,
        ),
        (
            &[&confirmation[..], &["--env", "pro", "--date", "2026-10-06", "--evidence", "ST-3"]]
                .concat(),
            0,
        ),
        (
            &[
                "schedule",
                "--calendar",
                "transicio-2026",
                "--ens",
                "sct",
                "--pre",
                "2026-12-01",
                "--pro",
                "2026-12-15",
            ],
            1,
        ),
    ];
    for (step, pending) in steps {
        let said = done(&inventory, step);
        assert!(said.contains("next: "), "{said}");
        let checked = done(&inventory, &["check", "--deny", "warnings"]);
        let expected = format!("0 errors, 0 warnings, {pending} pending");
        assert!(checked.contains(&expected), "{step:?}\n{checked}");
    }
    let batch = text(&inventory, "calendars/transicio-2026/10-sct.yaml");
    assert!(batch.contains("certificate: sct/2026\n"), "{batch}");
}

/// The first command that is said to come next, its capitals filled in by what stands before each.
fn next_of(said: &str, fill: &dyn Fn(&str, &str) -> Option<String>) -> Option<Vec<String>> {
    let next = said.lines().find_map(|line| line.strip_prefix("next: "))?;
    let command = next.split('`').nth(1)?.strip_prefix("segell ")?;
    let mut words: Vec<String> = Vec::new();
    for word in command.split(' ') {
        let before = words.last().map_or("", String::as_str);
        let filled = fill(before, word).unwrap_or_else(|| word.to_owned());
        words.push(filled);
    }
    Some(words)
}

#[test]
fn what_comes_next_leads_a_body_from_nothing_to_its_release() {
    let inventory = begun();
    let authority = Authority::new("EC-Test");
    inventory.write("trust/test.pem", authority.pem());
    key_from_policy(&inventory);
    let seal = Seal::of("Q9900001J", "Servei Català de Trànsit").issue(&authority);
    let facts = segell::files::x509::Certificate::read(&seal.der).unwrap();
    let pem = inventory.root().join("seal.pem");
    fs::write(&pem, seal.pem).unwrap();
    let fill = |before: &str, word: &str| {
        let filled = match (before, word) {
            ("--requested", _) => "2026-09-01",
            ("--date", _) => "2026-10-06",
            ("--pre", _) => "2026-12-01",
            ("--pro", _) => "2026-12-15",
            (_, "SERVICE") => "AEAT_IRPF/C2",
            (_, "NAME") => "transicio-2026",
            (_, "TICKET") => "ST-1",
            (_, "HEX") => return Some(facts.serial.to_string().replace(' ', "")),
            (_, "FILE") => return Some(pem.to_str().unwrap().to_owned()),
            _ => return None,
        };
        Some(filled.to_owned())
    };
    let mut said = done(&inventory, &ENS);
    let mut verbs = Vec::new();
    while let Some(words) = next_of(&said, &fill).filter(|words| words[0] != "approve") {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        verbs.push(
            words
                .iter()
                .take_while(|it| !it.starts_with('-'))
                .take(2)
                .copied()
                .collect::<Vec<_>>()
                .join(" "),
        );
        said = done(&inventory, &words);
        if words[1] == "authorisation" {
            // AEAT answers meanwhile.
            let granted = ["--requested", "2026-09-01", "--granted", "2026-09-20"];
            done(&inventory, &[&words[..6], &granted, &["--evidence", "ST-1"]].concat());
        }
        assert!(verbs.len() < 10, "{verbs:?}");
    }
    let confirmed = "add confirmation";
    let way = ["add authorisation", "add certificate", confirmed, confirmed, "schedule", "release"];
    assert_eq!(verbs, way, "{said}");
}
