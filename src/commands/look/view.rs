//! What the verbs that only show something have in common: which inventory, on which day.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use anyhow::{Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::base::text::names as names_of;
use crate::base::time;
use crate::commands::Root;
use crate::commands::inventory_at;
use crate::files::repo;
use crate::inventory::Inventory;
use crate::pipeline::git::Git;
use crate::pipeline::phase::Phases;
use crate::tr;

/// Which inventory is looked at, and on which day.
#[derive(Debug, clap::Args)]
pub struct View {
    #[command(flatten)]
    root: Root,
    /// Look at this commit's tree, without a checkout
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    as_of: Option<Date>,
}

impl View {
    /// The inventory.
    ///
    /// # Errors
    /// When there is none, or no such commit.
    pub fn inventory(&self) -> Result<ManuallyDrop<Inventory>> {
        inventory_at(&self.root.find()?, self.rev.as_deref())
    }

    /// How far what the inventory asks for has come in this clone; nothing is known of it where the
    /// inventory does not lie at the top of a repository, or git data is missing, which is told.
    pub fn phases(&self, inventory: &Inventory) -> Result<Phases> {
        let git = Git::with_inventory(&self.root.find()?);
        Ok(phases(git.as_ref(), inventory, self.today()))
    }

    /// Since when the files say what they do on this day: when the commit was made that is looked at (of a working
    /// tree the last one), or since the day began.
    pub fn written(&self) -> Result<Timestamp> {
        let begun = time::start_of(self.today());
        let commit = self.rev.as_deref().unwrap_or("HEAD");
        let revision = repo::revision(&self.root.find()?, commit);
        Ok(revision.map_or(begun, |revision| revision.committed.max(begun)))
    }

    /// The day.
    pub fn today(&self) -> Date {
        self.as_of.unwrap_or_else(time::today)
    }
}

/// How far what the inventory asks for has come in this clone. What keeps that from being known is told.
pub fn phases(git: Option<&Git>, inventory: &Inventory, today: Date) -> Phases {
    let Some(git) = git else { return Phases::default() };
    Phases::of(git, inventory, today).unwrap_or_else(|error| {
        let why = format!("{error:#}");
        let note = tr!("nothing is known of approvals and promotions: {why}", why = why);
        eprintln!("segell: {note}");
        Phases::default()
    })
}

/// Says, beside what a view shows, that it cannot show what broken files state. `status` and `today`
/// have that among their findings.
pub fn tell_broken(inventory: &Inventory) {
    let broken: BTreeSet<&str> = inventory.problems.iter().map(|it| &*it.file).collect();
    if !broken.is_empty() {
        let note = tr!(
            count = broken.len();
            one "{count} file has something wrong with it, so that what it states may be missing here; see `segell check`",
            many "{count} files have something wrong with them, so that what they state may be missing here; see `segell check`"
        );
        eprintln!("segell: {note}");
    }
}

/// Fails if one of `names` is no calendar.
///
/// # Errors
/// That there is none, and which there are.
pub fn known_calendars(inventory: &Inventory, names: &[String]) -> Result<()> {
    let known: BTreeSet<&str> = inventory
        .batches
        .keys()
        .filter_map(|id| id.split_once('/'))
        .map(|(name, _)| name)
        .collect();
    match names.iter().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(name) if known.is_empty() => {
            bail!(tr!("there is no calendar `{name}`: there is none at all", name = name))
        }
        Some(name) => bail!(tr!(
            "there is no calendar `{name}`; there are {known}",
            name = name,
            known = names_of(known)
        )),
    }
}
