//! The checklist: what was looked at, what of it holds, is pending and breaks; and a page a rule.

use maud::html;

use super::ahead::about;
use super::due::page;
use super::parts::{rest, severity};
use super::paths;
use super::tongue::Tongue;
use super::{Page, Site};
use crate::inventory::finding::{Finding, LookedAt, Rule, Severity};
use crate::tr;
use crate::views::rule::kind;

/// How many findings the page of a rule has.
const FINDINGS: usize = 250;

impl Site<'_, '_> {
    fn count(&self, rule: &str, severity: Severity) -> usize {
        let findings = self.by_rule.get(rule).into_iter().flatten();
        findings.filter(|finding| finding.severity == severity).count()
    }

    /// Every rule with its counts.
    pub(super) fn checklist(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("checklist");
        let head = [
            tr!("rule"),
            tr!("looked at"),
            tr!("holds"),
            tr!("error"),
            tr!("warning"),
            tr!("pending"),
            tr!("waived"),
        ];
        let all = [Severity::Error, Severity::Warning, Severity::Pending, Severity::Waived];
        let row = |asked: &LookedAt| {
            html! { tr {
                th scope="row" {
                    a href=(paths::rule(asked.rule.name)) { (asked.rule.name) } br; span.holds {
                        (tongue.head(&asked.rule.holds))
                    }
                }
                td data-l=(tongue.plain(&head[1])) { (asked.subjects) }
                td data-l=(tongue.plain(&head[2])) { (asked.subjects.saturating_sub(asked.found)) }
                @for (severity_of, name) in all.into_iter().zip(&head[3..]) { @let count = self.count(asked.rule.name, severity_of);
                    td data-l=(tongue.plain(name)) {
                        @if count > 0 {
                            (severity(tongue, severity_of)) " " strong { (count) }
                        }
                        @else { span.none { "0" } }
                    }
                    }
            } }
        };
        let main = html! {
            h1 { (tongue.head(&title)) }
            p.sub {
                (tongue.head(&tr!("each line of the procedure: what it was asked of, and how often it holds")))
            }
            table.stack {
                thead {
                    tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } }
                }
                tbody { @for asked in &self.outcome.looked_at { (row(asked)) } }
            }
        };
        self.page(tongue, &page("checklist.html", tongue.plain(&title)), &main)
    }

    /// One rule.
    pub(super) fn rule(&self, tongue: Tongue<'_>, rule: &'static Rule) -> String {
        let none = Vec::new();
        let findings: &Vec<&Finding> = self.by_rule.get(rule.name).unwrap_or(&none);
        let main = html! {
            h1 { code { (rule.name) } }
            p.stands { strong { (tongue.head(&rule.holds)) "." } }
            p.sub { (tongue.head(&tr!("Kind"))) ": " (tongue.say(&kind(rule.kind))) }
            h2 { (tongue.head(&tr!("Why"))) }
            p { (tongue.head(&rule.why)) "." }
            h2 { (tongue.head(&tr!("How to mend it"))) }
            p { (tongue.head(&rule.mend)) "." }
            h2 { (tongue.head(&tr!("what it finds today"))) " " span.count { (findings.len()) } }
            @if findings.is_empty() { p { (tongue.head(&tr!("nothing"))) "." } }
            ul.findings {
                @for finding in findings.iter().take(FINDINGS) {
                    (self.finding_of_rule(tongue, finding))
                }
            }
            (rest(tongue, findings.len(), FINDINGS))
        };
        let path = paths::rule(rule.name);
        self.page(
            tongue,
            &Page { path: &path, title: rule.name.to_owned(), under: "checklist.html" },
            &main,
        )
    }

    fn finding_of_rule(&self, tongue: Tongue<'_>, finding: &Finding) -> maud::Markup {
        html! { li class={ "finding" } {
            p { (severity(tongue, finding.severity)) " " (tongue.head(&finding.message)) }
            p.note { (about(tongue, &finding.subject)) }
        } }
    }
}
