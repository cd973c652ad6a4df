//! `segell init`.

pub mod holidays;
pub mod policy;
pub mod reviewer;
pub mod templates;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;

use self::reviewer::NewReviewer;
use crate::base::language::Language;
use crate::base::text::{Text, names};
use crate::base::time;
use crate::checklist::rules;
use crate::commands::ask::Interview;
use crate::commands::change::asking::open;
use crate::commands::change::writing::{show, tell_next};
use crate::commands::out::{or_seen_enough, say};
use crate::edit::Changeset;
use crate::inventory::finding::{Finding, Severity, Spot};
use crate::inventory::model::Role;
use crate::inventory::survey::Survey;
use crate::pipeline::reviewer::role_name;
use crate::tr;

/// Begin an inventory: policy, schemas, workflows, and what git has to know
///
/// Nothing that is there is overwritten; `.gitignore` and `.gitattributes` get the lines that they lack.
/// All of it is in the language of `--lang`, else of the locale, which becomes the policy's: in it CI, comments
/// and pages are written too.
///
/// Exit code 0: written, or there already; 1: the reviewers would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that is to hold `inventory/`; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Who approves, `ROLE:NAME <E-MAIL>:KEY`: the role is `aoc` or `siad`, the key the line or the path
    /// of an SSH public key. Two of each are good, one of each is needed
    #[arg(long = "reviewer", value_name = "REVIEWER", value_parser = NewReviewer::read)]
    reviewers: Vec<NewReviewer>,
    /// The day that counts as today, `YYYY-MM-DD`; today in Europe/Madrid unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    as_of: Option<Date>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = arguments.folder.as_path();
    let today = arguments.as_of.unwrap_or_else(time::today);
    ensure!(
        !arguments.reviewers.is_empty() || root.join("inventory").symlink_metadata().is_err(),
        tr!("there is an inventory in `{folder}` already", folder = shown(root))
    );
    let reviewers = reviewers(&arguments.reviewers)?;
    let changes = planned(root, &policy::text(today, &reviewers, Language::spoken())?)?;
    if changes.is_empty() {
        say(tr!("nothing changes: all of it is there already"));
        return Ok(ExitCode::SUCCESS);
    }
    let inventory = changes.after();
    let findings = rules::check(&Survey::of(&inventory, today)).findings;
    if findings.iter().any(is_wrong) {
        show(findings, inventory, today, &mut io::stderr().lock())?;
        eprintln!("{}", tr!("refused: nothing was written"));
        return Ok(ExitCode::FAILURE);
    }
    told(&changes).iter().for_each(say);
    if arguments.dry_run {
        say(tr!("a dry run: nothing was written"));
        return Ok(ExitCode::SUCCESS);
    }
    fs::create_dir_all(root)
        .with_context(|| tr!("cannot make the folder `{folder}`", folder = shown(root)))?;
    changes.write()?;
    let count = changes.paths().count();
    say(tr!(count = count; one "{count} file written", many "{count} files written"));
    or_seen_enough(show(findings, inventory, today, &mut io::stdout().lock()))?;
    tell_next(&next(root));
    Ok(ExitCode::SUCCESS)
}

/// What lies beside `inventory/`, a folder by the number of its files.
fn told(changes: &Changeset) -> Vec<Text> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for path in changes.paths() {
        match path.split_once('/') {
            Some(("inventory", _)) | None => files.push(tr!("{path}", path = path)),
            Some((folder, _)) => *folders.entry(folder).or_default() += 1,
        }
    }
    let folder = |(folder, count): (&str, usize)| {
        let count = tr!(count = count; one "{count} file", many "{count} files");
        tr!("{folder}/ ({files})", folder = folder, files = count)
    };
    files.extend(folders.into_iter().map(folder));
    files
}

/// A finding that is not only the lack of reviewers, which whoever begins was told of.
fn is_wrong(finding: &Finding) -> bool {
    let is_lack = finding.place.spot == Spot::Pointer("/reviewers".to_owned());
    finding.severity == Severity::Error && !is_lack
}

/// The files of the new inventory, none of which takes the place of another.
/// They are in the language that is spoken, which is the policy's.
fn planned(root: &Path, policy: &str) -> Result<Changeset> {
    let language = Language::spoken();
    let mut changes = Changeset::begin_anew(root)?;
    let mut others = Vec::new();
    for (path, text) in templates::new_files(policy, language)? {
        match changes.bytes(&path)? {
            Some(there) if *there != *text.as_bytes() => others.push(path),
            _ => changes.create(&path, text.into_bytes())?,
        }
    }
    ensure!(
        others.is_empty(),
        tr!(
            "{files} of `{folder}` would be overwritten; begin in another folder, or move them away",
            files = names(&others),
            folder = shown(root)
        )
    );
    for (path, lines) in templates::lines(language) {
        let before = changes.bytes(path)?.unwrap_or_default();
        let before = String::from_utf8_lossy(&before).into_owned();
        changes.put(path, Some(templates::with_lines(before, lines).into_bytes().into()))?;
    }
    Ok(changes)
}

/// Those who are given; at a terminal, those who are named for a role that has nobody.
fn reviewers(given: &[NewReviewer]) -> Result<Vec<NewReviewer>> {
    let mut interview = Interview::begin();
    let mut reviewers = given.to_vec();
    let mut is_complete = true;
    for role in Role::BOTH {
        if given.iter().any(|reviewer| reviewer.role == role) {
            continue;
        }
        while let Some(reviewer) = asked(role, &mut interview)? {
            reviewers.push(reviewer);
        }
        if !interview.is_attended() {
            interview.lacks(match role {
                Role::Aoc => "--reviewer 'aoc:NAME <E-MAIL>:KEY'",
                Role::Siad => "--reviewer 'siad:NAME <E-MAIL>:KEY'",
            });
            is_complete = false;
        }
    }
    if is_complete { Ok(reviewers) } else { interview.refuse() }
}

/// A reviewer, when there is another.
fn asked(role: Role, interview: &mut Interview) -> Result<Option<NewReviewer>> {
    let name = tr!(
        "Who reviews for {role}? (a name; nothing: nobody else for now)",
        role = role_name(role)
    );
    let Some(name) = interview.may(&open("--reviewer", name), reviewer::read_name)? else {
        return Ok(None);
    };
    let email = open("--reviewer", tr!("The e-mail of {name}, as in their commits?", name = &name));
    let email = interview.need(None, &email, reviewer::read_email)?;
    let key = tr!("Their SSH public key? (the line of the `.pub` file, or its path)");
    let key = interview.need(None, &open("--reviewer", key), reviewer::read_key)?;
    Ok(email.zip(key).map(|(email, key)| NewReviewer { name, email, role, key }))
}

fn next(root: &Path) -> Vec<Text> {
    let folder = shown(root);
    let mut next = Vec::new();
    if crate::files::repo::find_root(root).is_ok() && root.join(".git").exists() {
        next.push(tr!("`git add -A && git commit -m \"The inventory\"`"));
    } else if folder == "." {
        next.push(tr!("`git init -b main && git add -A && git commit -m \"The inventory\"`"));
    } else {
        next.push(tr!(
            "`cd {folder} && git init -b main && git add -A && git commit -m \"The inventory\"`",
            folder = folder
        ));
    }
    next.push(tr!("put the CA that issues the seals into `inventory/trust/`, in PEM"));
    next.push(tr!("bring in the bodies, with `segell import FILE.csv` or `segell add ens`"));
    next
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
