//! `segell drift`.

mod passwords;
mod stores;

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::base::digest::Sha256;
use crate::commands::out::show;
use crate::commands::pipeline::place::Place;
use crate::commands::word::{format_of, one_of};
use crate::files::stores::secret::keep_out_of_dumps;
use crate::files::x509::{Name, Serial};
use crate::inventory::finding::Environment;
use crate::inventory::survey::{Resolved, Survey};
use crate::pipeline::gate::{self, Snapshots};
use crate::pipeline::git::{Commit, Git, short};
use crate::pipeline::manifest::{Folder, Manifest, Seal};
use crate::pipeline::promotion;
use crate::planning::drift::{Desired, Drift, Known, Looked};
use crate::tr;
use crate::views::drift::Shown;
use crate::views::screen::Format;

use passwords::Passwords;

/// Compare what an environment really holds with what git says it should; changes nothing
///
/// A STORE is a key store's file (PKCS#12, JKS, JCEKS) or a folder of PEM and DER files, told by its
/// content; a token, `pkcs11:token=NAME`; or an export of the front's table, `siri:FILE.csv`. Passwords and
/// PINs come from `--password-file`, the variable SEGELL_STORE_PASSWORD or a prompt.
///
/// Exit code 0: as git says; 1: not so; 2: a store could not be read whole.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The environment
    #[arg(long, value_parser = one_of::<Environment>())]
    env: Environment,
    /// The commit whose manifest is desired; what the environment's branch holds unless given
    #[arg(long, value_name = "REV", conflicts_with = "manifest")]
    rev: Option<String>,
    /// A manifest's folder instead of a commit, for a host without git
    #[arg(long, value_name = "DIR")]
    manifest: Option<PathBuf>,
    /// A file with the passwords and PINs, a line a store, in the order of the stores
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The PKCS#11 module of tokens; what their URIs name, else p11-kit's proxy, unless given
    #[arg(long, value_name = "LIB")]
    module: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_parser = format_of::<Shown<'_>>(), default_value = "human")]
    format: Format,
    /// List also what has nothing to do with any ens
    #[arg(long)]
    all: bool,
    /// What to look into
    #[arg(value_name = "STORE", required = true)]
    stores: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    keep_out_of_dumps();
    let environment = arguments.env;
    let asked = stores::Asked::all(&arguments.stores);
    let takes: Vec<bool> = asked.iter().map(stores::Asked::takes_password).collect();
    let mut passwords = Passwords::of(arguments.password_file.as_deref(), &takes)?;
    let looked = || stores::look(&asked, arguments.module.as_deref(), &mut passwords);
    let drift = match &arguments.manifest {
        Some(folder) => of_folder(arguments, environment, folder, looked)?,
        None => of_git(arguments, environment, looked)?,
    };
    show(&Shown { drift: &drift, all: arguments.all }, arguments.format)?;
    if matches!(arguments.format, Format::Csv | Format::Openmetrics) {
        tell_unread(&drift);
    }
    Ok(ExitCode::from(match (drift.is_whole(), drift.is_drift()) {
        (false, _) => 2,
        (true, true) => 1,
        (true, false) => 0,
    }))
}

/// Says which stores could not be read, where the format has no place for it.
fn tell_unread(drift: &Drift) {
    for looked in &drift.stores {
        if let Err(why) = &looked.outcome {
            let store = &looked.name;
            eprintln!(
                "segell: {}",
                tr!("`{store}` could not be read whole: {why}", store = store, why = why.clone())
            );
        }
    }
}

/// Desired is what a folder's manifest says, and nothing else is known.
fn of_folder(
    arguments: &Arguments,
    environment: Environment,
    folder: &Path,
    looked: impl FnOnce() -> Vec<Looked>,
) -> Result<Drift> {
    let folder = Folder::read(folder)?;
    let manifest = &folder.manifest;
    ensure!(
        manifest.environment == environment,
        tr!(
            "the manifest is that of {environment}; name it with `--env`",
            environment = manifest.environment.shown()
        )
    );
    let seals = seals_by_digest(manifest);
    let broken = RefCell::new(None);
    let facts = |_: &str, sha256: &str| {
        let seal = seals.get(sha256)?;
        match folder.certificate(seal) {
            Ok(certificate) => Some((certificate.serial, certificate.subject)),
            Err(why) => {
                broken.borrow_mut().get_or_insert(why);
                None
            }
        }
    };
    let known = || Ok(Known::of_manifest(manifest));
    let today = arguments.place.today();
    let drift = Drift::of(&Desired { manifest, today, facts: &facts, known: &known }, looked())?;
    match broken.into_inner() {
        Some(why) => Err(why),
        None => Ok(drift),
    }
}

/// The seals that a manifest has files of.
fn seals_by_digest(manifest: &Manifest) -> std::collections::HashMap<&str, &Seal> {
    let restored = manifest.restore.iter().filter_map(|it| it.certificate.as_ref());
    let loaded = manifest.load.iter().map(|it| &it.certificate);
    let held = manifest.state.iter().filter_map(|it| it.certificate.as_ref());
    held.chain(loaded).chain(restored).map(|seal| (&*seal.sha256, seal)).collect()
}

/// Desired is what a commit's manifest says; what else is known, `main` says too.
fn of_git(
    arguments: &Arguments,
    environment: Environment,
    looked: impl FnOnce() -> Vec<Looked>,
) -> Result<Drift> {
    let git = arguments.place.git()?;
    let tip = match &arguments.rev {
        Some(rev) => git.find(rev)?,
        None => git.existing_branch(&environment.branch())?,
    };
    let commit = git.commit(promotion::held(&git.commit(tip)?))?;
    // Before the inventory is there: what is needed to read a store alone does not add to it.
    let looked = looked();
    // Not taken apart at the end, as the process ends with it.
    let snapshots = ManuallyDrop::new(RefCell::new(Snapshots::new(&git)));
    ensure_sound(&git, &mut snapshots.borrow_mut(), &commit, environment)?;
    let snapshot = snapshots.borrow_mut().at(&commit)?;
    let resolved = ManuallyDrop::new(Resolved::of(&snapshot.inventory));
    let (id, tree) = (commit.id.to_string(), commit.tree.to_string());
    let manifest = Manifest::of(&resolved, environment, &id, &tree);
    let facts = |id: &str, sha256: &str| -> Option<(Serial, Name)> {
        let (facts, _) = resolved.certificate(id)?.pem?;
        let is_it = Sha256::from_hex(sha256) == Some(facts.sha256);
        is_it.then(|| (facts.serial.clone(), facts.subject.clone()))
    };
    let today = arguments.place.today();
    let known = || {
        let now = main(&git, &mut snapshots.borrow_mut())?;
        let surveys = now.iter().chain([&snapshot]);
        let surveys: Vec<Survey<'_>> = surveys.map(|it| Survey::of(&it.inventory, today)).collect();
        Ok(Known::of(&surveys.iter().collect::<Vec<_>>(), environment))
    };
    let desired = Desired { manifest: &manifest, today, facts: &facts, known: &known };
    Drift::of(&desired, looked)
}

/// What `main` says now, where there is one: it knows of seals and records that no branch of an
/// environment holds yet.
fn main(git: &Git, snapshots: &mut Snapshots<'_>) -> Result<Option<std::rc::Rc<gate::Snapshot>>> {
    match git.branch("main")? {
        Some(tip) => Ok(Some(snapshots.at_or_none(&git.commit(tip)?)?)),
        None => Ok(None),
    }
}

/// That the commit yields a manifest. What the environment's branch holds by a listed root was sound when it
/// was let in.
fn ensure_sound(
    git: &Git,
    snapshots: &mut Snapshots<'_>,
    commit: &Commit,
    environment: Environment,
) -> Result<()> {
    let broken = snapshots.broken(commit)?;
    if broken.is_empty() || gate::holds(git, environment, commit)? {
        return Ok(());
    }
    let snapshot = snapshots.at(commit)?;
    let first = broken.first().context(tr!("its inventory is not sound"))?;
    bail!(tr!(
        "{commit} yields no manifest: its inventory is not sound: {finding}",
        commit = short(commit.id),
        finding = snapshot.told(first)
    ))
}
