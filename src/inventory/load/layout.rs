//! Which files part 3 of the contract names, and what each is.

use crate::inventory::model::is_slug;

/// What a file of the inventory is, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind<'path> {
    /// `policy.yaml`.
    Policy,
    /// `baseline.yaml`.
    Baseline,
    /// `ens/<ens>.yaml`.
    Ens(&'path str),
    /// `certificates/<holder>/<label>.yaml`, by its id.
    Record(&'path str),
    /// `certificates/<holder>/<label>.pem`, by its id.
    Pem(&'path str),
    /// `calendars/<calendar>/<NN>-<slug>.yaml`, by its id.
    Batch(&'path str),
    /// `waivers/<slug>.yaml`.
    Waiver(&'path str),
    /// `evidence/**`.
    Evidence,
    /// `trust/*.pem`.
    Authority,
    /// `trust/*.crl`.
    RevocationList,
    /// `README.md`, anywhere.
    Readme,
}

/// Most bytes of a YAML or PEM file.
pub const SMALL: u64 = 1 << 20;
/// Most bytes of evidence, of a revocation list or of a README.
pub const LARGE: u64 = 10 << 20;

impl FileKind<'_> {
    /// The most bytes that such a file may have.
    pub fn limit(self) -> u64 {
        match self {
            FileKind::Evidence | FileKind::RevocationList | FileKind::Readme => LARGE,
            _ => SMALL,
        }
    }

    /// What it is, whatever its path says beyond that.
    pub(super) fn without_id(self) -> FileKind<'static> {
        match self {
            FileKind::Policy => FileKind::Policy,
            FileKind::Baseline => FileKind::Baseline,
            FileKind::Ens(_) => FileKind::Ens(""),
            FileKind::Record(_) => FileKind::Record(""),
            FileKind::Pem(_) => FileKind::Pem(""),
            FileKind::Batch(_) => FileKind::Batch(""),
            FileKind::Waiver(_) => FileKind::Waiver(""),
            FileKind::Evidence => FileKind::Evidence,
            FileKind::Authority => FileKind::Authority,
            FileKind::RevocationList => FileKind::RevocationList,
            FileKind::Readme => FileKind::Readme,
        }
    }
}

/// What the file at `path` is, `path` beginning with `inventory/`; `None` for anything that has
/// no place in an inventory.
pub fn kind_of(path: &str) -> Option<FileKind<'_>> {
    let below = path.strip_prefix("inventory/")?;
    if below == "README.md" || below.ends_with("/README.md") {
        return Some(FileKind::Readme);
    }
    match below {
        "policy.yaml" => return Some(FileKind::Policy),
        "baseline.yaml" => return Some(FileKind::Baseline),
        _ => {}
    }
    let (folder, name) = below.split_once('/')?;
    match folder {
        "ens" => slug_with(name, ".yaml").map(FileKind::Ens),
        "waivers" => slug_with(name, ".yaml").map(FileKind::Waiver),
        "certificates" => pair_with(name, ".yaml", is_slug)
            .map(FileKind::Record)
            .or_else(|| pair_with(name, ".pem", is_slug).map(FileKind::Pem)),
        "calendars" => pair_with(name, ".yaml", is_day_name).map(FileKind::Batch),
        "evidence" => Some(FileKind::Evidence),
        "trust" if !name.contains('/') => match name.rsplit_once('.') {
            Some((stem, "pem")) if !stem.is_empty() => Some(FileKind::Authority),
            Some((stem, "crl")) if !stem.is_empty() => Some(FileKind::RevocationList),
            _ => None,
        },
        _ => None,
    }
}

fn slug_with<'path>(name: &'path str, ending: &str) -> Option<&'path str> {
    name.strip_suffix(ending).filter(|stem| is_slug(stem))
}

fn pair_with<'path>(
    name: &'path str,
    ending: &str,
    is_label: fn(&str) -> bool,
) -> Option<&'path str> {
    let id = name.strip_suffix(ending)?;
    let (holder, label) = id.split_once('/')?;
    (is_slug(holder) && is_label(label)).then_some(id)
}

/// `<NN>-<slug>`: two to five digits, a hyphen and a slug.
fn is_day_name(stem: &str) -> bool {
    stem.split_once('-').is_some_and(|(number, slug)| {
        (2..=5).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && is_slug(slug)
    })
}

#[cfg(test)]
mod tests {
    use super::{FileKind, kind_of};

    #[test]
    fn every_file_of_the_contract_has_its_kind() {
        let kinds = [
            ("policy.yaml", FileKind::Policy),
            ("baseline.yaml", FileKind::Baseline),
            ("ens/sct.yaml", FileKind::Ens("sct")),
            ("certificates/sct/2026.yaml", FileKind::Record("sct/2026")),
            ("certificates/sct/2026.pem", FileKind::Pem("sct/2026")),
            ("calendars/t-2026/10-sct.yaml", FileKind::Batch("t-2026/10-sct")),
            ("waivers/a.yaml", FileKind::Waiver("a")),
            ("evidence/a/b/Còpia 1.pdf", FileKind::Evidence),
            ("trust/EC-SectorPublic.pem", FileKind::Authority),
            ("trust/ec.crl", FileKind::RevocationList),
            ("calendars/README.md", FileKind::Readme),
        ];
        for (path, kind) in kinds {
            assert_eq!(kind_of(&format!("inventory/{path}")), Some(kind), "{path}");
        }
    }

    #[test]
    fn anything_else_has_none() {
        for path in [
            "policy.yml",
            "ens/SCT.yaml",
            "ens/a/b.yaml",
            "ens/.yaml",
            "ens/sct.yaml~",
            "certificates/2026.pem",
            "certificates/a/b/c.pem",
            "calendars/t/sct.yaml",
            "calendars/t/1-sct.yaml",
            "calendars/t/10-.yaml",
            "trust/a/b.pem",
            "trust/.pem",
            "notes.txt",
            ".gitkeep",
            "ens",
        ] {
            assert_eq!(kind_of(&format!("inventory/{path}")), None, "{path}");
        }
    }
}
