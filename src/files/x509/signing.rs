//! The certificate with which a message is signed, and whether it is.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

use super::algorithm::{Hash, PublicKey, SignatureAlgorithm};
use super::signed::{NotVerified, Verifier};
use super::{Certificate, Unreadable};

/// A certificate, with its key at hand.
#[derive(Debug, Clone)]
pub struct SigningCertificate {
    /// What it states.
    pub certificate: Certificate,
    key: Verifier,
}

impl SigningCertificate {
    /// Reads exactly one certificate in DER.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(der: &[u8]) -> Result<SigningCertificate, Unreadable> {
        let (certificate, key) = Certificate::read_with_key(der)?;
        let key = Verifier::new(certificate.public_key.clone(), key);
        Ok(SigningCertificate { certificate, key })
    }

    /// Whether `signature`, as XML Signature writes them, is this key's over `message`. SHA-1 is taken
    /// too: messages are signed with it that nobody can sign anew.
    ///
    /// # Errors
    /// When it is not, or is of no accepted kind.
    pub fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), NotVerified> {
        match (algorithm, &self.certificate.public_key) {
            (SignatureAlgorithm::Rsa(Hash::Sha1), PublicKey::Rsa { bits: 2048..=8192 }) => {
                let sha1 = &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
                let key = UnparsedPublicKey::new(sha1, self.key.bytes());
                key.verify(message, signature).map_err(|_| NotVerified::Wrong)
            }
            (SignatureAlgorithm::Ecdsa(_), PublicKey::Ec { bits, .. }) => {
                let length = bits.div_ceil(8);
                let signature = two_numbers(signature, length).ok_or(NotVerified::Wrong)?;
                self.key.verify(algorithm, message, &signature)
            }
            _ => self.key.verify(algorithm, message, signature),
        }
    }
}

/// An ECDSA signature in DER, of two numbers of that length side by side (XML Signature 1.1, 6.4.3).
fn two_numbers(signature: &[u8], length: usize) -> Option<Vec<u8>> {
    let halves = signature.split_at_checked(length).filter(|(_, second)| second.len() == length);
    let (first, second) = halves?;
    let numbers = [integer(first), integer(second)].concat();
    // Two numbers of 384 bits take 104 bytes: the length fits one byte.
    let mut der = vec![super::element::tag::SEQUENCE, u8::try_from(numbers.len()).ok()?];
    if numbers.len() >= 0x80 {
        return None;
    }
    der.extend(numbers);
    Some(der)
}

/// A positive number in DER.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = &number[zeros.min(number.len() - 1)..];
    let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
    let length = u8::try_from(sign.len() + digits.len()).unwrap_or(u8::MAX);
    [&[super::element::tag::INTEGER, length], sign, digits].concat()
}
