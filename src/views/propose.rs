//! The proposal's formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Text, names};
use crate::inventory::finding::{Actor, Finding};
use crate::inventory::source::Sources;
use crate::planning::propose::{LeftOut, Planned, Proposal, Proposed, Reason, Settled};
use crate::tr;
use crate::views::report::{json, name_of};
use crate::views::screen::{Format, Offer, Sourced, View};
use crate::views::table::Table;

/// How many ens that are left out people are told one by one.
const LISTED: usize = 100;

impl View for Sourced<'_, Proposal> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For people", |Sourced(proposal, _), screen| {
                human(proposal, screen.out)
            }),
            Offer(
                Format::Json,
                "One JSON document (schemas/proposal.schema.json)",
                |Sourced(proposal, sources), screen| {
                    json::write_visibly(&document(proposal, sources), screen.out)
                },
            ),
            Offer(Format::Markdown, "A table, for a comment", |Sourced(proposal, _), screen| {
                table(proposal).markdown(screen.out)
            }),
            Offer(Format::Csv, "A table, for a spreadsheet", |Sourced(proposal, _), screen| {
                table(proposal).csv(screen.out)
            }),
        ]
    }
}

fn human(proposal: &Proposal, out: &mut dyn Write) -> io::Result<()> {
    for batch in &proposal.batches {
        human_batch(proposal, batch, out)?;
    }
    if !proposal.left_out.is_empty() {
        writeln!(out, "{}", tr!("left out"))?;
        let groups = groups(&proposal.left_out);
        for group in groups.iter().take(LISTED) {
            human_left(group, out)?;
        }
        let more: usize = groups.iter().skip(LISTED).map(Vec::len).sum();
        if more > 0 {
            let more = tr!("… and {more} more; `--format csv` lists them all", more = more);
            writeln!(out, "  {more}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", title(proposal))?;
    for line in [late(proposal), waits(proposal), settled(proposal)].into_iter().flatten() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// How many ens that are left out for the same are told together.
const ALIKE: usize = 4;

/// Up to so many ens are told by their ids.
const FEW: usize = 10;

/// Those who are left out, by id, those for the same reasons together.
fn groups(left_out: &[LeftOut]) -> Vec<Vec<&LeftOut>> {
    let mut alike: BTreeMap<Vec<(&str, Option<Actor>)>, Vec<&LeftOut>> = BTreeMap::new();
    for left in left_out {
        let reasons = left.reasons.iter().map(|reason| (reason.message.template, reason.actor));
        alike.entry(reasons.collect()).or_default().push(left);
    }
    let split = |group: Vec<_>| match group.len() >= ALIKE {
        true => vec![group],
        false => group.into_iter().map(|left| vec![left]).collect(),
    };
    let mut groups: Vec<Vec<&LeftOut>> = alike.into_values().flat_map(split).collect();
    groups.sort_by(|a, b| a[0].ens.cmp(&b[0].ens));
    groups
}

fn human_left(group: &[&LeftOut], out: &mut dyn Write) -> io::Result<()> {
    let reasons = &group[0].reasons;
    if let [left] = group {
        writeln!(out, "  {}", left.ens)?;
        return reasons.iter().try_for_each(|reason| writeln!(out, "      {}", told(reason)));
    }
    writeln!(out, "  {}", tr!("{count} ens", count = group.len()))?;
    // Of many the first names would say nothing.
    if group.len() <= FEW {
        let ens = names(group.iter().map(|left| &left.ens));
        writeln!(out, "      {}", tr!("{ens}", ens = ens))?;
    }
    reasons.iter().try_for_each(|reason| {
        let what = tr!("{message}, and so of each", message = told(reason));
        writeln!(out, "      {what}")
    })
}

fn human_batch(proposal: &Proposal, batch: &Proposed, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", batch.id)?;
    let days = tr!("PRE on {pre}, PRO on {pro}", pre = on(batch.pre), pro = on(batch.pro));
    writeln!(out, "  {days}")?;
    if let Some(known) = &batch.onto {
        let planned = tr!(
            count = known.loads.len();
            one "planned already, with {count} load; besides:",
            many "planned already, with {count} loads; besides:"
        );
        writeln!(out, "  {planned}")?;
    }
    if batch.loads.len() > proposal.size {
        let more = tr!(
            "{count} loads, although {size} are aimed at: a seal that several share is loaded at once",
            count = batch.loads.len(),
            size = proposal.size
        );
        writeln!(out, "  {more}")?;
    }
    for load in &batch.loads {
        writeln!(out, "  {}  ({})", load.ens, load.certificate)?;
        for why in reasons(load) {
            writeln!(out, "      {why}")?;
        }
        for finding in &load.pending {
            let todo = told_finding(finding);
            writeln!(out, "      {}", tr!("still to be done: {what}", what = todo))?;
        }
    }
    writeln!(out)
}

/// A day, with its name.
fn on(day: Date) -> Text {
    use jiff::civil::Weekday;
    match day.weekday() {
        Weekday::Monday => tr!("Monday {day}", day = day),
        Weekday::Tuesday => tr!("Tuesday {day}", day = day),
        Weekday::Wednesday => tr!("Wednesday {day}", day = day),
        Weekday::Thursday => tr!("Thursday {day}", day = day),
        Weekday::Friday => tr!("Friday {day}", day = day),
        Weekday::Saturday => tr!("Saturday {day}", day = day),
        Weekday::Sunday => tr!("Sunday {day}", day = day),
    }
}

/// Why a load stands where it stands; first, that it comes late.
fn reasons(load: &Planned) -> impl Iterator<Item = Text> {
    let late = load.days_late.map(|days| {
        tr!(
            count = days;
            one "late: what it has serves no longer from {count} day before its load in PRO",
            many "late: what it has serves no longer from {count} days before its load in PRO"
        )
    });
    late.into_iter().chain(load.why.iter().cloned())
}

fn told(reason: &Reason) -> Text {
    match reason.actor {
        Some(actor) => {
            let message = reason.message.clone();
            tr!("{message} (waits for {who})", message = message, who = name_of(actor))
        }
        None => reason.message.clone(),
    }
}

fn told_finding(finding: &Finding) -> Text {
    told(&Reason::from(finding.clone()))
}

/// How much is proposed.
fn title(proposal: &Proposal) -> Text {
    let loads = proposal.batches.iter().map(|batch| batch.loads.len()).sum::<usize>();
    let calendar = match proposal.is_new {
        true => tr!("`{calendar}`, a new calendar", calendar = &proposal.calendar),
        false => tr!("`{calendar}`", calendar = &proposal.calendar),
    };
    match proposal.batches.len() {
        0 => tr!("nothing is ready for {calendar}", calendar = calendar),
        count => tr!(
            "{loads} in {batches} for {calendar}",
            loads = tr!(count = loads; one "{count} load", many "{count} loads"),
            batches = tr!(count = count; one "{count} batch", many "{count} batches"),
            calendar = calendar
        ),
    }
}

/// How many do not fit, and by how many days at most.
fn late(proposal: &Proposal) -> Option<Text> {
    let left_out = proposal.left_out.iter().filter_map(|left| left.days_too_late);
    let loads = proposal.batches.iter().flat_map(|batch| &batch.loads);
    let days: Vec<i64> = left_out.chain(loads.filter_map(|load| load.days_late)).collect();
    let most = *days.iter().max()?;
    Some(tr!(
        "{ens} too late, by {most} at most: larger batches (`--size N`) or a calendar of their own (`--calendar NAME`) come sooner",
        ens = tr!(count = days.len(); one "{count} ens comes", many "{count} ens come"),
        most = tr!(count = most; one "{count} day", many "{count} days")
    ))
}

/// How many are left out, by who has to act.
fn waits(proposal: &Proposal) -> Option<Text> {
    let mut waiting: BTreeMap<Actor, usize> = BTreeMap::new();
    for left in &proposal.left_out {
        let mut actors: Vec<Actor> =
            left.reasons.iter().filter_map(|reason| reason.actor).collect();
        actors.sort_unstable();
        actors.dedup();
        actors.into_iter().for_each(|actor| *waiting.entry(actor).or_default() += 1);
    }
    let parts = waiting
        .into_iter()
        .map(|(actor, count)| tr!("{count} for {who}", count = count, who = name_of(actor)).into());
    let parts: Vec<_> = parts.collect();
    let count = proposal.left_out.len();
    let left = tr!(count = count; one "{count} ens left out", many "{count} ens left out");
    match (count, parts.is_empty()) {
        (0, _) => None,
        (_, true) => Some(left),
        (_, false) => Some(tr!(
            "{left}; they wait: {parts}",
            left = left,
            parts = crate::base::text::Argument::List(parts)
        )),
    }
}

/// How many need nothing.
fn settled(proposal: &Proposal) -> Option<Text> {
    let Settled { loaded, planned, ceased, unread } = proposal.settled;
    let parts = [
        (loaded, tr!("{count} with their latest seal loaded", count = loaded)),
        (planned, tr!("{count} planned already", count = planned)),
        (ceased, tr!("{count} that have ceased", count = ceased)),
        (unread, tr!("{count} whose files cannot be read", count = unread)),
    ];
    let parts: Vec<_> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part.into()).collect();
    let list = crate::base::text::Argument::List(parts.clone());
    (!parts.is_empty()).then(|| tr!("besides: {parts}", parts = list))
}

fn table(proposal: &Proposal) -> Table {
    let head = [
        tr!("ens"),
        tr!("certificate"),
        tr!("batch"),
        tr!("PRE"),
        tr!("PRO"),
        tr!("days too late"),
        tr!("why"),
        tr!("waits for"),
    ];
    let loads = proposal
        .batches
        .iter()
        .flat_map(|batch| batch.loads.iter().map(move |load| planned_row(batch, load)));
    let rows = loads.chain(proposal.left_out.iter().map(left_row)).collect();
    Table { head: head.to_vec(), rows }
}

fn planned_row(batch: &Proposed, load: &Planned) -> Vec<String> {
    vec![
        load.ens.clone(),
        load.certificate.clone(),
        batch.id.clone(),
        batch.pre.to_string(),
        batch.pro.to_string(),
        load.days_late.map(|days| days.to_string()).unwrap_or_default(),
        joined(load.why.iter().cloned()),
        actors(load.pending.iter().filter_map(|finding| finding.actor)),
    ]
}

fn left_row(left: &LeftOut) -> Vec<String> {
    vec![
        left.ens.clone(),
        left.certificate.clone().unwrap_or_default(),
        String::new(),
        String::new(),
        String::new(),
        left.days_too_late.map(|days| days.to_string()).unwrap_or_default(),
        joined(left.reasons.iter().map(|reason| reason.message.clone())),
        actors(left.reasons.iter().filter_map(|reason| reason.actor)),
    ]
}

fn joined(texts: impl Iterator<Item = Text>) -> String {
    texts.map(|text| text.to_string()).collect::<Vec<_>>().join("; ")
}

fn actors(actors: impl Iterator<Item = Actor>) -> String {
    let mut actors: Vec<Actor> = actors.collect();
    actors.sort_unstable();
    actors.dedup();
    joined(actors.into_iter().map(name_of))
}

/// The version of the format.
const SCHEMA: &str = "segell.proposal/v1";

/// What `segell propose --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Proposal of segell")]
struct Document {
    /// `segell.proposal/v1`.
    schema: &'static str,
    /// The day from which one looks ahead, `YYYY-MM-DD`.
    as_of: String,
    /// The calendar.
    calendar: String,
    /// Whether the calendar has no batch yet.
    is_new: bool,
    /// How many loads a batch has at most; those that share a seal stay together all the same.
    size: usize,
    /// The batches, by day.
    batches: Vec<BatchEntry>,
    /// The ens that need a load and get none, by id.
    left_out: Vec<LeftEntry>,
    /// The other ens.
    settled: SettledEntry,
}

/// How many ens need no new load.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Settled")]
struct SettledEntry {
    /// Their latest seal is loaded.
    loaded: usize,
    /// It is in an open load.
    planned: usize,
    /// They are no more.
    ceased: usize,
    /// Their files cannot be read.
    unread: usize,
}

/// A batch to be.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Batch")]
struct BatchEntry {
    /// Its id, `calendar/NN-slug`.
    id: String,
    /// The path of its file.
    file: String,
    /// The day's number.
    day: u16,
    /// The day on which it is loaded in PRE, `YYYY-MM-DD`.
    pre: String,
    /// The day on which it is loaded in PRO, `YYYY-MM-DD`.
    pro: String,
    /// What is loaded, in order.
    /// Whether the batch is planned already: `loads` come into it besides its own.
    fills: bool,
    loads: Vec<LoadEntry>,
}

/// A load to be.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Load")]
struct LoadEntry {
    /// For whom.
    ens: String,
    /// Which seal.
    certificate: String,
    /// Why it stands where it stands.
    why: Vec<String>,
    /// By how many days the load in PRO comes after what the ens has now serves.
    days_late: Option<i64>,
    /// What is still to be done until its days.
    pending: Vec<json::Entry>,
}

/// An ens that needs a load and gets none.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut")]
struct LeftEntry {
    /// Who.
    ens: String,
    /// The seal that it is about, when there is one.
    certificate: Option<String>,
    /// Of one that was ready, but comes too late: by how many days.
    days_too_late: Option<i64>,
    /// Why.
    reasons: Vec<ReasonEntry>,
}

/// Why an ens is left out.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reason")]
struct ReasonEntry {
    /// In words.
    message: String,
    /// Who has to act.
    actor: Option<Actor>,
    /// What the rules say of it, as if its load were planned.
    finding: Option<json::Entry>,
}

/// The JSON Schema (draft 2020-12) of a proposal.
pub fn schema() -> schemars::Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Document>()
}

fn document(proposal: &Proposal, sources: &Sources) -> Document {
    let Settled { loaded, planned, ceased, unread } = proposal.settled;
    Document {
        schema: SCHEMA,
        as_of: proposal.today.to_string(),
        calendar: proposal.calendar.clone(),
        is_new: proposal.is_new,
        size: proposal.size,
        batches: proposal.batches.iter().map(|batch| batch_entry(batch, sources)).collect(),
        left_out: proposal.left_out.iter().map(|left| left_entry(left, sources)).collect(),
        settled: SettledEntry { loaded, planned, ceased, unread },
    }
}

fn batch_entry(batch: &Proposed, sources: &Sources) -> BatchEntry {
    let load = |load: &Planned| LoadEntry {
        ens: load.ens.clone(),
        certificate: load.certificate.clone(),
        why: load.why.iter().map(ToString::to_string).collect(),
        days_late: load.days_late,
        pending: load.pending.iter().map(|finding| json::entry(sources, finding)).collect(),
    };
    BatchEntry {
        id: batch.id.clone(),
        file: batch.file().to_string(),
        day: batch.number,
        pre: batch.pre.to_string(),
        pro: batch.pro.to_string(),
        fills: batch.onto.is_some(),
        loads: batch.loads.iter().map(load).collect(),
    }
}

fn left_entry(left: &LeftOut, sources: &Sources) -> LeftEntry {
    let reason = |reason: &Reason| ReasonEntry {
        message: reason.message.to_string(),
        actor: reason.actor,
        finding: reason.finding.as_ref().map(|finding| json::entry(sources, finding)),
    };
    LeftEntry {
        ens: left.ens.clone(),
        certificate: left.certificate.clone(),
        days_too_late: left.days_too_late,
        reasons: left.reasons.iter().map(reason).collect(),
    }
}
