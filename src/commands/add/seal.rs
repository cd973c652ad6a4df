//! A seal that came from the support desk: what can be read in its file, and whose it is.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::base::text::{Text, names};
use crate::base::time::day_of;
use crate::checklist::rules::certificate::matches_ens;
use crate::commands::ask::{Interview, Question};
use crate::commands::asking::open;
use crate::commands::inspect;
use crate::commands::writing::Refused;
use crate::files::x509::{self, Certificate};
use crate::inventory::Inventory;
use crate::inventory::model::Block;
use crate::inventory::survey::{CertificateView, EnsView, Survey};
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

impl Seal {
    /// Reads the one certificate of `file`, PEM or DER.
    ///
    /// # Errors
    /// When it cannot be read, is no certificate, or there is a private key in it.
    pub fn read(file: &Path) -> Result<Seal> {
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
        let der = x509::from_pem_or_der(&bytes);
        let read = der.and_then(|der| Certificate::read(&der).map(|facts| (der, facts)));
        let (der, facts) = read.map_err(|why| inspect::no_certificate(&why, &shown))?;
        Ok(Seal { file: shown, der, facts })
    }

    /// The record of the same certificate, when there is one.
    pub fn known<'s, 'a>(&self, survey: &'s Survey<'a>) -> Option<&'s CertificateView<'a>> {
        survey.certificates.iter().find(|view| view.record.sha256.0 == self.facts.sha256)
    }

    /// Those whose seal it is: the ens that are named, else the only one with its NIF; of several with
    /// it, those in the answer.
    ///
    /// # Errors
    /// When one of them is not there or has another NIF, or it is not plain who is meant.
    pub fn bodies<'s, 'a>(
        &self,
        interview: &mut Interview,
        survey: &'s Survey<'a>,
        named: &[String],
    ) -> Result<Option<Vec<&'s EnsView<'a>>>> {
        let named = match named {
            [] => self.bodies_by_nif(interview, survey)?,
            named => Some(named.to_vec()),
        };
        let Some(named) = named else { return Ok(None) };
        let mut bodies = Vec::new();
        for id in &named {
            let body = survey.ens(id).with_context(|| tr!("there is no ens `{ens}`", ens = id))?;
            let nif = body.ens.nif.as_str();
            if let Some(fault) = matches_ens::fault(&self.file, &self.facts, id, nif) {
                bail!(Refused(fault));
            }
            bodies.push(body);
        }
        Ok(Some(bodies))
    }

    /// The ids of those with the certificate's NIF; where several have it, a person says which.
    fn bodies_by_nif(
        &self,
        interview: &mut Interview,
        survey: &Survey<'_>,
    ) -> Result<Option<Vec<String>>> {
        let nifs = matches_ens::nifs(&self.facts);
        let fits = |view: &&EnsView<'_>| {
            nifs.iter().any(|nif| nif == view.ens.nif.as_str()) && !view.has_ceased_by(survey.today)
        };
        let found: Vec<_> = survey.ens.iter().filter(fits).collect();
        match found.as_slice() {
            [only] => Ok(Some(vec![only.id.to_owned()])),
            [] => bail!(tr!(
                "no ens has a NIF of this certificate, {nifs}; add it first, `segell add ens`",
                nifs = names(&nifs)
            )),
            several if interview.is_attended() => ask_whose(interview, several),
            several => bail!(tr!(
                "several ens have the NIF of this certificate: {ens}; say with `--ens` whose it is",
                ens = names(several.iter().map(|view| view.id))
            )),
        }
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
    pub fn label(&self, inventory: &Inventory, holder: &str) -> String {
        let year = day_of(self.facts.not_before).year();
        let label = |number: u32| match number {
            1 => year.to_string(),
            number => format!("{year}-{number}"),
        };
        let is_free = |label: &String| {
            let id = format!("{holder}/{label}");
            !inventory.certificates.contains_key(id.as_str())
        };
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
