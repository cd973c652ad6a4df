//! What happens to ens.

use super::{Events, What, gone};
use crate::base::word::Word;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Agreement, Authorisation, Cessation, Day, Ens, Permission, Query};
use crate::planning::plan::Sides;
use crate::tr;

/// Compares the ens of both sides, by id.
pub fn compare(sides: &Sides<'_>, events: &mut Events) {
    for (id, item) in &sides.head.ens {
        let Some(ens) = item.value.as_deref() else { continue };
        let file = &*item.file;
        match sides.base.ens.get(id).and_then(|item| item.value.as_deref()) {
            None => {
                let message = tr!("{ens} is new: {name}", ens = &**id, name = &ens.name);
                events.add(What::Ens, file, message);
                change(id, file, None, ens, events);
            }
            Some(before) => change(id, file, Some(before), ens, events),
        }
    }
    for (id, item) in gone(&sides.base.ens, &sides.head.ens) {
        events.add(What::Ens, &item.file, tr!("{ens} is deleted", ens = id));
    }
}

fn change(id: &str, file: &str, before: Option<&Ens>, after: &Ens, events: &mut Events) {
    let Ens { name, block, organ_code, nif, dir3, authorisations, queries, agreement, ceased } =
        after;
    if let Some(before) = before {
        let dir = |dir3: &Option<crate::inventory::model::Words>| {
            dir3.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        let blocks =
            (format!("{:?}", before.block).to_lowercase(), format!("{block:?}").to_lowercase());
        let plain = [
            ("name", before.name.to_string(), name.to_string()),
            ("block", blocks.0, blocks.1),
            ("organ_code", before.organ_code.to_string(), organ_code.to_string()),
            ("nif", before.nif.to_string(), nif.to_string()),
            ("dir3", dir(&before.dir3), dir(dir3)),
        ];
        for (field, old, new) in plain.into_iter().filter(|(_, old, new)| old != new) {
            events.add(
                What::Ens,
                file,
                tr!(
                    "{ens}: {field} was {old}, becomes {new}",
                    ens = id,
                    field = field,
                    old = old,
                    new = new
                ),
            );
        }
    }
    for authorisation in authorisations {
        let Authorisation { service, organ_code: _, pre, pro } = authorisation;
        let known = before.and_then(|before| {
            before.authorisations.iter().find(|known| known.service == *service)
        });
        for (environment, permission) in [(Environment::Pre, pre), (Environment::Pro, pro)] {
            let known = known.and_then(|known| known.permission(environment));
            let about = (id, file, service.as_str(), environment);
            permitted(about, known, permission.as_ref(), events);
        }
    }
    for gone in before.iter().flat_map(|before| &before.authorisations) {
        if !authorisations.iter().any(|kept| kept.service == gone.service) {
            let service = gone.service.as_str();
            let message =
                tr!("{ens}: the authorisation for {service} goes", ens = id, service = service);
            events.add(What::Ens, file, message);
        }
    }
    queried(id, file, before.map_or(&[][..], |before| &before.queries), queries, events);
    if let Some(Agreement { signed, authorises_load, evidence: _ }) = agreement {
        let known = before.and_then(|before| before.agreement.as_ref());
        let same = |known: &Agreement| {
            (&known.signed, &known.authorises_load) == (signed, authorises_load)
        };
        if !known.is_some_and(same) {
            let day = signed.as_ref().map_or_else(String::new, ToString::to_string);
            let message =
                tr!("{ens}: DGTJ's agreement is recorded, signed {day}", ens = id, day = day);
            events.add(What::Ens, file, message);
        }
    } else if before.is_some_and(|before| before.agreement.is_some()) {
        events.add(What::Ens, file, tr!("{ens}: DGTJ's agreement goes", ens = id));
    }
    ended(id, file, before.and_then(|before| before.ceased.as_ref()), ceased.as_ref(), events);
}

fn permitted(
    (id, file, service, environment): (&str, &str, &str, Environment),
    before: Option<&Permission>,
    after: Option<&Permission>,
    events: &mut Events,
) {
    let days = |permission: Option<&Permission>| {
        let Some(Permission { requested, granted, denied, ended, evidence: _ }) = permission else {
            return [None; 4];
        };
        [requested, granted, denied, ended].map(|day| day.as_ref().map(Day::date))
    };
    let steps = [tr!("requested"), tr!("granted"), tr!("denied"), tr!("ended")];
    for ((what, was), day) in steps.into_iter().zip(days(before)).zip(days(after)) {
        let environment = environment.shown();
        let message = match (was, day) {
            (_, Some(day)) if was != Some(day) => tr!(
                "{ens}: {service} in {environment} {what} on {day}",
                ens = id,
                service = service,
                environment = environment,
                what = what,
                day = day
            ),
            (Some(was), None) => tr!(
                "{ens}: {service} in {environment} is no longer {what} on {day}",
                ens = id,
                service = service,
                environment = environment,
                what = what,
                day = was
            ),
            _ => continue,
        };
        events.add(What::Ens, file, message);
    }
}

fn queried(id: &str, file: &str, before: &[Query], after: &[Query], events: &mut Events) {
    for (index, query) in after.iter().enumerate() {
        let Query { asked, by, to: _, question, answered, answer: _, evidence: _ } = query;
        let known = before.get(index);
        if known.is_none_or(|known| known.question != *question) {
            events.add(
                What::Ens,
                file,
                tr!(
                    "{ens}: {by} asked on {day}: {question}",
                    ens = id,
                    by = by.word(),
                    day = asked.date(),
                    question = question
                ),
            );
        }
        let was = known.and_then(|known| known.answered.as_ref());
        if let Some(day) = answered.as_ref().filter(|day| was != Some(*day)) {
            let message = tr!("{ens}: a query was answered on {day}", ens = id, day = day.date());
            events.add(What::Ens, file, message);
        }
    }
    if after.len() < before.len() {
        let count = before.len() - after.len();
        let message = tr!("{ens}: {count} recorded queries go", ens = id, count = count);
        events.add(What::Ens, file, message);
    }
}

fn ended(
    id: &str,
    file: &str,
    before: Option<&Cessation>,
    after: Option<&Cessation>,
    events: &mut Events,
) {
    match (before, after) {
        (_, Some(Cessation { date, successor, evidence: _, removed: _ }))
            if before
                .is_none_or(|before| (&before.date, &before.successor) != (date, successor)) =>
        {
            let day = date.date();
            events.add(
                What::Ceased,
                file,
                match successor {
                    Some(next) => tr!(
                        "{ens} ceases on {day}; {next} takes its place",
                        ens = id,
                        day = day,
                        next = next
                    ),
                    None => tr!("{ens} ceases on {day}", ens = id, day = day),
                },
            );
        }
        (Some(_), None) => {
            events.add(What::Ceased, file, tr!("{ens} no longer ceases", ens = id));
        }
        _ => {}
    }
    let removed = |ceased: Option<&Cessation>| ceased.map(|it| it.removed.clone());
    let (before, after) = (removed(before), removed(after));
    super::removed((What::Ceased, file), id, before.as_ref(), after.as_ref(), events);
}
