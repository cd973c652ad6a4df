//! Days for calendar programs: iCalendar (RFC 5545), all-day events with identifiers that last.

use icalendar::{Calendar, Component, Event as Entry, Property};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::text::{Text, visible};
use crate::base::time::plus_days;

/// 2020-01-01T00:00:00Z: minutes since then are a sequence that stays small enough for a program's integers.
const SEQUENCES_BEGIN: i64 = 1_577_836_800;

/// Something that a day is for.
#[derive(Clone, Debug)]
pub struct Event {
    /// What tells it from all others, and stays when its day moves.
    pub id: String,
    /// Its day.
    pub day: Date,
    /// In a few words.
    pub summary: String,
    /// The rest.
    pub description: String,
}

/// The text of a calendar of this name, as it stands since `written`: the same then, the same bytes. What was
/// written later has a greater sequence, by which Outlook and others know that a day has moved.
pub fn write(name: &Text, written: Timestamp, events: &[Event]) -> String {
    let stamp = written.strftime("%Y%m%dT%H%M%SZ").to_string();
    let sequence = (written.as_second() - SEQUENCES_BEGIN).max(0) / 60;
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", "-//segell//segell//EN"), ("CALSCALE", "GREGORIAN")]
    {
        calendar.append_property((key, value));
    }
    calendar.name(&name.to_string()).timezone("Europe/Madrid");
    for event in events {
        let date = |key: &str, day: Date| {
            let mut property = Property::new(key, day.strftime("%Y%m%d").to_string());
            property.add_parameter("VALUE", "DATE").done()
        };
        let mut entry = Entry::with_uid(&format!("{}@segell", event.id));
        entry
            .add_property("DTSTAMP", &stamp)
            .add_property("LAST-MODIFIED", &stamp)
            .add_property("SEQUENCE", sequence.to_string())
            .append_property(date("DTSTART", event.day))
            .append_property(date("DTEND", plus_days(event.day, 1)))
            .add_property("TRANSP", "TRANSPARENT")
            .summary(&visible(&event.summary))
            .description(&shown(&event.description));
        calendar.push(entry.done());
    }
    calendar.done().to_string()
}

/// Line ends stay, other hidden characters are written out.
fn shown(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}
