//! What must hold for any bytes at all: asked by the fuzz targets, and of their corpus by a test.

use segell::base::text::Text;
use segell::files::message::{self, Message};
use segell::files::x509::{self, Authority, Certificate, RevocationList, TrustStore};
use segell::files::yaml::{self, Node, Value};
use segell::inventory::load::{accepts, types_accept};
use segell::inventory::model::Shape;
use segell::views::message::Sight;

/// Strict YAML: no panic, every place inside the text, and schema and types of one mind.
#[allow(dead_code)]
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document = yaml::parse(text);
    document.problems.iter().for_each(|problem| assert_inside(text, problem.bytes));
    let Some(root) = &document.root else { return };
    assert_all_inside(text, root);
    if !document.problems.is_empty() {
        return;
    }
    let json = serde_json::Value::from(root);
    assert_eq!(second(text), Ok(json.clone()), "{text}");
    for shape in Shape::ALL {
        assert_eq!(accepts(shape, &json), types_accept(shape, root), "{shape:?}: {text}");
    }
}

/// What an independent reader, of libyaml's line, makes of a text.
pub fn second(text: &str) -> Result<serde_json::Value, String> {
    let value: yaml_serde::Value = yaml_serde::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn assert_all_inside(text: &str, node: &Node<'_>) {
    assert_inside(text, node.bytes);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| assert_all_inside(text, item)),
        Value::Map(entries) => {
            for entry in entries {
                assert_inside(text, entry.key_bytes);
                assert_all_inside(text, &entry.node);
            }
        }
        _ => {}
    }
}

fn assert_inside(text: &str, (start, end): (usize, usize)) {
    assert!(text.get(start..end).is_some(), "{start}..{end} of {} bytes", text.len());
}

/// Messages of the front: no panic, and what is read once is read again, to the same words.
#[allow(dead_code)]
pub fn message(bytes: &[u8]) {
    let _ = message::looks_like_one(bytes);
    let words = |read: &Result<Message, Text>| match read {
        Ok(read) => format!("{read:?}"),
        Err(why) => why.to_string(),
    };
    let read = message::read(bytes);
    assert_eq!(words(&read), words(&message::read(bytes)));
    let Ok(read) = read else { return };
    let day = segell::base::time::read_date("2026-11-23").expect("a date");
    let mut shown = Vec::new();
    Sight::of(&read, None, day).human(&mut shown).expect("memory takes all");
    assert!(!shown.is_empty());
}

/// Certificates and revocation lists, in DER or in PEM: no panic, and what is read once is read
/// again from its PEM.
#[allow(dead_code)]
pub fn certificate(bytes: &[u8]) {
    let _ = x509::private_key_in(bytes);
    let _ = RevocationList::read(bytes);
    let der = x509::from_pem_or_der(bytes).unwrap_or_else(|_| bytes.to_vec());
    let Ok(certificate) = Certificate::read(&der) else { return };
    let again = x509::from_pem(x509::to_pem(&der).as_bytes()).expect("its own PEM is readable");
    assert_eq!(again, der);
    let _ = (certificate.seal_attributes(&[3]), certificate.subject.to_string());
    let authorities = Authority::read(&der).into_iter().collect();
    let _ = TrustStore::new(authorities).verify(&der, &certificate);
}

/// A store, or the front's table: whatever it is, it is read or told, with a password and without.
pub fn store(bytes: &[u8]) {
    use segell::files::stores::{self, secret::Secret, siri};

    let _ = stores::read(bytes, None);
    let _ = stores::read(bytes, Some(&Secret::new("x".to_owned())));
    let _ = siri::read(bytes);
}
