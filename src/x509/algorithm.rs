//! Keys and signatures: what kind they are, and whether a signature holds.

use std::fmt;

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::der::{Malformed, Oid, Reader, tag};

/// The kind and strength of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    Rsa {
        bits: usize,
    },
    Ec {
        curve: &'static str,
        bits: usize,
    },
    /// Anything else, by the dotted object identifier of its algorithm.
    Other {
        algorithm: Box<str>,
    },
}

/// Named curves: dotted object identifier, name, bits (RFC 5480, 2.1.1.1; RFC 5639, 4).
const CURVES: [(&str, &str, usize); 7] = [
    ("1.2.840.10045.3.1.7", "P-256", 256),
    ("1.3.132.0.34", "P-384", 384),
    ("1.3.132.0.35", "P-521", 521),
    ("1.3.132.0.10", "secp256k1", 256),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512),
];

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7): the kind of key, and the key itself.
    pub(super) fn read<'a>(mut info: Reader<'a>) -> Result<(PublicKey, &'a [u8]), Malformed> {
        let (oid, parameters) = identifier(info.sequence()?)?;
        let key = info.whole_bits()?;
        info.finish()?;
        let kind = if oid.is("1.2.840.113549.1.1.1") || oid.is("1.2.840.113549.1.1.10") {
            PublicKey::Rsa { bits: rsa_bits(key)? }
        } else if oid.is("1.2.840.10045.2.1") {
            curve(parameters)?.unwrap_or_else(|| PublicKey::other(oid))
        } else {
            PublicKey::other(oid)
        };
        Ok((kind, key))
    }

    fn other(oid: Oid<'_>) -> PublicKey {
        PublicKey::Other { algorithm: oid.to_string().into() }
    }
}

/// The length of the modulus of an `RSAPublicKey` (RFC 8017, A.1.1).
fn rsa_bits(key: &[u8]) -> Result<usize, Malformed> {
    let mut reader = Reader::new(key);
    let mut numbers = reader.sequence()?;
    reader.finish()?;
    let modulus = numbers.natural()?;
    numbers.natural()?;
    numbers.finish()?;
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    Ok(8 * modulus.len() - unused)
}

/// The curve by its name; curves spelled out parameter by parameter have none (RFC 5480, 2.1.1).
fn curve(mut parameters: Reader<'_>) -> Result<Option<PublicKey>, Malformed> {
    if !parameters.starts_with(tag::OBJECT_IDENTIFIER) {
        return Ok(None);
    }
    let oid = parameters.oid()?;
    let known = CURVES.iter().find(|(dotted, _, _)| oid.is(dotted));
    Ok(known.map(|&(_, curve, bits)| PublicKey::Ec { curve, bits }))
}

/// The fields of an `AlgorithmIdentifier`: the algorithm, and the element of its parameters, if any
/// (RFC 5280, 4.1.1.2).
fn identifier<'a>(mut fields: Reader<'a>) -> Result<(Oid<'a>, Reader<'a>), Malformed> {
    let oid = fields.oid()?;
    let parameters = fields;
    if !fields.is_empty() {
        fields.any()?;
    }
    fields.finish()?;
    Ok((oid, parameters))
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublicKey::Rsa { bits } => write!(f, "RSA {bits}"),
            PublicKey::Ec { curve, .. } => write!(f, "EC {curve}"),
            PublicKey::Other { algorithm } => write!(f, "key {algorithm}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// How something was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    Rsa(Hash),
    RsaPss(Hash),
    Ecdsa(Hash),
    Ed25519,
    /// Anything else, by its dotted object identifier.
    Other(Box<str>),
}

/// Dotted object identifiers (RFC 4055, RFC 5758, RFC 8410).
const SIGNATURES: [(&str, SignatureAlgorithm); 11] = [
    ("1.2.840.113549.1.1.5", SignatureAlgorithm::Rsa(Hash::Sha1)),
    ("1.2.840.113549.1.1.14", SignatureAlgorithm::Rsa(Hash::Sha224)),
    ("1.2.840.113549.1.1.11", SignatureAlgorithm::Rsa(Hash::Sha256)),
    ("1.2.840.113549.1.1.12", SignatureAlgorithm::Rsa(Hash::Sha384)),
    ("1.2.840.113549.1.1.13", SignatureAlgorithm::Rsa(Hash::Sha512)),
    ("1.2.840.10045.4.1", SignatureAlgorithm::Ecdsa(Hash::Sha1)),
    ("1.2.840.10045.4.3.1", SignatureAlgorithm::Ecdsa(Hash::Sha224)),
    ("1.2.840.10045.4.3.2", SignatureAlgorithm::Ecdsa(Hash::Sha256)),
    ("1.2.840.10045.4.3.3", SignatureAlgorithm::Ecdsa(Hash::Sha384)),
    ("1.2.840.10045.4.3.4", SignatureAlgorithm::Ecdsa(Hash::Sha512)),
    ("1.3.101.112", SignatureAlgorithm::Ed25519),
];

const HASHES: [(&str, Hash); 4] = [
    ("2.16.840.1.101.3.4.2.4", Hash::Sha224),
    ("2.16.840.1.101.3.4.2.1", Hash::Sha256),
    ("2.16.840.1.101.3.4.2.2", Hash::Sha384),
    ("2.16.840.1.101.3.4.2.3", Hash::Sha512),
];

impl SignatureAlgorithm {
    /// Reads the content of an `AlgorithmIdentifier`.
    pub(super) fn read(fields: Reader<'_>) -> Result<SignatureAlgorithm, Malformed> {
        let (oid, parameters) = identifier(fields)?;
        if oid.is("1.2.840.113549.1.1.10") {
            return pss_hash(parameters).map(SignatureAlgorithm::RsaPss);
        }
        let known = SIGNATURES.iter().find(|(dotted, _)| oid.is(dotted));
        Ok(known.map_or_else(
            || SignatureAlgorithm::Other(oid.to_string().into()),
            |(_, algorithm)| algorithm.clone(),
        ))
    }

    /// Whether the digest is of the SHA-2 family (that of Ed25519 is SHA-512).
    pub fn is_sha2(&self) -> bool {
        match self {
            Self::Rsa(hash) | Self::RsaPss(hash) | Self::Ecdsa(hash) => *hash != Hash::Sha1,
            Self::Ed25519 => true,
            Self::Other(_) => false,
        }
    }

    /// What verifies such a signature by such a key; `None` for what is too weak or too rare.
    fn verifier(&self, key: &PublicKey) -> Option<&'static dyn VerificationAlgorithm> {
        use Hash::{Sha256, Sha384, Sha512};
        use SignatureAlgorithm::{Ecdsa, Ed25519, Rsa, RsaPss};
        Some(match (key, self) {
            (PublicKey::Rsa { bits: 2048..=8192 }, Rsa(Sha256)) => {
                &signature::RSA_PKCS1_2048_8192_SHA256
            }
            (PublicKey::Rsa { bits: 2048..=8192 }, Rsa(Sha384)) => {
                &signature::RSA_PKCS1_2048_8192_SHA384
            }
            (PublicKey::Rsa { bits: 2048..=8192 }, Rsa(Sha512)) => {
                &signature::RSA_PKCS1_2048_8192_SHA512
            }
            (PublicKey::Rsa { bits: 2048..=8192 }, RsaPss(Sha256)) => {
                &signature::RSA_PSS_2048_8192_SHA256
            }
            (PublicKey::Rsa { bits: 2048..=8192 }, RsaPss(Sha384)) => {
                &signature::RSA_PSS_2048_8192_SHA384
            }
            (PublicKey::Rsa { bits: 2048..=8192 }, RsaPss(Sha512)) => {
                &signature::RSA_PSS_2048_8192_SHA512
            }
            (PublicKey::Ec { curve: "P-256", .. }, Ecdsa(Sha256)) => {
                &signature::ECDSA_P256_SHA256_ASN1
            }
            (PublicKey::Ec { curve: "P-256", .. }, Ecdsa(Sha384)) => {
                &signature::ECDSA_P256_SHA384_ASN1
            }
            (PublicKey::Ec { curve: "P-384", .. }, Ecdsa(Sha256)) => {
                &signature::ECDSA_P384_SHA256_ASN1
            }
            (PublicKey::Ec { curve: "P-384", .. }, Ecdsa(Sha384)) => {
                &signature::ECDSA_P384_SHA384_ASN1
            }
            (PublicKey::Other { algorithm }, Ed25519) if **algorithm == *"1.3.101.112" => {
                &signature::ED25519
            }
            _ => return None,
        })
    }
}

/// The digest in `RSASSA-PSS-params`, by default SHA-1 (RFC 4055, 3.1).
fn pss_hash(mut parameters: Reader<'_>) -> Result<Hash, Malformed> {
    let mut parameters = parameters.sequence()?;
    let Some(mut hash) = parameters.optional(tag::constructed(0))? else {
        return Ok(Hash::Sha1);
    };
    let oid = hash.sequence()?.oid()?;
    Ok(HASHES.iter().find(|(dotted, _)| oid.is(dotted)).map_or(Hash::Sha1, |(_, hash)| *hash))
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(hash) => write!(f, "{}WithRSAEncryption", hash.name().to_lowercase()),
            Self::RsaPss(hash) => write!(f, "RSASSA-PSS with {}", hash.name()),
            Self::Ecdsa(hash) => write!(f, "ecdsa-with-{}", hash.name()),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other(oid) => f.write_str(oid),
        }
    }
}

impl Hash {
    fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA1",
            Hash::Sha224 => "SHA224",
            Hash::Sha256 => "SHA256",
            Hash::Sha384 => "SHA384",
            Hash::Sha512 => "SHA512",
        }
    }
}

/// The `SIGNED` structure that certificates and revocation lists share (RFC 5280, 4.1.1 and 5.1.1).
pub(super) struct Signed<'a> {
    /// What the signature covers, header included.
    pub message: &'a [u8],
    pub fields: Reader<'a>,
    /// The `AlgorithmIdentifier`, header included.
    pub identifier: &'a [u8],
    pub algorithm: SignatureAlgorithm,
    pub signature: &'a [u8],
}

/// Why a signature does not count.
pub(super) enum NotVerified {
    Unsupported,
    Wrong,
}

impl<'a> Signed<'a> {
    pub fn read(der: &'a [u8]) -> Result<Signed<'a>, Malformed> {
        let mut reader = Reader::new(der);
        let mut parts = reader.sequence()?;
        reader.finish()?;
        let message = parts.element(tag::SEQUENCE)?;
        let identifier = parts.element(tag::SEQUENCE)?;
        let signature = parts.whole_bits()?;
        parts.finish()?;
        let algorithm = SignatureAlgorithm::read(identifier.content)?;
        let (fields, message) = (message.content, message.whole);
        Ok(Signed { message, fields, identifier: identifier.whole, algorithm, signature })
    }

    pub fn verify(&self, kind: &PublicKey, key: &[u8]) -> Result<(), NotVerified> {
        let verifier = self.algorithm.verifier(kind).ok_or(NotVerified::Unsupported)?;
        let key = UnparsedPublicKey::new(verifier, key);
        key.verify(self.message, self.signature).map_err(|_| NotVerified::Wrong)
    }
}
