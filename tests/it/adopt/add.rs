//! `segell add`, `answer`, `retire` and `cease`.

use std::fs;

use super::{ENS, begun, beside, done, done_once, ran, refused, text, trusting};
use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{Inventory, PLANNED};

#[test]
fn an_ens_is_a_file_that_editors_can_check() {
    let inventory = begun();
    let words = done_once(&inventory, &[&ENS[..], &["--dir3", "A09990001"]].concat());
    assert!(words.contains("next: `segell add authorisation --ens sct"), "{words}");
    assert_eq!(
        text(&inventory, "ens/sct.yaml"),
        "# yaml-language-server: $schema=../../schemas/ens.schema.json\n\
         name: Servei Català de Trànsit\n\
         block: consuming\n\
         organ_code: \"0800180001\"\n\
         nif: Q9900001J\n\
         dir3: A09990001\n"
    );
    done(&inventory, &["check", "--deny", "warnings"]);
    done(&inventory, &ENS);
}

#[test]
fn an_ens_that_breaks_a_rule_is_refused_in_its_words() {
    let inventory = begun();
    let with = |from: &str, to: &'static str| {
        ENS.map(|word| if word == from { to } else { word }).to_vec()
    };
    for (arguments, code, words) in [
        (with("0800180001", "800180001"), 1, "`800180001` has lost its leading zero"),
        (with("Q9900001J", "Q9900001X"), 1, "error[valid-identifier]"),
        (with("sct", "SCT"), 2, "lower-case letters a to z"),
        (with("sct", "../sct"), 2, "lower-case letters a to z"),
        (with("consuming", "other"), 2, "other"),
        (ENS[..3].to_vec(), 2, "missing: `--name NAME`, `--block BLOCK`, `--organ-code CODE` and"),
    ] {
        refused(&inventory, &arguments, code, words);
    }
    done(&inventory, &ENS);
    let other = with("Q9900001J", "Q9900002H");
    refused(&inventory, &other, 2, "`sct` is there already, with `nif` `Q9900001J`");
    refused(&inventory, &with("sct", "other"), 1, "error[unique-identity]");
}

#[test]
fn an_authorisation_grows_and_nothing_else_moves() {
    let inventory = begun();
    done(&inventory, &ENS);
    inventory.append("ens/sct.yaml", "# asked by phone too\n");
    let add = |more: &[&'static str]| {
        let start = ["add", "authorisation", "--ens", "sct", "--service", "AEAT_IRPF/C2"];
        [&start[..], more].concat()
    };
    done_once(&inventory, &add(&["--requested", "2026-09-01", "--evidence", "ST-1"]));
    done_once(&inventory, &add(&["--env", "pre", "--granted", "2026-09-20", "--evidence", "ST-2"]));
    done_once(&inventory, &add(&["--env", "pro", "--denied", "2026-09-22"]));
    let ens = text(&inventory, "ens/sct.yaml");
    let expected = "authorisations:\n  \
        - service: AEAT_IRPF/C2\n    \
          organ_code: \"0800180001\"\n    \
          pre: { requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-1 }, { ticket: ST-2 }] }\n    \
          pro: { requested: 2026-09-01, denied: 2026-09-22, evidence: [{ ticket: ST-1 }] }\n";
    assert!(ens.contains(expected), "{ens}");
    assert_eq!(ens.matches("# asked by phone too").count(), 1);
    refused(&inventory, &add(&["--granted", "2026-09-21"]), 2, "is recorded as 2026-09-20, not");
    refused(&inventory, &add(&["--organ-code", "5", "--requested"]), 2, "under the organ code");
    refused(&inventory, &add(&[]), 2, "missing: `--requested DATE`");
    refused(
        &inventory,
        &add(&["--ended", "2026-09-01", "--granted"]),
        2,
        "cannot go together with",
    );
    let early = ["--env", "pre", "--requested", "2026-09-02", "--granted", "2026-09-01"];
    let early =
        [&["add", "authorisation", "--ens", "sct", "--service", "AEAT_IRPF/C4"][..], &early];
    refused(&inventory, &early.concat(), 1, "dates-in-order");
    let unknown = ["add", "authorisation", "--ens", "sct", "--service", "AEAT_X/Y", "--requested"];
    refused(&inventory, &unknown, 1, "the policy has no service `AEAT_X/Y`");
    let nobody = ["add", "authorisation", "--ens", "nobody", "--service", "A/B", "--requested"];
    refused(&inventory, &nobody, 2, "there is no ens `nobody`");
}

#[test]
fn a_certificate_finds_its_ens_and_is_written_anew() {
    let (inventory, authority) = trusting();
    let seal = Seal::of("Q9900003F", "Consorci C").from("2026-11-02").issue(&authority);
    let crlf = seal.pem.replace('\n', "\r\n");
    let file = beside(&inventory, "seal.cer", crlf);
    let words = done_once(
        &inventory,
        &[
            "add",
            "certificate",
            "--pem",
            &file,
            "--ticket",
            "ST-22976",
            "--delivered",
            "2026-11-10",
        ],
    );
    assert!(words.contains("it supersedes `consorci-c/2026` of `consorci-c`"), "{words}");
    assert!(
        words.contains("still to load `consorci-c/2026`: `transicio-2026/30-consorci-c`"),
        "{words}"
    );
    assert!(words.contains("error[certificate-is-latest]"), "{words}");
    assert_eq!(text(&inventory, "certificates/consorci-c/2026-2.pem"), seal.pem);
    let add = |more: &[&'static str]| [&["add", "certificate", "--pem", &file][..], more].concat();
    refused(&inventory, &add(&["--ticket", "ST-9"]), 2, "with another ticket, day or key");
    refused(&inventory, &add(&["--key", "pkcs11:a"]), 2, "with another ticket, day or key");
    done(&inventory, &add(&["--ticket", "ST-22976"]));
    let digest = segell::base::digest::Sha256::of(&seal.der);
    assert_eq!(
        text(&inventory, "certificates/consorci-c/2026-2.yaml"),
        format!(
            "# yaml-language-server: $schema=../../../schemas/certificate.schema.json\n\
             sha256: \"{digest}\"\n\
             organ_codes: [\"9699969056\"]\n\
             key: \"pkcs11:token=via-oberta;object=consorci-c-2026-2\"\n\
             delivered: {{ ticket: ST-22976, date: 2026-11-10 }}\n"
        )
    );
}

#[test]
fn after_an_expired_certificate_comes_a_new_one() {
    let next = |last: &str| {
        let (inventory, authority) = trusting();
        let seal = Seal::of("Q9900003F", "Consorci C").valid("2023-11-01", last).issue(&authority);
        let file = beside(&inventory, "seal.pem", seal.pem);
        done(&inventory, &["add", "certificate", "--pem", &file, "--ticket", "ST-22976"])
    };
    let words = next("2026-11-22");
    assert!(words.contains("next: order a new one: this seal expired on 2026-11-22"), "{words}");
    let words = next("2026-11-23");
    assert!(words.contains("next: `segell add confirmation"), "{words}");
}

#[test]
fn a_certificate_in_der_with_a_label_and_a_key_of_its_own_comes_in() {
    let (inventory, authority) = trusting();
    inventory.delete(PLANNED);
    let seal = Seal::of("Q9900003F", "Consorci C").from("2026-10-01").issue(&authority);
    let file = beside(&inventory, "seal.der", &seal.der);
    let arguments = [
        "add",
        "certificate",
        "--pem",
        &file,
        "--ens",
        "consorci-c",
        "--holder",
        "other",
        "--label",
        "spare",
        "--key",
        "pkcs11:token=hsm;object=c",
    ];
    let words = done_once(&inventory, &arguments);
    assert!(words.contains("`consorci-c/2026` begins later"), "{words}");
    let record = text(&inventory, "certificates/other/spare.yaml");
    assert!(record.contains("key: \"pkcs11:token=hsm;object=c\"\n"), "{record}");
    let taken = Seal::of("Q9900003F", "Consorci C").issue(&authority);
    let file = beside(&inventory, "seal.der", &taken.der);
    let arguments = ["add", "certificate", "--pem", &file, "--holder", "other", "--label", "spare"];
    refused(&inventory, &arguments, 2, "`other/spare` is there already");
}

#[test]
fn what_is_no_certificate_of_the_ens_is_refused() {
    let (inventory, authority) = trusting();
    let seal = Seal::of("Q9900002H", "Institut B").key(KeyKind::P256).issue(&authority);
    let stranger = Seal::of("Q9900004D", "Ens D").issue(&authority);
    let key = segell::files::x509::to_pem(&seal.key).replace("CERTIFICATE", "PRIVATE KEY");
    let shared = Seal::of("S9900001J", "Generalitat").issue(&authority);
    let pkcs12 = [&b"\x30\x82\x04\x00\x02\x01\x03\x30\x82\x03\xf0\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"[..], &[0; 64]].concat();
    for (content, ens, code, words) in [
        (key.clone().into_bytes(), None, 1, "holds a private key in PEM"),
        ((seal.pem.clone() + &key).into_bytes(), None, 1, "holds a private key in PEM"),
        (seal.key.clone(), None, 1, "holds a PKCS#8 private key"),
        (pkcs12, None, 1, "holds a PKCS#12 container"),
        (b"hello\n".to_vec(), None, 2, "is no certificate"),
        ((seal.pem.clone() + "hello\n").into_bytes(), None, 2, "is no certificate"),
        (seal.der[..400].to_vec(), None, 2, "is no certificate"),
        (
            seal.pem.clone().into_bytes(),
            Some("agencia-a"),
            1,
            "is the seal of `Q9900002H`, not of `Q9900001J`",
        ),
        (stranger.pem.into_bytes(), None, 2, "no ens has a NIF of this certificate, `Q9900004D`"),
        (
            shared.pem.into_bytes(),
            None,
            2,
            "several ens have the NIF of this certificate: `dept-cultura`",
        ),
        (seal.pem.into_bytes(), Some("nobody"), 2, "there is no ens `nobody`"),
    ] {
        let file = beside(&inventory, "seal.pem", content);
        let mut arguments = vec!["add", "certificate", "--pem", &file];
        arguments.extend(ens.iter().flat_map(|ens| ["--ens", ens]));
        refused(&inventory, &arguments, code, words);
    }
    refused(&inventory, &["add", "certificate", "--pem", "/nowhere"], 2, "cannot read `/nowhere`");
    refused(&inventory, &["add", "certificate"], 2, "missing: `FILE`");
}

#[test]
fn departments_share_a_certificate() {
    let (inventory, authority) = trusting();
    let seal = Seal::of("S9900001J", "Generalitat").issue(&authority);
    let file = beside(&inventory, "seal.pem", &seal.pem);
    let add = |ens: &'static str| ["add", "certificate", "--pem", file.as_str(), "--ens", ens];
    done_once(&inventory, &[&add("dept-interior")[..], &["--holder", "generalitat"]].concat());
    done_once(&inventory, &add("dept-cultura"));
    let ticket = ["--ticket", "ST-8", "--delivered", "2026-11-20"];
    done_once(&inventory, &[&add("dept-cultura")[..], &ticket].concat());
    let record = text(&inventory, "certificates/generalitat/2026.yaml");
    assert!(record.contains("organ_codes: [\"9699969017\", \"9699969022\"]"), "{record}");
    assert!(record.ends_with("delivered: { ticket: ST-8, date: 2026-11-20 }\n"), "{record}");
}

#[test]
fn a_confirmation_quotes_the_certificate_and_keeps_the_document() {
    let inventory = begun();
    let authority = Authority::new("EC-Test");
    let seal = Seal::of("Q9900001J", "SCT").from("2026-09-25").issue(&authority);
    inventory.write("trust/test.pem", authority.pem());
    done(&inventory, &ENS);
    let pem = beside(&inventory, "seal.pem", &seal.pem);
    done(&inventory, &["add", "certificate", "--pem", &pem]);
    let document = beside(&inventory, "Resposta AEAT (PRE).txt", b"carregada\r\n");
    let add = |env: &'static str, evidence: &'static str, date: &'static str| {
        vec![
            "add",
            "confirmation",
            "--certificate",
            "sct/2026",
            "--env",
            env,
            "--evidence",
            evidence,
            "--date",
            date,
        ]
    };
    let csv = add("pre", "ABCD1234ABCD1234", "2026-10-05");
    refused(&inventory, &csv, 1, "no file and no ticket shows AEAT's confirmation for PRE");
    refused(&inventory, &add("pre", "ST-1", "2026-09-24"), 1, "dates-in-order");
    refused(&inventory, &add("pre", "nothing", "2026-10-05"), 2, "neither a ticket");
    let mut with_file = add("pre", "ST-1", "2026-10-05");
    with_file.extend(["--evidence", &document]);
    done_once(&inventory, &with_file);
    let words = done_once(&inventory, &add("pro", "ST-2", "2026-10-06"));
    assert!(words.contains("next: `segell schedule --calendar NAME --ens sct"), "{words}");
    let (serial, digest) = {
        let facts = segell::files::x509::Certificate::read(&seal.der).unwrap();
        (facts.serial, facts.sha256)
    };
    // Nothing of ours stands for what AEAT did not quote, and the rule says so.
    let record = text(&inventory, "certificates/sct/2026.yaml");
    assert!(
        record.ends_with("  pro: { date: 2026-10-06, evidence: [{ ticket: ST-2 }] }\n"),
        "{record}"
    );
    assert!(words.contains("nothing that AEAT quotes is recorded"), "{words}");
    for (env, evidence, date) in [("pre", "ST-1", "2026-10-05"), ("pro", "ST-2", "2026-10-06")] {
        let (serial, digest) = (serial.to_string(), digest.to_string());
        let quoted = ["--serial", &serial, "--sha256", &digest];
        done_once(&inventory, &[&add(env, evidence, date)[..], &quoted].concat());
    }
    let kept = segell::base::digest::Sha256::of(b"carregada\r\n");
    let record = text(&inventory, "certificates/sct/2026.yaml");
    let file = "evidence/aeat/sct-2026-pre/resposta-aeat-pre.txt";
    let expected = format!(
        "confirmations:\n  \
         pre: {{ date: 2026-10-05, serial: \"{serial}\", sha256: \"{digest}\", evidence: [{{ ticket: ST-1 }}, {{ file: {file}, sha256: \"{kept}\" }}] }}\n  \
         pro: {{ date: 2026-10-06, serial: \"{serial}\", sha256: \"{digest}\", evidence: [{{ ticket: ST-2 }}] }}\n"
    );
    assert!(record.ends_with(&expected), "{record}\n{expected}");
    assert_eq!(fs::read(inventory.path(file)).unwrap(), b"carregada\r\n");
    refused(&inventory, &add("pro", "ST-2", "2026-10-07"), 2, "what is recorded is not rewritten");
    refused(&inventory, &add("pro", "ST-9", "2026-10-06"), 2, "what is recorded is not rewritten");
    done(&inventory, &["check", "--deny", "warnings"]);
}

#[test]
fn a_confirmation_of_another_certificate_is_refused() {
    let (inventory, authority) = trusting();
    let seal = Seal::of("Q9900003F", "Consorci C").from("2026-11-02").issue(&authority);
    let pem = beside(&inventory, "seal.pem", &seal.pem);
    done(&inventory, &["add", "certificate", "--pem", &pem]);
    let facts = segell::files::x509::Certificate::read(&seal.der).unwrap();
    let (serial, digest) = (facts.serial.to_string(), facts.sha256.to_string());
    let add = |env, more: &[&str]| {
        let id = ["add", "confirmation", "--certificate", "consorci-c/2026-2", "--env", env];
        let arguments = [&id[..], &["--date", "2026-11-10", "--evidence", "ST-1"], more].concat();
        arguments.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let other = segell::base::digest::Sha256::of(b"another").to_string();
    for (more, code, words) in [
        (
            ["--serial", "76 90"],
            1,
            "AEAT confirmed the serial `76 90`; that of `consorci-c/2026-2` is",
        ),
        (["--sha256", &other], 1, "AEAT confirmed another certificate than `consorci-c/2026-2`"),
        (["--sha256", "76:90"], 2, "a SHA-256 has 64 hexadecimal digits"),
    ] {
        let arguments = add("pre", &more);
        refused(&inventory, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), code, words);
    }
    // As AEAT wrote it: that alone is on record.
    let bare = serial.replace(' ', "").to_lowercase();
    let capitals = digest.to_uppercase();
    for arguments in [add("pre", &["--serial", &bare]), add("pro", &["--sha256", &capitals])] {
        done_once(&inventory, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let record = text(&inventory, "certificates/consorci-c/2026-2.yaml");
    let expected = format!(
        "  pre: {{ date: 2026-11-10, serial: \"{bare}\", evidence: [{{ ticket: ST-1 }}] }}\n  \
         pro: {{ date: 2026-11-10, sha256: \"{digest}\", evidence: [{{ ticket: ST-1 }}] }}\n"
    );
    assert!(record.ends_with(&expected), "{record}\n{expected}");
}

#[test]
fn a_query_is_asked_once_and_answered_once() {
    let inventory = Inventory::shipped();
    let query = [
        "add",
        "query",
        "--ens",
        "agencia-a",
        "--by",
        "siad",
        "--to",
        "dgtj",
        "--to",
        "aeat",
        "--question",
        "Loaded: yes or no?",
        "--asked",
        "2026-11-02",
    ];
    done_once(&inventory, &query);
    let answer = [
        "answer",
        "query",
        "--ens",
        "agencia-a",
        "--answer",
        "yes",
        "--date",
        "2026-11-05",
        "--evidence",
        "ST-5",
    ];
    done_once(&inventory, &answer);
    let ens = text(&inventory, "ens/agencia-a.yaml");
    let expected = "queries:\n  \
        - asked: 2026-11-02\n    by: siad\n    to: [dgtj, aeat]\n    \
        question: \"Loaded: yes or no?\"\n    answered: 2026-11-05\n    answer: \"yes\"\n    \
        evidence: [{ ticket: ST-5 }]\n";
    assert!(ens.ends_with(expected), "{ens}");
    let other = ["answer", "query", "--ens", "agencia-a", "--answer", "no", "--evidence", "ST-5"];
    refused(&inventory, &other, 2, "no query about `agencia-a` is open");
    for (day, question) in [("2026-11-09", "One?"), ("2026-11-10", "Two?")] {
        done(
            &inventory,
            &[
                "add",
                "query",
                "--ens",
                "agencia-a",
                "--by",
                "aoc",
                "--to",
                "siad",
                "--question",
                question,
                "--asked",
                day,
            ],
        );
    }
    refused(&inventory, &other, 2, "several queries about `agencia-a` are open");
    done_once(&inventory, &[&other[..], &["--asked", "2026-11-10"]].concat());
    let early = [&other[..], &["--date", "2026-11-01"]].concat();
    refused(&inventory, &early, 1, "dates-in-order");
}

#[test]
fn what_ends_is_recorded_whatever_it_means() {
    let inventory = Inventory::shipped();
    let retire = ["retire", "--certificate", "agencia-a/2026", "--reason", "compromised"];
    let words = done_once(&inventory, &retire);
    assert!(words.contains("error[certificate-in-force]"), "{words}");
    let record = text(&inventory, "certificates/agencia-a/2026.yaml");
    assert!(record.ends_with("retired: { date: 2026-11-23, reason: compromised }\n"), "{record}");
    let other = ["retire", "--certificate", "agencia-a/2026", "--reason", "superseded"];
    refused(&inventory, &other, 2, "is retired already, from 2026-11-23 on");
    let cease = [
        "cease",
        "--ens",
        "consorci-c",
        "--date",
        "2027-01-01",
        "--successor",
        "institut-b",
        "--evidence",
        "ST-7",
    ];
    let words = done_once(&inventory, &cease);
    assert!(words.contains("error[not-ceased]"), "{words}");
    assert!(words.contains("next: `segell retire --certificate consorci-c/2026"), "{words}");
    let ens = text(&inventory, "ens/consorci-c.yaml");
    let expected =
        "ceased: { date: 2027-01-01, successor: institut-b, evidence: [{ ticket: ST-7 }] }\n";
    assert!(ens.ends_with(expected), "{ens}");
    for (arguments, words) in [
        (
            vec!["cease", "--ens", "consorci-c", "--date", "2027-01-02", "--evidence", "ST-7"],
            "has ceased already",
        ),
        (
            vec!["cease", "--ens", "agencia-a", "--successor", "nobody", "--evidence", "ST-7"],
            "there is no ens `nobody`",
        ),
        (
            vec!["cease", "--ens", "agencia-a", "--successor", "agencia-a", "--evidence", "ST-7"],
            "its own place",
        ),
        (vec!["cease", "--ens", "agencia-a"], "missing: `--evidence X`"),
        (
            vec!["retire", "--certificate", "a/b", "--reason", "ceased"],
            "there is no certificate `a/b`",
        ),
    ] {
        refused(&inventory, &arguments, 2, words);
    }
}

/// Nobody else is there to see the question, and the command ends.
#[test]
fn without_a_terminal_all_that_is_missing_is_told_at_once() {
    let inventory = Inventory::shipped();
    for (verb, flags) in [
        (vec!["add", "authorisation"], "`--ens ENS`, `--service SERVICE` and `--requested DATE`"),
        (
            vec!["add", "confirmation"],
            "`--certificate ID`, `--env ENV`, `--date DATE` and `--evidence X`",
        ),
        (vec!["add", "query"], "`--ens ENS`, `--by ACTOR`, `--to ACTOR` and `--question TEXT`"),
        (vec!["answer", "query"], "`--ens ENS`, `--answer TEXT` and `--evidence X`"),
        (vec!["retire"], "`--certificate ID` and `--reason REASON`"),
        (vec!["baseline"], "`--ens ENS` and `--certificate ID`"),
    ] {
        let (code, words) = ran(&inventory, &verb);
        assert_eq!((code, words), (2, format!("segell: missing: {flags}\n")));
    }
}
