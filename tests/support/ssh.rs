//! SSH keys and signatures as OpenSSH's documents have them, written without segell's reader: Ed25519, from
//! a seed, so that a name has the same key each time.

#![allow(dead_code)]

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64;

/// How a security key's application is called where nobody chose.
const APPLICATION: &[u8] = b"ssh:";

/// A pair of keys.
pub struct Pair {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

/// Strings of the wire format, one after another.
pub fn strings(parts: &[&[u8]]) -> Vec<u8> {
    let written =
        |part: &&[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes(), *part].concat();
    parts.iter().flat_map(written).collect()
}

/// A signature's armour around its parts.
pub fn armour(key: &[u8], namespace: &str, hash: &str, signature: &[u8]) -> String {
    let parts = strings(&[key, namespace.as_bytes(), b"", hash.as_bytes(), signature]);
    pem("SSH SIGNATURE", &[b"SSHSIG\0\0\0\x01", &parts[..]].concat())
}

/// What is signed of a text: its SHA-512, and what for.
fn signed(namespace: &str, text: &str) -> Vec<u8> {
    let digest = digest(&SHA512, text.as_bytes());
    [b"SSHSIG", &strings(&[namespace.as_bytes(), b"", b"sha512", digest.as_ref()])[..]].concat()
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let base64 = BASE64.encode(bytes);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl Pair {
    pub fn from_seed(seed: [u8; 32]) -> Pair {
        Pair { seed, pair: Ed25519KeyPair::from_seed_unchecked(&seed).unwrap() }
    }

    /// The public key in the wire format.
    pub fn bytes(&self) -> Vec<u8> {
        strings(&[b"ssh-ed25519", self.pair.public_key().as_ref()])
    }

    /// The public key as the policy has it.
    pub fn public(&self) -> String {
        format!("ssh-ed25519 {}", BASE64.encode(&self.bytes()))
    }

    /// The file that `ssh-keygen` would write of it, without a passphrase.
    pub fn private(&self, comment: &str) -> String {
        let public = self.pair.public_key().as_ref();
        let both = [&self.seed, public].concat();
        let number = [0, 0, 0, 1];
        let key = strings(&[b"ssh-ed25519", public, &both, comment.as_bytes()]);
        let mut secret = [&number, &number, &key[..]].concat();
        secret.extend((1..).take((8 - secret.len() % 8) % 8));
        let head = strings(&[b"none", b"none", b""]);
        let parts = strings(&[&self.bytes(), &secret]);
        pem("OPENSSH PRIVATE KEY", &[b"openssh-key-v1\0", &head[..], &number, &parts[..]].concat())
    }

    /// The armour of its signature over a text.
    pub fn sign(&self, namespace: &str, text: &str) -> String {
        let bytes = self.pair.sign(&signed(namespace, text));
        armour(&self.bytes(), namespace, "sha512", &strings(&[b"ssh-ed25519", bytes.as_ref()]))
    }

    /// The public key, as the policy has it, and the armour of a signature, as a security key makes it:
    /// over the digests of the application and of the message, with flags and a counter between them
    /// (OpenSSH's PROTOCOL.u2f).
    pub fn in_hardware(&self, namespace: &str, text: &str, flags: u8) -> (String, String) {
        const KIND: &[u8] = b"sk-ssh-ed25519@openssh.com";
        let key = strings(&[KIND, self.pair.public_key().as_ref(), APPLICATION]);
        let counter = [flags, 0, 0, 0, 7];
        let of = |bytes: &[u8]| digest(&SHA256, bytes).as_ref().to_vec();
        let message = [of(APPLICATION), counter.to_vec(), of(&signed(namespace, text))].concat();
        let bytes = self.pair.sign(&message);
        let signature = [strings(&[KIND, bytes.as_ref()]), counter.to_vec()].concat();
        let public = format!("sk-ssh-ed25519@openssh.com {}", BASE64.encode(&key));
        (public, armour(&key, namespace, "sha512", &signature))
    }
}
