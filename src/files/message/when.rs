//! Instants as messages write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::base::time;

/// Reads an instant: a date, a blank or `T`, a time with or without seconds and up to nine decimals, a
/// zone; without one it is Europe/Madrid's. In whole seconds.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_at_checked(10)?;
    let date = time::read_date(day)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let clock = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock);
    let (hours, rest) = two_digits(clock)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':')?)?;
    let seconds = match rest.strip_prefix(':') {
        None if rest.is_empty() => 0,
        None => return None,
        Some(rest) => {
            let (seconds, rest) = two_digits(rest)?;
            let decimals = rest.strip_prefix('.');
            let fits = |it: &str| it.len() <= 9 && it.bytes().all(|digit| digit.is_ascii_digit());
            if !decimals.map_or(rest.is_empty(), fits) {
                return None;
            }
            seconds
        }
    };
    let clock = jiff::civil::Time::new(hours, minutes, seconds, 0).ok()?;
    let local = DateTime::from_parts(date, clock);
    match zone {
        "" => time::in_madrid(local),
        "Z" => Offset::UTC.to_timestamp(local).ok(),
        zone => offset(zone)?.to_timestamp(local).ok(),
    }
}

/// `+02:00`, or without its colon.
fn offset(zone: &str) -> Option<Offset> {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, rest) = two_digits(zone.get(1..)?)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':').unwrap_or(rest))?;
    let fits = rest.is_empty() && hours <= 14 && minutes < 60;
    let seconds = i32::from(hours) * 3_600 + i32::from(minutes) * 60;
    fits.then(|| Offset::from_seconds(sign * seconds).ok()).flatten()
}

fn two_digits(text: &str) -> Option<(i8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    are_digits.then(|| digits.parse().ok()).flatten().map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn instants_are_read_as_clients_write_them() {
        let cases = [
            ("2026-12-03T09:12:44Z", "2026-12-03T09:12:44Z"),
            ("2026-12-03T09:12:44.123456789Z", "2026-12-03T09:12:44Z"),
            ("2026-12-03 10:12:44.1", "2026-12-03T09:12:44Z"),
            ("2026-12-03T10:12", "2026-12-03T09:12:00Z"),
            ("2026-07-03T10:12:44.", "2026-07-03T08:12:44Z"),
            ("2026-07-03T10:12:44+02:00", "2026-07-03T08:12:44Z"),
            ("2026-07-03T10:12:44-0330", "2026-07-03T13:42:44Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(instant(text).map(|it| it.to_string()).as_deref(), Some(expected), "{text}");
        }
        for wrong in [
            "",
            "2026-12-03",
            "2026-12-03T",
            "2026-12-03T9:12",
            "2026-12-03T24:00",
            "2026-12-03T10:60",
            "2026-12-03T10:12:61",
            "2026-12-03T10:12:44.1234567890",
            "2026-12-03T10:12:44 Z",
            "2026-12-03T10:12+2",
            "2026-12-03T10:12+25:00",
            "2026-02-30T10:12",
            "2026-12-03T10:12Za",
            "é026-12-03T10:12",
        ] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }
}
