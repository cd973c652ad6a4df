//! Sentences as markup, in the language of the page. Words from outside come out as text, with nothing
//! in them that hides; an id that has a page is a link to it.

use jiff::civil::Date;
use maud::{Markup, PreEscaped, Render, html};

use super::paths;
use crate::base::language::Language;
use crate::base::text::{Part, Text, visible};
use crate::inventory::finding::Actor;
use crate::inventory::survey::Survey;
use crate::tr;

/// Who speaks on a page.
#[derive(Clone, Copy)]
pub struct Tongue<'p> {
    /// The language.
    pub language: Language,
    /// From the page's folder to that of its language: nothing, or `../`.
    pub up: &'static str,
    /// What has pages; none: a page that stands alone.
    pub known: Option<&'p Survey<'p>>,
}

impl Tongue<'_> {
    /// A sentence.
    pub fn say(&self, text: &Text) -> Markup {
        self.sentence(text, false)
    }

    /// A sentence, or a phrase as a heading: with a capital where it begins with a word of segell's own.
    pub fn head(&self, text: &Text) -> Markup {
        self.sentence(text, true)
    }

    fn sentence(&self, text: &Text, capital: bool) -> Markup {
        let mut markup = String::new();
        let mut quoted: Option<String> = None;
        text.parts_in(self.language, &mut |part| match (part, &mut quoted) {
            (Part::Own(own), _) => {
                for (place, piece) in own.split('`').enumerate() {
                    if place > 0 {
                        match quoted.take() {
                            Some(code) => self.code(&code).render_to(&mut markup),
                            None => quoted = Some(String::new()),
                        }
                    }
                    match &mut quoted {
                        Some(code) => code.push_str(piece),
                        None if capital && markup.is_empty() => {
                            capitalised(piece).render_to(&mut markup);
                        }
                        None => piece.render_to(&mut markup),
                    }
                }
            }
            (Part::Word(word), Some(code)) => code.push_str(word),
            (Part::Word(word), None) => self.word(word).render_to(&mut markup),
        });
        if let Some(rest) = quoted {
            visible(&rest).render_to(&mut markup);
        }
        PreEscaped(markup)
    }

    /// A word of a sentence: what it names stands between backticks.
    fn word(&self, word: &str) -> Markup {
        match word.strip_prefix('`').and_then(|word| word.strip_suffix('`')) {
            Some(inner) => self.code(inner),
            None => html! { (visible(word)) },
        }
    }

    /// A sentence as plain text, for what can hold no markup.
    pub fn plain(&self, text: &Text) -> String {
        text.to_string_in(self.language)
    }

    /// A word from outside: an id that has a page is a link to it.
    pub fn code(&self, word: &str) -> Markup {
        let shown = visible(word);
        match self.known.and_then(|known| paths::of(known, word)) {
            Some(path) => html! { a href={ (self.up) (path) } { code { (shown) } } },
            None => html! { code { (shown) } },
        }
    }

    /// A day.
    pub fn day(&self, day: Date) -> Markup {
        html! { time datetime=(day) { (day) } }
    }

    /// Who has to act.
    pub fn actors(&self, actors: &[Actor]) -> Markup {
        html! {
            @for actor in actors { span.who { (self.head(&actor.shown())) } " " }
            @if actors.is_empty() { span.none { (self.say(&tr!("nobody"))) } }
        }
    }
}

/// The first letter large.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.collect::<String>() + letters.as_str()
}
