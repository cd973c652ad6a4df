//! The folder that `manifest --out` writes: whole or not at all, and with nothing taken away that no
//! manifest wrote.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::world::{Ran, World};

fn write(world: &World, out: &Path) -> Ran {
    let out = out.to_str().unwrap();
    world.segell("olga", &["manifest", "--env", "pro", "--rev", "main", "--out", out])
}

fn verify(world: &World, out: &Path) -> Ran {
    world.segell("olga", &["manifest", "verify", out.to_str().unwrap()])
}

/// What lies in a folder, hidden or not.
fn listed(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn only_what_its_sums_name_is_taken_away() {
    let world = World::begin();
    let folder = world.path("loads");
    let out = folder.join("pro");
    fs::create_dir_all(&out).unwrap();
    write(&world, &out).ok();
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["pro"]);
    // A seal that somebody put there.
    let foreign = out.join("certificates/somebodys.pem");
    fs::write(&foreign, "a seal of somebody's").unwrap();
    write(&world, &out).refused("`certificates/somebodys.pem`, which the `SHA256SUMS` there");
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "a seal of somebody's");
    assert_eq!(listed(&folder), ["pro"]);
    fs::remove_file(&foreign).unwrap();
    // Names of what lies elsewhere are nobody's.
    fs::write(folder.join("mine.pem"), "mine").unwrap();
    let sums = out.join("SHA256SUMS");
    let text = fs::read_to_string(&sums).unwrap();
    let digest = "0".repeat(64);
    fs::write(
        &sums,
        format!("{text}{digest}  certificates/../../mine.pem\n{digest}  ../mine.pem\n"),
    )
    .unwrap();
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["mine.pem", "pro"]);
    verify(&world, &out).ok();
    // Seals alone, without their sums, are no manifest.
    fs::remove_file(&sums).unwrap();
    write(&world, &out).refused("which the `SHA256SUMS` there does not name");
}

/// As a process leaves it that was killed at each of its steps.
#[test]
fn what_a_run_left_that_did_not_end_is_put_right() {
    let world = World::begin();
    let folder = world.path("loads");
    let (out, staging) = (folder.join("pro"), folder.join(".pro.segell"));
    write(&world, &out).ok();
    // While it wrote the new one.
    fs::create_dir_all(staging.join("new/certificates")).unwrap();
    fs::write(staging.join("new/manifest.yaml"), "half").unwrap();
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["pro"]);
    // Between its renames.
    fs::create_dir_all(&staging).unwrap();
    fs::write(staging.join("lock"), "").unwrap();
    fs::rename(&out, staging.join("old")).unwrap();
    let told = format!("left it at `{}`", staging.join("old").display());
    verify(&world, &out).refused(&told);
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["pro"]);
    // After them.
    fs::create_dir_all(staging.join("old/certificates")).unwrap();
    for file in ["SHA256SUMS", "manifest.yaml"] {
        fs::copy(out.join(file), staging.join("old").join(file)).unwrap();
    }
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["pro"]);
    verify(&world, &out).ok();
}

#[test]
fn two_at_once_do_not_mix() {
    let world = World::begin();
    let folder = world.path("loads");
    let (out, staging) = (folder.join("pro"), folder.join(".pro.segell"));
    fs::create_dir_all(&staging).unwrap();
    let lock = fs::File::create(staging.join("lock")).unwrap();
    lock.lock().unwrap();
    write(&world, &out).refused("another segell is writing");
    drop(lock);
    write(&world, &out).ok();
    assert_eq!(listed(&folder), ["pro"]);
}

#[test]
fn what_is_no_plain_file_is_not_waited_for() {
    let world = World::begin();
    let out = world.path("pro");
    for file in ["manifest.yaml", "SHA256SUMS", "certificates/agencia-a.pem"] {
        let _ = fs::remove_dir_all(&out);
        write(&world, &out).ok();
        fs::remove_file(out.join(file)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(out.join(file)).status().unwrap();
        assert!(made.success());
        let begun = Instant::now();
        assert_ne!(verify(&world, &out).code, 0, "{file}");
        assert_ne!(write(&world, &out).code, 0, "{file}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{file}");
    }
}
