//! `segell baseline`.

use std::fs;

use super::{done, done_once, refused, text};
use crate::support::inventory::Inventory;

const BASELINE: &str = "baseline.yaml";

#[test]
fn a_baseline_begins_and_grows() {
    let inventory = Inventory::shipped();
    fs::remove_dir_all(inventory.path("calendars")).unwrap();
    inventory.delete(BASELINE);
    let shared = [
        "baseline",
        "--ens",
        "dept-interior",
        "--ens",
        "dept-cultura",
        "--certificate",
        "generalitat/2025",
        "--evidence",
        "ST-22900",
    ];
    done_once(&inventory, &shared);
    let expected = "# yaml-language-server: $schema=../schemas/baseline.schema.json\n\
        as_of: 2026-11-23\n\
        evidence: [{ ticket: ST-22900 }]\n\
        holds:\n  \
          - { ens: dept-interior, certificate: generalitat/2025, in: [pre, pro] }\n  \
          - { ens: dept-cultura, certificate: generalitat/2025, in: [pre, pro] }\n";
    assert_eq!(text(&inventory, BASELINE), expected);
    let own = ["baseline", "--ens", "agencia-a", "--certificate", "agencia-a/2026", "--env"];
    done_once(&inventory, &[&own[..], &["pro"]].concat());
    inventory.append(BASELINE, "# since the move\n");
    done_once(&inventory, &[&own[..], &["pre", "--evidence", "ST-2"]].concat());
    let expected = expected.replace("ST-22900 }]", "ST-22900 }, { ticket: ST-2 }]")
        + "  - { ens: agencia-a, certificate: agencia-a/2026, in: [pro, pre] }\n# since the move\n";
    assert_eq!(text(&inventory, BASELINE), expected);
    done(&inventory, &["check"]);
}

#[test]
fn an_environment_holds_one_certificate() {
    let inventory = Inventory::shipped();
    let other =
        ["baseline", "--ens", "agencia-a", "--certificate", "agencia-a/2026", "--env", "pro"];
    refused(&inventory, &other, 2, "the baseline has `agencia-a` in PRO with `generalitat/2025`");
    let unknown = ["baseline", "--ens", "nobody", "--certificate", "agencia-a/2026"];
    refused(&inventory, &unknown, 2, "there is no ens `nobody`");
}
