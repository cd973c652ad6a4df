//! Every sentence that segell can say is in both catalogues, once, with the same placeholders and
//! marks; and nothing else is. The sentences are taken from the sources and from the command line.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use segell::commands::{Cli, help};
use segell::inventory::model::Shape;

#[test]
fn every_sentence_is_translated_once_and_nothing_else_is() {
    let sentences = sentences();
    assert!(sentences.len() > 500, "the sources are read: {}", sentences.len());
    let mut wrong = Vec::new();
    for language in ["ca", "es"] {
        let path = format!("locales/{language}.po");
        let text = fs::read_to_string(&path).unwrap();
        let catalogue = polib::po_file::parse(Path::new(&path)).unwrap();
        let entries = catalogue.messages().collect::<Vec<_>>();
        let known: BTreeSet<&str> =
            entries.iter().filter(|entry| !entry.is_fuzzy()).map(|entry| entry.msgid()).collect();
        let missing = sentences.iter().filter(|english| !known.contains(english.as_str()));
        let missing: String = missing.map(|english| to_translate(english)).collect();
        if !missing.is_empty() {
            wrong.push(format!("add to {path}, translated:\n\n{missing}"));
        }
        // One entry is the header, which no message has.
        let written = text.lines().filter(|line| line.starts_with("msgid ")).count() - 1;
        if written != entries.len() {
            wrong.push(format!("{path}: a sentence stands there twice"));
        }
        let order = entries.iter().map(|entry| entry.msgid()).collect::<Vec<_>>();
        if let Some(pair) = order.windows(2).find(|pair| pair[0] >= pair[1]) {
            wrong.push(format!("{path}: out of order: {:?} stands before {:?}", pair[0], pair[1]));
        }
        for entry in entries {
            let (english, translated) = (entry.msgid(), entry.msgstr().unwrap_or(""));
            if !sentences.contains(english) {
                wrong.push(format!("{path}: nothing says any more {english:?}"));
            }
            if let Some(why) = differs(english, translated) {
                wrong.push(format!("{path}: {why}:\n  {english:?}\n  {translated:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sources_are_read_as_the_compiler_reads_them() {
    let source = r##"
        fn said() { tr!("plain {a}", a = tr!("inner")); crate::tr!(r#"raw "one""#); }
        fn counted() { tr!(count = n; one "{count} file", many "{count} files"); }
        const OTHER: &str = "no sentence"; // tr!("a comment")
        #[cfg(test)] mod tests { fn f() { tr!("only in tests"); } }
    "##;
    let mut found = BTreeSet::new();
    collect(source.parse().unwrap(), &mut found, &mut Vec::new());
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["inner", "plain {a}", "raw \"one\"", "{count} file", "{count} files"]);
}

#[test]
fn what_a_translation_may_not_change() {
    let same = |english, translated| differs(english, translated).is_none();
    assert!(same("`{a}` after {b}", "{b} abans de `{a}`"));
    assert!(!same("{a}", "{b}"));
    assert!(!same("`{a}`", "{a}"));
    assert!(!same("«{a}»", "{a}"));
    assert!(!same(" and", "i"));
    assert!(!same("a phrase", "una frase."));
    assert!(!same("a phrase", ""));
    assert!(!same("a line", "una\nlínia"));
}

/// An entry of a catalogue, to be filled in.
fn to_translate(english: &str) -> String {
    format!("msgid \"{}\"\nmsgstr \"\"\n\n", escaped(english))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t")
}

/// Why a translation cannot stand for its English.
fn differs(english: &str, translated: &str) -> Option<&'static str> {
    let edges = |text: &str| {
        let (start, end) = (text.trim_start(), text.trim_end());
        (text.len() - start.len(), text.len() - end.len())
    };
    let count = |text: &str, mark: char| text.matches(mark).count();
    let final_mark = |text: &str| text.trim_end().chars().last().filter(|c| ".:?…".contains(*c));
    Some(match () {
        () if translated.trim().is_empty() => "not translated",
        () if placeholders(english) != placeholders(translated) => "other placeholders",
        () if edges(english) != edges(translated) => "other spaces at its edges",
        () if "`«»\n".chars().any(|mark| count(english, mark) != count(translated, mark)) => {
            "other marks (`, «, ») or line ends"
        }
        () if final_mark(english) != final_mark(translated) => "another mark at its end",
        () => return None,
    })
}

/// The names in braces, sorted.
fn placeholders(template: &str) -> Vec<&str> {
    let names = template.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

/// All that segell can say: the literals of every `tr!`, and the texts of the command line.
fn sentences() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    read_module(Path::new("src/lib.rs"), Path::new("src"), &mut found);
    let texts = RefCell::new(BTreeSet::new());
    help::translated(Cli::command(), &|english| {
        texts.borrow_mut().insert(english.to_owned());
        None
    });
    found.extend(texts.into_inner());
    found.extend(expectations());
    // Marks alone are the same in every language.
    found.retain(|sentence| outside_placeholders(sentence).any(char::is_alphabetic));
    found
}

/// What the schemas of the inventory's files ask of a value that has a form.
fn expectations() -> Vec<String> {
    fn collect(schema: &serde_json::Value, found: &mut Vec<String>) {
        let has_form = ["pattern", "format", "anyOf"]
            .iter()
            .any(|form| schema[form].is_string() || schema[form].is_array());
        if let (true, Some(words)) = (has_form, schema["description"].as_str()) {
            found.push(words.to_owned());
        }
        match schema {
            serde_json::Value::Object(fields) => {
                fields.values().for_each(|value| collect(value, found))
            }
            serde_json::Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for shape in Shape::ALL {
        collect(&shape.schema().to_value(), &mut found);
    }
    found
}

/// The characters of a template that a translation may change.
fn outside_placeholders(template: &str) -> impl Iterator<Item = char> {
    let rest =
        template.split('{').skip(1).map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    let first = template.split('{').next().unwrap_or_default();
    std::iter::once(first).chain(rest).flat_map(str::chars)
}

/// Reads a file of the crate and the modules that it declares, but not those of tests.
fn read_module(file: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    let source = fs::read_to_string(file).unwrap();
    let mut modules = Vec::new();
    collect(source.parse().unwrap(), found, &mut modules);
    for module in modules {
        let inside = folder.join(&module);
        let candidates: [PathBuf; 2] = [folder.join(format!("{module}.rs")), inside.join("mod.rs")];
        let file = candidates.iter().find(|path| path.is_file());
        read_module(file.expect("the module has a file"), &inside, found);
    }
}

/// Takes from a stream of tokens the sentences, and the modules that have a file.
fn collect(tokens: TokenStream, found: &mut BTreeSet<String>, modules: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        match &tokens[index..] {
            [TokenTree::Punct(hash), TokenTree::Group(attribute), ..]
                if hash.as_char() == '#' && is_for_tests(attribute) =>
            {
                index += 2 + item_length(&tokens[index + 2..]);
                continue;
            }
            [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end), ..]
                if word == "mod" && end.as_char() == ';' =>
            {
                modules.push(name.to_string());
            }
            [TokenTree::Ident(word), TokenTree::Punct(mark), TokenTree::Group(inside), ..]
                if word == "tr" && mark.as_char() == '!' =>
            {
                found.extend(literals(inside));
            }
            _ => {}
        }
        if let TokenTree::Group(group) = &tokens[index] {
            collect(group.stream(), found, modules);
        }
        index += 1;
    }
}

/// `#[cfg(test)]`.
fn is_for_tests(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// How many tokens an item has: up to its `;` or its block.
fn item_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1)
}

/// The templates of one `tr!`: its first literal, or those after `one` and `many`.
fn literals(inside: &Group) -> Vec<String> {
    let tokens: Vec<TokenTree> = inside.stream().into_iter().collect();
    if let Some(TokenTree::Literal(first)) = tokens.first() {
        return vec![value(&first.to_string())];
    }
    let arms = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(arm), TokenTree::Literal(literal)] if arm == "one" || arm == "many" => {
            Some(value(&literal.to_string()))
        }
        _ => None,
    });
    arms.collect()
}

/// The value of a string literal, written as Rust does.
fn value(literal: &str) -> String {
    syn::parse_str::<syn::LitStr>(literal).expect("a template is a string").value()
}
