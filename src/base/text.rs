//! What people read. A [`Text`] keeps its English template and its arguments apart, so that
//! another language is a look-up by template and no rule has to know of it. The look-up is made
//! when the text is shown, in the language that is spoken then.

use std::fmt;

use jiff::civil::Date;

use crate::base::language::Language;

/// A sentence for people: an English template and what fills its `{placeholders}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The English template, which is also the key of its translations.
    pub template: &'static str,
    /// What stands for each `{name}` of the template.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// Something that fills a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A word from the outside: an id, a name in a certificate. Shown with its hidden characters escaped.
    Word(String),
    /// A quantity.
    Number(i64),
    /// A civil date, shown as files and options have it in every language: `2026-11-23`.
    Date(Date),
    /// A sentence within the sentence.
    Text(Text),
    /// Several of these: "a, b and c", «a, b i c», «a, b y c».
    List(Vec<Argument>),
    /// One of these: "a, b or c", «a, b o c».
    Any(Vec<Argument>),
    /// A quantity with decimals, which stand after a comma in Catalan and Spanish.
    Decimal(String),
}

/// Makes a [`Text`]: `tr!("`{ens}` has ceased", ens = id)`. This is the one place where
/// sentences for people come from; the compiler checks that placeholders and arguments agree.
///
/// A sentence about a quantity has two templates, each with its own translation:
/// `tr!(count = n; one "{count} file", many "{count} files")`. Catalan, Spanish and English
/// all part at one, so choosing here is enough.
#[macro_export]
macro_rules! tr {
    ($template:literal) => {
        $crate::base::text::Text { template: $template, arguments: ::std::vec::Vec::new() }
    };
    ($template:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        let arguments = ::std::vec![
            $((stringify!($name), $crate::base::text::Argument::from($value))),+
        ];
        if false {
            // Fails to compile where the placeholders are others than the arguments.
            let _ = ::std::format!($template, $($name = stringify!($name)),+);
        }
        $crate::base::text::Text { template: $template, arguments }
    }};
    ($count:ident = $quantity:expr; one $one:literal, many $many:literal $(,)?) => {{
        let quantity = $quantity;
        if quantity == 1 {
            $crate::tr!($one, $count = quantity)
        } else {
            $crate::tr!($many, $count = quantity)
        }
    }};
}

/// A part of a sentence, told apart by who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Written by segell.
    Own(&'a str),
    /// From the outside, just as it came: whoever shows it makes it safe.
    Word(&'a str),
}

impl Text {
    /// Hands over the parts of the sentence, in order, in the language that is spoken. Every layout
    /// comes from here.
    pub fn parts(&self, see: &mut dyn FnMut(Part<'_>)) {
        self.parts_in(Language::spoken(), see);
    }

    /// The sentence in one language, whichever is spoken: for what is kept or compared.
    pub fn to_string_in(&self, language: Language) -> String {
        let mut sentence = String::new();
        self.parts_in(language, &mut |part| part.show(&mut sentence));
        sentence
    }

    /// The same in one language, whichever is spoken.
    pub fn parts_in(&self, language: Language, see: &mut dyn FnMut(Part<'_>)) {
        let mut rest = language.say(self.template);
        while let Some((before, after)) = rest.split_once('{') {
            see(Part::Own(before));
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match self.arguments.iter().find(|(known, _)| *known == name) {
                Some((_, argument)) => argument.parts_in(language, see),
                None => see(Part::Own(&format!("{{{name}}}"))),
            }
            rest = after;
        }
        see(Part::Own(rest));
    }
}

impl Argument {
    fn parts_in(&self, language: Language, see: &mut dyn FnMut(Part<'_>)) {
        match self {
            Argument::Word(word) => see(Part::Word(word)),
            Argument::Number(number) => see(Part::Own(&number.to_string())),
            Argument::Date(date) => see(Part::Own(&date.to_string())),
            Argument::Text(text) => text.parts_in(language, see),
            Argument::List(items) => list_parts(items, Language::and, language, see),
            Argument::Any(items) => list_parts(items, Language::or, language, see),
            Argument::Decimal(number) if language == Language::English => see(Part::Own(number)),
            Argument::Decimal(number) => see(Part::Own(&number.replace('.', ","))),
        }
    }

    fn to_string_in(&self, language: Language) -> String {
        let mut phrase = String::new();
        self.parts_in(language, &mut |part| part.show(&mut phrase));
        phrase
    }
}

/// "a", "a and b", "a, b and c": what stands before the last is told by `last`.
fn list_parts(
    items: &[Argument],
    last: fn(Language, &str) -> &'static str,
    language: Language,
    see: &mut dyn FnMut(Part<'_>),
) {
    for (index, item) in items.iter().enumerate() {
        match index {
            0 => {}
            _ if index + 1 == items.len() => {
                see(Part::Own(last(language, &item.to_string_in(language))));
            }
            _ => see(Part::Own(", ")),
        }
        item.parts_in(language, see);
    }
}

impl fmt::Display for Text {
    /// Writes the sentence in the language that is spoken, words from outside without hidden
    /// characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_in(Language::spoken()))
    }
}

/// A sentence can also say why a run could not go on.
impl std::error::Error for Text {}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_in(Language::spoken()))
    }
}

impl Part<'_> {
    fn show(self, sentence: &mut String) {
        match self {
            Part::Own(own) => sentence.push_str(own),
            Part::Word(word) => sentence.push_str(&visible(word)),
        }
    }
}

/// `word` with every invisible or control character written as `\u{…}`, so that nothing
/// from a file moves the cursor of a terminal or hides from a reader.
pub fn visible(word: &str) -> String {
    let mut shown = String::with_capacity(word.len());
    for character in word.chars() {
        if crate::base::hidden::is_hidden(character) || character == '\n' || character == '\t' {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A command with the names of the values that are still to be filled in, which stand in capitals, in the
/// language that is spoken: `--evidence TICKET`, «--evidence TIQUET».
pub fn to_fill_in(command: &str) -> String {
    to_fill_in_as(Language::spoken(), command)
}

fn to_fill_in_as(language: Language, command: &str) -> String {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    let is_value = |word: &str| {
        let capitals = word.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '/'));
        capitals && word.len() > 1 && !word.starts_with('-')
    };
    let mut filled = String::with_capacity(command.len());
    let mut rest = command;
    while let Some(first) = rest.chars().next() {
        let end = match is_inside(first) {
            true => rest.find(|c| !is_inside(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let word = &rest[..end];
        let own = language.translation(word).filter(|_| is_value(word));
        filled.push_str(own.unwrap_or(word));
        rest = &rest[end..];
    }
    filled
}

/// How many names of a list are told.
const TOLD: usize = 10;

/// The names of a list, each in backticks, as one argument; of a long list the first, and how many
/// others there are.
pub fn names<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Argument {
    Argument::List(told(items))
}

/// The same of names of which one is meant: "`a` or `b`".
pub fn any<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Argument {
    Argument::Any(told(items))
}

/// A quantity with as many decimals.
pub fn decimal(number: f64, decimals: usize) -> Argument {
    Argument::Decimal(format!("{number:.decimals$}"))
}

fn told<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Vec<Argument> {
    let mut items = items.into_iter();
    let word = |item: T| Argument::Word(format!("`{item}`"));
    let mut told: Vec<Argument> = items.by_ref().take(TOLD).map(word).collect();
    let others = items.count();
    if others > 0 {
        told.push(tr!(count = others; one "{count} other", many "{count} others").into());
    }
    told
}

macro_rules! argument_from {
    ($($source:ty => $make:expr),+ $(,)?) => {
        $(impl From<$source> for Argument {
            fn from(value: $source) -> Argument {
                #[allow(clippy::redundant_closure_call)]
                ($make)(value)
            }
        })+
    };
}

argument_from! {
    &str => |value: &str| Argument::Word(value.to_owned()),
    String => Argument::Word,
    &String => |value: &String| Argument::Word(value.clone()),
    Date => Argument::Date,
    Text => Argument::Text,
    i64 => Argument::Number,
    u32 => |value| Argument::Number(i64::from(value)),
    usize => |value| Argument::Number(i64::try_from(value).unwrap_or(i64::MAX)),
}

#[cfg(test)]
mod tests {
    use super::{Argument, any, decimal, names, to_fill_in_as, visible};
    use crate::base::language::Language;

    #[test]
    fn placeholders_take_their_arguments_in_any_order() {
        let text = tr!("{b} after `{a}`, {b}", a = "x", b = 2_i64);
        assert_eq!(text.to_string(), "2 after `x`, 2");
    }

    #[test]
    fn one_is_singular_and_the_rest_plural() {
        let files = |n: usize| tr!(count = n; one "{count} file", many "{count} files").to_string();
        assert_eq!([files(0), files(1), files(2)], ["0 files", "1 file", "2 files"]);
    }

    #[test]
    fn lists_read_as_prose() {
        let list = |items: &[&str]| names(items).to_string();
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b"]), "`a` and `b`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        let many = |count| names(1..=count).to_string();
        assert!(many(10).ends_with("`9` and `10`"));
        assert!(many(11).ends_with("`9`, `10` and 1 other"));
        assert!(many(2000).ends_with("`9`, `10` and 1990 others"));
    }

    #[test]
    fn one_of_a_list_is_parted_by_or() {
        let meant = tr!("{which}", which = any(["a", "b", "c"]));
        assert_eq!(meant.to_string_in(Language::English), "`a`, `b` or `c`");
        assert_eq!(meant.to_string_in(Language::Catalan), "`a`, `b` o `c`");
        let meant = tr!("{which}", which = any(["a", "ocata"]));
        assert_eq!(meant.to_string_in(Language::Spanish), "`a` u `ocata`");
    }

    #[test]
    fn what_is_to_be_filled_in_is_named_in_the_language() {
        let command = "segell record check --env pre --request FILE --evidence TICKET";
        let catalan = "segell record check --env pre --request FITXER --evidence TIQUET";
        assert_eq!(to_fill_in_as(Language::Catalan, command), catalan);
        assert_eq!(to_fill_in_as(Language::English, command), command);
        let spanish = |words| to_fill_in_as(Language::Spanish, words);
        assert_eq!(
            spanish("--by 'aoc:NAME <E-MAIL>:KEY' ID"),
            "--by 'aoc:NOMBRE <CORREO>:CLAVE' ID"
        );
        assert_eq!(
            spanish("--service AEAT_IRPF/C2 sct/2026 FILE.csv"),
            "--service AEAT_IRPF/C2 sct/2026 FICHERO.csv"
        );
    }

    #[test]
    fn decimals_stand_after_the_mark_of_the_language() {
        let took = tr!("{seconds} s", seconds = decimal(0.034, 2));
        let told = Language::ALL.map(|language| took.to_string_in(language));
        assert_eq!(told, ["0,03 s", "0,03 s", "0.03 s"]);
    }

    #[test]
    fn words_from_outside_hide_nothing() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m"), "a\\u{202e}b\\u{1b}[31m");
        assert_eq!(Argument::from("línia\n").to_string(), "línia\\u{a}");
    }
}
