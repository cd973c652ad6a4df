//! What people read. A [`Text`] keeps its English template and its arguments apart, so that
//! another language is a look-up by template and no rule has to know of it.

use std::fmt;

use jiff::civil::Date;

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
    /// A civil date.
    Date(Date),
    /// A sentence within the sentence.
    Text(Text),
    /// Several of these: "a, b and c".
    List(Vec<Argument>),
}

/// Makes a [`Text`]: `tr!("`{ens}` has ceased", ens = id)`. This is the one place where
/// sentences for people come from; the compiler checks that placeholders and arguments agree.
#[macro_export]
macro_rules! tr {
    ($template:literal) => {
        $crate::text::Text { template: $template, arguments: ::std::vec::Vec::new() }
    };
    ($template:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        let arguments = ::std::vec![
            $((stringify!($name), $crate::text::Argument::from($value))),+
        ];
        if false {
            // Fails to compile where the placeholders are others than the arguments.
            let _ = ::std::format!($template, $($name = stringify!($name)),+);
        }
        $crate::text::Text { template: $template, arguments }
    }};
}

impl fmt::Display for Text {
    /// Writes the English sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.template;
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match self.arguments.iter().find(|(known, _)| *known == name) {
                Some((_, argument)) => argument.fmt(f)?,
                None => write!(f, "{{{name}}}")?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

/// A sentence can also say why a run could not go on.
impl std::error::Error for Text {}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Argument::Word(word) => f.write_str(&visible(word)),
            Argument::Number(number) => number.fmt(f),
            Argument::Date(date) => date.fmt(f),
            Argument::Text(text) => text.fmt(f),
            Argument::List(items) => write_list(items, f),
        }
    }
}

/// Writes "a", "a and b", "a, b and c".
fn write_list(items: &[Argument], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        match index {
            0 => {}
            _ if index + 1 == items.len() => f.write_str(" and ")?,
            _ => f.write_str(", ")?,
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// `word` with every invisible or control character written as `\u{…}`, so that nothing
/// from a file moves the cursor of a terminal or hides from a reader.
pub fn visible(word: &str) -> String {
    let mut shown = String::with_capacity(word.len());
    for character in word.chars() {
        if crate::hidden::is_hidden(character) || character == '\n' || character == '\t' {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The names of a list, each in backticks, as one argument.
pub fn names<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> Argument {
    let word = |item: T| Argument::Word(format!("`{item}`"));
    Argument::List(items.into_iter().map(word).collect())
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
    use super::{Argument, names, visible};

    #[test]
    fn placeholders_take_their_arguments_in_any_order() {
        let text = tr!("{b} after `{a}`, {b}", a = "x", b = 2_i64);
        assert_eq!(text.to_string(), "2 after `x`, 2");
    }

    #[test]
    fn lists_read_as_prose() {
        let list = |items: &[&str]| names(items).to_string();
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b"]), "`a` and `b`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn words_from_outside_hide_nothing() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m"), "a\\u{202e}b\\u{1b}[31m");
        assert_eq!(Argument::from("línia\n").to_string(), "línia\\u{a}");
    }
}
