//! Signing with a key that lies unencrypted in a file (OpenSSH's PROTOCOL.key), where OpenSSH is not there.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::key::{Curve, Key};
use super::wire::{positive, put_positive, put_string, string, take, uint32};
use super::{Bare, Hash, Signature, WIDTH, signed_bytes};
use crate::tr;

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC: &[u8] = b"openssh-key-v1\0";
const ED25519: &[u8] = b"ssh-ed25519";

/// The number that stands twice before a private part, to tell that it was decrypted rightly.
const CHECK: [u8; 4] = [0, 0, 0, 1];

/// A private key's file with less of it read than it takes to sign.
struct File<'f> {
    public: Key,
    cipher: &'f [u8],
    /// The private part, encrypted or not.
    private: &'f [u8],
}

/// Signs `text` with the private key of a file, Ed25519 or ECDSA, without OpenSSH.
///
/// # Errors
/// When the file cannot be read, is encrypted, or has a key of another kind.
pub fn sign_with_file(path: &Path, text: &str) -> Result<Signature> {
    let shown = path.display().to_string();
    let unreadable =
        || tr!("cannot read the private key `{file}`; install OpenSSH, which may", file = &shown);
    let content = Zeroizing::new(std::fs::read(path).with_context(unreadable)?);
    let bytes = unarmoured(&content).with_context(unreadable)?;
    let file = File::read(&bytes).with_context(unreadable)?;
    ensure!(
        file.cipher == b"none",
        tr!("`{file}` is encrypted; install OpenSSH, which asks for its passphrase", file = &shown)
    );
    let signed = signed_bytes(super::NAMESPACE, Hash::Sha512, text);
    let Some(bare) = sign(file.private, &signed).with_context(unreadable)? else {
        bail!(tr!(
            "cannot sign with `{file}`; install OpenSSH for RSA and for keys in hardware",
            file = &shown
        ));
    };
    let signature = Signature::made(file.public, &bare);
    ensure!(signature.verifies(text), tr!("cannot sign with `{file}`", file = &shown));
    Ok(signature)
}

/// A new Ed25519 pair for somebody who plays: the private key's file, without a passphrase, and the public key.
///
/// # Errors
/// When the machine has no random numbers.
pub fn new_pair(comment: &str) -> Result<(String, Key)> {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed)?;
    let half = pair.public_key().as_ref();
    let public = strings(&[ED25519, half]);
    let key = strings(&[ED25519, half, &[&seed[..], half].concat(), comment.as_bytes()]);
    let mut private = [&CHECK[..], &CHECK, &key].concat();
    // Filled up to the cipher's blocks, which have eight bytes where there is none.
    private.extend((1..).take(private.len().next_multiple_of(8) - private.len()));
    let head = strings(&[b"none", b"none", b""]);
    let file = [MAGIC, &head, &1_u32.to_be_bytes(), &strings(&[&public, &private])].concat();
    let text = BASE64.encode(&file);
    let lines: Vec<_> = text.as_bytes().chunks(WIDTH).map(String::from_utf8_lossy).collect();
    let public = Key::of(&public).context("what was made is read")?;
    Ok((format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")), public))
}

fn strings(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    parts.iter().for_each(|part| put_string(&mut bytes, part));
    bytes
}

impl<'f> File<'f> {
    fn read(mut bytes: &'f [u8]) -> Option<File<'f>> {
        let rest = &mut bytes;
        (take(rest, MAGIC.len())? == MAGIC).then_some(())?;
        let cipher = string(rest)?;
        let (_derivation, _its_options) = (string(rest)?, string(rest)?);
        (uint32(rest)? == 1).then_some(())?;
        let (public, private) = (Key::of(string(rest)?)?, string(rest)?);
        Some(File { public, cipher, private })
    }
}

/// The bytes in a file's armour.
fn unarmoured(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(content).ok()?.trim();
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let line: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    BASE64.decode(line.as_bytes()).ok().map(Zeroizing::new)
}

/// The signature by a private part that is not encrypted; `Some(None)` by a key of another kind.
fn sign(mut private: &[u8], message: &[u8]) -> Option<Option<Bare>> {
    let rest = &mut private;
    // Twice the same number, which tells that it was decrypted rightly.
    (uint32(rest)? == uint32(rest)?).then_some(())?;
    let kind = std::str::from_utf8(string(rest)?).ok()?;
    let bytes = match kind.strip_prefix("ecdsa-sha2-") {
        None if kind == "ssh-ed25519" => ed25519(rest, message)?,
        None => return Some(None),
        Some(curve) => ecdsa(Curve::named(curve.as_bytes())?, rest, message)?,
    };
    Some(Some(Bare { algorithm: kind.into(), bytes: bytes.into(), trailer: Box::default() }))
}

fn ed25519(rest: &mut &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let (public, both) = (string(rest)?, string(rest)?);
    let (seed, again) = both.split_at_checked(32)?;
    (public == again).then_some(())?;
    let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public).ok()?;
    Some(pair.sign(message).as_ref().to_vec())
}

fn ecdsa(curve: Curve, rest: &mut &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    };
    (Curve::named(string(rest)?)? == curve).then_some(())?;
    let (public, number) = (string(rest)?, positive(rest)?);
    let mut secret = Zeroizing::new(vec![0; curve.size().checked_sub(number.len())?]);
    // Room for all of it first: what a vector leaves behind as it grows is not wiped.
    secret.reserve_exact(number.len());
    secret.extend(number);
    let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &secret, public).ok()?;
    let signature = pair.sign(&SystemRandom::new(), message).ok()?;
    let (r, s) = signature.as_ref().split_at(curve.size());
    let mut bytes = Vec::new();
    put_positive(&mut bytes, r);
    put_positive(&mut bytes, s);
    Some(bytes)
}
