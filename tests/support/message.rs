//! Messages for tests: requests and answers as Via Oberta's clients and front write them, with invented
//! people and the tests' own bodies. What is signed is written in its canonical form from the start, so
//! that no canonicalization is needed here, and none is trusted.

#![allow(dead_code)]

use data_encoding::BASE64;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::authority::{Issued, KeyKind};

pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const TOKEN: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0";
pub const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// Names, documents and words that no output may show.
pub const SECRETS: [&str; 8] = [
    "Remei",
    "Puigdomenech",
    "Vallespir",
    "00000014Z",
    "Q9900008E",
    "carrer",
    "remei@example.org",
    "Secretari",
];

/// A request that is to be sent.
#[derive(Clone)]
pub struct Request {
    pub id: String,
    pub code: String,
    pub product: String,
    pub modality: String,
    /// What the header says, and whether that is signed.
    pub created: String,
    pub signs_header: bool,
    /// What the body says.
    pub time: String,
    /// How many `SolicitudTransmision` there are.
    pub parts: usize,
}

impl Request {
    /// A request of a service under a code, sent at noon UTC of a day.
    pub fn of(code: &str, service: &str, day: &str) -> Request {
        let (product, modality) = service.split_once('/').unwrap();
        Request {
            id: format!("AOC-{code}-{day}"),
            code: code.to_owned(),
            product: product.to_owned(),
            modality: modality.to_owned(),
            created: format!("{day}T12:00:00Z"),
            signs_header: true,
            time: format!("{day}T13:00:00.123"),
            parts: 1,
        }
    }

    pub fn id(self, id: &str) -> Request {
        Request { id: id.to_owned(), ..self }
    }

    fn part(&self) -> String {
        let Request { code, modality, .. } = self;
        format!(
            "<pet:SolicitudTransmision><pet:DatosGenericos>\
             <pet:Emisor><pet:NifEmisor>Q9900008E</pet:NifEmisor></pet:Emisor>\
             <pet:Solicitante><pet:IdentificadorSolicitante>{code}</pet:IdentificadorSolicitante>\
             <pet:Finalidad>beca de Remei</pet:Finalidad>\
             <pet:Funcionario><pet:NombreCompletoFuncionario>Secretari Vallespir</pet:NombreCompletoFuncionario></pet:Funcionario>\
             </pet:Solicitante>\
             <pet:Titular><pet:Documentacion>00000014Z</pet:Documentacion>\
             <pet:NombreCompleto>Remei Puigdomenech</pet:NombreCompleto></pet:Titular>\
             <pet:Transmision><pet:CodigoCertificado>{modality}</pet:CodigoCertificado></pet:Transmision>\
             </pet:DatosGenericos><pet:DatosEspecificos>\
             <iae:peticio xmlns:iae=\"http://www.aoc.cat/aeat/iae\"><iae:CodigoCertificado>carrer</iae:CodigoCertificado></iae:peticio>\
             </pet:DatosEspecificos></pet:SolicitudTransmision>"
        )
    }

    /// The `procesa` of the body, in its canonical form.
    pub fn payload(&self) -> String {
        let Request { id, code, product, modality, time, parts, .. } = self;
        let parts = self.part().repeat(*parts);
        format!(
            "<open:procesa xmlns:open=\"http://www.openuri.org/\">\
             <pet:Peticion xmlns:pet=\"http://gencat.net/scsp/esquemes/peticion\"><pet:Atributos>\
             <pet:IdPeticion>{id}</pet:IdPeticion><pet:NumElementos>1</pet:NumElementos>\
             <pet:TimeStamp>{time}</pet:TimeStamp>\
             <pet:CodigoCertificado>{modality}</pet:CodigoCertificado>\
             <pet:CodigoProducto>{product}</pet:CodigoProducto>\
             <pet:DatosAutorizacion><pet:IdentificadorSolicitante>{code}</pet:IdentificadorSolicitante>\
             <pet:NombreSolicitante>Vallespir</pet:NombreSolicitante></pet:DatosAutorizacion>\
             </pet:Atributos><pet:Solicitudes>{parts}</pet:Solicitudes></pet:Peticion></open:procesa>"
        )
    }

    /// Signed by a seal of the tests' usual kind.
    pub fn signed(&self, seal: &Issued) -> String {
        self.signed_with(seal, KeyKind::P256)
    }

    pub fn signed_with(&self, seal: &Issued, kind: KeyKind) -> String {
        let timestamp = format!(
            "<wsu:Timestamp xmlns:wsu=\"{WSU}\" wsu:Id=\"time\"><wsu:Created>{}</wsu:Created></wsu:Timestamp>",
            self.created
        );
        let signs = if self.signs_header { Signs::Both } else { Signs::Body };
        sign(&body(&self.payload()), &timestamp, signs, seal, kind)
    }

    /// Without a signature.
    pub fn unsigned(&self) -> String {
        envelope("", &body(&self.payload()))
    }
}

/// What a signature covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    Body,
    Both,
    Header,
}

/// The Body around a payload, in its canonical form.
pub fn body(payload: &str) -> String {
    format!(
        "<soapenv:Body xmlns:soapenv=\"{SOAP}\" xmlns:wsu=\"{WSU}\" wsu:Id=\"body\">{payload}</soapenv:Body>"
    )
}

pub fn envelope(security: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"{SOAP}\">\n\
         <soapenv:Header>{security}</soapenv:Header>\n{body}\n</soapenv:Envelope>\n"
    )
}

fn reference(id: &str, canonical: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, canonical.as_bytes());
    format!(
        "<ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        BASE64.encode(digest.as_ref())
    )
}

/// A whole message, whose body and header are in their canonical form.
pub fn sign(body: &str, timestamp: &str, signs: Signs, seal: &Issued, kind: KeyKind) -> String {
    let mut references = String::new();
    if signs != Signs::Header {
        references += &reference("body", body);
    }
    if signs != Signs::Body {
        references += &reference("time", timestamp);
    }
    envelope(&security(&references, timestamp, seal, kind), body)
}

/// The header that signs these references.
pub fn security(references: &str, timestamp: &str, seal: &Issued, kind: KeyKind) -> String {
    let method = match kind {
        KeyKind::P256 => "ecdsa-sha256",
        KeyKind::P384 => "ecdsa-sha384",
        _ => "rsa-sha256",
    };
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"{DS}\"><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#{method}\"></ds:SignatureMethod>\
         {references}</ds:SignedInfo>"
    );
    let value = BASE64.encode(&signature(signed_info.as_bytes(), seal, kind));
    let token = in_lines(&BASE64.encode(&seal.der));
    format!(
        "<wsse:Security xmlns:wsse=\"{WSSE}\" soapenv:mustUnderstand=\"1\">\
         <wsse:BinarySecurityToken xmlns:wsu=\"{WSU}\" EncodingType=\"{BASE64_BINARY}\" ValueType=\"{TOKEN}#X509v3\" wsu:Id=\"token\">{token}</wsse:BinarySecurityToken>\
         <ds:Signature xmlns:ds=\"{DS}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI=\"#token\" ValueType=\"{TOKEN}#X509v3\"></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>\
         {timestamp}</wsse:Security>"
    )
}

/// Base64 as clients break it.
fn in_lines(text: &str) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\r\n")
}

fn signature(message: &[u8], seal: &Issued, kind: KeyKind) -> Vec<u8> {
    let random = SystemRandom::new();
    let ecdsa = |algorithm| {
        let key = EcdsaKeyPair::from_pkcs8(algorithm, &seal.key, &random).unwrap();
        key.sign(&random, message).unwrap().as_ref().to_vec()
    };
    match kind {
        KeyKind::P256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyKind::P384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => {
            let key = RsaKeyPair::from_pkcs8(&seal.key).unwrap();
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
            signature
        }
    }
}

/// An answer to a request: the state, and AEAT's code for each transmission.
pub fn answer(request: &Request, state: &str, codes: &[&str]) -> String {
    let Request { id, code, product, modality, .. } = request;
    let transmission = |answer: &&str| {
        format!(
            "<res:TransmisionDatos><res:DatosGenericos>\
             <res:Solicitante><res:IdentificadorSolicitante>{code}</res:IdentificadorSolicitante></res:Solicitante>\
             <res:Titular><res:Documentacion>00000014Z</res:Documentacion><res:NombreCompleto>Remei Puigdomenech</res:NombreCompleto></res:Titular>\
             <res:Transmision><res:CodigoCertificado>{modality}</res:CodigoCertificado></res:Transmision>\
             </res:DatosGenericos><res:DatosEspecificos>\
             <respostaConsulta xmlns=\"http://www.aoc.cat/aeat/x\" xmlns:a=\"http://intermediacion.redsara.es/scsp/esquemas/datosespecificos\">\
             <a:DatosEspecificos><a:CodigoCertificado>carrer</a:CodigoCertificado></a:DatosEspecificos>\
             <resultat><codiResultat> {answer} </codiResultat><descripcio>Remei</descripcio></resultat>\
             </respostaConsulta></res:DatosEspecificos></res:TransmisionDatos>"
        )
    };
    let transmissions: String = codes.iter().map(transmission).collect();
    let payload = format!(
        "<open:procesaResponse xmlns:open=\"http://www.openuri.org/\">\
         <res:Respuesta xmlns:res=\"http://gencat.net/scsp/esquemes/respuesta\"><res:Atributos>\
         <res:CodigoCertificado>{modality}</res:CodigoCertificado><res:CodigoProducto>{product}</res:CodigoProducto>\
         <res:IdPeticion>{id}</res:IdPeticion>\
         <res:Estado><res:CodigoEstado>{state}</res:CodigoEstado><res:LiteralError>Error invocant la MTI: Remei Puigdomenech</res:LiteralError></res:Estado>\
         </res:Atributos><res:Transmisiones>{transmissions}</res:Transmisiones></res:Respuesta></open:procesaResponse>"
    );
    envelope("", &body(&payload))
}

/// A fault with this text.
pub fn fault(text: &str) -> String {
    let payload = format!(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{text}</faultstring><detail>Remei</detail></soapenv:Fault>"
    );
    envelope("", &body(&payload))
}
