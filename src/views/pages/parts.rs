//! What several pages have: tasks, findings, events, states, and the form that filters a list.

use maud::{Markup, html};

use super::Site;
use super::paths;
use super::tongue::Tongue;
use crate::base::text::{Text, visible};
use crate::base::word::Word;
use crate::checklist::history::{Event, Kind};
use crate::checklist::progress::Moment;
use crate::checklist::rules::identity::evidence_intact::is_ticket;
use crate::inventory::finding::{Actor, Environment, Finding, Severity};
use crate::pipeline::log::Entry;
use crate::tr;
use crate::views::show::Sheet;
use crate::views::today::{Task, When};

/// How many ens are listed beside something that is about many.
const LISTED: usize = 30;

/// How many findings are told of one thing.
const FINDINGS: usize = 60;

/// How many events are told of one thing.
const EVENTS: usize = 250;

/// The words that a row is filtered by: who has to act.
pub fn who(actors: &[Actor]) -> String {
    actors.iter().map(|actor| actor.word()).collect::<Vec<_>>().join(" ")
}

/// A state in a word, with its mark: never by its colour alone.
pub fn moment(tongue: Tongue<'_>, moment: Moment) -> Markup {
    html! { span class={ "state " (moment.word()) } { (mark(moment.mark())) (tongue.say(&moment.shown())) } }
}

/// A mark that is said in words beside it.
pub fn mark(mark: &str) -> Markup {
    html! { span aria-hidden="true" { (mark) " " } }
}

/// A list as long as this is looked over without help.
const SHORT: usize = 8;

/// What narrows the list of this id, which has so many rows, once the script is there: by words, and by who
/// has to act.
pub fn filter(tongue: Tongue<'_>, list: &str, rows: usize, by_actor: bool) -> Markup {
    html! { @if rows > SHORT {
        form.filter data-filter=(list) hidden {
            label {
                span {
                    (tongue.head(&tr!("only with these words")))
                }
                input type="search" autocomplete="off" spellcheck="false";
            }
            @if by_actor { label { span { (tongue.head(&tr!("who has to act"))) } select {
                option value="" { (tongue.head(&tr!("anybody"))) }
                @for actor in Actor::ALL {
                    option value=(actor.word()) { (tongue.plain(&actor.shown())) }
                }
            } } }
            output aria-live="polite" {}
        }
    } }
}

/// How pressing something is, in words.
pub fn when(when: When) -> Text {
    match when {
        When::Overdue => tr!("overdue"),
        When::Today => tr!("today"),
        When::ThisWeek => tr!("this week"),
        When::Waiting => tr!("waiting"),
        When::Next => tr!("after this week"),
    }
}

impl Site<'_, '_> {
    /// Something to be done.
    pub(super) fn task(&self, tongue: Tongue<'_>, task: &Task) -> Markup {
        html! {
            li.task data-who=(who(&task.actors)) {
                p.of { (tongue.day(task.day)) " " (tongue.actors(&task.actors))
                    @if let Some(batch) = &task.batch { (tongue.code(batch)) } }
                p.what { (tongue.head(&task.what)) }
                @for note in &task.notes { p.note { (tongue.head(note)) } }
                @if !task.commands.is_empty() {
                    details { summary { (tongue.head(&tr!("how it is done, or recorded"))) }
                        @for command in &task.commands {
                            pre tabindex="0" { code { (visible(command)) } }
                        }
                        }
                }
            }
        }
    }

    /// Things to be done; nothing where there is nothing.
    pub(super) fn tasks(&self, tongue: Tongue<'_>, tasks: &[Task]) -> Markup {
        html! { @if !tasks.is_empty() {
            h2 { (tongue.head(&tr!("what is to be done"))) }
            ol.tasks { @for task in tasks.iter().take(LISTED) { (self.task(tongue, task)) } }
            (rest(tongue, tasks.len(), LISTED))
        } }
    }

    /// What the rules say.
    pub(super) fn findings(&self, tongue: Tongue<'_>, findings: &[Finding]) -> Markup {
        html! {
            ul.findings {
                @for finding in findings.iter().take(FINDINGS) { (self.finding(tongue, finding)) }
            }
            (rest(tongue, findings.len(), FINDINGS))
        }
    }

    pub(super) fn finding(&self, tongue: Tongue<'_>, finding: &Finding) -> Markup {
        let actors: Vec<Actor> = finding.actor.into_iter().collect();
        let rule = finding.rule.name;
        html! {
            li class={ "finding " (finding.severity.word()) } {
                p { (severity(tongue, finding.severity)) " " (tongue.head(&finding.message))
                    @if !actors.is_empty() { " " (tongue.actors(&actors)) } }
                p.note {
                    (tongue.head(&finding.help)) " " a href={ (tongue.up) (paths::rule(rule)) } { (rule) }
                }
            }
        }
    }

    /// What is told of one thing: what the checklist says of it, what comes next, what happened.
    pub(super) fn told(&self, tongue: Tongue<'_>, sheet: &Sheet, on: &str) -> Markup {
        html! {
            @if !sheet.findings.is_empty() { section {
                h2 { (tongue.head(&tr!("what the checklist says"))) }
                (self.findings(tongue, &sheet.findings))
            } }
            @if !sheet.ahead.is_empty() { section {
                h2 { (tongue.head(&tr!("what comes next"))) }
                (self.events(tongue, &sheet.ahead, on))
            } }
            section {
                h2 { (tongue.head(&tr!("history"))) }
                (self.events(tongue, &sheet.history, on))
            }
        }
    }

    /// What happened, one under the other by day.
    pub(super) fn events(&self, tongue: Tongue<'_>, events: &[Event], on: &str) -> Markup {
        let last = events.len().saturating_sub(EVENTS);
        html! {
            @if last > 0 {
                p.note {
                    (tongue.head(&tr!(count = last; one "{count} thing before that is not shown; see `segell show`", many "{count} things before that are not shown; see `segell show`")))
                }
            }
            ol.line { @for event in &events[last..] { (self.event(tongue, event, on)) } }
        }
    }

    fn event(&self, tongue: Tongue<'_>, event: &Event, on: &str) -> Markup {
        let ens = event.ens.iter().filter(|ens| *ens != on);
        html! {
            li class=(kind(event.kind)) {
                (tongue.day(event.day)) " "
                span.what {
                    @if event.kind != Kind::Word { (mark(sign(event.kind))) } (tongue.head(&event.what))
                }
                span.links {
                    @for ens in ens.take(LISTED) { " " (tongue.code(ens)) }
                    @for id in event.certificate.iter().chain(&event.batch).filter(|id| *id != on) { " " (tongue.code(id)) }
                    @for shown in &event.evidence { " " (self.evidence(shown)) }
                    @if let Some(entry) = self.promotion_of(event) {
                        " " (self.released_by(tongue, entry))
                    }
                }
            }
        }
    }

    /// What shows something: a ticket is a link, where the policy says to where.
    pub(super) fn evidence(&self, shown: &str) -> Markup {
        let pages = self.survey.policy.and_then(|policy| policy.tickets.as_ref());
        html! { @match pages.filter(|_| is_ticket(shown)) {
            Some(pages) => { a.ticket href=(pages.of(shown)) rel="noreferrer" { (shown) } }
            None => { span.ticket { (visible(shown)) } }
        } }
    }

    /// The promotion that let in what was loaded.
    fn promotion_of(&self, event: &Event) -> Option<&Entry> {
        let Kind::Load(environment) = event.kind else { return None };
        let (ens, seal) = (event.ens.first()?, event.certificate.as_ref()?);
        self.released(environment, ens, seal, &event.day.to_string())
    }

    /// A promotion with who approved it, as what let something in.
    fn released_by(&self, tongue: Tongue<'_>, entry: &Entry) -> Markup {
        html! { span.by {
            (tongue.say(&tr!("asked for by the promotion"))) " "
            a href={ (tongue.up) (paths::promotion(entry)) } { code { (&entry.commit[..12]) } }
            @if !entry.approved.is_empty() { ", " (tongue.say(&approved(entry))) }
        } }
    }
}

/// Who approved, in a sentence.
pub fn approved(entry: &Entry) -> Text {
    use crate::base::text::Argument;
    let people = entry.approved.iter();
    let people =
        people.map(|who| tr!("{name} ({role})", name = &who.name, role = &who.role).into());
    tr!("approved by {people}", people = Argument::List(people.collect()))
}

/// How many more there are than are told.
pub fn rest(tongue: Tongue<'_>, all: usize, told: usize) -> Markup {
    let more = all.saturating_sub(told);
    html! { @if more > 0 { p.note { (tongue.say(&tr!("… and {count} more", count = more))) } } }
}

/// How grave something is, in a word with its mark.
pub fn severity(tongue: Tongue<'_>, severity: Severity) -> Markup {
    let (sign, word) = match severity {
        Severity::Error => ("✗", tr!("error")),
        Severity::Warning => ("!", tr!("warning")),
        Severity::Pending => ("○", tr!("pending")),
        Severity::Waived => ("–", tr!("waived")),
    };
    html! { span class={ "state " (severity.word()) } { (mark(sign)) (tongue.say(&word)) } }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Word => "word",
        Kind::Planned => "planned",
        Kind::Load(Environment::Pre) => "loaded pre",
        Kind::Load(Environment::Pro) => "loaded pro",
        Kind::Works(false) => "works",
        Kind::Works(true) => "works proved",
        Kind::Fails => "fails",
        Kind::Stop => "stop",
    }
}

fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Word | Kind::Planned => "○",
        Kind::Load(_) => "●",
        Kind::Works(false) => "✓",
        Kind::Works(true) => "◆",
        Kind::Fails => "✗",
        Kind::Stop => "■",
    }
}
