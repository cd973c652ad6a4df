//! The days on which the clock can change what the rules say of a part of an inventory.
//!
//! A verdict turns on a day that the files around the part name, or on the day after it; on the first
//! or last day of a certificate's validity, or when its key begins or ceases to be accepted, and as
//! many days before that as the policy counts ahead; and when a revocation list goes out of date.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::base::time::{day_of, plus_days, read_date};
use crate::checklist::rules::Part;
use crate::checklist::rules::calendar::dates_in_order;
use crate::checklist::rules::certificate::strong_enough::key_turns;
use crate::inventory::finding::Environment;
use crate::inventory::survey::{CertificateView, Survey};

/// The days after the survey's, through `until`, each with the parts to be asked on it.
pub fn of(survey: &Survey<'_>, until: Date) -> BTreeMap<Date, BTreeSet<Part>> {
    let Some(policy) = survey.policy else { return BTreeMap::new() };
    let counted = [
        policy.certificates.days_left_after_load.count(),
        policy.certificates.warn_days_before_expiry.count(),
    ];
    let mut turns = Turns {
        survey,
        until,
        spans: [0].into_iter().chain(counted).collect(),
        named: named(survey, until),
        waived: HashSet::new(),
        days: BTreeMap::new(),
    };
    turns.waivers();
    turns.recorded();
    turns.lists();
    turns.ens();
    turns.batches();
    turns.loads();
    turns.certificates();
    turns.days
}

struct Turns<'s, 'a> {
    survey: &'s Survey<'a>,
    until: Date,
    /// How many days before a date a verdict may turn.
    spans: BTreeSet<i64>,
    /// The days ahead that a file names, its waivers' among them.
    named: HashMap<&'s str, Vec<Date>>,
    /// The files that waivers name.
    waived: HashSet<&'s str>,
    days: BTreeMap<Date, BTreeSet<Part>>,
}

impl<'s> Turns<'s, '_> {
    /// The verdict turns on `base` or the day after it.
    fn add(&mut self, part: Part, base: Date) {
        for day in [base, plus_days(base, 1)] {
            if self.survey.today < day && day <= self.until {
                self.days.entry(day).or_default().insert(part);
            }
        }
    }

    /// The verdict turns there, or as many days before as the policy counts ahead.
    fn add_ahead(&mut self, part: Part, base: Date) {
        for span in self.spans.clone() {
            self.add(part, plus_days(base, -span));
        }
    }

    fn add_named(&mut self, part: Part, file: &str) {
        for base in self.named_in(file) {
            self.add(part, base);
        }
    }

    fn named_in(&self, file: &str) -> Vec<Date> {
        self.named.get(file).cloned().unwrap_or_default()
    }

    /// What is recorded although it is still to come, comes.
    fn recorded(&mut self) {
        let survey = self.survey;
        let drafts = dates_in_order::check(survey).unwrap_or_default();
        let files: BTreeSet<Arc<str>> = drafts.into_iter().map(|draft| draft.place.file).collect();
        let files = survey.inventory.sources.files().filter(|file| files.contains(*file));
        files.for_each(|file| self.add_named(Part::Whole, file));
    }

    /// A waiver begins and ends for the file that it names.
    fn waivers(&mut self) {
        let survey = self.survey;
        for item in survey.inventory.waivers.values() {
            self.add_named(Part::Whole, &item.file);
            let Some(waiver) = &item.value else { continue };
            let days = self.named_in(&item.file);
            let covered = survey
                .inventory
                .sources
                .files()
                .find(|file| file.strip_prefix("inventory/") == Some(waiver.subject.as_str()));
            if let Some(file) = covered {
                let mut all = self.named_in(file);
                all.extend(days);
                self.named.insert(file, all);
                self.waived.insert(file);
            }
        }
    }

    /// What is asked of an ens without a load turns with its certificates' retirement, and with the
    /// waivers for its file.
    fn ens(&mut self) {
        let survey = self.survey;
        for view in &survey.ens {
            let own = view.certificates.iter().map(|&place| &survey[place]);
            let retires = own.clone().any(|certificate| certificate.record.retired.is_some());
            let ends = view.ens.ceased.is_some();
            if retires || ends || self.waived.contains(&**view.file) {
                self.add_named(Part::Ens(view.at), view.file);
                own.for_each(|certificate| self.add_named(Part::Ens(view.at), certificate.file));
            }
            let removals = Environment::BOTH.map(|environment| survey.removal(view, environment));
            removals
                .iter()
                .flatten()
                .for_each(|it| self.add_named(Part::Ens(view.at), it.certificate.file));
        }
    }

    fn lists(&mut self) {
        let survey = self.survey;
        let updates = survey.inventory.lists.iter().filter_map(|file| file.list.next_update);
        updates.for_each(|update| self.add(Part::Whole, day_of(update)));
    }

    fn batches(&mut self) {
        for batch in &self.survey.batches {
            self.add_named(Part::Batch(batch.at), batch.file);
        }
    }

    fn loads(&mut self) {
        let survey = self.survey;
        for view in &survey.loads {
            let (true, Some(ens), Some(certificate)) =
                (view.load.is_open(), view.ens, view.certificate)
            else {
                continue;
            };
            let (part, ens) = (Part::Load(view.at), &survey[ens]);
            self.add_named(part, survey[view.batch].file);
            self.add_named(part, ens.file);
            for &certificate in [certificate].iter().chain(&ens.certificates) {
                self.certificate(part, &survey[certificate]);
            }
        }
    }

    fn certificates(&mut self) {
        let survey = self.survey;
        for view in &survey.certificates {
            if !view.users.is_empty() {
                self.certificate(Part::Certificate(view.at), view);
            } else if self.waived.contains(&**view.file) {
                self.add_named(Part::Certificate(view.at), view.file);
            }
            for &user in &view.users {
                self.add_named(Part::Certificate(view.at), survey[user].file);
            }
        }
    }

    fn certificate(&mut self, part: Part, view: &'s CertificateView<'_>) {
        self.add_named(part, view.file);
        let (Some((facts, _)), Some(policy)) = (view.pem, self.survey.policy) else { return };
        let turns = key_turns(facts, policy);
        let bases = [facts.not_before, facts.not_after].map(day_of).into_iter().chain(turns);
        bases.for_each(|base| self.add_ahead(part, base));
    }
}

/// The days that each file's text names, from today on and no farther than matters; the files apart
/// that name none.
fn named<'s>(survey: &Survey<'s>, until: Date) -> HashMap<&'s str, Vec<Date>> {
    let matters = |day: &Date| survey.today <= *day && *day <= until;
    let texts: Vec<_> = survey.inventory.sources.texts().collect();
    let days = texts.into_par_iter().map(|(file, text)| {
        let days: Vec<Date> = dates_in(text).filter(matters).collect();
        (file, days)
    });
    days.filter(|(_, days)| !days.is_empty()).collect()
}

/// Every `YYYY-MM-DD` in a text.
pub(crate) fn dates_in(text: &str) -> impl Iterator<Item = Date> {
    let hyphens = memchr::memchr_iter(b'-', text.as_bytes());
    hyphens.filter_map(|hyphen| read_date(text.get(hyphen.checked_sub(4)?..hyphen + 6)?))
}
