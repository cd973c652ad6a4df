//! A body, from an empty folder to its planned day, by commands only.

use super::{ENS, begun, done, key_from_policy, text};
use crate::support::authority::{Authority, Seal};
use std::fs;

#[test]
fn a_body_is_taken_from_nothing_to_its_planned_day() {
    let inventory = begun();
    let authority = Authority::new("EC-Test");
    inventory.write("trust/test.pem", authority.pem());
    key_from_policy(&inventory);
    let seal = Seal::of("Q9900001J", "Servei Català de Trànsit").issue(&authority);
    let facts = segell::files::x509::Certificate::read(&seal.der).unwrap();
    let serial = facts.serial.to_string();
    let pem = inventory.root().join("seal.pem");
    fs::write(&pem, seal.pem).unwrap();
    let pem = pem.to_str().unwrap();
    let authorisation = ["add", "authorisation", "--ens", "sct", "--service", "AEAT_IRPF/C2"];
    let confirmation = ["add", "confirmation", "--certificate", "sct/2026", "--serial", &serial];
    let steps: [(&[&str], usize); 6] = [
        (&ENS, 0),
        (
            &[
                &authorisation[..],
                &["--requested", "2026-09-01", "--granted", "2026-09-20", "--evidence", "ST-1"],
            ]
            .concat(),
            1,
        ),
        (&["add", "certificate", "--pem", pem, "--ticket", "ST-2", "--delivered", "2026-09-28"], 2),
        (
            &[&confirmation[..], &["--env", "pre", "--date", "2026-10-05", "--evidence", "ST-3"]]
                .concat(),
            1,
        ),
        (
            &[&confirmation[..], &["--env", "pro", "--date", "2026-10-06", "--evidence", "ST-3"]]
                .concat(),
            0,
        ),
        (
            &[
                "schedule",
                "--calendar",
                "transicio-2026",
                "--ens",
                "sct",
                "--pre",
                "2026-12-01",
                "--pro",
                "2026-12-15",
            ],
            1,
        ),
    ];
    for (step, pending) in steps {
        let said = done(&inventory, step);
        assert!(said.contains("next: "), "{said}");
        let checked = done(&inventory, &["check", "--deny", "warnings"]);
        let expected = format!("0 errors, 0 warnings, {pending} pending");
        assert!(checked.contains(&expected), "{step:?}\n{checked}");
    }
    let batch = text(&inventory, "calendars/transicio-2026/10-sct.yaml");
    assert!(batch.contains("certificate: sct/2026\n"), "{batch}");
}
