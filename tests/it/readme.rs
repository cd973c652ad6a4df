//! The README in Catalan says what the one in English says: the same sections, commands and links.

use std::fs;
use std::path::Path;
use std::process::Command;

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

/// The blocks of shell of a section.
fn section(page: &str, heading: &str) -> String {
    let begin = page.find(&format!("\n## {heading}\n")).expect("the section is there");
    let section = page[begin + 3..].split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

/// Plays commands as a shell does, on a day; whoever is asked says yes, and `drift` may find what is not recorded.
fn play(folder: &Path, locale: &str, day: &str, commands: &str) -> (bool, String) {
    let bin = Path::new(env!("CARGO_BIN_EXE_segell")).parent().unwrap();
    let script = format!(
        "set -e\nsegell() {{\n  case \"$1\" in approve) set -- \"$@\" --yes ;; esac\n  \
         command segell \"$@\" --as-of {day} || [ \"$1 $?\" = 'drift 1' ]\n}}\n{commands}"
    );
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let noon = format!("{day}T12:00:00Z");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", locale)
        .env_remove("LANGUAGE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_DATE", &noon)
        .env("GIT_COMMITTER_DATE", &noon)
        .output()
        .unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&words).into_owned())
}

/// What README tells can be typed from its first line to its last, in either language, on any day.
#[test]
fn the_walk_can_be_followed_to_the_end() {
    for (file, heading, locale, day) in [
        ("README.md", "Play it through", "C", "2026-11-24"),
        ("README.ca.md", "Provar-ho de cap a cap", "ca_ES.UTF-8", "2028-02-26"),
    ] {
        let page = fs::read_to_string(file).unwrap();
        let walk = section(&page, heading);
        assert!(walk.lines().count() > 20, "{walk}");
        let folder = tempfile::tempdir().unwrap();
        let (went_well, words) = play(folder.path(), locale, day, &walk);
        assert!(went_well, "{file}\n{words}");
        let play_on = |day: &str, commands: &str| {
            let (went_well, words) = play(&folder.path().join("play"), locale, day, commands);
            assert!(went_well, "{file}\n{commands}\n{words}");
            words
        };
        let later = |days: i64| {
            let day: jiff::civil::Date = day.parse().unwrap();
            day.checked_add(jiff::ToSpan::days(days)).unwrap().to_string()
        };
        // And on to PRO, a week later.
        let pro = "segell release --batch demo/10-agencia-a --stage pro\n\
             git commit -qam Release\n\
             segell approve --env pro --key keys/marta\n\
             segell approve --env pro --key keys/joan\n\
             segell promote --env pro\n";
        // PRE holds what PRO asks for, so it is promoted there first.
        let pre = pro.replace("segell release --batch demo/10-agencia-a --stage pro\n", "");
        let pre = pre.replace("git commit -qam Release\n", "").replace("--env pro", "--env pre");
        play_on(&later(6), &pre);
        play_on(&later(6), pro);
        play_on(
            &later(7),
            "segell record loaded --batch demo/10-agencia-a --env pro --all\n\
             segell record informed --batch demo/10-agencia-a --env pro --all --evidence ST-23150\n\
             segell record check --batch demo/10-agencia-a --env pro --all --by pica,aoc --result works --evidence ST-23150\n\
             segell record departments --batch demo/10-agencia-a --by aoc --result works --evidence ST-23151\n\
             git commit -qam Done\n\
             segell check --deny warnings\n\
             segell log --verify\n",
        );
    }
}

#[test]
fn a_demo_takes_no_folder_that_holds_anything() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "").unwrap();
    let (went_well, words) = play(folder.path(), "C", "2026-11-24", "segell demo .");
    assert!(!went_well && words.contains("is not empty; name a new folder"), "{words}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Every command that a page in Catalan tells is one that segell knows, with its options.
#[test]
fn the_pages_in_catalan_tell_commands_that_are_there() {
    use clap::CommandFactory;
    use clap::error::ErrorKind;
    let mut count = 0;
    for file in ["operadors", "revisors"] {
        let page = fs::read_to_string(format!("docs/ca/{file}.md")).unwrap();
        let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let lines = blocks.flat_map(str::lines).map(|line| line.split("  #").next().unwrap());
        let spans = page.split('`').skip(1).step_by(2);
        let commands = lines.chain(spans).map(str::trim).filter(|it| it.starts_with("segell "));
        for command in commands {
            let words = command.replace('"', " ");
            let parsed =
                segell::commands::Cli::command().try_get_matches_from(words.split_whitespace());
            let wrong = [ErrorKind::UnknownArgument, ErrorKind::InvalidSubcommand];
            let is_wrong = parsed.is_err_and(|error| wrong.contains(&error.kind()));
            assert!(!is_wrong || command.contains('"'), "{file}: {command}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}
