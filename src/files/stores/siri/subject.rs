//! Subjects as text, as some Java wrote them: reversed (the certificate's last relative name first),
//! with keywords or identifiers, bare, quoted or in hexadecimal. They are compared with a name part by
//! part, by identifier and text; what Java cannot write down without loss cannot be told.

use unicode_normalization::UnicodeNormalization;

use crate::files::x509::Name;

/// How a written subject stands to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// It says that name.
    Same,
    /// It may.
    Untold,
    /// It says another, or none.
    Different,
}

/// An attribute as written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    kind: Kind,
    /// The text; none of a value in hexadecimal that is no string.
    value: Option<String>,
    /// Whether it stood in quotation marks, which may be the value's own.
    is_quoted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Dotted.
    Oid(String),
    /// A keyword that means these; several, or none, where it is not known which.
    Keyword(Vec<&'static str>),
}

/// Java's keywords (`sun.security.x509.AVAKeyword`) and those of others, in upper case. `SN` is surname
/// to X.520 and serialNumber to some.
const KEYWORDS: [(&str, &[&str]); 27] = [
    ("CN", &["2.5.4.3"]),
    ("C", &["2.5.4.6"]),
    ("L", &["2.5.4.7"]),
    ("S", &["2.5.4.8"]),
    ("ST", &["2.5.4.8"]),
    ("O", &["2.5.4.10"]),
    ("OU", &["2.5.4.11"]),
    ("T", &["2.5.4.12"]),
    ("TITLE", &["2.5.4.12"]),
    ("STREET", &["2.5.4.9"]),
    ("SERIALNUMBER", &["2.5.4.5"]),
    ("SURNAME", &["2.5.4.4"]),
    ("SN", &["2.5.4.4", "2.5.4.5"]),
    ("GIVENNAME", &["2.5.4.42"]),
    ("GN", &["2.5.4.42"]),
    ("INITIALS", &["2.5.4.43"]),
    ("GENERATION", &["2.5.4.44"]),
    ("DNQ", &["2.5.4.46"]),
    ("DNQUALIFIER", &["2.5.4.46"]),
    ("ORGANIZATIONIDENTIFIER", &["2.5.4.97"]),
    ("DC", &["0.9.2342.19200300.100.1.25"]),
    ("UID", &["0.9.2342.19200300.100.1.1"]),
    ("EMAIL", &["1.2.840.113549.1.9.1"]),
    ("EMAILADDRESS", &["1.2.840.113549.1.9.1"]),
    ("E", &["1.2.840.113549.1.9.1"]),
    ("DESCRIPTION", &["2.5.4.13"]),
    ("BUSINESSCATEGORY", &["2.5.4.15"]),
];

/// How a written subject stands to the name of a certificate.
pub fn compare(written: &str, name: &Name) -> Likeness {
    let Some(mut parts) = parse(written) else { return Likeness::Different };
    parts.reverse();
    let own: Vec<Vec<(String, String)>> = name
        .relative()
        .map(|part| part.map(|it| (it.oid(), it.value.into_owned())).collect())
        .collect();
    if parts.len() != own.len() {
        return Likeness::Different;
    }
    let pairs = parts.iter().zip(&own);
    pairs.map(|(written, own)| compare_part(written, own)).max().unwrap_or(Likeness::Different)
}

/// The attributes of a subject that is written with identifiers and known keywords: dotted, and their
/// texts. Of one that cannot be read, none.
pub fn attributes(written: &str) -> Vec<(String, String)> {
    let parts = parse(written).unwrap_or_default();
    let attribute = |it: Written| {
        let oid = match it.kind {
            Kind::Oid(oid) => oid,
            Kind::Keyword(may) => (*may.first().filter(|_| may.len() == 1)?).to_owned(),
        };
        Some((oid, it.value?))
    };
    parts.into_iter().flatten().filter_map(attribute).collect()
}

/// The attributes of one part, in any order.
fn compare_part(written: &[Written], own: &[(String, String)]) -> Likeness {
    if written.len() != own.len() {
        return Likeness::Different;
    }
    let mut left: Vec<&Written> = written.iter().collect();
    let mut worst = Likeness::Same;
    for attribute in own {
        let best = left.iter().map(|it| it.compare(attribute)).enumerate();
        let Some((place, likeness)) = best.min_by_key(|(_, likeness)| *likeness) else {
            return Likeness::Different;
        };
        left.remove(place);
        worst = worst.max(likeness);
    }
    worst
}

impl Written {
    fn compare(&self, (oid, value): &(String, String)) -> Likeness {
        let kind = match &self.kind {
            Kind::Oid(own) if own == oid => Likeness::Same,
            Kind::Keyword(may) if may.len() == 1 && may[0] == oid => Likeness::Same,
            Kind::Keyword(may) if may.is_empty() || (may.len() > 1 && may.contains(&&**oid)) => {
                Likeness::Untold
            }
            _ => return Likeness::Different,
        };
        let Some(own) = &self.value else { return Likeness::Untold };
        let in_quotes = || self.is_quoted && *value == format!("\"{own}\"");
        kind.max(if own == value || in_quotes() { Likeness::Same } else { loosely(own, value) })
    }
}

/// What is not written as it should be: in lower case and with its blanks taken together, as Java's
/// canonical form is, or with characters that an encoding lost.
fn loosely(written: &str, value: &str) -> Likeness {
    let canonical = |text: &str| {
        let folded: String = text.nfkd().collect::<String>().to_lowercase();
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let is_canonical = written.to_lowercase() == written && canonical(written) == canonical(value);
    let is_lost = written.contains(['\u{fffd}', '\0']);
    match is_canonical || is_lost || has_question_marks(written, value) || is_reread(written, value)
    {
        true => Likeness::Untold,
        false => Likeness::Different,
    }
}

/// Whether it is the value with question marks where letters are not ASCII.
fn has_question_marks(written: &str, value: &str) -> bool {
    let only = |text: &str, is_kept: fn(char) -> bool| {
        text.chars().filter(|it| is_kept(*it)).collect::<String>()
    };
    written.contains('?')
        && written.is_ascii()
        && !value.is_ascii()
        && only(written, |it| it != '?') == only(value, |it| it.is_ascii() && it != '?')
}

/// Whether it is the value's UTF-8 taken for Latin-1.
fn is_reread(written: &str, value: &str) -> bool {
    let bytes: Option<Vec<u8>> =
        written.chars().map(|it| u8::try_from(u32::from(it)).ok()).collect();
    !written.is_ascii() && bytes.is_some_and(|bytes| bytes == value.as_bytes())
}

/// Reads a subject: its parts in the order in which they stand, each of attributes. None: it is none.
fn parse(text: &str) -> Option<Vec<Vec<Written>>> {
    let mut reader = Reader { rest: text.trim() };
    if reader.rest.is_empty() {
        return Some(Vec::new());
    }
    let mut parts = vec![Vec::new()];
    loop {
        let attribute = reader.attribute()?;
        parts.last_mut()?.push(attribute);
        match reader.next() {
            None => return Some(parts),
            Some('+') => {}
            Some(',' | ';') => parts.push(Vec::new()),
            Some(_) => return None,
        }
        if parts.len() > 100 || parts.last()?.len() > 100 {
            return None;
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn attribute(&mut self) -> Option<Written> {
        let (kind, rest) = self.rest.split_once('=')?;
        let kind = read_kind(kind.trim())?;
        self.rest = rest.trim_start();
        let (value, is_quoted) = match self.rest.chars().next() {
            Some('"') => (Some(self.quoted()?), true),
            Some('#') => (self.hexadecimal()?, false),
            _ => (Some(self.bare()?), false),
        };
        self.rest = self.rest.trim_start();
        Some(Written { kind, value, is_quoted })
    }

    /// Up to the quotation mark that ends it.
    fn quoted(&mut self) -> Option<String> {
        self.next()?;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                '"' => return Some(lossy(bytes)),
                '\\' => self.escaped(&mut bytes)?,
                character => push(&mut bytes, character),
            }
        }
    }

    /// Up to a separator; blanks at the end do not count unless they are escaped.
    fn bare(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut kept = 0;
        while let Some(character) = self.rest.chars().next() {
            match character {
                ',' | ';' | '+' => break,
                '\\' => {
                    self.next()?;
                    self.escaped(&mut bytes)?;
                    kept = bytes.len();
                }
                _ => {
                    self.next()?;
                    push(&mut bytes, character);
                    if !character.is_ascii_whitespace() {
                        kept = bytes.len();
                    }
                }
            }
        }
        bytes.truncate(kept);
        Some(lossy(bytes))
    }

    /// What stands after `\`: two hexadecimal digits, which are a byte, or a character.
    fn escaped(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let pair =
            self.rest.get(..2).filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                self.rest = &self.rest[2..];
            }
            None => push(bytes, self.next()?),
        }
        Some(())
    }

    /// `#` and the DER of a value; within: none where that is no string.
    #[allow(clippy::option_option)]
    fn hexadecimal(&mut self) -> Option<Option<String>> {
        self.next()?;
        let end = self.rest.find([',', ';', '+']).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        let der = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.trim().as_bytes()).ok()?;
        Some(crate::files::x509::text_of(&der))
    }
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned())
}

/// A keyword in any case, or an identifier with or without `OID.`.
fn read_kind(kind: &str) -> Option<Kind> {
    let upper = kind.to_ascii_uppercase();
    let dotted = upper.strip_prefix("OID.").unwrap_or(&upper);
    let is_dotted = dotted.contains('.')
        && dotted
            .split('.')
            .all(|arc| !arc.is_empty() && arc.bytes().all(|it| it.is_ascii_digit()));
    if is_dotted {
        return Some(Kind::Oid(dotted.to_owned()));
    }
    let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
    if upper.is_empty() || !upper.bytes().all(is_word) {
        return None;
    }
    let known = KEYWORDS.iter().find(|(keyword, _)| *keyword == upper);
    Some(Kind::Keyword(known.map(|(_, oids)| oids.to_vec()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::Likeness::{self, Different, Same, Untold};
    use super::{attributes, parse};

    /// CN=Prova à, serialNumber=Q0801175A, organizationIdentifier=VATES-Q0801175A, O=Consorci "X", C=ES
    fn likeness(written: &str) -> Likeness {
        let parts = [
            ("2.5.4.6", 0x13, "ES"),
            ("2.5.4.10", 0x0c, "Consorci, \"X\""),
            ("2.5.4.97", 0x0c, "VATES-Q0801175A"),
            ("2.5.4.5", 0x13, "Q0801175A"),
            ("2.5.4.3", 0x0c, "Prova à  b"),
        ];
        super::compare(written, &crate::files::x509::Name::for_tests(&parts))
    }

    #[test]
    fn java_writes_one_subject_in_many_ways() {
        for same in [
            r#"CN="Prova à  b", SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"CN="Prova à  b", OID.2.5.4.5=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"CN=Prova à  b,2.5.4.5=#1309513038303131373541,2.5.4.97=#0c0f56415445532d513038303131373541,O=Consorci\, \"X\",C=ES"#,
            r#"cn=Prova \c3\a0  b;serialnumber=Q0801175A;organizationIdentifier=VATES-Q0801175A;o=Consorci\, \22X\22;c=ES"#,
        ] {
            assert_eq!(likeness(same), Same, "{same}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_no_difference() {
        for untold in [
            r#"CN="Prova à  b", SN=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"cn=prova à b,2.5.4.5=q0801175a,2.5.4.97=vates-q0801175a,o=consorci\, \"x\",c=es"#,
            r#"CN="Prova ?  b", SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            "CN=\"Prova \u{fffd}  b\", SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O=\"Consorci, \\\"X\\\"\", C=ES",
            "CN=\"Prova \u{c3}\u{a0}  b\", SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O=\"Consorci, \\\"X\\\"\", C=ES",
        ] {
            assert_eq!(likeness(untold), Untold, "{untold}");
        }
    }

    #[test]
    fn another_subject_is_told() {
        for other in [
            "",
            "no subject",
            "CN=",
            r#"C=ES, O="Consorci, \"X\"", OID.2.5.4.97=VATES-Q0801175A, SERIALNUMBER=Q0801175A, CN="Prova à  b""#,
            r#"CN="Prova à  b", SERIALNUMBER=Q0801175B, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"CN="Prova à  b", SN=Q0801175B, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"CN="Prova à  b"+SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
            r#"CN="Prova ?  c", SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, \"X\"", C=ES"#,
        ] {
            assert_eq!(likeness(other), Different, "{other}");
        }
    }

    #[test]
    fn quotes_may_be_the_values_own() {
        let name = crate::files::x509::Name::for_tests(&[("2.5.4.3", 0x0c, "\"a,b\"")]);
        assert_eq!(super::compare("CN=\"a,b\"", &name), Same);
        let name = crate::files::x509::Name::for_tests(&[("2.5.4.3", 0x0c, "a,b")]);
        assert_eq!(super::compare("CN=\"a,b\"", &name), Same);
        assert_eq!(super::compare("CN=\"a\\,b\"", &name), Same);
    }

    #[test]
    fn attributes_are_found_by_identifier() {
        let found = attributes("CN=x,2.5.4.97=#0c0f56415445532d513038303131373541");
        assert_eq!(found[1], ("2.5.4.97".to_owned(), "VATES-Q0801175A".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "[A-Za-z0-9=,;+\\\\\"# .à?\n-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
