//! A message seen in an inventory: whose seal signed it, where that is loaded, whether it is the one that
//! should, and what was answered. Of the message only facts are told that name nobody.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::text::{Argument, Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::files::message::outcome::{Shown, shown};
use crate::files::message::{
    Answer, Fact, Kind, Message, Request, Signature, Signer, Who, is_same_code,
};
use crate::files::x509::Certificate;
use crate::inventory::finding::{Actor, Environment};
use crate::inventory::model::identifier::{OrganCodeFault, check_organ_code, is_body_nif};
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::tr;

/// AEAT's services at Via Oberta: what is known without a policy.
const SERVICES: [&str; 14] = [
    "AEAT_IAE/AEATIAE",
    "AEAT_DADES/ECOT101",
    "AEAT_DADES/ECOT102",
    "AEAT_DADES/ECOT103",
    "AEAT_DADES/ECOT104",
    "AEAT_DADES/ECOTGEN",
    "AEAT_DADES/SCPWIJ1R",
    "AEAT_DADES/INFOCAT",
    "AEAT_DADES/VERIFICAR_NIF",
    "AEAT_IRPF/IRPF",
    "AEAT_IRPF/C2",
    "AEAT_IRPF/C4",
    "AEAT_IRPF/C6",
    "AEAT_IRPF/PPE",
];

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum What {
    /// It asks.
    Request,
    /// It answers.
    Answer,
    /// It says why there is no answer.
    Fault,
}

/// Whether a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Signed {
    /// By a signature that verifies.
    Verified,
    /// By one that proves nothing.
    Broken,
    /// It is not.
    Missing,
    /// It is an answer, whose signature is not asked for.
    NotAsked,
}

/// What an answer shows of the certificate's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Shows {
    /// It works.
    Works,
    /// It does not.
    Fails,
    /// There is no answer yet.
    Waits,
    /// The codes alone do not tell.
    Undecided,
}

/// A message, seen in an inventory.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "A message seen by segell")]
pub struct Sight {
    /// `segell.message/v1`.
    schema: &'static str,
    /// The day, `YYYY-MM-DD`.
    as_of: String,
    /// The SHA-256 of the bytes as they are given.
    sha256: String,
    kind: What,
    /// The request's id; of one that might name a person, 16 digits of its SHA-256. Null: not known.
    request: Option<String>,
    /// Product and modality; null: none that is known.
    service: Option<String>,
    /// The organ code under which it asks; null: none that is known.
    organ_code: Option<String>,
    /// The ens whose code that is; null: nobody's in the inventory.
    ens: Option<String>,
    /// When a request was sent, in UTC; null: not known.
    sent: Option<String>,
    /// Whether its header, which is signed, says so; else the time in its body does.
    sent_by_header: bool,
    signature: Signed,
    /// How it is signed; null where it does not verify.
    algorithm: Option<String>,
    /// The seal that signed; null where that does not verify.
    signed_by: Option<Seal>,
    /// What should sign, in each environment; nothing where the ens is not known.
    should_sign: Vec<Expected>,
    /// The state of the request, four digits, or `fault`; null: not known, or no answer.
    code: Option<String>,
    /// AEAT's code; null: none.
    answer: Option<String>,
    /// What that shows of the certificate's path; null: no answer.
    shows: Option<Shows>,
    /// What an error text means; null: there is none.
    error: Option<Meant>,
    /// What else is to be said.
    remarks: Vec<String>,
}

/// The seal that signed.
#[derive(Debug, Serialize, JsonSchema)]
struct Seal {
    /// Of its DER.
    sha256: String,
    /// The number that its issuer gave it, in hexadecimal.
    serial: String,
    /// The last day on which it is valid, `YYYY-MM-DD`.
    valid_until: String,
    /// The NIF of the body that it states; null: none of a body.
    nif: Option<String>,
    /// Its record, `holder/label`; null: no record knows it.
    certificate: Option<String>,
    /// Whose it is: those that have it, or are to have it.
    ens: Vec<String>,
    /// Where it is loaded.
    loaded: Vec<Environment>,
}

/// What should sign in one environment.
#[derive(Debug, Serialize, JsonSchema)]
struct Expected {
    environment: Environment,
    /// The seal that is loaded there under the code; null: none.
    certificate: Option<String>,
    /// Whether it is the one that signed.
    is_it: bool,
}

/// What an error text means.
#[derive(Debug, Serialize, JsonSchema)]
struct Meant {
    /// In words.
    meaning: String,
    /// Who has to act; null: not known.
    actor: Option<Actor>,
}

/// The JSON Schema (draft 2020-12) of a message.
pub fn schema() -> schemars::Schema {
    crate::views::report::json::schema_of::<Sight>()
}

/// The ens whose organ code this is, or was before it lost its leading zero.
pub fn ens_of_code<'s, 'a>(survey: &'s Survey<'a>, code: &str) -> Option<&'s EnsView<'a>> {
    let mut same = survey.ens.iter().filter(|view| is_code_of(view, code)).peekable();
    let first = *same.peek()?;
    Some(same.find(|view| !view.has_ceased_by(survey.today)).unwrap_or(first))
}

/// Whether a code is that of an ens, a lost leading zero apart.
pub fn is_code_of(view: &EnsView<'_>, code: &str) -> bool {
    is_same_code(view.ens.organ_code.as_str(), code)
}

/// The record of a certificate.
pub fn record_of<'s, 'a>(
    survey: &'s Survey<'a>,
    certificate: &Certificate,
) -> Option<&'s CertificateView<'a>> {
    survey.certificates.iter().find(|view| view.record.sha256.0 == certificate.sha256)
}

/// A service, if it is one that is known: what else stands there may be anything.
pub fn known_service(survey: Option<&Survey<'_>>, service: &str) -> bool {
    let policy = survey.and_then(|survey| survey.policy);
    SERVICES.contains(&service)
        || policy.is_some_and(|policy| policy.services.contains_key(service))
}

impl Sight {
    /// Sees a message in an inventory, if there is one.
    pub fn of(message: &Message, survey: Option<&Survey<'_>>, as_of: Date) -> Sight {
        let mut sight = Sight::empty(message, as_of);
        match &message.kind {
            Kind::Request(request) => sight.see_request(request, survey),
            Kind::Answer(answer) => sight.see_answer(answer, survey),
        }
        match &message.signature {
            Signature::Verified(signer) => sight.see_signer(signer, survey),
            Signature::Broken(why) => {
                sight.signature = Signed::Broken;
                sight.remark(tr!("it proves nothing: {why}", why = why.clone()));
            }
            Signature::Missing => sight.remark(unsigned()),
            Signature::NotAsked => {
                sight.signature = Signed::NotAsked;
            }
        }
        if let Some(survey) = survey
            && let Some(ens) = sight.ens.as_deref().and_then(|id| survey.ens(id))
        {
            sight.expect(survey, ens);
        }
        sight
    }

    fn empty(message: &Message, as_of: Date) -> Sight {
        Sight {
            schema: "segell.message/v1",
            as_of: as_of.to_string(),
            sha256: message.sha256.to_string(),
            kind: What::Request,
            request: None,
            service: None,
            organ_code: None,
            ens: None,
            sent: None,
            sent_by_header: false,
            signature: Signed::Missing,
            algorithm: None,
            signed_by: None,
            should_sign: Vec::new(),
            code: None,
            answer: None,
            shows: None,
            error: None,
            remarks: Vec::new(),
        }
    }

    fn remark(&mut self, text: Text) {
        self.remarks.push(text.to_string());
    }

    /// The fact, or a remark why it is not known.
    fn take<T: Clone>(&mut self, fact: &Fact<T>) -> Option<T> {
        match fact {
            Ok(fact) => Some(fact.clone()),
            Err(why) => {
                self.remark(why.clone());
                None
            }
        }
    }

    fn see_request(&mut self, request: &Request, survey: Option<&Survey<'_>>) {
        self.request = self.take(&request.id).map(|id| id.kept);
        self.see_service(&request.service, survey);
        self.sent = self.take(&request.sent).map(|sent: Timestamp| sent.to_string());
        self.sent_by_header = request.sent_by_header;
        let Some(code) = self.take(&request.organ_code) else { return };
        let ens = survey.and_then(|survey| ens_of_code(survey, &code));
        let whole = match (ens, check_organ_code(&code)) {
            (Some(ens), _) => Some(ens.ens.organ_code.to_string()),
            (None, Err(OrganCodeFault::LostZero)) => Some(format!("0{code}")),
            (None, Ok(())) if code.len() == 10 => Some(code.clone()),
            (None, _) => None,
        };
        match &whole {
            None => self.remark(tr!("it asks under a code that is nobody's in the inventory")),
            Some(whole) if whole.len() > code.len() => {
                self.remark(tr!("the leading zero of `{code}` was lost", code = whole));
            }
            Some(_) => {}
        }
        if whole.is_some() && ens.is_none() && survey.is_some() {
            self.remark(tr!("no ens of the inventory has that organ code"));
        }
        self.ens = ens.map(|ens| ens.id.to_owned());
        self.organ_code = whole;
    }

    fn see_service(&mut self, service: &Fact<String>, survey: Option<&Survey<'_>>) {
        self.service = self.take(service);
        if self.service.take_if(|service| !known_service(survey, service)).is_some() {
            self.remark(tr!("its service is none that the policy lists"));
        }
    }

    fn see_answer(&mut self, answer: &Answer, survey: Option<&Survey<'_>>) {
        self.kind = if answer.id.is_some() { What::Answer } else { What::Fault };
        if let Some(id) = &answer.id {
            self.request = self.take(id).map(|id| id.kept);
        }
        if let Some(service) = &answer.service {
            self.see_service(service, survey);
        }
        self.code = self.take(&answer.code);
        self.answer = answer.answer.as_ref().and_then(|code| self.take(code));
        let service = answer.service.as_ref().and_then(|service| service.as_deref().ok());
        self.shows = self.code.as_deref().map(|code| {
            match shown(service.unwrap_or_default(), code, self.answer.as_deref()) {
                Shown::Works => Shows::Works,
                Shown::Fails => Shows::Fails,
                Shown::Waits => Shows::Waits,
                Shown::Undecided => Shows::Undecided,
            }
        });
        self.error = answer
            .error
            .as_ref()
            .map(|error| Meant { meaning: error.words.to_string(), actor: error.actor.map(actor) });
    }

    fn see_signer(&mut self, signer: &Signer, survey: Option<&Survey<'_>>) {
        let facts = &signer.certificate;
        let record = survey.and_then(|survey| Some((survey, record_of(survey, facts)?)));
        if survey.is_some() && record.is_none() {
            self.remark(tr!(
                "no record knows the seal that signed; what it states of itself nobody has checked"
            ));
        }
        let (mut ens, mut loaded) = (Vec::new(), Vec::new());
        if let Some((survey, view)) = record {
            ens = view.users.iter().map(|&place| survey[place].id.to_owned()).collect();
            loaded.extend(Environment::BOTH.into_iter().filter(|&environment| {
                let mut users = view.users.iter().map(|&place| &survey[place]);
                users.any(|ens| survey.may_hold(ens, environment).any(|held| held.id == view.id))
            }));
        }
        self.signature = Signed::Verified;
        self.algorithm = Some(signer.algorithm.to_string());
        self.signed_by = Some(Seal {
            sha256: facts.sha256.to_string(),
            serial: facts.serial.to_string(),
            valid_until: day_of(facts.not_after).to_string(),
            nif: body_nif(facts),
            certificate: record.map(|(_, view)| view.id.to_owned()),
            ens,
            loaded,
        });
    }

    fn expect(&mut self, survey: &Survey<'_>, ens: &EnsView<'_>) {
        let Some(seal) = &self.signed_by else { return };
        let expected = |environment| {
            let held = survey.current(ens, environment);
            let is_it = held.is_some_and(|held| seal.certificate.as_deref() == Some(held.id));
            Expected { environment, certificate: held.map(|held| held.id.to_owned()), is_it }
        };
        self.should_sign = Environment::BOTH.into_iter().map(expected).collect();
    }

    /// For people.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<(String, String)> = self
            .rows()
            .into_iter()
            .filter_map(|(label, value)| Some((label.to_string(), value?)))
            .collect();
        let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        for (label, value) in rows {
            writeln!(out, "{label:<width$}  {value}")?;
        }
        for expected in &self.should_sign {
            writeln!(out, "{}", self.expected_in_words(expected))?;
        }
        if let Some(error) = &self.error {
            writeln!(out, "{}", tr!("what it says: {meaning}", meaning = &error.meaning))?;
        }
        for remark in &self.remarks {
            writeln!(out, "{}", tr!("note: {remark}", remark = remark))?;
        }
        Ok(())
    }

    /// The facts, each with its label.
    fn rows(&self) -> Vec<(Text, Option<String>)> {
        let kind = match self.kind {
            What::Request => tr!("a request"),
            What::Answer => tr!("an answer"),
            What::Fault => tr!("a fault: the front did not answer"),
        };
        let code = match (&self.organ_code, &self.ens) {
            (Some(code), Some(ens)) => Some(format!("{code} ({ens})")),
            (code, _) => code.clone(),
        };
        let sent = self.sent.as_ref().map(|sent| match self.sent_by_header {
            true => sent.clone(),
            false => tr!("{time} (says its body)", time = sent).to_string(),
        });
        let answer = match (&self.code, &self.answer) {
            (Some(code), Some(answer)) => Some(format!("{code}, AEAT {answer}")),
            (code, _) => code.clone(),
        };
        let mut rows = vec![
            (tr!("message"), Some(kind.to_string())),
            (tr!("request"), self.request.clone()),
            (tr!("service"), self.service.clone()),
            (tr!("organ code"), code),
            (tr!("sent"), sent),
            (tr!("signature"), Some(self.signature.in_words().to_string())),
            (tr!("algorithm"), self.algorithm.clone()),
        ];
        rows.extend(self.signed_by.iter().flat_map(Seal::rows));
        rows.extend([
            (tr!("answered"), answer),
            (tr!("shows"), self.shows.map(|shows| shows.in_words().to_string())),
            (tr!("has to act"), self.actor().map(|actor| actor.word().to_owned())),
            (tr!("sha256"), Some(self.sha256.clone())),
        ]);
        rows
    }

    fn actor(&self) -> Option<Actor> {
        self.error.as_ref().and_then(|error| error.actor)
    }

    fn expected_in_words(&self, expected: &Expected) -> Text {
        let at = expected.environment.shown();
        match (&expected.certificate, expected.is_it) {
            (_, true) => tr!("in {environment} it is the seal that should sign", environment = at),
            (Some(other), false) => tr!(
                "in {environment} it is not the seal that should sign: `{other}` is loaded under that code",
                environment = at,
                other = other
            ),
            (None, false) => {
                tr!("in {environment} no seal is loaded under that code", environment = at)
            }
        }
    }
}

impl Signed {
    fn in_words(self) -> Text {
        match self {
            Signed::Verified => tr!("verifies"),
            Signed::Broken => tr!("proves nothing"),
            Signed::Missing => tr!("none"),
            Signed::NotAsked => tr!("of an answer it is not asked: what is proved is the request"),
        }
    }
}

impl Shows {
    fn in_words(self) -> Text {
        match self {
            Shows::Works => tr!("works"),
            Shows::Fails => tr!("fails"),
            Shows::Waits => tr!("it still waits for its answer"),
            Shows::Undecided => tr!("the codes alone do not tell"),
        }
    }
}

impl Seal {
    fn rows(&self) -> [(Text, Option<String>); 6] {
        [
            (tr!("signed by"), Some(self.in_words())),
            (tr!("loaded in"), Some(self.places())),
            (tr!("serial"), Some(self.serial.clone())),
            (tr!("NIF"), self.nif.clone()),
            (tr!("valid until"), Some(self.valid_until.clone())),
            (tr!("seal's sha256"), Some(self.sha256.clone())),
        ]
    }

    fn in_words(&self) -> String {
        match (&self.certificate, self.ens.is_empty()) {
            (None, _) => tr!("a seal that no record knows").to_string(),
            (Some(id), true) => id.clone(),
            (Some(id), false) => {
                tr!("{certificate}, of {ens}", certificate = id, ens = names(&self.ens)).to_string()
            }
        }
    }

    fn places(&self) -> String {
        match self.loaded.is_empty() {
            true => tr!("nowhere").to_string(),
            false => {
                let places = self.loaded.iter().map(|it| Argument::from(it.shown()));
                tr!("{places}", places = Argument::List(places.collect())).to_string()
            }
        }
    }
}

/// Says that a request is not signed.
pub fn unsigned() -> Text {
    tr!(
        "it is not signed, and proves nothing; where a body's requests are signed by TLS client certificates alone, `check-proved` has a waiver"
    )
}

/// Who has to act, in the inventory's words.
fn actor(who: Who) -> Actor {
    match who {
        Who::Aoc => Actor::Aoc,
        Who::Sender => Actor::Ens,
    }
}

/// The NIF of the body that a certificate states. A person's is none of a body, and is not told.
fn body_nif(facts: &Certificate) -> Option<String> {
    let nifs = crate::checklist::rules::certificate::matches_ens::nifs(facts);
    nifs.into_iter().find(|nif| is_body_nif(nif))
}
