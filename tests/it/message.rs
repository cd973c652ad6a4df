//! Messages of the front: what is read in them, which signatures count, what is refused, and that nothing
//! of a citizen or an official ever comes out.

use rayon::prelude::*;
use segell::files::message::{self, Kind, Message, Request as Asked, Signature};

use crate::support::authority::{Authority, Issued, KeyKind, Seal};
use crate::support::message::{
    EXCLUSIVE, Request, SECRETS, SOAP, Signs, WSU, answer, body, envelope, fault, security, sign,
};

const CODE: &str = "9699969043";
const SERVICE: &str = "AEAT_IRPF/C2";
const DAY: &str = "2026-11-12";

fn issued() -> Issued {
    issued_with(KeyKind::P256)
}

fn issued_with(kind: KeyKind) -> Issued {
    Seal::of("Q9900002H", "Institut B").key(kind).issue(&Authority::new("EC-Proves"))
}

fn request() -> Request {
    Request::of(CODE, SERVICE, DAY)
}

#[track_caller]
fn read(message: &str) -> Message {
    message::read(message.as_bytes()).unwrap_or_else(|why| panic!("{why}:\n{message}"))
}

#[track_caller]
fn asked(message: &Message) -> &Asked {
    match &message.kind {
        Kind::Request(request) => request,
        Kind::Answer(answer) => panic!("{answer:?}"),
    }
}

fn is_verified(bytes: &[u8]) -> bool {
    message::read(bytes).is_ok_and(|read| matches!(read.signature, Signature::Verified(_)))
}

/// Why a message proves nothing.
#[track_caller]
fn refused(message: &str) -> String {
    match message::read(message.as_bytes()) {
        Err(why) => why.to_string(),
        Ok(Message { signature: Signature::Broken(why), .. }) => why.to_string(),
        Ok(read) => panic!("{:?}:\n{message}", read.signature),
    }
}

#[track_caller]
fn refuses(message: &str, words: &str) {
    let said = refused(message);
    assert!(said.contains(words), "{said}:\n{message}");
}

/// `from`, which stands once, replaced.
#[track_caller]
fn with(message: &str, from: &str, to: &str) -> String {
    assert_eq!(message.matches(from).count(), 1, "`{from}`:\n{message}");
    message.replace(from, to)
}

// What is signed

#[test]
fn every_kind_of_key_signs() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa2048, KeyKind::Rsa3072] {
        let seal = issued_with(kind);
        let read = read(&request().signed_with(&seal, kind));
        let Signature::Verified(signer) = &read.signature else { panic!("{:?}", read.signature) };
        assert_eq!(signer.certificate.sha256, segell::base::digest::Sha256::of(&seal.der));
        let asked = asked(&read);
        assert_eq!(asked.organ_code.as_deref(), Ok(CODE));
        assert_eq!(asked.service.as_deref(), Ok(SERVICE));
        assert_eq!(asked.sent.as_ref().unwrap().to_string(), "2026-11-12T12:00:00Z");
        assert!(asked.sent_by_header);
        assert_eq!(asked.id.as_ref().unwrap().kept, "AOC-9699969043-2026-11-12");
    }
}

#[test]
fn a_time_that_is_not_signed_does_not_count() {
    let read = read(&Request { signs_header: false, ..request() }.signed(&issued()));
    assert!(matches!(read.signature, Signature::Verified(_)));
    let asked = asked(&read);
    assert_eq!(asked.sent.as_ref().unwrap().to_string(), "2026-11-12T12:00:00Z");
    assert!(!asked.sent_by_header);
    let without = Request { signs_header: false, time: String::new(), ..request() };
    let read = self::read(&without.signed(&issued()));
    let why = self::asked(&read).sent.clone().unwrap_err().to_string();
    assert!(why.contains("nothing that is signed says when"), "{why}");
}

/// Any character changed, wherever it stands, and the message proves nothing, or still says the same: what
/// is outside of what is signed says nothing.
#[test]
fn no_altered_message_says_anything_else() {
    let seal = issued();
    let honest = request().signed(&seal);
    let facts = |read: &Message| {
        let asked = asked(read);
        format!("{:?} {:?} {:?} {:?}", asked.id, asked.organ_code, asked.service, asked.sent)
    };
    // The token itself is not signed: of the same key it may be another certificate, which no record knows.
    let own = segell::base::digest::Sha256::of(&seal.der);
    let by_own = |read: &Message| match &read.signature {
        Signature::Verified(signer) => signer.certificate.sha256 == own,
        _ => false,
    };
    let truth = facts(&read(&honest));
    let refused = (0..honest.len()).into_par_iter().filter(|&place| {
        let mut mutant = honest.clone().into_bytes();
        mutant[place] ^= [0x01, 0x02, 0x10, 0x20][place % 4];
        let read = message::read(&mutant);
        let verified = read.ok().filter(|read| by_own(read));
        let said = verified.as_ref().map(facts);
        assert!(said.as_ref().is_none_or(|said| *said == truth), "{}", mutant.escape_ascii());
        said.is_none()
    });
    let refused = refused.count();
    assert!(refused * 10 > honest.len() * 9, "{refused} of {} refused", honest.len());
}

#[test]
fn what_is_altered_is_told_apart() {
    let honest = request().signed(&issued());
    let altered = honest.replace(&format!(">{CODE}<"), ">9699969038<");
    refuses(&altered, "altered after it was signed: the digest of its `Body`");
    refuses(&with(&honest, "2026-11-12T12:00:00Z", "2026-11-13T12:00:00Z"), "a signed part beside");
    let other = issued();
    let (own, token) = (issued(), |seal: &Issued| data_encoding::BASE64.encode(&seal.der));
    let signed = request().signed(&own).replace("\r\n", "");
    refuses(&with(&signed, &token(&own), &token(&other)), "not that of the certificate");
    let indented = honest.replace("<pet:Atributos>", "\n  <pet:Atributos>");
    refuses(&indented, "altered after it was signed");
}

// Attacks by moving what is signed

#[test]
fn what_is_read_is_what_was_digested() {
    let seal = issued();
    let honest = request().signed(&seal);
    let own = body(&request().payload());
    let evil = body(&Request { code: "9699969038".to_owned(), ..request() }.payload());
    // The signed Body moved aside, another one in its place.
    let moved = |wrapped: &str, evil: &str| {
        let header = with(&honest, &own, evil);
        with(
            &header,
            "</wsse:Security></soapenv:Header>",
            &format!("</wsse:Security>{wrapped}</soapenv:Header>"),
        )
    };
    let other_id = evil.replace("\"body\"", "\"evil\"");
    let cases = [
        moved(&format!("<w>{own}</w>"), &evil),
        moved(&format!("<w>{own}</w>"), &other_id),
        moved(&own.replace("soapenv:Body", "soapenv:Corpus"), &other_id),
        with(&honest, &own, &format!("{other_id}{own}")),
        with(&honest, &own, &format!("{own}{other_id}")),
        with(&honest, &own, &other_id.replace("</open:procesa>", &format!("</open:procesa>{own}"))),
    ];
    for case in &cases {
        let said = refused(case);
        assert!(!said.is_empty());
    }
    // The Body's own element kept, its id given to another one too.
    for attribute in ["Id", "ID", "id", "wsu:Id", "xml:id"] {
        let evil = format!("<w xmlns:wsu=\"{WSU}\" {attribute}=\"body\"></w></soapenv:Header>");
        refuses(&with(&honest, "</soapenv:Header>", &evil), "stands twice");
    }
}

#[test]
fn the_body_must_be_what_is_signed() {
    let seal = issued();
    let timestamp = format!(
        "<wsu:Timestamp xmlns:wsu=\"{WSU}\" wsu:Id=\"time\"><wsu:Created>{DAY}T12:00:00Z</wsu:Created></wsu:Timestamp>"
    );
    let body = body(&request().payload());
    refuses(&sign(&body, &timestamp, Signs::Header, &seal, KeyKind::P256), "does not cover");
}

// What is refused

#[test]
fn a_signature_of_another_form_proves_nothing() {
    let honest = request().signed(&issued());
    let transform = format!(
        "<ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms><ds:DigestMethod"
    );
    let first = |from: &str, to: &str| {
        assert!(honest.contains(from), "{from}");
        honest.replacen(from, to, 1)
    };
    let two = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform>{transform}");
    let commented = transform.replace("c14n#", "c14n#WithComments");
    let cases = [
        (first("URI=\"#body\"", "URI=\"\""), "to no id"),
        (first("URI=\"#body\"", "URI=\"http://example.org/\""), "to no id"),
        (first("URI=\"#body\"", "URI=\"file:///etc/passwd\""), "to no id"),
        (first("URI=\"#body\"", "URI=\"#nowhere\""), "an id that is not in the message"),
        (first("URI=\"#body\"", "URI=\"#xpointer(/)\""), "an id that is not in the message"),
        (first(" URI=\"#body\"", ""), "to no id"),
        (first(&transform, &two), "has not the parts"),
        (first(&transform, &commented), "another transform"),
        (
            first(
                &transform,
                &transform.replace(EXCLUSIVE, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
            ),
            "another transform",
        ),
        (first("xmldsig-more#ecdsa-sha256", "xmldsig-more#ecdsa-sha1"), "algorithm is none"),
        (first("xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"), "algorithm is none"),
        (first("xmldsig-more#ecdsa-sha256", "xmldsig-more#rsa-sha256"), "of no accepted kind"),
        (first("xmlenc#sha256", "xmldsig-more#md5"), "digest's algorithm is none"),
        (
            first("#X509v3\" wsu:Id=\"token\"", "#X509PKIPathv1\" wsu:Id=\"token\""),
            "a path of certificates",
        ),
        (first("#X509v3\" wsu:Id=\"token\"", "#X509v1\" wsu:Id=\"token\""), "not of type `X509v3`"),
        (first("#Base64Binary", "#HexBinary"), "not in base64"),
        (
            first("<wsse:Reference URI=\"#token\"", "<wsse:Reference URI=\"#body\""),
            "otherwise than",
        ),
        (
            first(
                "wsse:SecurityTokenReference><wsse:Reference",
                "wsse:SecurityTokenReference><wsse:KeyIdentifier",
            ),
            "does not fit",
        ),
        (first("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"), "otherwise than"),
        (first("</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>"), "has not the parts"),
        (first("<ds:SignatureValue>", "<ds:SignatureValue>!"), "should be in base64 is not"),
        (
            first(
                "</wsse:BinarySecurityToken>",
                "</wsse:BinarySecurityToken><wsse:BinarySecurityToken/>",
            ),
            "a second token",
        ),
        (
            first(
                "</wsse:Security>",
                "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></wsse:Security>",
            ),
            "stands twice",
        ),
    ];
    for (message, words) in cases {
        refuses(&message, words);
    }
    let token = request().signed(&issued());
    let start = token.find("wsu:Id=\"token\">").unwrap() + 15;
    let no_certificate =
        format!("{}AAAA{}", &token[..start], &token[token.find("</wsse:BinarySec").unwrap()..]);
    refuses(&no_certificate, "no certificate");
    let reference = honest.find("<ds:Reference URI").unwrap();
    let end = honest.find("</ds:Reference>").unwrap() + 15;
    let many =
        format!("{}{}", &honest[..reference], honest[reference..end].repeat(300) + &honest[end..]);
    refuses(&many, "more than 10 references");
}

#[test]
fn an_envelope_of_another_form_is_none() {
    let honest = request().signed(&issued());
    let own = body(&request().payload());
    let cases = [
        (honest.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"), "SOAP 1.2"),
        ("<a/>".to_owned(), "no SOAP envelope"),
        (with(&honest, "<soapenv:Header>", "<x/><soapenv:Header>"), "something else"),
        (with(&honest, "<soapenv:Header>", "x<soapenv:Header>"), "something else"),
        (
            with(&honest, "</open:procesa></soapenv:Body>", "</open:procesa><x/></soapenv:Body>"),
            "exactly one",
        ),
        (envelope("", &body("<x/>")), "neither a request nor an answer"),
        (with(&honest, &own, ""), "something else"),
        (
            with(&honest, "<soapenv:Header>", "<soapenv:Header><w><soapenv:Header/></w>"),
            "second SOAP",
        ),
        (
            with(
                &honest,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
            ),
            "a document type",
        ),
        (format!("POST /siri-proxy HTTP/1.1\r\n\r\n{honest}"), "begins with HTTP's headers"),
        (format!("--uuid:1\r\nContent-Type: application/xop+xml\r\n\r\n{honest}"), "MTOM"),
        (
            with(
                &honest,
                "<pet:NombreSolicitante>Vallespir",
                "<pet:NombreSolicitante><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\"/>",
            ),
            "MTOM",
        ),
    ];
    for (message, words) in cases {
        refuses(&message, words);
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let honest = request().signed(&issued());
    let padded = |size: usize| {
        let blanks = " ".repeat(size - honest.len());
        with(&honest, "</soapenv:Header>\n", &format!("</soapenv:Header>\n{blanks}"))
    };
    assert!(is_verified(padded(2_000_000).as_bytes()));
    refuses(&padded(2_000_001), "larger than 2 MB");
    let answer = answer(&request(), "0003", &["1000"]);
    let padded = |size: usize| {
        let blanks = " ".repeat(size - answer.len());
        with(&answer, "</soapenv:Header>\n", &format!("</soapenv:Header>\n{blanks}"))
    };
    assert!(message::read(padded(16_000_000).as_bytes()).is_ok());
    refuses(&padded(16_000_001), "larger than 16 MB");
    // Each element of a Body may repeat a namespace that stands once outside of it.
    let namespace = "n".repeat(500_000);
    let bomb = body(&format!(
        "<open:procesa xmlns:open=\"http://www.openuri.org/\">{}</open:procesa>",
        "<p:x/>".repeat(10_000)
    ));
    let references = "<ds:Reference URI=\"#body\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>";
    let header = security(references, "", &issued(), KeyKind::P256);
    let bomb = envelope(&header, &bomb)
        .replace("<soapenv:Envelope ", &format!("<soapenv:Envelope xmlns:p=\"{namespace}\" "));
    let said = message::read(bomb.as_bytes()).unwrap_err().to_string();
    assert!(said.contains("neither a request"), "{said}");
}

// Shapes

#[test]
fn prefixes_blanks_and_ways_to_write_are_all_one() {
    let seal = issued();
    // The default namespace, in the canonical form.
    let payload = request().payload().replace("pet:", "").replace("xmlns:pet", "xmlns");
    let timestamp = "";
    let read = read(&sign(&body(&payload), timestamp, Signs::Body, &seal, KeyKind::P256));
    assert_eq!(asked(&read).service.as_deref(), Ok(SERVICE));
    assert!(matches!(read.signature, Signature::Verified(_)));
    // What XML lets be written otherwise without changing what is signed.
    let honest = request().signed(&seal);
    let code = format!("<pet:IdPeticion>AOC-{CODE}-{DAY}");
    let written = with(
        &honest,
        &code,
        &format!("<pet:IdPeticion><![CDATA[AOC]]>&#45;{CODE}<!-- Remei -->-{DAY}"),
    );
    let written = written.replace("<pet:Atributos>", "<pet:Atributos\n\t>").replace('\n', "\r\n");
    let read = self::read(&written);
    assert!(matches!(read.signature, Signature::Verified(_)), "{:?}", read.signature);
    assert_eq!(self::asked(&read).id.as_ref().unwrap().kept, format!("AOC-{CODE}-{DAY}"));
    // Encodings.
    let wide: Vec<u8> = format!("\u{feff}{}", written.replace("UTF-8", "UTF-16"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(is_verified(&wide));
    assert!(is_verified(format!("\u{feff}{honest}").as_bytes()));
    let latin = honest.replace("UTF-8", "ISO-8859-1");
    assert!(is_verified(latin.as_bytes()));
}

#[test]
fn many_transmissions_agree() {
    let seal = issued();
    let several = Request { parts: 3, ..request() };
    let read = read(&several.signed(&seal));
    assert_eq!(asked(&read).organ_code.as_deref(), Ok(CODE));
    let other = |from: &str, to: &str| {
        let payload = several.payload();
        let last = payload.rfind(from).unwrap();
        let payload = format!("{}{to}{}", &payload[..last], &payload[last + from.len()..]);
        self::read(&sign(&body(&payload), "", Signs::Body, &seal, KeyKind::P256))
    };
    let read = other(&format!(">{CODE}<"), ">9699969038<");
    let why = asked(&read).organ_code.clone().unwrap_err().to_string();
    assert!(why.contains("different organ codes"), "{why}");
    let read = other(">C2<", ">C4<");
    let why = asked(&read).service.clone().unwrap_err().to_string();
    assert!(why.contains("different services"), "{why}");
    let read = other(&format!(">{CODE}<"), "><");
    assert_eq!(asked(&read).organ_code.as_deref(), Ok(CODE));
}

#[test]
fn asynchronous_requests_are_requests() {
    let seal = issued();
    let payload = request().payload();
    let polls = payload
        .replace("esquemes/peticion", "esquemes/solicitudRespuesta")
        .replace("pet:Peticion", "pet:SolicitudRespuesta");
    let start = polls.find("<pet:Solicitudes>").unwrap();
    let end = polls.find("</pet:Solicitudes>").unwrap() + "</pet:Solicitudes>".len();
    let polls = format!("{}{}", &polls[..start], &polls[end..]);
    let read = read(&sign(&body(&polls), "", Signs::Body, &seal, KeyKind::P256));
    assert_eq!(asked(&read).organ_code.as_deref(), Ok(CODE));
    let confirmed = answer(&request(), "0001", &[])
        .replace("esquemes/respuesta", "esquemes/confirmacionPeticion")
        .replace("res:Respuesta", "res:ConfirmacionPeticion");
    let Kind::Answer(answer) = self::read(&confirmed).kind else { panic!("it answers") };
    assert_eq!(answer.code.as_deref(), Ok("0001"));
    assert!(answer.answer.is_none());
}

#[test]
fn ids_that_may_name_somebody_are_digests() {
    let kept = |id: &str| {
        let read = read(&request().id(id).signed(&issued()));
        asked(&read).id.as_ref().unwrap().kept.clone()
    };
    for plain in ["AOC00000000100373", "HESTIA_ad86a310-93fa:4/1.2"] {
        assert_eq!(kept(plain), plain);
    }
    let long = "1".repeat(101);
    for other in ["beca de Remei", "Remèi", "AOC-00000014Z", "X0000000T", long.as_str()] {
        let kept = kept(other);
        assert_eq!(kept.len(), 16, "{other}: {kept}");
        assert!(kept.bytes().all(|digit| digit.is_ascii_hexdigit()), "{kept}");
    }
}

#[test]
fn answers_show_what_their_codes_say() {
    let read = |message: &str| match self::read(message).kind {
        Kind::Answer(answer) => answer,
        Kind::Request(request) => panic!("{request:?}"),
    };
    let of = |state: &str, codes: &[&str]| read(&answer(&request(), state, codes));
    assert_eq!(of("0003", &["1000"]).answer, Some(Ok("1000".to_owned())));
    assert_eq!(of("3", &["233"]).answer, Some(Ok("0233".to_owned())));
    assert_eq!(of("3", &[]).code.as_deref(), Ok("0003"));
    // Of several the first that does not show that the path works.
    assert_eq!(of("0003", &["1000", "1001", "1002"]).answer, Some(Ok("1001".to_owned())));
    assert!(of("0003", &["1000", "Remei"]).answer.unwrap().is_err());
    assert!(of("Remei", &["1000"]).code.is_err());
    let failed = of("0502", &[]);
    assert!(failed.error.unwrap().words.to_string().contains("what lies behind failed"));
    assert!(of("0003", &["1000"]).error.is_none());
    let fault = read(&fault("Error en el procés d'autorització: Remei no autenticats"));
    assert!(fault.id.is_none());
    assert_eq!(fault.code.as_deref(), Ok("fault"));
    // `resultat` may recur: that which holds the code counts.
    let several = answer(&request(), "0003", &["1000"])
        .replace("<resultat>", "<resultat>Remei</resultat><resultat>");
    assert_eq!(read(&several).answer, Some(Ok("1000".to_owned())));
    let twice = answer(&request(), "0003", &["1000"]).replace(
        "</resultat>",
        "</resultat><resultat><codiResultat>1001</codiResultat></resultat>",
    );
    assert!(read(&twice).answer.unwrap().is_err());
}

/// The six kinds of data that AEAT's services answer with, each in a namespace of its own.
#[test]
fn aeat_s_code_is_found_in_every_service_s_data() {
    let kinds = [
        ("AEAT_IAE/AEATIAE", "respostaConsultaIAE", "http://www.aoc.cat/aeat/iae", "1002"),
        ("AEAT_IRPF/C2", "respostaConsultaIRPF", "http://www.aoc.cat/aeat/irpf", "1000"),
        ("AEAT_IRPF/PPE", "respostaConsultaPPE", "http://www.aoc.cat/aeat/ppe", "1006"),
        (
            "AEAT_DADES/ECOT101",
            "respostaConsultaObligacionsTributaries",
            "http://www.aoc.cat/aeat/ot",
            "1024",
        ),
        (
            "AEAT_DADES/SCPWIJ1R",
            "respostaConsultaDomiciliFiscal",
            "http://www.aoc.cat/aeat/df",
            "0233",
        ),
        ("AEAT_DADES/VERIFICAR_NIF", "respostaVerificacioNIF", "urn:nif", "0"),
    ];
    for (service, name, namespace, code) in kinds {
        for prefix in ["", "n:"] {
            let declared = if prefix.is_empty() { "xmlns" } else { "xmlns:n" };
            let data = format!(
                "<{prefix}{name} {declared}=\"{namespace}\"><{prefix}resultat xml:lang=\"ca\"><{prefix}codi>1</{prefix}codi></{prefix}resultat>\
                 <{prefix}resultat>\n<{prefix}codiResultat><![CDATA[{code}]]></{prefix}codiResultat></{prefix}resultat></{prefix}{name}>"
            );
            let request = Request::of(CODE, service, DAY);
            let message = answer(&request, "0003", &["X"]);
            let start = message.find("<respostaConsulta ").unwrap();
            let end = message.find("</respostaConsulta>").unwrap() + "</respostaConsulta>".len();
            let message = format!("{}{data}{}", &message[..start], &message[end..]);
            let Kind::Answer(answer) = read(&message).kind else { panic!("it answers") };
            assert_eq!(answer.answer, Some(Ok(code.to_owned())), "{service}: {message}");
            let works = message::outcome::shown(service, "0003", Some(code));
            assert_eq!(works, message::outcome::Shown::Works, "{service}");
        }
    }
}

// Nothing comes out

/// Every word that is said of a message broken anywhere holds nothing of it.
#[test]
fn no_error_quotes_the_message() {
    let honest = request().signed(&issued());
    let answered = answer(&request(), "0502", &["1000"]);
    let silent = |said: String| {
        for secret in SECRETS {
            assert!(!said.contains(secret), "{said}");
        }
    };
    for text in [&honest, &answered] {
        for place in (0..text.len()).step_by(23).filter(|&place| text.is_char_boundary(place)) {
            let broken = [
                text[..place].to_owned(),
                format!("{}<{}", &text[..place], &text[place..]),
                format!("{}<Remei a='Puigdomenech'>{}", &text[..place], &text[place..]),
                format!("{}&Remei;{}", &text[..place], &text[place..]),
                format!("{}<?Remei?>{}", &text[..place], &text[place..]),
                format!("{}<!-- Remei -- Puigdomenech -->{}", &text[..place], &text[place..]),
                format!("{}\u{1}{}", &text[..place], &text[place..]),
            ];
            for broken in broken {
                match message::read(broken.as_bytes()) {
                    Err(why) => silent(why.to_string()),
                    Ok(read) => silent(format!("{read:?}")),
                }
            }
        }
    }
}
