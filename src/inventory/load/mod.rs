//! From files to an [`Inventory`]. Loading never fails: it returns what it understood and what it
//! found wrong, so that a broken file costs its own entries and not the run.

mod budget;
mod layout;
mod memory;
mod pin;
mod schema;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::base::text::Text;
use crate::files::repo::{Content, Entry, Kind, Reader, Tree, Unread};
use crate::files::x509::{self, Authority, TrustStore, Unreadable};
use crate::files::yaml::{self, Fault, Mismatch, Node, Value};
use crate::inventory::finding::Spot;
use crate::inventory::model::{Certificate, Shape};
use crate::inventory::{
    AuthorityFile, Chain, Document, Inventory, Item, ListFile, Problem, Trouble,
};
use crate::tr;

use budget::Budget;

pub use layout::{FileKind, LARGE, kind_of};
pub use memory::Memory;
pub use schema::accepts;

/// A value that does not have the shape its file's schema asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misshapen {
    /// Where.
    pub spot: Spot,
    /// What is wrong.
    pub message: Text,
    /// What to do.
    pub help: Text,
}

/// The most problems that are told of one file.
const MOST: usize = 1000;

/// What one file of the inventory came to.
#[derive(Clone, Default)]
enum Read {
    Policy(Option<Arc<crate::inventory::model::Policy>>),
    Baseline(Option<Arc<crate::inventory::model::Baseline>>),
    Ens(Option<Arc<crate::inventory::model::Ens>>),
    Record(Option<Arc<Certificate>>),
    Pem(Option<Arc<(x509::Certificate, Chain)>>),
    Batch(Option<Arc<crate::inventory::model::Batch>>),
    Waiver(Option<Arc<crate::inventory::model::Waiver>>),
    Evidence(Document),
    Authority(Option<Arc<Authority>>),
    List(Option<Arc<x509::RevocationList>>),
    #[default]
    Nothing,
}

/// A file as read: how long it is, what it came to, its text where it has one, and what is wrong with
/// it.
#[derive(Clone, Default)]
struct File {
    bytes: u64,
    read: Read,
    text: Option<Arc<str>>,
    troubles: Vec<(Spot, Trouble)>,
}

/// Whether the type of `shape` can be read from `root`, as [`accepts`] says it of the schema.
pub fn types_accept(shape: Shape, root: &Node<'_>) -> bool {
    match shape {
        Shape::Policy => crate::inventory::model::Policy::deserialize(root).is_ok(),
        Shape::Baseline => crate::inventory::model::Baseline::deserialize(root).is_ok(),
        Shape::Ens => crate::inventory::model::Ens::deserialize(root).is_ok(),
        Shape::Certificate => Certificate::deserialize(root).is_ok(),
        Shape::Batch => crate::inventory::model::Batch::deserialize(root).is_ok(),
        Shape::Waiver => crate::inventory::model::Waiver::deserialize(root).is_ok(),
    }
}

/// Reads the inventory that `tree` holds, and no other after it.
pub fn load(tree: &Tree) -> Inventory {
    load_with(tree, &Memory::default())
}

/// Reads the inventory that `tree` holds; what it shares with others that were read with this memory
/// is not understood again, and of a commit not read.
pub fn load_with(tree: &Tree, memory: &Memory) -> Inventory {
    let files = tree.entries.len();
    // What lies in a folder that cannot be listed would seem to be missing.
    let mut hidden = tree.entries.iter().filter(|it| it.kind == Kind::Unlistable).peekable();
    if hidden.peek().is_some() {
        let why = hidden.map(|folder| (folder.path.as_str(), Trouble::Misplaced(folder.kind)));
        return unknown(tree, why.collect());
    }
    memory.expect(files);
    let budget = Budget::default();
    let mut inventory = Inventory { files, ..Inventory::default() };
    inventory.sources.lie_in(tree.folder());
    let (trust, others): (Vec<&Entry>, Vec<&Entry>) =
        tree.entries.iter().partition(|entry| entry.path.starts_with("inventory/trust/"));
    let trusted = read_all(tree, &trust, &TrustStore::default(), memory, &budget);
    trusted.into_iter().for_each(|(entry, file)| take(&mut inventory, entry, file));
    let authorities = inventory.authorities.iter().map(|file| Arc::clone(&file.authority));
    let store = TrustStore::sharing(authorities.collect(), Arc::clone(&memory.signatures));
    let others = read_all(tree, &others, &store, memory, &budget);
    if let Some(excess) = budget.excess() {
        return unknown(tree, vec![("inventory", Trouble::Beyond(excess))]);
    }
    others.into_iter().for_each(|(entry, file)| take(&mut inventory, entry, file));
    inventory.settle(&memory.signatures);
    inventory
}

/// The inventory that `head` holds, read with the `trust/` of `base`; none where they have the same.
pub fn under_trust_of(head: &Tree, base: &Tree, memory: &Memory) -> Option<Inventory> {
    let (own, other) = (trust_of(head), trust_of(base));
    if own == other {
        return None;
    }
    let mut changes: BTreeMap<String, Option<Arc<[u8]>>> =
        own.into_keys().map(|path| (path, None)).collect();
    changes.extend(other.into_iter().map(|(path, bytes)| (path, Some(bytes))));
    Some(load_with(&head.with(&changes), memory))
}

/// The files in `trust/` that can be read, by path.
fn trust_of(tree: &Tree) -> BTreeMap<String, Arc<[u8]>> {
    let reader = tree.reader();
    let trust = tree.entries.iter().filter(|entry| entry.path.starts_with("inventory/trust/"));
    let read = |entry: &Entry| {
        let content = reader.read(entry, LARGE).ok()?;
        Some((entry.path.clone(), content.bytes.into()))
    };
    trust.filter_map(read).collect()
}

/// An inventory of which nothing is known but why, by the paths where that is seen.
fn unknown(tree: &Tree, why: Vec<(&str, Trouble)>) -> Inventory {
    let mut inventory = Inventory::unknown(tree.entries.len(), why);
    inventory.sources.lie_in(tree.folder());
    inventory
}

/// Reads and understands many files at once, in the order given, until they are too much.
fn read_all<'t>(
    tree: &Tree,
    entries: &[&'t Entry],
    store: &TrustStore,
    memory: &Memory,
    budget: &Budget,
) -> Vec<(&'t Entry, File)> {
    let read = |reader: &mut Reader, entry: &&'t Entry| {
        if budget.excess().is_some() {
            return (*entry, File::default());
        }
        let file = read_file(reader, entry, store, memory);
        budget.count(&file);
        (*entry, file)
    };
    entries.par_iter().with_min_len(256).map_init(|| tree.reader(), read).collect()
}

fn read_file(reader: &Reader, entry: &Entry, store: &TrustStore, memory: &Memory) -> File {
    let kind = kind_of(&entry.path);
    let (Some(kind), Kind::File | Kind::Executable) = (kind, entry.kind) else {
        return File::unexpected(entry, kind);
    };
    let key = memory.key(entry, kind, store);
    if let Some(known) = key.as_ref().and_then(|key| memory.get(key)) {
        return known;
    }
    let content = match reader.read(entry, kind.limit()) {
        Ok(content) => content,
        Err(why) => return File::unread(kind, why),
    };
    let key = key.or_else(|| memory.key_of_bytes(&content, kind, store));
    let known = key.as_ref().and_then(|key| memory.get(key));
    if let Some(known) = known.filter(|known| known.is_of(&content.bytes)) {
        return known;
    }
    let Content { bytes, executable, stamp } = content;
    let mut file = File { bytes: bytes.len() as u64, ..File::default() };
    if executable {
        file.trouble(Trouble::Misplaced(Kind::Executable));
    }
    file.understand(kind, bytes, store, &|der| memory.keep_seal(entry, der));
    file.tell_the_first();
    if let Some(key) = key {
        memory.keep(key, &file, stamp);
    }
    file
}

/// A file that is there, but cannot be understood: its id is known, its content is not.
fn broken(kind: FileKind<'_>) -> Read {
    match kind {
        FileKind::Policy => Read::Policy(None),
        FileKind::Baseline => Read::Baseline(None),
        FileKind::Ens(_) => Read::Ens(None),
        FileKind::Record(_) => Read::Record(None),
        FileKind::Pem(_) => Read::Pem(None),
        FileKind::Batch(_) => Read::Batch(None),
        FileKind::Waiver(_) => Read::Waiver(None),
        FileKind::Authority => Read::Authority(None),
        FileKind::RevocationList => Read::List(None),
        FileKind::Evidence | FileKind::Readme => Read::Nothing,
    }
}

impl File {
    fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push((Spot::Bytes(0, 0), trouble));
    }

    /// Of a file full of problems only the first are told, and how many more there are.
    fn tell_the_first(&mut self) {
        let more = self.troubles.len().saturating_sub(MOST);
        if more > 0 {
            self.troubles.truncate(MOST);
            let message = tr!("the file has {more} more problems than are told", more = more);
            self.trouble(Trouble::Misshapen { message, help: tr!("mend the first ones first") });
        }
    }

    fn unexpected(entry: &Entry, kind: Option<FileKind<'_>>) -> File {
        let mut file = File { read: kind.map_or(Read::Nothing, broken), ..File::default() };
        file.trouble(match entry.kind {
            Kind::File | Kind::Executable => Trouble::Unnamed,
            other => Trouble::Misplaced(other),
        });
        file
    }

    fn unread(kind: FileKind<'_>, why: Unread) -> File {
        let mut file = File { read: broken(kind), ..File::default() };
        file.trouble(Trouble::Unread(why));
        file
    }

    /// Whether it was read from these bytes, whose id is its own: of a text the id is not all that is
    /// compared, since two can be made that share a SHA-1.
    fn is_of(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64
            && self.text.as_ref().is_none_or(|text| text.as_bytes() == bytes)
    }

    /// Understands its bytes; `note` gets the DER of a certificate.
    fn understand(
        &mut self,
        kind: FileKind<'_>,
        bytes: Vec<u8>,
        store: &TrustStore,
        note: &dyn Fn(&[u8]),
    ) {
        // A file that is strictly one certificate holds nothing else, so no key either.
        if matches!(kind, FileKind::Pem(_))
            && let Ok(certificate) = certificate_in(&bytes, store, note)
        {
            self.read = Read::Pem(Some(Arc::new(certificate)));
            return;
        }
        let secret = x509::private_key_in(&bytes);
        let has_secret = secret.is_some();
        if let Some((offset, what)) = secret {
            self.troubles.push((Spot::Bytes(offset, offset), Trouble::PrivateKey { what }));
        }
        match kind {
            FileKind::Policy => self.read = Read::Policy(self.yaml(Shape::Policy, bytes)),
            FileKind::Baseline => self.read = Read::Baseline(self.yaml(Shape::Baseline, bytes)),
            FileKind::Ens(_) => self.read = Read::Ens(self.yaml(Shape::Ens, bytes)),
            FileKind::Record(_) => self.read = Read::Record(self.yaml(Shape::Certificate, bytes)),
            FileKind::Batch(_) => self.read = Read::Batch(self.yaml(Shape::Batch, bytes)),
            FileKind::Waiver(_) => self.read = Read::Waiver(self.yaml(Shape::Waiver, bytes)),
            FileKind::Evidence => self.read = Read::Evidence(Document::of(&bytes)),
            FileKind::Readme => {}
            // A file with a private key is told once, as that.
            _ if has_secret => self.read = broken(kind),
            FileKind::Pem(_) => {
                let certificate = certificate_in(&bytes, store, note);
                self.read = Read::Pem(self.readable(certificate));
            }
            FileKind::Authority => {
                let authority = x509::from_pem(&bytes).and_then(|der| Authority::read(&der));
                self.read = Read::Authority(self.readable(authority));
            }
            FileKind::RevocationList => {
                let list = x509::RevocationList::read(&bytes);
                self.read = Read::List(self.readable(list));
            }
        }
    }

    fn readable<T>(&mut self, read: Result<T, Unreadable>) -> Option<Arc<T>> {
        read.map_err(|why| self.trouble(Trouble::Unreadable(why))).ok().map(Arc::new)
    }

    /// Reads strict YAML into its type; on any trouble, lists every one.
    fn yaml<T: DeserializeOwned>(&mut self, shape: Shape, bytes: Vec<u8>) -> Option<Arc<T>> {
        let text = match String::from_utf8(bytes) {
            Ok(text) => Arc::from(text),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                self.text = Some(text.into());
                self.troubles.push((Spot::Bytes(offset, offset), Trouble::NotUtf8));
                return None;
            }
        };
        let value = self.parse(shape, &text);
        self.text = Some(text);
        value.map(Arc::new)
    }

    fn parse<T: DeserializeOwned>(&mut self, shape: Shape, text: &str) -> Option<T> {
        let document = yaml::parse(text);
        if let Some(((start, end), attribute)) = pin::pin_in(text, document.root.as_ref()) {
            self.troubles.push((Spot::Bytes(start, end), Trouble::Pin { attribute }));
        }
        let broken = document.root.is_none() && !document.problems.is_empty();
        let root = document.root.unwrap_or(Node { bytes: (0, 0), value: Value::Null });
        let typed = T::deserialize(&root);
        let clean = document.problems.is_empty();
        let is_read = document.problems.iter().all(yaml::Problem::leaves_its_value);
        if let (Err(Mismatch(reason)), false) = (&typed, broken) {
            let listed = self.list_violations(shape, &root, &document.problems);
            if !listed && clean {
                self.trouble(Trouble::Misshapen {
                    message: tr!("not as its schema asks: {reason}", reason = reason),
                    help: tr!("correct the value"),
                });
            }
        }
        let told: HashSet<Spot> = self.troubles.iter().map(|(spot, _)| spot.clone()).collect();
        for problem in document.problems {
            let (start, end) = problem.bytes;
            let spot = Spot::Bytes(start, end);
            if problem.kind != Fault::NoDay || !told.contains(&spot) {
                self.troubles.push((spot, Trouble::Yaml(problem)));
            }
        }
        typed.ok().filter(|_| is_read)
    }

    /// Lists the violations of the schema, those apart that strict YAML has already told. A day that
    /// does not exist is told here, where one is asked for, and at its bytes.
    fn list_violations(
        &mut self,
        shape: Shape,
        root: &Node<'_>,
        problems: &[yaml::Problem],
    ) -> bool {
        let violations = schema::violations(shape, &serde_json::Value::from(root));
        let any = !violations.is_empty();
        let told: HashMap<_, _> = problems.iter().map(|it| (it.bytes, it.kind)).collect();
        let keys = LazyCell::new(|| root.keys());
        for Misshapen { spot, message, help } in violations {
            let bytes = match &spot {
                Spot::Pointer(pointer) => root.nearest(pointer).bytes,
                Spot::Key(pointer) => root.key_bytes(&keys, pointer),
                Spot::Bytes(start, end) => (*start, *end),
            };
            let trouble = match &spot {
                Spot::Key(pointer) if is_secret_name(pointer) => Trouble::Password,
                _ => Trouble::Misshapen { message, help },
            };
            match told.get(&bytes) {
                None => self.troubles.push((spot, trouble)),
                Some(Fault::NoDay) => self.troubles.push((Spot::Bytes(bytes.0, bytes.1), trouble)),
                Some(_) => {}
            }
        }
        any
    }
}

/// The certificate that a PEM file is, and who issued it.
fn certificate_in(
    bytes: &[u8],
    store: &TrustStore,
    note: &dyn Fn(&[u8]),
) -> Result<(x509::Certificate, Chain), Unreadable> {
    let der = x509::from_pem(bytes)?;
    let mut certificate = x509::Certificate::read(&der)?;
    note(&der);
    let chain = store.verify(&der, &certificate);
    let issuer = chain.as_ref().ok().and_then(|&place| store.name_of(place));
    if let Some(issuer) = issuer.filter(|issuer| **issuer == certificate.issuer) {
        certificate.issuer.clone_from(issuer);
    }
    Ok((certificate, chain.map_err(Box::new)))
}

/// Whether a field's name says that a secret follows.
fn is_secret_name(pointer: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default().to_lowercase();
    let words = ["password", "passphrase", "passwd", "contrasenya", "contraseña", "secret", "pin"];
    words.iter().any(|word| name == *word || (word.len() > 3 && name.contains(word)))
}

/// Puts what a file came to in its place.
fn take(inventory: &mut Inventory, entry: &Entry, file: File) {
    let path: Arc<str> = entry.path.as_str().into();
    for (spot, trouble) in file.troubles {
        inventory.problems.push(Problem { file: Arc::clone(&path), spot, trouble });
    }
    if let Some(text) = file.text {
        inventory.sources.insert(Arc::clone(&path), text);
    }
    let id: Box<str> = match kind_of(&entry.path) {
        Some(
            FileKind::Ens(id)
            | FileKind::Record(id)
            | FileKind::Pem(id)
            | FileKind::Batch(id)
            | FileKind::Waiver(id),
        ) => id.into(),
        _ => entry.path["inventory".len()..].trim_start_matches('/').into(),
    };
    match file.read {
        Read::Nothing => {}
        Read::Policy(policy) => inventory.policy = policy,
        Read::Baseline(baseline) => inventory.baseline = baseline,
        Read::Ens(ens) => put(&mut inventory.ens, Item::new(id, path, ens)),
        Read::Batch(batch) => put(&mut inventory.batches, Item::new(id, path, batch)),
        Read::Waiver(waiver) => put(&mut inventory.waivers, Item::new(id, path, waiver)),
        Read::Evidence(document) => {
            inventory.evidence.insert(id, document);
        }
        Read::Record(record) => {
            let certificate = inventory.certificates.entry(id.clone()).or_default();
            certificate.record = Some(Item::new(id, path, record));
        }
        Read::Pem(pem) => {
            let certificate = inventory.certificates.entry(id.clone()).or_default();
            certificate.pem = Some(Item::new(id, path, pem));
        }
        Read::Authority(Some(authority)) => {
            inventory.authorities.push(AuthorityFile { file: path, authority });
        }
        Read::List(Some(list)) => {
            inventory.lists.push(ListFile { file: path, list, signed: None });
        }
        Read::Authority(None) | Read::List(None) => {}
    }
}

fn put<T>(items: &mut BTreeMap<Box<str>, Item<T>>, item: Item<T>) {
    items.insert(item.id.clone(), item);
}

/// How an unread file is told of.
impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unread::TooLarge { limit } => {
                let mebibytes = i64::try_from(limit >> 20).unwrap_or(i64::MAX);
                tr!("it is larger than {limit} MiB", limit = mebibytes).fmt(f)
            }
            Unread::Failed(reason) | Unread::Lost { why: reason, .. } => {
                tr!("{reason}", reason = reason).fmt(f)
            }
        }
    }
}
