//! The report for a person at a terminal: the lines in question, then what is to be done and by
//! whom, then what was looked at. Nothing hidden in a file reaches the terminal.

use std::io;
use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::{Report, message_with_cause, name_of, waiver_of};
use crate::base::hidden::is_hidden;
use crate::base::text::{Text, decimal, names, visible};
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Finding, Severity};
use crate::inventory::source::Located;
use crate::tr;
use crate::views::screen::Screen;
use crate::views::table::wrapped;

/// How many findings are shown with their lines.
const SNIPPETS: usize = 50;
/// How many waived, and how many pending findings are listed.
const LINES: usize = 200;
/// How many of the pending findings that are alike are listed, where there are more than that in all.
const ALIKE: usize = 5;
/// How few columns a message is broken to, at the least.
const NARROWEST: usize = 30;
/// How many characters of a place are underlined at most.
const UNDERLINED: usize = 80;

/// Writes the report for people, in colours if wanted.
pub(super) fn write(report: &Report, screen: &mut Screen<'_>) -> io::Result<()> {
    write_findings(report, screen)?;
    write_summary(report, screen)
}

/// Writes what was found, without what was looked at.
fn write_findings(report: &Report, screen: &mut Screen<'_>) -> io::Result<()> {
    let findings: Vec<&Finding> = report.findings.iter().filter(is_grave).collect();
    for finding in findings.iter().take(SNIPPETS) {
        write_finding(report, finding, screen)?;
        writeln!(screen.out)?;
    }
    write_rest(screen.out, findings.len(), SNIPPETS)?;
    write_waived(report, screen.out)?;
    write_pending(report, screen)
}

/// Writes what an edit came to: of findings that say the same of several ens, batches or seals the first as
/// above, and below it who the others are.
pub(super) fn write_kinds(report: &Report, screen: &mut Screen<'_>) -> io::Result<()> {
    let mut kinds: Vec<Vec<&Finding>> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Waived) {
        let of = |it: &Finding| {
            (it.rule.name, it.severity, it.actor, it.message.template, it.subject.environment)
        };
        // Of one subject each is told: its words say what is meant.
        let same = |kind: &Vec<&Finding>| {
            let is_told = kind.iter().any(|known| about(known) == about(finding));
            of(kind[0]) == of(finding) && about(finding).is_some() && !is_told
        };
        match kinds.iter_mut().find(|kind| same(kind)) {
            Some(kind) => kind.push(finding),
            None => kinds.push(vec![finding]),
        }
    }
    let (grave, pending): (Vec<_>, Vec<_>) = kinds.into_iter().partition(|kind| is_grave(&kind[0]));
    for kind in grave.iter().take(SNIPPETS) {
        write_finding(report, kind[0], screen)?;
        if let Some(others) = others(kind) {
            writeln!(screen.out, "{}", wrapped("  = ", &others.to_string(), screen.width))?;
        }
        writeln!(screen.out)?;
    }
    write_rest(screen.out, grave.len(), SNIPPETS)?;
    let rows = pending.iter().flat_map(|kind| {
        let others = others(kind).map(|others| [String::new(), String::new(), others.to_string()]);
        std::iter::once(pending_row(report, kind[0])).chain(others)
    });
    write_rows(&rows.collect::<Vec<_>>(), screen)?;
    end_of_part(screen.out, pending.len())
}

fn is_grave(finding: &&Finding) -> bool {
    matches!(finding.severity, Severity::Error | Severity::Warning)
}

/// Whom a finding's likes are about, the first apart.
fn others(kind: &[&Finding]) -> Option<Text> {
    let others: Vec<&str> = kind.iter().skip(1).filter_map(|finding| about(finding)).collect();
    (!others.is_empty()).then(|| tr!("the same: {others}", others = names(others)))
}

/// The id of what a finding is about.
fn about(finding: &Finding) -> Option<&str> {
    let subject = &finding.subject;
    let about = [&subject.ens, &subject.certificate, &subject.batch];
    about.into_iter().flatten().next().map(String::as_str)
}

fn write_finding(report: &Report, finding: &Finding, screen: &mut Screen<'_>) -> io::Result<()> {
    let renderer = if screen.colour { Renderer::styled() } else { Renderer::plain() };
    let shown = renderer.render(&[group(report, finding, screen.width)]);
    writeln!(screen.out, "{shown}")
}

/// `text`, broken between words where it is too wide behind a mark of `taken` columns: annotate-snippets
/// aligns the lines of a message, and breaks none itself.
fn broken(text: &str, taken: usize, width: Option<usize>) -> String {
    match width {
        Some(width) => wrapped("", text, Some(width.saturating_sub(taken).max(NARROWEST))),
        None => text.to_owned(),
    }
}

/// One finding: what is wrong, where, what else is involved, what to do.
fn group<'a>(report: &'a Report, finding: &'a Finding, width: Option<usize>) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => named(Level::ERROR, &tr!("error")),
        _ => named(Level::WARNING, &tr!("warning")),
    };
    let (note, help) = (named(Level::NOTE, &tr!("note")), named(Level::HELP, &tr!("help")));
    let rule = finding.rule;
    // `error[rule]: `, and `   = help: ` behind the number of a line.
    let title = broken(&message_with_cause(finding).to_string(), rule.name.len() + 12, width);
    let title = level.primary_title(title);
    let said = |text: Text| broken(&text.to_string(), 16, width);
    let mut notes = vec![
        note.clone().message(said(tr!("«{holds}»", holds = rule.holds.clone()))),
        help.message(said(finding.help.clone())),
    ];
    if let Some(actor) = finding.actor {
        notes.push(note.message(said(tr!("waits for {who}", who = name_of(actor)))));
    }
    title.id(rule.name).elements(places(report, finding)).elements(notes)
}

/// A level under the name that people read.
fn named(level: Level<'static>, name: &Text) -> Level<'static> {
    level.with_name(name.to_string())
}

/// A place with the words beside it.
struct Marked<'a> {
    located: Located<'a>,
    kind: AnnotationKind,
    label: Option<String>,
}

/// The finding's own place and the related ones, a snippet a file, in order of appearance.
fn places<'a>(report: &'a Report, finding: &Finding) -> Vec<Element<'a>> {
    let mut files: Vec<Vec<Marked<'a>>> = vec![vec![Marked {
        located: report.sources.locate(&finding.place),
        kind: AnnotationKind::Primary,
        label: finding.label.as_ref().map(ToString::to_string),
    }]];
    for related in &finding.related {
        let marked = Marked {
            located: report.sources.locate(&related.place),
            kind: AnnotationKind::Context,
            label: Some(related.message.to_string()),
        };
        match files.iter_mut().find(|file| file[0].located.file == marked.located.file) {
            Some(file) => file.push(marked),
            None => files.push(vec![marked]),
        }
    }
    files.iter().map(|file| snippet(file)).collect()
}

/// The lines of one file from its first to its last place; where there is no text, only where.
fn snippet<'a>(places: &[Marked<'_>]) -> Element<'a> {
    let path = visible(&places[0].located.file);
    let Some(text) = places[0].located.text else {
        return Origin::path(path).line(1).char_column(1).into();
    };
    let spans = || places.iter().map(|place| &place.located.bytes);
    let start = spans().map(|span| span.start).min().unwrap_or(0);
    let end = spans().map(|span| span.end).max().unwrap_or(0);
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    let first_line = places.iter().map(|place| place.located.line).min().unwrap_or(1);
    let lines = &text[start..end];
    let annotations = places.iter().map(|place| {
        let bytes = &place.located.bytes;
        annotation(lines, bytes.start - start..bytes.end - start, place)
    });
    Snippet::source(printable(lines))
        .line_start(first_line)
        .path(path)
        .annotations(annotations)
        .into()
}

/// Underlines `bytes` of `lines`, as they are once printable, and not for too long.
fn annotation<'a>(lines: &str, bytes: Range<usize>, place: &Marked<'_>) -> Annotation<'a> {
    let before = printable(&lines[..bytes.start]).len();
    let marked: String = lines[bytes].chars().take(UNDERLINED).collect();
    let span = before..before + printable(&marked).len();
    place.kind.span(span).label(place.label.clone())
}

/// `text` with each hidden character replaced by one that is seen, so that columns stay.
fn printable(text: &str) -> String {
    let seen = |character| match character {
        // The renderer knows line ends, and shows a carriage return elsewhere.
        '\r' => '\r',
        hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
        plain => plain,
    };
    text.chars().map(seen).collect()
}

fn write_waived(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.of(Severity::Waived).take(LINES) {
        let line = tr!(
            "waived[{rule}]: {message} ({place}), by `{waiver}`",
            rule = finding.rule.name,
            message = message_with_cause(finding),
            place = report.shown(&finding.place),
            waiver = waiver_of(finding),
        );
        writeln!(out, "{line}")?;
    }
    let count = report.count(Severity::Waived);
    write_rest(out, count, LINES)?;
    end_of_part(out, count)
}

/// What is still to be done, a line each, by who has to act; of very much, a few of each kind.
fn write_pending(report: &Report, screen: &mut Screen<'_>) -> io::Result<()> {
    let mut pending: Vec<&Finding> = report.of(Severity::Pending).collect();
    let is_much = pending.len() > LINES;
    let most = if is_much { ALIKE } else { LINES };
    pending.sort_by_key(|finding| {
        let kind = if is_much { finding.rule.name } else { "" };
        (finding.actor.is_none(), finding.actor, kind)
    });
    let alike = pending.chunk_by(|a, b| (a.actor, a.rule.name) == (b.actor, b.rule.name));
    let rows: Vec<[String; 3]> =
        alike.flat_map(|alike| pending_rows(report, alike, most)).collect();
    write_rows(&rows, screen)?;
    end_of_part(screen.out, pending.len())
}

/// Who, about what, and what, each under the others'; where that leaves too little room, what stands below.
fn write_rows(rows: &[[String; 3]], screen: &mut Screen<'_>) -> io::Result<()> {
    let widest =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (who, what) = (widest(0), widest(1));
    if !rows.is_empty() {
        writeln!(screen.out, "{}", tr!("pending:"))?;
    }
    let is_narrow = screen.width.is_some_and(|width| width < who + what + 6 + 2 * NARROWEST);
    for [actor, subject, message] in rows {
        let about = format!("  {actor:who$}  {subject:what$}  ");
        if is_narrow {
            let about = about.trim_end();
            if !about.is_empty() {
                writeln!(screen.out, "{about}")?;
            }
            writeln!(screen.out, "{}", wrapped("    ", message, screen.width))?;
        } else {
            writeln!(screen.out, "{}", wrapped(&about, message, screen.width))?;
        }
    }
    Ok(())
}

/// Rows of findings that are alike, and how many more there are.
fn pending_rows(report: &Report, alike: &[&Finding], most: usize) -> Vec<[String; 3]> {
    let mut rows: Vec<[String; 3]> =
        alike.iter().take(most).map(|finding| pending_row(report, finding)).collect();
    let rest = alike.len().saturating_sub(most);
    if rest > 0 {
        let rule = alike[0].rule.name;
        let actor = rows[0][0].clone();
        let more = tr!(
            "… and {count} more of `{rule}`; --format json lists them all",
            count = rest,
            rule = rule
        );
        rows.push([actor, String::new(), more.to_string()]);
    }
    rows
}

/// Who, about what, and what with its place.
fn pending_row(report: &Report, finding: &Finding) -> [String; 3] {
    let subject = &finding.subject;
    let about = [&subject.certificate, &subject.ens, &subject.batch];
    let about = about.into_iter().flatten().next().map_or_else(String::new, |id| visible(id));
    let actor = finding.actor.map_or("-", Actor::word);
    let located = report.sources.locate(&finding.place);
    let message = tr!(
        "{message}  ({file}:{line})",
        message = message_with_cause(finding),
        file = &*located.file,
        line = located.line,
    );
    [actor.to_owned(), about, message.to_string()]
}

fn write_summary(report: &Report, screen: &mut Screen<'_>) -> io::Result<()> {
    let seconds = decimal(report.elapsed.as_secs_f64(), 2);
    let last = tr!(
        "{tally}: {verdict} ({seconds} s)",
        tally = report.tally(),
        verdict = report.verdict(),
        seconds = seconds,
    );
    let lines = [report.scope(), report.checklist(), last].into_iter().chain(report.next());
    let mut lines = lines.map(|line| wrapped("", &line.to_string(), screen.width));
    lines.try_for_each(|line| writeln!(screen.out, "{line}"))
}

fn write_rest(out: &mut dyn io::Write, count: usize, shown: usize) -> io::Result<()> {
    match count.saturating_sub(shown) {
        0 => Ok(()),
        rest => {
            let rest = tr!("… and {count} more; --format json lists them all", count = rest);
            writeln!(out, "{rest}\n")
        }
    }
}

/// An empty line after a part that had something in it.
fn end_of_part(out: &mut dyn io::Write, count: usize) -> io::Result<()> {
    if count == 0 { Ok(()) } else { writeln!(out) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{write, write_kinds};
    use crate::base::hidden::first_hidden;
    use crate::inventory::finding::{Cause, Finding, Place, Severity, Spot};
    use crate::views::report::{Report, fixture};
    use crate::views::screen::Screen;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut Screen { out: &mut out, width: None, colour: false }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_finding_of_each_severity() {
        assert_eq!(written(&fixture::report()), EXPECTED);
    }

    /// An edit of ten ens that breaks one rule says so once.
    #[test]
    fn an_edit_tells_each_kind_once_and_whom_else_it_is_about() {
        let mut report = fixture::report();
        let first = report.findings[0].clone();
        let of = |number: usize| {
            let mut finding = first.clone();
            finding.subject.ens = Some(format!("ens-{number}"));
            finding
        };
        report.findings = (0..10).map(of).collect();
        let mut out = Vec::new();
        let mut screen = Screen { out: &mut out, width: Some(60), colour: false };
        write_kinds(&report, &mut screen).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown.matches("error[certificate-is-latest]").count(), 1, "{shown}");
        let others = "  = the same: `ens-1`, `ens-2`, `ens-3`, `ens-4`, `ens-5`,\n";
        assert!(shown.contains(others) && shown.contains("`ens-9`\n"), "{shown}");
        assert!(shown.lines().count() < 25, "{shown}");
        // Of one ens each is told.
        report.findings = vec![of(1), of(1)];
        let mut out = Vec::new();
        let mut screen = Screen { out: &mut out, width: None, colour: false };
        write_kinds(&report, &mut screen).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown.matches("error[certificate-is-latest]").count(), 2, "{shown}");
    }

    /// annotate-snippets breaks no line.
    #[test]
    fn words_are_broken_to_the_width_of_the_terminal() {
        let mut out = Vec::new();
        let mut screen = Screen { out: &mut out, width: Some(60), colour: false };
        write(&fixture::report(), &mut screen).unwrap();
        let shown = String::from_utf8(out).unwrap();
        let is_prose =
            |line: &&str| line.contains(' ') && !line.contains('|') && !line.starts_with("waived");
        let wide = shown.lines().filter(is_prose).find(|line| line.chars().count() > 60);
        assert_eq!(wide, None, "{shown}");
    }

    #[test]
    fn nothing_hidden_in_a_file_reaches_the_terminal() {
        let shown = written(&fixture::hostile());
        assert_eq!(first_hidden(&shown), None);
        let (finding, _) = shown.split_once("  = note").unwrap();
        assert_eq!(finding, HOSTILE);
    }

    #[test]
    fn with_a_base_the_cause_is_said() {
        let mut report = fixture::report();
        for (finding, cause) in
            report.findings.iter_mut().zip([Cause::Change, Cause::Existing, Cause::Clock])
        {
            finding.cause = Some(cause);
        }
        let shown = written(&report);
        assert!(shown.contains("]: `sct/2025` has been superseded (new)\n"));
        assert!(shown.contains("]: the day has passed without a load (existing)\n"));
        assert!(shown.contains("AEAT has not confirmed `sct/2026` (clock)  (inventory/"));
    }

    #[test]
    fn of_many_findings_the_first_fifty_have_snippets() {
        let mut report = fixture::report();
        report.findings = vec![report.findings[0].clone(); 53];
        let shown = written(&report);
        assert_eq!(shown.matches("error[certificate-is-latest]").count(), 50);
        assert!(shown.contains("\n… and 3 more; --format json lists them all\n"));
    }

    #[test]
    fn of_very_much_that_is_pending_a_few_of_each_kind_are_shown() {
        let mut report = fixture::report();
        report.findings.retain(|finding| finding.severity == Severity::Pending);
        let one = report.findings[0].clone();
        report.findings = vec![one.clone(); 200];
        let shown = written(&report);
        assert_eq!(shown.matches("AEAT has not confirmed").count(), 200);
        assert!(!shown.contains("more of"), "{shown}");
        report.findings.push(Finding { rule: &fixture::IDLE, ..one });
        let shown = written(&report);
        assert_eq!(shown.matches("AEAT has not confirmed").count(), 6);
        let rest = "… and 195 more of `confirmed-in-writing`; --format json lists them all\n";
        assert!(shown.contains(rest), "{shown}");
    }

    #[test]
    fn a_long_line_is_trimmed_around_the_place() {
        let file: Arc<str> = "inventory/ens/long.yaml".into();
        let long = "à".repeat(5_000);
        let text = format!("{{ a: \"{long}\", nif: \"{long}\", b: \"{long}\" }}\n");
        let mut report = fixture::report();
        report.sources.insert(Arc::clone(&file), text.into());
        report.findings.truncate(1);
        report.findings[0].place = Place::start(&file).key("nif");
        report.findings[0].related.clear();
        let shown = written(&report);
        assert!(shown.contains(":1:5015\n"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
        assert!(shown.contains("^ valid from 2025-02-20\n"), "{shown}");
    }

    #[test]
    fn a_place_at_any_byte_is_shown() {
        let file: Arc<str> = "inventory/ens/odd.yaml".into();
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].related.clear();
        for text in ["", "\n", "a: é\u{200b}\r\n\r\tb: c\r\n", "\u{feff}a\r", "\t\u{85}\u{2028}x"]
        {
            report.sources.insert(Arc::clone(&file), text.into());
            for (start, end) in (0..=text.len() + 1).flat_map(|at| [(at, at), (at, at + 3)]) {
                report.findings[0].place =
                    Place { file: Arc::clone(&file), spot: Spot::Bytes(start, end) };
                let located = report.sources.locate(&report.findings[0].place);
                let at = format!("odd.yaml:{}:{}\n", located.line, located.column);
                let shown = written(&report);
                assert!(shown.contains(&at), "{text:?} {start}: {at} {shown}");
                assert_eq!(first_hidden(&shown), None, "{text:?} {start}");
            }
        }
    }

    #[test]
    fn colours_are_there_only_when_wanted() {
        let mut out = Vec::new();
        let mut screen = Screen { out: &mut out, width: None, colour: true };
        write(&fixture::report(), &mut screen).unwrap();
        assert!(out.contains(&0x1b));
        assert!(!written(&fixture::report()).contains('\u{1b}'));
    }

    const EXPECTED: &str = r#"error[certificate-is-latest]: `sct/2025` has been superseded
 --> inventory/calendars/t/01-sct.yaml:3:37
  |
1 | day: 1
  |      - the load is here
2 | loads:
3 |   - { nota: "càrrega", certificate: sct/2025 }
  |                                     ^^^^^^^^ valid from 2025-02-20
  |
 ::: inventory/certificates/sct/2026.yaml:1:1
  |
1 | sha256: "00"
  | ------------ `sct/2026` is newer
  |
  = note: «el certificat que es carregarà és el darrer»
  = help: load `sct/2026`, or retire it
  = note: waits for AOC

warning[load-on-its-day]: the day has passed without a load
 --> inventory/calendars/t/01-sct.yaml:4:6
  |
4 | pre: 2026-11-20
  |      ^^^^^^^^^^
  |
  = note: «la càrrega es fa el seu dia»
  = help: load it, or move the batch

waived[certificate-is-latest]: the document is old (inventory/evidence/à b.pdf:1:1), by `old-document`

pending:
  aeat  sct/2026  AEAT has not confirmed `sct/2026`  (inventory/certificates/sct/2026.yaml:1)

looked at 2 ens, 1 certificate, 1 batch and 3 loads in 42 files, as of 2026-11-23
0 of 4 rules hold; 1 had nothing to look at
1 error, 1 warning, 1 pending, 1 waived: 1 finding blocks (0.04 s)
"#;
    const HOSTILE: &str = r#"error[certificate-is-latest]: `::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%, [a](b) {0}` is no ::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%, [a](b) {0}
 --> inventory/ens/a:b,\u{1b}[2J.yaml:1:17
  |
1 | nif: "a�b���" # ]]>
  |                 ^^^ ::error::x\u{a}<script>@aoc|`]]>\u{202e}\u{1b}[31m%, [a](b) {0}
  |
"#;
}
