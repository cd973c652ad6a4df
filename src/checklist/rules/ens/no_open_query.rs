//! `no-open-query`.

use crate::checklist::rules::{Case, Draft, Verdict};
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::{At, Step};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "no-open-query",
    kind: Kind::Precondition,
    at: At::Step(Step::Authorised),
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
        Draft::at(place, message).waits_for(query.answers())
    });
    Some(found.collect())
}
