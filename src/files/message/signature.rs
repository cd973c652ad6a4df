//! Whether a message is signed, and by whom: WS-Security with a certificate by direct reference (X.509
//! Certificate Token Profile 1.0, 3.2), XML Signature with exclusive canonicalization. Nothing is fetched
//! and no other transform is known; whatever is otherwise is refused.

use std::collections::HashMap;

use data_encoding::BASE64;

use super::canon::{Inclusive, canonical};
use super::envelope::{Envelope, WSSE, WSU, only};
use super::lexical::BLANKS;
use super::tree::{Id, Tree, XML};
use crate::base::text::Text;
use crate::files::x509::{Hash, NotVerified, SignatureAlgorithm, SigningCertificate};
use crate::tr;

/// XML Signature's namespace.
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Exclusive canonicalization without comments: its algorithm, and the namespace of its parameters.
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// What a token's `ValueType` begins with (X.509 Certificate Token Profile 1.0, 3.1).
const X509_TOKENS: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#";

/// The one `EncodingType` (SOAP Message Security 1.0, 6.3).
const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// How many references a signature may have.
const REFERENCES: usize = 10;

/// A signature that verifies, over the Body that is read.
#[derive(Debug)]
pub(super) struct Verified {
    /// The certificate that its reference names.
    pub certificate: SigningCertificate,
    /// How it is signed.
    pub algorithm: SignatureAlgorithm,
    /// The `Timestamp` of the header, where it is signed too.
    pub timestamp: Option<Id>,
}

/// Verifies the signature of a message; none where it has none.
///
/// # Errors
/// Why the signature proves nothing.
pub(super) fn verify(tree: &Tree<'_>, envelope: &Envelope) -> Result<Option<Verified>, Text> {
    let Some(security) = envelope.security else { return Ok(None) };
    let Some(signature) = only(tree, security, DS, "Signature")? else { return Ok(None) };
    ensure_absolute(tree)?;
    let parts = parts(tree, signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
    let [signed_info, value, key_info] = parts;
    let ids = ids(tree);
    let certificate = certificate(tree, &ids, security, key_info)?;
    let signed = SignedInfo::read(tree, signed_info)?;
    let targets = signed.references.iter().map(|reference| unique(&ids, reference.id));
    let digested = targets.collect::<Result<Vec<Id>, Text>>()?;
    if !digested.contains(&envelope.body) {
        return Err(tr!("the signature does not cover the message's `Body`"));
    }
    let form = canonical(tree, signed_info, &signed.inclusive)?;
    let bytes = base64(tree, value)?;
    certificate.verify(&signed.algorithm, &form, &bytes).map_err(|why| match why {
        NotVerified::Wrong => {
            tr!("the signature is not that of the certificate that the message carries")
        }
        NotVerified::Unsupported => {
            tr!("the signature is of no accepted kind for the certificate's key")
        }
    })?;
    for (reference, &id) in signed.references.iter().zip(&digested) {
        let form = canonical(tree, id, &reference.inclusive)?;
        if reference.hash.digest(&form).as_deref() != Some(reference.digest.as_slice()) {
            return Err(match id == envelope.body {
                true => tr!(
                    "the message was altered after it was signed: the digest of its `Body` is another"
                ),
                false => tr!(
                    "the message was altered after it was signed: the digest of a signed part beside its `Body` is another"
                ),
            });
        }
    }
    let timestamp = only(tree, security, WSU, "Timestamp")?.filter(|id| digested.contains(id));
    Ok(Some(Verified { certificate, algorithm: signed.algorithm, timestamp }))
}

/// A document with a namespace that is no absolute URI has no canonical form (Canonical XML 1.0, 1.3).
fn ensure_absolute(tree: &Tree<'_>) -> Result<(), Text> {
    let mut declared = tree.all().flat_map(|(_, element)| &element.declared);
    match declared.all(|(_, namespace)| namespace.is_empty() || is_absolute(namespace)) {
        true => Ok(()),
        false => {
            Err(tr!("a namespace is no absolute URI, and what is signed has no canonical form"))
        }
    }
}

/// Whether a text is a URI with a scheme (RFC 3986, 2 and 3.1).
fn is_absolute(uri: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte);
    let Some((scheme, _)) = uri.split_once(':') else { return false };
    let continues = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(continues)
        && uri.bytes().all(fits)
}

/// What is signed, and how.
struct SignedInfo<'t> {
    inclusive: Inclusive<'t>,
    algorithm: SignatureAlgorithm,
    references: Vec<Reference<'t>>,
}

/// A part of the message that is signed.
struct Reference<'t> {
    id: &'t str,
    inclusive: Inclusive<'t>,
    hash: Hash,
    digest: Vec<u8>,
}

impl<'t> SignedInfo<'t> {
    fn read(tree: &'t Tree<'_>, id: Id) -> Result<SignedInfo<'t>, Text> {
        let children: Vec<Id> = tree.children(id).collect();
        let [method, signature, references @ ..] = children.as_slice() else {
            return Err(incomplete());
        };
        let named = |id: Id, name| tree.is(id, DS, name);
        let is_complete = named(*method, "CanonicalizationMethod")
            && named(*signature, "SignatureMethod")
            && references.iter().all(|&id| named(id, "Reference"));
        if !is_complete || references.is_empty() {
            return Err(incomplete());
        }
        if references.len() > REFERENCES {
            return Err(tr!("the signature has more than {count} references", count = REFERENCES));
        }
        let references = references.iter().map(|&id| Reference::read(tree, id));
        Ok(SignedInfo {
            inclusive: exclusive(tree, *method)?,
            algorithm: algorithm(tree, *signature)?,
            references: references.collect::<Result<_, _>>()?,
        })
    }
}

impl<'t> Reference<'t> {
    fn read(tree: &'t Tree<'_>, id: Id) -> Result<Reference<'t>, Text> {
        let [transforms, method, value] =
            parts(tree, id, ["Transforms", "DigestMethod", "DigestValue"])?;
        let [transform] = parts(tree, transforms, ["Transform"])?;
        let target = tree.attribute(id, "", "URI").and_then(|uri| uri.strip_prefix('#'));
        let target = target.filter(|target| !target.is_empty());
        let target = target.ok_or_else(|| tr!("a reference of the signature is to no id"))?;
        Ok(Reference {
            id: target,
            inclusive: exclusive(tree, transform)?,
            hash: hash(tree, method)?,
            digest: base64(tree, value)?,
        })
    }
}

fn incomplete() -> Text {
    tr!("the signature has not the parts that WS-Security gives it, or others beside them")
}

/// The children of an element, which have these names and no others.
fn parts<const N: usize>(tree: &Tree<'_>, id: Id, names: [&str; N]) -> Result<[Id; N], Text> {
    let children: Vec<Id> = tree.children(id).collect();
    let found: [Id; N] = children.try_into().map_err(|_| incomplete())?;
    let fits = found.iter().zip(names).all(|(&id, name)| tree.is(id, DS, name));
    if fits { Ok(found) } else { Err(incomplete()) }
}

/// The prefixes that an exclusive canonicalization treats inclusively.
fn exclusive<'t>(tree: &'t Tree<'_>, id: Id) -> Result<Inclusive<'t>, Text> {
    if tree.attribute(id, "", "Algorithm") != Some(EXCLUSIVE) {
        return Err(tr!(
            "the signature asks for another transform than exclusive canonicalization"
        ));
    }
    let children: Vec<Id> = tree.children(id).collect();
    match children.as_slice() {
        [] => Ok(Inclusive::default()),
        [list] if tree.is(*list, EXCLUSIVE, "InclusiveNamespaces") => {
            Inclusive::read(tree.attribute(*list, "", "PrefixList").unwrap_or_default())
        }
        _ => Err(incomplete()),
    }
}

/// RFC 4051, 2.3; XML Signature 1.1, 6.4.
fn algorithm(tree: &Tree<'_>, id: Id) -> Result<SignatureAlgorithm, Text> {
    use SignatureAlgorithm::{Ecdsa, Rsa};
    let name = tree.attribute(id, "", "Algorithm").unwrap_or_default();
    let more = name.strip_prefix("http://www.w3.org/2001/04/xmldsig-more#");
    let known = match (more, name.strip_prefix(DS)) {
        (Some("rsa-sha256"), _) => Rsa(Hash::Sha256),
        (Some("rsa-sha384"), _) => Rsa(Hash::Sha384),
        (Some("rsa-sha512"), _) => Rsa(Hash::Sha512),
        (Some("ecdsa-sha256"), _) => Ecdsa(Hash::Sha256),
        (Some("ecdsa-sha384"), _) => Ecdsa(Hash::Sha384),
        (_, Some("rsa-sha1")) => Rsa(Hash::Sha1),
        _ => return Err(tr!("the signature's algorithm is none that segell knows")),
    };
    match tree.children(id).next() {
        None => Ok(known),
        Some(_) => Err(incomplete()),
    }
}

/// XML Encryption 1.0, 5.7; RFC 4051, 2.1.
fn hash(tree: &Tree<'_>, id: Id) -> Result<Hash, Text> {
    match tree.attribute(id, "", "Algorithm").unwrap_or_default() {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Ok(Hash::Sha1),
        "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(Hash::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Ok(Hash::Sha384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(Hash::Sha512),
        _ => Err(tr!("a digest's algorithm is none that segell knows")),
    }
}

/// The certificate of the token that the signature's reference names.
fn certificate(
    tree: &Tree<'_>,
    ids: &Ids<'_>,
    security: Id,
    key_info: Id,
) -> Result<SigningCertificate, Text> {
    let (token, reference) = token(tree, ids, security, key_info)?;
    let types = [token, reference].map(|id| tree.attribute(id, "", "ValueType"));
    match types.map(|kind| kind.map(|kind| kind.strip_prefix(X509_TOKENS))) {
        [Some(Some("X509v3")), None | Some(Some("X509v3"))] => {}
        [Some(Some("X509PKIPathv1" | "PKCS7")), _] => {
            return Err(tr!(
                "its token is a path of certificates, which does not say whose the signature is: send the request with `X509v3`, the one certificate"
            ));
        }
        _ => return Err(tr!("its token is not of type `X509v3`")),
    }
    if tree.attribute(token, "", "EncodingType").is_some_and(|kind| kind != BASE64_BINARY) {
        return Err(tr!("its token is not in base64"));
    }
    let der = base64(tree, token)?;
    SigningCertificate::read(&der).map_err(|_| tr!("its token is no certificate that can be read"))
}

/// The token that the signature's reference names, and that reference.
fn token(tree: &Tree<'_>, ids: &Ids<'_>, security: Id, key_info: Id) -> Result<(Id, Id), Text> {
    let otherwise = || {
        tr!(
            "the signature names its certificate otherwise than by a reference to a token of the message"
        )
    };
    let sole = |id: Id, name: &str| {
        let children: Vec<Id> = tree.children(id).collect();
        match children.as_slice() {
            [only] if tree.is(*only, WSSE, name) => Some(*only),
            _ => None,
        }
    };
    let reference = sole(key_info, "SecurityTokenReference").and_then(|id| sole(id, "Reference"));
    let reference = reference.ok_or_else(otherwise)?;
    let tokens = tree.children(security).filter(|&id| tree.is(id, WSSE, "BinarySecurityToken"));
    let tokens: Vec<Id> = tokens.collect();
    if tokens.len() > 1 {
        return Err(tr!("the message carries a second token"));
    }
    let target = tree.attribute(reference, "", "URI").and_then(|uri| uri.strip_prefix('#'));
    let token = unique(ids, target.ok_or_else(otherwise)?)?;
    match tokens.contains(&token) {
        true => Ok((token, reference)),
        false => Err(otherwise()),
    }
}

/// The elements that have each id, by whichever attribute.
type Ids<'t> = HashMap<&'t str, Vec<Id>>;

fn ids<'t>(tree: &'t Tree<'_>) -> Ids<'t> {
    let mut ids: Ids<'t> = HashMap::new();
    for (id, element) in tree.all() {
        for attribute in &element.attributes {
            let is_id = match (attribute.local, &*attribute.namespace) {
                ("Id", namespace) => namespace.is_empty() || namespace == WSU,
                ("ID", "") => true,
                ("id", namespace) => namespace.is_empty() || namespace == XML,
                _ => false,
            };
            if is_id {
                let known = ids.entry(attribute.value.trim_matches(BLANKS)).or_default();
                if known.last() != Some(&id) {
                    known.push(id);
                }
            }
        }
    }
    ids
}

fn unique(ids: &Ids<'_>, name: &str) -> Result<Id, Text> {
    match ids.get(name).map(Vec::as_slice) {
        Some([id]) => Ok(*id),
        Some(_) => Err(tr!("an id that the signature names stands twice")),
        None => Err(tr!("the signature names an id that is not in the message")),
    }
}

/// What an element says in base64, whatever blanks stand in it.
fn base64(tree: &Tree<'_>, id: Id) -> Result<Vec<u8>, Text> {
    let broken = || tr!("something that should be in base64 is not");
    let text = tree.value(id).ok_or_else(broken)?;
    let bytes: Vec<u8> = text.bytes().filter(|byte| !b" \t\n\r".contains(byte)).collect();
    BASE64.decode(&bytes).map_err(|_| broken())
}
