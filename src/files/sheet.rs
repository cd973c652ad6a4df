//! Tables that a spreadsheet or a database saved as text (RFC 4180), as people have them: parted by commas,
//! semicolons or tabs, lines that end in LF, CR and LF, or CR, a byte order mark, a line `sep=;` before all
//! else, a separator behind the last column, empty lines anywhere.

use crate::base::text::Text;
use crate::tr;

/// A record, and the lines on which it begins and ends, as an editor counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The first line and the last.
    pub lines: (u64, u64),
    /// What stands between the separators.
    pub fields: Vec<String>,
    /// Whether its quotation marks are in pairs: if not, it may have taken other records into one field.
    pub is_quoted_well: bool,
}

/// The records of a table.
pub struct Records<'t> {
    text: &'t str,
    separator: u8,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    /// The byte up to which lines were counted, and the line that begins there or holds it.
    counted: (usize, u64),
}

impl<'t> Records<'t> {
    /// The table in these bytes.
    ///
    /// # Errors
    /// When they are not UTF-8.
    pub fn of(bytes: &'t [u8]) -> Result<Records<'t>, Text> {
        let all = decoded(bytes)?;
        let (stated, start) = stated_separator(all);
        let text = &all[start..];
        let separator = stated.unwrap_or_else(|| separator(text));
        let reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let first = 1 + u64::from(start > 0);
        Ok(Records {
            text,
            separator,
            reader,
            record: csv::StringRecord::new(),
            counted: (0, first),
        })
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// What the reader says.
    pub fn read(&mut self) -> Result<Option<Record>, Text> {
        let told = |why: csv::Error| tr!("{why}", why = why.to_string());
        if !self.reader.read_record(&mut self.record).map_err(told)? {
            return Ok(None);
        }
        let begin = self.record.position().map_or(0, csv::Position::byte);
        // csv takes a record to begin before what is left of the line ends above.
        let begin = usize::try_from(begin).unwrap_or(usize::MAX).min(self.text.len());
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let begin = begin + self.text.as_bytes()[begin..].iter().take_while(|it| ends(it)).count();
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let within = self.text.get(begin..end.min(self.text.len())).unwrap_or_default();
        let end = begin + within.trim_end_matches(['\r', '\n']).len();
        let lines = (self.line_at(begin), self.line_at(end));
        let is_quoted_well = is_quoted_well(within.as_bytes(), self.separator);
        let fields = self.record.iter().map(|field| field.trim().to_owned()).collect();
        Ok(Some(Record { lines, fields, is_quoted_well }))
    }

    /// The line of a byte, never before one that was asked for earlier.
    fn line_at(&mut self, byte: usize) -> u64 {
        let (from, line) = self.counted;
        let bytes = &self.text.as_bytes()[from..byte.max(from)];
        let breaks = memchr::memchr2_iter(b'\r', b'\n', bytes);
        // CR and LF end one line together.
        let alone = breaks.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        let line = line + alone.count() as u64;
        self.counted = (byte.max(from), line);
        line
    }
}

/// Whether each field of a record that begins with a quotation mark ends with one. The reader takes what
/// follows a closing one to the field, up to the next separator outside of quotation marks, and the rest of the
/// table where none closes.
fn is_quoted_well(record: &[u8], separator: u8) -> bool {
    let mut rest = record;
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            let Some(after) = behind_quotes(quoted) else { return false };
            let end = after.iter().position(|byte| !matches!(byte, b' ' | b'\r' | b'\n'));
            match end.map(|end| &after[end..]) {
                None => return true,
                Some([first, following @ ..]) if *first == separator => rest = following,
                Some(_) => return false,
            }
        } else {
            match memchr::memchr(separator, rest) {
                Some(end) => rest = &rest[end + 1..],
                None => return true,
            }
        }
    }
}

/// What follows the quotation mark that closes; one that is written twice does not.
fn behind_quotes(quoted: &[u8]) -> Option<&[u8]> {
    let mut rest = quoted;
    loop {
        rest = &rest[memchr::memchr(b'"', rest)? + 1..];
        match rest.strip_prefix(b"\"") {
            Some(twice) => rest = twice,
            None => return Some(rest),
        }
    }
}

/// How many fields the names of columns take: separators behind the last name name none.
pub fn width(names: &[String]) -> usize {
    names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1)
}

/// The text, without a byte order mark.
///
/// # Errors
/// When it is not UTF-8.
fn decoded(bytes: &[u8]) -> Result<&str, Text> {
    // With a byte order mark, or by the zero that is a first Latin letter's other half.
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0xff, ..] | [1..=0xff, 0, ..])
    {
        return Err(tr!("it is UTF-16; save it as CSV in UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let breaks = before.replace("\r\n", "\n").matches(['\r', '\n']).count();
        tr!(
            "line {line} is not UTF-8, so that accents would get lost; it may be Latin-1 (Windows-1252): save it as CSV in UTF-8",
            line = breaks + 1
        )
    })
}

/// What a first line `sep=;`, as Excel writes and reads it, says that separates; and where the rest begins.
fn stated_separator(text: &str) -> (Option<u8>, usize) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let stated = text[..end].trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    match stated {
        Some(&[separator]) if separator.is_ascii() && separator != b'"' => {
            let rest = &text[end..];
            let line_end = if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) };
            (Some(separator), end + line_end)
        }
        _ => (None, 0),
    }
}

/// What separates the fields of the first record: of semicolons, tabs and commas that of which it has most,
/// in quotes apart.
fn separator(text: &str) -> u8 {
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\r' | b'\n' if !is_quoted => break,
            _ if is_quoted => {}
            _ => counts.iter_mut().filter(|(it, _)| *it == byte).for_each(|(_, count)| *count += 1),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let found = counts.iter().find(|(_, count)| *count == most && most > 0);
    found.map_or(b',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::{Record, Records, width};

    fn read(text: &str) -> Vec<Record> {
        let mut records = Records::of(text.as_bytes()).unwrap();
        std::iter::from_fn(|| records.read().unwrap()).collect()
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        read(text).into_iter().map(|record| record.fields).collect()
    }

    /// As vim, VS Code and Notepad count, whatever ends a line.
    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "a,b\n\n\n1,2\n\"x\ny\nz\",3\n4,5\n";
        for end in ["\n", "\r\n", "\r"] {
            let lines: Vec<_> = read(&text.replace('\n', end)).iter().map(|it| it.lines).collect();
            assert_eq!(lines, [(1, 1), (4, 4), (5, 7), (8, 8)], "{end:?}");
        }
        let behind: Vec<_> = read("\n\na,b\n\n1,2").iter().map(|it| it.lines).collect();
        assert_eq!(behind, [(3, 3), (5, 5)]);
    }

    #[test]
    fn the_separator_is_that_of_the_first_record() {
        let two = [["a", "b"], ["1", "2"]];
        for text in ["a,b\n1,2", "a;b\n1;2", "a\tb\n1\t2", "\n\na;b\n1;2", "sep=;\r\na;b\r\n1;2"] {
            assert_eq!(fields(text), two, "{text:?}");
        }
        // What stands in quotes separates nothing, nor does what stands in a later line.
        assert_eq!(fields("\"a,b,c\";d\n1;2,3,4"), [["a,b,c", "d"], ["1", "2,3,4"]]);
        assert_eq!(fields("\"a\n;;;\",b\n1,2"), [["a\n;;;", "b"], ["1", "2"]]);
        assert_eq!(fields("sep=|\na|b\n1|2"), two);
        assert_eq!(fields("\u{feff}sep=\t\na\tb\n1\t2"), two);
        assert_eq!(read("sep=;\na;b\n1;2")[1].lines, (3, 3));
        assert_eq!(fields("a\n1"), [["a"], ["1"]]);
    }

    #[test]
    fn a_quotation_mark_too_few_or_too_many_is_told() {
        let is_well = |text| read(text).iter().all(|record| record.is_quoted_well);
        for cut in [
            "a;b\n1;\"2\n3;4\n",
            "a;b\n1;\"2\n3;\"4\"\n",
            "a;b\n1;\"2\"x\n",
            "a;b\n\"1;2",
            "a;b\n1;\"",
        ] {
            assert!(!is_well(cut), "{cut:?}");
        }
        for whole in
            ["a;b\n1;x\"y\n", "\"a\";\"b\"\"\"\r\n\"\";\"\" \r\n", "a;\"b\nc;\"\n", "a;b\n1;\"2\""]
        {
            assert!(is_well(whole), "{whole:?}");
        }
    }

    #[test]
    fn a_separator_behind_the_last_name_names_no_column() {
        let names = |text: &str| width(&fields(text)[0]);
        assert_eq!(
            [names("a;b;;\n"), names("a;b\n"), names("a;;b;\n"), names(";\n")],
            [2, 2, 3, 0]
        );
    }
}
