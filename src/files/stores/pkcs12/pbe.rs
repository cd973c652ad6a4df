//! What a PKCS#12 file is encrypted with: PBES1 as PKCS#12 has it (RFC 7292, B and C), PBES2
//! (RFC 8018, 6.2), and the derivations that both, and the integrity check, begin with.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::{digest, pbkdf2};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipher, BlockDecryptMut, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use zeroize::Zeroizing;

use crate::base::text::Text;
use crate::files::stores::ber::{Element, Elements, dotted, tag};
use crate::tr;

/// How many rounds all derivations of one store may take together: a minute or two.
const MOST_ROUNDS: u64 = 600_000_000;

/// The rounds that are left for one store.
#[derive(Debug)]
pub struct Budget(AtomicU64);

impl Budget {
    /// All of them.
    pub fn full() -> Budget {
        Budget(AtomicU64::new(MOST_ROUNDS))
    }

    /// Takes `rounds` for each of `blocks`.
    ///
    /// # Errors
    /// When fewer are left: nothing more is derived from then on.
    fn spend(&self, rounds: u32, blocks: usize) -> Result<(), Text> {
        let cost = u64::from(rounds).saturating_mul(blocks as u64);
        let take = |left: u64| left.checked_sub(cost);
        let spent = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        spent.map(|_| ()).map_err(|_| {
            tr!(
                "its key derivations take more than {most} rounds in all, which is too long to wait for; write it anew with fewer: `openssl pkcs12 -export -iter 10000`",
                most = MOST_ROUNDS.to_string()
            )
        })
    }
}

/// Why something was not decrypted.
#[derive(Debug)]
pub enum Failure {
    /// The password is another.
    Password,
    /// It cannot be read at all.
    Fault(Text),
}

impl From<Text> for Failure {
    fn from(fault: Text) -> Failure {
        Failure::Fault(fault)
    }
}

/// The forms in which programs put one password into derivations.
pub struct Password {
    /// As UTF-16 with two zero bytes (RFC 7292, B.1), first as the standard has it.
    bmp: Vec<Zeroizing<Vec<u8>>>,
    /// As UTF-8 (RFC 8018, 3), first as the standard has it.
    plain: Vec<Zeroizing<Vec<u8>>>,
}

impl Password {
    /// The forms of `text`. Of a password that is not ASCII old OpenSSL took each byte for a letter;
    /// of an empty one some leave the zero bytes away.
    pub fn of(text: &str) -> Password {
        let bmp = |units: &mut dyn Iterator<Item = u16>| {
            let mut bytes = Zeroizing::new(Vec::with_capacity(4 * text.len() + 2));
            units.for_each(|unit| bytes.extend(unit.to_be_bytes()));
            bytes.extend([0, 0]);
            bytes
        };
        let standard = bmp(&mut text.encode_utf16());
        let mut forms = vec![standard.clone()];
        if text.is_empty() {
            forms.push(Zeroizing::new(Vec::new()));
        }
        if !text.is_ascii() {
            forms.push(bmp(&mut text.bytes().map(u16::from)));
        }
        let mut plain = vec![Zeroizing::new(text.as_bytes().to_vec())];
        // NSS up to 3.2x put UTF-16 into PBKDF2 too.
        plain.push(standard);
        Password { bmp: forms, plain }
    }
}

/// The hashes that derivations use.
pub struct Hash {
    digest: &'static digest::Algorithm,
    hmac: aws_lc_rs::hmac::Algorithm,
    pbkdf2: pbkdf2::Algorithm,
}

static SHA1: Hash = Hash {
    digest: &digest::SHA1_FOR_LEGACY_USE_ONLY,
    hmac: aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    pbkdf2: pbkdf2::PBKDF2_HMAC_SHA1,
};
static SHA256: Hash = Hash {
    digest: &digest::SHA256,
    hmac: aws_lc_rs::hmac::HMAC_SHA256,
    pbkdf2: pbkdf2::PBKDF2_HMAC_SHA256,
};
static SHA384: Hash = Hash {
    digest: &digest::SHA384,
    hmac: aws_lc_rs::hmac::HMAC_SHA384,
    pbkdf2: pbkdf2::PBKDF2_HMAC_SHA384,
};
static SHA512: Hash = Hash {
    digest: &digest::SHA512,
    hmac: aws_lc_rs::hmac::HMAC_SHA512,
    pbkdf2: pbkdf2::PBKDF2_HMAC_SHA512,
};

impl Hash {
    /// The hash of this identifier (RFC 8017, B.1), or of HMAC with it (RFC 8018, B.1).
    fn of(oid: &[u8]) -> Result<&'static Hash, Text> {
        const SHA_2: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02";
        const HMAC: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x02";
        let known = match (oid.strip_prefix(SHA_2), oid.strip_prefix(HMAC)) {
            (Some([1]), _) | (_, Some([9])) => &SHA256,
            (Some([2]), _) | (_, Some([10])) => &SHA384,
            (Some([3]), _) | (_, Some([11])) => &SHA512,
            (_, Some([7])) => &SHA1,
            _ if oid == b"\x2b\x0e\x03\x02\x1a" => &SHA1,
            _ => {
                return Err(tr!(
                    "it uses the hash {oid}, which segell does not know; write it anew: `openssl pkcs12 -export -macalg sha256`",
                    oid = dotted(oid)
                ));
            }
        };
        Ok(known)
    }
}

/// What a derived key is for (RFC 7292, B.3).
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// RFC 7292, B.2: bytes from a password in UTF-16.
fn derive(
    hash: &Hash,
    purpose: Purpose,
    (password, salt, rounds): (&[u8], &[u8], u32),
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = hash.digest.block_len();
    let filled = |bytes: &[u8]| -> Vec<u8> {
        let length = bytes.len().div_ceil(block) * block;
        bytes.iter().copied().cycle().take(length).collect()
    };
    let mut input = Zeroizing::new([filled(salt), filled(password)].concat());
    let mut out = Zeroizing::new(Vec::with_capacity(length + hash.digest.output_len()));
    while out.len() < length {
        let mut context = digest::Context::new(hash.digest);
        context.update(&vec![purpose as u8; block]);
        context.update(&input);
        let mut key = context.finish();
        for _ in 1..rounds {
            key = digest::digest(hash.digest, key.as_ref());
        }
        out.extend_from_slice(key.as_ref());
        let added: Zeroizing<Vec<u8>> =
            Zeroizing::new(key.as_ref().iter().copied().cycle().take(block).collect());
        input.chunks_exact_mut(block).for_each(|chunk| add_one_more(chunk, &added));
    }
    out.truncate(length);
    out
}

/// `chunk` becomes the sum of both and one, as numbers, without what overflows.
fn add_one_more(chunk: &mut [u8], added: &[u8]) {
    let mut carry = 1_u16;
    for (byte, added) in chunk.iter_mut().zip(added).rev() {
        let sum = u16::from(*byte) + u16::from(*added) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}

/// Salt and rounds of a derivation. No salt is longer than 1 KiB, else it were hashed for ever.
fn salted(salt: &[u8], rounds: u32) -> Result<(&[u8], u32), Text> {
    if salt.len() > 1024 || rounds == 0 {
        return Err(tr!("a key derivation in it has a salt or a count that none can have"));
    }
    Ok((salt, rounds))
}

/// The parameters of PBKDF2 (RFC 8018, A.2).
pub struct Pbkdf2<'a> {
    salt: &'a [u8],
    rounds: NonZeroU32,
    length: Option<u32>,
    hash: &'static Hash,
}

impl<'a> Pbkdf2<'a> {
    /// Reads an algorithm that must be PBKDF2.
    fn read(mut algorithm: Elements<'a>) -> Result<Pbkdf2<'a>, Text> {
        let oid = algorithm.oid()?;
        if oid != b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c" {
            return Err(unknown_cipher(oid));
        }
        let mut parameters = algorithm.enter(tag::SEQUENCE)?;
        let salt = parameters.expect(tag::OCTETS)?.data;
        let (salt, rounds) = salted(salt, parameters.number()?)?;
        let rounds = NonZeroU32::new(rounds).unwrap_or(NonZeroU32::MIN);
        let mut length = None;
        if parameters.next_is(tag::INTEGER) {
            length = Some(parameters.number()?);
        }
        let hash = match parameters.next_if(tag::SEQUENCE)? {
            Some(prf) => Hash::of(Elements::of(prf.data).oid()?)?,
            None => &SHA1,
        };
        Ok(Pbkdf2 { salt, rounds, length, hash })
    }

    fn derive(
        &self,
        password: &[u8],
        length: usize,
        budget: &Budget,
    ) -> Result<Zeroizing<Vec<u8>>, Text> {
        let block = self.hash.digest.output_len();
        budget.spend(self.rounds.get(), 2 * length.div_ceil(block))?;
        let mut key = Zeroizing::new(vec![0; length]);
        pbkdf2::derive(self.hash.pbkdf2, self.rounds, self.salt, password, &mut key);
        Ok(key)
    }
}

/// Whether a store is as whoever knows its password wrote it.
pub enum Integrity<'a> {
    /// RFC 7292, 4: the digest, salt and rounds.
    Pkcs12 { hash: &'static Hash, salt: &'a [u8], rounds: u32, expected: &'a [u8] },
    /// RFC 9579.
    Pbmac1 { derivation: Pbkdf2<'a>, length: usize, hash: &'static Hash, expected: &'a [u8] },
}

impl<'a> Integrity<'a> {
    /// Reads `MacData` (RFC 7292, 4).
    pub fn read(mut data: Elements<'a>) -> Result<Integrity<'a>, Text> {
        let mut info = data.enter(tag::SEQUENCE)?;
        let mut algorithm = info.enter(tag::SEQUENCE)?;
        let expected = info.expect(tag::OCTETS)?.data;
        let oid = algorithm.oid()?;
        if oid == b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e" {
            let mut parameters = algorithm.enter(tag::SEQUENCE)?;
            let pbkdf2 = Pbkdf2::read(parameters.enter(tag::SEQUENCE)?)?;
            let hash = Hash::of(parameters.enter(tag::SEQUENCE)?.oid()?)?;
            let length = pbkdf2.length.filter(|length| (20..=1024).contains(length));
            let length = length.ok_or_else(|| tr!("its PBMAC1 has no fit length of a key"))?;
            let length = length as usize;
            return Ok(Integrity::Pbmac1 { derivation: pbkdf2, length, hash, expected });
        }
        let hash = Hash::of(oid)?;
        let salt = data.expect(tag::OCTETS)?.data;
        let rounds = if data.is_empty() { 1 } else { data.number()? };
        let (salt, rounds) = salted(salt, rounds)?;
        Ok(Integrity::Pkcs12 { hash, salt, rounds, expected })
    }

    /// Whether the password in any of its forms fits `content`.
    ///
    /// # Errors
    /// When that would take too long.
    pub fn holds(
        &self,
        content: &[u8],
        password: &Password,
        budget: &Budget,
    ) -> Result<bool, Text> {
        let check = |hash: &Hash, key: &[u8], expected: &[u8]| {
            let key = aws_lc_rs::hmac::Key::new(hash.hmac, key);
            aws_lc_rs::hmac::verify(&key, content, expected).is_ok()
        };
        match self {
            Integrity::Pkcs12 { hash, salt, rounds, expected } => {
                for form in &password.bmp {
                    budget.spend(*rounds, 1)?;
                    let length = hash.digest.output_len();
                    let key = derive(hash, Purpose::Mac, (form, salt, *rounds), length);
                    if check(hash, &key, expected) {
                        return Ok(true);
                    }
                }
            }
            Integrity::Pbmac1 { derivation, length, hash, expected } => {
                let key = derivation.derive(&password.plain[0], *length, budget)?;
                if check(hash, &key, expected) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// How something is encrypted.
enum Scheme<'a> {
    /// PKCS#12's own: cipher, salt, rounds.
    Pkcs12(Cipher, &'a [u8], u32),
    /// PBES2.
    Pbes2(Pbkdf2<'a>, Cipher, &'a [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    /// 3DES; with two keys the first is the third too.
    TripleDes,
    TwoKeyDes,
    /// The length of the key in bytes, and how many bits of it count.
    Rc2(usize, usize),
    Rc4(usize),
}

impl Cipher {
    fn key_length(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::TwoKeyDes => 16,
            Cipher::Aes192 | Cipher::TripleDes => 24,
            Cipher::Aes256 => 32,
            Cipher::Rc2(length, _) | Cipher::Rc4(length) => length,
        }
    }

    fn iv_length(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => 16,
            Cipher::TripleDes | Cipher::TwoKeyDes | Cipher::Rc2(..) => 8,
            Cipher::Rc4(_) => 0,
        }
    }

    /// None: the key is another.
    fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Cipher::Aes128 => cbc_with::<aes::Aes128>(key, iv, data),
            Cipher::Aes192 => cbc_with::<aes::Aes192>(key, iv, data),
            Cipher::Aes256 => cbc_with::<aes::Aes256>(key, iv, data),
            Cipher::TripleDes => cbc_with::<des::TdesEde3>(key, iv, data),
            Cipher::TwoKeyDes => cbc_with::<des::TdesEde2>(key, iv, data),
            Cipher::Rc2(_, bits) => {
                let rc2 = rc2::Rc2::new_with_eff_key_len(key, bits);
                let cbc = cbc::Decryptor::<rc2::Rc2>::inner_iv_slice_init(rc2, iv).ok()?;
                cbc.decrypt_padded_vec_mut::<Pkcs7>(data).ok().map(Zeroizing::new)
            }
            Cipher::Rc4(5) => Some(rc4_with::<rc4::consts::U5>(key, data)),
            Cipher::Rc4(_) => Some(rc4_with::<rc4::consts::U16>(key, data)),
        }
    }
}

fn cbc_with<C: BlockCipher + BlockDecryptMut + KeyInit>(
    key: &[u8],
    iv: &[u8],
    data: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cbc = cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?;
    cbc.decrypt_padded_vec_mut::<Pkcs7>(data).ok().map(Zeroizing::new)
}

fn rc4_with<N: cbc::cipher::generic_array::ArrayLength<u8>>(
    key: &[u8],
    data: &[u8],
) -> Zeroizing<Vec<u8>> {
    let mut data = Zeroizing::new(data.to_vec());
    rc4::Rc4::<N>::new(key.into()).apply_keystream(&mut data);
    data
}

fn unknown_cipher(oid: &[u8]) -> Text {
    tr!(
        "it is encrypted with {oid}, which segell does not know; write it anew: `openssl pkcs12 -export -keypbe AES-256-CBC -certpbe AES-256-CBC`",
        oid = dotted(oid)
    )
}

impl<'a> Scheme<'a> {
    /// Reads an algorithm.
    fn read(mut algorithm: Elements<'a>) -> Result<Scheme<'a>, Text> {
        const PKCS12: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01";
        const PBES2: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
        let oid = algorithm.oid()?;
        if oid == PBES2 {
            let mut parameters = algorithm.enter(tag::SEQUENCE)?;
            let pbkdf2 = Pbkdf2::read(parameters.enter(tag::SEQUENCE)?)?;
            let (cipher, iv) = pbes2_cipher(parameters.enter(tag::SEQUENCE)?, pbkdf2.length)?;
            if iv.len() != cipher.iv_length() {
                return Err(tr!(
                    "an initialisation vector in it has another length than its cipher's"
                ));
            }
            return Ok(Scheme::Pbes2(pbkdf2, cipher, iv));
        }
        let cipher = match oid.strip_prefix(PKCS12) {
            Some([1]) => Cipher::Rc4(16),
            Some([2]) => Cipher::Rc4(5),
            Some([3]) => Cipher::TripleDes,
            Some([4]) => Cipher::TwoKeyDes,
            Some([5]) => Cipher::Rc2(16, 128),
            Some([6]) => Cipher::Rc2(5, 40),
            _ => return Err(unknown_cipher(oid)),
        };
        let mut parameters = algorithm.enter(tag::SEQUENCE)?;
        let salt = parameters.expect(tag::OCTETS)?.data;
        let (salt, rounds) = salted(salt, parameters.number()?)?;
        Ok(Scheme::Pkcs12(cipher, salt, rounds))
    }

    /// Decrypts with one password in all its forms; `fits` says whether what came out is what was
    /// encrypted. None: the password is another.
    fn decrypt(
        &self,
        data: &[u8],
        password: &Password,
        budget: &Budget,
        fits: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Text> {
        let forms = match self {
            Scheme::Pkcs12(..) => &password.bmp,
            Scheme::Pbes2(..) => &password.plain,
        };
        for form in forms {
            let plain = match self {
                Scheme::Pkcs12(cipher, salt, rounds) => {
                    let blocks = cipher.key_length().div_ceil(20) + cipher.iv_length().div_ceil(20);
                    budget.spend(*rounds, blocks)?;
                    let derive =
                        |purpose, length| derive(&SHA1, purpose, (form, salt, *rounds), length);
                    let key = derive(Purpose::Key, cipher.key_length());
                    let iv = derive(Purpose::Iv, cipher.iv_length());
                    cipher.decrypt(&key, &iv, data)
                }
                Scheme::Pbes2(pbkdf2, cipher, iv) => {
                    let key = pbkdf2.derive(form, cipher.key_length(), budget)?;
                    cipher.decrypt(&key, iv, data)
                }
            };
            if let Some(plain) = plain.filter(|plain| fits(plain)) {
                return Ok(Some(plain));
            }
        }
        Ok(None)
    }
}

/// The cipher of PBES2, and its initialisation vector (RFC 8018, B.2; FIPS 197).
fn pbes2_cipher<'a>(
    mut algorithm: Elements<'a>,
    length: Option<u32>,
) -> Result<(Cipher, &'a [u8]), Text> {
    const AES: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01";
    let oid = algorithm.oid()?;
    let cipher = match oid.strip_prefix(AES) {
        Some([2]) => Cipher::Aes128,
        Some([22]) => Cipher::Aes192,
        Some([42]) => Cipher::Aes256,
        _ if oid == b"\x2a\x86\x48\x86\xf7\x0d\x03\x07" => Cipher::TripleDes,
        _ if oid == b"\x2a\x86\x48\x86\xf7\x0d\x03\x02" => {
            let mut parameters = algorithm.enter(tag::SEQUENCE)?;
            // RFC 2268, 6: the numbers that stand for these many bits.
            let bits = match parameters.number()? {
                160 => 40,
                120 => 64,
                58 => 128,
                _ => return Err(unknown_cipher(oid)),
            };
            let length = length.map_or(16, |length| length as usize);
            if !(5..=16).contains(&length) {
                return Err(unknown_cipher(oid));
            }
            return Ok((Cipher::Rc2(length, bits), parameters.expect(tag::OCTETS)?.data));
        }
        _ => return Err(unknown_cipher(oid)),
    };
    Ok((cipher, algorithm.expect(tag::OCTETS)?.data))
}

/// Decrypts `data` by its algorithm with the first password that fits.
///
/// # Errors
/// When none does, or it cannot be read.
pub fn decrypt(
    algorithm: Elements<'_>,
    data: &[u8],
    passwords: &[Password],
    budget: &Budget,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let scheme = Scheme::read(algorithm)?;
    for password in passwords {
        if let Some(plain) = scheme.decrypt(data, password, budget, is_one_sequence)? {
            return Ok(plain);
        }
    }
    Err(Failure::Password)
}

/// Whether it is one sequence and nothing else, as all is that is encrypted here.
fn is_one_sequence(bytes: &[u8]) -> bool {
    let first = Elements::of(bytes).next().ok().flatten();
    first.is_some_and(|Element { first, whole, .. }| {
        first == tag::SEQUENCE && whole.len() == bytes.len()
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, MOST_ROUNDS, Purpose, SHA1, derive};

    /// From the appendix of a well-known set of vectors for this derivation: password "smeg".
    #[test]
    fn the_derivation_gives_what_others_get() {
        let password = b"\0s\0m\0e\0g\0\0";
        let salt = b"\x0a\x58\xcf\x64\x53\x0d\x82\x3f";
        let key = derive(&SHA1, Purpose::Key, (password, salt, 1), 24);
        let hex = data_encoding::HEXLOWER.encode(&key);
        assert_eq!(hex, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3");
        let iv = derive(&SHA1, Purpose::Iv, (password, salt, 1), 8);
        assert_eq!(data_encoding::HEXLOWER.encode(&iv), "79993dfe048d3b76");
    }

    #[test]
    fn rounds_are_counted_over_a_whole_store() {
        let budget = Budget::full();
        let half = u32::try_from(MOST_ROUNDS / 2).unwrap();
        assert!(budget.spend(half, 1).is_ok());
        assert!(budget.spend(half, 1).is_ok());
        assert!(budget.spend(1, 1).is_err());
        assert!(Budget::full().spend(u32::MAX, 1).is_err());
    }
}
