//! The status's formats.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Status, document, load_day, valid_until};
use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::checklist::progress::{Progress, Standing, State};
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::inventory::step::Step;
use crate::tr;
use crate::views::openmetrics::{self, Family};
use crate::views::report::{json, name_of};
use crate::views::screen::{Format, Offer, Screen, Sourced, View};
use crate::views::table::{Table, cut, wrapped};

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
    let of = |standing| {
        let ens = status.ens.iter().filter(move |progress| progress.standing == standing);
        names(ens.map(|progress| progress.id))
    };
    if status.count(Standing::InUse) > 0 {
        let words = tr!("in use: {ens}", ens = of(Standing::InUse)).to_string();
        writeln!(out, "\n{}", wrapped("", &words, width))?;
    }
    if status.count(Standing::Ceased) > 0 {
        let words = tr!("ceased: {ens}", ens = of(Standing::Ceased)).to_string();
        writeln!(out, "\n{}", wrapped("", &words, width))?;
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

/// How many wait for what and for whom, in the procedure's order.
fn summary(status: &Status<'_, '_>) -> Table {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (step, waiting) in status.waiting() {
        let actor = |(actor, count): (&Actor, &usize)| {
            tr!("{who} {count}", who = name_of(*actor), count = *count).to_string()
        };
        let actors: Vec<String> = waiting.actors.iter().map(actor).collect();
        let what = standing(Standing::WaitsFor(step));
        rows.push(vec![what.to_string(), waiting.ens.to_string(), actors.join(", ")]);
    }
    for done in [Standing::InUse, Standing::Ceased] {
        match status.count(done) {
            0 => {}
            count => {
                rows.push(vec![standing(done).to_string(), count.to_string(), String::new()]);
            }
        }
    }
    Table { head: vec![tr!("where it stands"), tr!("ens"), tr!("who has to act")], rows }
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
    let rows = shown.iter().map(|group| row(title(group), group[0])).collect();
    let lines = Table { head: head(), rows }.padded();
    writeln!(out, "\n{}", lines[0].join("  ").trim_end())?;
    for (group, line) in shown.iter().zip(&lines[1..]) {
        writeln!(out, "{}", painted(group[0], line).trim_end())?;
        for message in told(group) {
            writeln!(out, "    {}", cut(&message, width.map(|width| width.saturating_sub(4))))?;
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
        let key = (order, batch, progress.states, rules, progress.actors(), progress.proved());
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

/// What is told of a group below its line: who they are, and what is missing of the first.
fn told(group: &[&Progress<'_, '_>]) -> Vec<String> {
    let missing = missing(group[0], group.len() > 1);
    if group.len() == 1 {
        return missing;
    }
    let ens = names(group.iter().map(|progress| progress.id));
    let who = match group[0].load {
        Some((_, batch)) => tr!("{batch}: {ens}", batch = batch.id, ens = ens),
        None => tr!("{ens}", ens = ens),
    };
    std::iter::once(who.to_string()).chain(missing).collect()
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

fn row(title: String, progress: &Progress<'_, '_>) -> Vec<String> {
    let due = progress.due().map(|(environment, day)| format!("{} {day}", environment.shown()));
    let mut row = vec![title];
    row.extend(COLUMNS.map(|steps| marks(progress, steps)));
    row.extend([due.unwrap_or_else(|| "–".to_owned()), who(progress)]);
    row
}

fn who(progress: &Progress<'_, '_>) -> String {
    let actors = progress.actors();
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
fn missing(progress: &Progress<'_, '_>, of_others_too: bool) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (_, finding) in progress.next() {
        let message = worded(finding);
        all.push(match of_others_too && finding.subject.ens.is_some() {
            true => tr!("{message}, and so of each", message = message).to_string(),
            false => message.to_string(),
        });
    }
    if all.is_empty() {
        all.extend(progress.waits_for().map(|step| ready(progress, step)));
    }
    let rest = all.len().saturating_sub(TOLD);
    all.truncate(TOLD);
    if rest > 0 {
        all.push(tr!("… and {count} more", count = rest).to_string());
    }
    all
}

/// What is to be done when no rule lacks anything.
fn ready(progress: &Progress<'_, '_>, step: Step) -> String {
    let text = match (step, progress.due()) {
        (Step::Planned, _) => tr!("everything is in hand: plan its load"),
        (Step::LoadedPre | Step::LoadedPro, Some((environment, day))) => tr!(
            "everything is in hand: it is to be loaded in {environment} on {day}",
            environment = environment.shown(),
            day = day
        ),
        _ => standing(Standing::WaitsFor(step)),
    };
    text.to_string()
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
        let mut row = row(progress.id.to_owned(), progress);
        row.push(missing(progress, false).join("; "));
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
    ];
    head.extend(Step::ALL.map(|step| tr!("{step}", step = step.word())));
    head.push(tr!("proved"));
    head.push(tr!("missing"));
    Table { head, rows: status.ens.iter().map(complete_row).collect() }
}

fn complete_row(progress: &Progress<'_, '_>) -> Vec<String> {
    let (ens, load) = (progress.ens.map(|ens| ens.ens), progress.load);
    let missing: Vec<String> =
        progress.missing.iter().map(|(_, finding)| worded(finding).to_string()).collect();
    let mut row = vec![
        progress.id.to_owned(),
        ens.map(|ens| ens.name.to_string()).unwrap_or_default(),
        ens.map(|ens| ens.block.word().to_owned()).unwrap_or_default(),
        standing(progress.standing).to_string(),
        who(progress),
        progress.certificate.map(|certificate| certificate.id.to_owned()).unwrap_or_default(),
        valid_until(progress).unwrap_or_default(),
        load.map(|(_, batch)| batch.id.to_owned()).unwrap_or_default(),
        load.map(|(_, batch)| batch.batch.stage.word().to_owned()).unwrap_or_default(),
        load_day(progress, Environment::Pre).unwrap_or_default(),
        load_day(progress, Environment::Pro).unwrap_or_default(),
    ];
    row.extend(Step::ALL.map(|step| progress.state(step).word().to_owned()));
    let proved: Vec<&str> = progress.proved().into_iter().map(Environment::shown).collect();
    row.push(proved.join(", "));
    row.push(missing.join("; "));
    row
}

fn standing(standing: Standing) -> Text {
    match standing {
        Standing::WaitsFor(step) => tr!("waits for {what}", what = step.shown()),
        Standing::InUse => tr!("in use"),
        Standing::Ceased => tr!("ceased"),
    }
}
