//! A seal's facts as fields, old and new.

use super::{Field, Sides};
use crate::base::text::Text;
use crate::base::time::{day_of, days_between};
use crate::files::x509::Certificate;
use crate::inventory::Inventory;
use crate::inventory::finding::Environment;
use crate::inventory::survey::Survey;
use crate::tr;

/// A fact: its name, and how it is read.
type Row = (Text, fn(&Certificate) -> String);

/// What changes in the certificate of the record `id`.
pub fn compare(sides: &Sides<'_>, id: &str) -> Vec<Field> {
    let (old, new) = (facts(sides.base, id), facts(sides.head, id));
    let rows: [Row; 7] = [
        (tr!("serial"), |facts| facts.serial.to_string()),
        (tr!("subject"), |facts| facts.subject.to_string()),
        (tr!("issuer"), |facts| facts.issuer.to_string()),
        (tr!("valid from"), |facts| day_of(facts.not_before).to_string()),
        (tr!("valid until"), |facts| day_of(facts.not_after).to_string()),
        (tr!("public key"), |facts| {
            format!("{}, sha256:{}", facts.public_key, facts.public_key_sha256)
        }),
        (tr!("fingerprint"), |facts| format!("sha256:{}", facts.sha256)),
    ];
    let fields = rows
        .into_iter()
        .filter_map(|(name, read)| Field::labelled(name, old.map(read), new.map(read)));
    let mut fields: Vec<Field> = fields.collect();
    if !fields.is_empty() {
        fields.extend(days_left(sides, id));
    }
    fields
}

fn facts<'i>(inventory: &'i Inventory, id: &str) -> Option<&'i Certificate> {
    let files = inventory.certificates.get(id)?;
    files.pem.as_ref()?.value.as_deref().map(|(facts, _)| facts)
}

/// How many days the certificate has left when it is loaded, a row a load and environment.
fn days_left(sides: &Sides<'_>, id: &str) -> Vec<Field> {
    let survey = Survey::of(sides.head, sides.today);
    let Some(certificate) = facts(sides.head, id) else { return Vec::new() };
    let end = day_of(certificate.not_after);
    let loads = survey.loads.iter().filter(|view| view.load.certificate.as_str() == id);
    loads
        .flat_map(|view| {
            let batch = &survey[view.batch];
            Environment::BOTH.map(|environment| {
                let day = view.load.loaded(environment).unwrap_or(batch.batch.date(environment));
                let label = tr!(
                    "days left when {batch} loads it in {environment} on {day}",
                    batch = batch.id,
                    environment = environment.shown(),
                    day = day
                );
                Field::labelled(label, None, Some(days_between(day, end).to_string()))
            })
        })
        .flatten()
        .collect()
}
