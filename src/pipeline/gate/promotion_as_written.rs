//! `promotion-as-written`.

use anyhow::Result;

use super::{Record, Refusal, again, shown};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::checklist::rules::gate::promotion_as_written::RULE;
use crate::files::objects::{ObjectType, Oid};
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Commit, Draft, Git, short};
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
        return Ok(Err(no_promotion(environment, new)));
    };
    if let Some(message) = misplaced(git, old, (from, commit), new)? {
        return refuse(message);
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
                from = short(from)
            ));
        }
    };
    let message = promotion::message(said, &signed);
    let Some(day) = new.day().filter(|_| new.author.is_plain() && new.committer.is_plain()) else {
        return refuse(otherwise(new));
    };
    match git.object(new.id, ObjectType::Commit)? == anew(new, &message).encode() {
        true => Ok(Ok(Record { promotion: new.clone(), day, words })),
        false => refuse(otherwise(new)),
    }
}

/// What has not two parents.
fn no_promotion(environment: Environment, new: &Commit) -> Refusal {
    let help = tr!(
        "if the branch begins with it, compare it with what the administrator told you, and list it here: `git config --add segell.{environment}.root {root}`; else promote again with `segell promote`",
        environment = environment.word(),
        root = new.id.to_string()
    );
    let message = tr!(
        "{commit} is no promotion: it has not two parents; nor is it a root that is listed here",
        commit = shown(new)
    );
    Refusal::new(&RULE, message, help)
}

/// Why it is not the next commit of the branch, with the tree of what it merges.
fn misplaced(
    git: &Git,
    old: Oid,
    (from, commit): (Oid, Oid),
    new: &Commit,
) -> Result<Option<Text>> {
    let id = shown(new);
    if from != old {
        let tip = short(old);
        return Ok(Some(tr!(
            "{commit} does not follow the branch's tip {tip}",
            commit = id,
            tip = tip
        )));
    }
    let merged = git.commit(commit)?;
    let other = || tr!("{commit} has another tree than {main}", commit = id, main = shown(&merged));
    Ok((new.tree != merged.tree).then(other))
}

/// The promotion as segell writes it, with that message.
fn anew<'a>(new: &'a Commit, message: &'a str) -> Draft<'a> {
    Draft {
        tree: new.tree,
        parents: &new.parents,
        author: &new.author.line,
        committer: &new.committer.line,
        message,
    }
}

fn otherwise(new: &Commit) -> Text {
    tr!(
        "{commit} holds more or other words than its approvals give; segell writes it otherwise",
        commit = shown(new)
    )
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
