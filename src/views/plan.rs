//! A plan for people and for programs.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use crate::base::hidden::is_hidden;
use crate::base::text::{Argument, Text, names, visible};
use crate::inventory::finding::Severity;
use crate::pipeline::git::full_id;
use crate::pipeline::log::Step;
use crate::planning::plan::{Event, Field, FileChange, ManifestChange, Plan, Subject};
use crate::tr;
use crate::views::pages;
use crate::views::report::markdown::inline;
use crate::views::screen::{Format, Offer, View};

/// The most characters that a forge takes in a comment, with room for what it adds.
const LARGEST: usize = 65_000;

/// Room for the line that says what was left out.
const NOTE: usize = 400;

/// Up to so many lines a summary lists; beyond, it counts what is alike.
const LISTED: usize = 200;

impl View for Plan {
    fn offers() -> Vec<Offer<Plan>> {
        vec![
            Offer(Format::Human, "For a terminal", |plan, screen| page(plan, screen.out)),
            Offer(
                Format::Markdown,
                "For a comment on a pull request: below 65,536 characters, the summary always whole",
                |plan, screen| screen.out.write_all(markdown(plan).as_bytes()),
            ),
            Offer(Format::Html, "One page, for a browser: to attach or to send", |plan, screen| {
                pages::write_plan(plan, screen.out)
            }),
            Offer(Format::Json, "`schemas/plan.schema.json`", |plan, screen| {
                let json = serde_json::to_string_pretty(plan)?;
                writeln!(screen.out, "{}", escaped_in_json(&json))
            }),
        ]
    }
}

/// A plan with every value that changes, and the manifests line by line.
pub struct Full<'p>(pub &'p Plan);

impl View for Full<'_> {
    fn offers() -> Vec<Offer<Self>> {
        vec![
            Offer(Format::Human, "For a terminal", |Full(plan), screen| full(plan, screen.out)),
            Offer(Format::Markdown, "For a comment", |Full(plan), screen| {
                plan.show(Format::Markdown, screen)
            }),
            Offer(Format::Html, "One page, for a browser", |Full(plan), screen| {
                plan.show(Format::Html, screen)
            }),
            Offer(Format::Json, "For programs", |Full(plan), screen| {
                plan.show(Format::Json, screen)
            }),
        ]
    }
}

/// JSON of the same value in which no character hides: each is written as its escape.
fn escaped_in_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) && !character.is_ascii() {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            shown.extend(units.map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The first line.
pub(super) fn title(plan: &Plan) -> Text {
    let (base, head) = (short(&plan.base), short(&plan.head));
    match plan.is_empty() {
        true => tr!("nothing changes from {base} to {head}", base = base, head = head),
        false => tr!("what changes from {base} to {head}", base = base, head = head),
    }
}

/// Who wrote it, where that keeps no reviewer from approving it.
fn authors(plan: &Plan) -> Vec<Text> {
    let mut lines = Vec::new();
    let unknown: Vec<&str> = plan
        .wrote
        .iter()
        .filter(|author| author.reviewer.is_none())
        .map(|author| author.email.as_str())
        .collect();
    if !unknown.is_empty() {
        let authors = names(unknown);
        lines
            .push(tr!("written from addresses that no reviewer has: {authors}", authors = authors));
    }
    if !plan.nobodys.is_empty() {
        let commits = names(plan.nobodys.iter().map(|id| short(id)));
        lines.push(tr!("nobody knows who wrote {commits}", commits = commits));
    }
    lines
}

fn short(id: &str) -> String {
    full_id(id).map_or_else(|_| id.to_owned(), crate::pipeline::git::short)
}

/// The summary: every event, or, of very many, the first of each kind and how many more there are;
/// then who wrote it.
pub(super) fn summary(plan: &Plan) -> Vec<Text> {
    let mut lines = events(plan);
    lines.extend(authors(plan));
    lines
}

fn events(plan: &Plan) -> Vec<Text> {
    const FIRST: usize = 5;
    let mut lines = Vec::new();
    let is_long = plan.summary.len() > LISTED;
    for kind in plan.summary.chunk_by(|a: &Event, b: &Event| a.what == b.what) {
        let told = alike(kind);
        let shown = if is_long { told.len().min(FIRST) } else { told.len() };
        let more: usize = told[shown..].iter().map(|(_, count)| count).sum();
        lines.extend(told.into_iter().take(shown).map(|(line, _)| line));
        if more > 0 {
            lines.push(tr!("… and {more} more of this kind", more = more));
        }
    }
    lines
}

/// The fewest events that are told together.
const ALIKE: usize = 3;

/// The arguments of a sentence that say whom it is about.
const WHOM: [&str; 3] = ["ens", "certificate", "what"];

/// The lines of events of one kind, and how many events each tells: those that say the same of several are
/// one line, with all of whom it is said.
fn alike(events: &[Event]) -> Vec<(Text, usize)> {
    let mut groups: Vec<(Text, Vec<&Event>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in events {
        let said = said(&event.message);
        let place = *places.entry(format!("{said:?}")).or_insert_with(|| {
            groups.push((said, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(event);
    }
    let lines = |(said, events): (Text, Vec<&Event>)| -> Vec<(Text, usize)> {
        if events.len() < ALIKE {
            return events.iter().map(|event| (event.message.clone(), 1)).collect();
        }
        let whom = events.iter().map(|event| Argument::Word(whom(&event.message)));
        let line = tr!(
            "for each of {count}, {whom}: {what}",
            count = events.len(),
            whom = Argument::List(whom.collect()),
            what = said
        );
        vec![(line, events.len())]
    };
    groups.into_iter().flat_map(lines).collect()
}

/// What a sentence says, whoever it is about.
fn said(message: &Text) -> Text {
    let mut said = message.clone();
    for (name, argument) in &mut said.arguments {
        if WHOM.contains(name) {
            *argument = Argument::from("…");
        }
    }
    said
}

/// Whom a sentence is about.
fn whom(message: &Text) -> String {
    let about = message.arguments.iter().filter(|(name, _)| WHOM.contains(name));
    let words: Vec<String> =
        about.map(|(_, word)| tr!("{word}", word = word.clone()).to_string()).collect();
    words.join(" · ")
}

/// What happens to a manifest, line by line.
pub(super) fn steps(change: &ManifestChange) -> Vec<Text> {
    if change.broken {
        return vec![tr!("no manifest: the inventory is not sound")];
    }
    const MOST: usize = 50;
    let mut lines = Vec::new();
    let mut tell = |steps: &[Step], told: fn(Text) -> Text| {
        lines.extend(steps.iter().take(MOST).map(|step| told(step.told())));
        if steps.len() > MOST {
            lines.push(tr!("… and {more} more of this kind", more = steps.len() - MOST));
        }
    };
    tell(&change.gains, |step| tr!("to load: {step}", step = step));
    tell(&change.loses, |step| tr!("no longer to load: {step}", step = step));
    // What is loaded, restored or taken out is there in the end: that is told once.
    let is_told = |step: &&Step| {
        let same =
            |other: &Step| (&other.ens, &other.certificate) == (&step.ens, &step.certificate);
        let removed = |other: &Step| step.certificate.is_none() && other.ens == step.ens;
        !change.gains.iter().any(same)
            && !change.restores.iter().any(same)
            && !change.removes.iter().any(removed)
    };
    let besides: Vec<Step> = change.replaces.iter().filter(is_told).cloned().collect();
    tell(&besides, |step| tr!("in the end: {step}", step = step));
    tell(&change.restores, |step| tr!("to restore: {step}", step = step));
    tell(&change.removes, |step| tr!("to take out for good: {step}", step = step));
    if lines.is_empty() {
        lines.push(match change.is_empty() {
            true => tr!("no change"),
            false => tr!("the same loads; see the lines that change"),
        });
    }
    lines
}

fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Error => tr!("error"),
        Severity::Warning => tr!("warning"),
        Severity::Pending => tr!("pending"),
        Severity::Waived => tr!("waived"),
    }
}

/// One page: what it means, what the manifests gain and lose, what `check` finds.
fn page(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    meaning(plan, out)?;
    if plan.is_empty() {
        return Ok(());
    }
    findings(plan, out, MOST_FINDINGS)?;
    let files = plan.subjects.len() + plan.outside.len();
    writeln!(
        out,
        "\n{}",
        tr!(
            "every value of the {files} that change, and the manifests line by line: `segell plan {base} {head} --full`",
            files = tr!(count = files; one "{count} file", many "{count} files"),
            base = short(&plan.base),
            head = short(&plan.head)
        )
    )
}

/// What it means, and what the manifests gain and lose.
fn meaning(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", title(plan))?;
    if plan.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    summary(plan).iter().try_for_each(|line| writeln!(out, "  • {line}"))?;
    for change in &plan.manifests {
        writeln!(
            out,
            "\n{}",
            tr!("the manifest of {environment}", environment = change.environment.shown())
        )?;
        steps(change).iter().try_for_each(|line| writeln!(out, "  • {line}"))?;
    }
    Ok(())
}

/// All there is: every value too, and the manifests line by line.
fn full(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    meaning(plan, out)?;
    if plan.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", tr!("value by value"))?;
    for subject in &plan.subjects {
        writeln!(out, "  {}", subject_title(subject))?;
        subject.fields.iter().try_for_each(|field| writeln!(out, "    {}", field_line(field)))?;
    }
    for file in &plan.outside {
        writeln!(out, "  {}", file_title(file))?;
    }
    for change in plan.manifests.iter().filter(|change| !change.diff.is_empty()) {
        writeln!(
            out,
            "\n{}",
            tr!(
                "the manifest of {environment}, line by line",
                environment = change.environment.shown()
            )
        )?;
        for line in change.diff.lines() {
            writeln!(out, "  {}", visible(line))?;
        }
    }
    findings(plan, out, usize::MAX)
}

/// How many findings of a rule a page has.
const MOST_FINDINGS: usize = 5;

/// What `check` newly finds, of each rule so many.
fn findings(plan: &Plan, out: &mut dyn Write, most: usize) -> io::Result<()> {
    writeln!(out, "\n{}", findings_title(plan))?;
    let mut told: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for found in &plan.findings {
        let count = told.entry((found.severity, &found.rule)).or_default();
        *count += 1;
        if *count > most {
            continue;
        }
        let (file, line) = (&found.file, found.line);
        writeln!(
            out,
            "  {} ({}): {}  ({}:{line})",
            severity(found.severity),
            found.rule,
            found.message,
            visible(file)
        )?;
    }
    for ((grave, rule), count) in told.into_iter().filter(|(_, count)| *count > most) {
        let more = tr!(
            "{severity} ({rule}): {more} more",
            severity = severity(grave),
            rule = rule,
            more = count - most
        );
        writeln!(out, "  {more}")?;
    }
    Ok(())
}

pub(super) fn findings_title(plan: &Plan) -> Text {
    match plan.findings.len() {
        0 => tr!("`check` finds nothing new"),
        count => tr!(count = count;
            one "`check` finds {count} thing that it did not find before",
            many "`check` finds {count} things that it did not find before"),
    }
}

pub(super) fn subject_title(subject: &Subject) -> Text {
    let FileChange { path, old, new } = &subject.file;
    if subject.form_only {
        return tr!("{file}, in form only: comments, order or spacing", file = path);
    }
    if subject.fields.is_empty() {
        return file_title(&subject.file);
    }
    match (old, new) {
        (None, _) => tr!("{file}, new", file = path),
        (_, None) => tr!("{file}, deleted", file = path),
        _ => tr!("{file}", file = path),
    }
}

pub(super) fn file_title(file: &FileChange) -> Text {
    let path = &file.path;
    match (&file.old, &file.new) {
        (Some(old), Some(new)) => {
            tr!("{file} ({old} → {new})", file = path, old = digest(old), new = digest(new))
        }
        (None, Some(new)) => tr!("{file}, new ({new})", file = path, new = digest(new)),
        (Some(old), None) => tr!("{file}, deleted ({old})", file = path, old = digest(old)),
        (None, None) => tr!("{file}", file = path),
    }
}

/// A file's description with its digest cut to what a person compares.
fn digest(described: &str) -> String {
    match described.split_once("sha256:") {
        Some((before, digest)) => format!("{before}sha256:{}…", &digest[..digest.len().min(12)]),
        None => described.to_owned(),
    }
}

pub(super) fn field_line(field: &Field) -> Text {
    let name = match &field.label {
        Some(label) => Argument::from(label.clone()),
        None => Argument::from(field.name.as_str()),
    };
    if let Some(words) = field.words() {
        return tr!("{name}: {words}", name = name, words = words);
    }
    match (&field.old, &field.new) {
        (Some(old), Some(new)) => tr!("{name}: {old} → {new}", name = name, old = old, new = new),
        (None, Some(new)) => tr!("+ {name}: {new}", name = name, new = new),
        (Some(old), None) => tr!("- {name}: {old}", name = name, old = old),
        (None, None) => tr!("{name}", name = name),
    }
}

/// A part of the comment that may be left out.
struct Detail {
    title: Text,
    body: String,
}

fn markdown(plan: &Plan) -> String {
    let mut page = format!("### {}\n\n", inline(&title(plan)));
    if plan.is_empty() {
        return page;
    }
    for line in summary(plan) {
        page += &format!("- {}\n", inline(&line));
    }
    for change in &plan.manifests {
        let title = tr!("The manifest of {environment}", environment = change.environment.shown());
        page += &format!("\n**{}**\n\n", inline(&title));
        for line in steps(change) {
            page += &format!("- {}\n", inline(&line));
        }
    }
    page = fitting(page, plan);
    let mut left_out = 0_usize;
    for detail in details(plan) {
        let block = format!(
            "\n<details><summary>{}</summary>\n\n{}\n</details>\n",
            inline(&detail.title),
            detail.body
        );
        if page.chars().count() + block.chars().count() > LARGEST - NOTE {
            left_out += 1;
        } else {
            page += &block;
        }
    }
    if left_out > 0 {
        let note = tr!(count = left_out;
            one "{count} part of the details is too long for a comment; see all with `segell plan`",
            many "{count} parts of the details are too long for a comment; see all with `segell plan`");
        page += &format!("\n{}\n", inline(&note));
    }
    page
}

/// A summary whose very words are too long for a comment is counted instead.
fn fitting(page: String, plan: &Plan) -> String {
    if page.chars().count() <= LARGEST - NOTE {
        return page;
    }
    let mut short = format!("### {}\n\n", inline(&title(plan)));
    for alike in plan.summary.chunk_by(|a, b| a.what == b.what) {
        let first: String = inline(&alike[0].message).chars().take(300).collect();
        let text = tr!("{count} of this kind, the first of which:", count = alike.len());
        short += &format!(
            "- {} {}\n",
            inline(&text),
            if first.matches('`').count() % 2 == 1 { first + "`" } else { first }
        );
    }
    for change in &plan.manifests {
        let text = tr!(
            "{environment}: {gains} more to load, {loses} fewer, {replaces} replaced, {restores} to restore",
            environment = change.environment.shown(),
            gains = change.gains.len(),
            loses = change.loses.len(),
            replaces = change.replaces.len(),
            restores = change.restores.len()
        );
        short += &format!("- {}\n", inline(&text));
    }
    short
}

fn details(plan: &Plan) -> Vec<Detail> {
    let mut details = Vec::new();
    if !plan.findings.is_empty() {
        let body = plan.findings.iter().map(|found| {
            let text = tr!(
                "{severity} ({rule}): {message} ({file}:{line})",
                severity = severity(found.severity),
                rule = found.rule.as_str(),
                message = found.message.clone(),
                file = &found.file,
                line = found.line
            );
            format!("- {}\n", inline(&text))
        });
        details.push(Detail { title: findings_title(plan), body: body.collect() });
    }
    for subject in &plan.subjects {
        let body = subject.fields.iter().map(|field| format!("- {}\n", inline(&field_line(field))));
        details.push(Detail { title: subject_title(subject), body: body.collect() });
    }
    if !plan.outside.is_empty() {
        let body = plan.outside.iter().map(|file| format!("- {}\n", inline(&file_title(file))));
        details.push(Detail { title: tr!("outside `inventory/`"), body: body.collect() });
    }
    for change in plan.manifests.iter().filter(|change| !change.diff.is_empty()) {
        let lines = change.diff.lines().map(|line| visible(line) + "\n");
        let environment = change.environment.shown();
        details.push(Detail {
            title: tr!("the manifest of {environment}, line by line", environment = environment),
            body: fenced(&lines.collect::<String>()),
        });
    }
    details
}

/// A block of code that nothing in it can end.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}diff\n{text}{fence}\n")
}
