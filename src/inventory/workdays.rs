//! The days on which AOC loads, and those on which it does not.

use jiff::civil::Date;

use crate::base::text::Text;
use crate::base::time::plus_days;
use crate::inventory::model::{CalendarPolicy, Day, Weekday};
use crate::tr;

/// How far a working day is sought: a policy may have none at all.
const FARTHEST: i64 = 1000;

/// Why nothing is loaded on `date`, if so.
pub fn rest(calendar: &CalendarPolicy, date: Date) -> Option<Text> {
    let weekday = Weekday::of(date);
    if !calendar.working_days.contains(&weekday) {
        return Some(match weekday {
            Weekday::Mon => tr!("it is a Monday"),
            Weekday::Tue => tr!("it is a Tuesday"),
            Weekday::Wed => tr!("it is a Wednesday"),
            Weekday::Thu => tr!("it is a Thursday"),
            Weekday::Fri => tr!("it is a Friday"),
            Weekday::Sat => tr!("it is a Saturday"),
            Weekday::Sun => tr!("it is a Sunday"),
        });
    }
    if calendar.holidays.iter().map(Day::date).any(|holiday| holiday == date) {
        return Some(tr!("it is a holiday"));
    }
    let freeze = calendar
        .freezes
        .iter()
        .find(|freeze| freeze.from.date() <= date && date <= freeze.to.date())?;
    Some(tr!(
        "it is in a freeze until {to} ({reason})",
        to = freeze.to.date(),
        reason = &freeze.reason
    ))
}

/// The name of the day of the week of `date`, in three letters or so.
pub fn weekday(date: Date) -> Text {
    match Weekday::of(date) {
        Weekday::Mon => tr!("Mon"),
        Weekday::Tue => tr!("Tue"),
        Weekday::Wed => tr!("Wed"),
        Weekday::Thu => tr!("Thu"),
        Weekday::Fri => tr!("Fri"),
        Weekday::Sat => tr!("Sat"),
        Weekday::Sun => tr!("Sun"),
    }
}

/// The first working day on or after `date`; none within a thousand days.
pub fn first_from(calendar: &CalendarPolicy, date: Date) -> Option<Date> {
    let mut days = (0..FARTHEST).map(|days| plus_days(date, days));
    days.find(|&day| rest(calendar, day).is_none())
}

/// The last working day on or before `date`; none within a thousand days.
pub fn last_until(calendar: &CalendarPolicy, date: Date) -> Option<Date> {
    let mut days = (0..FARTHEST).map(|days| plus_days(date, -days));
    days.find(|&day| rest(calendar, day).is_none())
}

/// The latest day from which `count` working days have passed by `date`: with 1, the working day
/// before `date`. None when the policy has too few of them.
pub fn working_days_before(calendar: &CalendarPolicy, date: Date, count: u32) -> Option<Date> {
    (0..count).try_fold(date, |day, _| last_until(calendar, plus_days(day, -1)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{first_from, last_until, working_days_before};
    use crate::files::yaml;
    use crate::inventory::model::CalendarPolicy;
    use serde::Deserialize;

    fn calendar(working_days: &str) -> CalendarPolicy {
        let text = format!(
            "working_days: {working_days}\nholidays: [2026-12-08]\nfreezes: [{{ from: 2026-12-23, to: 2027-01-07, reason: Christmas }}]\nlead_days: 0\nbatch_size: 5\ndays_between_batches: 7\ndays_from_pre_to_pro: 7\n"
        );
        let root = yaml::parse(&text).root.expect("it is YAML");
        CalendarPolicy::deserialize(&root).expect("it is a calendar")
    }

    #[test]
    fn weekends_holidays_and_freezes_are_passed_over() {
        let calendar = calendar("[mon, tue, wed, thu, fri]");
        assert_eq!(first_from(&calendar, date(2026, 12, 8)), Some(date(2026, 12, 9)));
        assert_eq!(first_from(&calendar, date(2026, 12, 23)), Some(date(2027, 1, 8)));
        assert_eq!(last_until(&calendar, date(2027, 1, 7)), Some(date(2026, 12, 22)));
        assert_eq!(last_until(&calendar, date(2026, 12, 9)), Some(date(2026, 12, 9)));
    }

    #[test]
    fn working_days_are_counted_back() {
        let calendar = calendar("[mon, tue, wed, thu, fri]");
        let before = |count| working_days_before(&calendar, date(2026, 12, 9), count);
        assert_eq!(before(0), Some(date(2026, 12, 9)));
        assert_eq!(before(1), Some(date(2026, 12, 7)));
        assert_eq!(before(2), Some(date(2026, 12, 4)));
    }

    #[test]
    fn a_policy_without_working_days_has_none() {
        let calendar = calendar("[]");
        assert_eq!(first_from(&calendar, date(2026, 12, 8)), None);
        assert_eq!(working_days_before(&calendar, date(2026, 12, 8), 1), None);
    }
}
