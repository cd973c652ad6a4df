//! The status's formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Came, Status, document, load_day, until, valid_until};
use crate::base::text::{Argument, Text, names};
use crate::base::word::Word;
use crate::checklist::progress::{self, Progress, Standing, State};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::step::Step;
use crate::tr;
use crate::views::calendar::stage;
use crate::views::openmetrics::{self, Family};
use crate::views::report::{json, name_of};
use crate::views::screen::{Format, Offer, Screen, Sourced, View};
use crate::views::table::{Table, wrapped};

/// How many lines of ens a person is shown, what is missing of each apart.
const ROWS: usize = 25;

/// How many ens of a batch that stand alike are told together.
const ALIKE: usize = 4;

/// How many things that are missing are told of one ens.
const TOLD: usize = 3;

impl View for Sourced<'_, Status<'_, '_>> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For a terminal", |Sourced(status, _), screen| {
                human(status, screen)
            }),
            Offer(
                Format::Json,
                "One JSON document (schemas/status.schema.json)",
                |Sourced(status, sources), screen| {
                    json::write_visibly(&document(status, sources), screen.out)
                },
            ),
            Offer(Format::Csv, "A table, for a spreadsheet", |Sourced(status, _), screen| {
                complete(status).csv(screen.out)
            }),
            Offer(Format::Markdown, "A table, for a comment", |Sourced(status, _), screen| {
                comment(status).markdown(screen.out)
            }),
            Offer(
                Format::Openmetrics,
                "Metrics, for Prometheus's textfile collector",
                |Sourced(status, _), screen| metrics(status, screen.out),
            ),
        ]
    }
}

/// When the seals end that each ens has, and how many findings there are.
fn metrics(status: &Status<'_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let (mut not_after, mut findings) = (Family::not_after(), Family::findings());
    for (ens, environment, facts) in &status.current {
        let values = [*ens, environment.word(), &facts.sha256.to_string()];
        *not_after.sample(values) = facts.not_after.as_second();
    }
    for (severity, count) in &status.findings {
        *findings.sample([severity.word()]) = i64::try_from(*count).unwrap_or(i64::MAX);
    }
    openmetrics::write(&[not_after, findings], out)
}

fn human(status: &Status<'_, '_>, screen: &mut Screen<'_>) -> io::Result<()> {
    let Screen { out, width, .. } = screen;
    let width = *width;
    let count = status.ens.len();
    let first = match status.all - count {
        0 => tr!("{count} ens on {day}", count = count, day = status.today),
        _ => tr!(
            "{count} of {all} ens on {day}",
            count = count,
            all = status.all,
            day = status.today
        ),
    };
    writeln!(out, "{first}\n")?;
    summary(status).human(out)?;
    one_by_one(status, width, out)?;
    if let Some(words) = in_use(status) {
        writeln!(out, "\n{}", wrapped("", &words.to_string(), width))?;
    }
    if status.count(Standing::Ceased) > 0 {
        let ceased = status.ens.iter().filter(|it| it.standing == Standing::Ceased);
        let words = tr!("ceased: {ens}", ens = names(ceased.map(|progress| progress.id)));
        writeln!(out, "\n{}", wrapped("", &words.to_string(), width))?;
    }
    for finding in &status.departments {
        let words = tr!(
            "the departments, after {batch}: {message}",
            batch = names(&finding.subject.batch),
            message = finding.message.clone()
        );
        writeln!(out, "\n{}", wrapped("", &words.to_string(), width))?;
    }
    match status.others.len() {
        0 => Ok(()),
        others => writeln!(
            out,
            "\n{}",
            tr!(
                count = others;
                one "{count} finding is about no ens; `segell check` shows it",
                many "{count} findings are about no ens; `segell check` shows them"
            )
        ),
    }
}

/// Up to so many ens are told one by one.
const FEW: usize = 10;

/// Whose latest seal works, and until when; of many only which of them expires first.
fn in_use(status: &Status<'_, '_>) -> Option<Text> {
    let in_use = status.ens.iter().filter(|it| it.standing == Standing::InUse);
    let mut in_use: Vec<_> = in_use.map(|it| (valid_until(it), it.id)).collect();
    let told = |(until, id): &(Option<String>, &str)| match until {
        Some(day) => tr!("{ens} until {day}", ens = names([id]), day = day),
        None => tr!("{ens}", ens = names([id])),
    };
    if in_use.len() <= FEW {
        let ens: Vec<Argument> = in_use.iter().map(|it| told(it).into()).collect();
        return (!ens.is_empty()).then(|| tr!("in use: {ens}", ens = Argument::List(ens)));
    }
    in_use.sort();
    let first = in_use.iter().find(|(until, _)| until.is_some()).unwrap_or(&in_use[0]);
    Some(tr!(
        "in use: {count} ens, the first to expire {first}",
        count = in_use.len(),
        first = told(first)
    ))
}

/// What an ens waits for, as the summary counts it.
type Place = (Step, Option<Came>, bool);

fn place(status: &Status<'_, '_>, progress: &Progress<'_, '_>) -> Option<Place> {
    let came = status.phase(progress).map(Came::of).filter(|came| *came != Came::Released);
    Some((progress.waits_for()?, came, progress.is_renewal()))
}

/// How many wait for what and for whom, in the procedure's order.
fn summary(status: &Status<'_, '_>) -> Table {
    let mut waiting: BTreeMap<Place, (usize, BTreeMap<Actor, usize>)> = BTreeMap::new();
    for progress in &status.ens {
        let Some(place) = place(status, progress) else { continue };
        let (count, actors) = waiting.entry(place).or_default();
        *count += 1;
        for actor in status.actors(progress) {
            *actors.entry(actor).or_default() += 1;
        }
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for ((step, came, is_renewal), (count, actors)) in waiting {
        let actor = |(actor, count): (&Actor, &usize)| {
            tr!("{who} {count}", who = name_of(*actor), count = *count).to_string()
        };
        let actors: Vec<String> = actors.iter().map(actor).collect();
        let what = awaited(step, came);
        let what = match is_renewal {
            true => tr!("in use, its renewal waits for {what}", what = what),
            false => tr!("waits for {what}", what = what),
        };
        rows.push(vec![what.to_string(), count.to_string(), actors.join(", ")]);
    }
    for done in [Standing::InUse, Standing::Ceased] {
        match status.count(done) {
            0 => {}
            count => {
                rows.push(vec![standing(done).to_string(), count.to_string(), String::new()]);
            }
        }
    }
    if !status.departments.is_empty() {
        let what = tr!("the departments' check").to_string();
        rows.push(vec![what, String::new(), name_of(Actor::Aoc).to_string()]);
    }
    Table { head: vec![tr!("where it stands"), tr!("ens"), tr!("who has to act")], rows }
}

/// What is waited for before a load can be made.
fn awaited(step: Step, came: Option<Came>) -> Text {
    match (step, came) {
        (Step::LoadedPro, Some(Came::Merge)) => tr!("a merge, to be loaded in PRO"),
        (_, Some(Came::Merge)) => tr!("a merge, to be loaded in PRE"),
        (Step::LoadedPro, Some(Came::Approval)) => tr!("an approval for PRO"),
        (_, Some(Came::Approval)) => tr!("an approval for PRE"),
        (Step::LoadedPro, Some(Came::Promotion)) => tr!("a promotion to PRO"),
        (_, Some(Came::Promotion)) => tr!("a promotion to PRE"),
        (step, _) => step.shown(),
    }
}

/// The ens that wait for something, those that stand alike together: errors first, then what is
/// nearest to its load.
fn one_by_one(
    status: &Status<'_, '_>,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let groups = groups(status);
    let shown = &groups[..groups.len().min(ROWS)];
    if shown.is_empty() {
        return Ok(());
    }
    let rows = shown.iter().map(|group| row(status, title(group), group[0])).collect();
    let lines = Table { head: head(), rows }.padded();
    writeln!(out, "\n{}", lines[0].join("  ").trim_end())?;
    for (group, line) in shown.iter().zip(&lines[1..]) {
        writeln!(out, "{}", painted(group[0], line).trim_end())?;
        for message in told(status, group) {
            writeln!(out, "{}", wrapped("    ", &message, width))?;
        }
    }
    let rest: usize = groups[shown.len()..].iter().map(Vec::len).sum();
    if rest > 0 {
        let more =
            tr!("… and {count} more ens; filter, or --format csv lists them all", count = rest);
        writeln!(out, "{more}")?;
    }
    writeln!(out, "\n{}", wrapped("", &legend().to_string(), width))
}

/// The ens that wait for something, in the order in which they are told; those of a batch that stand
/// alike in all are one group, if they are [`ALIKE`] at least.
fn groups<'p, 's, 'a>(status: &'p Status<'s, 'a>) -> Vec<Vec<&'p Progress<'s, 'a>>> {
    let mut alike: BTreeMap<_, Vec<&Progress<'_, '_>>> = BTreeMap::new();
    for progress in status.ens.iter().filter(|progress| progress.waits_for().is_some()) {
        let due = progress.due().map(|(_, day)| day);
        let batch = progress.load.map(|(_, batch)| batch.id);
        let rules: Vec<&str> = progress.next().map(|(_, finding)| finding.rule.name).collect();
        let order = (!progress.has_error(), due.is_none(), due, progress.standing);
        let key = (
            order,
            batch,
            progress.states,
            rules,
            place(status, progress),
            status.actors(progress),
            progress.proved(),
        );
        alike.entry(key).or_default().push(progress);
    }
    let split = |group: Vec<_>| match group.len() >= ALIKE {
        true => vec![group],
        false => group.into_iter().map(|progress| vec![progress]).collect(),
    };
    alike.into_values().flat_map(split).collect()
}

fn title(group: &[&Progress<'_, '_>]) -> String {
    match group {
        [only] => only.id.to_owned(),
        all => tr!("{count} ens", count = all.len()).to_string(),
    }
}

/// What is told of a group below its line: who they are, what they have now, and what is missing of the
/// first.
fn told(status: &Status<'_, '_>, group: &[&Progress<'_, '_>]) -> Vec<String> {
    let missing = missing(status, group[0], group.len() > 1);
    let mut lines = Vec::new();
    if group.len() > 1 {
        let batch = group[0].load.map(|(_, batch)| batch.id);
        // Of many the first names would say nothing.
        let ens = (group.len() <= FEW).then(|| names(group.iter().map(|progress| progress.id)));
        lines.extend(match (batch, ens) {
            (Some(batch), Some(ens)) => Some(tr!("{batch}: {ens}", batch = batch, ens = ens)),
            (Some(batch), None) => Some(tr!("{batch}", batch = batch)),
            (None, Some(ens)) => Some(tr!("{ens}", ens = ens)),
            (None, None) => None,
        });
    }
    lines.extend(live_now(group));
    lines.iter().map(ToString::to_string).chain(missing).collect()
}

/// What is loaded now in PRE and in PRO, and until when; of several what they all have, or the first
/// last day.
fn live_now(group: &[&Progress<'_, '_>]) -> Option<Text> {
    let of = |(place, environment): (usize, Environment)| {
        let views = group.iter().filter_map(|progress| progress.live[place]);
        let mut views: Vec<_> = views.map(|view| (until(view), view.id)).collect();
        views.sort();
        let (day, id) = views.first()?;
        let is_same = views.len() == group.len() && views.iter().all(|(_, other)| other == id);
        let environment = environment.shown();
        let day = day.clone().unwrap_or_else(|| "?".to_owned());
        Some(match is_same {
            true => tr!(
                "{environment} {seal} until {day}",
                environment = environment,
                seal = names([id]),
                day = day
            ),
            false => tr!(
                "{environment} {count}, the first until {day}",
                environment = environment,
                count = views.len(),
                day = day
            ),
        })
    };
    let live = (0..).zip(Environment::BOTH).filter_map(of);
    let live: Vec<Argument> = live.map(Argument::from).collect();
    match live.is_empty() {
        // A body that never had one needs no line that says so.
        true => None,
        false => Some(tr!("live now: {seals}", seals = Argument::List(live))),
    }
}

fn head() -> Vec<Text> {
    vec![
        tr!("ens"),
        tr!("auth"),
        tr!("cert"),
        tr!("conf"),
        tr!("plan"),
        tr!("PRE"),
        tr!("PRO"),
        tr!("next load"),
        tr!("who has to act"),
    ]
}

/// The steps that share a column.
const COLUMNS: [&[Step]; 6] = [
    &[Step::Authorised],
    &[Step::Certificate],
    &[Step::ConfirmedPre, Step::ConfirmedPro],
    &[Step::Planned],
    &[Step::LoadedPre, Step::VerifiedPre],
    &[Step::LoadedPro, Step::VerifiedPro],
];

fn marks(progress: &Progress<'_, '_>, steps: &[Step]) -> String {
    steps.iter().map(|step| mark(progress, *step)).collect()
}

/// One character for a step: that of its state, or that its check is proved by its message.
fn mark(progress: &Progress<'_, '_>, step: Step) -> &'static str {
    let environment = match step {
        Step::VerifiedPre => Environment::Pre,
        Step::VerifiedPro => Environment::Pro,
        _ => return progress.state(step).mark(),
    };
    match progress.state(step) {
        State::Done if progress.proved().contains(&environment) => "◆",
        state => state.mark(),
    }
}

fn row(status: &Status<'_, '_>, title: String, progress: &Progress<'_, '_>) -> Vec<String> {
    let due = progress.due().map(|(environment, day)| format!("{} {day}", environment.shown()));
    let mut row = vec![title];
    row.extend(COLUMNS.map(|steps| marks(progress, steps)));
    row.extend([due.unwrap_or_else(|| "–".to_owned()), who(status, progress)]);
    row
}

fn who(status: &Status<'_, '_>, progress: &Progress<'_, '_>) -> String {
    let actors = status.actors(progress);
    let shown: Vec<String> = actors.iter().map(|actor| name_of(*actor).to_string()).collect();
    shown.join(", ")
}

/// A line of the table, with its marks in colours.
fn painted(progress: &Progress<'_, '_>, line: &[String]) -> String {
    let mut cells = line.to_vec();
    for (cell, steps) in cells[1..].iter_mut().zip(COLUMNS) {
        let padding = cell.trim_start_matches(|mark| mark != ' ').to_owned();
        let paint = |step: &Step| {
            let style = style(progress.state(*step));
            format!("{style}{}{style:#}", mark(progress, *step))
        };
        *cell = steps.iter().map(paint).collect::<String>() + &padding;
    }
    cells.join("  ")
}

fn style(state: State) -> Style {
    match state {
        State::Error => AnsiColor::Red.on_default().bold(),
        State::Warning => AnsiColor::Yellow.on_default().bold(),
        State::Pending => AnsiColor::Yellow.on_default(),
        State::Later => Style::new().dimmed(),
        State::Done => AnsiColor::Green.on_default(),
    }
}

/// What is missing now, the first of it; of others too that are alike, or of this ens alone.
fn missing(
    status: &Status<'_, '_>,
    progress: &Progress<'_, '_>,
    of_others_too: bool,
) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (_, finding) in progress.next() {
        let message = worded(finding);
        all.push(match of_others_too && finding.subject.ens.is_some() {
            true => tr!("{message}, and so of each", message = message).to_string(),
            false => message.to_string(),
        });
    }
    if all.is_empty() {
        all.extend(progress.waits_for().map(|step| ready(status, progress, step).to_string()));
    }
    let rest = all.len().saturating_sub(TOLD);
    all.truncate(TOLD);
    if rest > 0 {
        all.push(tr!("… and {count} more", count = rest).to_string());
    }
    all
}

/// What is to be done when no rule lacks anything.
pub fn ready(status: &Status<'_, '_>, progress: &Progress<'_, '_>, step: Step) -> Text {
    let came = place(status, progress).and_then(|(_, came, _)| came);
    if let (Step::Planned, Some(withdrawn)) = (step, progress.withdrawn) {
        return progress::withdrawn(withdrawn);
    }
    match (step, progress.due()) {
        (_, Some((environment, day))) if came.is_some() => tr!(
            "waits for {what}, and is to be loaded in {environment} on {day}",
            what = awaited(step, came),
            environment = environment.shown(),
            day = day
        ),
        (Step::Planned, _) => tr!("everything is in hand: plan its load"),
        (Step::LoadedPre | Step::LoadedPro, Some((environment, day))) => tr!(
            "everything is in hand: it is to be loaded in {environment} on {day}",
            environment = environment.shown(),
            day = day
        ),
        _ => standing(Standing::WaitsFor(step)),
    }
}

/// What is wrong; that something is only to be done needs no word before it.
fn worded(finding: &Finding) -> Text {
    let message = finding.message.clone();
    match finding.severity {
        Severity::Error => tr!("error: {message}", message = message),
        Severity::Warning => tr!("warning: {message}", message = message),
        Severity::Pending | Severity::Waived => message,
    }
}

fn legend() -> Text {
    tr!(
        "✓ done  ✗ error  ! warning  ○ somebody has to act  · later; conf: for PRE, for PRO; PRE, PRO: loaded, works; ◆ works, proved by its message"
    )
}

/// The same table for a comment, with what is missing in its last column.
fn comment(status: &Status<'_, '_>) -> Table {
    let mut head = head();
    head.push(tr!("missing"));
    let row = |progress: &Progress<'_, '_>| {
        let mut row = row(status, progress.id.to_owned(), progress);
        row.push(missing(status, progress, false).join("; "));
        row
    };
    Table { head, rows: status.ens.iter().map(row).collect() }
}

/// All there is, a row an ens.
fn complete(status: &Status<'_, '_>) -> Table {
    let mut head = vec![
        tr!("ens"),
        tr!("name"),
        tr!("block"),
        tr!("where it stands"),
        tr!("who has to act"),
        tr!("seal"),
        tr!("valid until"),
        tr!("batch"),
        tr!("stage"),
        tr!("PRE"),
        tr!("PRO"),
        tr!("live in PRE"),
        tr!("live in PRE until"),
        tr!("live in PRO"),
        tr!("live in PRO until"),
    ];
    head.extend(Step::ALL.map(Step::shown));
    head.push(tr!("proved"));
    head.push(tr!("missing"));
    Table { head, rows: status.ens.iter().map(|progress| complete_row(status, progress)).collect() }
}

fn complete_row(status: &Status<'_, '_>, progress: &Progress<'_, '_>) -> Vec<String> {
    let (ens, load) = (progress.ens.map(|ens| ens.ens), progress.load);
    let missing: Vec<String> =
        progress.missing.iter().map(|(_, finding)| worded(finding).to_string()).collect();
    let mut row = vec![
        progress.id.to_owned(),
        ens.map(|ens| ens.name.to_string()).unwrap_or_default(),
        ens.map(|ens| ens.block.shown().to_string()).unwrap_or_default(),
        standing(progress.standing).to_string(),
        who(status, progress),
        progress.certificate.map(|certificate| certificate.id.to_owned()).unwrap_or_default(),
        valid_until(progress).unwrap_or_default(),
        load.map(|(_, batch)| batch.id.to_owned()).unwrap_or_default(),
        load.map(|(_, batch)| stage(batch).to_string()).unwrap_or_default(),
        load_day(progress, Environment::Pre).unwrap_or_default(),
        load_day(progress, Environment::Pro).unwrap_or_default(),
    ];
    for view in progress.live {
        row.push(view.map(|view| view.id.to_owned()).unwrap_or_default());
        row.push(view.and_then(until).unwrap_or_default());
    }
    row.extend(Step::ALL.map(|step| state(progress.state(step)).to_string()));
    let proved: Vec<&str> = progress.proved().into_iter().map(Environment::shown).collect();
    row.push(proved.join(", "));
    row.push(missing.join("; "));
    row
}

/// How far a step has come, in words.
fn state(state: State) -> Text {
    match state {
        State::Error => tr!("error"),
        State::Warning => tr!("done, with a warning"),
        State::Pending => tr!("pending"),
        State::Later => tr!("later"),
        State::Done => tr!("done"),
    }
}

/// How an ens stands, in words.
pub fn standing(standing: Standing) -> Text {
    match standing {
        Standing::WaitsFor(step) => tr!("waits for {what}", what = step.shown()),
        Standing::InUse => tr!("in use"),
        Standing::Ceased => tr!("ceased"),
    }
}
