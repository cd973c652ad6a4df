//! `expected-file`.

use crate::checklist::rules::Draft;
use crate::files::repo::Kind as Entry;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::step::At;
use crate::inventory::{Problem, Trouble};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "expected-file",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "nothing lies in `inventory/` that the contract does not name; everything is a plain, readable file of moderate size"
    ),
    why: tr!(
        "a file in the wrong place, or with a misspelt name, is a certificate or a batch that nobody checks; a link shows a reviewer one thing and loads another"
    ),
    mend: tr!("move or rename the file as the contract says, or delete it"),
};

pub fn check(problem: &Problem) -> Option<Draft> {
    let (message, help) = match &problem.trouble {
        Trouble::Unnamed => (
            tr!("the file has no place in an inventory"),
            tr!(
                "rename it (ids are `a` to `z`, digits and `-`; batches `<NN>-<slug>.yaml`), move it, or delete it; git-ignored files are skipped"
            ),
        ),
        Trouble::NoRecord => (
            tr!("the certificate has no record beside it"),
            tr!("write the `.yaml` of the same name, or delete the `.pem`"),
        ),
        Trouble::Unread(why) => (
            tr!("the file cannot be read: {reason}", reason = why.to_string()),
            tr!(
                "make it readable, and no larger than 1 MiB (evidence and revocation lists: 10 MiB)"
            ),
        ),
        Trouble::Beyond(excess) => (
            excess.clone(),
            tr!(
                "take out what does not belong here; `git log --stat -- inventory` shows where it came from"
            ),
        ),
        Trouble::Misplaced(kind) => misplaced(*kind),
        _ => return None,
    };
    Some(Draft::at(problem.place(), message).help(help))
}

fn misplaced(kind: Entry) -> (crate::base::text::Text, crate::base::text::Text) {
    let plain = tr!("put a plain file in its place");
    match kind {
        Entry::Executable => (
            tr!("the file is executable"),
            tr!("take the bit away: `git update-index --chmod=-x FILE`, and `chmod -x FILE`"),
        ),
        Entry::Symlink => (tr!("this is a symbolic link, which is not followed"), plain),
        Entry::Submodule => {
            (tr!("this is another repository"), tr!("copy its files here, or remove it"))
        }
        Entry::Special => (tr!("this is a pipe, a socket or a device"), plain),
        Entry::NotUtf8 => (tr!("the file's name is not UTF-8"), tr!("rename it")),
        Entry::Twice => (
            tr!("a git tree holds this name twice, so tools read different things"),
            tr!("write the commit again with plain git; `git fsck` names the tree"),
        ),
        Entry::Misnamed => (
            tr!("a git tree gives it a name that no file can have"),
            tr!("write the commit again with plain git; `git fsck` names the tree"),
        ),
        Entry::LookAlike => (
            tr!(
                "the name differs from another in upper and lower case alone, so many disks keep only one of the two"
            ),
            tr!("rename one of the two, or delete it"),
        ),
        Entry::TooDeep => (tr!("the folders are nested too deep"), tr!("move the files up")),
        Entry::Unlistable => (
            tr!(
                "the folder cannot be listed; nothing else was looked at, for what it holds would seem to be missing"
            ),
            tr!("make it readable; if it is a commit's, run `git fetch --refetch --no-filter`"),
        ),
        Entry::File => (tr!("the file has no place in an inventory"), plain),
    }
}
