//! `segell add confirmation`.

mod letter;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::text::{Text, names};
use crate::base::word::Word;
use crate::checklist::rules::ens::confirmed_in_writing::{no_answer, other_serial, other_sha256};
use crate::commands::ask::{Interview, Question};
use crate::commands::change::asking::{self, any_text, open};
use crate::commands::change::writing::{Refused, Writing, about_certificate};
use crate::commands::out::say;
use crate::commands::whom::Whom;
use crate::commands::word::one_of;
use crate::edit::{Changeset, Evidence, Value};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::model::{Block, Confirmation};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

/// Record AEAT's written answer that it has loaded certificates' public keys
///
/// What AEAT quotes is recorded as AEAT wrote it, and nothing in its place: with `--serial` or `--sha256`
/// another certificate's is refused; of several, each is looked for among the certificates that are meant.
/// Without them the confirmation quotes nothing, and `segell check` says what it lacks. Of many, `--from` reads
/// a spreadsheet saved as CSV: `ens`, `nif` or `organ_code`, or `certificate`; `serial` or `sha256`; and
/// where they differ `environment` and `date`. Each line is compared with the certificate that it is about.
/// The receipt of the request, a CSV code, is no confirmation.
///
/// Exit code 0: written, or there already; 1: it is another certificate's, or would break a rule; 2: it
/// could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The certificate, `holder/label`; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    certificate: Vec<String>,
    /// Whose latest certificate, by id, organ code or NIF; may be given several times
    #[arg(long, value_delimiter = ',', conflicts_with = "certificate")]
    ens: Vec<String>,
    /// In which environment AEAT has loaded it; may be given twice
    #[arg(long, value_parser = one_of::<Environment>(), value_delimiter = ',')]
    env: Vec<Environment>,
    /// The serial that AEAT quotes, in hexadecimal; may be given several times
    #[arg(long, value_name = "HEX", value_delimiter = ',')]
    serial: Vec<String>,
    /// The SHA-256 that AEAT quotes, in hexadecimal; may be given several times
    #[arg(long, value_name = "HEX", value_parser = sha256, value_delimiter = ',')]
    sha256: Vec<Sha256>,
    /// The day from which it is loaded there, as AEAT's letter has it
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    date: Option<Date>,
    /// A spreadsheet of what AEAT confirms: UTF-8, separated by semicolons, commas or tabs
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["certificate", "ens", "serial", "sha256"])]
    from: Option<PathBuf>,
    /// The answer: a ticket, or a file, which is copied; may be given several times
    #[arg(long, value_delimiter = ',')]
    evidence: Vec<Evidence>,
}

/// A SHA-256 as people write it: also in capitals, with colons or blanks between the bytes.
pub(super) fn sha256(text: &str) -> Result<Sha256, String> {
    let digits: String = text.chars().filter(|digit| !matches!(digit, ' ' | ':')).collect();
    Sha256::from_hex(&digits.to_lowercase())
        .ok_or_else(|| tr!("a SHA-256 has 64 hexadecimal digits").to_string())
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    if let Some(file) = &arguments.from {
        let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
        let Some(evidence) = evidence else { return interview.refuse() };
        return letter::record(arguments, file, &evidence, &survey, &mut changes);
    }
    let views = arguments.views(&mut interview, &survey)?;
    let environments = environments(&mut interview, &arguments.env)?;
    let quotes = arguments.quotes(&mut interview)?;
    let date = open("--date DATE", tr!("From which day on is it loaded there, by AEAT's letter?"));
    let date = interview.need(arguments.date.as_ref(), &date, crate::commands::date)?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(views), Some(environments), Some(date), Some(evidence)) =
        (views, environments, date, evidence)
    else {
        return interview.refuse();
    };
    let mut stated = Vec::new();
    for (view, (serial, sha256)) in views.iter().zip(quotes.of(&views)?) {
        for &environment in &environments {
            let (serial, view) = (serial.clone(), *view);
            stated.push(Stated { view, environment, serial, sha256, date });
        }
    }
    ensure_shown(&evidence, environments[0])?;
    let folder = folder(&stated);
    let items = Evidence::items(&evidence, &folder, &mut changes)?;
    for stated in &stated {
        stated.put(&items, &mut changes)?;
    }
    if quotes.is_empty() {
        say(tr!(
            "nothing that AEAT quotes is recorded: when its letter names the serial or the SHA-256, the same again with `--serial HEX` or `--sha256 HEX`"
        ));
    }
    let concerns = about_certificates(stated.iter().map(|it| it.view.id));
    let next = next(&survey, &stated);
    arguments.writing.finish(&changes, concerns, &[next])
}

/// The findings about one of these certificates.
fn about_certificates<'v>(ids: impl Iterator<Item = &'v str>) -> impl Fn(&Finding) -> bool {
    let ids: BTreeSet<String> = ids.map(str::to_owned).collect();
    move |finding| ids.iter().any(|id| about_certificate(id)(finding))
}

/// The environments that are named, or in the answer.
fn environments(
    interview: &mut Interview,
    given: &[Environment],
) -> Result<Option<Vec<Environment>>> {
    match given {
        [] => Ok(asking::environment(interview, None)?.map(|environment| vec![environment])),
        given => Ok(Some(asking::environments(given))),
    }
}

/// What shows a confirmation is more than a receipt.
fn ensure_shown(evidence: &[Evidence], environment: Environment) -> Result<()> {
    let shows = |evidence: &Evidence| !matches!(evidence, Evidence::Csv(_));
    ensure!(evidence.iter().any(shows), Refused(no_answer(environment)));
    Ok(())
}

/// Where documents are kept: by the certificate, or for several by the day.
fn folder(stated: &[Stated<'_, '_>]) -> String {
    match stated {
        [one] => format!("aeat/{}-{}", one.view.id.replace('/', "-"), one.environment.word()),
        all => {
            let first = all.iter().map(|stated| stated.date).min().unwrap_or(Date::MIN);
            format!("aeat/{first}")
        }
    }
}

impl Arguments {
    /// The certificates that are meant: those that are named, of the ens that are named the latest, or
    /// those whose serial or SHA-256 AEAT quotes.
    fn views<'s, 'a>(
        &self,
        interview: &mut Interview,
        survey: &'s Survey<'a>,
    ) -> Result<Option<Vec<&'s CertificateView<'a>>>> {
        if !self.ens.is_empty() {
            let whom = Whom::of(survey);
            let latest = |word: &String| {
                let ens = whom.find(word)?;
                survey.latest(ens).ok_or_else(|| without_certificate(ens.id))
            };
            let views: Result<Vec<_>, Text> = self.ens.iter().map(latest).collect();
            return Ok(Some(each_once(views?)));
        }
        if self.certificate.is_empty() && !(self.serial.is_empty() && self.sha256.is_empty()) {
            return Ok(Some(self.quoted(survey)?));
        }
        let mut views = Vec::new();
        match self.certificate.as_slice() {
            [] => views.extend(asking::certificate(interview, None, survey)?),
            ids => {
                for id in ids {
                    views.extend(asking::certificate(interview, Some(id), survey)?);
                }
            }
        }
        Ok((!views.is_empty()).then(|| each_once(views)))
    }

    /// The certificates whose serial or SHA-256 is quoted.
    fn quoted<'s, 'a>(&self, survey: &'s Survey<'a>) -> Result<Vec<&'s CertificateView<'a>>> {
        let mut views = Vec::new();
        for serial in &self.serial {
            let mut fitting = survey.certificates.iter().filter(|view| is_serial(view, serial));
            match (fitting.next(), fitting.next()) {
                (Some(only), None) => views.push(only),
                (Some(one), Some(other)) => bail!(Refused(tr!(
                    "the serial `{serial}` is that of `{one}` and of `{other}`; say which with `--certificate`",
                    serial = serial,
                    one = one.id,
                    other = other.id
                ))),
                (None, _) => bail!(Refused(of_nobody(serial))),
            }
        }
        for sha256 in &self.sha256 {
            let mut all = survey.certificates.iter();
            let found = all.find(|view| view.record.sha256.0 == *sha256);
            views.push(found.ok_or_else(|| Refused(of_nobody(&sha256.to_string())))?);
        }
        Ok(each_once(views))
    }

    /// What AEAT quotes; at a terminal, when nothing is said of it, the answer.
    fn quotes(&self, interview: &mut Interview) -> Result<Quotes> {
        let mut quotes = Quotes { serials: self.serial.clone(), digests: self.sha256.clone() };
        if quotes.is_empty() {
            let question =
                |flag, words| Question { flag, words, choices: Vec::new(), default: None };
            let serial = question(
                "--serial HEX",
                tr!("Which serial does AEAT quote? (nothing: none, or the SHA-256)"),
            );
            quotes.serials.extend(interview.may(&serial, any_text)?);
            if quotes.is_empty() {
                let digest =
                    question("--sha256 HEX", tr!("Which SHA-256 does AEAT quote? (nothing: none)"));
                quotes.digests.extend(interview.may(&digest, sha256)?);
            }
        }
        Ok(quotes)
    }
}

fn without_certificate(ens: &str) -> Text {
    tr!("`{ens}` has no certificate; `segell add certificate FILE` adds one", ens = ens)
}

fn each_once<'s, 'a>(mut views: Vec<&'s CertificateView<'a>>) -> Vec<&'s CertificateView<'a>> {
    let mut seen = BTreeSet::new();
    views.retain(|view| seen.insert(view.id));
    views
}

fn is_serial(view: &CertificateView<'_>, quoted: &str) -> bool {
    view.pem.is_some_and(|(facts, _)| facts.serial.matches_quoted(quoted))
}

fn of_nobody(quoted: &str) -> Text {
    tr!("AEAT confirmed `{quoted}`, which no certificate here has", quoted = quoted)
}

/// What AEAT quotes of several certificates.
struct Quotes {
    serials: Vec<String>,
    digests: Vec<Sha256>,
}

impl Quotes {
    fn is_empty(&self) -> bool {
        self.serials.is_empty() && self.digests.is_empty()
    }

    /// What is quoted of each of the certificates.
    ///
    /// # Errors
    /// When something is quoted that is none of theirs, or nothing of one of them.
    fn of(&self, views: &[&CertificateView<'_>]) -> Result<Vec<(Option<String>, Option<Sha256>)>> {
        if let ([only], [_] | [], [_] | []) = (views, &self.serials[..], &self.digests[..]) {
            let (serial, sha256) = (self.serials.first().cloned(), self.digests.first().copied());
            if let Some(other) = other(only, serial.as_deref(), sha256.as_ref()) {
                bail!(Refused(other));
            }
            return Ok(vec![(serial, sha256)]);
        }
        let ids = || names(views.iter().map(|view| view.id));
        let of_none = |quoted: &str| {
            tr!(
                "AEAT confirmed `{quoted}`, which is none of {certificates}",
                quoted = quoted,
                certificates = ids()
            )
        };
        let mut found = Vec::new();
        for view in views {
            let serial = self.serials.iter().find(|quoted| is_serial(view, quoted)).cloned();
            let sha256 = self.digests.iter().find(|it| **it == view.record.sha256.0).copied();
            ensure!(
                self.is_empty() || serial.is_some() || sha256.is_some(),
                Refused(tr!(
                    "what AEAT quotes names others, and not `{certificate}`: leave it out, or quote its serial",
                    certificate = view.id
                ))
            );
            found.push((serial, sha256));
        }
        for serial in &self.serials {
            let is_theirs = views.iter().any(|view| is_serial(view, serial));
            ensure!(is_theirs, Refused(of_none(serial)));
        }
        for sha256 in &self.digests {
            let is_theirs = views.iter().any(|view| view.record.sha256.0 == *sha256);
            ensure!(is_theirs, Refused(of_none(&sha256.to_string())));
        }
        Ok(found)
    }
}

/// Why what AEAT quotes is not this certificate's.
fn other(
    view: &CertificateView<'_>,
    serial: Option<&str>,
    sha256: Option<&Sha256>,
) -> Option<Text> {
    let serial = serial.and_then(|quoted| other_serial(view, quoted));
    serial.or_else(|| other_sha256(view, sha256?))
}

/// What AEAT has written of one certificate and one environment.
struct Stated<'s, 'a> {
    view: &'s CertificateView<'a>,
    environment: Environment,
    serial: Option<String>,
    sha256: Option<Sha256>,
    date: Date,
}

impl Stated<'_, '_> {
    /// Records it: what is new of it, where some of it is recorded.
    ///
    /// # Errors
    /// When it is recorded otherwise.
    fn put(&self, evidence: &[Value], changes: &mut Changeset) -> Result<()> {
        let view = self.view;
        let pointer = format!("/confirmations/{}", self.environment.word());
        let Some(known) = view.record.confirmations.get(self.environment) else {
            let confirmation = self.confirmation(evidence);
            return changes.edit(view.file, |record| record.set(&pointer, &confirmation));
        };
        self.ensure_same(known, evidence)?;
        let lacking = [
            ("serial", self.serial.as_ref().filter(|_| known.serial.is_none()).map(Value::quoted)),
            ("sha256", self.sha256.filter(|_| known.sha256.is_none()).map(Value::quoted)),
        ];
        for (field, value) in lacking {
            let Some(value) = value else { continue };
            let pointer = format!("{pointer}/{field}");
            changes.edit(view.file, |record| record.set(&pointer, &value))?;
        }
        Ok(())
    }

    fn confirmation(&self, evidence: &[Value]) -> Value {
        Value::map([
            ("date", Some(self.date.into())),
            ("serial", self.serial.as_ref().map(|serial| Value::quoted(serial.trim()))),
            ("sha256", self.sha256.map(Value::quoted)),
            ("evidence", Some(Value::List(evidence.to_vec()))),
        ])
    }

    /// Refuses to record otherwise what is recorded.
    fn ensure_same(&self, known: &Confirmation, evidence: &[Value]) -> Result<()> {
        let is_there =
            |item: &Value| known.evidence.iter().any(|there| Value::from(there) == *item);
        ensure!(
            known.date.date() == self.date && evidence.iter().all(is_there),
            tr!(
                "`{certificate}` has a confirmation of {day} there, with other evidence or on another day; what is recorded is not rewritten: if it is wrong, `segell correct {certificate} confirmations {environment} FIELD VALUE`",
                certificate = self.view.id,
                day = known.date.date(),
                environment = self.environment.word()
            )
        );
        Ok(())
    }
}

/// The other environment, while AEAT has not confirmed it; else a day.
fn next(survey: &Survey<'_>, stated: &[Stated<'_, '_>]) -> Text {
    let done = |view: &CertificateView<'_>, environment: Environment| {
        view.record.confirmations.get(environment).is_some()
            || stated.iter().any(|it| it.view.id == view.id && it.environment == environment)
    };
    for view in stated.iter().map(|stated| stated.view) {
        if let Some(other) = Environment::BOTH.into_iter().find(|it| !done(view, *it)) {
            return tr!(
                "`segell add confirmation --certificate {certificate} --env {environment} --date DATE --serial HEX --evidence TICKET`",
                certificate = view.id,
                environment = other.word()
            );
        }
    }
    let codes = stated.iter().flat_map(|stated| &stated.view.record.organ_codes);
    let codes: BTreeSet<&str> = codes.map(|code| code.as_str()).collect();
    let mut ens = survey.ens.iter().filter(|ens| codes.contains(ens.ens.organ_code.as_str()));
    match (ens.next(), ens.next()) {
        (Some(ens), None) if ens.ens.block == Block::New && ens.ens.agreement.is_none() => tr!(
            "`segell add agreement --ens {ens} --signed DATE --env pre,pro --evidence TICKET`",
            ens = ens.id
        ),
        (Some(ens), None) => {
            tr!("`segell schedule --calendar NAME --ens {ens} --pre DATE --pro DATE`", ens = ens.id)
        }
        _ => tr!("`segell propose`, which finds the days for all that are ready"),
    }
}
