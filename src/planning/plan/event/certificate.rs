//! What happens to seals.

use super::{Events, What, several};
use crate::base::time::day_of;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Certificate, Confirmation, Delivery, Retirement, RetirementReason};
use crate::inventory::{CertificateFile, Inventory};
use crate::planning::plan::Sides;
use crate::tr;

/// Compares the records of both sides, by id.
pub fn compare(sides: &Sides<'_>, events: &mut Events) {
    for (id, files) in &sides.head.certificates {
        let Some((file, record)) = stated(files) else { continue };
        match sides.base.certificates.get(id).and_then(stated) {
            None => new(sides.head, id, file, record, events),
            Some((_, before)) => change(id, file, before, record, events),
        }
    }
    for (id, files) in &sides.base.certificates {
        if let (Some((file, _)), false) = (stated(files), sides.head.certificates.contains_key(id))
        {
            events.add(
                What::Certificate,
                file,
                tr!("{certificate} is deleted", certificate = &**id),
            );
        }
    }
}

fn stated(files: &CertificateFile) -> Option<(&str, &Certificate)> {
    let record = files.record.as_ref()?;
    Some((&record.file, record.value.as_deref()?))
}

fn new(inventory: &Inventory, id: &str, file: &str, record: &Certificate, events: &mut Events) {
    let Certificate { sha256: _, organ_codes, key: _, delivered: _, confirmations: _, retired: _ } =
        record;
    let codes: Vec<&str> = organ_codes.iter().map(|code| code.as_str()).collect();
    let earlier: Vec<&str> = earlier(inventory, id, record);
    let until = not_after(inventory, id);
    let message = match earlier.is_empty() {
        true => tr!(
            "{certificate} is new, for {codes}, valid until {until}",
            certificate = id,
            codes = several(&codes),
            until = until
        ),
        false => tr!(
            "{certificate} renews {earlier}, for {codes}, valid until {until}",
            certificate = id,
            earlier = several(&earlier),
            codes = several(&codes),
            until = until
        ),
    };
    events.add(if earlier.is_empty() { What::Certificate } else { What::Renewed }, file, message);
    confirmed(id, file, None, record, events);
    retired(id, file, None, record, events);
}

/// The seals registered under one of its codes that became valid before it.
fn earlier<'i>(inventory: &'i Inventory, id: &str, record: &Certificate) -> Vec<&'i str> {
    let since = |files: &CertificateFile| {
        let (facts, _) = files.pem.as_ref()?.value.as_deref()?;
        Some(facts.not_before)
    };
    let Some(own) = inventory.certificates.get(id).and_then(since) else { return Vec::new() };
    let others = inventory.certificates.iter().filter(|(other, files)| {
        let shares = |(_, other): (&str, &Certificate)| {
            other.organ_codes.iter().any(|code| record.organ_codes.contains(code))
        };
        &***other != id
            && stated(files).is_some_and(shares)
            && since(files).is_some_and(|since| since < own)
    });
    others.map(|(id, _)| &**id).collect()
}

fn not_after(inventory: &Inventory, id: &str) -> String {
    let pem = inventory.certificates.get(id).and_then(|files| files.pem.as_ref());
    let facts = pem.and_then(|pem| pem.value.as_deref());
    facts.map_or_else(|| "?".to_owned(), |(facts, _)| day_of(facts.not_after).to_string())
}

fn change(id: &str, file: &str, before: &Certificate, after: &Certificate, events: &mut Events) {
    let Certificate { sha256, organ_codes, key: _, delivered, confirmations: _, retired: _ } =
        after;
    if before.sha256 != *sha256 {
        events.add(
            What::Certificate,
            file,
            tr!("{certificate} is another certificate", certificate = id),
        );
    }
    if before.organ_codes != *organ_codes {
        let codes: Vec<&str> = organ_codes.iter().map(|code| code.as_str()).collect();
        let message = tr!(
            "{certificate} is registered for {codes}",
            certificate = id,
            codes = several(&codes)
        );
        events.add(What::Certificate, file, message);
    }
    for environment in Environment::BOTH {
        if before.key_in(environment) != after.key_in(environment) {
            let (shown, uri) = (environment.shown(), after.key_in(environment).unwrap_or("–"));
            events.add(
                What::Certificate,
                file,
                tr!(
                    "the key of {certificate} in {environment} is {uri}",
                    certificate = id,
                    environment = shown,
                    uri = uri
                ),
            );
        }
    }
    let known = before.delivered.as_ref().map(|delivery| (&delivery.date, &delivery.ticket));
    match delivered {
        Some(Delivery { date, ticket }) if known != Some((date, ticket)) => events.add(
            What::Certificate,
            file,
            tr!(
                "{certificate} was delivered on {day} ({ticket})",
                certificate = id,
                day = date.date(),
                ticket = ticket
            ),
        ),
        None if known.is_some() => {
            let message = tr!("the delivery of {certificate} goes", certificate = id);
            events.add(What::Certificate, file, message);
        }
        _ => {}
    }
    confirmed(id, file, Some(before), after, events);
    retired(id, file, Some(before), after, events);
}

fn confirmed(
    id: &str,
    file: &str,
    before: Option<&Certificate>,
    after: &Certificate,
    events: &mut Events,
) {
    for environment in Environment::BOTH {
        let known = before.and_then(|before| before.confirmations.get(environment));
        match after.confirmations.get(environment) {
            Some(Confirmation { date, serial, sha256, evidence: _ }) => {
                let is_known = known.is_some_and(|known| {
                    (&known.date, &known.serial, &known.sha256) == (date, serial, sha256)
                });
                if !is_known {
                    events.add(
                        What::Confirmed,
                        file,
                        tr!(
                            "AEAT confirms {certificate} for {environment} on {day}",
                            certificate = id,
                            environment = environment.shown(),
                            day = date.date()
                        ),
                    );
                }
            }
            None if known.is_some() => events.add(
                What::Confirmed,
                file,
                tr!(
                    "AEAT's confirmation of {certificate} for {environment} goes",
                    certificate = id,
                    environment = environment.shown()
                ),
            ),
            None => {}
        }
    }
}

fn retired(
    id: &str,
    file: &str,
    before: Option<&Certificate>,
    after: &Certificate,
    events: &mut Events,
) {
    let known = before.and_then(|before| before.retired.as_ref());
    let removed = |record: &Certificate| Some(record.retired.as_ref()?.removed.clone());
    let (was, is) = (before.and_then(removed), removed(after));
    super::removed((What::Retired, file), id, was.as_ref(), is.as_ref(), events);
    let Some(Retirement { date, reason, removed: _ }) = &after.retired else {
        if known.is_some() {
            let message = tr!("{certificate} is no longer retired", certificate = id);
            events.add(What::Retired, file, message);
        }
        return;
    };
    if known.is_none_or(|known| (&known.date, known.reason) != (date, *reason)) {
        let reason = match reason {
            RetirementReason::Superseded => tr!("superseded"),
            RetirementReason::Compromised => tr!("compromised"),
            RetirementReason::Ceased => tr!("its ens has ceased"),
        };
        let day = date.date();
        events.add(
            What::Retired,
            file,
            tr!(
                "{certificate} is retired from {day}: {reason}",
                certificate = id,
                day = day,
                reason = reason
            ),
        );
    }
}
