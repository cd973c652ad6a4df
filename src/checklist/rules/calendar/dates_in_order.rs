//! `dates-in-order`.

use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule};
use crate::inventory::model::{Baseline, Check, Day, Load, PerEnvironment, Record};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "dates-in-order",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "requested comes before granted, notBefore before confirmed, loaded before its checks, each check before the next, asked before answered; nothing that is recorded as done lies in the future"
    ),
    why: tr!(
        "a date out of order is a slip of the pen, or a record of something that has not happened"
    ),
    mend: tr!("correct the date; what is still to come is recorded when it has happened"),
};

pub fn check(survey: &Survey<'_>) -> Verdict {
    let mut dates = Dates { today: survey.today, found: Vec::new() };
    survey.ens.iter().for_each(|view| ens(view, &mut dates));
    survey.certificates.iter().for_each(|view| certificate(view, &mut dates));
    survey.batches.iter().for_each(|view| batch(view, &mut dates));
    for item in survey.inventory.waivers.values() {
        let granted = item.value.as_ref().and_then(|waiver| waiver.granted.as_ref());
        dates.chain(|| Place::start(&item.file), &[("granted", granted)], |draft| draft);
    }
    if let Some(baseline) = &survey.inventory.baseline {
        let place = || Place::start(&Baseline::FILE.into());
        dates.chain(place, &[("as_of", Some(&baseline.as_of))], |draft| draft);
    }
    freezes(survey, &mut dates);
    Some(dates.found)
}

/// A freeze that ends before it begins would be none.
fn freezes(survey: &Survey<'_>, dates: &mut Dates) {
    let freezes = survey.inventory.policy.iter().flat_map(|policy| &policy.calendar.freezes);
    for (index, freeze) in freezes.enumerate() {
        let (from, to) = (freeze.from.date(), freeze.to.date());
        if to < from {
            let policy = Place::start(&"inventory/policy.yaml".into());
            let place = policy.key("calendar").key("freezes").item(index).key("to");
            dates.add(Draft::at(place, out_of_order(("to", to), ("from", from))));
        }
    }
}

fn out_of_order((field, date): (&str, Date), (earlier, other): (&str, Date)) -> Text {
    tr!(
        "`{field}`, {date}, comes before `{earlier}`, {other}",
        field = field,
        date = date,
        earlier = earlier,
        other = other
    )
}

struct Dates {
    today: Date,
    found: Vec<Draft>,
}

impl Dates {
    /// The fields of the value at `place`, in the order in which they happen.
    fn chain(
        &mut self,
        place: impl Fn() -> Place,
        fields: &[(&'static str, Option<&Day>)],
        about: impl Fn(Draft) -> Draft,
    ) {
        let mut before: Option<(&str, Date)> = None;
        for (field, day) in fields {
            let Some(date) = day.map(Day::date) else { continue };
            let place = || place().key(field);
            match before {
                _ if date > self.today => {
                    let message = tr!(
                        "`{field}` is recorded for {date}, which is still to come on {today}",
                        field = *field,
                        date = date,
                        today = self.today
                    );
                    let help = tr!(
                        "correct the date; where {today} is not today, it is what the clock said by which the commit was made",
                        today = self.today
                    );
                    self.add(about(Draft::at(place(), message).help(help)));
                }
                Some((earlier, other)) if date < other => {
                    let message = out_of_order((field, date), (earlier, other));
                    self.add(about(Draft::at(place(), message)));
                }
                _ => {}
            }
            before = Some((field, date));
        }
    }

    /// One date that may not come before another.
    fn after(
        &mut self,
        place: impl Fn() -> Place,
        date: Date,
        other: Date,
        message: impl Fn() -> Text,
    ) {
        if date < other && date <= self.today {
            self.add(Draft::at(place(), message()));
        }
    }

    fn add(&mut self, draft: Draft) {
        self.found.push(draft);
    }
}

fn ens(view: &EnsView<'_>, dates: &mut Dates) {
    let place = Place::start(view.file);
    let about = |draft: Draft| draft.ens(view.id);
    for (index, authorisation) in view.ens.authorisations.iter().enumerate() {
        for environment in Environment::BOTH {
            let Some(permission) = authorisation.permission(environment) else { continue };
            let place = || {
                let authorisation = place.key("authorisations").item(index);
                authorisation.key(environment.word())
            };
            let (requested, granted) = (permission.requested.as_ref(), permission.granted.as_ref());
            dates.chain(place, &[("requested", requested), ("granted", granted)], about);
            dates.chain(place, &[("denied", permission.denied.as_ref())], about);
        }
    }
    for (index, query) in view.ens.queries.iter().enumerate() {
        let place = || place.key("queries").item(index);
        let fields = [("asked", Some(&query.asked)), ("answered", query.answered.as_ref())];
        dates.chain(place, &fields, about);
    }
    if let Some(agreement) = &view.ens.agreement {
        dates.chain(|| place.key("agreement"), &[("signed", agreement.signed.as_ref())], about);
    }
    if let Some(ceased) = &view.ens.ceased {
        removed(&|| place.key("ceased"), &ceased.removed, dates, about);
    }
}

/// The days on which something was taken out, which have come.
fn removed(
    place: &dyn Fn() -> Place,
    removed: &PerEnvironment<Day>,
    dates: &mut Dates,
    about: impl Fn(Draft) -> Draft,
) {
    for environment in Environment::BOTH {
        let day = removed.get(environment);
        dates.chain(|| place().key("removed"), &[(environment.word(), day)], &about);
    }
}

fn certificate(view: &CertificateView<'_>, dates: &mut Dates) {
    let place = Place::start(view.file);
    let about = |draft: Draft| draft.certificate(view.id);
    if let Some(retired) = &view.record.retired {
        removed(&|| place.key("retired"), &retired.removed, dates, about);
    }
    if let Some(delivered) = &view.record.delivered {
        dates.chain(|| place.key("delivered"), &[("date", Some(&delivered.date))], about);
    }
    for environment in Environment::BOTH {
        let Some(confirmation) = view.record.confirmations.get(environment) else { continue };
        let place = || place.key("confirmations").key(environment.word());
        dates.chain(place, &[("date", Some(&confirmation.date))], about);
        let Some((facts, _)) = view.pem else { continue };
        let (date, first) = (confirmation.date.date(), day_of(facts.not_before));
        dates.after(|| place().key("date"), date, first, || {
            tr!(
                "AEAT's confirmation of {date} comes before the certificate's first day, {first}",
                date = date,
                first = first
            )
        });
    }
}

fn batch(view: &BatchView<'_>, dates: &mut Dates) {
    let place = Place::start(view.file);
    for (index, load) in view.batch.loads.iter().enumerate() {
        load_dates(view, &|| place.key("loads").item(index), load, dates);
    }
    let about = |draft: Draft| draft.batch(view.id);
    checks_dates(&|| place.key("departments"), &view.batch.departments, None, dates, about);
    for (index, hold) in view.batch.holds().iter().enumerate() {
        let fields = [("since", Some(&hold.since)), ("ended", hold.ended.as_ref())];
        dates.chain(|| view.hold_place(index), &fields, about);
    }
}

fn load_dates(view: &BatchView<'_>, place: &dyn Fn() -> Place, load: &Load, dates: &mut Dates) {
    let about = |draft: Draft| draft.batch(view.id).ens(load.ens.as_str());
    for environment in Environment::BOTH {
        if let Some(record) = load.record(environment) {
            let in_environment = |draft: Draft| about(draft).environment(environment);
            let place = || place().key(environment.word());
            record_dates(&place, record, dates, in_environment);
        }
    }
    let Some(withdrawn) = &load.withdrawn else { return };
    let place = || place().key("withdrawn");
    dates.chain(place, &[("date", Some(&withdrawn.date))], about);
    for (field, day) in [("pre", &withdrawn.restored.pre), ("pro", &withdrawn.restored.pro)] {
        let Some(day) = day else { continue };
        let place = || place().key("restored");
        dates.chain(place, &[(field, Some(day))], about);
        dates.after(
            || place().key(field),
            day.date(),
            withdrawn.date.date(),
            || tr!("what was before is restored before the load is withdrawn"),
        );
    }
}

fn record_dates(
    place: &dyn Fn() -> Place,
    record: &Record,
    dates: &mut Dates,
    about: impl Fn(Draft) -> Draft,
) {
    dates.chain(place, &[("loaded", Some(&record.loaded))], &about);
    let loaded = Some(record.loaded.date());
    checks_dates(&|| place().key("checks"), &record.checks, loaded, dates, &about);
    if let Some(informed) = &record.informed {
        let place = || place().key("informed");
        dates.chain(place, &[("date", Some(&informed.date))], &about);
    }
}

/// Checks, each no earlier than what came before it.
fn checks_dates(
    place: &dyn Fn() -> Place,
    checks: &[Check],
    mut before: Option<Date>,
    dates: &mut Dates,
    about: impl Fn(Draft) -> Draft,
) {
    for (index, check) in checks.iter().enumerate() {
        let place = || place().item(index);
        let date = check.date.date();
        dates.chain(place, &[("date", Some(&check.date))], &about);
        if let Some(before) = before.filter(|before| date < *before && date <= dates.today) {
            let message = tr!(
                "a check of {date} is recorded after {before}, the day of what came before it",
                date = date,
                before = before
            );
            dates.add(about(Draft::at(place().key("date"), message)));
        }
        before = before.max(Some(date));
        dates.chain(place, &[("corrected", check.corrected.as_ref())], &about);
        if let Some(corrected) = check.corrected.as_ref().filter(|day| day.date() < date) {
            let message = tr!(
                "the failure of {date} is corrected before it was found, on {corrected}",
                date = date,
                corrected = corrected.date()
            );
            dates.add(about(Draft::at(place().key("corrected"), message)));
        }
    }
}
