//! PKCS#12 (RFC 7292), as OpenSSL, Java, GnuTLS, NSS and Windows write it: in DER or BER, encrypted in
//! old or new ways, with or without an integrity check.

mod pbe;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::ber::{Elements, dotted, tag};
use super::keys::{Private, Public, private, public, public_key_info};
use super::secret::Secret;
use super::{Entry, Failure, Key, Kind, MOST_ENTRIES, Store, Unknown, too_many};
use crate::base::digest::Sha256;
use crate::base::text::{Text, names};
use crate::tr;
use pbe::{Budget, Integrity, Password, decrypt};

/// How deep bags may lie in bags.
const DEEPEST: u8 = 8;

/// How many pairs of an elliptic key and a certificate are tried that no id binds together.
const MOST_PAIRS: usize = 10_000;

const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const ENCRYPTED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
/// Below it the kinds of bags (RFC 7292, 4.2).
const BAGS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";
const X509: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";
const FRIENDLY_NAME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14";
const LOCAL_KEY_ID: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15";
/// 2.16.840.1.113894.746875.1.1, by which Java knows a certificate without a key.
const JAVA_TRUSTS: &[u8] = b"\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01";

/// Whether the bytes begin as such a store: a sequence with version 3.
pub fn is_one(bytes: &[u8]) -> bool {
    let begins = |bytes| {
        let mut fields = Elements::of(bytes).enter(tag::SEQUENCE)?;
        Ok::<_, Text>(fields.number()? == 3 && fields.next_is(tag::SEQUENCE))
    };
    // One that is cut off begins so too.
    begins(bytes).unwrap_or_else(|_| {
        bytes.windows(14).take(12).any(|part| {
            part.starts_with(b"\x02\x01\x03\x30")
                && [4, 5, 6, 7, 8].iter().any(|&at| part[at..].starts_with(b"\x06\x09"))
        })
    })
}

/// Reads a store.
///
/// # Errors
/// When it is broken, or the password is another, or none was given and one is needed.
pub fn read(bytes: &[u8], password: Option<&Secret>) -> Result<Store, Failure> {
    let mut all = Elements::of(bytes);
    let mut fields = all.enter(tag::SEQUENCE)?;
    if !all.is_empty() {
        return Err(tr!("bytes follow where the store ends").into());
    }
    fields.number()?;
    let mut safe = fields.enter(tag::SEQUENCE)?;
    match safe.oid()? {
        DATA => {}
        SIGNED_DATA => return Err(by_public_key().into()),
        other => return Err(unknown_content(other).into()),
    }
    let content = safe.enter(tag::CONTEXT_0)?.octets(tag::OCTETS)?;
    let integrity = match fields.next_if(tag::SEQUENCE)? {
        Some(data) => Some(Integrity::read(Elements::of(data.data))?),
        None => None,
    };
    let reader = Reader {
        is_given: password.is_some(),
        passwords: vec![Password::of(password.map_or("", Secret::expose))],
        budget: Budget::full(),
    };
    let holds = match &integrity {
        Some(integrity) => integrity.holds(&content, &reader.passwords[0], &reader.budget)?,
        None => true,
    };
    let bags = reader.bags(&content);
    if !holds {
        return Err(reader.refused(bags));
    }
    let mut bags = bags?;
    if integrity.is_none() && bags.is_locked() {
        return Err(reader.refused(Ok(bags)));
    }
    bags.remarks.extend(java_remarks(&bags, integrity.as_ref()));
    Ok(reader.store(bags)?)
}

fn by_public_key() -> Text {
    tr!(
        "it is protected by somebody's certificate instead of a password, which segell does not read; write it anew with a password"
    )
}

fn unknown_content(oid: &[u8]) -> Text {
    tr!("it has content of the kind {oid}, which no store has", oid = dotted(oid))
}

/// What Java would not see (OpenJDK 17 and 25).
fn java_remarks(bags: &Bags, integrity: Option<&Integrity<'_>>) -> Vec<Text> {
    let mut remarks = Vec::new();
    if matches!(integrity, Some(Integrity::Pbmac1 { .. })) {
        remarks.push(tr!(
            "its integrity check is PBMAC1 (RFC 9579), which neither Java 17 nor OpenSSL before 3.4 reads; `openssl pkcs12 -export` of OpenSSL 3.0 writes one that they do"
        ));
    }
    let plain = bags.keys.iter().filter(|bag| bag.is_plain).count();
    if plain > 0 {
        remarks.push(tr!(
            count = plain;
            one "{count} private key in it is not encrypted: Java does not read it, and whoever reads the file has it",
            many "{count} private keys in it are not encrypted: Java does not read them, and whoever reads the file has them"
        ));
    }
    let unseen = bags.certificates.iter().filter(|bag| !bag.is_trusted).count();
    if unseen > 0 && bags.keys.is_empty() {
        remarks.push(tr!(
            count = unseen;
            one "{count} certificate in it has neither a key nor Java's own attribute: Java shows no entry for it; `keytool -importcert` writes one that it does",
            many "{count} certificates in it have neither a key nor Java's own attribute: Java shows no entry for them; `keytool -importcert` writes entries that it does"
        ));
    }
    remarks
}

/// What a store holds, in the order of the file.
#[derive(Default)]
struct Bags {
    certificates: Vec<CertificateBag>,
    keys: Vec<KeyBag>,
    others: usize,
    remarks: Vec<Text>,
    /// Whether the password decrypted some of its contents.
    was_opened: bool,
}

struct CertificateBag {
    der: Vec<u8>,
    name: Option<String>,
    id: Option<Vec<u8>>,
    /// By Java.
    is_trusted: bool,
}

struct KeyBag {
    /// None: it has another password.
    key: Option<Private>,
    name: Option<String>,
    id: Option<Vec<u8>>,
    is_plain: bool,
}

/// A bag with a private key that is still to be decrypted.
struct Shrouded {
    value: Zeroizing<Vec<u8>>,
    is_plain: bool,
    attributes: Attributes,
}

struct Reader {
    is_given: bool,
    passwords: Vec<Password>,
    budget: Budget,
}

impl Reader {
    /// Why a store is refused whose integrity check does not hold.
    fn refused(&self, bags: Result<Bags, Failure>) -> Failure {
        match bags {
            _ if !self.is_given => Failure::NeedsPassword,
            Err(why) => why,
            Ok(bags) if bags.was_decrypted() => Failure::Told(tr!(
                "the password opens it, but its integrity check does not hold: it was changed after it was written, or the check has a password of its own"
            )),
            Ok(_) => Failure::Told(wrong_password()),
        }
    }

    /// All bags of an `AuthenticatedSafe`.
    fn bags(&self, content: &[u8]) -> Result<Bags, Failure> {
        let mut bags = Bags::default();
        let mut keys = Vec::new();
        let mut contents = Elements::of(content).enter(tag::SEQUENCE)?;
        while let Some(info) = contents.next_if(tag::SEQUENCE)? {
            let mut info = Elements::of(info.data);
            let oid = info.oid()?;
            let mut inside = info.enter(tag::CONTEXT_0)?;
            let opened;
            let safe: Cow<'_, [u8]> = match oid {
                DATA => inside.octets(tag::OCTETS)?,
                ENCRYPTED_DATA => {
                    opened = self.decrypted(inside)?;
                    bags.was_opened = true;
                    Cow::Borrowed(&*opened)
                }
                ENVELOPED_DATA => return Err(by_public_key().into()),
                other => return Err(unknown_content(other).into()),
            };
            self.safe(&safe, 0, &mut bags, &mut keys)?;
        }
        if !contents.is_empty() {
            return Err(tr!("it has something else where its contents belong").into());
        }
        bags.keys = keys.into_par_iter().map(|key| self.opened(key)).collect::<Result<_, _>>()?;
        Ok(bags)
    }

    /// `EncryptedData` (RFC 5652, 8).
    fn decrypted(&self, mut inside: Elements<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let mut fields = inside.enter(tag::SEQUENCE)?;
        fields.number()?;
        let mut info = fields.enter(tag::SEQUENCE)?;
        info.oid()?;
        let algorithm = info.enter(tag::SEQUENCE)?;
        let data = info.octets(tag::CONTEXT_0_VALUE)?;
        decrypt(algorithm, &data, &self.passwords, &self.budget).map_err(|why| match why {
            pbe::Failure::Fault(why) => Failure::Told(why),
            pbe::Failure::Password if self.is_given => Failure::Told(wrong_password()),
            pbe::Failure::Password => Failure::NeedsPassword,
        })
    }

    /// The bags of a `SafeContents`.
    fn safe(
        &self,
        bytes: &[u8],
        depth: u8,
        bags: &mut Bags,
        keys: &mut Vec<Shrouded>,
    ) -> Result<(), Failure> {
        let mut all = Elements::of(bytes);
        let mut safe = all.enter(tag::SEQUENCE)?;
        while let Some(bag) = safe.next_if(tag::SEQUENCE)? {
            if bags.certificates.len() + keys.len() + bags.others >= MOST_ENTRIES {
                return Err(too_many().into());
            }
            let mut bag = Elements::of(bag.data);
            let oid = bag.oid()?;
            let value = bag.expect(tag::CONTEXT_0)?.data;
            let attributes = Attributes::read(bag)?;
            match oid.strip_prefix(BAGS) {
                Some([kind @ (1 | 2)]) => {
                    let value = Zeroizing::new(value.to_vec());
                    keys.push(Shrouded { value, is_plain: *kind == 1, attributes });
                }
                Some([3]) => bags.certificate(value, attributes)?,
                Some([6]) if depth < DEEPEST => self.safe(value, depth + 1, bags, keys)?,
                Some([6]) => return Err(tr!("its bags lie in each other too deep").into()),
                Some([4 | 5]) => bags.others += 1,
                _ => return Err(unknown_content(oid).into()),
            }
        }
        if !safe.is_empty() || !all.is_empty() {
            return Err(tr!("it has something else where its entries belong").into());
        }
        Ok(())
    }

    /// A private key, decrypted, and of it what is needed to compare.
    fn opened(
        &self,
        Shrouded { value, is_plain, attributes }: Shrouded,
    ) -> Result<KeyBag, Failure> {
        let Attributes { name, id, .. } = attributes;
        let told = |why: Text| {
            let name = name.as_deref().unwrap_or("?");
            Failure::Told(tr!("the private key `{alias}`: {why}", alias = name, why = why))
        };
        let plain = if is_plain {
            Some(value)
        } else {
            let mut fields = Elements::of(&value).enter(tag::SEQUENCE).map_err(told)?;
            let algorithm = fields.enter(tag::SEQUENCE).map_err(told)?;
            let data = fields.octets(tag::OCTETS).map_err(told)?;
            match decrypt(algorithm, &data, &self.passwords, &self.budget) {
                Ok(plain) => Some(plain),
                Err(pbe::Failure::Password) => None,
                Err(pbe::Failure::Fault(why)) => return Err(told(why)),
            }
        };
        let key = plain.map(|plain| private(&plain)).transpose().map_err(told)?;
        Ok(KeyBag { key, name, id, is_plain })
    }

    fn store(&self, bags: Bags) -> Result<Store, Text> {
        let Bags { certificates, keys, others, remarks, .. } = bags;
        let holders = Holders::of(&certificates, &keys)?;
        let lonely = keys.len() - holders.matched.len();
        let mut store = Store {
            kind: Kind::Pkcs12,
            entries: Vec::with_capacity(certificates.len()),
            keys: Vec::new(),
            others: others + lonely,
            remarks,
        };
        let mut chained = HashSet::new();
        let (mut locked, mut renamed) = (Vec::new(), Vec::new());
        for (place, bag) in certificates.into_iter().enumerate() {
            let (key, of) = holders.of_certificate[place];
            let key_name = of.and_then(|of| keys[of].name.clone()).filter(|it| !it.is_empty());
            // A chain's certificates stand beside keys, without one and without a name.
            let is_chained = bag.name.is_none() && bag.id.is_none() && !keys.is_empty();
            if is_chained && !chained.insert(Sha256::of(&bag.der)) {
                continue;
            }
            let name = bag.name.or_else(|| key_name.clone()).unwrap_or_default();
            let key_name = key_name.filter(|it| it.to_lowercase() != name.to_lowercase());
            if let Some(other) = &key_name {
                renamed.push(format!("{name} → {other}"));
            }
            if key == Key::Unknown(Unknown::OtherPassword) {
                locked.push(name.clone());
            }
            let entry = Entry::certificate(name, bag.der, key)?;
            store.entries.push(Entry { key_name, ..entry });
        }
        if !renamed.is_empty() {
            store.remarks.push(tr!(
                "private keys have other names than their certificates, and Java goes by the keys': {entries}",
                entries = names(renamed)
            ));
        }
        if !locked.is_empty() {
            store.remarks.push(tr!(
                "entries have a password of their own, so that whose their private keys are cannot be told: {entries}",
                entries = names(locked)
            ));
        }
        Ok(store)
    }
}

fn wrong_password() -> Text {
    tr!("the password is another")
}

impl Bags {
    /// Whether something came out of a decryption, which tells that the password is right.
    fn was_decrypted(&self) -> bool {
        self.was_opened || self.keys.iter().any(|bag| !bag.is_plain && bag.key.is_some())
    }

    /// Whether nothing that is encrypted was decrypted.
    fn is_locked(&self) -> bool {
        !self.was_decrypted() && self.keys.iter().any(|bag| bag.key.is_none())
    }

    /// Adds what a `CertBag` holds; certificates of another kind are others.
    fn certificate(&mut self, value: &[u8], attributes: Attributes) -> Result<(), Text> {
        let mut fields = Elements::of(value).enter(tag::SEQUENCE)?;
        if fields.oid()? != X509 {
            self.others += 1;
            return Ok(());
        }
        let der = fields.enter(tag::CONTEXT_0)?.octets(tag::OCTETS)?.into_owned();
        let Attributes { name, id, is_trusted } = attributes;
        self.certificates.push(CertificateBag { der, name, id, is_trusted });
        Ok(())
    }
}

/// What is said of a bag.
#[derive(Default)]
struct Attributes {
    name: Option<String>,
    id: Option<Vec<u8>>,
    is_trusted: bool,
}

impl Attributes {
    fn read(mut bag: Elements<'_>) -> Result<Attributes, Text> {
        let mut read = Attributes::default();
        let Some(set) = bag.next_if(tag::SET)? else { return Ok(read) };
        let mut set = Elements::of(set.data);
        while let Some(attribute) = set.next_if(tag::SEQUENCE)? {
            let mut attribute = Elements::of(attribute.data);
            let oid = attribute.oid()?;
            let mut values = attribute.enter(tag::SET)?;
            match oid {
                FRIENDLY_NAME if values.next_is(tag::BMP_STRING) => {
                    let (units, _) = values.expect(tag::BMP_STRING)?.data.as_chunks();
                    let units: Vec<u16> = units.iter().copied().map(u16::from_be_bytes).collect();
                    read.name = Some(String::from_utf16_lossy(&units));
                }
                LOCAL_KEY_ID => read.id = Some(values.octets(tag::OCTETS)?.into_owned()),
                JAVA_TRUSTS => read.is_trusted = true,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// Which certificate has which private key.
struct Holders {
    /// For each certificate what is known of its key, and the bag.
    of_certificate: Vec<(Key, Option<usize>)>,
    /// The keys that a certificate has.
    matched: HashSet<usize>,
}

impl Holders {
    /// A certificate's key is the one with its local id, as programs take it; where none has, the one
    /// that fits.
    fn of(certificates: &[CertificateBag], keys: &[KeyBag]) -> Result<Holders, Text> {
        let mut by_id: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut by_modulus: HashMap<&[u8], usize> = HashMap::new();
        for (place, bag) in keys.iter().enumerate() {
            if let Some(id) = &bag.id {
                by_id.entry(id).or_default().push(place);
            }
            if let Some(Private::Rsa(modulus)) = &bag.key {
                by_modulus.entry(modulus).or_insert(place);
            }
        }
        let mut pairs = MOST_PAIRS;
        let mut of_certificate = Vec::with_capacity(certificates.len());
        for bag in certificates {
            let info = public_key_info(&bag.der).map_err(|why| {
                let name = bag.name.as_deref().unwrap_or("?");
                tr!("`{name}` is no certificate: {why}", name = name, why = why)
            })?;
            let public = public(info);
            let with_id = bag.id.as_deref().and_then(|id| by_id.get(id));
            let with_id = with_id.map(Vec::as_slice).unwrap_or_default();
            let known = with_id.iter().map(|&place| (judged(&keys[place], &public), Some(place)));
            let best = known.min_by_key(|(key, _)| *key);
            let best = match best {
                Some((Key::Held | Key::Unknown(_), _)) => best,
                _ => fitting(&public, keys, &by_modulus, &mut pairs).or(best),
            };
            of_certificate.push(best.unwrap_or((Key::Missing, None)));
        }
        let matched = of_certificate.iter().filter_map(|(_, of)| *of).collect();
        Ok(Holders { of_certificate, matched })
    }
}

/// What can be said of a key that stands beside a certificate's public key.
fn judged(bag: &KeyBag, public: &Public<'_>) -> Key {
    let Some(key) = &bag.key else { return Key::Unknown(Unknown::OtherPassword) };
    match key.fits(public) {
        Some(true) => Key::Held,
        Some(false) => Key::Other,
        None => Key::Unknown(Unknown::NoPublicHalf),
    }
}

/// The key that fits, whatever its id.
fn fitting(
    public: &Public<'_>,
    keys: &[KeyBag],
    by_modulus: &HashMap<&[u8], usize>,
    pairs: &mut usize,
) -> Option<(Key, Option<usize>)> {
    if let Public::Rsa(modulus) = public {
        return by_modulus.get(modulus).map(|&place| (Key::Held, Some(place)));
    }
    let elliptic = keys
        .iter()
        .enumerate()
        .filter(|(_, bag)| matches!(bag.key, Some(Private::Ec { .. } | Private::Ed25519(_))));
    for (place, bag) in elliptic {
        *pairs = pairs.checked_sub(1)?;
        if judged(bag, public) == Key::Held {
            return Some((Key::Held, Some(place)));
        }
    }
    None
}
