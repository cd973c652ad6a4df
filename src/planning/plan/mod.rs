//! What a change means, for the reviewer whose approval is the record.
//!
//! The summary says it in the operators' words. Below it stands every value that changed, found by
//! comparing the files' trees rather than the types, so that a field added later shows as well; then
//! the manifests, line by line, and what the change brings to be found by `check`.

mod event;
mod fields;
mod files;
mod manifests;
mod seal;
mod subjects;

use anyhow::Result;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::base::text::Text;
use crate::checklist::change::{self, Judged, Terms};
use crate::checklist::rules;
use crate::files::repo::Tree;
use crate::inventory::Inventory;
use crate::inventory::finding::{Cause, Severity};
use crate::inventory::load;
use crate::inventory::survey::Survey;
use crate::pipeline::gate::{Snapshots, released};
use crate::pipeline::git::{Commit, Git};
use crate::pipeline::reviewer::reviewers_at;

pub use event::{Event, What};
pub use fields::Field;
pub use files::FileChange;
pub use manifests::ManifestChange;
pub use subjects::Subject;

/// The version of the format.
pub const SCHEMA: &str = "segell.plan/v1";

/// What changes from one commit to another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// `segell.plan/v1`.
    pub schema: String,
    /// The commit before: 40 hexadecimal digits.
    pub base: String,
    /// The commit after: 40 hexadecimal digits.
    pub head: String,
    /// The day on which the rules were asked, `YYYY-MM-DD`.
    pub as_of: String,
    /// Who wrote what changes in the inventory.
    pub wrote: Vec<Author>,
    /// The commits that change the inventory and name no e-mail: 40 hexadecimal digits each.
    pub nobodys: Vec<String>,
    /// What it means, in the order in which a reviewer asks.
    pub summary: Vec<Event>,
    /// What the manifests of PRE and PRO gain, lose, replace and restore.
    pub manifests: Vec<ManifestChange>,
    /// Each file of the inventory that changes, value by value.
    pub subjects: Vec<Subject>,
    /// The files outside `inventory/` that change.
    pub outside: Vec<FileChange>,
    /// What `check` finds that it did not find before.
    pub findings: Vec<Introduced>,
}

/// Somebody who wrote part of a change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Author {
    /// The e-mail, as the commits have it.
    pub email: String,
    /// The reviewer of the policy before, whose address it is; absent: nobody's there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
}

/// A finding that the change introduces.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Introduced {
    /// How grave it is.
    pub severity: Severity,
    /// The rule.
    pub rule: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    #[serde(serialize_with = "as_sentence")]
    #[schemars(with = "String")]
    pub message: Text,
}

/// Both sides of a change.
pub(crate) struct Sides<'i> {
    /// Before.
    pub base: &'i Inventory,
    /// After.
    pub head: &'i Inventory,
    /// The day.
    pub today: Date,
}

impl Plan {
    /// What changes from `base` to `head`, looked at on the day `today`.
    ///
    /// # Errors
    /// When a commit's objects are missing or damaged.
    pub fn between(
        git: &Git,
        snapshots: &mut Snapshots<'_>,
        base: &Commit,
        head: &Commit,
        today: Date,
    ) -> Result<Plan> {
        let mut plan = Plan {
            schema: SCHEMA.to_owned(),
            base: base.id.to_string(),
            head: head.id.to_string(),
            as_of: today.to_string(),
            wrote: Vec::new(),
            nobodys: Vec::new(),
            summary: Vec::new(),
            manifests: Vec::new(),
            subjects: Vec::new(),
            outside: Vec::new(),
            findings: Vec::new(),
        };
        if base.tree == head.tree {
            return Ok(plan);
        }
        let authors = git.authors(base.id, head.id)?;
        let reviewers = reviewers_at(git, base).unwrap_or_default();
        let author = |email: String| {
            let reviewer = reviewers.iter().find(|reviewer| reviewer.is_at(&email));
            Author { reviewer: reviewer.map(|reviewer| reviewer.name.clone()), email }
        };
        plan.wrote = authors.emails.into_iter().map(author).collect();
        plan.nobodys = authors.nobodys.iter().map(ToString::to_string).collect();
        let (before, after) = (snapshots.at_or_none(base)?, snapshots.at_or_none(head)?);
        for side in [&before, &after] {
            side.inventory.ensure_whole()?;
        }
        let sides = Sides { base: &before.inventory, head: &after.inventory, today };
        let (inside, outside): (Vec<_>, Vec<_>) = git
            .changed_files(base.tree, head.tree)?
            .into_iter()
            .partition(|file| file.path.starts_with("inventory/"));
        plan.subjects = subjects::of(git, &sides, &inside)?;
        plan.outside = files::of(git, &outside)?;
        plan.summary = event::of(&sides, &plan.subjects, &plan.outside);
        plan.manifests = manifests::of(snapshots, base, head)?;
        let trees = (&before.tree, &after.tree);
        plan.findings = introduced(git, &sides, trees, base.day(), snapshots.memory())?;
        Ok(plan)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty() && self.outside.is_empty()
    }
}

/// What `check --base` would give the cause *change*, and is not merely still to be done.
fn introduced(
    git: &Git,
    sides: &Sides<'_>,
    (base, head): (&Tree, &Tree),
    committed: Option<Date>,
    memory: &load::Memory,
) -> Result<Vec<Introduced>> {
    let under_base = load::under_trust_of(head, base, memory);
    let Sides { base, head, today } = *sides;
    let [before, after] = [base, head].map(|it| Survey::of(it, today));
    let compared = change::Sides { base: &before, head: &after, under_base: under_base.as_ref() };
    let terms = Terms { committed, judged: Judged::ByBoth, causes: Severity::Waived };
    let mut findings = change::compare(compared, terms).findings;
    findings.extend(released(git, base, head)?.findings);
    rules::sort(&mut findings, &head.sources);
    let new = findings.into_iter().filter(|finding| finding.cause == Some(Cause::Change));
    let introduced = new.map(|finding| {
        let located = sides.head.sources.locate(&finding.place);
        Introduced {
            severity: finding.severity,
            rule: finding.rule.name.to_owned(),
            file: located.file.to_string(),
            line: located.line,
            message: finding.message,
        }
    });
    Ok(introduced.collect())
}

/// The JSON Schema (draft 2020-12) of a plan.
pub fn schema() -> schemars::Schema {
    crate::inventory::model::schema_of::<Plan>()
}

/// A sentence, for programs: in the language of whoever asked.
pub(crate) fn as_sentence<S: Serializer>(text: &Text, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(text)
}
