//! The approvals that have been handed over in `refs/approvals/`. They are transport: what counts
//! is what verifies.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::objects::{ObjectType, Oid};
use crate::pipeline::gate::{Approved, Approvers, Case};
use crate::pipeline::git::Git;
use crate::pipeline::promotion::{Approval, LARGEST_APPROVAL, Statement};

/// The approvals of one statement that have come in.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Those that count, one a person, in the order of the policy.
    pub good: Vec<Approved>,
    /// Why others do not.
    pub bad: Vec<Text>,
    /// Other commits, from the same tip, that somebody has approved.
    pub elsewhere: BTreeSet<Oid>,
}

/// Gathers the approvals of `statement`.
///
/// # Errors
/// When refs cannot be read. What is no approval is passed over.
pub fn gather(git: &Git, approvers: &Approvers, statement: &Statement) -> Result<Gathered> {
    let mut gathered = Gathered::default();
    let folder = format!("refs/approvals/{}/", statement.environment.word());
    for (_, id) in git.references(&folder)? {
        let Some((said, approval)) = read(git, id) else { continue };
        if said != *statement {
            let is_sibling = said.from == statement.from && said.commit != statement.commit;
            if is_sibling && approvers.accept(&said, &approval).is_ok() {
                gathered.elsewhere.insert(said.commit);
            }
            continue;
        }
        match approvers.accept(statement, &approval) {
            Ok(reviewer) => gathered.good.push(Approved { reviewer, approval }),
            Err(why) => gathered.bad.push(why),
        }
    }
    let order = |approved: &Approved| {
        approvers.all().iter().position(|reviewer| reviewer.email == approved.reviewer.email)
    };
    // Of several by one person, the one that lasts longest.
    gathered
        .good
        .sort_by_key(|approved| (order(approved), std::cmp::Reverse(approved.approval.expires)));
    gathered.good.dedup_by(|a, b| a.reviewer.email == b.reviewer.email);
    Ok(gathered)
}

/// The statements of which somebody's approval counts, and that say what `statement` does, for PRO
/// whatever tip of `env/pre` they rest on.
///
/// # Errors
/// When refs cannot be read. What is no approval is passed over.
pub fn statements(
    git: &Git,
    approvers: &Approvers,
    statement: &Statement,
) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    let folder = format!("refs/approvals/{}/", statement.environment.word());
    for (_, id) in git.references(&folder)? {
        let Some((said, approval)) = read(git, id) else { continue };
        let is_same = Statement { pre: statement.pre, ..said.clone() } == *statement;
        let is_new = is_same && !statements.contains(&said);
        if is_new && approvers.accept(&said, &approval).is_ok() {
            statements.push(said);
        }
    }
    Ok(statements)
}

/// The statements about the same tip of the branch, with whose approvals of each count, one a person.
///
/// # Errors
/// When refs cannot be read. What is no approval is passed over.
pub fn from_tip(
    git: &Git,
    approvers: &Approvers,
    case: &Case,
) -> Result<Vec<(Statement, Vec<Approved>)>> {
    let mut found: Vec<(Statement, Vec<Approved>)> = Vec::new();
    let folder = format!("refs/approvals/{}/", case.environment.word());
    for (_, id) in git.references(&folder)? {
        let Some((said, approval)) = read(git, id) else { continue };
        if said.from != case.from.id {
            continue;
        }
        let Ok(reviewer) = approvers.accept(&said, &approval) else { continue };
        let place = found.iter().position(|(known, _)| *known == said).unwrap_or_else(|| {
            found.push((said, Vec::new()));
            found.len() - 1
        });
        let approved = &mut found[place].1;
        if !approved.iter().any(|known| known.reviewer.email == reviewer.email) {
            approved.push(Approved { reviewer, approval });
        }
    }
    Ok(found)
}

fn read(git: &Git, id: Oid) -> Option<(Statement, Approval)> {
    let (size, kind) = git.header(id).ok()?;
    if kind != ObjectType::Blob || size > LARGEST_APPROVAL {
        return None;
    }
    Approval::from_blob(&git.object(id, ObjectType::Blob).ok()?)
}
