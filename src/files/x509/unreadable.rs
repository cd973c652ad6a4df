//! Why bytes are no certificate, or no revocation list.

use std::fmt;

use x509_parser::error::X509Error;
use x509_parser::nom::Err;

use super::text;
use crate::base::text::Text;
use crate::tr;

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

/// What a file holds where PEM is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// PKCS#12.
    Pkcs12,
    /// PKCS#7.
    Pkcs7,
    /// A request for a certificate.
    Request,
    /// Something else in DER.
    Der,
    /// Lines that end as old Macs ended them.
    LoneReturns,
    /// Any other text.
    Text,
}

impl Instead {
    /// In words.
    pub fn told(self) -> Text {
        match self {
            Self::Pkcs12 => tr!("a PKCS#12 container"),
            Self::Pkcs7 => tr!("a PKCS#7 bundle"),
            Self::Request => tr!("a certificate request"),
            Self::Der => tr!("DER"),
            Self::LoneReturns => tr!("lines that end with CR alone"),
            Self::Text => tr!("other text"),
        }
    }

    /// The command that makes the one certificate of it, where one does.
    fn help(self) -> Option<Text> {
        Some(match self {
            Self::Pkcs12 => tr!(
                "`openssl pkcs12 -in FILE -nokeys -clcerts -out SEAL.pem`; the container holds the key, and never comes here"
            ),
            Self::Pkcs7 => tr!(
                "`openssl pkcs7 -inform DER -print_certs -in FILE` shows the certificates: keep the body's own"
            ),
            Self::Der => tr!("`openssl x509 -inform DER -in FILE -out SEAL.pem`"),
            Self::LoneReturns => tr!("`tr '\\r' '\\n' < FILE > SEAL.pem`"),
            Self::Request | Self::Text => return None,
        })
    }
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
        found: Instead,
    },
    /// Base64 of something in DER, without the lines that say what.
    NoLabel,
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
    /// An extension whose value is not what its kind asks for.
    InvalidExtension {
        /// Dotted.
        oid: String,
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
        limit: Text,
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

impl Malformed {
    fn told(&self) -> Text {
        tr!(
            "no strict DER at byte {offset}: {fault}",
            offset = self.offset,
            fault = self.fault.told()
        )
    }
}

impl Fault {
    fn told(&self) -> Text {
        match self {
            Fault::Truncated => tr!("it ends too early"),
            Fault::TrailingBytes(count) => tr!(count = *count;
                one "{count} byte too many follows", many "{count} bytes too many follow"),
            Fault::IndefiniteLength => tr!("the length is indefinite"),
            Fault::LengthNotMinimal => tr!("the length is not in its shortest form"),
            Fault::LongTag => tr!("the tag has several bytes"),
            Fault::Form => tr!("a value is in parts, or parts are one value"),
            Fault::Fields => tr!("the fields are not those of RFC 5280"),
            Fault::Boolean => tr!("a boolean is neither 00 nor FF"),
            Fault::EmptyInteger => tr!("an integer is empty"),
            Fault::IntegerNotMinimal => tr!("an integer is not in its shortest form"),
            Fault::UnusedBits => tr!("the unused bits of a bit string are wrong"),
            Fault::ObjectIdentifier => tr!("an object identifier is ill-formed"),
            Fault::Time => tr!("a time is ill-formed"),
            Fault::Text => tr!("a text is not in the encoding it declares"),
        }
    }
}

impl Unreadable {
    /// Why, in words.
    pub fn told(&self) -> Text {
        match self {
            Self::Empty => tr!("the file is empty"),
            Self::ByteOrderMark => tr!("the file begins with a byte order mark"),
            Self::NotUtf8 => tr!("the file is neither PEM nor any text in UTF-8"),
            Self::NotPem { found } => {
                tr!("the file holds {found}, not PEM", found = found.told())
            }
            Self::NoLabel => tr!("the file holds base64 without the lines that make it PEM"),
            Self::PrivateKey => tr!("the file holds a private key"),
            Self::OtherLabel { found, expected } => tr!(
                "the PEM block is `{found}`, not `{expected}`",
                found = escaped(found),
                expected = *expected
            ),
            Self::SeveralBlocks { count } => {
                tr!("the file holds {count} PEM blocks, not one", count = *count)
            }
            Self::NoEnd { label } => {
                tr!("the PEM block `{label}` has no end", label = escaped(label))
            }
            Self::EndDiffers { begin, end } => tr!(
                "the PEM block begins as `{begin}` and ends as `{end}`",
                begin = escaped(begin),
                end = escaped(end)
            ),
            Self::NotBase64 => tr!("the PEM block is not strict base64"),
            Self::TextOutside { line } => {
                tr!("line {line} is text outside the PEM block", line = *line)
            }
            Self::Malformed(malformed) => malformed.told(),
            Self::Structure { reason } => {
                tr!("x509-parser does not read it: {reason}", reason = reason)
            }
            Self::InvalidExtension { oid } => {
                tr!("the extension `{oid}` has an invalid value", oid = oid)
            }
            Self::Version => tr!("the version is not one that RFC 5280 knows"),
            Self::ExtensionsNeedVersion { needed } => {
                tr!("it has fields that need version {needed}", needed = u32::from(*needed))
            }
            Self::NoExtensions => tr!("its list of extensions is empty"),
            Self::DuplicateExtension { oid } => {
                tr!("the extension `{oid}` is there twice", oid = oid)
            }
            Self::AlgorithmsDiffer { inside, outside } => tr!(
                "it names `{inside}` inside and `{outside}` outside what is signed",
                inside = inside,
                outside = outside
            ),
            Self::DeltaList => tr!("the revocation list only has what changed since another"),
            Self::IndirectList => tr!("the revocation list speaks for other issuers too"),
            Self::PartialList { limit } => {
                tr!("the revocation list only has {limit}", limit = limit.clone())
            }
            Self::UnknownCritical { oid } => {
                tr!("the critical extension `{oid}` is unknown", oid = oid)
            }
        }
    }
}

impl Unreadable {
    /// The command that makes the one certificate of the file, where one does.
    pub fn help(&self) -> Option<Text> {
        Some(match self {
            Self::ByteOrderMark => tr!("`openssl x509 -in FILE -out SEAL.pem` writes it anew"),
            Self::NotUtf8 => tr!("if it is UTF-16: `iconv -f UTF-16 -t ASCII FILE > SEAL.pem`"),
            Self::NoLabel => {
                tr!(
                    "`openssl base64 -d -A -in FILE | openssl x509 -inform DER -out SEAL.pem`, in one line"
                )
            }
            Self::NotPem { found } => return found.help(),
            Self::OtherLabel { found, .. } if found == "PKCS7" => {
                tr!(
                    "`openssl pkcs7 -print_certs -in FILE` shows the certificates: keep the body's own"
                )
            }
            Self::SeveralBlocks { .. } => tr!(
                "keep the body's own certificate alone; `openssl x509 -in FILE -out SEAL.pem` takes the first"
            ),
            Self::TextOutside { .. } => {
                tr!("`openssl x509 -in FILE -out SEAL.pem` leaves out what is around it")
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}

/// A label with what cannot be seen escaped.
fn escaped(label: &str) -> String {
    struct Escaped<'a>(&'a str);
    impl fmt::Display for Escaped<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            text::Escaped(self.0).fmt(f)
        }
    }
    Escaped(label).to_string()
}
