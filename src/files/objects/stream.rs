//! A zlib stream in a part of a file, inflated as far as is asked for.

use std::cell::Cell;
use std::fs::File;

use flate2::{Decompress, FlushDecompress, Status};

use super::Failure;

/// How many bytes are read at once, at first and then.
const FIRST: usize = 2 << 10;
const NEXT: usize = 64 << 10;

thread_local! {
    /// What inflates, kept from one stream to the next: to set it up takes longer than a small object.
    static IDLE: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// The stream, and what came out of it so far.
pub(super) struct Stream<'f> {
    file: &'f File,
    /// Where the bytes after those in `input` begin, and where the last ends.
    at: u64,
    end: u64,
    input: Vec<u8>,
    used: usize,
    zlib: Option<Decompress>,
    is_done: bool,
    /// What came out.
    pub out: Vec<u8>,
}

impl<'f> Stream<'f> {
    /// The part of `file` from `at` to `end`, of which nothing has been read as zlib yet.
    pub fn new(file: &'f File, at: u64, end: u64) -> Stream<'f> {
        let zlib = IDLE.take().or_else(|| Some(Decompress::new(true)));
        let (input, out) = (Vec::new(), Vec::new());
        Stream { file, at, end, input, used: 0, zlib, is_done: false, out }
    }

    /// Takes bytes that stand before the stream, as they are.
    ///
    /// # Errors
    /// When there are no more.
    pub fn plain<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        if self.input.is_empty() {
            self.refill()?;
        }
        let bytes = self.input.get(self.used..self.used + N).ok_or(Failure::Damaged)?;
        self.used += N;
        bytes.try_into().map_err(|_| Failure::Damaged)
    }

    /// Inflates until `size` bytes are out, or all.
    ///
    /// # Errors
    /// When the stream is broken, or ends before its end.
    pub fn fill(&mut self, size: usize) -> Result<(), Failure> {
        while !self.is_done && self.out.len() < size {
            if self.used == self.input.len() {
                self.refill()?;
            }
            self.out.reserve((size - self.out.len()).min(NEXT));
            let zlib = self.zlib.as_mut().ok_or(Failure::Damaged)?;
            let before = (zlib.total_in(), self.out.len());
            let (input, out) = (&self.input[self.used..], &mut self.out);
            let status = zlib.decompress_vec(input, out, FlushDecompress::None);
            let taken = zlib.total_in() - before.0;
            self.used += usize::try_from(taken).map_err(|_| Failure::Damaged)?;
            self.is_done = status.map_err(|_| Failure::Damaged)? == Status::StreamEnd;
            if taken == 0 && self.out.len() == before.1 && !self.is_done {
                return Err(Failure::Damaged);
            }
        }
        Ok(())
    }

    /// Inflates all of a stream that must come to exactly `size` bytes.
    ///
    /// # Errors
    /// When it comes to more or fewer.
    pub fn finish(&mut self, size: usize) -> Result<(), Failure> {
        self.fill(size + 1)?;
        (self.is_done && self.out.len() == size).then_some(()).ok_or(Failure::Damaged)
    }

    /// All that came out.
    pub fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Whether nothing follows the stream.
    pub fn is_last(&self) -> bool {
        self.is_done && self.used == self.input.len() && self.at == self.end
    }

    fn refill(&mut self) -> Result<(), Failure> {
        let most = if self.input.is_empty() { FIRST } else { NEXT };
        let left = self.end.saturating_sub(self.at);
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(most);
        if size == 0 {
            return Err(Failure::Damaged);
        }
        self.input.resize(size, 0);
        read_exactly_at(self.file, &mut self.input, self.at)?;
        self.at += size as u64;
        self.used = 0;
        Ok(())
    }
}

impl Drop for Stream<'_> {
    fn drop(&mut self) {
        if let Some(mut zlib) = self.zlib.take() {
            zlib.reset(true);
            IDLE.set(Some(zlib));
        }
    }
}

/// Fills `bytes` from a place in a file.
#[cfg(unix)]
pub(super) fn read_exactly_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Fills `bytes` from a place in a file.
#[cfg(windows)]
pub(super) fn read_exactly_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    use std::os::windows::fs::FileExt;

    let mut done = 0;
    while done < bytes.len() {
        match file.seek_read(&mut bytes[done..], at + done as u64)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => done += read,
        }
    }
    Ok(())
}
