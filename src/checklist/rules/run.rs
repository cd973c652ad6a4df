//! Asks every rule of everything it is about, and decides how grave each lack is.

use std::collections::HashSet;
use std::slice::from_ref;
use std::sync::Arc;

use rayon::prelude::*;

use super::load::not_on_hold;
use super::{CHECKLIST, Case, Check, Draft, Verdict, waive};
use crate::inventory::Waivers;
use crate::inventory::finding::{
    Environment, Finding, Kind, LookedAt, Place, Rule, Severity, Subject,
};
use crate::inventory::model::{Policy, Raised};
use crate::inventory::source::Sources;
use crate::inventory::survey::{
    BatchIndex, BatchView, CertificateIndex, CertificateView, EnsIndex, EnsView, LoadIndex, Survey,
};

/// What the checklist says of an inventory.
#[derive(Debug)]
pub struct Outcome {
    /// What does not hold, in the order in which it is shown.
    pub findings: Vec<Finding>,
    /// How often each rule was asked, in the order of the checklist.
    pub looked_at: Vec<LookedAt>,
}

/// Asks the whole checklist, with the inventory's own waivers.
pub fn check(survey: &Survey<'_>) -> Outcome {
    let waivers = &survey.inventory.waivers;
    let mut outcome = ask_all(survey);
    let unused = waive::waive(survey, waivers, &mut outcome.findings);
    outcome.findings.extend(unused.into_iter().map(|item| waive::unused_finding(survey, item)));
    sort(&mut outcome.findings, &survey.inventory.sources);
    outcome
}

/// Asks the whole checklist, with the waivers of another inventory.
pub fn check_with(survey: &Survey<'_>, waivers: &Waivers) -> Vec<Finding> {
    let Outcome { mut findings, .. } = ask_all(survey);
    waive::waive(survey, waivers, &mut findings);
    findings
}

/// Asks the integrity rules alone: what breaks them is an error whatever the day's loads.
pub fn check_integrity(survey: &Survey<'_>) -> Vec<Finding> {
    let mut run = ask_each(&Scope::all(survey), survey, |rule| rule.kind == Kind::Integrity);
    sort(&mut run.findings, &survey.inventory.sources);
    run.findings
}

/// Asks everything that is asked of one part of an inventory, with its own waivers. Waivers that
/// cover nothing are not told.
pub fn check_part(survey: &Survey<'_>, part: Part) -> Vec<Finding> {
    let scope = Scope::of(survey, part);
    let mut run = Run { survey, findings: Vec::new(), looked_at: Vec::new() };
    CHECKLIST.iter().for_each(|(rule, check)| run.ask(rule, *check, &scope));
    waive::waive(survey, &survey.inventory.waivers, &mut run.findings);
    run.findings
}

/// Asks everything that is asked of one seal on its way to one ens: as a load, if it is one, and of
/// the files that it rests on. With the inventory's own waivers.
pub fn check_case(case: Case<'_, '_>) -> Vec<Finding> {
    let survey = case.survey;
    let scope = Scope {
        files: false,
        whole: false,
        ens: from_ref(case.ens),
        certificates: from_ref(case.certificate),
        batches: &[],
        cases: vec![case],
        current: Vec::new(),
    };
    let mut run = Run { survey, findings: Vec::new(), looked_at: Vec::new() };
    CHECKLIST.iter().for_each(|(rule, check)| run.ask(rule, *check, &scope));
    waive::waive(survey, &survey.inventory.waivers, &mut run.findings);
    run.findings
}

/// A part of an inventory that can be asked alone, by its place in the survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// What is asked of all of it at once; its files apart.
    Whole,
    /// An ens, and its latest certificate if no load names it yet.
    Ens(EnsIndex),
    /// A batch.
    Batch(BatchIndex),
    /// A load, if it is open.
    Load(LoadIndex),
    /// A certificate, its record and where it is loaded today.
    Certificate(CertificateIndex),
}

/// What is asked about.
struct Scope<'s, 'a> {
    files: bool,
    whole: bool,
    ens: &'s [EnsView<'a>],
    certificates: &'s [CertificateView<'a>],
    batches: &'s [BatchView<'a>],
    cases: Vec<Case<'s, 'a>>,
    /// Certificates that are loaded today, and where.
    current: Vec<(&'s CertificateView<'a>, Loaded)>,
}

/// Where a certificate is loaded today.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// In these environments, by ens that have ceased too.
    pub environments: Vec<Environment>,
    /// In these, by ens that have not ceased.
    pub in_use: Vec<Environment>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// All of it, but no cases and nothing that is loaded.
    fn all(survey: &'s Survey<'a>) -> Scope<'s, 'a> {
        Scope {
            files: true,
            whole: true,
            ens: &survey.ens,
            certificates: &survey.certificates,
            batches: &survey.batches,
            cases: Vec::new(),
            current: Vec::new(),
        }
    }

    fn of(survey: &'s Survey<'a>, part: Part) -> Scope<'s, 'a> {
        let mut scope = Scope {
            files: false,
            whole: part == Part::Whole,
            ens: &[],
            certificates: &[],
            batches: &[],
            cases: Vec::new(),
            current: Vec::new(),
        };
        match part {
            Part::Whole => {}
            Part::Ens(at) => {
                scope.ens = from_ref(&survey[at]);
                scope.cases.extend(waits(survey, &survey[at]));
            }
            Part::Batch(at) => scope.batches = from_ref(&survey[at]),
            Part::Load(at) if survey[at].load.is_open() => {
                scope.cases.extend(Case::of_load(survey, &survey[at]));
            }
            Part::Load(_) => {}
            Part::Certificate(at) => {
                scope.certificates = from_ref(&survey[at]);
                scope.current.extend(current(survey, &survey[at]));
            }
        }
        scope
    }
}

fn ask_all(survey: &Survey<'_>) -> Outcome {
    let certificates = survey.certificates.par_iter();
    let scope = Scope {
        cases: cases(survey),
        current: certificates.filter_map(|view| current(survey, view)).collect(),
        ..Scope::all(survey)
    };
    let mut run = ask_each(&scope, survey, |_| true);
    drop_echoes(&mut run.findings);
    Outcome { findings: run.findings, looked_at: run.looked_at }
}

/// Asks the rules that are wanted, on all cores.
fn ask_each<'s, 'a>(
    scope: &Scope<'s, 'a>,
    survey: &'s Survey<'a>,
    is_wanted: fn(&Rule) -> bool,
) -> Run<'s, 'a> {
    let wanted = CHECKLIST.par_iter().filter(|(rule, _)| is_wanted(rule));
    let runs = wanted.map(|(rule, check)| {
        let mut run = Run { survey, findings: Vec::new(), looked_at: Vec::new() };
        run.ask(rule, *check, scope);
        run
    });
    let runs: Vec<Run<'s, 'a>> = runs.collect();
    let findings = Vec::with_capacity(runs.iter().map(|run| run.findings.len()).sum());
    let mut run = Run { survey, findings, looked_at: Vec::new() };
    runs.into_iter().for_each(|one| run.add_all(one));
    run
}

/// What an open load is told of its ens is not told again to the ens for a later certificate that
/// has no load yet.
fn drop_echoes(findings: &mut Vec<Finding>) {
    let may_be_echo = |finding: &Finding| {
        finding.severity == Severity::Pending && finding.subject.batch.is_none()
    };
    if !findings.iter().any(may_be_echo) {
        return;
    }
    let of_loads: HashSet<(&str, &Place, Option<&str>)> =
        findings.iter().filter(|finding| finding.subject.batch.is_some()).map(told).collect();
    let is_echo = |finding| may_be_echo(finding) && of_loads.contains(&told(finding));
    let mut echoes = findings.iter().map(is_echo).collect::<Vec<bool>>().into_iter();
    findings.retain(|_| !echoes.next().unwrap_or_default());
}

/// Which rule spoke, where, and of which ens.
fn told(finding: &Finding) -> (&'static str, &Place, Option<&str>) {
    (finding.rule.name, &finding.place, finding.subject.ens.as_deref())
}

/// Gravest first, then by place.
pub fn sort(findings: &mut Vec<Finding>, sources: &Sources) {
    let key = |(index, finding): (usize, &Finding)| {
        let located = sources.locate(&finding.place);
        let place = (Arc::clone(&finding.place.file), located.line, located.column);
        ((finding.severity, place, finding.rule.name), index)
    };
    let mut order: Vec<_> = findings.par_iter().enumerate().map(key).collect();
    // Words are put together for those alone that stand at one place.
    let words = |index: usize| (findings[index].message.to_string(), &findings[index].subject);
    order
        .par_sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| words(*a).cmp(&words(*b))));
    arrange(findings, order.into_iter().map(|(_, index)| index));
    findings.dedup_by(|a, b| {
        let is_alike = a.rule.name == b.rule.name && a.place == b.place && a.message == b.message;
        is_alike && a.subject == b.subject
    });
}

/// Puts items into an order, which has their places; there may be too many for a second copy of each.
fn arrange<T>(items: &mut [T], order: impl Iterator<Item = usize>) {
    let mut targets = vec![0; items.len()];
    order.enumerate().for_each(|(target, place)| targets[place] = target);
    for place in 0..items.len() {
        while targets[place] != place {
            let target = targets[place];
            items.swap(place, target);
            targets.swap(place, target);
        }
    }
}

/// The open loads, then the ens whose latest certificate has no load yet.
fn cases<'s, 'a>(survey: &'s Survey<'a>) -> Vec<Case<'s, 'a>> {
    let asked = survey.asked().filter_map(|view| Case::of_load(survey, view));
    let waiting = survey.ens.par_iter().filter_map(|ens| waits(survey, ens));
    asked.chain(waiting.collect::<Vec<_>>()).collect()
}

/// The ens whose latest certificate has no load yet, those apart that have ceased.
pub fn waiting<'s, 'a>(survey: &'s Survey<'a>) -> impl Iterator<Item = Case<'s, 'a>> {
    survey.ens.iter().filter_map(|ens| waits(survey, ens))
}

fn waits<'s, 'a>(survey: &'s Survey<'a>, ens: &'s EnsView<'a>) -> Option<Case<'s, 'a>> {
    let certificate = survey.latest(ens)?;
    let mut loads = ens.loads.iter().map(|&place| &survey[place].load);
    let is_loaded =
        loads.any(|load| load.withdrawn.is_none() && load.certificate.as_str() == certificate.id);
    let is_current = Environment::BOTH.iter().all(|&environment| {
        survey.current(ens, environment).is_some_and(|current| current.id == certificate.id)
    });
    let waits = !is_loaded && !is_current && !ens.has_ceased_by(survey.today);
    waits.then_some(Case { survey, ens, certificate, planned: None })
}

/// Where a certificate is loaded today, if anywhere.
fn current<'s, 'a>(
    survey: &'s Survey<'a>,
    view: &'s CertificateView<'a>,
) -> Option<(&'s CertificateView<'a>, Loaded)> {
    let mut loaded = Loaded::default();
    for environment in Environment::BOTH {
        let users = view.users.iter().map(|&ens| &survey[ens]);
        let has = |ens: &&EnsView<'_>| {
            survey.may_hold(ens, environment).any(|current| current.id == view.id)
        };
        let mut holders = users.filter(has).peekable();
        if holders.peek().is_some() {
            loaded.environments.push(environment);
        }
        if holders.any(|ens| !ens.has_ceased_by(survey.today)) {
            loaded.in_use.push(environment);
        }
    }
    (!loaded.environments.is_empty()).then_some((view, loaded))
}

struct Run<'s, 'a> {
    survey: &'s Survey<'a>,
    findings: Vec<Finding>,
    looked_at: Vec<LookedAt>,
}

impl<'a> Run<'_, 'a> {
    /// Adds what another run found.
    fn add_all(&mut self, other: Run<'_, 'a>) {
        self.findings.extend(other.findings);
        other.looked_at.iter().for_each(|one| self.count(one.rule, one.subjects, one.found));
    }

    fn ask(&mut self, rule: &'static Rule, check: Check, scope: &Scope<'_, 'a>) {
        let survey = self.survey;
        match check {
            Check::File(ask) if scope.files => {
                let drafts = survey.inventory.problems.iter().filter_map(ask);
                let drafts: Vec<Draft> = drafts.collect();
                self.count(rule, survey.inventory.files, drafts.len());
                drafts.into_iter().for_each(|draft| self.add(rule, draft, None));
            }
            Check::Inventory(ask) if scope.whole => {
                self.note(rule, ask(survey), &Subject::default(), None);
            }
            Check::File(_) | Check::Inventory(_) => {}
            Check::Ens(ask) => {
                for ens in scope.ens {
                    self.note_about(rule, ask(survey, ens), || about_ens(ens.id));
                }
            }
            Check::Certificate(ask) => {
                for view in scope.certificates {
                    self.note_about(rule, ask(survey, view), || about_certificate(view.id));
                }
            }
            Check::Batch(ask) => {
                for view in scope.batches {
                    self.note_about(rule, ask(survey, view), || about_batch(view.id));
                }
            }
            Check::Open(ask) => {
                scope.cases.iter().filter(|case| case.planned.is_some()).for_each(|case| {
                    self.note_case(rule, ask(case), case);
                });
            }
            Check::Case(ask) => {
                scope.cases.iter().for_each(|case| self.note_case(rule, ask(case), case));
            }
            Check::Current(ask) => {
                for (view, loaded) in &scope.current {
                    let first = self.findings.len();
                    let verdict = ask(survey, view, loaded);
                    self.note_about(rule, verdict, || about_certificate(view.id));
                    self.findings[first..].iter_mut().for_each(|finding| finding.now = true);
                }
            }
            Check::Change => {}
            Check::Promotion => return,
        }
        self.count(rule, 0, 0);
    }

    fn note_about(&mut self, rule: &'static Rule, verdict: Verdict, about: impl Fn() -> Subject) {
        match verdict {
            Some(drafts) if drafts.is_empty() => self.count(rule, 1, 0),
            Some(_) => self.note(rule, verdict, &about(), None),
            None => {}
        }
    }

    fn note_case(&mut self, rule: &'static Rule, verdict: Verdict, case: &Case<'_, '_>) {
        match verdict {
            Some(drafts) if drafts.is_empty() => self.count(rule, 1, 0),
            Some(_) => self.note(rule, verdict, &about_case(case), Some(case)),
            None => {}
        }
    }

    fn note(
        &mut self,
        rule: &'static Rule,
        verdict: Verdict,
        about: &Subject,
        case: Option<&Case<'_, '_>>,
    ) {
        let Some(drafts) = verdict else { return };
        self.count(rule, 1, drafts.len());
        for mut draft in drafts {
            draft.subject.ens = draft.subject.ens.or_else(|| about.ens.clone());
            draft.subject.certificate =
                draft.subject.certificate.or_else(|| about.certificate.clone());
            draft.subject.batch = draft.subject.batch.or_else(|| about.batch.clone());
            self.add(rule, draft, case);
        }
    }

    fn count(&mut self, rule: &'static Rule, subjects: usize, found: usize) {
        match self.looked_at.iter_mut().rfind(|looked_at| looked_at.rule.name == rule.name) {
            Some(looked_at) => {
                looked_at.subjects += subjects;
                looked_at.found += found;
            }
            None => self.looked_at.push(LookedAt { rule, subjects, found }),
        }
    }

    fn add(&mut self, rule: &'static Rule, draft: Draft, case: Option<&Case<'_, '_>>) {
        let severity = draft.severity.unwrap_or_else(|| severity(rule, &draft, case));
        let severity = match is_stopped(self.survey, rule, &draft) {
            true => severity.max(Severity::Pending),
            false => raised(rule, severity, self.survey.policy),
        };
        self.findings.push(draft.into_finding(rule, severity));
    }
}

/// Whether a hold runs over the batch that something is found of: whatever stopped it can be recorded
/// with it, and keeps nobody else from loading.
fn is_stopped(survey: &Survey<'_>, rule: &Rule, draft: &Draft) -> bool {
    let waits = match rule.kind {
        Kind::Precondition
        | Kind::PreconditionAndNow
        | Kind::PreconditionAndSequence
        | Kind::Sequence => rule.name != not_on_hold::RULE.name,
        Kind::Integrity | Kind::Gate | Kind::Warning | Kind::Pending => false,
    };
    let batch = draft.subject.batch.as_deref().filter(|_| waits);
    let view = batch.and_then(|batch| survey.batch(batch));
    view.is_some_and(|view| view.batch.running_hold().is_some())
}

/// `severity`, or an error where the policy raises the rule's warnings.
pub fn raised(rule: &Rule, severity: Severity, policy: Option<&Policy>) -> Severity {
    match policy.and_then(|policy| policy.rules.get(rule.name)) {
        Some(Raised::Error) if severity == Severity::Warning => Severity::Error,
        _ => severity,
    }
}

/// How grave a lack is, by the rule's kind and how far the load has come.
fn severity(rule: &Rule, draft: &Draft, case: Option<&Case<'_, '_>>) -> Severity {
    match rule.kind {
        Kind::Integrity | Kind::Gate => Severity::Error,
        Kind::Precondition | Kind::PreconditionAndNow | Kind::PreconditionAndSequence => {
            case.map_or(Severity::Error, Case::precondition)
        }
        Kind::Sequence => {
            let environment = draft.subject.environment.unwrap_or(Environment::Pro);
            case.map_or(Severity::Error, |case| case.sequence(environment))
        }
        Kind::Warning => Severity::Warning,
        Kind::Pending => Severity::Pending,
    }
}

fn about_ens(id: &str) -> Subject {
    Subject { ens: Some(id.to_owned()), ..Subject::default() }
}

fn about_certificate(id: &str) -> Subject {
    Subject { certificate: Some(id.to_owned()), ..Subject::default() }
}

fn about_batch(id: &str) -> Subject {
    Subject { batch: Some(id.to_owned()), ..Subject::default() }
}

fn about_case(case: &Case<'_, '_>) -> Subject {
    Subject {
        ens: Some(case.ens.id.to_owned()),
        certificate: Some(case.certificate.id.to_owned()),
        batch: case.planned.map(|planned| planned.batch.id.to_owned()),
        environment: None,
    }
}

#[cfg(test)]
mod tests {
    use super::arrange;

    #[test]
    fn items_are_put_into_any_order() {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 2, 3, 0], [2, 0, 1, 3], [1, 0, 3, 2]] {
            let mut items = ["a", "b", "c", "d"];
            arrange(&mut items, order.into_iter());
            assert_eq!(items, order.map(|place| ["a", "b", "c", "d"][place]));
        }
    }
}
