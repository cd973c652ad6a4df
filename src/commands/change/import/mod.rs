//! `segell import`.

mod columns;
mod rows;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use columns::Column;
use rows::{Came, Known};

use crate::base::text::{Text, names, visible};
use crate::commands::change::add::ens::NewEns;
use crate::commands::change::sheet::Sheet;
use crate::commands::change::writing::Writing;
use crate::commands::out::say;
use crate::inventory::Inventory;
use crate::tr;

/// Bring in many ens at once, from a spreadsheet saved as CSV
///
/// The first row names the columns, in any order, in English, Catalan or Spanish: name, block, organ code
/// and NIF; where wanted id (else made from the name), DIR3 and services; and of the services requested and
/// granted, or each of one environment alone (requested PRE), as a day `YYYY-MM-DD` or `DD/MM/YYYY`, and the
/// ticket that shows it. Cells with codes are formatted as text, so that no leading zero gets lost, and the sheet
/// is saved as «CSV UTF-8». A row comes in whole or is told, by its line in the file; ens that are there already
/// stay as they are.
///
/// Exit code 0: every row is in the inventory; 1: some are not; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The CSV file: UTF-8, separated by semicolons, commas or tabs
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let table = Sheet::open(&arguments.file)?;
    let mut changes = arguments.writing.begin()?;
    let report = Report::of(table, &changes.before(), arguments.writing.today());
    for new in &report.taken {
        changes.create_yaml(&new.file(), &new.to_value())?;
    }
    report.lines().iter().for_each(say);
    if report.taken.is_empty() && !report.refused.is_empty() {
        say(tr!("nothing was written; correct those lines and import the file again"));
        return Ok(ExitCode::FAILURE);
    }
    let next = [tr!("`segell status`, which shows what each ens still lacks")];
    let code = arguments.writing.finish_briefly(&changes, &next)?;
    let is_complete = report.refused.is_empty();
    Ok(if is_complete { code } else { ExitCode::FAILURE })
}

/// What came of a file.
#[derive(Debug, Default)]
struct Report {
    rows: usize,
    taken: Vec<NewEns>,
    there: usize,
    /// The line, the name that stands there, and what is wrong.
    refused: Vec<(u64, String, Vec<Text>)>,
    unread: Vec<String>,
}

impl Report {
    /// What `table` brings to `inventory` on that day.
    fn of(table: Sheet<Column>, inventory: &Inventory, today: jiff::civil::Date) -> Report {
        let mut known = Known::of(inventory, today);
        let mut report = Report { rows: table.rows.len(), ..Report::default() };
        for row in &table.rows {
            match known.take(&table, row) {
                Came::Taken(new) => report.taken.push(*new),
                Came::There => report.there += 1,
                Came::Refused(faults) => {
                    let name = table.field(row, Column::Name).unwrap_or_default();
                    let name = name.lines().next().unwrap_or_default().to_owned();
                    report.refused.push((row.lines.0, name, faults));
                }
            }
        }
        report.unread = table.unread;
        report
    }

    /// A line a sentence.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (line, name, faults) in &self.refused {
            let number = i64::try_from(*line).unwrap_or(i64::MAX);
            lines.push(tr!("line {line}, {name}", line = number, name = name).to_string());
            lines.extend(faults.iter().map(|fault| format!("  {fault}")));
        }
        if !self.unread.is_empty() {
            let unread = names(self.unread.iter().map(|name| visible(name)));
            lines.push(
                tr!("nothing is read from the columns {columns}", columns = unread).to_string(),
            );
        }
        lines.push(
            tr!(
                "of {rows}: {taken} taken, {there} there already, {refused} not taken",
                rows = tr!(count = self.rows; one "{count} row", many "{count} rows"),
                taken = self.taken.len(),
                there = self.there,
                refused = self.refused.len()
            )
            .to_string(),
        );
        lines
    }
}
