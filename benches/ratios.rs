//! What each command costs beside another that does the unavoidable part of it, as docs/performance.md
//! has it: the two in turn, medians of five, time of the processor (user and system) and, where it is
//! asked for, the peak of memory.
//!
//! `cargo bench --bench ratios`, of some groups alone `… -- drift`; with `SEGELL_BENCH_LARGE=1` also 100,000 bodies; with
//! `SEGELL_BENCH_PROGRAM=FILE` another build is measured, with `SEGELL_BENCH_BEFORE=FILE` some commands
//! are beside the same ones of another build. It needs `git` and `python3`. What is generated stays in the system's
//! folder for temporary files, as `segell-bench-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;
#[path = "../tests/support/promoted.rs"]
mod promoted;
#[path = "../tests/support/stocked.rs"]
mod stocked;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use authority::KeyKind;
use promoted::World;

/// The rounds of which the middle one counts.
const ROUNDS: usize = 5;

fn main() {
    let groups: [(&str, fn()); 4] =
        [("check", check), ("record", record), ("gate", gate), ("drift", drift)];
    // cargo adds an option of its own.
    let named: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let is_asked = |name: &str| named.is_empty() || named.iter().any(|it| it == name);
    groups.iter().filter(|(name, _)| is_asked(name)).for_each(|(_, group)| group());
}

/// Checks, and what begins with one.
fn check() {
    let (rsa, p384) = (checkout(KeyKind::Rsa2048, 1_000), checkout(KeyKind::P384, 1_000));
    let many = checkout(KeyKind::Rsa2048, 10_000);
    let check = many.segell("check");
    processor(
        "check, 1,000 ens, P-384 CA / RSA-2048 CA",
        &p384.segell("check"),
        &rsa.segell("check"),
    );
    processor("check --base HEAD~1 / check", &many.segell("check --base HEAD~1"), &check);
    let unplanned = unplanned();
    for (edit, of) in [(RELEASE, &many), (RECORD, &many), (SCHEDULE, &unplanned)] {
        let verb = edit.split(" --").next().unwrap_or(edit);
        processor(&format!("{verb} / check"), &of.segell(edit), &of.segell("check"));
    }
    let write = unplanned.segell("propose --write");
    processor("propose --write / propose", &write, &unplanned.segell("propose"));
    if std::env::var_os("SEGELL_BENCH_LARGE").is_some() {
        let huge = checkout(KeyKind::Rsa2048, 100_000);
        let spent = huge.segell("check --format json").measured();
        println!("check --format json, 100,000 ens: {:.0} MiB at most", spent.peak);
    }
    if let Some(before) = std::env::var_os("SEGELL_BENCH_BEFORE") {
        for run in [&p384.segell("check"), &check, &many.segell("check --base HEAD~1"), &write] {
            let older = Run { program: before.clone().into(), ..run.clone() };
            processor(&format!("{} / before", run.words.join(" ")), run, &older);
        }
    }
}

/// What people do most: of the batch that is in PRE, and of a body that waits.
const RELEASE: &str = "release --batch calendar-000/70-batch --stage pro";
const RECORD: &str = "record check --batch calendar-000/70-batch --env pre --ens ens-000600 --by aoc --result works --date 2026-11-23 --evidence ST-1";
const SCHEDULE: &str =
    "schedule --calendar urgent --ens ens-000700 --pre 2026-12-01 --pro 2026-12-10";

/// The approval record, and what rests on it.
fn record() {
    let world = World::of(1_000, 16);
    let log = "log --verify --env pre";
    let [one, many] = [1, 16].map(|threads| threaded(&world.folder, log, threads));
    processor("log --verify, 16 promotions, 16 threads / 1 thread", &many, &one);
    memory("log --verify, 16 promotions, 16 threads / 1 thread", &many, &one);
    let world = World::of(10_000, 1);
    let manifest = std::env::temp_dir().join("segell-bench-manifest");
    let out = format!("manifest --env pre --out {}", manifest.display());
    let (write, verify) = (
        Run::of(&world.folder, &out),
        Run::of(&world.folder, &format!("manifest verify {} --env pre", manifest.display())),
    );
    // What is verified is there.
    write.measured();
    processor("manifest verify --env pre / manifest --env pre", &verify, &write);
}

fn threaded(folder: &Path, words: &str, threads: usize) -> Run {
    let set = ("RAYON_NUM_THREADS", threads.to_string());
    Run { set: Some(set), ..Run::of(folder, words) }
}

fn gate() {
    let world = World::of(10_000, 1);
    let (root, tip) = world.ends(&world.git());
    world.run(&["update-ref", "refs/heads/env/pre", &root.to_string()]);
    let gate = Run::of(&world.folder, &format!("gate --env pre --head {tip}"));
    processor("gate / check --rev main", &gate, &Run::of(&world.folder, "check --rev main"));
    world.run(&["update-ref", "refs/heads/env/pre", &tip.to_string()]);
}

/// What a host holds beside a manifest's folder, and beside the commit that it comes from.
fn drift() {
    let folder = stocked::made();
    if !folder.join(".git").exists() {
        commit(&folder);
    }
    let check = Run::of(&folder, "check");
    let desired = ["--manifest manifest", "--rev main"];
    for (desired, store) in desired.iter().flat_map(|desired| STORES.map(|store| (desired, store)))
    {
        let what = format!("drift --env pro {desired} {store}");
        let run = Run { may_find: true, ..Run::of(&folder, &what) };
        processor(&format!("{what} / check"), &run, &check);
        memory(&format!("{what} / check"), &run, &check);
    }
}

const STORES: [&str; 3] = ["manifest/certificates", "store.p12", "store.jks"];

/// A working tree of two commits, the second of which renames a body.
struct Checkout(PathBuf);

impl Checkout {
    fn segell(&self, words: &str) -> Run {
        Run { resets: true, ..Run::of(&self.0, words) }
    }
}

fn checkout(key: KeyKind, count: usize) -> Checkout {
    let folder = std::env::temp_dir().join(format!("segell-bench-checkout-{key:?}-{count}"));
    if !folder.exists() {
        large::write_signed_by(key, count, &folder).expect("the inventory is written");
        commit(&folder);
        let ens = folder.join("inventory/ens/ens-000000.yaml");
        let text = fs::read_to_string(&ens).expect("a body");
        fs::write(&ens, text.replacen("name: Body", "name: Another", 1)).expect("written");
        commit(&folder);
    }
    Checkout(folder)
}

/// The same, without the batches that are still to be loaded: 7,000 bodies wait.
fn unplanned() -> Checkout {
    let folder = std::env::temp_dir().join("segell-bench-checkout-unplanned");
    if !folder.exists() {
        large::write(10_000, &folder).expect("the inventory is written");
        let calendars = fs::read_dir(folder.join("inventory/calendars")).expect("calendars");
        let batches =
            calendars.flat_map(|it| fs::read_dir(it.expect("a calendar").path()).unwrap());
        for batch in batches.map(|batch| batch.expect("a batch").path()) {
            if fs::read_to_string(&batch).expect("a batch").contains("stage: planned") {
                fs::remove_file(&batch).expect("it goes");
            }
        }
        commit(&folder);
    }
    Checkout(folder)
}

fn commit(folder: &Path) {
    git(folder, &["init", "-q", "-b", "main"]);
    git(folder, &["add", "inventory"]);
    git(
        folder,
        &["-c", "user.name=O", "-c", "user.email=o@example.org", "commit", "-q", "-m", "It"],
    );
    git(folder, &["repack", "-adq"]);
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git").current_dir(folder).args(arguments).status();
    assert!(status.expect("git is there").success(), "git {arguments:?}");
}

/// One run of segell.
#[derive(Clone)]
struct Run {
    program: PathBuf,
    folder: PathBuf,
    words: Vec<String>,
    set: Option<(&'static str, String)>,
    /// Whether the working tree is made as it was before.
    resets: bool,
    /// Whether it may end with 1, which says that something was found.
    may_find: bool,
}

/// What a run took.
struct Spent {
    seconds: f64,
    /// In MiB.
    peak: f64,
}

impl Run {
    fn of(folder: &Path, words: &str) -> Run {
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        words.push(format!("--as-of={}", large::TODAY));
        let other = std::env::var_os("SEGELL_BENCH_PROGRAM");
        let program = other.map_or_else(|| env!("CARGO_BIN_EXE_segell").into(), PathBuf::from);
        Run { program, folder: folder.to_owned(), words, set: None, resets: false, may_find: false }
    }

    fn measured(&self) -> Spent {
        if self.resets {
            git(&self.folder, &["checkout", "-q", "--", "inventory"]);
            git(&self.folder, &["clean", "-fdq"]);
        }
        let mut command = Command::new("python3");
        command.args(["-c", MEASURE]).arg(&self.program).args(&self.words);
        let out = command.current_dir(&self.folder).envs(self.set.clone()).output();
        let out = String::from_utf8(out.expect("python3 is there").stdout).expect("numbers");
        let numbers: Vec<f64> = out.split_whitespace().filter_map(|it| it.parse().ok()).collect();
        let [status, seconds, peak] = numbers[..] else { panic!("{out}") };
        let is_good = status == 0.0 || (self.may_find && status == 1.0);
        assert!(is_good, "{:?} ended with {status}", self.words);
        Spent { seconds, peak }
    }
}

/// Runs a command without input and output, and prints how it ended, the seconds of processor that it
/// took and the most MiB that it had; Linux counts KiB, macOS bytes. The standard library tells neither.
const MEASURE: &str = "
import os, sys
null = os.open(os.devnull, os.O_RDWR)
to = [(os.POSIX_SPAWN_DUP2, null, number) for number in range(3)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=to)
_, status, usage = os.wait4(child, 0)
unit = 1 << 20 if sys.platform == 'darwin' else 1 << 10
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)
";

/// Prints how many times the processor's time of `other` a run takes.
fn processor(what: &str, run: &Run, other: &Run) {
    let [one, other] = medians(run, other, |spent| spent.seconds);
    println!("{what}: {:.2} ({one:.3} s / {other:.3} s)", one / other);
}

/// Prints how many times the memory of `other` a run takes.
fn memory(what: &str, run: &Run, other: &Run) {
    let [one, other] = medians(run, other, |spent| spent.peak);
    println!("{what}, memory: {:.2} ({one:.0} MiB / {other:.0} MiB)", one / other);
}

fn medians(run: &Run, other: &Run, of: fn(&Spent) -> f64) -> [f64; 2] {
    let mut spent = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (run, spent) in [run, other].into_iter().zip(&mut spent) {
            spent.push(of(&run.measured()));
        }
    }
    spent.map(|mut spent| {
        spent.sort_by(f64::total_cmp);
        spent[ROUNDS / 2]
    })
}
