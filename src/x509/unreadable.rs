//! Why bytes are no certificate, or no revocation list.

use std::fmt;

use x509_parser::error::X509Error;
use x509_parser::nom::Err;

use super::text;

/// What is no strict DER (ITU-T X.690), and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The place of the element at fault, counted from the first byte.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It has fewer bytes than its length says.
    Truncated,
    /// So many bytes follow where nothing may.
    TrailingBytes(usize),
    /// A length of BER that DER does not allow (X.690, 10.1).
    IndefiniteLength,
    /// A length that takes more bytes than it needs (X.690, 10.1).
    LengthNotMinimal,
    /// A tag of several bytes, which nothing in a certificate has.
    LongTag,
    /// A value in parts, or parts as one value (X.690, 10.2).
    Form,
    /// Not those that RFC 5280 puts there.
    Fields,
    /// Neither 00 nor FF (X.690, 11.1).
    Boolean,
    /// An integer without bytes (X.690, 8.3.1).
    EmptyInteger,
    /// An integer with more bytes than it needs (X.690, 8.3.2).
    IntegerNotMinimal,
    /// Unused bits that are too many or not zero (X.690, 11.2).
    UnusedBits,
    /// Empty, cut off or padded (X.690, 8.19).
    ObjectIdentifier,
    /// Not to the second and in UTC (RFC 5280, 4.1.2.5).
    Time,
    /// Not in the encoding that its tag declares (RFC 5280, 4.1.2.4).
    Text,
}

/// Why bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing, or only blank lines.
    Empty,
    /// UTF-8's, which PEM does not have.
    ByteOrderMark,
    /// Neither text nor any binary format that is told apart.
    NotUtf8,
    /// Text without a PEM block, or bytes of another kind than asked for.
    NotPem {
        /// What there is instead.
        found: &'static str,
    },
    /// Which may not be here at all.
    PrivateKey,
    /// A PEM block of something else.
    OtherLabel {
        /// Its label.
        found: String,
        /// The label that was asked for.
        expected: &'static str,
    },
    /// Where one is asked for.
    SeveralBlocks {
        /// How many there are.
        count: usize,
    },
    /// A PEM block without its last line.
    NoEnd {
        /// The block's label.
        label: String,
    },
    /// A PEM block that does not end with the label it began with (RFC 7468, 3).
    EndDiffers {
        /// The label in the first line.
        begin: String,
        /// The label in the last line.
        end: String,
    },
    /// Of RFC 4648, 4, padded.
    NotBase64,
    /// Text before or after the PEM block.
    TextOutside {
        /// Where, counted from 1.
        line: usize,
    },
    /// No strict DER.
    Malformed(Malformed),
    /// What x509-parser does not accept.
    Structure {
        /// In its words.
        reason: String,
    },
    /// RFC 5280, 4.1.2.1 and 5.1.2.1.
    Version,
    /// RFC 5280, 4.1.2.9: extensions need version 3 (in a revocation list, version 2).
    ExtensionsNeedVersion {
        /// The version that would allow them.
        needed: u8,
    },
    /// A list of extensions without any (RFC 5280, 4.1.2.9).
    NoExtensions,
    /// RFC 5280, 4.2.
    DuplicateExtension {
        /// Dotted.
        oid: String,
    },
    /// RFC 5280, 4.1.1.2 and 5.1.1.2.
    AlgorithmsDiffer {
        /// The algorithm in what is signed.
        inside: String,
        /// The algorithm beside the signature.
        outside: String,
    },
    /// A revocation list that only has changes (RFC 5280, 5.2.4).
    DeltaList,
    /// A revocation list that speaks for other issuers (RFC 5280, 5.2.5 and 5.3.3).
    IndirectList,
    /// A revocation list that does not speak of all certificates (RFC 5280, 5.2.5).
    PartialList {
        /// What it does speak of.
        limit: &'static str,
    },
    /// A critical extension of a revocation list that segell does not know (RFC 5280, 5.2).
    UnknownCritical {
        /// Dotted.
        oid: String,
    },
}

impl From<Malformed> for Unreadable {
    fn from(malformed: Malformed) -> Unreadable {
        Unreadable::Malformed(malformed)
    }
}

impl From<Err<X509Error>> for Unreadable {
    fn from(error: Err<X509Error>) -> Unreadable {
        match X509Error::from(error) {
            X509Error::InvalidVersion => Unreadable::Version,
            error => Unreadable::Structure { reason: error.to_string() },
        }
    }
}

impl std::error::Error for Unreadable {}

impl std::error::Error for Malformed {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no strict DER at byte {}: {}", self.offset, self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Truncated => "it ends too early",
            Fault::TrailingBytes(1) => "1 byte too many follows",
            Fault::TrailingBytes(count) => return write!(f, "{count} bytes too many follow"),
            Fault::IndefiniteLength => "the length is indefinite",
            Fault::LengthNotMinimal => "the length is not in its shortest form",
            Fault::LongTag => "the tag has several bytes",
            Fault::Form => "a value is in parts, or parts are one value",
            Fault::Fields => "the fields are not those of RFC 5280",
            Fault::Boolean => "a boolean is neither 00 nor FF",
            Fault::EmptyInteger => "an integer is empty",
            Fault::IntegerNotMinimal => "an integer is not in its shortest form",
            Fault::UnusedBits => "the unused bits of a bit string are wrong",
            Fault::ObjectIdentifier => "an object identifier is ill-formed",
            Fault::Time => "a time is ill-formed",
            Fault::Text => "a text is not in the encoding it declares",
        })
    }
}

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
            Self::Structure { reason } => write!(f, "x509-parser does not read it: {reason}"),
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
