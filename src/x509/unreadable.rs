//! Why bytes are no certificate, or no revocation list.

use std::fmt;

use super::der::Malformed;
use super::text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    ByteOrderMark,
    NotUtf8,
    /// Text without a PEM block, or bytes of another kind than asked for.
    NotPem {
        found: &'static str,
    },
    PrivateKey,
    /// A PEM block of something else.
    OtherLabel {
        found: String,
        expected: &'static str,
    },
    SeveralBlocks {
        count: usize,
    },
    NoEnd {
        label: String,
    },
    EndDiffers {
        begin: String,
        end: String,
    },
    NotBase64,
    TextOutside {
        line: usize,
    },
    Malformed(Malformed),
    /// RFC 5280, 4.1.2.1 and 5.1.2.1.
    Version,
    /// RFC 5280, 4.1.2.9: extensions need version 3 (in a revocation list, version 2).
    ExtensionsNeedVersion {
        needed: u8,
    },
    NoExtensions,
    DuplicateExtension {
        oid: String,
    },
    AlgorithmsDiffer {
        inside: String,
        outside: String,
    },
    /// Revocation lists that do not speak for themselves, or not of all certificates.
    DeltaList,
    IndirectList,
    PartialList {
        limit: &'static str,
    },
    UnknownCritical {
        oid: String,
    },
}

impl From<Malformed> for Unreadable {
    fn from(malformed: Malformed) -> Unreadable {
        Unreadable::Malformed(malformed)
    }
}

impl std::error::Error for Unreadable {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::ByteOrderMark => f.write_str("the file begins with a byte order mark"),
            Self::NotUtf8 => f.write_str("the file is neither PEM nor any text in UTF-8"),
            Self::NotPem { found } => write!(f, "the file holds {found}, not PEM"),
            Self::PrivateKey => f.write_str("the file holds a private key"),
            Self::OtherLabel { found, expected } => {
                write!(f, "the PEM block is `{}`, not `{expected}`", Visible(found))
            }
            Self::SeveralBlocks { count } => {
                write!(f, "the file holds {count} PEM blocks, not one")
            }
            Self::NoEnd { label } => write!(f, "the PEM block `{}` has no end", Visible(label)),
            Self::EndDiffers { begin, end } => {
                write!(
                    f,
                    "the PEM block begins as `{}` and ends as `{}`",
                    Visible(begin),
                    Visible(end)
                )
            }
            Self::NotBase64 => f.write_str("the PEM block is not strict base64"),
            Self::TextOutside { line } => write!(f, "line {line} is text outside the PEM block"),
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Version => f.write_str("the version is not one that RFC 5280 knows"),
            Self::ExtensionsNeedVersion { needed } => {
                write!(f, "it has fields that need version {needed}")
            }
            Self::NoExtensions => f.write_str("its list of extensions is empty"),
            Self::DuplicateExtension { oid } => write!(f, "the extension `{oid}` is there twice"),
            Self::AlgorithmsDiffer { inside, outside } => {
                write!(f, "it names `{inside}` inside and `{outside}` outside what is signed")
            }
            Self::DeltaList => {
                f.write_str("the revocation list only has what changed since another")
            }
            Self::IndirectList => f.write_str("the revocation list speaks for other issuers too"),
            Self::PartialList { limit } => write!(f, "the revocation list only has {limit}"),
            Self::UnknownCritical { oid } => write!(f, "the critical extension `{oid}` is unknown"),
        }
    }
}

struct Visible<'a>(&'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write_escaped(f, self.0)
    }
}
