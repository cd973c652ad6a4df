//! The policy of a new inventory.

use anyhow::Result;
use jiff::civil::Date;

use super::holidays::holidays;
use super::reviewer::NewReviewer;
use crate::base::language::Language;
use crate::edit::{Value, Yaml};
use crate::inventory::model::Shape;

/// A policy without holidays and reviewers, its comments in a language, which is that of the policy.
fn template(language: Language) -> &'static str {
    match language {
        Language::Catalan => include_str!("templates/policy.ca.yaml"),
        Language::Spanish => include_str!("templates/policy.es.yaml"),
        Language::English => include_str!("templates/policy.yaml"),
    }
}

/// The policy with the holidays of this year and the next, and these reviewers.
///
/// # Errors
/// When a reviewer cannot be written into it.
pub fn text(today: Date, reviewers: &[NewReviewer], language: Language) -> Result<String> {
    let years = [today.year(), today.year().saturating_add(1)];
    let years = years.map(|year| {
        let days: Vec<String> = holidays(year).iter().map(Date::to_string).collect();
        // Seven days a line fit a screen.
        let lines = days.chunks(7).map(|days| format!("    {},\n", days.join(", ")));
        lines.collect::<String>()
    });
    let holidays = format!("  holidays: [\n{}  ]\n", years.concat());
    let text = template(language).replace("  holidays: []\n", &holidays);
    if reviewers.is_empty() {
        return Ok(text);
    }
    let mut policy = Yaml::read(Shape::Policy, text)?;
    let items = reviewers.iter().map(NewReviewer::to_value).collect();
    policy.remove("/reviewers")?;
    policy.set("/reviewers", &Value::Rows(items))?;
    Ok(policy.text().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Language, template, text};
    use crate::files::yaml::{Value, parse};
    use crate::inventory::model::Shape;
    use jiff::civil::date;

    /// A field of the policy that the template does not have, or tell of in a comment, would never be seen
    /// by whoever starts.
    #[test]
    fn the_template_has_every_field_of_the_policy() {
        let text = text(date(2026, 11, 23), &[], Language::English).unwrap();
        let document = parse(&text);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        let root = document.root.unwrap();
        let schema = Shape::Policy.schema();
        let definitions = &schema.as_value()["$defs"];
        let lacks = |pointer: &str, properties: &serde_json::Value| {
            let node = root.nearest(pointer);
            let Value::Map(entries) = &node.value else { panic!("{pointer} is no mapping") };
            let there = |name: &String| {
                let is_told =
                    ["", "  "].iter().any(|it| text.contains(&format!("\n{it}# {name}: ")));
                is_told || entries.iter().any(|entry| entry.key == **name)
            };
            let names = properties["properties"].as_object().unwrap().keys();
            names.filter(|name| !there(name)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(lacks("", schema.as_value()), [""; 0]);
        for (field, definition) in [
            ("/calendar", "CalendarPolicy"),
            ("/certificates", "CertificatePolicy"),
            ("/organ_codes", "OrganCodePolicy"),
            ("/generalitat", "Generalitat"),
        ] {
            assert_eq!(lacks(field, &definitions[definition]), [""; 0], "{field}");
        }
        assert!(crate::inventory::load::types_accept(Shape::Policy, &root));
    }

    #[test]
    fn the_templates_differ_in_their_comments_and_their_language_alone() {
        let bare = |language| {
            let lines = template(language).lines().filter(|line| !line.contains("language"));
            let bare = lines.map(|line| line.split(" #").next().unwrap().trim_end());
            bare.filter(|line| !line.trim().starts_with('#')).collect::<Vec<_>>()
        };
        for language in Language::ALL {
            assert_eq!(bare(language), bare(Language::English));
            let own = text(date(2026, 11, 23), &[], language).unwrap();
            let root = parse(&own).root.unwrap();
            let policy =
                <crate::inventory::model::Policy as serde::Deserialize>::deserialize(&root);
            assert_eq!(policy.unwrap().language, Some(language));
        }
    }

    #[test]
    fn the_holidays_are_those_of_this_year_and_the_next() {
        let text = text(date(2026, 11, 23), &[], Language::English).unwrap();
        for day in ["2026-01-01", "2026-04-03", "2027-03-29", "2027-12-26,\n  ]"] {
            assert!(text.contains(day), "{text}");
        }
    }
}
