//! SSH signatures: segell's verdict is OpenSSH's. Where OpenSSH is not installed, what it would say
//! is known beforehand.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use segell::files::signature::{Key, NAMESPACE, Signature, sign_with_file};

use crate::support::ssh::{Pair, SecurityKey, armour, signed as ssh_signed, strings};

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
    // Of what is no signature it reads no text.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes());
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
        assert!(Command::new("ssh-keygen").args(make).arg(&file).status().unwrap().success());
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

fn signed(seed: u8) -> (String, String) {
    let pair = Pair::from_seed([seed; 32]);
    (pair.public(), pair.sign(NAMESPACE, TEXT))
}

/// The bytes in a signature's armour.
fn bytes_in(signature: &str) -> Vec<u8> {
    let line: String = signature.lines().filter(|line| !line.starts_with("---")).collect();
    data_encoding::BASE64.decode(line.as_bytes()).unwrap()
}

/// The pieces of a signature of Ed25519: the key, and the signature itself.
fn pieces(signature: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = bytes_in(signature);
    (bytes[14..14 + 51].to_vec(), bytes[bytes.len() - 64..].to_vec())
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

/// How a security key's application is called where nobody chose.
const APPLICATION: &str = "ssh:";

#[test]
fn security_keys() {
    for key in [SecurityKey::ed25519(), SecurityKey::p256()] {
        let public = key.public(APPLICATION);
        // Touched or not, the owner's PIN asked or not, the counter at its end: OpenSSH leaves that to who made the key.
        for trailer in [[1, 0, 0, 0, 7], [0, 0, 0, 0, 0], [5, 0xff, 0xff, 0xff, 0xff]] {
            let bare = key.sign(APPLICATION, &trailer, NAMESPACE, TEXT);
            let signature = key.armour(APPLICATION, NAMESPACE, &bare, &trailer);
            both_say(true, &public, &signature, TEXT);
            both_say(false, &public, &signature, "something else\n");
            both_say(false, &signed(1).0, &signature, TEXT);
        }
        let another =
            [SecurityKey::ed25519(), SecurityKey::p256()].map(|key| key.public(APPLICATION));
        let whole = [1, 0, 0, 0, 7];
        let bare = key.sign(APPLICATION, &whole, NAMESPACE, TEXT);
        let signature = key.armour(APPLICATION, NAMESPACE, &bare, &whole);
        another.iter().for_each(|public| both_say(false, public, &signature, TEXT));
        let bare = key.sign(APPLICATION, &whole, "git", TEXT);
        both_say(false, &public, &key.armour(APPLICATION, NAMESPACE, &bare, &whole), TEXT);
    }
}

#[test]
fn what_a_security_key_said_of_itself_is_signed() {
    let whole = [1, 0, 0, 0, 7];
    for key in [SecurityKey::ed25519(), SecurityKey::p256()] {
        let public = key.public(APPLICATION);
        let bare = key.sign(APPLICATION, &whole, NAMESPACE, TEXT);
        let with = |trailer: &[u8]| key.armour(APPLICATION, NAMESPACE, &bare, trailer);
        both_say(true, &public, &with(&whole), TEXT);
        for trailer in [
            &[0, 0, 0, 0, 7][..], // touched by nobody
            &[5, 0, 0, 0, 7],     // its owner told
            &[1, 0, 0, 0, 8],
            &[1, 7, 0, 0, 0],
            &[1, 0, 0, 0],
            &[1, 0, 0, 0, 7, 0],
            &[],
        ] {
            both_say(false, &public, &with(trailer), TEXT);
        }
        // The application is the key's own, whatever it is called.
        let (other, other_public) = ("ssh:other", key.public("ssh:other"));
        let by_other = key.sign(other, &whole, NAMESPACE, TEXT);
        both_say(true, &other_public, &key.armour(other, NAMESPACE, &by_other, &whole), TEXT);
        both_say(false, &public, &key.armour(APPLICATION, NAMESPACE, &by_other, &whole), TEXT);
        both_say(false, &other_public, &key.armour(other, NAMESPACE, &bare, &whole), TEXT);
        both_say(false, &other_public, &with(&whole), TEXT);
    }
}

#[test]
fn a_security_key_signs_in_its_own_way() {
    let whole = [1, 0, 0, 0, 7];
    for key in [SecurityKey::ed25519(), SecurityKey::p256()] {
        let public = key.public(APPLICATION);
        let bare = key.sign(APPLICATION, &whole, NAMESPACE, TEXT);
        // Over the message itself, as a key that lies in a file signs.
        let plain = key.sign_plainly(&ssh_signed(NAMESPACE, TEXT));
        both_say(false, &public, &key.armour(APPLICATION, NAMESPACE, &plain, &whole), TEXT);
        // Said to be of the plain kind, or of the other kind of hardware.
        for kind in [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            SecurityKey::ed25519().kind(),
            SecurityKey::p256().kind(),
        ] {
            if kind != key.kind() {
                let bytes = [strings(&[kind.as_bytes(), &bare]), whole.to_vec()].concat();
                let signature = armour(&key.bytes(APPLICATION), NAMESPACE, "sha512", &bytes);
                both_say(false, &public, &signature, TEXT);
            }
        }
    }
}

/// RFC 4251, 5: a number has one way to be written; and what a signature names must be what it is.
#[test]
fn a_signature_that_says_something_else_of_itself_is_refused() {
    let (key, signature) = signed(1);
    let (bytes, bare) = pieces(&signature);
    let ed25519 = |bare: &[u8]| strings(&[b"ssh-ed25519", bare]);
    let remade = armour(&bytes, NAMESPACE, "sha512", &ed25519(&bare));
    assert_eq!(remade, signature);
    let longer_key = [&bytes[..], b"x"].concat();
    for other in [
        armour(&bytes, NAMESPACE, "sha256", &ed25519(&bare)),
        armour(&bytes, NAMESPACE, "sha1", &ed25519(&bare)),
        armour(&bytes, "", "sha512", &ed25519(&bare)),
        armour(&bytes, "segell2", "sha512", &ed25519(&bare)),
        armour(&bytes, NAMESPACE, "sha512", &strings(&[b"ssh-rsa", &bare])),
        armour(&bytes, NAMESPACE, "sha512", &strings(&[b"ecdsa-sha2-nistp256", &bare])),
        armour(&bytes, NAMESPACE, "sha512", &ed25519(&bare[..63])),
        armour(&bytes, NAMESPACE, "sha512", &ed25519(&[&bare[..], &[0]].concat())),
        armour(&bytes, NAMESPACE, "sha512", &[&ed25519(&bare)[..], &[1, 0, 0, 0, 7]].concat()),
        armour(&longer_key, NAMESPACE, "sha512", &ed25519(&bare)),
    ] {
        both_say(false, &key, &other, TEXT);
    }
}

/// The numbers of an ECDSA signature, when `ssh-keygen` made it, can be exchanged, padded or made negative
/// without any of it holding.
#[test]
fn an_ecdsa_signature_has_one_form() {
    if !has_openssh() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let make = ["-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f"];
    assert!(Command::new("ssh-keygen").args(make).arg(&file).status().unwrap().success());
    let key = fs::read_to_string(file.with_extension("pub")).unwrap();
    let bytes = bytes_in(&openssh_signs(&file, NAMESPACE, &[]));
    let mut rest = &bytes[10..];
    let next = |rest: &mut &[u8]| {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let part = rest[4..4 + length].to_vec();
        *rest = &rest[4 + length..];
        part
    };
    let public = next(&mut rest);
    let [_, _, _, whole] = [(); 4].map(|()| next(&mut rest));
    let mut whole = &whole[..];
    let (kind, both) = (next(&mut whole), next(&mut whole));
    let mut both = &both[..];
    let (r, s) = (next(&mut both), next(&mut both));
    let written = |r: &[u8], s: &[u8]| {
        let signature = strings(&[&kind, &strings(&[r, s])]);
        armour(&public, NAMESPACE, "sha512", &signature)
    };
    both_say(true, &key, &written(&r, &s), TEXT);
    let negative = [&[0x80], &r[..]].concat();
    for (r, s) in [(&s, &r), (&vec![], &s), (&r, &vec![]), (&vec![0], &s), (&negative, &s)] {
        both_say(false, &key, &written(r, s), TEXT);
    }
    // OpenSSH passes over noughts in front. There is one way to write a signature that we take.
    let padded = written(&[&[0, 0], &r[..]].concat(), &s);
    assert!(!segell_says(&key, &padded, TEXT));
}

#[test]
fn keys_are_read_to_their_last_byte() {
    let pair = Pair::from_seed([1; 32]);
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    let (bytes, kind) = (pair.bytes(), "ssh-ed25519");
    let whole = base64(&bytes);
    for text in [format!("{kind} {whole}"), format!(" {kind} {whole} marta@desk of AOC\n")] {
        let key = Key::read(&text).unwrap();
        assert_eq!(key.to_openssh(), pair.public());
        assert_eq!(key.sha256().as_bytes(), segell::base::digest::Sha256::of(&bytes).as_bytes());
    }
    let point = |first: u8, length: usize| {
        strings(&[b"ecdsa-sha2-nistp256", b"nistp256", &[&[first], &vec![7; length][..]].concat()])
    };
    assert!(Key::read(&format!("ecdsa-sha2-nistp256 {}", base64(&point(4, 64)))).is_ok());
    for text in [
        whole.clone(),
        format!("{kind}  {whole}"),
        format!("{kind}\t{whole}"),
        format!("{kind} {whole}\nssh-ed25519 {whole}"),
        format!("command=\"x\" {kind} {whole}"),
        format!("ssh-rsa {whole}"),
        format!("{kind} {}", whole.trim_end_matches('=')) + "!",
        format!("{kind} {}", base64(&bytes[..bytes.len() - 1])),
        format!("{kind} {}", base64(&[&bytes[..], b"x"].concat())),
        format!("ssh-dss {}", base64(&strings(&[b"ssh-dss", b"x"]))),
        format!(
            "sk-ssh-ed25519@openssh.com {}",
            base64(&strings(&[b"sk-ssh-ed25519@openssh.com", &[7; 32]]))
        ),
        // OpenSSH has keys in hardware of P-256 alone.
        format!(
            "sk-ecdsa-sha2-nistp384@openssh.com {}",
            base64(&strings(&[
                b"sk-ecdsa-sha2-nistp384@openssh.com",
                b"nistp384",
                &[&[4], &[7; 96][..]].concat(),
                b"ssh:"
            ]))
        ),
        // Compressed, in which OpenSSH writes none and takes none.
        format!("ecdsa-sha2-nistp256 {}", base64(&point(2, 32))),
        format!("ecdsa-sha2-nistp256 {}", base64(&point(4, 63))),
        format!("ecdsa-sha2-nistp384 {}", base64(&point(4, 64))),
        format!("{kind} {}", "A".repeat(1 << 15)),
    ] {
        assert!(Key::read(&text).is_err(), "{text}");
    }
}

/// Whatever is cut off or changed in the file of a private key: an error, never a wrong signature.
#[test]
fn a_damaged_private_key_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let text = Pair::from_seed([5; 32]).private("marta");
    fs::write(&file, &text).unwrap();
    let signature = sign_with_file(&file, TEXT).unwrap();
    both_say(true, &Pair::from_seed([5; 32]).public(), &signature.armour(), TEXT);
    fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(sign_with_file(&file, TEXT).unwrap(), signature);
    for length in (0..text.len() - 1).step_by(5) {
        fs::write(&file, &text[..length]).unwrap();
        assert!(sign_with_file(&file, TEXT).is_err(), "{length}");
    }
    let lines: Vec<&str> = text.lines().collect();
    let bytes =
        data_encoding::BASE64.decode(lines[1..lines.len() - 1].concat().as_bytes()).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let base64 = data_encoding::BASE64.encode(&changed);
        fs::write(&file, format!("{}\n{base64}\n{}\n", lines[0], lines[lines.len() - 1])).unwrap();
        if let Ok(signature) = sign_with_file(&file, TEXT) {
            assert!(signature.verifies(TEXT), "{place}");
        }
    }
    if has_openssh() {
        let (locked, plain) = (folder.path().join("locked"), folder.path().join("rsa"));
        for (file, options) in [
            (&locked, ["-t", "ed25519", "-b", "256", "-N", "secret"]),
            (&plain, ["-t", "rsa", "-b", "2048", "-N", ""]),
        ] {
            let mut make = Command::new("ssh-keygen");
            assert!(make.arg("-q").args(options).arg("-f").arg(file).status().unwrap().success());
        }
        let told = |file| format!("{:#}", sign_with_file(file, TEXT).unwrap_err());
        assert!(told(&locked).contains("is encrypted"), "{}", told(&locked));
        assert!(told(&plain).contains("install OpenSSH for RSA"), "{}", told(&plain));
    }
}
