//! A manifest's folder, read again: for a host that has no git.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;

use super::output::TEXT;
use super::{Manifest, SCHEMA, Seal};
use crate::base::digest::Sha256;
use crate::edit::folder::{SUMS, left_behind};
use crate::files::repo::read_file;
use crate::files::{x509, yaml};
use crate::tr;

/// The largest file of a manifest's folder that is read.
const LARGEST: u64 = 256 << 20;

/// A manifest in a folder. Whether it was approved is for `manifest verify` to say.
#[derive(Debug)]
pub struct Folder {
    /// The manifest.
    pub manifest: Manifest,
    path: PathBuf,
    sums: HashMap<String, Sha256>,
}

impl Folder {
    /// Reads the manifest, which must be the one that the folder's `SHA256SUMS` covers. The seals are
    /// read when they are asked for.
    ///
    /// # Errors
    /// When it cannot be read, or is not whole.
    pub fn read(path: &Path) -> Result<Folder> {
        let shown = path.display().to_string();
        if let Some(old) = left_behind(path) {
            bail!(tr!(
                "there is no `{folder}`: a run that was to replace it did not end, and left it at `{old}`; write it again",
                folder = shown,
                old = old.display().to_string()
            ));
        }
        let no_manifest = || tr!("`{folder}` holds no manifest that can be read", folder = &shown);
        let text = content(&path.join(TEXT)).with_context(no_manifest)?;
        let sums = content(&path.join(SUMS)).with_context(no_manifest)?;
        let sums = String::from_utf8_lossy(&sums);
        let sums = sums.lines().filter_map(|line| line.split_once("  "));
        let sums: HashMap<String, Sha256> = sums
            .filter_map(|(sum, name)| Some((name.to_owned(), Sha256::from_hex(sum)?)))
            .collect();
        let is_covered = sums.get(TEXT) == Some(&Sha256::of(&text));
        ensure!(
            is_covered,
            tr!(
                "`{folder}` is not whole: its `SHA256SUMS` does not cover its `manifest.yaml`; write or fetch it again",
                folder = &shown
            )
        );
        let text = std::str::from_utf8(&text).with_context(no_manifest)?;
        let manifest = parsed(text).with_context(no_manifest)?;
        Ok(Folder { manifest, path: path.to_owned(), sums })
    }

    /// The certificate of a seal that the manifest names, from its file.
    ///
    /// # Errors
    /// When the file is not the one that the manifest names.
    pub fn certificate(&self, seal: &Seal) -> Result<x509::Certificate> {
        let file = &seal.file;
        let broken = || {
            tr!(
                "`{folder}` is not whole: `{file}` is not the seal that its manifest names; write or fetch it again",
                folder = self.path.display().to_string(),
                file = file
            )
        };
        let is_below = !file.split('/').any(|part| matches!(part, "" | "." | ".."));
        ensure!(is_below && self.sums.contains_key(file), broken());
        let bytes = content(&self.path.join(file)).with_context(broken)?;
        let der = x509::from_pem(&bytes).with_context(broken)?;
        let certificate = x509::Certificate::read(&der).with_context(broken)?;
        ensure!(certificate.sha256.to_string() == seal.sha256, broken());
        Ok(certificate)
    }
}

fn content(path: &Path) -> Result<Vec<u8>> {
    let unreadable = || tr!("cannot read `{file}`", file = path.display().to_string());
    read_file(path, LARGEST).map_err(|why| anyhow!(why.to_string())).with_context(unreadable)
}

/// A manifest as its text has it.
fn parsed(text: &str) -> Result<Manifest> {
    let document = yaml::parse(text);
    if let Some(problem) = document.problems.first() {
        bail!(problem.message.clone());
    }
    let root = document.root.with_context(|| tr!("it is empty"))?;
    let schema = root.child("schema").and_then(yaml::Node::text);
    ensure!(
        schema == Some(SCHEMA),
        tr!(
            "its format is another than `{schema}`, the one that this segell reads",
            schema = SCHEMA
        )
    );
    Ok(Manifest::deserialize(&root)?)
}
