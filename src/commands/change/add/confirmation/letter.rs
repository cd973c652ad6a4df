//! What AEAT confirms of many certificates, from a spreadsheet.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::{
    Arguments, Stated, about_certificates, ensure_shown, folder, is_serial, next, other, sha256,
    without_certificate,
};
use crate::base::digest::Sha256;
use crate::base::text::{Text, names, visible};
use crate::base::word::Word;
use crate::commands::change::sheet::{self, Column as _, Row, Sheet, read_day};
use crate::commands::out::{print, say};
use crate::commands::whom::Whom;
use crate::edit::{Changeset, Evidence};
use crate::inventory::finding::{Environment, Severity};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;
use crate::views::table::Table;

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Ens,
    Nif,
    OrganCode,
    Certificate,
    Environment,
    Serial,
    Sha256,
    Date,
}

impl sheet::Column for Column {
    const ALL: &'static [Column] = &[
        Column::Ens,
        Column::Nif,
        Column::OrganCode,
        Column::Certificate,
        Column::Environment,
        Column::Serial,
        Column::Sha256,
        Column::Date,
    ];

    fn names(self) -> [&'static [&'static str]; 3] {
        match self {
            Column::Ens => [&["ens", "id"], &["ente"], &["ens"]],
            Column::Nif => [&["NIF", "cif"], &["NIF"], &["nif"]],
            Column::OrganCode => {
                [&["codi d'òrgan", "codi_organ", "ine10"], &["código de órgano"], &["organ_code"]]
            }
            Column::Certificate => [&["certificat"], &["certificado"], &["certificate"]],
            Column::Environment => [&["entorn"], &["entorno"], &["environment", "env"]],
            Column::Serial => [
                &["número de sèrie", "num_serie", "n_serie", "n_de_serie", "serie"],
                &["número de serie"],
                &["serial"],
            ],
            Column::Sha256 => [&["SHA-256", "empremta"], &["SHA-256", "huella"], &["sha256"]],
            Column::Date => [&["data"], &["fecha"], &["date"]],
        }
    }

    fn is_needed(self) -> bool {
        false
    }
}

/// Records each line that can be, and tells what came of all of them.
///
/// Exit code 0: each is recorded; 1: some are not.
pub(super) fn record(
    arguments: &Arguments,
    file: &Path,
    evidence: &[Evidence],
    survey: &Survey<'_>,
    changes: &mut Changeset,
) -> Result<ExitCode> {
    let sheet: Sheet<Column> = Sheet::open(file)?;
    let lines = Lines { arguments, survey, whom: Whom::of(survey) };
    let mut taken = Vec::new();
    let mut rows = Vec::new();
    for row in &sheet.rows {
        let number = row.lines.0.to_string();
        match lines.read(&sheet, row) {
            Ok(stated) => taken.extend(stated.into_iter().map(|stated| (number.clone(), stated))),
            Err(why) => rows.push(refused(number, String::new(), String::new(), &why.to_string())),
        }
    }
    let (numbers, stated): (Vec<String>, Vec<Stated<'_, '_>>) = taken.into_iter().unzip();
    if let Some(first) = stated.first() {
        ensure_shown(evidence, first.environment)?;
    }
    let items = match stated.is_empty() {
        true => Vec::new(),
        false => Evidence::items(evidence, &folder(&stated), changes)?,
    };
    let mut first: HashMap<(&str, Environment), String> = HashMap::new();
    for (number, stated) in numbers.into_iter().zip(&stated) {
        let (id, environment) = (stated.view.id, stated.environment.word());
        let earlier = first.get(&(id, stated.environment));
        let put = match earlier {
            Some(line) => Err(tr!("line {line} is about it too", line = line).into()),
            None => stated.put(&items, changes),
        };
        first.entry((id, stated.environment)).or_insert_with(|| number.clone());
        let row = match put {
            Err(why) => refused(number, id.to_owned(), environment.to_owned(), &format!("{why:#}")),
            Ok(()) => {
                let came = tr!("confirmed on {day}", day = stated.date).to_string();
                vec![number, id.to_owned(), environment.to_owned(), came]
            }
        };
        rows.push(row);
    }
    tell(&sheet, rows.clone())?;
    let is_complete = rows.iter().all(|row| row.len() == 4);
    if stated.is_empty() {
        say(tr!("nothing was written"));
        return Ok(ExitCode::FAILURE);
    }
    let about = about_certificates(stated.iter().map(|stated| stated.view.id));
    let concerns = |finding: &_| about(finding) && finding.severity != Severity::Pending;
    let next = [next(survey, &stated)];
    let code = arguments.writing.finish(changes, concerns, &next)?;
    Ok(if is_complete { code } else { ExitCode::FAILURE })
}

/// A row that is refused has a cell more, which is not shown.
fn refused(number: String, certificate: String, environment: String, why: &str) -> Vec<String> {
    let came = tr!("refused: {why}", why = why).to_string();
    vec![number, certificate, environment, came, String::new()]
}

fn tell(sheet: &Sheet<Column>, mut rows: Vec<Vec<String>>) -> Result<()> {
    rows.iter_mut().for_each(|row| row.truncate(4));
    rows.sort_by_key(|row| row[0].parse::<u64>().unwrap_or(u64::MAX));
    let head = vec![tr!("line"), tr!("certificate"), tr!("environment"), tr!("what came of it")];
    print(|out| Table { head, rows }.human(out))?;
    if !sheet.unread.is_empty() {
        let unread = names(sheet.unread.iter().map(|name| visible(name)));
        say(tr!("nothing is read from the columns {columns}", columns = unread));
    }
    Ok(())
}

/// What lines are read with.
struct Lines<'l, 's, 'a> {
    arguments: &'l Arguments,
    survey: &'s Survey<'a>,
    whom: Whom<'s, 'a>,
}

impl<'s, 'a> Lines<'_, 's, 'a> {
    /// What a line states, for each environment.
    fn read(&self, sheet: &Sheet<Column>, row: &Row) -> Result<Vec<Stated<'s, 'a>>, Text> {
        if let Some(fault) = sheet.fault(row) {
            return Err(fault);
        }
        let serial = sheet.field(row, Column::Serial);
        let digest = sheet.field(row, Column::Sha256).map(sha256).transpose();
        let digest = digest.map_err(|_| tr!("a SHA-256 has 64 hexadecimal digits"))?;
        if serial.is_none() && digest.is_none() {
            return Err(tr!("it quotes neither a serial nor a SHA-256: nothing to compare with"));
        }
        let view = self.about(sheet, row, serial, digest.as_ref())?;
        let date = match (sheet.field(row, Column::Date), self.arguments.date) {
            (Some(text), _) => read_day(text)?,
            (None, Some(date)) => date,
            (None, None) => return Err(tr!("it has no date, nor is there a `--date`")),
        };
        let of = |environment| {
            let serial = serial.map(str::to_owned);
            Stated { view, environment, serial, sha256: digest, date }
        };
        Ok(self.environments(sheet, row)?.into_iter().map(of).collect())
    }

    fn environments(&self, sheet: &Sheet<Column>, row: &Row) -> Result<Vec<Environment>, Text> {
        let Some(text) = sheet.field(row, Column::Environment) else {
            return match self.arguments.env.as_slice() {
                [] => Err(tr!("it names no environment, nor is there an `--env`")),
                given => Ok(crate::commands::change::asking::environments(given)),
            };
        };
        sheet::environments(text)
    }

    /// The certificate that a line is about: the one that it names, else the latest of its ens. It is
    /// compared with what AEAT quotes.
    fn about(
        &self,
        sheet: &Sheet<Column>,
        row: &Row,
        serial: Option<&str>,
        digest: Option<&Sha256>,
    ) -> Result<&'s CertificateView<'a>, Text> {
        if let Some(id) = sheet.field(row, Column::Certificate) {
            let view = self.survey.certificate(id);
            let view = view
                .ok_or_else(|| tr!("there is no certificate `{certificate}`", certificate = id))?;
            return other(view, serial, digest).map_or(Ok(view), Err);
        }
        let columns = [Column::Ens, Column::OrganCode, Column::Nif];
        let Some(word) = columns.into_iter().find_map(|column| sheet.field(row, column)) else {
            let columns = columns.map(Column::name);
            return Err(tr!(
                "it says in none of {columns} whom it is about",
                columns = names(columns)
            ));
        };
        let ens = self.whom.find(word)?;
        let latest = self.survey.latest(ens).ok_or_else(|| without_certificate(ens.id))?;
        let Some(other) = other(latest, serial, digest) else { return Ok(latest) };
        let fits = |view: &&CertificateView<'_>| {
            serial.is_none_or(|serial| is_serial(view, serial))
                && digest.is_none_or(|digest| view.record.sha256.0 == *digest)
        };
        let mut own = ens.certificates.iter().map(|&at| &self.survey[at]);
        match own.find(fits) {
            None => Err(other),
            Some(older) => Err(tr!(
                "AEAT confirmed `{older}`, which is not the latest of `{ens}`; if it is meant, say so in a column `certificate`",
                older = older.id,
                ens = ens.id
            )),
        }
    }
}
