//! What the verbs that edit a batch have in common: which batch, which of its loads, since when.

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use crate::base::hidden::is_hidden;
use crate::base::text::{Text, any, names};
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::change::writing::Writing;
use crate::commands::complete::next_day;
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model;
use crate::inventory::survey::{BatchView, Survey};
use crate::tr;

/// Which loads of a batch.
#[derive(Debug, clap::Args)]
pub(super) struct Who {
    /// Whose load; may be given several times
    #[arg(long, conflicts_with = "all", value_delimiter = ',')]
    pub ens: Vec<String>,
    /// Every load of the batch that is open to this
    #[arg(long)]
    pub all: bool,
}

/// `--all`, or `--ens …` for each, for the loads at these places: where some of the batch's are not open to
/// what is said, it is said of these alone.
pub(super) fn whom(view: &BatchView<'_>, places: &[usize]) -> String {
    let standing = view.batch.loads.iter().filter(|load| load.withdrawn.is_none()).count();
    if places.len() >= standing {
        return "--all".to_owned();
    }
    let ens = places.iter().map(|&place| format!("--ens {}", view.batch.loads[place].ens.as_str()));
    ens.collect::<Vec<_>>().join(" ")
}

/// An actor from the command line.
pub(super) fn actor(text: &str) -> Result<Actor, String> {
    let all = [Actor::Ens, Actor::Aoc, Actor::Siad, Actor::Dgtj, Actor::Aeat, Actor::Pica];
    let found = all.into_iter().find(|actor| actor.word() == text);
    found.ok_or_else(|| {
        tr!("one of {actors} is expected", actors = names(all.map(Actor::word))).to_string()
    })
}

/// An environment from the command line.
pub fn environment(text: &str) -> Result<Environment, String> {
    let found = Environment::BOTH.into_iter().find(|environment| environment.word() == text);
    found.ok_or_else(|| tr!("`pre` or `pro` is expected").to_string())
}

/// A text that is not blank: one line, of characters that a reader sees.
pub(super) fn words(text: &str) -> Result<String, String> {
    let words = text.trim();
    let unseen = |character: &char| character.is_control() || is_hidden(*character);
    match words.chars().find(unseen) {
        Some(character) => Err(tr!(
            "the character {code} stands in it; a text is one line, without control or invisible characters",
            code = format!("U+{:04X}", u32::from(character))
        )
        .to_string()),
        None if words.is_empty() => Err(tr!("some text is expected").to_string()),
        None => Ok(words.to_owned()),
    }
}

/// Evidence from the command line or an answer.
pub(super) fn evidence(text: &str) -> Result<Evidence, String> {
    text.parse()
}

/// A question without known answers.
pub(super) fn question(flag: &'static str, words: Text) -> Question<'static> {
    Question { flag, words, choices: Vec::new(), default: None }
}

/// The question for evidence.
pub(super) fn evidence_question() -> Question<'static> {
    question("--evidence X", tr!("What shows it? (a ticket, a CSV code or a file)"))
}

/// A question that is answered by one of a few words.
pub(super) fn choice(flag: &'static str, words: Text, choices: &[&str]) -> Question<'static> {
    let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
    Question { flag, words, choices, default: None }
}

/// The id of the batch that is meant: what is given, else an answer, the open batches being shown, and the one
/// whose day comes next for an empty line.
pub(super) fn ask_batch(
    interview: &mut Interview,
    given: Option<&String>,
    survey: &Survey<'_>,
) -> Result<Option<String>> {
    let open = survey.batches.iter().filter_map(|view| Some((next_day(view.batch)?, view.id)));
    let mut open: Vec<_> = open.collect();
    open.sort_unstable_by_key(|((day, _), id)| (*day, *id));
    let open: Vec<String> = open.into_iter().map(|(_, id)| id.to_owned()).collect();
    let first = open.first().cloned();
    let question = Question {
        flag: "--batch ID",
        words: tr!("Which batch?"),
        choices: open,
        default: first.as_deref(),
    };
    interview.need(given, &question, |id| find(survey, id).map(|view| view.id.to_owned()))
}

/// The batch with this id.
///
/// # Errors
/// When there is none that can be read.
pub(super) fn find<'s, 'a>(survey: &'s Survey<'a>, id: &str) -> Result<&'s BatchView<'a>> {
    let found = survey.batches.iter().find(|view| view.id == id);
    found.with_context(|| {
        let near = survey.batches.iter().filter(|view| view.id.contains(id)).map(|view| view.id);
        let mut near = near.peekable();
        match near.peek() {
            Some(_) => {
                tr!(
                    "there is no batch `{batch}`; did you mean {near}?",
                    batch = id,
                    near = any(near)
                )
            }
            None => tr!("there is no batch `{batch}`; `segell calendar` lists them", batch = id),
        }
    })
}

impl Who {
    /// The places of the loads that are meant, in the batch's order. None: it is not said, and the
    /// batch has several.
    ///
    /// # Errors
    /// When an ens has no such load.
    pub fn loads(
        &self,
        interview: &mut Interview,
        view: &BatchView<'_>,
        fits: impl Fn(&model::Load) -> bool,
    ) -> Result<Option<Vec<usize>>> {
        let loads = &view.batch.loads;
        let fitting: Vec<usize> = (0..loads.len()).filter(|&place| fits(&loads[place])).collect();
        if fitting.is_empty() {
            bail!(tr!(
                "no load of `{batch}` is open to this: each is withdrawn, or finished, or lacks the record of what comes before; `segell calendar` shows them",
                batch = view.id
            ));
        }
        if self.all || self.ens.is_empty() && fitting.len() == 1 {
            return Ok(Some(fitting));
        }
        let choices = fitting.iter().map(|&place| loads[place].ens.to_string()).collect();
        let question = Question {
            flag: "--ens ENS, or --all",
            words: tr!("Which ens? (several are parted by blanks; an empty line: all)"),
            choices,
            default: Some("*"),
        };
        let ens = interview.need_some(&self.ens, &question, |ens| {
            let is_known =
                ens == "*" || fitting.iter().any(|&place| loads[place].ens.as_str() == ens);
            is_known.then(|| ens.to_owned()).ok_or_else(|| unknown(view, ens))
        })?;
        let Some(ens) = ens else { return Ok(None) };
        if ens == ["*"] {
            return Ok(Some(fitting));
        }
        let place = |ens: &String| {
            let mut places = fitting.iter().filter(|&&place| loads[place].ens.as_str() == ens);
            places.next().copied().with_context(|| unknown(view, ens))
        };
        let places: Result<Vec<usize>> = ens.iter().map(place).collect();
        let mut places = places?;
        places.sort_unstable();
        places.dedup();
        Ok(Some(places))
    }
}

fn unknown(view: &BatchView<'_>, ens: &str) -> Text {
    let loaded = view.batch.loads.iter().map(|load| load.ens.as_str());
    if loaded.clone().any(|known| known == ens) {
        return tr!(
            "the load of `{ens}` in `{batch}` is not open to this: it is withdrawn, or finished, or lacks the record of what comes before",
            batch = view.id,
            ens = ens
        );
    }
    tr!(
        "`{batch}` has no load of `{ens}`; it loads {loaded}",
        batch = view.id,
        ens = ens,
        loaded = names(loaded)
    )
}

/// Evidence as it is recorded of a batch; files are copied into a folder of the batch.
pub(super) fn take_evidence(
    all: &[Evidence],
    view: &BatchView<'_>,
    changes: &mut Changeset,
) -> Result<Value> {
    Evidence::take(all, view.id, changes)
}

/// The day that is given, else today.
pub(super) fn day(given: Option<Date>, writing: &Writing) -> Date {
    given.unwrap_or_else(|| writing.today())
}
