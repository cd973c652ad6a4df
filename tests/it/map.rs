//! ARCHITECTURE's two tables are true: a wing uses only what stands before it, and what one place
//! alone knows stands nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// A path as a source writes it, resolved from the crate's root: `crate::files::yaml`, `std::fs`.
type Segments = Vec<String>;

#[test]
fn each_wing_uses_only_what_stands_before_it() {
    let breaches = wing_breaches(&sources(), &wings());
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn what_one_place_knows_stands_nowhere_else() {
    let breaches = sole_breaches(&sources(), &soles());
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_modules_of_a_wing_are_those_that_are_listed() {
    let sources = sources();
    for row in rows("## The map") {
        let (wing, listed) = (names(&row[0]).remove(0), names(&row[2]));
        let modules = sources.iter().filter(|(module, _)| module.first() == Some(&wing));
        let mut modules: Vec<&String> = modules.filter_map(|(module, _)| module.get(1)).collect();
        modules.sort();
        modules.dedup();
        assert!(listed.is_empty() || listed.iter().eq(modules), "{wing}: write its row anew");
    }
}

#[test]
fn each_kind_of_breach_is_seen() {
    let wings = ["base".to_owned(), "files".to_owned()];
    let seen = |file: &str, source: &str| {
        let sources = [(module_of(Path::new(file)), source.to_owned())];
        !wing_breaches(&sources, &wings).is_empty()
    };
    assert!(seen("base/digest.rs", "use crate::files::yaml;"));
    assert!(seen("base/digest.rs", "use crate::{tr, files::{yaml, x509}};"));
    assert!(seen("base/digest.rs", "use super::super::files;"));
    assert!(seen("base/text/mod.rs", "mod tests { use super::super::super::files::yaml; }"));
    assert!(seen("base/text.rs", r#"fn f() { say!("a", crate::files::x509::parse(0)) }"#));
    assert!(seen("base/text.rs", "#[arg(value_parser = crate::files::date)] struct A;"));
    assert!(seen("other/text.rs", ""), "a wing that the table does not have");
    assert!(!seen("files/yaml.rs", "use super::repo; use crate::base::text; use crate::tr;"));

    let soles = [("std::fs".to_owned(), vec!["files".to_owned()])];
    let seen = |file: &str, source: &str| {
        let sources = [(module_of(Path::new(file)), source.to_owned())];
        !sole_breaches(&sources, &soles).is_empty()
    };
    assert!(seen("base/text.rs", "use std::{fmt, fs::{self, File}};"));
    assert!(seen("base/text.rs", "fn f() { std::fs::read(0) }"));
    assert!(!seen("files/repo.rs", "use std::fs;"));
    assert!(!seen("base/text.rs", "use std::fmt; // std::fs"));
}

/// What points upward, as sentences.
fn wing_breaches(sources: &[(Segments, String)], wings: &[String]) -> Vec<String> {
    let rank = |wing: &String| wings.iter().position(|name| name == wing);
    let mut found = Vec::new();
    for (module, source) in sources {
        let Some(wing) = module.first().filter(|name| *name != "main") else { continue };
        let Some(own) = rank(wing) else {
            found.push(format!("{} is in no wing of ARCHITECTURE's table", module.join("::")));
            continue;
        };
        let paths = paths(source, module).into_iter().filter(|path| path[0] == "crate");
        let upward = paths.filter(|path| path.get(1).and_then(rank).is_some_and(|of| of > own));
        found.extend(upward.map(|path| {
            let (module, path) = (module.join("::"), path.join("::"));
            format!("{module} uses {path}: move {path}, or write the table of wings anew")
        }));
    }
    found
}

/// What stands where another place alone may know it, as sentences.
fn sole_breaches(sources: &[(Segments, String)], soles: &[(String, Vec<String>)]) -> Vec<String> {
    let within = |name: &str, of: &str| name == of || name.starts_with(&format!("{of}::"));
    let mut found = Vec::new();
    for (module, source) in sources {
        let here = module.join("::");
        for path in paths(source, module) {
            let path = path.join("::");
            let sole = soles.iter().find(|(known, places)| {
                within(&path, known) && !places.iter().any(|place| within(&here, place))
            });
            found.extend(sole.map(|(known, places)| {
                format!("{here} uses {path}: {known} is for {} alone", places.join(", "))
            }));
        }
    }
    found
}

/// The wings, in the order of ARCHITECTURE's first table.
fn wings() -> Vec<String> {
    let rows = rows("## The map");
    rows.into_iter().map(|mut row| row.swap_remove(0)).flat_map(|cell| names(&cell)).collect()
}

/// Paths of crates, and the modules which alone may use them.
fn soles() -> Vec<(String, Vec<String>)> {
    let rows = rows("## What one place alone knows");
    let pairs = rows.into_iter().flat_map(|row| {
        let places = names(&row[1]);
        names(&row[0]).into_iter().map(move |known| (known, places.clone()))
    });
    pairs.collect()
}

/// The cells of the table below a heading.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string("ARCHITECTURE.md").unwrap();
    let (_, below) = page.split_once(heading).expect("ARCHITECTURE has the heading");
    let lines = below.lines().skip(1).take_while(|line| !line.starts_with("## "));
    let rows = lines.filter(|line| line.starts_with("| `"));
    let cells = |row: &str| row.split('|').skip(1).map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "{heading} has a table");
    rows
}

/// What stands in backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// All sources of the library, by module.
fn sources() -> Vec<(Segments, String)> {
    fn list(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => list(&path, found),
                false if path.extension().is_some_and(|end| end == "rs") => found.push(path),
                false => {}
            }
        }
    }
    let root = Path::new("src");
    let mut files = Vec::new();
    list(root, &mut files);
    files.sort();
    let sources = files.iter().map(|file| {
        (module_of(file.strip_prefix(root).unwrap()), fs::read_to_string(file).unwrap())
    });
    sources.collect()
}

/// The module that a file below `src` is.
fn module_of(file: &Path) -> Segments {
    let whole = file.with_extension("");
    let mut segments: Segments =
        whole.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if matches!(segments.last().map(String::as_str), Some("mod" | "lib")) {
        segments.pop();
    }
    segments
}

/// Every path of a source, also in macros and attributes.
fn paths(source: &str, module: &[String]) -> Vec<Segments> {
    let mut found = Vec::new();
    read(source.parse().expect("the source is Rust"), module, &mut found);
    found
}

/// Reads tokens that stand in a module.
fn read(tokens: TokenStream, module: &[String], found: &mut Vec<Segments>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, after) {
            (
                TokenTree::Ident(word),
                [TokenTree::Ident(name), TokenTree::Group(inside), rest @ ..],
            ) if word == "mod" => {
                read(inside.stream(), &[module, &[name.to_string()]].concat(), found);
                rest
            }
            (TokenTree::Ident(_), _) => path(rest, Vec::new(), module, found),
            (TokenTree::Group(group), _) => {
                read(group.stream(), module, found);
                after
            }
            _ => after,
        };
    }
}

/// Reads a path that goes on from `start`, with its groups, and gives what follows it.
fn path<'a>(
    tokens: &'a [TokenTree],
    mut start: Segments,
    module: &[String],
    found: &mut Vec<Segments>,
) -> &'a [TokenTree] {
    let mut rest = tokens;
    loop {
        match rest {
            [TokenTree::Ident(name), after @ ..] => {
                start.push(name.to_string());
                rest = after;
            }
            [TokenTree::Group(group), after @ ..] if !start.is_empty() => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inside.split(|token| is_mark(token, ',')) {
                    path(part, start.clone(), module, found);
                }
                return after;
            }
            _ => break,
        }
        match rest {
            [first, second, after @ ..] if is_mark(first, ':') && is_mark(second, ':') => {
                rest = after;
            }
            _ => break,
        }
    }
    if start.len() > 1 {
        found.push(resolved(start, module));
    }
    rest
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// `super` and `self` taken away, as seen from a module.
fn resolved(path: Segments, module: &[String]) -> Segments {
    let mut base = module.to_vec();
    let mut rest = &path[..];
    if !matches!(rest[0].as_str(), "super" | "self") {
        return path;
    }
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "super" => drop(base.pop()),
            "self" => {}
            _ => break,
        }
        rest = after;
    }
    [&["crate".to_owned()], &base[..], rest].concat()
}
