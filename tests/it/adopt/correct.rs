//! `segell correct`: what was recorded wrongly is set right as the contract asks.

use super::{done, done_once, ran, refused, text};
use crate::support::inventory::{FINISHED, Inventory};

const BATCH: &str = "transicio-2026/10-agencia-a";

#[test]
fn a_value_is_set_right_where_names_lead() {
    let inventory = Inventory::shipped();
    done_once(&inventory, &["correct", "institut-b", "name", "Institut B de Recerca"]);
    assert!(text(&inventory, "ens/institut-b.yaml").contains("name: Institut B de Recerca\n"));
    let ens = text(&inventory, "ens/consorci-c.yaml");
    let service = ens.split("service: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let requested =
        ["correct", "consorci-c", "authorisations", service, "pre", "requested", "2026-08-02"];
    done_once(&inventory, &requested);
    assert!(text(&inventory, "ens/consorci-c.yaml").contains("requested: 2026-08-02"));
    done(&inventory, &["correct", "policy", "calendar", "batch_size", "7"]);
    assert!(text(&inventory, "policy.yaml").contains("  batch_size: 7\n"));
    done(&inventory, &["correct", "policy", "reviewers", "pau@example.org", "name", "Pau Nou"]);
    assert!(text(&inventory, "policy.yaml").contains("- name: Pau Nou\n"));
    let words = done(&inventory, &["correct", "consorci-c/2026", "key", "alias:consorci"]);
    assert!(words.contains("+key: \"alias:consorci\""), "{words}");
}

#[test]
fn what_leads_nowhere_is_told() {
    let inventory = Inventory::shipped();
    for (arguments, code, words) in [
        (vec!["nobody", "name", "X"], 2, "is no ens, certificate, batch or waiver"),
        (vec!["../etc/passwd", "name", "X"], 2, "is no ens, certificate, batch or waiver"),
        (vec!["institut-b", "name"], 2, "the names that lead to the value are missing"),
        (vec!["institut-b", "name", "first", "X"], 2, "`first` leads nowhere"),
        (
            vec!["institut-b", "authorisations", "A/B", "pre", "granted", "2026-01-01"],
            2,
            "there is no `A/B`, but `AEAT_",
        ),
        (vec!["institut-b", "authorisations", "0", "X"], 2, "has fields of its own"),
        (vec!["policy", "calendar", "batch_size", "many"], 2, "`many` is no number"),
        (vec!["institut-b", "colour", "red"], 1, "error[matches-schema]"),
        (vec!["institut-b", "organ_code", "123456789012"], 1, "error[valid-identifier]"),
        (vec!["--remove", "institut-b", "name"], 1, "error[matches-schema]"),
    ] {
        let arguments = [&["correct"][..], &arguments].concat();
        refused(&inventory, &arguments, code, words);
    }
}

/// What only the working tree has is no record yet; what `main` has is.
#[test]
fn what_main_holds_asks_for_a_waiver_first() {
    let inventory = Inventory::shipped();
    let batch = text(&inventory, FINISHED);
    let pre = batch.split("loaded: ").nth(1).unwrap()[..10].to_owned();
    let wrong = ["correct", BATCH, "loads", "agencia-a", "pre", "loaded", "2026-10-21"];
    assert_ne!(pre, "2026-10-21");
    // No repository: nothing is on record yet.
    let fresh = Inventory::shipped();
    let (_, words) = ran(&fresh, &wrong);
    assert!(!words.contains("agree on a waiver first"), "{words}");
    inventory.commit("2026-11-20T12:00:00Z");
    let repository = git2::Repository::open(inventory.root()).unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    repository.reference("refs/heads/main", head.id(), true, "the record").unwrap();
    refused(
        &inventory,
        &wrong,
        1,
        "AOC and SIAD agree on a waiver first, and merge it: `segell add waiver --rule record-kept --subject calendars/transicio-2026/10-agencia-a.yaml --ens agencia-a",
    );
    // In the working tree alone the waiver does not count.
    done(
        &inventory,
        &[
            "add",
            "waiver",
            "--rule",
            "record-kept",
            "--subject",
            BATCH,
            "--ens",
            "agencia-a",
            "--reason",
            "A slip of the pen",
            "--approved-by",
            "marta@example.org,joan@example.org",
            "--expires",
            "2026-12-01",
            "--evidence",
            "ST-25000",
        ],
    );
    refused(&inventory, &wrong, 1, "agree on a waiver first");
    let merged = inventory.commit("2026-11-21T12:00:00Z");
    let repository = git2::Repository::open(inventory.root()).unwrap();
    let id = git2::Oid::from_str(&merged).unwrap();
    repository.reference("refs/heads/main", id, true, "agreed").unwrap();
    let words = done(&inventory, &wrong);
    assert!(
        words.contains(
            "a recorded fact has changed: `loaded`: the waiver of `record-kept` covers it"
        ),
        "{words}"
    );
    assert!(text(&inventory, FINISHED).contains("loaded: 2026-10-21"));
}

#[test]
fn what_shows_that_it_was_in_order_is_corrected_and_told() {
    let inventory = Inventory::shipped();
    inventory.commit("2026-11-20T12:00:00Z");
    let words = done(
        &inventory,
        &["correct", "agencia-a/2026", "confirmations", "pre", "date", "2026-10-02"],
    );
    assert!(words.contains("`record-kept` will warn of it"), "{words}");
    assert!(
        text(&inventory, "certificates/agencia-a/2026.yaml").contains("pre: { date: 2026-10-02,")
    );
}

#[test]
fn what_never_happened_is_taken_out() {
    let inventory = Inventory::shipped();
    let before = text(&inventory, "ens/agencia-a.yaml");
    let query = [
        "add",
        "query",
        "--ens",
        "agencia-a",
        "--by",
        "siad",
        "--to",
        "dgtj",
        "--question",
        "Who?",
        "--asked",
        "2026-11-20",
    ];
    done(&inventory, &query);
    done(&inventory, &["correct", "--remove", "agencia-a", "queries", "2026-11-20"]);
    assert_eq!(text(&inventory, "ens/agencia-a.yaml"), before);
    let gone = ["correct", "--remove", "institut-b", "ceased"];
    refused(&inventory, &gone, 2, "has no `ceased`");
}
