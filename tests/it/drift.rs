//! `segell drift`: what a host holds beside what git says, in every state.

use std::process::Output;

use crate::support::authority::Seal;
use crate::support::host::{Host, TODAY, file, known_seals};
use crate::support::inventory::IN_PRE;
use crate::support::keepers::{Keeper, Kept, row, write_table};
use crate::support::tools::{Bench, PASSWORD};
use crate::support::world::World;

/// What is held in PRO: three ens under two seals.
const HELD: [&str; 2] = ["generalitat/2025", "agencia-a/2026"];
const ALL: [&str; 3] = ["generalitat/2025", "agencia-a/2026", "institut-b/2026"];

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn states(lines: &[&str], code: i32) -> (Vec<String>, i32) {
    (lines.iter().map(|line| (*line).to_owned()).collect(), code)
}

#[test]
fn all_is_as_git_says() {
    let host = Host::new();
    let folder = host.folder(&HELD);
    assert_eq!(host.states(&[&folder]), states(&[], 0));
    let output = host.drift(&[&folder]);
    let screen = String::from_utf8(output.stdout).unwrap();
    assert!(screen.contains("PRO on 2026-11-27"), "{screen}");
    assert!(screen.contains("as desired: 4"), "{screen}");
    assert!(screen.ends_with("as git says\n"), "{screen}");
    assert!(screen.lines().count() < 10, "{screen}");
}

#[test]
fn of_a_seal_in_many_places_the_first_are_shown() {
    let host = Host::new();
    let folder = host.folder(&HELD);
    for number in 0..100 {
        let copy = format!("folder/copy-{number:02}.pem");
        host.bench.write(&copy, &host.seals["consorci-c/2026"].pem);
    }
    let said = text(&host.drift(&[&folder]));
    assert!(said.contains("copy-02.pem, … and 97 more\n") && !said.contains("copy-03"), "{said}");
}

#[test]
fn stores_hold_together() {
    let host = Host::new();
    let one = host.folder(&["generalitat/2025"]);
    let other = host.bench.write("other/a.pem", &host.seals["agencia-a/2026"].pem);
    let other = other.parent().unwrap().to_str().unwrap();
    assert_eq!(host.states(&[&one, other]), states(&[], 0));
}

#[test]
fn a_load_is_due_until_its_day_has_passed() {
    let host = Host::new();
    host.ask_for_institut_b();
    let folder = host.folder(&HELD);
    let due = states(&["due institut-b institut-b/2026"], 0);
    assert_eq!(host.states_on("2026-11-27", &[&folder]), due);
    assert_eq!(host.states_on("2026-12-01", &[&folder]), due);
    let missing = states(&["missing institut-b institut-b/2026"], 1);
    assert_eq!(host.states_on("2026-12-02", &[&folder]), missing);
}

/// What is to be replaced is no longer there, and the new one is not there yet.
#[test]
fn a_load_whose_predecessor_is_gone_is_missing() {
    let host = Host::new();
    host.inventory.edit(
        "baseline.yaml",
        "{ ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }",
        "{ ens: institut-b, certificate: consorci-c/2026, in: [pre, pro] }",
    );
    host.ask_for_institut_b();
    let folder = host.folder(&HELD);
    assert_eq!(host.states(&[&folder]), states(&["missing institut-b institut-b/2026"], 1));
    let said = text(&host.drift(&[&folder]));
    assert!(said.contains("nor is what it replaces: `consorci-c/2026`"), "{said}");
}

#[test]
fn what_was_loaded_is_recorded_by_one_command() {
    let host = Host::new();
    host.ask_for_institut_b();
    let folder = host.folder(&ALL);
    assert_eq!(host.states(&[&folder]), states(&["unrecorded institut-b institut-b/2026"], 1));
    let said = text(&host.drift(&[&folder]));
    let command = "segell record loaded --batch transicio-2026/20-institut-b --env pro --all";
    assert!(said.contains(command), "{said}");
    // Once `main` records it, git knows; only the promotion lags behind.
    host.inventory.append(IN_PRE, "    pro: { loaded: 2026-11-27 }\n");
    host.move_to(&["main"]);
    assert_eq!(host.states(&[&folder]), states(&[], 0));
    assert!(
        text(&host.drift(&[&folder])).contains("`main` records it as loaded: `institut-b`")
            || text(&host.drift(&[&folder])).contains("`main` records it as loaded")
    );
}

/// A seal whose record only `main` has.
#[test]
fn what_only_main_knows_is_early_too() {
    let host = Host::new();
    let seal = Seal::of("Q9900001J", "Agència A").from("2026-11-25");
    let issued = host.inventory.with_certificate(
        "agencia-a/2027",
        &["9699969038"],
        seal,
        &host.bench.authority,
    );
    host.move_to(&["main"]);
    let folder = host.folder(&HELD);
    host.bench.write("folder/new.pem", &issued.pem);
    assert_eq!(host.states(&[&folder]), states(&["early agencia-a agencia-a/2027"], 1));
}

/// What a load that is there has replaced has to go; what it has not yet replaced may stay, and what
/// another ens holds stays in any case.
#[test]
fn what_a_load_replaces_is_stale_once_it_is_there() {
    let host = Host::new();
    host.inventory.edit(
        "baseline.yaml",
        "{ ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }",
        "{ ens: institut-b, certificate: consorci-c/2026, in: [pre, pro] }",
    );
    host.ask_for_institut_b();
    let before = host.folder(&[&HELD[..], &["consorci-c/2026"]].concat());
    assert_eq!(host.states(&[&before]), states(&["due institut-b institut-b/2026"], 0));
    assert_eq!(
        host.states_on("2026-12-05", &[&before]),
        states(&["missing institut-b institut-b/2026"], 1)
    );
    let after = host.folder(&[&ALL[..], &["consorci-c/2026"]].concat());
    let found = ["stale institut-b consorci-c/2026", "unrecorded institut-b institut-b/2026"];
    assert_eq!(host.states(&[&after]), states(&found, 1));
}

#[test]
fn a_seal_that_no_record_knows_is_unknown_and_other_certificates_are_counted() {
    let host = Host::new();
    let folder = host.folder(&HELD);
    let stranger = Seal::of("Q9900002H", "Institut B").issue(&host.bench.authority);
    let other = Seal::of("Q0801175A", "Somebody else").issue(&host.bench.authority);
    host.bench.write("folder/stranger.pem", &stranger.pem);
    host.bench.write("folder/other.pem", &other.pem);
    host.bench.write("folder/ca.pem", host.bench.authority.pem());
    assert_eq!(host.states(&[&folder]), states(&["unknown institut-b ?"], 1));
    let said = text(&host.drift(&[&folder, "--all"]));
    assert!(said.contains("NIF `Q9900002H`") && said.contains("2 other entries"), "{said}");
    assert!(said.contains("other.pem: ") && said.contains("EC-Proves"), "{said}");
}

// Taken out and brought back

#[test]
fn what_is_to_be_removed_is_due_then_stale_then_to_be_recorded() {
    let host = Host::new();
    host.agencia_a_ceases("2026-11-27");
    host.release();
    let folder = host.folder(&HELD);
    assert_eq!(
        host.states_on("2026-11-26", &[&folder]),
        states(&["due agencia-a agencia-a/2026"], 0)
    );
    assert_eq!(
        host.states_on("2026-11-27", &[&folder]),
        states(&["due agencia-a agencia-a/2026"], 0)
    );
    assert_eq!(
        host.states_on("2026-11-28", &[&folder]),
        states(&["stale agencia-a agencia-a/2026"], 1)
    );
    let without = host.folder(&["generalitat/2025"]);
    assert_eq!(
        host.states_on("2026-11-26", &[&without]),
        states(&["missing agencia-a agencia-a/2026"], 1)
    );
    assert_eq!(host.states_on("2026-11-27", &[&without]), states(&[], 0));
    let said = text(&host.drift_on("2026-11-27", &[&without]));
    assert!(said.contains("segell record removed --ens agencia-a --env pro"), "{said}");
}

#[test]
fn what_is_withdrawn_is_due_then_stale_and_what_came_back_is_recorded() {
    let host = Host::new();
    host.agencia_a_is_withdrawn("2026-11-26");
    host.release();
    let folder = host.folder(&HELD);
    assert_eq!(
        host.states_on("2026-11-26", &[&folder]),
        states(&["due agencia-a agencia-a/2026"], 0)
    );
    assert_eq!(
        host.states_on("2026-11-27", &[&folder]),
        states(&["stale agencia-a agencia-a/2026"], 1)
    );
    let back = host.folder(&["generalitat/2025"]);
    assert_eq!(host.states(&[&back]), states(&[], 0));
    let said = text(&host.drift(&[&back]));
    assert!(
        said.contains(
            "segell record restored --batch transicio-2026/10-agencia-a --env pro --ens agencia-a"
        ),
        "{said}"
    );
}

// A host without git

/// Writes the manifest of PRO beside the host.
fn manifest(host: &Host) -> String {
    let out = host.path("to-load");
    let output =
        host.inventory.segell(&["manifest", "--env", "pro", "--rev", "env/pro", "--out", &out]);
    assert!(output.status.success(), "{}", text(&output));
    out
}

#[test]
fn a_manifests_folder_is_enough() {
    let host = Host::new();
    host.ask_for_institut_b();
    let manifest = manifest(&host);
    let with = |more: &str| host.states(&["--manifest", &manifest, more]);
    assert_eq!(with(&host.folder(&HELD)), states(&["due institut-b institut-b/2026"], 0));
    assert_eq!(with(&host.folder(&ALL)), states(&["unrecorded institut-b institut-b/2026"], 1));
    // Its NIF is no longer named by anything.
    let folder = host.folder(&[&HELD[..], &["consorci-c/2026"]].concat());
    assert_eq!(with(&folder), states(&["due institut-b institut-b/2026"], 0));
    let stranger = Seal::of("Q9900002H", "Institut B").issue(&host.bench.authority);
    host.bench.write("folder/consorci-c-2026.pem", &stranger.pem);
    let found = ["unknown institut-b ?", "due institut-b institut-b/2026"];
    assert_eq!(with(&host.path("folder")), states(&found, 1));
    let output = host.run(&["--env", "pre", "--manifest", &manifest, &host.path("folder")], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("the manifest is that of PRO"), "{}", text(&output));
}

#[test]
fn what_a_manifest_replaces_or_removes_is_stale() {
    let host = Host::new();
    host.inventory.edit(
        "baseline.yaml",
        "{ ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }",
        "{ ens: institut-b, certificate: consorci-c/2026, in: [pre, pro] }",
    );
    host.agencia_a_ceases("2026-11-20");
    host.ask_for_institut_b();
    let manifest = manifest(&host);
    let folder = host.folder(&[&ALL[..], &["consorci-c/2026"]].concat());
    let found = [
        "stale agencia-a agencia-a/2026",
        "stale institut-b consorci-c/2026",
        "unrecorded institut-b institut-b/2026",
    ];
    assert_eq!(host.states(&["--manifest", &manifest, &folder]), states(&found, 1));
}

#[test]
fn a_folder_that_is_not_whole_is_refused() {
    let host = Host::new();
    let manifest = manifest(&host);
    let folder = host.folder(&HELD);
    let path = host.bench.path("to-load/manifest.yaml");
    let text_of = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text_of.replace("agencia-a", "agencia-b")).unwrap();
    let output = host.drift(&["--manifest", &manifest, &folder]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("is not whole"), "{}", text(&output));
    let output = host.drift(&["--manifest", &folder, &folder]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("holds no manifest"), "{}", text(&output));
}

// What cannot be read

#[test]
fn of_a_store_that_cannot_be_read_nothing_is_said_to_be_missing() {
    let host = Host::new();
    let folder = host.folder(&["generalitat/2025"]);
    for (bytes, words) in [
        (&b""[..], "the file is empty"),
        (b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01", "cut off"),
        (b"\x30\x82\x10\x00\x02\x01\x03\x30", "cut off"),
        (b"-----BEGIN CERTIFICATE-----\n", "name the folder that holds it"),
        (b"codi_ens,valor,assumpte\n", "siri:FILE.csv"),
        (b"hello", "no PKCS#12"),
        (b"SQLite format 3\0", "pk12util"),
    ] {
        let broken = host.bench.write("broken", bytes);
        let broken = broken.to_str().unwrap();
        assert_eq!(host.states(&[&folder, broken]), states(&[], 2), "{words}");
        let said = text(&host.drift(&[&folder, broken]));
        assert!(said.contains(words) && said.contains("could not be read whole"), "{said}");
        assert!(said.contains("nothing is said of what could not be found: `agencia-a`"), "{said}");
    }
    assert!(host.states(&["pkcs11:token=x?pin-value=1"]).1 == 2);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_told_and_never_waited_for() {
    let host = Host::new();
    let folder = host.folder(&HELD);
    host.bench
        .run("mkfifo pipe && ln -s one other && ln -s other one && mkdir sub && ln -s .. sub/up");
    let _socket = std::os::unix::net::UnixListener::bind(host.path("socket")).unwrap();
    for (name, words) in [
        ("pipe", "it is no plain file"),
        ("socket", "it is no plain file"),
        ("one", "symbolic links"),
        ("gone", "there is no such file or folder"),
    ] {
        for store in [host.path(name), format!("siri:{}", host.path(name))] {
            let output = host.drift(&[&folder, &store]);
            let said = text(&output);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(words), "{store}: {said}");
            assert!(said.ends_with("not all stores could be read\n"), "{said}");
        }
    }
    let said = text(&host.drift(&[&format!("siri:{folder}")]));
    assert!(said.contains("it is no plain file"), "{said}");
    // A folder in circles ends: links to folders are not followed.
    assert_eq!(host.states(&[&folder, &host.path("sub")]), states(&[], 0));
}

// The front's table

const CODES: [(&str, &str); 4] = [
    ("9699969017", "generalitat/2025"),
    ("9699969022", "generalitat/2025"),
    ("9699969038", "agencia-a/2026"),
    ("9699969043", "generalitat/2025"),
];

fn good_rows(host: &Host) -> Vec<String> {
    CODES.iter().map(|(code, id)| row(host, code, id)).collect()
}

#[test]
fn the_fronts_table_is_compared_by_code_serial_and_subject() {
    let host = Host::new();
    assert_eq!(host.states(&[&write_table(&host, &good_rows(&host))]), states(&[], 0));
    let mut rows = good_rows(&host);
    rows[2] = row(&host, "9699969038", "institut-b/2026");
    let (lines, code) = host.states(&[&write_table(&host, &rows)]);
    assert_eq!(
        (lines, code),
        states(&["missing agencia-a agencia-a/2026", "misplaced agencia-a institut-b/2026"], 1)
    );
    rows[2] = row(&host, "9699969038", "agencia-a/2026").replace("Ens agencia", "Ens agencies");
    assert_eq!(
        host.states(&[&write_table(&host, &rows)]),
        states(&["misplaced agencia-a agencia-a/2026"], 1)
    );
    rows[2] = row(&host, "9699969038", "agencia-a/2026").replace("SERIALNUMBER", "SN");
    assert_eq!(host.states(&[&write_table(&host, &rows)]), states(&[], 0));
    let said = text(&host.drift(&[&write_table(&host, &rows)]));
    assert!(said.contains("cannot be told from how it is written: `agencia-a`"), "{said}");
    rows.remove(2);
    assert_eq!(
        host.states(&[&write_table(&host, &rows)]),
        states(&["missing agencia-a agencia-a/2026"], 1)
    );
}

#[test]
fn two_rows_under_one_code_are_ambiguous_and_strangers_unknown() {
    let host = Host::new();
    let mut rows = good_rows(&host);
    rows.push(row(&host, "9699969038", "institut-b/2026"));
    let (lines, _) = host.states(&[&write_table(&host, &rows)]);
    assert_eq!(
        lines,
        ["misplaced agencia-a institut-b/2026", "ambiguous agencia-a agencia-a/2026"]
    );
    let mut rows = good_rows(&host);
    rows.push("9699969056;AB12;CN=x".to_owned());
    rows.push("1234567;AB12;CN=x".to_owned());
    assert_eq!(host.states(&[&write_table(&host, &rows)]), states(&["unknown consorci-c ?"], 1));
    let mut rows = good_rows(&host);
    rows.push(row(&host, "1234567", "agencia-a/2026"));
    assert_eq!(
        host.states(&[&write_table(&host, &rows)]),
        states(&["misplaced ? agencia-a/2026"], 1)
    );
}

/// Certificates and table are two sides: a seal has to be on both.
#[test]
fn a_seal_has_to_be_on_both_sides() {
    let host = Host::new();
    let mut rows = good_rows(&host);
    let folder = host.folder(&HELD);
    assert_eq!(host.states(&[&folder, &write_table(&host, &rows)]), states(&[], 0));
    rows.remove(2);
    assert_eq!(
        host.states(&[&folder, &write_table(&host, &rows)]),
        states(&["missing agencia-a agencia-a/2026"], 1)
    );
    let said = text(&host.drift(&[&folder, &write_table(&host, &rows)]));
    assert!(said.contains("not under its code in the front's table"), "{said}");
}

#[test]
fn codes_that_lost_their_zero_are_found() {
    let host = Host::new();
    host.inventory.edit_first(
        "ens/agencia-a.yaml",
        "organ_code: \"9699969038\"",
        "organ_code: \"0801930008\"",
    );
    host.release();
    let mut rows = good_rows(&host);
    for code in ["0801930008", "801930008"] {
        rows[2] = row(&host, code, "agencia-a/2026");
        assert_eq!(host.states(&[&write_table(&host, &rows)]), states(&[], 0), "{code}");
    }
}

// Key stores, made by the tools themselves

/// A store of Java's with what is held in PRO.
fn pkcs12(host: &Host) -> String {
    let kept = |seal, name| Kept { seal, name, has_key: true, codes: &[] };
    let kept = [kept("generalitat/2025", "generalitat"), kept("agencia-a/2026", "agencia")];
    Keeper::Keytool("PKCS12").keep(host, &kept).remove(0)
}

/// Two pairs under one nickname, as NSS writes them, and as Java and Python read differently.
#[test]
fn which_of_two_seals_under_one_name_is_read_is_told() {
    let Some(mut host) = Keeper::Nss.host() else { return };
    let renewed = Seal::of("Q9900001J", "Ens agencia-a/2026 à, \"X\"").from("2025-06-01");
    host.issue("agencia-a/2025", renewed);
    let kept = ["agencia-a/2026", "agencia-a/2025"].map(|seal| Kept {
        seal,
        name: "sct",
        has_key: true,
        codes: &[],
    });
    let stores = Keeper::Nss.keep(&host, &kept);
    let said = text(&host.drift(&[&stores[0]]));
    assert!(said.contains("2 certificates have the name `sct`"), "{said}");
    assert!(said.contains("Java keeps the last, others take the first"), "{said}");
}

/// Records say `alias:…` instead of a token.
fn by_alias(host: &Host, id: &str, alias: &str) {
    let object = format!("key: \"pkcs11:token=via-oberta;object={}\"", file(id));
    host.inventory.edit(
        &format!("certificates/{id}.yaml"),
        &object,
        &format!("key: \"alias:{alias}\""),
    );
    host.release();
}

#[test]
fn an_alias_that_selects_none_or_another_is_no_key() {
    let Some(host) = Keeper::Keytool("PKCS12").host() else { return };
    let store = pkcs12(&host);
    by_alias(&host, "agencia-a/2026", "agencia-2026");
    assert_eq!(host.states(&[&store]), states(&["no-key agencia-a agencia-a/2026"], 1));
    assert!(text(&host.drift(&[&store])).contains("selects none there"));
    host.inventory.edit(
        "certificates/agencia-a/2026.yaml",
        "alias:agencia-2026",
        "alias:generalitat",
    );
    host.release();
    assert_eq!(host.states(&[&store]), states(&["no-key agencia-a agencia-a/2026"], 1));
    assert!(text(&host.drift(&[&store])).contains("selects another seal's"));
}

// Passwords

#[test]
fn passwords_come_from_a_file_or_the_variable_and_are_never_shown() {
    let Some(host) = Keeper::Keytool("PKCS12").host() else { return };
    let store = pkcs12(&host);
    let folder = host.folder(&HELD);
    let run = |lines: &str, variable: &str| {
        let file = host.bench.write("passwords", lines);
        let file = file.to_str().unwrap();
        let options = ["--env", "pro", "--as-of", TODAY, "--password-file", file, &folder, &store];
        host.run(&options, &[("SEGELL_STORE_PASSWORD", variable)])
    };
    for lines in [
        format!("{PASSWORD}\n"),
        format!("\r\n{PASSWORD}\r\n"),
        format!("\n{PASSWORD}"),
        format!("\u{feff}{PASSWORD}\n"),
    ] {
        let output = run(&lines, "other");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
    let output = run("secret-wrong-1\n", PASSWORD);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output);
    assert!(said.contains("the password is another") && !said.contains("secret-wrong"), "{said}");
    let output = run("a\nb\nc\n", PASSWORD);
    assert!(text(&output).contains("lines: 3; stores: 2, with a password: 1"), "{}", text(&output));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"\xff");
        let mut command = host.command(&["--env", "pro", &store]);
        let output = command.env("SEGELL_STORE_PASSWORD", odd).output().unwrap();
        assert!(
            text(&output).contains("`SEGELL_STORE_PASSWORD` is not UTF-8"),
            "{}",
            text(&output)
        );
    }
    // Without one nothing is guessed.
    let mut command = host.command(&["--env", "pro", "--as-of", TODAY, &store]);
    let output = command.env_remove("SEGELL_STORE_PASSWORD").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("--password-file FILE"), "{}", text(&output));
}

// For programs

#[test]
fn metrics_and_tables_say_the_same() {
    let host = Host::new();
    let folder = host.folder(&["generalitat/2025"]);
    let metrics =
        String::from_utf8(host.drift(&[&folder, "--format", "openmetrics"]).stdout).unwrap();
    assert!(
        metrics
            .contains("segell_drift{ens=\"agencia-a\",environment=\"pro\",state=\"missing\"} 1\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains("segell_drift{ens=\"institut-b\",environment=\"pro\",state=\"held\"} 1\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains(
            "segell_seal_not_after_seconds{ens=\"institut-b\",environment=\"pro\",sha256=\""
        ),
        "{metrics}"
    );
    assert!(metrics.ends_with("# EOF\n"));
    let csv = String::from_utf8(host.drift(&[&folder, "--format", "csv"]).stdout).unwrap();
    assert_eq!(csv.lines().count(), 5, "{csv}");
    let markdown =
        String::from_utf8(host.drift(&[&folder, "--format", "markdown"]).stdout).unwrap();
    assert!(markdown.contains("| missing | agencia-a |"), "{markdown}");
    assert!(!markdown.contains("| dept-cultura |"), "{markdown}");
}

// From a release to the record

/// The walk of whoever loads, in Catalan, on real stores: verify, load, drift, record.
#[test]
fn a_load_is_verified_seen_and_recorded() {
    let Some(bench) = Bench::with(&["openssl"]) else { return };
    let world = World::with(|inventory| {
        known_seals(inventory, &bench);
    });
    *world.locale.write().unwrap() = "ca_ES.UTF-8";
    world.edit(IN_PRE, "stage: pre", "stage: pro");
    world.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-25");
    world.merge("release Institut B to PRO");
    world.promoted("pro");
    world.git(&world.clone_of("olga"), &["fetch", "-q", "origin"]).ok();
    world.on("2026-11-25");
    let out = world.path("to-load");
    let out = out.to_str().unwrap();
    world.segell("olga", &["manifest", "--env", "pro", "--out", out]).ok();
    let proved = world.segell("olga", &["manifest", "verify", out, "--env", "pro"]).ok();
    assert!(proved.contains("és el manifest de PRO"), "{proved}");

    let store = |id: &str| {
        let name = file(id);
        bench.run(&format!("openssl pkcs12 -export -in {name}.pem -inkey {name}.key -name {name} -out {name}.p12 -passout env:P"));
        bench.path(&format!("{name}.p12")).to_str().unwrap().to_owned()
    };
    let mut stores = HELD.map(store).to_vec();
    let drift = |stores: &[String], more: &[&str]| {
        let stores = stores.iter().map(String::as_str);
        let arguments: Vec<&str> = ["drift", "--env", "pro"].into_iter().chain(stores).collect();
        let arguments = [&arguments[..], more].concat();
        world.segell_with(
            &world.clone_of("olga"),
            &arguments,
            &[("SEGELL_STORE_PASSWORD", PASSWORD)],
        )
    };
    let before = drift(&stores, &[]);
    assert_eq!(before.code, 0, "{}{}", before.out, before.err);
    assert!(before.out.contains("encara per fer, dins de termini: 1"), "{}", before.out);
    assert_eq!(drift(&stores, &["--manifest", out]).code, 0);

    stores.push(store("institut-b/2026"));
    let after = drift(&stores, &[]);
    assert_eq!(after.code, 1, "{}{}", after.out, after.err);
    assert!(after.out.contains("carregat i no registrat: 1"), "{}", after.out);
    let command = after.out.lines().find_map(|line| line.split_once("segell record loaded "));
    let (_, command) = command.unwrap_or_else(|| panic!("{}", after.out));
    let record: Vec<&str> = ["record", "loaded"].into_iter().chain(command.split(' ')).collect();
    world.segell("olga", &record).ok();
    world.merge("loaded in PRO");
    let recorded = drift(&stores, &[]);
    assert_eq!(recorded.code, 0, "{}{}", recorded.out, recorded.err);
    assert!(recorded.out.contains("`main` el té registrat com a carregat"), "{}", recorded.out);
    world.promoted("pro");
    world.git(&world.clone_of("olga"), &["fetch", "-q", "origin"]).ok();
    let done = drift(&stores, &[]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(
        done.out.contains("com diu git") && !done.out.contains("registrat com"),
        "{}",
        done.out
    );
}

/// Java's own four forms of subjects with accents, commas, quotes, blanks, and strings of every kind.
#[test]
fn subjects_are_told_as_java_itself_writes_them() {
    use segell::files::stores::siri::subject::{Likeness, compare};
    use segell::files::x509::Certificate;

    let Some(bench) = Bench::with(&["java", "javac"]) else { return };
    bench.write(
        "Forms.java",
        r#"import java.io.FileInputStream;
import java.security.cert.*;
public class Forms {
    public static void main(String[] files) throws Exception {
        var out = new java.io.PrintStream(System.out, true, "UTF-8");
        for (String file : files) {
            var factory = CertificateFactory.getInstance("X.509");
            var it = (X509Certificate) factory.generateCertificate(new FileInputStream(file));
            var subject = it.getSubjectX500Principal();
            out.println(subject.toString());
            for (String form : new String[] {"RFC1779", "RFC2253", "CANONICAL"}) out.println(subject.getName(form));
        }
    }
}
"#,
    );
    let bmp = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let values: [(u8, Vec<u8>); 8] = [
        (0x0c, "Agència A".into()),
        (0x0c, "Consorci, \"X\" + Y; Z = #1".into()),
        (0x0c, "\"a,b\"".into()),
        (0x0c, " two  blanks ".into()),
        (0x13, b"Plain".into()),
        (0x14, b"Ag\xe8ncia T".into()),
        (0x1e, bmp("Agència")),
        (0x0c, "#begins <so> \\ ".into()),
    ];
    let mut names = Vec::new();
    for (place, (tag, value)) in values.iter().cloned().enumerate() {
        let seal = Seal::of("Q0801175A", "x").tweak(move |parts| {
            parts.subject[1].1 = tag;
            parts.subject[1].2 = value;
        });
        bench.keep(&format!("s{place}"), seal.issue(&bench.authority));
        names.push(format!("s{place}.pem"));
    }
    let said = bench.run(&format!("java Forms.java {}", names.join(" ")));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4 * values.len(), "{said}");
    let facts: Vec<Certificate> = (0..values.len())
        .map(|place| std::fs::read(bench.path(&format!("s{place}.der"))).unwrap())
        .map(|der| Certificate::read(&der).unwrap())
        .collect();
    for (place, forms) in lines.chunks(4).enumerate() {
        for (form, written) in forms.iter().enumerate() {
            let likeness = compare(written, &facts[place].subject);
            // The canonical form has lost case; RFC 2253 breaks what is neither UTF-8 nor ASCII.
            let may_be_lost = form == 3 || (form == 2 && (5..=6).contains(&place));
            assert_ne!(likeness, Likeness::Different, "{written}");
            assert!(may_be_lost || likeness == Likeness::Same, "{place} {form}: {written}");
            let others = facts.iter().enumerate().filter(|(other, _)| *other != place);
            for (_, facts) in others {
                let other = compare(written, &facts.subject);
                let alike = may_be_lost && other == Likeness::Untold;
                assert!(other == Likeness::Different || alike, "{place} as another: {written}");
            }
        }
    }
}
