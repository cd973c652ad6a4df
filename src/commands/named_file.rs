//! Which file of the inventory is meant: by its path, or by the id of what it holds.

use anyhow::{Result, bail};

use crate::base::text::Text;
use crate::inventory::Inventory;
use crate::inventory::load::{FileKind, kind_of};
use crate::inventory::model::Baseline;
use crate::tr;

/// The path of the YAML file that `name` means: `policy`, `baseline`, the id of an ens, a certificate, a
/// batch or a waiver, or a path, from the repository's root or from `inventory/`.
///
/// # Errors
/// When there is none, or it may be several.
pub(super) fn named_file(inventory: &Inventory, name: &str) -> Result<String> {
    let path = name.strip_prefix("inventory/").unwrap_or(name);
    match path {
        "policy" | "policy.yaml" => return Ok("inventory/policy.yaml".to_owned()),
        "baseline" | "baseline.yaml" => return Ok(Baseline::FILE.to_owned()),
        _ => {}
    }
    let full = format!("inventory/{path}");
    if is_yaml(&full) && there(inventory, &full) {
        return Ok(full);
    }
    let found: Vec<String> = ["ens", "certificates", "calendars", "waivers"]
        .map(|folder| format!("inventory/{folder}/{path}.yaml"))
        .into_iter()
        .filter(|file| is_yaml(file) && there(inventory, file))
        .collect();
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => bail!(nothing(name)),
        [one, other, ..] => bail!(tr!(
            "`{name}` is `{one}` and `{other}`: give the path of the file that is meant",
            name = name,
            one = one,
            other = other
        )),
    }
}

fn nothing(name: &str) -> Text {
    tr!(
        "`{name}` is no ens, certificate, batch or waiver, nor `policy`, `baseline` or the path of a file here",
        name = name
    )
}

fn is_yaml(path: &str) -> bool {
    use FileKind::{Batch, Ens, Record, Waiver};
    matches!(kind_of(path), Some(Ens(_) | Record(_) | Batch(_) | Waiver(_)))
}

/// Whether there is such a file, sound or not.
fn there(inventory: &Inventory, path: &str) -> bool {
    inventory.sources.text(path).is_some()
}
