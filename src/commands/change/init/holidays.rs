//! The holidays that are the same every year in Catalonia.

use jiff::civil::Date;

use crate::base::time::plus_days;

/// Month and day of the holidays with a fixed date, and from Easter Sunday of those that move.
const FIXED: [(i8, i8); 12] = [
    (1, 1),
    (1, 6),
    (5, 1),
    (6, 24),
    (8, 15),
    (9, 11),
    (10, 12),
    (11, 1),
    (12, 6),
    (12, 8),
    (12, 25),
    (12, 26),
];
const GOOD_FRIDAY: i64 = -2;
const EASTER_MONDAY: i64 = 1;

/// The holidays of `year` that hold all over Catalonia, in order. Local ones are not among them, nor
/// what a year's decree moves from a Sunday.
///
/// Source: the State's general holidays (Real Decreto 2001/1983, art. 45) and Catalonia's own
/// (Estatut, art. 8.3, and the yearly orders on *festes laborals*).
pub fn holidays(year: i16) -> Vec<Date> {
    let fixed = FIXED.iter().filter_map(|&(month, day)| Date::new(year, month, day).ok());
    let easter = easter(year);
    let moving =
        [GOOD_FRIDAY, EASTER_MONDAY].map(|days| easter.map(|easter| plus_days(easter, days)));
    let mut holidays: Vec<Date> = fixed.chain(moving.into_iter().flatten()).collect();
    holidays.sort_unstable();
    holidays
}

/// Easter Sunday in the Gregorian calendar.
///
/// Source: the anonymous algorithm of 1876, as J. Meeus gives it (*Astronomical Algorithms*, 8).
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{easter, holidays};
    use jiff::civil::date;

    #[test]
    fn easter_falls_on_the_days_that_are_known() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1961, 4, 2),
            (2000, 4, 23),
            (2016, 3, 27),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn a_year_has_fourteen_holidays_in_order() {
        let year = holidays(2026);
        assert_eq!(year.len(), 14);
        assert!(year.is_sorted());
        assert!(year.contains(&date(2026, 4, 3)) && year.contains(&date(2026, 4, 6)));
        assert!(year.contains(&date(2026, 9, 11)) && year.contains(&date(2026, 12, 26)));
    }
}
