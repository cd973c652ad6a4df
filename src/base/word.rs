//! A closed choice: one of a few, which files, documents and commands call by the same word.

use serde::Serialize;

/// One of a few, by the word that serde writes for it.
pub trait Word: Copy + Serialize + 'static {
    /// All of them, in the order in which they are offered.
    const ALL: &'static [Self];

    /// Its word in files, documents and commands.
    fn word(self) -> &'static str {
        serde_variant::to_variant_name(&self).expect("a choice has no fields")
    }

    /// The one of this word; `None`: there is none.
    fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.word() == word)
    }
}
