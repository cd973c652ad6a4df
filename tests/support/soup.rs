//! Texts that are hardly YAML: what two readers of it could take for two things.

use std::fs;
use std::path::Path;

/// What YAML is made of, and what its readers have taken for different things.
const PIECES: [&str; 72] = [
    "a",
    "b: ",
    "c:",
    "- ",
    "-",
    "\n",
    "\n",
    "\n",
    "  ",
    "  ",
    " ",
    "    ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ",",
    ": ",
    ":",
    "? ",
    "?",
    "why?",
    "a ? b",
    "?a",
    ":a",
    "a:b",
    "http://a/b?c=d#e",
    "\"",
    "'",
    "\"x\"",
    "'y'",
    "\"a\\\n b\"",
    "\"\\u00e9\"",
    "''",
    "\"\"",
    "# c",
    " # c",
    "#",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "\t",
    "...",
    "---",
    "--- ",
    "%",
    "@",
    "`",
    "!",
    "&",
    "*",
    "~",
    "null",
    "true",
    "1",
    "-1",
    "1.2.3",
    "2026-12-01",
    "2026-02-30",
    "0001-01-01",
    "12:30",
    "1_0",
    "=",
    "<<",
    "é",
    "\u{1f600}",
    "\\",
    "x y",
    "-a",
];

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as `seed` says.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % limit.max(1)
    }
}

/// Pieces of YAML in any order.
pub fn pieces(dice: &mut Dice) -> String {
    let count = dice.below(14) + 1;
    let start =
        ["", "a: ", "- ", "a:\n  b: ", "{ a: ", "[", "a:\n  - b: 1\n    c: "][dice.below(7)];
    (0..count).fold(start.to_owned(), |text, _| text + PIECES[dice.below(PIECES.len())])
}

/// A text with a few pieces in it taken out, doubled or put in.
pub fn changed(text: &str, dice: &mut Dice) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(characters.len() + 1);
        let end = characters.len().min(at + dice.below(4));
        match dice.below(3) {
            0 => drop(characters.drain(at..end)),
            1 => {
                let again: Vec<char> = characters[at..end].to_vec();
                characters.splice(at..at, again);
            }
            _ => {
                let piece = PIECES[dice.below(PIECES.len())];
                characters.splice(at..at, piece.chars());
            }
        }
    }
    characters.into_iter().collect()
}

/// The YAML files of the repository: the shipped inventory's, and the fuzzers'.
pub fn texts() -> Vec<String> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    collect(&root.join("inventory"), &mut found);
    collect(&root.join("fuzz/corpus/yaml"), &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let is_yaml = path.extension().is_none_or(|extension| extension == "yaml");
        if path.is_dir() {
            collect(&path, found);
        } else if is_yaml {
            found.extend(fs::read_to_string(path));
        }
    }
}
