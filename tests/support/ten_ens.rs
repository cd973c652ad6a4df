//! Ten ens, from the support desk's ticket to verified in PRO: the commands that record it, played by
//! segell itself, and what they cost to type.

#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::ToSpan;
use jiff::civil::Date;

use super::authority::{Authority, KeyKind, Seal};
use super::large::{nif, organ_code};
use super::zip;

const IDS: [&str; 10] = [
    "agencia-a",
    "institut-b",
    "consorci-c",
    "servei-d",
    "centre-e",
    "entitat-f",
    "fundacio-g",
    "consell-h",
    "oficina-i",
    "patronat-j",
];

/// What commands cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub commands: usize,
    pub keystrokes: usize,
}

/// What it costs to record ten ens until their batch is planned, and after that.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    pub recorded: Cost,
    pub after: Cost,
    /// Each command as it is typed, and its keystrokes.
    pub typed: Vec<(String, usize)>,
}

/// Plays it in `folder`, which is empty, with the program at `segell`.
///
/// # Panics
/// When a command does not do what it has to.
pub fn play(segell: &Path, folder: &Path) -> Costs {
    let serials = begin(folder);
    let mut day = Play { segell, folder, known: BTreeSet::new(), costs: Costs::default() };
    let ens = IDS.join(",");
    let on = |text: &str| text.parse::<Date>().unwrap();
    let entered = on("2026-10-07");
    day.run(
        entered,
        &format!("segell add authorisation --ens {ens} --service AEAT_IRPF/C2,AEAT_DADES/ECOT101 --requested 2026-09-01 --granted 2026-09-20 --evidence ST-22980"),
    );
    day.run(entered, "segell add certificate segells.zip --ticket ST-22976 --delivered 2026-09-25");
    let serials = serials.join(",");
    day.run(
        entered,
        &format!("segell add confirmation --env pre,pro --serial {serials} --date 2026-10-05 --evidence carta.pdf"),
    );
    day.run(entered, "segell propose --size 10 --write");
    day.costs.recorded = day.cost();
    let (batch, pre, pro) = planned(folder);
    let next = |date: Date| date.checked_add(1.day()).unwrap();
    let before = |date: Date| date.checked_sub(1.day()).unwrap();
    let at = format!("--batch {batch}");
    for (date, command) in [
        (before(pre), format!("segell release {at} --stage pre")),
        (pre, format!("segell record loaded {at} --env pre --all")),
        (
            next(pre),
            format!(
                "segell record check {at} --env pre --all --by aoc --result works --evidence ST-23100"
            ),
        ),
        (next(pre), format!("segell record informed {at} --env pre --all --evidence ST-23100")),
        (before(pro), format!("segell release {at} --stage pro")),
        (pro, format!("segell record loaded {at} --env pro --all")),
        (pro, format!("segell record informed {at} --env pro --all --evidence ST-23150")),
        (
            next(pro),
            format!(
                "segell record check {at} --env pro --all --by pica,aoc --result works --evidence ST-23150"
            ),
        ),
        (
            next(pro),
            format!("segell record departments {at} --by aoc --result works --evidence ST-23151"),
        ),
    ] {
        day.run(date, &command);
    }
    let all = day.cost();
    day.costs.after = Cost {
        commands: all.commands - day.costs.recorded.commands,
        keystrokes: all.keystrokes - day.costs.recorded.keystrokes,
    };
    day.verified(next(pro));
    day.costs
}

/// What is there before: the policy, the ten ens, what the support desk sent and AEAT's letter. Says the
/// serials that the letter quotes.
fn begin(folder: &Path) -> Vec<String> {
    let authority = Authority::new("EC-Deu");
    let root = folder.join("inventory");
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventory/policy.yaml");
    let policy = fs::read_to_string(shipped).unwrap().replacen(
        "certificates:\n",
        "certificates:\n  key: \"pkcs11:token=via-oberta;object={holder}-{label}\"\n",
        1,
    );
    write("policy.yaml", &policy);
    write("trust/ec-deu.pem", &authority.pem());
    let mut seals = Vec::new();
    let mut serials = Vec::new();
    for (number, id) in IDS.into_iter().enumerate() {
        let (nif, code) = (nif(number), organ_code(number));
        let ens = format!("name: Ens {id}\nblock: consuming\norgan_code: \"{code}\"\nnif: {nif}\n");
        write(&format!("ens/{id}.yaml"), &ens);
        let mut serial = vec![0x76, 0x90, 0x09, 0x89, 0x32, 0xdd, 0x97, 0x06];
        serial.extend((0x1b2c_3d4e_5f60_7100_u64 + number as u64).to_be_bytes());
        serials.push(data_encoding::HEXUPPER.encode(&serial));
        let seal = Seal::of(&nif, &format!("Ens {id}")).key(KeyKind::P256).serial(&serial);
        seals.push((format!("{id}.cer"), seal.issue(&authority).der));
    }
    fs::write(folder.join("segells.zip"), zip::deflated(&seals)).unwrap();
    fs::write(folder.join("carta.pdf"), b"%PDF-1.7 AEAT has loaded ten keys\n").unwrap();
    serials
}

/// The batch that was proposed, and its days.
fn planned(folder: &Path) -> (String, Date, Date) {
    let calendars = folder.join("inventory/calendars");
    let only = |folder: &Path| {
        let mut items = fs::read_dir(folder).unwrap();
        let item = items.next().expect("something is planned").unwrap();
        assert!(items.next().is_none(), "one batch holds all ten");
        item.path()
    };
    let file = only(&only(&calendars));
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("- ens: ").count(), IDS.len(), "{text}");
    let day = |field: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim().parse::<Date>().unwrap()
    };
    let id = file.strip_prefix(&calendars).unwrap().with_extension("");
    (id.to_str().unwrap().replace('\\', "/"), day("pre:"), day("pro:"))
}

struct Play<'p> {
    segell: &'p Path,
    folder: &'p Path,
    /// What the shell completes by now: ids that were typed before.
    known: BTreeSet<String>,
    costs: Costs,
}

impl Play<'_> {
    /// Runs a command as of a day: whoever types it does so on that day, and need not say it.
    fn run(&mut self, date: Date, command: &str) {
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("segell"));
        let date = date.to_string();
        let arguments: Vec<&str> = words.chain(["--as-of", &date]).collect();
        self.segell(&arguments);
        let keystrokes = self.keystrokes(command);
        self.costs.typed.push((command.to_owned(), keystrokes));
    }

    fn segell(&self, arguments: &[&str]) -> String {
        let output = Command::new(self.segell)
            .args(arguments)
            .current_dir(self.folder)
            .env("LC_ALL", "C")
            .env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{arguments:?}\n{said}");
        said
    }

    /// Each character and the line's end; of an id that was typed before, the key that completes it.
    fn keystrokes(&mut self, command: &str) -> usize {
        let mut count = 1;
        for part in command.split_inclusive([' ', ',']) {
            let word = part.trim_end_matches([' ', ',']);
            let is_id = IDS.contains(&word) || word.contains("/1");
            count += match is_id && !self.known.insert(word.to_owned()) {
                true => 1 + part.len() - word.len(),
                false => part.chars().count(),
            };
        }
        count
    }

    fn cost(&self) -> Cost {
        let keystrokes = self.costs.typed.iter().map(|(_, keystrokes)| keystrokes).sum();
        Cost { commands: self.costs.typed.len(), keystrokes }
    }

    /// Nothing is left to be done.
    fn verified(&self, date: Date) {
        let date = date.to_string();
        let said = self.segell(&["check", "--deny", "warnings", "--as-of", &date]);
        assert!(said.contains("0 errors, 0 warnings, 0 pending"), "{said}");
    }
}
