//! SSH signatures (OpenSSH's PROTOCOL.sshsig), as `ssh-keygen -Y sign` makes them.

mod key;
mod private;
mod wire;

use aws_lc_rs::digest;
use data_encoding::BASE64;

pub use key::Key;
pub use private::{new_pair, sign_with_file};
use wire::{put_string, string, take, uint32};

/// What the signatures are for: one made for anything else approves nothing.
pub const NAMESPACE: &str = "segell";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";
const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;

/// How many characters `ssh-keygen` writes on a line of the armour.
const WIDTH: usize = 70;

/// An SSH signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The armour's base64 on one line.
    pub line: String,
    key: Key,
    namespace: Box<str>,
    hash: Hash,
    bare: Bare,
}

/// A signature without what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bare {
    algorithm: Box<str>,
    bytes: Box<[u8]>,
    /// The flags and the counter of a key in hardware; of another there is nothing.
    trailer: Box<[u8]>,
}

/// How the text is digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Signature {
    /// Reads the base64 of a signature, to the last bit: there is one way to write each.
    pub fn from_line(line: &str) -> Option<Signature> {
        let bytes = BASE64.decode(line.as_bytes()).ok()?;
        let rest = &mut bytes.as_slice();
        (take(rest, MAGIC.len())? == MAGIC && uint32(rest)? == VERSION).then_some(())?;
        let key = Key::of(string(rest)?)?;
        let namespace = text(string(rest)?)?;
        string(rest)?.is_empty().then_some(())?; // reserved
        let hash = Hash::named(string(rest)?)?;
        let bare = Bare::read(string(rest)?)?;
        rest.is_empty().then(|| Signature { line: line.to_owned(), key, namespace, hash, bare })
    }

    /// Reads the armour that `ssh-keygen -Y sign` writes.
    pub fn from_armour(text: &str) -> Option<Signature> {
        let text = text.replace("\r\n", "\n");
        let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END.trim_end())?;
        let line: String = body.split('\n').collect();
        Signature::from_line(&line)
    }

    /// A signature for segell that was just made, of a SHA-512.
    fn made(key: Key, bare: &Bare) -> Signature {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_be_bytes());
        let signature = bare.written();
        let hash = Hash::Sha512;
        for part in [key.bytes(), NAMESPACE.as_bytes(), b"", hash.name(), &signature] {
            put_string(&mut bytes, part);
        }
        let (line, bare) = (BASE64.encode(&bytes), bare.clone());
        Signature { line, key, namespace: NAMESPACE.into(), hash, bare }
    }

    /// The armour, as `ssh-keygen -Y verify` reads it.
    pub fn armour(&self) -> String {
        let mut armour = String::from(BEGIN);
        let mut rest = &*self.line;
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(WIDTH));
            armour.push_str(line);
            armour.push('\n');
            rest = after;
        }
        armour + END
    }

    /// The key that it says made it.
    pub fn key(&self) -> Key {
        self.key.clone()
    }

    /// Whether that key signed `text`, for segell.
    pub fn verifies(&self, text: &str) -> bool {
        *self.namespace == *NAMESPACE
            && self.key.verifies(&signed_bytes(NAMESPACE, self.hash, text), &self.bare)
    }
}

impl Bare {
    fn read(mut bytes: &[u8]) -> Option<Bare> {
        /// A key in hardware adds its flags, a byte, and its counter, four.
        const TRAILER: usize = 5;
        let rest = &mut bytes;
        let (algorithm, bytes) = (text(string(rest)?)?, string(rest)?.into());
        let trailer = if algorithm.starts_with("sk-") { TRAILER } else { 0 };
        let trailer = take(rest, trailer)?.into();
        rest.is_empty().then_some(Bare { algorithm, bytes, trailer })
    }

    fn written(&self) -> Vec<u8> {
        let mut written = Vec::new();
        put_string(&mut written, self.algorithm.as_bytes());
        put_string(&mut written, &self.bytes);
        written.extend(&*self.trailer);
        written
    }
}

impl Hash {
    fn name(self) -> &'static [u8] {
        match self {
            Hash::Sha256 => b"sha256",
            Hash::Sha512 => b"sha512",
        }
    }

    fn named(name: &[u8]) -> Option<Hash> {
        [Hash::Sha256, Hash::Sha512].into_iter().find(|hash| hash.name() == name)
    }

    fn of(self, text: &str) -> digest::Digest {
        let algorithm = match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, text.as_bytes())
    }
}

/// What is signed of a text.
fn signed_bytes(namespace: &str, hash: Hash, text: &str) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for part in [namespace.as_bytes(), b"", hash.name(), hash.of(text).as_ref()] {
        put_string(&mut bytes, part);
    }
    bytes
}

fn text(bytes: &[u8]) -> Option<Box<str>> {
    std::str::from_utf8(bytes).ok().map(Into::into)
}
