//! The verbs that bring things into an inventory: what the files are afterwards, what is refused,
//! and that nothing changes the second time.

mod add;
mod baseline;
mod correct;
mod import;
mod init;
mod many;
mod others;
mod story;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::authority::Authority;
use crate::support::inventory::{Inventory, TODAY};
use crate::support::world::public;

/// A body that asks for data.
const ENS: [&str; 11] = [
    "add",
    "ens",
    "sct",
    "--name",
    "Servei Català de Trànsit",
    "--block",
    "consuming",
    "--organ-code",
    "0800180001",
    "--nif",
    "Q9900001J",
];

/// Runs segell on the tests' day: its exit code, and all its words.
fn ran(inventory: &Inventory, arguments: &[&str]) -> (i32, String) {
    let arguments = [arguments, &["--as-of", TODAY]].concat();
    let output = inventory.segell(&arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let words = text(&output.stdout) + &text(&output.stderr);
    (output.status.code().unwrap(), words)
}

/// It goes well, and says so.
#[track_caller]
fn done(inventory: &Inventory, arguments: &[&str]) -> String {
    let (code, words) = ran(inventory, arguments);
    assert_eq!(code, 0, "{words}");
    words
}

/// The second time nothing changes, on the disk neither.
#[track_caller]
fn done_once(inventory: &Inventory, arguments: &[&str]) -> String {
    let words = done(inventory, arguments);
    let files = files(inventory.root());
    let again = done(inventory, arguments);
    assert!(again.contains("nothing changes"), "{again}");
    assert_eq!(self::files(inventory.root()), files);
    words
}

/// It is refused with this exit code and in these words, and nothing is written.
#[track_caller]
fn refused(inventory: &Inventory, arguments: &[&str], code: i32, words: &str) {
    let files = files(inventory.root());
    let (found, said) = ran(inventory, arguments);
    assert!(said.contains(words), "`{words}` is not in:\n{said}");
    assert_eq!(found, code, "{said}");
    assert_eq!(self::files(inventory.root()), files, "something was written");
}

/// Every file below a folder, and its bytes; what holds off other writers apart.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for item in fs::read_dir(below).unwrap() {
            let path = item.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            match path.is_dir() {
                true => folders.push(path),
                false if name == ".segell.lock" => {}
                false => drop(files.insert(name, fs::read(path).unwrap())),
            }
        }
    }
    files
}

fn text(inventory: &Inventory, file: &str) -> String {
    fs::read_to_string(inventory.path(file)).unwrap()
}

/// `--reviewer` and what follows it.
fn reviewer(role: &str, name: &str) -> [String; 2] {
    let key = public(name);
    ["--reviewer".to_owned(), format!("{role}:{name} Example <{name}@example.org>:{key}")]
}

/// The shipped inventory with a CA of the tests in `trust/`, whose policy says where keys are.
fn trusting() -> (Inventory, Authority) {
    let (inventory, authority) = (Inventory::shipped(), Authority::new("EC-Test"));
    inventory.write("trust/test.pem", authority.pem());
    key_from_policy(&inventory);
    (inventory, authority)
}

/// The policy says where the keys of new seals are.
fn key_from_policy(inventory: &Inventory) {
    inventory.edit_first(
        "policy.yaml",
        "  working_days_to_issue",
        "  key: \"pkcs11:token=via-oberta;object={holder}-{label}\"\n  working_days_to_issue",
    );
}

/// Writes a file beside the inventory, and says its path.
fn beside(inventory: &Inventory, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = inventory.root().join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A new inventory with two reviewers a role.
fn begun() -> Inventory {
    let inventory = Inventory::empty();
    let arguments = init::arguments(".");
    done(&inventory, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    inventory
}
