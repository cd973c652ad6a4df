//! What a check finds: which rule does not hold, how grave that is, where it is seen, who acts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::text::Text;
use crate::base::word::Word;
use crate::files::yaml::escaped;
use crate::inventory::step::At;
use crate::tr;

/// A line of the checklist. Its `holds` reads as the checklist does: what is so when all is well.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name, as in `segell explain NAME`.
    pub name: &'static str,
    /// What it is asked of, and how grave a lack is.
    pub kind: Kind,
    /// The step at which it speaks.
    pub at: At,
    /// The line of the procedure that it enforces.
    pub holds: Text,
    /// Why the line is there: what goes wrong without it.
    pub why: Text,
    /// How to mend what breaks it.
    pub mend: Text,
}

/// What a rule is asked of, and how grave a lack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asked of everything, always an error, never waived.
    Integrity,
    /// Asked of open loads: an error from `stage: planned` on, pending while no load is planned.
    Precondition,
    /// Asked of open loads: pending until the batch's stage asks for the environment, then an error.
    Sequence,
    /// A precondition that is also asked, today, of what is loaded.
    PreconditionAndNow,
    /// Partly a precondition, partly a sequence.
    PreconditionAndSequence,
    /// Shown; blocks only with `--deny warnings`.
    Warning,
    /// What is still to be done; never blocks.
    Pending,
    /// Asked of a promotion, from git's history; never waived.
    Gate,
}

/// How grave a finding is, gravest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks.
    Error,
    /// Shown; blocks with `--deny warnings`.
    Warning,
    /// Still to be done; never blocks.
    Pending,
    /// Would be an error or a warning, were it not waived.
    Waived,
}

/// Who has to act, or who takes part in a step of the procedure.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The public body itself.
    Ens,
    /// Consorci AOC, which loads.
    Aoc,
    /// Who reviews and speaks for the Generalitat.
    Siad,
    /// Who asks AEAT in case of doubt, and keeps the agreements.
    Dgtj,
    /// The tax agency, which loads the public key and confirms.
    Aeat,
    /// The Generalitat's bus, which checks PRO with AOC.
    Pica,
}

impl Word for Severity {
    const ALL: &'static [Severity] =
        &[Severity::Error, Severity::Warning, Severity::Pending, Severity::Waived];
}

impl Word for Actor {
    const ALL: &'static [Actor] =
        &[Actor::Ens, Actor::Aoc, Actor::Siad, Actor::Dgtj, Actor::Aeat, Actor::Pica];
}

impl Actor {
    /// As a sentence names it.
    pub fn shown(self) -> Text {
        match self {
            Actor::Ens => tr!("the ens"),
            Actor::Aoc => tr!("AOC"),
            Actor::Siad => tr!("SIAD"),
            Actor::Dgtj => tr!("DGTJ"),
            Actor::Aeat => tr!("AEAT"),
            Actor::Pica => tr!("PICA"),
        }
    }
}

/// Where the seals are loaded: PRE comes before PRO.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Pre-production.
    Pre,
    /// Production.
    Pro,
}

impl Word for Environment {
    const ALL: &'static [Environment] = &Environment::BOTH;
}

impl Environment {
    /// Both, in the order in which a seal reaches them.
    pub const BOTH: [Environment; 2] = [Environment::Pre, Environment::Pro];

    /// The name of its branch: `env/pre`.
    pub fn branch(self) -> String {
        format!("env/{}", self.word())
    }

    /// Its name in a sentence.
    pub fn shown(self) -> &'static str {
        match self {
            Environment::Pre => "PRE",
            Environment::Pro => "PRO",
        }
    }
}

/// Why a finding is there, with `--base`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The base does not have it.
    Change,
    /// The base had it on the day it was committed.
    Existing,
    /// The base has it today, but not on the day it was committed.
    Clock,
}

/// What a finding is about, by id.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
pub struct Subject {
    /// The ens.
    pub ens: Option<String>,
    /// The certificate, `holder/label`.
    pub certificate: Option<String>,
    /// The batch, `calendar/NN-slug`.
    pub batch: Option<String>,
    /// The environment.
    pub environment: Option<Environment>,
}

/// A place in a file of the inventory, still without line and column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path, from the folder that holds `inventory/`, with `/` between its parts.
    pub file: Arc<str>,
    /// Where in the file.
    pub spot: Spot,
}

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// The value at a JSON pointer (RFC 6901) of a YAML file; the nearest value around it when there is none.
    Pointer(String),
    /// The *key* at a JSON pointer: for a field that should not be there.
    Key(String),
    /// Bytes of the file, where it cannot be read as YAML.
    Bytes(usize, usize),
}

impl Place {
    /// The JSON pointer; empty for bytes.
    pub fn pointer(&self) -> &str {
        match &self.spot {
            Spot::Pointer(pointer) | Spot::Key(pointer) => pointer,
            Spot::Bytes(..) => "",
        }
    }

    /// The start of `file`.
    pub fn start(file: &Arc<str>) -> Place {
        Place { file: Arc::clone(file), spot: Spot::Pointer(String::new()) }
    }

    /// The value at a JSON pointer of `file`.
    pub fn at(file: &Arc<str>, pointer: &str) -> Place {
        Place { file: Arc::clone(file), spot: Spot::Pointer(pointer.to_owned()) }
    }

    /// The field `name` of the value here.
    pub fn key(&self, name: &str) -> Place {
        self.child(&escaped(name))
    }

    /// The item at `index` of the list here.
    pub fn item(&self, index: usize) -> Place {
        self.child(&index.to_string())
    }

    fn child(&self, segment: &str) -> Place {
        let parent = match &self.spot {
            Spot::Pointer(pointer) => pointer.as_str(),
            Spot::Key(_) | Spot::Bytes(..) => "",
        };
        let pointer = [parent, "/", segment].concat();
        Place { file: Arc::clone(&self.file), spot: Spot::Pointer(pointer) }
    }
}

/// How often a rule was asked: not applicable is told apart from holds.
#[derive(Debug)]
pub struct LookedAt {
    /// The rule.
    pub rule: &'static Rule,
    /// The subjects that it applied to.
    pub subjects: usize,
    /// The findings it made.
    pub found: usize,
}

/// Another place that is involved, with its own few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: Text,
    /// Where.
    pub place: Place,
}

impl Finding {
    /// Whether a change is answerable for it: it brings it, or touches the batch that it is about.
    /// What is so outside must be recordable, so a *Now* finding is nobody's.
    pub fn is_of_the_change(&self) -> bool {
        !self.now && (self.cause == Some(Cause::Change) || self.touched)
    }
}

/// One thing that does not hold.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: &'static Rule,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong: a phrase, lower case, without a final period.
    pub message: Text,
    /// A few words beside the place itself.
    pub label: Option<Text>,
    /// What to do next.
    pub help: Text,
    /// Who has to act.
    pub actor: Option<Actor>,
    /// What it is about.
    pub subject: Subject,
    /// Where it is seen.
    pub place: Place,
    /// Other places that are involved.
    pub related: Vec<Related>,
    /// With `--base`, why it is there.
    pub cause: Option<Cause>,
    /// With `--base`, whether the change touches the batch that it is about.
    pub touched: bool,
    /// Whether the change closes the load that it is about.
    pub closes: bool,
    /// Whether it is about what is loaded today, whatever is planned: a *Now* finding.
    pub now: bool,
    /// The waiver that covers it.
    pub waived_by: Option<String>,
}
