//! `segell add reviewer`.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use super::holiday::POLICY;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::open;
use crate::commands::change::init::reviewer::{NewReviewer, read_email, read_key, read_name};
use crate::commands::change::writing::Writing;
use crate::commands::word::one_of;
use crate::edit::Value;
use crate::files::signature::Key;
use crate::inventory::finding::Finding;
use crate::inventory::model::{Reviewer, Role};
use crate::tr;

/// Add somebody who approves; or the key that takes the place of theirs
///
/// A new reviewer counts once a promotion holds this policy. To change a key, `--next-key` adds the
/// new one; once PRE and PRO hold it, `segell correct` makes it the `signing_key`.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// For whom they approve
    #[arg(long, value_parser = one_of::<Role>())]
    role: Option<Role>,
    /// Their name
    #[arg(long)]
    name: Option<String>,
    /// Their e-mail, as in their commits
    #[arg(long, value_name = "E-MAIL")]
    email: Option<String>,
    /// Their SSH public key: the line, or the path of a `.pub` file
    #[arg(long)]
    key: Option<String>,
    /// Of one who is there: the key that takes the place of theirs, likewise
    #[arg(long, value_name = "KEY", conflicts_with_all = ["role", "name", "key"])]
    next_key: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let policy = inventory.policy.as_deref();
    let policy = policy.context(tr!("there is no policy that can be read"))?;
    let mut interview = Interview::begin();
    let email = open("--email E-MAIL", tr!("Their e-mail?"));
    let email = interview.need(arguments.email.as_ref(), &email, read_email)?;
    let concerns = |finding: &Finding| &*finding.place.file == POLICY;
    if let Some(key) = &arguments.next_key {
        let Some(email) = email else { return interview.refuse() };
        let mut all = policy.reviewers.iter();
        let place = all.position(|it| it.email.as_str().eq_ignore_ascii_case(&email));
        let place =
            place.with_context(|| tr!("no reviewer has the e-mail `{email}`", email = &email))?;
        let key = Value::text(read_key(key)?.to_openssh());
        changes.edit(POLICY, |it| it.set(&format!("/reviewers/{place}/next_key"), &key))?;
        let next = tr!(
            "commit it and open a pull request; when PRE and PRO hold it: `segell correct policy reviewers {email} signing_key KEY`, and `segell correct --remove policy reviewers {email} next_key`",
            email = email
        );
        return arguments.writing.finish(&changes, concerns, &[next]);
    }
    let Some(new) = asked(arguments, email, &mut interview)? else { return interview.refuse() };
    let mut all = policy.reviewers.iter();
    match all.find(|known| known.email.as_str().eq_ignore_ascii_case(&new.email)) {
        Some(known) => ensure!(
            is_same(known, &new),
            tr!(
                "`{email}` is a reviewer already, with another name, role or key; another key is `--next-key`, all else `segell correct policy reviewers {email} FIELD VALUE`",
                email = &new.email
            )
        ),
        None => changes.edit(POLICY, |policy| policy.append("/reviewers", &new.to_value()))?,
    }
    let next = tr!(
        "commit it and open a pull request; they approve once PRE and PRO hold this policy; `segell codeowners` says whom a forge asks"
    );
    arguments.writing.finish(&changes, concerns, &[next])
}

fn asked(
    arguments: &Arguments,
    email: Option<String>,
    interview: &mut Interview,
) -> Result<Option<NewReviewer>> {
    let mut role = open("--role ROLE", tr!("For whom do they approve?"));
    role.choices = Role::BOTH.map(|role| role.word().to_owned()).to_vec();
    let role = interview.need(arguments.role.as_ref(), &role, |word| {
        Role::read(word).ok_or_else(|| tr!("a role is `aoc` or `siad`"))
    })?;
    let name = open("--name NAME", tr!("Their name?"));
    let name = interview.need(arguments.name.as_ref(), &name, read_name)?;
    let key =
        open("--key KEY", tr!("Their SSH public key? (the line, or the path of a `.pub` file)"));
    let given = arguments.key.as_deref().map(read_key).transpose()?;
    let key: Option<Key> = interview.need(given.as_ref(), &key, read_key)?;
    let (Some(email), Some(role), Some(name), Some(key)) = (email, role, name, key) else {
        return Ok(None);
    };
    let (name, email) = (read_name(&name)?, read_email(&email)?);
    Ok(Some(NewReviewer { name, email, role, key }))
}

fn is_same(known: &Reviewer, new: &NewReviewer) -> bool {
    let key = Key::read(known.signing_key.as_str());
    known.name.as_str() == new.name
        && known.role == new.role
        && key.is_ok_and(|key| key.to_openssh() == new.key.to_openssh())
}
