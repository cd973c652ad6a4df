//! SSH signatures (OpenSSH's PROTOCOL.sshsig), as `ssh-keygen -Y sign` makes them.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// What the signatures are for: one made for anything else approves nothing.
pub const NAMESPACE: &str = "segell";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";

/// How many characters `ssh-keygen` writes on a line of the armour.
const WIDTH: usize = 70;

/// The smallest modulus of an RSA key that may approve, in bits.
const SMALLEST_RSA: usize = 2048;

/// A reviewer's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(KeyData);

impl Key {
    /// Reads a key as it stands in a `.pub` file or in the policy: type, base64 and a comment.
    ///
    /// # Errors
    /// When it is none, or too weak to approve with.
    pub fn read(text: &str) -> Result<Key, Text> {
        let key = PublicKey::from_openssh(text.trim());
        let key = key.map_err(|_| tr!("it is no line `TYPE BASE64` of an SSH public key"))?;
        match key.key_data() {
            KeyData::Ed25519(_)
            | KeyData::Ecdsa(_)
            | KeyData::SkEd25519(_)
            | KeyData::SkEcdsaSha2NistP256(_) => Ok(Key(key.key_data().clone())),
            KeyData::Rsa(rsa) if bits(rsa.n.as_positive_bytes()) >= SMALLEST_RSA => {
                Ok(Key(key.key_data().clone()))
            }
            KeyData::Rsa(_) => Err(tr!("it is RSA below {bits} bits", bits = SMALLEST_RSA)),
            _ => Err(tr!("it is none of ed25519, ECDSA, `sk-` and RSA")),
        }
    }

    /// The SHA-256 of the key's bytes in the SSH wire format: its name in `refs/approvals/`.
    pub fn sha256(&self) -> Sha256 {
        let text = self.to_openssh();
        let body = text.split(' ').nth(1).unwrap_or_default();
        Sha256::of(&BASE64.decode(body.as_bytes()).expect("a key is written in base64"))
    }

    /// The type and base64, as in an allowed-signers file.
    pub fn to_openssh(&self) -> String {
        PublicKey::from(self.0.clone()).to_openssh().expect("a key that was read can be written")
    }

    /// As `ssh-keygen -l` prints it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }
}

/// An SSH signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The armour's base64 on one line.
    pub line: String,
    parsed: SshSig,
}

impl Signature {
    /// Reads the base64 of a signature, to the last bit: there is one way to write each.
    pub fn from_line(line: &str) -> Option<Signature> {
        let bytes = BASE64.decode(line.as_bytes()).ok()?;
        is_exact(&bytes)?;
        let parsed = SshSig::from_pem(armour(line)).ok()?;
        Some(Signature { line: line.to_owned(), parsed })
    }

    /// Reads the armour that `ssh-keygen -Y sign` writes.
    pub fn from_armour(text: &str) -> Option<Signature> {
        let text = text.replace("\r\n", "\n");
        let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END.trim_end())?;
        let line: String = body.split('\n').collect();
        Signature::from_line(&line)
    }

    /// The armour, as `ssh-keygen -Y verify` reads it.
    pub fn armour(&self) -> String {
        armour(&self.line)
    }

    /// The key that it says made it.
    pub fn key(&self) -> Key {
        Key(self.parsed.public_key().clone())
    }

    /// Whether that key signed `text`, for segell.
    pub fn verifies(&self, text: &str) -> bool {
        let key = PublicKey::from(self.parsed.public_key().clone());
        let is_strong = match self.parsed.algorithm() {
            Algorithm::Dsa => false,
            // Without a hash it is RSA with SHA-1.
            Algorithm::Rsa { hash } => hash.is_some(),
            _ => true,
        };
        is_strong && key.verify(NAMESPACE, text.as_bytes(), &self.parsed).is_ok()
    }
}

/// How many bits a positive number has.
fn bits(number: Option<&[u8]>) -> usize {
    let bytes = number.unwrap_or_default();
    let unused = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
    8 * bytes.len() - unused
}

/// Whether every length in a signature is that of what follows, to the last byte: ssh-key takes
/// some that are longer.
fn is_exact(bytes: &[u8]) -> Option<()> {
    const HEADER: usize = b"SSHSIG".len() + size_of::<u32>();
    let mut rest = bytes.get(HEADER..)?;
    let mut key = string(&mut rest)?;
    let [_namespace, _reserved, _hash] =
        [string(&mut rest)?, string(&mut rest)?, string(&mut rest)?];
    let mut signature = string(&mut rest)?;
    while !key.is_empty() {
        string(&mut key)?;
    }
    let algorithm = string(&mut signature)?;
    string(&mut signature)?;
    // A security key adds its flags and its counter.
    let trailer = if algorithm.starts_with(b"sk-") { 5 } else { 0 };
    (rest.is_empty() && signature.len() == trailer).then_some(())
}

/// Takes a string of the SSH wire format (RFC 4251, 5): its length in four bytes, and its bytes.
fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (string, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = after;
    Some(string)
}

fn armour(base64: &str) -> String {
    let mut armour = String::from(BEGIN);
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(WIDTH));
        armour.push_str(line);
        armour.push('\n');
        rest = after;
    }
    armour + END
}

/// Signs `text` with the private key of a file, Ed25519 or ECDSA, without OpenSSH.
///
/// # Errors
/// When the file cannot be read, is encrypted, or has a key of another kind. ssh-key 0.6 cannot read
/// an ECDSA key whose number happens to be short: one of four of P-521's, one of 512 of P-256's.
pub fn sign_with_file(path: &Path, text: &str) -> Result<Signature> {
    let shown = path.display().to_string();
    let key = PrivateKey::read_openssh_file(path).with_context(|| {
        tr!("cannot read the private key `{file}`; install OpenSSH, which may", file = &shown)
    })?;
    ensure!(
        !key.is_encrypted(),
        tr!("`{file}` is encrypted; install OpenSSH, which asks for its passphrase", file = &shown)
    );
    let signature = key.sign(NAMESPACE, HashAlg::Sha512, text.as_bytes()).with_context(|| {
        tr!(
            "cannot sign with `{file}`; install OpenSSH for RSA and for keys in hardware",
            file = &shown
        )
    })?;
    let armour = signature.to_pem(LineEnding::LF)?;
    Signature::from_armour(&armour).with_context(|| tr!("cannot sign with `{file}`", file = &shown))
}

/// A new ed25519 pair for somebody who plays: the private key's file, and the public key.
///
/// # Errors
/// When the machine has no random numbers.
pub fn new_pair(comment: &str) -> Result<(String, Key)> {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed)?;
    let pair = KeypairData::from(Ed25519Keypair::from_seed(&seed));
    let private = PrivateKey::new(pair, comment)?;
    let public = Key::read(&private.public_key().to_openssh()?)?;
    Ok((private.to_openssh(LineEnding::LF)?.to_string(), public))
}
