//! Fills the days of a calendar, batch after batch.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::days::Days;
use super::ground::{Candidate, Fillable, Ground, following};
use super::order::{Unit, serves, units, why};
use super::ready::{Answer, Ready, Wake};
use super::{LeftOut, Planned, Proposal, Proposed, Reason};
use crate::base::time::{days_between, plus_days};
use crate::inventory::finding::{Actor, Finding};
use crate::inventory::model::CalendarPolicy;
use crate::inventory::survey::Survey;
use crate::tr;

/// Packs the candidates, those apart that are refused already, into batches.
pub(super) fn pack(
    survey: &Survey<'_>,
    ground: &Ground,
    refused: &BTreeMap<usize, Vec<Finding>>,
) -> Proposal {
    let mut proposal = Proposal {
        today: survey.today,
        calendar: ground.calendar.clone(),
        is_new: ground.is_new,
        size: ground.size,
        batches: Vec::new(),
        left_out: ground.left_out.clone(),
        settled: ground.settled,
    };
    let provisional = ground.provisional();
    if let (Some(policy), Some(ready)) = (survey.policy, Ready::of(survey, &provisional[0].id)) {
        let mut packing = Packing::begin(ground, &policy.calendar, ready, refused);
        packing.run();
        proposal.batches = packing.batches;
        proposal.left_out.extend(packing.left_out);
    }
    proposal.left_out.sort_by(|a, b| a.ens.cmp(&b.ens));
    proposal
}

struct Packing<'g, 's, 'a> {
    ground: &'g Ground,
    calendar: &'g CalendarPolicy,
    ready: Ready<'s, 'a>,
    refused: &'g BTreeMap<usize, Vec<Finding>>,
    units: Vec<Unit>,
    /// The first days of all, and what the rules say of each candidate then.
    first: Option<Days>,
    at_first: Vec<Answer>,
    /// The units whose turn is to come, in order.
    queue: BTreeSet<usize>,
    /// Of the units that were not ready: on which days they may be.
    asleep: BTreeMap<usize, Wake>,
    /// When the units that are not ready were asked last.
    asked: BTreeMap<usize, Days>,
    batches: Vec<Proposed>,
    left_out: Vec<LeftOut>,
}

impl<'g, 's, 'a> Packing<'g, 's, 'a> {
    fn begin(
        ground: &'g Ground,
        calendar: &'g CalendarPolicy,
        ready: Ready<'s, 'a>,
        refused: &'g BTreeMap<usize, Vec<Finding>>,
    ) -> Packing<'g, 's, 'a> {
        let first = Days::from(calendar, ground.earliest);
        let ask = |(place, candidate)| {
            first.map_or_else(Answer::default, |days| ready.ask(place, candidate, days))
        };
        let at_first = ground.candidates.par_iter().enumerate().map(ask).collect();
        let units = units(&ready, ground.candidates.len());
        Packing {
            ground,
            calendar,
            refused,
            queue: (0..units.len()).collect(),
            asleep: BTreeMap::new(),
            asked: BTreeMap::new(),
            units,
            ready,
            first,
            at_first,
            batches: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn run(&mut self) {
        let ground = self.ground;
        for known in &ground.fillable {
            let loads = self.fill_up(known);
            if !loads.is_empty() {
                self.batches.push(ground.filled(known, loads));
            }
        }
        let (mut days, mut number) = (self.first, Some(self.ground.number));
        while let (Some(at), Some(day)) = (days, number) {
            self.wake(at);
            let loads = self.fill(at);
            if loads.is_empty() {
                days = self.next_wake(at).and_then(|pre| Days::from(self.calendar, pre));
                continue;
            }
            self.batches.push(self.ground.batch(day, at, loads));
            days = at.next(self.calendar);
            number = following(day);
        }
        self.leave_out();
    }

    /// Puts those into the queue again of whom the rules may say otherwise by now.
    fn wake(&mut self, days: Days) {
        let queue = &mut self.queue;
        self.asleep.retain(|unit, wake| {
            let is_awake = wake.is_over(days);
            queue.extend(is_awake.then_some(*unit));
            !is_awake
        });
    }

    /// When none is ready now: the first day in PRE on which one may be.
    fn next_wake(&self, days: Days) -> Option<Date> {
        let apart = days_between(days.pre, days.pro);
        let wakes = self.asleep.values().flat_map(|wake| wake.days_of_pre(apart));
        wakes.min().map(|day| day.max(plus_days(days.pre, 1)))
    }

    /// The units of the next batch: in order, until one does not fit.
    fn fill(&mut self, days: Days) -> Vec<Planned> {
        let mut loads: Vec<Planned> = Vec::new();
        while let Some(&unit) = self.queue.first() {
            let members = &self.units[unit].members;
            let answers: Vec<Answer> =
                members.iter().map(|&member| self.answer(member, days)).collect();
            let is_ready = answers.iter().all(Answer::is_ready);
            if is_ready && !loads.is_empty() && loads.len() + members.len() > self.ground.size {
                break;
            }
            if is_ready {
                let planned = members.iter().zip(answers);
                loads.extend(
                    planned.map(|(&member, answer)| self.planned(member, answer, unit, days)),
                );
                self.asked.remove(&unit);
            } else {
                let wakes = members.iter().map(|&member| self.ready.wakes(member, days));
                let wake = wakes.reduce(Wake::sooner).filter(|wake| *wake != Wake::default());
                self.asleep.extend(wake.map(|wake| (unit, wake)));
                self.asked.insert(unit, days);
            }
            self.queue.remove(&unit);
        }
        loads
    }

    /// The units that a planned batch has room for: in order, until one does not fit. Those that have
    /// not requested PRE come no earlier than those of the new batches that have.
    fn fill_up(&mut self, known: &Fillable) -> Vec<Planned> {
        let mut loads: Vec<Planned> = Vec::new();
        let queue: Vec<usize> = self.queue.iter().copied().collect();
        for unit in queue {
            let members = &self.units[unit].members;
            if loads.len() + members.len() > known.room {
                break;
            }
            let has_requested = |&member: &usize| {
                self.ready.case(member).is_some_and(|case| case.ens.has_requested_pre())
            };
            if !members.iter().all(has_requested) {
                continue;
            }
            let answers: Vec<Answer> =
                members.iter().map(|&member| self.answer(member, known.days)).collect();
            if answers.iter().all(Answer::is_ready) {
                let planned = members.iter().zip(answers);
                loads.extend(
                    planned.map(|(&member, answer)| self.planned(member, answer, unit, known.days)),
                );
                self.queue.remove(&unit);
            }
        }
        loads
    }

    fn answer(&self, member: usize, days: Days) -> Answer {
        let mut answer = match self.first == Some(days) {
            true => self.at_first[member].clone(),
            false => self.ready.ask(member, &self.ground.candidates[member], days),
        };
        answer.refusals.extend(self.refused.get(&member).into_iter().flatten().cloned());
        answer
    }

    fn planned(&self, member: usize, answer: Answer, unit: usize, days: Days) -> Planned {
        let candidate = &self.ground.candidates[member];
        let case = self.ready.case(member);
        let together = self.units[unit].members.len();
        let in_time_until = case.as_ref().map_or(Date::MAX, |case| serves(case).0);
        Planned {
            ens: candidate.ens.clone(),
            certificate: candidate.certificate.clone(),
            why: case.map(|case| why(&case, together)).unwrap_or_default(),
            days_late: Some(days_between(in_time_until, days.pro)).filter(|days| *days > 0),
            pending: answer.pending,
        }
    }

    /// Says of each unit that has no place why.
    fn leave_out(&mut self) {
        let asked = std::mem::take(&mut self.asked);
        for (unit, days) in asked {
            self.left_out.extend(self.why_not(unit, days));
        }
        let queue = std::mem::take(&mut self.queue);
        let without_day = queue.iter().flat_map(|&unit| &self.units[unit].members);
        let told: Vec<LeftOut> = without_day.map(|&member| self.without_day(member)).collect();
        self.left_out.extend(told);
    }

    fn without_day(&self, member: usize) -> LeftOut {
        let message = tr!("the policy leaves no day on which it could be loaded");
        self.left(member, vec![Reason { message, actor: Some(Actor::Aoc), finding: None }])
    }

    fn why_not(&self, unit: usize, days: Days) -> Vec<LeftOut> {
        let members = &self.units[unit].members;
        let answers: Vec<Answer> =
            members.iter().map(|&member| self.answer(member, days)).collect();
        let culprit = answers.iter().position(|answer| !answer.is_ready()).unwrap_or(0);
        let late = self.days_too_late(unit, days);
        let told = members.iter().zip(&answers).map(|(&member, answer)| {
            let reasons = match (late, answers[culprit].refusals.first(), answer.is_ready()) {
                (Some(late), Some(refusal), _) => vec![too_late(late, days, refusal)],
                (_, _, true) => vec![self.waits_with(members[culprit])],
                _ => answer.refusals.iter().cloned().map(Reason::from).collect(),
            };
            LeftOut { days_too_late: late, ..self.left(member, reasons) }
        });
        told.collect()
    }

    fn waits_with(&self, culprit: usize) -> Reason {
        let Candidate { ens, certificate, .. } = &self.ground.candidates[culprit];
        let message = tr!(
            "waits for `{ens}`, with which it shares `{certificate}`: they are loaded together",
            ens = ens,
            certificate = certificate
        );
        Reason { message, actor: None, finding: None }
    }

    fn left(&self, member: usize, reasons: Vec<Reason>) -> LeftOut {
        let Candidate { ens, certificate, .. } = &self.ground.candidates[member];
        let (ens, certificate) = (ens.clone(), Some(certificate.clone()));
        LeftOut { ens, certificate, reasons, days_too_late: None }
    }

    /// By how many days a unit that was ready comes too late.
    fn days_too_late(&self, unit: usize, days: Days) -> Option<i64> {
        let first = self.first?;
        let is_ready = |days: Days| {
            let mut members = self.units[unit].members.iter();
            members.all(|&member| self.answer(member, days).is_ready())
        };
        if !is_ready(first) {
            return None;
        }
        let is_ready_by = |earlier: i64| is_ready(days.earlier_by(earlier, first));
        let farthest = days_between(first.pre, days.pre).max(days_between(first.pro, days.pro));
        let (mut not_yet, mut ready) = (0, farthest);
        // Most often its own last day says it.
        let guess = days_between(self.units[unit].can_be_loaded_until, days.pro);
        if (1..=ready).contains(&guess) && is_ready_by(guess) && !is_ready_by(guess - 1) {
            return Some(guess);
        }
        while ready - not_yet > 1 {
            let middle = not_yet.midpoint(ready);
            *(if is_ready_by(middle) { &mut ready } else { &mut not_yet }) = middle;
        }
        Some(ready)
    }
}

fn too_late(late: i64, days: Days, refusal: &Finding) -> Reason {
    let message = tr!(
        "its turn would come on {pre} and {pro}, {late}: {why}",
        pre = days.pre,
        pro = days.pro,
        late = tr!(count = late; one "{count} day too late", many "{count} days too late"),
        why = refusal.message.clone()
    );
    Reason { message, actor: Some(Actor::Aoc), finding: Some(refusal.clone()) }
}

impl From<Finding> for Reason {
    fn from(finding: Finding) -> Reason {
        Reason { message: finding.message.clone(), actor: finding.actor, finding: Some(finding) }
    }
}
