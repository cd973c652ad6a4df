//! Large inventories, for benches and whoever wants to see one: healthy on [`TODAY`], and as
//! varied as bodies are in their keys, but else one like the other.

#![allow(dead_code)]

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rayon::prelude::*;
use segell::base::digest::Sha256;
use segell::inventory::model::identifier::{check_organ_code, is_body_nif};

use super::authority::{Authority, Issued, KeyKind, Seal, der, instant};

/// The day on which nothing is wrong with it.
pub const TODAY: Date = date(2026, 11, 23);

/// The loads of a batch, and the batches of a calendar.
const LOADS: usize = 100;
const BATCHES: usize = 20;

/// Of each calendar, the batch that is in PRE on [`TODAY`]: those before it are finished.
const IN_PRE: usize = 6;

/// Writes `folder/inventory` with `count` bodies, whose seals an RSA key of 2048 bits has signed.
///
/// # Errors
/// When a file cannot be written.
pub fn write(count: usize, folder: &Path) -> Result<()> {
    write_signed_by(KeyKind::Rsa2048, count, folder)
}

/// The same, signed by a key of that kind.
///
/// # Errors
/// When a file cannot be written.
pub fn write_signed_by(key: KeyKind, count: usize, folder: &Path) -> Result<()> {
    let (root, authority) = begin(key, folder)?;
    let bodies = (0..count).into_par_iter();
    bodies.try_for_each(|number| body(&root, number, &authority, number % 2 == 1).map(|_| ()))?;
    (0..count.div_ceil(LOADS)).try_for_each(|number| batch(&root, number, count))
}

/// Writes `folder/inventory` with `count` bodies, all of them loaded in PRE on [`LOADED`] and not yet
/// checked: the organ code of each, and its seal, whose key signs.
///
/// # Errors
/// When a file cannot be written.
pub fn write_loaded(count: usize, folder: &Path) -> Result<Vec<(String, Issued)>> {
    let (root, authority) = begin(KeyKind::Rsa2048, folder)?;
    let bodies = (0..count).into_par_iter();
    let bodies = bodies.map(|number| {
        body(&root, number, &authority, false).map(|seal| (organ_code(number), seal))
    });
    let bodies = bodies.collect::<Result<Vec<_>>>()?;
    for number in 0..count.div_ceil(LOADS) {
        let mut yaml = format!("day: 10\nstage: pre\npre: {LOADED}\npro: 2026-12-15\nloads:\n");
        for number in number * LOADS..((number + 1) * LOADS).min(count) {
            let id = id(number);
            yaml += &format!(
                "  - ens: {id}\n    certificate: {id}/2026\n    pre:\n      loaded: {LOADED}\n"
            );
        }
        text(&root, &format!("calendars/calendar-{number:03}/10-batch.yaml"), &yaml)?;
    }
    Ok(bodies)
}

/// The day on which all of them are loaded.
pub const LOADED: Date = date(2026, 11, 16);

/// The policy and the authority of an inventory in a folder.
fn begin(key: KeyKind, folder: &Path) -> Result<(PathBuf, Authority)> {
    let root = folder.join("inventory");
    let valid = (instant("2020-01-01"), instant("2040-01-01"));
    let authority = Authority::build("EC-Gran", key, valid, |_| {});
    text(&root, "policy.yaml", POLICY)?;
    text(&root, "trust/ec-gran.pem", &authority.pem())?;
    for folder in ["ens", "certificates", "calendars"] {
        fs::create_dir_all(root.join(folder))?;
    }
    Ok((root, authority))
}

fn text(root: &Path, path: &str, text: &str) -> Result<()> {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap_or(root))?;
    fs::write(path, text)
}

/// The files of one body: what it is, its seal, and the seal's record.
fn body(root: &Path, number: usize, authority: &Authority, with_rsa: bool) -> Result<Issued> {
    let (id, nif, code) = (id(number), nif(number), organ_code(number));
    let mut serial = vec![0x61];
    serial.extend((number as u64).to_be_bytes());
    let mut seal = Seal::of(&nif, &format!("Ens {number}"))
        .valid("2026-06-01T08:00:00Z", "2029-06-01T07:59:59Z")
        .serial(&serial);
    if with_rsa {
        seal = seal.tweak(move |parts| parts.public_key = rsa_public_key(number));
    }
    let issued = seal.issue(authority);
    let sha256 = Sha256::of(&issued.der).to_string();
    let serial: String = serial.iter().map(|byte| format!("{byte:02X}")).collect();
    let fill = |template: &str| {
        let template = template.replace("{id}", &id).replace("{nif}", &nif);
        let template = template.replace("{code}", &code).replace("{sha256}", &sha256);
        template.replace("{serial}", &serial)
    };
    fs::write(root.join(format!("ens/{id}.yaml")), fill(ENS))?;
    let folder = root.join(format!("certificates/{id}"));
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("2026.pem"), &issued.pem)?;
    fs::write(folder.join("2026.yaml"), fill(RECORD))?;
    Ok(issued)
}

fn id(number: usize) -> String {
    format!("ens-{number:06}")
}

/// The tax number of a public body: the letter that controls it is found by trial.
pub fn nif(number: usize) -> String {
    let candidates = "JABCDEFGHI".chars().map(|letter| format!("Q{number:07}{letter}"));
    candidates.into_iter().find(|nif| is_body_nif(nif)).expect("one letter fits")
}

/// An ine10: its two control digits are found by trial.
pub fn organ_code(number: usize) -> String {
    let (body, place) = (number / 1000 + 1, number % 1000);
    let candidates = (0..100).map(|c| format!("{body:05}{}{place:03}{}", c / 10, c % 10));
    candidates.into_iter().find(|code| check_organ_code(code).is_ok()).expect("two digits fit")
}

/// A `SubjectPublicKeyInfo` of RSA 3072 with an odd number for a modulus, each time another.
fn rsa_public_key(number: usize) -> Vec<u8> {
    let block = |part: u8| {
        let seed = [&(number as u64).to_be_bytes()[..], &[part]].concat();
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &seed).as_ref().to_vec()
    };
    let mut modulus: Vec<u8> = (0..12).flat_map(block).collect();
    modulus[0] |= 0x80;
    modulus[383] |= 1;
    modulus.insert(0, 0);
    let key = der::sequence(&[
        der::element(der::INTEGER, &modulus),
        der::element(der::INTEGER, &[1, 0, 1]),
    ]);
    let algorithm = der::sequence(&[der::oid("1.2.840.113549.1.1.1"), vec![0x05, 0x00]]);
    der::sequence(&[algorithm, der::bits(&key)])
}

/// The file of one batch.
fn batch(root: &Path, number: usize, count: usize) -> Result<()> {
    let (calendar, place) = (number / BATCHES, number % BATCHES);
    let day = 10 * (place + 1);
    let pre = date(2026, 8, 24) + (14 * place as i64).days();
    let pro = pre + 9.days();
    let stage = match place {
        IN_PRE => "pre",
        _ if place < IN_PRE => "pro",
        _ => "planned",
    };
    let mut yaml = format!("day: {day}\nstage: {stage}\npre: {pre}\npro: {pro}\nloads:\n");
    for number in number * LOADS..((number + 1) * LOADS).min(count) {
        let id = id(number);
        yaml += &format!("  - ens: {id}\n    certificate: {id}/2026\n");
        if place <= IN_PRE {
            yaml += &recorded(IN_PRE_RECORD, pre);
        }
        if place < IN_PRE {
            yaml += &recorded(IN_PRO_RECORD, pro);
        }
    }
    if place < IN_PRE {
        yaml += &recorded(DEPARTMENTS, pro);
    }
    text(root, &format!("calendars/calendar-{calendar:03}/{day}-batch.yaml"), &yaml)
}

/// What happened to a load on `day` and the day after.
fn recorded(template: &str, day: Date) -> String {
    template.replace("{day}", &day.to_string()).replace("{after}", &(day + 1.day()).to_string())
}

const ENS: &str = r#"name: Body {id}
block: consuming
organ_code: "{code}"
nif: {nif}
authorisations:
  - service: AEAT_IRPF/C2
    organ_code: "{code}"
    pre: { requested: 2026-06-02, granted: 2026-06-20, evidence: [{ ticket: ST-22980 }] }
    pro: { requested: 2026-06-02, granted: 2026-06-22, evidence: [{ ticket: ST-22980 }] }
"#;

const RECORD: &str = r#"sha256: "{sha256}"
organ_codes: ["{code}"]
key: "pkcs11:token=via-oberta;object={id}-2026"
delivered: { ticket: ST-22976, date: 2026-06-03 }
confirmations:
  pre: { date: 2026-07-01, serial: "{serial}", evidence: [{ ticket: ST-23019 }] }
  pro: { date: 2026-07-02, sha256: "{sha256}", evidence: [{ ticket: ST-23020 }] }
"#;

const IN_PRE_RECORD: &str = "    pre:
      loaded: {day}
      checks:
        - { date: {after}, by: [aoc], result: works, services: [AEAT_IRPF/C2], evidence: [{ ticket: ST-23100 }] }
      informed: { date: {after}, to: [siad], evidence: [{ ticket: ST-23100 }] }
";

const IN_PRO_RECORD: &str = "    pro:
      loaded: {day}
      informed: { date: {day}, to: [siad], evidence: [{ ticket: ST-23150 }] }
      checks:
        - { date: {after}, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23150 }] }
";

const DEPARTMENTS: &str = "departments:
  - { date: {after}, by: [aoc], result: works, evidence: [{ ticket: ST-23151 }] }
";

const POLICY: &str = r"version: 1
services: { AEAT_IRPF/C2: Nivell de renda }
generalitat: { nif: S9900001J }
calendar:
  working_days: [mon, tue, wed, thu, fri]
  holidays: [2026-12-25, 2027-01-01, 2028-12-25, 2029-12-25, 2030-12-25, 2031-12-25]
  lead_days: 0
  batch_size: 100
  days_between_batches: 14
  days_from_pre_to_pro: 9
certificates:
  days_left_after_load: 30
  warn_days_before_expiry: 60
  working_days_to_issue: 16
  days_for_confirmation: 15
  policies: [2.16.724.1.3.5.6.1, 2.16.724.1.3.5.6.2]
  common_names: [Serveis Administracio Electronica]
  longest_validity_days: 1827
  keys:
    - { from: 2017-01-01, rsa: 2048, ec: 256 }
    - { from: 2027-01-01, rsa: 3000, ec: 256 }
reviewers:
  - name: Marta Example
    email: marta@example.org
    role: aoc
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGIiQMBRAI/GcbTKpcHl/pxU4+zKOxoLGiiPNKPLM+Aj
  - name: Pau Example
    email: pau@example.org
    role: aoc
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMXK1lMOuJb0Ca1Z/S4YsU08Xr3JRIZb6DQ0NJv+OCyO
  - name: Joan Example
    email: joan@example.org
    role: siad
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWYGLP7OLZZM8D9B1n4JQQSqOy9Pk3NR81amCPw/8pF
  - name: Laia Example
    email: laia@example.org
    role: siad
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILsp1RD6iC0nC0bs6BqyASODvmkf9pi34zbEKhHoLGk4
";
