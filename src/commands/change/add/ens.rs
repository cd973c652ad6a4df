//! `segell add ens`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::base::language::Language;
use crate::base::slug::slug_of;
use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{open, read_slug};
use crate::commands::change::batch::words;
use crate::commands::change::writing::{Writing, about_ens};
use crate::commands::word::one_of;
use crate::edit::Value;
use crate::inventory::finding::Environment;
use crate::inventory::model::{Block, Day, Ens};
use crate::tr;

/// Add a public body
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Its id, which never changes: letters a to z, digits and hyphens
    id: Option<String>,
    /// Its official name
    #[arg(long, value_parser = words)]
    name: Option<String>,
    /// The group in which it enters the procedure
    #[arg(long, value_parser = one_of::<Block>())]
    block: Option<Block>,
    /// The organ code that its seal is configured under
    #[arg(long, value_name = "CODE")]
    organ_code: Option<String>,
    /// Its tax number
    #[arg(long)]
    nif: Option<String>,
    /// Its code in the State's common directory of units
    #[arg(long, value_name = "CODE")]
    dir3: Option<String>,
}

/// An ens that is to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEns {
    pub id: String,
    pub name: String,
    pub block: Block,
    pub organ_code: String,
    pub nif: String,
    pub dir3: Option<String>,
    /// The services that it is to ask for, in order.
    pub services: Vec<String>,
    /// What is known of them all, in PRE and in PRO.
    pub permissions: [Days; 2],
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let new = asked(arguments)?;
    let before = changes.before();
    match before.ens.get(new.id.as_str()).map(|item| item.value.as_deref()) {
        Some(Some(ens)) => {
            if let Some(difference) = new.differences(ens).into_iter().next() {
                bail!(difference);
            }
        }
        _ => changes.create_yaml(&new.file(), &new.to_value())?,
    }
    let next = [tr!(
        "`segell add authorisation --ens {ens} --service SERVICE --requested DATE`",
        ens = &new.id
    )];
    arguments.writing.finish(&changes, about_ens(&new.id), &next)
}

/// What the command line says, and the answers to what it does not.
fn asked(arguments: &Arguments) -> Result<NewEns> {
    let mut interview = Interview::begin();
    let text = |answer: &str| Ok::<_, Text>(answer.to_owned());
    let id = open("ID", tr!("Which id? (letters a to z, digits and hyphens; it never changes)"));
    let id = interview.need(arguments.id.as_ref(), &id, read_slug)?;
    let name = open("--name NAME", tr!("Its official name?"));
    let name = interview.need(arguments.name.as_ref(), &name, words)?;
    let mut block = open("--block BLOCK", tr!("Which block?"));
    block.choices = Block::ALL.map(|block| block.word().to_owned()).to_vec();
    let block = interview.need(arguments.block.as_ref(), &block, read_block)?;
    let code = open("--organ-code CODE", tr!("Its organ code? (mind the leading zero)"));
    let organ_code = interview.need(arguments.organ_code.as_ref(), &code, text)?;
    let nif = open("--nif NIF", tr!("Its NIF?"));
    let nif = interview.need(arguments.nif.as_ref(), &nif, text)?;
    let (Some(id), Some(name), Some(block), Some(organ_code), Some(nif)) =
        (id, name, block, organ_code, nif)
    else {
        return interview.refuse();
    };
    let id = read_slug(&id)?;
    let dir3 = arguments.dir3.clone();
    let (services, permissions) = (Vec::new(), [Days::default(), Days::default()]);
    Ok(NewEns { id, name, block, organ_code, nif, dir3, services, permissions })
}

/// A block by its name in files, or by that which people read in any language.
pub fn read_block(word: &str) -> Result<Block, Text> {
    let word = word.trim();
    let is_meant = |block: &Block| {
        let shown = |language| slug_of(&block.shown().to_string_in(language));
        block.word() == word.to_lowercase() || Language::ALL.map(shown).contains(&slug_of(word))
    };
    let found = Block::ALL.into_iter().find(is_meant);
    found.ok_or_else(|| {
        tr!(
            "`{block}` is no block; a block is one of {blocks}",
            block = word,
            blocks = names(Block::ALL.map(Block::word))
        )
    })
}

/// What is known of the authorisations in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub requested: Option<Date>,
    pub granted: Option<Date>,
    /// The ticket that shows it.
    pub ticket: Option<String>,
}

impl Days {
    fn to_value(&self) -> Option<Value> {
        let fields = [
            ("requested", self.requested.map(Value::from)),
            ("granted", self.granted.map(Value::from)),
            ("evidence", self.ticket.as_deref().map(shown_by)),
        ];
        (*self != Days::default()).then(|| Value::map(fields))
    }
}

/// Evidence of one ticket.
fn shown_by(ticket: &str) -> Value {
    Value::List(vec![Value::map([("ticket", Some(Value::text(ticket)))])])
}

impl NewEns {
    /// The path of its file.
    pub fn file(&self) -> String {
        format!("inventory/ens/{}.yaml", self.id)
    }

    /// What its file says.
    pub fn to_value(&self) -> Value {
        let code = || Some(Value::quoted(&self.organ_code));
        let authorisation = |service: &String| {
            Value::block([
                ("service", Some(Value::text(service))),
                ("organ_code", code()),
                ("pre", self.permissions[0].to_value()),
                ("pro", self.permissions[1].to_value()),
            ])
        };
        let authorisations: Vec<_> = self.services.iter().map(authorisation).collect();
        Value::block([
            ("name", Some(Value::text(&self.name))),
            ("block", Some(Value::text(self.block.word()))),
            ("organ_code", code()),
            ("nif", Some(Value::text(&self.nif))),
            ("dir3", self.dir3.as_ref().map(Value::text)),
            ("authorisations", (!self.services.is_empty()).then_some(Value::Rows(authorisations))),
        ])
    }

    /// In what the ens that is there already is another. What it has besides does not count.
    pub fn differences(&self, ens: &Ens) -> Vec<Text> {
        let dir3 = ens.dir3.as_ref().map_or("", |code| code.as_str());
        let fields = [
            ("name", ens.name.as_str(), self.name.as_str()),
            ("block", ens.block.word(), self.block.word()),
            ("organ_code", ens.organ_code.as_str(), self.organ_code.as_str()),
            ("nif", ens.nif.as_str(), self.nif.as_str()),
            ("dir3", dir3, self.dir3.as_deref().unwrap_or(dir3)),
        ];
        let others = fields.into_iter().filter(|(_, known, stated)| known != stated);
        let mut differences: Vec<Text> =
            others.map(|(field, known, stated)| self.difference(field, known, stated)).collect();
        let has =
            |service: &str| ens.authorisations.iter().any(|it| it.service.as_str() == service);
        let lacking: Vec<_> = self.services.iter().filter(|service| !has(service)).collect();
        if !lacking.is_empty() {
            differences.push(tr!(
                "`{ens}` is there already, without {services}; `segell add authorisation` adds them",
                ens = &self.id,
                services = names(lacking)
            ));
        }
        if let Some(service) = self.services.iter().find(|service| self.adds_days(ens, service)) {
            differences.push(tr!(
                "`{ens}` is there already, and of `{service}` other days are recorded; `segell add authorisation` adds what is lacking",
                ens = &self.id,
                service = service
            ));
        }
        differences
    }

    /// Whether the days of a service that is there are others, or more, than what is recorded.
    fn adds_days(&self, ens: &Ens, service: &str) -> bool {
        let known = ens.authorisations.iter().find(|it| it.service.as_str() == service);
        let Some(known) = known else { return false };
        Environment::BOTH.into_iter().zip(&self.permissions).any(|(environment, days)| {
            let recorded = known.permission(environment);
            let requested = recorded.and_then(|it| it.requested.as_ref()).map(Day::date);
            let granted = recorded.and_then(|it| it.granted.as_ref()).map(Day::date);
            days.requested.is_some() && days.requested != requested
                || days.granted.is_some() && days.granted != granted
        })
    }

    fn difference(&self, field: &'static str, known: &str, stated: &str) -> Text {
        tr!(
            "`{ens}` is there already, with `{field}` `{known}` and not `{stated}`; it is left as it is",
            ens = &self.id,
            field = field,
            known = known,
            stated = stated
        )
    }
}
