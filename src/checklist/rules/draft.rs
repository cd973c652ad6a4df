//! A finding as a rule makes it: what the runner knows better is not in it.

use crate::base::text::Text;
use crate::inventory::finding::{
    Actor, Environment, Finding, Place, Related, Rule, Severity, Subject,
};

/// What a rule says of one thing that does not hold. The runner adds the rule, the severity that
/// its kind asks for, and the subject.
#[derive(Debug)]
pub struct Draft {
    /// What is wrong.
    pub message: Text,
    /// Where.
    pub place: Place,
    /// A few words beside the place.
    pub label: Option<Text>,
    /// What to do next; else the rule's own `mend`.
    pub help: Option<Text>,
    /// Who has to act.
    pub actor: Option<Actor>,
    /// The severity, where it is not the one that the rule's kind gives.
    pub severity: Option<Severity>,
    /// What it is about, as far as the runner cannot know.
    pub subject: Subject,
    /// Other places.
    pub related: Vec<Related>,
}

/// What a rule says of one subject: `None` when it does not apply, else what does not hold.
pub type Verdict = Option<Vec<Draft>>;

/// The rule was asked, and holds.
pub const HOLDS: Verdict = Some(Vec::new());

/// The rule was asked; it holds unless `draft` is there.
pub fn unless(draft: Option<Draft>) -> Verdict {
    Some(draft.into_iter().collect())
}

impl Draft {
    /// Something wrong at `place`.
    pub fn at(place: Place, message: Text) -> Draft {
        Draft {
            message,
            place,
            label: None,
            help: None,
            actor: None,
            severity: None,
            subject: Subject::default(),
            related: Vec::new(),
        }
    }

    /// With a few words beside the place.
    pub fn label(self, label: Text) -> Draft {
        Draft { label: Some(label), ..self }
    }

    /// With what to do next.
    pub fn help(self, help: Text) -> Draft {
        Draft { help: Some(help), ..self }
    }

    /// With who has to act.
    pub fn waits_for(self, actor: Actor) -> Draft {
        Draft { actor: Some(actor), ..self }
    }

    /// With another severity than the rule's kind gives.
    pub fn severity(self, severity: Severity) -> Draft {
        Draft { severity: Some(severity), ..self }
    }

    /// In one environment.
    pub fn environment(mut self, environment: Environment) -> Draft {
        self.subject.environment = Some(environment);
        self
    }

    /// About this ens.
    pub fn ens(mut self, id: &str) -> Draft {
        self.subject.ens = Some(id.to_owned());
        self
    }

    /// About this certificate.
    pub fn certificate(mut self, id: &str) -> Draft {
        self.subject.certificate = Some(id.to_owned());
        self
    }

    /// About this batch.
    pub fn batch(mut self, id: &str) -> Draft {
        self.subject.batch = Some(id.to_owned());
        self
    }

    /// The finding of `rule` that this is, of that severity.
    pub fn into_finding(self, rule: &'static Rule, severity: Severity) -> Finding {
        Finding {
            rule,
            severity,
            message: self.message,
            label: self.label,
            help: self.help.unwrap_or_else(|| rule.mend.clone()),
            actor: self.actor,
            subject: self.subject,
            place: self.place,
            related: self.related,
            cause: None,
            touched: false,
            closes: false,
            now: false,
            waived_by: None,
        }
    }

    /// With another place that is involved.
    pub fn related(mut self, place: Place, message: Text) -> Draft {
        self.related.push(Related { message, place });
        self
    }
}

impl From<Draft> for Verdict {
    fn from(draft: Draft) -> Verdict {
        Some(vec![draft])
    }
}
