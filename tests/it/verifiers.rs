//! AWS-LC, by which segell verifies, against ring: what is refused must not depend on the library. Where
//! the two differ, it is pinned here, with what the standard says.

use std::sync::OnceLock;

use aws_lc_rs::agreement::{ECDH_P256, ECDH_P384, PrivateKey};
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use num_bigint::BigUint;
use proptest::prelude::*;
use segell::files::x509::{Hash, PublicKey, SignatureAlgorithm};

use crate::support::authority::{KeyKind, der};
use crate::support::verifiers::{Kind, agree, is_no_point, kinds, packed};

const MESSAGE: &[u8] = b"what is signed";

/// An RSA key as numbers, with which anything can be signed, rightly or wrongly.
struct RsaKey {
    n: BigUint,
    e: BigUint,
    d: BigUint,
    primes: [BigUint; 2],
}

impl RsaKey {
    fn of_primes(primes: [BigUint; 2]) -> RsaKey {
        let one = BigUint::from(1u8);
        let [p, q] = &primes;
        let (e, phi) = (BigUint::from(65537u32), (p - &one) * (q - &one));
        let d = e.modinv(&phi).unwrap();
        RsaKey { n: p * q, e, d, primes }
    }

    /// `RSAPublicKey` (RFC 8017, A.1.1).
    fn public(&self) -> Vec<u8> {
        public(&self.n, &self.e)
    }

    fn raise(&self, block: &[u8]) -> Vec<u8> {
        raised(block, &self.d, &self.n)
    }
}

fn raised(block: &[u8], exponent: &BigUint, modulus: &BigUint) -> Vec<u8> {
    let bytes = BigUint::from_bytes_be(block).modpow(exponent, modulus).to_bytes_be();
    let length = usize::try_from(modulus.bits().div_ceil(8)).unwrap();
    [vec![0; length - bytes.len()], bytes].concat()
}

/// `RSAPublicKey` of these contents.
fn public(modulus: &BigUint, exponent: &BigUint) -> Vec<u8> {
    let number = |number: &BigUint| {
        let bytes = number.to_bytes_be();
        let zero = if bytes[0] >= 0x80 { vec![0] } else { Vec::new() };
        der::element(der::INTEGER, &[zero, bytes].concat())
    };
    der::sequence(&[number(modulus), number(exponent)])
}

fn rsa_key() -> &'static RsaKey {
    static KEY: OnceLock<RsaKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let pkcs1 = KeyKind::Rsa2048.pkcs1();
        // The version, the modulus, two exponents, two primes.
        let numbers = der::parts(der::parts(&pkcs1)[0].1);
        let number = |place: usize| BigUint::from_bytes_be(numbers[place].1);
        RsaKey::of_primes([number(4), number(5)])
    })
}

/// What PKCS#1's older padding makes of [`MESSAGE`] (RFC 8017, 9.2).
fn encoded(length: usize, hash: Hash) -> Vec<u8> {
    let name = match hash {
        Hash::Sha256 => "2.16.840.1.101.3.4.2.1",
        Hash::Sha384 => "2.16.840.1.101.3.4.2.2",
        _ => "2.16.840.1.101.3.4.2.3",
    };
    let name = der::sequence(&[der::oid(name), vec![5, 0]]);
    let digest = der::element(der::OCTET_STRING, &hashed(hash));
    padded(length, &der::sequence(&[name, digest]))
}

fn padded(length: usize, info: &[u8]) -> Vec<u8> {
    [&[0, 1], &vec![0xff; length - info.len() - 3][..], &[0], info].concat()
}

/// What PKCS#1's newer padding makes of [`MESSAGE`], with a salt of so many bytes (RFC 8017, 9.1.1).
fn with_salt(length: usize, hash: Hash, salt: usize) -> Vec<u8> {
    let salt = vec![0x5a; salt];
    let seal = digest(algorithm(hash), &[&[0; 8], &hashed(hash)[..], &salt].concat());
    let seal = seal.as_ref();
    let rest = length - seal.len() - 1;
    let mut block = vec![0; rest - salt.len() - 1];
    block.push(1);
    block.extend(&salt);
    let mask = (0u32..).flat_map(|round| {
        digest(algorithm(hash), &[seal, &round.to_be_bytes()].concat()).as_ref().to_vec()
    });
    block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    block[0] &= 0x7f;
    [&block, seal, &[0xbc]].concat()
}

fn algorithm(hash: Hash) -> &'static aws_lc_rs::digest::Algorithm {
    match hash {
        Hash::Sha256 => &SHA256,
        Hash::Sha384 => &SHA384,
        _ => &SHA512,
    }
}

fn hashed(hash: Hash) -> Vec<u8> {
    digest(algorithm(hash), MESSAGE).as_ref().to_vec()
}

/// How many bytes a digest has.
fn size(hash: Hash) -> usize {
    algorithm(hash).output_len()
}

/// The order of a curve's group and the prime of its field (FIPS 186-4, D.1.2.3 and D.1.2.4).
fn numbers(curve: &str) -> (BigUint, BigUint) {
    let [order, prime] = match curve {
        "P-256" => [
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        ],
        _ => [
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        ],
    };
    let read = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16).unwrap();
    (read(order), read(prime))
}

/// A number as the content of an integer: with a zero before it where it would be negative.
fn content(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let zero = if bytes[0] >= 0x80 { vec![0] } else { Vec::new() };
    [zero, bytes].concat()
}

fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    der::sequence(&[der::element(der::INTEGER, r), der::element(der::INTEGER, s)])
}

/// A key of a curve, and its signature of a digest of any length (FIPS 186-5, 6.4.1): the library signs with the
/// curve's own digest alone.
fn of_curve_signed(curve: &str, digest: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (algorithm, size) = if curve == "P-256" { (&ECDH_P256, 32) } else { (&ECDH_P384, 48) };
    let point = |secret: u8| {
        let key = PrivateKey::from_private_key(algorithm, &vec![secret; size]).unwrap();
        key.compute_public_key().unwrap().as_ref().to_vec()
    };
    let number = |secret: u8| BigUint::from_bytes_be(&vec![secret; size]);
    let (order, _) = numbers(curve);
    let (secret, once) = (7, 11);
    let r = BigUint::from_bytes_be(&point(once)[1..=size]) % &order;
    let digest = BigUint::from_bytes_be(&digest[..digest.len().min(size)]);
    let s = number(once).modinv(&order).unwrap() * (digest + &r * number(secret)) % &order;
    (point(secret), pair(&content(&r), &content(&s)))
}

/// A key of that kind, and its signature over [`MESSAGE`].
fn signed(kind: &Kind) -> (Vec<u8>, Vec<u8>) {
    use SignatureAlgorithm::{Ecdsa, Rsa, RsaPss};
    match (&kind.key, &kind.signature) {
        (_, Rsa(hash)) => (rsa_key().public(), rsa_key().raise(&encoded(256, *hash))),
        (_, RsaPss(hash)) => {
            (rsa_key().public(), rsa_key().raise(&with_salt(256, *hash, size(*hash))))
        }
        (PublicKey::Ec { curve, .. }, Ecdsa(hash)) => of_curve_signed(curve, &hashed(*hash)),
        _ => {
            let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
            (key.public_key().as_ref().to_vec(), key.sign(MESSAGE).as_ref().to_vec())
        }
    }
}

fn of_curve(curve: &str) -> Kind {
    let is_it = |kind: &Kind| matches!(&kind.key, PublicKey::Ec { curve: it, .. } if *it == curve);
    kinds().into_iter().find(is_it).unwrap()
}

fn of_rsa() -> Kind {
    kinds().swap_remove(0)
}

#[test]
fn what_was_signed_holds_and_nothing_else() {
    for kind in kinds() {
        let (key, signature) = signed(&kind);
        assert!(kind.holds(&key, MESSAGE, &signature), "{} {}", kind.key, kind.signature);
        assert!(!kind.holds(&key, b"something else", &signature));
        for other in kinds() {
            let is_same = other.key == kind.key && other.signature == kind.signature;
            let is_key = matches!(kind.key, PublicKey::Rsa { .. });
            // A key of another kind comes to no verifier of RSA: it was read strictly before.
            if !matches!(other.key, PublicKey::Rsa { .. }) || is_key {
                assert_eq!(other.holds(&key, MESSAGE, &signature), is_same);
            }
        }
    }
}

#[test]
fn every_cut_and_every_byte_more_is_refused() {
    for kind in kinds() {
        let (key, signature) = signed(&kind);
        for end in 0..signature.len() {
            assert!(!kind.holds(&key, MESSAGE, &signature[..end]));
        }
        for more in [[&signature[..], &[0]].concat(), [&[0], &signature[..]].concat()] {
            assert!(!kind.holds(&key, MESSAGE, &more));
        }
        for key in [&key[..key.len() - 1], &[&key[..], &[0]].concat(), &[]] {
            assert!(!kind.holds(key, MESSAGE, &signature));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn both_are_of_one_mind_whatever_is_changed(
        kind in 0..11usize,
        changes in prop::collection::vec((0..900usize, any::<u8>()), 1..4),
    ) {
        let (key, signature) = signed(&kinds()[kind]);
        let mut bytes = packed(kind as u8, &key, MESSAGE, &signature);
        for (place, value) in changes {
            let place = 5 + place % (bytes.len() - 5);
            bytes[place] = value;
        }
        agree(&bytes);
    }
}

mod curves {
    use super::*;

    /// The two numbers of a signature whose heads are short.
    fn parts(signature: &[u8]) -> (BigUint, BigUint) {
        let length = usize::from(signature[3]);
        let (r, rest) = signature[4..].split_at(length);
        (BigUint::from_bytes_be(r), BigUint::from_bytes_be(&rest[2..]))
    }

    #[test]
    fn signatures_in_other_der_or_out_of_range_are_refused() {
        for curve in ["P-256", "P-384"] {
            let kind = of_curve(curve);
            let (key, signature) = signed(&kind);
            let (r, s) = parts(&signature);
            let (order, _) = numbers(curve);
            let (one, zero) = (BigUint::from(1u8), BigUint::default());
            let pad = |number: &BigUint| [vec![0], content(number)].concat();
            let negative = |number: &BigUint| {
                let mut bytes = content(number);
                bytes[0] |= 0x80;
                bytes
            };
            let whole = pair(&content(&r), &content(&s));
            assert!(kind.holds(&key, MESSAGE, &whole), "the writer writes what was signed");
            let high = &order - &s;
            assert!(kind.holds(&key, MESSAGE, &pair(&content(&r), &content(&high))));
            let wrong = [
                pair(&content(&s), &content(&r)),
                pair(&pad(&r), &content(&s)),
                pair(&content(&r), &pad(&s)),
                pair(&negative(&r), &content(&s)),
                pair(&content(&r), &negative(&s)),
                pair(&[], &content(&s)),
                pair(&content(&r), &[]),
                pair(&content(&zero), &content(&s)),
                pair(&content(&r), &content(&zero)),
                pair(&content(&zero), &content(&zero)),
                pair(&content(&order), &content(&s)),
                pair(&content(&r), &content(&order)),
                pair(&content(&(&r + &order)), &content(&s)),
                pair(&content(&r), &content(&(&s + &order))),
                pair(&content(&(&order - &one)), &content(&(&order - &one))),
                pair(&content(&one), &content(&one)),
                // BER: a length in more bytes than it takes, or none.
                [&[0x30, 0x81, whole[1]], &whole[2..]].concat(),
                [&[0x30, 0x82, 0, whole[1]], &whole[2..]].concat(),
                [&[0x30, 0x80], &whole[2..], &[0, 0]].concat(),
                [&[0x31], &whole[1..]].concat(),
                [whole.clone(), vec![5, 0]].concat(),
                der::sequence(&[whole[2..].to_vec(), vec![5, 0]]),
                // XML's and PKCS#11's form.
                [r.to_bytes_be(), s.to_bytes_be()].concat(),
            ];
            for (place, signature) in wrong.iter().enumerate() {
                assert!(!kind.holds(&key, MESSAGE, signature), "{curve}, {place}");
            }
        }
    }

    #[test]
    fn points_off_the_curve_or_written_otherwise_are_refused() {
        for curve in ["P-256", "P-384"] {
            let kind = of_curve(curve);
            let (key, signature) = signed(&kind);
            let (x, y) = key[1..].split_at(key.len() / 2);
            let (_, prime) = numbers(curve);
            let size = x.len();
            let filled = |number: &BigUint| {
                let bytes = number.to_bytes_be();
                [vec![0; size - bytes.len()], bytes].concat()
            };
            let other_y = filled(&(&prime - BigUint::from_bytes_be(y)));
            let off = [&key[..2 * size], &[key[2 * size] ^ 1]].concat();
            let wrong = [
                off,
                [&[4], x, &other_y[..]].concat(),
                [&[4], y, x].concat(),
                [&[4], &filled(&prime)[..], y].concat(),
                [&[4], &vec![0; 2 * size][..]].concat(),
                [&[4], &vec![0xff; 2 * size][..]].concat(),
                [&[6 | y[size - 1] & 1], x, y].concat(),
                [&[0], x, y].concat(),
                vec![0],
                [x, y].concat(),
            ];
            for (place, key) in wrong.iter().enumerate() {
                assert!(!kind.holds(key, MESSAGE, &signature), "{curve}, {place}");
            }
        }
    }

    /// RFC 5480, 2.2: uncompressed points MUST be supported, compressed ones MAY be. AWS-LC takes both,
    /// and a whole `SubjectPublicKeyInfo` besides, which no standard has in a bit string; ring takes
    /// uncompressed points alone, and so does segell.
    #[test]
    fn compressed_points_and_wrapped_keys_are_taken_by_the_library_and_not_by_segell() {
        let kind = of_curve("P-384");
        let (key, signature) = signed(&kind);
        let (x, y) = key[1..].split_at(key.len() / 2);
        let compressed = [&[2 | y[x.len() - 1] & 1], x].concat();
        let algorithm = [der::oid("1.2.840.10045.2.1"), der::oid("1.3.132.0.34")];
        let wrapped = der::sequence(&[der::sequence(&algorithm), der::bits(&key)]);
        for key in [compressed, wrapped] {
            assert!(taken(&aws_lc_rs::signature::ECDSA_P384_SHA256_ASN1, &key, &signature));
            assert!(!kind.holds(&key, MESSAGE, &signature));
        }
    }
}

/// What the library says by itself.
fn taken(
    algorithm: &'static dyn aws_lc_rs::signature::VerificationAlgorithm,
    key: &[u8],
    signature: &[u8],
) -> bool {
    let key = aws_lc_rs::signature::UnparsedPublicKey::new(algorithm, key);
    key.verify(MESSAGE, signature).is_ok()
}

mod rsa_keys {
    use super::*;

    /// The private exponent that belongs to `exponent`, a small one; none where there is none.
    fn private(key: &RsaKey, exponent: u64) -> Option<BigUint> {
        let one = BigUint::from(1u8);
        let phi = key.primes.iter().fold(one.clone(), |phi, prime| phi * (prime - &one));
        BigUint::from(exponent).modinv(&phi)
    }

    /// FIPS 186-5 asks for odd exponents above 65536; both take those of old keys too, up to 33 bits,
    /// and neither 1, under which every padding is its own signature.
    #[test]
    fn odd_exponents_from_3_to_33_bits_are_taken() {
        let (kind, key) = (of_rsa(), rsa_key());
        let mut tried = 0;
        for exponent in [
            3,
            5,
            17,
            257,
            65537,
            (1 << 31) - 1,
            (1 << 32) + 1,
            (1 << 32) + 15,
            (1 << 33) - 1,
            (1 << 33) - 9,
            (1 << 33) + 1,
            (1 << 33) + 17,
            (1 << 40) + 15,
            (1 << 62) - 57,
        ] {
            let Some(secret) = private(key, exponent) else { continue };
            tried += 1;
            let signature = raised(&encoded(256, Hash::Sha256), &secret, &key.n);
            let key = public(&key.n, &exponent.into());
            assert_eq!(kind.holds(&key, MESSAGE, &signature), exponent < 1 << 33, "{exponent}");
        }
        assert!(tried > 5);
        for exponent in [0u8, 1, 2, 4] {
            let key = public(&rsa_key().n, &exponent.into());
            assert!(!kind.holds(&key, MESSAGE, &encoded(256, Hash::Sha256)), "{exponent}");
        }
    }

    #[test]
    fn moduli_that_are_even_or_of_no_key_are_refused() {
        let (kind, key) = (of_rsa(), rsa_key());
        let (_, signature) = signed(&kind);
        let (one, n) = (BigUint::from(1u8), &key.n);
        for modulus in [n + &one, n - &one, n + BigUint::from(2u8), one << 2047] {
            assert!(!kind.holds(&public(&modulus, &key.e), MESSAGE, &signature));
        }
    }

    #[test]
    fn of_every_size_from_2048_bits_on_signatures_are_verified() {
        // Primes a little above one and a half times a power of two.
        let prime = |power: u32, more: u32| (BigUint::from(3u8) << power) + BigUint::from(more);
        let (first, second, larger) = (prime(1026, 385), prime(1026, 577), prime(1027, 293));
        for (bits, primes) in [(2056, [first.clone(), second]), (2057, [first, larger])] {
            let key = RsaKey::of_primes(primes);
            assert_eq!(key.n.bits(), bits);
            let bits = usize::try_from(bits).unwrap();
            let kind = Kind { key: PublicKey::Rsa { bits }, ..of_rsa() };
            let signature = key.raise(&encoded(bits.div_ceil(8), Hash::Sha256));
            assert!(kind.holds(&key.public(), MESSAGE, &signature), "{bits}");
        }
    }

    #[test]
    fn signatures_that_are_no_number_below_the_modulus_are_refused() {
        let (kind, key) = (of_rsa(), rsa_key());
        let (public, signature) = signed(&kind);
        let signature = BigUint::from_bytes_be(&signature);
        let zero = vec![0; 256];
        let over = (&signature + &key.n).to_bytes_be();
        for wrong in [&zero, &over, &key.n.to_bytes_be(), &vec![0xff; 256]] {
            assert!(!kind.holds(&public, MESSAGE, wrong));
        }
    }

    #[test]
    fn paddings_that_are_not_exactly_so_are_refused() {
        let (kind, key) = (of_rsa(), rsa_key());
        let (public, _) = signed(&kind);
        let sign = |block: &[u8]| key.raise(block);
        let right = encoded(256, Hash::Sha256);
        assert!(kind.holds(&public, MESSAGE, &sign(&right)));
        let digest = der::element(der::OCTET_STRING, &hashed(Hash::Sha256));
        let name = |oid: &str, rest: &[u8]| der::sequence(&[der::oid(oid), rest.to_vec()]);
        let sha256 = "2.16.840.1.101.3.4.2.1";
        let info = |name: Vec<u8>| der::sequence(&[name, digest.clone()]);
        let at_256 = |info: &[u8]| padded(256, info);
        let whole = info(name(sha256, &[5, 0]));
        let mut changed = Vec::new();
        for (place, value) in [(0, 1), (1, 0), (1, 2), (2, 0xfe), (100, 0xfe), (204, 1)] {
            let mut block = right.clone();
            block[place] = value;
            changed.push(block);
        }
        changed.extend([
            at_256(&info(name(sha256, &[]))),
            at_256(&info(name(sha256, &[5, 1, 0]))),
            at_256(&info(name("2.16.840.1.101.3.4.2.2", &[5, 0]))),
            at_256(&[&whole[..], &[0]].concat()),
            at_256(&[&[0x30, 0x81, whole[1]], &whole[2..]].concat()),
            at_256(&hashed(Hash::Sha256)),
            // Bleichenbacher's forgery: what follows the digest is never looked at.
            [&[0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0], &whole[..], &[7; 194]]
                .concat(),
        ]);
        for (place, block) in changed.iter().enumerate() {
            assert!(!kind.holds(&public, MESSAGE, &sign(&block[..256])), "{place}");
        }
    }

    /// RFC 4055, 3.1, lets a certificate name another length of salt; both ask for the digest's.
    #[test]
    fn a_salt_of_another_length_than_the_digest_is_refused() {
        let kind = kinds().swap_remove(3);
        let (key, _) = signed(&kind);
        for (length, holds) in [(0, false), (20, false), (31, false), (32, true), (33, false)] {
            let signature = rsa_key().raise(&with_salt(256, Hash::Sha256, length));
            assert_eq!(kind.holds(&key, MESSAGE, &signature), holds, "{length}");
        }
    }
}

mod edwards {
    use super::*;

    fn kind() -> Kind {
        kinds().pop().unwrap()
    }

    /// 2^252 + 27742317777372353535851937790883648493, in little endian (RFC 8032, 5.1).
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    /// RFC 8032, 5.1.7: S is below the order, so that nobody makes a second signature of one.
    #[test]
    fn a_scalar_beyond_the_order_is_refused() {
        let (key, mut signature) = signed(&kind());
        let mut carry = 0u16;
        for (digit, more) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*digit) + u16::from(more) + carry;
            (*digit, carry) = (sum as u8, sum >> 8);
        }
        assert!(!kind().holds(&key, MESSAGE, &signature));
    }

    /// RFC 8032, 5.1.3: y is below the prime, and zero is no odd x. There AWS-LC is right, which refuses
    /// all of them, and ring is not.
    #[test]
    fn keys_that_are_written_as_no_point_are_refused() {
        let keys = [(1, 0, 0x80), (0xec, 0xff, 0xff), (0xed, 0xff, 0x7f), (0xee, 0xff, 0x7f)];
        let taken = keys.map(|(first, middle, last)| {
            let key = point(first, middle, last);
            assert!(is_no_point(&key));
            let signature = [point(1, 0, 0), [0; 32]].concat();
            kind().asked(&key, MESSAGE, &signature)
        });
        assert!(taken.iter().all(|[ours, _]| !ours));
        assert!(taken[0][1] && taken.iter().any(|[_, theirs]| !theirs), "{taken:?}");
    }

    fn point(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut point = [middle; 32];
        (point[0], point[31]) = (first, last);
        point
    }

    /// Points of small order, and points that are not written in the one way: under some of them
    /// signatures hold that anybody can write. RFC 8032 asks for no more than both do; a CA of such a
    /// key is no CA that anybody takes into `trust/`.
    #[test]
    fn odd_points_are_judged_alike() {
        let points = [
            point(0, 0, 0),
            point(0, 0, 0x80),
            point(1, 0, 0),
            point(1, 0, 0x80),
            point(2, 0, 0),
            point(0xec, 0xff, 0x7f),
            point(0xec, 0xff, 0xff),
            point(0xed, 0xff, 0x7f),
            point(0xed, 0xff, 0xff),
            point(0xee, 0xff, 0x7f),
            point(0xee, 0xff, 0xff),
            point(0xff, 0xff, 0xff),
        ];
        for key in points {
            for first in points {
                for scalar in [[0; 32], ORDER, point(1, 0, 0)] {
                    kind().holds(&key, MESSAGE, &[first, scalar].concat());
                }
            }
        }
    }
}
