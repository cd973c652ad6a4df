//! The README in Catalan says what the one in English says: the same sections, commands and links.

use std::fs;

/// What both have in common, in order: headings by their depth, commands, and where links lead.
#[derive(Debug, Default, PartialEq)]
struct Outline {
    headings: Vec<usize>,
    commands: Vec<String>,
    links: Vec<String>,
}

fn outline(file: &str) -> Outline {
    let page = fs::read_to_string(file).unwrap();
    let mut outline = Outline::default();
    let mut block = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), block) {
            (Some(kind), None) => block = Some(kind),
            (Some(_), Some(_)) => block = None,
            (None, Some("sh")) => {
                let command = line.split(" #").next().unwrap_or_default().trim();
                outline.commands.push(command.to_owned());
            }
            (None, Some("console")) => {
                outline.commands.extend(line.strip_prefix("$ ").map(ToOwned::to_owned));
            }
            (None, Some(_)) => {}
            (None, None) => prose(line, &mut outline),
        }
    }
    outline.commands.retain(|command| !command.is_empty());
    // Within a paragraph either language has its own order.
    outline.commands.sort();
    outline.commands.dedup();
    outline.links.sort();
    outline.links.dedup();
    outline
}

fn prose(line: &str, outline: &mut Outline) {
    let depth = line.chars().take_while(|mark| *mark == '#').count();
    if depth > 0 {
        outline.headings.push(depth);
    }
    let spans = line.split('`').skip(1).step_by(2);
    outline
        .commands
        .extend(spans.filter(|span| span.starts_with("segell ")).map(ToOwned::to_owned));
    let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let others = links.filter(|link| !link.starts_with("README"));
    // A page in both languages has the same name in either's folder.
    outline.links.extend(others.map(|link| link.replace("docs/ca/", "docs/")));
}

#[test]
fn both_readmes_have_the_same_sections_commands_and_links() {
    let (english, catalan) = (outline("README.md"), outline("README.ca.md"));
    assert!(english.headings.len() > 5 && english.commands.len() > 10, "{english:?}");
    assert_eq!(english, catalan);
    assert!(fs::read_to_string("README.md").unwrap().contains("(README.ca.md)"));
    assert!(fs::read_to_string("README.ca.md").unwrap().contains("(README.md)"));
}
