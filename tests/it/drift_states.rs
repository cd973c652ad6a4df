//! Each state of a seal in each kind of store, made by the tools that people keep seals with. What cannot
//! be, the table says with the reason.

use std::collections::HashSet;

use segell::base::word::Word;
use segell::planning::drift::State;

use crate::support::authority::{KeyKind, Seal};
use crate::support::host::{Host, TODAY, file};
use crate::support::keepers::{Keeper, Kept};

/// What git says, what is kept, and what is then told.
struct Scenario {
    name: &'static str,
    /// Changes the inventory, in which nothing is due.
    given: fn(&Host),
    day: &'static str,
    kept: &'static [Kept],
    /// A line a seal that is not held: `state ens certificate`.
    told: &'static [&'static str],
    /// What is said besides.
    words: &'static str,
    /// Where something else is told.
    but: fn(Keeper) -> Option<&'static [&'static str]>,
    /// Where it cannot be, and why.
    cannot: fn(Keeper) -> Option<&'static str>,
}

const PLAIN: Scenario = Scenario {
    name: "",
    given: |_| {},
    day: TODAY,
    kept: &[],
    told: &[],
    words: "",
    but: |_| None,
    cannot: |_| None,
};

const fn kept(seal: &'static str, name: &'static str, codes: &'static [&'static str]) -> Kept {
    Kept { seal, name, has_key: true, codes }
}

/// Under it are two departments, and `institut-b` until it has its own.
const GENERALITAT: Kept =
    kept("generalitat/2025", "generalitat-2025", &["9699969017", "9699969022", "9699969043"]);
const OF_DEPARTMENTS: Kept = Kept { codes: &["9699969017", "9699969022"], ..GENERALITAT };
const AGENCIA: Kept = kept("agencia-a/2026", "agencia-a-2026", &["9699969038"]);
/// The same subject, another key.
const AGENCIA_OLD: Kept = kept("agencia-a/2025", "agencia-a-2025", &["9699969038"]);
const INSTITUT: Kept = kept("institut-b/2026", "institut-b-2026", &["9699969043"]);
const CONSORCI: Kept = kept("consorci-c/2026", "consorci-c-2026", &["9699969056"]);
/// With the NIF of `consorci-c`; no record knows it.
const STRANGER: Kept = kept("stranger", "stranger", &["9699969056"]);

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "held", kept: &[GENERALITAT, AGENCIA], words: "as git says", ..PLAIN },
    Scenario {
        name: "missing",
        kept: &[GENERALITAT],
        told: &["missing agencia-a agencia-a/2026"],
        ..PLAIN
    },
    Scenario {
        name: "misplaced: under another's code",
        kept: &[GENERALITAT, Kept { codes: &["9699969038", "9699969056"], ..AGENCIA }],
        told: &["misplaced consorci-c agencia-a/2026"],
        cannot: |keeper| {
            (keeper != Keeper::Table)
                .then_some("only the front's table has organ codes and subjects beside seals")
        },
        ..PLAIN
    },
    Scenario {
        name: "no-key",
        kept: &[GENERALITAT, Kept { has_key: false, ..AGENCIA }],
        told: &["no-key agencia-a agencia-a/2026"],
        words: "its private key is not there",
        cannot: |keeper| match keeper {
            Keeper::Folder => {
                Some("a folder keeps certificates alone, and nothing is said of keys")
            }
            Keeper::Table => Some("the front's table has no keys"),
            Keeper::Nss => Some("`pk12util -o` writes no certificate without its key"),
            _ => None,
        },
        ..PLAIN
    },
    Scenario {
        name: "ambiguous: a renewed seal under the old one's name",
        given: |host| {
            host.record("agencia-a/2025", AGENCIA_OLD.codes);
            host.agencia_a_had("agencia-a/2025");
        },
        kept: &[GENERALITAT, AGENCIA, Kept { name: "agencia-a-2026", ..AGENCIA_OLD }],
        told: &["ambiguous agencia-a agencia-a/2026", "stale agencia-a agencia-a/2025"],
        cannot: |keeper| {
            (keeper == Keeper::Folder).then_some("no program chooses a key by a certificate's file")
        },
        ..PLAIN
    },
    Scenario {
        name: "unknown",
        kept: &[GENERALITAT, AGENCIA, STRANGER],
        told: &["unknown consorci-c ?"],
        words: "no record knows it",
        ..PLAIN
    },
    Scenario {
        name: "early",
        kept: &[GENERALITAT, AGENCIA, CONSORCI],
        told: &["early consorci-c consorci-c/2026"],
        words: "it is not released for this environment",
        ..PLAIN
    },
    Scenario {
        name: "stale: superseded",
        given: |host| {
            host.record("agencia-a/2025", AGENCIA_OLD.codes);
            host.agencia_a_had("agencia-a/2025");
        },
        kept: &[GENERALITAT, AGENCIA, AGENCIA_OLD],
        told: &["stale agencia-a agencia-a/2025"],
        words: "another has taken its place",
        but: |keeper| {
            // NSS has both under one nickname, the table under one code.
            let several = matches!(keeper, Keeper::Nss | Keeper::Table);
            several.then_some(&[
                "ambiguous agencia-a agencia-a/2026",
                "stale agencia-a agencia-a/2025",
            ])
        },
        ..PLAIN
    },
    Scenario {
        name: "stale: retired",
        given: |host| {
            host.inventory.append(
                "certificates/consorci-c/2026.yaml",
                "retired: { date: 2026-11-20, reason: compromised }\n",
            );
        },
        kept: &[GENERALITAT, AGENCIA, CONSORCI],
        told: &["stale consorci-c consorci-c/2026"],
        words: "retired on 2026-11-20: compromised",
        ..PLAIN
    },
    Scenario {
        name: "stale: ceased",
        given: |host| host.agencia_a_ceases("2026-11-26"),
        kept: &[GENERALITAT, AGENCIA],
        told: &["stale agencia-a agencia-a/2026"],
        words: "it is to be out from 2026-11-26 on",
        ..PLAIN
    },
    Scenario {
        name: "stale: withdrawn",
        given: |host| host.agencia_a_is_withdrawn("2026-11-26"),
        kept: &[GENERALITAT, AGENCIA],
        told: &["stale agencia-a agencia-a/2026"],
        but: |keeper| {
            // What is to come back is in a store still, under its other codes; in the table it is not.
            (keeper == Keeper::Table).then_some(&["missing agencia-a generalitat/2025"])
        },
        ..PLAIN
    },
    Scenario {
        name: "stale: expired",
        day: "2029-09-26",
        kept: &[GENERALITAT, AGENCIA],
        told: &[
            "stale agencia-a agencia-a/2026",
            "stale dept-cultura generalitat/2025",
            "stale dept-interior generalitat/2025",
            "stale institut-b generalitat/2025",
        ],
        words: "it expired on 2029-09-25",
        ..PLAIN
    },
    Scenario {
        name: "unrecorded",
        given: Host::ask_for_institut_b,
        kept: &[OF_DEPARTMENTS, AGENCIA, INSTITUT],
        told: &["unrecorded institut-b institut-b/2026"],
        words: "--batch transicio-2026/20-institut-b --env pro --all",
        ..PLAIN
    },
    Scenario {
        name: "due: to be loaded",
        given: Host::ask_for_institut_b,
        day: "2026-12-01",
        kept: &[GENERALITAT, AGENCIA],
        told: &["due institut-b institut-b/2026"],
        words: "it is to be loaded on 2026-12-01",
        ..PLAIN
    },
    Scenario {
        name: "due: to be taken out",
        given: |host| host.agencia_a_ceases("2026-11-28"),
        kept: &[GENERALITAT, AGENCIA],
        told: &["due agencia-a agencia-a/2026"],
        words: "it is to be out from 2026-11-28 on",
        ..PLAIN
    },
    Scenario {
        name: "due: to be brought back",
        given: |host| host.agencia_a_is_withdrawn(TODAY),
        kept: &[GENERALITAT, AGENCIA],
        told: &["due agencia-a agencia-a/2026"],
        but: |keeper| (keeper == Keeper::Table).then_some(&["due agencia-a generalitat/2025"]),
        ..PLAIN
    },
];

impl Scenario {
    /// The word of the state that it is about.
    fn state(&self) -> &'static str {
        self.name.split(':').next().unwrap_or_default()
    }
}

/// What comes next, as DESIGN's table has it.
fn next(state: State) -> &'static [&'static str] {
    match state {
        State::Missing => &["load it, or find out who took it out"],
        State::Misplaced => &["put it under its own code"],
        State::NoKey => &["put its private key where the record says"],
        State::Ambiguous => &["name each seal apart"],
        State::Unknown => &["segell inspect", "segell add certificate"],
        State::Early => &["find out who loaded it"],
        State::Stale => &["take it out"],
        State::Unrecorded => &["segell record loaded"],
        State::Due | State::Held => &[],
    }
}

fn each_state(keeper: Keeper) {
    let Some(mut host) = keeper.host() else { return };
    let old = Seal::of("Q9900001J", "Ens agencia-a/2026 à, \"X\"");
    host.issue("agencia-a/2025", old.from("2025-06-01").key(KeyKind::P256));
    host.issue("stranger", Seal::of("Q9900003F", "Consorci C").from("2026-09-25"));
    let mut faults = Vec::new();
    let mut states = HashSet::new();
    for scenario in SCENARIOS.iter().filter(|it| (it.cannot)(keeper).is_none()) {
        // Why something is stale or due has nothing to do with what keeps it: once is enough there.
        if !states.insert(scenario.state()) && keeper.is_slow() {
            continue;
        }
        let found = play(&mut host, keeper, scenario);
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", scenario.name)));
    }
    assert!(faults.is_empty(), "{keeper:?}\n{}", faults.join("\n"));
}

/// What is not told as it should be.
fn play(host: &mut Host, keeper: Keeper, scenario: &Scenario) -> Option<String> {
    host.renew();
    for id in ["generalitat/2025", "agencia-a/2026", "institut-b/2026", "consorci-c/2026"] {
        let (record, name) = (format!("certificates/{id}.yaml"), file(id));
        host.inventory.edit(&record, &Keeper::Token.key(&name), &keeper.key(&name));
    }
    (scenario.given)(host);
    host.release();
    let stores = keeper.keep(host, scenario.kept);
    let stores: Vec<&str> = stores.iter().map(String::as_str).collect();
    let told = (scenario.but)(keeper).unwrap_or(scenario.told);
    let is_drift = told.iter().any(|line| !line.starts_with("due "));
    let (found, code) = host.states_on(scenario.day, &stores);
    let said = host.drift_on(scenario.day, &stores).stdout;
    // Long lines are wrapped where words end.
    let said = String::from_utf8(said).unwrap();
    let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if found != told || code != i32::from(is_drift) {
        return Some(format!("{code} {found:#?}\n{said}"));
    }
    let states = State::ALL.iter().filter(|it| told.iter().any(|line| line.starts_with(it.word())));
    let words = states.flat_map(|state| next(*state)).copied().chain([scenario.words]);
    let unsaid: Vec<&str> = words.filter(|words| !plain.contains(words)).collect();
    (!unsaid.is_empty()).then(|| format!("{unsaid:?} in\n{said}"))
}

/// Each state has its scenario.
#[test]
fn no_state_is_left_out() {
    for state in State::ALL {
        assert!(SCENARIOS.iter().any(|it| it.state() == state.word()), "{state:?}");
    }
}

#[test]
fn in_a_folder() {
    each_state(Keeper::Folder);
}

#[test]
fn in_stores_of_openssl() {
    each_state(Keeper::Openssl);
}

#[test]
fn in_stores_of_gnutls() {
    each_state(Keeper::Certtool);
}

#[test]
fn in_stores_of_nss() {
    each_state(Keeper::Nss);
}

#[test]
fn in_javas_pkcs12() {
    each_state(Keeper::Keytool("PKCS12"));
}

#[test]
fn in_javas_jks() {
    each_state(Keeper::Keytool("JKS"));
}

#[test]
fn in_javas_jceks() {
    each_state(Keeper::Keytool("JCEKS"));
}

#[test]
fn on_a_token() {
    each_state(Keeper::Token);
}

#[test]
fn in_the_fronts_table() {
    each_state(Keeper::Table);
}
