//! What a precondition or a sequence rule is asked of: an open load, or an ens whose latest
//! certificate no open load names yet.

use jiff::civil::Date;

use crate::files::x509;
use crate::inventory::finding::{Environment, Place, Severity};
use crate::inventory::model::{Load, Policy};
use crate::inventory::survey::{BatchView, CertificateView, EnsView, LoadView, Survey};

/// One seal on its way to one ens.
#[derive(Debug)]
pub struct Case<'s, 'a> {
    /// All around it.
    pub survey: &'s Survey<'a>,
    /// For whom.
    pub ens: &'s EnsView<'a>,
    /// Which seal.
    pub certificate: &'s CertificateView<'a>,
    /// The load, once there is one.
    pub planned: Option<Planned<'s, 'a>>,
}

/// A load, in its batch.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'s, 'a> {
    /// The batch.
    pub batch: &'s BatchView<'a>,
    /// The load's place in the batch.
    pub index: usize,
    /// The load.
    pub load: &'a Load,
}

impl<'s, 'a> Case<'s, 'a> {
    /// The case of a load whose ens and certificate can be read.
    pub fn of_load(survey: &'s Survey<'a>, view: &'s LoadView<'a>) -> Option<Case<'s, 'a>> {
        let batch = &survey[view.batch];
        let planned = Planned { batch, index: view.index, load: view.load };
        Some(Case {
            survey,
            ens: &survey[view.ens?],
            certificate: &survey[view.certificate?],
            planned: Some(planned),
        })
    }

    /// The policy.
    pub fn policy(&self) -> Option<&'a Policy> {
        self.survey.policy
    }

    /// What the certificate states.
    pub fn facts(&self) -> Option<&'a x509::Certificate> {
        self.certificate.pem.map(|(facts, _)| facts)
    }

    /// The place of the load, else of the ens.
    pub fn place(&self) -> Place {
        match self.planned {
            Some(planned) => Place::start(planned.batch.file).key("loads").item(planned.index),
            None => self.ens_place(),
        }
    }

    /// Where the load names its certificate, else the certificate's record.
    pub fn certificate_named(&self) -> Place {
        match self.planned {
            Some(_) => self.place().key("certificate"),
            None => self.certificate_place(),
        }
    }

    /// The certificate's record.
    pub fn certificate_place(&self) -> Place {
        Place::start(self.certificate.file)
    }

    /// The ens's file.
    pub fn ens_place(&self) -> Place {
        Place::start(self.ens.file)
    }

    /// L(E): the day of the load, once recorded; else the later of the batch's date and today.
    /// Without a batch, today.
    pub fn load_day(&self, environment: Environment) -> Date {
        let today = self.survey.today;
        self.planned.map_or(today, |planned| {
            let due = planned.batch.batch.date(environment).max(today);
            planned.load.loaded(environment).unwrap_or(due)
        })
    }

    /// The environment whose L(E) comes last, and the day.
    pub fn last_load_day(&self) -> (Environment, Date) {
        let days = Environment::BOTH.map(|environment| (environment, self.load_day(environment)));
        if days[0].1 > days[1].1 { days[0] } else { days[1] }
    }

    /// The certificates with the same public key, this one among them.
    pub fn twins(&self) -> impl Iterator<Item = &'s CertificateView<'a>> {
        self.survey.same_key(self.certificate)
    }

    /// How grave a lack of a precondition is.
    pub fn precondition(&self) -> Severity {
        if self.planned.is_some() { Severity::Error } else { Severity::Pending }
    }

    /// How grave a lack is that counts once the stage asks for `environment`.
    pub fn sequence(&self, environment: Environment) -> Severity {
        match self.planned {
            Some(planned) if planned.batch.batch.asks_for(environment) => Severity::Error,
            _ => Severity::Pending,
        }
    }
}
