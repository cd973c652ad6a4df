//! Tokens (PKCS#11), through a module that is loaded when segell runs: the certificates, and after a
//! login the private keys' presence and public halves, never their bytes. Nothing is written.
//!
//! A module is a stranger's code and may hang: it runs on a thread of its own, which is left behind when
//! it says nothing for too long. PINs are asked for on the thread that called.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;

use super::ber::{Elements, tag};
use super::keys::{Public, public, public_key_info, unpadded};
use super::secret::Secret;
use super::{
    Content, Entry, Failure, Key, KeyObject, Kind, MOST_ENTRIES, Store, Unknown, too_many,
};
use crate::base::text::{Text, names};
use crate::files::pkcs11::Uri;
use crate::tr;

/// How long a module may say nothing.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The module that stands for all that p11-kit knows.
const PROXY: &str = "p11-kit-proxy.so";

/// The attributes of a URI that say which token is meant.
const OF_TOKENS: [&str; 10] = [
    "library-description",
    "library-manufacturer",
    "library-version",
    "manufacturer",
    "model",
    "serial",
    "slot-description",
    "slot-id",
    "slot-manufacturer",
    "token",
];

/// A token that is asked for: its URI, and the module that it names.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What selects it, by the names of RFC 7512.
    selects: Vec<(&'static str, Vec<u8>)>,
    /// From `module-path`.
    module: Option<PathBuf>,
}

impl Wanted {
    /// Reads a URI of a store; `pkcs11:` alone means every token.
    ///
    /// # Errors
    /// When it is none, names an object, or holds a PIN.
    pub fn read(text: &str) -> Result<Wanted, Text> {
        let (path, query) = text.split_once('?').map_or((text, ""), |(path, query)| (path, query));
        if query.split('&').any(|it| it.starts_with("pin-")) {
            return Err(tr!(
                "a PIN never stands in an argument, which every process can see: `--password-file`, `SEGELL_STORE_PASSWORD`, or the prompt"
            ));
        }
        let mut selects = Vec::new();
        if path.len() > "pkcs11:".len() {
            let uri = Uri::read(path)?;
            let object = ["object", "id", "type"].into_iter().find(|name| uri.get(name).is_some());
            if let Some(name) = object {
                return Err(tr!(
                    "it has `{attribute}`, which selects an object: a store is a whole token",
                    attribute = name
                ));
            }
            let known = OF_TOKENS.into_iter();
            selects.extend(known.filter_map(|name| Some((name, uri.get(name)?.to_vec()))));
        }
        if !query.is_empty() {
            Uri::read(&format!("pkcs11:token=x?{query}"))?;
        }
        let module = query.split('&').find_map(|it| it.strip_prefix("module-path="));
        let module =
            module.map(|path| percent_encoding::percent_decode_str(path).decode_utf8_lossy());
        Ok(Wanted { selects, module: module.map(|path| PathBuf::from(&*path)) })
    }

    /// The module to load: the one given on the command line, else the URI's, else p11-kit's proxy.
    pub fn module(&self, given: Option<&Path>) -> PathBuf {
        let named = given.map(Path::to_owned).or_else(|| self.module.clone());
        named.unwrap_or_else(|| PathBuf::from(PROXY))
    }
}

/// A PIN that is needed: of which token, by its URI's place among those that are wanted.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The place among the URIs.
    pub wanted: usize,
    /// The token's label.
    pub label: String,
    /// Whether one more wrong PIN locks it.
    pub is_last_try: bool,
}

/// What the module's thread says.
enum Said {
    Alive,
    Pin(Asked),
    Done(Vec<Result<Store, Failure>>),
}

/// Reads the tokens that are wanted of one module, which is initialised once; each token is logged in to
/// once, however many URIs mean it.
///
/// # Errors
/// For each URI, when what it means cannot be read whole.
pub fn read(
    module: &Path,
    wanted: &[Wanted],
    patience: Duration,
    pin: &mut dyn FnMut(&Asked) -> Option<Secret>,
) -> Vec<Result<Store, Failure>> {
    let all = |why: Text| wanted.iter().map(|_| Err(Failure::Told(why.clone()))).collect();
    if cfg!(target_feature = "crt-static") {
        return all(tr!(
            "this segell is built in one piece, and loads no modules: it reads no tokens; take a build for glibc"
        ));
    }
    let (say, heard) = channel();
    let (answer, answered) = channel();
    let worker = Worker { module: module.to_owned(), wanted: wanted.to_vec(), say, answered };
    let begun = std::thread::Builder::new().name("pkcs11".to_owned()).spawn(move || worker.run());
    if let Err(why) = begun {
        return all(tr!("{why}", why = why.to_string()));
    }
    loop {
        match heard.recv_timeout(patience) {
            Ok(Said::Alive) => {}
            // Nobody listens only when the thread has ended, which the next turn tells.
            Ok(Said::Pin(asked)) => drop(answer.send(pin(&asked))),
            Ok(Said::Done(stores)) => return stores,
            Err(RecvTimeoutError::Timeout) => {
                return all(tr!(
                    "the module `{module}` has said nothing for {seconds} seconds: it hangs, or its token does",
                    module = module.display().to_string(),
                    seconds = i64::try_from(patience.as_secs()).unwrap_or(i64::MAX)
                ));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return all(tr!(
                    "the module `{module}` broke off",
                    module = module.display().to_string()
                ));
            }
        }
    }
}

struct Worker {
    module: PathBuf,
    wanted: Vec<Wanted>,
    say: Sender<Said>,
    answered: Receiver<Option<Secret>>,
}

impl Worker {
    fn run(self) {
        let stores = self.stores().unwrap_or_else(|why| {
            self.wanted.iter().map(|_| Err(Failure::Told(why.clone()))).collect()
        });
        let _ = self.say.send(Said::Done(stores));
    }

    fn stores(&self) -> Result<Vec<Result<Store, Failure>>, Text> {
        let shown = self.module.display().to_string();
        let pkcs11 = Pkcs11::new(&self.module).map_err(|why| {
            tr!(
                "the module `{module}` cannot be loaded: {why}; name one with `--module`",
                module = shown.as_str(),
                why = why.to_string()
            )
        })?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match pkcs11.initialize(arguments) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(why) => return Err(told(&why)),
        }
        let tokens = self.tokens(&pkcs11)?;
        let mut read: HashMap<Slot, Result<TokenContent, Text>> = HashMap::new();
        let mut stores = Vec::new();
        for (place, wanted) in self.wanted.iter().enumerate() {
            let meant: Vec<&Token> = tokens.iter().filter(|it| it.is_meant(wanted)).collect();
            for token in &meant {
                read.entry(token.slot).or_insert_with(|| self.token(&pkcs11, token, place));
            }
            stores.push(store(&meant, &read, &tokens));
        }
        let _ = pkcs11.finalize();
        Ok(stores)
    }

    /// The tokens that are there, those apart that are not initialised.
    fn tokens(&self, pkcs11: &Pkcs11) -> Result<Vec<Token>, Text> {
        let slots = pkcs11.get_slots_with_token().map_err(|why| told(&why))?;
        let library = pkcs11.get_library_info().ok();
        let mut tokens = Vec::new();
        for slot in slots {
            let _ = self.say.send(Said::Alive);
            let info = match pkcs11.get_token_info(slot) {
                // Taken out since it was listed.
                Err(Error::Pkcs11(RvError::TokenNotPresent | RvError::TokenNotRecognized, _)) => {
                    continue;
                }
                info => info.map_err(|why| told(&why))?,
            };
            if !info.token_initialized() {
                continue;
            }
            let mut attributes = vec![
                ("manufacturer", info.manufacturer_id().as_bytes().to_vec()),
                ("model", info.model().as_bytes().to_vec()),
                ("serial", info.serial_number().as_bytes().to_vec()),
                ("slot-id", slot.id().to_string().into_bytes()),
                ("token", info.label().as_bytes().to_vec()),
            ];
            if let Ok(slot) = pkcs11.get_slot_info(slot) {
                attributes.push(("slot-description", slot.slot_description().as_bytes().to_vec()));
                attributes.push(("slot-manufacturer", slot.manufacturer_id().as_bytes().to_vec()));
            }
            if let Some(library) = &library {
                let version = library.library_version();
                let version = format!("{}.{}", version.major(), version.minor());
                let description = library.library_description().as_bytes().to_vec();
                attributes.push(("library-description", description));
                attributes
                    .push(("library-manufacturer", library.manufacturer_id().as_bytes().to_vec()));
                attributes.push(("library-version", version.into_bytes()));
            }
            tokens.push(Token { slot, info, attributes });
        }
        Ok(tokens)
    }

    fn token(&self, pkcs11: &Pkcs11, token: &Token, wanted: usize) -> Result<TokenContent, Text> {
        let session = pkcs11.open_ro_session(token.slot).map_err(|why| told(&why))?;
        let mut content =
            TokenContent { token: token.attributes.clone(), ..TokenContent::default() };
        content.is_open = self.login(&session, token, wanted, &mut content.remarks)?;
        self.certificates(&session, &mut content)?;
        let publics = self.public_keys(&session)?;
        self.private_keys(&session, &publics, &mut content)?;
        if content.is_open {
            let _ = session.logout();
        }
        Ok(content)
    }

    /// Whether private keys can be seen. A PIN is tried once, and none is spent that would be the last
    /// unless whoever gives it has been told so.
    fn login(
        &self,
        session: &Session,
        token: &Token,
        wanted: usize,
        remarks: &mut Vec<Text>,
    ) -> Result<bool, Text> {
        let (info, label) = (&token.info, token.info.label());
        if !info.login_required() {
            return Ok(true);
        }
        if info.user_pin_locked() {
            remarks.push(tr!(
                "the PIN of `{token}` is locked; nothing is said of its keys",
                token = label
            ));
            return Ok(false);
        }
        let is_last_try = info.user_pin_final_try();
        let asked = Asked { wanted, label: label.to_owned(), is_last_try };
        let _ = self.say.send(Said::Pin(asked));
        match self.answered.recv().ok().flatten() {
            Some(pin) => log_in(session, &pin, label).map(|()| true),
            None => {
                remarks.push(unasked(label, is_last_try));
                Ok(false)
            }
        }
    }

    fn certificates(&self, session: &Session, content: &mut TokenContent) -> Result<(), Text> {
        let wanted = [AttributeType::Label, AttributeType::Id, AttributeType::Value];
        for object in self.objects(session, ObjectClass::CERTIFICATE)? {
            let Object { label, id, value, .. } = self.object(session, object, &wanted)?;
            let name = String::from_utf8_lossy(&label).into_owned();
            if value.is_empty() {
                content.others += 1;
                continue;
            }
            let entry = Entry::certificate(name, value, Key::Missing)?;
            content.entries.push(Entry { id, ..entry });
        }
        Ok(())
    }

    /// The public halves on the token, by id: a private elliptic key does not say its own.
    fn public_keys(&self, session: &Session) -> Result<HashMap<Vec<u8>, Half>, Text> {
        let wanted = [AttributeType::Id, AttributeType::Modulus, AttributeType::EcPoint];
        let mut found = HashMap::new();
        for object in self.objects(session, ObjectClass::PUBLIC_KEY)? {
            let Object { id, half, .. } = self.object(session, object, &wanted)?;
            if let Some(half) = half {
                found.insert(id, half);
            }
        }
        Ok(found)
    }

    fn private_keys(
        &self,
        session: &Session,
        publics: &HashMap<Vec<u8>, Half>,
        content: &mut TokenContent,
    ) -> Result<(), Text> {
        let wanted = [AttributeType::Label, AttributeType::Id, AttributeType::Modulus];
        for object in self.objects(session, ObjectClass::PRIVATE_KEY)? {
            let Object { label, id, half, .. } = self.object(session, object, &wanted)?;
            let half = half.or_else(|| publics.get(&id).cloned());
            content.keys.push((label, id, half));
        }
        Ok(())
    }

    fn objects(&self, session: &Session, class: ObjectClass) -> Result<Vec<ObjectHandle>, Text> {
        let _ = self.say.send(Said::Alive);
        let template = [Attribute::Class(class)];
        let mut objects = Vec::new();
        for object in session.iter_objects(&template).map_err(|why| told(&why))? {
            objects.push(object.map_err(|why| told(&why))?);
            if objects.len() > MOST_ENTRIES {
                return Err(too_many());
            }
        }
        Ok(objects)
    }

    fn object(
        &self,
        session: &Session,
        object: ObjectHandle,
        wanted: &[AttributeType],
    ) -> Result<Object, Text> {
        let _ = self.say.send(Said::Alive);
        let attributes = session.get_attributes(object, wanted).map_err(|why| told(&why))?;
        let mut read = Object::default();
        for attribute in attributes {
            match attribute {
                Attribute::Label(label) => read.label = label,
                Attribute::Id(id) => read.id = id,
                Attribute::Value(value) => read.value = value,
                Attribute::Modulus(modulus) if !modulus.is_empty() => {
                    read.half = Some(Half::Rsa(unpadded(&modulus).to_vec()));
                }
                Attribute::EcPoint(point) if !point.is_empty() => {
                    read.half = Some(Half::Point(point));
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

/// Tries a PIN, once.
fn log_in(session: &Session, pin: &Secret, label: &str) -> Result<(), Text> {
    use RvError::{PinIncorrect, PinInvalid, PinLenRange, PinLocked, UserAlreadyLoggedIn};

    let pin = AuthPin::from(pin.expose());
    match session.login(UserType::User, Some(&pin)) {
        Ok(()) | Err(Error::Pkcs11(UserAlreadyLoggedIn, _)) => Ok(()),
        Err(Error::Pkcs11(PinIncorrect | PinInvalid | PinLenRange, _)) => Err(tr!(
            "the PIN of `{token}` is another; it was tried once, and three wrong ones lock many tokens",
            token = label
        )),
        Err(Error::Pkcs11(PinLocked, _)) => {
            Err(tr!("the PIN of `{token}` is locked", token = label))
        }
        Err(why) => Err(told(&why)),
    }
}

/// Why nothing is said of a token's keys.
fn unasked(label: &str, is_last_try: bool) -> Text {
    match is_last_try {
        true => tr!(
            "`{token}` has one try left before its PIN is locked, which is not spent unasked: type it at the prompt, or log in with another program first; nothing is said of its keys",
            token = label
        ),
        false => {
            tr!("`{token}` was read without its PIN; nothing is said of its keys", token = label)
        }
    }
}

/// What is read of an object.
#[derive(Default)]
struct Object {
    label: Vec<u8>,
    id: Vec<u8>,
    value: Vec<u8>,
    half: Option<Half>,
}

/// The public half of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Half {
    /// The modulus.
    Rsa(Vec<u8>),
    /// The point, in DER as PKCS#11 wants it, or bare as some have it.
    Point(Vec<u8>),
}

impl Half {
    fn is_of(&self, public: &Public<'_>) -> bool {
        match (self, public) {
            (Half::Rsa(own), Public::Rsa(modulus)) => own == modulus,
            (Half::Point(own), Public::Ec(_, point) | Public::Ed25519(point)) => {
                let inside = Elements::of(own).expect(tag::OCTETS).ok().map(|it| it.data);
                own == point || inside == Some(*point)
            }
            _ => false,
        }
    }
}

/// A token that is there.
struct Token {
    slot: Slot,
    info: TokenInfo,
    attributes: Vec<(&'static str, Vec<u8>)>,
}

impl Token {
    fn is_meant(&self, wanted: &Wanted) -> bool {
        are_selected(&self.attributes, wanted.selects.iter().map(|(name, value)| (*name, &**value)))
    }
}

/// Whether all that selects is so. Tokens pad their texts with blanks; what a token does not say selects
/// nothing.
pub fn are_selected<'s>(
    attributes: &[(&'static str, Vec<u8>)],
    mut selects: impl Iterator<Item = (&'static str, &'s [u8])>,
) -> bool {
    selects.all(|(name, value)| {
        let own = attributes.iter().find(|(known, _)| *known == name);
        own.is_some_and(|(_, own)| own.trim_ascii_end() == value.trim_ascii_end())
    })
}

/// What one token holds.
#[derive(Clone, Default)]
struct TokenContent {
    token: Vec<(&'static str, Vec<u8>)>,
    entries: Vec<Entry>,
    /// Label, id, public half.
    keys: Vec<(Vec<u8>, Vec<u8>, Option<Half>)>,
    others: usize,
    is_open: bool,
    remarks: Vec<Text>,
}

/// The store of one URI, of all tokens that it means.
fn store(
    meant: &[&Token],
    read: &HashMap<Slot, Result<TokenContent, Text>>,
    all: &[Token],
) -> Result<Store, Failure> {
    if meant.is_empty() {
        let there = all.iter().map(|token| token.info.label());
        return Err(Failure::Told(match all.is_empty() {
            true => tr!("the module sees no token"),
            false => tr!("there is no such token; there are {tokens}", tokens = names(there)),
        }));
    }
    let mut store = Store::empty(Kind::Token);
    for token in meant {
        match &read[&token.slot] {
            Ok(content) => content.clone().add_to(&mut store),
            Err(why) => return Err(Failure::Told(why.clone())),
        }
    }
    Ok(store)
}

impl TokenContent {
    /// A certificate's key is the one with its id, as programs take it.
    fn add_to(mut self, store: &mut Store) {
        let first = store.entries.len();
        let mut found: Vec<Vec<usize>> = vec![Vec::new(); self.keys.len()];
        let mut by_id: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (place, (_, id, _)) in self.keys.iter().enumerate() {
            by_id.entry(id).or_default().push(place);
        }
        for (place, entry) in self.entries.iter_mut().enumerate() {
            let Content::Certificate { der, key, .. } = &mut entry.content else { continue };
            let info = public_key_info(der).unwrap_or_default();
            let public = public(info);
            let with_id = by_id.get(&*entry.id).map(Vec::as_slice).unwrap_or_default();
            let best = with_id.iter().map(|&of| judged(&self.keys[of], &public)).min();
            *key = best.unwrap_or(match self.is_open {
                true => Key::Missing,
                false => Key::Unknown(Unknown::NoPin),
            });
            if matches!(*key, Key::Missing | Key::Other)
                && self.keys.iter().any(|it| judged(it, &public) == Key::Held)
            {
                self.remarks.push(elsewhere(&entry.name));
            }
            let own = with_id.iter().filter(|of| judged(&self.keys[**of], &public) != Key::Other);
            own.for_each(|&of| found[of].push(first + place));
        }
        let keys = self.keys.into_iter().zip(found).map(|((label, id, _), entries)| KeyObject {
            token: self.token.clone(),
            label,
            id,
            entries,
        });
        store.keys.extend(keys);
        store.entries.append(&mut self.entries);
        store.others += self.others;
        store.remarks.append(&mut self.remarks);
    }
}

/// What can be said of a key that stands beside a certificate's public key.
fn judged((_, _, half): &(Vec<u8>, Vec<u8>, Option<Half>), public: &Public<'_>) -> Key {
    match half {
        Some(half) if half.is_of(public) => Key::Held,
        Some(_) => Key::Other,
        None => Key::Unknown(Unknown::NoPublicHalf),
    }
}

fn elsewhere(name: &str) -> Text {
    tr!(
        "the private key of `{name}` has another id than its certificate, so that programs do not find it by it",
        name = name
    )
}

fn told(why: &Error) -> Text {
    tr!("the module says: {why}", why = why.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Wanted, are_selected};

    fn refusal(text: &str) -> String {
        Wanted::read(text).map_or_else(|why| why.to_string(), |_| String::new())
    }

    #[test]
    fn a_store_is_a_token() {
        for sound in
            ["pkcs11:", "pkcs11:token=x", "pkcs11:serial=1;model=m?module-path=/usr/lib/x.so"]
        {
            assert_eq!(refusal(sound), "", "{sound}");
        }
        assert!(refusal("pkcs11:token=x?pin-value=1234").contains("PIN"));
        assert!(refusal("pkcs11:token=x?module-path=/x&pin-source=file:/x").contains("PIN"));
        assert!(refusal("pkcs11:token=x;object=y").contains("`object`"));
        assert!(refusal("pkcs11:token=à").contains("percent-encoded"));
        assert!(refusal("pkcs11:token=x?module=y").contains("unknown"));
        let module = |text| Wanted::read(text).unwrap().module(None);
        assert_eq!(module("pkcs11:?module-path=/a%20b.so").to_str(), Some("/a b.so"));
        assert_eq!(module("pkcs11:").to_str(), Some("p11-kit-proxy.so"));
    }

    #[test]
    fn a_token_is_selected_by_all_that_is_said() {
        let own = [("token", b"via-oberta   ".to_vec()), ("serial", b"1".to_vec())];
        let selected =
            |selects: &[(&'static str, &[u8])]| are_selected(&own, selects.iter().copied());
        assert!(selected(&[("token", b"via-oberta")]));
        assert!(selected(&[]));
        assert!(!selected(&[("token", b"via-oberta"), ("serial", b"2")]));
        assert!(!selected(&[("slot-id", b"1")]));
    }
}
