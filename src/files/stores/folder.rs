//! A folder of certificates in PEM and DER. Links to files are followed, as services keep what is
//! current behind one; links to folders, and what begins with a dot, are not.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use super::{Entry, Key, Kind, LARGEST, MOST_ENTRIES, Store, pkcs12, too_many};
use crate::base::text::{Text, names};
use crate::files::repo::read_file;
use crate::tr;

/// How deep folders may lie in each other.
const DEEPEST: usize = 8;

/// The largest file that is read; others hold no certificate.
const LARGEST_FILE: u64 = 4 << 20;

/// Reads the folder, and those in it.
///
/// # Errors
/// When something that should be a certificate is none, or cannot be read.
pub fn read(folder: &Path) -> Result<Store, Text> {
    let mut files = Vec::new();
    list(folder, 0, &mut files)?;
    files.sort();
    let mut store = Store::empty(Kind::Folder);
    let (mut stores, mut left) = (Vec::new(), LARGEST);
    for path in files {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let about = |why: Text| tr!("`{file}`: {why}", file = name.as_str(), why = why);
        let bytes = content(&path, &mut left).map_err(about)?.unwrap_or_default();
        if is_store(&bytes) {
            stores.push(name.clone());
        }
        let certificates = certificates(&path, &bytes).map_err(about)?;
        if certificates.is_empty() {
            store.others += 1;
        }
        for der in certificates {
            store.entries.push(Entry::certificate(name.clone(), der, Key::NotKept)?);
        }
        if store.entries.len() > MOST_ENTRIES {
            return Err(too_many());
        }
    }
    if !stores.is_empty() {
        store.remarks.push(tr!(
            "in a folder only PEM and DER are read; name key stores themselves: {stores}",
            stores = names(stores)
        ));
    }
    Ok(store)
}

/// All plain files below a folder.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Text> {
    let told = |why: std::io::Error| {
        tr!("`{file}`: {why}", file = folder.display().to_string(), why = why.to_string())
    };
    for item in fs::read_dir(folder).map_err(told)? {
        let item = item.map_err(told)?;
        if item.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let kind = item.file_type().map_err(told)?;
        if kind.is_dir() && depth < DEEPEST {
            list(&item.path(), depth + 1, files)?;
        } else if kind.is_dir() {
            return Err(tr!("its folders lie in each other too deep"));
        } else if !kind.is_symlink() || fs::metadata(item.path()).is_ok_and(|it| it.is_file()) {
            files.push(item.path());
        }
        if files.len() > MOST_ENTRIES {
            return Err(too_many());
        }
    }
    Ok(())
}

/// The bytes of a file; none of one that is too large to be a certificate, or no plain file.
fn content(path: &Path, left: &mut u64) -> Result<Option<Vec<u8>>, Text> {
    let told = |why: std::io::Error| tr!("{why}", why = why.to_string());
    let path = path.canonicalize().map_err(told)?;
    let metadata = fs::metadata(&path).map_err(told)?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return Ok(None);
    }
    *left = left.checked_sub(metadata.len()).ok_or_else(|| {
        tr!(
            "its files have more than {limit} MiB in all, which no store of seals has",
            limit = i64::try_from(LARGEST >> 20).unwrap_or(i64::MAX)
        )
    })?;
    let bytes =
        read_file(&path, LARGEST_FILE).map_err(|why| tr!("{why}", why = why.to_string()))?;
    Ok(Some(bytes))
}

fn is_store(bytes: &[u8]) -> bool {
    let java = [[0xfe, 0xed, 0xfe, 0xed], [0xce; 4]];
    java.iter().any(|magic| bytes.starts_with(magic))
        || (bytes.first() == Some(&0x30) && pkcs12::is_one(bytes))
}

/// The certificates in a file: none where it is something else. What is called a certificate, or begins
/// as one, must be one.
fn certificates(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Text> {
    if let Some(found) = in_pem(bytes)? {
        return Ok(found);
    }
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let is_called_so =
        ["cer", "crt", "der", "pem"].iter().any(|it| extension.eq_ignore_ascii_case(it));
    let is_der = super::keys::public_key_info(bytes).is_ok();
    match is_der {
        true => Ok(vec![bytes.to_vec()]),
        false if is_called_so && !is_store(bytes) && !has_pem(bytes) => {
            Err(tr!("it is no certificate, neither in PEM nor in DER"))
        }
        false => Ok(Vec::new()),
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";

fn has_pem(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, BEGIN).is_some()
}

/// The certificates among the blocks of PEM; none where there is no block of one.
fn in_pem(bytes: &[u8]) -> Result<Option<Vec<Vec<u8>>>, Text> {
    let mut found = Vec::new();
    for kind in ["CERTIFICATE", "X509 CERTIFICATE"] {
        let (begin, end) = (format!("-----BEGIN {kind}-----"), format!("-----END {kind}-----"));
        let mut rest = bytes;
        while let Some(place) = memchr::memmem::find(rest, begin.as_bytes()) {
            let after = &rest[place + begin.len()..];
            let length = memchr::memmem::find(after, end.as_bytes());
            let length = length.ok_or_else(|| tr!("a PEM block has no end"))?;
            let digits: Vec<u8> = after[..length]
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            let der = BASE64.decode(&digits);
            found.push(der.map_err(|_| tr!("a PEM block is not base64"))?);
            rest = &after[length + end.len()..];
        }
    }
    Ok((!found.is_empty()).then_some(found))
}
