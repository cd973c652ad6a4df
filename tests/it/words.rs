//! Words that the catalogues do not use, each with why: found here rather than by eye. What stands in
//! backticks is code, and cut out.

use std::path::Path;

use regex::Regex;

/// A language, an expression that no sentence holds, and why.
const NEVER: &[(&str, &str, &str)] = &[
    // Sentences that would say something else.
    ("es", r"no se tiene que", "«must not» is *no se debe*; *no se tiene que* is «need not»"),
    ("es", r"\b(antes|previo) del \{(day|date)\}$", "a rule counts that day in: *a más tardar el*"),
    ("ca", r"\babans del \{(day|date)\}$", "a rule counts that day in: *com a molt tard el*"),
    (
        "es",
        r"\b(último|del) error (en|de|del)\b",
        "a failed check is a *fallo*; *error* is a severity",
    ),
    (
        "ca",
        r"(l'últim |de l')error (a|del|de|en)\b",
        "a failed check is a *fallada*; *error* is a severity",
    ),
    ("es", r"¿[^?]*\b[Ss]us?\b", "with *usted* it is the reader's: say whose"),
    ("es", r"^Su |^Sus |^¿Su", "with *usted* it is the reader's: say whose"),
    (
        "ca",
        r"^(La seva|El seu) (clau|correu|nom)",
        "of a person who is not named: *d'aquesta persona*",
    ),
    ("es", r"cada firma( y cada regla)? se cumple", "a signature is *válida*, a rule *se cumple*"),
    (
        "ca",
        r"cada signatura( i cada regla)? es compleix",
        "a signature is *vàlida*, a rule *es compleix*",
    ),
    ("es", r"\bnombran?\b", "«names» is *indica*; *nombrar* is to appoint"),
    ("ca", r"\b(anomenen?|anomena|anomeneu|anomenats?)\b", "«names» is *indica*"),
    // Grammar.
    ("es", r"(^|[^n] )\{\w+\} entes\b", "one is no *entes*: *entes: {n}*"),
    ("es", r"\bfaltan?: \{", "of one or many: *hay que indicar*"),
    ("ca", r"\bfalta: \{", "of one or many: *cal indicar*"),
    ("es", r"\bo (hoy|otr[oa]s?|ocho|horas?)\b", "before the sound of o it is *u*"),
    ("es", r"\by (i[^aeo]|hi[^aeo])", "before the sound of i it is *e*"),
    ("es", r"\((nuev[oa]s?|existentes?)\)", "agrees with a noun that another template chose"),
    ("ca", r"\((nov[ae]s?|nous?|existents?)\)", "agrees with a noun that another template chose"),
    ("ca", r"\bprovin peticions amb\b", "*s'hi provin*"),
    ("ca", r"\btampoc (és|té|hi|es|ha|està)\b", "*tampoc no*"),
    ("ca", r"(^|[.;:] )AOC (i|ha|no|va)\b|\b(i|de|a) AOC\b", "*l'AOC*, with its article"),
    ("ca", r"\b(la|el) mateix[a]? (dels?|de la)\b", "*la mateixa que consta a…*"),
    ("ca", r"\bcarregueu aquest\b", "*carregueu-lo en lloc d'aquest*"),
    ("ca", r"\bde [aeiouàèéíòóúh]", "an apostrophe before a vowel: *d'*"),
    ("ca", r"(^|[^\w-])(el|la) [aeoàèéíòóúh][a-zàèéíòóúç]", "an apostrophe before a vowel: *l'*"),
    ("ca", r"\b(a|de|per) el\b|\b(a|de|per) els\b", "contracts: *al, del, pel*"),
    ("es", r"\b(a|de) el\b", "contracts: *al, del*"),
    // The field's words.
    (
        "es",
        r"\bdeten(ción|ciones|id[oa]s?)\b",
        "an arrest: a hold is a *suspensión*, a batch *suspendida*",
    ),
    ("es", r"primeros padres", "*la línea principal*"),
    ("ca", r"primers pares", "*la línia principal*"),
    ("es", r"\bforjas?\b", "*plataforma (GitHub o GitLab)*"),
    ("ca", r"\bforg[ae]s?\b|\bforj[ae]s?\b", "*plataforma (GitHub o GitLab)*"),
    ("es", r"\blenguas?\b", "*idioma*"),
    ("es", r"\ba mano\b|\ba la mano\b", "*con un editor de texto*, *manualmente*"),
    ("ca", r"\ba mà\b", "*amb un editor de text*, *manualment*"),
    ("es", r"\b[Aa]rchivos?\b", "*fichero*, everywhere the same"),
    ("es", r"\b[Vv]éase\b", "*vea*, everywhere the same"),
    (
        "es",
        r"\b(un|código) CSV\b",
        "of AEAT it is a *código seguro de verificación (CSV)*; a CSV is a spreadsheet too",
    ),
    (
        "ca",
        r"\b(un|codi) CSV\b",
        "of AEAT it is a *codi segur de verificació (CSV)*; a CSV is a spreadsheet too",
    ),
    ("es", r"\b(CABEZA|YYYY)\b", "HEAD stays; AAAA-MM-DD"),
    ("ca", r"\b(CAP|YYYY)\b", "HEAD stays; AAAA-MM-DD"),
    ("ca", r"número (de dies|d'anys|no (superior|inferior))", "a quantity is a *nombre*"),
    ("ca", r"nombre de sèrie", "a label is a *número*"),
    ("ca", r"\bmal picat", "*mal teclejat*"),
];

/// Placeholders that are a date, a quantity, an environment or a commit: nothing contracts with them.
const PLAIN: &[&str] = &[
    "after",
    "before",
    "asked",
    "base",
    "bits",
    "commit",
    "corrected",
    "count",
    "date",
    "day",
    "days",
    "depth",
    "digest",
    "due",
    "earliest",
    "env",
    "environment",
    "environments",
    "first",
    "from",
    "head",
    "id",
    "informed",
    "issued",
    "landed",
    "last",
    "limit",
    "loaded",
    "main",
    "made",
    "most",
    "new",
    "next",
    "old",
    "pre",
    "pro",
    "recorded",
    "sent",
    "shown",
    "signed",
    "since",
    "size",
    "stated",
    "sunday",
    "through",
    "tip",
    "to",
    "today",
    "until",
    "works",
    "year",
    "all",
    "longest",
];

/// Names of values, in code: a command that is to be filled in has them in the reader's language.
const CATALAN_VALUES: &str = "FILE TICKET DATE REASON ACTOR NAME NICKNAME KEY VALUE FIELD CODE PLACE \
    SUBJECT STORE LABEL SERVICE YYYY";
const SPANISH_VALUES: &str = "FILE TICKET DATE TEXT REASON ACTOR ENS NAME NICKNAME KEY VALUE FIELD \
    CODE PLACE SUBJECT STORE LABEL SERVICE YYYY";

#[test]
fn the_catalogues_hold_none_of_the_words_that_say_something_else() {
    let mut found = Vec::new();
    for (language, expression, why) in NEVER {
        let wrong = Regex::new(expression.trim_end_matches("")).unwrap();
        for (english, translated) in catalogue(language) {
            if wrong.is_match(&prose(&translated)) {
                found.push(format!("{language}: {why}\n  {english:?}\n  {translated:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// «de {ens}», where the ens is `agencia-a`: an apostrophe is missing, or a contraction.
#[test]
fn no_name_stands_where_an_article_or_a_preposition_might_contract_with_it() {
    let words = [("ca", "de|del|el|la|al|pel|per|que"), ("es", "de|del|el|la|al")];
    let mut found = Vec::new();
    for (language, words) in words {
        let contracts = Regex::new(&format!(r"(?i)\b(?:{words}) \{{(\w+)\}}")).unwrap();
        for (english, translated) in catalogue(language) {
            let prose = prose(&translated);
            let names = contracts.captures_iter(&prose).map(|found| found[1].to_owned());
            let names: Vec<_> = names.filter(|name| !PLAIN.contains(&name.as_str())).collect();
            if !names.is_empty() {
                found.push(format!("{language}: {names:?}\n  {english:?}\n  {translated:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_a_command_leaves_to_fill_in_is_named_in_the_language() {
    let mut found = Vec::new();
    for (language, values) in [("ca", CATALAN_VALUES), ("es", SPANISH_VALUES)] {
        let values = values.split_whitespace().collect::<Vec<_>>().join("|");
        let value = Regex::new(&format!(r"(^|[^\w-])({values})($|[^\w-])")).unwrap();
        for (english, translated) in catalogue(language) {
            if code(&translated).iter().any(|code| value.is_match(code)) {
                found.push(format!("{language}: {english:?}\n  {translated:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The English sentences of a catalogue and what stands for them.
fn catalogue(language: &str) -> Vec<(String, String)> {
    let file = polib::po_file::parse(Path::new(&format!("locales/{language}.po"))).unwrap();
    let entries = file.messages().filter(|entry| !entry.msgid().is_empty());
    let pairs = entries.map(|entry| (entry.msgid().to_owned(), entry.msgstr().unwrap().to_owned()));
    pairs.collect()
}

/// The text with a mark in place of its code.
fn prose(text: &str) -> String {
    let parts = text.split('`').step_by(2);
    parts.collect::<Vec<_>>().join("`")
}

/// The code in it.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
