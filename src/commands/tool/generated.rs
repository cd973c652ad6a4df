//! Files that are made from the code: written, or compared with what would be written.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::tr;

/// Writes the files, by name, to `folder`; or, to `check`, says which are not what they would be:
/// exit code 1.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_or_check(folder: &Path, files: &[(String, String)], check: bool) -> Result<ExitCode> {
    let mut stale = 0;
    for (name, text) in files {
        let path = folder.join(name);
        if !check {
            let cannot_write = || tr!("cannot write `{path}`", path = path.display().to_string());
            fs::create_dir_all(folder).with_context(cannot_write)?;
            fs::write(&path, text).with_context(cannot_write)?;
        } else if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            stale += 1;
            let path = path.display().to_string();
            eprintln!("{}", tr!("`{path}` is stale; run the same without `--check`", path = path));
        }
    }
    Ok(ExitCode::from(u8::from(stale > 0)))
}
