//! `segell site`.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result};

use crate::base::digest::Sha256;
use crate::base::time::plus_days;
use crate::checklist::forecast::{AHEAD, Forecast};
use crate::checklist::progress::Overview;
use crate::checklist::rules;
use crate::commands::inventory_at;
use crate::commands::look::view::{phases, tell_broken};
use crate::commands::out::say;
use crate::commands::pipeline::place::{Place, Roots};
use crate::edit::folder::{Folder, SUMS};
use crate::inventory::finding::Environment;
use crate::inventory::survey::Survey;
use crate::pipeline::gate::{self, Judge, Snapshots};
use crate::pipeline::git::Git;
use crate::pipeline::log::Log;
use crate::planning::plan::Plan;
use crate::tr;
use crate::views::pages::{Given, Record, Site, is_own};
use crate::views::status::{Filter, Status};
use crate::views::today::Today;

/// Write pages for a browser: what is due, each ens with all its history, the approval record
///
/// In Catalan, Spanish and English, with no request to anywhere. Codes, NIFs and tickets stand in them, so
/// they are for those who work with them: see docs/pages.md.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    roots: Roots,
    /// The folder that is written, whole or not at all; what an earlier site left there is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Look at this commit's tree, without a checkout
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// Say too what changes since this commit; the pages are of HEAD then, unless `--rev` names another
    #[arg(long, value_name = "REV")]
    base: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = arguments.place.folder()?;
    let git = Git::with_inventory(&root);
    let rev = arguments.rev.as_deref().or(arguments.base.as_ref().map(|_| "HEAD"));
    let inventory = inventory_at(&root, rev)?;
    tell_broken(&inventory);
    let today = arguments.place.today();
    let phases = phases(git.as_ref(), &inventory, today);
    let survey = Survey::of(&inventory, today);
    let outcome = rules::check(&survey);
    let overview = Overview::of(&survey, &outcome.findings);
    let status = Status::of(&survey, &outcome.findings, &phases, &Filter::default());
    let due = Today::of(&survey, &outcome.findings, &phases);
    let forecast = Forecast::of(&survey, plus_days(today, AHEAD));
    let records = records(git.as_ref(), &arguments.roots.of(None)?)?;
    let plan = plan(git.as_ref(), arguments.base.as_deref(), rev, today)?;
    let commit = match (&git, rev) {
        (Some(git), Some(rev)) => Some(git.find(rev)?.to_string()),
        (None, Some(rev)) => Some(rev.to_owned()),
        (_, None) => None,
    };
    let site = Site::of(Given {
        survey: &survey,
        outcome: &outcome,
        overview: &overview,
        status: &status,
        today: &due,
        forecast: &forecast,
        records: &records,
        plan: plan.as_ref(),
        commit,
    });
    let count = write(&site, &arguments.out)?;
    let (folder, page) = (arguments.out.display().to_string(), arguments.out.join("index.html"));
    say(tr!(
        "{count} files in `{folder}`; open `{page}`",
        count = count,
        folder = folder,
        page = page.display().to_string()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Writes the site and the sums of its files; how many there are.
fn write(site: &Site<'_, '_>, out: &Path) -> Result<usize> {
    let cannot_write = || tr!("cannot write `{folder}`", folder = out.display().to_string());
    let folder = Folder::begin(out, is_own)?;
    let sums = Mutex::new(BTreeMap::new());
    site.write(&|path, text| {
        let sum = Sha256::of(text.as_bytes());
        sums.lock().expect("no thread panics with it").insert(path.to_owned(), sum);
        folder.put(path, text.as_bytes())
    })
    .with_context(cannot_write)?;
    let sums = sums.into_inner().expect("no thread panicked with it");
    let lines: String = sums.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
    // The disk is not waited for: what the pages show can be made again.
    folder.put(SUMS, lines.as_bytes()).with_context(cannot_write)?;
    folder.finish()?;
    Ok(sums.len() + 1)
}

/// The record of each environment that has a branch here; verified where roots are listed for it, and for PRO
/// for PRE too.
fn records(git: Option<&Git>, roots: &gate::Roots) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    let mut listed = true;
    for environment in Environment::BOTH {
        let mut log = None;
        if let Some(git) = git {
            listed &= roots.clone().with_configured(git)?.lists(environment);
            if git.branch(&environment.branch())?.is_some() {
                let mut judges = [Judge::new(git, environment, roots)?];
                log = Some(Log::of(&mut judges, listed, false)?);
            }
        }
        records.push(Record { environment, log });
    }
    Ok(records)
}

/// What changes since `base`.
fn plan(
    git: Option<&Git>,
    base: Option<&str>,
    rev: Option<&str>,
    today: jiff::civil::Date,
) -> Result<Option<Plan>> {
    let (Some(base), Some(rev)) = (base, rev) else { return Ok(None) };
    let none = || tr!("`--base` needs a git repository with `inventory/` at its top");
    let git = git.with_context(none)?;
    let (base, head) = (git.commit(git.find(base)?)?, git.commit(git.find(rev)?)?);
    let mut snapshots = ManuallyDrop::new(Snapshots::new(git));
    Plan::between(git, &mut snapshots, &base, &head, today).map(Some)
}
