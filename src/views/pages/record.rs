//! The approval record of both environments: who approved for AOC and for SIAD, whether all of it verifies
//! now, and what was asked to be loaded.

use maud::{Markup, html};

use super::due::page;
use super::parts::{mark, rest};
use super::paths;
use super::tongue::Tongue;
use super::{Page, Record, Site};
use crate::base::text::{Text, visible};
use crate::pipeline::log::{Entry, Log, Step};
use crate::tr;

/// How many steps of one kind a promotion tells.
const STEPS: usize = 300;

impl Site<'_, '_> {
    /// The record of both environments.
    pub(super) fn record(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("approval record");
        let main = html! {
            h1 { (tongue.head(&title)) }
            @for record in self.records { (self.record_of(tongue, record)) }
        };
        self.page(tongue, &page("record.html", tongue.plain(&title)), &main)
    }

    fn record_of(&self, tongue: Tongue<'_>, record: &Record) -> Markup {
        let head = [
            tr!("promotion"),
            tr!("day"),
            tr!("AOC"),
            tr!("SIAD"),
            tr!("loads"),
            tr!("does it verify now"),
        ];
        html! { section {
            h2 { (record.environment.shown()) }
            @match &record.log {
                None => {
                    p {
                        (tongue.head(&tr!("nothing has been promoted yet, as far as this repository knows"))) "."
                    }
                }
                Some(log) => {
                    p.stands { strong { (verdict(tongue, log)) } }
                    table.stack {
                        thead {
                            tr { @for name in &head { th scope="col" { (tongue.head(name)) } } }
                        }
                        tbody { @for entry in &log.entries { tr {
                            th scope="row" {
                                a href=(paths::promotion(entry)) { code { (&entry.commit[..12]) } }
                            }
                            td data-l=(tongue.plain(&head[1])) {
                                (visible(entry.day.as_deref().unwrap_or("–")))
                            }
                            td data-l=(tongue.plain(&head[2])) { (who(entry, "AOC")) }
                            td data-l=(tongue.plain(&head[3])) { (who(entry, "SIAD")) }
                            td data-l=(tongue.plain(&head[4])) { (entry.loads.len()) }
                            td data-l=(tongue.plain(&head[5])) { (holds(tongue, log, entry)) }
                        } } }
                    }
                }
            }
        } }
    }

    /// One promotion.
    pub(super) fn promotion(&self, tongue: Tongue<'_>, entry: &Entry) -> String {
        let title = match entry.root {
            true => tr!("root of {environment}", environment = entry.environment.shown()),
            false => tr!("promotion to {environment}", environment = entry.environment.shown()),
        };
        let log = self
            .records
            .iter()
            .filter(|it| it.environment == entry.environment)
            .find_map(|it| it.log.as_ref());
        let main = html! {
            h1 { (tongue.head(&title)) " " code { (&entry.commit[..12]) } }
            @if let Some(log) = log { p.stands { strong { (holds(tongue, log, entry)) } } }
            @for why in &entry.refused { p.refused { (mark("✗")) (tongue.head(why)) } }
            (approvals(tongue, entry))
            (steps(tongue, &tr!("loads"), &entry.loads))
            (steps(tongue, &tr!("restores"), &entry.restores))
            (steps(tongue, &tr!("removes"), &entry.removes))
            section { h2 { (tongue.head(&tr!("numbers"))) } dl {
                dt {
                    (tongue.head(&tr!("day")))
                }
                dd { (visible(entry.day.as_deref().unwrap_or("–"))) }
                dt { (tongue.head(&tr!("commit"))) } dd { code { (entry.commit) } }
                dt {
                    (tongue.head(&tr!("the commit of `main` that it holds")))
                }
                dd { code { (entry.main) } }
                dt {
                    (tongue.head(&tr!("manifest")))
                }
                dd { code { (entry.manifest.as_deref().unwrap_or("–")) } }
                dt {
                    (tongue.head(&tr!("written by")))
                }
                @for email in &entry.wrote { dd { (visible(email)) } } @if entry.wrote.is_empty() { dd { "–" } }
                dt { (tongue.head(&tr!("promoted by"))) } dd { (visible(&entry.committer)) }
            } }
        };
        let path = paths::promotion(entry);
        let title = format!("{} {}", tongue.plain(&title), &entry.commit[..12]);
        self.page(tongue, &Page { path: &path, title, under: "record.html" }, &main)
    }
}

/// Whether the record holds as a whole.
fn verdict(tongue: Tongue<'_>, log: &Log) -> Markup {
    match (log.verified, log.is_refused()) {
        (false, _) => {
            html! { (mark("?")) (tongue.head(&tr!("not verified: where these pages were made no root is listed, from which it could be"))) }
        }
        (true, false) => {
            html! { (mark("✓")) (tongue.head(&tr!("every signature and rule holds, each on its own day"))) }
        }
        (true, true) => html! { (mark("✗")) (tongue.head(&tr!("the record does not hold"))) },
    }
}

/// Whether one entry does.
fn holds(tongue: Tongue<'_>, log: &Log, entry: &Entry) -> Markup {
    let (sign, word): (&str, Text) = match () {
        () if !log.verified => ("?", tr!("not verified")),
        () if !entry.refused.is_empty() => ("✗", tr!("does not hold")),
        () if entry.root => ("◇", tr!("a root, listed by an administrator")),
        () if entry.before_root => ("–", tr!("before the root")),
        () => ("✓", tr!("every signature verifies")),
    };
    html! { (mark(sign)) (tongue.head(&word)) }
}

fn who(entry: &Entry, role: &str) -> Markup {
    let of_role: Vec<String> = entry
        .approved
        .iter()
        .filter(|who| who.role == role)
        .map(|who| visible(&who.name))
        .collect();
    html! { @if of_role.is_empty() { span.none { "–" } } @else { (of_role.join(", ")) } }
}

fn approvals(tongue: Tongue<'_>, entry: &Entry) -> Markup {
    html! { section {
        h2 { (tongue.head(&tr!("who approved"))) }
        @if entry.approved.is_empty() { p { (tongue.head(&tr!("nobody"))) "." } }
        @else { ul.plain { @for who in &entry.approved {
            li {
                strong { (visible(&who.name)) } " · " (visible(&who.role)) " · " (visible(&who.email))
            }
        } } }
    } }
}

fn steps(tongue: Tongue<'_>, title: &Text, steps: &[Step]) -> Markup {
    html! { @if !steps.is_empty() { section {
        h2 { (tongue.head(title)) " " span.count { (steps.len()) } }
        ul.plain { @for step in steps.iter().take(STEPS) { li {
            (tongue.code(&step.ens)) " "
            @if let Some(seal) = &step.certificate { (mark("→")) (tongue.code(seal)) " " }
            @if let Some(old) = &step.replaces {
                (tongue.say(&tr!("in place of"))) " " (tongue.code(old)) " "
            }
            @if step.proved_in_pre { (tongue.say(&tr!("proved in PRE"))) }
        } } }
        (rest(tongue, steps.len(), STEPS))
    } } }
}
