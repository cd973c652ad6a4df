//! From what was named on the command line to what lies there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::passwords::Passwords;
use crate::base::text::Text;
use crate::files::stores::secret::Secret;
use crate::files::stores::token::{self, PATIENCE, Wanted};
use crate::files::stores::{self, Failure, Kind, Store, siri};
use crate::planning::drift::Looked;
use crate::tr;

/// A store that was asked for.
pub struct Asked {
    name: String,
    what: What,
}

enum What {
    /// A file or a folder, told by its content.
    Path(PathBuf),
    /// A table of the front.
    Table(PathBuf),
    /// A token, or why it is none.
    Token(Result<Wanted, Text>),
}

impl Asked {
    /// The stores that were named.
    pub fn all(names: &[String]) -> Vec<Asked> {
        names.iter().map(|name| Asked { name: name.clone(), what: what(name) }).collect()
    }

    /// Whether a password or a PIN may be needed.
    pub fn takes_password(&self) -> bool {
        match &self.what {
            What::Path(path) => !path.is_dir(),
            What::Table(_) => false,
            What::Token(_) => true,
        }
    }
}

fn what(name: &str) -> What {
    let after = |scheme: &str| {
        let begins = name.get(..scheme.len())?.eq_ignore_ascii_case(scheme);
        begins.then(|| &name[scheme.len()..])
    };
    if let Some(path) = after("siri:") {
        return What::Table(path.into());
    }
    if after("pkcs11:").is_some() {
        return What::Token(Wanted::read(name));
    }
    What::Path(name.into())
}

/// Looks into the stores, in the order in which they were named; tokens of one module at once.
pub fn look(asked: &[Asked], module: Option<&Path>, passwords: &mut Passwords) -> Vec<Looked> {
    let mut outcomes: Vec<Option<Result<Store, Failure>>> = asked.iter().map(|_| None).collect();
    let mut tokens: BTreeMap<PathBuf, Vec<(usize, Wanted)>> = BTreeMap::new();
    for (place, it) in asked.iter().enumerate() {
        outcomes[place] = match &it.what {
            What::Path(path) => Some(file(path, &it.name, place, passwords)),
            What::Table(path) => Some(siri::open(path).map_err(Failure::Told)),
            What::Token(Err(why)) => Some(Err(Failure::Told(why.clone()))),
            What::Token(Ok(wanted)) => {
                tokens.entry(wanted.module(module)).or_default().push((place, wanted.clone()));
                None
            }
        };
    }
    for (module, wanted) in tokens {
        let (places, wanted): (Vec<usize>, Vec<Wanted>) = wanted.into_iter().unzip();
        let mut pin = |asked: &token::Asked| pin(asked, places[asked.wanted], passwords);
        let read = token::read(&module, &wanted, PATIENCE, &mut pin);
        for (place, outcome) in places.iter().zip(read) {
            outcomes[*place] = Some(outcome);
        }
    }
    let looked = asked.iter().zip(outcomes).map(|(it, outcome)| Looked {
        name: it.name.clone(),
        outcome: outcome.expect("each store was looked into").map_err(told),
    });
    looked.collect()
}

/// Reads a store in a file, with a password only where one is needed and given, or typed.
fn file(path: &Path, name: &str, place: usize, passwords: &Passwords) -> Result<Store, Failure> {
    let given = passwords.given(place);
    let read = stores::open(path, given.as_ref());
    let is_closed = match &read {
        Err(Failure::NeedsPassword) => true,
        Ok(store) => given.is_none() && matches!(store.kind, Kind::Jks | Kind::Jceks),
        Err(Failure::Told(_)) => false,
    };
    if !is_closed {
        return read;
    }
    match passwords.typed(&tr!("Password of `{store}`:", store = name)) {
        Some(typed) => stores::open(path, Some(&typed)),
        None => read,
    }
}

/// The PIN of a token: the last try before it is locked is only spent on what is typed after a warning.
fn pin(asked: &token::Asked, place: usize, passwords: &Passwords) -> Option<Secret> {
    if asked.is_last_try {
        return passwords.typed(&tr!(
            "One more wrong PIN locks `{token}`. Its PIN, or nothing to leave it alone:",
            token = &asked.label
        ));
    }
    let question =
        tr!("PIN of `{token}`, or nothing to leave its keys alone:", token = &asked.label);
    passwords.given(place).or_else(|| passwords.typed(&question))
}

fn told(failure: Failure) -> Text {
    match failure {
        Failure::Told(why) => why,
        Failure::NeedsPassword => tr!(
            "it needs a password: `--password-file FILE`, the variable `SEGELL_STORE_PASSWORD`, or a terminal to type it at"
        ),
    }
}
