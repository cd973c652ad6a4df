//! What only one kind of system has stands behind `cfg`: no other kind is at hand to compile it.

use std::fs;
use std::path::Path;

/// What there is on Unix alone.
const UNIX: [&str; 4] = ["std::os::unix", "std::os::linux", "rustix::", "libc::"];

/// How many lines above it the `cfg` of an item may stand: its attributes, its signature.
const NEAR: usize = 6;

fn sources(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, files),
            false => files.push(path),
        }
    }
}

#[test]
fn what_is_unix_alone_stands_behind_cfg() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !UNIX.iter().any(|path| line.contains(path)) {
                continue;
            }
            seen += 1;
            let above = &lines[number.saturating_sub(NEAR)..number];
            let is_behind = |line: &&str| {
                line.contains("#[cfg(unix)]") || line.contains("#[cfg(target_os = \"linux\")]")
            };
            assert!(above.iter().any(is_behind), "{}:{}", file.display(), number + 1);
        }
    }
    assert!(seen > 3, "the words sought are those that sources have");
}
