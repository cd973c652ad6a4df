//! A commit, read from its raw bytes, header by header.

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::time::day_of;

/// A commit as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// Its message.
    pub message: Vec<u8>,
}

/// Who, and when, as a header has it: `name <e-mail> seconds zone`. Whatever else stands there is
/// kept as it is: another encoding, a control character or an odd date stops nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The header's bytes, after its name.
    pub line: Vec<u8>,
}

impl Person {
    /// The name, for people.
    pub fn name(&self) -> String {
        let end = self.line.iter().rposition(|&byte| byte == b'<').unwrap_or(self.line.len());
        String::from_utf8_lossy(&self.line[..end]).trim().to_owned()
    }

    /// The e-mail, between the last `<` and the last `>`; empty when there is none.
    pub fn email(&self) -> String {
        let start = self.line.iter().rposition(|&byte| byte == b'<').map(|start| start + 1);
        let end = self.line.iter().rposition(|&byte| byte == b'>');
        let between = start.zip(end).and_then(|(start, end)| self.line.get(start..end));
        String::from_utf8_lossy(between.unwrap_or_default()).trim().to_owned()
    }

    /// The instant; none when it is no number, or beyond the calendar's end.
    pub fn at(&self) -> Option<Timestamp> {
        let after = self.line.iter().rposition(|&byte| byte == b'>')? + 1;
        let text = std::str::from_utf8(&self.line[after..]).ok()?;
        let (seconds, _) = text.strip_prefix(' ')?.split_once(' ')?;
        let is_number = seconds.bytes().all(|byte| byte.is_ascii_digit());
        Timestamp::from_second(seconds.parse().ok().filter(|_| is_number)?).ok()
    }

    /// Whether it is as git writes it: one pair of angle brackets, no control characters, UTF-8, a
    /// date and a zone.
    pub fn is_plain(&self) -> bool {
        let Ok(text) = std::str::from_utf8(&self.line) else { return false };
        let zone = text.rsplit(' ').next().unwrap_or_default();
        let is_zone = zone.len() == 5
            && zone.starts_with(['+', '-'])
            && zone[1..].bytes().all(|byte| byte.is_ascii_digit());
        let stands_once = |bracket: char| text.matches(bracket).count() == 1;
        let fields = text.rsplit_once('>').map_or(0, |(_, time)| time.split(' ').count());
        is_zone
            && fields == 3
            && stands_once('<')
            && stands_once('>')
            && !text.chars().any(char::is_control)
            && self.at().is_some()
    }
}

impl Commit {
    /// Reads a raw commit object. None when its tree or a parent has no id.
    pub(super) fn read(id: Oid, raw: &[u8]) -> Option<Commit> {
        let end = raw.windows(2).position(|pair| pair == b"\n\n");
        let (head, message) = match end {
            Some(end) => (&raw[..end], &raw[end + 2..]),
            None => (raw.strip_suffix(b"\n").unwrap_or(raw), &[][..]),
        };
        let mut headers = head.split(|&byte| byte == b'\n');
        let tree = id_of(headers.next()?.strip_prefix(b"tree ")?)?;
        let parents = parents(head)?;
        let person = |name: &[u8]| {
            let mut lines = head.split(|&byte| byte == b'\n');
            let line = lines.find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            Person { line: line.to_owned() }
        };
        let (author, committer) = (person(b"author "), person(b"committer "));
        Some(Commit { id, tree, parents, author, committer, message: message.to_owned() })
    }

    /// The civil date in Europe/Madrid on which it was committed; none when it bears no date.
    pub fn day(&self) -> Option<Date> {
        self.committer.at().map(day_of)
    }

    /// The first line of its message, for people.
    pub fn subject(&self) -> String {
        let line = self.message.split(|&byte| byte == b'\n').next().unwrap_or_default();
        crate::base::text::visible(&String::from_utf8_lossy(line))
    }

    /// The e-mails of all who wrote it: its author and those whom `Co-authored-by:` names, as the
    /// forges write it when they squash.
    pub fn emails(&self) -> Vec<String> {
        const TRAILER: &[u8] = b"co-authored-by:";
        let lines = self.message.split(|&byte| byte == b'\n');
        let beside = lines.filter_map(|line| {
            let (name, rest) = line.trim_ascii_start().split_at_checked(TRAILER.len())?;
            name.eq_ignore_ascii_case(TRAILER).then(|| Person { line: rest.to_owned() }.email())
        });
        let all = std::iter::once(self.author.email()).chain(beside);
        all.filter(|email| !email.is_empty()).collect()
    }
}

/// The parents that a raw commit names, whatever else it holds: an odd commit of long ago locks
/// nobody out. None when a parent has no id.
pub(super) fn parents(raw: &[u8]) -> Option<Vec<Oid>> {
    let headers = raw.split(|&byte| byte == b'\n').skip(1);
    let parents = headers.map_while(|line| line.strip_prefix(b"parent "));
    parents.map(id_of).collect()
}

/// An id in 40 lower-case hexadecimal digits.
fn id_of(digits: &[u8]) -> Option<Oid> {
    let text = std::str::from_utf8(digits).ok()?;
    let lower = text.len() == 40 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    lower.then(|| Oid::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(line: &[u8]) -> Person {
        Person { line: line.to_owned() }
    }

    #[test]
    fn of_whoever_wrote_only_the_e_mail_counts() {
        let plain = person(b"Marta Example <marta@example.org> 1795521600 +0100");
        assert_eq!(plain.email(), "marta@example.org");
        assert!(plain.is_plain());
        for (line, email) in [
            (&b"N\xfaria <nuria@example.org> 1795521600 +0100"[..], "nuria@example.org"),
            (b"A\tB <a@example.org> 1795521600 +0100", "a@example.org"),
            (b"A\xc2\x85B <a@example.org> 1795521600 +0100", "a@example.org"),
            (b"A <x <a@example.org> 1795521600 +0100", "a@example.org"),
            (b"A <a@example.org> 999999999999 +0100", "a@example.org"),
            (b"A <a@example.org> soon", "a@example.org"),
            (b"A <a@example.org> +1795521600 +0100", "a@example.org"),
            (b"A <a@example.org>  1795521600 +0100", "a@example.org"),
            (b"A 1795521600 +0100", ""),
            (b"A > < 1795521600 +0100", ""),
            (b"", ""),
        ] {
            let odd = person(line);
            assert_eq!(odd.email(), email, "{}", String::from_utf8_lossy(line));
            assert!(!odd.is_plain(), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_date_beyond_the_calendar_is_none() {
        assert!(person(b"A <a> 253402300800 +0000").at().is_none());
        assert!(person(b"A <a> 253402207199 +0000").at().is_some());
    }

    #[test]
    fn whoever_wrote_with_the_author_wrote_it_too() {
        let id = "a".repeat(40);
        let raw = format!(
            "tree {id}\nauthor A <a@example.org> 1 +0000\n\nTitle\n\nCo-authored-by: B <b@example.org>\nco-Authored-By: C <c@example.org>\nNot-co-authored-by: D <d@example.org>\n"
        );
        let commit = Commit::read(Oid::from_str(&id).unwrap(), raw.as_bytes()).unwrap();
        assert_eq!(commit.emails(), ["a@example.org", "b@example.org", "c@example.org"]);
        assert_eq!(commit.day(), None);
    }
}
