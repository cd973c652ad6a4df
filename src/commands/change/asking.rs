//! Questions that several verbs ask, and what counts as an answer.

use anyhow::{Context, Result};

use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::whom::Whom;
use crate::edit::Evidence;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::is_slug;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// A question without known answers.
pub fn open(flag: &'static str, words: Text) -> Question<'static> {
    Question { flag, words, choices: Vec::new(), default: None }
}

/// Any words are an answer.
pub fn any_text(answer: &str) -> Result<String, Text> {
    Ok(answer.to_owned())
}

/// A name of a file or a folder.
pub fn read_slug(text: &str) -> Result<String, Text> {
    let refused = || tr!("a name has lower-case letters a to z, digits and hyphens");
    is_slug(text).then(|| text.to_owned()).ok_or_else(refused)
}

/// The ens that is named with `--ens`, or in the answer.
///
/// # Errors
/// When there is no such ens.
pub fn ens<'s, 'a>(
    interview: &mut Interview,
    given: Option<&String>,
    survey: &'s Survey<'a>,
) -> Result<Option<&'s EnsView<'a>>> {
    let question = which_ens(survey, tr!("Which ens?"));
    let known = |id: &str| known_ens(survey, id).map(|view| view.id.to_owned());
    let id = interview.need(given, &question, known)?;
    Ok(id.map(|id| known_ens(survey, &id)).transpose()?)
}

/// The ens that are named with `--ens`, or in the answer.
///
/// # Errors
/// When one of them is not there.
pub fn several_ens<'s, 'a>(
    interview: &mut Interview,
    given: &[String],
    survey: &'s Survey<'a>,
) -> Result<Option<Vec<&'s EnsView<'a>>>> {
    let question = which_ens(survey, tr!("Which ens? (several are parted by blanks)"));
    let known = |id: &str| known_ens(survey, id).map(|view| view.id.to_owned());
    let ids = interview.need_some(given, &question, known)?;
    let views = ids.map(|ids| ids.iter().map(|id| known_ens(survey, id)).collect());
    Ok(views.transpose()?)
}

fn which_ens(survey: &Survey<'_>, words: Text) -> Question<'static> {
    let present = survey.ens.iter().filter(|view| !view.has_ceased_by(survey.today));
    let choices = present.map(|view| view.id.to_owned()).collect();
    Question { choices, ..open("--ens ENS", words) }
}

fn known_ens<'s, 'a>(survey: &'s Survey<'a>, word: &str) -> Result<&'s EnsView<'a>, Text> {
    match survey.ens(word) {
        Some(view) => Ok(view),
        None => Whom::of(survey).find(word),
    }
}

/// The certificate that is named with `--certificate`, or in the answer.
///
/// # Errors
/// When there is no such certificate.
pub fn certificate<'s, 'a>(
    interview: &mut Interview,
    given: Option<&String>,
    survey: &'s Survey<'a>,
) -> Result<Option<&'s CertificateView<'a>>> {
    let known = |id: &str| {
        survey
            .certificate(id)
            .with_context(|| tr!("there is no certificate `{certificate}`", certificate = id))
    };
    let usable = survey.certificates.iter().filter(|view| view.record.retired.is_none());
    let choices = usable.map(|view| view.id.to_owned()).collect();
    let question = Question { choices, ..open("--certificate ID", tr!("Which certificate?")) };
    let id = interview.need(given, &question, |id| known(id).map(|view| view.id.to_owned()))?;
    id.map(|id| known(&id)).transpose()
}

/// The environment that is named with `--env`, or in the answer.
///
/// # Errors
/// When no answer fits.
pub fn environment(
    interview: &mut Interview,
    given: Option<Environment>,
) -> Result<Option<Environment>> {
    let choices = Environment::BOTH.map(|environment| environment.word().to_owned()).to_vec();
    let question = Question { choices, ..open("--env ENV", tr!("In which environment?")) };
    let read = |word: &str| {
        let mut both = Environment::BOTH.into_iter();
        both.find(|environment| environment.word() == word.to_lowercase())
            .ok_or_else(|| tr!("an environment is `pre` or `pro`"))
    };
    interview.need(given.as_ref(), &question, read)
}

/// The environments that are named; both, when none is.
pub fn environments(given: &[Environment]) -> Vec<Environment> {
    let is_meant = |environment: &Environment| given.is_empty() || given.contains(environment);
    Environment::BOTH.into_iter().filter(is_meant).collect()
}

/// The evidence that is given with `--evidence`, or in the answer.
///
/// # Errors
/// When no answer fits.
pub fn evidence(interview: &mut Interview, given: &[Evidence]) -> Result<Option<Vec<Evidence>>> {
    let question = open("--evidence X", tr!("What shows it? (a ticket, a CSV code or a file)"));
    interview.need_some(given, &question, str::parse)
}

/// The one who is named with the flag, or in the answer.
///
/// # Errors
/// When no answer fits.
pub fn actor(
    interview: &mut Interview,
    given: Option<Actor>,
    flag: &'static str,
    words: Text,
) -> Result<Option<Actor>> {
    let question = Question { choices: actors_known(), ..open(flag, words) };
    interview.need(given.as_ref(), &question, read_actor)
}

/// Those who are named with the flag, or in the answer.
///
/// # Errors
/// When no answer fits.
pub fn actors(
    interview: &mut Interview,
    given: &[Actor],
    flag: &'static str,
    words: Text,
) -> Result<Option<Vec<Actor>>> {
    let question = Question { choices: actors_known(), ..open(flag, words) };
    interview.need_some(given, &question, read_actor)
}

fn actors_known() -> Vec<String> {
    Actor::ALL.iter().map(|actor| actor.word().to_owned()).collect()
}

fn read_actor(word: &str) -> Result<Actor, Text> {
    let found = Actor::ALL.iter().find(|actor| actor.word() == word.to_lowercase());
    let actors = names(actors_known());
    found.copied().ok_or_else(|| tr!("`{word}` is none of {actors}", word = word, actors = actors))
}
