//! What stands around every page: its head with the policy that forbids requests, the way to the other
//! pages and languages, and of when it is.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Site;
use super::tongue::Tongue;
use crate::base::digest::Sha256;
use crate::base::language::Language;
use crate::base::text::{Text, visible};
use crate::base::word::Word;
use crate::inventory::workdays::weekday;
use crate::tr;

/// How pages look.
pub const STYLE: &str = include_str!("style.css");

/// What filters and sorts.
pub const SCRIPT: &str = include_str!("script.js");

/// The icon is empty, so that no browser asks for one.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'";

/// A page's place in the site, and what it is called.
pub struct Page<'t> {
    /// Its path from the folder of its language.
    pub path: &'t str,
    /// What it is called.
    pub title: String,
    /// The page of the way that it belongs to.
    pub under: &'static str,
}

impl Site<'_, '_> {
    /// A page of the site.
    pub fn page(&self, tongue: Tongue<'_>, page: &Page<'_>, main: &Markup) -> String {
        let up = tongue.up;
        let head = html! {
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            link rel="stylesheet" href={ (up) "../style.css" };
            script defer src={ (up) "../script.js" } {}
        };
        let body = html! {
            a.skip href="#main" { (tongue.head(&tr!("to the content"))) }
            header {
                nav.way aria-label=(tongue.plain(&tr!("pages"))) {
                    strong.brand { "segell" }
                    ul { @for (path, name) in self.way() {
                        li { a href={ (up) (path) } aria-current=[(path == page.under).then_some(if path == page.path { "page" } else { "true" })] {
                            (tongue.head(&name))
                        } }
                    } }
                }
                nav.languages aria-label=(tongue.plain(&tr!("languages"))) { ul {
                    @for language in Language::ALL {
                        li { a href={ (up) "../" (language.word()) "/" (page.path) } lang=(language.word()) hreflang=(language.word())
                            aria-current=[(language == tongue.language).then_some("true")] { (own_name(language)) } }
                    }
                } }
            }
            main id="main" tabindex="-1" { (main) }
            footer { (self.of_when(tongue)) }
        };
        document(tongue, &page.title, &head, &body)
    }

    /// The pages that each page leads to.
    fn way(&self) -> Vec<(&'static str, Text)> {
        let mut way = vec![
            ("index.html", tr!("what is due")),
            ("ens.html", tr!("all ens")),
            ("calendars.html", tr!("calendars")),
            ("seals.html", tr!("seals by expiry")),
            ("ahead.html", tr!("forecast")),
            ("record.html", tr!("approval record")),
            ("checklist.html", tr!("checklist")),
        ];
        if self.plan.is_some() {
            way.push(("change.html", tr!("the change")));
        }
        way
    }

    fn of_when(&self, tongue: Tongue<'_>) -> Markup {
        let today = self.survey.today;
        let seen = tr!("as of {weekday} {day}", weekday = weekday(today), day = today);
        html! {
            p { (tongue.head(&seen)) " · " @match &self.commit {
                Some(commit) => {
                    (tongue.say(&tr!("commit"))) " " code.commit { (visible(commit)) }
                }
                None => {
                    (tongue.say(&tr!("the files of a working tree, perhaps not yet approved")))
                }
            } }
            p {
                (tongue.head(&tr!("for those who work with it alone: codes, NIFs and ticket numbers stand here"))) "."
            }
        }
    }
}

/// A page that stands alone: its style is in it, and it has no script.
pub fn alone(tongue: Tongue<'_>, title: &str, main: &Markup) -> String {
    let hash = data_encoding::BASE64.encode(Sha256::of(STYLE.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
    );
    let head = html! {
        meta http-equiv="Content-Security-Policy" content=(policy);
        style { (PreEscaped(STYLE)) }
    };
    let body = html! { main id="main" { (main) } };
    document(tongue, title, &head, &body)
}

/// The page in which a person chooses the language; it goes on by itself to the policy's.
pub fn entrance(language: Option<Language>) -> String {
    let language = language.unwrap_or(Language::ALL[0]);
    let tongue = Tongue { language, up: "", known: None };
    let first = format!("0; url={}/index.html", language.word());
    let head = html! {
        meta http-equiv="Content-Security-Policy" content=(POLICY);
        meta http-equiv="refresh" content=(first);
        link rel="stylesheet" href="style.css";
    };
    let body = html! { main id="main" {
        h1 { "segell" }
        ul { @for language in Language::ALL {
            li {
                a href={ (language.word()) "/index.html" } lang=(language.word()) { (own_name(language)) }
            }
        } }
    } };
    document(tongue, "segell", &head, &body)
}

fn own_name(language: Language) -> &'static str {
    match language {
        Language::Catalan => "Català",
        Language::Spanish => "Español",
        Language::English => "English",
    }
}

fn document(tongue: Tongue<'_>, title: &str, head: &Markup, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(tongue.language.word()) {
            head {
                meta charset="utf-8";
                (head)
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow, noarchive";
                link rel="icon" href="data:,";
                title { (title) @if title != "segell" { " · segell" } }
            }
            body { (body) }
        }
    };
    page.into_string()
}
