//! A pack: many objects in one file, some as changes of others, and the index that says where they lie.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use git2::{ObjectType, Oid};

use super::stream::{Stream, read_exactly_at};
use super::{Failure, LARGEST, Object, delta};

/// The bytes of an id.
const ID: usize = 20;

/// What both an index and a pack end with: the latter's digest; an index has its own after it.
const TRAILER: usize = ID;

/// How many changes may stand upon each other: git writes 4095 at most.
const LONGEST_CHAIN: usize = 4096;

/// The largest index that is read.
const LARGEST_INDEX: u64 = 4 << 30;

/// A pack whose index has been read.
pub(super) struct Pack {
    /// The index's file.
    pub index: PathBuf,
    /// None: it is no index.
    table: Option<Table>,
    /// The pack's own file, and where its objects end.
    file: OnceLock<Option<(File, u64)>>,
    is_whole: OnceLock<bool>,
    /// Which of the packs that share `bases` it is.
    number: usize,
    bases: Arc<Mutex<Bases>>,
}

/// An index: ids, sorted, and where their objects lie.
struct Table {
    bytes: Vec<u8>,
    version: u8,
    count: usize,
}

/// An object as it stands in a pack.
struct Entry<'f> {
    kind: Kind,
    /// How many bytes the stream comes to.
    size: u64,
    stream: Stream<'f>,
}

#[derive(Clone, Copy)]
enum Kind {
    Plain(ObjectType),
    /// Changes of what lies at that place.
    Delta(u64),
}

impl Pack {
    /// The packs of these indexes.
    pub fn all(indexes: &[PathBuf]) -> Vec<Pack> {
        let bases = Arc::default();
        let numbered = indexes.iter().enumerate();
        numbered.map(|(number, index)| Pack::of(index, number, Arc::clone(&bases))).collect()
    }

    fn of(index: &Path, number: usize, bases: Arc<Mutex<Bases>>) -> Pack {
        Pack {
            index: index.to_owned(),
            table: Table::read(index),
            file: OnceLock::new(),
            is_whole: OnceLock::new(),
            number,
            bases,
        }
    }

    /// Where an object lies in it.
    pub fn find(&self, id: Oid) -> Option<Result<u64, Failure>> {
        let table = self.table.as_ref()?;
        let place = table.first_from(id.as_bytes());
        (table.id(place)? == id.as_bytes()).then(|| table.offset(place).ok_or(Failure::Damaged))
    }

    /// The ids that begin with these digits; two at most.
    pub fn beginning(&self, digits: &str) -> Vec<Oid> {
        let digits = digits.to_ascii_lowercase();
        let Ok(first) = Oid::from_str(&format!("{digits:0<40}")) else { return Vec::new() };
        let Some(table) = &self.table else { return Vec::new() };
        let from = table.first_from(first.as_bytes());
        let ids = (from..from + 2).filter_map(|place| Oid::from_bytes(table.id(place)?).ok());
        ids.filter(|id| id.to_string().starts_with(&digits)).collect()
    }

    /// Whether the index is as it was written, and the pack the one that it is of. That takes a while,
    /// so it is asked only where something is missing.
    pub fn is_whole(&self) -> bool {
        *self.is_whole.get_or_init(|| {
            let Some(table) = &self.table else { return false };
            let Some((body, own)) = table.bytes.split_last_chunk::<TRAILER>() else { return false };
            let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, body);
            let Some((_, of_pack)) = body.split_last_chunk::<TRAILER>() else { return false };
            sum.as_ref() == own.as_slice() && self.trailer().is_ok_and(|there| there == *of_pack)
        })
    }

    /// What the pack's file ends with.
    fn trailer(&self) -> Result<[u8; TRAILER], Failure> {
        let (file, end) = self.open()?;
        let mut trailer = [0; TRAILER];
        read_exactly_at(file, &mut trailer, end)?;
        Ok(trailer)
    }

    /// The pack's file, and where its objects end.
    fn open(&self) -> Result<(&File, u64), Failure> {
        let open = || {
            let file = File::open(self.index.with_extension("pack")).ok()?;
            let end = file.metadata().ok()?.len().checked_sub(TRAILER as u64)?;
            Some((file, end))
        };
        let opened = self.file.get_or_init(open).as_ref();
        opened.map(|(file, end)| (file, *end)).ok_or(Failure::Damaged)
    }

    /// What stands at a place.
    fn entry(&self, place: u64) -> Result<Entry<'_>, Failure> {
        let (file, end) = self.open()?;
        let mut stream = Stream::new(file, place, end);
        let [first] = stream.plain()?;
        let (mut size, mut shift, mut last) = (u64::from(first & 0x0f), 4, first);
        while last & 0x80 != 0 {
            [last] = stream.plain()?;
            let part = u64::from(last & 0x7f);
            size |=
                part.checked_shl(shift).filter(|it| it >> shift == part).ok_or(Failure::Damaged)?;
            shift += 7;
        }
        let kind = match (first >> 4) & 7 {
            1 => Kind::Plain(ObjectType::Commit),
            2 => Kind::Plain(ObjectType::Tree),
            3 => Kind::Plain(ObjectType::Blob),
            4 => Kind::Plain(ObjectType::Tag),
            6 => Kind::Delta(before(place, &mut stream)?),
            7 => Kind::Delta(self.base(&stream.plain::<ID>()?)?),
            _ => return Err(Failure::Damaged),
        };
        Ok(Entry { kind, size, stream })
    }

    /// Where a base that is named by its id lies: in the same pack.
    fn base(&self, id: &[u8]) -> Result<u64, Failure> {
        let id = Oid::from_bytes(id).map_err(|_| Failure::Damaged)?;
        self.find(id).unwrap_or(Err(Failure::Damaged))
    }

    /// How many bytes an object has, and what it is.
    pub fn header(&self, place: u64) -> Result<(u64, ObjectType), Failure> {
        let mut entry = self.entry(place)?;
        let mut size = entry.size;
        if let Kind::Delta(_) = entry.kind {
            entry.stream.fill(delta::LONGEST_HEADER)?;
            size = delta::sizes(&entry.stream.out).ok_or(Failure::Damaged)?.1;
        }
        for _ in 0..LONGEST_CHAIN {
            match entry.kind {
                Kind::Plain(kind) => return Ok((size, kind)),
                Kind::Delta(base) => entry = self.entry(base)?,
            }
        }
        Err(Failure::Damaged)
    }

    /// An object of at most `limit` bytes.
    pub fn read(&self, place: u64, limit: u64) -> Result<Object, Failure> {
        let (mut deltas, mut place, mut bytes) = (Vec::new(), place, 0);
        let (kind, mut object) = loop {
            if let Some(base) = self.known(place) {
                break base;
            }
            let entry = self.entry(place)?;
            let is_asked_for = deltas.is_empty();
            let kind = entry.kind;
            let content = entry.read(limit, is_asked_for)?;
            match kind {
                Kind::Plain(kind) if is_asked_for => return Ok(Object { kind, bytes: content }),
                Kind::Plain(kind) => break self.keep(place, kind, content),
                Kind::Delta(base) => {
                    bytes += content.len() as u64;
                    deltas.push((place, content));
                    place = base;
                }
            }
            if deltas.len() > LONGEST_CHAIN || bytes > LARGEST {
                return Err(Failure::Damaged);
            }
        };
        while let Some((place, delta)) = deltas.pop() {
            let made = delta::apply(&object, &delta, LARGEST).ok_or(Failure::Damaged)?;
            if deltas.is_empty() {
                return Ok(Object { kind, bytes: made });
            }
            object = self.keep(place, kind, made).1;
        }
        match object.len() as u64 > limit {
            true => Err(Failure::TooLarge),
            false => Ok(Object { kind, bytes: object.to_vec() }),
        }
    }

    fn known(&self, place: u64) -> Option<Base> {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.known.get(&(self.number, place)).cloned()
    }

    fn keep(&self, place: u64, kind: ObjectType, bytes: Vec<u8>) -> Base {
        let base = (kind, Arc::new(bytes));
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.keep((self.number, place), base.clone());
        base
    }
}

/// What it is, and its bytes.
type Base = (ObjectType, Arc<Vec<u8>>);

/// Objects that others are written as changes of, by the pack and the place in it. All packs share
/// them, so that however many there are they take no more memory.
#[derive(Default)]
struct Bases {
    known: HashMap<(usize, u64), Base>,
    bytes: usize,
}

impl Bases {
    /// How many bytes are kept: as many as git keeps. A root folder of 100,000 names has four million.
    const MOST: usize = 96 << 20;

    fn keep(&mut self, place: (usize, u64), base: Base) {
        if base.1.len() > Bases::MOST / 8 {
            return;
        }
        if self.bytes + base.1.len() > Bases::MOST {
            *self = Bases::default();
        }
        self.bytes += base.1.len();
        self.known.insert(place, base);
    }
}

impl Entry<'_> {
    /// What its stream comes to; where the object that is asked for has more bytes than the limit, no
    /// more than the beginning is inflated.
    fn read(mut self, limit: u64, is_asked_for: bool) -> Result<Vec<u8>, Failure> {
        let is_delta = matches!(self.kind, Kind::Delta(_));
        if self.size > LARGEST || (is_asked_for && !is_delta && self.size > limit) {
            return Err(Failure::TooLarge);
        }
        if is_asked_for && is_delta {
            self.stream.fill(delta::LONGEST_HEADER)?;
            let (_, size) = delta::sizes(&self.stream.out).ok_or(Failure::Damaged)?;
            if size > limit {
                return Err(Failure::TooLarge);
            }
        }
        self.stream.finish(usize::try_from(self.size).map_err(|_| Failure::TooLarge)?)?;
        Ok(self.stream.into_bytes())
    }
}

/// A place that is told by how far before `place` it lies.
fn before(place: u64, stream: &mut Stream<'_>) -> Result<u64, Failure> {
    let [mut last] = stream.plain()?;
    let mut distance = u64::from(last & 0x7f);
    while last & 0x80 != 0 {
        [last] = stream.plain()?;
        let more = (distance + 1).checked_mul(128).ok_or(Failure::Damaged)?;
        distance = more + u64::from(last & 0x7f);
    }
    let base = place.checked_sub(distance).filter(|_| distance > 0);
    base.ok_or(Failure::Damaged)
}

impl Table {
    /// An index as git writes it, of version 1 or 2.
    fn read(path: &Path) -> Option<Table> {
        if fs::metadata(path).ok()?.len() > LARGEST_INDEX {
            return None;
        }
        let bytes = fs::read(path).ok()?;
        let version = if bytes.starts_with(b"\xfftOc") { 2 } else { 1 };
        if version == 2 && bytes.get(4..8)? != [0, 0, 0, 2] {
            return None;
        }
        let mut table = Table { bytes, version, count: 0 };
        table.count = table.up_to(255)?;
        let is_sorted = (1..=255).all(|byte| table.up_to(byte - 1) <= table.up_to(byte));
        let each = if version == 2 { ID + 4 + 4 } else { 4 + ID };
        let size = table.count.checked_mul(each)?.checked_add(table.start() + 2 * TRAILER)?;
        (is_sorted && table.bytes.len() >= size).then_some(table)
    }

    /// Where the ids begin.
    fn start(&self) -> usize {
        256 * 4 + if self.version == 2 { 8 } else { 0 }
    }

    fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// How many ids begin with this byte or a lower one.
    fn up_to(&self, byte: usize) -> Option<usize> {
        let at = self.start() - 256 * 4 + byte * 4;
        usize::try_from(self.number(at)?).ok()
    }

    /// The id at a place among the ids.
    fn id(&self, place: usize) -> Option<&[u8]> {
        let at = match self.version {
            2 => self.start() + place * ID,
            _ => self.start() + place * (4 + ID) + 4,
        };
        (place < self.count).then(|| self.bytes.get(at..at + ID)).flatten()
    }

    /// The first place whose id does not come before `id`.
    fn first_from(&self, id: &[u8]) -> usize {
        let byte = usize::from(id[0]);
        let mut low = byte.checked_sub(1).and_then(|byte| self.up_to(byte)).unwrap_or(0);
        let mut high = self.up_to(byte).unwrap_or(low).min(self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle) {
                Some(there) if there < id => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// Where in the pack the object of the id at a place lies.
    fn offset(&self, place: usize) -> Option<u64> {
        const IS_LARGE: u32 = 1 << 31;
        if self.version != 2 {
            return self.number(self.start() + place * (4 + ID)).map(u64::from);
        }
        let offsets = self.start() + self.count * (ID + 4);
        let offset = self.number(offsets + place * 4)?;
        if offset & IS_LARGE == 0 {
            return Some(u64::from(offset));
        }
        let row = usize::try_from(offset & !IS_LARGE).ok()?;
        let at = row.checked_mul(8)?.checked_add(offsets + self.count * 4)?;
        Some(u64::from(self.number(at)?) << 32 | u64::from(self.number(at + 4)?))
    }
}
