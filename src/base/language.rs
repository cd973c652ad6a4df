//! The language that people are spoken to: decided before anything is said. What is sent or published is
//! in the policy's, unless the command line says which. Nothing that is signed, compared or read by programs
//! depends on it.

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::word::Word;

/// The translations of `locales/*.po`, sorted by their English (see `build.rs`).
mod catalogues {
    include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));
}

/// A language that segell speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Language {
    /// Català
    #[serde(rename = "ca")]
    Catalan,
    /// Español
    #[serde(rename = "es")]
    Spanish,
    /// English
    #[serde(rename = "en")]
    English,
}

/// The place in [`Language::ALL`] of that which is spoken.
static SPOKEN: AtomicUsize = AtomicUsize::new(ENGLISH);
const ENGLISH: usize = 2;
/// Whether the command line said which.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

impl Word for Language {
    const ALL: &'static [Language] = &Language::ALL;
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [Language::Catalan, Language::Spanish, Language::English];

    /// The language that is spoken in this process; English until another is chosen.
    pub fn spoken() -> Language {
        let place = SPOKEN.load(Ordering::Relaxed);
        Language::ALL.get(place).copied().unwrap_or(Language::English)
    }

    /// Chooses what is spoken from here on: `--lang`, else the locale, else English.
    pub fn choose(arguments: &[OsString], variable: impl Fn(&str) -> Option<OsString>) {
        IS_ASKED.store(option(arguments).is_some(), Ordering::Relaxed);
        Language::asked(arguments, variable).speak();
    }

    /// Speaks this language from here on, for what is sent or published, unless `--lang` says which.
    pub fn publish(self) {
        if !IS_ASKED.load(Ordering::Relaxed) {
            self.speak();
        }
    }

    fn speak(self) {
        let place = Language::ALL.iter().position(|language| *language == self);
        SPOKEN.store(place.unwrap_or(ENGLISH), Ordering::Relaxed);
    }

    /// What a command line and an environment ask for: `--lang`, else the locale, else English.
    fn asked(arguments: &[OsString], variable: impl Fn(&str) -> Option<OsString>) -> Language {
        let option = option(arguments).and_then(Language::of_locale);
        option.or_else(|| locale(variable)).unwrap_or(Language::English)
    }

    /// The language of `ca`, `es_ES.UTF-8`, `ca_ES@valencia`; none where segell does not speak it.
    fn of_locale(name: &str) -> Option<Language> {
        match name.split(['_', '.', '@', '-']).next()? {
            "ca" => Some(Language::Catalan),
            "es" => Some(Language::Spanish),
            "en" | "C" | "POSIX" => Some(Language::English),
            _ => None,
        }
    }

    /// What stands in this language for an English template.
    pub fn say(self, english: &'static str) -> &'static str {
        self.translation(english).unwrap_or(english)
    }

    /// The translation of an English text; none in English, and none of what has none.
    pub fn translation(self, english: &str) -> Option<&'static str> {
        let table = match self {
            Language::Catalan => catalogues::CA,
            Language::Spanish => catalogues::ES,
            Language::English => return None,
        };
        let found = table.binary_search_by(|(known, _)| (*known).cmp(english)).ok()?;
        Some(table[found].1)
    }

    /// What stands before the last item of a list, which begins with `next`.
    pub fn and(self, next: &str) -> &'static str {
        match self {
            Language::Catalan => " i ",
            Language::Spanish if sounds_like_i(next) => " e ",
            Language::Spanish => " y ",
            Language::English => " and ",
        }
    }

    /// The same of a list of which one item is meant.
    pub fn or(self, next: &str) -> &'static str {
        match self {
            Language::Spanish if sounds_like_o(next) => " u ",
            Language::Catalan | Language::Spanish => " o ",
            Language::English => " or ",
        }
    }
}

/// Whether a Spanish word begins as `ocho` or `hora` do.
fn sounds_like_o(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    word.strip_prefix('h').unwrap_or(&word).starts_with(['o', 'ó', '8'])
}

/// Whether a Spanish word begins as `iglesia` or `hijo` does, not as `hielo`.
fn sounds_like_i(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let sound = word.strip_prefix('h').unwrap_or(&word);
    sound.starts_with(['i', 'í']) && !sound.starts_with("ie") && !sound.starts_with("ia")
}

/// The value of `--lang`, before clap reads the command line: its own words need it too.
fn option(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().map_while(|word| Some(word.to_str().unwrap_or_default()));
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => return words.next(),
            Some(value) if value.starts_with('=') => return Some(&value[1..]),
            _ if word == "--" => return None,
            _ => {}
        }
    }
    None
}

/// What the locale asks for, as gettext finds it: the first of `LC_ALL`, `LC_MESSAGES` and `LANG`
/// that says something names the locale, and `LANGUAGE` is a list that goes before it, unless the
/// locale is `C`.
fn locale(variable: impl Fn(&str) -> Option<OsString>) -> Option<Language> {
    let value = |name| variable(name).filter(|value: &OsString| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value)?;
    let locale = locale.to_str()?;
    if matches!(locale.split('.').next(), Some("C" | "POSIX")) {
        return None;
    }
    let wanted = value("LANGUAGE").unwrap_or_default();
    let mut wanted = wanted.to_str().unwrap_or_default().split(':');
    wanted.find_map(Language::of_locale).or_else(|| Language::of_locale(locale))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::Language::{self, Catalan, English, Spanish};

    fn asked(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Language::asked(&arguments, |name| value(name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_option_goes_before_the_locale() {
        let catalan = [("LANG", "ca_ES.UTF-8")];
        assert_eq!(asked(&["check", "--lang", "es"], &catalan), Spanish);
        assert_eq!(asked(&["--lang=en", "check"], &catalan), English);
        assert_eq!(asked(&["check", "--language", "es"], &catalan), Catalan);
        assert_eq!(asked(&["check", "--", "--lang", "es"], &catalan), Catalan);
        assert_eq!(asked(&["check", "--lang"], &catalan), Catalan);
        assert_eq!(asked(&["check", "--lang", "fr"], &catalan), Catalan);
    }

    #[test]
    fn the_locale_is_the_first_variable_that_says_something() {
        assert_eq!(asked(&[], &[]), English);
        assert_eq!(asked(&[], &[("LANG", "ca")]), Catalan);
        assert_eq!(asked(&[], &[("LANG", "ca_ES.UTF-8@valencia")]), Catalan);
        assert_eq!(asked(&[], &[("LANG", "cat_ES")]), English);
        assert_eq!(asked(&[], &[("LANG", "fr_FR.UTF-8")]), English);
        assert_eq!(asked(&[], &[("LC_MESSAGES", "es_ES"), ("LANG", "ca_ES")]), Spanish);
        assert_eq!(asked(&[], &[("LC_ALL", ""), ("LC_MESSAGES", "es_ES")]), Spanish);
        assert_eq!(asked(&[], &[("LC_ALL", "C.UTF-8"), ("LANG", "ca_ES")]), English);
    }

    #[test]
    fn a_list_of_languages_goes_before_a_locale_but_c() {
        let with = |locale| [("LANGUAGE", "fr:ca:es"), ("LANG", locale)];
        assert_eq!(asked(&[], &with("es_ES.UTF-8")), Catalan);
        assert_eq!(asked(&[], &with("C")), English);
        assert_eq!(asked(&[], &[("LANGUAGE", "ca")]), English);
        assert_eq!(asked(&[], &[("LANGUAGE", "fr"), ("LANG", "es_ES")]), Spanish);
    }

    #[test]
    fn spanish_says_e_before_the_sound_i() {
        for word in ["`institut-b`", "hijo", "Íñigo"] {
            assert_eq!(Spanish.and(word), " e ", "{word}");
        }
        for word in ["`sct`", "hielo", "iaia", "1 otro", ""] {
            assert_eq!(Spanish.and(word), " y ", "{word}");
        }
    }
}
