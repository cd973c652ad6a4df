//! `segell plan`: what a reviewer reads.

use crate::support::authority::Authority;
use crate::support::inventory::{FINISHED, IN_PRE, Inventory, PLANNED};

const DAY: &str = "2026-11-24";

/// What the plan from one commit to another says.
fn plan(inventory: &Inventory, base: &str, head: &str, format: &str) -> String {
    let output =
        inventory.segell(&["plan", base, head, "--as-of", DAY, "--format", format, "--full"]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    text(output.stdout)
}

/// What changes when the shipped inventory is edited so.
fn after(edit: impl FnOnce(&Inventory)) -> (Inventory, String, String) {
    let inventory = Inventory::shipped();
    let base = inventory.commit("2026-11-23T12:00:00Z");
    edit(&inventory);
    let head = inventory.commit("2026-11-24T12:00:00Z");
    (inventory, base, head)
}

/// The lines of the summary.
fn summary(edit: impl FnOnce(&Inventory)) -> Vec<String> {
    let (inventory, base, head) = after(edit);
    let text = plan(&inventory, &base, &head, "human");
    let lines = text.lines().skip(2).take_while(|line| line.starts_with("  • "));
    let mut lines: Vec<String> =
        lines.map(|line| line.trim_start_matches("  • ").to_owned()).collect();
    // The last line says whose the commit is, and that is nobody's in the policy.
    let wrote = "written from addresses that no reviewer has: `test@example.org`";
    assert_eq!(lines.pop().as_deref(), Some(wrote));
    lines
}

#[test]
fn a_batch_is_scheduled_moved_released_and_stopped() {
    let batch = "day: 40\nstage: planned\npre: 2028-02-08\npro: 2028-02-15\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026\n";
    assert_eq!(
        summary(|inventory| {
            inventory.write("calendars/transicio-2026/40-mes.yaml", batch);
        }),
        [
            "batch transicio-2026/40-mes is scheduled: `agencia-a`, in PRE on 2028-02-08 and in PRO on 2028-02-15"
        ]
    );
    assert_eq!(
        summary(|inventory| {
            inventory.edit(IN_PRE, "stage: pre", "stage: pro");
            inventory.edit(IN_PRE, "2028-01-11", "2026-12-01");
        }),
        [
            "batch transicio-2026/20-institut-b moves in PRO from 2028-01-11 to 2026-12-01",
            "batch transicio-2026/20-institut-b is released to PRO: `institut-b`",
        ]
    );
    assert_eq!(
        summary(|inventory| {
            inventory.append(PLANNED, "hold: { since: 2026-11-24, by: siad, reason: Elections, evidence: [{ ticket: ST-24000 }] }\n");
        }),
        ["batch transicio-2026/30-consorci-c is stopped since 2026-11-24 by siad: Elections"]
    );
}

#[test]
fn what_happened_is_told() {
    assert_eq!(
        summary(|inventory| {
            inventory.append(IN_PRE, "    withdrawn: { date: 2026-11-24, reason: Requests fail, evidence: [{ ticket: ST-24000 }], restored: { pre: 2026-11-24 } }\n");
        }),
        [
            "institut-b is withdrawn from batch transicio-2026/20-institut-b on 2026-11-24: Requests fail",
            "what institut-b had before is back in PRE since 2026-11-24",
        ]
    );
    assert_eq!(
        summary(|inventory| {
            inventory.edit("ens/institut-b.yaml", "queries:", "ceased: { date: 2027-06-30, successor: agencia-a, evidence: [{ ticket: ST-24000 }] }\nqueries:");
            inventory.edit("ens/institut-b.yaml", "name: Institut B", "name: Institut Be");
            inventory.append(
                "certificates/institut-b/2026.yaml",
                "retired: { date: 2027-01-10, reason: superseded }\n",
            );
        }),
        [
            "institut-b/2026 is retired from 2027-01-10: superseded",
            "institut-b: name was Institut B, becomes Institut Be",
            "institut-b ceases on 2027-06-30; agencia-a takes its place",
        ]
    );
}

#[test]
fn what_goes_is_told_beside_what_comes() {
    let denied = "  - service: AEAT_IAE/AEATIAE
    organ_code: \"9699969038\"
    pre: { requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-22981 }] }
    pro: { requested: 2026-09-01, denied: 2026-09-22, evidence: [{ ticket: ST-22981 }] }
";
    assert_eq!(
        summary(|inventory| {
            inventory.edit("ens/agencia-a.yaml", denied, "");
            inventory.edit("ens/agencia-a.yaml", ", granted: 2026-09-22", "");
            inventory.edit("ens/agencia-a.yaml", "name: Agència A", "name: Agència");
            inventory.edit(
                "certificates/agencia-a/2026.yaml",
                "delivered: { ticket: ST-22976, date: 2026-09-28 }\n",
                "",
            );
            let informed = "      informed: { date: 2026-11-03, to: [siad], evidence: [{ ticket: ST-23150 }] }\n";
            inventory.edit(FINISHED, informed, "");
        }),
        [
            "no longer recorded: who was told of agencia-a in PRO",
            "the delivery of agencia-a/2026 goes",
            "agencia-a: name was Agència A, becomes Agència",
            "agencia-a: AEAT_IRPF/C2 in PRO is no longer granted on 2026-09-22",
            "agencia-a: the authorisation for AEAT_IAE/AEATIAE goes",
        ]
    );
}

#[test]
fn policy_waivers_and_the_rest_come_first() {
    let lines = summary(|inventory| {
        inventory.edit("policy.yaml", "lead_days: 0", "lead_days: 3");
        inventory.edit("policy.yaml", "batch_size: 5", "batch_size: 6");
        inventory.write("waivers/w.yaml", "rule: working-day\nsubject: calendars/transicio-2026/30-consorci-c.yaml\nens: consorci-c\nreason: Once\n");
    });
    assert_eq!(
        lines[..3],
        [
            "policy: calendar › lead_days was 0, becomes 3",
            "policy: calendar › batch_size was 5, becomes 6",
            "working-day is waived for consorci-c in calendars/transicio-2026/30-consorci-c.yaml until : Once",
        ]
    );
}

#[test]
fn nothing_that_changes_is_silent() {
    // A comment, a document, a file that is too broken to read.
    let (inventory, base, head) = after(|inventory| {
        inventory.append("ens/institut-b.yaml", "# One more comment.\n");
        inventory.append("evidence/agreements/consorci-c.txt", "More.\n");
        inventory.write("ens/agencia-a.yaml", "name: [\n");
        inventory.write(".hidden", "x");
    });
    let text = plan(&inventory, &base, &head, "human");
    for line in [
        "  • inventory/.hidden is new\n",
        "  • inventory/ens/agencia-a.yaml changes\n",
        "  • inventory/ens/institut-b.yaml changes in form only: comments, order or spacing\n",
        "  • inventory/evidence/agreements/consorci-c.txt changes\n",
        "  • no manifest: the inventory is not sound\n",
        "  error (well-formed): ",
    ] {
        assert!(text.contains(line), "`{line}` is not in:\n{text}");
    }
}

#[test]
fn the_same_state_shows_nothing() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit("policy.yaml", "lead_days: 0", "lead_days: 3");
    });
    for format in ["human", "markdown"] {
        let text = plan(&inventory, &base, &base, format);
        assert!(text.contains("nothing changes from"), "{text}");
        assert_eq!(text.trim().lines().count(), 1, "{text}");
    }
    // The other way round everything goes back.
    assert!(plan(&inventory, &head, &base, "human").contains("lead_days was 3, becomes 0"));
}

#[test]
fn a_renewed_seal_is_told_by_its_facts() {
    use crate::support::authority::{Authority, Seal};
    let (inventory, base, head) = after(|inventory| {
        let seal = Seal::of("Q9900002H", "Institut B").from("2026-11-20");
        inventory.with_certificate(
            "institut-b/2027",
            &["9699969043"],
            seal,
            &Authority::new("EC-Proves"),
        );
    });
    let text = plan(&inventory, &base, &head, "human");
    assert!(text.contains("institut-b/2027 renews `institut-b/2026`, for `9699969043`"), "{text}");
    for name in ["serial", "issuer", "valid until", "key", "fingerprint"] {
        assert!(text.contains(&format!("    + {name}: ")), "{name}: {text}");
    }
}

#[test]
fn names_mean_nothing_to_the_forge() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit(
            "ens/institut-b.yaml",
            "name: Institut B",
            "name: \"<script>alert(1)</script> @team #1 ``` [x](http://x) https://x\"",
        );
    });
    let page = plan(&inventory, &base, &head, "markdown");
    // What could act stands in code spans or fenced blocks only.
    let mut outside = String::new();
    for (index, part) in page.split('`').enumerate() {
        if index % 2 == 0 {
            outside.push_str(part);
        }
    }
    for live in ["<script>", "@team", "#1", "](http", "https://x"] {
        assert!(!outside.contains(live), "`{live}` is live in:\n{page}");
    }
}

#[test]
fn a_comment_is_never_too_long() {
    let (inventory, base, head) = after(|inventory| {
        for number in 0..1500 {
            inventory.write(
                &format!("ens/ens-{number}.yaml"),
                format!(
                    "name: Ens {number} {}\nblock: consuming\norgan_code: \"1\"\nnif: Q9900002H\n",
                    "é".repeat(300)
                ),
            );
        }
    });
    let page = plan(&inventory, &base, &head, "markdown");
    let length = page.chars().count();
    assert!(length < 65_536, "{length}");
    assert!(page.contains("… and 1495 more of this kind"), "{length}");
    assert!(page.contains("too long for a comment"), "{length}");
}

#[test]
fn programs_read_it_by_its_schema() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    });
    let json: serde_json::Value =
        serde_json::from_str(&plan(&inventory, &base, &head, "json")).unwrap();
    let schema = serde_json::to_value(segell::planning::plan::schema()).unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&json)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(json["summary"][0]["what"], "released");
}

#[test]
fn a_first_commit_is_all_new() {
    let inventory = Inventory::shipped();
    let moved = inventory.root().join("elsewhere");
    std::fs::rename(inventory.root().join("inventory"), &moved).unwrap();
    std::fs::create_dir(inventory.root().join("inventory")).unwrap();
    std::fs::write(inventory.root().join("README.md"), "x").unwrap();
    let base = inventory.commit("2026-11-23T12:00:00Z");
    std::fs::remove_dir(inventory.root().join("inventory")).unwrap();
    std::fs::rename(moved, inventory.root().join("inventory")).unwrap();
    let head = inventory.commit("2026-11-24T12:00:00Z");
    let text = plan(&inventory, &base, &head, "human");
    assert!(text.contains("batch transicio-2026/10-agencia-a is scheduled"), "{text}");
}

#[test]
fn a_change_of_whom_to_trust_comes_first_with_name_key_and_validity() {
    let authority = Authority::new("EC-Nova");
    let lines = summary(|inventory| {
        inventory.write("trust/nova.pem", authority.pem());
        inventory.write("trust/nova.crl", authority.crl(&[&[1]], "2026-11-01", "2026-12-01"));
        inventory.edit("ens/consorci-c.yaml", "name: Consorci C", "name: Consorci Ç");
    });
    assert!(lines[0].starts_with("trust: "), "{lines:?}");
    assert!(
        lines[0].contains("CN=EC-Nova,") && lines[0].contains(" is trusted, valid from "),
        "{lines:?}"
    );
    assert!(lines[0].contains(", sha256:"), "{lines:?}");
    assert!(lines[1].ends_with(" is that of 2026-11-01, with 1 revoked"), "{lines:?}");
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[test]
fn a_serial_that_changes_is_shown_whole() {
    let (inventory, base, head) = after(|inventory| {
        let (file, old) = ("certificates/consorci-c/2026.yaml", "00 02 9A 04");
        let text = std::fs::read_to_string(inventory.path(file)).unwrap();
        let serial = text.split("serial: \"").nth(1).unwrap().split('"').next().unwrap();
        inventory.edit(file, serial, &serial.replace("00 04", old));
    });
    let text = plan(&inventory, &base, &head, "human");
    assert!(!text.contains("[-") && !text.contains("{+"), "{text}");
    assert!(text.contains("00 02 9A 04"), "{text}");
}

#[test]
fn nothing_hides_in_what_programs_read() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit("ens/consorci-c.yaml", "name: Consorci C", "name: \"Consorci \u{202e}C\"");
    });
    let text = plan(&inventory, &base, &head, "json");
    assert!(!text.contains('\u{202e}') && text.contains("\\u202e"), "{text}");
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
}

/// The page that a reviewer gets, without every value.
fn page(inventory: &Inventory, base: &str, head: &str) -> String {
    let output = inventory.segell(&["plan", base, head, "--as-of", DAY]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A batch of twelve bodies, planned for the day on which the plan is looked at.
fn twelve(inventory: &Inventory, stage: &str, pre: &str) {
    let loads = (10..22).map(|number| {
        format!("  - ens: body-{number}\n    certificate: body-{number}/2026\n{pre}")
    });
    let batch = format!(
        "day: 40\nstage: {stage}\npre: 2026-11-24\npro: 2026-12-01\nloads:\n{}",
        loads.collect::<String>()
    );
    inventory.write("calendars/mes/40-mes.yaml", batch);
}

#[test]
fn what_is_the_same_for_many_is_one_line() {
    let (inventory, base, head) = {
        let inventory = Inventory::shipped();
        twelve(&inventory, "pre", "");
        let base = inventory.commit("2026-11-23T12:00:00Z");
        twelve(&inventory, "pre", "    pre: { loaded: 2026-11-24 }\n");
        let head = inventory.commit("2026-11-24T12:00:00Z");
        (inventory, base, head)
    };
    let page = page(&inventory, &base, &head);
    let line = "  • for each of 12, body-10, body-11, body-12, body-13, body-14, body-15, body-16, body-17, body-18, body-19, body-20 and body-21: … was loaded in PRE on 2026-11-24\n";
    assert!(page.contains(line), "{page}");
    assert_eq!(page.matches("was loaded in PRE").count(), 1, "{page}");
    let markdown = plan(&inventory, &base, &head, "markdown");
    assert!(markdown.contains("- for each of 12, body-10, body-11"), "{markdown}");
}

#[test]
fn a_page_tells_each_load_once_and_no_values() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
        inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-12-01");
    });
    let page = page(&inventory, &base, &head);
    assert_eq!(page.matches("institut-b/2026").count(), 1, "{page}");
    assert!(!page.contains("in the end") && !page.contains("value by value"), "{page}");
    let more = format!("`segell plan {} {} --full`\n", &base[..12], &head[..12]);
    assert!(page.ends_with(&more), "{page}");
    let full = plan(&inventory, &base, &head, "human");
    assert!(full.contains("\nvalue by value\n") && full.contains("line by line\n"), "{full}");
    let run: Vec<&str> = more.trim_matches(['`', '\n']).split(' ').skip(1).collect();
    let output = inventory.segell(&[&run[..], &["--as-of", DAY]].concat());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), full);
}

#[test]
fn at_a_terminal_a_plan_goes_through_the_pager_that_git_uses() {
    let (inventory, base, head) = after(|inventory| {
        inventory.edit(IN_PRE, "stage: pre", "stage: pro");
    });
    let line = format!("{} plan {base} {head} --as-of {DAY}", env!("CARGO_BIN_EXE_segell"));
    let run = std::process::Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("LC_ALL", "C")
        .env("GIT_PAGER", "sed s/^/paged:/")
        .current_dir(inventory.root())
        .output();
    let Ok(output) = run else {
        eprintln!("not run: there is no `script` here");
        return;
    };
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(screen.contains("paged:what changes from"), "{screen}");
}
