//! `segell codeowners`.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::commands::Root;
use crate::commands::tool::generated;
use crate::files::repo;
use crate::inventory::load;
use crate::inventory::model::Policy;
use crate::inventory::model::identifier::is_email;
use crate::tr;

/// Write `.github/CODEOWNERS` from the policy's reviewers
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    root: Root,
    /// Write nothing; exit with 1 when the file is not what would be written
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = arguments.root.find()?;
    let mut tree = repo::working_tree(&root)?;
    tree.entries.retain(|entry| entry.path == "inventory/policy.yaml");
    let policy = load::load(&tree).policy;
    let policy = policy.context(tr!("no policy that can be read; see `segell check`"))?;
    let files = [("CODEOWNERS".to_owned(), owners(&policy))];
    generated::write_or_check(&root.join(".github"), &files, arguments.check)
}

/// Everybody who may approve owns everything: the gate counts approvals, this file only asks for them.
pub fn owners(policy: &Policy) -> String {
    let mut emails: Vec<&str> = policy.reviewers.iter().map(|it| it.email.as_str()).collect();
    emails.retain(|email| is_email(email));
    emails.sort_unstable();
    let emails = emails.join(" ");
    format!("# Written by `segell codeowners` from the policy's reviewers.\n* {emails}\n")
}
