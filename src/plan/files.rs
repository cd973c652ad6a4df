//! Files as such: what is there before and after, by size and digest.

use anyhow::Result;
use git2::ObjectType;
use schemars::JsonSchema;
use serde::Serialize;

use crate::digest::Sha256;
use crate::git::{Changed, Git, Side};
use crate::text::visible;

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// What it was; absent: it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is; absent: it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// The largest file whose digest is told, in bytes.
const LARGEST: usize = 64 << 20;

/// The files as such, in the order of their paths.
pub fn of(git: &Git, changed: &[Changed]) -> Result<Vec<FileChange>> {
    changed.iter().map(|file| change(git, file)).collect()
}

/// One file as such.
pub fn change(git: &Git, file: &Changed) -> Result<FileChange> {
    Ok(FileChange {
        path: visible(&file.path),
        old: file.old.as_ref().map(|side| described(git, side)).transpose()?,
        new: file.new.as_ref().map(|side| described(git, side)).transpose()?,
    })
}

/// A file in a few words: its kind where it is no plain file, its size and its SHA-256.
fn described(git: &Git, side: &Side) -> Result<String> {
    let kind = match side.mode {
        0o040_000 => return Ok(format!("folder {}", side.id)),
        0o160_000 => return Ok(format!("submodule {}", side.id)),
        0o120_000 => "symlink, ",
        0o100_755 => "executable, ",
        _ => "",
    };
    let (size, _) = git.header(side.id)?;
    if size > LARGEST {
        return Ok(format!("{kind}{size} bytes, git object {}", side.id));
    }
    let digest = Sha256::of(&git.object(side.id, ObjectType::Blob)?);
    Ok(format!("{kind}{size} bytes, sha256:{digest}"))
}
