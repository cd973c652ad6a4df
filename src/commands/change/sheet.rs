//! A spreadsheet as text: which columns it has, and what stands in each row.

use std::path::Path;

use anyhow::{Context, Result as Outcome};
use jiff::civil::Date;

use crate::base::language::Language;
use crate::base::slug::slug_of;
use crate::base::text::{Text, any, names};
use crate::base::word::Word;
use crate::commands::look::inspect;
use crate::files::sheet::{Record, Records, width};
use crate::inventory::finding::Environment;
use crate::tr;

/// What the columns of a kind of spreadsheet may hold.
pub trait Column: Copy + PartialEq + 'static {
    /// All of them, in the order in which they are told.
    const ALL: &'static [Self];

    /// All the names that are understood, in Catalan, Spanish and English; the first of each is shown.
    /// Capitals, accents and what stands between words do not count.
    fn names(self) -> [&'static [&'static str]; 3];

    /// Whether the first line has to name it.
    fn is_needed(self) -> bool;

    /// Its name in the language that is spoken.
    fn name(self) -> &'static str {
        let spoken = Language::ALL.iter().position(|language| *language == Language::spoken());
        self.names()[spoken.unwrap_or_default()].first().copied().unwrap_or_default()
    }

    /// The column that a name means.
    fn of(header: &str) -> Option<Self> {
        let header = slug_of(header);
        let is_meant = |name: &&str| !header.is_empty() && slug_of(name) == header;
        let is_so_called = |column: &Self| column.names().concat().iter().any(is_meant);
        Self::ALL.iter().copied().find(is_so_called)
    }
}

/// A date as files have it, or as spreadsheets here write it: `2026-11-23`, `23/11/2026`.
///
/// # Errors
/// When it is none.
pub fn read_day(text: &str) -> Result<Date, Text> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    let day = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => [year, month, day],
        [day, month, year] if year.len() == 4 => [year, month, day],
        _ => [&""; 3],
    };
    let [year, month, day] = day.map(|part| number(part));
    let date = year.zip(month).zip(day).and_then(|((year, month), day)| {
        Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
    });
    date.ok_or_else(|| tr!("`{text}` is no date; write `YYYY-MM-DD` or `DD/MM/YYYY`", text = text))
}

/// The environments that a field names: `pre`, `PRE, PRO`, `pre/pro`.
///
/// # Errors
/// When one of its words is none.
pub fn environments(text: &str) -> Result<Vec<Environment>, Text> {
    let text = text.to_lowercase();
    let words = text.split([',', ';', '/', '+', '|', ' ']).filter(|word| !word.is_empty());
    let read =
        |word| Environment::read(word).ok_or_else(|| tr!("an environment is `pre` or `pro`"));
    words.map(read).collect()
}

/// A row, and the line on which it begins and ends.
#[derive(Debug)]
pub struct Row {
    pub lines: (u64, u64),
    /// Whether its quotation marks are in pairs.
    is_quoted_well: bool,
    /// As many as the first line has, or there is something wrong with it.
    fields: Vec<String>,
}

/// What a file holds.
#[derive(Debug)]
pub struct Sheet<C> {
    /// What the first row calls the columns.
    header: Vec<String>,
    columns: Vec<Option<C>>,
    /// The names of columns that nothing is read from.
    pub unread: Vec<String>,
    pub rows: Vec<Row>,
}

impl<C: Column> Sheet<C> {
    /// Reads the sheet in a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no such sheet.
    pub fn open(file: &Path) -> Outcome<Sheet<C>> {
        let shown = file.display().to_string();
        let cannot_read = || tr!("cannot read `{file}`", file = shown.as_str());
        let bytes = inspect::read(file).with_context(cannot_read)?;
        Sheet::read(&bytes).with_context(cannot_read)
    }

    /// Reads a table whose columns the first row names.
    ///
    /// # Errors
    /// Why it is no such table.
    pub fn read(bytes: &[u8]) -> Result<Sheet<C>, Text> {
        let mut records = Records::of(bytes)?;
        let mut header = records.read()?.map(|record| record.fields).unwrap_or_default();
        header.truncate(width(&header));
        let columns: Vec<Option<C>> = header.iter().map(|name| C::of(name)).collect();
        check_columns(&columns)?;
        let unread = header.iter().zip(&columns).filter(|(_, column)| column.is_none());
        let unread = unread.filter(|(name, _)| !name.is_empty());
        let unread = unread.map(|(name, _)| name.clone()).collect();
        let mut rows = Vec::new();
        while let Some(Record { lines, mut fields, is_quoted_well }) = records.read()? {
            fields.truncate(width(&fields).max(columns.len()));
            // What a spreadsheet leaves below its last row.
            if fields.iter().any(|field| !field.is_empty()) {
                rows.push(Row { lines, is_quoted_well, fields });
            }
        }
        Ok(Sheet { header, columns, unread, rows })
    }

    /// A column as the first row of this sheet calls it, else as people may.
    pub fn called(&self, column: C) -> String {
        let place = self.columns.iter().position(|known| *known == Some(column));
        place.map_or_else(|| column.name().to_owned(), |place| self.header[place].clone())
    }

    /// What stands in `row` under `column`, without spaces around; `None` where nothing does.
    pub fn field<'row>(&self, row: &'row Row, column: C) -> Option<&'row str> {
        let place = self.columns.iter().position(|known| *known == Some(column))?;
        row.fields.get(place).map(String::as_str).filter(|field| !field.is_empty())
    }

    /// What is wrong with the shape of `row`.
    pub fn fault(&self, row: &Row) -> Option<Text> {
        let (first, last) = row.lines;
        if first != last {
            return Some(tr!(
                "it goes on to line {last}, none of which is taken: is a quotation mark missing, or one too many?",
                last = i64::try_from(last).unwrap_or(i64::MAX)
            ));
        }
        if !row.is_quoted_well {
            return Some(tr!("a quotation mark is missing in it, or one too many"));
        }
        let (found, expected) = (row.fields.len(), self.columns.len());
        (found != expected).then(|| {
            tr!(
                "it has {found} fields, the first line {expected}",
                found = found,
                expected = expected
            )
        })
    }
}

fn check_columns<C: Column>(columns: &[Option<C>]) -> Result<(), Text> {
    let is_there = |column: &C| columns.contains(&Some(*column));
    let needed = C::ALL.iter().copied().filter(|column| column.is_needed());
    let missing: Vec<&str> = needed.filter(|column| !is_there(column)).map(C::name).collect();
    if !missing.is_empty() {
        return Err(tr!(
            "its first row names no column {columns}; it may have {all}, separated by semicolons, commas or tabs",
            columns = any(missing),
            all = names(C::ALL.iter().map(|column| column.name()))
        ));
    }
    let twice = |column: &C| columns.iter().filter(|known| **known == Some(*column)).count() > 1;
    match C::ALL.iter().copied().find(twice) {
        Some(column) => Err(tr!("it has two columns `{column}`", column = column.name())),
        None => Ok(()),
    }
}
