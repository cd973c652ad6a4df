//! `segell add trust`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};

use crate::base::digest::Sha256;
use crate::base::slug::slug_of;
use crate::base::time::day_of;
use crate::commands::ask::Interview;
use crate::commands::change::asking::open;
use crate::commands::change::writing::{Refused, Writing};
use crate::commands::look::inspect;
use crate::commands::out::say;
use crate::edit::Changeset;
use crate::files::x509::{self, Certificate, RevocationList};
use crate::inventory::Inventory;
use crate::inventory::finding::{Finding, Severity};
use crate::tr;

/// Accept an authority, or keep a newer revocation list of one
///
/// A file holds the certificates of CAs (PEM, DER, PKCS#7 or a chain) or one revocation list. Subject, key,
/// validity and fingerprint are shown first: compare the fingerprint with what the CA publishes, or give
/// it with `--sha256`. Whatever such a CA has issued is trusted from then on.
///
/// Exit code 0: written, or there already; 1: it is refused, or would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The fingerprint that the CA publishes, in hexadecimal; may be given several times
    #[arg(long, value_name = "HEX", value_parser = super::confirmation::sha256, value_delimiter = ',')]
    sha256: Vec<Sha256>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let mut interview = Interview::begin();
    let question = open("FILE", tr!("In which file is the authority, or its list?"));
    let file = |answer: &str| Ok::<_, String>(PathBuf::from(answer));
    let Some(file) = interview.need(arguments.file.as_ref(), &question, file)? else {
        return interview.refuse();
    };
    let shown = file.display().to_string();
    let bytes =
        inspect::read(&file).with_context(|| tr!("cannot read `{file}`", file = shown.as_str()))?;
    if let Some((_, what)) = x509::private_key_in(&bytes) {
        bail!(Refused(tr!(
            "`{file}` holds {what}: no key is ever needed to trust a CA",
            file = shown,
            what = what
        )));
    }
    match RevocationList::read(&bytes) {
        Ok(list) => keep(&list, &file, bytes, &mut changes)?,
        Err(_) => {
            let authorities = authorities(&bytes, &shown)?;
            authorities.iter().for_each(|(_, facts)| show(facts));
            ensure_published(&authorities, &arguments.sha256, &mut interview)?;
            for (der, facts) in &authorities {
                accept(der, facts, &inventory, &mut changes)?;
            }
        }
    }
    let concerns = |finding: &Finding| {
        finding.place.file.starts_with("inventory/trust/") && finding.severity != Severity::Pending
    };
    let next = tr!(
        "commit it and open a pull request of its own: whom a seal may come from is agreed first"
    );
    arguments.writing.finish(&changes, concerns, &[next])
}

/// The certificates of the authorities in a file, each once.
fn authorities(bytes: &[u8], file: &str) -> Result<Vec<(Vec<u8>, Certificate)>> {
    let parts = x509::certificates_in(bytes).map_err(|why| inspect::no_certificate(&why, file))?;
    let mut found: Vec<(Vec<u8>, Certificate)> = Vec::new();
    for part in parts {
        let certificates = part.certificates.map_err(Refused)?;
        for der in certificates {
            let facts =
                Certificate::read(&der).map_err(|why| inspect::no_certificate(&why, file))?;
            if facts.is_authority && !found.iter().any(|(known, _)| *known == der) {
                found.push((der, facts));
            }
        }
    }
    ensure!(
        !found.is_empty(),
        Refused(tr!(
            "`{file}` holds no certificate of a CA; a seal comes in with `segell add certificate {file}`",
            file = file
        ))
    );
    Ok(found)
}

/// What a person compares with what the CA publishes.
fn show(facts: &Certificate) {
    let issuer = match facts.issuer == facts.subject {
        true => tr!("by itself").to_string(),
        false => facts.issuer.to_string(),
    };
    let bytes: Vec<String> = facts
        .sha256
        .to_string()
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
        .collect();
    for (what, value) in [
        (tr!("subject"), facts.subject.to_string()),
        (tr!("issued"), issuer),
        (tr!("public key"), facts.public_key.to_string()),
        (
            tr!("in force"),
            tr!(
                "from {from} through {through}",
                from = day_of(facts.not_before),
                through = day_of(facts.not_after)
            )
            .to_string(),
        ),
        (tr!("sha256"), bytes.join(":")),
    ] {
        say(tr!("{what}: {value}", what = what, value = value));
    }
    say("");
}

/// Whether the fingerprints are those that are published: as far as that is said or asked.
fn ensure_published(
    authorities: &[(Vec<u8>, Certificate)],
    published: &[Sha256],
    interview: &mut Interview,
) -> Result<()> {
    let other = authorities.iter().find(|(_, facts)| !published.contains(&facts.sha256));
    if let Some((_, facts)) = other.filter(|_| !published.is_empty()) {
        bail!(Refused(tr!(
            "the fingerprint of `{subject}` is {sha256}, which is none of those given with `--sha256`",
            subject = facts.subject.to_string(),
            sha256 = facts.sha256.to_string()
        )));
    }
    if !published.is_empty() {
        return Ok(());
    }
    let question = open(
        "--sha256 HEX",
        tr!("Are these the fingerprints that the CA publishes? (`yes`, or nothing: not compared)"),
    );
    let yes = |answer: &str| Ok::<_, String>(matches!(answer, "yes" | "y" | "sí" | "si" | "s"));
    if interview.is_attended() && interview.may(&question, yes)? != Some(true) {
        bail!(Refused(tr!("compare the fingerprints first: nothing was written")));
    }
    Ok(())
}

fn accept(
    der: &[u8],
    facts: &Certificate,
    inventory: &Inventory,
    changes: &mut Changeset,
) -> Result<()> {
    let mut known = inventory.authorities.iter();
    if known.any(|known| known.authority.certificate.sha256 == facts.sha256) {
        return Ok(());
    }
    let file = free_name(&facts.subject, "pem", changes)?;
    changes.create(&file, x509::to_pem(der).into_bytes())
}

/// A name in `trust/` that no file has.
fn free_name(name: &x509::Name, ending: &str, changes: &Changeset) -> Result<String> {
    let stem = stem(name);
    for number in 1..1000 {
        let file = match number {
            1 => format!("inventory/trust/{stem}.{ending}"),
            number => format!("inventory/trust/{stem}-{number}.{ending}"),
        };
        if changes.bytes(&file)?.is_none() {
            return Ok(file);
        }
    }
    bail!(tr!("no name is free in `inventory/trust/` for `{subject}`", subject = name.to_string()))
}

fn stem(name: &x509::Name) -> String {
    let slug = slug_of(&name.common_name().or_else(|| name.organization()).unwrap_or_default());
    if slug.is_empty() { "authority".to_owned() } else { slug }
}

/// Keeps a revocation list under the name of its file, in the place of an older one of that name.
fn keep(list: &RevocationList, file: &Path, bytes: Vec<u8>, changes: &mut Changeset) -> Result<()> {
    say(tr!(
        "the list of {issuer} of {day} revokes {count}",
        issuer = list.issuer.to_string(),
        day = day_of(list.this_update),
        count = tr!(count = list.len(); one "{count} certificate", many "{count} certificates")
    ));
    let stem = slug_of(&file.file_stem().unwrap_or_default().to_string_lossy());
    let stem = if stem.is_empty() { self::stem(&list.issuer) } else { stem };
    let file = format!("inventory/trust/{stem}.crl");
    let known = changes.bytes(&file)?;
    let known = known.as_deref().and_then(|known| RevocationList::read(known).ok());
    let is_older = |known: &RevocationList| {
        known.issuer == list.issuer && known.this_update <= list.this_update
    };
    ensure!(
        known.as_ref().is_none_or(is_older),
        Refused(tr!("`{file}` holds a later list, or another issuer's", file = file.as_str()))
    );
    changes.put(&file, Some(Arc::from(bytes)))
}
