//! `segell gate`.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::civil::Date;

use crate::base::word::Word;
use crate::commands::out::say;
use crate::commands::pipeline::place::{Place, Roots, commit_id, tell};
use crate::commands::word::one_of;
use crate::files::objects::Oid;
use crate::inventory::finding::Environment;
use crate::pipeline::gate::receive::{Update, receive};
use crate::pipeline::gate::{Judge, Snapshots};
use crate::pipeline::git::{Git, short};
use crate::pipeline::manifest;
use crate::tr;

/// Decide whether an environment's branch may move, from git's history alone
///
/// Exit code 0: it may; 1: it may not; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    roots: Roots,
    /// The environment
    #[arg(long, value_parser = one_of::<Environment>(), required_unless_present_any = ["pre_receive", "post_receive"])]
    env: Option<Environment>,
    /// What the branch points to now: a full commit id; 40 zeros when there is no such branch
    #[arg(long, value_name = "OLD", value_parser = commit_id, requires = "env")]
    base: Option<Oid>,
    /// What it is to point to: a full commit id
    #[arg(long, value_name = "NEW", value_parser = commit_id, required_unless_present_any = ["pre_receive", "post_receive"])]
    head: Option<Oid>,
    /// Run as git's pre-receive hook
    #[arg(long, conflicts_with_all = ["env", "post_receive", "roots", "repo"])]
    pre_receive: bool,
    /// Run as git's post-receive hook: write `manifests/*` from what the branches hold
    #[arg(long, conflicts_with_all = ["env", "roots", "repo"])]
    post_receive: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.pre_receive {
        return pre_receive(arguments.place.today());
    }
    if arguments.post_receive {
        return post_receive();
    }
    let (Some(env), Some(head)) = (arguments.env, arguments.head) else {
        anyhow::bail!(tr!("name the environment with `--env` and the new tip with `--head`"));
    };
    let git = arguments.place.git()?;
    let environment = env;
    let branch = environment.branch();
    let base = match arguments.base {
        Some(base) => Some(base).filter(|base| !base.is_zero()),
        None => git.branch(&branch)?,
    };
    let roots = arguments.roots.of(Some(environment))?;
    let verdict = Judge::new(&git, environment, &roots)
        .and_then(|mut judge| judge.judge(base, head, arguments.place.today()));
    match verdict {
        Ok(verdict) if verdict.refusals.is_empty() => {
            let passes = match verdict.is_root {
                true => tr!(
                    "`{branch}` may move to {commit}, a root",
                    branch = branch,
                    commit = short(head)
                ),
                false => {
                    tr!("`{branch}` may move to {commit}", branch = branch, commit = short(head))
                }
            };
            say(passes);
            Ok(ExitCode::SUCCESS)
        }
        Ok(verdict) => {
            tell(&verdict.refusals);
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            eprintln!("{}", tr!("refused: {why}", why = format!("{error:#}")));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The repository of a hook, which git tells by the environment alone.
fn hook(quarantine: bool) -> Result<Git> {
    let folder = std::env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let objects = std::env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from);
    Git::in_hook(&folder, objects.filter(|_| quarantine))
}

/// What git tells its hooks on standard input.
fn updates() -> Result<Vec<Update>> {
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text)?;
    let text = String::from_utf8(text).with_context(|| tr!("a ref's name is not UTF-8"))?;
    text.lines().map(Update::read).collect()
}

fn pre_receive(today: Date) -> Result<ExitCode> {
    let refused = receive(&hook(true)?, &updates()?, today);
    for refusal in &refused {
        let rule = refusal.rule.map(|rule| format!(" ({})", rule.name)).unwrap_or_default();
        let name = crate::base::text::visible(&refusal.name);
        eprintln!("segell: {name}{rule}: {}", refusal.message);
        if let Some(help) = &refusal.help {
            eprintln!("segell:   {}", tr!("help: {help}", help = help.clone()));
        }
    }
    Ok(ExitCode::from(u8::from(!refused.is_empty())))
}

fn post_receive() -> Result<ExitCode> {
    let git = hook(false)?;
    for update in updates()? {
        let (Some(environment), Some(tip)) = (update.environment(), update.new) else { continue };
        let name = format!("refs/heads/manifests/{}", environment.word());
        let added = manifest::follow(&git, &mut Snapshots::new(&git), environment, tip, &name)?;
        if let Some(&last) = added.last() {
            say(tr!("`{name}` is at {commit}", name = &name, commit = short(last)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
