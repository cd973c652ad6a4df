//! `reviewed-by-aoc-and-siad`.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Case, Judge, Refusal};
use crate::base::text::{Text, names};
use crate::base::time::plus_days;
use crate::checklist::rules::gate::reviewed_by_aoc_and_siad::RULE;
use crate::files::objects::Oid;
use crate::files::signature::Key;

use crate::inventory::model::Role;
use crate::pipeline::git::Git;
use crate::pipeline::promotion::{Approval, Statement};
use crate::pipeline::reviewer::{Reviewer, policy_at, reviewers_at, role_name, whose};
use crate::tr;

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
    let Some(record) = case.record() else { return Ok(Vec::new()) };
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
    /// As `main` lists them: one of these lists must have the key in the same role.
    by_main: Vec<Vec<Reviewer>>,
    /// Of a promotion of the past, what it brought.
    since: Option<Oid>,
    day: jiff::civil::Date,
}

/// Whose approvals count for a case: read from the policy at the branch's tip, each key only while
/// the tip of `main` lists it in the same role. Of a promotion of the past, while some commit of
/// `main` from what it brought on does: else it never passed the gate.
///
/// # Errors
/// When one of the policies cannot be read.
pub fn approvers(judge: &mut Judge<'_>, case: &Case) -> Result<Approvers> {
    let listed = reviewers_at(judge.git, &case.from)?;
    let since = case.is_past().then_some(case.commit.id);
    let mut approvers = Approvers { listed, by_main: Vec::new(), since, day: case.today };
    let record = case.record().filter(|_| case.is_past());
    let Some(record) = record else {
        approvers.by_main.push(reviewers_at(judge.git, &judge.git.commit(judge.main.tip)?)?);
        return Ok(approvers);
    };
    approvers.by_main.push(reviewers_at(judge.git, &case.commit)?);
    let mut keys = record.words.approvals.iter().map(|approval| approval.signature.key());
    if keys.any(|key| approvers.lacks(&key)) {
        approvers.by_main.extend(lists_since(judge, case.commit.id)?);
    }
    Ok(approvers)
}

/// The lists of reviewers that `main` has had from a commit on, each policy once.
fn lists_since(judge: &mut Judge<'_>, commit: Oid) -> Result<Vec<Vec<Reviewer>>> {
    let (git, tip) = (judge.git, judge.main.tip);
    let mut seen = BTreeSet::new();
    let mut lists = Vec::new();
    for &id in judge.main.between(tip, commit)? {
        let commit = git.commit(id)?;
        if policy_at(git, &commit)?.is_some_and(|policy| seen.insert(policy)) {
            // A policy that cannot be read lists nobody.
            lists.extend(reviewers_at(git, &commit).ok());
        }
    }
    Ok(lists)
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
        if !self.is_on_main(reviewer, &key) {
            let role = role_name(reviewer.role);
            return Err(match self.since {
                None => tr!(
                    "`main` no longer lists {key} of {name} for {role}",
                    key = &fingerprint,
                    name = name,
                    role = role
                ),
                Some(commit) => tr!(
                    "{key} of {name} for {role} had left `main` before {commit}",
                    key = &fingerprint,
                    name = name,
                    role = role,
                    commit = crate::pipeline::git::short(commit)
                ),
            });
        }
        Ok(reviewer.clone())
    }

    /// Whether `main` lists a reviewer's key in the same role.
    fn is_on_main(&self, reviewer: &Reviewer, key: &Key) -> bool {
        let lists = |list: &Vec<Reviewer>| {
            whose(list, key).is_some_and(|listed| listed.role == reviewer.role)
        };
        self.by_main.iter().any(lists)
    }

    /// Whether a key is a reviewer's whom `main`, as far as it is known here, does not list so.
    fn lacks(&self, key: &Key) -> bool {
        whose(&self.listed, key).is_some_and(|reviewer| !self.is_on_main(reviewer, key))
    }

    /// Who has this key and may approve today.
    pub fn with_key(&self, key: &Key) -> Option<&Reviewer> {
        whose(&self.listed, key).filter(|reviewer| self.is_on_main(reviewer, key))
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
    let authors = git.authors(case.held.id, case.commit.id)?;
    let wrote = |reviewer: &&&Reviewer| authors.emails.iter().any(|email| reviewer.is_at(email));
    let others = people.iter().filter(|reviewer| !wrote(reviewer)).count();
    if others < 2 && refusals.is_empty() {
        let writers: Vec<&str> =
            people.iter().filter(wrote).map(|reviewer| reviewer.name.as_str()).collect();
        let another = tr!("ask another reviewer, of AOC or of SIAD, to approve as well");
        let (message, help) = match writers.is_empty() {
            true => (tr!("fewer than two people have approved"), another),
            false => (
                tr!(
                    "{writers} wrote part of what is promoted, so fewer than two others have approved",
                    writers = names(writers)
                ),
                tr!(
                    "ask another reviewer, of AOC or of SIAD, to approve as well; or promote an earlier commit of `main` first, from before what they wrote"
                ),
            ),
        };
        refusals.push(Refusal::new(&RULE, message, help));
    }
    Ok(refusals)
}
