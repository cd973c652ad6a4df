//! What a plain scalar means to YAML 1.2's core schema, and whether YAML 1.1 agrees.
//!
//! Source: YAML 1.2.2, 10.3.2; the YAML 1.1 type repository (bool, int, float, timestamp, merge).

/// The meaning of a plain scalar.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Integer(i64),
    Text,
    /// It looks like a date, and no such day exists: some readers refuse the file for it.
    NoDay,
    /// The two versions differ, or it is a decimal number, which readers take in many ways.
    Unclear,
}

/// Resolves `text`. Dates are text, the one case in which a difference is allowed.
pub(super) fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        "y" | "Y" | "n" | "N" | "=" | "<<" => return Resolved::Unclear,
        _ => {}
    }
    let first = text.as_bytes()[0];
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.' | b'y' | b'Y' | b'n' | b'N' | b'o' | b'O')
    {
        return Resolved::Text;
    }
    if is_old_bool(text) {
        return Resolved::Unclear;
    }
    if looks_like_a_date(text) {
        let is_day = crate::base::time::read_date(text).is_some() && !text.starts_with("0000");
        return if is_day { Resolved::Text } else { Resolved::NoDay };
    }
    number(text)
}

/// `YYYY-MM-DD`, whatever the digits.
fn looks_like_a_date(text: &str) -> bool {
    let fits = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// The words that only YAML 1.1 takes for booleans.
fn is_old_bool(text: &str) -> bool {
    text.len() <= 3 && ["yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A whole decimal number without needless signs and zeros is one; whatever else could be taken
/// for a number, a time or a timestamp is unclear.
fn number(text: &str) -> Resolved {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole && (digits == "0" && text == "0" || !digits.starts_with('0')) {
        return text.parse().map_or(Resolved::Unclear, Resolved::Integer);
    }
    if looks_like_a_number(text) { Resolved::Unclear } else { Resolved::Text }
}

/// A superset of what either version reads as an integer, a float, a sexagesimal or a timestamp.
fn looks_like_a_number(text: &str) -> bool {
    let body = text.trim_start_matches(['+', '-']);
    let lower = body.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    if let Some(rest) = lower.strip_prefix("0x") {
        return rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    if let Some(rest) = lower.strip_prefix("0o").or_else(|| lower.strip_prefix("0b")) {
        return rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    }
    is_timestamp(text) || is_decimal(&lower)
}

/// Digits with underscores, colons, at most one point and at most one exponent. With more points
/// it is text to every reader, as an OID is.
fn is_decimal(lower: &str) -> bool {
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((lower, "0"));
    let exponent = exponent.trim_start_matches(['+', '-']);
    mantissa.bytes().any(|byte| byte.is_ascii_digit())
        && mantissa.bytes().filter(|&byte| byte == b'.').count() <= 1
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b':' | b'.'))
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

/// YAML 1.1's long form, `2001-12-14t21:59:43.10-05:00` and its looser relatives.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts = bytes.len() > 10 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-';
    let allowed = |byte: u8| {
        byte.is_ascii_digit()
            || matches!(byte, b'-' | b'+' | b':' | b'.' | b' ' | b'\t' | b'T' | b't' | b'Z')
    };
    starts && text.bytes().all(allowed) && text.contains(':')
}

#[cfg(test)]
mod tests {
    use super::{Resolved, resolve};

    #[test]
    fn what_both_versions_read_alike_is_taken() {
        assert_eq!(resolve("~"), Resolved::Null);
        assert_eq!(resolve("True"), Resolved::Bool(true));
        assert_eq!(resolve("0"), Resolved::Integer(0));
        assert_eq!(resolve("-12"), Resolved::Integer(-12));
        for text in [
            "2026-02-28",
            "Q0890001A",
            "AEAT_IRPF/C2",
            "yesterday",
            "nova",
            "once",
            "sct/2026",
            "ST-22980",
            "-",
            "--",
            "Né",
            "a:b",
            "1 any",
            "v1.2",
            "2.16.724.1.3.5.6.1",
            "10-sct",
        ] {
            assert_eq!(resolve(text), Resolved::Text, "{text}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_apart() {
        for text in ["2026-02-30", "2026-13-01", "0000-01-01", "2026-00-10"] {
            assert_eq!(resolve(text), Resolved::NoDay, "{text}");
        }
        for text in ["0001-01-01", "2028-02-29", "2026-2-30", "2026-02-30x"] {
            assert_eq!(resolve(text), Resolved::Text, "{text}");
        }
    }

    #[test]
    fn what_they_read_differently_is_unclear() {
        for text in [
            "yes",
            "NO",
            "On",
            "off",
            "y",
            "N",
            "=",
            "<<",
            "010",
            "0801930008",
            "0o14",
            "0b1",
            "0x1F",
            "1_000",
            "12:30",
            "1:2:3.5",
            "1e3",
            "1.5",
            ".5",
            "1.",
            "+1",
            "-0",
            "+.inf",
            ".NaN",
            "2001-12-14 21:59:43",
            "2001-12-14t21:59:43.10-05:00",
            "99999999999999999999",
            "190:20:30",
            "1E5",
            "12e03",
        ] {
            assert_eq!(resolve(text), Resolved::Unclear, "{text}");
        }
    }
}
