//! What the codes of an answer show of the certificate's path.

/// What an answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The path works.
    Works,
    /// It does not.
    Fails,
    /// There is no answer yet: the request waits, or is in process.
    Waits,
    /// The codes alone do not tell: whoever asked decides.
    Undecided,
}

/// The state of a request that is finished.
pub const FINISHED: &str = "0003";

/// The `code` of a fault.
pub const FAULT: &str = "fault";

/// AEAT's own answers about whoever was asked for: they show that the path works.
const WORKS: [&str; 14] = [
    "0233", "1000", "1002", "1006", "1008", "1009", "1010", "1011", "1012", "1013", "1014", "1015",
    "1024", "0",
];

/// The one service that answers `0`.
const VERIFIES_NIF: &str = "VERIFICAR_NIF";

/// What a state, or `fault`, and AEAT's code show. An answer without AEAT's code does not tell.
pub fn shown(service: &str, code: &str, answer: Option<&str>) -> Shown {
    match (code, answer) {
        ("0001" | "0002", _) => Shown::Waits,
        (FINISHED, Some(answer)) if answers(service, answer) => Shown::Works,
        (FINISHED, _) => Shown::Undecided,
        _ => Shown::Fails,
    }
}

/// Whether AEAT's code shows that the path works.
pub(super) fn answers(service: &str, answer: &str) -> bool {
    let modality = service.split_once('/').map_or(service, |(_, modality)| modality);
    WORKS.contains(&answer) && (modality == VERIFIES_NIF) == (answer == "0")
}

/// A state as it is kept: four digits, although it may have lost its zeros. None of anything else.
pub(super) fn state(text: &str) -> Option<String> {
    digits(text).map(|digits| format!("{digits:0>4}"))
}

/// AEAT's code as it is kept: `0`, or four digits. None of anything else.
pub(super) fn answer(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let is_zero = digits.bytes().all(|digit| digit == b'0');
    Some(if is_zero { "0".to_owned() } else { format!("{digits:0>4}") })
}

fn digits(text: &str) -> Option<&str> {
    let fits = (1..=4).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{Shown, answer, shown, state};

    #[test]
    fn codes_decide_as_the_contract_says() {
        let irpf = |code, answer| shown("AEAT_IRPF/C2", code, answer);
        let nif = |answer| shown("AEAT_DADES/VERIFICAR_NIF", "0003", Some(answer));
        for answer in ["0233", "1000", "1002", "1006", "1008", "1015", "1024"] {
            assert_eq!(irpf("0003", Some(answer)), Shown::Works, "{answer}");
        }
        for answer in ["0", "1001", "1007", "1016", "9999"] {
            assert_eq!(irpf("0003", Some(answer)), Shown::Undecided, "{answer}");
        }
        assert_eq!(nif("0"), Shown::Works);
        assert_eq!(nif("1000"), Shown::Undecided);
        assert_eq!(irpf("0003", None), Shown::Undecided);
        assert_eq!(irpf("0001", None), Shown::Waits);
        assert_eq!(irpf("0002", Some("1000")), Shown::Waits);
        for code in ["0502", "0004", "fault"] {
            assert_eq!(irpf(code, Some("1000")), Shown::Fails, "{code}");
        }
    }

    #[test]
    fn codes_get_their_zeros_back() {
        assert_eq!(state("3").as_deref(), Some("0003"));
        assert_eq!(answer("233").as_deref(), Some("0233"));
        assert_eq!(answer("0000").as_deref(), Some("0"));
        for wrong in ["", "00003", "3 ", "OK", "-1"] {
            assert_eq!(state(wrong), None, "{wrong}");
        }
    }
}
