//! Codes with control characters: organ codes, tax numbers, units.

/// Whether a code of ten digits is a valid *ine10*, `TTNNN C EEE D`: the sixth digit controls the
/// first five, the tenth the three before it with the control digit itself.
///
/// Source: the code of local bodies of Catalonia (*codi ine10*), as the contract states it.
pub fn is_ine10(code: &str) -> bool {
    let Some(digits) = digits(code).filter(|digits| digits.len() == 10) else { return false };
    ine10_control(&digits[..5]) == digits[5] && ine10_control(&digits[5..9]) == digits[9]
}

/// The sum of the digits from the right through three tables in turn, negated, modulo 10.
fn ine10_control(digits: &[u8]) -> u8 {
    const TABLES: [[u8; 10]; 3] = [
        [0, 3, 8, 2, 7, 4, 1, 5, 9, 6],
        [0, 2, 4, 6, 8, 1, 3, 5, 7, 9],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ];
    let tables = TABLES.iter().cycle();
    let sum: u8 =
        digits.iter().rev().zip(tables).map(|(&digit, table)| table[digit as usize]).sum();
    (10 - sum % 10) % 10
}

/// Whether `email` is an ASCII `local@domain`, as people have them: no pattern, handle or homoglyph that a
/// list of owners or of signers would read as something else.
pub fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else { return false };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+'-".contains(&byte);
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=64).contains(&local.len())
        && local.bytes().all(is_local)
        && local.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.len() <= 253
        && domain.split('.').all(is_label)
}

/// What is wrong with an organ code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganCodeFault {
    /// It is neither 1 to 9 digits nor 10.
    Shape,
    /// Nine digits that are a valid ine10 with a 0 in front.
    LostZero,
    /// Ten digits whose control digits do not fit.
    Control,
}

/// Checks an organ code: an ine10, or the 1 to 9 digits that some bodies have instead.
///
/// # Errors
/// What is wrong with it.
pub fn check_organ_code(code: &str) -> Result<(), OrganCodeFault> {
    let Some(digits) = digits(code) else { return Err(OrganCodeFault::Shape) };
    match digits.len() {
        9 if is_ine10(&format!("0{code}")) => Err(OrganCodeFault::LostZero),
        1..=9 => Ok(()),
        10 if is_ine10(code) => Ok(()),
        10 => Err(OrganCodeFault::Control),
        _ => Err(OrganCodeFault::Shape),
    }
}

fn digits(code: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    code.bytes().map(digit).collect()
}

/// Whether `nif` is the tax number of a body: a letter, seven digits and the right control.
///
/// Source: Orden EHA/451/2008; the control algorithm is that of the former CIF.
pub fn is_body_nif(nif: &str) -> bool {
    let bytes = nif.as_bytes();
    if bytes.len() != 9 || !bytes.is_ascii() {
        return false;
    }
    let Some(digits) = digits(&nif[1..8]) else { return false };
    let doubled = |digit: u8| digit * 2 / 10 + digit * 2 % 10;
    let sum: u8 = digits
        .iter()
        .enumerate()
        .map(|(place, &digit)| if place % 2 == 0 { doubled(digit) } else { digit })
        .sum();
    let control = (10 - sum % 10) % 10;
    let letter = b"JABCDEFGHI"[control as usize];
    let digit = b'0' + control;
    match bytes[0] {
        b'P' | b'Q' | b'R' | b'S' | b'N' | b'W' => bytes[8] == letter,
        b'A' | b'B' | b'E' | b'H' => bytes[8] == digit,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'U' | b'V' => bytes[8] == letter || bytes[8] == digit,
        _ => false,
    }
}

/// Whether `code` has the form of a DIR3 code, `^[AEIJLU][A-Z0-9][0-9]{7}$`.
pub fn is_dir3(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 9
        && b"AEIJLU".contains(&bytes[0])
        && (bytes[1].is_ascii_uppercase() || bytes[1].is_ascii_digit())
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::{OrganCodeFault, check_organ_code, is_body_nif, is_dir3, is_email};

    #[test]
    fn e_mails_are_ascii_and_nothing_else() {
        let good = [
            "marta@example.org",
            "123+m.p_x@users.noreply.github.com",
            "o'brien@a-b.cat",
            "x@y",
            "_a@b",
        ];
        let long = format!("{}@example.org", "a".repeat(65));
        let bad = [
            "",
            "x",
            "@evil/team",
            "!x@y",
            "x@",
            "@y",
            "x@y@z",
            "a b@c",
            "x@y/z",
            "x@*",
            "josé@example.org",
            "m\u{430}rta@example.org",
            "\u{ff4d}arta@example.org",
            "marta@ex\u{e1}mple.org",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a@b..c",
            "a@-b",
            "a@b-",
            "#a@b",
            "a,b@c",
            "\"a\"@b",
            "<a@b>",
            "a@b\n",
            &long,
        ];
        good.iter().for_each(|email| assert!(is_email(email), "{email}"));
        bad.iter().for_each(|email| assert!(!is_email(email), "{email}"));
    }

    #[test]
    fn published_organ_codes_are_valid() {
        for code in [
            "0801930008",
            "0800180001",
            "0805430008",
            "9610420002",
            "9610210014",
            "9821920002",
            "8101360009",
            "1",
            "123456789",
        ] {
            assert_eq!(check_organ_code(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn a_wrong_organ_code_says_what_is_wrong() {
        for code in ["0801930009", "0801940008", "9821920012", "7996100001"] {
            assert_eq!(check_organ_code(code), Err(OrganCodeFault::Control), "{code}");
        }
        assert_eq!(check_organ_code("801930008"), Err(OrganCodeFault::LostZero));
        for code in ["", "08019300080", "080193000A", "٠٨٠١٩٣٠٠٠٨", " 1"] {
            assert_eq!(check_organ_code(code), Err(OrganCodeFault::Shape), "{code}");
        }
    }

    #[test]
    fn tax_numbers_of_bodies_are_told_from_wrong_ones() {
        for nif in ["S0811001G", "Q0801175A", "P0801900B", "Q0818002H", "Q2826004J", "Q0000000J"] {
            assert!(is_body_nif(nif), "{nif}");
        }
        for nif in [
            "S0811001H",
            "S08110017",
            "Q0801175B",
            "s0811001g",
            "S0811001",
            "S0811001GG",
            "",
            "Sé811001",
            "12345678Z",
        ] {
            assert!(!is_body_nif(nif), "{nif}");
        }
    }

    #[test]
    fn units_have_their_form() {
        assert!(is_dir3("A09990001") && is_dir3("LA0000001"));
        for code in ["B09990001", "A0999000", "A0999000X", "Aé999000"] {
            assert!(!is_dir3(code), "{code}");
        }
    }
}
