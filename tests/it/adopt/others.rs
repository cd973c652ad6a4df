//! What the policy, agreements, CAs and waivers hold comes in by verbs too.

use super::{begun, beside, done, done_once, refused, reviewer, text};
use crate::support::authority::{Authority, Seal};
use crate::support::inventory::{Inventory, PLANNED};
use crate::support::world::public;

#[test]
fn an_agreement_is_recorded_and_grows() {
    let inventory = begun();
    let new = [
        "add",
        "ens",
        "nou",
        "--name",
        "Nou",
        "--block",
        "new",
        "--organ-code",
        "0800180001",
        "--nif",
        "P0800100J",
    ];
    done(&inventory, &new);
    let add = |more: &[&'static str]| {
        [&["add", "agreement", "--ens", "P0800100J", "--signed", "2026-08-01"][..], more].concat()
    };
    done_once(&inventory, &add(&["--env", "pre", "--evidence", "ST-1"]));
    done_once(&inventory, &add(&["--env", "pre,pro", "--evidence", "ST-2"]));
    let ens = text(&inventory, "ens/nou.yaml");
    let expected = "agreement: { signed: 2026-08-01, authorises_load: [pre, pro], evidence: [{ ticket: ST-1 }, { ticket: ST-2 }] }\n";
    assert!(ens.ends_with(expected), "{ens}");
    let mut other = add(&["--env", "pre", "--evidence", "ST-1"]);
    other[5] = "2026-08-02";
    refused(&inventory, &other, 2, "is recorded as signed on 2026-08-01, not 2026-08-02");
    other[5] = "2027-08-02";
    refused(
        &inventory,
        &["add", "agreement"],
        2,
        "missing: `--ens ENS`, `--signed DATE`, `--env ENV` and `--evidence X`",
    );
}

#[test]
fn a_reviewer_comes_in_and_a_key_is_changed() {
    let inventory = begun();
    let _ = reviewer("aoc", "olga");
    let add = [
        "add",
        "reviewer",
        "--role",
        "siad",
        "--name",
        "Olga Example",
        "--email",
        "olga@example.org",
        "--key",
    ];
    let key = public("olga");
    done_once(&inventory, &[&add[..], &[&key]].concat());
    let policy = text(&inventory, "policy.yaml");
    assert!(policy.contains("  - name: Olga Example\n    email: olga@example.org\n    role: siad\n    signing_key: ssh-"), "{policy}");
    let other = public("marta");
    refused(&inventory, &[&add[..], &[&other]].concat(), 2, "is a reviewer already");
    let file = beside(
        &inventory,
        "private",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    );
    refused(&inventory, &[&add[..], &[&file]].concat(), 2, "is a private key");
    let next = ["add", "reviewer", "--email", "OLGA@example.org", "--next-key"];
    refused(&inventory, &[&next[..], &[&other]].concat(), 1, "approvers-in-place");
    refused(
        &inventory,
        &["add", "reviewer", "--email", "nobody@example.org", "--next-key", &key],
        2,
        "no reviewer has the e-mail",
    );
}

#[test]
fn an_authority_is_shown_before_it_is_trusted() {
    let inventory = Inventory::shipped();
    let authority = Authority::new("EC Nova de Prova");
    let digest = segell::files::x509::from_pem(authority.pem().as_bytes()).unwrap();
    let digest = segell::base::digest::Sha256::of(&digest).to_string();
    let file = beside(&inventory, "ca.crt", authority.pem());
    let words = done_once(&inventory, &["add", "trust", &file, "--sha256", &digest.to_uppercase()]);
    for shown in [
        "subject: ",
        "EC Nova de Prova",
        "issued: by itself",
        "public key: ",
        "in force: from ",
        "sha256: ",
    ] {
        assert!(words.contains(shown), "{shown}\n{words}");
    }
    assert_eq!(text(&inventory, "trust/ec-nova-de-prova.pem"), authority.pem());
    let other = beside(&inventory, "other.crt", Authority::new("EC Nova de Prova").pem());
    refused(
        &inventory,
        &["add", "trust", &other, "--sha256", &digest],
        1,
        "which is none of those given with `--sha256`",
    );
    done(&inventory, &["add", "trust", &other]);
    assert!(inventory.path("trust/ec-nova-de-prova-2.pem").exists());
    let seal = Seal::of("Q9900002H", "B").issue(&authority);
    let file = beside(&inventory, "seal.crt", seal.pem);
    refused(&inventory, &["add", "trust", &file], 1, "holds no certificate of a CA");
    let list = beside(&inventory, "ec-nova.crl", authority.crl(&[], "2026-11-01", "2026-12-01"));
    let words = done_once(&inventory, &["add", "trust", &list]);
    assert!(words.contains("revokes 0 certificates"), "{words}");
    beside(&inventory, "ec-nova.crl", authority.crl(&[&[1]], "2026-11-20", "2026-12-20"));
    done(&inventory, &["add", "trust", &list]);
    beside(&inventory, "ec-nova.crl", authority.crl(&[], "2026-11-10", "2026-12-10"));
    refused(&inventory, &["add", "trust", &list], 1, "holds a later list");
}

#[test]
fn holidays_and_freezes_come_in() {
    let inventory = Inventory::shipped();
    let words = done_once(&inventory, &["add", "holiday", "2026-12-07", "2026-12-08"]);
    assert!(words.contains("1 file written"), "{words}");
    let policy = text(&inventory, "policy.yaml");
    assert!(policy.contains("2028-01-06, 2026-12-07]"), "{policy}");
    done_once(&inventory, &["add", "holiday", "--year", "2029"]);
    assert!(text(&inventory, "policy.yaml").contains("2029-03-30"));
    let freeze =
        ["add", "freeze", "--from", "2027-08-01", "--to", "2027-08-31", "--reason", "August"];
    done_once(&inventory, &freeze);
    let policy = text(&inventory, "policy.yaml");
    assert!(
        policy.contains("    - { from: 2027-08-01, to: 2027-08-31, reason: August }\n"),
        "{policy}"
    );
    let backwards =
        ["add", "freeze", "--from", "2027-08-31", "--to", "2027-08-01", "--reason", "x"];
    refused(&inventory, &backwards, 2, "lies before");
    refused(&inventory, &["add", "holiday"], 2, "missing: `DATE`");
}

#[test]
fn a_waiver_is_recorded_as_it_was_agreed() {
    let inventory = Inventory::shipped();
    let add = |rule: &'static str, by: &'static str| {
        [
            "add",
            "waiver",
            "--rule",
            rule,
            "--subject",
            "transicio-2026/30-consorci-c",
            "--ens",
            "consorci-c",
            "--reason",
            "PICA works on that day",
            "--approved-by",
            by,
            "--expires",
            "2027-01-15",
            "--evidence",
            "ST-24001",
        ]
    };
    let both = "marta@example.org,joan@example.org";
    refused(
        &inventory,
        &add("valid-identifier", both),
        1,
        "the rule `valid-identifier` cannot be waived",
    );
    refused(&inventory, &add("no-such-rule", both), 2, "there is no rule `no-such-rule`");
    refused(&inventory, &add("working-day", "marta@example.org"), 1, "is not approved by both");
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-16");
    done_once(&inventory, &add("working-day", both));
    assert_eq!(
        text(&inventory, "waivers/working-day-30-consorci-c.yaml"),
        "# yaml-language-server: $schema=../../schemas/waiver.schema.json\n\
         rule: working-day\n\
         subject: calendars/transicio-2026/30-consorci-c.yaml\n\
         ens: consorci-c\n\
         reason: PICA works on that day\n\
         approved_by: [marta@example.org, joan@example.org]\n\
         evidence: [{ ticket: ST-24001 }]\n\
         granted: 2026-11-23\n\
         expires: 2027-01-15\n"
    );
    done(&inventory, &["check"]);
}
