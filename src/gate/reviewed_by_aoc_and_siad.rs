//! `reviewed-by-aoc-and-siad`.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use git2::Oid;

use super::{Case, Judge, Refusal, shown};
use crate::finding::{Kind, Rule};
use crate::git::Git;
use crate::model::Role;
use crate::promotion::{Approval, Statement};
use crate::reviewer::{Reviewer, reviewers_at, role_name, whose};
use crate::text::{Text, names};
use crate::time::plus_days;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "reviewed-by-aoc-and-siad",
    kind: Kind::Gate,
    holds: tr!(
        "every approval verifies and has not expired; AOC and SIAD are among them; two at least are by people who wrote nothing of what is promoted"
    ),
    why: tr!("no one body, and no one alone, decides what signs citizens' data requests"),
    mend: tr!("ask the reviewers who are missing to run `segell approve`, and promote again"),
};

/// The most days ahead that an approval may expire.
pub const LONGEST: i64 = 31;

/// An approval that counts, and whose it is.
#[derive(Clone, Debug)]
pub struct Approved {
    /// Who approved.
    pub reviewer: Reviewer,
    /// The approval.
    pub approval: Approval,
}

/// The approvals in a promotion, all of which must be good.
pub fn check(judge: &mut Judge<'_>, case: &Case) -> Result<Vec<Refusal>> {
    let Some(record) = &case.record else { return Ok(Vec::new()) };
    let approvers = approvers(judge, case)?;
    let mut approved = Vec::new();
    let mut refusals = Vec::new();
    for approval in &record.words.approvals {
        match approvers.accept(&record.words.statement, approval) {
            Ok(reviewer) => approved.push(Approved { reviewer, approval: approval.clone() }),
            Err(message) => refusals.push(Refusal::new(&RULE, message, ask_again())),
        }
    }
    let mut seen = BTreeSet::new();
    for Approved { reviewer, .. } in &approved {
        if !seen.insert(reviewer.email.to_lowercase()) {
            let message = tr!("{name} approves twice", name = &reviewer.name);
            refusals.push(Refusal::new(&RULE, message, ask_again()));
        }
    }
    if refusals.is_empty() {
        let people: Vec<&Reviewer> = approved.iter().map(|approved| &approved.reviewer).collect();
        refusals.extend(missing(judge.git, case, &people)?);
    }
    Ok(refusals)
}

fn ask_again() -> Text {
    tr!("ask them to approve again with `segell approve`, and promote again")
}

/// Whose approvals count.
pub struct Approvers {
    /// As the policy at the branch's tip lists them.
    listed: Vec<Reviewer>,
    /// As the tip of `main` lists them today; none for a promotion of the past.
    today: Option<Vec<Reviewer>>,
    day: jiff::civil::Date,
}

/// Whose approvals count for a case: read from the policy at the branch's tip, each key only while
/// the tip of `main` lists it in the same role.
///
/// # Errors
/// When one of the two policies cannot be read.
pub fn approvers(judge: &Judge<'_>, case: &Case) -> Result<Approvers> {
    let listed = reviewers_at(judge.git, &case.from)?;
    let main = || reviewers_at(judge.git, &judge.git.commit(judge.main.tip)?);
    let today = if case.is_history { None } else { Some(main()?) };
    Ok(Approvers { listed, today, day: case.today })
}

impl Approvers {
    /// Who gave an approval of `statement`, or why it does not count.
    ///
    /// # Errors
    /// When it does not count.
    pub fn accept(&self, statement: &Statement, approval: &Approval) -> Result<Reviewer, Text> {
        let key = approval.signature.key();
        let fingerprint = key.fingerprint();
        let Some(reviewer) = whose(&self.listed, &key) else {
            return Err(tr!("{key} is no reviewer's key", key = &fingerprint));
        };
        let name = &reviewer.name;
        if !approval.verifies(statement) {
            return Err(tr!("the signature of {name} is not of this", name = name));
        }
        if approval.expires < self.day {
            return Err(tr!(
                "the approval of {name} expired on {day}",
                name = name,
                day = approval.expires
            ));
        }
        if approval.expires > plus_days(self.day, LONGEST) {
            return Err(tr!(
                "the approval of {name} lasts until {day}, more than {most} days",
                name = name,
                day = approval.expires,
                most = LONGEST
            ));
        }
        if let Some(today) = &self.today
            && whose(today, &key).is_none_or(|now| now.role != reviewer.role)
        {
            return Err(tr!(
                "`main` no longer lists {key} of {name} for {role}",
                key = &fingerprint,
                name = name,
                role = role_name(reviewer.role)
            ));
        }
        Ok(reviewer.clone())
    }

    /// Who has this key and may approve today.
    pub fn with_key(&self, key: &crate::signature::Key) -> Option<&Reviewer> {
        let reviewer = whose(&self.listed, key)?;
        let counts =
            |today: &Vec<Reviewer>| whose(today, key).is_some_and(|now| now.role == reviewer.role);
        self.today.as_ref().is_none_or(counts).then_some(reviewer)
    }

    /// All of them.
    pub fn all(&self) -> &[Reviewer] {
        &self.listed
    }
}

/// What is still missing besides the approvals of these people.
///
/// # Errors
/// When a commit between what the branch holds and what is promoted is missing.
pub fn missing(git: &Git, case: &Case, people: &[&Reviewer]) -> Result<Vec<Refusal>> {
    let mut refusals = Vec::new();
    for role in [Role::Aoc, Role::Siad] {
        if !people.iter().any(|reviewer| reviewer.role == role) {
            let message = tr!("nobody of {role} has approved", role = role_name(role));
            let help =
                tr!("ask a reviewer of {role} to run `segell approve`", role = role_name(role));
            refusals.push(Refusal::new(&RULE, message, help));
        }
    }
    let authors = authors(git, case.held.id, case.commit.id)?;
    let wrote = |reviewer: &&&Reviewer| authors.iter().any(|email| reviewer.is_at(email));
    let others = people.iter().filter(|reviewer| !wrote(reviewer)).count();
    if others < 2 && refusals.is_empty() {
        let writers: Vec<&str> =
            people.iter().filter(wrote).map(|reviewer| reviewer.name.as_str()).collect();
        let message = match writers.is_empty() {
            true => tr!("fewer than two people have approved"),
            false => tr!(
                "{writers} wrote part of what is promoted, so fewer than two others have approved",
                writers = names(writers)
            ),
        };
        let help = tr!("ask another reviewer, of AOC or of SIAD, to approve as well");
        refusals.push(Refusal::new(&RULE, message, help));
    }
    Ok(refusals)
}

/// The e-mails of those who wrote the commits, merges apart, that touch `inventory/` between what
/// the branch holds and what is promoted.
///
/// # Errors
/// When a commit is missing.
pub fn authors(git: &Git, held: Oid, commit: Oid) -> Result<BTreeSet<String>> {
    let mut authors = BTreeSet::new();
    for id in git.between(held, commit)? {
        let commit = git.commit(id)?;
        let before = match commit.parents.as_slice() {
            [] => None,
            [parent] => git.entry(git.commit(*parent)?.tree, "inventory")?,
            _ => continue,
        };
        if git.entry(commit.tree, "inventory")? == before {
            continue;
        }
        ensure!(
            !commit.author.email.is_empty(),
            tr!("{commit} has no author", commit = shown(&commit))
        );
        authors.insert(commit.author.email);
    }
    Ok(authors)
}
