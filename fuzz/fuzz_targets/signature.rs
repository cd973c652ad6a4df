#![no_main]

#[path = "../../tests/support/verifiers.rs"]
mod verifiers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| verifiers::agree(bytes));
