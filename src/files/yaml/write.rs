//! Strings as YAML scalars.

use super::alike::LONGEST_KEY;
use super::scalar::{Resolved, resolve};
use super::{Value, parse};

/// `text` as a scalar that reads back as that string, in block and in flow style, under YAML 1.1
/// and 1.2: plain where that is so, else in double quotes.
pub fn scalar(text: &str) -> String {
    let is_plain = match is_word(text) {
        true => resolve(text) == Resolved::Text,
        false => is_plain(text),
    };
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// Whether all of it means nothing to YAML's syntax, so that what it is need not be read to be known.
fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/'))
        && text.len() < LONGEST_KEY
}

/// `text` in double quotes, as codes and digests stand in an inventory.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON, and so is YAML's double-quoted style")
}

fn is_plain(text: &str) -> bool {
    let is_text = |value: &Value<'_>| matches!(value, Value::Text(read) if read == text);
    let (in_block, in_flow) = (format!("field: {text}\n"), format!("[{text}]\n"));
    let (block, flow) = (parse(&in_block), parse(&in_flow));
    if !block.problems.is_empty() || !flow.problems.is_empty() || text.contains('\n') {
        return false;
    }
    let block = match block.root.map(|root| root.value) {
        Some(Value::Map(entries)) => entries.len() == 1 && is_text(&entries[0].node.value),
        _ => false,
    };
    let flow = match flow.root.map(|root| root.value) {
        Some(Value::List(items)) => items.len() == 1 && is_text(&items[0].value),
        _ => false,
    };
    block && flow
}

#[cfg(test)]
mod tests {
    use super::super::{Value, parse};
    use super::{Resolved, is_plain, is_word, resolve, scalar};
    use proptest::prelude::*;

    #[test]
    fn words_stay_plain_and_what_could_be_misread_is_quoted() {
        for plain in ["Servei Català de Trànsit", "Q0890001A", "2026-09-01", "AEAT_IRPF/C2", "a-b"]
        {
            assert_eq!(scalar(plain), plain);
        }
        for text in [
            "",
            " a",
            "a ",
            "0801930008",
            "1",
            "yes",
            "NO",
            "a: b",
            "a #b",
            "a, b",
            "[a]",
            "=1+1",
            "'a'",
            "\"",
            "- a",
            "-",
            "?",
            "!a",
            "&a",
            "*a",
            "%a",
            "@a",
            "`a`",
            "{",
            "a\tb\nc",
            "~",
            "|",
            ">",
            "12:30",
        ] {
            let quoted = scalar(text);
            assert!(text == "=1+1" || quoted.starts_with('"'), "{quoted}");
        }
    }

    proptest! {
        #[test]
        fn a_word_is_what_reading_it_shows(
            text in "[A-Za-z0-9][A-Za-z0-9_/-]{0,12}|[0-9]{1,4}[-xobe_][0-9]{1,3}|yes|No|oN|off|y|null|True",
        ) {
            prop_assert!(is_word(&text));
            prop_assert_eq!(resolve(&text) == Resolved::Text, is_plain(&text));
        }

        #[test]
        fn any_text_reads_back(text in "\\PC{0,12}|[-?:,\\[\\]{}#&*!|>'\"%@` a0\\\\]{0,6}") {
            let written = format!("field: {}\nother: [{}, 1]\n", scalar(&text), scalar(&text));
            let document = parse(&written);
            let Some(Value::Map(entries)) = document.root.map(|root| root.value) else {
                panic!("{written}");
            };
            let Value::List(items) = &entries[1].node.value else { panic!("{written}") };
            for value in [&entries[0].node.value, &items[0].value] {
                prop_assert!(matches!(value, Value::Text(read) if *read == text), "{}", written);
            }
        }
    }
}
