//! The requests that are given with their answers: by name, in order, or a folder of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use rayon::prelude::*;

use crate::base::digest::Sha256;
use crate::base::text::visible;
use crate::commands::look::inspect::{no_message, read_most};
use crate::files::message::{self, Answer, Kind, Message, Request, Signature};
use crate::tr;

/// The messages that prove a check.
#[derive(Debug, clap::Args)]
pub(super) struct Messages {
    /// The request with which it was checked, as it was sent, or a folder of requests and answers; may be
    /// given several times
    #[arg(long, value_name = "FILE")]
    request: Vec<PathBuf>,
    /// What the front answered to it, in the order of the requests; may be given several times
    #[arg(long, value_name = "FILE", requires = "request")]
    answer: Vec<PathBuf>,
}

impl Messages {
    /// Whether there are any.
    pub fn are_given(&self) -> bool {
        !self.request.is_empty()
    }
}

/// A request with its answer, if that is there.
pub(super) struct Pair {
    /// The request's file, as it is shown.
    pub file: String,
    pub sha256: Sha256,
    pub signature: Signature,
    pub request: Request,
    pub answer: Option<Answer>,
}

/// A message with the name of its file.
type Named = (String, Message);

/// The requests that are given, each with its answer.
pub(super) fn pairs(messages: &Messages) -> Result<Vec<Pair>> {
    let folders = messages.request.iter().filter(|path| path.is_dir()).count();
    if folders == 0 {
        return listed(messages);
    }
    ensure!(
        folders == messages.request.len() && messages.answer.is_empty(),
        tr!("a folder has its answers in it: give folders alone, or files")
    );
    let mut files = Vec::new();
    for folder in &messages.request {
        files.extend(files_of(folder)?);
    }
    let read = files.par_iter().map(|file| read(file, true)).collect::<Result<Vec<_>>>()?;
    together(read.into_iter().flatten().collect())
}

/// Requests and answers that are given by name, in the same order.
fn listed(messages: &Messages) -> Result<Vec<Pair>> {
    let Messages { request, answer } = messages;
    ensure!(
        answer.is_empty() || answer.len() == request.len(),
        tr!("there are not as many answers as requests: give them in the same order, or a folder")
    );
    let all = |files: &[PathBuf]| {
        let read = files.par_iter().map(|file| read(file, false)).collect::<Result<Vec<_>>>();
        read.map(|all| all.into_iter().flatten().collect::<Vec<Named>>())
    };
    let mut answers = all(answer)?.into_iter();
    let mut pairs = Vec::new();
    for request in all(request)? {
        let answer = answers.next().map(as_answer).transpose()?;
        pairs.push(as_request(request, answer.map(|(_, answer)| answer))?);
    }
    Ok(pairs)
}

fn as_answer((file, message): Named) -> Result<(String, Answer)> {
    match message.kind {
        Kind::Answer(answer) => Ok((file, answer)),
        Kind::Request(_) => bail!(tr!("`{file}` is a request, not an answer", file = &file)),
    }
}

fn as_request((file, message): Named, answer: Option<Answer>) -> Result<Pair> {
    let Message { sha256, signature, kind } = message;
    match kind {
        Kind::Request(request) => Ok(Pair { file, sha256, signature, request, answer }),
        Kind::Answer(_) => bail!(tr!("`{file}` is an answer, not a request", file = &file)),
    }
}

/// The requests of a folder, each with the answer that has its id.
fn together(all: Vec<Named>) -> Result<Vec<Pair>> {
    let is_answer = |named: &Named| matches!(named.1.kind, Kind::Answer(_));
    let (answers, requests): (Vec<Named>, Vec<Named>) = all.into_iter().partition(is_answer);
    ensure!(!requests.is_empty(), tr!("there is no request in the folder"));
    let mut by_id: HashMap<Sha256, (String, Answer)> = HashMap::new();
    for named in answers {
        let (file, answer) = as_answer(named)?;
        let Some(Ok(id)) = &answer.id else {
            bail!(tr!(
                "`{file}` does not say to which request it is the answer: give both with `--request FILE --answer FILE`",
                file = &file
            ));
        };
        let waits = |answer: &Answer| matches!(answer.code.as_deref(), Ok("0001" | "0002"));
        match by_id.get(&id.digest) {
            // An asynchronous request is confirmed first, and answered later.
            Some((_, known)) if waits(&answer) && !waits(known) => {}
            Some((other, known)) if !waits(known) => bail!(tr!(
                "`{file}` and `{other}` are answers to the same request",
                file = &file,
                other = other
            )),
            _ => {
                by_id.insert(id.digest, (file, answer));
            }
        }
    }
    let mut pairs = Vec::new();
    for named in requests {
        let Kind::Request(Request { id, .. }) = &named.1.kind else { continue };
        let answer = id.as_ref().ok().and_then(|id| by_id.remove(&id.digest));
        pairs.push(as_request(named, answer.map(|(_, answer)| answer))?);
    }
    let mut left: Vec<&String> = by_id.values().map(|(file, _)| file).collect();
    left.sort_unstable();
    match left.first() {
        Some(file) => bail!(tr!("`{file}` is an answer without its request", file = file.as_str())),
        None => Ok(pairs),
    }
}

/// The plain files of a folder, by name.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot_read = |why: std::io::Error| {
        tr!("cannot read `{file}`: {why}", file = shown_path(folder), why = why.to_string())
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot_read)? {
        let entry = entry.map_err(cannot_read)?;
        if entry.file_type().map_err(cannot_read)?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn shown_path(path: &Path) -> String {
    visible(&path.display().to_string())
}

/// Reads a message. In a folder what does not look like one is left alone.
fn read(file: &Path, in_folder: bool) -> Result<Option<Named>> {
    let shown = shown_path(file);
    let bytes = read_most(file, message::LARGEST as u64)
        .map_err(|why| tr!("cannot read `{file}`: {why}", file = &shown, why = why.to_string()))?;
    if in_folder && !message::looks_like_one(&bytes) {
        return Ok(None);
    }
    let message = message::read(&bytes).map_err(|why| no_message(why, &shown))?;
    Ok(Some((shown, message)))
}
