//! Tax numbers of people, which no request's id may show.

/// The control letters of a person's number (Orden EHA/451/2008; Real Decreto 338/1990).
const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Whether a valid NIF or NIE of a person stands anywhere in `text`, whatever parts its characters. Of a
/// body's NIF nothing is asked: it is no secret, and too many ids look like one.
pub(super) fn holds_number(text: &str) -> bool {
    let letters: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_uppercase();
    letters.windows(9).any(is_number) || holds_short(&letters)
}

/// Whether eight characters and a letter are a number with its control.
fn is_number(number: &[u8]) -> bool {
    let (first, digits) = match number[0] {
        b'X' | b'K' | b'L' | b'M' => (0, &number[1..8]),
        b'Y' => (1, &number[1..8]),
        b'Z' => (2, &number[1..8]),
        _ => (0, &number[..8]),
    };
    control(first, digits) == Some(number[8])
}

/// Whether a number that has lost its leading zero stands there: seven digits and a letter.
fn holds_short(letters: &[u8]) -> bool {
    let begins = |place: usize| place == 0 || !letters[place - 1].is_ascii_digit();
    let windows = letters.windows(8).enumerate();
    let mut short = windows.filter(|(place, _)| begins(*place));
    short.any(|(_, number)| control(0, &number[..7]) == Some(number[7]))
}

fn control(first: u32, digits: &[u8]) -> Option<u8> {
    let add = |number: u32, digit: &u8| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    };
    let number = digits.iter().try_fold(first, add)?;
    Some(LETTERS[number as usize % LETTERS.len()])
}

#[cfg(test)]
mod tests {
    use super::holds_number;

    #[test]
    fn numbers_of_people_are_found_anywhere() {
        for text in [
            "00000000T",
            "AOC-12345678z-1",
            "x1234567l",
            "1234.5678-Z",
            "id:Z1234567R:2",
            "1000000Y",
        ] {
            assert!(holds_number(text), "{text}");
        }
        for text in ["AOC00000000100373", "9821920002-ENOTUM-1781711795987", "12345678A", "", "T"] {
            assert!(!holds_number(text), "{text}");
        }
    }
}
