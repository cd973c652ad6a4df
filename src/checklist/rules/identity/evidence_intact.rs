//! `evidence-intact`.

use std::collections::HashSet;
use std::sync::Arc;

use crate::base::text::Text;
use crate::base::word::Word;
use crate::checklist::rules::{Draft, Verdict};
use crate::inventory::Document;
use crate::inventory::finding::{Environment, Kind, Place, Rule};
use crate::inventory::model::{Baseline, Check, Evidence, Load, Record};
use crate::inventory::step::At;
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};
use crate::tr;

pub static RULE: Rule = Rule {
    name: "evidence-intact",
    kind: Kind::Integrity,
    at: At::File,
    holds: tr!(
        "each file of evidence exists, is not empty, is no pointer of Git LFS and has the SHA-256 that is stated; tickets look like `ABC-123`; a CSV has 16 characters A to Z and 0 to 9"
    ),
    why: tr!(
        "evidence that cannot be found, or that was changed since, shows nothing to whoever audits the load"
    ),
    mend: tr!("correct the reference, or put the document in its place"),
};

/// Collects every piece of evidence of an inventory with its place.
struct Walk<'s, 'a> {
    survey: &'s Survey<'a>,
    /// The documents that something else is said of: they cannot be read.
    told: HashSet<&'s str>,
    found: Vec<Draft>,
}

pub fn check(survey: &Survey<'_>) -> Verdict {
    let problems = survey.inventory.problems.iter();
    let told = problems.filter_map(|problem| problem.file.strip_prefix("inventory/"));
    let mut walk = Walk { survey, told: told.collect(), found: Vec::new() };
    survey.ens.iter().for_each(|view| walk.ens(view));
    survey.certificates.iter().for_each(|view| walk.certificate(view));
    survey.batches.iter().for_each(|view| walk.batch(view));
    if let Some(baseline) = &survey.inventory.baseline {
        let place = || Place::start(&Baseline::FILE.into());
        walk.list(place, &baseline.evidence);
    }
    for item in survey.inventory.waivers.values() {
        let evidence = item.value.iter().flat_map(|waiver| &waiver.evidence);
        walk.all(|| Place::start(&item.file), evidence);
    }
    Some(walk.found)
}

impl Walk<'_, '_> {
    fn ens(&mut self, view: &EnsView<'_>) {
        let place = Place::start(view.file);
        for (index, authorisation) in view.ens.authorisations.iter().enumerate() {
            for environment in Environment::BOTH {
                if let Some(permission) = authorisation.permission(environment) {
                    let place = || {
                        let authorisation = place.key("authorisations").item(index);
                        authorisation.key(environment.word())
                    };
                    self.list(place, &permission.evidence);
                }
            }
        }
        for (index, query) in view.ens.queries.iter().enumerate() {
            self.list(|| place.key("queries").item(index), &query.evidence);
        }
        if let Some(agreement) = &view.ens.agreement {
            self.list(|| place.key("agreement"), &agreement.evidence);
        }
        if let Some(ceased) = &view.ens.ceased {
            self.list(|| place.key("ceased"), &ceased.evidence);
        }
    }

    fn certificate(&mut self, view: &CertificateView<'_>) {
        let place = Place::start(view.file);
        if let Some(delivered) = &view.record.delivered {
            let place = || place.key("delivered").key("ticket");
            self.ticket(place, delivered.ticket.as_str());
        }
        for environment in Environment::BOTH {
            if let Some(confirmation) = view.record.confirmations.get(environment) {
                let place = || place.key("confirmations").key(environment.word());
                self.list(place, &confirmation.evidence);
            }
        }
    }

    fn batch(&mut self, view: &BatchView<'_>) {
        let place = Place::start(view.file);
        for (index, load) in view.batch.loads.iter().enumerate() {
            self.load(&|| place.key("loads").item(index), load);
        }
        self.checks(&|| place.key("departments"), &view.batch.departments);
        for (index, hold) in view.batch.holds().iter().enumerate() {
            self.list(|| view.hold_place(index), &hold.evidence);
        }
    }

    fn load(&mut self, place: &dyn Fn() -> Place, load: &Load) {
        for environment in Environment::BOTH {
            if let Some(record) = load.record(environment) {
                self.record(&|| place().key(environment.word()), record);
            }
        }
        if let Some(withdrawn) = &load.withdrawn {
            self.list(|| place().key("withdrawn"), &withdrawn.evidence);
        }
    }

    fn record(&mut self, place: &dyn Fn() -> Place, record: &Record) {
        self.checks(&|| place().key("checks"), &record.checks);
        if let Some(informed) = &record.informed {
            self.list(|| place().key("informed"), &informed.evidence);
        }
    }

    fn checks(&mut self, place: &dyn Fn() -> Place, checks: &[Check]) {
        for (index, check) in checks.iter().enumerate() {
            self.list(|| place().item(index), &check.evidence);
        }
    }

    /// The evidence of the value at `place`, which is made only when something is said of it.
    fn list(&mut self, place: impl Fn() -> Place, evidence: &[Evidence]) {
        self.all(place, evidence.iter());
    }

    fn all<'e>(&mut self, place: impl Fn() -> Place, evidence: impl Iterator<Item = &'e Evidence>) {
        for (index, evidence) in evidence.enumerate() {
            self.one(|| place().key("evidence").item(index), evidence);
        }
    }

    fn one(&mut self, place: impl Fn() -> Place, evidence: &Evidence) {
        let forms = [evidence.ticket.is_some(), evidence.file.is_some(), evidence.csv.is_some()];
        let named = forms.into_iter().filter(|named| *named).count();
        if named != 1 || evidence.file.is_some() != evidence.sha256.is_some() {
            let message =
                tr!("evidence is one of: a `ticket`, a `file` with its `sha256`, a `csv`");
            self.found.push(Draft::at(place(), message).help(tr!("keep one of them an item")));
            return;
        }
        if let Some(ticket) = &evidence.ticket {
            self.ticket(|| place().key("ticket"), ticket.as_str());
        }
        if let Some(csv) = evidence.csv.as_ref().filter(|csv| !is_csv(csv.as_str())) {
            let message = tr!("`{csv}` is no CSV code: 16 characters A to Z and 0 to 9", csv = csv);
            self.found.push(Draft::at(place().key("csv"), message));
        }
        if let (Some(file), Some(stated)) = (&evidence.file, &evidence.sha256) {
            self.file(place, file.as_str(), stated.0);
        }
    }

    fn ticket(&mut self, place: impl Fn() -> Place, ticket: &str) {
        if !is_ticket(ticket) {
            let message = tr!("`{ticket}` does not look like a ticket, `ABC-123`", ticket = ticket);
            self.found.push(Draft::at(place(), message));
        }
    }

    fn file(&mut self, place: impl Fn() -> Place, file: &str, stated: crate::base::digest::Sha256) {
        let wrong = |message: Text| Draft::at(place().key("file"), message);
        if !file.starts_with("evidence/") {
            let help = tr!("put the document under `inventory/evidence/`");
            let message = tr!("`{file}` does not lie under `evidence/`", file = file);
            self.found.push(wrong(message).help(help));
            return;
        }
        match self.survey.inventory.evidence.get(file) {
            None if self.told.contains(file) => {}
            None => {
                let message = tr!("there is no file `inventory/{file}`", file = file);
                self.found.push(wrong(message));
            }
            Some(Document::Empty) => {
                let message = tr!("`{file}` is empty", file = file);
                self.found.push(wrong(message).help(tr!("put the document in its place")));
            }
            Some(Document::Pointer) => {
                let message = tr!(
                    "`{file}` is a pointer of Git LFS, not the document, whose bytes lie elsewhere",
                    file = file
                );
                let help = tr!(
                    "take the filter away: write `/inventory/evidence/** -text -filter` in `.gitattributes`, then `git add --renormalize inventory/evidence` where the document itself is"
                );
                self.found.push(wrong(message).help(help));
            }
            Some(Document::Of(actual)) if *actual != stated => {
                let message = tr!("`{file}` is not the document that was recorded", file = file);
                let help = tr!(
                    "restore the document; if the new one is right, its SHA-256 is `{digest}`",
                    digest = actual.to_string()
                );
                let path: Arc<str> = format!("inventory/{file}").into();
                let draft = Draft::at(place().key("sha256"), message).help(help);
                self.found.push(draft.related(Place::start(&path), tr!("this file")));
            }
            Some(Document::Of(_)) => {}
        }
    }
}

/// A capital letter and up to nine more or digits, a hyphen and a number.
pub(crate) fn is_ticket(text: &str) -> bool {
    text.split_once('-').is_some_and(|(project, number)| {
        (1..=10).contains(&project.len())
            && project.starts_with(|first: char| first.is_ascii_uppercase())
            && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && (1..=12).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// 16 capital letters and digits.
pub(crate) fn is_csv(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{is_csv, is_ticket};

    #[test]
    fn tickets_and_codes_have_their_form() {
        assert!(is_ticket("ST-22980") && is_ticket("A1-1"));
        for text in ["ST22980", "st-22980", "ST-", "-1", "ST-1a", "ST-1-2", "1A-2", "ST 1"] {
            assert!(!is_ticket(text), "{text}");
        }
        assert!(is_csv("ABCD012345678916"));
        assert!(
            !is_csv("ABCD01234567891") && !is_csv("abcd012345678916") && !is_csv("ABCD0123456789É")
        );
    }
}
