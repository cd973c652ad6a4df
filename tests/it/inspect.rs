//! `inspect`, and the other verbs that read a file from outside: whence they read, how strictly they
//! judge, and what they say of the files that CAs send.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::support::authority::{Authority, Custodian, Issued, KeyKind, Seal, der};
use crate::support::inventory::{Inventory, TODAY};

const SEAL: &str = "inventory/certificates/institut-b/2026.pem";

fn issued() -> Issued {
    Seal::of("Q9900001J", "Agència A").issue(&Authority::new("EC-Proves"))
}

/// Runs segell with something on its standard input.
fn fed(inventory: &Inventory, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_segell"))
        .env("LC_ALL", "C")
        .args(arguments)
        .current_dir(inventory.root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn standard_input_is_read_as_a_file_is() {
    let inventory = Inventory::shipped();
    let of = |file, input: &[u8]| {
        fed(&inventory, &["inspect", file, "--as-of", TODAY, "--format", "json"], input)
    };
    let pem = fs::read(inventory.root().join(SEAL)).unwrap();
    let (from_file, from_input) = (of(SEAL, b""), of("-", &pem));
    assert!(from_file.status.success());
    assert!(!from_file.stdout.is_empty());
    assert_eq!(from_input.stdout, from_file.stdout);
    let nothing = of("-", b"");
    assert_eq!(nothing.status.code(), Some(2));
    let told = String::from_utf8(nothing.stderr).unwrap();
    assert!(told.contains("`-` is no certificate") && told.contains("the file is empty"), "{told}");
}

/// Nobody writes into the pipe, so that whoever opened it would wait until the test is killed.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let inventory = Inventory::shipped();
    let pipe = inventory.root().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let verbs: [&[&str]; 3] = [
        &["inspect", "pipe"],
        &["import", "pipe"],
        &["add", "certificate", "--ens", "agencia-a", "--label", "2027", "--pem", "pipe"],
    ];
    for verb in verbs {
        let output = inventory.segell(verb);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{verb:?}: {told}");
        assert!(told.contains("cannot read `pipe`"), "{verb:?}: {told}");
        assert!(told.contains("it is no plain file"), "{verb:?}: {told}");
    }
}

#[test]
fn the_policy_s_raised_rules_are_asked() {
    let inventory = Inventory::shipped();
    let custodian = Custodian {
        nif: "00000000T",
        given_name: "Laia",
        surname: "Exemple",
        email: "laia@example.org",
    };
    let seal = Seal::of("Q9900001J", "Agència A").custodian(custodian);
    let pem = seal.issue(&Authority::new("EC-Proves")).pem;
    fs::write(inventory.root().join("seal.pem"), pem).unwrap();
    let verdict = || {
        let output =
            inventory.segell(&["inspect", "seal.pem", "--as-of", TODAY, "--format", "json"]);
        let inspection: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let lines = inspection["verdicts"].as_array().unwrap();
        let line = lines.iter().find(|line| line["rule"] == "no-personal-data").unwrap();
        line["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(), "warns");
    inventory.append("policy.yaml", "rules: { no-personal-data: error }\n");
    assert_eq!(verdict(), "fails");
}

/// What is said of a file, and the command that is named.
fn helped(content: &[u8]) -> String {
    let inventory = Inventory::empty();
    fs::write(inventory.root().join("file"), content).unwrap();
    let output = inventory.segell(&["inspect", "file"]);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn helps(content: &[u8], reason: &str, command: &str) {
    let told = helped(content);
    assert!(told.contains(reason), "{told}");
    assert!(told.contains(command), "{told}");
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// A container of something, as long as one that a CA sends.
fn container(content: &[u8]) -> Vec<u8> {
    der::sequence(&[content.to_vec(), der::element(der::OCTET_STRING, &[0; 300])])
}

#[test]
fn of_lines_that_end_with_cr_alone() {
    let text = issued().pem.replace('\n', "\r");
    let told = helped(text.as_bytes());
    assert!(told.contains("`tr '\\r' '\\n' < FILE > SEAL.pem`"), "{told}");
    assert!(told.len() < 300, "the certificate is not repeated: {told}");
}

#[test]
fn of_a_bundle_and_a_chain() {
    let bundle = container(&der::oid("1.2.840.113549.1.7.2"));
    helps(&bundle, "a PKCS#7 bundle", "`openssl pkcs7 -inform DER -print_certs -in FILE`");
    let pem = issued().pem;
    let relabelled = pem.replace("CERTIFICATE", "PKCS7");
    helps(relabelled.as_bytes(), "is `PKCS7`", "`openssl pkcs7 -print_certs -in FILE`");
    helps(pem.repeat(3).as_bytes(), "3 PEM blocks", "`openssl x509 -in FILE -out SEAL.pem`");
    let around = format!("Bag Attributes\n{pem}");
    helps(around.as_bytes(), "line 1 is text", "`openssl x509 -in FILE -out SEAL.pem`");
}

#[test]
fn of_a_container_with_its_key() {
    let data = der::sequence(&[der::oid("1.2.840.113549.1.7.1")]);
    let bytes = container(&[&[2, 1, 3], &data[..]].concat());
    helps(
        &bytes,
        "a PKCS#12 container",
        "`openssl pkcs12 -in FILE -nokeys -clcerts -out SEAL.pem`",
    );
}

#[test]
fn of_base64_without_its_lines() {
    let pem = issued().pem;
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    for bare in [lines.join("\n"), lines.concat()] {
        helps(bare.as_bytes(), "base64 without the lines", "`openssl base64 -d -A -in FILE");
    }
    assert!(!helped(b"MII, and other words").contains("openssl base64"));
}

#[test]
fn of_utf_16_and_of_a_byte_order_mark() {
    let pem = issued().pem;
    let marked = format!("\u{feff}{pem}");
    let command = "`iconv -f UTF-16";
    helps(&utf16(&marked, u16::to_le_bytes), "neither PEM nor", command);
    helps(&utf16(&marked, u16::to_be_bytes), "neither PEM nor", command);
    helps(&utf16(&pem, u16::to_le_bytes), "neither PEM nor", command);
    helps(marked.as_bytes(), "byte order mark", "`openssl x509 -in FILE -out SEAL.pem`");
}

/// AEAT's confirmation quotes the serial of a seal, written in several ways.
#[test]
fn of_a_serial_that_is_written_otherwise() {
    let inventory = Inventory::shipped();
    let seal = Seal::of("Q9900001J", "Agència A").serial(&[0x00, 0x96, 0x90, 0x0a]);
    let authority = Authority::with_key("EC-Proves", KeyKind::P256);
    inventory.with_certificate("agencia-a/2026b", &["9699969038"], seal, &authority);
    let load = "day: 10\nstage: planned\npre: 2026-11-24\npro: 2026-12-01\nloads:\n  - ens: agencia-a\n    certificate: agencia-a/2026b\n";
    inventory.write("calendars/urgent/10-agencia-a.yaml", load);
    let record = "certificates/agencia-a/2026b.yaml";
    let told = |quote: &str| {
        let text = fs::read_to_string(inventory.path(record)).unwrap();
        inventory
            .write(record, text.replace("serial: \"00 96 90 0A\"", &format!("serial: {quote:?}")));
        let output =
            inventory.segell(&["check", "--as-of", TODAY, "--rule", "confirmed-in-writing"]);
        inventory.write(record, text);
        String::from_utf8(output.stdout).unwrap()
    };
    let wrong = "error[confirmed-in-writing]";
    for quote in ["00 96 90 0A", "96:90:0a", "96900A"] {
        assert!(!told(quote).contains(wrong), "{quote}: {}", told(quote));
    }
    let cases = [
        ("9867274", "in decimal digits; record it in hexadecimal, `00 96 90 0A`"),
        ("0x96900A", "with other marks; record it as `00 96 90 0A`"),
        ("96-90-0A", "with other marks; record it as `00 96 90 0A`"),
        ("9867275", "AEAT confirmed the serial `9867275`"),
    ];
    for (quote, words) in cases {
        let told = told(quote);
        assert!(told.contains(wrong) && told.contains(words), "{quote}: {told}");
    }
}
