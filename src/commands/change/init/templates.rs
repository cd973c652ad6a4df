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

const FORGE: [(&str, &str); 6] = [
    ("ISSUE_TEMPLATE/config.yml", include_str!("../../../../.github/ISSUE_TEMPLATE/config.yml")),
    ("actions/segell/action.yml", include_str!("../../../../action.yml")),
    ("workflows/daily.yml", include_str!("../../../../.github/workflows/daily.yml")),
    ("workflows/pages.yml", include_str!("../../../../.github/workflows/pages.yml")),
    ("workflows/plan.yml", include_str!("../../../../.github/workflows/plan.yml")),
    ("workflows/promote.yml", include_str!("../../../../.github/workflows/promote.yml")),
];

/// Where the action that installs segell lies here, and where in a repository of its own: it is a release that
/// an administrator names outside the tree.
const HERE: &str = "uses: ./ #";
const THERE: &str = "uses: ./.github/actions/segell #";

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
    files.extend(forge.map(|(path, text)| (path, text.replace(HERE, THERE))));
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
    use super::{FORGE, HERE, Language, forms, lines, with_lines};
    use crate::files::yaml::parse;

    #[test]
    fn every_workflow_installs_a_release_and_compiles_nothing() {
        let is_workflow = |name: &str| name.starts_with("workflows/");
        for (name, text) in FORGE.into_iter().filter(|(name, _)| is_workflow(name)) {
            assert!(!text.contains("cargo"), "{name} compiles");
            assert_eq!(text.matches(HERE).count(), 1, "{name}");
            for input in ["archive", "sha256", "source", "commit"] {
                let variable = format!("vars.SEGELL_{} }}}}", input.to_uppercase());
                assert!(text.contains(&format!("{input}: ${{{{ {variable}")), "{name}, {input}");
            }
        }
        for (name, text) in FORGE {
            assert!(!text.contains("--path"), "{name} builds what a pull request may have changed");
            // What is not set is told; refs have full names; no address is made up.
            let made_up = text.replace("https://*", "").replace("with https:// (", "");
            assert!(!made_up.contains("https://") && !text.contains("ref: main"), "{name}");
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
