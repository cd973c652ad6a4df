//! `segell schedule`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use crate::base::language::Language;
use crate::base::slug::slug_of_batch;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::change::batch::find;
use crate::commands::change::writing::{Writing, about_batch};
use crate::edit::{Changeset, Value};
use crate::inventory::Inventory;
use crate::inventory::model::{Stage, is_slug};
use crate::inventory::survey::{BatchView, EnsView, Survey};
use crate::tr;

/// Plan a batch, a new day of a calendar; or put more ens into one that is planned
///
/// Exit code 0: written, or planned already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The calendar; a new name begins a new one
    #[arg(long)]
    calendar: Option<String>,
    /// The planned batch that they are put into, `calendar/NN-slug`
    #[arg(long, value_name = "ID", conflicts_with_all = ["calendar", "pre", "pro", "slug", "day"])]
    batch: Option<String>,
    /// Who is loaded; may be given several times
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// The certificate, `holder/label`; of each ens the latest unless given
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    certificate: Vec<String>,
    /// The day on which it is loaded in PRE
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    pre: Option<Date>,
    /// The day on which it is loaded in PRO
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    pro: Option<Date>,
    /// The name that follows the number in the file's name; made of the ens unless given
    #[arg(long)]
    slug: Option<String>,
    /// The day's number; the next that is free unless given
    #[arg(long, value_name = "N")]
    day: Option<u32>,
}

/// A batch to be.
pub(super) struct Plan {
    pub calendar: String,
    pub pre: Date,
    pub pro: Date,
    /// Ens and certificates, by id.
    pub loads: Vec<(String, String)>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    if let Some(batch) = &arguments.batch {
        return join(arguments, batch, &survey, &mut changes);
    }
    let plan = plan(arguments, &survey)?;
    let id = match same_batch(&survey, &plan) {
        Some(batch) => batch.id.to_owned(),
        None => {
            let id = new_id(arguments, &survey, &plan)?;
            changes.create_yaml(&format!("inventory/calendars/{id}.yaml"), &plan.batch(&id)?)?;
            id
        }
    };
    let next = [next(&id)];
    arguments.writing.finish(&changes, about_batch(&id), &next)
}

/// Puts more ens into a planned batch.
fn join(
    arguments: &Arguments,
    batch: &str,
    survey: &Survey<'_>,
    changes: &mut Changeset,
) -> Result<ExitCode> {
    let view = find(survey, batch)?;
    let mut interview = Interview::begin();
    let Some(ens) = which_ens(arguments, survey, &mut interview)? else {
        return interview.refuse();
    };
    ensure!(
        view.batch.stage == Stage::Planned,
        tr!(
            "`{batch}` is released already, as it was approved: plan another day, `segell schedule --calendar NAME --ens ENS --pre DATE --pro DATE`",
            batch = view.id
        )
    );
    for (ens, certificate) in loads(survey, &ens, &arguments.certificate)? {
        let mut known = view.batch.loads.iter().filter(|load| load.withdrawn.is_none());
        match known.find(|load| load.ens.as_str() == ens) {
            Some(known) => ensure!(
                known.certificate.as_str() == certificate,
                tr!(
                    "`{batch}` loads `{known}` for `{ens}` already; first: `segell unschedule --batch {batch} --ens {ens}`",
                    batch = view.id,
                    known = &known.certificate,
                    ens = &ens
                )
            ),
            None => {
                changes.edit(view.file, |yaml| yaml.append("/loads", &load(&ens, &certificate)))?;
            }
        }
    }
    arguments.writing.finish(changes, about_batch(view.id), &[next(view.id)])
}

fn next(batch: &str) -> Text {
    tr!(
        "commit it and open a pull request; when it is merged and PRE is to be loaded: `segell release --batch {batch} --stage pre`",
        batch = batch
    )
}

/// A load, as a batch's file states it.
pub(super) fn load(ens: &str, certificate: &str) -> Value {
    Value::block([("ens", Some(Value::text(ens))), ("certificate", Some(Value::text(certificate)))])
}

/// Who is to be loaded: what is said, else the answer.
fn which_ens(
    arguments: &Arguments,
    survey: &Survey<'_>,
    interview: &mut Interview,
) -> Result<Option<Vec<String>>> {
    let waiting = survey.ens.iter().filter(|ens| waits(survey, ens));
    let question = Question {
        flag: "--ens ENS",
        words: tr!("Which ens? (several are parted by blanks)"),
        choices: waiting.map(|ens| ens.id.to_owned()).collect(),
        default: None,
    };
    interview.need_some(&arguments.ens, &question, |ens| {
        survey.ens(ens).map(|view| view.id.to_owned()).with_context(|| unknown(ens))
    })
}

/// What the command line says, and the answers to what it does not.
fn plan(arguments: &Arguments, survey: &Survey<'_>) -> Result<Plan> {
    let mut interview = Interview::begin();
    let mut calendars: Vec<String> =
        survey.batches.iter().map(|batch| batch.calendar.to_owned()).collect();
    calendars.dedup();
    let last = calendars.last().cloned();
    let calendar = interview.need(
        arguments.calendar.as_ref(),
        &Question {
            flag: "--calendar NAME",
            words: tr!("In which calendar?"),
            choices: calendars,
            default: last.as_deref(),
        },
        read_slug,
    )?;
    let ens = which_ens(arguments, survey, &mut interview)?;
    let day = |flag, words| Question { flag, words, choices: Vec::new(), default: None };
    let pre = day("--pre DATE", tr!("On which day in PRE? (YYYY-MM-DD)"));
    let pre = interview.need(arguments.pre.as_ref(), &pre, crate::commands::date)?;
    let pro = day("--pro DATE", tr!("On which day in PRO? (YYYY-MM-DD)"));
    let pro = interview.need(arguments.pro.as_ref(), &pro, crate::commands::date)?;
    let (Some(calendar), Some(ens), Some(pre), Some(pro)) = (calendar, ens, pre, pro) else {
        return interview.refuse();
    };
    let calendar = read_slug(&calendar).map_err(|why| anyhow::anyhow!(why))?;
    let loads = loads(survey, &ens, &arguments.certificate)?;
    Ok(Plan { calendar, pre, pro, loads })
}

/// Whether an ens has a certificate that no load has brought it yet.
fn waits(survey: &Survey<'_>, ens: &EnsView<'_>) -> bool {
    let mut loads = ens.loads.iter().map(|&load| survey[load].load);
    let latest = survey.latest(ens).map(|latest| latest.id);
    latest.is_some()
        && !ens.has_ceased_by(survey.today)
        && !loads.any(|load| {
            load.is_open() || load.withdrawn.is_none() && Some(load.certificate.as_str()) == latest
        })
}

fn read_slug(text: &str) -> Result<String, String> {
    let refused = || tr!("a name has letters a to z, digits and hyphens").to_string();
    is_slug(text).then(|| text.to_owned()).ok_or_else(refused)
}

fn unknown(ens: &str) -> Text {
    tr!("there is no ens `{ens}`; `segell status` lists them", ens = ens)
}

/// Each ens with its certificate: one of those named that is the ens's, else its latest.
fn loads(
    survey: &Survey<'_>,
    ens: &[String],
    certificates: &[String],
) -> Result<Vec<(String, String)>> {
    let mut loads: Vec<(String, String)> = Vec::new();
    for id in ens {
        let view = survey.ens(id).with_context(|| unknown(id))?;
        let own = view.certificates.iter().map(|&place| survey[place].id);
        let named = own.clone().find(|own| certificates.iter().any(|named| named == own));
        let certificate = named.or_else(|| survey.latest(view).map(|latest| latest.id));
        let certificate = certificate.with_context(|| {
            tr!("`{ens}` has no certificate; `segell add certificate FILE` adds one", ens = id)
        })?;
        if !loads.iter().any(|(known, _)| known == id) {
            loads.push((id.clone(), certificate.to_owned()));
        }
    }
    let unused = certificates.iter().find(|id| !loads.iter().any(|(_, used)| used == *id));
    if let Some(id) = unused {
        bail!(tr!("`{certificate}` is no certificate of these ens", certificate = id));
    }
    Ok(loads)
}

/// The batch that says the same already.
fn same_batch<'s, 'a>(survey: &'s Survey<'a>, plan: &Plan) -> Option<&'s BatchView<'a>> {
    survey.batches.iter().find(|view| {
        let loads = view.batch.loads.iter();
        let loads = loads.map(|load| (load.ens.as_str(), load.certificate.as_str()));
        view.calendar == plan.calendar
            && view.batch.pre.date() == plan.pre
            && view.batch.pro.date() == plan.pro
            && loads.eq(plan.loads.iter().map(|(ens, id)| (ens.as_str(), id.as_str())))
    })
}

/// The id of a new batch: its calendar, a free number, a name.
fn new_id(arguments: &Arguments, survey: &Survey<'_>, plan: &Plan) -> Result<String> {
    let calendar = &plan.calendar;
    let days: Vec<(u32, Date)> = numbers(survey.inventory, calendar);
    let number = match arguments.day {
        Some(number) => number,
        None => free_number(&days, plan.pre).with_context(|| {
            tr!(
                "no number is free between the days around {day}; name one with `--day N`",
                day = plan.pre
            )
        })?,
    };
    ensure!(
        !days.iter().any(|(taken, _)| *taken == number),
        tr!("day {day} of `{calendar}` is taken", day = number, calendar = calendar)
    );
    let slug = arguments.slug.clone().unwrap_or_else(|| {
        let ens: Vec<&str> = plan.loads.iter().map(|(ens, _)| ens.as_str()).collect();
        slug_of_batch(&ens, Language::spoken())
    });
    let slug = read_slug(&slug).map_err(|why| anyhow::anyhow!(why))?;
    Ok(format!("{calendar}/{number:02}-{slug}"))
}

/// The numbers that are taken in a calendar, and the days of PRE; of a file that cannot be read the
/// day is far away.
fn numbers(inventory: &Inventory, calendar: &str) -> Vec<(u32, Date)> {
    let batches = inventory.batches.values().filter_map(|item| {
        let (own, stem) = item.id.split_once('/')?;
        let number = stem.split('-').next()?.parse().ok()?;
        let pre = item.value.as_ref().map_or(Date::MAX, |batch| batch.pre.date());
        (own == calendar).then_some((number, pre))
    });
    let mut days: Vec<_> = batches.collect();
    days.sort_unstable();
    days
}

/// A number for a day between those around it: ten behind the last, else the roundest between.
fn free_number(days: &[(u32, Date)], pre: Date) -> Option<u32> {
    let before = days.iter().filter(|(_, day)| *day <= pre).map(|(number, _)| *number).max();
    let before = before.unwrap_or(0);
    let after = days.iter().map(|(number, _)| *number).filter(|number| *number > before).min();
    let Some(after) = after else { return Some((before / 10 + 1) * 10) };
    let between = || before + 1..after;
    let middle = before.midpoint(after);
    let round = |step: u32| between().filter(move |number| number % step == 0);
    let nearest = |numbers: &mut dyn Iterator<Item = u32>| {
        numbers.min_by_key(|number| number.abs_diff(middle))
    };
    nearest(&mut round(10)).or_else(|| nearest(&mut round(5))).or_else(|| nearest(&mut between()))
}

impl Plan {
    /// What the file of the batch with this id states.
    pub(super) fn batch(&self, id: &str) -> Result<Value> {
        let number = id.rsplit('/').next().and_then(|stem| stem.split('-').next());
        let number: i64 = number.unwrap_or_default().parse()?;
        let load = |(ens, certificate): &(String, String)| load(ens, certificate);
        Ok(Value::block([
            ("day", Some(Value::Number(number))),
            ("stage", Some(Value::text(Stage::Planned.word()))),
            ("pre", Some(self.pre.into())),
            ("pro", Some(self.pro.into())),
            ("loads", Some(Value::Rows(self.loads.iter().map(load).collect()))),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::free_number;
    use jiff::civil::date;

    #[test]
    fn a_day_gets_a_number_between_its_neighbours() {
        let day = |day: i8| date(2026, 12, day);
        let days = [(10, day(1)), (20, day(8)), (21, day(15))];
        assert_eq!(free_number(&[], day(1)), Some(10));
        assert_eq!(free_number(&days, day(20)), Some(30));
        assert_eq!(free_number(&days, day(3)), Some(15));
        assert_eq!(free_number(&days, day(9)), None);
        assert_eq!(free_number(&days[..2], date(2026, 11, 1)), Some(5));
        assert_eq!(free_number(&[(1, day(5)), (40, day(8))], day(6)), Some(20));
        assert_eq!(free_number(&[(10, day(1)), (12, day(8))], day(6)), Some(11));
    }
}
