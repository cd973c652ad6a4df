//! Pages for those who do not live in a terminal: the site, and the plan as one file. What is shown are
//! the values behind the other views; nothing is decided here.

mod ahead;
mod batches;
mod change;
mod checklist;
mod due;
mod ens;
mod frame;
mod parts;
mod paths;
mod pictures;
mod record;
mod seals;
mod tongue;

use std::collections::HashMap;
use std::io;

use rayon::prelude::*;

use crate::base::language::Language;
use crate::base::word::Word;
use crate::checklist::forecast::{Break, Forecast};
use crate::checklist::progress::Overview;
use crate::checklist::rules::{self, Outcome};
use crate::inventory::finding::{Environment, Finding};
use crate::inventory::survey::Survey;
use crate::pipeline::log::{Entry, Log};
use crate::planning::plan::Plan;
use crate::views::show::Sheets;
use crate::views::status::Status;
use crate::views::today::Today;

use frame::Page;
use tongue::Tongue;

pub use change::write as write_plan;
pub use paths::is_own;

/// The approval record of one environment.
pub struct Record {
    /// The environment.
    pub environment: Environment,
    /// Its record; none: it has no branch here.
    pub log: Option<Log>,
}

/// What the pages are made from.
pub struct Given<'s, 'a> {
    /// The inventory on its day.
    pub survey: &'s Survey<'a>,
    /// What the checklist says of it.
    pub outcome: &'s Outcome,
    /// Where all ens stand.
    pub overview: &'s Overview<'s, 'a>,
    /// The same, with how far what is to be loaded has come.
    pub status: &'s Status<'s, 'a>,
    /// What is due.
    pub today: &'s Today,
    /// What breaks if nobody acts.
    pub forecast: &'s Forecast,
    /// The approval record, PRE first.
    pub records: &'s [Record],
    /// What a change means.
    pub plan: Option<&'s Plan>,
    /// The commit that is looked at; none: a working tree.
    pub commit: Option<String>,
}

/// The site: its pages are made as they are asked for.
pub struct Site<'s, 'a> {
    survey: &'s Survey<'a>,
    outcome: &'s Outcome,
    status: &'s Status<'s, 'a>,
    today: &'s Today,
    forecast: &'s Forecast,
    records: &'s [Record],
    plan: Option<&'s Plan>,
    commit: Option<String>,
    sheets: Sheets<'s, 'a>,
    /// What breaks, by the ens or the seal that it is about.
    breaks: HashMap<&'s str, Vec<&'s Break>>,
    /// The findings of each rule.
    by_rule: HashMap<&'static str, Vec<&'s Finding>>,
    /// The promotions that asked to load a seal, the newest first.
    loading: HashMap<(Environment, &'s str, &'s str), Vec<&'s Entry>>,
}

/// Takes a page with its path, from several threads.
pub type Put<'f> = &'f (dyn Fn(&str, &str) -> io::Result<()> + Sync);

impl<'s, 'a> Site<'s, 'a> {
    /// Sorts what is known by what pages are about.
    pub fn of(given: Given<'s, 'a>) -> Site<'s, 'a> {
        let Given { survey, outcome, overview, status, today, forecast, records, plan, commit } =
            given;
        let mut breaks: HashMap<&str, Vec<&Break>> = HashMap::new();
        for item in &forecast.breaks {
            let subject = &item.finding.subject;
            for id in subject.ens.iter().chain(&subject.certificate) {
                breaks.entry(id).or_default().push(item);
            }
        }
        let mut by_rule: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for finding in &outcome.findings {
            by_rule.entry(finding.rule.name).or_default().push(finding);
        }
        let mut loading: HashMap<_, Vec<&Entry>> = HashMap::new();
        for entry in
            records.iter().filter_map(|record| record.log.as_ref()).flat_map(|log| &log.entries)
        {
            for step in &entry.loads {
                let Some(seal) = &step.certificate else { continue };
                let load = (entry.environment, step.ens.as_str(), seal.as_str());
                loading.entry(load).or_default().push(entry);
            }
        }
        let sheets = Sheets::of(survey, overview, &outcome.findings, today);
        Site {
            survey,
            outcome,
            status,
            today,
            forecast,
            records,
            plan,
            commit,
            sheets,
            breaks,
            by_rule,
            loading,
        }
    }

    /// The promotion that asked for a load, by its day.
    fn released(&self, at: Environment, ens: &str, seal: &str, day: &str) -> Option<&'s Entry> {
        let entries = self.loading.get(&(at, ens, seal))?;
        let by = |entry: &&&Entry| entry.day.as_deref().is_none_or(|promoted| promoted <= day);
        entries.iter().find(by).copied()
    }

    /// Hands over every file of the site.
    ///
    /// # Errors
    /// When one is not taken.
    pub fn write(&self, put: Put<'_>) -> io::Result<()> {
        let own = self.survey.policy.and_then(|policy| policy.language);
        put("index.html", &frame::entrance(own))?;
        put("style.css", frame::STYLE)?;
        put("script.js", frame::SCRIPT)?;
        Language::ALL.into_par_iter().try_for_each(|language| self.few(language, put))?;
        let survey = self.survey;
        survey.ens.par_iter().try_for_each(|view| {
            let sheet = self.sheets.ens(view);
            self.each(put, &paths::ens(view.id), |tongue| self.ens(tongue, view, &sheet))
        })?;
        survey.certificates.par_iter().try_for_each(|view| {
            let sheet = self.sheets.certificate(view);
            self.each(put, &paths::seal(view.id), |tongue| self.seal(tongue, view, &sheet))
        })?;
        survey.batches.par_iter().try_for_each(|view| {
            let sheet = self.sheets.batch(view);
            self.each(put, &paths::batch(view.id), |tongue| self.batch(tongue, view, &sheet))
        })?;
        self.calendars().par_iter().try_for_each(|(name, batches)| {
            self.each(put, &paths::calendar(name), |tongue| self.calendar(tongue, name, batches))
        })?;
        let entries: Vec<&Entry> = self.entries().collect();
        entries.par_iter().try_for_each(|entry| {
            self.each(put, &paths::promotion(entry), |tongue| self.promotion(tongue, entry))
        })?;
        let all: Vec<_> = rules::all().collect();
        all.par_iter().try_for_each(|rule| {
            self.each(put, &paths::rule(rule.name), |tongue| self.rule(tongue, rule))
        })
    }

    /// The pages of which a language has one each.
    fn few(&self, language: Language, put: Put<'_>) -> io::Result<()> {
        type Make<'s, 'a> = fn(&Site<'s, 'a>, Tongue<'_>) -> String;
        let tongue = Tongue { language, up: "", known: Some(self.survey) };
        let pages: [(&str, Make<'s, 'a>); 8] = [
            ("index.html", Site::due),
            ("due.html", Site::all_due),
            ("ens.html", Site::all_ens),
            ("calendars.html", Site::all_calendars),
            ("seals.html", Site::all_seals),
            ("ahead.html", Site::ahead),
            ("record.html", Site::record),
            ("checklist.html", Site::checklist),
        ];
        for (path, make) in pages {
            put(&format!("{}/{path}", language.word()), &make(self, tongue))?;
        }
        match self.plan {
            Some(plan) => {
                put(&format!("{}/change.html", language.word()), &self.change(tongue, plan))
            }
            None => Ok(()),
        }
    }

    /// A page in each language.
    fn each(
        &self,
        put: Put<'_>,
        path: &str,
        make: impl Fn(Tongue<'_>) -> String,
    ) -> io::Result<()> {
        Language::ALL.into_iter().try_for_each(|language| {
            let tongue = Tongue { language, up: "../", known: Some(self.survey) };
            put(&format!("{}/{path}", language.word()), &make(tongue))
        })
    }

    fn entries(&self) -> impl Iterator<Item = &'s Entry> {
        self.records.iter().filter_map(|record| record.log.as_ref()).flat_map(|log| &log.entries)
    }
}
