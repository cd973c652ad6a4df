//! The days on which the clock can change what the rules say of a part of an inventory.
//!
//! A verdict turns on a day that the files around the part name, on the first or last day of a
//! certificate's validity, when its key stops being accepted, or when a revocation list goes out of
//! date: on that day, on the day after it, or as many days before it as the policy counts ahead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::rules::Part;
use crate::rules::certificate::strong_enough::first_weak_day;
use crate::survey::{CertificateView, Survey};
use crate::time::{day_of, plus_days, read_date};

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
        named: HashMap::new(),
        days: BTreeMap::new(),
    };
    turns.waivers();
    turns.lists();
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
    days: BTreeMap<Date, BTreeSet<Part>>,
}

impl<'s> Turns<'s, '_> {
    fn add(&mut self, part: Part, base: Date) {
        for &span in &self.spans {
            for day in [plus_days(base, -span), plus_days(base, 1 - span)] {
                if self.survey.today < day && day <= self.until {
                    self.days.entry(day).or_default().insert(part);
                }
            }
        }
    }

    fn add_named(&mut self, part: Part, file: &'s str) {
        for base in self.named_in(file) {
            self.add(part, base);
        }
    }

    /// The days that a file's text names, from today on and no farther than matters.
    fn named_in(&mut self, file: &'s str) -> Vec<Date> {
        if let Some(known) = self.named.get(file) {
            return known.clone();
        }
        let text = self.survey.inventory.sources.text(file).unwrap_or_default();
        let days = self.ahead(dates_in(text));
        self.named.insert(file, days.clone());
        days
    }

    fn ahead(&self, days: impl Iterator<Item = Date>) -> Vec<Date> {
        let farthest = self.spans.last().map_or(self.until, |span| plus_days(self.until, *span));
        days.filter(|day| self.survey.today <= *day && *day <= farthest).collect()
    }

    /// A waiver begins and ends for the file that it names, and for every file that its ens is in.
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
            }
        }
    }

    fn lists(&mut self) {
        let survey = self.survey;
        let updates = survey.inventory.lists.iter().filter_map(|file| file.list.next_update);
        updates.for_each(|update| self.add(Part::Whole, day_of(update)));
    }

    fn batches(&mut self) {
        for (place, batch) in self.survey.batches.iter().enumerate() {
            self.add_named(Part::Batch(place), batch.file);
        }
    }

    fn loads(&mut self) {
        let survey = self.survey;
        for (place, view) in survey.loads.iter().enumerate() {
            let (true, Some(ens), Some(certificate)) =
                (view.load.is_open(), view.ens, view.certificate)
            else {
                continue;
            };
            let (part, ens) = (Part::Load(place), &survey.ens[ens]);
            self.add_named(part, survey.batches[view.batch].file);
            self.add_named(part, ens.file);
            for &certificate in [certificate].iter().chain(&ens.certificates) {
                self.certificate(part, &survey.certificates[certificate]);
            }
        }
    }

    fn certificates(&mut self) {
        let survey = self.survey;
        for (place, view) in survey.certificates.iter().enumerate() {
            if !view.users.is_empty() {
                self.certificate(Part::Certificate(place), view);
            }
            for &user in &view.users {
                self.add_named(Part::Certificate(place), survey.ens[user].file);
            }
        }
    }

    fn certificate(&mut self, part: Part, view: &'s CertificateView<'_>) {
        self.add_named(part, view.file);
        let (Some((facts, _)), Some(policy)) = (view.pem, self.survey.policy) else { return };
        let farthest = self.spans.last().map_or(self.until, |span| plus_days(self.until, *span));
        let weak = first_weak_day(facts, policy, self.survey.today, farthest);
        let bases = [facts.not_before, facts.not_after].map(day_of).into_iter();
        for base in self.ahead(bases.chain(weak.map(|(day, _)| day))) {
            self.add(part, base);
        }
    }
}

/// Every `YYYY-MM-DD` in a text.
pub(crate) fn dates_in(text: &str) -> impl Iterator<Item = Date> {
    let hyphens = memchr::memchr_iter(b'-', text.as_bytes());
    hyphens.filter_map(|hyphen| read_date(text.get(hyphen.checked_sub(4)?..hyphen + 6)?))
}
