//! Which ens is meant by a word: its id, its organ code or its NIF.

use std::collections::HashMap;

use crate::base::text::{Text, names};
use crate::inventory::survey::{EnsView, Survey};
use crate::tr;

/// Every ens by its id, its organ code and its NIF; those that have ceased by their ids alone.
pub(super) struct Whom<'s, 'a> {
    survey: &'s Survey<'a>,
    codes: HashMap<&'a str, &'s EnsView<'a>>,
    nifs: HashMap<&'a str, Vec<&'s EnsView<'a>>>,
}

impl<'s, 'a> Whom<'s, 'a> {
    pub fn of(survey: &'s Survey<'a>) -> Whom<'s, 'a> {
        let mut whom = Whom { survey, codes: HashMap::new(), nifs: HashMap::new() };
        for view in survey.ens.iter().filter(|view| !view.has_ceased_by(survey.today)) {
            whom.codes.entry(view.ens.organ_code.as_str()).or_insert(view);
            whom.nifs.entry(view.ens.nif.as_str()).or_default().push(view);
        }
        whom
    }

    /// The ens with this NIF that have not ceased, by id.
    pub fn with_nif(&self, nif: &str) -> &[&'s EnsView<'a>] {
        self.nifs.get(nif).map_or(&[], Vec::as_slice)
    }

    /// The one that `word` means.
    ///
    /// # Errors
    /// When that is none, or several.
    pub fn find(&self, word: &str) -> Result<&'s EnsView<'a>, Text> {
        let word = word.trim();
        let known = self.survey.ens(word).or_else(|| self.codes.get(word).copied());
        if let Some(view) = known {
            return Ok(view);
        }
        match self.with_nif(word) {
            [only] => Ok(only),
            [] => Err(self.nobody(word)),
            several => Err(tr!(
                "`{nif}` is the NIF of {ens}; say which by its id or its organ code",
                nif = word,
                ens = names(several.iter().map(|view| view.id))
            )),
        }
    }

    fn nobody(&self, word: &str) -> Text {
        match self.codes.get(format!("0{word}").as_str()) {
            Some(view) => tr!(
                "`{code}` has lost its leading zero: the organ code of `{ens}` is `0{code}`",
                code = word,
                ens = view.id
            ),
            None => tr!("there is no ens `{ens}`; `segell status` lists them", ens = word),
        }
    }
}
