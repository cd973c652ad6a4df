//! Many at once: seals from files, folders and ZIPs, AEAT's letters, authorisations, what is loaded already,
//! and what a day costs.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{beside, done, done_once, files, ran, refused, text, trusting};
use crate::support::authority::{Authority, Issued, Seal};
use crate::support::inventory::{Inventory, PLANNED};
use crate::support::{ten_ens, zip};

/// Renewed seals of institut-b and consorci-c.
fn two(authority: &Authority) -> [Issued; 2] {
    [("Q9900002H", "Institut B"), ("Q9900003F", "Consorci C")]
        .map(|(nif, name)| Seal::of(nif, name).from("2026-11-02").issue(authority))
}

/// DER with its length in front.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..0x80 => vec![tag, length[1]],
        0x80..0x100 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head.as_slice(), content].concat()
}

/// A `SignedData` that nobody signed, with these certificates (RFC 5652, 5.1).
fn bundle(certificates: &[&[u8]]) -> Vec<u8> {
    let data = element(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    let held = element(0xa0, &certificates.concat());
    let signed = [&b"\x02\x01\x01\x31\x00"[..], &data, &held, b"\x31\x00"].concat();
    let signed = element(0xa0, &element(0x30, &signed));
    element(0x30, &[&b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"[..], &signed].concat())
}

fn der_of(pem: &str) -> Vec<u8> {
    segell::files::x509::from_pem(pem.as_bytes()).unwrap()
}

#[test]
fn a_folder_of_all_kinds_of_files_goes_where_each_belongs() {
    let (inventory, authority) = trusting();
    let [b, c] = two(&authority);
    let a = Seal::of("Q9900001J", "Agència A").from("2026-11-02").issue(&authority);
    let stranger = Seal::of("Q9900004D", "Ens D").issue(&authority);
    let folder = inventory.root().join("ST-22976");
    fs::create_dir_all(folder.join("below")).unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.join(name), content).unwrap();
    write("a.p7b", &bundle(&[&der_of(&authority.pem()), &a.der]));
    write("b.cer", &b.der);
    write("below/chain.pem", (authority.pem() + "\n" + &c.pem).as_bytes());
    write("again.crt", b.pem.as_bytes());
    write("stranger.der", &stranger.der);
    write("broken.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    write("read-me.txt", b"not looked at");
    let arguments = ["add", "certificate", "ST-22976", "--ticket", "ST-22976"];
    let (code, words) = ran(&inventory, &arguments);
    assert_eq!(code, 1, "{words}");
    for (file, rest) in [
        ("a.p7b", "agencia-a   agencia-a/2026-2   added, in force through 2029-11-02"),
        ("again.crt", "institut-b  institut-b/2026-2  added"),
        ("b.cer", "institut-b                     the same as in `ST-22976/again.crt`"),
        ("chain.pem", "consorci-c  consorci-c/2026-2  added"),
        ("stranger.der", "refused: no ens has a NIF of this certificate, `Q9900004D`"),
        ("broken.pem", "refused: "),
    ] {
        let line = words.lines().find(|line| line.contains(file)).expect(file);
        assert!(line.contains(rest), "{rest}\n{words}");
    }
    assert!(words.contains("of 6 seals: 3 added, 1 there already, 2 refused"), "{words}");
    assert!(words.contains("2 certificates of authorities are left out"), "{words}");
    assert!(words.contains("of 3 the private keys are recorded where the policy's"), "{words}");
    assert!(!words.contains("read-me"), "{words}");
    assert_eq!(text(&inventory, "certificates/consorci-c/2026-2.pem"), c.pem);
    let record = text(&inventory, "certificates/agencia-a/2026-2.yaml");
    assert!(
        record.contains("object=agencia-a-2026-2\"\ndelivered: { ticket: ST-22976"),
        "{record}"
    );
    // The second time all are there, and the strangers are told again.
    let before = files(inventory.root());
    let (code, words) = ran(&inventory, &arguments);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("0 added, 4 there already, 2 refused"), "{words}");
    assert_eq!(files(inventory.root()), before);
}

#[test]
fn a_zip_is_read_as_its_files_are() {
    let (inventory, authority) = trusting();
    let [b, c] = two(&authority);
    let files = [
        ("segells/institut b.cer".to_owned(), b.der.clone()),
        ("segells/".to_owned(), Vec::new()),
        ("segells/c.pem".to_owned(), c.pem.clone().into_bytes()),
        ("segells/nota.txt".to_owned(), b"two seals".to_vec()),
    ];
    let path = beside(&inventory, "segells.zip", zip::deflated(&files));
    let (code, words) = ran(&inventory, &["add", "certificate", &path]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("of 3 seals: 2 added, 0 there already, 1 refused"), "{words}");
    assert!(words.contains("segells.zip: segells/nota.txt"), "{words}");
    assert_eq!(text(&inventory, "certificates/institut-b/2026-2.pem"), b.pem);
    assert_eq!(text(&inventory, "certificates/consorci-c/2026-2.pem"), c.pem);
}

/// The programs that people make such files with, where they are there.
#[test]
fn what_python_zips_and_openssl_bundles_is_read() {
    let (inventory, authority) = trusting();
    let [b, c] = two(&authority);
    beside(&inventory, "b.pem", &b.pem);
    beside(&inventory, "c.pem", &c.pem);
    let run = |program: &str, arguments: &[&str]| {
        let ran = Command::new(program).args(arguments).current_dir(inventory.root()).output();
        ran.is_ok_and(|output| output.status.success())
    };
    if run("python3", &["-m", "zipfile", "-c", "b.zip", "b.pem"]) {
        done_once(&inventory, &["add", "certificate", "b.zip"]);
        assert_eq!(text(&inventory, "certificates/institut-b/2026-2.pem"), b.pem);
    } else {
        eprintln!("python3 is not there: its ZIP was not read");
    }
    for form in ["DER", "PEM"] {
        let arguments =
            ["crl2pkcs7", "-nocrl", "-certfile", "c.pem", "-outform", form, "-out", "c.p7b"];
        if run("openssl", &arguments) {
            done(&inventory, &["add", "certificate", "c.p7b"]);
            assert_eq!(text(&inventory, "certificates/consorci-c/2026-2.pem"), c.pem);
        } else {
            eprintln!("openssl is not there: its bundle was not read");
        }
    }
}

#[test]
fn hostile_files_are_told_and_nothing_of_them_is_written() {
    let (inventory, authority) = trusting();
    let [b, c] = two(&authority);
    let key = segell::files::x509::to_pem(&b.key).replace("CERTIFICATE", "PRIVATE KEY");
    let with_key = zip::deflated(&[
        ("b.pem".to_owned(), b.pem.clone().into_bytes()),
        ("b.key".to_owned(), key.into_bytes()),
    ]);
    let nested = zip::deflated(&[("c.zip".to_owned(), zip::deflated(&[("c".to_owned(), c.der)]))]);
    let bomb = zip::deflated(&[("bomb.cer".to_owned(), vec![b'A'; 65 << 20])]);
    let whole = bundle(&[&b.der]);
    let mut encrypted = zip::deflated(&[("b.cer".to_owned(), b.der.clone())]);
    let directory = encrypted.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    for (name, content, code, words) in [
        ("key.zip", with_key, 1, "a private key has no place in an inventory"),
        ("nested.zip", nested, 1, "it is a ZIP in a ZIP"),
        ("bomb.zip", bomb, 1, "it cannot be unpacked: it is broken, or too much for one ZIP"),
        ("encrypted.zip", encrypted, 1, "it is encrypted"),
        ("cut.p7b", whole[..whole.len() - 40].to_vec(), 2, "is no certificate"),
        ("more.p7b", [&whole[..], b"more"].concat(), 2, "is no certificate"),
        ("empty.p7b", bundle(&[]), 1, "it holds no certificate"),
        (
            "only-ca.pem",
            (authority.pem() + &Authority::new("EC-X").pem()).into_bytes(),
            1,
            "it holds no seal",
        ),
    ] {
        let path = beside(&inventory, name, content);
        refused(&inventory, &["add", "certificate", &path], code, words);
    }
    fs::create_dir(inventory.root().join("empty")).unwrap();
    refused(&inventory, &["add", "certificate", "empty"], 2, "holds no file of a certificate");
    // A ZIP cut off anywhere, and one with a byte changed anywhere, is told: never a panic.
    let good = zip::deflated(&[("b.cer".to_owned(), b.der)]);
    for cut in (0..good.len()).step_by(97) {
        let mut changed = good.clone();
        changed[cut] ^= 0xff;
        for content in [&good[..cut], &changed] {
            let _ = segell::files::x509::certificates_in(content);
        }
    }
}

#[test]
fn without_a_policy_for_it_no_place_of_a_key_is_invented() {
    let (inventory, authority) = (Inventory::shipped(), Authority::new("EC-Test"));
    inventory.write("trust/test.pem", authority.pem());
    let [b, c] = two(&authority);
    let (b, c) = (beside(&inventory, "b.pem", b.pem), beside(&inventory, "c.pem", c.pem));
    let words = done(&inventory, &["add", "certificate", &b]);
    assert!(words.contains("the policy has no `certificates.key`"), "{words}");
    let record = text(&inventory, "certificates/institut-b/2026-2.yaml");
    assert!(!record.contains("key:"), "{record}");
    let words = done(&inventory, &["add", "certificate", &c, "--key", "alias:consorci"]);
    assert!(words.contains("is recorded as `alias:consorci`"), "{words}");
    // What is known later is added; what is known is not rewritten.
    done_once(&inventory, &["add", "certificate", &b, "--key", "alias:institut"]);
    assert!(
        text(&inventory, "certificates/institut-b/2026-2.yaml")
            .contains("key: \"alias:institut\"\n")
    );
    refused(
        &inventory,
        &["add", "certificate", &b, "--key", "alias:other"],
        2,
        "with another ticket, day or key",
    );
}

#[test]
fn the_policys_place_of_keys_is_one_a_seal() {
    for (key, is_right) in [
        ("pkcs11:token=a;object={holder}-{label}", true),
        ("alias:{label}.{holder}", true),
        ("pkcs11:token=a;object={holder}", false),
        ("pkcs11:token=a;object={holder}-{label}-{ens}", false),
        ("pkcs11:object={holder}-{label}", false),
        ("{holder}-{label}", false),
    ] {
        let inventory = Inventory::shipped();
        inventory.edit_first(
            "policy.yaml",
            "  working_days_to_issue",
            &format!("  key: \"{key}\"\n  working_days_to_issue"),
        );
        let news = inventory.news();
        let is_told = news.iter().any(|line| line.contains("error valid-identifier policy.yaml"));
        assert_eq!(is_told, !is_right, "{key}: {news:?}");
    }
}

#[test]
fn departments_are_named_by_id_or_organ_code_among_many() {
    let (inventory, authority) = trusting();
    let [b, _] = two(&authority);
    let shared = Seal::of("S9900001J", "Generalitat").from("2026-11-02").issue(&authority);
    let files = [("b.cer".to_owned(), b.der), ("generalitat.cer".to_owned(), shared.der)];
    let path = beside(&inventory, "segells.zip", zip::deflated(&files));
    let (code, words) = ran(&inventory, &["add", "certificate", &path, "--dry-run"]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("say with `--ens` whose it is"), "{words}");
    let ens = text(&inventory, "ens/dept-interior.yaml");
    let code = ens.split("organ_code: \"").nth(1).unwrap().split('"').next().unwrap();
    let named = format!("dept-cultura,{code}");
    done_once(&inventory, &["add", "certificate", &path, "--ens", &named]);
    let record = text(&inventory, "certificates/generalitat/2026.yaml");
    assert!(record.contains(code) && record.matches("\", \"").count() == 1, "{record}");
    assert!(text(&inventory, "certificates/institut-b/2026-2.yaml").contains("organ_codes: [\""));
}

/// Seals of institut-b and consorci-c on record, and the serials that AEAT would quote.
fn recorded(inventory: &Inventory, authority: &Authority) -> [String; 2] {
    two(authority).map(|seal| {
        let path = beside(inventory, "seal.cer", &seal.der);
        done(inventory, &["add", "certificate", &path]);
        segell::files::x509::Certificate::read(&seal.der).unwrap().serial.to_string()
    })
}

#[test]
fn one_letter_confirms_several_in_both_environments() {
    let (inventory, authority) = trusting();
    let mut serials = Vec::new();
    for (number, (nif, name)) in [("Q9900002H", "B"), ("Q9900003F", "C")].into_iter().enumerate() {
        let serial = [0x41, 0, u8::try_from(number).unwrap(), 1];
        let seal = Seal::of(nif, name).from("2026-11-02").serial(&serial).issue(&authority);
        let path = beside(&inventory, "seal.cer", &seal.der);
        done(&inventory, &["add", "certificate", &path]);
        serials.push(data_encoding::HEXUPPER.encode(&serial));
    }
    let both = serials.join(",");
    let letter = beside(&inventory, "carta.pdf", b"loaded");
    let add = |more: &[&str]| {
        let start =
            ["add", "confirmation", "--env", "pre,pro", "--date", "2026-11-10", "--evidence"];
        [&start[..], &[letter.as_str()], more].concat().into_iter().map(str::to_owned).collect()
    };
    let words = |arguments: &Vec<String>| {
        arguments
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let add = |more: &[&str]| -> Vec<String> { words(&add(more)) };
    fn refs(arguments: &[String]) -> Vec<&str> {
        arguments.iter().map(String::as_str).collect()
    }
    let other = format!("{both},41000901");
    let by_ens = ["--ens", "institut-b,consorci-c", "--serial"];
    for (more, expected) in [
        (["--serial", &other].to_vec(), "AEAT confirmed `41000901`, which no certificate here has"),
        ([&by_ens[..], &[&other]].concat(), "AEAT confirmed `41000901`, which is none of"),
        ([&by_ens[..], &[&serials[0]]].concat(), "and not `consorci-c/2026-2`"),
    ] {
        refused(&inventory, &refs(&add(&more)), 1, expected);
    }
    done_once(&inventory, &refs(&add(&["--serial", &both])));
    for (ens, serial) in [("institut-b", &serials[0]), ("consorci-c", &serials[1])] {
        let record = text(&inventory, &format!("certificates/{ens}/2026-2.yaml"));
        let stated = format!(
            "date: 2026-11-10, serial: \"{serial}\", evidence: [{{ file: evidence/aeat/2026-11-10/carta.pdf"
        );
        assert_eq!(record.matches(&stated).count(), 2, "{record}");
    }
    // The same by the ens says the same.
    let again = done(&inventory, &refs(&add(&[&by_ens[..], &[&both]].concat())));
    assert!(again.contains("nothing changes"), "{again}");
}

#[test]
fn each_line_of_a_letter_is_compared_with_its_certificate() {
    let (inventory, authority) = trusting();
    let [b, c] = recorded(&inventory, &authority);
    // The serials of the tests' seals are alike: AEAT quotes SHA-256s too.
    let digest = |id: &str| {
        let record = text(&inventory, &format!("certificates/{id}.yaml"));
        record.split("sha256: \"").nth(1).unwrap()[..64].to_owned()
    };
    let (b_digest, c_digest, old) =
        (digest("institut-b/2026-2"), digest("consorci-c/2026-2"), digest("consorci-c/2026"));
    let other = "0".repeat(64);
    let csv = format!(
        "\u{feff}NIF;Codi d'òrgan;Entorn;Número de sèrie;SHA-256;Data;Nota\r\n\
         Q9900002H;;PRE, PRO;{b};{b_digest};10/11/2026;\r\n\
         ;9699969056;pre;{c};;2026-11-10;\r\n\
         Q9900003F;;pro;;{old};2026-11-10;\r\n\
         Q9900003F;;pro;;{other};2026-11-10;\r\n\
         Q9900003F;;pro;;;2026-11-10;\r\n\
         Q9900003F;;test;;{c_digest};2026-11-10;\r\n\
         Q9900003F;;pro;;{c_digest};;\r\n\
         Q9900009X;;pro;;{c_digest};2026-11-10;\r\n\
         Q9900002H;;pre;;{b_digest};2026-11-11;\r\n\
         Q9900003F;;pro;;{c_digest};2026-11-12;\r\n"
    );
    let path = beside(&inventory, "carta.csv", csv);
    let arguments = ["add", "confirmation", "--from", &path, "--evidence", "ST-23020"];
    let (code, words) = ran(&inventory, &arguments);
    assert_eq!(code, 1, "{words}");
    for (line, expected) in [
        ("2 ", "confirmed on 2026-11-10"),
        ("3 ", "confirmed on 2026-11-10"),
        (
            "4 ",
            "refused: AEAT confirmed `consorci-c/2026`, which is not the latest of `consorci-c`",
        ),
        ("5 ", "refused: AEAT confirmed another certificate than `consorci-c/2026-2`"),
        ("6 ", "refused: it quotes neither a serial nor a SHA-256"),
        ("7 ", "refused: an environment is `pre` or `pro`"),
        ("8 ", "refused: it has no date"),
        ("9 ", "refused: there is no ens `Q9900009X`"),
        ("10 ", "refused: line 2 is about it too"),
        ("11 ", "confirmed on 2026-11-12"),
    ] {
        let said = words.lines().take_while(|said| !said.starts_with("nothing is read"));
        let said = said.filter(|said| said.starts_with(line));
        assert!(said.clone().count() > 0, "{line}\n{words}");
        for said in said {
            assert!(said.contains(expected), "{expected}\n{said}\n{words}");
        }
    }
    assert!(words.contains("nothing is read from the columns `Nota`"), "{words}");
    let record = text(&inventory, "certificates/consorci-c/2026-2.yaml");
    let expected = format!(
        "  pre: {{ date: 2026-11-10, serial: \"{c}\", evidence: [{{ ticket: ST-23020 }}] }}\n  \
         pro: {{ date: 2026-11-12, sha256: \"{c_digest}\", evidence: [{{ ticket: ST-23020 }}] }}\n"
    );
    assert!(record.ends_with(&expected), "{record}");
    let nothing = beside(&inventory, "nothing.csv", "ens,serial\nnobody,00\n");
    let arguments = ["add", "confirmation", "--from", &nothing, "--evidence", "ST-1"];
    refused(&inventory, &arguments, 1, "nothing was written");
}

#[test]
fn authorisations_of_many_ens_and_services_come_at_once() {
    let inventory = Inventory::shipped();
    inventory.edit(
        "policy.yaml",
        "generalitat:",
        "  AEAT_IRPF/C4: C4\n  AEAT_IRPF/C6: C6\ngeneralitat:",
    );
    let add = [
        "add",
        "authorisation",
        "--ens",
        "institut-b,Q9900003F",
        "--service",
        "AEAT_IRPF/C4,AEAT_IRPF/C6",
        "--requested",
        "2026-09-01",
        "--granted",
        "2026-09-20",
        "--evidence",
        "ST-22980",
    ];
    done_once(&inventory, &add);
    for ens in ["institut-b", "consorci-c"] {
        let ens = text(&inventory, &format!("ens/{ens}.yaml"));
        let granted =
            "{ requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-22980 }] }";
        assert!(ens.matches(granted).count() >= 4, "{ens}");
    }
    let code = [&add[..], &["--organ-code", "5"]].concat();
    refused(&inventory, &code, 2, "`--organ-code` is that of one ens");
    // One of them says otherwise: none of them changes.
    let mut other = add;
    other[9] = "2026-09-21";
    refused(&inventory, &other, 2, "if it is wrong, `segell correct institut-b authorisations");
}

#[test]
fn a_spreadsheet_says_what_is_loaded_already() {
    let inventory = Inventory::shipped();
    fs::remove_dir_all(inventory.path("calendars")).unwrap();
    inventory.delete("baseline.yaml");
    let csv = "codi_ens,certificate,in\n\
               9699969056,,\n\
               dept-cultura,generalitat/2025,pre\n\
               nobody,generalitat/2025,pre\n";
    let path = beside(&inventory, "siri.csv", csv.replace("codi_ens", "ens"));
    let (code, words) = ran(&inventory, &["baseline", &path, "--evidence", "ST-22900"]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("line 4: there is no ens `nobody`"), "{words}");
    assert!(words.contains("of 3 rows: 2 taken, 1 not taken"), "{words}");
    let baseline = text(&inventory, "baseline.yaml");
    assert!(
        baseline.ends_with(
            "holds:\n  \
             - { ens: consorci-c, certificate: consorci-c/2026, in: [pre, pro] }\n  \
             - { ens: dept-cultura, certificate: generalitat/2025, in: [pre] }\n"
        ),
        "{baseline}"
    );
    let more = "ens,certificate,in\ndept-cultura,generalitat/2025,pro\ndept-cultura,generalitat/2024,pro\n";
    let path = beside(&inventory, "more.csv", more);
    let (code, words) = ran(&inventory, &["baseline", &path]);
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("line 2 has another certificate for `dept-cultura`")
            || words.contains("there is no certificate"),
        "{words}"
    );
    assert!(text(&inventory, "baseline.yaml").contains("generalitat/2025, in: [pre, pro] }"));
}

#[test]
fn a_planned_batch_takes_an_ens_and_lets_it_go() {
    let inventory = Inventory::shipped();
    let batch = "transicio-2026/30-consorci-c";
    let before = text(&inventory, PLANNED);
    let join = ["schedule", "--batch", batch, "--ens", "dept-cultura"];
    done_once(&inventory, &join);
    let joined = text(&inventory, PLANNED);
    let expected = "  - ens: dept-cultura\n    certificate: generalitat/2025\n";
    assert!(joined.contains(expected) || joined.contains("ens: dept-cultura"), "{joined}");
    let leave = ["unschedule", "--batch", batch, "--ens", "dept-cultura"];
    done(&inventory, &leave);
    assert_eq!(text(&inventory, PLANNED), before);
    refused(&inventory, &leave, 2, "has no load of `dept-cultura`");
    done(&inventory, &["unschedule", "--batch", batch, "--all"]);
    assert!(!inventory.path(PLANNED).exists());
    let released = "transicio-2026/20-institut-b";
    let join = ["schedule", "--batch", released, "--ens", "dept-cultura"];
    refused(&inventory, &join, 2, "is released already, as it was approved");
    let leave = ["unschedule", "--batch", released, "--all"];
    refused(&inventory, &leave, 2, "what was released is withdrawn: `segell withdraw");
}

/// Ten ens, from the support desk's ticket to verified in PRO: `examples/ten_ens.rs` shows it.
#[test]
fn ten_ens_cost_ten_commands_and_nine_hundred_keystrokes() {
    let folder = tempfile::tempdir().unwrap();
    let costs = ten_ens::play(Path::new(env!("CARGO_BIN_EXE_segell")), folder.path());
    assert!(costs.recorded.commands <= 10 && costs.recorded.keystrokes <= 900, "{costs:#?}");
    assert!(costs.after.commands <= 12, "{costs:#?}");
}
