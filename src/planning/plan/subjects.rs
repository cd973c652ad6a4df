//! Each file of the inventory that changes, value by value.

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Field, FileChange, Sides, fields, files, seal};
use crate::files::yaml;
use crate::inventory::Inventory;
use crate::inventory::load::{FileKind, kind_of};
use crate::pipeline::git::{Changed, Git};

/// A file of the inventory that changes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Subject {
    /// The file as such.
    #[serde(flatten)]
    pub file: FileChange,
    /// Its values that change.
    pub fields: Vec<Field>,
    /// Whether only its comments, its order or its spacing change.
    pub form_only: bool,
}

/// The files that change, in the order of their paths.
pub fn of(git: &Git, sides: &Sides<'_>, changed: &[Changed]) -> Result<Vec<Subject>> {
    let read = |file: &Changed| {
        let as_such = files::change(git, file)?;
        let kind = kind_of(&file.path);
        let fields = match kind {
            Some(FileKind::Pem(id)) => seal::compare(sides, id),
            _ => values(sides, &file.path),
        };
        let is_text =
            text(sides.head, &file.path).is_some() && text(sides.base, &file.path).is_some();
        let form_only = is_text && fields.is_empty() && same_mode(file);
        Ok(Subject { file: as_such, fields, form_only })
    };
    changed.iter().map(read).collect()
}

fn same_mode(file: &Changed) -> bool {
    let mode = |side: &Option<crate::pipeline::git::Side>| side.as_ref().map(|side| side.mode);
    mode(&file.old) == mode(&file.new)
}

fn text<'i>(inventory: &'i Inventory, path: &str) -> Option<&'i str> {
    inventory.sources.text(path)
}

/// The values of a YAML file that change; none where it is no YAML.
fn values(sides: &Sides<'_>, path: &str) -> Vec<Field> {
    let root = |inventory| text(inventory, path).and_then(|text| yaml::parse(text).root);
    fields::compare(root(sides.base).as_ref(), root(sides.head).as_ref())
}
