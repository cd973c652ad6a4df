//! The command lines that a task offers. Ids are slugs, so nothing in them needs quoting; a word in
//! capitals is to be filled in, and stands in the language that is spoken.

use jiff::civil::Date;

use crate::base::text::to_fill_in;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::survey::{BatchView, Survey};

/// `segell record WHAT --batch … --env …` for some of a batch's ens: `--all` where that are all that
/// have not been withdrawn.
pub fn record(
    what: &str,
    survey: &Survey<'_>,
    batch: &BatchView<'_>,
    environment: Environment,
    ens: &[String],
) -> String {
    let present =
        survey.loads_of(batch).iter().filter(|view| view.load.withdrawn.is_none()).count();
    let whom = if present == ens.len() { " --all".to_owned() } else { each("ens", ens) };
    format!("segell record {what} --batch {} --env {}{whom}", batch.id, environment.word())
}

/// The same of a check that works, by `actors`.
pub fn works(
    survey: &Survey<'_>,
    batch: &BatchView<'_>,
    environment: Environment,
    (actors, ens): (&[Actor], &[String]),
) -> String {
    let record = record("check", survey, batch, environment, ens);
    let by: Vec<String> = actors.iter().map(|actor| actor.word().to_owned()).collect();
    to_fill_in(&format!("{record}{} --result works --evidence TICKET", each("by", &by)))
}

/// A check that its message proves, and which tells by itself of which load it is.
pub fn proves(batch: &BatchView<'_>, environment: Environment, actors: &[Actor]) -> String {
    let by: Vec<String> = actors.iter().map(|actor| actor.word().to_owned()).collect();
    to_fill_in(&format!(
        "segell record check --batch {} --env {}{} --request FILE --answer FILE --evidence TICKET",
        batch.id,
        environment.word(),
        each("by", &by)
    ))
}

/// The same check again of one that failed, with what came to light since; in PRE that is discussed
/// with SIAD.
pub fn analysed(
    survey: &Survey<'_>,
    batch: &BatchView<'_>,
    environment: Environment,
    (day, by, ens): (Date, &[Actor], &[String]),
) -> String {
    let record = record("check", survey, batch, environment, ens);
    let by: Vec<String> = by.iter().map(|actor| actor.word().to_owned()).collect();
    let with = match environment {
        Environment::Pre => " --discussed-with siad",
        Environment::Pro => "",
    };
    to_fill_in(&format!(
        "{record} --date {day}{} --result fails --cause TEXT{with} --corrected DATE --evidence TICKET",
        each("by", &by)
    ))
}

/// What has missed its day is loaded a week later.
pub fn postpone(batch: &str) -> String {
    format!("segell move --batch {batch} --by 7d")
}

/// `--option` before each value.
pub fn each(option: &str, values: &[String]) -> String {
    values.iter().map(|value| format!(" --{option} {value}")).collect()
}
