//! Two libraries asked whether a signature holds: AWS-LC, as segell asks it, and ring, which it asked
//! before. Asked by the fuzz target, and of its corpus by a test.

#![allow(dead_code)]

use segell::files::x509::{Hash, PublicKey, SignatureAlgorithm, Verifier};

/// A kind of key and of signature by it.
pub struct Kind {
    pub key: PublicKey,
    pub signature: SignatureAlgorithm,
    pub ring: &'static dyn ring::signature::VerificationAlgorithm,
}

/// Every kind that is accepted, of RSA for keys of 2048 bits.
pub fn kinds() -> Vec<Kind> {
    use Hash::{Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, Rsa, RsaPss};
    use ring::signature::*;
    let kind = |key, signature, ring| Kind { key, signature, ring };
    let rsa = || PublicKey::Rsa { bits: 2048 };
    let p256 = || PublicKey::Ec { curve: "P-256", bits: 256 };
    let p384 = || PublicKey::Ec { curve: "P-384", bits: 384 };
    let ed25519 = PublicKey::Other { algorithm: "1.3.101.112".into() };
    vec![
        kind(rsa(), Rsa(Sha256), &RSA_PKCS1_2048_8192_SHA256),
        kind(rsa(), Rsa(Sha384), &RSA_PKCS1_2048_8192_SHA384),
        kind(rsa(), Rsa(Sha512), &RSA_PKCS1_2048_8192_SHA512),
        kind(rsa(), RsaPss(Sha256), &RSA_PSS_2048_8192_SHA256),
        kind(rsa(), RsaPss(Sha384), &RSA_PSS_2048_8192_SHA384),
        kind(rsa(), RsaPss(Sha512), &RSA_PSS_2048_8192_SHA512),
        kind(p256(), Ecdsa(Sha256), &ECDSA_P256_SHA256_ASN1),
        kind(p256(), Ecdsa(Sha384), &ECDSA_P256_SHA384_ASN1),
        kind(p384(), Ecdsa(Sha256), &ECDSA_P384_SHA256_ASN1),
        kind(p384(), Ecdsa(Sha384), &ECDSA_P384_SHA384_ASN1),
        kind(ed25519, Ed25519, &ED25519),
    ]
}

impl Kind {
    /// Whether the signature holds, by both; they must be of one mind, [`is_no_point`] apart.
    pub fn holds(&self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let [ours, theirs] = self.asked(key, message, signature);
        if self.signature == SignatureAlgorithm::Ed25519 && is_no_point(key) {
            assert!(!ours, "{key:02x?}");
            return ours;
        }
        let (kind, sign) = (&self.key, &self.signature);
        assert_eq!(ours, theirs, "{kind} {sign}: {key:02x?} {message:02x?} {signature:02x?}");
        ours
    }

    /// What segell says, and what ring says.
    pub fn asked(&self, key: &[u8], message: &[u8], signature: &[u8]) -> [bool; 2] {
        let ours = Verifier::new(self.key.clone(), key);
        let theirs = ring::signature::UnparsedPublicKey::new(self.ring, key);
        let again = ours.verify(&self.signature, message, signature).is_ok();
        assert_eq!(ours.verify(&self.signature, message, signature).is_ok(), again);
        [again, theirs.verify(message, signature).is_ok()]
    }
}

/// Whether a key of Ed25519 is written as RFC 8032, 5.1.3, refuses it: a y that is not below the prime, or
/// an x of zero that is said to be odd. AWS-LC refuses such a key, and ring takes most of them.
pub fn is_no_point(key: &[u8]) -> bool {
    let [first, middle @ .., last] = key else { return false };
    let all = |value: u8| middle.iter().all(|&byte| byte == value);
    let (is_odd, high) = (last >> 7 == 1, last & 0x7f);
    let is_one = *first == 1 && all(0) && high == 0;
    let is_minus_one = *first == 0xec && all(0xff) && high == 0x7f;
    let is_beyond = *first >= 0xed && all(0xff) && high == 0x7f;
    key.len() == 32 && (is_beyond || is_odd && (is_one || is_minus_one))
}

/// A kind, a key, a signature and a message in some bytes: a byte, and two lengths of two bytes.
pub fn packed(kind: u8, key: &[u8], message: &[u8], signature: &[u8]) -> Vec<u8> {
    let length = |part: &[u8]| u16::try_from(part.len()).expect("it is short").to_be_bytes();
    [&[kind], &length(key)[..], &length(signature)[..], key, signature, message].concat()
}

/// Any bytes, taken for those of [`packed`]: both libraries are of one mind.
pub fn agree(bytes: &[u8]) {
    let Some((&[kind, k0, k1, s0, s1], rest)) = bytes.split_first_chunk() else { return };
    let kinds = kinds();
    let kind = &kinds[usize::from(kind) % kinds.len()];
    let Some((key, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes([k0, k1]))) else {
        return;
    };
    let length = usize::from(u16::from_be_bytes([s0, s1]));
    let Some((signature, message)) = rest.split_at_checked(length) else { return };
    // What comes to a verifier has been read strictly, as far as RSA goes.
    if matches!(kind.key, PublicKey::Rsa { .. }) && !is_rsa_key(key) {
        return;
    }
    kind.holds(key, message, signature);
}

/// Whether these bytes are an `RSAPublicKey` of a modulus of 2048 bits, as a certificate that is read
/// has it.
fn is_rsa_key(key: &[u8]) -> bool {
    fn number(der: &[u8]) -> Option<(&[u8], &[u8])> {
        let (value, rest) = match der {
            [2, 0x82, high, low, rest @ ..] => {
                let length = u16::from_be_bytes([*high, *low]);
                rest.split_at_checked(usize::from(length)).filter(|_| length > 0xff)?
            }
            [2, length @ 1..0x80, rest @ ..] => rest.split_at_checked(usize::from(*length))?,
            _ => return None,
        };
        let is_shortest = !matches!(value, [0, next, ..] if *next < 0x80);
        (value[0] < 0x80 && is_shortest).then_some((value, rest))
    }
    let Some((&[0x30, 0x82, high, low], rest)) = key.split_first_chunk() else { return false };
    let is_whole = rest.len() == usize::from(u16::from_be_bytes([high, low]));
    let Some((modulus, rest)) = number(rest) else { return false };
    let is_all = number(rest).is_some_and(|(_, rest)| rest.is_empty());
    is_whole && is_all && modulus.len() == 257 && modulus[1] >= 0x80
}
