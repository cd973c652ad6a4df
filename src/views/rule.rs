//! A rule, as people read it: its page, and its kind in a word or two.

use crate::base::language::Language;
use crate::base::text::Text;
use crate::inventory::finding::{Kind, Rule};
use crate::tr;

/// A rule's page, in Markdown: also that of `docs/rules/`.
pub fn page(rule: &Rule, language: Language) -> String {
    let say = |text: Text| text.to_string_in(language);
    let waived = if rule.may_be_waived() {
        tr!("AOC and SIAD may waive it for a while.")
    } else {
        tr!("It cannot be waived.")
    };
    format!(
        "# {}\n\n> {}\n\n{}: {}. {}\n\n## {}\n\n{}\n\n## {}\n\n{}\n",
        rule.name,
        sentence(&say(rule.holds.clone())),
        say(tr!("Kind")),
        say(kind(rule.kind)),
        say(waived),
        say(tr!("Why")),
        sentence(&say(rule.why.clone())),
        say(tr!("How to mend it")),
        sentence(&say(rule.mend.clone())),
    )
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), characters.as_str())
}

/// A kind in a word or two.
pub fn kind(kind: Kind) -> Text {
    match kind {
        Kind::Integrity => tr!("integrity"),
        Kind::Precondition => tr!("precondition"),
        Kind::Sequence => tr!("sequence"),
        Kind::PreconditionAndNow => tr!("precondition, now"),
        Kind::PreconditionAndSequence => tr!("precondition, sequence"),
        Kind::Warning => tr!("warning"),
        Kind::Pending => tr!("pending"),
        Kind::Gate => tr!("gate"),
    }
}
