//! `record check --request`, `inspect` and the rules about messages, on an inventory whose seals' keys the
//! tests have.

use std::fs;
use std::process::Output;

use crate::support::authority::{Authority, Custodian, Issued, KeyKind, Seal};
use crate::support::inventory::{FINISHED, IN_PRE, Inventory, TODAY};
use crate::support::message::{Request, SECRETS, Signs, answer, body, fault, sign};

const CODE: &str = "9699969043";
const SERVICE: &str = "AEAT_IRPF/C2";
const DAY: &str = "2026-11-12";

/// Institut B, loaded in PRE on 2026-11-10, with a seal whose key is at hand.
struct World {
    inventory: Inventory,
    authority: Authority,
    seal: Issued,
}

fn world() -> World {
    let inventory = Inventory::shipped();
    let authority = Authority::new("EC-Proves");
    let seal = Seal::of("Q9900002H", "Institut B");
    let seal = inventory.with_certificate("institut-b/2026", &[CODE], seal, &authority);
    World { inventory, authority, seal }
}

fn request() -> Request {
    Request::of(CODE, SERVICE, DAY)
}

impl World {
    fn put(&self, file: &str, message: &str) {
        fs::write(self.inventory.root().join(file), message).unwrap();
    }

    fn segell(&self, arguments: &[&str]) -> Output {
        let output = self.inventory.segell(arguments);
        silent(&output);
        output
    }

    /// Runs `record check` in PRE by AOC.
    fn record(&self, more: &[&str]) -> (i32, String) {
        let first = ["record", "check", "--env", "pre", "--by", "aoc", "--evidence", "ST-23210"];
        let all = [&first[..], &["--as-of", TODAY], more].concat();
        said(&self.segell(&all))
    }

    /// The same with a request and its answer.
    fn pair(&self, request: &str, answer: &str) -> (i32, String) {
        self.put("request.xml", request);
        self.put("answer.xml", answer);
        self.record(&["--request", "request.xml", "--answer", "answer.xml"])
    }

    #[track_caller]
    fn refuses(&self, request: &str, answer: &str, words: &str) {
        let before = fs::read(self.inventory.path(IN_PRE)).unwrap();
        let (code, said) = self.pair(request, answer);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(fs::read(self.inventory.path(IN_PRE)).unwrap(), before);
    }

    fn batch(&self) -> String {
        fs::read_to_string(self.inventory.path(IN_PRE)).unwrap()
    }
}

fn said(output: &Output) -> (i32, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// Nothing that names anybody in a message comes out.
#[track_caller]
fn silent(output: &Output) {
    let (_, text) = said(output);
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

fn works() -> String {
    answer(&request(), "0003", &["1000"])
}

#[test]
fn a_message_finds_its_load_and_fills_in_the_check() {
    let world = world();
    let signed = request().signed(&world.seal);
    let (code, said) = world.pair(&signed, &works());
    assert_eq!(code, 0, "{said}");
    let batch = world.batch();
    let digest = |bytes: &[u8]| segell::base::digest::Sha256::of(bytes);
    let message = format!(
        "services: [AEAT_IRPF/C2], evidence: [{{ ticket: ST-23210 }}], message: {{ request: AOC-9699969043-2026-11-12, sent: \"2026-11-12T12:00:00Z\", code: \"0003\", answer: \"1000\", service: AEAT_IRPF/C2, organ_code: \"9699969043\", signed_by: \"{}\", sha256: \"{}\" }}",
        digest(&world.seal.der),
        digest(signed.as_bytes())
    );
    assert!(batch.contains("- { date: 2026-11-12, by: [aoc], result: works, "), "{batch}");
    assert!(batch.contains(&message), "{batch}");
    assert!(said.contains("next: tell SIAD"), "{said}");
    // Again: it is there already.
    let (code, said) = world.pair(&signed, &works());
    assert_eq!((code, world.batch()), (0, batch), "{said}");
    assert!(said.contains("nothing changes"), "{said}");
    let findings = world.inventory.check_on(TODAY);
    assert!(!findings.iter().any(|line| line.contains("check-as-sent")), "{findings:?}");
}

#[test]
fn a_check_that_is_recorded_gets_its_message() {
    let world = world();
    let own = Request::of(CODE, SERVICE, "2026-11-11");
    let (code, said) = world.pair(&own.signed(&world.seal), &answer(&own, "0003", &["1000"]));
    assert_eq!(code, 0, "{said}");
    let batch = world.batch();
    assert_eq!(batch.matches("date: 2026-11-11, by: [aoc]").count(), 1, "{batch}");
    assert!(batch.contains("ticket: ST-23200 }], message: { request: "), "{batch}");
}

#[test]
fn what_is_not_this_load_s_is_refused_with_the_right_words() {
    let world = world();
    let old = Seal::of("Q9900002H", "Institut B").from("2025-01-15");
    let old = world.inventory.with_certificate("institut-b/2025", &[CODE], old, &world.authority);
    let other = Seal::of("Q9900001J", "Agència A");
    let code = "9699969038";
    let other =
        world.inventory.with_certificate("agencia-a/2026", &[code], other, &world.authority);
    let nobody = Seal::of("Q9900002H", "Institut B").issue(&world.authority);
    let signed = |request: &Request| request.signed(&world.seal);

    world.refuses(&request().signed(&old), &works(), "`institut-b` still signed with its other seal, `institut-b/2025`, not with `institut-b/2026`");
    world.refuses(
        &request().signed(&other),
        &works(),
        "another body's seal signed it, `agencia-a/2026`, not `institut-b/2026`",
    );
    world.refuses(
        &request().signed(&nobody),
        &works(),
        "another seal signed it, which no record knows",
    );
    world.put("request.xml", &signed(&Request::of(code, SERVICE, DAY)));
    let batch = ["--batch", "transicio-2026/20-institut-b", "--request", "request.xml"];
    let (exit, text) = world.record(&batch);
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("asks under another code, that of `agencia-a`"), "{text}");
    let nowhere = Request::of("9699969099", SERVICE, DAY);
    world.refuses(
        &signed(&nowhere),
        &answer(&nowhere, "0003", &["1000"]),
        "under another code, which is nobody's",
    );
    let early = Request::of(CODE, SERVICE, "2026-11-09");
    world.refuses(
        &signed(&early),
        &answer(&early, "0003", &["1000"]),
        "was sent on 2026-11-09, before the load of `institut-b` in PRE on 2026-11-10",
    );
    let altered = signed(&request()).replace("<pet:NumElementos>1", "<pet:NumElementos>2");
    world.refuses(&altered, &works(), "altered after it was signed");
    world.refuses(&request().unsigned(), &works(), "it is not signed, and proves nothing");
    let service = Request::of(CODE, "AEAT_IAE/AEATIAE", DAY);
    world.refuses(
        &signed(&service),
        &answer(&service, "0003", &["1000"]),
        "another service, `AEAT_IAE/AEATIAE`",
    );
    let unknown = Request::of(CODE, "Remei/Vallespir", DAY);
    world.refuses(
        &signed(&unknown),
        &answer(&unknown, "0003", &["1000"]),
        "another service, which neither",
    );
    let another = request().id("AOC-1");
    world.refuses(&signed(&request()), &answer(&another, "0003", &["1000"]), "their ids differ");
    let another = Request { modality: "C4".to_owned(), ..request() };
    world.refuses(
        &signed(&request()),
        &answer(&another, "0003", &["1000"]),
        "its answer is of another service",
    );
    world.refuses(
        &signed(&request()),
        &answer(&request(), "0001", &[]),
        "still waits for its answer",
    );
    world.refuses(
        &signed(&request()),
        &answer(&request(), "0003", &["1001"]),
        "does not tell whether it works",
    );
    world.put("request.xml", &signed(&request()));
    world.put("answer.xml", &works());
    let pair = ["--request", "request.xml", "--answer", "answer.xml"];
    for (more, words) in [
        (["--date", "2026-11-13"], "another day than 2026-11-13"),
        (["--result", "fails"], "`--result fails` says otherwise"),
        (
            ["--batch", "transicio-2026/10-agencia-a"],
            "of which `transicio-2026/10-agencia-a` has no load",
        ),
        (["--ens", "agencia-a"], "there is no load that is meant"),
    ] {
        let (exit, text) = world.record(&[&pair[..], &more].concat());
        assert_eq!(exit, 1, "{text}");
        assert!(text.contains(words), "{text}");
    }
    let in_pro =
        ["record", "check", "--env", "pro", "--by", "aoc", "--evidence", "ST-1", "--as-of", TODAY];
    let (exit, text) = said(&world.segell(&[&in_pro[..], &pair].concat()));
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains("is not recorded as loaded in PRO"), "{text}");
}

#[test]
fn without_an_answer_somebody_says_what_came_of_it() {
    let world = world();
    world.put("request.xml", &request().signed(&world.seal));
    let (code, said) = world.record(&["--request", "request.xml"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("nothing shows what came of it"), "{said}");
    let (code, said) = world.record(&["--request", "request.xml", "--result", "works"]);
    assert_eq!(code, 0, "{said}");
    assert!(world.batch().contains("12:00:00Z\", service: AEAT_IRPF/C2"), "{}", world.batch());
}

#[test]
fn an_answer_that_came_later_is_added() {
    let world = world();
    let signed = request().signed(&world.seal);
    world.put("request.xml", &signed);
    let (code, said) = world.record(&["--request", "request.xml", "--result", "works"]);
    assert_eq!(code, 0, "{said}");
    let base = world.inventory.commit("2026-11-20T12:00:00Z");
    let (code, said) = world.pair(&signed, &works());
    assert_eq!(code, 0, "{said}");
    let batch = world.batch();
    assert_eq!(batch.matches("message:").count(), 1, "{batch}");
    assert!(batch.contains("code: \"0003\", answer: \"1000\""), "{batch}");
    let (findings, _) = world.inventory.check_against(&base, TODAY);
    assert!(!findings.iter().any(|line| line.contains("record-kept")), "{findings:?}");
    world.inventory.edit(IN_PRE, "answer: \"1000\"", "answer: \"1002\"");
    let second = world.inventory.commit("2026-11-21T12:00:00Z");
    world.inventory.edit(IN_PRE, "code: \"0003\", ", "").edit(IN_PRE, "answer: \"1002\", ", "");
    let (findings, _) = world.inventory.check_against(&second, TODAY);
    assert!(findings.iter().any(|line| line.contains("warning record-kept")), "{findings:?}");
}

#[test]
fn a_failure_and_a_fault_are_recorded_as_such() {
    let world = world();
    let cause =
        ["--cause", "Alias of another body", "--discussed-with", "siad", "--corrected", DAY];
    world.put("request.xml", &request().signed(&world.seal));
    world.put("answer.xml", &fault("Error en el procés d'autorització: Remei, no autenticats"));
    let pair = ["--request", "request.xml", "--answer", "answer.xml"];
    let (code, said) = world.record(&[&pair[..], &cause].concat());
    assert_eq!(code, 0, "{said}");
    assert!(world.batch().contains("result: fails"), "{}", world.batch());
    assert!(world.batch().contains("code: \"fault\""), "{}", world.batch());
}

#[test]
fn a_lost_zero_and_another_time_are_no_obstacle() {
    let world = world();
    let zero = "0801930008";
    world.inventory.edit("ens/institut-b.yaml", "nif: Q9900002H", "nif: Q9900002H # zero");
    let text = fs::read_to_string(world.inventory.path("ens/institut-b.yaml")).unwrap();
    world.inventory.write("ens/institut-b.yaml", text.replace(CODE, zero));
    let record =
        fs::read_to_string(world.inventory.path("certificates/institut-b/2026.yaml")).unwrap();
    world.inventory.write("certificates/institut-b/2026.yaml", record.replace(CODE, zero));
    let request = Request { signs_header: false, ..Request::of("801930008", SERVICE, DAY) };
    let (code, said) = world.pair(&request.signed(&world.seal), &answer(&request, "3", &["233"]));
    assert_eq!(code, 0, "{said}");
    let batch = world.batch();
    assert!(batch.contains("organ_code: \"0801930008\""), "{batch}");
    assert!(batch.contains("code: \"0003\", answer: \"0233\""), "{batch}");
    let output = world.segell(&["inspect", "request.xml", "--as-of", TODAY]);
    let (_, said) = self::said(&output);
    assert!(said.contains("the leading zero of `0801930008` was lost"), "{said}");
    assert!(said.contains("(says its body)"), "{said}");
}

#[test]
fn many_pairs_and_a_folder_are_all_or_nothing() {
    let world = world();
    let folder = world.inventory.root().join("messages");
    fs::create_dir(&folder).unwrap();
    let days = ["2026-11-12", "2026-11-13", "2026-11-16"];
    for (place, day) in days.iter().enumerate() {
        let request = Request::of(CODE, SERVICE, day);
        world.put(&format!("messages/r{place}.xml"), &request.signed(&world.seal));
        world.put(&format!("messages/a{place}.xml"), &answer(&request, "0003", &["1000"]));
    }
    world.put("messages/notes.txt", "nothing");
    let foreign = Request::of("9699969099", SERVICE, DAY);
    world.put("messages/z.xml", &foreign.signed(&world.seal));
    let (code, said) = world.record(&["--request", "messages"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("`messages/z.xml`: ") && !world.batch().contains("message:"), "{said}");
    fs::remove_file(folder.join("z.xml")).unwrap();
    world.put("messages/lonely.xml", &answer(&foreign, "0003", &["1000"]));
    let (code, said) = world.record(&["--request", "messages"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("`messages/lonely.xml` is an answer without its request"), "{said}");
    fs::remove_file(folder.join("lonely.xml")).unwrap();
    let (code, said) = world.record(&["--request", "messages"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(world.batch().matches("answer: \"1000\"").count(), 3);
    // By name, in order.
    let world = self::world();
    let mut more = Vec::new();
    for (place, day) in days.iter().enumerate() {
        let request = Request::of(CODE, SERVICE, day);
        world.put(&format!("r{place}.xml"), &request.signed(&world.seal));
        world.put(&format!("a{place}.xml"), &answer(&request, "0003", &["1000"]));
        more.extend(["--request".to_owned(), format!("r{place}.xml")]);
        more.extend(["--answer".to_owned(), format!("a{place}.xml")]);
    }
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let (code, said) = world.record(&more);
    assert_eq!(code, 0, "{said}");
    assert_eq!(world.batch().matches("answer: \"1000\"").count(), 3);
}

// The rules

/// What a check says with a message that a person wrote.
fn by_hand(change: impl Fn(&World, String) -> String) -> Vec<String> {
    let world = world();
    let (code, said) = world.pair(&request().signed(&world.seal), &works());
    assert_eq!(code, 0, "{said}");
    let before = world.inventory.check_on(TODAY);
    world.inventory.write(IN_PRE, change(&world, world.batch()));
    let mut news = world.inventory.check_on(TODAY);
    news.retain(|line| !before.contains(line));
    news
}

#[test]
fn a_check_says_what_its_message_says() {
    assert_eq!(by_hand(|_, text| text), [""; 0]);
    let changed = |from: &'static str, to: &'static str| {
        by_hand(move |_, text| {
            assert_eq!(text.matches(from).count(), 1, "{from}: {text}");
            text.replace(from, to)
        })
    };
    let is_told = |found: &[String]| {
        assert!(!found.is_empty());
        assert!(
            found.iter().all(|line| line.starts_with(
                "error check-as-sent calendars/transicio-2026/20-institut-b.yaml:13:"
            )),
            "{found:?}"
        );
    };
    is_told(&by_hand(|world, text| {
        let own = segell::base::digest::Sha256::of(&world.seal.der).to_string();
        text.replace(&own, &"ab".repeat(32))
    }));
    is_told(&changed("organ_code: \"9699969043\"", "organ_code: \"9699969038\""));
    is_told(&changed("service: AEAT_IRPF/C2", "service: AEAT_IAE/AEATIAE"));
    is_told(&changed("2026-11-12T12:00:00Z", "2026-11-13T12:00:00Z"));
    is_told(&changed("2026-11-12T12:00:00Z", "2026-11-09T12:00:00Z"));
    is_told(&changed("code: \"0003\"", "code: \"0502\""));
    is_told(&changed("code: \"0003\"", "code: \"0001\""));
    // An answer that does not tell leaves it to whoever asked; the day turns at midnight in Madrid.
    assert_eq!(changed("answer: \"1000\"", "answer: \"1001\""), [""; 0]);
    assert_eq!(changed("2026-11-12T12:00:00Z", "2026-11-11T23:00:00Z"), [""; 0]);
    is_told(&changed("2026-11-12T12:00:00Z", "2026-11-11T22:59:59Z"));
}

#[test]
fn a_message_proves_one_check() {
    let twice = by_hand(|_, text| {
        let line = text.lines().find(|line| line.contains("message:")).unwrap().to_owned();
        text.replace(&line, &format!("{line}\n{line}"))
    });
    let found: Vec<&String> =
        twice.iter().filter(|line| line.contains("unique-identity")).collect();
    assert_eq!(found.len(), 1, "{twice:?}");
    assert!(
        found[0]
            .starts_with("error unique-identity calendars/transicio-2026/20-institut-b.yaml:14:")
    );
    // Another load's check, and the departments'.
    let elsewhere = by_hand(|world, text| {
        let line = text.lines().find(|line| line.contains("message:")).unwrap();
        let message = &line[line.find("message:").unwrap()..];
        let other = fs::read_to_string(world.inventory.path(FINISHED)).unwrap();
        let other = other.replace(
            "evidence: [{ ticket: ST-23151 }] }",
            &format!("evidence: [{{ ticket: ST-23151 }}], {message}"),
        );
        world.inventory.write(FINISHED, other);
        text.clone()
    });
    assert_eq!(elsewhere.len(), 1, "{elsewhere:?}");
    assert!(elsewhere[0].contains("unique-identity"), "{elsewhere:?}");
}

#[test]
fn from_a_day_on_working_checks_are_proved() {
    let found = |from: &str, text: fn(String) -> String| {
        let world = world();
        let (code, said) = world.pair(&request().signed(&world.seal), &works());
        assert_eq!(code, 0, "{said}");
        world.inventory.append("policy.yaml", &format!("checks: {{ message_from: {from} }}\n"));
        world.inventory.write(IN_PRE, text(world.batch()));
        let mut found = world.inventory.check_on(TODAY);
        found.retain(|line| line.contains("check-proved"));
        found
    };
    // The check of the 11th has none, that of the 12th has.
    let same = |text| text;
    assert_eq!(found("2026-11-12", same), [""; 0]);
    assert_eq!(
        found("2026-11-11", same),
        ["error check-proved calendars/transicio-2026/20-institut-b.yaml:12:13"]
    );
    let without_answer = |text: String| text.replace("code: \"0003\", answer: \"1000\", ", "");
    assert_eq!(
        found("2026-11-12", without_answer),
        ["error check-proved calendars/transicio-2026/20-institut-b.yaml:13:13"]
    );
    let by_pica = |text: String| {
        without_answer_of(&text).replace("2026-11-12, by: [aoc]", "2026-11-12, by: [pica]")
    };
    assert_eq!(found("2026-11-12", by_pica), [""; 0]);
}

#[test]
fn today_offers_the_proof() {
    let world = world();
    world.inventory.append("policy.yaml", "checks: { message_from: 2026-11-11 }\n");
    let (_, said) = said(&world.segell(&["today", "--as-of", TODAY]));
    assert!(said.contains("prove the check in PRE with its message: `institut-b`"), "{said}");
    let command = "segell record check --batch transicio-2026/20-institut-b --env pre --by aoc --request FILE --answer FILE --evidence TICKET";
    assert!(said.contains(command), "{said}");
}

#[test]
fn standard_input_may_be_a_message() {
    let world = world();
    let signed = request().signed(&world.seal);
    world.put("request.xml", &signed);
    let of_file = world.segell(&["inspect", "request.xml", "--as-of", TODAY]);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_segell"))
        .env("LC_ALL", "C")
        .args(["inspect", "-", "--as-of", TODAY])
        .current_dir(world.inventory.root())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), signed.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, of_file.stdout);
}

/// A message that is given as evidence is refused, and so is one that is broken.
#[test]
fn a_message_is_no_evidence() {
    let world = world();
    let signed = request().signed(&world.seal);
    let wide: Vec<u8> = signed.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [signed.as_bytes(), &signed.as_bytes()[..signed.len() / 2], &wide] {
        fs::write(world.inventory.root().join("message.xml"), bytes).unwrap();
        let first = ["record", "check", "--env", "pre", "--by", "aoc", "--result", "works"];
        let more = ["--batch", "transicio-2026/20-institut-b", "--evidence", "message.xml"];
        let (code, said) = said(&world.segell(&[&first[..], &more].concat()));
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("names people, and is never evidence"), "{said}");
    }
}

fn without_answer_of(text: &str) -> String {
    text.replace("code: \"0003\", answer: \"1000\", ", "")
}

// Inspect

fn inspected(world: &World, files: &[&str]) -> serde_json::Value {
    let all = [&["inspect"], files, &["--as-of", TODAY, "--format", "json"]].concat();
    let output = world.segell(&all);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn inspect_says_whose_seal_it_is_and_whether_it_should_sign() {
    let world = world();
    world.put("request.xml", &request().signed(&world.seal));
    let seen = inspected(&world, &["request.xml"]);
    assert_eq!(seen["schema"], "segell.message/v1");
    assert_eq!(seen["signature"], "verified");
    assert_eq!(seen["signed_by"]["certificate"], "institut-b/2026");
    assert_eq!(seen["signed_by"]["ens"], serde_json::json!(["institut-b"]));
    assert_eq!(seen["signed_by"]["loaded"], serde_json::json!(["pre"]));
    assert_eq!(seen["should_sign"][0]["is_it"], true);
    assert_eq!(seen["should_sign"][1]["is_it"], false);
    assert_eq!(seen["ens"], "institut-b");
    // The schema knows all of it.
    let schema =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/message.schema.json"));
    let schema: serde_json::Value = serde_json::from_str(&schema.unwrap()).unwrap();
    assert!(jsonschema::is_valid(&schema, &seen), "{seen}");
    let unknown = Seal::of("Q9900002H", "Institut B").custodian(PERSON).issue(&world.authority);
    world.put("other.xml", &request().signed(&unknown));
    world.put("answer.xml", &works());
    world.put("fault.xml", &fault("Error en el procés d'autorització: Remei, no autenticats"));
    let all = inspected(
        &world,
        &["other.xml", "answer.xml", "fault.xml", "inventory/certificates/institut-b/2026.pem"],
    );
    assert_eq!(all.as_array().unwrap().len(), 4);
    assert!(all[0]["signed_by"]["certificate"].is_null());
    assert_eq!(all[0]["signed_by"]["nif"], "Q9900002H");
    assert_eq!(all[1]["shows"], "works");
    assert_eq!(all[2]["kind"], "fault");
    assert_eq!(all[2]["error"]["actor"], "aoc");
    assert_eq!(all[3]["schema"], "segell.inspection/v1");
    (0..3).for_each(|place| assert!(jsonschema::is_valid(&schema, &all[place]), "{}", all[place]));
    let output =
        world.segell(&["inspect", "other.xml", "answer.xml", "fault.xml", "--as-of", TODAY]);
    let (_, said) = said(&output);
    for words in [
        "in PRE it is not the seal that should sign: `institut-b/2026` is loaded under that code",
        "in PRO it is not the seal that should sign: `generalitat/2025` is loaded under that code",
        "no record knows the seal that signed",
        "what it says: the seal that signed is not the one that is loaded under that code",
    ] {
        assert!(said.contains(words), "{words}:\n{said}");
    }
}

#[test]
fn of_several_files_what_can_be_read_is_shown() {
    let world = world();
    world.put("request.xml", &request().signed(&world.seal));
    world.put("broken.xml", "<Remei>");
    let output = world.segell(&["inspect", "broken.xml", "request.xml", "nowhere.xml"]);
    let (code, said) = said(&output);
    assert_eq!(code, 2);
    assert!(
        said.contains("institut-b/2026") && said.contains("`broken.xml` is no message"),
        "{said}"
    );
    assert!(said.contains("cannot read `nowhere.xml`"), "{said}");
}

// Nobody is named

const PERSON: Custodian = Custodian {
    nif: "00000014Z",
    given_name: "Remei",
    surname: "Puigdomenech",
    email: "remei@example.org",
};

/// Whatever is wrong with a message, and whichever verb it is given to: nothing of it comes out, and
/// nothing of it lies anywhere afterwards.
#[test]
fn no_verb_shows_or_keeps_what_a_message_says() {
    let world = world();
    let person =
        Seal::of("00000014Z", "Remei Puigdomenech").common_name("Vallespir").custodian(PERSON);
    let person = person.issue(&world.authority);
    let named = Request { id: "beca de Remei Puigdomenech".to_owned(), ..request() };
    let odd = Request {
        product: "Remei".to_owned(),
        code: "Puigdomenech".to_owned(),
        time: "Vallespir".to_owned(),
        created: "carrer".to_owned(),
        ..request()
    };
    let honest = named.signed(&world.seal);
    let elements = honest
        .replace("pet:NumElementos", "pet:Remei")
        .replace("<pet:Solicitudes>", "<!-- Remei --><pet:Solicitudes Vallespir='carrer'>");
    let messages = [
        honest.clone(),
        elements,
        named.signed(&person),
        odd.signed(&world.seal),
        named.unsigned(),
        honest.replace("</pet:NombreCompleto>", "</Remei>"),
        honest[..honest.len() / 2].to_owned(),
        format!("Remei {honest}"),
        fault("Remei Puigdomenech, 00000014Z, té el certificat del carrer caducat"),
        answer(&odd, "Remei", &["Vallespir"]),
        honest.replace("UTF-8", "Remei"),
        honest.replace("<?xml", "<!DOCTYPE Remei [<!ENTITY x 'Puigdomenech'>]><?xml"),
    ];
    let verbs: [&[&str]; 12] = [
        &["inspect", "message.xml"],
        &["inspect", "message.xml", "--format", "json"],
        &["inspect", "message.xml", "message.xml"],
        &[
            "record",
            "check",
            "--env",
            "pre",
            "--by",
            "aoc",
            "--evidence",
            "ST-1",
            "--result",
            "works",
            "--request",
            "message.xml",
        ],
        &[
            "record",
            "check",
            "--env",
            "pre",
            "--by",
            "aoc",
            "--evidence",
            "ST-1",
            "--request",
            "message.xml",
            "--answer",
            "message.xml",
        ],
        &[
            "record",
            "check",
            "--env",
            "pre",
            "--by",
            "aoc",
            "--evidence",
            "message.xml",
            "--result",
            "works",
            "--batch",
            "transicio-2026/20-institut-b",
        ],
        &["import", "message.xml"],
        &[
            "add",
            "certificate",
            "--ens",
            "institut-b",
            "--label",
            "2027",
            "--pem",
            "message.xml",
            "--ticket",
            "ST-1",
        ],
        &[
            "record",
            "check",
            "--env",
            "pre",
            "--by",
            "aoc",
            "--evidence",
            "ST-1",
            "--result",
            "works",
            "--request",
            "folder",
        ],
        &["check", "--as-of", TODAY],
        &["manifest", "verify", "message.xml", "--env", "pre"],
        &["baseline", "message.xml"],
    ];
    for message in &messages {
        world.put("message.xml", message);
        let folder = world.inventory.root().join("folder");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("m.xml"), message).unwrap();
        for verb in verbs {
            world.segell(verb);
        }
        for language in ["ca", "es"] {
            world.segell(&["--lang", language, "inspect", "message.xml"]);
        }
        fs::remove_dir_all(&folder).unwrap();
        fs::remove_file(world.inventory.root().join("message.xml")).unwrap();
        nothing_kept(world.inventory.root());
    }
}

/// No file below a folder holds anything that names anybody.
fn nothing_kept(folder: &std::path::Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nothing_kept(&path);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in SECRETS {
            assert!(!text.contains(secret), "{}", path.display());
        }
    }
}

/// What a signature of RSA covers, the time unsigned, and a message larger than a request may be.
#[test]
fn a_request_that_is_too_large_is_refused() {
    let world = world();
    let signed = sign(&body(&request().payload()), "", Signs::Body, &world.seal, KeyKind::P256);
    let padded = signed
        .replace("</soapenv:Header>\n", &format!("</soapenv:Header>{}\n", " ".repeat(2_000_000)));
    world.put("request.xml", &padded);
    let (code, said) = world.record(&["--request", "request.xml", "--result", "works"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("larger than 2 MB"), "{said}");
}
