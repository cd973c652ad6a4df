//! The programs that segell runs, and whether they are new enough.

use super::{Point, fine, lacks, note};
use crate::files::installed_git;
use crate::pipeline::signer;
use crate::tr;

/// The oldest git that looks after `safe.directory`, so that no repository of another user is opened.
const OLDEST_GIT: [u32; 3] = [2, 30, 3];

/// The oldest OpenSSH whose `ssh-keygen` signs.
const OLDEST_OPENSSH: [u32; 3] = [8, 1, 0];

/// A version's first three numbers, wherever they stand in a text.
fn version_in(text: &str) -> Option<[u32; 3]> {
    let digits = text.find(|character: char| character.is_ascii_digit())?;
    let mut numbers = text[digits..].split(|character: char| !character.is_ascii_digit());
    let mut next = || numbers.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Some([next(), next(), next()])
}

pub(super) fn git() -> Point {
    let Some(told) = installed_git::version() else {
        return lacks("git", tr!("there is no `git`"), tr!("install git"));
    };
    let found = tr!("{version}", version = &told);
    match version_in(&told) {
        Some(version) if version >= OLDEST_GIT => fine("git", found),
        _ => lacks("git", found, tr!("install git {oldest} or later", oldest = "2.30.3")),
    }
}

pub(super) fn openssh() -> Point {
    let install = || {
        tr!(
            "install OpenSSH {oldest} or later: it signs with keys in hardware, in ssh-agent or with a passphrase",
            oldest = "8.1"
        )
    };
    let Some(told) = signer::openssh_version() else {
        return note("openssh", tr!("there is no OpenSSH"), install());
    };
    let found = tr!("{version}", version = &told);
    match version_in(told.trim_start_matches("OpenSSH_for_Windows_")) {
        Some(version) if version >= OLDEST_OPENSSH => fine("openssh", found),
        _ => note("openssh", found, install()),
    }
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn versions_as_programs_tell_them() {
        assert_eq!(version_in("git version 2.39.5"), Some([2, 39, 5]));
        assert_eq!(version_in("git version 2.47.1.windows.2"), Some([2, 47, 1]));
        assert_eq!(version_in("git version 2.39.5 (Apple Git-154)"), Some([2, 39, 5]));
        assert_eq!(version_in("OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.15"), Some([9, 2, 1]));
        assert_eq!(version_in("git version 3"), Some([3, 0, 0]));
        assert_eq!(version_in("none"), None);
    }
}
