//! The seals: by the day on which they end, and the page of one.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::due::page;
use super::ens::{facts, left};
use super::parts::filter;
use super::paths;
use super::tongue::Tongue;
use super::{Page, Site, pictures};
use crate::base::text::Text;
use crate::base::time::{day_of, days_between};
use crate::inventory::survey::CertificateView;
use crate::tr;
use crate::views::show::Sheet;

/// How many bodies are named beside a seal.
const USERS: usize = 6;

/// How many quarters the picture shows.
const QUARTERS: usize = pictures::COLUMNS as usize;

impl Site<'_, '_> {
    /// All seals, the first to end first.
    pub(super) fn all_seals(&self, tongue: Tongue<'_>) -> String {
        let title = tr!("seals by expiry");
        let head = [tr!("seal"), tr!("ens"), tr!("live in"), tr!("last day"), tr!("days left")];
        let mut seals: Vec<&CertificateView<'_>> = self.survey.certificates.iter().collect();
        seals.sort_by_key(|view| (view.pem.map(|(pem, _)| pem.not_after), view.id));
        let main = html! {
            h1 { (tongue.head(&title)) " " span.count { (seals.len()) } }
            (self.quarters(tongue, &seals))
            (filter(tongue, "all", seals.len(), false))
            table.stack id="all" {
                thead {
                    tr { @for name in &head { th scope="col" data-sort { (tongue.head(name)) } } }
                }
                tbody { @for view in &seals { (self.row_of_seal(tongue, view, &head)) } }
            }
        };
        self.page(tongue, &page("seals.html", tongue.plain(&title)), &main)
    }

    fn row_of_seal(
        &self,
        tongue: Tongue<'_>,
        view: &CertificateView<'_>,
        head: &[Text; 5],
    ) -> Markup {
        let users = self.sheets.users(view);
        let held = self.held_in(view);
        let last = view.pem.map(|(pem, _)| day_of(pem.not_after));
        html! { tr {
            th scope="row" { (tongue.code(view.id)) }
            td data-l=(tongue.plain(&head[1])) {
                @for ens in users.iter().take(USERS) { (tongue.code(ens.id)) " " } (super::parts::rest(tongue, users.len(), USERS))
            }
            td data-l=(tongue.plain(&head[2])) {
                @for at in &held { (at.shown()) " " } @if held.is_empty() { span.none { "–" } }
            }
            td data-l=(tongue.plain(&head[3])) {
                @match last { Some(day) => { (tongue.day(day)) } None => { span.none { "–" } } }
            }
            td data-l=(tongue.plain(&head[4])) {
                @if let Some(day) = last { (days_between(self.survey.today, day)) }
            }
        } }
    }

    /// How many of the seals that are live end in which quarter.
    fn quarters(&self, tongue: Tongue<'_>, seals: &[&CertificateView<'_>]) -> Markup {
        let mut quarters: BTreeMap<String, usize> = BTreeMap::new();
        let live = seals.iter().filter(|view| !self.held_in(view).is_empty());
        for day in live.filter_map(|view| view.pem).map(|(pem, _)| day_of(pem.not_after)) {
            let quarter = format!("{:04}-{:02}", day.year(), (day.month() - 1) / 3 * 3 + 1);
            *quarters.entry(quarter).or_default() += 1;
        }
        let all: usize = quarters.values().sum();
        let shown: Vec<(String, usize)> = quarters.into_iter().take(QUARTERS).collect();
        let told: usize = shown.iter().map(|(_, count)| count).sum();
        let title = tr!("live seals by the quarter in which they end, from this month on");
        html! { @if !shown.is_empty() {
            h2 { (tongue.head(&title)) }
            (pictures::columns(tongue, "quarters", &title, &shown))
            @if all > told {
                p.note { (tongue.head(&tr!("{count} end later", count = all - told))) }
            }
        } }
    }

    /// One seal.
    pub(super) fn seal(
        &self,
        tongue: Tongue<'_>,
        view: &CertificateView<'_>,
        sheet: &Sheet,
    ) -> String {
        let last = view.pem.map(|(pem, _)| day_of(pem.not_after));
        let main = html! {
            h1 { (tongue.head(&tr!("seal"))) " " code { (view.id) } }
            @match last {
                Some(day) => { p.stands { strong { (tongue.head(&tr!("until"))) " " (tongue.day(day)) }
                    " · " (tongue.say(&left(days_between(self.survey.today, day)))) } }
                None => {
                    p.stands { strong { (tongue.head(&tr!("its certificate cannot be read"))) } }
                }
            }
            (self.users_of(tongue, view))
            (self.told(tongue, sheet, view.id))
            section { h2 { (tongue.head(&tr!("numbers"))) } (facts(tongue, sheet)) }
        };
        let path = paths::seal(view.id);
        let title = format!("{} {}", tongue.plain(&tr!("seal")), view.id);
        self.page(tongue, &Page { path: &path, title, under: "seals.html" }, &main)
    }

    /// Whose it is, and where it stands.
    fn users_of(&self, tongue: Tongue<'_>, view: &CertificateView<'_>) -> Markup {
        let users = self.sheets.users(view);
        let held = self.held_in(view);
        html! { section {
            h2 { (tongue.head(&tr!("whose it is"))) }
            p { @match held.is_empty() {
                true => { (tongue.head(&tr!("live in no environment"))) }
                false => {
                    (tongue.head(&tr!("live in"))) ": " @for at in &held {
                        strong { (at.shown()) } " "
                    }
                }
            } }
            ul.plain {
                @for ens in users.iter().take(200) {
                    li {
                        (tongue.code(ens.id)) " " (crate::base::text::visible(ens.ens.name.as_str()))
                    }
                }
            }
            (super::parts::rest(tongue, users.len(), 200))
        } }
    }
}
