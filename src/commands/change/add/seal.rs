//! Seals that came from the support desk: what can be read in a file, and whose each is.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::checklist::rules::certificate::matches_ens;
use crate::commands::ask::{Interview, Question};
use crate::commands::change::asking::open;
use crate::commands::change::writing::Refused;
use crate::commands::look::inspect;
use crate::commands::whom::Whom;
use crate::files::x509::{self, Certificate};
use crate::inventory::model::Block;
use crate::inventory::survey::EnsView;
use crate::tr;

/// Asks whose seal it is among those who share its NIF.
fn ask_whose(interview: &mut Interview, sharing: &[&EnsView<'_>]) -> Result<Option<Vec<String>>> {
    let choices: Vec<String> = sharing.iter().map(|view| view.id.to_owned()).collect();
    let known = |id: &str| {
        let refused = || tr!("`{word}` is none of {ens}", word = id, ens = names(&choices));
        choices.iter().find(|choice| *choice == id).cloned().ok_or_else(refused)
    };
    let words =
        tr!("Whose seal is it? (several share its NIF; several answers are parted by blanks)");
    let question = Question { choices: choices.clone(), ..open("--ens ENS", words) };
    interview.need_some(&[], &question, known)
}

/// The folder of the seal that all departments share.
const SHARED_HOLDER: &str = "generalitat";

/// A certificate that was read: its bytes and what it states.
pub struct Seal {
    /// The file that it was read from.
    file: String,
    pub der: Vec<u8>,
    pub facts: Certificate,
}

/// What is in a file.
#[derive(Default)]
pub struct Found {
    pub seals: Vec<Seal>,
    /// Parts that hold no seal, and why.
    pub refused: Vec<(String, Text)>,
    /// Certificates of authorities, which are no seals.
    pub authorities: Vec<Seal>,
}

impl Found {
    /// Reads all certificates of `file`: PEM, DER, PKCS#7, chains, or a ZIP of them. Where there are
    /// several, those of authorities are told apart.
    ///
    /// # Errors
    /// When it cannot be read, is none of that, or there is a private key in it.
    pub fn read(file: &Path) -> Result<Found> {
        let shown = file.display().to_string();
        let bytes = inspect::read(file)
            .with_context(|| tr!("cannot read `{file}`", file = shown.as_str()))?;
        if let Some((_, what)) = x509::private_key_in(&bytes) {
            bail!(Refused(tr!(
                "`{file}` holds {what}: a private key has no place in an inventory; ask for the certificate alone, and for another seal if others may have seen this file",
                file = shown.as_str(),
                what = what
            )));
        }
        let parts = x509::certificates_in(&bytes);
        let parts = parts.map_err(|why| inspect::no_certificate(&why, &shown))?;
        let is_alone = matches!(parts.as_slice(), [only] if only.name.is_none());
        let mut found = Found::default();
        for part in parts {
            let file = match &part.name {
                None => shown.clone(),
                Some(name) => format!("{shown}: {name}"),
            };
            let is_one = part.certificates.as_ref().is_ok_and(|all| all.len() == 1);
            match part.certificates {
                Err(why) => found.refused.push((file, why)),
                Ok(all) if all.is_empty() => {
                    found.refused.push((file, tr!("it holds no certificate")));
                }
                Ok(all) => {
                    for der in all {
                        match Certificate::read(&der) {
                            Err(why) if is_alone && is_one => {
                                return Err(inspect::no_certificate(&why, &shown));
                            }
                            Err(why) => found.refused.push((file.clone(), why.told())),
                            Ok(facts) => {
                                found.take(Seal { file: file.clone(), der, facts }, is_one)
                            }
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// One that came alone is taken for a seal, so that the rules say what it is.
    fn take(&mut self, seal: Seal, is_one: bool) {
        let mut there = self.seals.iter().chain(&self.authorities);
        if there.any(|there| there.file == seal.file && there.der == seal.der) {
            return;
        }
        match seal.facts.is_authority && !is_one {
            true => self.authorities.push(seal),
            false => self.seals.push(seal),
        }
    }
}

impl Seal {
    /// The file that it was read from.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Those whose seal it is: the ens that are named, else the only one with its NIF; of several with
    /// it, those in the answer.
    ///
    /// # Errors
    /// When one of them is not there or has another NIF, or it is not plain who is meant.
    pub fn bodies<'s, 'a>(
        &self,
        interview: &mut Interview,
        whom: &Whom<'s, 'a>,
        named: &[&'s EnsView<'a>],
    ) -> Result<Option<Vec<&'s EnsView<'a>>>> {
        if !named.is_empty() {
            self.ensure_theirs(named).map_err(Refused)?;
            return Ok(Some(named.to_vec()));
        }
        match self.with_its_nif(whom).as_slice() {
            several @ [_, _, ..] if interview.is_attended() => {
                let Some(ids) = ask_whose(interview, several)? else { return Ok(None) };
                let is_meant = |view: &&&EnsView<'a>| ids.iter().any(|id| id == view.id);
                let meant: Vec<_> = several.iter().filter(is_meant).copied().collect();
                self.ensure_theirs(&meant).map_err(Refused)?;
                Ok(Some(meant))
            }
            found => Ok(Some(self.only(found)?)),
        }
    }

    /// The same among many seals: of the ens that are named those with its NIF, else the only one.
    ///
    /// # Errors
    /// As [`Seal::bodies`].
    pub fn bodies_among<'s, 'a>(
        &self,
        whom: &Whom<'s, 'a>,
        named: &[&'s EnsView<'a>],
    ) -> Result<Vec<&'s EnsView<'a>>, Text> {
        let nifs = matches_ens::nifs(&self.facts);
        let has_one = |view: &&&EnsView<'a>| nifs.iter().any(|nif| nif == view.ens.nif.as_str());
        let mine: Vec<_> = named.iter().filter(has_one).copied().collect();
        if mine.is_empty() {
            return self.only(&self.with_its_nif(whom));
        }
        self.ensure_theirs(&mine)?;
        Ok(mine)
    }

    /// Those with a NIF of the certificate, which have not ceased.
    fn with_its_nif<'s, 'a>(&self, whom: &Whom<'s, 'a>) -> Vec<&'s EnsView<'a>> {
        let nifs = matches_ens::nifs(&self.facts);
        nifs.iter().flat_map(|nif| whom.with_nif(nif)).copied().collect()
    }

    /// The one ens that there is.
    fn only<'s, 'a>(&self, found: &[&'s EnsView<'a>]) -> Result<Vec<&'s EnsView<'a>>, Text> {
        match found {
            [only] => {
                self.ensure_theirs(found)?;
                Ok(vec![only])
            }
            [] => Err(tr!(
                "no ens has a NIF of this certificate, {nifs}; add it first, `segell add ens`",
                nifs = names(matches_ens::nifs(&self.facts))
            )),
            several => Err(tr!(
                "several ens have the NIF of this certificate: {ens}; say with `--ens` whose it is",
                ens = names(several.iter().map(|view| view.id))
            )),
        }
    }

    /// Whether it names the NIF of each, and no other.
    fn ensure_theirs(&self, bodies: &[&EnsView<'_>]) -> Result<(), Text> {
        let fault = |view: &&EnsView<'_>| {
            matches_ens::fault(&self.file, &self.facts, view.id, view.ens.nif.as_str())
        };
        bodies.iter().find_map(fault).map_or(Ok(()), Err)
    }

    /// The folder for it, when no other is asked for.
    ///
    /// # Errors
    /// When it would be that of several bodies that are no departments.
    pub fn holder(&self, bodies: &[&EnsView<'_>]) -> Result<String> {
        if let [only] = bodies {
            return Ok(only.id.to_owned());
        }
        match bodies.iter().find(|body| body.ens.block != Block::Departments) {
            None => Ok(SHARED_HOLDER.to_owned()),
            Some(body) => bail!(tr!(
                "`{ens}` is no department, and outside of them each body has a seal of its own",
                ens = body.id
            )),
        }
    }

    /// The year in which it begins, with a number behind it where that label is taken.
    pub fn label(&self, holder: &str, is_taken: impl Fn(&str) -> bool) -> String {
        let year = day_of(self.facts.not_before).year();
        let label = |number: u32| match number {
            1 => year.to_string(),
            number => format!("{year}-{number}"),
        };
        let is_free = |label: &String| !is_taken(&format!("{holder}/{label}"));
        (1..).map(label).find(is_free).unwrap_or_else(|| year.to_string())
    }

    /// What a person compares with the ticket that it came with.
    pub fn described(&self, id: &str) -> Text {
        let Certificate { subject, issuer, not_before, not_after, public_key, .. } = &self.facts;
        tr!(
            "`{certificate}` is the seal of {body}, {nifs}, issued by {issuer}; {key}, in force from {from} through {through}",
            certificate = id,
            body = subject.organization().unwrap_or_default().into_owned(),
            nifs = names(matches_ens::nifs(&self.facts)),
            issuer = issuer.common_name().unwrap_or_default().into_owned(),
            key = public_key.to_string(),
            from = day_of(*not_before),
            through = day_of(*not_after)
        )
    }
}
