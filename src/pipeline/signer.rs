//! Signing as a person: with the key that git is configured to sign with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::files::signature::{Key, NAMESPACE, Signature, sign_with_file};
use crate::pipeline::git::Git;
use crate::tr;

/// How somebody signs.
pub struct Signer {
    key: Location,
    /// What git's `gpg.ssh.program` names in the place of `ssh-keygen`.
    program: Option<String>,
}

/// Where the key is.
enum Location {
    /// A file with the private key, or with the public key of one that ssh-agent or hardware has.
    File(PathBuf),
    /// A public key as text, whose private key ssh-agent has.
    Text(String),
}

impl Signer {
    /// The key of a file that is named, else the one of git's `user.signingkey`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn of(git: &Git, key: Option<&Path>) -> Result<Signer> {
        let key = match key {
            Some(file) => Location::File(file.to_owned()),
            None => configured(git)?,
        };
        Ok(Signer { key, program: git.setting("gpg.ssh.program") })
    }

    /// The public key, where it can be known before signing.
    pub fn public_key(&self) -> Option<Key> {
        let file = match &self.key {
            Location::Text(text) => return Key::read(text).ok(),
            Location::File(file) => file,
        };
        let beside = PathBuf::from(format!("{}.pub", file.display()));
        let texts = [beside, file.clone()]
            .into_iter()
            .filter_map(|file| std::fs::read_to_string(file).ok());
        texts.filter_map(|text| Key::read(&text).ok()).next()
    }

    /// Signs `text`.
    ///
    /// # Errors
    /// When OpenSSH refuses, or is not there and the key is not in a plain file.
    pub fn sign(&self, text: &str) -> Result<Signature> {
        // Only its owner can read it, nobody can foresee its name, and it goes when it is not needed.
        let folder = tempfile::Builder::new().prefix("segell-").tempdir();
        let folder = folder.with_context(|| tr!("cannot make a folder for temporary files"))?;
        let file = match &self.key {
            Location::File(file) => file.clone(),
            Location::Text(key) => {
                let file = folder.path().join("key.pub");
                std::fs::write(&file, format!("{key}\n"))?;
                file
            }
        };
        let program = self.program.as_deref().unwrap_or("ssh-keygen");
        let arguments = ["-Y", "sign", "-q", "-n", NAMESPACE, "-f"];
        let child = Command::new(program)
            .args(arguments)
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                ensure!(
                    self.program.is_none(),
                    tr!(
                        "there is no `{program}`, which git's `gpg.ssh.program` names; correct it, or run `git config --unset gpg.ssh.program`",
                        program = program
                    )
                );
                return sign_with_file(&file, text);
            }
            Err(error) => {
                return Err(error)
                    .with_context(|| tr!("cannot run `{program}`", program = program));
            }
        };
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let refused = || tr!("`{program}` has not signed; see its words above", program = program);
        ensure!(output.status.success(), refused());
        let signature = Signature::from_armour(&String::from_utf8_lossy(&output.stdout));
        let signature = signature.with_context(refused)?;
        ensure!(
            signature.verifies(text),
            tr!("`{program}` has signed something else", program = program)
        );
        Ok(signature)
    }
}

/// What OpenSSH says that it is: `OpenSSH_9.2p1 …`; none where there is none.
pub(crate) fn openssh_version() -> Option<String> {
    let output = Command::new("ssh").arg("-V").stdin(Stdio::null()).output().ok()?;
    let told = String::from_utf8([output.stdout, output.stderr].concat()).ok()?;
    Some(told.trim().to_owned()).filter(|told| told.starts_with("OpenSSH_"))
}

/// A path as people write it: `~/` is their home.
pub(crate) fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(path),
    }
}

/// The key that a command tells, as git's `gpg.ssh.defaultKeyCommand` names it: in its first line.
fn told_by(command: &str) -> Result<Location> {
    let mut words = command.split_whitespace();
    let wrong = || {
        tr!("`{command}`, git's `gpg.ssh.defaultKeyCommand`, tells no SSH key", command = command)
    };
    let program = at_home(words.next().with_context(wrong)?);
    let output = Command::new(program).args(words).stdin(Stdio::null()).output();
    let told = String::from_utf8(output.with_context(wrong)?.stdout).with_context(wrong)?;
    let line = told.lines().next().unwrap_or_default();
    let text = line.strip_prefix("key::").unwrap_or(line).trim();
    Key::read(text).ok().with_context(wrong)?;
    Ok(Location::Text(text.to_owned()))
}

/// What `user.signingkey` names.
fn configured(git: &Git) -> Result<Location> {
    let Some(value) = git.setting("user.signingkey") else {
        if let Some(key) = git.setting("gpg.ssh.defaultKeyCommand") {
            return told_by(&key);
        }
        bail!(tr!(
            "git has no key to sign with; run `git config user.signingkey ~/.ssh/id_ed25519.pub`, or name one with `--key FILE`"
        ));
    };
    let text = value.strip_prefix("key::").unwrap_or(&value);
    if Key::read(text).is_ok() {
        return Ok(Location::Text(text.to_owned()));
    }
    let path = at_home(&value);
    ensure!(
        path.is_file(),
        tr!(
            "git's `user.signingkey` is `{value}`, which is no SSH key; name one with `--key FILE`",
            value = &value
        )
    );
    Ok(Location::File(path))
}
