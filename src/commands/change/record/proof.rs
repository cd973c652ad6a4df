//! `segell record check --request FILE`: the message finds its load, fills in the check, and is refused
//! where it is not that load's.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;

use super::check::{Asking, Done, Made, Told, next};
use super::pairs::{Messages, Pair, pairs};
use super::{Event, not_loaded_in};
use crate::base::digest::Sha256;
use crate::base::text::{Text, visible};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{choice, environment, find, take_evidence};
use crate::commands::change::writing::{Refused, about_batch};
use crate::edit::{Changeset, Value};
use crate::files::message::outcome::{Shown, shown};
use crate::files::message::{self, Answer, Fact, Request, RequestId, Signature, is_same_code};
use crate::inventory::finding::Environment;
use crate::inventory::model::Outcome;
use crate::inventory::survey::{BatchIndex, CertificateView, EnsIndex, LoadView, Survey};
use crate::tr;
use crate::views::message::unsigned;

/// How many refusals are told one by one.
const TOLD: usize = 20;

/// A check as its message tells it.
struct Proof {
    /// The load, by its place in the survey.
    load: usize,
    date: Date,
    result: Outcome,
    service: String,
    /// As it is kept.
    message: Value,
}

/// Records the checks that messages prove.
pub(super) fn run(event: &Event, told: &Told, messages: &Messages) -> Result<ExitCode> {
    let pairs = pairs(messages)?;
    let mut changes = event.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, event.writing.today());
    let mut interview = Interview::begin();
    let question = choice("--env pre|pro", tr!("In which environment?"), &["pre", "pro"]);
    let environment = interview.need(event.env.as_ref(), &question, environment)?;
    let asked = told.ask_without_result(&mut interview)?;
    let (Some(environment), Some(asked)) = (environment, asked) else { return interview.refuse() };
    let batch = event.batch.as_deref().map(|id| find(&survey, id)).transpose()?;
    let loads = Loads::of(&survey, batch.map(|view| view.id), &event.who.ens);
    let prove = |pair: &Pair| {
        let proof = loads.prove(pair, environment, (event.date, told.result));
        proof.map_err(|why| tr!("`{file}`: {why}", file = visible(&pair.file), why = why))
    };
    let proofs: Vec<Result<Proof, Text>> = pairs.iter().map(prove).collect();
    refuse(proofs.iter().filter_map(|proof| proof.as_ref().err()))?;
    let proofs: Vec<Proof> = proofs.into_iter().flatten().collect();
    write(&survey, &proofs, environment, (told, &asked), &mut changes)?;
    let mut batches: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for proof in &proofs {
        batches.entry(loads.batch_of(proof.load)).or_default().push(proof);
    }
    let to_next = |(id, proofs): (&&str, &Vec<&Proof>)| {
        let last = proofs.last()?;
        let places: Vec<usize> =
            proofs.iter().map(|proof| survey.loads[proof.load].index).collect();
        let (date, result) = (last.date, last.result);
        let (batch, by) = (survey.batch(id)?, &asked.by);
        Some(next(&Done { batch, environment, places: &places, date, by, result }, told))
    };
    let next: Vec<Text> = batches.iter().filter_map(to_next).take(5).collect();
    match batches.first_key_value() {
        Some((id, _)) if batches.len() == 1 => {
            event.writing.finish(&changes, about_batch(id), &next)
        }
        _ => event.writing.finish_briefly(&changes, &next),
    }
}

/// Says what was refused, if anything was.
fn refuse<'p>(refusals: impl Iterator<Item = &'p Text>) -> Result<()> {
    let refusals: Vec<&Text> = refusals.collect();
    let Some((last, before)) = refusals.split_last() else { return Ok(()) };
    before.iter().take(TOLD).for_each(|why| {
        eprintln!("{}", tr!("refused: {why}", why = (*why).clone()));
    });
    if before.len() > TOLD {
        let others = before.len() - TOLD;
        eprintln!(
            "{}",
            tr!(count = others;
            one "refused: {count} other message", many "refused: {count} other messages")
        );
    }
    Err(Refused((*last).clone()).into())
}

/// Adds each check to its load, batch by batch.
fn write(
    survey: &Survey<'_>,
    proofs: &[Proof],
    environment: Environment,
    (told, asked): (&Told, &Asking),
    changes: &mut Changeset,
) -> Result<()> {
    let mut by_batch: BTreeMap<BatchIndex, Vec<&Proof>> = BTreeMap::new();
    for proof in proofs {
        by_batch.entry(survey.loads[proof.load].batch).or_default().push(proof);
    }
    for (place, proofs) in by_batch {
        let view = &survey[place];
        let shown = take_evidence(&asked.evidence, view, changes)?;
        changes.edit(view.file, |yaml| {
            let mut new: Vec<(String, Value)> = Vec::new();
            for proof in proofs {
                let load = &survey.loads[proof.load];
                let pointer = format!("/loads/{}/{}/checks", load.index, environment.word());
                let known = load.load.record(environment).map_or(&[][..], |it| &it.checks);
                let made = Made {
                    date: proof.date,
                    by: asked.by.clone(),
                    result: proof.result,
                    service: Some(&proof.service),
                    message: Some(&proof.message),
                    told,
                };
                // Of several checks of one load the later ones follow the first.
                let is_first = new.iter().all(|(other, _)| *other != pointer);
                match made.known(known) {
                    None if is_first => new.push((pointer, made.value(&shown))),
                    _ => {
                        yaml.append_each(&std::mem::take(&mut new))?;
                        made.put(yaml, &pointer, known, &shown)?;
                    }
                }
            }
            yaml.append_each(&new)
        })?;
    }
    Ok(())
}

/// The loads that a message may be of, by what it says.
struct Loads<'s, 'a> {
    survey: &'s Survey<'a>,
    batch: Option<&'s str>,
    /// The loads of an ens, by its organ code without zeros before it.
    by_code: HashMap<&'s str, Vec<usize>>,
    /// The loads of a seal.
    by_seal: HashMap<Sha256, Vec<usize>>,
    /// The record of a seal, by its place in the survey.
    records: HashMap<Sha256, usize>,
}

impl<'s, 'a> Loads<'s, 'a> {
    /// Those that are not withdrawn, of one batch or of all, of these ens or of any.
    fn of(survey: &'s Survey<'a>, batch: Option<&'s str>, ens: &[String]) -> Loads<'s, 'a> {
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_seal: HashMap<Sha256, Vec<usize>> = HashMap::new();
        for (place, view) in survey.loads.iter().enumerate() {
            let is_meant = view.load.withdrawn.is_none()
                && batch.is_none_or(|id| survey[view.batch].id == id)
                && (ens.is_empty() || ens.iter().any(|id| id == view.load.ens.as_str()));
            if !is_meant {
                continue;
            }
            if let Some(ens) = view.ens {
                let code = survey[ens].ens.organ_code.as_str();
                by_code.entry(code.trim_start_matches('0')).or_default().push(place);
            }
            if let Some(certificate) = view.certificate {
                let sha256 = survey[certificate].record.sha256.0;
                by_seal.entry(sha256).or_default().push(place);
            }
        }
        let records = survey.certificates.iter().enumerate();
        let records = records.map(|(place, view)| (view.record.sha256.0, place)).collect();
        Loads { survey, batch, by_code, by_seal, records }
    }

    fn batch_of(&self, load: usize) -> &'s str {
        self.survey[self.survey.loads[load].batch].id
    }

    /// The check that a message proves.
    ///
    /// # Errors
    /// Why it is of no load, or not as it should be.
    fn prove(
        &self,
        pair: &Pair,
        environment: Environment,
        (date, result): (Option<Date>, Option<Outcome>),
    ) -> Result<Proof, Text> {
        let seal = match &pair.signature {
            Signature::Verified(signer) => signer.certificate.sha256,
            Signature::Broken(why) => {
                return Err(tr!("it proves nothing: {why}", why = why.clone()));
            }
            Signature::Missing | Signature::NotAsked => return Err(unsigned()),
        };
        let Request { id, service, organ_code, sent, .. } = &pair.request;
        let (id, service, code, sent) =
            (fact(id)?, fact(service)?, fact(organ_code)?, *fact(sent)?);
        let load = self.load(seal, code)?;
        let view = &self.survey.loads[load];
        self.asked_for(view, service)?;
        let day = self.day(view, environment, sent, date)?;
        let answered =
            pair.answer.as_ref().map(|it| Answered::read(it, id, service)).transpose()?;
        let result = decided(answered.as_ref(), service, result)?;
        let (ens, certificate) = self.parts(view);
        let code =
            certificate.record.organ_codes.iter().find(|own| is_same_code(own.as_str(), code));
        let code = code.map_or(self.survey[ens].ens.organ_code.as_str(), |code| code.as_str());
        let message = kept(pair, (id, sent, service, code, seal), answered.as_ref());
        Ok(Proof { load, date: day, result, service: service.clone(), message })
    }

    /// The ens and the certificate of a load that was found by both.
    fn parts(&self, view: &LoadView<'a>) -> (EnsIndex, &'s CertificateView<'a>) {
        let both = view.ens.zip(view.certificate);
        let (ens, certificate) = both.expect("a load is found by its ens and its certificate");
        (ens, &self.survey[certificate])
    }

    /// The load of that seal under that code.
    fn load(&self, seal: Sha256, code: &str) -> Result<usize, Text> {
        let under = self.by_code.get(code.trim_start_matches('0')).map_or(&[][..], Vec::as_slice);
        let of_seal = self.by_seal.get(&seal).map_or(&[][..], Vec::as_slice);
        let mut both = of_seal.iter().filter(|load| under.contains(load));
        match (both.next(), under.first(), of_seal.first()) {
            (Some(&load), _, _) => Ok(load),
            (None, Some(&load), _) => Err(self.another_seal(&self.survey.loads[load], seal)),
            (None, None, Some(&load)) => Err(self.another_code(&self.survey.loads[load], code)),
            (None, None, None) => Err(self.no_load(seal, code)),
        }
    }

    /// Says which seal signed instead of the one that was loaded.
    fn another_seal(&self, view: &LoadView<'a>, seal: Sha256) -> Text {
        let (ens, own) = (view.load.ens.as_str(), view.load.certificate.as_str());
        let Some(other) = self.records.get(&seal).map(|&place| &self.survey.certificates[place])
        else {
            return tr!(
                "another seal signed it, which no record knows, not `{certificate}`, which is loaded for `{ens}`; see it with `segell inspect`",
                certificate = own,
                ens = ens
            );
        };
        let holds = self
            .survey
            .ens(ens)
            .is_some_and(|ens| ens.certificates.iter().any(|&at| self.survey[at].id == other.id));
        match holds {
            true => tr!(
                "`{ens}` still signed with its other seal, `{other}`, not with `{certificate}`, which is loaded: whoever sends has to change the seal",
                ens = ens,
                other = other.id,
                certificate = own
            ),
            false => tr!(
                "another body's seal signed it, `{other}`, not `{certificate}`, which is loaded for `{ens}`",
                other = other.id,
                certificate = own,
                ens = ens
            ),
        }
    }

    /// Says under which code the seal asked instead of its own.
    fn another_code(&self, view: &LoadView<'a>, code: &str) -> Text {
        let whose =
            self.survey.ens.iter().find(|ens| is_same_code(ens.ens.organ_code.as_str(), code));
        let (ens, certificate) = (view.load.ens.as_str(), view.load.certificate.as_str());
        match whose {
            Some(other) => tr!(
                "it was signed with `{certificate}`, which is loaded for `{ens}`, and asks under another code, that of `{other}`",
                certificate = certificate,
                ens = ens,
                other = other.id
            ),
            None => tr!(
                "it was signed with `{certificate}`, which is loaded for `{ens}`, and asks under another code, which is nobody's in the inventory",
                certificate = certificate,
                ens = ens
            ),
        }
    }

    /// Says that neither the seal nor the code is of a load that is meant.
    fn no_load(&self, seal: Sha256, code: &str) -> Text {
        let whose =
            self.survey.ens.iter().find(|ens| is_same_code(ens.ens.organ_code.as_str(), code));
        let Some(ens) = whose else {
            return match self.records.get(&seal) {
                Some(&place) => tr!(
                    "it asks under a code that is nobody's in the inventory; `{certificate}` signed it",
                    certificate = self.survey.certificates[place].id
                ),
                None => tr!(
                    "it is of no load: its code is nobody's in the inventory, and no record knows its seal"
                ),
            };
        };
        match self.batch {
            Some(batch) => tr!(
                "it asks under the code of `{ens}`, of which `{batch}` has no load that is meant",
                ens = ens.id,
                batch = batch
            ),
            None => tr!(
                "it asks under the code of `{ens}`, of which there is no load that is meant",
                ens = ens.id
            ),
        }
    }

    fn asked_for(&self, view: &LoadView<'a>, service: &str) -> Result<(), Text> {
        let ens = &self.survey[self.parts(view).0];
        let mut listed = ens.ens.authorisations.iter();
        if listed.any(|authorisation| authorisation.service.as_str() == service) {
            return Ok(());
        }
        Err(match crate::views::message::known_service(Some(self.survey), service) {
            true => tr!(
                "it asks for another service, `{service}`, which no authorisation of `{ens}` lists",
                service = service,
                ens = ens.id
            ),
            false => tr!(
                "it asks for another service, which neither the policy nor an authorisation of `{ens}` lists",
                ens = ens.id
            ),
        })
    }

    /// The check's day: that on which the request was sent.
    fn day(
        &self,
        view: &LoadView<'a>,
        environment: Environment,
        sent: Timestamp,
        date: Option<Date>,
    ) -> Result<Date, Text> {
        let (day, batch) = (day_of(sent), self.survey[view.batch].id);
        let Some(loaded) = view.load.loaded(environment) else {
            return Err(not_loaded_in(batch, environment, view.load));
        };
        if day < loaded {
            return Err(tr!(
                "it was sent on {sent}, before the load of `{ens}` in {environment} on {loaded}: it shows nothing of it",
                sent = day,
                ens = &view.load.ens,
                environment = environment.shown(),
                loaded = loaded
            ));
        }
        match date {
            Some(date) if date != day => {
                Err(tr!("it was sent on {sent}, another day than {date}", sent = day, date = date))
            }
            _ => Ok(day),
        }
    }
}

fn fact<T>(fact: &Fact<T>) -> Result<&T, Text> {
    fact.as_ref().map_err(Clone::clone)
}

/// What the answer to a request says.
struct Answered {
    code: String,
    answer: Option<String>,
}

impl Answered {
    /// Reads the answer, if it is that request's.
    fn read(answer: &Answer, id: &RequestId, service: &str) -> Result<Answered, Text> {
        if let Some(own) = &answer.id
            && fact(own)?.digest != id.digest
        {
            return Err(tr!("its answer is to another request: their ids differ"));
        }
        if let Some(own) = &answer.service
            && fact(own)? != service
        {
            return Err(tr!("its answer is of another service"));
        }
        let code = fact(&answer.code)?.clone();
        let own = answer.answer.as_ref().filter(|_| code == message::outcome::FINISHED);
        let answer = own.map(|own| fact(own).cloned()).transpose()?;
        Ok(Answered { code, answer })
    }
}

/// What came of the check: what the answer shows, else what was said.
fn decided(
    answered: Option<&Answered>,
    service: &str,
    said: Option<Outcome>,
) -> Result<Outcome, Text> {
    let Some(Answered { code, answer }) = answered else {
        let lacks = || {
            tr!(
                "it has no answer, so that nothing shows what came of it: give `--answer FILE`, or say `--result works|fails`"
            )
        };
        return said.ok_or_else(lacks);
    };
    let result = match (shown(service, code, answer.as_deref()), said) {
        (Shown::Waits, _) => {
            return Err(tr!("it still waits for its answer: record it when that is there"));
        }
        (Shown::Works, _) => Outcome::Works,
        (Shown::Fails, _) => Outcome::Fails,
        (Shown::Undecided, Some(said)) => return Ok(said),
        (Shown::Undecided, None) => {
            return Err(tr!(
                "AEAT's answer alone does not tell whether it works: say `--result works|fails`"
            ));
        }
    };
    match (said, result) {
        (Some(Outcome::Works), Outcome::Fails) => {
            Err(tr!("its answer shows that it fails, and `--result works` says otherwise"))
        }
        (Some(Outcome::Fails), Outcome::Works) => {
            Err(tr!("its answer shows that it works, and `--result fails` says otherwise"))
        }
        _ => Ok(result),
    }
}

/// What is kept of a message.
fn kept(
    pair: &Pair,
    (id, sent, service, code, seal): (&RequestId, Timestamp, &str, &str, Sha256),
    answered: Option<&Answered>,
) -> Value {
    Value::map([
        ("request", Some(Value::text(&id.kept))),
        ("sent", Some(Value::quoted(sent))),
        ("code", answered.map(|it| Value::quoted(&it.code))),
        ("answer", answered.and_then(|it| it.answer.as_ref()).map(Value::quoted)),
        ("service", Some(Value::text(service))),
        ("organ_code", Some(Value::quoted(code))),
        ("signed_by", Some(Value::quoted(seal))),
        ("sha256", Some(Value::quoted(pair.sha256))),
    ])
}
