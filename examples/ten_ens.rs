//! What a day costs: `cargo build && cargo run --example ten_ens` plays ten ens from the support desk's
//! ticket to verified in PRO with segell's own verbs, in a folder that it throws away, and counts the commands
//! and keystrokes. Ids that were typed before are completed by the shell, one keystroke each; the day is today,
//! so it is not typed; git's own commands, approvals and promotions are not among them. Another program is
//! measured with its path: `cargo run --example ten_ens -- PATH`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;
#[path = "../tests/support/ten_ens.rs"]
mod ten_ens;
#[path = "../tests/support/zip.rs"]
mod zip;

use std::path::PathBuf;

fn main() {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let segell = given.unwrap_or_else(|| {
        let own = std::env::current_exe().expect("a program knows where it is");
        let folder = own.parent().and_then(|examples| examples.parent()).expect("a folder");
        folder.join(format!("segell{}", std::env::consts::EXE_SUFFIX))
    });
    assert!(segell.exists(), "there is no {}: run `cargo build` first", segell.display());
    let folder = tempfile::tempdir().expect("a folder to play in");
    let costs = ten_ens::play(&segell, folder.path());
    for (command, keystrokes) in &costs.typed {
        println!("{keystrokes:5}  {command}");
    }
    for (what, cost) in [("to record", costs.recorded), ("after it", costs.after)] {
        println!("{what}: {} commands, {} keystrokes", cost.commands, cost.keystrokes);
    }
}
