//! What breaks if nobody acts, and the last day on which somebody can.

use maud::{Markup, html};

use super::Site;
use super::due::page;
use super::parts::{filter, severity, who};
use super::paths;
use super::tongue::Tongue;
use crate::base::text::Text;
use crate::base::time::days_between;
use crate::checklist::forecast::Break;
use crate::inventory::finding::{Actor, Subject};
use crate::tr;

impl Site<'_, '_> {
    /// All that breaks within the forecast.
    pub(super) fn ahead(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("what breaks if nobody acts");
        let until = tr!(
            "from {today} to {until}",
            today = self.forecast.today,
            until = self.forecast.until
        );
        let breaks: Vec<&Break> = self.forecast.breaks.iter().collect();
        let main = html! {
            h1 { (tongue.head(&title)) " " span.count { (breaks.len()) } }
            p.sub { (tongue.head(&until)) }
            @if breaks.is_empty() { p { (tongue.head(&tr!("nothing"))) "." } }
            @else { (filter(tongue, "all", breaks.len(), true)) (self.breaks(tongue, &breaks)) }
        };
        self.page(tongue, &page("ahead.html", tongue.plain(&title)), &main)
    }

    /// Things that break, in a table.
    pub(super) fn breaks(&self, tongue: Tongue<'_>, breaks: &[&Break]) -> Markup {
        let head =
            [tr!("last day to act"), tr!("first bad day"), tr!("what"), tr!("who has to act")];
        html! { table.stack id="all" {
            thead { tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } } }
            tbody { @for item in breaks { (self.row_of_break(tongue, item, &head)) } }
        } }
    }

    fn row_of_break(&self, tongue: Tongue<'_>, item: &Break, head: &[Text; 4]) -> Markup {
        let finding = &item.finding;
        let actors: Vec<Actor> = finding.actor.into_iter().collect();
        html! { tr data-who=(who(&actors)) {
            td data-l=(tongue.plain(&head[0])) { @match item.act_by {
                Some(day) => {
                    (tongue.day(day)) @if days_between(self.survey.today, day) < 0 {
                        " " strong { (tongue.say(&tr!("it has passed"))) }
                    }
                }
                None => { span.none { "–" } }
            } }
            td data-l=(tongue.plain(&head[1])) { (tongue.day(item.day)) }
            td data-l=(tongue.plain(&head[2])) { (severity(tongue, finding.severity)) " " (tongue.head(&finding.message)) " "
                (about(tongue, &finding.subject)) a href={ (tongue.up) (paths::rule(finding.rule.name)) } { (finding.rule.name) } }
            td data-l=(tongue.plain(&head[3])) {
                @if actors.is_empty() { span.none { "–" } } @else { (tongue.actors(&actors)) }
            }
        } }
    }
}

/// What something is about, where that has pages.
pub fn about(tongue: Tongue<'_>, subject: &Subject) -> Markup {
    let ids = subject.ens.iter().chain(&subject.certificate).chain(&subject.batch);
    html! { @for id in ids { (tongue.code(id)) " " } }
}
