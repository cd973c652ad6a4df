//! The small parts of XML that quick-xml hands over as they stand: names, attributes, references. It
//! takes more than XML does, so each is read here to the letter (XML 1.0, 2.2, 2.3, 3.1 and 4.1).

/// What XML takes for a blank, but for CR, which no text has once its line ends are read.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Whether a character may stand in a document (XML 1.0, 2.2).
pub(super) fn is_char(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        character => character >= ' ',
    }
}

/// Whether `name` is a name without a colon (Namespaces in XML 1.0, 3).
pub(super) fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(begins_name) && characters.all(continues_name)
}

fn begins_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn continues_name(character: char) -> bool {
    let more = matches!(character,
        '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}');
    more || begins_name(character)
}

/// A name's prefix, empty without one, and the rest.
pub(super) fn qualified(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let has_prefix = local.len() < name.len();
    (is_name(local) && (!has_prefix || is_name(prefix))).then_some((prefix, local))
}

/// How many attributes an element may have, its namespace declarations among them.
pub(super) const ATTRIBUTES: usize = 64;

/// The attributes of a tag, from behind its name, each as it stands; at most one more than is allowed.
/// None when something else stands there.
pub(super) fn attributes(mut rest: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    loop {
        let inside = rest.trim_start_matches(BLANKS);
        if inside.is_empty() || found.len() > ATTRIBUTES {
            return Some(found);
        }
        if inside.len() == rest.len() {
            return None;
        }
        let (name, value) = inside.split_once('=')?;
        let value = value.trim_start_matches(BLANKS);
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        found.push((name.trim_end_matches(BLANKS), value));
        rest = after;
    }
}

/// The character that a reference stands for, from what stands between `&` and `;`. There are no
/// entities but XML's own.
pub(super) fn reference(name: &str) -> Option<char> {
    let digits = |digits: &str, base| {
        let fits = (1..=10).contains(&digits.len()) && digits.chars().all(|it| it.is_digit(base));
        let code = fits.then(|| u32::from_str_radix(digits, base).ok()).flatten()?;
        char::from_u32(code).filter(|&character| is_char(character))
    };
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => match name.strip_prefix("#x") {
            Some(hex) => digits(hex, 16),
            None => digits(name.strip_prefix('#')?, 10),
        },
    }
}

/// An attribute's value with its references read, and its blanks as XML has them (XML 1.0, 3.3.3): there
/// is no DTD, so none is of another type than CDATA.
pub(super) fn attribute_value(raw: &str) -> Option<String> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(place) = rest.find(['&', '<', '\t', '\n']) {
        value.push_str(&rest[..place]);
        let found = &rest[place..];
        rest = match found.as_bytes()[0] {
            b'<' => return None,
            b'&' => {
                let (name, after) = found[1..].split_once(';')?;
                value.push(reference(name)?);
                after
            }
            _ => {
                value.push(' ');
                &found[1..]
            }
        };
    }
    value.push_str(rest);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::{attribute_value, attributes, qualified, reference};

    #[test]
    fn attributes_are_read_to_the_letter() {
        let all = [("a", "1"), ("b:c", "'"), ("d", "")];
        assert_eq!(attributes(" a = '1'\n\tb:c=\"'\" d=''").unwrap(), all);
        assert_eq!(attributes("").unwrap(), []);
        for wrong in ["a='1'", " a='1'b='2'", " a=1", " a", " a='", " a=\"'"] {
            assert!(attributes(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn references_are_xml_s_own() {
        assert_eq!(reference("#xD"), Some('\r'));
        assert_eq!(reference("#233"), Some('é'));
        for wrong in ["x", "", "#", "#x", "#0", "#xFFFE", "#xD800", "#+9", "#x110000", "nbsp"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn blanks_of_a_value_are_spaces_unless_they_are_references() {
        assert_eq!(attribute_value("a\tb\nc&#xA;&#x9;d").as_deref(), Some("a b c\n\td"));
        assert_eq!(attribute_value("a<b"), None);
        assert_eq!(attribute_value("a&b"), None);
    }

    #[test]
    fn names_have_one_colon_at_most() {
        assert_eq!(qualified("a:b"), Some(("a", "b")));
        assert_eq!(qualified("é"), Some(("", "é")));
        for wrong in ["", ":", "a:", ":a", "a:b:c", "1", "a b", "-a", "a/"] {
            assert_eq!(qualified(wrong), None, "{wrong}");
        }
    }
}
