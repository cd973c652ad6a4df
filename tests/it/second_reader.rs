//! Whatever strict YAML takes, readers of another line take, and read to the same.

use segell::files::yaml;

use crate::support::inventory::Inventory;
use crate::support::readers;
use crate::support::soup::{Dice, changed, pieces, texts};

/// Asks the second reader of a text that strict YAML takes; says whether it does.
#[track_caller]
fn compare(text: &str) -> bool {
    let document = yaml::parse(text);
    if !document.problems.is_empty() {
        return false;
    }
    let value = document.root.map_or(serde_json::Value::Null, |root| (&root).into());
    assert_eq!(readers::second(text), Ok(value), "{text:?}");
    true
}

#[test]
fn the_shipped_inventory_and_the_corpus() {
    let taken = texts().iter().filter(|text| compare(text)).count();
    assert!(taken > 15, "{taken}");
}

#[test]
fn manifests() {
    let inventory = Inventory::shipped();
    let commit = inventory.commit("2026-11-23T12:00:00Z");
    for environment in ["pre", "pro"] {
        let out = inventory.root().join(environment);
        let folder = out.to_str().unwrap();
        let arguments = ["manifest", "--env", environment, "--rev", &commit, "--out", folder];
        let output = inventory.segell(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(out.join("manifest.yaml")).unwrap();
        assert!(compare(&text), "{text}");
    }
}

#[test]
fn pieces_in_any_order_and_files_with_a_few_of_them() {
    let (mut dice, texts) = (Dice::new(13), texts());
    let mut taken = 0;
    for _ in 0..1_500 {
        taken += usize::from(compare(&pieces(&mut dice)));
        let text = &texts[dice.below(texts.len())];
        taken += usize::from(compare(&changed(text, &mut dice)));
    }
    assert!(taken > 800, "{taken}");
}

#[test]
fn any_words_as_they_are_written() {
    let mut dice = Dice::new(14);
    for _ in 0..1_000 {
        let words = pieces(&mut dice);
        let value = yaml::scalar(&words);
        let text = format!("a: {value}\nb: [{value}, {value}]\nc: {{ d: {value} }}\n");
        assert!(compare(&text), "{text}");
    }
}

/// From the issue, and from the YAML test suite what the specification refuses.
#[test]
fn what_readers_take_otherwise_is_refused() {
    for text in [
        "a: { reason: why? }\n",
        "a: [?a]\n",
        "a: [:a]\n",
        "a: [a ? b]\n",
        "a: 2026-02-30\n",
        "a: 1\n# c\n...\n",
        "a: 1\n...\n",
        // 9C9N, QB6E and DK95/01 of the YAML test suite.
        "---\nflow: [a,\nb,\nc]\n",
        "---\nquoted: \"a\nb\nc\"\n",
        "foo: \"bar\n\tbaz\"\n",
        "a:\n\tb: 1\n",
        "-\ta: 1\n",
        "a:\tb\n",
        "a: b\tc\n",
        "a: b\t\n",
        "a: b\n\t# c\n",
        "a: |\t\n  b\n",
        "a: |\t\n",
        "a:\n  c: [\n    b,\n]\n",
        "a: [\n  b\n, c]\n",
        "a: |\n  b",
        "|\n b\n",
        "{ a\n  b: 1 }\n",
    ] {
        let document = yaml::parse(text);
        assert!(!document.problems.is_empty(), "{text:?}");
    }
    for text in [
        "a: Is it why? it is\n",
        "a: { reason: \"why?\" }\n",
        "a: { b: c:d, e: http://f/g }\n",
        "a: [\n  b, # c\n# d\n  e\n  ]\n",
        "- [a,\n  b]\n- c: [a,\n    b]\n",
        "[a,\nb]\n",
        "a: [\n  b,\n]\n",
        "a:\n  - { b: [\n      c\n    ]\n  }\n",
        "a: \"b\n\n  c\td\" # e\tf\n",
        "a: |\n  b\tc\n  \td\n",
        "a: '\t'\n",
        "a: \"# no comment\"\n#\ta comment\n",
        "a: 1...\nb: ...c\n",
    ] {
        assert!(compare(text), "{text:?}: {:?}", yaml::parse(text).problems);
    }
}

/// What was taken until now has the value that it had, for whoever reads the past.
#[test]
fn what_is_newly_refused_keeps_its_value() {
    let text = "a: { reason: why?, day: 2026-02-30 }\nb: [c,\nd]\n...\n";
    let document = yaml::parse(text);
    let later = [yaml::Fault::Later, yaml::Fault::NoDay];
    assert!(document.problems.iter().all(|problem| later.contains(&problem.kind)));
    assert_eq!(document.problems.len(), 4);
    let value = serde_json::Value::from(&document.root.unwrap());
    let expected = serde_json::json!({
        "a": { "reason": "why?", "day": "2026-02-30" }, "b": ["c", "d"]
    });
    assert_eq!(value, expected);
}
