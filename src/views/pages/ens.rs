//! The bodies: the index of all, and the page of one with all its history.

use maud::{Markup, html};

use super::due::page;
use super::parts::{filter, mark, who};
use super::paths;
use super::tongue::Tongue;
use super::{Page, Site};
use crate::base::text::{Text, visible};
use crate::base::time::{day_of, days_between};
use crate::checklist::forecast::Break;
use crate::checklist::progress::{Progress, State};
use crate::inventory::finding::Environment;
use crate::inventory::step::Step;
use crate::inventory::survey::{CertificateView, EnsView};
use crate::tr;
use crate::views::show::{Live, Sheet};
use crate::views::status::{ready as ready_for, standing};

/// How many things that will break are told of one ens.
const BREAKS: usize = 12;

impl Site<'_, '_> {
    /// All bodies.
    pub(super) fn all_ens(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("all ens");
        let head = [
            tr!("ens"),
            tr!("where it stands"),
            tr!("live in PRE"),
            tr!("live in PRO"),
            tr!("next load"),
            tr!("who has to act"),
        ];
        let main = html! {
            h1 { (tongue.head(&title)) " " span.count { (self.status.all) } }
            (filter(tongue, "all", self.status.all, true))
            table.stack id="all" {
                thead {
                    tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } }
                }
                tbody {
                    @for progress in &self.status.ens { (self.row_of(tongue, progress, &head)) }
                }
            }
        };
        self.page(tongue, &page("ens.html", tongue.plain(&title)), &main)
    }

    fn row_of(&self, tongue: Tongue<'_>, progress: &Progress<'_, '_>, head: &[Text; 6]) -> Markup {
        let actors = self.status.actors(progress);
        let live = |seal: Option<&CertificateView<'_>>| {
            html! { @match seal.and_then(|seal| seal.pem) {
                Some((facts, _)) => { (tongue.day(day_of(facts.not_after))) }
                None => { span.none { "–" } }
            } }
        };
        html! { tr data-who=(who(&actors)) {
            th scope="row" {
                @match progress.ens {
                    Some(view) => {
                        a href=(paths::ens(progress.id)) { (visible(view.ens.name.as_str())) }
                    }
                    None => { (tongue.head(&tr!("its file cannot be read"))) }
                } " " code { (progress.id) }
            }
            td data-l=(tongue.plain(&head[1])) {
                (mark(sign(progress))) (tongue.head(&standing(progress.standing)))
            }
            td data-l=(tongue.plain(&head[2])) { (live(progress.live[0])) }
            td data-l=(tongue.plain(&head[3])) { (live(progress.live[1])) }
            td data-l=(tongue.plain(&head[4])) { @match progress.due().filter(|_| progress.waits_for().is_some()) {
                Some((at, day)) => { (tongue.day(day)) " " (at.shown()) }
                None => { span.none { "–" } }
            } }
            td data-l=(tongue.plain(&head[5])) {
                @if actors.is_empty() { span.none { "–" } } @else { (tongue.actors(&actors)) }
            }
        } }
    }

    /// One body.
    pub(super) fn ens(&self, tongue: Tongue<'_>, view: &EnsView<'_>, sheet: &Sheet) -> String {
        let name = visible(view.ens.name.as_str());
        let progress = self.sheets.progress(view.id);
        let main = html! {
            h1 { (name) }
            p.sub {
                code { (view.id) } " · " (tongue.say(&tr!("organ code"))) " " code { (visible(view.ens.organ_code.as_str())) }
            }
            @if let Some(progress) = progress { (self.stands(tongue, progress)) }
            section { h2 { (tongue.head(&tr!("live now"))) }
                div.cards { @for live in &sheet.live { (self.live(tongue, live)) } } }
            @if let Some(progress) = progress { (self.what_waits(tongue, progress, sheet)) }
            (self.comes(tongue, view, sheet))
            section {
                h2 { (tongue.head(&tr!("history"))) } (self.events(tongue, &sheet.history, view.id))
            }
            section { h2 { (tongue.head(&tr!("numbers"))) } (facts(tongue, sheet)) }
        };
        let path = paths::ens(view.id);
        self.page(tongue, &Page { path: &path, title: name, under: "ens.html" }, &main)
    }

    /// How it stands in all, and step by step.
    fn stands(&self, tongue: Tongue<'_>, progress: &Progress<'_, '_>) -> Markup {
        let actors = self.status.actors(progress);
        html! {
            p.stands { strong { (mark(sign(progress))) (tongue.head(&standing(progress.standing))) }
                @if !actors.is_empty() {
                    " · " (tongue.say(&tr!("who has to act"))) ": " (tongue.actors(&actors))
                }
                }
            ol.steps aria-label=(tongue.plain(&tr!("the steps of the procedure"))) { @for step in Step::ALL {
                @let state = progress.state(step);
                li class=(class(state)) { (mark(state.mark())) (tongue.head(&step.shown()))
                    span.says { ": " (tongue.say(&said(state))) } }
            } }
        }
    }

    /// What it has in one environment, and how that came there.
    pub(super) fn live(&self, tongue: Tongue<'_>, live: &Live) -> Markup {
        let until = live.until.as_deref().and_then(crate::base::time::read_date);
        html! { div.card {
            h3 { (live.environment.shown()) }
            @match &live.certificate {
                Some(seal) => {
                    p { (tongue.code(seal)) }
                    @if let Some(day) = until { p { (tongue.head(&tr!("until"))) " " (tongue.day(day)) ", "
                        (tongue.say(&left(days_between(self.survey.today, day)))) } }
                }
                None => { p.none { (tongue.head(&tr!("no seal"))) } }
            }
        } }
    }

    /// Why it waits: what is missing, and what is to be done.
    fn what_waits(&self, tongue: Tongue<'_>, progress: &Progress<'_, '_>, sheet: &Sheet) -> Markup {
        let ready = progress.waits_for().filter(|_| progress.next().next().is_none());
        let title = match progress.waits_for() {
            Some(_) => tr!("why it waits"),
            None => tr!("what the checklist says"),
        };
        html! {
            @if ready.is_some() || !sheet.findings.is_empty() { section {
                h2 { (tongue.head(&title)) }
                @if let Some(step) = ready {
                    p { (tongue.head(&ready_for(self.status, progress, step))) }
                }
                (self.findings(tongue, &sheet.findings))
            } }
            (self.tasks(tongue, &sheet.tasks))
        }
    }

    /// What is planned, what ends, and the last day to act before it does.
    fn comes(&self, tongue: Tongue<'_>, view: &EnsView<'_>, sheet: &Sheet) -> Markup {
        let live = sheet.live.iter().filter_map(|live| live.certificate.as_deref());
        let mut ids: Vec<&str> = live.chain([view.id]).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut breaks: Vec<&Break> =
            ids.iter().filter_map(|id| self.breaks.get(id)).flatten().copied().collect();
        breaks.sort_by_key(|item| item.day);
        breaks.dedup_by(|a, b| std::ptr::eq(*a, *b));
        html! { @if !sheet.ahead.is_empty() || !breaks.is_empty() { section {
            h2 { (tongue.head(&tr!("what comes next"))) }
            (self.events(tongue, &sheet.ahead, view.id))
            @if !breaks.is_empty() {
                h3 { (tongue.head(&tr!("what breaks if nobody acts"))) }
                (self.breaks(tongue, &breaks[..breaks.len().min(BREAKS)]))
                (super::parts::rest(tongue, breaks.len(), BREAKS))
            }
        } } }
    }

    /// What an environment's name says beside a seal: whether an ens has it there.
    pub(super) fn held_in(&self, seal: &CertificateView<'_>) -> Vec<Environment> {
        let users = self.sheets.users(seal);
        let has = |at: &Environment| {
            users.iter().any(|ens| self.survey.current(ens, *at).is_some_and(|it| it.id == seal.id))
        };
        Environment::BOTH.into_iter().filter(has).collect()
    }
}

/// How many days are left, in words.
pub fn left(days: i64) -> Text {
    match days {
        0 => tr!("today is the last day"),
        1.. => tr!(count = days; one "{count} day left", many "{count} days left"),
        _ => tr!(count = -days; one "{count} day ago", many "{count} days ago"),
    }
}

/// Names and numbers.
pub fn facts(tongue: Tongue<'_>, sheet: &Sheet) -> Markup {
    html! { dl { @for (name, values) in &sheet.facts {
        dt { (tongue.head(name)) }
        @for value in values { dd { (tongue.code(value)) } }
    } } }
}

fn sign(progress: &Progress<'_, '_>) -> &'static str {
    match progress.waits_for() {
        _ if progress.has_error() => "✗",
        Some(_) => "○",
        None => "✓",
    }
}

fn class(state: State) -> &'static str {
    match state {
        State::Error => "error",
        State::Warning => "warning",
        State::Pending => "pending",
        State::Later => "later",
        State::Done => "done",
    }
}

fn said(state: State) -> Text {
    match state {
        State::Error => tr!("an error"),
        State::Warning => tr!("done, with a warning"),
        State::Pending => tr!("somebody has to act"),
        State::Later => tr!("later"),
        State::Done => tr!("done"),
    }
}
