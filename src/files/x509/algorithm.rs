//! Keys and signatures: what kind they are.

use std::borrow::Cow;
use std::fmt;

use aws_lc_rs::digest;
use x509_parser::asn1_rs::{Any, BitString, Class, FromDer, Oid, Tag, oid};
use x509_parser::num_bigint::BigUint;
use x509_parser::oid_registry::*;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::element::tag;
use super::strict::Strict;
use super::text::dotted;
use super::unreadable::{Fault, Unreadable};

/// The kind and strength of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA, whatever it may sign with.
    Rsa {
        /// The length of the modulus.
        bits: usize,
    },
    /// A key on a named elliptic curve.
    Ec {
        /// The curve's name, NIST's where it has one.
        curve: &'static str,
        /// The length of the curve's field.
        bits: usize,
    },
    /// Anything else, by the dotted object identifier of its algorithm.
    Other {
        /// Dotted.
        algorithm: Box<str>,
    },
}

/// Named curves: object identifier, name, bits (RFC 5480, 2.1.1.1; RFC 5639, 4).
static CURVES: [(Oid<'static>, &str, usize); 7] = [
    (OID_EC_P256, "P-256", 256),
    (OID_NIST_EC_P384, "P-384", 384),
    (OID_NIST_EC_P521, "P-521", 521),
    (oid!(1.3.132.0.10), "secp256k1", 256),
    (oid!(1.3.36.3.3.2.8.1.1.7), "brainpoolP256r1", 256),
    (oid!(1.3.36.3.3.2.8.1.1.11), "brainpoolP384r1", 384),
    (oid!(1.3.36.3.3.2.8.1.1.13), "brainpoolP512r1", 512),
];

impl PublicKey {
    /// The kind of key in a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), and the key itself.
    pub(super) fn read<'a>(
        strict: Strict<'a>,
        info: &SubjectPublicKeyInfo<'a>,
    ) -> Result<(PublicKey, &'a [u8]), Unreadable> {
        let key = whole_bytes(strict, &info.subject_public_key)?;
        let algorithm = &info.algorithm.algorithm;
        let kind = if [OID_PKCS1_RSAENCRYPTION, OID_PKCS1_RSASSAPSS].contains(algorithm) {
            PublicKey::Rsa { bits: rsa_bits(strict, key)? }
        } else {
            // Curves spelled out parameter by parameter have no name (RFC 5480, 2.1.1).
            let is_elliptic = *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY;
            // Relative identifiers, and those of another class, asn1-rs takes for identifiers too.
            let is_identifier =
                |given: &Any<'_>| given.class() == Class::Universal && given.tag() == Tag::Oid;
            let named = |given: &&Any<'_>| is_elliptic && is_identifier(given);
            let parameters = info.algorithm.parameters.as_ref().filter(named);
            let curve = parameters.and_then(|curve| curve.as_oid().ok());
            let known = CURVES.iter().find(|(oid, _, _)| curve.as_ref() == Some(oid));
            match known {
                Some(&(_, curve, bits)) => PublicKey::Ec { curve, bits },
                None => PublicKey::Other { algorithm: dotted(algorithm).into() },
            }
        };
        Ok((kind, key))
    }
}

/// A key or a signature: a bit string of whole bytes.
pub(super) fn whole_bytes<'a>(
    strict: Strict<'a>,
    bits: &BitString<'a>,
) -> Result<&'a [u8], Unreadable> {
    match &bits.data {
        Cow::Borrowed(bytes) if bits.unused_bits == 0 => Ok(bytes),
        bytes => Ok(strict.fault(bytes, Fault::UnusedBits)?),
    }
}

/// The length of the modulus of an `RSAPublicKey` (RFC 8017, A.1.1).
fn rsa_bits(strict: Strict<'_>, key: &[u8]) -> Result<usize, Unreadable> {
    let numbers = strict.encoding(key, tag::SEQUENCE)?;
    strict.ordered(&numbers, &[tag::INTEGER, tag::INTEGER])?;
    let (_, numbers) = RSAPublicKey::from_der(key)?;
    if [numbers.modulus, numbers.exponent].iter().any(|number| number[0] >= 0x80) {
        return Ok(strict.fault(key, Fault::Fields)?);
    }
    Ok(BigUint::from_bytes_be(numbers.modulus).bits() as usize)
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

/// The digest that a signature signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Broken, but old roots are signed with it.
    Sha1,
    /// FIPS 180-4.
    Sha224,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha384,
    /// FIPS 180-4.
    Sha512,
}

/// How something was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 4055, 5).
    Rsa(Hash),
    /// RSASSA-PSS (RFC 4055, 3).
    RsaPss(Hash),
    /// RFC 5758, 3.2.
    Ecdsa(Hash),
    /// RFC 8410.
    Ed25519,
    /// Anything else, by its dotted object identifier.
    Other(Box<str>),
}

/// RFC 4055, 5; RFC 5758, 3.2; RFC 8410, 3.
static SIGNATURES: [(Oid<'static>, SignatureAlgorithm); 11] = {
    use SignatureAlgorithm::{Ecdsa, Ed25519, Rsa};
    [
        (OID_PKCS1_SHA1WITHRSA, Rsa(Hash::Sha1)),
        (OID_PKCS1_SHA224WITHRSA, Rsa(Hash::Sha224)),
        (OID_PKCS1_SHA256WITHRSA, Rsa(Hash::Sha256)),
        (OID_PKCS1_SHA384WITHRSA, Rsa(Hash::Sha384)),
        (OID_PKCS1_SHA512WITHRSA, Rsa(Hash::Sha512)),
        (oid!(1.2.840.10045.4.1), Ecdsa(Hash::Sha1)),
        (oid!(1.2.840.10045.4.3.1), Ecdsa(Hash::Sha224)),
        (OID_SIG_ECDSA_WITH_SHA256, Ecdsa(Hash::Sha256)),
        (OID_SIG_ECDSA_WITH_SHA384, Ecdsa(Hash::Sha384)),
        (OID_SIG_ECDSA_WITH_SHA512, Ecdsa(Hash::Sha512)),
        (OID_SIG_ED25519, Ed25519),
    ]
};

/// RFC 4055, 2.1.
static HASHES: [(Oid<'static>, Hash); 4] = [
    (oid!(2.16.840.1.101.3.4.2.4), Hash::Sha224),
    (oid!(2.16.840.1.101.3.4.2.1), Hash::Sha256),
    (oid!(2.16.840.1.101.3.4.2.2), Hash::Sha384),
    (oid!(2.16.840.1.101.3.4.2.3), Hash::Sha512),
];

impl SignatureAlgorithm {
    /// What an `AlgorithmIdentifier` means. The digest of RSASSA-PSS is SHA-1 unless its parameters
    /// name another (RFC 4055, 3.1).
    pub(super) fn read(identifier: &AlgorithmIdentifier<'_>) -> SignatureAlgorithm {
        let oid = &identifier.algorithm;
        if *oid == OID_PKCS1_RSASSAPSS {
            let parameters = identifier.parameters.as_ref();
            let parameters = parameters.and_then(|given| RsaSsaPssParams::try_from(given).ok());
            let hash = parameters.and_then(|parameters| {
                let named = parameters.hash_algorithm_oid();
                HASHES.iter().find(|(oid, _)| oid == named).map(|(_, hash)| *hash)
            });
            return SignatureAlgorithm::RsaPss(hash.unwrap_or(Hash::Sha1));
        }
        let known = SIGNATURES.iter().find(|(known, _)| known == oid);
        known.map_or_else(
            || SignatureAlgorithm::Other(dotted(oid).into()),
            |(_, algorithm)| algorithm.clone(),
        )
    }

    /// Whether the digest is of the SHA-2 family (that of Ed25519 is SHA-512).
    pub fn is_sha2(&self) -> bool {
        match self {
            Self::Rsa(hash) | Self::RsaPss(hash) | Self::Ecdsa(hash) => *hash != Hash::Sha1,
            Self::Ed25519 => true,
            Self::Other(_) => false,
        }
    }
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
    /// The digest of `bytes`; none where it is computed nowhere (SHA-224).
    pub fn digest(self, bytes: &[u8]) -> Option<Box<[u8]>> {
        let algorithm = match self {
            Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha224 => return None,
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
            Hash::Sha512 => &digest::SHA512,
        };
        Some(digest::digest(algorithm, bytes).as_ref().into())
    }

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
