//! Whether everything is in hand for a load on given days: the rules are asked.

use std::sync::Arc;

use jiff::civil::Date;

use super::days::Days;
use super::ground::Candidate;
use crate::base::time::{day_of, plus_days};
use crate::checklist::forecast::dates_in;
use crate::checklist::rules::ens::authorisation_in_place;
use crate::checklist::rules::{self, Case, Planned};
use crate::inventory::finding::{Environment, Finding, Place, Severity};
use crate::inventory::model::{Batch, Day};
use crate::inventory::survey::{BatchView, Survey};

/// The batch of all candidates, in a survey of the inventory that holds it.
pub(super) struct Ready<'s, 'a> {
    pub survey: &'s Survey<'a>,
    batch: &'s BatchView<'a>,
}

/// What the rules say of a load.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// What keeps it from being planned.
    pub refusals: Vec<Finding>,
    /// What is still to be done.
    pub pending: Vec<Finding>,
}

impl<'s, 'a> Ready<'s, 'a> {
    /// `id` is the batch's.
    pub fn of(survey: &'s Survey<'a>, id: &str) -> Option<Ready<'s, 'a>> {
        let batch = survey.batch(id)?;
        Some(Ready { survey, batch })
    }

    /// The case of a candidate, which is as manyth in the batch, with the days that the batch has.
    pub fn case(&self, candidate: usize) -> Option<Case<'s, 'a>> {
        let loads = self.survey.loads_of(self.batch);
        Case::of_load(self.survey, &loads[candidate])
    }

    /// What the rules say of a candidate's load on these days.
    pub fn ask(&self, place: usize, candidate: &Candidate, days: Days) -> Answer {
        let refusals = candidate.errors.clone();
        let Some(Case { survey, ens, certificate, planned: Some(planned) }) = self.case(place)
        else {
            return Answer { refusals, pending: Vec::new() };
        };
        let view = planned.batch;
        // Not a copy of that batch, which holds all candidates: of this one only the days are asked.
        let batch = Batch {
            day: view.batch.day,
            stage: view.batch.stage,
            pre: Day(days.pre),
            pro: Day(days.pro),
            loads: Vec::new(),
            departments: Vec::new(),
            hold: None,
        };
        let view = view.with(&batch);
        let planned = Planned { batch: &view, ..planned };
        let mut answer = Answer { refusals, pending: Vec::new() };
        let case = Case { survey, ens, certificate, planned: Some(planned) };
        for finding in rules::check_case(case) {
            let counts = match finding.severity {
                Severity::Error => true,
                Severity::Pending => is_refusal(ens.ens, &finding, days, survey.today),
                Severity::Warning | Severity::Waived => continue,
            };
            // What is pending of the load itself is what is always done in the days to come.
            let is_of_load = finding.place.file == *view.file;
            let finding = outside(finding, view.file, certificate.file);
            match counts {
                true if answer.knows(&finding) => {}
                true => answer.refusals.push(finding),
                false if is_of_load => {}
                false => answer.pending.push(finding),
            }
        }
        answer
    }

    /// When the rules may come to say otherwise of the candidate than on `days`.
    pub fn wakes(&self, place: usize, days: Days) -> Wake {
        let Some(case) = self.case(place) else { return Wake::default() };
        let sources = &self.survey.inventory.sources;
        let files = [case.ens.file, case.certificate.file];
        let named =
            files.into_iter().flat_map(|file| dates_in(sources.text(file).unwrap_or_default()));
        let first = case.facts().map(|facts| day_of(facts.not_before));
        let lead = self.survey.policy.map_or(0, |policy| policy.calendar.lead_days.count());
        let turns: Vec<Date> = named
            .chain(first)
            .flat_map(|day| [day, plus_days(day, 1), plus_days(day, lead)])
            .collect();
        let after = |day: Date| turns.iter().copied().filter(|turn| *turn > day).min();
        Wake { pre: after(days.pre), pro: after(days.pro) }
    }
}

/// The first days in PRE and in PRO on which a load that could not be planned may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wake {
    pre: Option<Date>,
    pro: Option<Date>,
}

impl Wake {
    /// Whichever comes first.
    pub fn sooner(self, other: Wake) -> Wake {
        let first = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).min();
        Wake { pre: first(self.pre, other.pre), pro: first(self.pro, other.pro) }
    }

    /// Whether one of them has come by `days`.
    pub fn is_over(self, days: Days) -> bool {
        let has_come = |wake: Option<Date>, day: Date| wake.is_some_and(|wake| wake <= day);
        has_come(self.pre, days.pre) || has_come(self.pro, days.pro)
    }

    /// The days in PRE of batches that wake it, when PRO is `apart` days later.
    pub fn days_of_pre(self, apart: i64) -> impl Iterator<Item = Date> {
        self.pre.into_iter().chain(self.pro.map(|day| plus_days(day, -apart)))
    }
}

impl Answer {
    pub fn is_ready(&self) -> bool {
        self.refusals.is_empty()
    }

    fn knows(&self, finding: &Finding) -> bool {
        let mut known = self.refusals.iter();
        known.any(|known| known.rule.name == finding.rule.name && known.place == finding.place)
    }
}

/// Whether AEAT has refused all that the ens asked for: no answer is still to come.
fn is_refusal(
    ens: &crate::inventory::model::Ens,
    finding: &Finding,
    days: Days,
    today: Date,
) -> bool {
    let day = match finding.subject.environment {
        Some(Environment::Pre) => days.pre,
        Some(Environment::Pro) => days.pro,
        None => return false,
    };
    let environment = finding.subject.environment.unwrap_or(Environment::Pro);
    finding.rule.name == authorisation_in_place::RULE.name
        && authorisation_in_place::is_refused(ens, environment, day, today)
}

/// The finding, seen where something is: not in the batch's file, which is not there.
fn outside(mut finding: Finding, batch: &Arc<str>, certificate: &Arc<str>) -> Finding {
    finding.subject.batch = None;
    if finding.place.file == *batch {
        let mut related = finding.related.iter().map(|related| &related.place);
        let elsewhere = related.find(|place| place.file != *batch).cloned();
        finding.place = elsewhere.unwrap_or_else(|| Place::start(certificate));
    }
    finding.related.retain(|related| related.place.file != *batch);
    finding
}
