//! What `segell --version` says: which build it is, and which record it writes and verifies.

use std::sync::LazyLock;

use crate::pipeline::{manifest, promotion};

/// The commit that it was built from, where the build could tell.
const COMMIT: Option<&str> = option_env!("SEGELL_BUILT_FROM");

/// The version, the commit, and the versions of the record. Programs read it, so it follows no language.
pub fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        let commit = COMMIT.filter(|commit| !commit.is_empty()).unwrap_or("unknown");
        format!(
            "{version}\ncommit: {commit}\nwrites: {approval}, {manifest}\nverifies: {approval}, {manifest}",
            version = env!("CARGO_PKG_VERSION"),
            approval = promotion::VERSION,
            manifest = manifest::SCHEMA,
        )
    });
    &LONG
}
