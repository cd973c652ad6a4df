//! What an ens has in an environment follows from what is recorded, whatever the batches' order.

use crate::support::authority::{Authority, Seal};
use crate::support::inventory::Inventory;
use jiff::civil::date;
use segell::files::repo;
use segell::inventory::finding::Environment;
use segell::inventory::load;
use segell::inventory::survey::Survey;

/// A batch of Agència A's whose load in PRO this much is recorded of.
fn batch(certificate: &str, recorded: &str) -> String {
    format!(
        "day: 10\nstage: pro\npre: 2026-10-13\npro: 2026-10-14\nloads:\n  - ens: agencia-a\n    certificate: {certificate}\n    pro: {recorded}\n"
    )
}

/// The seal that Agència A has in PRO.
fn seal_in_pro(inventory: &Inventory) -> Option<String> {
    let read = load::load(&repo::working_tree(inventory.root()).unwrap());
    let survey = Survey::of(&read, date(2026, 11, 23));
    let ens = survey.ens("agencia-a").unwrap();
    survey.current(ens, Environment::Pro).map(|seal| seal.id.to_owned())
}

#[test]
fn the_load_that_was_recorded_last_counts_in_whichever_calendar() {
    let inventory = Inventory::shipped();
    assert_eq!(seal_in_pro(&inventory).as_deref(), Some("agencia-a/2026"));
    for (calendar, day, has) in [
        ("before", "2026-11-02", "agencia-a/2026"),
        ("before", "2026-11-04", "consorci-c/2026"),
        ("zulu", "2026-11-02", "agencia-a/2026"),
        ("zulu", "2026-11-04", "consorci-c/2026"),
    ] {
        let inventory = Inventory::shipped();
        let text = batch("consorci-c/2026", &format!("{{ loaded: {day} }}"));
        inventory.write(&format!("calendars/{calendar}/10-a.yaml"), text);
        assert_eq!(seal_in_pro(&inventory).as_deref(), Some(has), "{calendar}, {day}");
    }
}

#[test]
fn of_several_withdrawals_the_last_says_what_comes_back() {
    let withdrawn = |day: &str| {
        format!(
            "\n    withdrawn: {{ date: {day}, reason: Requests fail, evidence: [{{ ticket: ST-1 }}] }}"
        )
    };
    let inventory = Inventory::shipped();
    inventory.edit(
        "calendars/transicio-2026/10-agencia-a.yaml",
        "      loaded: 2026-11-03\n",
        "      loaded: 2026-10-30\n",
    );
    inventory.append(
        "certificates/generalitat/2025.yaml",
        "retired: { date: 2026-11-02, reason: superseded }\n",
    );
    let again = |day: &str| format!("{{ loaded: 2026-11-01 }}{}", withdrawn(day));
    inventory.write("calendars/zulu/10-a.yaml", batch("consorci-c/2026", &again("2026-11-01")));
    // Only the later load is withdrawn: what the earlier one brought comes back.
    assert_eq!(seal_in_pro(&inventory).as_deref(), Some("agencia-a/2026"));
    inventory.edit(
        "calendars/transicio-2026/10-agencia-a.yaml",
        "departments:",
        &format!("{}\ndepartments:", withdrawn("2026-10-31").trim_start_matches('\n')),
    );
    assert_eq!(seal_in_pro(&inventory).as_deref(), Some("generalitat/2025"));
    // On the day of the last withdrawal the baseline's seal is retired.
    inventory.write("calendars/zulu/10-a.yaml", batch("consorci-c/2026", &again("2026-11-02")));
    assert_eq!(seal_in_pro(&inventory), None);
}

#[test]
fn what_was_loaded_before_comes_back_unless_it_was_retired_by_then() {
    for (retired, has) in
        [("2026-11-04", None), ("2026-11-05", None), ("2026-11-06", Some("agencia-a/2026"))]
    {
        let inventory = Inventory::shipped();
        inventory.append(
            "certificates/agencia-a/2026.yaml",
            &format!("retired: {{ date: {retired}, reason: superseded }}\n"),
        );
        let recorded = "{ loaded: 2026-11-04 }\n    withdrawn: { date: 2026-11-05, reason: Requests fail, evidence: [{ ticket: ST-1 }] }";
        inventory.write("calendars/zulu/10-a.yaml", batch("consorci-c/2026", recorded));
        assert_eq!(seal_in_pro(&inventory).as_deref(), has, "{retired}");
    }
}

#[test]
fn what_was_loaded_before_comes_back_unless_it_had_expired_by_then() {
    for (last, has) in [("2026-11-04", None), ("2026-11-05", Some("agencia-a/short"))] {
        let inventory = Inventory::shipped();
        let seal = Seal::of("Q9900001J", "Agència A").valid("2026-11-02", last);
        inventory.with_certificate("agencia-a/short", &["9100010007"], seal, &Authority::new("CA"));
        let before = batch("agencia-a/short", "{ loaded: 2026-11-04 }");
        inventory.write("calendars/zulu/10-a.yaml", before);
        let recorded = "{ loaded: 2026-11-04 }\n    withdrawn: { date: 2026-11-05, reason: Requests fail, evidence: [{ ticket: ST-1 }] }";
        inventory.write("calendars/zulu/11-a.yaml", batch("consorci-c/2026", recorded));
        assert_eq!(seal_in_pro(&inventory).as_deref(), has, "{last}");
    }
}

#[test]
fn a_certificate_is_in_force_from_its_first_day_through_its_last() {
    let inventory = Inventory::shipped();
    let seal = Seal::of("Q9900001J", "Agència A").valid("2026-11-05", "2026-11-20");
    inventory.with_certificate("agencia-a/short", &["9100010007"], seal, &Authority::new("CA"));
    let read = load::load(&repo::working_tree(inventory.root()).unwrap());
    let survey = Survey::of(&read, date(2026, 11, 23));
    let certificate = survey.certificate("agencia-a/short").unwrap();
    let in_force = (1..=30).filter(|&day| certificate.is_in_force_on(date(2026, 11, day)));
    assert_eq!(in_force.collect::<Vec<_>>(), (5..=20).collect::<Vec<_>>());
}

#[test]
fn pre_is_requested_by_a_day_and_not_by_an_empty_permission() {
    let requests = |permission: &str| {
        let inventory = Inventory::shipped();
        let ens = std::fs::read_to_string(inventory.path("ens/agencia-a.yaml")).unwrap();
        let (before, _) = ens.split_once("authorisations:").unwrap();
        inventory.write(
            "ens/agencia-a.yaml",
            format!("{before}authorisations:\n  - {{ service: AEAT_IRPF/C2, organ_code: \"9699969038\"{permission} }}\n"),
        );
        let read = load::load(&repo::working_tree(inventory.root()).unwrap());
        Survey::of(&read, date(2026, 11, 23)).ens("agencia-a").unwrap().has_requested_pre()
    };
    assert!(requests(", pre: { requested: 2026-01-01 }"));
    assert!(!requests(", pre: { denied: 2026-01-01 }"));
    assert!(!requests(", pre: {}"));
    assert!(!requests(", pro: { requested: 2026-01-01 }"));
}
