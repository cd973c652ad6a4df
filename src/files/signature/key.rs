//! SSH public keys (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709; OpenSSH's PROTOCOL.u2f), and what they verify.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    ED25519_PUBLIC_KEY_LEN, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use data_encoding::{BASE64, BASE64_NOPAD};

use super::Bare;
use super::wire::{positive, string};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// The smallest modulus of an RSA key that may approve, in bits.
const SMALLEST_RSA: usize = 2048;

/// The largest, which AWS-LC verifies by.
const LARGEST_RSA: usize = 8192;

/// The longest text of a key that is read; RSA of 16384 bits has less than 3000 characters.
const LONGEST: usize = 1 << 14;

/// A reviewer's public key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// In the wire format, which has one way to write each key.
    bytes: Box<[u8]>,
}

/// A key taken apart.
enum Parts<'k> {
    Ed25519(&'k [u8]),
    Ecdsa(Curve, &'k [u8]),
    Rsa {
        exponent: &'k [u8],
        modulus: &'k [u8],
    },
    /// A key in hardware signs with one of the others, for an application.
    Hardware(Box<Parts<'k>>, &'k [u8]),
}

/// A curve that OpenSSH makes ECDSA keys of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// What it is called in a key's type and in the key.
    pub(super) fn name(self) -> &'static str {
        match self {
            Curve::P256 => "nistp256",
            Curve::P384 => "nistp384",
            Curve::P521 => "nistp521",
        }
    }

    /// The curve of this name.
    pub(super) fn named(name: &[u8]) -> Option<Curve> {
        [Curve::P256, Curve::P384, Curve::P521]
            .into_iter()
            .find(|curve| curve.name().as_bytes() == name)
    }

    /// How many bytes a coordinate has, and a half of a signature.
    pub(super) fn size(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }

    fn verifies(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Curve::P256 => &ECDSA_P256_SHA256_FIXED,
            Curve::P384 => &ECDSA_P384_SHA384_FIXED,
            Curve::P521 => &ECDSA_P521_SHA512_FIXED,
        }
    }
}

impl Key {
    /// Reads a key as it stands in a `.pub` file or in the policy: type, base64 and a comment.
    ///
    /// # Errors
    /// When it is none, or too weak to approve with.
    pub fn read(text: &str) -> Result<Key, Text> {
        let (kind, bytes) = in_base64(text)
            .ok_or_else(|| tr!("it is no line `TYPE BASE64` of an SSH public key"))?;
        let told = string(&mut bytes.as_slice());
        if told != Some(kind.as_bytes()) {
            return Err(tr!("it is no line `TYPE BASE64` of an SSH public key"));
        }
        if !is_known(kind) {
            return Err(tr!("it is none of ed25519, ECDSA, `sk-` and RSA"));
        }
        let key = Key::of(&bytes)
            .ok_or_else(|| tr!("it is no line `TYPE BASE64` of an SSH public key"))?;
        match key.parts() {
            Parts::Rsa { modulus, .. } if bits(modulus) < SMALLEST_RSA => {
                Err(tr!("it is RSA below {bits} bits", bits = SMALLEST_RSA))
            }
            Parts::Rsa { modulus, .. } if bits(modulus) > LARGEST_RSA => {
                Err(tr!("it is RSA above {bits} bits", bits = LARGEST_RSA))
            }
            _ => Ok(key),
        }
    }

    /// A key in the wire format, to its last byte.
    pub(super) fn of(bytes: &[u8]) -> Option<Key> {
        Parts::read(bytes).map(|_| Key { bytes: bytes.into() })
    }

    /// The SHA-256 of the key's bytes in the SSH wire format: its name in `refs/approvals/`.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.bytes)
    }

    /// The type and base64, as in an allowed-signers file.
    pub fn to_openssh(&self) -> String {
        format!("{} {}", self.kind(), BASE64.encode(&self.bytes))
    }

    /// As `ssh-keygen -l` prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", BASE64_NOPAD.encode(self.sha256().as_bytes()))
    }

    /// The key's bytes in the wire format.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it made the signature over `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &Bare) -> bool {
        let is_of_its_kind = match self.kind() {
            // SHA-1, which the key's own name stands for as a signature's, is too weak.
            "ssh-rsa" => ["rsa-sha2-256", "rsa-sha2-512"].contains(&&*signature.algorithm),
            kind => *kind == *signature.algorithm,
        };
        is_of_its_kind && self.parts().verifies(message, signature) == Some(())
    }

    fn kind(&self) -> &str {
        let kind = string(&mut &*self.bytes).and_then(|kind| std::str::from_utf8(kind).ok());
        kind.expect("a key that was read has its kind")
    }

    fn parts(&self) -> Parts<'_> {
        Parts::read(&self.bytes).expect("a key is read when it is made")
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_openssh())
    }
}

impl<'k> Parts<'k> {
    /// Takes apart a key in the wire format; `None` for what is none or longer.
    fn read(mut bytes: &'k [u8]) -> Option<Parts<'k>> {
        let rest = &mut bytes;
        let kind = std::str::from_utf8(string(rest)?).ok()?;
        let plain = kind.strip_prefix("sk-").and_then(|kind| kind.strip_suffix("@openssh.com"));
        let parts = match plain.unwrap_or(kind) {
            "ssh-ed25519" => Parts::Ed25519(exactly(string(rest)?, ED25519_PUBLIC_KEY_LEN)?),
            "ssh-rsa" => Parts::Rsa { exponent: positive(rest)?, modulus: positive(rest)? },
            kind => {
                let curve = Curve::named(kind.strip_prefix("ecdsa-sha2-")?.as_bytes())?;
                (Curve::named(string(rest)?)? == curve).then_some(())?;
                Parts::Ecdsa(curve, point(string(rest)?, curve)?)
            }
        };
        let parts = match (plain, parts) {
            (None, parts) => parts,
            (Some(_), Parts::Rsa { .. } | Parts::Ecdsa(Curve::P384 | Curve::P521, _)) => {
                return None;
            }
            (Some(_), parts) => Parts::Hardware(Box::new(parts), string(rest)?),
        };
        rest.is_empty().then_some(parts)
    }

    fn verifies(&self, message: &[u8], signature: &Bare) -> Option<()> {
        let bytes = &*signature.bytes;
        match self {
            Parts::Ed25519(key) => holds(&ED25519, key, message, bytes),
            Parts::Ecdsa(curve, key) => {
                holds(curve.verifies(), key, message, &halves(bytes, curve.size())?)
            }
            Parts::Rsa { exponent: e, modulus: n } => {
                let padding = match &*signature.algorithm {
                    "rsa-sha2-256" => &RSA_PKCS1_2048_8192_SHA256,
                    "rsa-sha2-512" => &RSA_PKCS1_2048_8192_SHA512,
                    _ => return None,
                };
                RsaPublicKeyComponents { n, e }.verify(padding, message, bytes).ok()
            }
            // It signs the digests, with its flags and its counter between them.
            Parts::Hardware(key, application) => {
                let (of_what, message) = (Sha256::of(application), Sha256::of(message));
                let signed = [of_what.as_bytes(), &signature.trailer, message.as_bytes()].concat();
                key.verifies(&signed, signature)
            }
        }
    }
}

/// The type and the bytes of a key in a text; what follows a second blank is a comment.
fn in_base64(text: &str) -> Option<(&str, Vec<u8>)> {
    let text = text.trim();
    let mut words = text.splitn(3, ' ');
    let (kind, base64) = (words.next()?, words.next()?);
    let is_plain = text.len() <= LONGEST && !text.contains(['\n', '\r']);
    is_plain.then(|| BASE64.decode(base64.as_bytes()).ok().map(|bytes| (kind, bytes)))?
}

/// Whether keys of this type may approve.
fn is_known(kind: &str) -> bool {
    const HARDWARE: [&str; 2] =
        ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];
    let curve = kind.strip_prefix("ecdsa-sha2-").and_then(|name| Curve::named(name.as_bytes()));
    ["ssh-ed25519", "ssh-rsa"].contains(&kind) || curve.is_some() || HARDWARE.contains(&kind)
}

/// The bytes, if there are so many.
fn exactly(bytes: &[u8], length: usize) -> Option<&[u8]> {
    (bytes.len() == length).then_some(bytes)
}

/// A point that is not compressed, as OpenSSH writes them all.
fn point(bytes: &[u8], curve: Curve) -> Option<&[u8]> {
    const UNCOMPRESSED: u8 = 4;
    exactly(bytes, 1 + 2 * curve.size()).filter(|bytes| bytes[0] == UNCOMPRESSED)
}

/// The two numbers of an ECDSA signature, each as long as the curve's.
fn halves(mut bytes: &[u8], size: usize) -> Option<Vec<u8>> {
    let rest = &mut bytes;
    let mut halves = Vec::with_capacity(2 * size);
    for _ in 0..2 {
        let number = positive(rest)?;
        halves.resize(halves.len() + size.checked_sub(number.len())?, 0);
        halves.extend(number);
    }
    rest.is_empty().then_some(halves)
}

/// How many bits a number has whose first byte is not nought.
fn bits(number: &[u8]) -> usize {
    8 * number.len() - number.first().map_or(0, |first| first.leading_zeros() as usize)
}

fn holds(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    UnparsedPublicKey::new(algorithm, key).verify(message, signature).ok()
}
