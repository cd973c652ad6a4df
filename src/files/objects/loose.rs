//! An object in a file of its own.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid};

use super::stream::Stream;
use super::{Failure, Object};

/// The longest that `kind size` and the NUL after it can be.
const LONGEST_HEADER: usize = 32;

/// The object of this id, where a file of `folder` holds it.
pub(super) fn read(folder: &Path, id: Oid, limit: u64) -> Option<Result<Object, Failure>> {
    opened(&path(folder, id)).map(|file| object(&file?, limit))
}

/// How many bytes it has by its own account, and what it is.
pub(super) fn header(folder: &Path, id: Oid) -> Option<Result<(u64, ObjectType), Failure>> {
    opened(&path(folder, id)).map(|file| {
        let (_, size, kind) = head(&mut whole(&file?)?)?;
        Ok((size, kind))
    })
}

/// The ids that begin with these digits, of which there are two at least.
pub(super) fn beginning(folder: &Path, digits: &str) -> Vec<Oid> {
    let digits = digits.to_ascii_lowercase();
    let Some((first, rest)) = digits.split_at_checked(2) else { return Vec::new() };
    let listed = fs::read_dir(folder.join(first)).into_iter().flatten().flatten();
    let names = listed.filter_map(|item| item.file_name().into_string().ok());
    let found = names.filter(|name| name.starts_with(rest) && name.len() == 38);
    found.filter_map(|name| Oid::from_str(&format!("{first}{name}")).ok()).collect()
}

fn path(folder: &Path, id: Oid) -> PathBuf {
    let digits = id.to_string();
    folder.join(&digits[..2]).join(&digits[2..])
}

/// The file, where there is one.
fn opened(path: &Path) -> Option<Result<File, Failure>> {
    match File::open(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            None
        }
        opened => Some(opened.map_err(Failure::from)),
    }
}

fn whole(file: &File) -> Result<Stream<'_>, Failure> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Failure::Damaged);
    }
    Ok(Stream::new(file, 0, metadata.len()))
}

/// What stands before the object's own bytes: how long that is, how many bytes follow, and of what.
fn head(stream: &mut Stream<'_>) -> Result<(usize, u64, ObjectType), Failure> {
    stream.fill(LONGEST_HEADER)?;
    let end = stream.out.iter().take(LONGEST_HEADER).position(|&byte| byte == 0);
    let end = end.ok_or(Failure::Damaged)?;
    let text = std::str::from_utf8(&stream.out[..end]).ok();
    let (kind, size) = text.and_then(|text| text.split_once(' ')).ok_or(Failure::Damaged)?;
    let is_number = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
    let size = is_number.then(|| size.parse().ok()).flatten().ok_or(Failure::Damaged)?;
    let kind = match kind {
        "commit" => ObjectType::Commit,
        "tree" => ObjectType::Tree,
        "blob" => ObjectType::Blob,
        "tag" => ObjectType::Tag,
        _ => return Err(Failure::Damaged),
    };
    Ok((end + 1, size, kind))
}

fn object(file: &File, limit: u64) -> Result<Object, Failure> {
    let mut stream = whole(file)?;
    let (start, size, kind) = head(&mut stream)?;
    if size > limit {
        return Err(Failure::TooLarge);
    }
    let size = usize::try_from(size).map_err(|_| Failure::TooLarge)?;
    stream.finish(start + size)?;
    if !stream.is_last() {
        return Err(Failure::Damaged);
    }
    let mut bytes = stream.into_bytes();
    bytes.drain(..start);
    Ok(Object { kind, bytes })
}
