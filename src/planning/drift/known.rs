//! What is known of seals that an environment is not to hold: from inventories, or from a manifest alone.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::time::day_of;
use crate::checklist::rules::certificate::matches_ens::nifs;
use crate::files::stores::siri::{hex_key, subject};
use crate::inventory::finding::Environment;
use crate::inventory::model::RetirementReason;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
use crate::pipeline::manifest::{Identity, Manifest, Seal};
use crate::tr;

/// What is known.
#[derive(Debug, Default)]
pub struct Known {
    records: HashMap<Sha256, Record>,
    by_serial: HashMap<String, Vec<Sha256>>,
    /// Whose each NIF is.
    nifs: HashMap<String, String>,
    /// Whose each organ code is, without zeros before it.
    codes: HashMap<String, String>,
    /// What is recorded as loaded by now.
    recorded: HashSet<(String, Sha256)>,
}

/// A seal that is known.
#[derive(Clone, Debug)]
pub struct Record {
    /// `holder/label`.
    pub id: String,
    /// The ens that it is for.
    pub ens: Vec<String>,
    /// The organ codes that it is registered under.
    pub codes: Vec<String>,
    /// Why it is not to be there any more; none: it is not to be there yet.
    pub gone: Option<Text>,
}

impl Known {
    /// What inventories know, the later ones before; of the past of `environment`, on that day.
    pub fn of(surveys: &[&Survey<'_>], environment: Environment) -> Known {
        let mut known = Known::default();
        for survey in surveys {
            known.add(survey, environment);
        }
        known
    }

    fn add(&mut self, survey: &Survey<'_>, environment: Environment) {
        let past = past(survey, environment);
        for ens in &survey.ens {
            let id = ens.id.to_owned();
            self.nifs.entry(ens.ens.nif.to_string()).or_insert_with(|| id.clone());
            self.codes.entry(bare(&ens.ens.organ_code.to_string())).or_insert_with(|| id.clone());
            if let Some(current) = survey.current(ens, environment) {
                self.recorded.insert((id, current.record.sha256.0));
            }
        }
        let mut owners: HashMap<&str, &EnsView<'_>> = HashMap::new();
        survey.ens.iter().for_each(|ens| {
            owners.insert(ens.ens.organ_code.as_str(), ens);
        });
        for view in &survey.certificates {
            let codes: Vec<String> =
                view.record.organ_codes.iter().map(|code| code.as_str().to_owned()).collect();
            let of: Vec<&EnsView<'_>> =
                codes.iter().filter_map(|code| owners.get(&**code).copied()).collect();
            let record = Record {
                id: view.id.to_owned(),
                ens: of.iter().map(|ens| ens.id.to_owned()).collect(),
                codes,
                gone: gone(view, &of, past.get(view.id).copied(), survey.today),
            };
            self.insert(view.record.sha256.0, record);
            if let Some((facts, _)) = view.pem {
                self.serial(hex_key(facts.serial.as_bytes()), facts.sha256);
            }
        }
    }

    /// What a manifest names, and no more: what it replaces or removes is gone.
    pub fn of_manifest(manifest: &Manifest) -> Known {
        let mut known = Known::default();
        for held in &manifest.state {
            known.codes.insert(bare(&held.organ_code), held.ens.clone());
            held.certificate.iter().for_each(|seal| known.seal(seal, &held.ens, &held.organ_code));
        }
        for load in &manifest.load {
            known.codes.insert(bare(&load.organ_code), load.ens.clone());
            known.seal(&load.certificate, &load.ens, &load.organ_code);
            let superseded = tr!("`{by}` takes its place", by = &load.certificate.id);
            load.replaces.iter().for_each(|it| {
                known.identity(it, &load.ens, &load.organ_code, superseded.clone());
            });
        }
        for back in &manifest.restore {
            known.codes.insert(bare(&back.organ_code), back.ens.clone());
            back.certificate.iter().for_each(|it| known.seal(it, &back.ens, &back.organ_code));
            known.identity(&back.withdraws, &back.ens, &back.organ_code, withdrawn());
        }
        for removal in &manifest.remove {
            known.codes.insert(bare(&removal.organ_code), removal.ens.clone());
            let gone = tr!("it is to be out since {day}", day = &removal.date);
            known.identity(&removal.certificate, &removal.ens, &removal.organ_code, gone);
        }
        known
    }

    fn seal(&mut self, seal: &Seal, ens: &str, code: &str) {
        let attributes = subject::attributes(&seal.subject);
        for (_, value) in attributes.iter().filter(|(oid, _)| oid == "2.5.4.97" || oid == "2.5.4.5")
        {
            let schemes = ["VATES-", "IDCES-", "NTRES-"];
            let bare = schemes.iter().find_map(|scheme| value.strip_prefix(scheme));
            self.nifs.entry(bare.unwrap_or(value).to_owned()).or_insert_with(|| ens.to_owned());
        }
        let Some(sha256) = Sha256::from_hex(&seal.sha256) else { return };
        self.serial(serial_key(&seal.serial), sha256);
        let superseded = tr!("another has taken its place");
        self.insert(sha256, record(&seal.id, ens, code, Some(superseded)));
    }

    fn identity(&mut self, it: &Identity, ens: &str, code: &str, gone: Text) {
        if let Some(sha256) = Sha256::from_hex(&it.sha256) {
            self.insert(sha256, record(&it.id, ens, code, Some(gone)));
        }
    }

    /// The first that is said of a seal stays; ens and codes come together.
    fn insert(&mut self, sha256: Sha256, record: Record) {
        let known = self.records.entry(sha256).or_insert_with(|| record.clone());
        for (ens, code) in record.ens.iter().zip(&record.codes) {
            if !known.ens.contains(ens) {
                known.ens.push(ens.clone());
            }
            if !known.codes.contains(code) {
                known.codes.push(code.clone());
            }
        }
    }

    fn serial(&mut self, key: String, sha256: Sha256) {
        let with = self.by_serial.entry(key).or_default();
        if !with.contains(&sha256) {
            with.push(sha256);
        }
    }

    /// What is known of a certificate.
    pub fn record(&self, sha256: &Sha256) -> Option<&Record> {
        self.records.get(sha256)
    }

    /// The seals with a serial, by its digits.
    pub fn with_serial(&self, key: &str) -> &[Sha256] {
        self.by_serial.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whose an organ code is, with or without zeros before it.
    pub fn owner(&self, code: &str) -> Option<&str> {
        self.codes.get(&bare(code)).map(String::as_str)
    }

    /// Whose one of these NIFs is, and which.
    pub fn named(&self, stated: &[String]) -> Option<(&str, String)> {
        stated.iter().find_map(|nif| Some((self.nifs.get(nif)?.as_str(), nif.clone())))
    }

    /// Whether it is recorded by now that the ens has this seal.
    pub fn is_recorded(&self, ens: &str, sha256: Sha256) -> bool {
        self.recorded.contains(&(ens.to_owned(), sha256))
    }
}

fn record(id: &str, ens: &str, code: &str, gone: Option<Text>) -> Record {
    Record { id: id.to_owned(), ens: vec![ens.to_owned()], codes: vec![code.to_owned()], gone }
}

fn withdrawn() -> Text {
    tr!("its load was withdrawn")
}

fn bare(code: &str) -> String {
    code.trim_start_matches('0').to_owned()
}

/// A serial as a manifest has it, by its digits.
pub fn serial_key(shown: &str) -> String {
    let digits: String = shown.chars().filter(|it| *it != ' ').collect();
    digits.to_ascii_lowercase().trim_start_matches('0').to_owned()
}

/// The NIFs that a certificate states.
pub fn stated(facts: &crate::files::x509::Certificate) -> Vec<String> {
    nifs(facts)
}

/// What became of a seal in an environment.
#[derive(Clone, Copy)]
enum Past {
    Was,
    Withdrawn,
}

/// The certificates that an environment had, by id.
fn past<'a>(survey: &Survey<'a>, environment: Environment) -> HashMap<&'a str, Past> {
    let mut past = HashMap::new();
    for held in survey.inventory.baseline.iter().flat_map(|baseline| &baseline.holds) {
        if held.environments.contains(&environment) {
            past.insert(held.certificate.as_str(), Past::Was);
        }
    }
    let recorded = survey.loads.iter().filter(|view| view.load.record(environment).is_some());
    for view in recorded {
        let became = if view.load.withdrawn.is_some() { Past::Withdrawn } else { Past::Was };
        past.insert(view.load.certificate.as_str(), became);
    }
    past
}

/// Why a seal is not to be there any more, on `today`.
fn gone(
    view: &CertificateView<'_>,
    of: &[&EnsView<'_>],
    past: Option<Past>,
    today: Date,
) -> Option<Text> {
    let retired = view.record.retired.as_ref().filter(|_| view.is_retired_on(today));
    if let Some(retired) = retired {
        return Some(tr!(
            "retired on {day}: {reason}",
            day = retired.date.date(),
            reason = told(retired.reason)
        ));
    }
    if !of.is_empty() && of.iter().all(|ens| ens.has_ceased_by(today)) {
        return Some(tr!("its ens has ceased"));
    }
    let expired = view.pem.map(|(facts, _)| day_of(facts.not_after)).filter(|last| *last < today);
    if let Some(last) = expired {
        return Some(tr!("it expired on {day}", day = last));
    }
    past.map(|past| match past {
        Past::Was => tr!("another has taken its place"),
        Past::Withdrawn => withdrawn(),
    })
}

fn told(reason: RetirementReason) -> Text {
    match reason {
        RetirementReason::Superseded => tr!("superseded"),
        RetirementReason::Compromised => tr!("compromised"),
        RetirementReason::Ceased => tr!("its ens has ceased"),
    }
}
