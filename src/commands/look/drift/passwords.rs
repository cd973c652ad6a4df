//! Where passwords and PINs come from: a file, a variable, or whoever sits at the terminal. Never an
//! argument, which every process can see.

use std::env::VarError;
use std::io::{self, IsTerminal};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use zeroize::Zeroizing;

use crate::base::text::Text;
use crate::files::repo::read_named;
use crate::files::stores::secret::Secret;
use crate::tr;

/// The variable with the password of all stores.
const VARIABLE: &str = "SEGELL_STORE_PASSWORD";

/// The largest file of passwords.
const LARGEST: u64 = 1 << 20;

/// The passwords that were given.
pub struct Passwords {
    /// For each store its line of the file.
    lines: Vec<Option<Secret>>,
    /// From the variable.
    common: Option<Secret>,
    attended: bool,
}

impl Passwords {
    /// What the file and the variable give; `takes` says which stores have a password.
    ///
    /// # Errors
    /// When the file cannot be read, or has another number of lines, or the variable is no text.
    pub fn of(file: Option<&Path>, takes: &[bool]) -> Result<Passwords> {
        let lines = match file {
            Some(file) => {
                let shown = file.display().to_string();
                let cannot_read = || tr!("cannot read `{file}`", file = shown.as_str());
                spread(lines(file).with_context(cannot_read)?, takes).with_context(cannot_read)?
            }
            None => vec![None; takes.len()],
        };
        let common = match std::env::var(VARIABLE) {
            Ok(password) => Some(Secret::new(password)),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                bail!(tr!("the variable `{variable}` is not UTF-8", variable = VARIABLE))
            }
        };
        let attended = io::stdin().is_terminal() && io::stderr().is_terminal();
        Ok(Passwords { lines, common, attended })
    }

    /// What was given for the store at this place.
    pub fn given(&self, store: usize) -> Option<Secret> {
        self.lines[store].clone().or_else(|| self.common.clone())
    }

    /// What is typed at the terminal, unseen; none where nobody is there, or nothing is typed.
    pub fn typed(&self, question: &Text) -> Option<Secret> {
        if !self.attended {
            return None;
        }
        let typed = rpassword::prompt_password(format!("{question} ")).ok()?;
        Some(Secret::new(typed)).filter(|secret| !secret.expose().is_empty())
    }
}

/// The lines of a file of passwords, without what ends them.
fn lines(file: &Path) -> Result<Vec<Secret>> {
    let bytes = read_named(file, LARGEST).map_err(|why| anyhow!(why.to_string()))?;
    let bytes = Zeroizing::new(bytes);
    // Some editors begin each text with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { bail!(tr!("it is not UTF-8")) };
    Ok(text.lines().map(|line| Secret::new(line.to_owned())).collect())
}

/// A line a store; stores that have no password may have none. An empty line gives none.
fn spread(lines: Vec<Secret>, takes: &[bool]) -> Result<Vec<Option<Secret>>> {
    let taking = takes.iter().filter(|takes| **takes).count();
    let given = |secret: Secret| Some(secret).filter(|it| !it.expose().is_empty());
    if lines.len() == takes.len() {
        return Ok(lines.into_iter().map(given).collect());
    }
    if lines.len() != taking {
        bail!(tr!(
            "lines: {found}; stores: {stores}, with a password: {taking}; it has a line a store, in their order",
            found = lines.len(),
            stores = takes.len(),
            taking = taking
        ));
    }
    let mut lines = lines.into_iter();
    Ok(takes.iter().map(|takes| takes.then(|| lines.next()).flatten().and_then(given)).collect())
}

#[cfg(test)]
mod tests {
    use super::{Secret, spread};

    fn spreads(lines: &[&str], takes: &[bool]) -> Option<Vec<Option<String>>> {
        let lines = lines.iter().map(|line| Secret::new((*line).to_owned())).collect();
        let spread = spread(lines, takes).ok()?;
        Some(spread.into_iter().map(|it| it.map(|it| it.expose().to_owned())).collect())
    }

    #[test]
    fn a_line_is_a_store() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(spreads(&["a", "b"], &[true, true]), Some(vec![some("a"), some("b")]));
        assert_eq!(spreads(&["", "b"], &[false, true]), Some(vec![None, some("b")]));
        assert_eq!(spreads(&["b"], &[false, true]), Some(vec![None, some("b")]));
        assert_eq!(spreads(&["a"], &[true, true]), None);
        assert_eq!(spreads(&["a", "b", "c"], &[true, true]), None);
    }
}
