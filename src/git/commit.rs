//! A commit, read from its raw bytes, header by header.

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::time::day_of;

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
    /// Whether it has these headers, once each and in this order, and no others.
    pub is_plain: bool,
}

/// Who, and when: `name <e-mail> seconds zone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The header's bytes, after its name.
    pub line: Vec<u8>,
    /// The name.
    pub name: String,
    /// The e-mail.
    pub email: String,
    /// The instant.
    pub at: Timestamp,
}

impl Person {
    /// The civil date in Europe/Madrid.
    pub fn day(&self) -> Date {
        day_of(self.at)
    }

    /// Reads the header strictly: one pair of angle brackets, no control characters, UTF-8.
    pub(super) fn read(line: &[u8]) -> Option<Person> {
        let text = std::str::from_utf8(line).ok()?;
        let (name, rest) = text.split_once('<')?;
        let (email, time) = rest.split_once('>')?;
        let (seconds, zone) = time.strip_prefix(' ')?.split_once(' ')?;
        let is_zone = zone.len() == 5
            && zone.starts_with(['+', '-'])
            && zone[1..].bytes().all(|byte| byte.is_ascii_digit());
        let is_number = seconds.bytes().all(|byte| byte.is_ascii_digit());
        let clean = !text.chars().any(char::is_control) && !email.contains('<');
        (is_zone && is_number && clean).then_some(())?;
        Some(Person {
            line: line.to_owned(),
            name: name.trim().to_owned(),
            email: email.trim().to_owned(),
            at: Timestamp::from_second(seconds.parse().ok()?).ok()?,
        })
    }
}

impl Commit {
    /// Reads a raw commit object. None when it is not as git writes commits.
    pub(super) fn read(id: Oid, raw: &[u8]) -> Option<Commit> {
        let end = raw.windows(2).position(|pair| pair == b"\n\n")?;
        let message = raw[end + 2..].to_owned();
        let mut headers = raw[..end].split(|&byte| byte == b'\n').peekable();
        let tree = id_of(headers.next()?.strip_prefix(b"tree ")?)?;
        let mut parents = Vec::new();
        while let Some(parent) = headers.peek().and_then(|line| line.strip_prefix(b"parent ")) {
            parents.push(id_of(parent)?);
            headers.next();
        }
        let author = Person::read(headers.next()?.strip_prefix(b"author ")?)?;
        let committer = Person::read(headers.next()?.strip_prefix(b"committer ")?)?;
        let is_plain = headers.next().is_none();
        Some(Commit { id, tree, parents, author, committer, message, is_plain })
    }

    /// The civil date in Europe/Madrid on which it was committed.
    pub fn day(&self) -> Date {
        self.committer.day()
    }

    /// The first line of its message, for people.
    pub fn subject(&self) -> String {
        let line = self.message.split(|&byte| byte == b'\n').next().unwrap_or_default();
        crate::text::visible(&String::from_utf8_lossy(line))
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
