//! Files that may hold several certificates: a chain in PEM, a PKCS#7 bundle, a ZIP of such files.

use super::{Instead, Unreadable, from_pem_or_der, pem, pkcs7};
use crate::base::text::Text;
use crate::files::zip::{self, Packed};
use crate::tr;

/// Most bytes that are unpacked of a ZIP.
const MOST_UNPACKED: usize = 64 << 20;
/// Most files that are looked at in a ZIP.
const MOST_FILES: usize = 20_000;

/// A part of a file, and the DER of the certificates in it.
#[derive(Debug)]
pub struct Part {
    /// Its name in the ZIP; none where the file is none.
    pub name: Option<String>,
    /// Its certificates, in its order.
    pub certificates: Result<Vec<Vec<u8>>, Text>,
}

/// The certificates of a file: PEM with one or several blocks, DER, PKCS#7, or a ZIP of such files.
///
/// # Errors
/// When the file is none of these; of a part of a ZIP, in its place.
pub fn certificates_in(bytes: &[u8]) -> Result<Vec<Part>, Unreadable> {
    if zip::is_zip(bytes) {
        return Ok(in_zip(bytes));
    }
    Ok(vec![Part { name: None, certificates: Ok(in_one(bytes)?) }])
}

fn in_zip(bytes: &[u8]) -> Vec<Part> {
    let mut budget = MOST_UNPACKED;
    let files = zip::entries(bytes).filter(|entry| !entry.name.ends_with(b"/"));
    let mut parts = Vec::new();
    for entry in files.take(MOST_FILES) {
        let unpacked = entry.unpack(budget);
        budget -= match &unpacked {
            Ok(content) => content.len(),
            Err(Packed::Unfit(spent)) => (*spent).min(budget),
            Err(_) => 0,
        };
        let certificates = match unpacked {
            Ok(content) => in_part(&content),
            Err(Packed::Encrypted) => Err(tr!("it is encrypted: unpack it with its password")),
            Err(Packed::Method) => {
                Err(tr!("it is packed in a rare way: unpack it, and name the file"))
            }
            Err(Packed::Unfit(_)) => {
                Err(tr!("it cannot be unpacked: it is broken, or too much for one ZIP"))
            }
        };
        parts.push(Part { name: Some(entry.shown().into_owned()), certificates });
    }
    parts
}

/// The same of a file in a ZIP. Each is searched by itself, since there may be too much in all.
fn in_part(content: &[u8]) -> Result<Vec<Vec<u8>>, Text> {
    if zip::is_zip(content) {
        return Err(tr!("it is a ZIP in a ZIP: unpack the outer one"));
    }
    if let Some((_, what)) = super::private_key_in(content) {
        return Err(tr!("it holds {what}", what = what));
    }
    in_one(content).map_err(|why| why.told())
}

fn in_one(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let of_bundle = |bundle: &[u8]| -> Result<Vec<Vec<u8>>, Unreadable> {
        Ok(pkcs7::certificates(bundle)?.into_iter().map(<[u8]>::to_vec).collect())
    };
    match from_pem_or_der(bytes) {
        Ok(der) => Ok(vec![der]),
        Err(Unreadable::NotPem { found: Instead::Pkcs7 }) => of_bundle(bytes),
        Err(
            why @ (Unreadable::SeveralBlocks { .. }
            | Unreadable::OtherLabel { .. }
            | Unreadable::TextOutside { .. }),
        ) => {
            let blocks = pem::blocks(bytes)?;
            let is_bundle = |label: &str| matches!(label, "PKCS7" | "CMS");
            // Text around one block alone may be what somebody took for a part of it.
            if blocks.len() < 2 && !blocks.iter().any(|(label, _)| is_bundle(label)) {
                return Err(why);
            }
            let mut found = Vec::new();
            for (label, der) in blocks {
                match label.as_str() {
                    label if is_bundle(label) => found.extend(of_bundle(&der)?),
                    pem::CERTIFICATE => found.push(der),
                    _ => return Err(why),
                }
            }
            Ok(found)
        }
        Err(why) => Err(why),
    }
}
