//! What is loaded already, from a spreadsheet.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;

use super::New;
use crate::base::text::{Text, names, visible};
use crate::commands::change::asking::environments;
use crate::commands::change::sheet::{self, Column as _, Row, Sheet};
use crate::commands::out::say;
use crate::commands::whom::Whom;
use crate::inventory::finding::Environment;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Ens,
    Nif,
    OrganCode,
    Certificate,
    Serial,
    Sha256,
    In,
}

impl sheet::Column for Column {
    const ALL: &'static [Column] = &[
        Column::Ens,
        Column::Nif,
        Column::OrganCode,
        Column::Certificate,
        Column::Serial,
        Column::Sha256,
        Column::In,
    ];

    fn names(self) -> [&'static [&'static str]; 3] {
        match self {
            Column::Ens => [&["ens", "id"], &["ente"], &["ens"]],
            Column::Nif => [&["NIF", "cif"], &["NIF"], &["nif"]],
            Column::OrganCode => [
                &["codi d'òrgan", "codi_organ", "ine10", "codi_ens"],
                &["código de órgano"],
                &["organ_code"],
            ],
            Column::Certificate => [&["certificat"], &["certificado"], &["certificate"]],
            Column::Serial => [
                &["número de sèrie", "num_serie", "n_serie", "n_de_serie", "serie"],
                &["número de serie"],
                &["serial"],
            ],
            Column::Sha256 => [&["SHA-256", "empremta"], &["SHA-256", "huella"], &["sha256"]],
            Column::In => {
                [&["entorns", "entorn"], &["entornos", "entorno"], &["in", "environment", "env"]]
            }
        }
    }

    fn is_needed(self) -> bool {
        false
    }
}

/// What came of the lines.
pub(super) struct Lines {
    pub taken: Vec<New>,
    count: usize,
    /// The line, and what is wrong with it.
    refused: Vec<(u64, Text)>,
    unread: Vec<String>,
}

/// Reads what each line says is loaded.
pub(super) fn read(file: &Path, survey: &Survey<'_>, given: &[Environment]) -> Result<Lines> {
    let sheet: Sheet<Column> = Sheet::open(file)?;
    let whom = Whom::of(survey);
    let mut lines = Lines {
        taken: Vec::new(),
        count: sheet.rows.len(),
        refused: Vec::new(),
        unread: sheet.unread.clone(),
    };
    let mut first: HashMap<(String, Environment), (u64, String)> = HashMap::new();
    for row in &sheet.rows {
        let line = row.lines.0;
        let read = line_of(&sheet, row, survey, &whom, given);
        let read = read.and_then(|new| {
            let known = |it: &Environment| {
                let (line, certificate) = first.get(&(new.ens.clone(), *it))?;
                (*certificate != new.certificate).then_some(*line)
            };
            match new.environments.iter().find_map(known) {
                Some(line) => Err(tr!(
                    "line {line} has another certificate for `{ens}`",
                    line = i64::try_from(line).unwrap_or(i64::MAX),
                    ens = &new.ens
                )),
                None => Ok(new),
            }
        });
        match read {
            Err(why) => lines.refused.push((line, why)),
            Ok(new) => {
                for environment in &new.environments {
                    let value = (line, new.certificate.clone());
                    first.entry((new.ens.clone(), *environment)).or_insert(value);
                }
                merge(&mut lines.taken, new);
            }
        }
    }
    Ok(lines)
}

/// A line a environment, or a line twice, is one hold.
fn merge(taken: &mut Vec<New>, new: New) {
    let same = |known: &&mut New| known.ens == new.ens && known.certificate == new.certificate;
    match taken.iter_mut().find(same) {
        Some(known) => {
            let all = [&known.environments[..], &new.environments].concat();
            known.environments = environments(&all);
        }
        None => taken.push(new),
    }
}

fn line_of(
    sheet: &Sheet<Column>,
    row: &Row,
    survey: &Survey<'_>,
    whom: &Whom<'_, '_>,
    given: &[Environment],
) -> Result<New, Text> {
    if let Some(fault) = sheet.fault(row) {
        return Err(fault);
    }
    let columns = [Column::Ens, Column::OrganCode, Column::Nif];
    let Some(word) = columns.into_iter().find_map(|column| sheet.field(row, column)) else {
        let columns = names(columns.map(Column::name));
        return Err(tr!("it says in none of {columns} whom it is about", columns = columns));
    };
    let ens = whom.find(word)?;
    let certificate = certificate(sheet, row, survey, ens)?.id.to_owned();
    let environments = match sheet.field(row, Column::In) {
        None => environments(given),
        Some(text) => environments(&sheet::environments(text)?),
    };
    Ok(New { ens: ens.id.to_owned(), certificate, environments })
}

/// The certificate that a line names, or the only one of its ens.
fn certificate<'s, 'a>(
    sheet: &Sheet<Column>,
    row: &Row,
    survey: &'s Survey<'a>,
    ens: &EnsView<'a>,
) -> Result<&'s CertificateView<'a>, Text> {
    if let Some(id) = sheet.field(row, Column::Certificate) {
        let unknown = || tr!("there is no certificate `{certificate}`", certificate = id);
        return survey.certificate(id).ok_or_else(unknown);
    }
    let serial = sheet.field(row, Column::Serial);
    let digest = sheet.field(row, Column::Sha256);
    let fits = |view: &&CertificateView<'_>| {
        let has = |serial| view.pem.is_some_and(|(facts, _)| facts.serial.matches_quoted(serial));
        let is = |digest: &str| view.record.sha256.to_string().eq_ignore_ascii_case(digest);
        serial.is_none_or(has) && digest.is_none_or(is)
    };
    let own = ens.certificates.iter().map(|&at| &survey[at]);
    let own: Vec<_> = own.filter(fits).collect();
    match own.as_slice() {
        [only] => Ok(only),
        [] => Err(tr!("`{ens}` has no such certificate on record", ens = ens.id)),
        several => Err(tr!(
            "`{ens}` has {certificates}: say which, in a column `certificate`, `serial` or `sha256`",
            ens = ens.id,
            certificates = names(several.iter().map(|view| view.id))
        )),
    }
}

impl Lines {
    /// Whether no line was refused.
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty()
    }

    /// What came of them.
    pub fn tell(&self) -> Result<()> {
        for (line, why) in &self.refused {
            let line = i64::try_from(*line).unwrap_or(i64::MAX);
            say(tr!("line {line}: {why}", line = line, why = why.clone()));
        }
        if !self.unread.is_empty() {
            let unread = names(self.unread.iter().map(|name| visible(name)));
            say(tr!("nothing is read from the columns {columns}", columns = unread));
        }
        say(tr!(
            "of {rows}: {taken} taken, {refused} not taken",
            rows = tr!(count = self.count; one "{count} row", many "{count} rows"),
            taken = self.count - self.refused.len(),
            refused = self.refused.len()
        ));
        Ok(())
    }
}
