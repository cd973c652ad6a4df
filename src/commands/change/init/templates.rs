//! The files of a new inventory. What this repository has and checks itself is taken from it, so
//! that it cannot grow stale.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::base::language::Language;
use crate::commands::tool::{codeowners, schema};
use crate::files::yaml;
use crate::inventory::model::Policy;
use crate::tr;

/// A file, by its path from the root, and its text.
pub type File = (String, String);

/// Files that may be there already, and the lines that they have to have.
pub fn lines(language: Language) -> [(&'static str, &'static str); 2] {
    let (attributes, ignored) = match language {
        Language::Catalan => {
            (include_str!("templates/gitattributes.ca"), include_str!("templates/gitignore.ca"))
        }
        Language::Spanish => {
            (include_str!("templates/gitattributes.es"), include_str!("templates/gitignore.es"))
        }
        Language::English => {
            (include_str!("templates/gitattributes"), include_str!("templates/gitignore"))
        }
    };
    [(".gitattributes", attributes), (".gitignore", ignored)]
}

/// What people fill in on the forge.
fn forms(language: Language) -> [(&'static str, &'static str); 3] {
    let [new, renewal, pull_request] = match language {
        Language::Catalan => [
            include_str!("templates/ca/new-ens.yml"),
            include_str!("templates/ca/renewal.yml"),
            include_str!("templates/ca/pull_request_template.md"),
        ],
        Language::Spanish => [
            include_str!("templates/es/new-ens.yml"),
            include_str!("templates/es/renewal.yml"),
            include_str!("templates/es/pull_request_template.md"),
        ],
        Language::English => [
            include_str!("../../../../.github/ISSUE_TEMPLATE/new-ens.yml"),
            include_str!("../../../../.github/ISSUE_TEMPLATE/renewal.yml"),
            include_str!("../../../../.github/pull_request_template.md"),
        ],
    };
    [
        ("ISSUE_TEMPLATE/new-ens.yml", new),
        ("ISSUE_TEMPLATE/renewal.yml", renewal),
        ("pull_request_template.md", pull_request),
    ]
}

const FORGE: [(&str, &str); 5] = [
    ("ISSUE_TEMPLATE/config.yml", include_str!("../../../../.github/ISSUE_TEMPLATE/config.yml")),
    ("workflows/daily.yml", include_str!("../../../../.github/workflows/daily.yml")),
    ("workflows/pages.yml", include_str!("../../../../.github/workflows/pages.yml")),
    ("workflows/plan.yml", include_str!("../../../../.github/workflows/plan.yml")),
    ("workflows/promote.yml", include_str!("../../../../.github/workflows/promote.yml")),
];

/// How the plan's workflow of this repository comes by segell, and how that of others does: built from
/// a commit that an administrator names outside the tree, as all others are.
const OWN_BUILD: &str = "      - run: cargo install --locked --path .\n";
const PINNED_BUILD: &str = concat!(
    "      - name: The judge, pinned by an administrator\n",
    "        run: |\n",
    "          for name in SEGELL_SOURCE SEGELL_COMMIT; do\n",
    "            if [ -z \"${!name}\" ]; then echo \"::error::set the variable $name\"; exit 1; fi\n",
    "          done\n",
    "          cargo install --locked --git \"$SEGELL_SOURCE\" --rev \"$SEGELL_COMMIT\"\n",
    "        env:\n",
    "          SEGELL_SOURCE: ${{ vars.SEGELL_SOURCE }}\n",
    "          SEGELL_COMMIT: ${{ vars.SEGELL_COMMIT }}\n",
);

/// What is where and what to do first.
fn readme(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("templates/README.md"),
        Language::Catalan => include_str!("templates/README.ca.md"),
        Language::Spanish => include_str!("templates/README.es.md"),
    }
}

/// Files that must be new, by path, around this policy.
///
/// # Errors
/// When the policy cannot be read.
pub fn new_files(policy_text: &str, language: Language) -> Result<Vec<File>> {
    let root = yaml::parse(policy_text).root.context(tr!("the policy is empty"))?;
    let policy = Policy::deserialize(&root)?;
    let mut files = vec![
        ("inventory/policy.yaml".to_owned(), policy_text.to_owned()),
        ("inventory/README.md".to_owned(), readme(language).to_owned()),
    ];
    let schemas = schema::schemas().into_iter();
    files.extend(schemas.map(|(name, text)| (format!("schemas/{name}"), text)));
    let forge = FORGE.into_iter().chain(forms(language));
    let forge = forge.map(|(name, text)| (format!(".github/{name}"), text));
    files.extend(forge.map(|(path, text)| (path, text.replace(OWN_BUILD, PINNED_BUILD))));
    if !policy.reviewers.is_empty() {
        files.push((".github/CODEOWNERS".to_owned(), codeowners::owners(&policy)));
    }
    Ok(files)
}

/// The text with the lines that it lacks at its end.
pub fn with_lines(mut text: String, lines: &str) -> String {
    let before = text.clone();
    let lacks = |line: &&str| !before.lines().any(|known| known.trim_end() == *line);
    if !lines.lines().filter(|line| !line.starts_with('#')).any(|line| lacks(&line)) {
        return text;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in lines.lines().filter(lacks) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{FORGE, Language, OWN_BUILD, PINNED_BUILD, forms, lines, with_lines};
    use crate::files::yaml::parse;

    #[test]
    fn no_workflow_builds_segell_from_the_inventory_s_repository() {
        let count = |what: &str| FORGE.iter().filter(|(_, text)| text.contains(what)).count();
        assert_eq!(count(OWN_BUILD), 1);
        for (name, text) in FORGE {
            let text = text.replace(OWN_BUILD, PINNED_BUILD);
            assert!(!text.contains("--path"), "{name} builds what a pull request may have changed");
            let installs = text.matches("cargo install").count();
            let pinned = text.matches("--git \"$SEGELL_SOURCE\" --rev \"$SEGELL_COMMIT\"");
            assert_eq!(pinned.count(), installs, "{name}");
            // What is not set is told at the start; refs have full names; no address is made up.
            let checks = text.matches("set the variable $name").count();
            assert_eq!(checks, installs, "{name}");
            assert!(!text.contains("https://") && !text.contains("ref: main"), "{name}");
        }
    }

    /// Comments apart, what git has to know is the same, and so are the forms' fields.
    #[test]
    fn a_language_changes_words_alone() {
        let rules = |language| {
            let all =
                lines(language).map(|(_, lines)| lines.lines().filter(|it| !it.starts_with('#')));
            all.map(Iterator::collect::<Vec<_>>)
        };
        let ids = |language| {
            let forms =
                forms(language).map(|(_, form)| form.lines().filter(|it| it.contains(" id: ")));
            forms.map(Iterator::collect::<Vec<_>>)
        };
        for language in Language::ALL {
            assert_eq!(rules(language), rules(Language::English));
            assert_eq!(ids(language), ids(Language::English));
            for (name, form) in
                forms(language).into_iter().filter(|(name, _)| name.ends_with("yml"))
            {
                assert!(parse(form).problems.is_empty(), "{name}: {:?}", parse(form).problems);
            }
        }
    }

    #[test]
    fn lines_are_added_once_and_nothing_is_lost() {
        let [_, (_, lines)] = lines(Language::English);
        assert_eq!(with_lines(String::new(), lines), lines);
        let once = with_lines("target\n*.key".to_owned(), lines);
        assert!(once.starts_with("target\n*.key\n# A private key"));
        assert_eq!(once.matches("*.key").count(), 1);
        assert_eq!(with_lines(once.clone(), lines), once);
    }
}
