//! From rows to ens: which can be taken, which are there, and why the others cannot.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use super::columns::Column;
use crate::base::slug::slug_of;
use crate::base::text::Text;
use crate::checklist::rules::{self, identity::unique_identity::shared, is_ticket};
use crate::commands::change::add::ens::{Days, NewEns, read_block};
use crate::commands::change::sheet::{Row, Sheet, read_day};
use crate::edit::new_yaml;
use crate::files::yaml;
use crate::inventory::model::{Block, Ens, Policy, is_slug};
use crate::inventory::survey::Survey;
use crate::inventory::{Inventory, Item};
use crate::tr;

/// What a row came to.
#[derive(Debug)]
pub enum Came {
    /// A new ens.
    Taken(Box<NewEns>),
    /// The same ens is there already.
    There,
    /// All that is wrong with it.
    Refused(Vec<Text>),
}

/// What is in the inventory, and what rows have brought since.
pub struct Known<'a> {
    inventory: &'a Inventory,
    today: Date,
    /// Whose each organ code, DIR3 and NIF is; of ens that have ceased, nobody's.
    owners: HashMap<(&'static str, String), String>,
    /// Ids that rows have brought, and the lines of those.
    brought: HashMap<String, u64>,
}

impl<'a> Known<'a> {
    /// What `inventory` knows on the day `today`.
    pub fn of(inventory: &'a Inventory, today: Date) -> Known<'a> {
        let mut known = Known { inventory, today, owners: HashMap::new(), brought: HashMap::new() };
        let survey = Survey::of(inventory, today);
        for view in survey.ens.iter().filter(|view| !view.has_ceased_by(today)) {
            for key in identity(view.ens) {
                known.owners.entry(key).or_insert_with(|| view.id.to_owned());
            }
        }
        known
    }

    /// What `row` comes to. One that is taken is known from now on.
    pub fn take(&mut self, table: &Sheet<Column>, row: &Row) -> Came {
        let new = match read(table, row) {
            Ok(new) => new,
            Err(faults) => return Came::Refused(faults),
        };
        if let Some(line) = self.brought.get(&new.id) {
            let line = i64::try_from(*line).unwrap_or(i64::MAX);
            return Came::Refused(vec![tr!(
                "line {line} has the id `{ens}` too; a column `id` can tell them apart",
                line = line,
                ens = &new.id
            )]);
        }
        if let Some(item) = self.inventory.ens.get(new.id.as_str()) {
            return there(&new, item);
        }
        let ens = match self.checked(&new) {
            Ok(ens) => ens,
            Err(faults) => return Came::Refused(faults),
        };
        self.brought.insert(new.id.clone(), row.lines.0);
        self.owners.extend(identity(&ens).into_iter().map(|key| (key, new.id.clone())));
        Came::Taken(Box::new(new))
    }

    /// The ens, when no rule of integrity has anything against it.
    fn checked(&self, new: &NewEns) -> Result<Ens, Vec<Text>> {
        let ens = parsed(new)?;
        let mut faults = broken_rules(new, &ens, self.inventory.policy.as_ref(), self.today);
        for key in identity(&ens) {
            if let Some(owner) = self.owners.get(&key) {
                faults.push(shared(called(key.0), &key.1, owner));
            }
        }
        if faults.is_empty() { Ok(ens) } else { Err(faults) }
    }
}

/// What only one ens may have: the field's name, and the code.
fn identity(ens: &Ens) -> Vec<(&'static str, String)> {
    let mut codes = vec![("organ_code", ens.organ_code.to_string())];
    codes.extend(ens.dir3.iter().map(|code| ("dir3", code.to_string())));
    if ens.block != Block::Departments {
        codes.push(("nif", ens.nif.to_string()));
    }
    codes
}

/// What a field that only one ens may have is called.
fn called(field: &str) -> Text {
    match field {
        "organ_code" => tr!("organ code"),
        "dir3" => tr!("DIR3"),
        _ => tr!("NIF"),
    }
}

/// The ens of a row, every needed value in its place.
fn read(table: &Sheet<Column>, row: &Row) -> Result<NewEns, Vec<Text>> {
    if let Some(fault) = table.fault(row) {
        return Err(vec![fault]);
    }
    let mut faults = Vec::new();
    let mut needed = |column: Column| {
        let value = table.field(row, column);
        if value.is_none() {
            faults.push(tr!("`{column}` is empty", column = table.called(column)));
        }
        value.unwrap_or_default().to_owned()
    };
    let (name, block) = (needed(Column::Name), needed(Column::Block));
    let (organ_code, nif) = (needed(Column::OrganCode), needed(Column::Nif));
    let id = table.field(row, Column::Id).map_or_else(|| slug_of(&name), str::to_owned);
    if !is_slug(&id) && !name.is_empty() {
        faults
            .push(tr!("`{id}` is no id: lower-case letters a to z, digits and hyphens", id = &id));
    }
    let block = match block.as_str() {
        "" => None,
        word => read_block(word).map_err(|fault| faults.push(fault)).ok(),
    };
    let services = table.field(row, Column::Services).unwrap_or_default();
    let services: BTreeSet<String> = services
        .split(|character: char| character.is_whitespace() || matches!(character, ',' | ';' | '|'))
        .filter(|service| !service.is_empty())
        .map(str::to_owned)
        .collect();
    let permissions = permissions(table, row, &mut faults);
    let is_idle = permissions.iter().all(|days| *days == Days::default());
    if services.is_empty() && !is_idle {
        faults.push(tr!("it has days of an authorisation, and no service that they are of"));
    }
    let Some(block) = block.filter(|_| faults.is_empty()) else { return Err(faults) };
    let dir3 = table.field(row, Column::Dir3).map(str::to_owned);
    let services = services.into_iter().collect();
    Ok(NewEns { id, name, block, organ_code, nif, dir3, services, permissions })
}

/// The days of a row's authorisations, in PRE and in PRO.
fn permissions(table: &Sheet<Column>, row: &Row, faults: &mut Vec<Text>) -> [Days; 2] {
    let mut day = |own: Column, both: Column| {
        let text = table.field(row, own).or_else(|| table.field(row, both))?;
        read_day(text).map_err(|fault| faults.push(fault)).ok()
    };
    let mut permissions =
        [(Column::RequestedPre, Column::GrantedPre), (Column::RequestedPro, Column::GrantedPro)]
            .map(|(requested, granted)| Days {
                requested: day(requested, Column::Requested),
                granted: day(granted, Column::Granted),
                ticket: None,
            });
    let ticket = ticket(table, row, Column::Ticket, faults);
    for days in permissions.iter_mut().filter(|days| **days != Days::default()) {
        days.ticket.clone_from(&ticket);
    }
    permissions
}

fn ticket(
    table: &Sheet<Column>,
    row: &Row,
    column: Column,
    faults: &mut Vec<Text>,
) -> Option<String> {
    let ticket = table.field(row, column)?;
    if !is_ticket(ticket) {
        faults.push(tr!("`{ticket}` is no ticket; one looks like `ABC-123`", ticket = ticket));
    }
    Some(ticket.to_owned())
}

/// Whether the ens that is there is the row's.
fn there(new: &NewEns, item: &Item<Ens>) -> Came {
    let Some(ens) = &item.value else {
        return Came::Refused(vec![tr!(
            "`{file}` is there, and cannot be read: see `segell check`",
            file = &*item.file
        )]);
    };
    let differences = new.differences(ens);
    if differences.is_empty() { Came::There } else { Came::Refused(differences) }
}

/// The ens as its file would say it.
fn parsed(new: &NewEns) -> Result<Ens, Vec<Text>> {
    let text = new_yaml(&new.file(), &new.to_value()).expect("an ens has a place");
    let document = yaml::parse(&text);
    let problems = document.problems.into_iter().map(|problem| problem.message);
    let faults: Vec<Text> = problems.collect();
    match document.root.map(|root| Ens::deserialize(&root)) {
        Some(Ok(ens)) if faults.is_empty() => Ok(ens),
        Some(Err(reason)) if faults.is_empty() => {
            Err(vec![tr!("not as its schema asks: {reason}", reason = reason.0)])
        }
        _ => Err(faults),
    }
}

/// What the rules of integrity say of the ens alone.
fn broken_rules(new: &NewEns, ens: &Ens, policy: Option<&Arc<Policy>>, today: Date) -> Vec<Text> {
    let file: Arc<str> = new.file().into();
    let item = Item::new(new.id.as_str().into(), Arc::clone(&file), Some(Arc::new(ens.clone())));
    let alone = Inventory {
        policy: policy.cloned(),
        ens: [(item.id.clone(), item)].into(),
        ..Inventory::default()
    };
    let findings = rules::check_integrity(&Survey::of(&alone, today));
    let about = findings.into_iter().filter(|finding| finding.place.file == file);
    about.map(|finding| with_help(finding.message, finding.help)).collect()
}

fn with_help(message: Text, help: Text) -> Text {
    tr!("{message}; {help}", message = message, help = help)
}
