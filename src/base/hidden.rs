//! Characters that a reader cannot see, or that change what a reader sees.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether `character` is a control, a format or bidirectional control, an invisible or
/// unassigned character, or a space other than U+0020. Line feed and tab are not hidden.
///
/// Source: Unicode's general categories and `Default_Ignorable_Code_Point`; *Trojan Source:
/// Invisible Vulnerabilities* (CVE-2021-42574).
pub fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' | '\n' | '\t' => false,
        // Default-ignorable or blank, though letters, marks or symbols by category.
        '\u{034f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0100}'..='\u{e01ef}' => true,
        _ => matches!(
            character.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
        ),
    }
}

/// The first hidden character of `text` with its byte offset. A carriage return counts only
/// where no line feed follows.
pub fn first_hidden(text: &str) -> Option<(usize, char)> {
    // Nearly every text is plain. To look at all of its bytes is faster than to stop at the first
    // that is not: many can be looked at in one instruction then.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return None;
    }
    text.char_indices().find(|&(offset, character)| {
        let ends_a_line = character == '\r' && text.as_bytes().get(offset + 1) == Some(&b'\n');
        is_hidden(character) && !ends_a_line
    })
}

#[cfg(test)]
mod tests {
    use super::first_hidden;

    #[test]
    fn letters_of_our_languages_are_plain() {
        assert_eq!(first_hidden("Col·legi d’Enginyers «Ñu» 42 €\r\n\tfi"), None);
    }

    #[test]
    fn what_a_reader_cannot_see_is_hidden() {
        let invisible = [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{200d}',
            '\u{feff}',
            '\u{ad}',
            '\u{a0}',
            '\u{0}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{2028}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{e000}',
            '\r',
        ];
        for character in invisible {
            let text = format!("à{character}b");
            assert_eq!(first_hidden(&text), Some((2, character)), "{character:?}");
        }
    }
}
