//! Tokens: SoftHSM's, filled by `softhsm2-util` and `pkcs11-tool`, and a module that misbehaves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, KeyType, ObjectClass};
use cryptoki::session::UserType;
use segell::files::stores::secret::Secret;
use segell::files::stores::token::{self, Wanted};
use segell::files::stores::{Failure, Store};

use crate::support::authority::KeyKind;
use crate::support::host::Host;
use crate::support::inventory::Inventory;
use crate::support::keepers::{Keeper, Kept, put_on_token, softhsm};
use crate::support::tools::{Bench, PASSWORD};

/// A host with an empty token `via-oberta`, whose PIN is the tests' password.
fn host() -> Option<(Host, &'static str)> {
    let host = Keeper::Token.host()?;
    Keeper::Token.keep(&host, &[]);
    Some((host, softhsm()?))
}

/// Puts a seal and its key on the token.
fn put(host: &Host, module: &str, seal: &'static str, name: &'static str, key_id: &str) {
    put_on_token(host, module, &Kept { seal, name, has_key: true, codes: &[] }, key_id);
}

fn put_certificate(
    host: &Host,
    module: &str,
    seal: &'static str,
    name: &'static str,
    key_id: &str,
) {
    put_on_token(host, module, &Kept { seal, name, has_key: false, codes: &[] }, key_id);
}

/// The states of what is not held, with a PIN or without.
fn states(
    host: &Host,
    module: &str,
    pin: Option<&str>,
    stores: &[&str],
) -> (Vec<String>, i32, String) {
    let options = ["--env", "pro", "--as-of", "2026-11-27", "--format", "json", "--module", module];
    let mut command = host.command(&[&options, stores].concat());
    command.env_remove("SEGELL_STORE_PASSWORD");
    if let Some(pin) = pin {
        command.env("SEGELL_STORE_PASSWORD", pin);
    }
    let output = command.output().unwrap();
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let document: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {said}"));
    let seals = document["seals"].as_array().unwrap().iter();
    let lines = seals.filter(|seal| seal["state"] != "held");
    let lines = lines.map(|seal| {
        format!("{} {}", seal["state"].as_str().unwrap(), seal["ens"].as_str().unwrap_or("?"))
    });
    (lines.collect(), output.status.code().unwrap(), said)
}

#[test]
fn a_token_holds_seals_with_their_keys() {
    let Some((host, module)) = host() else { return };
    put(&host, module, "generalitat/2025", "generalitat-2025", "01");
    put(&host, module, "agencia-a/2026", "agencia-a-2026", "02");
    for store in ["pkcs11:token=via-oberta", "PKCS11:", "pkcs11:model=SoftHSM%20v2"] {
        let (lines, code, said) = states(&host, module, Some(PASSWORD), &[store]);
        assert_eq!((lines, code), (vec![], 0), "{said}");
    }
    let by_path = format!("pkcs11:token=via-oberta?module-path={module}");
    assert_eq!(states(&host, module, Some(PASSWORD), &[&by_path]).1, 0);
    // Nothing is said of keys that cannot be asked.
    let (lines, code, said) = states(&host, module, None, &["pkcs11:token=via-oberta"]);
    assert_eq!((lines, code), (vec![], 0), "{said}");
    assert!(said.contains("was read without its PIN"), "{said}");
    // Several URIs of one token: one login.
    let twice = ["pkcs11:token=via-oberta", "pkcs11:model=SoftHSM%20v2"];
    assert_eq!(states(&host, module, Some(PASSWORD), &twice).1, 0);
}

#[test]
fn a_wrong_pin_or_token_is_told() {
    let Some((host, module)) = host() else { return };
    let (lines, code, said) = states(&host, module, Some("9999"), &["pkcs11:token=via-oberta"]);
    assert_eq!((lines.len(), code), (0, 2), "{said}");
    assert!(said.contains("it was tried once"), "{said}");
    let (_, code, said) = states(&host, module, None, &["pkcs11:token=other"]);
    assert!(code == 2 && said.contains("there is no such token; there are `via-oberta`"), "{said}");
    let (_, code, said) = states(&host, "/nothing/there.so", None, &["pkcs11:token=x"]);
    assert!(code == 2 && said.contains("name one with `--module`"), "{said}");
}

#[test]
fn keys_that_are_not_there_or_are_others_are_told() {
    let Some((host, module)) = host() else { return };
    put(&host, module, "generalitat/2025", "generalitat-2025", "01");
    put_certificate(&host, module, "agencia-a/2026", "agencia-a-2026", "02");
    let token = "pkcs11:token=via-oberta";
    let (lines, code, said) = states(&host, module, Some(PASSWORD), &[token]);
    assert_eq!((lines, code), (vec!["no-key agencia-a".to_owned()], 1), "{said}");
    // Another's key under its id, and under the label that the record names.
    host.soft(
        "softhsm2-util --import institut-b-2026.key --token via-oberta --label agencia-a-2026 --id 02 --pin $P",
    );
    let (lines, _, said) = states(&host, module, Some(PASSWORD), &[token]);
    assert_eq!(lines, ["no-key agencia-a"], "{said}");
    assert!(said.contains("is another certificate's"), "{said}");
    // Its own key under another id.
    host.soft(
        "softhsm2-util --import agencia-a-2026.key --token via-oberta --label x --id 03 --pin $P",
    );
    let (_, _, said) = states(&host, module, Some(PASSWORD), &[token]);
    assert!(said.contains("has another id than its certificate"), "{said}");
}

/// A token takes two objects of one label and id, and of one label and two ids.
#[test]
fn labels_that_several_have_are_ambiguous() {
    for id in ["02", "03"] {
        let Some((host, module)) = host() else { return };
        host.ask_for_institut_b();
        put(&host, module, "generalitat/2025", "generalitat-2025", "01");
        put(&host, module, "agencia-a/2026", "agencia-a-2026", "02");
        put_certificate(&host, module, "institut-b/2026", "agencia-a-2026", id);
        let (lines, code, said) =
            states(&host, module, Some(PASSWORD), &["pkcs11:token=via-oberta"]);
        assert!(lines.contains(&"ambiguous agencia-a".to_owned()) && code == 1, "{said}");
        let words = if id == "02" { "is chance" } else { "Java names them anew" };
        assert!(said.contains(words), "{said}");
    }
    // Two keys that the record's URI selects.
    let Some((host, module)) = host() else { return };
    put(&host, module, "generalitat/2025", "generalitat-2025", "01");
    put(&host, module, "agencia-a/2026", "agencia-a-2026", "02");
    host.soft(
        "softhsm2-util --import institut-b-2026.key --token via-oberta --label agencia-a-2026 --id 05 --pin $P",
    );
    let (lines, _, said) = states(&host, module, Some(PASSWORD), &["pkcs11:token=via-oberta"]);
    assert_eq!(lines, ["ambiguous agencia-a"], "{said}");
    assert!(said.contains("selects 2"), "{said}");
}

#[test]
fn a_record_whose_key_selects_none_is_told() {
    let Some((host, module)) = host() else { return };
    put(&host, module, "generalitat/2025", "generalitat-2025", "01");
    put(&host, module, "agencia-a/2026", "another-label", "02");
    let (lines, _, said) = states(&host, module, Some(PASSWORD), &["pkcs11:token=via-oberta"]);
    assert_eq!(lines, ["no-key agencia-a"], "{said}");
    assert!(said.contains("selects none there"), "{said}");
}

/// A thousand certificates on one token, read in less time than a person waits.
#[test]
fn a_token_of_a_thousand_seals() {
    let Some((host, module)) = host() else { return };
    put(&host, module, "generalitat/2025", "generalitat-2025", "01");
    put(&host, module, "agencia-a/2026", "agencia-a-2026", "02");
    fill(&host, module, 1000);
    let begun = Instant::now();
    let (lines, code, said) = states(&host, module, Some(PASSWORD), &["pkcs11:token=via-oberta"]);
    assert_eq!((lines, code), (vec![], 0), "{said}");
    assert!(said.contains("\"entries\": 1002"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// Seals of nobody in particular with their keys, put there through the module itself: a tool takes a second
/// each. SoftHSM reads its settings from the environment, so another process does it.
fn fill(host: &Host, module: &str, count: usize) {
    for number in 0..count {
        let seal = crate::support::authority::Seal::of("Q0801175A", &format!("Ens {number}"));
        let issued = seal.issue(&host.bench.authority);
        host.bench.write(&format!("many/{number}.der"), &issued.der);
        host.bench.write(&format!("many/{number}.key"), &issued.key);
    }
    let filled = Command::new(std::env::current_exe().unwrap())
        .args(["tokens::a_step_of_another_test", "--exact", "--ignored"])
        .env("SOFTHSM2_CONF", host.bench.path("softhsm2.conf"))
        .env("FILL", host.bench.path("many"))
        .env("MODULE", module)
        .output()
        .unwrap();
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stdout));
}

#[test]
#[ignore = "a step of another test"]
fn a_step_of_another_test() {
    let Some(folder) = std::env::var_os("FILL").map(PathBuf::from) else { return };
    let module = Pkcs11::new(std::env::var("MODULE").unwrap()).unwrap();
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&PASSWORD.into())).unwrap();
    for number in 0.. {
        let Ok(der) = std::fs::read(folder.join(format!("{number}.der"))) else { return };
        let key = std::fs::read(folder.join(format!("{number}.key"))).unwrap();
        let at = |needle: &[u8]| memchr::memmem::find(&key, needle).unwrap() + needle.len();
        // In PKCS#8 as rcgen writes it, the number and the point have these bytes before them.
        let secret = key[at(&[0x02, 0x01, 0x01, 0x04, 0x20])..][..32].to_vec();
        let point = [&[0x04, 0x41], &key[at(&[0x03, 0x42, 0x00])..][..65]].concat();
        let curve = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07".to_vec();
        let common = |class| {
            vec![
                Attribute::Class(class),
                Attribute::Token(true),
                Attribute::Label(format!("n{number}").into_bytes()),
                Attribute::Id(format!("n{number}").into_bytes()),
            ]
        };
        let of_key = |class| {
            let mut all = common(class);
            all.extend([Attribute::KeyType(KeyType::EC), Attribute::EcParams(curve.clone())]);
            all
        };
        let mut private = of_key(ObjectClass::PRIVATE_KEY);
        private.extend([
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Value(secret),
        ]);
        let mut public = of_key(ObjectClass::PUBLIC_KEY);
        public.push(Attribute::EcPoint(point));
        let mut certificate = common(ObjectClass::CERTIFICATE);
        certificate.push(Attribute::CertificateType(CertificateType::X_509));
        certificate.extend([Attribute::Subject(vec![0x30, 0]), Attribute::Value(der)]);
        for template in [private, public, certificate] {
            session.create_object(&template).unwrap();
        }
    }
}

// A module that misbehaves

/// Builds the module so that it does this; none, and said so, where there is no C compiler.
fn misbehaving(bench: &Bench, mode: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/module/module.c");
    let (module, log) = (bench.path(&format!("{mode}.so")), bench.path("logins"));
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-w", &format!("-DMODE={mode}")])
        .arg(format!("-DLOG=\"{}\"", log.display()))
        .arg("-o")
        .arg(&module)
        .arg(&source)
        .status();
    match built {
        Ok(status) if status.success() => Some(module),
        Ok(_) => panic!("the module does not compile"),
        Err(_) => {
            eprintln!("not run: there is no C compiler");
            None
        }
    }
}

fn logins(bench: &Bench) -> usize {
    std::fs::read_to_string(bench.path("logins")).unwrap_or_default().lines().count()
}

fn read(module: &Path, patience: Duration, pin: Option<&str>) -> Result<Store, Failure> {
    let wanted = Wanted::read("pkcs11:token=mock").unwrap();
    let mut give = |asked: &token::Asked| {
        assert_eq!(asked.label, "mock");
        let secret = pin.map(|pin| Secret::new(pin.to_owned()));
        secret.filter(|_| !asked.is_last_try)
    };
    token::read(module, &[wanted], patience, &mut give).remove(0)
}

#[test]
fn the_last_try_is_not_spent_unasked() {
    let bench = Bench::empty();
    let Some(module) = misbehaving(&bench, "LAST") else { return };
    let store = read(&module, token::PATIENCE, Some("1234")).unwrap();
    assert_eq!(logins(&bench), 0);
    assert!(store.remarks[0].to_string().contains("one try left"), "{:?}", store.remarks);
}

#[test]
fn a_locked_pin_is_told_and_a_wrong_one_tried_once() {
    let bench = Bench::empty();
    let Some(module) = misbehaving(&bench, "IS_LOCKED") else { return };
    let store = read(&module, token::PATIENCE, Some("1234")).unwrap();
    assert!(store.remarks[0].to_string().contains("is locked"), "{:?}", store.remarks);
    let module = misbehaving(&bench, "WRONG").unwrap();
    let Err(Failure::Told(why)) = read(&module, token::PATIENCE, Some("1234")) else { panic!() };
    assert!(why.to_string().contains("tried once"), "{why}");
    assert_eq!(logins(&bench), 1);
}

#[test]
fn a_module_that_hangs_is_told() {
    let bench = Bench::empty();
    let Some(module) = misbehaving(&bench, "HANGS") else { return };
    let Err(Failure::Told(why)) = read(&module, Duration::from_secs(1), None) else { panic!() };
    assert!(why.to_string().contains("has said nothing for 1 seconds"), "{why}");
}

/// What the command line does with a last try where nobody sits at a terminal.
#[test]
fn the_command_line_spends_no_last_try_either() {
    let bench = Bench::empty();
    let Some(module) = misbehaving(&bench, "LAST") else { return };
    let inventory = Inventory::shipped();
    inventory.commit("2026-11-20T12:00:00Z");
    let output = inventory.segell(&[
        "drift",
        "--env",
        "pro",
        "--rev",
        "HEAD",
        "--module",
        module.to_str().unwrap(),
        "pkcs11:token=mock",
        "--as-of",
        "2026-11-27",
    ]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("one try left"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(logins(&bench), 0);
}

#[test]
fn a_seal_of_each_kind_is_compared_on_a_token() {
    let Some((host, module)) = host() else { return };
    let bench = &host.bench;
    for (place, kind) in [KeyKind::Rsa2048, KeyKind::P256, KeyKind::P384].into_iter().enumerate() {
        let name = format!("k{place}");
        bench.seal(&name, kind);
        let id = format!("1{place}");
        host.soft(&format!(
            "softhsm2-util --import {name}.key --token via-oberta --label {name} --id {id} --pin $P"
        ));
        host.soft(
            &format!(
                "pkcs11-tool --module {module} --token-label via-oberta --login --pin $P --write-object {name}.der --type cert --label {name} --id {id}"
            ),
        );
    }
    let (_, _, said) = states(&host, module, Some(PASSWORD), &["pkcs11:token=via-oberta"]);
    assert!(!said.contains("private key"), "{said}");
}
