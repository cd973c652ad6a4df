//! What a request or an answer states, read at exact places: the same names recur elsewhere with another
//! meaning. Nothing of a citizen or an official is taken out, and whatever is taken out is a code, a time
//! or an id of a known form.

use jiff::Timestamp;

use super::envelope::{Envelope, SOAP, WSU, only};
use super::front::{self, Meaning};
use super::outcome::{self, FAULT};
use super::tree::{Id, Tree};
use super::{person, when};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// The namespace of the operations.
const OPERATIONS: &str = "http://www.openuri.org/";

/// What is asked for: a request, or, of an asynchronous one, its answer.
const REQUESTS: [(&str, &str); 2] = [
    ("Peticion", "http://gencat.net/scsp/esquemes/peticion"),
    ("SolicitudRespuesta", "http://gencat.net/scsp/esquemes/solicitudRespuesta"),
];

/// What is answered: the answer, or, of an asynchronous request, that it has come.
const ANSWERS: [(&str, &str); 2] = [
    ("Respuesta", "http://gencat.net/scsp/esquemes/respuesta"),
    ("ConfirmacionPeticion", "http://gencat.net/scsp/esquemes/confirmacionPeticion"),
];

/// A fact, or why it is not known.
pub type Fact<T> = Result<T, Text>;

/// A request's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    /// As it is kept: the id itself if it is plain and holds no person's number, else the first 16
    /// hexadecimal digits of its SHA-256.
    pub kept: String,
    /// Of the id: two are the same if this is.
    pub digest: Sha256,
}

/// What a request states.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: Fact<RequestId>,
    /// Product and modality.
    pub service: Fact<String>,
    /// The organ code under which it asks, 1 to 10 digits; it may have lost its leading zero.
    pub organ_code: Fact<String>,
    /// When it was sent, in whole seconds.
    pub sent: Fact<Timestamp>,
    /// Whether that is the time of its header, which is signed.
    pub sent_by_header: bool,
}

/// What an answer states.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The id of its request; none of a fault, which has none.
    pub id: Option<Fact<RequestId>>,
    /// Product and modality; none of a fault.
    pub service: Option<Fact<String>>,
    /// The state, four digits, or `fault`.
    pub code: Fact<String>,
    /// AEAT's code; of several transmissions the first that does not show that the path works. None
    /// where there is no transmission.
    pub answer: Option<Fact<String>>,
    /// What its error text means.
    pub error: Option<Meaning>,
}

/// What a message is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// It asks.
    Request(Request),
    /// It answers, or says why it does not.
    Answer(Answer),
}

impl Kind {
    /// Reads what the element in the Body states. `timestamp` is the header's time where it is signed.
    ///
    /// # Errors
    /// When it is neither a request nor an answer of the front.
    pub(super) fn read(
        tree: &Tree<'_>,
        envelope: &Envelope,
        timestamp: Option<Id>,
    ) -> Result<Kind, Text> {
        if tree.is(envelope.payload, SOAP, "Fault") {
            return Ok(Kind::Answer(fault(tree, envelope.payload)?));
        }
        let unknown = || tr!("it is neither a request nor an answer of Via Oberta's front");
        let operation = tree.at(envelope.payload);
        let is_known =
            *operation.namespace == *OPERATIONS && operation.local.starts_with("procesa");
        let mut inside = tree.children(envelope.payload);
        let (Some(content), None, true) = (inside.next(), inside.next(), is_known) else {
            return Err(unknown());
        };
        let is_one = |(name, namespace): &(&str, &str)| tree.is(content, namespace, name);
        match operation.local.ends_with("Response") {
            false if REQUESTS.iter().any(is_one) => {
                Ok(Kind::Request(Request::read(tree, content, timestamp)?))
            }
            true if ANSWERS.iter().any(is_one) => Ok(Kind::Answer(Answer::read(tree, content)?)),
            _ => Err(unknown()),
        }
    }
}

/// A place to look for values: an element, and the namespace of what stands in it.
#[derive(Clone, Copy)]
struct Spot<'r, 't> {
    tree: &'r Tree<'t>,
    id: Id,
}

impl<'r> Spot<'r, '_> {
    /// The one element of that name in it: in its own namespace, or in none.
    fn get(self, name: &'static str) -> Result<Option<Self>, Text> {
        let namespace = &self.tree.at(self.id).namespace;
        let own = only(self.tree, self.id, namespace, name)?;
        let id = match own {
            None if !namespace.is_empty() => only(self.tree, self.id, "", name)?,
            own => own,
        };
        Ok(id.map(|id| Spot { id, ..self }))
    }

    /// The element at the end of a path.
    fn walk(self, path: &[&'static str]) -> Result<Option<Self>, Text> {
        path.iter().try_fold(Some(self), |spot, name| match spot {
            Some(spot) => spot.get(name),
            None => Ok(None),
        })
    }

    /// The value at the end of a path; none where it is missing or empty.
    fn value(self, path: &[&'static str]) -> Result<Option<&'r str>, Text> {
        let Some(spot) = self.walk(path)? else { return Ok(None) };
        let value = spot.tree.value(spot.id);
        let value = value.ok_or_else(|| tr!("elements stand where a value should"))?;
        Ok(Some(value).filter(|value| !value.is_empty()))
    }

    /// The elements of that name in an element in it.
    fn each(self, list: &'static str, name: &'static str) -> Result<Vec<Self>, Text> {
        let Some(list) = self.get(list)? else { return Ok(Vec::new()) };
        let namespace = &self.tree.at(self.id).namespace;
        let all = self
            .tree
            .children(list.id)
            .filter(|&id| self.tree.is(id, namespace, name) || self.tree.is(id, "", name));
        Ok(all.map(|id| Spot { id, ..self }).collect())
    }
}

impl Request {
    fn read(tree: &Tree<'_>, id: Id, timestamp: Option<Id>) -> Result<Request, Text> {
        let request = Spot { tree, id };
        let all = request.each("Solicitudes", "SolicitudTransmision")?;
        let header = timestamp.map(|id| created(tree, id)).transpose()?.flatten();
        Ok(Request {
            id: request_id(request),
            service: service(
                request,
                &all,
                &["DatosGenericos", "Transmision", "CodigoCertificado"],
            ),
            organ_code: organ_code(request, &all),
            sent_by_header: header.is_some(),
            sent: header.map_or_else(|| timestamp_of(request), Ok),
        })
    }
}

impl Answer {
    fn read(tree: &Tree<'_>, id: Id) -> Result<Answer, Text> {
        let answer = Spot { tree, id };
        let all = answer.each("Transmisiones", "TransmisionDatos")?;
        let state = answer.value(&["Atributos", "Estado", "CodigoEstado"])?;
        let error = answer.value(&["Atributos", "Estado", "LiteralError"])?;
        let code = state.and_then(outcome::state);
        let service =
            service(answer, &all, &["DatosGenericos", "Transmision", "CodigoCertificado"]);
        let is_error =
            code.as_deref().is_some_and(|code| !matches!(code, "0001" | "0002" | "0003"));
        Ok(Answer {
            id: Some(request_id(answer)),
            answer: answer_code(&all, service.as_deref().unwrap_or_default()),
            service: Some(service),
            error: error.filter(|_| is_error).map(front::meaning),
            code: code.ok_or_else(|| tr!("the answer has no `CodigoEstado` of one to four digits")),
        })
    }
}

/// A SOAP fault (SOAP 1.1, 4.4).
fn fault(tree: &Tree<'_>, id: Id) -> Result<Answer, Text> {
    let string = only(tree, id, "", "faultstring")?.and_then(|id| tree.value(id));
    let error = front::meaning(string.unwrap_or_default());
    Ok(Answer {
        id: None,
        service: None,
        code: Ok(FAULT.to_owned()),
        answer: None,
        error: Some(error),
    })
}

fn request_id(message: Spot<'_, '_>) -> Fact<RequestId> {
    let id = message.value(&["Atributos", "IdPeticion"])?;
    let id = id.ok_or_else(|| tr!("it has no `IdPeticion`"))?;
    let digest = Sha256::of(id.as_bytes());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte);
    let shows = id.len() <= 100 && id.bytes().all(is_plain) && !person::holds_number(id);
    let kept = if shows { id.to_owned() } else { digest.to_string()[..16].to_owned() };
    Ok(RequestId { kept, digest })
}

/// Product and modality, of which every part of a message says the same.
fn service(message: Spot<'_, '_>, parts: &[Spot<'_, '_>], path: &[&'static str]) -> Fact<String> {
    let product = message.value(&["Atributos", "CodigoProducto"])?;
    let modality = message.value(&["Atributos", "CodigoCertificado"])?;
    let (Some(product), Some(modality)) = (product, modality) else {
        return Err(tr!("it has no `CodigoProducto` or no `CodigoCertificado`"));
    };
    for part in parts {
        if part.value(path)?.is_some_and(|other| other != modality) {
            return Err(tr!("its parts name different services"));
        }
    }
    let is_word = |word: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        (1..=64).contains(&word.len()) && word.bytes().all(fits)
    };
    match is_word(product) && is_word(modality) {
        true => Ok(format!("{product}/{modality}")),
        false => Err(tr!("its service is none that has the form of one")),
    }
}

/// The organ code, of which every part says the same but for a leading zero: the longest is kept.
fn organ_code(request: Spot<'_, '_>, parts: &[Spot<'_, '_>]) -> Fact<String> {
    let own = request.value(&["Atributos", "DatosAutorizacion", "IdentificadorSolicitante"])?;
    let mut codes = vec![own];
    for part in parts {
        codes.push(part.value(&["DatosGenericos", "Solicitante", "IdentificadorSolicitante"])?);
    }
    let mut found: Option<&str> = None;
    for code in codes.into_iter().flatten() {
        let is_code = code.len() <= 10 && code.bytes().all(|digit| digit.is_ascii_digit());
        if !is_code {
            return Err(tr!("its `IdentificadorSolicitante` is no organ code"));
        }
        if found.is_some_and(|known| !is_same_code(known, code)) {
            return Err(tr!("its parts name different organ codes"));
        }
        found = found.filter(|known| known.len() >= code.len()).or(Some(code));
    }
    found.map(str::to_owned).ok_or_else(|| tr!("it has no `IdentificadorSolicitante`"))
}

/// Whether two codes are one, of which one may have lost its leading zero.
pub fn is_same_code(one: &str, other: &str) -> bool {
    one.trim_start_matches('0') == other.trim_start_matches('0')
}

/// The time of a `Timestamp` header.
fn created(tree: &Tree<'_>, id: Id) -> Result<Option<Timestamp>, Text> {
    let Some(created) = only(tree, id, WSU, "Created")? else { return Ok(None) };
    let time = tree.value(created).and_then(when::instant);
    time.map(Some).ok_or_else(|| tr!("the `Created` of its header is no time"))
}

fn timestamp_of(request: Spot<'_, '_>) -> Fact<Timestamp> {
    let time = request.value(&["Atributos", "TimeStamp"])?;
    let time = time.ok_or_else(|| {
        tr!("nothing that is signed says when it was sent: it has no `TimeStamp`, and its header's is not signed")
    })?;
    when::instant(time).ok_or_else(|| tr!("its `TimeStamp` is no time"))
}

/// AEAT's code: of each transmission, in whichever element of its data begins with `resposta`.
fn answer_code(transmissions: &[Spot<'_, '_>], service: &str) -> Option<Fact<String>> {
    let mut first = None;
    for transmission in transmissions {
        match transmission_code(*transmission) {
            Ok(code) if outcome::answers(service, &code) => {
                first.get_or_insert(Ok(code));
            }
            other => return Some(other),
        }
    }
    first
}

fn transmission_code(transmission: Spot<'_, '_>) -> Fact<String> {
    let none = || tr!("a transmission has no `codiResultat` of one to four digits");
    let tree = transmission.tree;
    let data = transmission.get("DatosEspecificos")?.ok_or_else(none)?;
    let mut responses = tree.children(data.id);
    let response = responses.find(|&id| tree.at(id).local.starts_with("resposta"));
    let response = response.ok_or_else(none)?;
    let namespace = &tree.at(response).namespace;
    let results = tree.children(response).filter(|&id| tree.is(id, namespace, "resultat"));
    let code = |id: Id| tree.children(id).find(|&id| tree.is(id, namespace, "codiResultat"));
    let mut codes = results.filter_map(code);
    let (Some(code), None) = (codes.next(), codes.next()) else { return Err(none()) };
    tree.value(code).and_then(outcome::answer).ok_or_else(none)
}
