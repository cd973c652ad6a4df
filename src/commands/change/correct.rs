//! `segell correct`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use crate::base::text::{Text, any, names};
use crate::checklist::rules;
use crate::checklist::rules::calendar::record_kept;
use crate::commands::change::writing::{Refused, Writing, is_new_error};
use crate::commands::named_file::named_file;
use crate::commands::out::say;
use crate::edit::{Changeset, Value};
use crate::files::repo::{self, Folders};
use crate::files::yaml::{self, Node, escaped};
use crate::inventory::finding::{Finding, Severity};
use crate::inventory::survey::Survey;
use crate::inventory::{Inventory, load};
use crate::pipeline::git::Git;
use crate::tr;

/// Set right what was recorded wrongly
///
/// SUBJECT is the id of an ens, a certificate, a batch or a waiver, `policy`, `baseline` or a file's path. Then come
/// the names that lead to the value, an item of a list by what it is about (its ens, service, date, e-mail,
/// ticket or file, or its place, `0` the first), and the value: `segell correct sct nif Q0890001A`,
/// `segell correct transicio-2026/10-sct loads sct pre loaded 2026-12-02`. With `--remove` what they lead to
/// goes.
///
/// What `main` holds is the record. What decides what an environment holds is corrected under a waiver
/// of `record-kept` alone, which AOC and SIAD agree on and merge first; of all else that is recorded, the
/// change is told.
///
/// Exit code 0: written, or so already; 1: it would break a rule, or needs a waiver first; 2: it could not
/// run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// Take out what the names lead to
    #[arg(long)]
    remove: bool,
    /// What is corrected
    #[arg(value_name = "SUBJECT", required = true)]
    subject: String,
    /// The names that lead to the value, and the value
    #[arg(value_name = "FIELD|VALUE", required = true)]
    words: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let file = named_file(&inventory, &arguments.subject)?;
    let text = inventory
        .sources
        .text(&file)
        .with_context(|| tr!("there is no `{file}`", file = file.as_str()))?;
    let root = yaml::parse(text).root;
    let root = root.with_context(|| {
        tr!("`{file}` cannot be read: see `segell check`", file = file.as_str())
    })?;
    match arguments.words.as_slice() {
        path if arguments.remove => {
            let way = Way::of(&root, path)?;
            ensure!(
                way.there,
                tr!("`{file}` has no {names}", file = file.as_str(), names = way.told())
            );
            remove(&root, &way, &file, &mut changes)?;
        }
        [path @ .., value] if !path.is_empty() => {
            let way = Way::of(&root, path)?;
            let value = way.value(&root, value)?;
            changes.edit(&file, |yaml| yaml.set(&way.pointer, &value))?;
        }
        _ => bail!(tr!(
            "the names that lead to the value are missing: `segell correct SUBJECT FIELD VALUE`"
        )),
    }
    let today = arguments.writing.today();
    let record = Record::of(changes.root())?;
    let after = changes.after();
    record.ensure_waived(&after, today)?;
    let refuses = |finding: &Finding| {
        // What the working tree alone records is no record yet: that of `main` was asked above.
        is_new_error(finding) && finding.rule.name != record_kept::RULE.name
    };
    for told in record.told(&after, today) {
        say(told);
    }
    let concerns = |finding: &Finding| {
        *finding.place.file == *file
            && finding.severity != Severity::Pending
            && finding.rule.name != record_kept::RULE.name
    };
    let next = tr!(
        "commit it with the reason in the message, and open a pull request: `segell plan` shows what it means"
    );
    arguments.writing.finish_unless(refuses, &changes, concerns, &[next])
}

/// The way to a value, by names.
struct Way {
    pointer: String,
    names: Vec<String>,
    /// Whether there is something at its end.
    there: bool,
}

impl Way {
    /// Follows the names from the root as far as there is something.
    ///
    /// # Errors
    /// When an item of a list is not there, or it may be several.
    fn of(root: &Node<'_>, path: &[String]) -> Result<Way> {
        let mut way = Way { pointer: String::new(), names: path.to_vec(), there: true };
        let mut node = Some(root);
        for name in path {
            let segment = match node {
                Some(Node { value: yaml::Value::List(items), .. }) => {
                    item(node.expect("it is a list"), items.len(), name)?.to_string()
                }
                Some(Node { value: yaml::Value::Map(_), .. }) | None => name.clone(),
                Some(_) => bail!(tr!(
                    "`{name}` leads nowhere: what stands before it is a value",
                    name = name
                )),
            };
            way.pointer.push('/');
            way.pointer.push_str(&escaped(&segment));
            node = node.and_then(|node| node.child(&segment));
        }
        way.there = node.is_some();
        Ok(way)
    }

    fn told(&self) -> crate::base::text::Argument {
        names([self.names.join(" ")])
    }

    /// What is to stand there: numbers where numbers stand, a word of a list as a list.
    fn value(&self, root: &Node<'_>, text: &str) -> Result<Value> {
        let node =
            yaml::segments(&self.pointer).try_fold(root, |node, segment| node.child(&segment));
        Ok(match node.map(|node| &node.value) {
            Some(yaml::Value::Map(_)) => bail!(tr!(
                "{names} has fields of its own: name the one that is wrong, or take it out with `--remove`",
                names = self.told()
            )),
            Some(yaml::Value::List(_)) => Value::list(text.split(',').map(str::trim)),
            Some(yaml::Value::Integer(_)) => match text.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => bail!(tr!("`{text}` is no number", text = text)),
            },
            _ if is_quoted(&self.names) => Value::quoted(text),
            _ => Value::text(text),
        })
    }
}

/// Whether the contract's examples have the field in quotes always.
fn is_quoted(names: &[String]) -> bool {
    const QUOTED: [&str; 6] = ["organ_code", "organ_codes", "sha256", "serial", "key", "csv"];
    let last = names.iter().rev().find(|name| !matches!(name.as_str(), "pre" | "pro"));
    last.is_some_and(|name| QUOTED.contains(&name.as_str()))
}

/// The place in a list of the item with this name, or at this place.
fn item(list: &Node<'_>, count: usize, name: &str) -> Result<usize> {
    let named = |place: &usize| {
        let own = list.item_name(&place.to_string());
        own.is_some_and(|own| {
            own == name || own.rsplit_once('#').is_some_and(|(own, _)| own == name)
        })
    };
    let found: Vec<usize> = (0..count).filter(named).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => match name.parse::<usize>().ok().filter(|place| *place < count) {
            Some(place) => Ok(place),
            None => {
                let all = (0..count).filter_map(|place| list.item_name(&place.to_string()));
                let all = all.map(|name| name.trim_end_matches("#0").to_owned());
                bail!(tr!("there is no `{name}`, but {all}", name = name, all = names(all)))
            }
        },
        several => bail!(tr!(
            "several are named `{name}`: say which, {which}",
            name = name,
            which = any((0..several.len()).map(|number| format!("{name}#{number}")))
        )),
    }
}

/// Takes a field or an item out; the last of a collection takes it along.
fn remove(root: &Node<'_>, way: &Way, file: &str, changes: &mut Changeset) -> Result<()> {
    let mut pointer = way.pointer.as_str();
    while let Some((parent, _)) = pointer.rsplit_once('/').filter(|(parent, _)| !parent.is_empty())
    {
        let node = yaml::segments(parent).try_fold(root, |node, segment| node.child(&segment));
        let is_last = node.is_some_and(|node| match &node.value {
            yaml::Value::Map(entries) => entries.len() == 1,
            yaml::Value::List(items) => items.len() == 1,
            _ => false,
        });
        if !is_last {
            break;
        }
        pointer = parent;
    }
    changes.edit(file, |yaml| yaml.remove(pointer))
}

/// What is the record: what `main` holds.
struct Record {
    main: Option<Inventory>,
}

impl Record {
    /// That of the repository; none in a folder without one.
    fn of(root: &Path) -> Result<Record> {
        let Ok(git) = Git::discover(root) else { return Ok(Record { main: None }) };
        let main = match git.branch("main")? {
            Some(main) => git.inventory(&git.commit(main)?, &Folders::default())?,
            None => repo::revision_tree(root, "HEAD").unwrap_or_default(),
        };
        Ok(Record { main: main.map(|tree| load::load(&tree)) })
    }

    /// Refuses what changes a fact of the record that decides what an environment holds, unless a waiver
    /// that `main` holds covers it.
    fn ensure_waived(&self, after: &Inventory, today: Date) -> Result<()> {
        let lost: Vec<Finding> = self.lost(after, today);
        let Some(first) = lost.iter().find(|it| it.severity == Severity::Error) else {
            return Ok(());
        };
        let subject = first.place.file.trim_start_matches("inventory/").to_owned();
        let ens = first.subject.ens.as_ref().map(|ens| format!(" --ens {ens}"));
        bail!(Refused(tr!(
            "{what}, in `{file}`: it decides what an environment holds, so AOC and SIAD agree on a waiver first, and merge it: `segell add waiver --rule record-kept --subject {subject}{ens} --reason TEXT --approved-by E-MAIL,E-MAIL --expires DATE --evidence TICKET`",
            what = first.message.clone(),
            file = &*first.place.file,
            subject = subject,
            ens = ens.unwrap_or_default()
        )))
    }

    /// What changes of the record and is told alone.
    fn told(&self, after: &Inventory, today: Date) -> Vec<Text> {
        let lost = self.lost(after, today);
        let told = lost.into_iter().map(|finding| match finding.severity {
            Severity::Waived => {
                tr!("{what}: the waiver of `record-kept` covers it", what = finding.message)
            }
            _ => tr!(
                "{what}: `record-kept` will warn of it, for the reviewers to see",
                what = finding.message
            ),
        });
        told.collect()
    }

    /// The facts of the record that are lost, each as grave as `main`'s policy and waivers have it.
    fn lost(&self, after: &Inventory, today: Date) -> Vec<Finding> {
        let Some(main) = &self.main else { return Vec::new() };
        let (before, after) = (Survey::of(main, today), Survey::of(after, today));
        let lost = record_kept::check(&before, &after).into_iter();
        let mut lost: Vec<Finding> = lost.map(|(_, finding)| finding).collect();
        for finding in &mut lost {
            finding.severity = rules::raised(finding.rule, finding.severity, before.policy);
        }
        rules::waive(&before, &main.waivers, &mut lost);
        lost
    }
}
