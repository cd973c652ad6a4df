//! Many seals at once: what went where, and what did not.

use std::collections::{BTreeSet, HashMap};
use std::process::ExitCode;

use anyhow::Result;

use super::certificate::{Ground, consequences, ensure_shared, share, told_authorities};
use super::seal::{Found, Seal};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::base::time::day_of;
use crate::commands::out::{print, say};
use crate::edit::Changeset;
use crate::inventory::finding::Finding;
use crate::inventory::survey::{CertificateView, EnsView};
use crate::tr;
use crate::views::table::Table;

/// What has come of many seals up to now.
pub(super) struct Many<'g, 's, 'a> {
    ground: &'g Ground<'g, 's, 'a>,
    known: HashMap<Sha256, &'s CertificateView<'a>>,
    /// The seals of this run, and the files that they came in.
    seen: HashMap<Sha256, String>,
    /// The ids that this run gives.
    taken: BTreeSet<String>,
    /// Whose seals they are.
    ens: BTreeSet<String>,
    rows: Vec<Vec<String>>,
    added: usize,
    refused: usize,
    authorities: usize,
    /// How many have no place of a key, and how many the policy's.
    keyless: usize,
    keyed_by_policy: usize,
}

impl<'g, 's, 'a> Many<'g, 's, 'a> {
    pub fn of(ground: &'g Ground<'g, 's, 'a>) -> Many<'g, 's, 'a> {
        let known = ground.survey.certificates.iter();
        Many {
            ground,
            known: known.map(|view| (view.record.sha256.0, view)).collect(),
            seen: HashMap::new(),
            taken: BTreeSet::new(),
            ens: BTreeSet::new(),
            rows: Vec::new(),
            added: 0,
            refused: 0,
            authorities: 0,
            keyless: 0,
            keyed_by_policy: 0,
        }
    }

    /// Of how many something is told.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Takes what a file holds.
    pub fn take(&mut self, file: String, found: Found, changes: &mut Changeset) {
        let is_empty = found.seals.is_empty() && found.refused.is_empty();
        if is_empty {
            self.refuse(file, &tr!("it holds no seal").to_string());
        }
        self.authorities += found.authorities.len();
        for (part, why) in found.refused {
            self.refuse(part, &why.to_string());
        }
        for seal in found.seals {
            let file = seal.file().to_owned();
            match self.add(&seal, changes) {
                Ok((bodies, id, came)) => {
                    let ens = bodies.iter().map(|body| body.id).collect::<Vec<_>>().join(", ");
                    self.ens.extend(bodies.iter().map(|body| body.id.to_owned()));
                    self.rows.push(vec![file, ens, id, came]);
                }
                Err(why) => self.refuse(file, &format!("{why:#}")),
            }
        }
    }

    /// Tells that nothing comes of a file or a part of it, and why.
    pub fn refuse(&mut self, file: String, why: &str) {
        let came = tr!("refused: {why}", why = why).to_string();
        self.refused += 1;
        self.rows.push(vec![file, String::new(), String::new(), came]);
    }

    /// Adds one: whose it is, its id, and what came of it.
    fn add(
        &mut self,
        seal: &Seal,
        changes: &mut Changeset,
    ) -> Result<(Vec<&'s EnsView<'a>>, String, String)> {
        let Ground { arguments, survey, whom, named } = *self.ground;
        let bodies = seal.bodies_among(whom, named)?;
        let digest = seal.facts.sha256;
        if let Some(file) = self.seen.get(&digest) {
            let same = tr!("the same as in `{file}`", file = file).to_string();
            return Ok((bodies, String::new(), same));
        }
        let delivered = arguments.ticket.clone().map(|ticket| (ticket, arguments.delivered));
        if let Some(known) = self.known.get(&digest).copied() {
            let before = changes.paths().count();
            ensure_shared(known, &bodies)?;
            self.ground.complete(known, delivered, changes)?;
            share(known, &bodies, changes)?;
            self.seen.insert(digest, seal.file().to_owned());
            let came = match changes.paths().count() == before {
                true => tr!("there already"),
                false => tr!("there already, and completed"),
            };
            return Ok((bodies, known.id.to_owned(), came.to_string()));
        }
        let taken = &self.taken;
        let is_taken =
            |id: &str| taken.contains(id) || survey.inventory.certificates.contains_key(id);
        let new = self.ground.new_seal(seal, &bodies, is_taken)?;
        let key = self.ground.key(&new);
        match &key {
            None => self.keyless += 1,
            Some(key) => self.keyed_by_policy += usize::from(key.is_policys),
        }
        new.create(seal, &bodies, key.as_ref(), self.ground.delivery(delivered), changes)?;
        let id = new.id();
        self.added += 1;
        self.taken.insert(id.clone());
        self.seen.insert(digest, seal.file().to_owned());
        let mut came =
            vec![tr!("added, in force through {day}", day = day_of(seal.facts.not_after))];
        came.extend(consequences(seal, survey, &bodies, &id));
        let came: Vec<String> = came.iter().map(Text::to_string).collect();
        Ok((bodies, id, came.join("; ")))
    }

    /// Tells all of it, and writes what can be written.
    ///
    /// Exit code 0: all are there; 1: some are not.
    pub fn finish(self, changes: &Changeset) -> Result<ExitCode> {
        let head = vec![tr!("file"), tr!("ens"), tr!("certificate"), tr!("what came of it")];
        let count = self.rows.len();
        let table = Table { head, rows: self.rows };
        print(|out| table.human(out))?;
        say(tr!(
            "of {seals}: {added} added, {there} there already, {refused} refused",
            seals = tr!(count = count; one "{count} seal", many "{count} seals"),
            added = self.added,
            there = count - self.added - self.refused,
            refused = self.refused
        ));
        for line in told(self.authorities, self.keyed_by_policy, self.keyless) {
            say(line);
        }
        if self.refused > 0 && changes.is_empty() {
            return Ok(ExitCode::FAILURE);
        }
        let next = tr!(
            "when AEAT has confirmed them: `segell add confirmation --env pre,pro --from FILE.csv --evidence TICKET`"
        );
        let ens = self.ens;
        let concerns = |finding: &Finding| {
            let about = finding.subject.ens.as_ref();
            finding.severity != crate::inventory::finding::Severity::Pending
                && about.is_some_and(|about| ens.contains(about))
        };
        let code = self.ground.arguments.writing.record_briefly(changes, concerns, &[next])?;
        Ok(if self.refused == 0 { code } else { ExitCode::FAILURE })
    }
}

/// What has to be known besides.
fn told(authorities: usize, keyed_by_policy: usize, keyless: usize) -> Vec<Text> {
    let mut lines = Vec::new();
    if authorities > 0 {
        lines.push(told_authorities(authorities));
    }
    if keyed_by_policy > 0 {
        lines.push(tr!(
            count = keyed_by_policy;
            one "of {count} the private key is recorded where the policy's `certificates.key` has it: see that it is there",
            many "of {count} the private keys are recorded where the policy's `certificates.key` has them: see that they are there"
        ));
    }
    if keyless > 0 {
        lines.push(tr!(
            count = keyless;
            one "of {count} nobody says where the private key is: it is not recorded; the policy's `certificates.key` can say it of all",
            many "of {count} nobody says where the private keys are: they are not recorded; the policy's `certificates.key` can say it of all"
        ));
    }
    lines
}
