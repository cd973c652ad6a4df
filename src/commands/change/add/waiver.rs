//! `segell add waiver`.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::civil::Date;

use crate::base::slug::slug_of;
use crate::checklist::rules;
use crate::checklist::rules::calendar::record_kept;
use crate::commands::ask::Interview;
use crate::commands::change::asking::{self, any_text, open, read_slug};
use crate::commands::change::batch::words;
use crate::commands::change::init::reviewer::read_email;
use crate::commands::change::writing::Writing;
use crate::commands::named_file::named_file;
use crate::edit::{Evidence, Value};
use crate::inventory::finding::Finding;
use crate::inventory::model::is_slug;
use crate::tr;

/// Record an exception that AOC and SIAD have agreed on, for a while
///
/// Rules of integrity and of the gate cannot be waived. It holds for 90 days at most.
///
/// Exit code 0: written, or there already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The rule
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// The file that the finding is in, or the id of what it holds
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// Whom it is about, needed in a batch's file; may be given several times
    #[arg(long, value_delimiter = ',')]
    ens: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = words)]
    reason: Option<String>,
    /// The e-mails of an AOC and of a SIAD reviewer who agree
    #[arg(long, value_name = "E-MAIL", value_delimiter = ',')]
    approved_by: Vec<String>,
    /// The first day; today unless given
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    granted: Option<Date>,
    /// The last day
    #[arg(long, value_name = "DATE", value_parser = crate::commands::date)]
    expires: Option<Date>,
    /// What shows it: a ticket, a CSV code, or a file, which is copied; may be given several times
    #[arg(long, value_delimiter = ',')]
    evidence: Vec<Evidence>,
    /// The name of its file; made of the rule and the subject unless given
    #[arg(long)]
    slug: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let mut interview = Interview::begin();
    let rule = open("--rule NAME", tr!("Which rule?"));
    let rule = interview.need(arguments.rule.as_ref(), &rule, any_text)?;
    let subject = open("--subject SUBJECT", tr!("In which file is the finding, or about what?"));
    let subject = interview.need(arguments.subject.as_ref(), &subject, any_text)?;
    let reason = open("--reason TEXT", tr!("Why?"));
    let reason = interview.need(arguments.reason.as_ref(), &reason, words)?;
    let words_by = tr!("Which reviewers agree, of AOC and of SIAD? (e-mails, parted by blanks)");
    let by = open("--approved-by E-MAIL", words_by);
    let by = interview.need_some(&arguments.approved_by, &by, read_email)?;
    let expires = open("--expires DATE", tr!("Through which day? (90 days at most)"));
    let expires = interview.need(arguments.expires.as_ref(), &expires, crate::commands::date)?;
    let evidence = asking::evidence(&mut interview, &arguments.evidence)?;
    let (Some(rule), Some(subject), Some(reason), Some(by), Some(expires), Some(evidence)) =
        (rule, subject, reason, by, expires, evidence)
    else {
        return interview.refuse();
    };
    ensure!(
        rules::named(&rule).is_some(),
        tr!("there is no rule `{rule}`; `segell rules` lists them", rule = &rule)
    );
    let subject = named_file(&inventory, &subject)?;
    let subject = subject.strip_prefix("inventory/").unwrap_or(&subject).to_owned();
    let slug = match &arguments.slug {
        Some(slug) => read_slug(slug)?,
        None => slug_for(&rule, &subject),
    };
    let folder = format!("waivers/{slug}");
    let waiver = Value::block([
        ("rule", Some(Value::text(&rule))),
        ("subject", Some(Value::text(&subject))),
        ("ens", ens(&arguments.ens)),
        ("reason", Some(Value::text(reason))),
        ("approved_by", Some(Value::list(by))),
        ("evidence", Some(Evidence::take(&evidence, &folder, &mut changes)?)),
        ("granted", Some(arguments.granted.unwrap_or_else(|| arguments.writing.today()).into())),
        ("expires", Some(expires.into())),
    ]);
    let file = format!("inventory/waivers/{slug}.yaml");
    changes.create_yaml(&file, &waiver)?;
    let next = match rule == record_kept::RULE.name {
        true => tr!(
            "commit it and open a pull request; once `main` holds it: `segell correct`, in a pull request of its own"
        ),
        false => {
            tr!("commit it and open a pull request; once `main` holds it, what it covers may come")
        }
    };
    let concerns = |finding: &Finding| *finding.place.file == *file;
    arguments.writing.finish(&changes, concerns, &[next])
}

/// One ens, or a list of them.
fn ens(ens: &[String]) -> Option<Value> {
    match ens {
        [] => None,
        [only] => Some(Value::text(only)),
        several => Some(Value::list(several)),
    }
}

/// A name made of the rule and the last part of the file's.
fn slug_for(rule: &str, subject: &str) -> String {
    let stem = subject.rsplit('/').next().unwrap_or(subject).trim_end_matches(".yaml");
    let slug = format!("{rule}-{}", slug_of(stem));
    if is_slug(&slug) { slug } else { slug_of(rule) }
}
