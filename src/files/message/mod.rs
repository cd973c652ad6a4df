//! Messages of Via Oberta's front: requests, answers and faults in SOAP 1.1, and whether a request is
//! signed and by whom. Only facts come out that say nothing of a citizen or an official; no sentence
//! holds a word of the message.

mod canon;
mod encoding;
mod envelope;
mod facts;
mod front;
mod lexical;
pub mod outcome;
mod person;
mod signature;
mod tree;
mod when;

pub use facts::{Answer, Fact, Kind, Request, RequestId, is_same_code};
pub use front::{Meaning, Who};

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::files::x509::{Certificate, SignatureAlgorithm};
use crate::tr;
use envelope::Envelope;
use tree::Tree;

/// How many bytes a request may have, as at the front.
pub const LARGEST_REQUEST: usize = 2_000_000;

/// How many bytes an answer may have.
pub const LARGEST: usize = 16_000_000;

/// What a message states.
#[derive(Clone, Debug)]
pub struct Message {
    /// Of the bytes as they are given.
    pub sha256: Sha256,
    /// Whether it is signed.
    pub signature: Signature,
    /// A request or an answer, with its facts.
    pub kind: Kind,
}

/// Whether a message is signed.
#[derive(Clone, Debug)]
pub enum Signature {
    /// It has no signature.
    Missing,
    /// It has one that proves nothing, and why.
    Broken(Text),
    /// It has one that verifies, over the Body that is read.
    Verified(Box<Signer>),
    /// It is an answer: its signature is not asked for.
    NotAsked,
}

/// Who signed.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The certificate, as it stands in the message.
    pub certificate: Certificate,
    /// How it is signed.
    pub algorithm: SignatureAlgorithm,
}

/// Whether bytes look like a message rather than a certificate: XML in any encoding that is read, parts
/// of MIME, or anything that holds one.
pub fn looks_like_one(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1_000)];
    let start: Vec<u8> =
        start.iter().copied().filter(|byte| !b"\0 \t\r\n".contains(byte)).collect();
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let start = marks.iter().find_map(|mark| start.strip_prefix(*mark)).unwrap_or(&start);
    start.starts_with(b"<") || is_mime(bytes) || holds_one(bytes)
}

/// Whether the namespace of SOAP or of the front's messages stands in bytes, in any encoding that is read,
/// however broken they are: what holds a message names people.
pub fn holds_one(bytes: &[u8]) -> bool {
    let names =
        ["schemas.xmlsoap.org/soap/envelope", "gencat.net/scsp/esquemes", "DatosGenericos>"];
    let has =
        |bytes: &[u8]| names.iter().any(|it| memchr::memmem::find(bytes, it.as_bytes()).is_some());
    let is_wide = memchr::memchr(0, bytes).is_some();
    has(bytes)
        || is_wide && has(&bytes.iter().copied().filter(|&byte| byte != 0).collect::<Vec<_>>())
}

/// Whether bytes begin as parts of MIME do, which is how MTOM is sent.
fn is_mime(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let names = [&b"content-"[..], b"mime-version"];
    let has =
        |name: &&[u8]| start.len() >= name.len() && start[..name.len()].eq_ignore_ascii_case(name);
    let is_boundary = start.starts_with(b"--") && !start.starts_with(b"-----BEGIN");
    is_boundary || names.iter().any(has)
}

/// Reads a message.
///
/// # Errors
/// When it cannot be read, or is none of the front's: in our words, without a word of the message.
pub fn read(bytes: &[u8]) -> Result<Message, Text> {
    if bytes.len() > LARGEST {
        return Err(tr!("it is larger than 16 MB"));
    }
    let mtom = || {
        tr!(
            "it was sent with MTOM, in parts: such a request is not signed as a whole and proves nothing"
        )
    };
    if is_mime(bytes) {
        return Err(mtom());
    }
    if [&b"POST "[..], b"HTTP/"].iter().any(|start| bytes.starts_with(start)) {
        return Err(tr!("it begins with HTTP's headers: keep what follows their empty line"));
    }
    let text = encoding::decode(bytes)?;
    let tree = Tree::read(&text)?;
    let envelope = Envelope::read(&tree)?;
    let is_include = |namespace: &str| namespace == "http://www.w3.org/2004/08/xop/include";
    if tree.all().any(|(_, element)| is_include(&element.namespace)) {
        return Err(mtom());
    }
    let verified = signature::verify(&tree, &envelope);
    let timestamp = verified.as_ref().ok().and_then(|verified| verified.as_ref()?.timestamp);
    let kind = Kind::read(&tree, &envelope, timestamp)?;
    let signature = match (&kind, verified) {
        (Kind::Answer(_), _) => Signature::NotAsked,
        (Kind::Request(_), _) if bytes.len() > LARGEST_REQUEST => {
            return Err(tr!(
                "it is larger than 2 MB, which is more than the front takes of a request"
            ));
        }
        (Kind::Request(_), Err(why)) => Signature::Broken(why),
        (Kind::Request(_), Ok(None)) => Signature::Missing,
        (Kind::Request(_), Ok(Some(verified))) => Signature::Verified(Box::new(Signer {
            certificate: verified.certificate.certificate,
            algorithm: verified.algorithm,
        })),
    };
    Ok(Message { sha256: Sha256::of(bytes), signature, kind })
}
