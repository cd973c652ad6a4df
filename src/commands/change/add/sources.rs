//! The files that are meant by what stands on the command line: files, and those in folders.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::tr;

/// What certificates come in, by the endings of their files.
const ENDINGS: [&str; 8] = ["pem", "der", "cer", "crt", "p7b", "p7c", "p7s", "zip"];
/// How deep folders are looked into.
const DEEPEST: usize = 8;
/// Most files that are taken from folders, and most seals from all files.
pub const MOST: usize = 20_000;

/// The files, each once, those of a folder in the order of their names; of a folder only those with
/// the ending of a certificate's file. Links in it are not followed.
///
/// # Errors
/// When a folder cannot be listed, or there is too much in it.
pub fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        match path.is_dir() {
            true => {
                let before = found.len();
                enter(path, 0, &mut found)?;
                ensure!(
                    found.len() > before,
                    tr!(
                        "`{folder}` holds no file of a certificate",
                        folder = path.display().to_string()
                    )
                );
            }
            false => found.push(path.clone()),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn enter(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let shown = folder.display().to_string();
    let cannot_read = || tr!("cannot read `{file}`", file = shown.as_str());
    let mut items = Vec::new();
    for item in fs::read_dir(folder).with_context(cannot_read)? {
        let item = item.with_context(cannot_read)?;
        items.push((item.path(), item.file_type().with_context(cannot_read)?));
    }
    items.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in items {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if kind.is_dir() && depth < DEEPEST {
            enter(&path, depth + 1, found)?;
        } else if kind.is_file() && ENDINGS.contains(&ending.as_str()) {
            found.push(path);
        }
        ensure!(
            found.len() <= MOST,
            tr!("`{folder}` holds more than {count} files", folder = shown.as_str(), count = MOST)
        );
    }
    Ok(())
}
