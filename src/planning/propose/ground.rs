//! What is there already: the calendar up to now, who needs a load, and what is known to be wrong.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use super::days::{Days, day_after};
use super::{Key, LeftOut, Planned, Proposal, Proposed, Reason, Settled, Wish, grave, key};
use crate::base::language::Language;
use crate::base::slug::slug_of_batch;
use crate::base::time::plus_days;
use crate::checklist::progress;
use crate::checklist::rules::calendar::day_order::is_withdrawn;
use crate::checklist::rules::{self, Case};
use crate::inventory::finding::{Actor, Finding, Severity};
use crate::inventory::model::{Batch, CalendarPolicy, Policy, Stage, Withdrawal, is_slug};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// What a proposal is built on.
pub(super) struct Ground {
    pub calendar: String,
    pub is_new: bool,
    /// The number of the calendar's next day.
    pub number: u16,
    /// The first day on which its next batch may be loaded in PRE.
    pub earliest: Date,
    pub size: usize,
    /// The calendar's planned batches that are below this size, by day.
    pub fillable: Vec<Fillable>,
    /// Who needs a load, by the ens's place in the survey.
    pub candidates: Vec<Candidate>,
    /// Who needs one and is not asked for a day: without a seal, or what was loaded was withdrawn.
    pub left_out: Vec<LeftOut>,
    pub settled: Settled,
    /// The errors and warnings that are there already.
    pub known: HashSet<Key>,
}

/// A planned batch with room for more.
pub(super) struct Fillable {
    /// Its id.
    pub id: String,
    /// The day's number.
    pub number: u16,
    /// Its days.
    pub days: Days,
    /// For how many loads more.
    pub room: usize,
    /// What its file states.
    pub batch: Arc<Batch>,
}

/// An ens whose latest seal is to be loaded.
pub(super) struct Candidate {
    /// Its id.
    pub ens: String,
    /// The seal's id.
    pub certificate: String,
    /// The errors about its files and its other loads, whatever its day.
    pub errors: Vec<Finding>,
}

impl Ground {
    pub fn of(survey: &Survey<'_>, wish: &Wish) -> Result<Ground> {
        let policy = survey.policy.context(tr!("there is no policy that can be read"))?;
        let from = wish.from.unwrap_or_else(|| plus_days(survey.today, 1));
        ensure!(
            from >= survey.today,
            tr!("nothing is loaded in the past: `--from` is {from}", from = from)
        );
        let calendar = wish.calendar.clone().unwrap_or_else(|| only_unfinished(survey, from));
        ensure!(
            is_slug(&calendar),
            tr!(
                "a calendar's name has letters a to z, digits and hyphens: `{name}`",
                name = &calendar
            )
        );
        let number = next_number(survey, &calendar)?;
        let known: Vec<Finding> = grave(survey).collect();
        let waiting: Vec<Case<'_, '_>> = rules::waiting(survey).collect();
        let (mut left_out, settled) = others(survey, &waiting);
        let (asked, taken_back): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|case| withdrawal(case).is_none());
        left_out.extend(taken_back.iter().filter_map(withdrawn));
        let candidates = candidates(&asked, &known);
        let size = wish.size.unwrap_or_else(|| size(policy));
        Ok(Ground {
            fillable: fillable(survey, &calendar, from, size),
            is_new: !survey.batches.iter().any(|batch| batch.calendar == calendar),
            number,
            earliest: earliest(survey, &policy.calendar, &calendar)
                .map_or(from, |day| day.max(from)),
            size,
            calendar,
            candidates,
            left_out,
            settled,
            known: known.iter().map(key).collect(),
        })
    }

    /// All candidates in one batch: the rules see them beside each other. Its days do not count.
    pub fn provisional(&self) -> Vec<Proposed> {
        let load = |candidate: &Candidate| Planned {
            ens: candidate.ens.clone(),
            certificate: candidate.certificate.clone(),
            why: Vec::new(),
            days_late: None,
            pending: Vec::new(),
        };
        let loads = self.candidates.iter().map(load).collect();
        let days = Days { pre: self.earliest, pro: plus_days(self.earliest, 1) };
        vec![self.batch(self.number, days, loads)]
    }

    /// The batch of these loads.
    pub fn batch(&self, number: u16, days: Days, loads: Vec<Planned>) -> Proposed {
        let ens: Vec<&str> = loads.iter().map(|load| load.ens.as_str()).collect();
        let id =
            format!("{}/{number:02}-{}", self.calendar, slug_of_batch(&ens, Language::spoken()));
        Proposed { id, number, pre: days.pre, pro: days.pro, loads, onto: None }
    }

    /// These loads besides those of a planned batch.
    pub fn filled(&self, known: &Fillable, loads: Vec<Planned>) -> Proposed {
        let Fillable { id, number, days, batch, .. } = known;
        let onto = Some(Arc::clone(batch));
        Proposed { id: id.clone(), number: *number, pre: days.pre, pro: days.pro, loads, onto }
    }

    /// The candidates of whose loads the finding is: of one ens, or of all in a batch.
    pub fn blamed(&self, proposal: &Proposal, finding: &Finding) -> Vec<usize> {
        let loads = proposal.batches.iter().flat_map(|batch| {
            let is_here = finding.subject.batch.as_ref() == Some(&batch.id)
                || finding.place.file == batch.file();
            batch.loads.iter().map(move |load| (&load.ens, is_here))
        });
        let is_blamed = |(ens, is_here): &(&String, bool)| match &finding.subject.ens {
            Some(about) => about == *ens,
            None => *is_here,
        };
        let blamed: HashSet<&String> = loads.filter(is_blamed).map(|(ens, _)| ens).collect();
        let places = self.candidates.iter().enumerate();
        places.filter(|(_, known)| blamed.contains(&known.ens)).map(|(place, _)| place).collect()
    }
}

/// The batches of the calendar from that day on that are planned, run and have room.
fn fillable(survey: &Survey<'_>, calendar: &str, from: Date, size: usize) -> Vec<Fillable> {
    let planned = survey.batches.iter().filter(|view| {
        let batch = view.batch;
        view.calendar == calendar
            && batch.stage == Stage::Planned
            && batch.running_hold().is_none()
            && batch.pre.date() >= from
            && !is_withdrawn(view)
    });
    let with_room = planned.filter_map(|view| {
        let standing = view.batch.loads.iter().filter(|load| load.withdrawn.is_none()).count();
        let room = size.checked_sub(standing).filter(|room| *room > 0)?;
        let item = survey.inventory.batches.get(view.id)?;
        let days = Days { pre: view.batch.pre.date(), pro: view.batch.pro.date() };
        let number = u16::try_from(view.number).ok()?;
        let batch = Arc::clone(item.value.as_ref()?);
        Some(Fillable { id: view.id.to_owned(), number, days, room, batch })
    });
    let mut fillable: Vec<Fillable> = with_room.collect();
    fillable.sort_by_key(|batch| (batch.days.pre, batch.number));
    fillable
}

fn size(policy: &Policy) -> usize {
    usize::try_from(policy.calendar.batch_size.count()).unwrap_or(1).max(1)
}

/// The calendar that has open loads, if it is the only one; else one named for the year.
fn only_unfinished(survey: &Survey<'_>, from: Date) -> String {
    let open = survey.loads.iter().filter(|view| view.load.is_open());
    let mut calendars: Vec<&str> = open.map(|view| survey[view.batch].calendar).collect();
    calendars.dedup();
    match calendars.as_slice() {
        [only] => (*only).to_owned(),
        _ => format!("tandes-{}", from.year()),
    }
}

/// Ten more than the last, rounded down: gaps are for what comes between.
fn next_number(survey: &Survey<'_>, calendar: &str) -> Result<u16> {
    let mut last = 0;
    for (id, item) in &survey.inventory.batches {
        let Some((of, stem)) = id.split_once('/') else { continue };
        if of != calendar {
            continue;
        }
        if item.value.is_none() {
            bail!(tr!("`{file}` cannot be read; `segell check` says why", file = &*item.file));
        }
        let number: u16 = stem.split('-').next().unwrap_or_default().parse().unwrap_or(u16::MAX);
        last = last.max(number);
    }
    following(last).context(tr!("the calendar `{name}` has no more numbers", name = calendar))
}

/// The number of the day after the one with this number.
pub(super) fn following(number: u16) -> Option<u16> {
    (number / 10 + 1).checked_mul(10).filter(|number| *number <= 36_500)
}

/// The first day on which a batch may follow what the calendar holds.
fn earliest(survey: &Survey<'_>, policy: &CalendarPolicy, calendar: &str) -> Option<Date> {
    let binding = survey.batches.iter().filter(|batch| batch.calendar == calendar);
    let ends = binding.filter(|batch| !is_withdrawn(batch)).map(|view| view.batch.pro.date());
    ends.max().map(|pro| day_after(policy, pro))
}

fn candidates(cases: &[Case<'_, '_>], known: &[Finding]) -> Vec<Candidate> {
    let errors: Vec<&Finding> =
        known.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let mut of_files: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut of_ens: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut of_certificates: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, finding) in errors.iter().enumerate() {
        let subject = &finding.subject;
        of_files.entry(&finding.place.file).or_default().push(place);
        subject.ens.iter().for_each(|id| of_ens.entry(id).or_default().push(place));
        subject
            .certificate
            .iter()
            .for_each(|id| of_certificates.entry(id).or_default().push(place));
    }
    let candidate = |case: &Case<'_, '_>| {
        let (ens, certificate) = (case.ens, case.certificate);
        let own = [&**ens.file, &**certificate.file].map(|file| of_files.get(file));
        let about = [of_ens.get(ens.id), of_certificates.get(certificate.id)];
        let mut places: Vec<usize> =
            own.into_iter().chain(about).flatten().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        Candidate {
            ens: ens.id.to_owned(),
            certificate: certificate.id.to_owned(),
            errors: places.into_iter().map(|place| errors[place].clone()).collect(),
        }
    };
    cases.iter().map(candidate).collect()
}

/// Those who get no load because they have no seal, and how many need none.
fn others(survey: &Survey<'_>, waiting: &[Case<'_, '_>]) -> (Vec<LeftOut>, Settled) {
    let waiting: HashSet<&str> = waiting.iter().map(|case| case.ens.id).collect();
    let mut without = Vec::new();
    let mut settled =
        Settled { unread: survey.inventory.ens.len() - survey.ens.len(), ..Settled::default() };
    for ens in survey.ens.iter().filter(|ens| !waiting.contains(ens.id)) {
        if ens.has_ceased_by(survey.today) {
            settled.ceased += 1;
        } else if ens.loads.iter().any(|&load| survey[load].load.is_open()) {
            settled.planned += 1;
        } else if survey.latest(ens).is_some() {
            settled.loaded += 1;
        } else {
            without.push(without_seal(ens));
        }
    }
    (without, settled)
}

fn without_seal(ens: &EnsView<'_>) -> LeftOut {
    let message =
        tr!("`{ens}` has no certificate that can be read and is not retired", ens = ens.id);
    let reason = Reason { message, actor: Some(Actor::Ens), finding: None };
    LeftOut {
        ens: ens.id.to_owned(),
        certificate: None,
        reasons: vec![reason],
        days_too_late: None,
    }
}

/// The withdrawal of what waits for a load, where it was loaded or planned before.
fn withdrawal<'a>(case: &Case<'_, 'a>) -> Option<&'a Withdrawal> {
    case.survey.withdrawal(case.ens, case.certificate.id)
}

fn withdrawn(case: &Case<'_, '_>) -> Option<LeftOut> {
    let withdrawal = withdrawal(case)?;
    let message = progress::withdrawn(withdrawal);
    let reason = Reason { message, actor: Some(Actor::Aoc), finding: None };
    Some(LeftOut {
        ens: case.ens.id.to_owned(),
        certificate: Some(case.certificate.id.to_owned()),
        reasons: vec![reason],
        days_too_late: None,
    })
}
