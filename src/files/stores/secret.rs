//! Passwords and PINs: never shown, zeroed when they are dropped.

use std::fmt;

use zeroize::Zeroizing;

/// A password or a PIN.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a password.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// The password itself: for derivations and tokens alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Sees to it that no core dump holds a password, and that no other program of the same user can look
/// into this one's memory.
pub fn keep_out_of_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn it_is_never_shown() {
        assert_eq!(format!("{:?}", Secret::new("changeit".to_owned())), "Secret");
    }
}
