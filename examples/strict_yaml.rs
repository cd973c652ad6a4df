//! Texts that strict YAML takes, and what it reads in them, a JSON object a line: for other readers to
//! be compared with, as `.ci/readers` does. `cargo run --example strict_yaml -- COUNT SEED`.

#[path = "../tests/support/soup.rs"]
mod soup;

use segell::files::yaml;
use serde_json::{Value, json};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
    let (count, seed) = (arguments.next().unwrap_or(1000), arguments.next().unwrap_or(1));
    let texts = soup::texts();
    texts.iter().for_each(|text| tell(text));
    let mut dice = soup::Dice::new(seed);
    for _ in 0..count {
        tell(&soup::pieces(&mut dice));
        let text = &texts[dice.below(texts.len())];
        tell(&soup::changed(text, &mut dice));
        let words = soup::pieces(&mut dice);
        tell(&format!("a: {0}\nb: [{0}, {0}]\nc: {{ d: {0} }}\n", yaml::scalar(&words)));
    }
}

fn tell(text: &str) {
    let document = yaml::parse(text);
    if document.problems.is_empty() {
        let value = document.root.map_or(Value::Null, |root| Value::from(&root));
        println!("{}", json!({ "text": text, "value": value }));
    }
}
