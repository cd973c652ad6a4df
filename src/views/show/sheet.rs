//! The sheets of an inventory, each made when it is asked for: what concerns whom is sorted once.

use std::collections::{BTreeSet, HashMap};

use super::{Kind, Live, Sheet};
use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::base::word::Word;
use crate::checklist::history::{self, Event};
use crate::checklist::progress::{Overview, Progress, Standing};
use crate::inventory::finding::{Actor, Environment, Finding};
use crate::inventory::survey::{BatchView, CertificateView, EnsIndex, EnsView, Survey};
use crate::tr;
use crate::views::status::standing;
use crate::views::today::{Task, Today};

/// What sheets are made from.
pub struct Sheets<'s, 'a> {
    survey: &'s Survey<'a>,
    overview: &'s Overview<'s, 'a>,
    findings: &'s [Finding],
    tasks: &'s [Task],
    /// The places of the findings about a certificate or a batch, or in a file, by its id or path.
    about: HashMap<&'s str, Vec<usize>>,
    /// The places of the tasks that are about an ens.
    concerning: HashMap<&'s str, Vec<usize>>,
    /// The ens that have an organ code.
    by_code: HashMap<&'a str, Vec<EnsIndex>>,
}

impl<'s, 'a> Sheets<'s, 'a> {
    /// Sorts what is known; `findings` are what the rules say of the survey, `overview` where all ens
    /// stand by them, `today` what is to be done.
    pub fn of(
        survey: &'s Survey<'a>,
        overview: &'s Overview<'s, 'a>,
        findings: &'s [Finding],
        today: &'s Today,
    ) -> Sheets<'s, 'a> {
        let mut about: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, finding) in findings.iter().enumerate() {
            let ids = finding.subject.certificate.iter().chain(&finding.subject.batch);
            for key in ids.map(String::as_str).chain([&*finding.place.file]) {
                about.entry(key).or_default().push(place);
            }
        }
        let mut concerning: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, task) in today.tasks.iter().enumerate() {
            for ens in &task.ens {
                concerning.entry(ens).or_default().push(place);
            }
        }
        let mut by_code: HashMap<&str, Vec<EnsIndex>> = HashMap::new();
        for ens in &survey.ens {
            by_code.entry(ens.ens.organ_code.as_str()).or_default().push(ens.at);
        }
        let tasks = &today.tasks;
        Sheets { survey, overview, findings, tasks, about, concerning, by_code }
    }

    /// That of an ens.
    pub fn ens(&self, view: &EnsView<'_>) -> Sheet {
        let ens = view.ens;
        let mut facts = vec![
            (tr!("name"), vec![ens.name.to_string()]),
            (tr!("block"), vec![ens.block.word().to_owned()]),
            (tr!("organ code"), vec![ens.organ_code.to_string()]),
            (tr!("NIF"), vec![ens.nif.to_string()]),
            (tr!("DIR3"), ens.dir3.iter().map(ToString::to_string).collect()),
        ];
        let seals = view.certificates.iter().map(|&place| self.survey[place].id);
        facts.push((tr!("seals"), seals.map(str::to_owned).collect()));
        let missing = self.progress(view.id).map(|progress| progress.missing.iter());
        let findings = missing.into_iter().flatten().map(|(_, finding)| (*finding).clone());
        let events = history::of_ens(self.survey, view);
        Sheet {
            live: self.live(view),
            findings: findings.collect(),
            ..self.sheet((Kind::Ens, view.id), facts, events, &[view.id])
        }
    }

    /// That of a seal.
    pub fn certificate(&self, view: &CertificateView<'_>) -> Sheet {
        let users = self.users(view);
        let ens: Vec<&str> = users.iter().map(|ens| ens.id).collect();
        let mut facts = Vec::new();
        if let Some((pem, _)) = view.pem {
            facts.extend([
                (tr!("subject"), vec![pem.subject.to_string()]),
                (tr!("issuer"), vec![pem.issuer.to_string()]),
                (tr!("serial"), vec![pem.serial.to_string()]),
            ]);
        }
        let codes = view.record.organ_codes.iter().map(ToString::to_string).collect();
        let keys =
            view.record.key_places().into_iter().map(|(environment, place)| match environment {
                Some(environment) => format!("{}: {place}", environment.shown()),
                None => place.to_owned(),
            });
        facts.extend([
            (tr!("SHA-256"), vec![view.record.sha256.to_string()]),
            (tr!("organ codes"), codes),
            (tr!("key"), keys.collect()),
        ]);
        let mut live: Vec<Live> = users.iter().flat_map(|user| self.live(user)).collect();
        live.retain(|live| live.certificate.as_deref() == Some(view.id));
        let events = history::of_certificate(self.survey, view);
        Sheet {
            live,
            findings: self.findings_about(view.id, view.file),
            ..self.sheet((Kind::Certificate, view.id), facts, events, &ens)
        }
    }

    /// That of a batch.
    pub fn batch(&self, view: &BatchView<'_>) -> Sheet {
        let loads = self.survey.loads_of(view);
        let ens: Vec<&str> = loads.iter().map(|view| view.load.ens.as_str()).collect();
        let pairs = loads
            .iter()
            .map(|view| format!("{} ({})", view.load.ens.as_str(), view.load.certificate.as_str()));
        let facts = vec![
            (tr!("stage"), vec![view.batch.stage.word().to_owned()]),
            (tr!("PRE"), vec![view.batch.date(Environment::Pre).to_string()]),
            (tr!("PRO"), vec![view.batch.date(Environment::Pro).to_string()]),
            (tr!("loads"), pairs.collect()),
        ];
        let events = history::of_batch(self.survey, view);
        let mut sheet = self.sheet((Kind::Batch, view.id), facts, events, &ens);
        sheet.tasks.retain(|task| task.batch.as_deref() == Some(view.id));
        Sheet { findings: self.findings_about(view.id, view.file), ..sheet }
    }

    /// Where an ens stands.
    pub fn progress(&self, ens: &str) -> Option<&'s Progress<'s, 'a>> {
        let all = &self.overview.ens;
        all.binary_search_by(|progress| progress.id.cmp(ens)).ok().map(|place| &all[place])
    }

    fn findings_about(&self, id: &str, file: &str) -> Vec<Finding> {
        let places = [id, file].into_iter().filter_map(|key| self.about.get(key));
        let places: BTreeSet<usize> = places.flatten().copied().collect();
        places.into_iter().map(|place| self.findings[place].clone()).collect()
    }

    /// A sheet of what concerns these ens.
    fn sheet(
        &self,
        (kind, id): (Kind, &str),
        mut facts: Vec<(Text, Vec<String>)>,
        events: Vec<Event>,
        ens: &[&str],
    ) -> Sheet {
        facts.retain(|(_, values)| !values.is_empty());
        let (history, ahead) =
            events.into_iter().partition(|it: &Event| it.day <= self.survey.today);
        let tasks = ens.iter().filter_map(|ens| self.concerning.get(ens)).flatten();
        let tasks: BTreeSet<usize> = tasks.copied().collect();
        Sheet {
            kind,
            id: id.to_owned(),
            facts,
            live: Vec::new(),
            history,
            ahead,
            findings: Vec::new(),
            standing: self.standing(ens),
            tasks: tasks.into_iter().map(|place| self.tasks[place].clone()).collect(),
        }
    }

    /// What these ens wait for, those that stand alike together.
    fn standing(&self, ens: &[&str]) -> Vec<(Text, Vec<Actor>)> {
        let mut alike: Vec<(Standing, Vec<Actor>, Vec<&str>)> = Vec::new();
        let ens: BTreeSet<&str> = ens.iter().copied().collect();
        for progress in ens.into_iter().filter_map(|ens| self.progress(ens)) {
            let (standing, actors) = (progress.standing, progress.actors());
            match alike.iter_mut().find(|known| known.0 == standing && known.1 == actors) {
                Some(known) => known.2.push(progress.id),
                None => alike.push((standing, actors, vec![progress.id])),
            }
        }
        let told = |(how, actors, ens): (Standing, Vec<Actor>, Vec<&str>)| {
            (tr!("{ens}: {standing}", ens = names(ens), standing = standing(how)), actors)
        };
        alike.into_iter().map(told).collect()
    }

    /// The ens that have a seal, or are meant by its organ codes.
    pub fn users(&self, view: &CertificateView<'_>) -> Vec<&'s EnsView<'a>> {
        let codes = &view.record.organ_codes;
        let coded = codes.iter().filter_map(|code| self.by_code.get(code.as_str())).flatten();
        let users: BTreeSet<EnsIndex> = view.users.iter().chain(coded).copied().collect();
        users.into_iter().map(|place| &self.survey[place]).collect()
    }

    fn live(&self, view: &EnsView<'_>) -> Vec<Live> {
        let of = |environment| {
            let current = self.survey.current(view, environment);
            let until = current.and_then(|it| it.pem).map(|(pem, _)| day_of(pem.not_after));
            Live {
                ens: view.id.to_owned(),
                environment,
                certificate: current.map(|current| current.id.to_owned()),
                until: until.map(|day| day.to_string()),
            }
        };
        Environment::BOTH.map(of).to_vec()
    }
}
