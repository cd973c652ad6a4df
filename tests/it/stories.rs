//! What happens over a campaign, told step by step: each step edits files as a pull request would,
//! and pins all that segell says on a day.

use crate::support::authority::{Authority, KeyKind, Seal};
use crate::support::inventory::{IN_PRE, Inventory, PLANNED, TODAY};

/// All that `check` finds on that day.
#[track_caller]
fn on(inventory: &Inventory, day: &str, expected: &[&str]) {
    let found = inventory.check_on(day);
    assert_eq!(found, expected, "on {day}");
}

/// The departments with their shared seal and Agència A with one of its own, all loaded before
/// segell, so that a story's own calendar stands alone.
struct Story {
    inventory: Inventory,
    authority: Authority,
}

const BATCH: &str = "calendars/campanya/10-a.yaml";
const CODE_A: &str = "9699969038";

impl Story {
    /// Agència A's seal is valid through 2027-03-31.
    fn begin() -> Story {
        let story =
            Story { inventory: Inventory::shipped(), authority: Authority::new("EC-Proves") };
        for batch in [
            crate::support::inventory::FINISHED,
            IN_PRE,
            PLANNED,
            "certificates/institut-b/2026.yaml",
            "certificates/institut-b/2026.pem",
            "certificates/consorci-c/2026.yaml",
            "certificates/consorci-c/2026.pem",
            "certificates/agencia-a/2026.yaml",
            "certificates/agencia-a/2026.pem",
            "ens/institut-b.yaml",
            "ens/consorci-c.yaml",
        ] {
            story.delete(batch);
        }
        story.edit(
            "baseline.yaml",
            "agencia-a, certificate: generalitat/2025",
            "agencia-a, certificate: agencia-a/2024",
        );
        story.edit(
            "baseline.yaml",
            "  - { ens: institut-b, certificate: generalitat/2025, in: [pre, pro] }\n",
            "",
        );
        let old = Seal::of("Q9900001J", "Agència A").valid("2024-04-01", "2027-03-31");
        story.issue("agencia-a/2024", CODE_A, old);
        story
    }

    fn issue(&self, id: &str, code: &str, seal: Seal) {
        self.inventory.with_certificate(id, &[code], seal, &self.authority);
    }
}

impl std::ops::Deref for Story {
    type Target = Inventory;

    fn deref(&self) -> &Inventory {
        &self.inventory
    }
}

/// A batch's file.
fn batch(day: u32, stage: &str, pre: &str, pro: &str, loads: &str) -> String {
    format!("day: {day}\nstage: {stage}\npre: {pre}\npro: {pro}\nloads:\n{loads}")
}

fn load(ens: &str, certificate: &str) -> String {
    format!("  - ens: {ens}\n    certificate: {certificate}\n")
}

/// What is recorded of a load in PRE that works the day after, when SIAD is told.
fn works_in_pre(loaded: &str, checked: &str) -> String {
    format!(
        "    pre:\n      loaded: {loaded}\n      checks:\n        - {{ date: {checked}, by: [aoc], result: works, evidence: [{{ ticket: ST-30000 }}] }}\n      informed: {{ date: {checked}, to: [siad], evidence: [{{ ticket: ST-30000 }}] }}\n"
    )
}

/// What is recorded of a load in PRO that PICA and AOC see work the day after.
fn works_in_pro(loaded: &str, checked: &str) -> String {
    format!(
        "    pro:\n      loaded: {loaded}\n      informed: {{ date: {loaded}, to: [siad], evidence: [{{ ticket: ST-30001 }}] }}\n      checks:\n        - {{ date: {checked}, by: [pica, aoc], result: works, evidence: [{{ ticket: ST-30001 }}] }}\n"
    )
}

/// The departments, seen consuming after a batch.
fn departments(day: &str) -> String {
    format!(
        "departments:\n  - {{ date: {day}, by: [aoc], result: works, evidence: [{{ ticket: ST-30002 }}] }}\n"
    )
}

/// 1. A renewal of a loaded seal, up to and past the old one's expiry.
#[test]
fn a_loaded_seal_is_renewed() {
    let story = Story::begin();
    on(&story, "2027-01-29", &[]);
    // Sixty days before, the loaded seal begins to warn.
    on(
        &story,
        "2027-01-31",
        &["warning certificate-in-force certificates/agencia-a/2024.yaml:2:9"],
    );
    // The new seal comes: nothing of it is wrong, it only waits for a batch.
    let new = Seal::of("Q9900001J", "Agència A").from("2027-02-01");
    story.issue("agencia-a/2027", CODE_A, new);
    on(
        &story,
        "2027-02-02",
        &["warning certificate-in-force certificates/agencia-a/2024.yaml:2:9"],
    );
    // It is planned, loaded in PRE, loaded in PRO.
    let loads = load("agencia-a", "agencia-a/2027");
    story.write(BATCH, batch(10, "planned", "2027-02-09", "2027-02-16", &loads));
    on(
        &story,
        "2027-02-03",
        &[
            "warning certificate-in-force certificates/agencia-a/2024.yaml:2:9",
            "pending pre-verified-before-pro calendars/campanya/10-a.yaml:6:5",
        ],
    );
    let loads = loads + &works_in_pre("2027-02-09", "2027-02-10");
    story.write(BATCH, batch(10, "pro", "2027-02-09", "2027-02-16", &loads));
    on(
        &story,
        "2027-02-15",
        &["warning certificate-in-force certificates/agencia-a/2024.yaml:2:9"],
    );
    let loads = loads + &works_in_pro("2027-02-16", "2027-02-17");
    story.write(
        BATCH,
        batch(10, "pro", "2027-02-09", "2027-02-16", &(loads + &departments("2027-02-18"))),
    );
    on(&story, "2027-02-18", &[]);
    // The old one expires, and nobody minds.
    on(&story, "2027-04-01", &[]);
}

/// 1b. The same renewal, if nobody gets round to it.
#[test]
fn a_renewal_that_nobody_loads_turns_red_until_it_is_loaded() {
    let story = Story::begin();
    story.issue("agencia-a/2027", CODE_A, Seal::of("Q9900001J", "Agència A").from("2027-02-01"));
    on(
        &story,
        "2027-03-31",
        &["warning certificate-in-force certificates/agencia-a/2024.yaml:2:9"],
    );
    on(&story, "2027-04-01", &["error certificate-in-force certificates/agencia-a/2024.yaml:2:9"]);
    let loads = load("agencia-a", "agencia-a/2027")
        + &works_in_pre("2027-04-06", "2027-04-07")
        + &works_in_pro("2027-04-13", "2027-04-14")
        + &departments("2027-04-14");
    story.write(BATCH, batch(10, "pro", "2027-04-06", "2027-04-13", &loads));
    on(&story, "2027-04-14", &[]);
}

const FAILS_TWICE: &str = "    pre:
      loaded: 2026-11-10
      checks:
        - { date: 2026-11-11, by: [aoc], result: fails, evidence: [{ ticket: ST-30003 }],
            cause: An alias, discussed_with: [siad], corrected: 2026-11-12 }
        - { date: 2026-11-12, by: [aoc], result: fails, evidence: [{ ticket: ST-30003 }] }
";

/// 2. A load in PRE that fails twice is withdrawn, and comes back with the same certificate.
#[test]
fn a_load_that_fails_twice_comes_back_in_a_later_batch() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-10-01"));
    let failed = load("agencia-a", "agencia-a/2026") + FAILS_TWICE;
    story.write(BATCH, batch(10, "pre", "2026-11-10", "2026-11-24", &failed));
    on(
        &story,
        "2026-11-13",
        &[
            "pending pre-verified-before-pro calendars/campanya/10-a.yaml:11:9",
            "pending failure-analysed calendars/campanya/10-a.yaml:13:13",
        ],
    );
    let withdrawn = failed
        + "    withdrawn: { date: 2026-11-13, reason: It fails., evidence: [{ ticket: ST-30004 }], restored: { pre: 2026-11-13 } }\n";
    story.write(BATCH, batch(10, "pre", "2026-11-10", "2026-11-24", &withdrawn));
    on(&story, "2026-11-13", &[]);
    on(&story, "2026-12-01", &[]);
    let again = load("agencia-a", "agencia-a/2026");
    let later = "calendars/campanya/20-a.yaml";
    story.write(later, batch(20, "planned", "2026-12-09", "2026-12-16", &again));
    on(&story, "2026-12-01", &["pending pre-verified-before-pro calendars/campanya/20-a.yaml:6:5"]);
    let again = again
        + &works_in_pre("2026-12-09", "2026-12-10")
        + &works_in_pro("2026-12-16", "2026-12-17")
        + &departments("2026-12-17");
    story.write(later, batch(20, "pro", "2026-12-09", "2026-12-16", &again));
    on(&story, "2026-12-17", &[]);
}

/// 3. A compromised key is replaced through a calendar of its own.
#[test]
fn a_compromised_key_is_replaced_at_once() {
    let story = Story::begin();
    let old = "certificates/agencia-a/2024.yaml";
    story.append(old, "retired: { date: 2026-11-23, reason: compromised }\n");
    let compromised = "error certificate-in-force certificates/agencia-a/2024.yaml:9:12";
    on(
        &story,
        TODAY,
        &[compromised, "pending certificate-for-every-authorised-ens ens/agencia-a.yaml:4:13"],
    );
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-11-24"));
    let urgent = "calendars/urgent/10-agencia-a.yaml";
    let loads = load("agencia-a", "agencia-a/2026") + &works_in_pre("2026-11-25", "2026-11-25");
    story.write(urgent, batch(10, "pro", "2026-11-25", "2026-11-26", &loads));
    on(&story, "2026-11-25", &[compromised]);
    let loads = loads + &works_in_pro("2026-11-26", "2026-11-26") + &departments("2026-11-26");
    story.write(urgent, batch(10, "pro", "2026-11-25", "2026-11-26", &loads));
    on(&story, "2026-11-26", &[]);
}

/// 3b. The key is compromised while its load waits for PRO: the load is withdrawn, in its calendar,
/// and the new seal goes through another.
#[test]
fn a_key_compromised_between_pre_and_pro_is_replaced() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-10-01"));
    let loads = load("agencia-a", "agencia-a/2026") + &works_in_pre("2026-11-10", "2026-11-11");
    story.write(BATCH, batch(10, "pre", "2026-11-10", "2026-12-01", &loads));
    on(&story, TODAY, &[]);
    story.append(
        "certificates/agencia-a/2026.yaml",
        "retired: { date: 2026-11-23, reason: compromised }\n",
    );
    // It is not to be loaded in PRO, and it is still in PRE.
    on(
        &story,
        TODAY,
        &[
            "error certificate-in-force calendars/campanya/10-a.yaml:7:18",
            "error certificate-in-force certificates/agencia-a/2026.yaml:9:12",
        ],
    );
    story.append(
        BATCH,
        "    withdrawn: { date: 2026-11-23, reason: Compromised, evidence: [{ ticket: ST-30004 }], restored: { pre: 2026-11-23 } }\n",
    );
    on(&story, TODAY, &[]);
    story.issue("agencia-a/2026b", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-11-24"));
    let urgent = load("agencia-a", "agencia-a/2026b")
        + &works_in_pre("2026-11-25", "2026-11-25")
        + &works_in_pro("2026-11-26", "2026-11-26")
        + &departments("2026-11-26");
    let file = "calendars/urgent/10-agencia-a.yaml";
    story.write(file, batch(10, "pro", "2026-11-25", "2026-11-26", &urgent));
    on(&story, "2026-11-26", &[]);
}

/// 4. The seal that the departments share is renewed: one load for each, in one batch.
#[test]
fn the_departments_share_a_renewed_seal() {
    let story = Story::begin();
    story.issue("agencia-a/2024", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-10-01"));
    let codes: Vec<String> = (1..=10).map(|code| code.to_string()).collect();
    let mut codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let permission =
        "{ requested: 2025-11-03, granted: 2025-11-20, evidence: [{ ticket: ST-21980 }] }";
    for code in &codes {
        story.write(
            &format!("ens/dept-{code}.yaml"),
            format!(
                "name: Departament {code}\nblock: departments\norgan_code: \"{code}\"\nnif: S9900001J\nauthorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"{code}\", pre: {permission}, pro: {permission} }}\n"
            ),
        );
        story.append(
            "baseline.yaml",
            &format!("  - {{ ens: dept-{code}, certificate: generalitat/2025, in: [pre, pro] }}\n"),
        );
    }
    codes.extend(["9699969017", "9699969022"]);
    let record = "certificates/generalitat/2025.yaml";
    let listed = codes.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    story.edit(record, "\"9699969017\", \"9699969022\"", &listed);
    on(&story, TODAY, &[]);
    let seal = Seal::of("S9900001J", "Generalitat d'Exemple").from("2028-10-02");
    story.with_certificate("generalitat/2028", &codes, seal, &story.authority);
    let warned = "warning certificate-in-force certificates/generalitat/2025.yaml:2:9";
    on(&story, "2028-10-17", &[warned]);
    let mut ens: Vec<String> = (1..=10).map(|code| format!("dept-{code}")).collect();
    ens.extend(["dept-interior".to_owned(), "dept-cultura".to_owned()]);
    let loads = |record: &str| -> String {
        ens.iter().map(|ens| load(ens, "generalitat/2028") + record).collect()
    };
    let pre = works_in_pre("2028-10-24", "2028-10-25");
    story.write(BATCH, batch(10, "pro", "2028-10-24", "2028-11-07", &loads(&pre)));
    on(&story, "2028-10-26", &[warned]);
    let both = pre + &works_in_pro("2028-11-07", "2028-11-08");
    let done = loads(&both) + &departments("2028-11-08");
    story.write(BATCH, batch(10, "pro", "2028-10-24", "2028-11-07", &done));
    on(&story, "2028-11-08", &[]);
    on(&story, "2028-12-16", &[]);
}

/// 5. A new ens is put into the middle of a calendar; 7. then a batch is moved by a week.
#[test]
fn a_calendar_has_room_for_one_more_and_moves_by_a_week() {
    let story = Inventory::shipped();
    let waiting = [
        "pending previous-batch-finished calendars/transicio-2026/30-consorci-c.yaml:3:8",
        "pending pre-verified-before-pro calendars/transicio-2026/30-consorci-c.yaml:7:5",
    ];
    on(&story, TODAY, &waiting);
    let permission =
        "{ requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }";
    story.write(
        "ens/fundacio-d.yaml",
        format!("name: Fundació D\nblock: consuming\norgan_code: \"7\"\nnif: Q9900004D\nauthorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"7\", pre: {permission}, pro: {permission} }}\n"),
    );
    let authority = Authority::new("EC-Proves");
    let seal = Seal::of("Q9900004D", "Fundació D").from("2026-11-02");
    story.with_certificate("fundacio-d/2026", &["7"], seal, &authority);
    let between = "calendars/transicio-2026/25-fundacio-d.yaml";
    let loads = load("fundacio-d", "fundacio-d/2026");
    story.write(between, batch(25, "planned", "2028-01-12", "2028-01-18", &loads));
    let put_in = [
        "pending previous-batch-finished calendars/transicio-2026/25-fundacio-d.yaml:2:8",
        "pending pre-verified-before-pro calendars/transicio-2026/25-fundacio-d.yaml:6:5",
        waiting[0],
        waiting[1],
    ];
    let clash = "error day-order calendars/transicio-2026/30-consorci-c.yaml:4:6";
    on(&story, TODAY, &[&[clash][..], &put_in].concat());
    // The batch after it moves by a week, and all is well.
    story.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-25");
    story.edit(PLANNED, "pro: 2028-02-01", "pro: 2028-02-08");
    on(&story, TODAY, &put_in);
}

/// 6. An ens ceases and has a successor, which takes its seal's place with one of its own.
#[test]
fn an_ens_ceases_and_has_a_successor() {
    let story = Story::begin();
    let permission =
        "{ requested: 2026-09-02, granted: 2026-09-21, evidence: [{ ticket: ST-22985 }] }";
    story.append(
        "ens/agencia-a.yaml",
        "ceased: { date: 2026-12-31, successor: agencia-z, evidence: [{ ticket: ST-24000 }] }\n",
    );
    // What it still has is to be taken out in both environments.
    let left = "pending taken-out ens/agencia-a.yaml:16:11";
    on(&story, TODAY, &["error known-reference ens/agencia-a.yaml:16:40", left, left]);
    // The successor keeps the code.
    story.write(
        "ens/agencia-z.yaml",
        format!("name: Agència Z\nblock: consuming\norgan_code: \"7\"\nnif: Q9900004D\nauthorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"7\", pre: {permission}, pro: {permission} }}\n"),
    );
    let lacks = "pending certificate-for-every-authorised-ens ens/agencia-z.yaml:3:13";
    on(&story, TODAY, &[left, left, lacks]);
    story.issue("agencia-z/2026", "7", Seal::of("Q9900004D", "Agència Z").from("2026-11-02"));
    on(&story, TODAY, &[left, left]);
    let loads = load("agencia-z", "agencia-z/2026")
        + &works_in_pre("2026-12-01", "2026-12-02")
        + &works_in_pro("2026-12-15", "2026-12-16")
        + &departments("2026-12-16");
    story.write(BATCH, batch(10, "pro", "2026-12-01", "2026-12-15", &loads));
    on(&story, "2026-12-16", &[left, left]);
    // It waits through the day; what is left after it is a warning until it is recorded as gone.
    on(&story, "2026-12-31", &[left, left]);
    let late = "warning taken-out ens/agencia-a.yaml:16:11";
    on(&story, "2027-01-01", &[late, late]);
    story.edit(
        "ens/agencia-a.yaml",
        "ticket: ST-24000 }] }",
        "ticket: ST-24000 }], removed: { pre: 2027-01-02 } }",
    );
    on(&story, "2027-01-02", &[late]);
    story.edit("ens/agencia-a.yaml", "pre: 2027-01-02 }", "pre: 2027-01-02, pro: 2027-01-03 }");
    on(&story, "2027-01-02", &["error dates-in-order ens/agencia-a.yaml:16:118"]);
    on(&story, "2027-01-03", &[]);
    on(&story, "2027-04-01", &[]);
}

/// 6b. A load that is planned for an ens which ceases before.
#[test]
fn a_load_of_an_ens_that_ceases_is_taken_out() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-11-02"));
    story.write(
        BATCH,
        batch(10, "planned", "2026-12-01", "2026-12-15", &load("agencia-a", "agencia-a/2026")),
    );
    story.append(
        "ens/agencia-a.yaml",
        "ceased: { date: 2026-12-15, evidence: [{ ticket: ST-24000 }] }\n",
    );
    let pending = "pending pre-verified-before-pro calendars/campanya/10-a.yaml:6:5";
    let left = "pending taken-out ens/agencia-a.yaml:16:11";
    on(&story, TODAY, &["error not-ceased calendars/campanya/10-a.yaml:6:10", pending, left, left]);
    story.append(BATCH, "    withdrawn: { date: 2026-11-23, reason: It ceases., evidence: [{ ticket: ST-24000 }] }\n");
    on(&story, TODAY, &[left, left]);
    let late = "warning taken-out ens/agencia-a.yaml:16:11";
    on(&story, "2027-06-01", &[late, late]);
}

/// 8. AEAT denies a service: of two, the other is loaded; of one, nothing is.
#[test]
fn aeat_denies_a_service() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-11-02"));
    let loads = load("agencia-a", "agencia-a/2026") + &works_in_pre("2026-11-10", "2026-11-11");
    story.write(BATCH, batch(10, "pro", "2026-11-10", "2026-11-24", &loads));
    on(&story, TODAY, &[]);
    story.edit(
        "ens/agencia-a.yaml",
        "requested: 2026-09-01, granted: 2026-09-22",
        "requested: 2026-09-01, denied: 2026-11-23",
    );
    on(&story, TODAY, &["error authorisation-in-place ens/agencia-a.yaml:8:3"]);
    // The batch steps back until AEAT thinks better of it.
    story.edit(BATCH, "stage: pro", "stage: pre");
    on(&story, TODAY, &["pending authorisation-in-place ens/agencia-a.yaml:8:3"]);
    story.edit(
        "ens/agencia-a.yaml",
        "denied: 2026-11-23",
        "denied: 2026-11-20, granted: 2026-11-23",
    );
    story.edit(BATCH, "stage: pre", "stage: pro");
    on(&story, TODAY, &[]);
}

/// 9. AEAT has confirmed for PRE only: nothing is loaded anywhere before it confirms for PRO.
#[test]
fn a_confirmation_for_pre_alone_is_not_enough() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-11-02"));
    let record = "certificates/agencia-a/2026.yaml";
    story.edit(record, "  pro: {", "#  pro: {");
    on(&story, TODAY, &["pending confirmed-in-writing certificates/agencia-a/2026.yaml:2:1"]);
    story.write(
        BATCH,
        batch(10, "planned", "2026-12-01", "2026-12-15", &load("agencia-a", "agencia-a/2026")),
    );
    let pending = "pending pre-verified-before-pro calendars/campanya/10-a.yaml:6:5";
    on(&story, TODAY, &["error confirmed-in-writing calendars/campanya/10-a.yaml:7:18", pending]);
    story.edit(record, "#  pro: {", "  pro: {");
    on(&story, TODAY, &[pending]);
}

/// 10. What was loaded before segell is adopted as it is, whatever it lacks.
#[test]
fn what_was_loaded_before_is_adopted() {
    let story = Story::begin();
    // Nobody knows when it was delivered or confirmed.
    let record = "certificates/agencia-a/2024.yaml";
    let text = std::fs::read_to_string(story.path(record)).unwrap();
    let kept: Vec<&str> = text.lines().take(4).collect();
    story.write(record, kept.join("\n") + "\n");
    on(&story, TODAY, &[]);
    on(
        &story,
        "2027-04-01",
        &[
            "error certificate-in-force certificates/agencia-a/2024.yaml:2:9",
            "pending certificate-for-every-authorised-ens ens/agencia-a.yaml:4:13",
        ],
    );
}

/// 11. A load in PRO is taken back, and what was before works again; later it is tried anew.
#[test]
fn a_load_in_pro_is_rolled_back() {
    let story = Story::begin();
    story.issue("agencia-a/2026", CODE_A, Seal::of("Q9900001J", "Agència A").from("2026-10-01"));
    let failed = load("agencia-a", "agencia-a/2026")
        + &works_in_pre("2026-11-10", "2026-11-11")
        + "    pro:\n      loaded: 2026-11-17\n      informed: { date: 2026-11-17, to: [siad], evidence: [{ ticket: ST-30001 }] }\n      checks:\n        - { date: 2026-11-18, by: [aoc], result: fails, evidence: [{ ticket: ST-30005 }] }\n";
    story.write(BATCH, batch(10, "pro", "2026-11-10", "2026-11-17", &failed));
    on(
        &story,
        "2026-11-18",
        &[
            "pending departments-still-consuming calendars/campanya/10-a.yaml:1:1",
            "pending pro-verified-by-pica-and-aoc calendars/campanya/10-a.yaml:17:9",
            "pending failure-analysed calendars/campanya/10-a.yaml:17:13",
        ],
    );
    story.append(BATCH, "    withdrawn: { date: 2026-11-18, reason: It fails., evidence: [{ ticket: ST-30004 }], restored: { pre: 2026-11-18, pro: 2026-11-18 } }\n");
    // It was in PRO for a day: the departments may have been touched.
    on(
        &story,
        "2026-11-18",
        &["pending departments-still-consuming calendars/campanya/10-a.yaml:1:1"],
    );
    story.append(BATCH, "departments:\n  - { date: 2026-11-18, by: [aoc], result: works, evidence: [{ ticket: ST-30006 }] }\n");
    on(&story, "2026-11-18", &[]);
    on(&story, "2027-01-29", &[]);
    // Nothing came of it: what is loaded is the old one, and it expires.
    on(&story, "2027-04-01", &["error certificate-in-force certificates/agencia-a/2024.yaml:2:9"]);
}

/// 12. A day is missed and the load is made late, past the last day of RSA 2048.
#[test]
fn a_load_that_is_late_meets_the_deadline_of_its_key() {
    let story = Story::begin();
    let weak = Seal::of("Q9900001J", "Agència A").from("2026-10-01").key(KeyKind::Rsa2048);
    story.issue("agencia-a/2026", CODE_A, weak);
    let loads = load("agencia-a", "agencia-a/2026") + &works_in_pre("2026-11-10", "2026-11-11");
    story.write(BATCH, batch(10, "pro", "2026-11-10", "2026-12-01", &loads));
    let soon = "warning certificate-strong-enough certificates/agencia-a/2026.yaml:2:9";
    on(&story, "2026-12-01", &[soon]);
    let weak = "error certificate-strong-enough calendars/campanya/10-a.yaml:7:18";
    let missed = "warning load-on-its-day calendars/campanya/10-a.yaml:6:5";
    on(&story, "2026-12-02", &[weak, missed, soon]);
    // Loaded all the same, it is no longer open and its last days count.
    let late =
        loads.clone() + &works_in_pro("2026-12-02", "2026-12-03") + &departments("2026-12-03");
    story.write(BATCH, batch(10, "pro", "2026-11-10", "2026-12-01", &late));
    on(&story, "2026-12-31", &[soon]);
    let current = "error certificate-strong-enough certificates/agencia-a/2026.yaml:2:9";
    on(&story, "2027-01-01", &[current]);
    // The way out: a stronger key, in a calendar of its own.
    story.issue("agencia-a/2027", CODE_A, Seal::of("Q9900001J", "Agència A").from("2027-01-04"));
    let strong = load("agencia-a", "agencia-a/2027")
        + &works_in_pre("2027-01-12", "2027-01-13")
        + &works_in_pro("2027-01-19", "2027-01-20")
        + &departments("2027-01-20");
    story
        .write("calendars/urgent/10-a.yaml", batch(10, "pro", "2027-01-12", "2027-01-19", &strong));
    on(&story, "2027-01-20", &[]);
}
