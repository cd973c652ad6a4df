//! `no-open-query`.

use crate::finding::{Actor, Kind, Rule};
use crate::rules::{Case, Draft, Verdict};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-open-query",
    kind: Kind::Precondition,
    holds: tr!("the ens has no unanswered query"),
    why: tr!("a doubt that was worth asking AEAT is a load that may go wrong"),
    mend: tr!("wait for the answer, and record it with `answered` and `answer`"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let queries = case.ens.ens.queries.iter().enumerate();
    let open = queries.filter(|(_, query)| query.is_open());
    let found = open.map(|(index, query)| {
        let message = tr!(
            "a query of `{ens}`, asked on {date}, is not answered",
            ens = case.ens.id,
            date = query.asked.date()
        );
        let place = case.ens_place().key("queries").item(index);
        // The chain is SIAD, DGTJ, AEAT: the last that was asked answers.
        let actor = query.to.iter().copied().max_by_key(|actor| match actor {
            Actor::Aeat => 2,
            Actor::Dgtj => 1,
            _ => 0,
        });
        Draft::at(place, message).waits_for(actor.unwrap_or(Actor::Siad))
    });
    Some(found.collect())
}
