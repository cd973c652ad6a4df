//! What an inventory to play with holds: bodies that nobody has, and days that lie around the one on which it
//! is made.

use anyhow::Result;
use jiff::civil::Date;

use super::seals::{Authority, Seal};
use crate::base::language::Language;
use crate::base::time::plus_days;
use crate::commands::change::init::policy;
use crate::commands::change::init::reviewer::NewReviewer;
use crate::commands::change::init::templates;
use crate::edit::{Value, Yaml};
use crate::files::signature::new_pair;
use crate::inventory::model::{Role, Shape};

/// The batch whose day is the one on which the inventory is made.
pub const BATCH: &str = "demo/10-agencia-a";

/// Who reviews: a name and a role.
const REVIEWERS: [(&str, Role); 4] =
    [("Marta", Role::Aoc), ("Pau", Role::Aoc), ("Joan", Role::Siad), ("Laia", Role::Siad)];

/// A body whose seal is there, by its id, name, NIF and organ codes.
struct Body(&'static str, &'static str, &'static str, &'static [&'static str]);

const GENERALITAT: Body =
    Body("generalitat", "Generalitat de mostra", "S0811001G", &["9699969017", "9699969022"]);
const BODIES: [Body; 2] = [
    Body("agencia-a", "Agència A", "Q9900001J", &["9699969038"]),
    Body("institut-b", "Institut B", "Q9900002H", &["9699969043"]),
];

/// A file by its path, and what it holds.
pub type File = (String, String);

/// The files of the inventory, and those beside it with which one plays on: private keys among them.
pub struct Files {
    pub inventory: Vec<File>,
    pub beside: Vec<File>,
}

/// Days around the one that counts as today.
struct Days(Date);

impl Days {
    /// The day so many days after today.
    fn at(&self, days: i64) -> Date {
        plus_days(self.0, days)
    }
}

/// Makes all of them, for that day and in that language.
///
/// # Errors
/// When the machine makes no keys.
pub fn files(today: Date, language: Language) -> Result<Files> {
    let authority = Authority::new(today)?;
    let days = Days(today);
    let mut files = Files { inventory: Vec::new(), beside: Vec::new() };
    let policy = files.policy(&days, language)?;
    files.inventory.extend(templates::new_files(&policy, language)?);
    files.add("trust/ca-de-mostra.pem", authority.pem.clone());
    files.departments(&authority, &days)?;
    for body in &BODIES {
        let Body(id, name, nif, codes) = body;
        files.add(&format!("ens/{id}.yaml"), ens(&days, name, "consuming", nif, codes[0]));
        files.seal(&authority, body, &days, -90)?;
    }
    files.add(&format!("calendars/{BATCH}.yaml"), batch(&days));
    files.newcomer(&authority, &days)?;
    Ok(files)
}

impl Files {
    fn add(&mut self, path: &str, text: String) {
        self.inventory.push((format!("inventory/{path}"), text));
    }

    /// The policy, on whose days anything may be loaded whatever today is; and the keys of those who review.
    fn policy(&mut self, days: &Days, language: Language) -> Result<String> {
        let mut reviewers = Vec::new();
        for (name, role) in REVIEWERS {
            let lower = name.to_lowercase();
            let email = format!("{lower}@example.org");
            let (private, key) = new_pair(&email)?;
            self.beside.push((format!("keys/{lower}"), private));
            self.beside
                .push((format!("keys/{lower}.pub"), format!("{} {email}\n", key.to_openssh())));
            reviewers.push(NewReviewer { name: format!("{name} Example"), email, role, key });
        }
        let mut policy = Yaml::read(Shape::Policy, policy::text(days.0, &reviewers, language)?)?;
        let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        policy.set("/calendar/working_days", &Value::list(week))?;
        let key = "pkcs11:token=via-oberta;object={holder}-{label}";
        policy.set("/certificates/key", &Value::quoted(key))?;
        // One a year, far from the days that are played with.
        let years = [days.at(-30).year(), days.at(60).year(), days.at(400).year()];
        let mut holidays: Vec<String> = years.map(|year| format!("{year}-12-25")).to_vec();
        holidays.retain(|day| day.parse().is_ok_and(|day| days.0 != day && days.at(7) != day));
        holidays.dedup();
        policy.set("/calendar/holidays", &Value::list(holidays.iter().map(String::as_str)))?;
        Ok(policy.text().to_owned())
    }

    /// Two departments with the one seal that they share, and who had it before.
    fn departments(&mut self, authority: &Authority, days: &Days) -> Result<()> {
        let Body(id, name, nif, codes) = &GENERALITAT;
        for (department, code) in ["interior", "cultura"].iter().zip(*codes) {
            let name = format!("{name}, {department}");
            let text = ens(days, &name, "departments", nif, code);
            self.add(&format!("ens/dept-{department}.yaml"), text);
        }
        let label = self.seal(authority, &GENERALITAT, days, -400)?;
        let holds = ["dept-interior", "dept-cultura", "agencia-a", "institut-b"];
        let holds = holds.map(|ens| {
            format!("  - {{ ens: {ens}, certificate: {id}/{label}, in: [pre, pro] }}\n")
        });
        self.add(
            "baseline.yaml",
            format!(
                "as_of: {}\nevidence: [{{ ticket: ST-22900 }}]\nholds:\n{}",
                days.at(-80),
                holds.concat()
            ),
        );
        Ok(())
    }

    /// The seal of a body, in force since so many days ago, with its record; and its label.
    fn seal(&mut self, authority: &Authority, body: &Body, days: &Days, since: i64) -> Result<i16> {
        let Body(id, name, nif, codes) = body;
        let first = days.at(since);
        let seal = authority.issue(name, nif, first)?;
        let label = first.year();
        if since < -90 {
            // What the environments hold already.
            for environment in ["pre", "pro"] {
                let path = format!("stores/{environment}/{id}-{label}.pem");
                self.beside.push((path, seal.pem.clone()));
            }
        }
        let path = format!("certificates/{id}/{label}");
        self.add(
            &format!("{path}.yaml"),
            record(days, &seal, &format!("{id}-{label}"), codes, since),
        );
        self.add(&format!("{path}.pem"), seal.pem);
        Ok(label)
    }

    /// A body that is still to come in, with its seal and AEAT's letter about it.
    fn newcomer(&mut self, authority: &Authority, days: &Days) -> Result<()> {
        let seal = authority.issue("Servei Català de Trànsit", "Q0890001A", days.at(-20))?;
        let letter = format!(
            "ens;environment;serial;date\nsct;pre;{0};{1}\nsct;pro;{0};{1}\n",
            seal.serial,
            days.at(-1)
        );
        self.beside.push(("incoming/sct.pem".to_owned(), seal.pem));
        self.beside.push(("incoming/letter.csv".to_owned(), letter));
        Ok(())
    }
}

fn ens(days: &Days, name: &str, block: &str, nif: &str, code: &str) -> String {
    let permission = format!(
        "{{ requested: {}, granted: {}, evidence: [{{ ticket: ST-22980 }}] }}",
        days.at(-430),
        days.at(-410)
    );
    format!(
        "# yaml-language-server: $schema=../../schemas/ens.schema.json\n\
         name: {name}\n\
         block: {block}\n\
         organ_code: \"{code}\"\n\
         nif: {nif}\n\
         authorisations:\n  \
           - service: AEAT_IRPF/C2\n    \
             organ_code: \"{code}\"\n    \
             pre: {permission}\n    \
             pro: {permission}\n"
    )
}

fn record(days: &Days, seal: &Seal, name: &str, codes: &[&str], since: i64) -> String {
    let Seal { sha256, serial, .. } = seal;
    let codes = codes.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    let confirmation = |days: Date| {
        format!("{{ date: {days}, serial: \"{serial}\", evidence: [{{ ticket: ST-23020 }}] }}")
    };
    format!(
        "# yaml-language-server: $schema=../../../schemas/certificate.schema.json\n\
         sha256: \"{sha256}\"\n\
         organ_codes: [{codes}]\n\
         key: \"pkcs11:token=via-oberta;object={name}\"\n\
         delivered: {{ ticket: ST-22976, date: {} }}\n\
         confirmations:\n  \
           pre: {}\n  \
           pro: {}\n",
        days.at(since + 3),
        confirmation(days.at(since + 20)),
        confirmation(days.at(since + 21)),
    )
}

fn batch(days: &Days) -> String {
    format!(
        "# yaml-language-server: $schema=../../../schemas/batch.schema.json\n\
         day: 10\n\
         stage: planned\n\
         pre: {}\n\
         pro: {}\n\
         loads:\n  \
           - ens: agencia-a\n    \
             certificate: agencia-a/{}\n",
        days.0,
        days.at(7),
        days.at(-90).year()
    )
}
