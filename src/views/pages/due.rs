//! The first page: what is due and who acts, then where the ens stand. The rest of what is due, where
//! that is much, has a page of its own.

use maud::{Markup, html};

use super::parts::{filter, when, who};
use super::paths;
use super::tongue::Tongue;
use super::{Page, Site};
use crate::base::word::Word;
use crate::checklist::progress::Standing;
use crate::inventory::finding::Actor;
use crate::inventory::step::Step;
use crate::inventory::workdays::weekday;
use crate::tr;
use crate::views::status::standing;
use crate::views::today::{Task, When};

/// All that there is, the most pressing first.
const ALL: [When; 5] = [When::Overdue, When::Today, When::ThisWeek, When::Waiting, When::Next];

/// How many tasks of one kind the first page has.
const FIRST: usize = 25;

impl Site<'_, '_> {
    /// What is due.
    pub(super) fn due(&self, tongue: Tongue<'_>) -> String {
        let day = self.survey.today;
        let title = tr!("what is due on {weekday} {day}", weekday = weekday(day), day = day);
        let main = html! {
            h1 { (tongue.head(&title)) }
            div.first {
                (self.who_acts(tongue))
                div {
                    (filter(tongue, "tasks", self.today.tasks.len(), true)) div id="tasks" {
                        @for at in ALL { (self.due_at(tongue, at)) }
                    }
                }
            }
            (self.where_all_stand(tongue))
            (self.campaigns(tongue))
        };
        self.page(tongue, &page("index.html", tongue.plain(&title)), &main)
    }

    fn due_at(&self, tongue: Tongue<'_>, at: When) -> Markup {
        let tasks: Vec<&Task> = self.today.tasks.iter().filter(|task| task.when == at).collect();
        html! { @if !tasks.is_empty() || at == When::Today {
            section {
                h2 class=(class(at)) {
                    (tongue.head(&when(at))) @if !tasks.is_empty() {
                        " " span.count { (tasks.len()) }
                    }
                }
                @if tasks.is_empty() { p { (tongue.head(&tr!("nothing"))) "." } }
                ol.tasks { @for task in tasks.iter().take(FIRST) { (self.task(tongue, task)) } }
                @if tasks.len() > FIRST { p { a href="due.html" {
                    (tongue.head(&tr!("all {count} that are due", count = self.today.tasks.len())))
                } } }
            }
        } }
    }

    /// How much each has to do, and how pressing it is.
    fn who_acts(&self, tongue: Tongue<'_>) -> Markup {
        let count = |actor: Actor, at: When| {
            let of_it = |task: &&Task| task.when == at && task.actors.contains(&actor);
            self.today.tasks.iter().filter(of_it).count()
        };
        let acting = Actor::ALL
            .iter()
            .filter(|actor| self.today.tasks.iter().any(|task| task.actors.contains(actor)));
        html! { @if !self.today.tasks.is_empty() {
            table.matrix {
                caption { (tongue.head(&tr!("who has to act"))) }
                thead {
                    tr { td {} @for at in ALL { th scope="col" { (tongue.head(&when(at))) } } }
                }
                tbody { @for actor in acting { tr {
                    th scope="row" { (tongue.head(&actor.shown())) }
                    @for at in ALL { @let count = count(*actor, at);
                        td class=[(count > 0).then_some(class(at))] data-l=(tongue.plain(&when(at))) {
                            @if count > 0 { (count) } @else { span.none { "0" } }
                        }
                        }
                } } }
            }
        } }
    }

    /// How many ens stand where.
    fn where_all_stand(&self, tongue: Tongue<'_>) -> Markup {
        let waiting = self.status.waiting();
        let row = |how: Standing, count: usize, actors: Vec<Actor>| {
            html! { @if count > 0 { tr {
                th scope="row" { (tongue.head(&standing(how))) }
                td data-l=(tongue.plain(&tr!("ens"))) { (count) }
                td data-l=(tongue.plain(&tr!("who has to act"))) {
                    @if !actors.is_empty() { (tongue.actors(&actors)) }
                }
            } } }
        };
        html! {
            section {
                h2 { (tongue.head(&tr!("where the ens stand"))) }
                table.stack {
                    thead { tr { th scope="col" { (tongue.head(&tr!("where it stands"))) } th scope="col" { (tongue.head(&tr!("ens"))) }
                        th scope="col" { (tongue.head(&tr!("who has to act"))) } } }
                    tbody {
                        @for step in Step::ALL { @if let Some(at) = waiting.get(&step) {
                            (row(Standing::WaitsFor(step), at.ens, at.actors.keys().copied().collect()))
                        } }
                        @for how in [Standing::InUse, Standing::Ceased] {
                            (row(how, self.status.count(how), Vec::new()))
                        }
                    }
                }
                p {
                    a href="ens.html" {
                        (tongue.head(&tr!("each ens, and what it has in PRE and in PRO")))
                    }
                }
            }
        }
    }

    /// How far each calendar has come.
    fn campaigns(&self, tongue: Tongue<'_>) -> Markup {
        html! { section {
            h2 { (tongue.head(&tr!("how far each calendar has come"))) }
            @for (place, (name, batches)) in self.calendars().iter().enumerate() {
                h3 { a href=(paths::calendar(name)) { (name) } }
                (self.come(tongue, &format!("c{place}"), name, batches))
            }
        } }
    }

    /// Everything that is due, in one table.
    pub(super) fn all_due(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("all that is due");
        let row = |task: &Task| {
            html! { tr data-who=(who(&task.actors)) {
                td {
                    (tongue.head(&when(task.when)))
                }
                td { (tongue.day(task.day)) } td { (tongue.actors(&task.actors)) }
                td { (tongue.head(&task.what)) } td {
                    @if let Some(batch) = &task.batch { (tongue.code(batch)) }
                }
            } }
        };
        let head = [tr!("when"), tr!("day"), tr!("who has to act"), tr!("what"), tr!("batch")];
        let main = html! {
            h1 { (tongue.head(&title)) }
            (filter(tongue, "tasks", self.today.tasks.len(), true))
            table.stack id="tasks" {
                thead {
                    tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } }
                }
                tbody { @for task in &self.today.tasks { (row(task)) } }
            }
        };
        let page = Page { path: "due.html", title: tongue.plain(&title), under: "index.html" };
        self.page(tongue, &page, &main)
    }
}

/// A page of the way.
pub fn page(path: &'static str, title: String) -> Page<'static> {
    Page { path, title, under: path }
}

fn class(when: When) -> &'static str {
    match when {
        When::Overdue => "overdue",
        When::Today => "today",
        When::ThisWeek => "this-week",
        When::Waiting => "waiting",
        When::Next => "next",
    }
}
