//! What others sign and verify: xmlsec1 and WSS4J, on messages made at random, for the same verdict. Where
//! one of them is missing, that is said. `.ci/messages COUNT SEED` asks more.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use segell::files::message::{self, Kind, Signature};

use crate::support::authority::{Authority, Issued, KeyKind, Seal};
use crate::support::message::{BASE64_BINARY, DS, EXCLUSIVE, Request, SOAP, TOKEN, WSSE, WSU};

/// How many messages are made, and from which number on; `.ci/messages` says others.
fn asked() -> (u64, u64) {
    let number = |name: &str, or: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or)
    };
    (number("SEGELL_MESSAGES", 40), number("SEGELL_SEED", 1))
}

/// Whether a program is there; where it is not, says what was not run.
fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("not run: `{program}` is not there");
    }
    found
}

/// Numbers that look random, the same each time (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const PREFIXES: [&str; 5] = ["", "a", "b", "pet", "ds"];
const NAMESPACES: [&str; 4] = ["urn:one", "urn:two", "http://www.aoc.cat/aeat/x", "urn:one/"];
const TEXTS: [&str; 14] = [
    "x",
    " ",
    "\n\t",
    "\r\n",
    "&#xD;",
    "&#13;&#10;",
    "<![CDATA[<a>&]]>",
    "&amp;&lt;&gt;&quot;&apos;",
    "\"'>",
    "<!-- a <b> -->",
    "ç\u{1f600}\u{85}\u{2028}",
    "&#x1F600;",
    "<![CDATA[]]>",
    "]]",
];
const VALUES: [&str; 9] =
    ["", " a  b ", "\t\n", "&#9;&#10;&#13;", "&lt;&amp;&quot;&apos;", "'", ">", "é", "#body"];

/// Elements of any form, with what is declared around them: prefixes and the namespaces they stand for.
fn elements(random: &mut Random, depth: usize, around: &[(String, String)], out: &mut String) {
    for _ in 0..random.below(4) {
        if depth == 0 || random.below(3) == 0 {
            out.push_str(random.one_of(&TEXTS));
            continue;
        }
        let mut scope = around.to_vec();
        let mut declared = String::new();
        for prefix in PREFIXES {
            if random.below(3) > 0 {
                continue;
            }
            let none = prefix.is_empty() && random.below(3) == 0;
            let namespace = if none { "" } else { random.one_of(&NAMESPACES) };
            let name =
                if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            write!(declared, " {name}=\"{namespace}\"").unwrap();
            scope.retain(|(known, _)| known != prefix);
            scope.push((prefix.to_owned(), namespace.to_owned()));
        }
        let mut seen: Vec<(String, String)> = Vec::new();
        for local in ["c", "b", "a"] {
            let (prefix, namespace) = scope[random.below(scope.len())].clone();
            let namespace = if prefix.is_empty() { String::new() } else { namespace };
            if random.below(2) == 0 || seen.contains(&(namespace.clone(), local.to_owned())) {
                continue;
            }
            seen.push((namespace, local.to_owned()));
            let colon = if prefix.is_empty() { "" } else { ":" };
            let value = random.one_of(&VALUES);
            write!(declared, "\n {prefix}{colon}{local} = \"{value}\"").unwrap();
        }
        if random.below(4) == 0 {
            declared.push_str(" xml:lang='ca'");
        }
        let (prefix, _) = &scope[random.below(scope.len())];
        let colon = if prefix.is_empty() { "" } else { ":" };
        let name = format!("{prefix}{colon}{}", random.one_of(&["e", "é", "e-1.2"]));
        if random.below(4) == 0 {
            write!(out, "<{name}{declared}/>").unwrap();
        } else {
            write!(out, "<{name}{declared} >").unwrap();
            elements(random, depth - 1, &scope, out);
            write!(out, "</{name} >").unwrap();
        }
    }
}

/// A seal, its kind and its key as a file.
struct Signer {
    seal: Issued,
    key: PathBuf,
    methods: Vec<&'static str>,
}

fn signers(folder: &Path) -> Vec<Signer> {
    let authority = Authority::new("EC-Proves");
    let rsa = vec![
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    ];
    let ecdsa = vec![
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    ];
    let kinds = [(KeyKind::Rsa2048, rsa), (KeyKind::P256, ecdsa.clone()), (KeyKind::P384, ecdsa)];
    let signer = |(kind, methods): (KeyKind, Vec<&'static str>)| {
        let seal = Seal::of("Q9900002H", "Institut B").key(kind).issue(&authority);
        let key = folder.join(format!("{kind:?}.pem"));
        let text = data_encoding::BASE64.encode(&seal.key);
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        fs::write(&key, pem).unwrap();
        fs::write(key.with_extension("crt"), &seal.pem).unwrap();
        Signer { seal, key, methods }
    };
    kinds.into_iter().map(signer).collect()
}

/// A request of any form, still to be signed by xmlsec1.
fn template(random: &mut Random, signer: &Signer, request: &Request) -> String {
    let mut inside = String::new();
    let around = [
        ("a", "urn:one"),
        ("b", "urn:two"),
        ("pet", "http://gencat.net/scsp/esquemes/peticion"),
        ("", ""),
    ];
    let around = around.map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()));
    elements(random, 4, &around, &mut inside);
    let payload = request.payload().replace(
        "<iae:peticio xmlns:iae=\"http://www.aoc.cat/aeat/iae\">",
        &format!("<iae:peticio xmlns:iae=\"http://www.aoc.cat/aeat/iae\">{inside}"),
    );
    let outside = ["", " xmlns=\"urn:three\"", " xmlns:c=\"urn:c\" xml:lang=\"es\""];
    let outside = outside[random.below(outside.len())];
    let list = |random: &mut Random| {
        let lists = ["", "a b", "#default", " soapenv\n#default pet nowhere", "c"];
        match random.below(lists.len() + 1) {
            0 => String::new(),
            other => format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"/>",
                lists[other - 1]
            ),
        }
    };
    let digests = [
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ];
    let reference = |id: &str, random: &mut Random| {
        format!(
            "<ds:Reference URI=\"#{id}\">\n<ds:Transforms><ds:Transform Algorithm=\"{EXCLUSIVE}\">{}</ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue/></ds:Reference>",
            list(random),
            random.one_of(&digests)
        )
    };
    let references: String = match random.below(3) {
        0 => reference("body", random),
        1 => reference("time", random) + &reference("body", random),
        _ => reference("body", random) + &reference("time", random) + &reference("token", random),
    };
    let method = signer.methods[random.below(signer.methods.len())];
    let token = data_encoding::BASE64.encode(&signer.seal.der);
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:a=\"urn:one\" xmlns:b='urn:two' xmlns:pet=\"http://gencat.net/scsp/esquemes/peticion\"{outside}>\
         <soapenv:Header>\n<wsse:Security xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\">\
         <wsse:BinarySecurityToken EncodingType=\"{BASE64_BINARY}\" ValueType=\"{TOKEN}#X509v3\" wsu:Id=\"token\">{token}</wsse:BinarySecurityToken>\
         <ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">{}</ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{method}\"/>{references}</ds:SignedInfo><ds:SignatureValue/>\
         <ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI=\"#token\"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>\
         <wsu:Timestamp wsu:Id=\"time\"><wsu:Created>{}</wsu:Created></wsu:Timestamp></wsse:Security></soapenv:Header>\
         <soapenv:Body xmlns:wsu=\"{WSU}\" wsu:Id=\"body\">{payload}</soapenv:Body></soapenv:Envelope>",
        list(random),
        request.created
    )
}

const IDS: [&str; 6] =
    ["--id-attr:Id", "Body", "--id-attr:Id", "Timestamp", "--id-attr:Id", "BinarySecurityToken"];

fn signed_by_xmlsec1(folder: &Path, number: u64, signer: &Signer, template: &str) -> Vec<u8> {
    let (file, out) = (folder.join(format!("{number}.xml")), folder.join(format!("{number}.out")));
    fs::write(&file, template).unwrap();
    let key = signer.key.to_str().unwrap();
    let output = Command::new("xmlsec1")
        .args(["--sign", "--privkey-pem", key, "--output", out.to_str().unwrap()])
        .args(IDS)
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{number}: {output:?}\n{template}");
    fs::read(&out).unwrap()
}

fn verified_by_xmlsec1(folder: &Path, number: u64, signer: &Signer, message: &[u8]) -> bool {
    let file = folder.join(format!("{number}.mutant"));
    fs::write(&file, message).unwrap();
    let certificate = signer.key.with_extension("crt");
    let output = Command::new("xmlsec1")
        .args(["--verify", "--pubkey-cert-pem", certificate.to_str().unwrap()])
        .args(IDS)
        .arg(&file)
        .output()
        .unwrap();
    output.status.success()
}

fn is_verified(message: &[u8]) -> bool {
    message::read(message).is_ok_and(|read| matches!(read.signature, Signature::Verified(_)))
}

/// What xmlsec1 signs verifies here; what is altered afterwards verifies here only if it does there.
#[test]
fn xmlsec1_and_segell_agree_on_messages_made_at_random() {
    if !is_there("xmlsec1") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let signers = signers(folder.path());
    let (count, seed) = asked();
    (0..count).into_par_iter().for_each(|number| {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let signer = &signers[number as usize % signers.len()];
        let request = Request::of("9699969043", "AEAT_IRPF/C2", "2026-11-12");
        let template = template(&mut random, signer, &request);
        let signed = signed_by_xmlsec1(folder.path(), number, signer, &template);
        let read = message::read(&signed).unwrap_or_else(|why| panic!("{number}: {why}"));
        let Signature::Verified(_) = &read.signature else {
            panic!("{number}: {:?}\n{}", read.signature, String::from_utf8_lossy(&signed));
        };
        let Kind::Request(asked) = &read.kind else { panic!("{number}: a request") };
        assert_eq!(asked.organ_code.as_deref(), Ok("9699969043"), "{number}");
        for _ in 0..2 {
            let mut mutant = signed.clone();
            let place = random.below(mutant.len());
            mutant[place] = b" <>&\"'=/:#aZ0-x\n"[random.below(16)];
            if mutant != signed && is_verified(&mutant) {
                let agrees = verified_by_xmlsec1(folder.path(), number, signer, &mutant);
                assert!(agrees, "{number}, byte {place}: {}", String::from_utf8_lossy(&mutant));
            }
        }
    });
}

/// Where Debian's `libwss4j-java` and what it needs lie.
const JARS: &str = "/usr/share/java";

/// Everything that WSS4J needs, or what is missing.
fn without_wss4j() -> Option<&'static str> {
    let is_missing = |program: &&str| Command::new(program).arg("-version").output().is_err();
    let programs = ["java", "javac", "openssl"];
    let program = programs.iter().find(|program| is_missing(program)).copied();
    let has_jar = Path::new(JARS).join("wss4j.jar").is_file();
    program.or_else(|| (!has_jar).then_some("libwss4j-java"))
}

/// What WSS4J signs, with which AOC's own client signs, verifies here.
#[test]
fn what_wss4j_signs_verifies() {
    if let Some(missing) = without_wss4j() {
        return eprintln!("not run: `{missing}` is not there");
    }
    let folder = tempfile::tempdir().unwrap();
    let signers = signers(folder.path());
    let signer = &signers[0];
    let store = folder.path().join("seal.p12");
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(Command::new("openssl")
        .args(["pkcs12", "-export", "-name", "seal", "-passout", "pass:changeit", "-out"])
        .arg(&store)
        .arg("-inkey")
        .arg(&signer.key)
        .arg("-in")
        .arg(signer.key.with_extension("crt")));
    let count = asked().0.min(200);
    for number in 0..count {
        let mut random = Random(number + 7);
        let mut inside = String::new();
        elements(&mut random, 4, &[(String::new(), String::new())], &mut inside);
        // Xalan, where it is on the path, writes these as two references to no character.
        let inside = inside.replace(['\u{1f600}'], "").replace("&#x1F600;", "");
        let request = Request::of("9699969043", "AEAT_IRPF/C2", "2026-11-12").unsigned();
        let request =
            request.replace("<iae:CodigoCertificado>", &format!("{inside}<iae:CodigoCertificado>"));
        let request = request.replace(" xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" wsu:Id=\"body\"", "");
        fs::write(folder.path().join(format!("{number}.in")), request).unwrap();
    }
    let classes = format!("{JARS}/*:{}", folder.path().display());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/Wss4j.java");
    run(Command::new("javac")
        .args(["-nowarn", "-cp", &classes, "-d"])
        .arg(folder.path())
        .arg(source));
    run(Command::new("java").args(["-cp", &classes, "Wss4j"]).arg(&store).arg(folder.path()));
    for number in 0..count {
        let signed = fs::read(folder.path().join(format!("{number}.out"))).unwrap();
        let read = message::read(&signed)
            .unwrap_or_else(|why| panic!("{number}: {why}: {}", String::from_utf8_lossy(&signed)));
        let Signature::Verified(signer) = &read.signature else {
            panic!("{number}: {:?}: {}", read.signature, String::from_utf8_lossy(&signed));
        };
        assert_eq!(
            signer.certificate.sha256,
            segell::base::digest::Sha256::of(&signers[0].seal.der)
        );
    }
}
