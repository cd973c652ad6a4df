//! Tables, for people, Markdown and spreadsheets.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::base::language::Language;
use crate::base::text::{Text, visible};
use crate::views::report::markdown::cell;

/// A table: the names of its columns, and rows of as many cells.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the columns are called.
    pub head: Vec<Text>,
    /// The cells, as they came: each way of writing makes them safe.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The lines of the table, its head first, as people see them: each cell filled up to the width of
    /// its column.
    pub fn padded(&self) -> Vec<Vec<String>> {
        let head = self.head.iter().map(ToString::to_string).collect();
        let shown = self.rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect());
        let mut lines: Vec<Vec<String>> = std::iter::once(head).chain(shown).collect();
        for column in 0..self.head.len() {
            let widest = lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
            for line in &mut lines {
                let missing = widest - line[column].width();
                line[column].extend(std::iter::repeat_n(' ', missing));
            }
        }
        lines
    }

    /// Writes the rows under each other, each column as wide as its widest cell.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for line in self.padded() {
            writeln!(out, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// Writes a table of Markdown.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let head: Vec<String> = self.head.iter().map(ToString::to_string).collect();
        writeln!(out, "| {} |", head.join(" | "))?;
        writeln!(out, "|{}", " --- |".repeat(head.len()))?;
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|word| cell(word)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        Ok(())
    }

    /// Writes CSV (RFC 4180), for people's spreadsheets: JSON is for programs. In Catalan and Spanish it is
    /// parted by semicolons, behind a byte order mark, as the spreadsheets there read it. Every cell is
    /// quoted: a bare `;` in one would begin another, which could be a formula.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        self.csv_in(Language::spoken(), out)
    }

    fn csv_in(&self, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let separator = match language {
            Language::English => b',',
            Language::Catalan | Language::Spanish => {
                out.write_all(BYTE_ORDER_MARK)?;
                b';'
            }
        };
        let always = csv::QuoteStyle::Always;
        let mut table =
            csv::WriterBuilder::new().delimiter(separator).quote_style(always).from_writer(out);
        table.write_record(self.head.iter().map(|name| name.to_string_in(language)))?;
        for row in &self.rows {
            table.write_record(row.iter().map(|cell| as_text(visible(cell))))?;
        }
        table.flush()
    }
}

/// What tells a spreadsheet that a text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// `text`, cut with an ellipsis where it is wider than `width` columns.
pub fn cut(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| text.width() > *width) else { return text.to_owned() };
    let mut shown = String::new();
    let mut taken = 1;
    for character in text.chars() {
        taken += character.width().unwrap_or(0);
        if taken > width {
            break;
        }
        shown.push(character);
    }
    shown.push('…');
    shown
}

/// `text` behind `indent`, broken between words where it is wider than `width` columns, the lines that
/// follow as far in as the first.
pub fn wrapped(indent: &str, text: &str, width: Option<usize>) -> String {
    let gap = " ".repeat(indent.width());
    let options = textwrap::Options::new(width.unwrap_or(usize::MAX))
        .initial_indent(indent)
        .subsequent_indent(&gap)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(text, options)
}

/// Spreadsheets take what begins so for a formula; a space before it keeps it text.
fn as_text(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!(" {cell}"),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, cut, wrapped};
    use crate::base::language::Language;
    use crate::tr;

    #[test]
    fn what_is_too_wide_goes_on_below() {
        assert_eq!(wrapped("  - ", "àà bb cc", Some(9)), "  - àà bb\n    cc");
        assert_eq!(wrapped("  - ", "a-very/long-word b", Some(9)), "  - a-very/long-word\n    b");
        assert_eq!(wrapped("  - ", "àà bb cc", None), "  - àà bb cc");
    }

    #[test]
    fn what_is_too_wide_ends_in_an_ellipsis() {
        assert_eq!(cut("òrgan", Some(5)), "òrgan");
        assert_eq!(cut("òrgans", Some(5)), "òrga…");
        assert_eq!(cut("表表", Some(3)), "表…");
        assert_eq!(cut("òrgans", None), "òrgans");
    }

    fn written(write: impl Fn(&Table, &mut Vec<u8>) -> std::io::Result<()>) -> String {
        let rows = [["=1+1", "a|b"], ["òrgan", "\u{1b}[31m"], ["表", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let table = Table { head: vec![tr!("ens"), tr!("name")], rows };
        let mut out = Vec::new();
        write(&table, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_they_look() {
        let text = written(|table, out| table.human(out));
        assert_eq!(text, "ens    name\n=1+1   a|b\nòrgan  \\u{1b}[31m\n表\n");
    }

    #[test]
    fn a_cell_stays_a_cell() {
        let text = written(|table, out| table.markdown(out));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["| ens | name |", "| --- | --- |", "| `=1+1` | `a\\|b` |"]);
    }

    #[test]
    fn a_spreadsheet_calculates_nothing() {
        let text = written(|table, out| table.csv(out));
        let lines =
            ["\"ens\",\"name\"", "\" =1+1\",\"a|b\"", "\"òrgan\",\"\\u{1b}[31m\"", "\"表\",\"\""];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_spreadsheet_here_parts_by_semicolons_and_reads_utf_8() {
        let rows = vec![vec!["a;=1+1".to_owned(), "\"".to_owned()]];
        let table = Table { head: vec![tr!("ens"), tr!("name")], rows };
        for (language, head) in [(Language::Catalan, "nom"), (Language::Spanish, "nombre")] {
            let mut out = Vec::new();
            table.csv_in(language, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().lines().collect();
            assert!(lines[0].ends_with(&format!(";\"{head}\"")), "{text}");
            assert_eq!(lines[1], "\"a;=1+1\";\"\"\"\"");
        }
    }
}
