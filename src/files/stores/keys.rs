//! Private keys (PKCS#8, RFC 5958) beside the public keys of certificates: whether one is the other's.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use zeroize::Zeroizing;

use super::ber::{Elements, tag};
use crate::base::text::Text;

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// RSA for PSS alone (RFC 4055, 1.2).
const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const ED25519: &[u8] = b"\x2b\x65\x70";

/// A public key, as far as keys are compared by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Public<'a> {
    /// The modulus, without zeros before it.
    Rsa(&'a [u8]),
    /// The curve, and the point.
    Ec(&'a [u8], &'a [u8]),
    /// The key.
    Ed25519(&'a [u8]),
    /// Of another kind.
    Other,
}

/// What is kept of a private key until it has been compared.
#[derive(Debug)]
pub enum Private {
    /// The modulus, which is no secret.
    Rsa(Vec<u8>),
    /// The curve, the number, and the point where it is there too.
    Ec { curve: Vec<u8>, number: Zeroizing<Vec<u8>>, point: Option<Vec<u8>> },
    /// The seed.
    Ed25519(Zeroizing<Vec<u8>>),
    /// Of another kind.
    Other,
}

/// The `SubjectPublicKeyInfo` of a certificate, whose outer shape alone is looked at.
///
/// # Errors
/// When it is no certificate.
pub fn public_key_info(der: &[u8]) -> Result<&[u8], Text> {
    let mut all = Elements::of(der);
    let mut certificate = all.enter(tag::SEQUENCE)?;
    if !all.is_empty() {
        return Err(crate::tr!("bytes follow where it ends"));
    }
    let mut fields = certificate.enter(tag::SEQUENCE)?;
    certificate.expect(tag::SEQUENCE)?;
    certificate.expect(tag::BIT_STRING)?;
    fields.next_if(tag::CONTEXT_0)?;
    fields.expect(tag::INTEGER)?;
    // Algorithm, issuer, validity, subject.
    for _ in 0..4 {
        fields.expect(tag::SEQUENCE)?;
    }
    Ok(fields.expect(tag::SEQUENCE)?.whole)
}

/// The public key in a `SubjectPublicKeyInfo`.
pub fn public(info: &[u8]) -> Public<'_> {
    read_public(info).unwrap_or(Public::Other)
}

fn read_public(info: &[u8]) -> Result<Public<'_>, Text> {
    let mut fields = Elements::of(info).enter(tag::SEQUENCE)?;
    let mut algorithm = fields.enter(tag::SEQUENCE)?;
    let bits = fields.expect(tag::BIT_STRING)?.data;
    let key = bits.strip_prefix(&[0]).unwrap_or_default();
    Ok(match algorithm.oid()? {
        RSA | RSA_PSS => {
            let mut numbers = Elements::of(key).enter(tag::SEQUENCE)?;
            Public::Rsa(unpadded(numbers.expect(tag::INTEGER)?.data))
        }
        EC if algorithm.next_is(tag::OID) => Public::Ec(algorithm.oid()?, key),
        ED25519 => Public::Ed25519(key),
        _ => Public::Other,
    })
}

/// A number without zeros before it.
pub fn unpadded(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

/// What is kept of a `PrivateKeyInfo`.
///
/// # Errors
/// When it is none.
pub fn private(info: &[u8]) -> Result<Private, Text> {
    let mut fields = Elements::of(info).enter(tag::SEQUENCE)?;
    fields.expect(tag::INTEGER)?;
    let mut algorithm = fields.enter(tag::SEQUENCE)?;
    let key = Zeroizing::new(fields.octets(tag::OCTETS)?.into_owned());
    Ok(match algorithm.oid()? {
        RSA | RSA_PSS => {
            let mut numbers = Elements::of(&key).enter(tag::SEQUENCE)?;
            numbers.expect(tag::INTEGER)?;
            Private::Rsa(unpadded(numbers.expect(tag::INTEGER)?.data).to_vec())
        }
        EC if algorithm.next_is(tag::OID) => elliptic(&key, algorithm.oid()?)?,
        ED25519 => {
            let seed = Elements::of(&key).expect(tag::OCTETS)?.data.to_vec();
            Private::Ed25519(Zeroizing::new(seed))
        }
        _ => Private::Other,
    })
}

/// `ECPrivateKey` (RFC 5915, 3).
fn elliptic(key: &[u8], curve: &[u8]) -> Result<Private, Text> {
    let mut fields = Elements::of(key).enter(tag::SEQUENCE)?;
    fields.expect(tag::INTEGER)?;
    let number = Zeroizing::new(fields.expect(tag::OCTETS)?.data.to_vec());
    fields.next_if(tag::CONTEXT_0)?;
    let point = match fields.next_if(tag::CONTEXT_0 + 1)? {
        Some(inside) => {
            let bits = Elements::of(inside.data).expect(tag::BIT_STRING)?.data;
            bits.strip_prefix(&[0]).map(<[u8]>::to_vec)
        }
        None => None,
    };
    Ok(Private::Ec { curve: curve.to_vec(), number, point })
}

impl Private {
    /// Whether it is the key of this public one; none: that cannot be told.
    pub fn fits(&self, public: &Public<'_>) -> Option<bool> {
        match (self, public) {
            (Private::Other, _) | (_, Public::Other) => None,
            (Private::Rsa(own), Public::Rsa(modulus)) => Some(own == modulus),
            (Private::Ec { curve, number, point }, Public::Ec(other, wanted)) => {
                if curve != other {
                    return Some(false);
                }
                pair(curve, number, wanted).or_else(|| point.as_ref().map(|own| own == wanted))
            }
            (Private::Ed25519(seed), Public::Ed25519(key)) => {
                Some(Ed25519KeyPair::from_seed_and_public_key(seed, key).is_ok())
            }
            _ => Some(false),
        }
    }
}

/// Whether the number is that of the point, on P-256 and P-384.
fn pair(curve: &[u8], number: &[u8], point: &[u8]) -> Option<bool> {
    let (algorithm, length) = match curve {
        P256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, 32),
        P384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, 48),
        _ => return None,
    };
    let number = unpadded(number);
    let mut padded = Zeroizing::new(vec![0; length]);
    let Some(start) = length.checked_sub(number.len()) else { return Some(false) };
    padded[start..].copy_from_slice(number);
    let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &padded, point);
    Some(pair.is_ok())
}

#[cfg(test)]
mod tests {
    use rcgen::{
        KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData,
    };

    use super::{Private, private, public};

    #[test]
    fn a_key_is_its_own_and_no_other() {
        for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
            let [one, other] = [(), ()].map(|()| KeyPair::generate_for(algorithm).unwrap());
            let key = private(&one.serialize_der()).unwrap();
            assert_eq!(key.fits(&public(&one.subject_public_key_info())), Some(true));
            assert_eq!(key.fits(&public(&other.subject_public_key_info())), Some(false));
        }
    }

    #[test]
    fn keys_of_two_kinds_are_two() {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let info = pair.subject_public_key_info();
        assert_eq!(Private::Rsa(vec![1]).fits(&public(&info)), Some(false));
        assert_eq!(Private::Other.fits(&public(&info)), None);
    }

    #[test]
    fn broken_keys_are_told() {
        assert!(private(b"\x30\x03\x02\x01\x00").is_err());
        assert_eq!(super::public(b"\x30\x01"), super::Public::Other);
    }
}
