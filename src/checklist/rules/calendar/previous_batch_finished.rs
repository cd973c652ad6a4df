//! `previous-batch-finished`.

use crate::base::text::names;
use crate::checklist::rules::{Draft, HOLDS, Verdict};
use crate::inventory::finding::{Environment, Kind, Place, Rule, Severity};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "previous-batch-finished",
    kind: Kind::Sequence,
    at: At::NextLoad,
    holds: tr!("once the stage is `pre`, no load of an earlier day of the calendar is open"),
    why: tr!("requests must be seen to work with PICA before the next batch of bodies starts"),
    mend: tr!("finish or withdraw the earlier loads first"),
};

pub fn check(survey: &Survey<'_>, view: &BatchView<'_>) -> Verdict {
    if !survey.loads_of(view).iter().any(|load| survey.is_asked(load.at)) {
        return None;
    }
    let Some(first) = survey.open_before(view.at).next() else { return HOLDS };
    let asks = view.batch.asks_for(Environment::Pre);
    let severity = if asks { Severity::Error } else { Severity::Pending };
    let message = tr!(
        "earlier days of the calendar still have open loads: {ens}",
        ens = names(survey.open_before(view.at).map(|view| &view.load.ens))
    );
    let draft = Draft::at(Place::start(view.file).key("stage"), message).severity(severity);
    draft.related(survey.place_of(first), tr!("the first of them")).into()
}
