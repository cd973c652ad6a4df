//! The words of a promotion: what is signed, and the message of the commit that records it.
//!
//! Each is written in one way only. Reading takes out what it can and writes it anew: what is not
//! the same, byte for byte, is no promotion.

use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::time::read_date;
use crate::base::word::Word;
use crate::files::objects::Oid;
use crate::files::signature::Signature;
use crate::inventory::finding::Environment;
use crate::pipeline::git::{Commit, full_id, short};

/// The first line of what is signed.
/// The first line of a statement, which fixes its form and its manifest's.
pub const VERSION: &str = "segell approval v1";

/// The largest approval that is stored, in bytes.
pub const LARGEST_APPROVAL: usize = 16 << 10;

/// What is approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The environment.
    pub environment: Environment,
    /// The tip of its branch until now.
    pub from: Oid,
    /// The commit of `main`.
    pub commit: Oid,
    /// The digest of the manifest that it yields.
    pub manifest: Sha256,
    /// For PRO, and only there: the tip of `env/pre` that it rests on.
    pub pre: Option<Oid>,
}

impl Statement {
    /// The lines that the record holds, each ended by LF: five for PRE, six for PRO.
    pub fn text(&self) -> String {
        let Statement { environment, from, commit, manifest, pre } = self;
        let environment = environment.word();
        let pre = pre.map(|pre| format!("pre: {pre}\n")).unwrap_or_default();
        format!(
            "{VERSION}\nenvironment: {environment}\nfrom: {from}\ncommit: {commit}\nmanifest: sha256:{manifest}\n{pre}"
        )
    }

    /// What a reviewer signs: those lines and the last day on which the approval counts.
    pub fn signed_text(&self, expires: Date) -> String {
        format!("{}expires: {expires}\n", self.text())
    }

    /// Reads those lines.
    fn read(lines: &mut std::str::Lines<'_>) -> Option<Statement> {
        lines.next().filter(|&line| line == VERSION)?;
        let environment = match lines.next()?.strip_prefix("environment: ")? {
            "pre" => Environment::Pre,
            "pro" => Environment::Pro,
            _ => return None,
        };
        let mut value = |name: &str| lines.next()?.strip_prefix(name);
        let from = full_id(value("from: ")?).ok()?;
        let commit = full_id(value("commit: ")?).ok()?;
        let manifest = Sha256::from_hex(value("manifest: sha256:")?)?;
        let pre = match environment {
            Environment::Pre => None,
            Environment::Pro => Some(full_id(value("pre: ")?).ok()?),
        };
        Some(Statement { environment, from, commit, manifest, pre })
    }
}

/// One reviewer's approval of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The last day on which it counts.
    pub expires: Date,
    /// The signature.
    pub signature: Signature,
}

impl Approval {
    /// Whether the key in it signed this statement until that day.
    pub fn verifies(&self, statement: &Statement) -> bool {
        self.signature.verifies(&statement.signed_text(self.expires))
    }

    /// The blob in `refs/approvals/`: the signed text and the armoured signature.
    pub fn to_blob(&self, statement: &Statement) -> String {
        statement.signed_text(self.expires) + &self.signature.armour()
    }

    /// Reads such a blob; none when it is not written exactly so.
    pub fn from_blob(bytes: &[u8]) -> Option<(Statement, Approval)> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.lines();
        let statement = Statement::read(&mut lines)?;
        let expires = read_date(lines.next()?.strip_prefix("expires: ")?)?;
        let armour = text.get(statement.signed_text(expires).len()..)?;
        let approval = Approval { expires, signature: Signature::from_armour(armour)? };
        (approval.to_blob(&statement) == text).then_some((statement, approval))
    }

    /// The ref under which it is handed over.
    pub fn reference(&self, statement: &Statement) -> String {
        let text = Sha256::of(statement.signed_text(self.expires).as_bytes());
        let environment = statement.environment.word();
        format!("refs/approvals/{environment}/{text}/{}", self.signature.key().sha256())
    }
}

/// An approval and whose it is, as the record names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The name in the policy.
    pub name: String,
    /// The e-mail in the policy.
    pub email: String,
    /// The approval.
    pub approval: Approval,
}

/// The message of the commit that promotes what `statement` says, with these approvals.
pub fn message(statement: &Statement, approvals: &[Signed]) -> String {
    let mut message = format!(
        "Promote {} to {}\n\n{}",
        short(statement.commit),
        statement.environment.word(),
        statement.text()
    );
    for (index, Signed { name, email, approval }) in approvals.iter().enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let Approval { expires, signature } = approval;
        message += &format!(
            "{gap}Approved-by: {name} <{email}>\nApproval: {expires} {}\n",
            signature.line
        );
    }
    message
}

/// What a promotion's message says, before it is known to say just that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was approved.
    pub statement: Statement,
    /// The approvals, in order.
    pub approvals: Vec<Approval>,
}

/// Reads the statement and the approvals out of a commit's message. The message is proved only
/// when [`message`] gives it anew.
pub fn read(commit: &Commit) -> Option<Record> {
    let text = std::str::from_utf8(&commit.message).ok()?;
    let mut lines = text.lines();
    lines.next()?.strip_prefix("Promote ")?;
    lines.next().filter(|line| line.is_empty())?;
    let statement = Statement::read(&mut lines)?;
    let mut approvals = Vec::new();
    for line in lines.filter_map(|line| line.strip_prefix("Approval: ")) {
        let (expires, signature) = line.split_once(' ')?;
        let expires = read_date(expires)?;
        approvals.push(Approval { expires, signature: Signature::from_line(signature)? });
    }
    Some(Record { statement, approvals })
}

/// What an environment's branch holds at `tip`: the commit of `main` that a promotion brought, or
/// the commit itself where it is none.
pub fn held(tip: &Commit) -> Oid {
    match (tip.parents.as_slice(), read(tip)) {
        (&[from, commit], Some(record))
            if record.statement.from == from && record.statement.commit == commit =>
        {
            commit
        }
        _ => tip.id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::git::Person;

    /// A signature by some key: of what, nobody asks here.
    const ARMOUR: &str = "\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg8kIufwHcrzrkN5mQvZ8A59JRWM
gO1Brccwx+KGka9p4AAAAGc2VnZWxsAAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1
NTE5AAAAQJ6mhLXfgK44mvkIerQ6QzCzESQ+wuq3zpXsBb5Xq8xbv1muQKlIGP27F6sCYR
s9MeGoWh7YCaMfi42kZlZdgAk=
-----END SSH SIGNATURE-----
";

    fn id(digit: char) -> Oid {
        Oid::from_str(&digit.to_string().repeat(40)).unwrap()
    }

    fn statement() -> Statement {
        Statement {
            environment: Environment::Pro,
            from: id('a'),
            commit: id('b'),
            manifest: Sha256::of(b"manifest"),
            pre: Some(id('9')),
        }
    }

    fn approval() -> Approval {
        let signature = Signature::from_armour(ARMOUR).unwrap();
        Approval { expires: jiff::civil::date(2026, 11, 30), signature }
    }

    /// A commit with these parents and this message.
    fn commit(parents: &[Oid], message: &str) -> Commit {
        let person = Person::default();
        Commit {
            id: id('c'),
            tree: id('d'),
            parents: parents.to_vec(),
            author: person.clone(),
            committer: person,
            message: message.into(),
        }
    }

    #[test]
    fn an_approval_is_read_only_as_it_is_written() {
        let blob = approval().to_blob(&statement());
        let read = |text: &str| Approval::from_blob(text.as_bytes());
        assert_eq!(read(&blob), Some((statement(), approval())));
        for altered in [
            format!("{blob}\n"),
            format!(" {blob}"),
            blob.replace('\n', "\r\n"),
            blob.replace("-----BEGIN", "\n-----BEGIN"),
            blob.replace("approval v1", "approval v2"),
            blob.replace("environment: pro", "environment: Pro"),
            blob.replace("from: a", "from: A"),
            blob.replace("pre: 9", "pre:9"),
            blob.replace(&format!("pre: {}\n", id('9')), ""),
            blob.replace("2026-11-30", "2026-11-3"),
            blob.trim_end().to_owned(),
        ] {
            assert_ne!(altered, blob);
            assert_eq!(read(&altered), None, "{altered}");
        }
    }

    #[test]
    fn a_branch_holds_what_a_promotion_brought_if_it_says_what_git_says() {
        let message = message(&statement(), &[]);
        let held = |parents: &[Oid], message: &str| held(&commit(parents, message));
        assert_eq!(held(&[id('a'), id('b')], &message), id('b'));
        for parents in [&[id('a'), id('e')][..], &[id('e'), id('b')], &[id('b'), id('a')], &[]] {
            assert_eq!(held(parents, &message), id('c'), "{parents:?}");
        }
        for (from, to) in
            [("approval v1", "approval v2"), ("Promote ", "Merge "), ("pre: ", "commit:")]
        {
            assert_eq!(held(&[id('a'), id('b')], &message.replace(from, to)), id('c'), "{to}");
        }
    }
}
