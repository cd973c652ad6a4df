//! Whatever lies in an inventory, the answer is clear: never a panic, a hang, or silence.

use std::fs;
use std::process::Command;

use crate::support::inventory::{Inventory, TODAY};

/// All that segell finds in the shipped inventory with one more file.
#[track_caller]
fn added(file: &str, content: impl AsRef<[u8]>, expected: &str) {
    let inventory = Inventory::shipped();
    inventory.write(file, content);
    assert_eq!(inventory.news(), [format!("error {expected}")]);
}

#[test]
fn bytes_that_are_no_text() {
    added("ens/x.yaml", b"name: \xff\xfe\n", "well-formed ens/x.yaml:1:7");
    added("ens/x.yaml", b"\xff\xfen\0a\0", "well-formed ens/x.yaml:1:1");
}

#[test]
fn nul_bytes_and_byte_order_marks() {
    let inventory = Inventory::shipped();
    inventory.write("waivers/x.yaml", "rule: a\0b\n");
    assert!(
        inventory
            .news()
            .iter()
            .any(|line| line.contains("no-hidden-characters waivers/x.yaml:1:8"))
    );
    inventory.write("waivers/x.yaml", "\u{feff}rule: working-day\nsubject: x\n");
    assert!(
        inventory
            .news()
            .iter()
            .any(|line| line.contains("no-hidden-characters waivers/x.yaml:1:1"))
    );
}

#[test]
fn deep_nesting_is_refused_at_its_depth() {
    for (unit, place) in [("[", "1:33"), ("{a: ", "1:129")] {
        let expected = format!("well-formed waivers/x.yaml:{place}");
        added("waivers/x.yaml", unit.repeat(20_000), &expected);
    }
}

#[test]
fn an_alias_bomb_is_refused_as_aliases_are() {
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        bomb.push_str(&format!("a{level}: &a{level} [*a{below}, *a{below}]\n"));
    }
    let inventory = Inventory::shipped();
    inventory.write("waivers/x.yaml", bomb);
    assert!(
        inventory.news().iter().any(|line| line.starts_with("error well-formed waivers/x.yaml:1:"))
    );
}

#[test]
fn a_file_full_of_problems_is_told_up_to_a_bound() {
    let fields: String = (0..60_000).map(|n| format!("k{n}: yes\n")).collect();
    let inventory = Inventory::shipped();
    inventory.write("waivers/x.yaml", fields);
    let told = inventory.news().len();
    assert!((1000..=1002).contains(&told), "{told}");
}

#[test]
fn a_file_beyond_its_limit_is_not_read() {
    let inventory = Inventory::shipped();
    let file = fs::File::create(inventory.path("evidence/large.pdf")).unwrap();
    file.set_len(1 << 30).unwrap();
    assert_eq!(inventory.news(), ["error expected-file evidence/large.pdf:1:1"]);
    let file = fs::File::create(inventory.path("ens/x.yaml")).unwrap();
    file.set_len((1 << 20) + 1).unwrap();
    assert_eq!(inventory.news().len(), 2);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_odd_names() {
    use std::os::unix::ffi::OsStrExt;
    let inventory = Inventory::shipped();
    std::os::unix::fs::symlink("/etc/passwd", inventory.path("ens/link.yaml")).unwrap();
    std::os::unix::fs::symlink("/", inventory.path("evidence/root")).unwrap();
    let pipe = inventory.path("ens/pipe.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let odd = inventory.path("ens").join(std::ffi::OsStr::from_bytes(b"od\xffd.yaml"));
    fs::write(odd, "x").unwrap();
    assert_eq!(
        inventory.news(),
        [
            "error expected-file ens/link.yaml:1:1",
            "error expected-file ens/od\u{fffd}d.yaml:1:1",
            "error expected-file ens/pipe.yaml:1:1",
            "error expected-file evidence/root:1:1",
        ]
    );
}

#[cfg(unix)]
#[test]
fn an_executable_file_is_no_plain_one() {
    use std::os::unix::fs::PermissionsExt;
    let inventory = Inventory::shipped();
    let path = inventory.path("ens/consorci-c.yaml");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(inventory.news(), ["error expected-file ens/consorci-c.yaml:1:1"]);
}

#[test]
fn what_git_ignores_is_skipped_and_what_it_tracks_is_not() {
    let inventory = Inventory::shipped();
    inventory.write("notes.txt", "x");
    assert_eq!(inventory.news(), ["error expected-file notes.txt:1:1"]);
    fs::write(inventory.root().join(".gitignore"), "*.txt\n*.yaml\n").unwrap();
    assert_eq!(inventory.news(), ["error expected-file notes.txt:1:1"]);
    inventory.commit("2026-11-20T12:00:00Z");
    inventory.write("more.txt", "x");
    assert_eq!(inventory.news(), ["error expected-file notes.txt:1:1"]);
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let inventory = Inventory::shipped();
    inventory.write("notes.txt", "x");
    let commit = inventory.commit("2026-11-20T12:00:00Z");
    inventory.delete("notes.txt").delete("policy.yaml");
    let arguments = ["check", "--rev", &commit, "--as-of", TODAY, "--format", "github"];
    let output = inventory.segell(&arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("::error")).collect();
    assert_eq!(errors.len(), 1, "{text}");
    assert!(errors[0].contains("inventory/notes.txt"));
}

#[test]
fn what_cannot_be_run_says_why() {
    let inventory = Inventory::shipped();
    let cases: [(&[&str], &str); 5] = [
        (&["check", "--rev", "main"], "is in no git repository"),
        (&["check", "--rule", "no-such-rule"], "there is no rule `no-such-rule`"),
        (&["check", "--root", "no-such-folder"], "no `inventory/` in `no-such-folder`"),
        (&["check", "--as-of", "2026-02-30"], "a date is `YYYY-MM-DD`"),
        (&["inspect", "inventory/policy.yaml"], "is no certificate"),
    ];
    for (arguments, reason) in cases {
        let output = inventory.segell(arguments);
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words}");
        assert!(words.contains(reason), "{arguments:?}: {words}");
    }
    inventory.commit("2026-11-20T12:00:00Z");
    let output = inventory.segell(&["check", "--rev", "no-such-branch"]);
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words.contains("no commit `no-such-branch` in this repository"), "{words}");
}

#[test]
fn who_stops_reading_has_seen_enough() {
    let inventory = Inventory::shipped();
    let seal = "inventory/certificates/agencia-a/2026.pem";
    let verbs: [&[&str]; 11] = [
        &["check"],
        &["rules"],
        &["explain", "certificate-is-latest"],
        &["status"],
        &["today"],
        &["calendar"],
        &["forecast"],
        &["propose"],
        &["inspect", seal],
        &["completions", "bash"],
        &[
            "hold",
            "--batch",
            "transicio-2026/30-consorci-c",
            "--by",
            "aoc",
            "--reason",
            "Later",
            "--evidence",
            "ST-1",
        ],
    ];
    for verb in verbs {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut segell = Command::new(env!("CARGO_BIN_EXE_segell"));
        segell.args(["--lang", "en"]).args(verb).current_dir(inventory.root()).stdout(writer);
        let output = segell.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*told), (Some(0), ""), "{verb:?}");
    }
}
