//! Whether a signature holds. AWS-LC verifies: of what there is without an assembler to install, it is the
//! quickest at P-384, with which AOC's new hierarchy signs.

use std::sync::OnceLock;

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use x509_parser::asn1_rs::{BitString, FromDer};
use x509_parser::error::X509Error;
use x509_parser::nom::Err;
use x509_parser::x509::AlgorithmIdentifier;

use super::algorithm::{Hash, PublicKey, SignatureAlgorithm, whole_bytes};
use super::strict::Strict;
use super::unreadable::Unreadable;

/// A public key that signatures are verified by.
#[derive(Clone, Debug)]
pub struct Verifier {
    kind: PublicKey,
    key: Box<[u8]>,
    /// The key taken apart, for the first kind of signature that it was asked about; none when it is
    /// no such key.
    ready: OnceLock<(SignatureAlgorithm, Option<ParsedPublicKey>)>,
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotVerified {
    /// Its kind is too weak or too rare.
    Unsupported,
    /// It does not hold.
    Wrong,
}

impl Verifier {
    /// Verifies by the key of this kind that the bit string of a `SubjectPublicKeyInfo` holds.
    pub fn new(kind: PublicKey, key: &[u8]) -> Verifier {
        Verifier { kind, key: key.into(), ready: OnceLock::new() }
    }

    /// Whether `signature`, of that kind, is this key's over `message`.
    pub fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), NotVerified> {
        let verifies = algorithm_for(&self.kind, algorithm).ok_or(NotVerified::Unsupported)?;
        let first = self.ready.get_or_init(|| (algorithm.clone(), self.read(verifies)));
        let other;
        let key = match first {
            (known, key) if known == algorithm => key,
            _ => {
                other = self.read(verifies);
                &other
            }
        };
        let key = key.as_ref().ok_or(NotVerified::Wrong)?;
        key.verify_sig(message, signature).map_err(|_| NotVerified::Wrong)
    }

    /// The bits of the key.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.key
    }

    fn read(&self, algorithm: &'static dyn VerificationAlgorithm) -> Option<ParsedPublicKey> {
        self.is_plain().then(|| ParsedPublicKey::new(algorithm, &self.key).ok()).flatten()
    }

    /// Whether it is a key as certificates have it. AWS-LC takes a whole `SubjectPublicKeyInfo` for one
    /// too, and compressed points, which RFC 5480, 2.2, leaves to whoever reads.
    fn is_plain(&self) -> bool {
        /// How an uncompressed point begins.
        const UNCOMPRESSED: u8 = 4;
        match &self.kind {
            PublicKey::Rsa { .. } => true,
            PublicKey::Ec { bits, .. } => {
                self.key.len() == 1 + 2 * bits / 8 && self.key[0] == UNCOMPRESSED
            }
            PublicKey::Other { .. } => self.key.len() == signature::ED25519_PUBLIC_KEY_LEN,
        }
    }
}

/// What verifies such a signature by such a key; `None` for what is too weak or too rare.
fn algorithm_for(
    key: &PublicKey,
    kind: &SignatureAlgorithm,
) -> Option<&'static dyn VerificationAlgorithm> {
    use Hash::{Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, Rsa, RsaPss};
    Some(match key {
        PublicKey::Rsa { bits: 2048..=8192 } => match kind {
            Rsa(Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
            Rsa(Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
            Rsa(Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
            RsaPss(Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
            RsaPss(Sha384) => &signature::RSA_PSS_2048_8192_SHA384,
            RsaPss(Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
            _ => return None,
        },
        PublicKey::Ec { curve, .. } => match (*curve, kind) {
            ("P-256", Ecdsa(Sha256)) => &signature::ECDSA_P256_SHA256_ASN1,
            ("P-256", Ecdsa(Sha384)) => &signature::ECDSA_P256_SHA384_ASN1,
            ("P-384", Ecdsa(Sha256)) => &signature::ECDSA_P384_SHA256_ASN1,
            ("P-384", Ecdsa(Sha384)) => &signature::ECDSA_P384_SHA384_ASN1,
            _ => return None,
        },
        PublicKey::Other { algorithm } if **algorithm == *"1.3.101.112" => match kind {
            Ed25519 => &signature::ED25519,
            _ => return None,
        },
        _ => return None,
    })
}

/// The `SIGNED` structure that certificates and revocation lists share (RFC 5280, 4.1.1 and 5.1.1).
pub(super) struct Signed<'a> {
    /// What the signature covers, header included.
    pub message: &'a [u8],
    pub algorithm: SignatureAlgorithm,
    pub signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads no more of it than verifying takes.
    pub fn read(der: &'a [u8]) -> Result<Signed<'a>, Unreadable> {
        let strict = Strict(der);
        let (whole, _) = strict.element(der)?;
        let (message, rest) = strict.element(whole.data)?;
        let (rest, algorithm) = AlgorithmIdentifier::from_der(rest)?;
        let (_, bits) = BitString::from_der(rest).map_err(Err::<X509Error>::convert)?;
        Ok(Signed {
            message: message.whole,
            algorithm: SignatureAlgorithm::read(&algorithm),
            signature: whole_bytes(strict, &bits)?,
        })
    }
}
