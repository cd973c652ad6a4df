//! The calendars with their time lines, and the batches of each.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::due::page;
use super::parts::{filter, moment, rest};
use super::paths;
use super::tongue::Tongue;
use super::{Page, Site, pictures};
use crate::checklist::progress::{Moment, Tally};
use crate::inventory::finding::Environment;
use crate::inventory::survey::{BatchView, LoadView};
use crate::tr;
use crate::views::calendar::stage;
use crate::views::show::Sheet;

/// How many loads of a batch are listed, and how many calendars are drawn on one page.
const LOADS: usize = 300;
const DRAWN: usize = 6;

impl<'s, 'a> Site<'s, 'a> {
    /// The batches of each calendar.
    pub(super) fn calendars(&self) -> Vec<(&'a str, Vec<&'s BatchView<'a>>)> {
        let mut calendars: BTreeMap<&str, Vec<&BatchView<'a>>> = BTreeMap::new();
        for batch in &self.survey.batches {
            calendars.entry(batch.calendar).or_default().push(batch);
        }
        calendars.into_iter().collect()
    }

    /// How far a calendar's loads have come, in PRE and in PRO.
    pub(super) fn come(
        &self,
        tongue: Tongue<'_>,
        id: &str,
        name: &str,
        batches: &[&BatchView<'a>],
    ) -> Markup {
        html! { @for at in Environment::BOTH {
            @let tally = self.tally(batches, at);
            @let title = tr!("how far the loads of {calendar} have come in {environment}", calendar = name, environment = at.shown());
            div.come { strong { (at.shown()) } (pictures::bar(tongue, &format!("{id}-{}", at.shown()), &title, &tally)) }
        } }
    }

    fn tally(&self, batches: &[&BatchView<'a>], at: Environment) -> Tally {
        let mut sum = Tally::default();
        for batch in batches {
            for (moment, count) in Tally::of(self.survey, batch, at).0 {
                *sum.0.entry(moment).or_default() += count;
            }
        }
        sum
    }

    /// All calendars.
    pub(super) fn all_calendars(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("calendars");
        let calendars = self.calendars();
        let main = html! {
            h1 { (tongue.head(&title)) }
            @if calendars.is_empty() { p { (tongue.head(&tr!("there is none yet"))) "." } }
            @for (place, (name, batches)) in calendars.iter().enumerate() { section {
                h2 { a href=(paths::calendar(name)) { (name) } }
                (self.come(tongue, &format!("c{place}"), name, batches))
                @if place < DRAWN { (pictures::time_line(tongue, self.survey, name, batches)) }
            } }
        };
        self.page(tongue, &page("calendars.html", tongue.plain(&title)), &main)
    }

    /// One calendar.
    pub(super) fn calendar(
        &self,
        tongue: Tongue<'_>,
        name: &str,
        batches: &[&'s BatchView<'a>],
    ) -> String {
        let head = [
            tr!("batch"),
            tr!("stage"),
            tr!("PRE"),
            tr!("in PRE"),
            tr!("PRO"),
            tr!("in PRO"),
            tr!("loads"),
        ];
        let row = |batch: &BatchView<'a>| {
            html! { tr {
                th scope="row" { (tongue.code(batch.id)) }
                td data-l=(tongue.plain(&head[1])) { (tongue.head(&stage(batch))) }
                @for (at, place) in Environment::BOTH.into_iter().zip([2, 4]) {
                    td data-l=(tongue.plain(&head[place])) { (tongue.day(batch.batch.date(at))) }
                    td data-l=(tongue.plain(&head[place + 1])) {
                        (moment(tongue, Tally::of(self.survey, batch, at).first()))
                    }
                }
                td data-l=(tongue.plain(&head[6])) { (batch.batch.loads.len()) }
            } }
        };
        let main = html! {
            h1 { (tongue.head(&tr!("calendar"))) " " code { (name) } }
            (self.come(tongue, "c", name, batches))
            (pictures::time_line(tongue, self.survey, name, batches))
            h2 { (tongue.head(&tr!("batches"))) }
            (filter(tongue, "all", batches.len(), false))
            table.stack id="all" {
                thead {
                    tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } }
                }
                tbody { @for batch in batches { (row(batch)) } }
            }
        };
        let path = paths::calendar(name);
        let title = format!("{} {name}", tongue.plain(&tr!("calendar")));
        self.page(tongue, &Page { path: &path, title, under: "calendars.html" }, &main)
    }

    /// One batch.
    pub(super) fn batch(&self, tongue: Tongue<'_>, view: &BatchView<'a>, sheet: &Sheet) -> String {
        let loads = self.survey.loads_of(view);
        let main = html! {
            h1 { (tongue.head(&tr!("batch"))) " " code { (view.id) } }
            p.stands { strong { (tongue.head(&stage(view))) }
                @for at in Environment::BOTH {
                    " · " (at.shown()) " " (tongue.day(view.batch.date(at)))
                }
                " · " (tongue.say(&tr!("calendar"))) " " a href={ (tongue.up) (paths::calendar(view.calendar)) } { (view.calendar) } }
            (self.loads(tongue, view, loads))
            (self.tasks(tongue, &sheet.tasks))
            (self.told(tongue, sheet, view.id))
        };
        let path = paths::batch(view.id);
        let title = format!("{} {}", tongue.plain(&tr!("batch")), view.id);
        self.page(tongue, &Page { path: &path, title, under: "calendars.html" }, &main)
    }

    fn loads(&self, tongue: Tongue<'_>, batch: &BatchView<'a>, loads: &[LoadView<'a>]) -> Markup {
        let head = [tr!("ens"), tr!("seal"), tr!("in PRE"), tr!("in PRO")];
        let come = |view: &LoadView<'_>, at| Moment::of(batch, view.load, at, self.survey.today);
        html! { section {
            h2 { (tongue.head(&tr!("loads"))) " " span.count { (loads.len()) } }
            table.stack {
                thead { tr { @for name in &head { th scope="col" { (tongue.head(name)) } } } }
                tbody { @for view in loads.iter().take(LOADS) { tr {
                    th scope="row" { (tongue.code(view.load.ens.as_str())) }
                    td data-l=(tongue.plain(&head[1])) {
                        (tongue.code(view.load.certificate.as_str()))
                    }
                    @for (at, place) in Environment::BOTH.into_iter().zip([2, 3]) {
                        td data-l=(tongue.plain(&head[place])) { (moment(tongue, come(view, at)))
                            @if let Some(day) = view.load.loaded(at) { " " (tongue.day(day)) } }
                    }
                } } }
            }
            (rest(tongue, loads.len(), LOADS))
        } }
    }
}
