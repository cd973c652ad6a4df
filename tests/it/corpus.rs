//! The fuzzers' corpus, whole and cut off anywhere, through the readers: what `cargo fuzz` would
//! begin with, for those who do not have it.

use std::fs;
use std::path::Path;

use crate::support::{readers, verifiers};

/// Every file of one target's corpus.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = fs::read_dir(folder).expect("the corpus is in the repository");
    let files: Vec<_> = files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(files.len() >= 5, "{target}");
    files
}

/// Hands over the bytes, and some hundred of their beginnings.
fn with_beginnings(bytes: &[u8], read: fn(&[u8])) {
    let step = bytes.len() / 400 + 1;
    (0..bytes.len()).step_by(step).for_each(|end| read(&bytes[..end]));
    read(bytes);
}

#[test]
fn any_beginning_of_a_yaml_file_is_answered() {
    corpus("yaml").iter().for_each(|bytes| with_beginnings(bytes, readers::yaml));
}

#[test]
fn any_beginning_of_a_certificate_is_answered() {
    corpus("certificate").iter().for_each(|bytes| with_beginnings(bytes, readers::certificate));
}

#[test]
fn any_beginning_of_a_message_is_answered() {
    corpus("message").iter().for_each(|bytes| with_beginnings(bytes, readers::message));
}

#[test]
fn a_certificate_with_any_byte_changed_is_answered() {
    for mut bytes in corpus("certificate") {
        for place in 0..bytes.len().min(2_000) {
            let kept = bytes[place];
            bytes[place] ^= 0x81;
            readers::certificate(&bytes);
            bytes[place] = kept;
        }
    }
}

#[test]
fn any_beginning_of_a_store_is_answered() {
    corpus("store").iter().for_each(|bytes| with_beginnings(bytes, readers::store));
}

#[test]
fn a_store_with_any_byte_changed_is_answered() {
    for mut bytes in corpus("store") {
        for place in 0..bytes.len().min(2_000) {
            let kept = bytes[place];
            bytes[place] ^= 0x81;
            readers::store(&bytes);
            bytes[place] = kept;
        }
    }
}

#[test]
fn a_signature_with_any_byte_changed_is_judged_alike_by_two_libraries() {
    for mut bytes in corpus("signature") {
        with_beginnings(&bytes, verifiers::agree);
        for place in 0..bytes.len() {
            let kept = bytes[place];
            bytes[place] ^= 0x81;
            verifiers::agree(&bytes);
            bytes[place] = kept;
        }
    }
}
