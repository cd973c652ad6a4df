//! The report for people: each finding with the lines it is about, what is still to be done by
//! whom, and a quiet summary.

use std::collections::BTreeMap;
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Report;
use crate::finding::{Actor, Cause, Finding, Place, Severity};
use crate::source::{Located, Locator};
use crate::text::visible;
use crate::tr;

/// The most findings that are shown with their lines.
const MOST: usize = 50;

/// Writes the report; in colour when `colour` is set.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, colour: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let locator = report.sources.locator();
    let shown =
        |finding: &&Finding| matches!(finding.severity, Severity::Error | Severity::Warning);
    for finding in report.findings.iter().filter(shown).take(MOST) {
        writeln!(out, "{}\n", renderer.render(&groups(finding, &locator)))?;
    }
    let more = report.findings.iter().filter(shown).count().saturating_sub(MOST);
    if more > 0 {
        writeln!(
            out,
            "{}\n",
            tr!("… and {more} more; `--format json` lists them all", more = more)
        )?;
    }
    write_waived(report, out)?;
    write_pending(report, &locator, out)?;
    write_summary(report, out)
}

/// A finding as annotate-snippets draws it.
fn groups<'s>(finding: &Finding, locator: &Locator<'s>) -> Vec<Group<'s>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        _ => Level::WARNING,
    };
    let title = format!("{}{}", finding.message, cause(finding.cause));
    let mut group = Group::with_title(level.primary_title(title).id(finding.rule.name));
    let own = locator.locate(&finding.place);
    let label = finding.label.as_ref().map(ToString::to_string);
    group = element(group, &own, label, AnnotationKind::Primary);
    for related in &finding.related {
        let located = locator.locate(&related.place);
        group =
            element(group, &located, Some(related.message.to_string()), AnnotationKind::Context);
    }
    group = group.element(Level::NOTE.message(format!("«{}»", finding.rule.holds)));
    if let Some(actor) = finding.actor {
        let waits = tr!("waits for {actor}", actor = shown_actor(actor));
        group = group.element(Level::NOTE.message(waits.to_string()));
    }
    vec![group.element(Level::HELP.message(finding.help.to_string()))]
}

fn cause(cause: Option<Cause>) -> String {
    match cause {
        None => String::new(),
        Some(Cause::Change) => format!(" ({})", tr!("new")),
        Some(Cause::Existing) => format!(" ({})", tr!("was there before")),
        Some(Cause::Clock) => format!(" ({})", tr!("time has passed")),
    }
}

/// Adds a place: its lines where the file is text, else its path alone.
fn element<'s>(
    group: Group<'s>,
    located: &Located<'s>,
    label: Option<String>,
    kind: AnnotationKind,
) -> Group<'s> {
    let path = visible(&located.file);
    let Some(text) = located.text.filter(|text| !text.is_empty()) else {
        let path = match label {
            Some(label) => format!("{path}: {label}"),
            None => path,
        };
        return group.element(annotate_snippets::Origin::path(path).line(1).char_column(1));
    };
    let (line, bytes) = around(text, located);
    let annotation = kind.span(bytes).label(label);
    let first = located.line;
    group.element(Snippet::source(line).line_start(first).path(path).annotation(annotation))
}

/// The line that a place is on, cut to a moderate length around it, and the bytes in that.
fn around<'s>(text: &'s str, located: &Located<'_>) -> (&'s str, std::ops::Range<usize>) {
    let start = located.bytes.start;
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let line = text[line_start..line_end].trim_end();
    let line_end = line_start + line.len();
    let end = located.bytes.end.min(line_end).max(start.min(line_end));
    let start = start.min(line_end);
    (line, start - line_start..end - line_start)
}

fn write_waived(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let waived = report.findings.iter().filter(|finding| finding.severity == Severity::Waived);
    for finding in waived {
        let waiver = finding.waived_by.as_deref().unwrap_or_default();
        let line = tr!(
            "waived[{rule}]: {message} (waivers/{waiver}.yaml)",
            rule = finding.rule.name,
            message = finding.message.clone(),
            waiver = waiver
        );
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// What is still to be done, by who has to do it.
fn write_pending(
    report: &Report,
    locator: &Locator<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut by_actor: BTreeMap<Option<Actor>, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Pending) {
        by_actor.entry(finding.actor).or_default().push(finding);
    }
    if by_actor.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", tr!("still to be done:"))?;
    for (actor, findings) in by_actor {
        let who = actor.map_or("", shown_actor);
        for finding in findings.iter().take(MOST) {
            let place = position(&finding.place, locator);
            writeln!(out, "  {who:<5} {}{}  ({place})", finding.message, cause(finding.cause))?;
        }
        if findings.len() > MOST {
            let more = tr!("… and {more} more", more = findings.len() - MOST);
            writeln!(out, "  {who:<5} {more}")?;
        }
    }
    writeln!(out)
}

fn position(place: &Place, locator: &Locator<'_>) -> String {
    let located = locator.locate(place);
    format!("{}:{}", visible(&located.file), located.line)
}

/// An actor as people write it.
fn shown_actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Ens => "ens",
        Actor::Aoc => "AOC",
        Actor::Siad => "SIAD",
        Actor::Dgtj => "DGTJ",
        Actor::Aeat => "AEAT",
        Actor::Pica => "PICA",
    }
}

fn write_summary(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.counts;
    let asked = report.looked_at.iter().filter(|looked_at| looked_at.subjects > 0);
    let holding = asked.clone().filter(|looked_at| looked_at.found == 0).count();
    let looked = tr!(
        "looked at {files} files on {as_of}: {ens} ens, {certificates} certificates, {batches} batches, {loads} loads",
        files = report.files,
        as_of = report.as_of,
        ens = counts.ens,
        certificates = counts.certificates,
        batches = counts.batches,
        loads = counts.loads
    );
    writeln!(out, "{looked}")?;
    let found = tr!(
        "{errors} errors, {warnings} warnings, {pending} pending, {waived} waived; {holding} of {asked} rules hold ({time} ms)",
        errors = report.count(Severity::Error),
        warnings = report.count(Severity::Warning),
        pending = report.count(Severity::Pending),
        waived = report.count(Severity::Waived),
        holding = holding,
        asked = asked.count(),
        time = usize::try_from(report.elapsed.as_millis()).unwrap_or(usize::MAX)
    );
    writeln!(out, "{found}")
}
