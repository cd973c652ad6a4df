//! `check-as-sent`.

use crate::base::text::Text;
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::checklist::rules::{Case, Draft, Verdict};
use crate::files::message::outcome::{Shown, shown};
use crate::inventory::finding::{Actor, Environment, Kind, Place, Rule};
use crate::inventory::model::{Check, Message, Outcome, Record};
use crate::inventory::step::At;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "check-as-sent",
    kind: Kind::Sequence,
    at: At::Check(None),
    holds: tr!(
        "a check's message says what the check says: it is signed by the load's certificate, asked under a code of that certificate's record, for a service that the ens's authorisations list, sent on the check's day and not before the load, and its codes show what is recorded"
    ),
    why: tr!(
        "a request that another seal signed, or that was sent before the load, shows nothing of the seal that was loaded"
    ),
    mend: tr!(
        "see with `segell inspect` what the message is; if the check was another one, record it with its own: `segell record check --request FILE --answer FILE`"
    ),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let planned = case.planned?;
    let mut found = Vec::new();
    let mut asked = false;
    for environment in Environment::BOTH {
        let Some(record) = planned.load.record(environment) else { continue };
        for (index, check) in record.checks.iter().enumerate() {
            let Some(message) = &check.message else { continue };
            asked = true;
            let place = case.place().key(environment.word()).key("checks").item(index);
            let drafts = faults(case, record, check, message, &place);
            found.extend(
                drafts
                    .into_iter()
                    .map(|draft| draft.environment(environment).waits_for(Actor::Aoc)),
            );
        }
    }
    asked.then_some(found)
}

/// What the message says otherwise than the check, each at its place.
fn faults(
    case: &Case<'_, '_>,
    record: &Record,
    check: &Check,
    message: &Message,
    place: &Place,
) -> Vec<Draft> {
    let at = |field: &str, words: Text| Draft::at(place.key("message").key(field), words);
    let seal = case.certificate;
    let mut found = Vec::new();
    if message.signed_by != seal.record.sha256 {
        found.push(at("signed_by", other_seal(case, message)));
    }
    let codes = &seal.record.organ_codes;
    if !codes.contains(&message.organ_code) {
        let words = tr!(
            "the request of {date} asks under `{code}`, which is no code of `{certificate}`",
            date = check.date.date(),
            code = &message.organ_code,
            certificate = seal.id
        );
        found.push(at("organ_code", words));
    }
    let mut authorisations = case.ens.ens.authorisations.iter();
    if !authorisations.any(|authorisation| authorisation.service == message.service) {
        let words = tr!(
            "the request of {date} asks for `{service}`, which no authorisation of `{ens}` lists",
            date = check.date.date(),
            service = &message.service,
            ens = case.ens.id
        );
        found.push(at("service", words));
    }
    found.extend(another_day(record, check, message).map(|words| at("sent", words)));
    found.extend(another_result(check, message).map(|words| {
        Draft::at(place.key("result"), words)
            .related(place.key("message").key("code"), tr!("what was answered"))
    }));
    found
}

/// Says whose seal signed instead.
fn other_seal(case: &Case<'_, '_>, message: &Message) -> Text {
    let mut all = case.survey.certificates.iter();
    match all.find(|other| other.record.sha256 == message.signed_by) {
        Some(other) => tr!(
            "the request was signed with `{other}`, not with `{certificate}`",
            other = other.id,
            certificate = case.certificate.id
        ),
        None => tr!(
            "the request was signed with a seal that no record knows, not with `{certificate}`",
            certificate = case.certificate.id
        ),
    }
}

/// A check before the load is `dates-in-order`'s.
fn another_day(record: &Record, check: &Check, message: &Message) -> Option<Text> {
    let (sent, made, loaded) =
        (day_of(message.sent.timestamp()), check.date.date(), record.loaded.date());
    if sent < loaded && made >= loaded {
        return Some(tr!(
            "the request was sent on {sent}, before the load on {loaded}",
            sent = sent,
            loaded = loaded
        ));
    }
    (sent != made).then(|| {
        tr!("the request was sent on {sent}, and the check is of {made}", sent = sent, made = made)
    })
}

fn another_result(check: &Check, message: &Message) -> Option<Text> {
    let code = message.code.as_ref()?.as_str();
    let answer = message.answer.as_ref().map(|answer| answer.as_str());
    match shown(message.service.as_str(), code, answer) {
        Shown::Works if check.result == Outcome::Fails => {
            Some(tr!("the answer shows that it works, and the check says that it fails"))
        }
        Shown::Fails if check.result == Outcome::Works => {
            Some(tr!("the answer shows that it fails, and the check says that it works"))
        }
        Shown::Waits if check.result == Outcome::Works => Some(tr!(
            "the request was still waiting for its answer, and the check says that it works"
        )),
        _ => None,
    }
}
