//! A reviewer on the command line: `aoc:Marta Example <marta@example.org>:ssh-ed25519 AAAA…`.

use std::fs;

use crate::base::hidden::first_hidden;
use crate::base::text::Text;
use crate::base::word::Word;
use crate::edit::Value;
use crate::files::signature::Key;
use crate::files::x509;
use crate::inventory::model::Role;
use crate::inventory::model::identifier::is_email;
use crate::pipeline::signer::at_home;
use crate::tr;

/// Somebody who approves, as they will stand in the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReviewer {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub key: Key,
}

impl NewReviewer {
    /// Reads `ROLE:NAME <E-MAIL>:KEY`.
    pub fn read(text: &str) -> Result<NewReviewer, Text> {
        let wrong = || {
            tr!(
                "a reviewer is `aoc:` or `siad:`, then `NAME <E-MAIL>:` and the line or the path of a `.pub` file"
            )
        };
        let (role, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (person, key) = rest.split_once(">:").ok_or_else(wrong)?;
        let (name, email) = person.split_once('<').ok_or_else(wrong)?;
        let role = Role::BOTH.into_iter().find(|known| known.word() == role.trim());
        let role = role.ok_or_else(wrong)?;
        Ok(NewReviewer {
            name: read_name(name)?,
            email: read_email(email)?,
            role,
            key: read_key(key)?,
        })
    }

    /// As an item of the policy's list.
    pub fn to_value(&self) -> Value {
        Value::block([
            ("name", Some(Value::text(&self.name))),
            ("email", Some(Value::text(&self.email))),
            ("role", Some(Value::text(self.role.word()))),
            ("signing_key", Some(Value::text(self.key.to_openssh()))),
        ])
    }
}

/// A name, as far as it can be told by looking.
pub fn read_name(text: &str) -> Result<String, Text> {
    let text = text.trim();
    let is_one = !text.is_empty() && first_hidden(text).is_none() && !text.contains('\n');
    is_one.then(|| text.to_owned()).ok_or_else(|| tr!("`{name}` is no name", name = text))
}

/// An e-mail address, as far as it can be told by looking.
pub fn read_email(text: &str) -> Result<String, Text> {
    let text = text.trim();
    is_email(text)
        .then(|| text.to_owned())
        .ok_or_else(|| tr!("`{email}` is no e-mail", email = text))
}

/// A public key, or the one in the file of this path.
pub fn read_key(text: &str) -> Result<Key, Text> {
    let text = text.trim();
    let path = at_home(text);
    if text.contains(char::is_whitespace) && !path.exists() {
        return Key::read(text);
    }
    let cannot_read =
        |why: String| tr!("cannot read the key in `{file}`: {why}", file = text, why = why);
    let is_large = fs::metadata(&path).is_ok_and(|file| !file.is_file() || file.len() > LARGEST);
    if is_large {
        return Err(cannot_read(tr!("it is no file of a public key").to_string()));
    }
    let bytes = fs::read(&path).map_err(|error| cannot_read(error.to_string()))?;
    if x509::private_key_in(&bytes).is_some() {
        return Err(tr!("`{file}` is a private key; name the `.pub` file beside it", file = text));
    }
    let content = String::from_utf8_lossy(&bytes);
    let lines = content.lines().map(str::trim);
    let keys: Vec<&str> = lines.filter(|line| Key::read(line).is_ok()).collect();
    if keys.len() > 1 {
        return Err(tr!(
            "`{file}` holds several keys; give one of these lines in its place: {keys}",
            file = text,
            keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
        ));
    }
    Key::read(&content).map_err(|why| cannot_read(why.to_string()))
}

/// More bytes than a public key ever has.
const LARGEST: u64 = 64 << 10;
