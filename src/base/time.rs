//! Days and instants. Certificates speak in instants, people and the inventory in civil dates
//! of Europe/Madrid. The time zone's rules are part of the program, not of the machine.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::sync::LazyLock;

static MADRID: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Madrid").expect("the zone is bundled with segell"));

/// The civil date in Europe/Madrid at `instant`.
pub fn day_of(instant: Timestamp) -> Date {
    MADRID.to_datetime(instant).date()
}

/// Now, to the second: the one place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "here")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Today in Europe/Madrid.
pub fn today() -> Date {
    day_of(now())
}

/// The first instant of a day in Europe/Madrid.
pub fn start_of(day: Date) -> Timestamp {
    day.to_zoned(MADRID.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}

/// Noon in Europe/Madrid: the instant that stands for a day that was given instead of today.
pub fn noon_of(day: Date) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(MADRID.clone());
    noon.map_or(Timestamp::MAX, |noon| noon.timestamp())
}

/// The instant that a clock in Europe/Madrid shows so; of two the first.
pub fn in_madrid(local: DateTime) -> Option<Timestamp> {
    local.to_zoned(MADRID.clone()).ok().map(|zoned| zoned.timestamp())
}

/// `date` moved by `days`, kept within the calendar's years (-9999 to 9999).
pub fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

/// The days from `start` to `end`; negative when `end` comes first.
pub fn days_between(start: Date, end: Date) -> i64 {
    i64::from((end - start).get_days())
}

/// Reads `YYYY-MM-DDTHH:MM:SSZ`, digit for digit; `None` for any other form or an impossible instant.
pub fn read_instant(text: &str) -> Option<Timestamp> {
    let clock = text.get(10..)?.bytes().enumerate().all(|(index, byte)| match index {
        0 => byte == b'T',
        3 | 6 => byte == b':',
        1 => matches!(byte, b'0'..=b'2'),
        4 | 7 => matches!(byte, b'0'..=b'5'),
        9 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    });
    let has_shape = text.len() == 20 && clock && read_date(&text[..10]).is_some();
    has_shape.then(|| text.parse().ok()).flatten()
}

/// Reads `YYYY-MM-DD`, digit for digit; `None` for any other form or an impossible day.
pub fn read_date(text: &str) -> Option<Date> {
    let shape = text.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !shape {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{day_of, days_between, plus_days, read_date, read_instant};
    use jiff::civil::{Date, date};

    #[test]
    fn days_turn_at_midnight_in_madrid() {
        let day = |instant: &str| day_of(instant.parse().unwrap());
        assert_eq!(day("2026-01-31T22:59:59Z"), date(2026, 1, 31));
        assert_eq!(day("2026-01-31T23:00:00Z"), date(2026, 2, 1));
        assert_eq!(day("2026-07-31T21:59:59Z"), date(2026, 7, 31));
        assert_eq!(day("2026-07-31T22:00:00Z"), date(2026, 8, 1));
    }

    #[test]
    fn only_one_form_of_a_date_is_read() {
        assert_eq!(read_date("2028-02-29"), Some(date(2028, 2, 29)));
        for wrong in ["2026-02-29", "2026-1-01", "20260101", "2026-01-01T00", "+026-01-01", ""] {
            assert_eq!(read_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_one_form_of_an_instant_is_read() {
        let instant = "2026-12-03T09:12:44Z";
        assert_eq!(read_instant(instant).map(|it| it.to_string()).as_deref(), Some(instant));
        for wrong in [
            "2026-12-03T09:12:60Z",
            "2026-12-03T24:12:44Z",
            "2026-12-03 09:12:44Z",
            "2026-12-03T09:12:44",
            "2026-12-03T09:12:44.0Z",
            "2026-13-03T09:12:44Z",
            "2026-12-03T0\u{e9}:12:4Z",
            "",
        ] {
            assert_eq!(read_instant(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sums_stay_within_the_calendar() {
        assert_eq!(plus_days(date(2026, 2, 27), 2), date(2026, 3, 1));
        assert_eq!(plus_days(Date::MAX, 1), Date::MAX);
        assert_eq!(days_between(date(2026, 3, 1), date(2026, 2, 27)), -2);
    }
}
