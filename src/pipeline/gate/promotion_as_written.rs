//! `promotion-as-written`.

use crate::files::objects::{ObjectType, Oid};
use anyhow::Result;

use super::{Record, Refusal, again, shown};
use crate::base::word::Word;
use crate::checklist::rules::gate::promotion_as_written::RULE;
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Commit, Draft, Git};
use crate::pipeline::promotion::{self, Signed};
use crate::pipeline::reviewer::{reviewers_at, whose};
use crate::tr;

/// What the promotion `new` of the tip `old` says, when it is written as it must be.
pub fn check(
    git: &Git,
    environment: Environment,
    old: Oid,
    new: &Commit,
) -> Result<Result<Record, Refusal>> {
    let refuse = |message| Ok(Err(Refusal::new(&RULE, message, again())));
    let id = shown(new);
    let &[from, commit] = new.parents.as_slice() else {
        let help = tr!(
            "if the branch begins with it, compare it with what the administrator told you, and list it here: `git config --add segell.{environment}.root {root}`; else promote again with `segell promote`",
            environment = environment.word(),
            root = new.id.to_string()
        );
        let message = tr!(
            "{commit} is no promotion: it has not two parents; nor is it a root that is listed here",
            commit = &id
        );
        return Ok(Err(Refusal::new(&RULE, message, help)));
    };
    if from != old {
        return refuse(tr!(
            "{commit} does not follow the branch's tip {tip}",
            commit = &id,
            tip = crate::pipeline::git::short(old)
        ));
    }
    let merged = git.commit(commit)?;
    if new.tree != merged.tree {
        return refuse(tr!(
            "{commit} has another tree than {main}",
            commit = &id,
            main = shown(&merged)
        ));
    }
    let Some(words) = promotion::read(new) else {
        return refuse(tr!("the message of {commit} is not a promotion's", commit = &id));
    };
    let said = &words.statement;
    if (said.environment, said.from, said.commit) != (environment, from, commit) {
        return refuse(tr!(
            "the message of {commit} speaks of another environment, branch's tip or commit",
            commit = &id
        ));
    }
    let signed = match named(git, from, &words)? {
        Ok(signed) => signed,
        Err(fingerprint) => {
            return refuse(tr!(
                "an approval in {commit} was signed with {key}, which is no reviewer's in the policy at {from}",
                commit = &id,
                key = &fingerprint,
                from = crate::pipeline::git::short(from)
            ));
        }
    };
    let message = promotion::message(&words.statement, &signed);
    let anew = Draft {
        tree: new.tree,
        parents: &new.parents,
        author: &new.author.line,
        committer: &new.committer.line,
        message: &message,
    };
    let people_are_plain = new.author.is_plain() && new.committer.is_plain();
    let as_written = git.object(new.id, ObjectType::Commit)? == anew.encode();
    let Some(day) = new.day().filter(|_| people_are_plain && as_written) else {
        return refuse(tr!(
            "{commit} holds more or other words than its approvals give; segell writes it otherwise",
            commit = &id
        ));
    };
    Ok(Ok(Record { promotion: new.clone(), day, words }))
}

/// The approvals, named as in the policy at `from`; or the fingerprint of a key that is nobody's.
fn named(git: &Git, from: Oid, record: &promotion::Record) -> Result<Result<Vec<Signed>, String>> {
    let reviewers = reviewers_at(git, &git.commit(from)?)?;
    let mut signed = Vec::new();
    for approval in &record.approvals {
        let key = approval.signature.key();
        let Some(reviewer) = whose(&reviewers, &key) else { return Ok(Err(key.fingerprint())) };
        let (name, email) = (reviewer.name.clone(), reviewer.email.clone());
        signed.push(Signed { name, email, approval: approval.clone() });
    }
    Ok(Ok(signed))
}
