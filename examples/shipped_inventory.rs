//! Makes the inventory that is shipped: `cargo run --example shipped_inventory -- DIR` writes
//! `DIR/inventory`. Everything in it is fictitious; the certificates come from a new test
//! authority, whose key and the seals' keys are thrown away when the program ends. The signing
//! keys of the reviewers are public keys of pairs that nobody has.

#[path = "../tests/support/authority.rs"]
mod authority;

use std::fs;
use std::path::{Path, PathBuf};

use authority::{Authority, Issued, KeyKind, Seal, instant};
use segell::base::digest::Sha256;

const GENERALITAT: &str = "S9900001J";

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: shipped_inventory DIR");
    let writer = Writer { root: PathBuf::from(folder).join("inventory") };
    let authority = Authority::build(
        "EC-Exemple",
        KeyKind::OwnRsa3072,
        (instant("2020-01-01"), instant("2040-01-01")),
        |_| {},
    );
    writer.text("policy.yaml", POLICY)?;
    writer.text("README.md", README)?;
    writer.text("trust/ec-exemple.pem", &authority.pem())?;
    writer.trust_list(&authority)?;
    writer.ens()?;
    writer.certificates(&authority)?;
    writer.text("baseline.yaml", BASELINE)?;
    writer.text("calendars/transicio-2026/10-agencia-a.yaml", FINISHED)?;
    writer.text("calendars/transicio-2026/20-institut-b.yaml", IN_PRE)?;
    writer.text("calendars/transicio-2026/30-consorci-c.yaml", PLANNED)
}

struct Writer {
    root: PathBuf,
}

/// A body of the example: its certificate, and where in the example it stands.
struct Body {
    id: &'static str,
    name: &'static str,
    nif: &'static str,
    codes: &'static str,
    label: &'static str,
    from: &'static str,
    to: &'static str,
    delivered: &'static str,
    confirmed: (&'static str, &'static str),
}

const BODIES: [Body; 4] = [
    Body {
        id: "generalitat",
        name: "Generalitat d'Exemple",
        nif: GENERALITAT,
        codes: "[\"9699969017\", \"9699969022\"]",
        label: "2025",
        from: "2025-12-15T08:00:00Z",
        to: "2028-12-15T07:59:59Z",
        delivered: "2025-12-16",
        confirmed: ("2026-01-12", "2026-01-13"),
    },
    Body {
        id: "agencia-a",
        name: "Agència A",
        nif: "Q9900001J",
        codes: "[\"9699969038\"]",
        label: "2026",
        from: "2026-09-25T08:00:00Z",
        to: "2029-09-25T07:59:59Z",
        delivered: "2026-09-28",
        confirmed: ("2026-10-05", "2026-10-06"),
    },
    Body {
        id: "institut-b",
        name: "Institut B",
        nif: "Q9900002H",
        codes: "[\"9699969043\"]",
        label: "2026",
        from: "2026-10-01T08:00:00Z",
        to: "2029-10-01T07:59:59Z",
        delivered: "2026-10-05",
        confirmed: ("2026-10-19", "2026-10-20"),
    },
    Body {
        id: "consorci-c",
        name: "Consorci C",
        nif: "Q9900003F",
        codes: "[\"9699969056\"]",
        label: "2026",
        from: "2026-10-08T08:00:00Z",
        to: "2029-10-08T07:59:59Z",
        delivered: "2026-10-14",
        confirmed: ("2026-11-03", "2026-11-03"),
    },
];

impl Writer {
    fn text(&self, path: &str, text: &str) -> std::io::Result<()> {
        self.bytes(path, text.as_bytes())
    }

    fn bytes(&self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, bytes)
    }

    /// Evidence, and its item in a list of evidence.
    fn evidence(&self, path: &str, text: &str) -> std::io::Result<String> {
        self.text(path, text)?;
        Ok(format!("{{ file: {path}, sha256: \"{}\" }}", Sha256::of(text.as_bytes())))
    }

    fn trust_list(&self, authority: &Authority) -> std::io::Result<()> {
        let revoked: &[&[u8]] = &[&[0x7f, 0x01], &[0x7f, 0x02]];
        let list = authority.crl(revoked, "2026-11-01", "2034-11-01");
        self.bytes("trust/ec-exemple.crl", &list)
    }

    fn ens(&self) -> std::io::Result<()> {
        let agreement = self.evidence(
            "evidence/agreements/consorci-c.txt",
            "Fictitious: DGTJ registers the change of agreement of Consorci C.\n",
        )?;
        self.text(
            "ens/dept-interior.yaml",
            &department("Departament d'Interior d'Exemple", "9699969017"),
        )?;
        self.text(
            "ens/dept-cultura.yaml",
            &department("Departament de Cultura d'Exemple", "9699969022"),
        )?;
        self.text("ens/agencia-a.yaml", AGENCIA_A)?;
        self.text("ens/institut-b.yaml", INSTITUT_B)?;
        self.text("ens/consorci-c.yaml", &CONSORCI_C.replace("{agreement}", &agreement))
    }

    fn certificates(&self, authority: &Authority) -> std::io::Result<()> {
        for body in &BODIES {
            let issued = Seal::of(body.nif, body.name)
                .valid(body.from, body.to)
                .key(KeyKind::OwnRsa3072)
                .issue(authority);
            let id = format!("{}/{}", body.id, body.label);
            self.text(&format!("certificates/{id}.pem"), &issued.pem)?;
            self.text(&format!("certificates/{id}.yaml"), &self.record(body, &issued)?)?;
        }
        Ok(())
    }

    fn record(&self, body: &Body, issued: &Issued) -> std::io::Result<String> {
        let Body { id, label, codes, delivered, confirmed: (pre, pro), .. } = body;
        let sha256 = Sha256::of(&issued.der);
        let facts =
            segell::files::x509::Certificate::read(&issued.der).expect("the seal is readable");
        let serial = facts.serial.to_string();
        let answer = self.evidence(
            &format!("evidence/aeat/{id}-{label}-pre.txt"),
            &format!("Fictitious: AEAT has loaded the public key of serial {serial} in PRE.\n"),
        )?;
        Ok(format!(
            "# yaml-language-server: $schema=../../../schemas/certificate.schema.json\n\
             sha256: \"{sha256}\"\n\
             organ_codes: {codes}\n\
             key: \"pkcs11:token=via-oberta;object={id}-{label}\"\n\
             delivered: {{ ticket: ST-22976, date: {delivered} }}\n\
             confirmations:\n  \
               pre: {{ date: {pre}, serial: \"{serial}\", evidence: [{answer}] }}\n  \
               pro: {{ date: {pro}, sha256: \"{sha256}\", evidence: [{{ ticket: ST-23020 }}] }}\n"
        ))
    }
}

fn department(name: &str, code: &str) -> String {
    format!(
        "# yaml-language-server: $schema=../../schemas/ens.schema.json\n\
         name: {name}\n\
         block: departments\n\
         organ_code: \"{code}\"\n\
         nif: {GENERALITAT}\n\
         authorisations:\n  \
           - service: AEAT_IRPF/C2\n    \
             organ_code: \"{code}\"\n    \
             pre: {{ requested: 2025-11-03, granted: 2025-11-20, evidence: [{{ ticket: ST-21980 }}] }}\n    \
             pro: {{ requested: 2025-11-03, granted: 2025-11-24, evidence: [{{ ticket: ST-21980 }}] }}\n"
    )
}

const AGENCIA_A: &str = r#"# yaml-language-server: $schema=../../schemas/ens.schema.json
name: Agència A
block: consuming
organ_code: "9699969038"
nif: Q9900001J
dir3: A09990001
authorisations:
  - service: AEAT_IRPF/C2
    organ_code: "9699969038"
    pre: { requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-22980 }] }
    pro: { requested: 2026-09-01, granted: 2026-09-22, evidence: [{ ticket: ST-22980 }] }
  - service: AEAT_IAE/AEATIAE
    organ_code: "9699969038"
    pre: { requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-22981 }] }
    pro: { requested: 2026-09-01, denied: 2026-09-22, evidence: [{ ticket: ST-22981 }] }
"#;

const INSTITUT_B: &str = r#"# yaml-language-server: $schema=../../schemas/ens.schema.json
name: Institut B
block: consuming
organ_code: "9699969043"
nif: Q9900002H
authorisations:
  - service: AEAT_IRPF/C2
    organ_code: "9699969043"
    pre: { requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }
    pro: { requested: 2026-09-02, granted: 2026-09-23, evidence: [{ ticket: ST-22985 }] }
queries:
  - asked: 2026-10-01
    by: siad
    to: [dgtj, aeat]
    question: Is the new key already loaded in PRO?
    answered: 2026-10-21
    answer: Loaded on 20 October.
    evidence: [{ ticket: ST-23010 }]
"#;

const CONSORCI_C: &str = r#"# yaml-language-server: $schema=../../schemas/ens.schema.json
name: Consorci C
block: new
organ_code: "9699969056"
nif: Q9900003F
authorisations:
  - service: AEAT_DADES/ECOT101
    organ_code: "9699969056"
    pre: { requested: 2026-09-10, granted: 2026-10-02, evidence: [{ ticket: ST-22990 }] }
    pro: { requested: 2026-09-10, granted: 2026-10-05, evidence: [{ ticket: ST-22990 }] }
agreement: { signed: 2026-08-03, authorises_load: [pre, pro], evidence: [{agreement}] }
"#;

const BASELINE: &str = r"# yaml-language-server: $schema=../schemas/baseline.schema.json
as_of: 2026-10-01
evidence: [{ ticket: ST-22900 }]
holds:
  - { ens: dept-interior, certificate: generalitat/2025, in: [pre, pro] }
  - { ens: dept-cultura, certificate: generalitat/2025, in: [pre, pro] }
  - { ens: agencia-a, certificate: generalitat/2025, in: [pre, pro] }
  - { ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }
";

const FINISHED: &str = r"# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 10
stage: pro
pre: 2026-10-20
pro: 2026-11-03
loads:
  - ens: agencia-a
    certificate: agencia-a/2026
    pre:
      loaded: 2026-10-20
      checks:
        - { date: 2026-10-21, by: [aoc], result: fails, evidence: [{ ticket: ST-23100 }],
            cause: Alias of another body, discussed_with: [siad], corrected: 2026-10-22 }
        - { date: 2026-10-22, by: [aoc], result: works, services: [AEAT_IRPF/C2], evidence: [{ ticket: ST-23100 }] }
      informed: { date: 2026-10-22, to: [siad], evidence: [{ ticket: ST-23100 }] }
    pro:
      loaded: 2026-11-03
      informed: { date: 2026-11-03, to: [siad], evidence: [{ ticket: ST-23150 }] }
      checks:
        - { date: 2026-11-04, by: [pica, aoc], result: works, evidence: [{ ticket: ST-23150 }] }
departments:
  - { date: 2026-11-05, by: [aoc], result: works, evidence: [{ ticket: ST-23151 }] }
";

const IN_PRE: &str = r"# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 20
stage: pre
pre: 2026-11-10
pro: 2028-01-11
loads:
  - ens: institut-b
    certificate: institut-b/2026
    pre:
      loaded: 2026-11-10
      checks:
        - { date: 2026-11-11, by: [aoc], result: works, services: [AEAT_IRPF/C2], evidence: [{ ticket: ST-23200 }] }
      informed: { date: 2026-11-11, to: [siad], evidence: [{ ticket: ST-23200 }] }
";

const PLANNED: &str = r"# yaml-language-server: $schema=../../../schemas/batch.schema.json
day: 30
stage: planned
pre: 2028-01-18
pro: 2028-02-01
loads:
  - ens: consorci-c
    certificate: consorci-c/2026
";

const POLICY: &str = r"# yaml-language-server: $schema=../schemas/policy.schema.json
version: 1
services:
  AEAT_IAE/AEATIAE: Impost sobre activitats econòmiques
  AEAT_DADES/ECOT101: Obligacions tributàries, general
  AEAT_IRPF/C2: Nivell de renda
generalitat: { nif: S9900001J }
organ_codes: { exceptions: [] }
calendar:
  working_days: [mon, tue, wed, thu, fri]
  holidays: [2026-12-08, 2026-12-25, 2027-01-01, 2027-01-06, 2027-12-08, 2028-01-06]
  freezes:
    - { from: 2026-12-23, to: 2027-01-07, reason: Christmas }
    - { from: 2027-12-23, to: 2028-01-07, reason: Christmas }
  lead_days: 0
  batch_size: 5
  days_between_batches: 7
  days_from_pre_to_pro: 7
certificates:
  days_left_after_load: 30
  warn_days_before_expiry: 60
  working_days_to_issue: 16
  days_for_confirmation: 15
  policies: [2.16.724.1.3.5.6.1, 2.16.724.1.3.5.6.2]
  common_names: [Serveis Administracio Electronica]
  longest_validity_days: 1827
  keys:
    - { from: 2017-01-01, rsa: 2048, ec: 256 }
    - { from: 2027-01-01, rsa: 3000, ec: 256 }
reviewers:
  - name: Marta Example
    email: marta@example.org
    role: aoc
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGIiQMBRAI/GcbTKpcHl/pxU4+zKOxoLGiiPNKPLM+Aj
  - name: Pau Example
    email: pau@example.org
    role: aoc
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMXK1lMOuJb0Ca1Z/S4YsU08Xr3JRIZb6DQ0NJv+OCyO
  - name: Joan Example
    email: joan@example.org
    role: siad
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWYGLP7OLZZM8D9B1n4JQQSqOy9Pk3NR81amCPw/8pF
  - name: Laia Example
    email: laia@example.org
    role: siad
    signing_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILsp1RD6iC0nC0bs6BqyASODvmkf9pi34zbEKhHoLGk4
";

const README: &str = "# An example inventory

Bodies, codes, documents and people are fictitious, and the certificates are from a test authority
that nobody trusts. It shows a department's shared seal (`generalitat/2025`), a body whose own seal
is in production (`agencia-a`), one verified in PRE (`institut-b`) and a new one that is planned
(`consorci-c`). `cargo run --example shipped_inventory -- DIR` makes another like it.
";
