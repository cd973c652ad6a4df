//! Certificates as they should be, and as they should not.

use crate::support::authority::{
    Authority, BASIC_CONSTRAINTS, Custodian, Extension, HIGH, KEY_USAGE, KeyKind, MEDIUM,
    SUBJECT_ALT_NAME, Seal, der, instant, name, sha256_with_rsa, utf8,
};
use proptest::prelude::*;
use segell::base::text::Text;
use segell::files::x509::{
    Authority as Trusted, Certificate, Distrust, Fault, Identifiers, ListDistrust, Malformed,
    PublicKey, RevocationList, Signatures, TrustStore, Unreadable, from_pem, from_pem_or_der,
    private_key_in, to_pem,
};
use segell::tr;

const NIF: &str = "Q0801175A";

fn seal() -> Seal {
    Seal::of(NIF, "Consorci de Proves")
}

fn read(der: &[u8]) -> Certificate {
    Certificate::read(der).unwrap()
}

fn dotted(identifiers: &Identifiers) -> Vec<String> {
    identifiers.dotted().collect()
}

/// Why a seal put out of order like this is not read.
fn refusal(seal: Seal) -> Unreadable {
    Certificate::read(&seal.issue(&Authority::new("EC-Proves")).der).unwrap_err()
}

fn store(authorities: &[&Authority]) -> TrustStore {
    let read = |authority: &&Authority| Trusted::read(&authority.der).unwrap();
    TrustStore::new(authorities.iter().map(read).collect())
}

fn verify(store: &TrustStore, der: &[u8]) -> Result<usize, Distrust> {
    store.verify(der, &read(der))
}

mod facts {
    use super::*;

    #[test]
    fn of_the_profile_are_found_by_their_identifiers() {
        let issued = seal().issue(&Authority::new("EC-Proves"));
        let certificate = read(&issued.der);
        let subject = &certificate.subject;
        assert_eq!(subject.organization_identifiers().collect::<Vec<_>>(), ["VATES-Q0801175A"]);
        assert_eq!(subject.serial_numbers().collect::<Vec<_>>(), [NIF]);
        assert_eq!(subject.common_name().as_deref(), Some("Serveis Administracio Electronica"));
        assert_eq!((subject.surname(), subject.given_name()), (None, None));
        assert_eq!(certificate.seal_attributes(&[2]), ["Consorci de Proves"]);
        assert_eq!(certificate.seal_attributes(&[3]), [NIF]);
        assert_eq!(certificate.seal_attributes(&[4]), [""; 0]);
        assert_eq!(certificate.seal_attributes(&[9]), [""; 0]);
        assert!(certificate.policies.has(MEDIUM));
        assert_eq!(dotted(&certificate.qc_types), ["0.4.0.1862.1.6.2"]);
        assert_eq!(certificate.not_before, instant("2026-09-25T09:00:00Z"));
        assert_eq!(certificate.not_after, instant("2029-09-25T08:59:59Z"));
        assert_eq!(certificate.serial.as_bytes(), issued.serial);
        assert!(certificate.has_basic_constraints && !certificate.is_authority);
        assert!(certificate.signature.is_sha2());
        assert!(certificate.unknown_critical.is_empty());
        let key_usage = certificate.key_usage.unwrap();
        assert!(key_usage.critical && key_usage.allows("digitalSignature"));
        let names = key_usage.names().collect::<Vec<_>>();
        assert_eq!(names, ["digitalSignature", "contentCommitment", "keyEncipherment"]);
    }

    #[test]
    fn of_a_custodian_are_found() {
        let custodian = Custodian {
            nif: "00000000T",
            given_name: "Laia",
            surname: "Exemple",
            email: "laia@example.org",
        };
        let issued = seal().custodian(custodian).issue(&Authority::new("EC-Proves"));
        let certificate = read(&issued.der);
        assert_eq!(certificate.subject.surname().as_deref(), Some("Exemple"));
        assert_eq!(certificate.subject.given_name().as_deref(), Some("Laia"));
        assert_eq!(certificate.seal_attributes(&[4]), ["00000000T"]);
        assert_eq!(certificate.seal_attributes(&[9]), ["laia@example.org"]);
    }

    #[test]
    fn are_found_in_another_order_under_another_arc_and_in_several_names() {
        let seal = seal().policies(&[HIGH]).tweak(|parts| {
            let one = name(&[utf8("2.16.724.1.3.5.2.1.3", "Q0801175A"), utf8("2.5.4.3", "x")]);
            let two = name(&[utf8("2.16.724.1.3.5.6.1.3", "P0801900B")]);
            let email = der::element(0x81, b"bustia@example.org");
            let host = der::element(0x82, b"example.org");
            let names = [email, der::context(4, &one), host, der::context(4, &two)];
            parts.alternative_name.clear();
            parts.extension(SUBJECT_ALT_NAME).value = der::sequence(&names);
        });
        let certificate = read(&seal.issue(&Authority::new("EC-Proves")).der);
        assert_eq!(certificate.seal_attributes(&[3]), ["Q0801175A", "P0801900B"]);
        assert_eq!(certificate.emails, ["bustia@example.org"]);
        assert_eq!(certificate.dns_names, ["example.org"]);
    }

    #[test]
    fn of_keys_are_their_kind_and_their_size() {
        let authority = Authority::new("EC-Proves");
        let key = |kind| read(&seal().key(kind).issue(&authority).der).public_key;
        assert_eq!(key(KeyKind::P256), PublicKey::Ec { curve: "P-256", bits: 256 });
        assert_eq!(key(KeyKind::P384), PublicKey::Ec { curve: "P-384", bits: 384 });
        assert_eq!(key(KeyKind::Rsa2048), PublicKey::Rsa { bits: 2048 });
        assert_eq!(key(KeyKind::Rsa3072), PublicKey::Rsa { bits: 3072 });
    }

    #[test]
    fn a_curve_is_named_by_an_object_identifier_and_by_nothing_like_it() {
        /// The element that names P-384 (RFC 5480, 2.1.1.1).
        const CURVE: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x22";
        let der = seal().key(KeyKind::P384).issue(&Authority::new("EC-Proves")).der;
        let place = der.windows(CURVE.len()).position(|window| window == CURVE).unwrap();
        for (first, key) in
            [(0x06, "EC P-384"), (0x0d, "key 1.2.840.10045.2.1"), (0x86, "key 1.2.840.10045.2.1")]
        {
            let mut der = der.clone();
            der[place] = first;
            assert_eq!(read(&der).public_key.to_string(), key, "{first:#x}");
        }
    }

    #[test]
    fn a_renewal_with_the_same_key_keeps_the_identity_of_the_key_only() {
        let authority = Authority::new("EC-Proves");
        let one = read(&seal().key(KeyKind::Rsa2048).issue(&authority).der);
        let other = read(&seal().key(KeyKind::Rsa2048).from("2026-10-25").issue(&authority).der);
        assert_eq!(one.public_key_sha256, other.public_key_sha256);
        assert_ne!(one.sha256, other.sha256);
        assert_eq!(one.subject, other.subject);
    }

    #[test]
    fn names_are_one_line_of_text_without_surprises() {
        let seal = seal().tweak(|parts| {
            parts.subject = vec![utf8("2.5.4.10", "A, B"), utf8("1.2.3", "x\u{202e}y\n#")];
        });
        let certificate = read(&seal.issue(&Authority::new("EC-Proves")).der);
        assert_eq!(certificate.subject.to_string(), r"1.2.3=x\E2\80\AEy\0A#, O=A\, B");
    }

    #[test]
    fn a_critical_extension_that_is_unknown_is_a_fact() {
        let seal = seal().tweak(|parts| {
            parts.extensions.push(Extension::critical("1.2.3.4", vec![5, 0]));
            parts.extensions.push(Extension::new("1.2.3.5", vec![5, 0]));
        });
        let certificate = read(&seal.issue(&Authority::new("EC-Proves")).der);
        assert_eq!(dotted(&certificate.unknown_critical), ["1.2.3.4"]);
    }
}

mod strings {
    use super::*;

    /// The common name of a seal whose string has this tag and these bytes.
    fn common_name(tag: u8, bytes: &[u8]) -> Result<String, Unreadable> {
        let bytes = bytes.to_vec();
        let seal = seal().tweak(move |parts| parts.subject = vec![("2.5.4.3".into(), tag, bytes)]);
        let certificate = Certificate::read(&seal.issue(&Authority::new("EC-Proves")).der)?;
        Ok(certificate.subject.common_name().unwrap().into_owned())
    }

    #[test]
    fn are_decoded_by_their_tag() {
        let utf16: Vec<u8> = "Òrgan 𝔸".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> =
            "Òrgan".chars().flat_map(|letter| u32::from(letter).to_be_bytes()).collect();
        assert_eq!(common_name(der::BMP_STRING, &utf16).unwrap(), "Òrgan 𝔸");
        assert_eq!(common_name(der::UNIVERSAL_STRING, &utf32).unwrap(), "Òrgan");
        assert_eq!(common_name(der::TELETEX_STRING, b"\xd2rgan").unwrap(), "Òrgan");
        assert_eq!(common_name(der::PRINTABLE_STRING, b"Organ").unwrap(), "Organ");
        assert_eq!(common_name(der::UTF8_STRING, b"").unwrap(), "");
        assert_eq!(common_name(der::BIT_STRING, &[0, 0xab]).unwrap(), "#030200AB");
    }

    #[test]
    fn in_a_wrong_encoding_are_refused() {
        let wrong: [(u8, &[u8]); 6] = [
            (der::UTF8_STRING, b"\xd2rgan"),
            (der::PRINTABLE_STRING, b"\xd2rgan"),
            (der::IA5_STRING, b"\x80"),
            (der::BMP_STRING, b"\x00a\x00"),
            (der::BMP_STRING, b"\xd8\x00\x00a"),
            (der::UNIVERSAL_STRING, b"\x00\x11\x00\x00"),
        ];
        for (tag, bytes) in wrong {
            let refusal = common_name(tag, bytes).unwrap_err();
            assert!(
                matches!(refusal, Unreadable::Malformed(Malformed { fault: Fault::Text, .. })),
                "{tag:#x} {bytes:?}: {refusal}"
            );
        }
    }
}

mod odd {
    use super::*;

    fn fault(seal: Seal) -> Fault {
        match refusal(seal) {
            Unreadable::Malformed(malformed) => malformed.fault,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn bytes_after_the_certificate_are_refused() {
        let mut der = seal().issue(&Authority::new("EC-Proves")).der;
        let offset = der.len();
        der.push(0);
        let reason = Certificate::read(&der).unwrap_err();
        let fault = Fault::TrailingBytes(1);
        assert_eq!(reason, Unreadable::Malformed(Malformed { offset, fault }));
    }

    #[test]
    fn a_certificate_cut_off_anywhere_is_refused() {
        let der = seal().issue(&Authority::new("EC-Proves")).der;
        for length in 0..der.len() {
            assert!(Certificate::read(&der[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn lengths_of_ber_are_refused() {
        let der = seal().issue(&Authority::new("EC-Proves")).der;
        let longer = [&[0x30, 0x83, 0x00], &der[2..]].concat();
        let indefinite = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
        let fault = |der: &[u8]| match Certificate::read(der) {
            Err(Unreadable::Malformed(malformed)) => malformed.fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(&longer), Fault::LengthNotMinimal);
        assert_eq!(fault(&indefinite), Fault::IndefiniteLength);
    }

    #[test]
    fn a_negative_serial_is_read_and_keeps_its_sign() {
        let issued = seal().serial(&[0xee, 0x2b]).issue(&Authority::new("EC-Proves"));
        let serial = read(&issued.der).serial;
        assert!(serial.is_negative());
        assert_eq!(serial.to_string(), "EE 2B");
    }

    #[test]
    fn a_serial_that_is_empty_or_too_long_is_refused() {
        assert_eq!(fault(seal().serial(&[])), Fault::EmptyInteger);
        assert_eq!(fault(seal().serial(&[0, 1])), Fault::IntegerNotMinimal);
        assert_eq!(fault(seal().serial(&[0xff, 0x80])), Fault::IntegerNotMinimal);
    }

    #[test]
    fn an_extension_that_is_there_twice_is_refused() {
        let twice = |parts: &mut crate::support::authority::Parts| {
            let again = parts.extension(KEY_USAGE).clone();
            parts.extensions.push(again);
        };
        let oid = KEY_USAGE.to_owned();
        assert_eq!(refusal(seal().tweak(twice)), Unreadable::DuplicateExtension { oid });
    }

    #[test]
    fn two_different_algorithms_are_refused() {
        let reason = refusal(seal().tweak(|parts| parts.algorithms[0] = sha256_with_rsa()));
        let (inside, outside) = ("sha256WithRSAEncryption".into(), "ecdsa-with-SHA256".into());
        assert_eq!(reason, Unreadable::AlgorithmsDiffer { inside, outside });
    }

    #[test]
    fn versions_without_extensions_may_not_have_them() {
        let version = |number: u8| der::context(0, &der::element(der::INTEGER, &[number]));
        let with = |version: Vec<u8>| refusal(seal().tweak(|parts| parts.version = version));
        let needs_3 = Unreadable::ExtensionsNeedVersion { needed: 3 };
        assert_eq!(with(Vec::new()), needs_3);
        assert_eq!(with(version(1)), needs_3);
        assert_eq!(with(version(0)), Unreadable::Version);
        assert_eq!(with(version(3)), Unreadable::Version);
    }

    /// x509-parser would read the name up to there, and ignore the class of the identifier.
    #[test]
    fn what_x509_parser_lets_through_is_refused() {
        let part = |attribute: Vec<u8>| {
            let set = der::element(der::SET, &der::sequence(&[attribute]));
            let issuer = der::sequence(&[set]);
            fault(seal().tweak(|parts| parts.issuer = issuer))
        };
        assert_eq!(part(der::oid("2.5.4.3")), Fault::Fields);
        let algorithm = der::sequence(&[der::element(0x86, &der::oid("1.2.840.10045.4.3.2")[2..])]);
        let seal = seal().tweak(|parts| parts.algorithms[0] = algorithm);
        assert_eq!(fault(seal), Fault::Fields);
    }

    #[test]
    fn what_follows_inside_an_extension_is_refused() {
        let longer = seal().tweak(|parts| parts.extension(BASIC_CONSTRAINTS).value.push(0));
        assert_eq!(fault(longer), Fault::TrailingBytes(1));
    }

    proptest! {
        #[test]
        fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Certificate::read(&bytes);
            let _ = from_pem_or_der(&bytes);
            let _ = RevocationList::read(&bytes);
            let _ = private_key_in(&bytes);
        }

        #[test]
        fn a_changed_byte_brings_no_reader_down(place in 0usize..2000, value: u8) {
            static SEAL: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
                seal().issue(&Authority::new("EC-Proves")).der
            });
            let mut der = SEAL.clone();
            let length = der.len();
            der[place % length] = value;
            if let Ok(certificate) = Certificate::read(&der) {
                let _ = certificate.subject.to_string();
            }
        }
    }
}

mod files {
    use super::*;

    fn reason(bytes: impl AsRef<[u8]>) -> String {
        from_pem(bytes.as_ref()).unwrap_err().to_string()
    }

    #[test]
    fn of_one_certificate_are_read_and_written() {
        let issued = seal().issue(&Authority::new("EC-Proves"));
        assert_eq!(from_pem(issued.pem.as_bytes()).unwrap(), issued.der);
        assert_eq!(from_pem_or_der(issued.pem.as_bytes()).unwrap(), issued.der);
        assert_eq!(from_pem_or_der(&issued.der).unwrap(), issued.der);
        assert_eq!(from_pem(issued.pem.replace('\n', "\r\n").as_bytes()).unwrap(), issued.der);
        assert_eq!(from_pem(format!("\n{}\n\n", issued.pem).as_bytes()).unwrap(), issued.der);
        assert_eq!(to_pem(&issued.der), issued.pem);
    }

    #[test]
    fn of_anything_else_are_refused_with_the_reason() {
        let issued = seal().issue(&Authority::new("EC-Proves"));
        let pem = issued.pem.as_str();
        let relabelled = |label: &str| pem.replace("CERTIFICATE", label);
        assert_eq!(reason(""), "the file is empty");
        assert_eq!(reason("\n\n"), "the file is empty");
        assert_eq!(reason("no PEM"), "the file holds other text, not PEM");
        assert_eq!(reason("0801930008"), "the file holds other text, not PEM");
        assert_eq!(reason(&issued.der), "the file holds DER, not PEM");
        assert_eq!(reason(b"\xe9"), "the file is neither PEM nor any text in UTF-8");
        assert_eq!(reason(format!("\u{feff}{pem}")), "the file begins with a byte order mark");
        assert_eq!(reason(pem.repeat(2)), "the file holds 2 PEM blocks, not one");
        assert_eq!(
            reason(format!("Bag Attributes\n{pem}")),
            "line 1 is text outside the PEM block"
        );
        assert!(reason(format!("{pem}the end")).ends_with("is text outside the PEM block"));
        assert_eq!(reason(relabelled("PKCS7")), "the PEM block is `PKCS7`, not `CERTIFICATE`");
        assert_eq!(
            reason(relabelled("CERTIFICATE REQUEST")),
            "the PEM block is `CERTIFICATE REQUEST`, not `CERTIFICATE`"
        );
        assert_eq!(
            reason(pem.replace("END CERTIFICATE", "END X")),
            "the PEM block begins as `CERTIFICATE` and ends as `X`"
        );
        assert_eq!(
            reason(pem.replace("-----END CERTIFICATE-----", "")),
            "the PEM block `CERTIFICATE` has no end"
        );
        assert_eq!(reason(pem.replacen("MII", "M!I", 1)), "the PEM block is not strict base64");
        assert_eq!(reason(relabelled("PRIVATE KEY")), "the file holds a private key");
        assert_eq!(reason(&issued.key), "the file holds a private key");
    }

    #[test]
    fn that_bundle_certificates_are_told_apart() {
        let bundle = |content: &[u8]| {
            let padding = vec![0; 300];
            der::sequence(&[content.to_vec(), der::element(der::OCTET_STRING, &padding)])
        };
        let data = der::sequence(&[der::oid("1.2.840.113549.1.7.1")]);
        let pkcs12 = bundle(&[&[2, 1, 3], &data[..]].concat());
        let pkcs7 = bundle(&der::oid("1.2.840.113549.1.7.2"));
        let info = der::sequence(&[vec![2, 1, 0], name(&[utf8("2.5.4.3", "x")])]);
        for read in [from_pem, from_pem_or_der] {
            let reason = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
            assert_eq!(reason(&pkcs12), "the file holds a PKCS#12 container, not PEM");
            assert_eq!(reason(&pkcs7), "the file holds a PKCS#7 bundle, not PEM");
            assert_eq!(reason(&bundle(&info)), "the file holds a certificate request, not PEM");
        }
    }
}

mod secrets {
    use super::*;

    fn base64(der: &[u8]) -> String {
        let pem = to_pem(der);
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        lines.map(|line| format!("    {line}\n")).collect()
    }

    /// The kind found in the DER and in its base64; both have to agree.
    fn kind(der: &[u8]) -> String {
        let text = format!("notes: |\n{}", base64(der));
        let (offset, in_text) = private_key_in(text.as_bytes()).unwrap();
        let (start, in_der) = private_key_in(der).unwrap();
        let found = in_der.to_string();
        assert_eq!((offset, start, in_text), (13, 0, in_der));
        found
    }

    #[test]
    fn are_found_in_every_encoding() {
        let pkcs8 = KeyKind::Rsa2048.key().serialize_der();
        let pkcs1 = KeyKind::Rsa2048.pkcs1();
        let octets = |length| der::element(der::OCTET_STRING, &vec![7; length]);
        let sec1 = der::sequence(&[vec![2, 1, 1], octets(32), der::context(0, &octets(40))]);
        let pbes2 = der::sequence(&[der::oid("1.2.840.113549.1.5.13"), octets(40)]);
        let pkcs12 =
            [vec![2, 1, 3], der::sequence(&[der::oid("1.2.840.113549.1.7.1"), octets(99)])];
        assert_eq!(kind(&pkcs8), "a PKCS#8 private key");
        assert_eq!(kind(&KeyKind::P256.key().serialize_der()), "a PKCS#8 private key");
        assert_eq!(kind(&KeyKind::P384.key().serialize_der()), "a PKCS#8 private key");
        assert_eq!(kind(&pkcs1), "a PKCS#1 private key");
        assert_eq!(kind(&sec1), "a SEC1 private key");
        assert_eq!(kind(&der::sequence(&[pbes2, octets(99)])), "an encrypted PKCS#8 private key");
        assert_eq!(kind(&der::sequence(&pkcs12)), "a PKCS#12 container");
        assert!(private_key_in(b"\xfe\xed\xfe\xed\0\0\0\x02").is_some());
        assert!(private_key_in(b"\xce\xce\xce\xce\0\0\0\x02").is_some());
        assert!(private_key_in(b"PuTTY-User-Key-File-3: ssh-rsa").is_some());
    }

    #[test]
    fn are_found_by_their_label_wherever_it_stands() {
        for label in ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "] {
            let text = format!("name: x # -----BEGIN {label}PRIVATE KEY-----\n");
            assert_eq!(private_key_in(text.as_bytes()).map(|(offset, _)| offset), Some(10));
            let utf16: Vec<u8> =
                format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(private_key_in(&utf16).map(|(offset, _)| offset), Some(22));
        }
        assert!(private_key_in(b"-----BEGIN PGP PRIVATE KEY BLOCK-----").is_some());
    }

    #[test]
    fn are_not_seen_where_there_are_none() {
        let authority = Authority::with_key("EC-Proves", KeyKind::Rsa2048);
        let issued = seal().key(KeyKind::Rsa2048).issue(&authority);
        let list = authority.crl(&[&issued.serial], "2026-10-01", "2026-10-08");
        for der in [&issued.der, &authority.der, &list] {
            assert_eq!(private_key_in(der), None);
            assert_eq!(private_key_in(to_pem(der).as_bytes()), None);
            assert_eq!(private_key_in(base64(der).as_bytes()), None);
        }
        assert_eq!(private_key_in(b"never commit a PRIVATE KEY"), None);
        assert_eq!(private_key_in(b"-----BEGIN PUBLIC KEY-----"), None);
        let inside_a_pdf = [b"%PDF-1.7\n", &issued.key[..]].concat();
        assert_eq!(private_key_in(&inside_a_pdf), None);
    }

    /// The kind found in bytes, where it was looked for as well in base64 and in a ZIP.
    #[track_caller]
    fn kind_of(bytes: &[u8]) -> Option<String> {
        let found = private_key_in(bytes).map(|(_, kind)| kind.to_string());
        let mail = format!("Content-Transfer-Encoding: base64\n\n{}", wrapped(bytes, 76));
        let told = private_key_in(mail.as_bytes()).map(|(_, kind)| kind.to_string());
        assert_eq!(told.is_some(), found.is_some(), "in base64: {told:?}");
        for packed in [zip("a.bin", bytes, false), zip("a.bin", bytes, true)] {
            let told = private_key_in(&packed).map(|(_, kind)| kind.to_string());
            assert_eq!(told, found.as_ref().map(|kind| format!("{kind}, in a ZIP")));
        }
        found
    }

    fn wrapped(bytes: &[u8], width: usize) -> String {
        let digits = data_encoding::BASE64.encode(bytes);
        let lines = digits.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
        lines.map(|line| format!("{line}\r\n")).collect()
    }

    /// A ZIP of one file, as any program writes it.
    fn zip(name: &str, content: &[u8], deflated: bool) -> Vec<u8> {
        let data = match deflated {
            true => miniz_oxide::deflate::compress_to_vec(content, 6),
            false => content.to_vec(),
        };
        let method = if deflated { 8 } else { 0 };
        zip_of(name, method, 0, &data, content.len())
    }

    fn zip_of(name: &str, method: u16, flags: u16, data: &[u8], length: usize) -> Vec<u8> {
        let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let mut fields = [20, flags, method, 0, 0].map(u16::to_le_bytes).concat();
        fields.extend([long(0), long(data.len()), long(length)].concat());
        fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        let local = [b"PK\x03\x04", &fields[..], &[0; 2], name.as_bytes(), data].concat();
        let entry =
            [b"PK\x01\x02\x14\0", &fields[..], &[0; 12], &long(0), name.as_bytes()].concat();
        [&local[..], &entry, b"PK\x05\x06", &[0; 6], &[1, 0], &long(entry.len()), &[0; 6]].concat()
    }

    /// Java's `writeUTF`, and bytes after their count.
    fn utf(text: &str) -> Vec<u8> {
        [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
    }

    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
    }

    #[test]
    fn are_found_in_the_files_of_programs() {
        let digest = [7; 20];
        let jks = |tag: u8| {
            let head = [b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0", &[tag][..]].concat();
            [head, utf("a"), vec![0; 8], utf("X.509"), counted(&[1; 90]), digest.to_vec()].concat()
        };
        assert_eq!(kind_of(&jks(1)).as_deref(), Some("a Java key store"));
        assert_eq!(kind_of(&jks(2)), None, "certificates alone");
        let bks = |kind: u8| {
            let head = [&[0, 0, 0, 2][..], &counted(&digest), &[0, 0, 4, 0, kind]].concat();
            let entry = [utf("a"), vec![0; 12], utf("X.509"), counted(&[1; 90]), vec![0]].concat();
            [head, entry, digest.to_vec()].concat()
        };
        for kind in [2, 3, 4] {
            assert_eq!(kind_of(&bks(kind)).as_deref(), Some("a key store (BKS)"));
        }
        assert_eq!(kind_of(&bks(1)), None, "certificates alone");
        let octets = |length| der::element(der::OCTET_STRING, &vec![7; length]);
        let pbes2 = der::sequence(&[der::oid("1.2.840.113549.1.5.13"), octets(40)]);
        let sealed = der::sequence(&[pbes2, octets(99)]);
        let mac = der::sequence(&[octets(20)]);
        let bcfks = der::sequence(&[sealed, mac]);
        assert_eq!(kind_of(&bcfks).as_deref(), Some("a key store (BCFKS)"));
        let blob = |magic: &[u8]| [&b"\x07\x02\0\0\0\xa4\0\0"[..], magic, &[9; 80]].concat();
        let told = Some("a private key (Microsoft's key BLOB)");
        assert_eq!(kind_of(&blob(b"RSA2")).as_deref(), told);
        assert_eq!(kind_of(&[&b"ECS2\x20\0\0\0"[..], &[9; 96]].concat()).as_deref(), told);
        let cng = [&b"RSA3\0\x08\0\0\x03\0\0\0\0\x01\0\0"[..], &[9; 80]].concat();
        assert_eq!(kind_of(&cng).as_deref(), told);
        let public = [&b"\x06\x02\0\0\0\xa4\0\0RSA1"[..], &[9; 80]].concat();
        assert_eq!(kind_of(&public), None);
        let pvk = [&b"\x1e\xf1\xb5\xb0"[..], &[0; 90]].concat();
        assert_eq!(kind_of(&pvk).as_deref(), Some("a private key (PVK)"));
        for (first, told) in [(0x94, true), (0x95, true), (0xc5, true), (0xc7, true), (0x98, false)]
        {
            let head = if first == 0x95 { vec![first, 1, 0] } else { vec![first, 90] };
            let packet = [&head[..], &[4, 1, 2, 3, 4, 1], &[9; 90]].concat();
            assert_eq!(kind_of(&packet).is_some(), told, "{first:x}");
        }
        let sqlite =
            |table: &str| format!("SQLite format 3\0{}CREATE TABLE {table}", "x".repeat(80));
        let nss = kind_of(sqlite("nssPrivate").as_bytes());
        assert_eq!(nss.as_deref(), Some("the key data base of NSS"));
        assert_eq!(kind_of(sqlite("nssPublic").as_bytes()), None);
        let object = |class: u64| {
            let numbers: [u64; 9] = [5, 0, 2, class, 1, 1, 1, 2, 1];
            [numbers.map(u64::to_be_bytes).concat(), vec![1; 60]].concat()
        };
        assert_eq!(kind_of(&object(3)).as_deref(), Some("a token of SoftHSM"));
        assert_eq!(kind_of(&object(2)), None, "a public key");
    }

    #[test]
    fn a_pkcs12_of_certificates_in_the_clear_is_a_list_of_whom_to_trust() {
        let octets = |bytes: &[u8]| der::element(der::OCTET_STRING, bytes);
        let content = |kind: &str, inside: Vec<u8>| {
            der::sequence(&[der::oid(kind), der::context(0, &octets(&inside))])
        };
        let bag = |kind: &str| {
            let bag = der::sequence(&[der::oid(kind), der::context(0, &octets(&[1; 90]))]);
            content("1.2.840.113549.1.7.1", der::sequence(&[bag]))
        };
        let pfx = |parts: &[Vec<u8>]| {
            let all = content("1.2.840.113549.1.7.1", der::sequence(parts));
            der::sequence(&[vec![2, 1, 3], all])
        };
        let certificate = bag("1.2.840.113549.1.12.10.1.3");
        assert_eq!(kind_of(&pfx(std::slice::from_ref(&certificate))), None);
        for kind in [1, 2, 5] {
            let secret = bag(&format!("1.2.840.113549.1.12.10.1.{kind}"));
            assert!(kind_of(&pfx(&[certificate.clone(), secret])).is_some(), "{kind}");
        }
        let encrypted = content("1.2.840.113549.1.7.6", vec![1; 90]);
        assert!(kind_of(&pfx(&[certificate, encrypted])).is_some());
        assert!(private_key_in(&pfx(&[])).is_some(), "nothing that can be seen");
    }

    #[test]
    fn are_told_by_their_names_where_a_zip_cannot_be_read() {
        for (name, told) in [("seal.P12", true), ("a/key4.db", true), ("seal.pdf", false)] {
            assert_eq!(private_key_in(&zip_of(name, 8, 1, &[1; 90], 90)).is_some(), told, "{name}");
            assert_eq!(private_key_in(&zip_of(name, 99, 0, &[1; 90], 9)).is_some(), told, "{name}");
        }
        assert!(private_key_in(&zip("seal.p12", b"nothing", false)).is_none());
        let bomb = vec![0; 11 << 20];
        assert!(private_key_in(&zip("zeros", &bomb, true)).is_none());
        assert!(private_key_in(&zip("zeros.jks", &bomb, true)).is_some(), "too much to be read");
    }

    #[test]
    fn are_found_in_hexadecimal_digits() {
        let pkcs8 = KeyKind::P256.key().serialize_der();
        for (each, between) in [(1, ""), (1, ":"), (1, " "), (2, " "), (16, "\n    ")] {
            let groups = pkcs8.chunks(each).map(|group| data_encoding::HEXUPPER.encode(group));
            let text = format!("key: |\n    {}\n", groups.collect::<Vec<_>>().join(between));
            let found = private_key_in(text.as_bytes());
            assert_eq!(found.map(|(offset, _)| offset), Some(11), "{text}");
        }
    }

    proptest! {
        /// However a key is wrapped, it is found; and no wrapping of other bytes is taken for one.
        #[test]
        fn no_wrapping_hides_a_key(
            wraps in proptest::collection::vec(0..5u8, 0..3),
            before in "[ -~\n]{0,200}",
            width in 48..120usize,
        ) {
            let (key, other) = (KeyKind::P256.key().serialize_pem(), "a pem of nothing ".repeat(20));
            for (content, holds_key) in [(key, true), (other, false)] {
                let wrap = |bytes: Vec<u8>, kind: &u8| match kind {
                    0 => wrapped(&bytes, width).into_bytes(),
                    1 => zip("a", &bytes, true),
                    2 => [before.as_bytes(), b": ", &bytes].concat(),
                    3 => [&bytes[..], b"\n", before.as_bytes()].concat(),
                    _ => format!("{before}\n\n{}", wrapped(&bytes, 4 * width)).into_bytes(),
                };
                let bytes = wraps.iter().fold(content.into_bytes(), wrap);
                // A text before a binary container makes it no file that anything would open.
                let is_hidden = wraps.windows(2).any(|pair| pair[0] == 1 && pair[1] == 2);
                let found = private_key_in(&bytes);
                prop_assert!(found.is_some() == holds_key || is_hidden, "{:?}", found);
            }
        }
    }
}

mod trust {
    use super::*;

    #[test]
    fn is_given_to_what_an_authority_in_the_store_issued() {
        for authority in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa2048] {
            let authority = Authority::with_key("EC-Proves", authority);
            let store = store(&[&Authority::new("EC-Altra"), &authority]);
            for key in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072] {
                let issued = seal().key(key).issue(&authority);
                assert_eq!(verify(&store, &issued.der), Ok(1), "{key:?}");
            }
        }
    }

    #[test]
    fn is_not_given_to_a_forged_signature() {
        let authority = Authority::with_key("EC-Proves", KeyKind::Rsa2048);
        let mut der = seal().issue(&authority).der;
        *der.last_mut().unwrap() ^= 1;
        let distrust = verify(&store(&[&authority]), &der).unwrap_err();
        assert!(matches!(distrust, Distrust::SignatureWrong { .. }), "{distrust}");
        assert_eq!(distrust.to_string(), "its signature is not by `EC-Proves`");
    }

    #[test]
    fn is_not_given_to_an_unknown_issuer() {
        let issued = seal().issue(&Authority::new("EC-Ciutadania"));
        let distrust = verify(&store(&[&Authority::new("EC-Proves")]), &issued.der).unwrap_err();
        assert!(matches!(distrust, Distrust::UnknownIssuer { .. }), "{distrust}");
        let distrust = verify(&TrustStore::default(), &issued.der).unwrap_err();
        assert!(matches!(distrust, Distrust::UnknownIssuer { .. }), "{distrust}");
    }

    #[test]
    fn is_not_given_to_a_namesake_with_another_key() {
        let issued = seal().issue(&Authority::new("EC-Proves"));
        let distrust = verify(&store(&[&Authority::new("EC-Proves")]), &issued.der).unwrap_err();
        assert!(matches!(distrust, Distrust::OtherKey { .. }), "{distrust}");
        let silent = seal().tweak(|parts| parts.remove("2.5.29.35"));
        let issued = silent.issue(&Authority::new("EC-Proves"));
        let distrust = verify(&store(&[&Authority::new("EC-Proves")]), &issued.der).unwrap_err();
        assert!(matches!(distrust, Distrust::SignatureWrong { .. }), "{distrust}");
    }

    #[test]
    fn finds_the_right_one_of_several_namesakes() {
        let (old, new) = (Authority::new("EC-Proves"), Authority::new("EC-Proves"));
        let silent = seal().tweak(|parts| parts.remove("2.5.29.35"));
        assert_eq!(verify(&store(&[&old, &new]), &silent.issue(&new).der), Ok(1));
        assert_eq!(verify(&store(&[&old, &new]), &seal().issue(&old).der), Ok(0));
    }

    #[test]
    fn asks_whether_the_authority_was_in_force_when_it_issued() {
        let in_force = (instant("2020-01-01"), instant("2026-09-25"));
        let authority = Authority::build("EC-Proves", KeyKind::P256, in_force, |_| {});
        let store = store(&[&authority]);
        let issued = |from| verify(&store, &seal().from(from).issue(&authority).der);
        assert_eq!(issued("2020-01-01T09:00:00Z"), Ok(0));
        assert_eq!(issued("2026-09-25T09:00:00Z"), Ok(0));
        for outside in ["2020-01-01T08:59:59Z", "2026-09-25T09:00:01Z"] {
            assert!(matches!(issued(outside), Err(Distrust::NotInForce { .. })), "{outside}");
        }
    }

    #[test]
    fn does_not_ask_for_the_authoritys_own_signature_or_serial() {
        let in_force = (instant("2003-01-07"), instant("2031-01-07"));
        let sha1 = der::sequence(&[der::oid("1.2.840.113549.1.1.5"), vec![5, 0]]);
        let authority = Authority::build("EC-ACC", KeyKind::Rsa2048, in_force, |parts| {
            parts.serial = vec![0xee, 0x2b];
            parts.algorithms = [sha1.clone(), sha1];
        });
        assert!(!read(&authority.der).signature.is_sha2());
        assert_eq!(verify(&store(&[&authority]), &seal().issue(&authority).der), Ok(0));
    }

    #[test]
    fn is_not_given_through_what_is_no_authority() {
        let in_force = (instant("2014-09-18"), instant("2030-09-18"));
        let cases: [fn(&mut crate::support::authority::Parts); 3] = [
            |parts| parts.remove(BASIC_CONSTRAINTS),
            |parts| parts.extension(BASIC_CONSTRAINTS).value = der::sequence(&[]),
            |parts| parts.extension(KEY_USAGE).value = der::element(der::BIT_STRING, &[1, 2]),
        ];
        for case in cases {
            let authority = Authority::build("EC-Proves", KeyKind::P256, in_force, case);
            let distrust =
                verify(&store(&[&authority]), &seal().issue(&authority).der).unwrap_err();
            assert!(matches!(distrust, Distrust::NotAnAuthority { .. }), "{distrust}");
        }
    }

    #[test]
    fn compares_names_without_regard_to_case_spaces_and_string_types() {
        let authority = Authority::new("EC-Proves");
        let issued = seal().tweak(|parts| {
            let unit = [(
                "2.5.4.11".to_owned(),
                der::TELETEX_STRING,
                b"SERVEIS  P\xfablics de certificaci\xf3 ".to_vec(),
            )];
            let before = [utf8("2.5.4.6", "es"), utf8("2.5.4.10", " Consorci de proves")];
            parts.issuer = name(&[&before[..], &unit, &[utf8("2.5.4.3", "EC-PROVES")]].concat());
        });
        assert_eq!(verify(&store(&[&authority]), &issued.issue(&authority).der), Ok(0));
        let issued = seal().tweak(|parts| parts.issuer = name(&[utf8("2.5.4.3", "EC-Proves")]));
        let distrust = verify(&store(&[&authority]), &issued.issue(&authority).der).unwrap_err();
        assert!(matches!(distrust, Distrust::UnknownIssuer { .. }), "{distrust}");
    }

    #[test]
    fn needs_a_signature_of_a_kind_that_is_accepted() {
        let sha1 = der::sequence(&[der::oid("1.2.840.10045.4.1")]);
        let authority = Authority::new("EC-Proves");
        let issued =
            seal().tweak(|parts| parts.algorithms = [sha1.clone(), sha1]).issue(&authority);
        let distrust = verify(&store(&[&authority]), &issued.der).unwrap_err();
        assert_eq!(
            distrust.to_string(),
            "its signature, `ecdsa-with-SHA1` by `EC P-256`, is of no accepted kind"
        );
    }
}

mod revocation_lists {
    use super::*;

    fn extension(oid: &str, value: Vec<u8>) -> Result<RevocationList, Unreadable> {
        let authority = Authority::new("EC-Proves");
        let extension = Extension::critical(oid, value);
        RevocationList::read(&authority.crl_with(&[], "2026-10-01", "2026-10-08", &[extension]))
    }

    #[test]
    fn say_which_certificates_are_revoked() {
        for kind in [KeyKind::P256, KeyKind::Rsa2048] {
            let authority = Authority::with_key("EC-Proves", kind);
            let issued = [(); 3].map(|()| seal().issue(&authority));
            let serials = [issued[2].serial.as_slice(), &issued[0].serial];
            let der = authority.crl(&serials, "2026-10-01", "2026-10-08");
            let list = RevocationList::read(&der).unwrap();
            let revoked = |place: usize| list.revoked(&read(&issued[place].der).serial);
            assert_eq!(
                list.verify(&Trusted::read(&authority.der).unwrap(), &Signatures::default()),
                Ok(())
            );
            assert_eq!(list.this_update, instant("2026-10-01"));
            assert_eq!(list.next_update, Some(instant("2026-10-08")));
            assert_eq!(revoked(0).unwrap().date, instant("2026-10-01"));
            assert_eq!(revoked(2).unwrap().reason, Some("keyCompromise"));
            assert_eq!((revoked(1), list.len()), (None, 2));
        }
    }

    #[test]
    fn are_read_from_pem_too() {
        let der = Authority::new("EC-Proves").crl(&[], "2026-10-01", "2026-10-08");
        let pem = to_pem(&der).replace("CERTIFICATE", "X509 CRL");
        assert!(RevocationList::read(pem.as_bytes()).unwrap().is_empty());
        let reason = RevocationList::read(to_pem(&der).as_bytes()).unwrap_err();
        assert_eq!(reason.to_string(), "the PEM block is `CERTIFICATE`, not `X509 CRL`");
    }

    #[test]
    fn count_only_when_their_issuer_signed_them() {
        let authority = Authority::with_key("EC-Proves", KeyKind::Rsa2048);
        let trusted = Trusted::read(&authority.der).unwrap();
        let mut der = authority.crl(&[&[1]], "2026-10-01", "2026-10-08");
        *der.last_mut().unwrap() ^= 1;
        let verdict = RevocationList::read(&der).unwrap().verify(&trusted, &Signatures::default());
        assert!(matches!(verdict, Err(ListDistrust::SignatureWrong { .. })));
        for other in ["EC-Altra", "EC-Proves"] {
            let der = Authority::new(other).crl(&[], "2026-10-01", "2026-10-08");
            let verdict =
                RevocationList::read(&der).unwrap().verify(&trusted, &Signatures::default());
            assert!(matches!(verdict, Err(ListDistrust::OtherIssuer { .. })), "{other}");
        }
    }

    #[test]
    fn that_do_not_speak_for_themselves_and_for_all_are_refused() {
        let limit = |number: u8| der::sequence(&[der::element(0x80 | number, &[0xff])]);
        let point = |number| extension("2.5.29.28", limit(number)).map(|_| ());
        let partial = |limit: Text| Err(Unreadable::PartialList { limit });
        assert_eq!(point(1), Ok(()));
        assert_eq!(point(2), Ok(()));
        assert_eq!(point(3), partial(tr!("some reasons for revocation")));
        assert_eq!(point(4), Err(Unreadable::IndirectList));
        assert_eq!(point(5), partial(tr!("attribute certificates")));
        assert_eq!(extension("2.5.29.27", vec![2, 1, 1]).unwrap_err(), Unreadable::DeltaList);
        let odd = der::sequence(&[der::element(0x84, &[1])]);
        assert!(extension("2.5.29.28", odd).is_err());
        let unknown = Unreadable::UnknownCritical { oid: "1.2.3".to_owned() };
        assert_eq!(extension("1.2.3", vec![5, 0]).unwrap_err(), unknown);
    }

    /// A point by its URI, as both extensions have it; or by what its name has more than the issuer's.
    fn at(uri: &str) -> Vec<u8> {
        der::context(0, &der::context(0, &der::element(0x86, uri.as_bytes())))
    }

    fn beside_the_issuer(common_name: &str) -> Vec<u8> {
        let name =
            der::sequence(&[der::oid("2.5.4.3"), der::element(0x0c, common_name.as_bytes())]);
        der::context(0, &der::element(0xa1, &name))
    }

    #[test]
    fn speak_of_the_certificates_that_name_their_point() {
        let covers = |list: Vec<u8>, named: Option<Vec<u8>>, is_authority: bool| {
            let list = extension("2.5.29.28", der::sequence(&[list])).unwrap();
            let seal = seal().ca(is_authority).tweak(move |parts| {
                let points = named.map(|name| der::sequence(&[der::sequence(&[name])]));
                let points = points.map(|points| Extension::new("2.5.29.31", points));
                parts.remove("2.5.29.31");
                parts.extensions.extend(points);
            });
            list.covers(&read(&seal.issue(&Authority::new("EC-Proves")).der))
        };
        let (one, other) = ("http://crl.example.org/1.crl", "http://crl.example.org/2.crl");
        assert!(covers(at(one), Some(at(one)), false));
        assert!(!covers(at(one), Some(at(other)), false));
        assert!(!covers(at(one), None, false), "it names none");
        let both = [der::element(0x86, other.as_bytes()), der::element(0x86, one.as_bytes())];
        let both = der::context(0, &der::context(0, &both.concat()));
        assert!(covers(both.clone(), Some(at(one)), false));
        assert!(covers(at(one), Some(both), false));
        assert!(covers(beside_the_issuer("CRL1"), Some(beside_the_issuer("CRL1")), false));
        assert!(!covers(beside_the_issuer("CRL1"), Some(beside_the_issuer("CRL2")), false));
        let elsewhere = [at(one), der::element(0xa2, &der::element(0x82, b"x"))].concat();
        assert!(!covers(at(one), Some(elsewhere), false), "another signs the list");
        let only = |field: u8| der::element(field, &[0xff]);
        assert!(covers(only(0x81), None, false) && !covers(only(0x81), None, true));
        assert!(!covers(only(0x82), None, false) && covers(only(0x82), None, true));
        assert!(covers(der::element(0x82, &[0]), Some(at(one)), false));
    }

    #[test]
    fn take_a_revocation_back() {
        let authority = Authority::new("EC-Proves");
        let der = authority.crl(&[&[1], &[2]], "2026-10-01", "2026-10-08");
        assert_eq!(RevocationList::read(&der).unwrap().len(), 2);
        // `keyCompromise`, 1, of the first entry becomes `removeFromCRL`, 8.
        let reason = [0x0a, 1, 1];
        let place = der.windows(3).position(|bytes| bytes == reason).unwrap();
        let mut changed = der.clone();
        changed[place + 2] = 8;
        assert_eq!(RevocationList::read(&changed).unwrap().len(), 1);
    }

    #[test]
    fn cut_off_or_followed_by_more_are_refused() {
        let mut der = Authority::new("EC-Proves").crl(&[&[1], &[2]], "2026-10-01", "2026-10-08");
        for length in 0..der.len() {
            assert!(RevocationList::read(&der[..length]).is_err(), "{length} bytes");
        }
        der.push(0);
        assert!(RevocationList::read(&der).is_err());
    }
}
