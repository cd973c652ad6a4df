//! The front's error texts, known by their stems. They quote names and documents, so none is ever shown.

use crate::base::text::Text;
use crate::tr;

/// What an error text means, and who has to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// In our words.
    pub words: Text,
    /// Who has to act; none where that is not known.
    pub actor: Option<Who>,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Consorci AOC, at the front.
    Aoc,
    /// Who sent the request.
    Sender,
}

/// What an error text means; of one that is not known, how long it is.
pub(super) fn meaning(text: &str) -> Meaning {
    let plain = plain(text);
    let has = |stem: &str| plain.contains(stem);
    let known = if has("error en el proces d'autoritzacio") {
        authorisation(&plain)
    } else if has("error en el proces d'autenticacio") {
        authentication(&plain)
    } else if has("no s'ha pogut recuperar cap certificat de client") {
        Some((
            tr!(
                "there was neither a TLS client certificate nor a signature: whoever sends has to sign"
            ),
            Some(Who::Sender),
        ))
    } else if has("error invocant la mti") {
        Some((tr!("the front let it pass, and what lies behind failed: try again later"), None))
    } else {
        None
    };
    match known {
        Some((words, actor)) => Meaning { words, actor },
        None => Meaning {
            words: tr!(count = text.chars().count();
                one "a text of {count} character that segell does not know",
                many "a text of {count} characters that segell does not know"
            ),
            actor: None,
        },
    }
}

fn authorisation(plain: &str) -> Option<(Text, Option<Who>)> {
    let has = |stem: &str| plain.contains(stem);
    if has("no autenticats") {
        Some((
            tr!(
                "the seal that signed is not the one that is loaded under that code: AOC looks at what is loaded"
            ),
            Some(Who::Aoc),
        ))
    } else if has("inactius") || has("no autoritzada") {
        Some((
            tr!("the body or its authorisation is not active at the front: AOC activates it"),
            Some(Who::Aoc),
        ))
    } else if has("cap certificat") {
        Some((tr!("the request was not signed: whoever sends has to sign"), Some(Who::Sender)))
    } else {
        None
    }
}

fn authentication(plain: &str) -> Option<(Text, Option<Who>)> {
    let has = |stems: &[&str]| stems.iter().any(|stem| plain.contains(stem));
    if has(&["timeout", "timed out", "temps d'espera", "temps maxim", "exhaurit"]) {
        Some((tr!("the validation of the certificate timed out: try again"), Some(Who::Aoc)))
    } else if has(&["futur", "future", "posterior", "rellotge", "clock", "created", "avancad"]) {
        Some((
            tr!(
                "the request bears a time ahead of the front's: the clock of whoever sends is wrong"
            ),
            Some(Who::Sender),
        ))
    } else {
        Some((
            tr!(
                "the front could not validate the certificate or the time: try again, and look at the clock of whoever sends"
            ),
            None,
        ))
    }
}

/// In lower case, with plain letters and apostrophes, and single blanks.
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    let letters = text.nfd().filter(|&letter| !is_combining_mark(letter));
    let letters = letters.map(|letter| match letter {
        '\u{2019}' | '\u{2018}' | '`' | '\u{b4}' => '\'',
        other => other,
    });
    let lower: String = letters.flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Who, meaning};

    #[test]
    fn texts_are_known_by_their_stems() {
        let of = |text: &str| {
            let meaning = meaning(text);
            (meaning.words.to_string(), meaning.actor)
        };
        let cases = [
            (
                "Error en el procés d'autorització: els certificats de Laia Garcia, 00000000T, no autenticats",
                "is not the one that is loaded",
                Some(Who::Aoc),
            ),
            ("ERROR EN EL PROCÉS D’AUTORITZACIÓ: ens\n inactius", "is not active", Some(Who::Aoc)),
            (
                "Error en el proces d'autoritzacio: finalitat no autoritzada",
                "is not active",
                Some(Who::Aoc),
            ),
            (
                "Error en el procés d'autorització: cap certificat",
                "was not signed",
                Some(Who::Sender),
            ),
            ("Error en el procés d'autenticació: Read timed out", "timed out", Some(Who::Aoc)),
            ("Error en el procés d'autenticació: data futura", "a time ahead", Some(Who::Sender)),
            (
                "No s'ha pogut recuperar cap certificat de client",
                "neither a TLS",
                Some(Who::Sender),
            ),
            ("Error invocant la MTI", "what lies behind failed", None),
            ("Laia Garcia", "a text of 11 characters", None),
            ("Error en el procés d'autorització: Laia", "that segell does not know", None),
        ];
        for (text, words, actor) in cases {
            let (said, who) = of(text);
            assert!(said.contains(words), "{text}: {said}");
            assert_eq!(who, actor, "{text}");
            assert!(!said.contains("Laia") && !said.contains("00000000T"), "{said}");
        }
    }
}
