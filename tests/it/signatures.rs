//! SSH signatures: segell's verdict is OpenSSH's. Where OpenSSH is not installed, what it would say
//! is known beforehand.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use segell::base::digest::Sha256;
use segell::files::signature::{Key, NAMESPACE, Signature, sign_with_file};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::{KeyData, SkEd25519};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

const TEXT: &str = "segell approval v1\nenvironment: pre\n";

fn has_openssh() -> bool {
    Command::new("ssh-keygen").arg("-?").stderr(Stdio::null()).status().is_ok()
}

/// What `ssh-keygen -Y verify` says, when it is there.
fn openssh_says(folder: &Path, key: &str, signature: &str, text: &str) -> Option<bool> {
    if !has_openssh() {
        return None;
    }
    let (signers, file) = (folder.join("signers"), folder.join("signature"));
    fs::write(&signers, format!("who namespaces=\"segell\" {key}\n")).unwrap();
    fs::write(&file, signature).unwrap();
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-n", NAMESPACE, "-I", "who", "-f"])
        .arg(&signers)
        .arg("-s")
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    Some(child.wait().unwrap().success())
}

/// What segell says: the signature verifies, and its key is the one.
fn segell_says(key: &str, signature: &str, text: &str) -> bool {
    Signature::from_armour(signature)
        .is_some_and(|signature| signature.verifies(text) && Ok(signature.key()) == Key::read(key))
}

#[track_caller]
fn both_say(expected: bool, key: &str, signature: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(segell_says(key, signature, text), expected, "segell");
    if let Some(said) = openssh_says(folder.path(), key, signature, text) {
        assert_eq!(said, expected, "OpenSSH");
    }
}

/// Signs with `ssh-keygen`, as `segell approve` does.
fn openssh_signs(file: &Path, namespace: &str, options: &[&str]) -> String {
    let input = file.with_extension("text");
    fs::write(&input, TEXT).unwrap();
    let mut sign = Command::new("ssh-keygen");
    sign.args(["-Y", "sign", "-q", "-n", namespace, "-f"]).arg(file).args(options).arg(&input);
    assert!(sign.stderr(Stdio::null()).status().unwrap().success());
    let signature = input.with_extension("text.sig");
    let text = fs::read_to_string(&signature).unwrap();
    fs::remove_file(signature).unwrap();
    text
}

#[test]
fn each_kind_of_key_that_openssh_makes() {
    if !has_openssh() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (kind, bits) in
        [("ed25519", "256"), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "2048")]
    {
        let file = folder.path().join(format!("{kind}{bits}"));
        let make = ["-q", "-t", kind, "-b", bits, "-N", "", "-f"];
        // Another one, where ssh-key cannot read it: see `sign_with_file`.
        while PrivateKey::read_openssh_file(&file).is_err() {
            let _ = fs::remove_file(&file);
            assert!(Command::new("ssh-keygen").args(make).arg(&file).status().unwrap().success());
        }
        let key = fs::read_to_string(file.with_extension("pub")).unwrap();
        for hash in ["sha256", "sha512"] {
            let signature = openssh_signs(&file, NAMESPACE, &["-O", &format!("hashalg={hash}")]);
            both_say(true, &key, &signature, TEXT);
            both_say(false, &key, &signature, "segell approval v1\nenvironment: pro\n");
        }
        both_say(false, &key, &openssh_signs(&file, "git", &[]), TEXT);
        // What segell signs by itself, OpenSSH takes as well.
        if kind != "rsa" {
            both_say(true, &key, &sign_with_file(&file, TEXT).unwrap().armour(), TEXT);
        }
    }
}

fn private(seed: u8) -> (Ed25519Keypair, String) {
    let pair = Ed25519Keypair::from_seed(&[seed; 32]);
    let key = PrivateKey::new(KeypairData::from(pair.clone()), "").unwrap();
    let public = key.public_key().to_openssh().unwrap();
    (pair, public)
}

fn signed(seed: u8) -> (String, String) {
    let (pair, public) = private(seed);
    let key = PrivateKey::new(KeypairData::from(pair), "").unwrap();
    let signature = key.sign(NAMESPACE, HashAlg::Sha512, TEXT.as_bytes()).unwrap();
    (public, signature.to_pem(LineEnding::LF).unwrap())
}

#[test]
fn anothers_key_or_a_changed_bit_is_refused() {
    let (key, signature) = signed(1);
    both_say(true, &key, &signature, TEXT);
    both_say(false, &signed(2).0, &signature, TEXT);
    let line: String = signature.lines().filter(|line| !line.starts_with("---")).collect();
    let whole = Signature::from_line(&line).unwrap();
    let bytes = data_encoding::BASE64.decode(line.as_bytes()).unwrap();
    for place in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        let line = data_encoding::BASE64.encode(&changed);
        let verifies = Signature::from_line(&line)
            .is_some_and(|changed| changed.verifies(TEXT) && changed.key() == whole.key());
        assert!(!verifies, "byte {place}");
    }
}

#[test]
fn there_is_one_way_to_write_a_signature() {
    let (_, signature) = signed(1);
    let line: String = signature.lines().filter(|line| !line.starts_with("---")).collect();
    assert_eq!(Signature::from_line(&line).unwrap().line, line);
    assert_eq!(Signature::from_line(&line).unwrap().armour().trim_end(), signature.trim_end());
    let bytes = data_encoding::BASE64.decode(line.as_bytes()).unwrap();
    let longer = data_encoding::BASE64.encode(&[bytes.as_slice(), b"x"].concat());
    let cut = data_encoding::BASE64.encode(&bytes[..bytes.len() - 1]);
    for other in [
        format!("{line} "),
        format!("{line}\n"),
        line.replacen('A', "-", 1),
        longer,
        cut,
        String::new(),
    ] {
        assert!(Signature::from_line(&other).is_none(), "{other}");
    }
}

/// A signature as a security key makes it: over the digests of the application and of the message,
/// with flags and a counter between them (OpenSSH's PROTOCOL.u2f).
fn by_hardware(flags: u8) -> (String, String) {
    let (pair, _) = private(3);
    let application = "ssh:";
    let signed = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, TEXT.as_bytes()).unwrap();
    let digest = |bytes: &[u8]| {
        data_encoding::HEXLOWER.decode(Sha256::of(bytes).to_string().as_bytes()).unwrap()
    };
    let counter = [flags, 0, 0, 0, 7];
    let message = [digest(application.as_bytes()), counter.to_vec(), digest(&signed)].concat();
    let bare: ssh_key::Signature = signature::Signer::try_sign(&pair, &message).unwrap();
    let data = [bare.as_bytes(), &counter].concat();
    let signature = ssh_key::Signature::new(Algorithm::SkEd25519, data).unwrap();
    let key = KeyData::SkEd25519(SkEd25519::new(pair.public, application.to_owned()));
    let public = PublicKey::from(key.clone()).to_openssh().unwrap();
    let sig = SshSig::new(key, NAMESPACE, HashAlg::Sha512, signature).unwrap();
    (public, sig.to_pem(LineEnding::LF).unwrap())
}

#[test]
fn security_keys() {
    let (key, signature) = by_hardware(1);
    both_say(true, &key, &signature, TEXT);
    both_say(false, &key, &signature, "something else\n");
    both_say(false, &signed(1).0, &signature, TEXT);
    // Nobody touched it: OpenSSH leaves that to who made the key.
    let (key, signature) = by_hardware(0);
    both_say(true, &key, &signature, TEXT);
}
