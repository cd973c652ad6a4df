//! Who comes first.
//!
//! Those that have asked for PRE, then those whose seals serve no longer soonest, then by id. The
//! departments that share a seal come together.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ready::Ready;
use crate::base::text::Text;
use crate::base::time::{day_of, plus_days};
use crate::checklist::rules::Case;
use crate::checklist::rules::certificate::strong_enough::first_weak_day;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Block, Policy};
use crate::inventory::survey::CertificateView;
use crate::tr;

/// Candidates that are loaded together.
#[derive(Debug)]
pub(super) struct Unit {
    /// Which candidates.
    pub members: Vec<usize>,
    rank: Rank,
    /// The last day on which the load comes in time.
    in_time_until: Date,
    /// The last day in PRO after which the new seal still has the days that the policy wants.
    pub can_be_loaded_until: Date,
}

/// Whether PRE has been requested: by all, by some, by none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    All,
    Some,
    None,
}

/// The units of `count` candidates, in the order in which they are to be loaded.
pub(super) fn units(ready: &Ready<'_, '_>, count: usize) -> Vec<Unit> {
    let mut shared: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for place in 0..count {
        let Some(case) = ready.case(place) else { continue };
        match case.ens.ens.block {
            Block::Departments => shared.entry(case.certificate.id).or_default().push(place),
            Block::Consuming | Block::New => members.push(vec![place]),
        }
    }
    members.extend(shared.into_values());
    let mut units: Vec<Unit> = members.into_iter().map(|members| unit(ready, members)).collect();
    units.sort_by_cached_key(|unit| {
        let first = unit.members.first().and_then(|&place| ready.case(place));
        (unit.rank, unit.in_time_until, first.map(|case| case.ens.id.to_owned()))
    });
    units
}

fn unit(ready: &Ready<'_, '_>, members: Vec<usize>) -> Unit {
    let cases: Vec<Case<'_, '_>> = members.iter().filter_map(|&place| ready.case(place)).collect();
    let requested = cases.iter().filter(|case| case.ens.has_requested_pre()).count();
    let rank = match requested {
        0 => Rank::None,
        all if all == cases.len() => Rank::All,
        _ => Rank::Some,
    };
    let first = |days: &dyn Fn(&Case<'_, '_>) -> Date| cases.iter().map(days).min();
    let in_time_until = first(&|case| serves(case).0).unwrap_or(Date::MAX);
    let can_be_loaded_until = first(&can_be_loaded_until).unwrap_or(Date::MAX);
    Unit { members, rank, in_time_until, can_be_loaded_until }
}

/// The last day on which the load comes in time, and whose certificate says so: the ens's present
/// one as long as it serves, the new one as long as the policy's days are left after it.
pub(super) fn serves<'s>(case: &Case<'s, '_>) -> (Date, &'s str) {
    let own = can_be_loaded_until(case);
    let current = Environment::BOTH.into_iter().filter_map(|environment| {
        let current = case.survey.current(case.ens, environment)?;
        let last = last_day(current, case.policy()?, case.survey.today);
        (current.id != case.certificate.id).then_some((last, current.id))
    });
    current.chain([(own, case.certificate.id)]).min().unwrap_or((own, case.certificate.id))
}

/// The last day on which the new seal can be loaded.
fn can_be_loaded_until(case: &Case<'_, '_>) -> Date {
    let Some(policy) = case.policy() else { return Date::MAX };
    let needed = policy.certificates.days_left_after_load.count();
    plus_days(last_day(case.certificate, policy, case.survey.today), -needed)
}

/// The last day of a certificate: it runs out then, or its key is no longer accepted.
fn last_day(view: &CertificateView<'_>, policy: &Policy, today: Date) -> Date {
    let Some((facts, _)) = view.pem else { return Date::MAX };
    let last = day_of(facts.not_after);
    let weak = first_weak_day(facts, policy, today, last.max(today));
    weak.map_or(last, |(day, _)| last.min(plus_days(day, -1)))
}

/// Why a candidate stands where it stands.
pub(super) fn why(case: &Case<'_, '_>, together: usize) -> Vec<Text> {
    let (until, id) = serves(case);
    let requested = match case.ens.has_requested_pre() {
        true => tr!("PRE is requested"),
        false => tr!("PRE is not requested: after those that have asked for it"),
    };
    let serves = match id == case.certificate.id {
        true => {
            tr!("`{certificate}` can be loaded in PRO until {day}", certificate = id, day = until)
        }
        false => {
            tr!("`{certificate}`, which it has, serves until {day}", certificate = id, day = until)
        }
    };
    let mut why = vec![requested, serves];
    if together > 1 {
        why.push(tr!(
            "the {count} departments that share `{certificate}` come together",
            count = together,
            certificate = case.certificate.id
        ));
    }
    let mut loads = case.ens.loads.iter().map(|&load| case.survey[load].load);
    let withdrawn = loads
        .rfind(|load| load.certificate.as_str() == case.certificate.id && load.withdrawn.is_some());
    if let Some(withdrawn) = withdrawn.and_then(|load| load.withdrawn.as_ref()) {
        why.push(tr!(
            "its load was withdrawn on {day}: {reason}",
            day = withdrawn.date.date(),
            reason = &withdrawn.reason
        ));
    }
    why
}
