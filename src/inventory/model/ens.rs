//! `inventory/ens/<ens>.yaml`: a public body and what it may ask for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Day, Evidence, PerEnvironment, ServiceId, Slug, Words};
use crate::base::text::Text;
use crate::base::word::Word;
use crate::inventory::finding::{Actor, Environment};
use crate::tr;

/// A public body that consumes data through Via Oberta.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ens {
    /// Its official name.
    pub name: Words,
    /// The group in which it entered the procedure.
    pub block: Block,
    /// *Codi d'òrgan*: the code its seal is configured under; a quoted string.
    pub organ_code: Words,
    /// Its tax number.
    pub nif: Words,
    /// Its code in the State's common directory of units.
    pub dir3: Option<Words>,
    /// AEAT's permissions, one a service.
    #[serde(default)]
    pub authorisations: Vec<Authorisation>,
    /// Doubts, asked along SIAD, DGTJ and AEAT.
    #[serde(default)]
    pub queries: Vec<Query>,
    /// For block `new`: DGTJ's agreement change and registration.
    pub agreement: Option<Agreement>,
    /// The ens is no more.
    pub ceased: Option<Cessation>,
}

/// The procedure's three groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// The Generalitat's own departments, which share one seal and one NIF.
    Departments,
    /// Public-sector bodies that already consume.
    Consuming,
    /// Bodies that did not consume; their NIF is not the Generalitat's.
    New,
}

impl Word for Block {
    const ALL: &'static [Block] = &Block::ALL;
}

impl Block {
    /// All of them.
    pub const ALL: [Block; 3] = [Block::Departments, Block::Consuming, Block::New];

    /// Its name for people, who may also write it so in a spreadsheet.
    pub fn shown(self) -> Text {
        match self {
            Block::Departments => tr!("departments"),
            Block::Consuming => tr!("already consuming"),
            Block::New => tr!("new"),
        }
    }
}

/// AEAT's permission for one service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorisation {
    /// Product and modality, from policy.yaml.
    pub service: ServiceId,
    /// The organ code as it stands in AEAT's authorisation.
    pub organ_code: Words,
    /// For PRE.
    pub pre: Option<Permission>,
    /// For PRO.
    pub pro: Option<Permission>,
}

impl Authorisation {
    /// The permission in `environment`, when it was asked for.
    pub fn permission(&self, environment: Environment) -> Option<&Permission> {
        match environment {
            Environment::Pre => self.pre.as_ref(),
            Environment::Pro => self.pro.as_ref(),
        }
    }
}

/// One permission's life in one environment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The day it was asked for.
    pub requested: Option<Day>,
    /// The day from which AEAT grants it.
    pub granted: Option<Day>,
    /// The day from which AEAT denies it.
    pub denied: Option<Day>,
    /// The day from which it is no longer granted.
    pub ended: Option<Day>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A doubt, asked along SIAD → DGTJ → AEAT.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The day it was asked.
    pub asked: Day,
    /// Who asked.
    pub by: Actor,
    /// Whom.
    pub to: Vec<Actor>,
    /// What.
    pub question: Words,
    /// The day of the answer; absent while open.
    pub answered: Option<Day>,
    /// The answer.
    pub answer: Option<Words>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl Query {
    /// Whether it still waits for its answer: a day without words, or words without a day, is none.
    pub fn is_open(&self) -> bool {
        self.answered.is_none() || self.answer.is_none()
    }

    /// Who answers: of SIAD, DGTJ and AEAT, the last in this chain that was asked.
    pub fn answers(&self) -> Actor {
        let farthest = self.to.iter().copied().max_by_key(|actor| match actor {
            Actor::Aeat => 2,
            Actor::Dgtj => 1,
            _ => 0,
        });
        farthest.unwrap_or(Actor::Siad)
    }
}

/// DGTJ's agreement change and registration, for a body of block `new`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The day it was signed.
    pub signed: Option<Day>,
    /// The environments in which it authorises the load.
    #[serde(default)]
    pub authorises_load: Vec<Environment>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// The end of an ens.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cessation {
    /// The day from which it is no more.
    pub date: Day,
    /// The ens that takes its place.
    pub successor: Option<Slug>,
    /// What shows it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The days on which its seal was taken out.
    #[serde(default)]
    pub removed: PerEnvironment<Day>,
}
