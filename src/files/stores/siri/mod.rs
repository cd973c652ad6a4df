//! An export of the front's table: which seal is loaded under which organ code.

pub mod subject;

use std::path::Path;

use super::{Content, Entry, Kind, MOST_ENTRIES, Store, read_plain, too_many};
use crate::base::slug::slug_of;
use crate::base::text::{Text, any, names};
use crate::files::sheet::{Record, Records};
use crate::tr;

/// The columns that are read; others pass.
const COLUMNS: [&str; 3] = ["codi_ens", "valor", "assumpte"];

/// Reads the table in a file.
///
/// # Errors
/// When it is none.
pub fn open(path: &Path) -> Result<Store, Text> {
    read(&read_plain(path)?)
}

/// Reads the table, the columns named in its first row.
///
/// # Errors
/// When a column is missing, or a row does not have them.
pub fn read(bytes: &[u8]) -> Result<Store, Text> {
    let mut records = Records::of(bytes)?;
    let header = records.read()?.map(|record| record.fields).unwrap_or_default();
    let places = columns(&header)?;
    let mut entries = Vec::new();
    while let Some(record) = records.read()? {
        if record.fields.iter().all(String::is_empty) {
            continue;
        }
        entries.push(row(&record, places, header.len())?);
        if entries.len() > MOST_ENTRIES {
            return Err(too_many());
        }
    }
    Ok(Store { entries, ..Store::empty(Kind::Siri) })
}

/// Where the columns stand.
fn columns(header: &[String]) -> Result<[usize; 3], Text> {
    let found: Vec<String> = header.iter().map(|name| slug_of(name).replace('-', "_")).collect();
    let place = |column: &str| found.iter().position(|name| name == column);
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|column| place(column).is_none()).collect();
    if !missing.is_empty() {
        return Err(tr!(
            "its first row names no column {columns}; the front's table has {all}, separated by semicolons, commas or tabs",
            columns = any(missing),
            all = names(COLUMNS)
        ));
    }
    let is_twice = |column: &&&str| found.iter().filter(|name| *name == **column).count() > 1;
    match COLUMNS.iter().find(is_twice) {
        Some(column) => Err(tr!("it has two columns `{column}`", column = *column)),
        None => Ok(COLUMNS.map(|column| place(column).unwrap_or_default())),
    }
}

fn row(record: &Record, places: [usize; 3], width: usize) -> Result<Entry, Text> {
    let (fields, line) = (&record.fields, record.lines.0);
    let number = i64::try_from(line).unwrap_or(i64::MAX);
    if !record.is_quoted_well {
        return Err(tr!(
            "in the row of line {line} a quotation mark is missing, or one too many: rows that follow may have been taken into it",
            line = number
        ));
    }
    if fields.len() != width {
        return Err(tr!(
            "line {line} has {found} fields, the first line {expected}: is a quotation mark missing, or one too many?",
            line = number,
            found = fields.len(),
            expected = width
        ));
    }
    let [code, serial, subject] =
        places.map(|place| fields.get(place).cloned().unwrap_or_default());
    let content = Content::Row { line, serial, subject };
    Ok(Entry { name: code, key_name: None, id: Vec::new(), content })
}

/// Whether somebody who wrote `written` meant the number whose bytes these are: hexadecimal in any case and
/// grouping, with `0x` or without, or decimal.
pub fn is_serial(written: &str, serial: &[u8]) -> bool {
    keys_of(written).iter().any(|key| *key == hex_key(serial))
}

/// A number's bytes as hexadecimal digits without zeros before them: by these numbers are compared.
pub fn hex_key(serial: &[u8]) -> String {
    let digits = data_encoding::HEXLOWER.encode(serial);
    digits.trim_start_matches('0').to_owned()
}

/// The numbers that `written` may stand for, by their digits as [`hex_key`] has them.
pub fn keys_of(written: &str) -> Vec<String> {
    let plain: String = written
        .chars()
        .filter(|character| !character.is_whitespace() && !matches!(character, ':' | '-' | '.'))
        .collect();
    let plain = plain.to_ascii_lowercase();
    let digits = plain.strip_prefix("0x").unwrap_or(&plain);
    let mut keys = Vec::new();
    if !digits.is_empty() && digits.len() <= 128 && digits.bytes().all(|it| it.is_ascii_hexdigit())
    {
        keys.push(digits.trim_start_matches('0').to_owned());
        if digits.bytes().all(|digit| digit.is_ascii_digit()) {
            keys.push(hex_key(&from_decimal(digits)));
        }
    }
    keys
}

/// The bytes of a number in decimal digits.
fn from_decimal(digits: &str) -> Vec<u8> {
    let mut number = vec![0_u8; digits.len() / 2 + 1];
    for digit in digits.bytes() {
        let mut carry = u16::from(digit - b'0');
        for byte in number.iter_mut().rev() {
            let product = u16::from(*byte) * 10 + carry;
            *byte = product.to_le_bytes()[0];
            carry = product >> 8;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::{is_serial, read};
    use crate::files::stores::Content;

    fn rows(text: &str) -> Vec<String> {
        let store = read(text.as_bytes()).unwrap();
        let row = |entry: &crate::files::stores::Entry| match &entry.content {
            Content::Row { line, serial, subject } => {
                format!("{line} {} {serial} {subject}", entry.name)
            }
            Content::Certificate { .. } => unreachable!(),
        };
        store.entries.iter().map(row).collect()
    }

    #[test]
    fn a_table_is_read_as_people_export_it() {
        let expected = ["2 0801930008 0A:0b CN=a, C=ES"];
        assert_eq!(rows("codi_ens,valor,assumpte\n0801930008,0A:0b,\"CN=a, C=ES\"\n"), expected);
        assert_eq!(
            rows("\u{feff}Codi ENS;Valor;x;Assumpte\r\n0801930008;0A:0b;;CN=a, C=ES\r\n;;;\r\n"),
            expected
        );
        assert_eq!(
            rows("codi_ens,valor,assumpte\n1,2,\"CN=\"\"a\nb\"\"\"\n"),
            ["2 1 2 CN=\"a\nb\""]
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let fault = |text: &[u8]| read(text).unwrap_err().to_string();
        assert!(fault(b"codi_ens;assumpte\n").contains("`valor`"));
        assert!(fault(b"").contains("`codi_ens`, `valor` and `assumpte`"));
        assert!(fault(b"codi_ens,valor,assumpte,valor\n").contains("two columns `valor`"));
        assert!(fault(b"codi_ens,valor,assumpte\n1,2\n").contains("line 2 has 2 fields"));
        // Cut off, or without its mark: it would take the rows that follow into its last field.
        for cut in ["3,4,\"CN=a\n5,6,CN=b\n", "3,4,\"CN=a\n5,6,\"CN=b, C=ES\"\n"] {
            let cut = format!("codi_ens,valor,assumpte\n1,2,CN=x\n{cut}");
            assert!(fault(cut.as_bytes()).contains("row of line 3 a quotation mark"), "{cut}");
        }
        assert!(fault(b"codi_ens,valor,assumpte\n1,2,\xe0\n").contains("UTF-8"));
        assert!(fault(b"\xff\xfec\0").contains("UTF-16"));
        assert!(fault(b"\0c\0o").contains("UTF-16"));
    }

    #[test]
    fn serials_are_written_in_many_ways() {
        let serial = [0x00, 0x96, 0x90, 0x0a];
        for written in ["96900A", "00 96 90 0a", "0x96900a", "96:90:0A", "9867274", "96-90-0a"] {
            assert!(is_serial(written, &serial), "{written}");
        }
        for other in ["", "96900B", "9867275", "x", "00"] {
            assert!(!is_serial(other, &serial), "{other}");
        }
    }
}
