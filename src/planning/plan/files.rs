//! Files as such: what is there before and after, by size and digest.

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::digest::Sha256;
use crate::base::text::{Text, visible};
use crate::files::objects::ObjectType;
use crate::pipeline::git::{Changed, Git, LARGEST_OBJECT, Side};
use crate::tr;

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
    let id = side.id.to_string();
    Ok(match side.mode {
        0o040_000 => tr!("folder {id}", id = id),
        0o160_000 => tr!("submodule {id}", id = id),
        0o120_000 => tr!("symbolic link, {content}", content = content(git, side)?),
        0o100_755 => tr!("executable, {content}", content = content(git, side)?),
        _ => content(git, side)?,
    }
    .to_string())
}

fn content(git: &Git, side: &Side) -> Result<Text> {
    let (size, _) = git.header(side.id)?;
    if size > LARGEST_OBJECT {
        return Ok(tr!("{size} bytes, git object {id}", size = size, id = side.id.to_string()));
    }
    let digest = Sha256::of(&git.object(side.id, ObjectType::Blob)?);
    Ok(tr!("{size} bytes, sha256:{digest}", size = size, digest = digest.to_string()))
}
