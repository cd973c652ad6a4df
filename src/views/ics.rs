//! Days for calendar programs: iCalendar (RFC 5545), all-day events with identifiers that last.

use icalendar::{Calendar, Component, Event as Entry, Property};
use jiff::civil::Date;

use crate::base::text::{Text, visible};
use crate::base::time::plus_days;

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

/// The text of a calendar of this name, as it was on the day `as_of`: from the same day the same
/// bytes.
pub fn write(name: &Text, as_of: Date, events: &[Event]) -> String {
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
            .add_property("DTSTAMP", as_of.strftime("%Y%m%dT000000Z").to_string())
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
