//! What happened to an ens, a seal or a batch, and what is still to come, by date: each thing that a
//! file says with a day, as an event.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::text::{Argument, Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::{Check, Day, Ens, Evidence, Outcome, PerEnvironment};
use crate::inventory::survey::{BatchView, CertificateView, EnsView, LoadView, Survey};
use crate::tr;

/// What sort of thing happened, for whoever draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something was asked for, said, handed over or told.
    Word,
    /// A load is planned.
    Planned,
    /// A seal was loaded.
    Load(Environment),
    /// A check works; whether its message proves it.
    Works(bool),
    /// A check fails.
    Fails,
    /// Something is denied, stopped, withdrawn or ends.
    Stop,
}

/// Something that happened on a day, or is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The day.
    pub day: Date,
    /// What sort of thing.
    pub kind: Kind,
    /// What.
    pub what: Text,
    /// To which ens, by id; several where it happened to each of them.
    pub ens: Vec<String>,
    /// To which seal.
    pub certificate: Option<String>,
    /// In which batch.
    pub batch: Option<String>,
    /// What shows it: tickets, files and codes.
    pub evidence: Vec<String>,
}

impl Event {
    fn new(day: Date, what: Text) -> Event {
        let (ens, evidence) = (Vec::new(), Vec::new());
        let kind = Kind::Word;
        Event { day, kind, what, ens, certificate: None, batch: None, evidence }
    }

    fn of_kind(mut self, kind: Kind) -> Event {
        self.kind = kind;
        self
    }

    fn shown_by(mut self, evidence: &[Evidence]) -> Event {
        self.evidence = evidence.iter().filter_map(Evidence::shown).map(str::to_owned).collect();
        self
    }

    fn of_ens(mut self, ens: &str) -> Event {
        self.ens = vec![ens.to_owned()];
        self
    }

    fn of_certificate(mut self, id: &str) -> Event {
        self.certificate = Some(id.to_owned());
        self
    }

    fn of_batch(mut self, id: &str) -> Event {
        self.batch = Some(id.to_owned());
        self
    }

    fn of_load(self, survey: &Survey<'_>, view: &LoadView<'_>) -> Event {
        let load = view.load;
        let event = self.of_ens(load.ens.as_str()).of_certificate(load.certificate.as_str());
        event.of_batch(survey[view.batch].id)
    }
}

/// What an ens's file, its seals and its loads say, by date.
pub fn of_ens(survey: &Survey<'_>, view: &EnsView<'_>) -> Vec<Event> {
    let mut events = permissions(view.ens);
    agreement_and_end(view.ens, &mut events);
    queries(view.ens, &mut events);
    for event in &mut events {
        event.ens = vec![view.id.to_owned()];
    }
    for &place in &view.certificates {
        own(&survey[place], &mut events);
    }
    baseline(survey, &mut events, |ens, _| ens == view.id);
    let loads = || view.loads.iter().map(|&place| &survey[place]);
    loads().for_each(|view| load(survey, view, &mut events));
    let mut batches: Vec<_> = loads().map(|view| view.batch).collect();
    batches.dedup();
    batches.into_iter().for_each(|place| holds(&survey[place], &mut events));
    by_date(events)
}

/// What a seal's record and its loads say, by date.
pub fn of_certificate(survey: &Survey<'_>, view: &CertificateView<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    own(view, &mut events);
    baseline(survey, &mut events, |_, certificate| certificate == view.id);
    let loads = survey.loads.iter().filter(|load| load.load.certificate.as_str() == view.id);
    loads.for_each(|view| load(survey, view, &mut events));
    by_date(events)
}

/// What a batch's file says, by date.
pub fn of_batch(survey: &Survey<'_>, view: &BatchView<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    holds(view, &mut events);
    survey.loads_of(view).iter().for_each(|view| load(survey, view, &mut events));
    for check in &view.batch.departments {
        let what = match check.result {
            Outcome::Works => {
                tr!("the departments still consume, seen by {who}", who = who(&check.by))
            }
            Outcome::Fails => {
                tr!("the departments no longer consume, seen by {who}", who = who(&check.by))
            }
        };
        let kind = match check.result {
            Outcome::Works => Kind::Works(false),
            Outcome::Fails => Kind::Fails,
        };
        let event = Event::new(check.date.date(), what).of_kind(kind).of_batch(view.id);
        events.push(event.shown_by(&check.evidence));
    }
    by_date(events)
}

/// In order, what happened to several ens alike told once.
fn by_date(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| event.day);
    let mut told: Vec<Event> = Vec::new();
    for event in events {
        let is_alike = |known: &&mut Event| {
            known.day == event.day && known.what == event.what && known.evidence == event.evidence
        };
        let same_day = told.iter_mut().rev().take_while(|known| known.day == event.day);
        match same_day.into_iter().find(is_alike) {
            Some(known) => {
                known.ens.extend(event.ens);
                known.ens.sort_unstable();
                known.ens.dedup();
                if known.certificate != event.certificate {
                    known.certificate = None;
                }
            }
            None => told.push(event),
        }
    }
    told
}

/// What was asked of AEAT, or what it said, on a day: which of the four, and where.
type Said = (Date, u8, Environment);

/// The services that it is about, and what shows it.
type About<'e> = (Vec<&'e str>, &'e [Evidence]);

/// What AEAT was asked for and what it said, the services of one day together.
fn permissions(ens: &Ens) -> Vec<Event> {
    let mut together: BTreeMap<Said, About<'_>> = BTreeMap::new();
    for authorisation in &ens.authorisations {
        for environment in Environment::BOTH {
            let Some(permission) = authorisation.permission(environment) else { continue };
            let days =
                [&permission.requested, &permission.granted, &permission.denied, &permission.ended];
            for (kind, day) in (0_u8..).zip(days) {
                let Some(day) = day else { continue };
                let entry = together.entry((day.date(), kind, environment)).or_default();
                entry.0.push(authorisation.service.as_str());
                entry.1 = &permission.evidence;
            }
        }
    }
    together.into_iter().map(|(said, about)| permission(said, about)).collect()
}

fn permission((day, kind, environment): Said, (services, evidence): About<'_>) -> Event {
    let (environment, services) = (environment.shown(), names(services));
    let what = match kind {
        0 => tr!(
            "AEAT is asked for {environment}: {services}",
            environment = environment,
            services = services
        ),
        1 => tr!(
            "AEAT grants {environment}: {services}",
            environment = environment,
            services = services
        ),
        2 => tr!(
            "AEAT denies {environment}: {services}",
            environment = environment,
            services = services
        ),
        _ => tr!(
            "AEAT ends {environment}: {services}",
            environment = environment,
            services = services
        ),
    };
    let kind = if matches!(kind, 0 | 1) { Kind::Word } else { Kind::Stop };
    Event::new(day, what).of_kind(kind).shown_by(evidence)
}

fn agreement_and_end(ens: &Ens, events: &mut Vec<Event>) {
    if let Some(agreement) = &ens.agreement
        && let Some(signed) = &agreement.signed
    {
        let what = tr!("DGTJ's agreement is signed");
        events.push(Event::new(signed.date(), what).shown_by(&agreement.evidence));
    }
    let Some(ceased) = &ens.ceased else { return };
    let what = match &ceased.successor {
        Some(successor) => {
            tr!("the ens is no more; `{successor}` takes its place", successor = successor.as_str())
        }
        None => tr!("the ens is no more"),
    };
    let event = Event::new(ceased.date.date(), what).of_kind(Kind::Stop);
    events.push(event.shown_by(&ceased.evidence));
    events.extend(taken_out(&ceased.removed));
}

fn queries(ens: &Ens, events: &mut Vec<Event>) {
    for query in &ens.queries {
        let what = tr!(
            "{who} asks: {question}",
            who = who(&[query.by]),
            question = query.question.as_str()
        );
        events.push(Event::new(query.asked.date(), what).shown_by(&query.evidence));
        if let (Some(day), Some(answer)) = (&query.answered, &query.answer) {
            let what = tr!("answered: {answer}", answer = answer.as_str());
            events.push(Event::new(day.date(), what).shown_by(&query.evidence));
        }
    }
}

/// What a seal and its record say.
fn own(view: &CertificateView<'_>, events: &mut Vec<Event>) {
    let mut add = |event: Event| events.push(event.of_certificate(view.id));
    if let Some((facts, _)) = view.pem {
        add(Event::new(day_of(facts.not_before), tr!("the seal's first day of validity")));
        let last = Event::new(day_of(facts.not_after), tr!("the seal's last day of validity"));
        add(last.of_kind(Kind::Stop));
    }
    let record = view.record;
    if let Some(delivered) = &record.delivered {
        let mut event = Event::new(delivered.date.date(), tr!("the seal is delivered"));
        event.evidence = vec![delivered.ticket.to_string()];
        add(event);
    }
    for environment in Environment::BOTH {
        let Some(confirmation) = record.confirmations.get(environment) else { continue };
        let what = tr!("AEAT confirms the seal for {env}", env = environment.shown());
        add(Event::new(confirmation.date.date(), what).shown_by(&confirmation.evidence));
    }
    let Some(retired) = &record.retired else { return };
    let what = tr!("the seal is retired: {reason}", reason = retired.reason.word());
    add(Event::new(retired.date.date(), what).of_kind(Kind::Stop));
    taken_out(&retired.removed).into_iter().for_each(add);
}

fn taken_out(removed: &PerEnvironment<Day>) -> Vec<Event> {
    let event = |environment: Environment| {
        let what = tr!("taken out of {environment} for good", environment = environment.shown());
        Some(Event::new(removed.get(environment)?.date(), what).of_kind(Kind::Stop))
    };
    Environment::BOTH.into_iter().filter_map(event).collect()
}

/// What the environments held before segell came in.
fn baseline(survey: &Survey<'_>, events: &mut Vec<Event>, wants: impl Fn(&str, &str) -> bool) {
    let Some(baseline) = &survey.inventory.baseline else { return };
    for held in &baseline.holds {
        let (ens, certificate) = (held.ens.as_str(), held.certificate.as_str());
        if !wants(ens, certificate) {
            continue;
        }
        let environments = held.environments.iter().map(|it| Argument::from(it.shown())).collect();
        let what = tr!(
            "stands in {environments} when segell comes in",
            environments = Argument::List(environments)
        );
        let event = Event::new(baseline.as_of.date(), what).of_ens(ens);
        events.push(event.of_certificate(certificate).shown_by(&baseline.evidence));
    }
}

/// What a load's lines say, and on which days it is planned where it has not been made.
fn load(survey: &Survey<'_>, view: &LoadView<'_>, events: &mut Vec<Event>) {
    let (load, batch) = (view.load, survey[view.batch].batch);
    let mut add = |event: Event| events.push(event.of_load(survey, view));
    for environment in Environment::BOTH {
        let shown = environment.shown();
        let Some(record) = load.record(environment) else {
            if load.withdrawn.is_none() {
                let what = tr!("planned to be loaded in {environment}", environment = shown);
                add(Event::new(batch.date(environment), what).of_kind(Kind::Planned));
            }
            continue;
        };
        let what = tr!("loaded in {environment}", environment = shown);
        add(Event::new(record.loaded.date(), what).of_kind(Kind::Load(environment)));
        record.checks.iter().for_each(|it| add(check(it, environment)));
        if let Some(informed) = &record.informed {
            let what = tr!(
                "{who} is told of the load in {environment}",
                who = who(&informed.to),
                environment = shown
            );
            add(Event::new(informed.date.date(), what).shown_by(&informed.evidence));
        }
    }
    let Some(withdrawal) = &load.withdrawn else { return };
    let what = tr!("withdrawn: {reason}", reason = withdrawal.reason.as_str());
    let event = Event::new(withdrawal.date.date(), what).of_kind(Kind::Stop);
    add(event.shown_by(&withdrawal.evidence));
    for environment in Environment::BOTH {
        let Some(day) = withdrawal.restored.get(environment) else { continue };
        let what = tr!("what was before is back in {env}", env = environment.shown());
        add(Event::new(day.date(), what));
    }
}

fn check(check: &Check, environment: Environment) -> Event {
    let (who, environment) = (who(&check.by), environment.shown());
    let what = match (check.result, &check.cause, check.is_proved()) {
        (Outcome::Works, _, false) => {
            tr!("works in {environment}, seen by {who}", environment = environment, who = who)
        }
        (Outcome::Works, _, true) => tr!(
            "works in {environment}, seen by {who}, proved by its message",
            environment = environment,
            who = who
        ),
        (Outcome::Fails, None, false) => {
            tr!("fails in {environment}, seen by {who}", environment = environment, who = who)
        }
        (Outcome::Fails, None, true) => tr!(
            "fails in {environment}, seen by {who}, proved by its message",
            environment = environment,
            who = who
        ),
        (Outcome::Fails, Some(cause), _) => tr!(
            "fails in {environment}, seen by {who}: {cause}",
            environment = environment,
            who = who,
            cause = cause.as_str()
        ),
    };
    let kind = match check.result {
        Outcome::Works => Kind::Works(check.is_proved()),
        Outcome::Fails => Kind::Fails,
    };
    Event::new(check.date.date(), what).of_kind(kind).shown_by(&check.evidence)
}

fn holds(view: &BatchView<'_>, events: &mut Vec<Event>) {
    for hold in view.batch.holds() {
        let what =
            tr!("stopped by {who}: {reason}", who = who(&[hold.by]), reason = hold.reason.as_str());
        let event = Event::new(hold.since.date(), what).of_kind(Kind::Stop).of_batch(view.id);
        events.push(event.shown_by(&hold.evidence));
        if let Some(ended) = &hold.ended {
            events.push(Event::new(ended.date(), tr!("may go on")).of_batch(view.id));
        }
    }
}

fn who(actors: &[Actor]) -> Argument {
    Argument::List(actors.iter().map(|actor| actor.shown().into()).collect())
}
