//! `segell add certificate`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use super::many::Many;
use super::seal::{Found, Seal};
use super::sources;
use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::commands::ask::{Interview, Question};
use crate::commands::change::asking::{any_text, open, read_slug};
use crate::commands::change::batch::words;
use crate::commands::change::writing::{Writing, about_ens};
use crate::commands::out::say;
use crate::commands::whom::Whom;
use crate::edit::{Changeset, Value};
use crate::files::x509;
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::Block;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// Add seals: their certificates, and the records beside them
///
/// A file holds one certificate or several: PEM, DER, a PKCS#7 bundle, a chain, of which the one that is
/// no CA is taken, or a ZIP of such files; of a folder all of them are taken. There is never a private key
/// in it. Whose each is follows from the NIF in it, unless `--ens` says so; holder and label are proposed.
/// Certificates are written anew, so that nothing else of the files comes in. Where the private key is
/// `--key` says, else the policy's `certificates.key`; else it is not recorded.
///
/// Exit code 0: written, or there already; 1: some are refused, or break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) writing: Writing,
    /// The files of the certificates, or folders of them
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The same, by an option
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pem: Vec<PathBuf>,
    /// Whose seal it is, by id or organ code; several only for departments
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// The folder of the seal; the ens's id unless given, `generalitat` for several departments
    #[arg(long)]
    holder: Option<String>,
    /// The name of the seal in its folder; the year in which it begins unless given
    #[arg(long)]
    label: Option<String>,
    /// Where the private key is, a PKCS#11 URI or `alias:NAME`; never the key
    #[arg(long, value_name = "PLACE")]
    key: Option<String>,
    /// The support desk's ticket that handed it over
    #[arg(long, value_parser = words)]
    pub(super) ticket: Option<String>,
    /// The day on which it was handed over; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date, requires = "ticket")]
    pub(super) delivered: Option<Date>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let mut interview = Interview::begin();
    let given = [&arguments.files[..], &arguments.pem[..]].concat();
    let file = |file: &str| any_text(file).map(PathBuf::from);
    let question = open("FILE", tr!("In which file is the certificate?"));
    let Some(given) = interview.need_some(&given, &question, file)? else {
        return interview.refuse();
    };
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let whom = Whom::of(&survey);
    let named: Result<Vec<&EnsView<'_>>, Text> =
        arguments.ens.iter().map(|word| whom.find(word)).collect();
    let named = named?;
    let ground = Ground { arguments, survey: &survey, whom: &whom, named: &named };
    let files = sources::files(&given)?;
    if let ([only], [given]) = (files.as_slice(), given.as_slice())
        && only == given
    {
        let mut found = Found::read(only)?;
        if found.refused.is_empty() && found.seals.len() == 1 {
            let left_out = found.authorities.len();
            let seal = found.seals.remove(0);
            return ground.add_one(&seal, left_out, interview, &mut changes);
        }
        return ground.add_many([(only.clone(), Ok(found))].into_iter(), &mut changes);
    }
    let read = files.into_iter().map(|file| (file.clone(), Found::read(&file)));
    ground.add_many(read, &mut changes)
}

/// What seals are added on.
pub(super) struct Ground<'g, 's, 'a> {
    pub arguments: &'g Arguments,
    pub survey: &'s Survey<'a>,
    pub whom: &'g Whom<'s, 'a>,
    /// The ens that `--ens` names.
    pub named: &'g [&'s EnsView<'a>],
}

impl<'s, 'a> Ground<'_, 's, 'a> {
    /// Adds the one seal of a file, and asks for what was not said.
    fn add_one(
        &self,
        seal: &Seal,
        authorities: usize,
        mut interview: Interview,
        changes: &mut Changeset,
    ) -> Result<ExitCode> {
        let Ground { arguments, survey, .. } = *self;
        let Some(bodies) = seal.bodies(&mut interview, self.whom, self.named)? else {
            return interview.refuse();
        };
        let known =
            survey.certificates.iter().find(|view| view.record.sha256.0 == seal.facts.sha256);
        let has_ticket = known.is_some_and(|known| known.record.delivered.is_some());
        let ticket = match &arguments.ticket {
            None if !has_ticket => interview.may(&ticket_question(), words)?,
            given => given.clone(),
        };
        let delivered = ticket.map(|ticket| (ticket, arguments.delivered));
        let is_taken = |id: &str| survey.inventory.certificates.contains_key(id);
        let id = match known {
            Some(known) => {
                ensure_shared(known, &bodies)?;
                self.complete(known, delivered, changes)?;
                share(known, &bodies, changes)?;
                known.id.to_owned()
            }
            None => {
                let new = self.new_seal(seal, &bodies, is_taken)?;
                let key = self.ask_key(&new, &mut interview)?;
                new.create(seal, &bodies, key.as_ref(), self.delivery(delivered), changes)?;
                say(told_key(&new.id(), key.as_ref()));
                new.id()
            }
        };
        say(seal.described(&id));
        if authorities > 0 {
            say(told_authorities(authorities));
        }
        consequences(seal, survey, &bodies, &id).iter().for_each(say);
        let ens: Vec<String> = bodies.iter().map(|body| body.id.to_owned()).collect();
        let concerns = move |finding: &Finding| ens.iter().any(|ens| about_ens(ens)(finding));
        let last = day_of(seal.facts.not_after);
        let next = if last < survey.today {
            tr!("order a new one: this seal expired on {day}, and cannot be loaded", day = last)
        } else {
            next(known, &id)
        };
        arguments.writing.record(changes, concerns, &[next])
    }

    /// Adds the seals of many files, and tells what went where and what did not.
    fn add_many(
        &self,
        read: impl Iterator<Item = (PathBuf, Result<Found>)>,
        changes: &mut Changeset,
    ) -> Result<ExitCode> {
        let mut many = Many::of(self);
        for (file, found) in read {
            let shown = file.display().to_string();
            match found {
                Err(why) => many.refuse(shown, &format!("{why:#}")),
                Ok(found) => many.take(shown, found, changes),
            }
            ensure!(
                many.count() <= sources::MOST,
                tr!(
                    "these are more than {count} seals: bring them in parts",
                    count = sources::MOST
                )
            );
        }
        many.finish(changes)
    }

    /// What becomes of a seal that no record knows.
    pub(super) fn new_seal(
        &self,
        seal: &Seal,
        bodies: &[&EnsView<'_>],
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<New> {
        let holder = match &self.arguments.holder {
            Some(holder) => read_slug(holder)?,
            None => seal.holder(bodies)?,
        };
        let label = match &self.arguments.label {
            Some(label) => read_slug(label)?,
            None => seal.label(&holder, &is_taken),
        };
        let new = New { holder, label };
        ensure!(
            !is_taken(&new.id()),
            tr!(
                "`{certificate}` is there already, and another certificate; give another `--label`",
                certificate = new.id()
            )
        );
        Ok(new)
    }

    /// Where its private key is: as is said, else as the policy has it.
    pub(super) fn key(&self, new: &New) -> Option<Key> {
        if let Some(given) = &self.arguments.key {
            return Some(Key { place: given.clone(), is_policys: false });
        }
        let policy = self.survey.policy?;
        let place = policy.certificates.key_of(&new.holder, &new.label)?;
        Some(Key { place, is_policys: true })
    }

    /// The same, else the answer.
    fn ask_key(&self, new: &New, interview: &mut Interview) -> Result<Option<Key>> {
        if let Some(key) = self.key(new) {
            return Ok(Some(key));
        }
        let question = open(
            "--key PLACE",
            tr!(
                "Where is its private key? (a PKCS#11 URI or `alias:NAME`; nothing: not known yet)"
            ),
        );
        let place = interview.may(&question, words)?;
        Ok(place.map(|place| Key { place, is_policys: false }))
    }

    pub(super) fn delivery(&self, delivered: Delivered) -> Option<Value> {
        delivered.map(|(ticket, day)| delivery(&ticket, day, self.survey.today))
    }

    /// Puts what is given and not yet recorded into the record; refuses what is recorded otherwise.
    pub(super) fn complete(
        &self,
        known: &CertificateView<'_>,
        delivered: Delivered,
        changes: &mut Changeset,
    ) -> Result<()> {
        let recorded_otherwise = || {
            tr!(
                "`{certificate}` is recorded with another ticket, day or key; if that is wrong, `segell correct {certificate} FIELD VALUE`",
                certificate = known.id
            )
        };
        let key = self.arguments.key.as_deref();
        let same_key = |key: &str| {
            let mut both = Environment::BOTH.iter();
            known.record.key.is_none() || both.all(|it| known.record.key_in(*it) == Some(key))
        };
        ensure!(key.is_none_or(same_key), recorded_otherwise());
        let is_same = |(ticket, day): &(String, Option<Date>)| {
            known.record.delivered.as_ref().is_none_or(|recorded| {
                let same_day = day.is_none_or(|day| day == recorded.date.date());
                recorded.ticket.as_str() == ticket && same_day
            })
        };
        ensure!(delivered.as_ref().is_none_or(is_same), recorded_otherwise());
        if let (Some(key), None) = (key, &known.record.key) {
            changes.edit(known.file, |it| it.set("/key", &Value::quoted(key)))?;
        }
        if let (Some(_), None) = (&delivered, &known.record.delivered) {
            let delivered = self.delivery(delivered).expect("it is given");
            changes.edit(known.file, |record| record.set("/delivered", &delivered))?;
        }
        Ok(())
    }
}

/// A seal that no record knows yet.
pub(super) struct New {
    holder: String,
    label: String,
}

/// Where a private key is, and who says so.
pub(super) struct Key {
    place: String,
    pub is_policys: bool,
}

impl New {
    pub fn id(&self) -> String {
        format!("{}/{}", self.holder, self.label)
    }

    /// Puts the certificate and its record in their places.
    pub fn create(
        &self,
        seal: &Seal,
        bodies: &[&EnsView<'_>],
        key: Option<&Key>,
        delivered: Option<Value>,
        changes: &mut Changeset,
    ) -> Result<()> {
        let mut codes: Vec<&str> = bodies.iter().map(|body| body.ens.organ_code.as_str()).collect();
        codes.dedup();
        let record = Value::block([
            ("sha256", Some(Value::quoted(seal.facts.sha256))),
            ("organ_codes", Some(Value::List(codes.into_iter().map(Value::quoted).collect()))),
            ("key", key.map(|key| Value::quoted(&key.place))),
            ("delivered", delivered),
        ]);
        let id = self.id();
        changes.create_yaml(&format!("inventory/certificates/{id}.yaml"), &record)?;
        let pem = x509::to_pem(&seal.der).into_bytes();
        changes.create(&format!("inventory/certificates/{id}.pem"), pem)
    }
}

fn told_key(id: &str, key: Option<&Key>) -> Text {
    match key {
        None => tr!(
            "where the private key of `{certificate}` is, is not recorded: nobody said, and the policy has no `certificates.key`; when it is known: `segell correct {certificate} key PLACE`",
            certificate = id
        ),
        Some(Key { place, is_policys: true }) => tr!(
            "the private key of `{certificate}` is recorded as `{place}`, as the policy's `certificates.key` has it: see that it is there",
            certificate = id,
            place = place
        ),
        Some(Key { place, .. }) => tr!(
            "the private key of `{certificate}` is recorded as `{place}`",
            certificate = id,
            place = place
        ),
    }
}

/// That certificates of authorities are no seals.
pub(super) fn told_authorities(count: usize) -> Text {
    tr!(
        count = count;
        one "{count} certificate of an authority is left out; `segell add trust FILE` takes it",
        many "{count} certificates of authorities are left out; `segell add trust FILE` takes them"
    )
}

/// The support desk's ticket, and the day where it is given.
pub(super) type Delivered = Option<(String, Option<Date>)>;

fn ticket_question() -> Question<'static> {
    open("--ticket TICKET", tr!("The support desk's ticket? (nothing: not known yet)"))
}

fn delivery(ticket: &str, day: Option<Date>, today: Date) -> Value {
    let day = day.unwrap_or(today);
    Value::map([("ticket", Some(Value::text(ticket))), ("date", Some(day.into()))])
}

/// The first environment that AEAT has not confirmed.
fn next(known: Option<&CertificateView<'_>>, id: &str) -> Text {
    let lacks = |environment: &Environment| {
        known.is_none_or(|known| known.record.confirmations.get(*environment).is_none())
    };
    match Environment::BOTH.into_iter().find(lacks) {
        Some(environment) => tr!(
            "`segell add confirmation --certificate {certificate} --env {environment} --date DATE --serial HEX --evidence TICKET`",
            certificate = id,
            environment = environment.word()
        ),
        None => tr!("`segell status`, which shows what is still lacking"),
    }
}

/// The certificate is there already: for a department, its code is added to those it is for.
pub(super) fn share(
    known: &CertificateView<'_>,
    bodies: &[&EnsView<'_>],
    changes: &mut Changeset,
) -> Result<()> {
    for body in lacking(known, bodies) {
        let code = Value::quoted(&body.ens.organ_code);
        changes.edit(known.file, |record| record.append("/organ_codes", &code))?;
    }
    Ok(())
}

/// The bodies whose codes the record lacks.
fn lacking<'b, 'a>(
    known: &'b CertificateView<'_>,
    bodies: &'b [&'b EnsView<'a>],
) -> impl Iterator<Item = &'b EnsView<'a>> {
    let lacks = |body: &&EnsView<'_>| !known.record.organ_codes.contains(&body.ens.organ_code);
    bodies.iter().copied().filter(lacks)
}

/// Whether those bodies may share it.
pub(super) fn ensure_shared(known: &CertificateView<'_>, bodies: &[&EnsView<'_>]) -> Result<()> {
    for body in lacking(known, bodies) {
        ensure!(
            body.ens.block == Block::Departments,
            tr!(
                "the certificate is there already as `{certificate}`, under another organ code than that of `{ens}`",
                certificate = known.id,
                ens = body.id
            )
        );
    }
    Ok(())
}

/// What it means for the seals that the bodies have: which one it supersedes, and where that is
/// still to be loaded.
pub(super) fn consequences(
    seal: &Seal,
    survey: &Survey<'_>,
    bodies: &[&EnsView<'_>],
    id: &str,
) -> Vec<Text> {
    let mut told = Vec::new();
    for body in bodies {
        let Some(latest) = survey.latest(body).filter(|latest| latest.id != id) else { continue };
        let Some((facts, _)) = latest.pem else { continue };
        if facts.not_before > seal.facts.not_before {
            told.push(tr!(
                "`{latest}` begins later, on {day}: `{certificate}` is not the latest of `{ens}`",
                latest = latest.id,
                day = day_of(facts.not_before),
                certificate = id,
                ens = body.id
            ));
            continue;
        }
        told.push(tr!(
            "it supersedes `{latest}` of `{ens}`, in force through {day}",
            latest = latest.id,
            ens = body.id,
            day = day_of(facts.not_after)
        ));
        let loads = body.loads.iter().map(|&load| &survey[load]);
        let waiting =
            loads.filter(|view| view.load.is_open() && view.load.certificate.as_str() == latest.id);
        let batches: Vec<&str> = waiting.map(|view| survey[view.batch].id).collect();
        if !batches.is_empty() {
            told.push(tr!(
                "still to load `{latest}`: {batches}",
                latest = latest.id,
                batches = names(batches)
            ));
        }
    }
    told
}
