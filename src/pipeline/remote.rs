//! The server: what is brought from it and sent to it, and which kind it is.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::pipeline::git::Git;

/// Brings what the pipeline reads: the branches, and the approvals.
///
/// # Errors
/// When git cannot fetch it; git has said why.
pub fn fetch(git: &Git) -> Result<()> {
    let branches = "+refs/heads/*:refs/remotes/origin/*";
    git.fetch_from_origin(&[branches, "+refs/approvals/*:refs/approvals/*"])
}

/// Sends one object to one ref of the server.
///
/// # Errors
/// When the server refuses it; git has said why.
pub fn push(git: &Git, refspec: &str) -> Result<()> {
    git.push_to_origin(refspec)
}

/// Whether what is pushed to `origin` goes to a forge where no hook of ours runs, so that a job of its own
/// moves the environments' branches.
pub fn is_forge(git: &Git) -> bool {
    let Some(address) = git.push_address() else { return false };
    let Some(host) = host_of(&address) else { return false };
    is_forges(&host) || (is_ssh(&address) && real_host(&host).is_some_and(|host| is_forges(&host)))
}

fn is_forges(host: &str) -> bool {
    let host = host.to_lowercase();
    let host = host.trim_end_matches('.');
    matches!(host, "github.com" | "ssh.github.com" | "gitlab.com" | "altssh.gitlab.com")
        || host.ends_with(".ghe.com")
}

/// The host of an address, `scheme://user@host:port/path` or `user@host:path`.
fn host_of(address: &str) -> Option<String> {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next()?;
    let host = host.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

fn is_ssh(address: &str) -> bool {
    match address.split_once("://") {
        Some((scheme, _)) => scheme.to_lowercase().contains("ssh"),
        None => address.split('/').next().is_some_and(|host| host.contains(':')),
    }
}

/// The host that an alias of somebody's SSH stands for.
fn real_host(alias: &str) -> Option<String> {
    let mut ssh = Command::new("ssh");
    ssh.args(["-G", "--", alias]).stdin(Stdio::null()).stderr(Stdio::null());
    let told = String::from_utf8(ssh.output().ok()?.stdout).ok()?;
    told.lines().find_map(|line| line.strip_prefix("hostname ")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_forges, is_ssh};

    #[test]
    fn hosts_of_addresses() {
        let addresses = [
            ("git@github.com:a/b.git", "github.com", true),
            ("https://user@GitHub.com./a/b", "GitHub.com.", false),
            ("ssh://git@ssh.github.com:443/a/b", "ssh.github.com", true),
            ("work:a/b.git", "work", true),
            ("https://gitlab.com/a/b", "gitlab.com", false),
        ];
        for (address, host, by_ssh) in addresses {
            assert_eq!(host_of(address).as_deref(), Some(host));
            assert_eq!(is_ssh(address), by_ssh, "{address}");
        }
        assert!(
            ["github.com", "GitHub.com.", "altssh.gitlab.com", "aoc.ghe.com"]
                .map(is_forges)
                .iter()
                .all(|it| *it)
        );
        assert!(
            !["notgithub.com", "github.com.example.org", "git.example.org"]
                .map(is_forges)
                .iter()
                .any(|it| *it)
        );
        assert!(!is_ssh("/srv/git/a.git") && !is_ssh("../a:b.git"));
    }
}
