//! Days for calendar programs: iCalendar (RFC 5545), all-day events with identifiers that last.

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
    let sequence = ((written.as_second() - SEQUENCES_BEGIN).max(0) / 60).to_string();
    let mut lines = Lines::default();
    let name = escaped(&name.to_string());
    for (key, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//segell//segell//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("NAME", &name),
        ("X-WR-CALNAME", &name),
        ("X-WR-TIMEZONE", "Europe/Madrid"),
    ] {
        lines.put(key, value);
    }
    for event in events {
        let day = |day: Date| day.strftime("%Y%m%d").to_string();
        lines.put("BEGIN", "VEVENT");
        lines.put("DESCRIPTION", &escaped(&shown(&event.description)));
        lines.put("DTEND;VALUE=DATE", &day(plus_days(event.day, 1)));
        lines.put("DTSTAMP", &stamp);
        lines.put("DTSTART;VALUE=DATE", &day(event.day));
        lines.put("LAST-MODIFIED", &stamp);
        lines.put("SEQUENCE", &sequence);
        lines.put("SUMMARY", &escaped(&visible(&event.summary)));
        lines.put("TRANSP", "TRANSPARENT");
        lines.put("UID", &format!("{}@segell", event.id));
        lines.put("END", "VEVENT");
    }
    lines.put("END", "VCALENDAR");
    lines.0
}

/// Line ends stay, other hidden characters are written out.
fn shown(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Content lines, each folded where it is long (RFC 5545, 3.1).
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, key: &str, value: &str) {
        /// The octets of a line without its end.
        const WIDTH: usize = 75;
        let mut width = 0;
        for character in key.chars().chain([':']).chain(value.chars()) {
            if width + character.len_utf8() > WIDTH {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(character);
            width += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, escaped};

    #[test]
    fn what_means_something_in_a_value_is_escaped() {
        assert_eq!(escaped("a, b; c\\d\ne: f"), "a\\, b\\; c\\\\d\\ne: f");
    }

    #[test]
    fn a_line_is_folded_between_characters() {
        let value = "é".repeat(80);
        let mut lines = Lines::default();
        lines.put("SUMMARY", &value);
        assert!(lines.0.split("\r\n").all(|line| line.len() <= 75), "{}", lines.0);
        assert_eq!(lines.0.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        let mut lines = Lines::default();
        lines.put("KEY", &"x".repeat(71));
        assert_eq!(lines.0, format!("KEY:{}\r\n", "x".repeat(71)), "75 octets are one line");
    }
}
