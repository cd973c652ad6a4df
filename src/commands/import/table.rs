//! A spreadsheet of bodies as text: which columns it has, and what stands in each row.

use crate::base::slug::slug_of;
use crate::base::text::{Text, names};
use crate::files::sheet::{decoded, line_of, separator};
use crate::tr;

/// What a column may hold, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Id,
    Name,
    Block,
    OrganCode,
    Nif,
    Dir3,
    Services,
}

impl Column {
    const ALL: [Column; 7] = [
        Column::Id,
        Column::Name,
        Column::Block,
        Column::OrganCode,
        Column::Nif,
        Column::Dir3,
        Column::Services,
    ];

    /// Its name in the first line.
    pub fn name(self) -> &'static str {
        self.names()[0]
    }

    /// All the names that are understood, in English, Catalan and Spanish. Capitals, accents and what stands
    /// between words do not count.
    fn names(self) -> &'static [&'static str] {
        match self {
            Column::Id => &["id", "ens"],
            Column::Name => &["name", "nom", "nombre"],
            Column::Block => &["block", "bloc", "bloque"],
            Column::OrganCode => {
                &["organ_code", "codi_d_organ", "codi_organ", "codigo_de_organo", "ine10"]
            }
            Column::Nif => &["nif", "cif"],
            Column::Dir3 => &["dir3", "codi_dir3", "codigo_dir3"],
            Column::Services => {
                &["services", "service", "serveis", "servei", "servicios", "servicio"]
            }
        }
    }

    /// Whether an ens cannot do without.
    fn is_needed(self) -> bool {
        matches!(self, Column::Name | Column::Block | Column::OrganCode | Column::Nif)
    }

    fn of(header: &str) -> Option<Column> {
        let header = slug_of(header).replace('-', "_");
        Column::ALL.into_iter().find(|column| column.names().contains(&header.as_str()))
    }
}

/// A row, and the line on which it begins and ends.
#[derive(Debug)]
pub struct Row {
    pub lines: (u64, u64),
    /// As many as the first line has, or there is something wrong with it.
    fields: Vec<String>,
}

/// What a file holds.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Option<Column>>,
    /// The names of columns that nothing is read from.
    pub unread: Vec<String>,
    pub rows: Vec<Row>,
}

impl Table {
    /// Reads comma- or semicolon-separated values (RFC 4180) in UTF-8, the columns named in the
    /// first line.
    ///
    /// # Errors
    /// Why it is no such table.
    pub fn read(bytes: &[u8]) -> Result<Table, Text> {
        let text = decoded(bytes)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator(text))
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|why| tr!("{why}", why = why.to_string()))?.clone();
        let columns: Vec<Option<Column>> = header.iter().map(Column::of).collect();
        check_columns(&columns)?;
        let unread = header.iter().zip(&columns).filter(|(_, column)| column.is_none());
        let unread = unread.map(|(name, _)| name.trim().to_owned()).collect();
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|why| tr!("{why}", why = why.to_string()))? {
            let first = line_of(&record, text);
            let fields: Vec<String> = record.iter().map(|field| field.trim().to_owned()).collect();
            // What a spreadsheet leaves below its last row.
            if fields.iter().any(|field| !field.is_empty()) {
                let breaks: usize = fields.iter().map(|field| field.matches('\n').count()).sum();
                rows.push(Row { lines: (first, first + breaks as u64), fields });
            }
        }
        Ok(Table { columns, unread, rows })
    }

    /// What stands in `row` under `column`, without spaces around; `None` where nothing does.
    pub fn field<'row>(&self, row: &'row Row, column: Column) -> Option<&'row str> {
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

fn check_columns(columns: &[Option<Column>]) -> Result<(), Text> {
    let is_there = |column: &Column| columns.contains(&Some(*column));
    let needed = Column::ALL.into_iter().filter(|column| column.is_needed());
    let missing: Vec<&str> = needed.filter(|column| !is_there(column)).map(Column::name).collect();
    if !missing.is_empty() {
        return Err(tr!(
            "its first line names no column {columns}; it may have {all}, separated by commas or semicolons",
            columns = names(missing),
            all = names(Column::ALL.map(Column::name))
        ));
    }
    let twice =
        |column: &Column| columns.iter().filter(|known| **known == Some(*column)).count() > 1;
    match Column::ALL.into_iter().find(twice) {
        Some(column) => Err(tr!("it has two columns `{column}`", column = column.name())),
        None => Ok(()),
    }
}
