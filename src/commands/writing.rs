//! What the verbs that write have in common: their flags, and how they end.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;

use super::Root;
use crate::edit::Changeset;
use crate::finding::{Cause, Finding, Severity};
use crate::inventory::Inventory;
use crate::text::Text;
use crate::{change, report, time, tr};

/// The flags of every verb that writes.
#[derive(Debug, clap::Args)]
pub(super) struct Writing {
    #[command(flatten)]
    root: Root,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    as_of: Option<Date>,
    /// Show what would be written, and write nothing
    #[arg(long)]
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

    /// Begins a change of the working tree.
    pub fn begin(&self) -> Result<Changeset> {
        Changeset::begin(&self.root()?)
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
            println!("{}", tr!("nothing changes: the inventory says so already"));
            tell_next(next);
            return Ok(ExitCode::SUCCESS);
        }
        let mut out = anstream::AutoStream::auto(io::stdout()).lock();
        changes.diff().write(&mut out, true)?;
        writeln!(out)?;
        drop(out);
        let after = changes.after();
        let found = change::news(&after, &changes.before(), self.today());
        let refusals: Vec<Finding> =
            found.iter().filter(|finding| refuses(finding)).cloned().collect();
        if !refusals.is_empty() {
            self.show(refusals, after, &mut io::stderr().lock(), io::stderr().is_terminal())?;
            eprintln!("{}", tr!("refused: nothing was written"));
            return Ok(ExitCode::FAILURE);
        }
        if self.dry_run {
            println!("{}", tr!("a dry run: nothing was written"));
            return Ok(ExitCode::SUCCESS);
        }
        changes.write()?;
        let count = changes.paths().count();
        println!(
            "{}",
            tr!(count = count; one "{count} file written", many "{count} files written")
        );
        let concerns: Vec<Finding> =
            found.into_iter().filter(|finding| concerns(finding)).collect();
        self.show(concerns, after, &mut io::stdout().lock(), io::stdout().is_terminal())?;
        tell_next(next);
        Ok(ExitCode::SUCCESS)
    }

    fn show(
        &self,
        mut findings: Vec<Finding>,
        inventory: Inventory,
        out: &mut dyn Write,
        colour: bool,
    ) -> Result<()> {
        findings.iter_mut().for_each(|finding| finding.cause = None);
        report::write_findings(findings, inventory.sources, self.today(), out, colour)?;
        Ok(())
    }
}

fn tell_next(next: &[Text]) {
    next.iter().for_each(|next| println!("{}", tr!("next: {what}", what = next.clone())));
}

/// Whether a finding is an error that the change brings.
pub(super) fn is_new_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error && finding.cause == Some(Cause::Change)
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
