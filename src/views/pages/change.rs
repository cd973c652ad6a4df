//! What a change means: a page of the site, and the plan as one file.

use std::io::{self, Write};

use maud::{Markup, html};

use super::Site;
use super::due::page;
use super::frame::alone;
use super::parts::severity;
use super::tongue::Tongue;
use crate::base::language::Language;
use crate::base::text::visible;
use crate::planning::plan::Plan;
use crate::tr;
use crate::views::plan::{
    field_line, file_title, findings_title, steps, subject_title, summary, title,
};

/// The most bytes of details that a page of the site has.
const LARGEST: usize = 200_000;

/// Writes the plan as one page, in the language that is spoken.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let tongue = Tongue { language: Language::spoken(), up: "", known: None };
    let main = html! {
        h1 { (tongue.head(&title(plan))) }
        (meaning(tongue, plan))
        @for detail in details(tongue, plan) { (detail) }
    };
    out.write_all(alone(tongue, &tongue.plain(&title(plan)), &main).as_bytes())
}

impl Site<'_, '_> {
    /// The change that the site was asked about.
    pub(super) fn change(&self, tongue: Tongue<'_>, plan: &Plan) -> String {
        let mut room = LARGEST;
        let all = details(tongue, plan);
        let count = all.len();
        let fits = |detail: &Markup| {
            room = room.saturating_sub(detail.0.len());
            room > 0
        };
        let shown: Vec<Markup> = all.into_iter().take_while(fits).collect();
        let main = html! {
            h1 { (tongue.head(&title(plan))) }
            (meaning(tongue, plan))
            @for detail in &shown { (detail) }
            @if shown.len() < count {
                p.note {
                    (tongue.say(&tr!("… and {count} more; `segell plan --format html` has them all", count = count - shown.len())))
                }
            }
        };
        self.page(tongue, &page("change.html", tongue.plain(&tr!("the change"))), &main)
    }
}

/// What it means, and what the manifests gain and lose.
fn meaning(tongue: Tongue<'_>, plan: &Plan) -> Markup {
    html! {
        p.sub { (tongue.head(&tr!("as of {day}", day = plan.as_of.as_str()))) }
        @if !plan.is_empty() {
            ul.summary { @for line in summary(plan) { li { (tongue.head(&line)) } } }
            div.cards { @for change in &plan.manifests { div.card {
                h2 {
                    (tongue.head(&tr!("the manifest of {environment}", environment = change.environment.shown())))
                }
                ul { @for line in steps(change) { li { (tongue.head(&line)) } } }
            } } }
        }
    }
}

/// Everything else, each behind its title.
fn details(tongue: Tongue<'_>, plan: &Plan) -> Vec<Markup> {
    let mut details = Vec::new();
    if !plan.is_empty() {
        details.push(html! { details open[!plan.findings.is_empty()] {
            summary { (tongue.head(&findings_title(plan))) }
            ul.findings { @for found in &plan.findings { li.finding {
                p { (severity(tongue, found.severity)) " " (tongue.head(&found.message)) }
                p.note {
                    (visible(&found.rule)) " · " code { (visible(&found.file)) ":" (found.line) }
                }
            } } }
        } });
    }
    for subject in &plan.subjects {
        details.push(html! { details {
            summary { (tongue.head(&subject_title(subject))) }
            ul { @for field in &subject.fields { li { (tongue.say(&field_line(field))) } } }
        } });
    }
    if !plan.outside.is_empty() {
        details.push(html! { details {
            summary { (tongue.head(&tr!("outside `inventory/`"))) }
            ul { @for file in &plan.outside { li { (tongue.say(&file_title(file))) } } }
        } });
    }
    for change in plan.manifests.iter().filter(|change| !change.diff.is_empty()) {
        let title = tr!(
            "the manifest of {environment}, line by line",
            environment = change.environment.shown()
        );
        details.push(html! { details {
            summary { (tongue.head(&title)) }
            pre.diff tabindex="0" { @for line in change.diff.lines() {
                @match line.as_bytes().first() {
                    Some(b'+') => { ins { (visible(line)) } }
                    Some(b'-') => { del { (visible(line)) } }
                    _ => { (visible(line)) }
                } "\n"
            } }
        } });
    }
    details
}
