//! A small report for the tests of the formats: one finding of each severity, an accent before
//! the place, a related place in another file; and a hostile one.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;

use super::{Counts, LookedAt, Report};
use crate::inventory::finding::{
    Actor, Environment, Finding, Kind, Place, Related, Rule, Severity, Spot, Subject,
};
use crate::inventory::source::Sources;
use crate::inventory::step::{At, Step};
use crate::tr;

pub static LATEST: Rule = Rule {
    name: "certificate-is-latest",
    kind: Kind::Precondition,
    at: At::Step(Step::Certificate),
    holds: tr!("el certificat que es carregarà és el darrer"),
    why: tr!("A superseded certificate stops the requests of its ens."),
    mend: tr!("Load the latest certificate, or retire it."),
};

pub static ON_ITS_DAY: Rule = Rule {
    name: "load-on-its-day",
    kind: Kind::Warning,
    at: At::Load,
    holds: tr!("la càrrega es fa el seu dia"),
    why: tr!("Others wait for it."),
    mend: tr!("Load it, or move the batch."),
};

pub static CONFIRMED: Rule = Rule {
    name: "confirmed-in-writing",
    kind: Kind::Precondition,
    at: At::Confirmation,
    holds: tr!("l'AEAT ho ha confirmat per escrit"),
    why: tr!("A receipt is no confirmation."),
    mend: tr!("Ask AEAT for the confirmation."),
};

pub static IDLE: Rule = Rule {
    name: "not-ceased",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
    holds: tr!("l'ens existeix"),
    why: tr!("Who has ceased has no seal."),
    mend: tr!("Withdraw the load."),
};

const BATCH: &str = "inventory/calendars/t/01-sct.yaml";
const CERTIFICATE: &str = "inventory/certificates/sct/2026.yaml";
const EVIDENCE: &str = "inventory/evidence/à b.pdf";

/// An error, a warning, one pending and one waived.
pub fn report() -> Report {
    let findings = vec![superseded(), late(), unconfirmed(), waived()];
    let looked = |rule, subjects, found| LookedAt { rule, subjects, found };
    Report {
        as_of: date(2026, 11, 23),
        rev: None,
        looked_at: vec![
            looked(&LATEST, 3, 2),
            looked(&ON_ITS_DAY, 3, 1),
            looked(&CONFIRMED, 2, 1),
            looked(&IDLE, 0, 0),
        ],
        findings,
        files: 42,
        counts: Counts { ens: 2, certificates: 1, batches: 1, loads: 3 },
        sources: sources(),
        deny_warnings: false,
        next: None,
        elapsed: Duration::from_millis(40),
    }
}

/// Like [`report`], with one error whose every word from a file is hostile.
pub fn hostile() -> Report {
    let evil = "::error::x\n<script>@aoc|`]]>\u{202e}\u{1b}[31m%, [a](b) {0}";
    let file: Arc<str> = "inventory/ens/a:b,\u{1b}[2J.yaml".into();
    let mut report = report();
    report
        .sources
        .insert(Arc::clone(&file), "nif: \"a\u{202e}b\u{1b}\u{9b}\u{200b}\" # ]]>\n".into());
    report.findings = vec![Finding {
        message: tr!("`{word}` is no {word2}", word = evil, word2 = evil),
        label: Some(tr!("{word}", word = evil)),
        help: tr!("write {word}", word = evil),
        place: Place { file, spot: Spot::Bytes(21, 24) },
        related: Vec::new(),
        ..superseded()
    }];
    report
}

fn sources() -> Sources {
    let mut sources = Sources::default();
    let batch =
        "day: 1\nloads:\n  - { nota: \"càrrega\", certificate: sct/2025 }\npre: 2026-11-20\n";
    sources.insert(BATCH.into(), batch.into());
    sources.insert(CERTIFICATE.into(), "sha256: \"00\"\n".into());
    sources
}

fn superseded() -> Finding {
    let batch = Place::start(&BATCH.into());
    Finding {
        rule: &LATEST,
        severity: Severity::Error,
        message: tr!("`{old}` has been superseded", old = "sct/2025"),
        label: Some(tr!("valid from {day}", day = date(2025, 2, 20))),
        help: tr!("load `{new}`, or retire it", new = "sct/2026"),
        actor: Some(Actor::Aoc),
        subject: Subject {
            ens: Some("sct".to_owned()),
            certificate: Some("sct/2025".to_owned()),
            batch: Some("t/01-sct".to_owned()),
            environment: None,
        },
        place: batch.key("loads").item(0).key("certificate"),
        related: vec![
            Related { message: tr!("the load is here"), place: batch.key("day") },
            Related {
                message: tr!("`{new}` is newer", new = "sct/2026"),
                place: Place::start(&CERTIFICATE.into()),
            },
        ],
        cause: None,
        touched: false,
        closes: false,
        now: false,
        waived_by: None,
    }
}

fn late() -> Finding {
    Finding {
        rule: &ON_ITS_DAY,
        severity: Severity::Warning,
        message: tr!("the day has passed without a load"),
        label: None,
        help: tr!("load it, or move the batch"),
        actor: None,
        subject: Subject { environment: Some(Environment::Pre), ..Subject::default() },
        place: Place::start(&BATCH.into()).key("pre"),
        related: Vec::new(),
        ..superseded()
    }
}

fn unconfirmed() -> Finding {
    Finding {
        rule: &CONFIRMED,
        severity: Severity::Pending,
        message: tr!("AEAT has not confirmed `{certificate}`", certificate = "sct/2026"),
        label: None,
        help: tr!("wait for AEAT"),
        actor: Some(Actor::Aeat),
        subject: Subject { certificate: Some("sct/2026".to_owned()), ..Subject::default() },
        place: Place::start(&CERTIFICATE.into()),
        related: Vec::new(),
        ..superseded()
    }
}

fn waived() -> Finding {
    Finding {
        severity: Severity::Waived,
        message: tr!("the document is old"),
        label: None,
        place: Place { file: EVIDENCE.into(), spot: Spot::Bytes(0, 0) },
        related: Vec::new(),
        waived_by: Some("old-document".to_owned()),
        ..superseded()
    }
}
