//! Ids made from names.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::base::language::Language;

/// An id for something of this name: its letters a to z without accents and its digits, in lower
/// case, with hyphens between words. The dot of `l·l` joins. Empty where the name has none of them.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let letters =
        name.nfkd().filter(|&character| !is_combining_mark(character) && character != '·');
    for character in letters {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// How long a batch's name that is made of its ens may be.
const LONGEST_BATCH: usize = 40;

/// A name for the batch of these ens: all of them, joined; of many, the first and how many others, in
/// the words of whoever plans it.
pub fn slug_of_batch(ens: &[&str], language: Language) -> String {
    let joined = ens.join("-");
    match ens {
        [first, rest @ ..] if joined.len() > LONGEST_BATCH && !rest.is_empty() => {
            let (and, more) = match language {
                Language::Catalan => ("i", "mes"),
                Language::Spanish => ("y", "mas"),
                Language::English => ("and", "more"),
            };
            format!("{first}-{and}-{}-{more}", rest.len())
        }
        _ => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, slug_of, slug_of_batch};

    #[test]
    fn a_batch_is_named_for_its_ens() {
        assert_eq!(slug_of_batch(&["sct"], Language::English), "sct");
        assert_eq!(slug_of_batch(&["sct", "institut-b"], Language::English), "sct-institut-b");
        let long = "servei-catala-de-transit-i-de-camins";
        let named = |language| slug_of_batch(&[long, "sct", "sct"], language);
        let rest = ["i-2-mes", "y-2-mas", "and-2-more"].map(|rest| format!("{long}-{rest}"));
        assert_eq!(Language::ALL.map(named), rest);
    }

    #[test]
    fn names_of_bodies_become_ids() {
        for (name, slug) in [
            ("Servei Català de Trànsit", "servei-catala-de-transit"),
            ("Ajuntament de l'Hospitalet de Llobregat", "ajuntament-de-l-hospitalet-de-llobregat"),
            ("Ajuntament d’Òdena", "ajuntament-d-odena"),
            ("Col·legi d'Economistes", "collegi-d-economistes"),
            (
                "Castellví de Rosanes, S.A. (en liquidació)",
                "castellvi-de-rosanes-s-a-en-liquidacio",
            ),
            ("Peñíscola 2000", "peniscola-2000"),
            ("  Çò --- ", "co"),
            ("東京", ""),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
        }
    }
}
