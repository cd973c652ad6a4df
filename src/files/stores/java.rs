//! Java's own key stores, JKS and JCEKS, as OpenJDK's `JavaKeyStore` and `JceKeyStore` write them.
//! Certificates and names stand in the clear; a digest over all, and each private key, hang on passwords.

use std::collections::HashSet;

use aws_lc_rs::digest;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, KeyIvInit};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::ber::{Elements, tag};
use super::keys::{private, public, public_key_info};
use super::secret::Secret;
use super::{Content, Entry, Failure, Key, Kind, MOST_ENTRIES, Store, Unknown, too_many};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// What is hashed before a store, after its password.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// The bytes of the digest at the end.
const DIGEST: usize = 20;

/// How many rounds all of a JCEKS's keys may take.
const MOST_ROUNDS: u64 = 600_000_000;

/// Reads a store. Without a password its integrity and its private keys are not looked at.
///
/// # Errors
/// When it is broken, or the password is another.
pub fn read(bytes: &[u8], password: Option<&Secret>) -> Result<Store, Failure> {
    let kind = if bytes.starts_with(&[0xce; 4]) { Kind::Jceks } else { Kind::Jks };
    let end = bytes.len().checked_sub(DIGEST).filter(|end| *end >= 12).ok_or_else(cut_off)?;
    let mut reader = Reader { bytes, place: 4, end };
    let entries = reader.entries(kind);
    if let Some(password) = password {
        check_integrity(bytes, end, password, entries.is_err())?;
    }
    let entries = entries?;
    let mut store = Store::empty(kind);
    let mut chained = HashSet::new();
    let mut rounds = MOST_ROUNDS;
    for entry in &entries {
        entry.add_to(&mut store, password, &mut rounds, &mut chained)?;
    }
    if password.is_none() {
        store.remarks.push(tr!(
            "it was read without its password: whether it is intact, and whose its private keys are, was not looked at"
        ));
    }
    Ok(store)
}

fn cut_off() -> Text {
    tr!("it is cut off, or a length in it lies")
}

/// Compares the digest at the end. It is the same whether the password is another or the file broken;
/// only a broken entry tells them apart.
fn check_integrity(
    bytes: &[u8],
    end: usize,
    password: &Secret,
    is_broken: bool,
) -> Result<(), Text> {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(&utf16(password));
    context.update(WHITENER);
    context.update(&bytes[..end]);
    match context.finish().as_ref() == &bytes[end..] {
        true => Ok(()),
        false if is_broken => Ok(()),
        false => Err(tr!(
            "the password is another, or the file was changed after it was written: JKS tells these not apart; `keytool -list -keystore FILE` asks for it too"
        )),
    }
}

/// A password as JKS hashes it.
fn utf16(password: &Secret) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * password.expose().len()));
    password.expose().encode_utf16().for_each(|unit| bytes.extend(unit.to_be_bytes()));
    bytes
}

/// An entry as it stands in the file.
struct Stored<'a> {
    alias: String,
    /// The encrypted private key; none for a certificate that is trusted.
    key: Option<&'a [u8]>,
    /// The certificate, and those after it in its chain.
    chain: Vec<&'a [u8]>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Text> {
        let after = self.place.checked_add(count).filter(|after| *after <= self.end);
        let after = after.ok_or_else(cut_off)?;
        let taken = &self.bytes[self.place..after];
        self.place = after;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Text> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn block(&mut self) -> Result<&'a [u8], Text> {
        let length = self.number()?;
        self.take(length)
    }

    fn text(&mut self) -> Result<String, Text> {
        let length = self.take(2)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        Ok(modified_utf8(self.take(length)?))
    }

    fn certificate(&mut self, version: usize) -> Result<&'a [u8], Text> {
        if version == 2 {
            let kind = self.text()?;
            if kind != "X.509" && kind != "X509" {
                return Err(tr!("it holds a certificate of the kind `{kind}`", kind = kind));
            }
        }
        self.block()
    }

    fn entries(&mut self, kind: Kind) -> Result<Vec<Stored<'a>>, Text> {
        let version = self.number()?;
        if version != 1 && version != 2 {
            return Err(tr!("its version is {version}, which no Java writes", version = version));
        }
        let count = self.number()?;
        if count > MOST_ENTRIES {
            return Err(too_many());
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(self.entry(kind, version)?);
        }
        if self.place != self.end {
            return Err(tr!(
                count = self.end - self.place;
                one "{count} byte follows its last entry",
                many "{count} bytes follow its last entry"
            ));
        }
        Ok(entries)
    }

    fn entry(&mut self, kind: Kind, version: usize) -> Result<Stored<'a>, Text> {
        let what = self.number()?;
        let alias = self.text()?;
        self.take(8)?;
        match what {
            1 => {
                let key = Some(self.block()?);
                let count = self.number()?;
                if count > 100 {
                    return Err(tr!(
                        "`{alias}` has a chain of {count} certificates, which none has",
                        alias = alias,
                        count = count
                    ));
                }
                let chain = (0..count).map(|_| self.certificate(version));
                let chain = chain.collect::<Result<_, _>>()?;
                Ok(Stored { alias, key, chain })
            }
            2 => Ok(Stored { alias, key: None, chain: vec![self.certificate(version)?] }),
            3 if kind == Kind::Jceks => Err(tr!(
                "`{alias}` is a secret key, and what follows one in a JCEKS store cannot be told; `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12` writes a store that is read",
                alias = alias
            )),
            _ => Err(tr!("after {place} bytes an entry is of no kind", place = self.place)),
        }
    }
}

impl Stored<'_> {
    fn add_to(
        &self,
        store: &mut Store,
        password: Option<&Secret>,
        rounds: &mut u64,
        chained: &mut HashSet<Sha256>,
    ) -> Result<(), Text> {
        let Some((&first, chain)) = self.chain.split_first() else {
            store.others += 1;
            return Ok(());
        };
        let mut entry = Entry::certificate(self.alias.clone(), first, Key::Missing)?;
        if let (Some(encrypted), Content::Certificate { key, .. }) = (self.key, &mut entry.content)
        {
            *key = self.key(encrypted, first, password, rounds)?;
        }
        store.entries.push(entry);
        for &der in chain {
            if chained.insert(Sha256::of(der)) {
                store.entries.push(Entry::certificate(String::new(), der, Key::NotKept)?);
            }
        }
        Ok(())
    }

    /// What can be said of the private key: whether it is that of the certificate.
    fn key(
        &self,
        encrypted: &[u8],
        certificate: &[u8],
        password: Option<&Secret>,
        rounds: &mut u64,
    ) -> Result<Key, Text> {
        let Some(password) = password else { return Ok(Key::Unknown(Unknown::NoPassword)) };
        let Some(plain) = decrypt(encrypted, password, rounds)? else {
            return Ok(Key::Unknown(Unknown::OtherPassword));
        };
        let broken = |why| tr!("the private key `{alias}`: {why}", alias = &self.alias, why = why);
        let info = public_key_info(certificate)?;
        Ok(match private(&plain).map_err(broken)?.fits(&public(info)) {
            Some(true) => Key::Held,
            Some(false) => Key::Other,
            None => Key::Unknown(Unknown::NoPublicHalf),
        })
    }
}

/// Decrypts a private key. None: it has another password.
fn decrypt(
    encrypted: &[u8],
    password: &Secret,
    rounds: &mut u64,
) -> Result<Option<Zeroizing<Vec<u8>>>, Text> {
    let mut fields = Elements::of(encrypted).enter(tag::SEQUENCE)?;
    let mut algorithm = fields.enter(tag::SEQUENCE)?;
    let data = fields.expect(tag::OCTETS)?.data;
    let oid = algorithm.oid()?;
    match oid {
        // 1.3.6.1.4.1.42.2.17.1.1
        b"\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01" => Ok(by_sha1(data, password)),
        // 1.3.6.1.4.1.42.2.19.1
        b"\x2b\x06\x01\x04\x01\x2a\x02\x13\x01" => {
            let mut parameters = algorithm.enter(tag::SEQUENCE)?;
            let salt = parameters.expect(tag::OCTETS)?.data;
            let count = parameters.number()?;
            *rounds = rounds.checked_sub(2 * u64::from(count)).ok_or_else(|| {
                tr!("its key derivations take more than {most} rounds in all, which is too long to wait for", most = MOST_ROUNDS.to_string())
            })?;
            let salt = salt.try_into().map_err(|_| cut_off())?;
            Ok(by_md5(data, salt, count, password))
        }
        _ => Err(tr!(
            "a private key in it is encrypted with {oid}, which no Java uses there",
            oid = super::ber::dotted(oid)
        )),
    }
}

/// JKS: a stream of SHA-1 from password and salt, and at the end the digest of both and the key.
fn by_sha1(data: &[u8], password: &Secret) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, rest) = data.split_at_checked(DIGEST)?;
    let (body, check) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    let password = utf16(password);
    let hash = |bytes: &[u8]| {
        let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
        context.update(&password);
        context.update(bytes);
        context.finish()
    };
    let mut plain = Zeroizing::new(body.to_vec());
    let mut stream = hash(salt);
    for chunk in plain.chunks_mut(DIGEST) {
        chunk.iter_mut().zip(stream.as_ref()).for_each(|(byte, mask)| *byte ^= mask);
        stream = hash(stream.as_ref());
    }
    (hash(&plain).as_ref() == check).then_some(plain)
}

/// JCEKS: Java's own PBEWithMD5AndTripleDES.
fn by_md5(
    data: &[u8],
    mut salt: [u8; 8],
    count: u32,
    password: &Secret,
) -> Option<Zeroizing<Vec<u8>>> {
    if salt[..4] == salt[4..] {
        // As Java does it, slip of the pen included.
        for place in 0..2 {
            let kept = salt[place];
            salt[place] = salt[3 - place];
            salt[2] = kept;
        }
    }
    let password = Zeroizing::new(password.expose().chars().map(low_byte).collect::<Vec<u8>>());
    let mut derived = Zeroizing::new(Vec::with_capacity(32));
    for half in salt.chunks(4) {
        let mut hashed = Zeroizing::new(half.to_vec());
        for _ in 0..count {
            let digest = Md5::new().chain_update(&*hashed).chain_update(&*password).finalize();
            *hashed = digest.to_vec();
        }
        derived.extend_from_slice(&hashed);
    }
    let (key, iv) = derived.split_at_checked(24)?;
    let cbc = cbc::Decryptor::<des::TdesEde3>::new_from_slices(key, iv).ok()?;
    let plain = Zeroizing::new(cbc.decrypt_padded_vec_mut::<Pkcs7>(data).ok()?);
    private(&plain).is_ok().then_some(plain)
}

/// Java takes seven bits of each letter.
fn low_byte(letter: char) -> u8 {
    (u32::from(letter) & 0x7f).to_le_bytes()[0]
}

/// Java's form of UTF-8 (`DataInput.readUTF`): letters beyond the first plane are two surrogates, each
/// on its own, and NUL has two bytes. What is broken becomes U+FFFD.
fn modified_utf8(bytes: &[u8]) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let low = |byte: u8| u16::from(byte & 0x3f);
        let (unit, after) = match (first, after) {
            (0x01..0x80, after) => (u16::from(*first), after),
            (0xc0..0xe0, [a @ 0x80..0xc0, after @ ..]) => {
                (u16::from(first & 0x1f) << 6 | low(*a), after)
            }
            (0xe0..0xf0, [a @ 0x80..0xc0, b @ 0x80..0xc0, after @ ..]) => {
                (u16::from(first & 0x0f) << 12 | low(*a) << 6 | low(*b), after)
            }
            (_, after) => (0xfffd, after),
        };
        units.push(unit);
        rest = after;
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::modified_utf8;

    #[test]
    fn names_are_read_as_java_writes_them() {
        assert_eq!(modified_utf8("sèu".as_bytes()), "sèu");
        assert_eq!(modified_utf8(b"a\xc0\x80b"), "a\0b");
        assert_eq!(modified_utf8(b"\xed\xa0\xbd\xed\xb8\x80"), "\u{1f600}");
        assert_eq!(modified_utf8(b"\xff\xe0\x80"), "\u{fffd}\u{fffd}\u{fffd}");
    }
}
