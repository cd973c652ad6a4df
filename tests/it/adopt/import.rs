//! `segell import`.

use std::fs;

use super::{begun, done, done_once, files, ran, refused, text};
use crate::support::inventory::Inventory;

const HEAD: &str = "name,block,organ_code,nif\n";

/// Writes a file of this content beside the inventory, and says its path.
fn file(inventory: &Inventory, content: impl AsRef<[u8]>) -> String {
    let path = inventory.root().join("ens.csv");
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn rows_become_ens() {
    let inventory = begun();
    let csv = "\u{feff}Nom;Bloc;Codi d'òrgan;NIF;DIR3;Serveis;Província\r\n\
               \"Ajuntament d'Abrera; vila\";New;0800180001;P0800100J;L01080018;AEAT_IRPF/C2 AEAT_IAE/AEATIAE;B\r\n\
               Consorci Col·legiat,consuming;;;;;\r\n\
               Institut Ç;consuming; 5 ;Q9900002H;;;B\r\n\
               ;;;;;;\r\n";
    let csv = csv.replace("Consorci Col·legiat,consuming;;;;;\r\n", "");
    let path = file(&inventory, csv);
    let words = done_once(&inventory, &["import", &path]);
    assert!(words.contains("2 rows: 2 taken, 0 there already, 0 not taken"), "{words}");
    assert!(words.contains("nothing is read from the columns `Província`"), "{words}");
    assert_eq!(
        text(&inventory, "ens/ajuntament-d-abrera-vila.yaml"),
        "# yaml-language-server: $schema=../../schemas/ens.schema.json\n\
         name: Ajuntament d'Abrera; vila\n\
         block: new\n\
         organ_code: \"0800180001\"\n\
         nif: P0800100J\n\
         dir3: L01080018\n\
         authorisations:\n  \
           - service: AEAT_IAE/AEATIAE\n    \
             organ_code: \"0800180001\"\n  \
           - service: AEAT_IRPF/C2\n    \
             organ_code: \"0800180001\"\n"
    );
    assert!(text(&inventory, "ens/institut-c.yaml").contains("organ_code: \"5\"\n"));
    done(&inventory, &["check", "--deny", "warnings"]);
}

/// Each row alone, and what is said of it.
#[test]
fn a_row_that_breaks_a_rule_is_told_and_not_taken() {
    let good = "Institut B,consuming,9699969043,Q9900002H\n";
    for (row, words) in [
        (
            "A,consuming,800180001,Q9900001J",
            "`800180001` has lost its leading zero; write `\"0800180001\"`",
        ),
        ("A,consuming,8.0018E+09,Q9900001J", "`8.0018E+09` is no organ code"),
        ("A,consuming,0800180002,Q9900001J", "the control digits of organ code `0800180002`"),
        ("A,consuming,0800180001,Q9900001X", "`Q9900001X` is no body's NIF"),
        ("A,consuming,0800180001,", "`nif` is empty"),
        ("A,newest,0800180001,Q9900001J", "`newest` is no block; a block is one of `departments`"),
        (
            "A,consuming,9699969043,Q9900001J",
            "the organ code `9699969043` is already that of `institut-b`",
        ),
        ("A,consuming,0800180001,Q9900002H", "the NIF `Q9900002H` is already that of `institut-b`"),
        ("institut  b!,consuming,0800180001,Q9900001J", "line 2 has the id `institut-b` too"),
        ("東京,consuming,0800180001,Q9900001J", "`` is no id"),
        ("A,consuming,0800180001", "it has 3 fields, the first line 4"),
        ("A\u{200b}B,consuming,0800180001,Q9900001J", "\\u{200b}"),
        ("\"A,consuming,0800180001,Q9900001J\nB,consuming,1,1", "it goes on to line 4"),
        (
            "A,consuming,0800180001,\"Q9900001J",
            "a quotation mark is missing in it, or one too many",
        ),
    ] {
        let inventory = begun();
        let path = file(&inventory, format!("{HEAD}{good}{row}\n"));
        let (code, said) = ran(&inventory, &["import", &path]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
        assert!(said.contains("line 3, "), "{said}");
        assert!(said.contains("2 rows: 1 taken, 0 there already, 1 not taken"), "{said}");
        let ens = files(&inventory.path("ens"));
        assert_eq!(ens.keys().collect::<Vec<_>>(), ["institut-b.yaml"], "{row}");
    }
}

#[test]
fn what_is_there_stays_as_it_is() {
    let inventory = Inventory::shipped();
    inventory.append("ens/institut-b.yaml", "# mine\n");
    let before = text(&inventory, "ens/institut-b.yaml");
    let rows = "Institut B,consuming,9699969043,Q9900002H,AEAT_IRPF/C2\n\
                Consorci D,new,9699969056,Q9900003F,\n";
    let path = file(&inventory, format!("name,block,organ_code,nif,services\n{rows}"));
    let (code, said) = ran(&inventory, &["import", &path]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("the organ code `9699969056` is already that of `consorci-c`"), "{said}");
    assert!(said.contains("2 rows: 0 taken, 1 there already, 1 not taken"), "{said}");
    assert!(said.ends_with("nothing was written; correct those lines and import the file again\n"));
    let other = "Institut B,new,9699969043,Q9900002H,AEAT_IAE/AEATIAE\n";
    let path = file(&inventory, format!("name,block,organ_code,nif,services\n{other}"));
    let (_, said) = ran(&inventory, &["import", &path]);
    assert!(said.contains("with `block` `consuming` and not `new`"), "{said}");
    assert!(said.contains("without `AEAT_IAE/AEATIAE`"), "{said}");
    assert_eq!(text(&inventory, "ens/institut-b.yaml"), before);
}

#[test]
fn a_service_that_the_policy_does_not_have_is_told() {
    let inventory = begun();
    let rows = "A,new,0800180001,P0800100J,AEAT_IRPF/C9\n";
    let path = file(&inventory, format!("name,block,organ_code,nif,services\n{rows}"));
    let (code, said) = ran(&inventory, &["import", &path]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("the policy has no service `AEAT_IRPF/C9`"), "{said}");
}

#[test]
fn what_is_no_table_of_ens_is_refused() {
    let inventory = begun();
    let utf16: Vec<u8> = "\u{feff}name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content, words) in [
        (b"".to_vec(), "its first row names no column `name`, `block`, `organ_code` or `nif`"),
        (b"name,block\n".to_vec(), "names no column `organ_code` or `nif`"),
        (b"name,nom,block,organ_code,nif\n".to_vec(), "it has two columns `name`"),
        ([HEAD.as_bytes(), b"Institut \xc7\n"].concat(), "line 2 is not UTF-8"),
        (utf16, "it is UTF-16"),
        (vec![0; 64], "its first row names no column"),
    ] {
        let path = file(&inventory, content);
        refused(&inventory, &["import", &path], 2, words);
    }
    refused(&inventory, &["import", "nowhere.csv"], 2, "cannot read `nowhere.csv`");
    refused(&inventory, &["import", "."], 2, "it is no plain file");
}

#[test]
fn a_formula_is_words() {
    let inventory = begun();
    let row = "a,\"=HYPERLINK(\"\"http://x\"\") - #1: 'y'\",consuming,5,Q9900001J\n";
    let path = file(&inventory, format!("id,{HEAD}{row}"));
    done_once(&inventory, &["import", &path]);
    let ens = text(&inventory, "ens/a.yaml");
    assert!(ens.contains(r#"name: "=HYPERLINK(\"http://x\") - #1: 'y'""#), "{ens}");
    done(&inventory, &["check", "--deny", "warnings"]);
}

#[test]
fn a_dry_run_shows_the_files_and_writes_none() {
    let inventory = begun();
    let path = file(&inventory, format!("{HEAD}A,consuming,5,Q9900001J\n"));
    let before = files(inventory.root());
    let words = done(&inventory, &["import", &path, "--dry-run"]);
    assert!(words.contains("+organ_code: \"5\""), "{words}");
    assert_eq!(files(inventory.root()), before);
}

/// csv takes a record to begin before the LF of the line above.
#[test]
fn lines_are_counted_alike_however_they_end() {
    for end in ["\n", "\r\n"] {
        let inventory = begun();
        let rows = "Institut B,consuming,9699969043,Q9900002H\nA,newest,0800180001,Q9900001J\n";
        let path = file(&inventory, format!("{HEAD}{rows}").replace('\n', end));
        let (_, said) = ran(&inventory, &["import", &path]);
        assert!(said.contains("line 3, A"), "{said}");
    }
}

/// Rows are told by their lines, whatever ends them; and days and tickets come in with the services.
#[test]
fn days_and_tickets_come_with_the_services() {
    let inventory = begun();
    let csv = "Nom;Bloc;ine10;NIF;Serveis;Sol·licitat;Autoritzat PRE;Autoritzat PRO;Tiquet\r\n\
               \r\n\
               Ajuntament d'Abrera;consuming;0800180001;P0800100J;AEAT_IRPF/C2;01/09/2026;2026-09-20;;ST-22980\r\n\
               Institut Ç;consuming;5;Q9900002H;AEAT_IRPF/C2;31/02/2026;;;ST-1\r\n\
               Consorci C;consuming;6;Q9900003F;;01/09/2026;;;x\r\n";
    let path = file(&inventory, csv);
    let (code, words) = ran(&inventory, &["import", &path]);
    assert_eq!(code, 1, "{words}");
    for told in [
        "line 4, Institut Ç\n  `31/02/2026` is no date; write `YYYY-MM-DD` or `DD/MM/YYYY`",
        "line 5, Consorci C\n  `x` is no ticket; one looks like `ABC-123`\n  it has days of an authorisation, and no service",
        "1 taken, 0 there already, 2 not taken",
    ] {
        assert!(words.contains(told), "{told}\n{words}");
    }
    assert!(
        text(&inventory, "ens/ajuntament-d-abrera.yaml").ends_with(
            "authorisations:\n  \
               - service: AEAT_IRPF/C2\n    \
                 organ_code: \"0800180001\"\n    \
                 pre: { requested: 2026-09-01, granted: 2026-09-20, evidence: [{ ticket: ST-22980 }] }\n    \
                 pro: { requested: 2026-09-01, evidence: [{ ticket: ST-22980 }] }\n"
        )
    );
    let later = csv.replace("2026-09-20;;", "2026-09-20;2026-09-22;");
    let (_, words) = ran(&inventory, &["import", &file(&inventory, later)]);
    assert!(words.contains("of `AEAT_IRPF/C2` other days are recorded"), "{words}");
}
