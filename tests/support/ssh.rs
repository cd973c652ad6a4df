//! SSH keys and signatures as OpenSSH's documents have them, written without segell's reader: Ed25519, from
//! a seed, so that a name has the same key each time, and keys in hardware.

#![allow(dead_code)]

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use data_encoding::BASE64;

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
pub fn signed(namespace: &str, text: &str) -> Vec<u8> {
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
}

/// A key in hardware (OpenSSH's PROTOCOL.u2f): it signs the digests of what it was asked for and of the message,
/// with its flags and its counter between them.
pub enum SecurityKey {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl SecurityKey {
    pub fn ed25519() -> SecurityKey {
        SecurityKey::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub fn p256() -> SecurityKey {
        SecurityKey::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn kind(&self) -> &'static str {
        match self {
            SecurityKey::Ed25519(_) => "sk-ssh-ed25519@openssh.com",
            SecurityKey::P256(_) => "sk-ecdsa-sha2-nistp256@openssh.com",
        }
    }

    /// The public key in the wire format.
    pub fn bytes(&self, application: &str) -> Vec<u8> {
        let (kind, application) = (self.kind().as_bytes(), application.as_bytes());
        match self {
            SecurityKey::Ed25519(pair) => strings(&[kind, pair.public_key().as_ref(), application]),
            SecurityKey::P256(pair) => {
                strings(&[kind, b"nistp256", pair.public_key().as_ref(), application])
            }
        }
    }

    /// The public key as the policy has it.
    pub fn public(&self, application: &str) -> String {
        format!("{} {}", self.kind(), BASE64.encode(&self.bytes(application)))
    }

    /// What it signs of a text: its flags and its counter are the trailer.
    pub fn sign(&self, application: &str, trailer: &[u8], namespace: &str, text: &str) -> Vec<u8> {
        let of = |bytes: &[u8]| digest(&SHA256, bytes);
        let (application, message) = (of(application.as_bytes()), of(&signed(namespace, text)));
        self.sign_plainly(&[application.as_ref(), trailer, message.as_ref()].concat())
    }

    /// The bare signature of its key over a message, with nothing of an application.
    pub fn sign_plainly(&self, message: &[u8]) -> Vec<u8> {
        match self {
            SecurityKey::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            SecurityKey::P256(pair) => {
                let both = pair.sign(&SystemRandom::new(), message).unwrap();
                let (r, s) = both.as_ref().split_at(32);
                strings(&[&number(r), &number(s)])
            }
        }
    }

    /// The armour of a bare signature that is said to be this key's.
    pub fn armour(
        &self,
        application: &str,
        namespace: &str,
        bare: &[u8],
        trailer: &[u8],
    ) -> String {
        let signature = [&strings(&[self.kind().as_bytes(), bare]), trailer].concat();
        armour(&self.bytes(application), namespace, "sha512", &signature)
    }
}

/// A number above nought (RFC 4251, 5): without noughts in front but the one that keeps it from being negative.
fn number(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap();
    let sign = if bytes[first] < 0x80 { &[][..] } else { &[0] };
    [sign, &bytes[first..]].concat()
}
