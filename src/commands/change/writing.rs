//! What the verbs that write have in common: their flags, and how they end.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use crate::base::text::{Text, names};
use crate::base::time;
use crate::checklist::change::{self, Judged, Sides, Terms};
use crate::checklist::rules;
use crate::commands::Root;
use crate::commands::out::{or_seen_enough, print, say, width_of_any};
use crate::edit::Changeset;
use crate::inventory::Inventory;
use crate::inventory::finding::{Cause, Finding, Kind, Severity};
use crate::inventory::survey::Survey;
use crate::tr;
use crate::views::report;
use crate::views::screen::Screen;

/// The flags of every verb that writes.
#[derive(Debug, clap::Args)]
pub(super) struct Writing {
    #[command(flatten)]
    root: Root,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date, display_order = 901)]
    as_of: Option<Date>,
    /// Show what would be written, and write nothing
    #[arg(long, display_order = 902)]
    dry_run: bool,
}

impl Writing {
    /// The day that counts as today.
    pub fn today(&self) -> Date {
        self.as_of.unwrap_or_else(time::today)
    }

    /// The folder that holds `inventory/`.
    pub fn root(&self) -> Result<PathBuf> {
        self.root.find()
    }

    /// Begins a change of the working tree. What was read is not taken apart when the verb is done.
    pub fn begin(&self) -> Result<ManuallyDrop<Changeset>> {
        Changeset::begin(&self.root()?).map(ManuallyDrop::new)
    }

    /// Ends a verb: shows the change, checks what it brings, writes it, and says what comes next.
    /// `concerns` tells the findings that are of interest then; `next` are whole sentences.
    ///
    /// Exit code 0: written, or nothing to write; 1: it would break a rule, and nothing was written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(
        &self,
        changes: &Changeset,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        self.finish_unless(is_new_error, changes, concerns, next)
    }

    /// The same with an own idea of which findings refuse the change.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish_unless(
        &self,
        refuses: impl Fn(&Finding) -> bool,
        changes: &Changeset,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        if changes.is_empty() {
            return Ok(unchanged(next));
        }
        show_diff(changes)?;
        self.settle(changes, refuses, concerns, next)
    }

    /// Ends a verb that records what happened outside: a seal came, a key got known, a body ceased.
    /// It is recorded whatever it means for loads, which is told, with how they are stopped; only what
    /// would make the record itself wrong is refused.
    ///
    /// # Errors
    /// As [`Writing::finish`].
    pub fn record(
        &self,
        changes: &Changeset,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        self.finish_unless(spoils_the_record, changes, concerns, next)
    }

    /// The same of many things at once, each told already: the change is shown in a dry run only.
    ///
    /// # Errors
    /// As [`Writing::finish`].
    pub fn record_briefly(
        &self,
        changes: &Changeset,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        self.finish_told(changes, spoils_the_record, concerns, next)
    }

    /// Ends a verb that writes many files of one kind: the change is shown in a dry run only.
    ///
    /// # Errors
    /// As [`Writing::finish`].
    pub fn finish_briefly(&self, changes: &Changeset, next: &[Text]) -> Result<ExitCode> {
        self.finish_told(changes, is_new_error, |_| false, next)
    }

    /// Ends a verb that has told already what it does.
    fn finish_told(
        &self,
        changes: &Changeset,
        refuses: impl Fn(&Finding) -> bool,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        if changes.is_empty() {
            return Ok(unchanged(next));
        }
        if self.dry_run {
            show_diff(changes)?;
        }
        self.settle(changes, refuses, concerns, next)
    }

    /// Checks the change, writes it, and says what comes next.
    fn settle(
        &self,
        changes: &Changeset,
        refuses: impl Fn(&Finding) -> bool,
        concerns: impl Fn(&Finding) -> bool,
        next: &[Text],
    ) -> Result<ExitCode> {
        let after = ManuallyDrop::new(changes.after());
        let before = changes.before();
        let [before, head] = [&*before, &*after].map(|it| Survey::of(it, self.today()));
        let sides = Sides { base: &before, head: &head, under_base: None };
        let terms = Terms { committed: None, judged: Judged::ByBoth, causes: Severity::Error };
        let found = change::compare(sides, terms).findings;
        let goes_on = going_on(&found);
        let refusals: Vec<Finding> =
            found.iter().filter(|finding| refuses(finding)).cloned().collect();
        if !refusals.is_empty() {
            show(
                refusals,
                ManuallyDrop::into_inner(after),
                self.today(),
                &mut io::stderr().lock(),
            )?;
            eprintln!("{}", tr!("refused: nothing was written"));
            if let Some(batches) = goes_on {
                eprintln!("{}", tr!("help: {help}", help = stop(&batches)));
            }
            return Ok(ExitCode::FAILURE);
        }
        if self.dry_run {
            say(tr!("a dry run: nothing was written"));
            return Ok(ExitCode::SUCCESS);
        }
        changes.write()?;
        let count = changes.paths().count();
        say(tr!(count = count; one "{count} file written", many "{count} files written"));
        let concerns: Vec<Finding> =
            found.into_iter().filter(|finding| concerns(finding)).collect();
        or_seen_enough(show(
            concerns,
            ManuallyDrop::into_inner(after),
            self.today(),
            &mut io::stdout().lock(),
        ))?;
        if let Some(batches) = goes_on {
            tell_next(&[stop(&batches)]);
        }
        tell_next(next);
        Ok(ExitCode::SUCCESS)
    }
}

/// The batches that go on although the change brings an error about their loads, which stand in other
/// files than those that it writes: what stops them can be recorded with a hold.
fn going_on(found: &[Finding]) -> Option<BTreeSet<String>> {
    let waits = |finding: &&Finding| is_new_error(finding) && !finding.touched;
    let batches = found.iter().filter(waits).filter_map(|finding| finding.subject.batch.clone());
    Some(batches.collect()).filter(|batches: &BTreeSet<String>| !batches.is_empty())
}

/// How they are stopped.
fn stop(batches: &BTreeSet<String>) -> Text {
    tr!(
        "stop what it concerns in the same pull request, or withdraw it, and what is found there waits: `segell hold --batch {batch} --by ACTOR --reason TEXT --evidence TICKET`, for {batches}",
        batch = batches.first().map_or("", String::as_str),
        batches = names(batches)
    )
}

fn unchanged(next: &[Text]) -> ExitCode {
    say(tr!("nothing changes: the inventory says so already"));
    tell_next(next);
    ExitCode::SUCCESS
}

fn show_diff(changes: &Changeset) -> io::Result<()> {
    print(|out| {
        changes.diff().write(out, true)?;
        writeln!(out)
    })
}

/// Why a verb writes nothing, in a rule's words: exit code 1.
#[derive(Debug)]
pub struct Refused(pub Text);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        tr!("refused: {why}", why = self.0.clone()).fmt(f)
    }
}

impl std::error::Error for Refused {}

/// Shows findings, as a report does, at the end of a verb.
pub(super) fn show(
    mut findings: Vec<Finding>,
    inventory: Inventory,
    today: Date,
    out: &mut (impl Write + IsTerminal),
) -> io::Result<()> {
    let mut inventory = ManuallyDrop::new(inventory);
    findings.iter_mut().for_each(|finding| finding.cause = None);
    let findings = rules::tell_once(&Survey::of(&inventory, today), findings);
    let colour = out.is_terminal();
    let width = colour.then(width_of_any).flatten();
    let mut screen = Screen { out, width, colour };
    let sources = std::mem::take(&mut inventory.sources);
    report::write_findings(findings, sources, today, &mut screen)
}

/// Says what comes next.
pub fn tell_next(next: &[Text]) {
    next.iter().for_each(|next| say(tr!("next: {what}", what = next.clone())));
}

/// Whether a finding is an error that the change brings, or lets a load pass over which it closes.
pub(super) fn is_new_error(finding: &Finding) -> bool {
    let is_brought = finding.cause == Some(Cause::Change) || finding.closes;
    finding.severity == Severity::Error && is_brought && !finding.now
}

/// Whether a change would make the record itself wrong, whatever it means for loads.
fn spoils_the_record(finding: &Finding) -> bool {
    is_new_error(finding) && finding.rule.kind == Kind::Integrity
}

/// The errors that a change brings, and every other about a batch: what goes forward with it has to
/// be in order.
pub(super) fn errors_of_batch(id: &str) -> impl Fn(&Finding) -> bool {
    move |finding| {
        let is_about = finding.subject.batch.as_deref() == Some(id);
        is_new_error(finding) || is_about && finding.severity == Severity::Error
    }
}

/// The findings about a batch.
pub(super) fn about_batch(id: &str) -> impl Fn(&Finding) -> bool {
    move |finding| finding.subject.batch.as_deref() == Some(id)
}

/// The findings about an ens.
pub(super) fn about_ens(id: &str) -> impl Fn(&Finding) -> bool {
    move |finding| finding.subject.ens.as_deref() == Some(id)
}

/// The findings about a certificate.
pub(super) fn about_certificate(id: &str) -> impl Fn(&Finding) -> bool {
    move |finding| finding.subject.certificate.as_deref() == Some(id)
}
