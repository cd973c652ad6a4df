//! Seals that are loaded and run out, or whose key will no longer be accepted: the last day on which
//! another can be ordered in time.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Task, Week, When};
use crate::base::text::{Text, names};
use crate::base::time::plus_days;
use crate::checklist::forecast::{Forecast, last_day_to_act};
use crate::checklist::rules::certificate::{in_force, not_revoked, strong_enough};
use crate::inventory::finding::{Actor, Finding, Severity};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

/// How far ahead a seal that runs out can want an order this week, in days.
const AHEAD: i64 = 180;

/// The seals for which somebody has to act this week at the latest, and for which no other is on its
/// way.
pub fn tasks(survey: &Survey<'_>, week: &Week, findings: &[Finding]) -> Vec<Task> {
    let mut due: BTreeMap<String, (Date, Finding)> = BTreeMap::new();
    let mut add = |finding: &Finding, act_by: Option<Date>| {
        let id = finding.subject.certificate.clone().filter(|_| is_of_seal(finding));
        let view = id.as_deref().and_then(|id| survey.certificate(id));
        if let (Some(id), Some(act_by)) = (id, act_by)
            && act_by <= week.sunday
            && view.is_some_and(|view| !is_being_replaced(survey, view))
        {
            let known = due.entry(id).or_insert_with(|| (act_by, finding.clone()));
            // Of two things wrong with it, the one that comes first.
            if act_by < known.0 {
                *known = (act_by, finding.clone());
            }
        }
    };
    for finding in findings {
        add(finding, last_day_to_act(survey, finding));
    }
    let forecast = Forecast::of_seals(survey, plus_days(week.today, AHEAD));
    for item in &forecast.breaks {
        add(&item.finding, item.act_by);
    }
    due.into_iter()
        .filter_map(|(id, (day, finding))| task(survey, week, &id, day, finding))
        .collect()
}

/// Whether the finding says that a loaded seal will not do, or not for long.
fn is_of_seal(finding: &Finding) -> bool {
    let rules = [in_force::RULE.name, strong_enough::RULE.name, not_revoked::RULE.name];
    finding.subject.batch.is_none()
        && matches!(finding.severity, Severity::Error | Severity::Warning)
        && rules.contains(&finding.rule.name)
}

/// Whether each ens that has it has another on its way in an open load.
fn is_being_replaced(survey: &Survey<'_>, view: &CertificateView<'_>) -> bool {
    view.users.iter().all(|&ens| {
        let mut loads = survey[ens].loads.iter().map(|&place| survey[place].load);
        loads.any(|load| load.is_open() && load.certificate.as_str() != view.id)
    })
}

fn task(survey: &Survey<'_>, week: &Week, id: &str, day: Date, finding: Finding) -> Option<Task> {
    let view = survey.certificate(id)?;
    let ens: Vec<String> = view.users.iter().map(|&ens| survey[ens].id.to_owned()).collect();
    let words: Vec<Text> = vec![finding.message];
    Some(Task {
        when: week.when(day).min(When::ThisWeek),
        day,
        actors: vec![Actor::Ens],
        what: tr!(
            "have another seal issued in place of {seal}: {ens}",
            seal = names([id]),
            ens = names(&ens)
        ),
        batch: None,
        environment: None,
        notes: words,
        commands: vec![format!(
            "segell add certificate FILE{} --ticket TICKET",
            super::command::each("ens", &ens)
        )],
        ens,
    })
}
