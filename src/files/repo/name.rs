//! The commit that a name given by a person stands for.

use anyhow::{Context, Result, anyhow, bail, ensure};
use git2::{ObjectType, Oid, Repository};

use crate::files::objects::{LARGEST, Objects};
use crate::tr;

/// The fewest digits by which people call a commit, and by which git takes one.
const SHORTEST: usize = 7;
const SHORTEST_OF_GIT: usize = 4;

/// How many tags may name each other in a row.
const MOST_TAGS: usize = 10;

/// The commit that a name given by a person stands for: a ref, an id or its first digits, and from there
/// `^`, `^2`, `~3`, `^{commit}`.
///
/// # Errors
/// When there is none, the name could mean another as well, or an object on the way cannot be read.
pub(crate) fn commit(repository: &Repository, objects: &Objects, name: &str) -> Result<Oid> {
    ensure_clear(repository, objects, name)?;
    let found = find(repository, objects, name)?;
    found.with_context(|| {
        let hint = if repository.is_shallow() {
            tr!("; the clone is shallow: run `git fetch --unshallow`")
        } else {
            tr!("; see `git log --all`, or run `git fetch`")
        };
        tr!("no commit `{name}` in this repository{hint}", name = name, hint = hint)
    })
}

/// The tree of a commit.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn tree_of(objects: &Objects, id: Oid) -> Result<Oid> {
    let raw = read(objects, id)?.1;
    let tree = header(&raw, "tree ").next().and_then(full_id);
    tree.with_context(|| odd(id))
}

/// The instant at which a commit was committed, by its raw bytes.
pub(crate) fn committed(raw: &[u8]) -> Option<jiff::Timestamp> {
    let committer = header(raw, "committer ").next()?;
    let after_name = committer.rsplit_once('>')?.1;
    let seconds = after_name.split_whitespace().next()?;
    jiff::Timestamp::from_second(seconds.parse().ok()?).ok()
}

fn find(repository: &Repository, objects: &Objects, name: &str) -> Result<Option<Oid>> {
    let start = name.find(['^', '~']).unwrap_or(name.len());
    let (base, mut steps) = name.split_at(start);
    let Some(mut id) = named(repository, objects, base) else { return Ok(None) };
    while let Some(kind) = steps.chars().next() {
        steps = &steps[1..];
        if let Some(rest) = ["{commit}", "{}"].iter().find_map(|word| steps.strip_prefix(word)) {
            steps = rest;
            continue;
        }
        let end = steps.find(|it: char| !it.is_ascii_digit()).unwrap_or(steps.len());
        let number = if end == 0 { Ok(1) } else { steps[..end].parse::<usize>() };
        let (Ok(number), true) = (number, kind == '^' || kind == '~') else { return Ok(None) };
        steps = &steps[end..];
        let (times, place) = if kind == '~' { (number, 1) } else { (number.min(1), number) };
        for _ in 0..times {
            let Some(parent) = parent(objects, id, place)? else { return Ok(None) };
            id = parent;
        }
    }
    peeled(objects, id)
}

/// The object that a ref's name, an id or its first digits stand for.
fn named(repository: &Repository, objects: &Objects, name: &str) -> Option<Oid> {
    if let Some(id) = full_id(name) {
        return Some(id);
    }
    if let Some((reference, which)) = name.split_once("@{") {
        return recalled(repository, reference, which.strip_suffix('}')?);
    }
    let name = if matches!(name, "" | "@") { "HEAD" } else { name };
    let reference = repository.resolve_reference_from_short_name(name);
    if let Some(id) = reference.ok().and_then(|reference| reference.target()) {
        return Some(id);
    }
    // What `git describe` says ends in an id.
    let digits = name.rsplit_once("-g").map_or(name, |(_, digits)| digits);
    match objects.beginning(some_digits(digits)?)[..] {
        [id] => Some(id),
        _ => None,
    }
}

/// What a ref was so many moves ago, or what it follows.
fn recalled(repository: &Repository, reference: &str, which: &str) -> Option<Oid> {
    let short = if reference.is_empty() { "HEAD" } else { reference };
    let reference = repository.resolve_reference_from_short_name(short).ok()?;
    if matches!(which, "u" | "upstream") {
        let upstream = repository.branch_upstream_name(reference.name().ok()?).ok()?;
        return repository.find_reference(upstream.as_str().ok()?).ok()?.resolve().ok()?.target();
    }
    let log = if short == "HEAD" { "HEAD" } else { reference.name().ok()? };
    let log = repository.reflog(log).ok()?;
    Some(log.get(which.parse().ok()?)?.id_new())
}

/// Digits of which an id could be made.
fn some_digits(text: &str) -> Option<&str> {
    let is_some = (SHORTEST_OF_GIT..=40).contains(&text.len());
    (is_some && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
}

fn full_id(text: &str) -> Option<Oid> {
    some_digits(text).filter(|text| text.len() == 40).and_then(|text| Oid::from_str(text).ok())
}

/// The commit itself, or that of a tag. None when it is neither, or not here.
fn peeled(objects: &Objects, id: Oid) -> Result<Option<Oid>> {
    let mut id = id;
    for _ in 0..MOST_TAGS {
        let object = match objects.read(id, LARGEST) {
            Ok(object) => object,
            Err(crate::files::objects::Failure::Missing) => return Ok(None),
            Err(why) => bail!(why.of(id)),
        };
        match object.kind {
            ObjectType::Commit => return Ok(Some(id)),
            ObjectType::Tag => {
                let tagged = header(&object.bytes, "object ").next().and_then(full_id);
                id = tagged.with_context(|| odd(id))?;
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// A parent of a commit, counted from 1.
fn parent(objects: &Objects, id: Oid, place: usize) -> Result<Option<Oid>> {
    let Some(id) = peeled(objects, id)? else { return Ok(None) };
    let raw = read(objects, id)?.1;
    let Some(before) = place.checked_sub(1) else { return Ok(Some(id)) };
    header(&raw, "parent ")
        .nth(before)
        .map(|text| full_id(text).with_context(|| odd(id)))
        .transpose()
}

fn read(objects: &Objects, id: Oid) -> Result<(ObjectType, Vec<u8>)> {
    let object = objects.read(id, LARGEST).map_err(|why| anyhow!(why.of(id)))?;
    Ok((object.kind, object.bytes))
}

/// What stands after a header's name, as often as it stands there.
fn header<'r>(raw: &'r [u8], name: &'r str) -> impl Iterator<Item = &'r str> {
    let lines = raw.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
    let values = lines.filter_map(|line| line.strip_prefix(name.as_bytes()));
    values.filter_map(|value| std::str::from_utf8(value).ok())
}

fn odd(id: Oid) -> crate::base::text::Text {
    tr!("commit {id} is not as git writes commits", id = id.to_string())
}

/// Sees to it that a name stands for one thing alone: a tag that is named as a branch, or as the
/// first digits of a commit, would show people something else than they ask for.
fn ensure_clear(repository: &Repository, objects: &Objects, name: &str) -> Result<()> {
    let name = name.split(['^', '~', '@', ':']).next().unwrap_or_default();
    let full_names = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
    let full_names = full_names.iter().map(|start| format!("{start}{name}"));
    let mut meant: Vec<String> =
        full_names.filter(|full| repository.find_reference(full).is_ok()).collect();
    let is_short_id = (SHORTEST..40).contains(&name.len()) && some_digits(name).is_some();
    if is_short_id && !meant.is_empty() && objects.beginning(name).len() == 1 {
        meant.push(tr!("an object of that id").to_string());
    }
    ensure!(
        meant.len() <= 1,
        tr!(
            "`{name}` is ambiguous: {meant}; give the full name",
            name = name,
            meant = meant.join(", ")
        )
    );
    Ok(())
}
