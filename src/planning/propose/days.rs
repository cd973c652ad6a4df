//! On which days a batch can be loaded, and which comes next.

use jiff::civil::Date;

use crate::base::time::plus_days;
use crate::inventory::model::CalendarPolicy;
use crate::inventory::workdays::first_from;

/// The days of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    pub pre: Date,
    pub pro: Date,
}

impl Days {
    /// The first days from `earliest` on: working days, as far apart as the policy wants. None when
    /// it has no working day.
    pub fn from(calendar: &CalendarPolicy, earliest: Date) -> Option<Days> {
        let pre = first_from(calendar, earliest)?;
        let apart = calendar.days_from_pre_to_pro.count().max(1);
        let pro = first_from(calendar, plus_days(pre, apart))?;
        (pre < pro).then_some(Days { pre, pro })
    }

    /// The days of the batch after this one.
    pub fn next(self, calendar: &CalendarPolicy) -> Option<Days> {
        Days::from(calendar, day_after(calendar, self.pro))
    }

    /// The same, so many days earlier, but no earlier than `first`.
    pub fn earlier_by(self, days: i64, first: Days) -> Days {
        Days {
            pre: plus_days(self.pre, -days).max(first.pre),
            pro: plus_days(self.pro, -days).max(first.pro),
        }
    }
}

/// The first day on which the next batch may be loaded in PRE, when this one is loaded in PRO on
/// `pro`: `days_between_batches` are counted from where a batch ends to where the next begins.
pub(super) fn day_after(calendar: &CalendarPolicy, pro: Date) -> Date {
    plus_days(pro, calendar.days_between_batches.count().max(1))
}
