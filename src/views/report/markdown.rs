//! The report in Markdown, for a comment or a job's summary. Whatever comes from a file is
//! either harmless or in a code span, where it can be no HTML, link, mention or table.

use std::io;

use super::{Report, message_with_cause, name_of, waiver_of};
use crate::base::text::{Part, Text, visible};
use crate::inventory::finding::{Finding, Severity};
use crate::tr;

/// How many findings of a severity are listed: a summary may take 1 MiB.
const LISTED: usize = 300;

/// Writes the report as a page of Markdown.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(page(report).as_bytes())
}

/// The report as a page of Markdown.
pub(super) fn page(report: &Report) -> String {
    let count = |severity| report.count(severity).to_string();
    let mut lines = vec![
        format!("## segell: {}", inline(&report.verdict())),
        String::new(),
        row(["errors", "warnings", "pending", "waived"].map(str::to_owned)),
        row(["---:"; 4].map(str::to_owned)),
        row([Severity::Error, Severity::Warning, Severity::Pending, Severity::Waived].map(count)),
        String::new(),
        inline(&report.scope()),
        String::new(),
        inline(&report.checklist()),
    ];
    lines.extend(report.next().iter().flat_map(|next| [String::new(), inline(next)]));
    let parts = [
        (tr!("Errors"), Severity::Error),
        (tr!("Warnings"), Severity::Warning),
        (tr!("Pending"), Severity::Pending),
        (tr!("Waived"), Severity::Waived),
    ];
    for (title, severity) in parts {
        lines.extend(part(report, &title, severity));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn row(cells: [String; 4]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// The findings of one severity under their title; nothing when there are none.
fn part(report: &Report, title: &Text, severity: Severity) -> Vec<String> {
    let findings: Vec<&Finding> = report.of(severity).collect();
    if findings.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), format!("### {}", inline(title)), String::new()];
    for finding in findings.iter().take(LISTED) {
        lines.extend(item(report, finding));
    }
    if findings.len() > LISTED {
        let rest = findings.len() - LISTED;
        let rest = tr!("… and {count} more; --format json lists them all", count = rest);
        lines.extend([String::new(), inline(&rest)]);
    }
    lines
}

/// One finding: an item with an item for its place, each related one and what to do.
fn item(report: &Report, finding: &Finding) -> Vec<String> {
    let message = inline(&message_with_cause(finding));
    let mut lines = vec![
        format!("- {}: {message}", code(finding.rule.name)),
        format!("  - {}", code(&report.shown(&finding.place))),
    ];
    for related in &finding.related {
        let place = code(&report.shown(&related.place));
        lines.push(format!("  - {place}: {}", inline(&related.message)));
    }
    let mut notes = vec![tr!("help: {help}", help = finding.help.clone())];
    if let Some(actor) = finding.actor {
        notes.push(tr!("waits for {who}", who = name_of(actor)));
    }
    if finding.severity == Severity::Waived {
        notes.push(tr!("waived by `{waiver}`", waiver = waiver_of(finding)));
    }
    lines.extend(notes.iter().map(|note| format!("  - {}", inline(note))));
    lines
}

/// A sentence on one line. A word from outside that might mean something to Markdown, to HTML
/// or to the forge is put in a code span, unless the sentence has it in one already.
pub(crate) fn inline(text: &Text) -> String {
    let mut line = String::new();
    let mut in_code = false;
    text.parts(&mut |part| match part {
        Part::Own(own) => {
            for character in own.chars() {
                in_code ^= character == '`';
                if !in_code && matches!(character, '\\' | '*' | '_' | '<' | '[' | '|' | '~') {
                    line.push('\\');
                }
                line.push(character);
            }
        }
        Part::Word(word) if in_code => line.push_str(&code_content(word)),
        Part::Word(word) if is_harmless(word) => line.push_str(word),
        Part::Word(word) => {
            let inner = word.strip_prefix('`').and_then(|word| word.strip_suffix('`'));
            line.push_str(&code(inner.unwrap_or(word)));
        }
    });
    line
}

/// Something from outside as a table's cell.
pub(crate) fn cell(word: &str) -> String {
    match word {
        "" => String::new(),
        // A table is cut at its bars first, in code too.
        _ => inline(&crate::tr!("{word}", word = word)).replace('|', "\\|"),
    }
}

/// `word` as a code span, whatever it holds.
fn code(word: &str) -> String {
    format!("`{}`", code_content(word))
}

/// What may stand between two backticks: no backtick, and never nothing.
fn code_content(word: &str) -> String {
    match word {
        "" => " ".to_owned(),
        _ => visible(word).replace('`', "'"),
    }
}

/// Whether `word` reads the same in Markdown as anywhere else.
fn is_harmless(word: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || " -.,/()'’·".contains(character);
    !word.contains("www.") && word.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{inline, page};
    use crate::base::text::names;
    use crate::tr;
    use crate::views::report::fixture;

    #[test]
    fn one_finding_of_each_severity() {
        assert_eq!(page(&fixture::report()), EXPECTED);
    }

    #[test]
    fn words_from_files_mean_nothing_to_markdown() {
        assert_eq!(page(&fixture::hostile()), HOSTILE);
    }

    #[test]
    fn only_harmless_words_stand_bare() {
        let shown = |word: &str| inline(&tr!("a {word}", word = word));
        assert_eq!(shown("Col·legi d’Enginyers"), "a Col·legi d’Enginyers");
        assert_eq!(shown("@aoc"), "a `@aoc`");
        assert_eq!(shown("#12"), "a `#12`");
        assert_eq!(shown("www.example.org"), "a `www.example.org`");
        assert_eq!(shown("a\nb"), "a `a\\u{a}b`");
        assert_eq!(inline(&tr!("of `{word}`", word = "")), "of ` `");
    }

    #[test]
    fn backticks_stay_in_pairs() {
        let list = inline(&tr!("{all} <b>", all = names(["a`b", "c"])));
        assert_eq!(list, "`a'b` and `c` \\<b>");
        assert_eq!(inline(&tr!("`{word}` _", word = "`x`")), "`'x'` \\_");
    }

    const EXPECTED: &str = r#"## segell: 1 finding blocks

| errors | warnings | pending | waived |
| ---: | ---: | ---: | ---: |
| 1 | 1 | 1 | 1 |

looked at 2 ens, 1 certificate, 1 batch and 3 loads in 42 files, as of 2026-11-23

0 of 4 rules hold; 1 had nothing to look at

### Errors

- `certificate-is-latest`: `sct/2025` has been superseded
  - `inventory/calendars/t/01-sct.yaml:3:37`
  - `inventory/calendars/t/01-sct.yaml:1:6`: the load is here
  - `inventory/certificates/sct/2026.yaml:1:1`: `sct/2026` is newer
  - help: load `sct/2026`, or retire it
  - waits for AOC

### Warnings

- `load-on-its-day`: the day has passed without a load
  - `inventory/calendars/t/01-sct.yaml:4:6`
  - help: load it, or move the batch

### Pending

- `confirmed-in-writing`: AEAT has not confirmed `sct/2026`
  - `inventory/certificates/sct/2026.yaml:1:1`
  - help: wait for AEAT
  - waits for AEAT

### Waived

- `certificate-is-latest`: the document is old
  - `inventory/evidence/à b.pdf:1:1`
  - help: load `sct/2026`, or retire it
  - waits for AOC
  - waived by `old-document`
"#;
    const HOSTILE: &str = r#"## segell: 1 finding blocks

| errors | warnings | pending | waived |
| ---: | ---: | ---: | ---: |
| 1 | 0 | 0 | 0 |

looked at 2 ens, 1 certificate, 1 batch and 3 loads in 42 files, as of 2026-11-23

0 of 4 rules hold; 1 had nothing to look at

### Errors

- `certificate-is-latest`: `::error::x\u{a}<script>@aoc|']]>\u{202e}\u{1b}[31m%, [a](b) {0}` is no `::error::x\u{a}<script>@aoc|']]>\u{202e}\u{1b}[31m%, [a](b) {0}`
  - `inventory/ens/a:b,\u{1b}[2J.yaml:1:17`
  - help: write `::error::x\u{a}<script>@aoc|']]>\u{202e}\u{1b}[31m%, [a](b) {0}`
  - waits for AOC
"#;
}
