//! `segell site` and `plan --format html`: pages for who does not live in a terminal. What a browser makes of
//! them `.ci/pages` tries; here is what stands in the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::inventory::{FINISHED, IN_PRE, Inventory, PLANNED, TODAY};
use segell::base::digest::Sha256;

/// Texts that would be more than text, were they let.
const HOSTILE: &str = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)> \
                       \"' onclick=\"alert(1) `sct` `<b>` &lt; {ticket} javascript:alert(1)";

/// The same as YAML.
fn hostile() -> String {
    format!("{HOSTILE:?}").replace("\\'", "'")
}

/// The files of a folder, by their paths.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for item in fs::read_dir(inner).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

/// The site of an inventory on the tests' day.
#[track_caller]
fn site(inventory: &Inventory, options: &[&str]) -> BTreeMap<String, String> {
    site_on(inventory, TODAY, options)
}

/// The site of an inventory on a day.
#[track_caller]
fn site_on(inventory: &Inventory, day: &str, options: &[&str]) -> BTreeMap<String, String> {
    let arguments = ["site", "--as-of", day, "--out", "out"];
    let output = inventory.segell(&[&arguments, options].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    files(&inventory.root().join("out"))
}

/// What a page says: its text, without the tags.
fn said(page: &str) -> String {
    let (mut text, mut in_tag) = (String::new(), false);
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tags of a page: what stands between `<` and `>`.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|rest| rest.split_once('>').expect("a tag ends").0)
}

/// The names and values of a tag's attributes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim().rsplit(' ').next().unwrap();
        let value = after.strip_prefix('"').unwrap_or_else(|| panic!("{tag}"));
        let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("{tag}"));
        found.push((name, value));
        rest = after;
    }
    found
}

/// A page has none but segell's own tags and attributes, and asks for nothing from elsewhere.
#[track_caller]
fn harmless(path: &str, page: &str) {
    for tag in tags(page) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(name != "img" && name != "iframe" && name != "form action", "{path}: <{tag}>");
        for (attribute, value) in attributes(tag) {
            assert!(!attribute.starts_with("on"), "{path}: <{tag}>");
            assert!(attribute != "style", "{path}: <{tag}>");
            if attribute == "src" {
                assert!(value.ends_with("script.js"), "{path}: <{tag}>");
            }
            if attribute == "href" {
                assert!(
                    !value.contains(':') || value.starts_with("https://") || value == "data:,",
                    "{tag}"
                );
            }
        }
    }
    let scripts = tags(page).filter(|tag| tag.starts_with("script")).count();
    assert!(scripts <= 1, "{path}");
    let hidden = page.chars().find(|&c| c.is_control() && c != '\n');
    assert_eq!(hidden, None, "{path}");
    assert!(!page.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{path}");
}

/// Every link between pages leads to one.
fn links_lead_somewhere(site: &BTreeMap<String, String>) {
    for (path, page) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        for (name, value) in tags(page).flat_map(attributes) {
            if !matches!(name, "href" | "src") || value.contains(':') || value.starts_with('#') {
                continue;
            }
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop();
            for part in value.split('/') {
                match part {
                    ".." => assert!(parts.pop().is_some(), "{path}: {value}"),
                    part => parts.push(part),
                }
            }
            assert!(site.contains_key(&parts.join("/")), "{path}: {value}");
        }
    }
}

#[test]
fn the_first_page_says_what_is_due_and_who_acts() {
    let inventory = Inventory::shipped();
    inventory.edit(IN_PRE, "pro: 2028-01-11", "pro: 2026-11-24");
    let site = site(&inventory, &[]);
    let english = said(&site["en/index.html"]);
    assert!(english.contains("What is due on Mon 2026-11-23"), "{english}");
    assert!(
        english.contains("This week 1 2026-11-24 AOC transicio-2026/20-institut-b"),
        "{english}"
    );
    let catalan = said(&site["ca/index.html"]);
    assert!(catalan.contains("Què s'ha de fer, dl 2026-11-23"), "{catalan}");
    assert!(site["index.html"].contains("url=ca/index.html"), "{}", site["index.html"]);
}

#[test]
fn all_links_lead_somewhere_in_three_languages() {
    let site = site(&Inventory::shipped(), &[]);
    links_lead_somewhere(&site);
    for language in ["ca", "es", "en"] {
        for page in ["index", "due", "ens", "calendars", "seals", "ahead", "record", "checklist"] {
            let page = &site[&format!("{language}/{page}.html")];
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{page}");
        }
    }
    for (path, page) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        harmless(path, page);
        assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none'"), "{path}");
        assert!(page.len() < 300_000, "{path}");
    }
}

#[test]
fn an_ens_has_its_whole_history_with_tickets_that_lead_to_theirs() {
    let inventory = Inventory::shipped();
    let policy = "tickets: \"https://tickets.example.org/browse/{ticket}?a=b\"\n";
    inventory.append("policy.yaml", policy);
    let page = &site(&inventory, &[])["en/ens/institut-b.html"];
    let text = said(page);
    let told = [
        "Waits for its load in PRO",
        "institut-b/2026 Until 2029-10-01 , 1043 days left",
        "Why it waits Everything is in hand: it is to be loaded in PRO on 2028-01-11",
        "What comes next 2028-01-11 ○ Planned to be loaded in PRO",
        "2026-09-02 AEAT is asked for PRE: AEAT_IRPF/C2 ST-22985",
        "The seal is delivered",
        "2026-11-10 ● Loaded in PRE",
        "2026-11-11 ✓ Works in PRE, seen by AOC",
    ];
    let places: Vec<Option<usize>> = told.iter().map(|it| text.find(it)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{text}");
    let ticket = "href=\"https://tickets.example.org/browse/ST-22985?a=b\"";
    assert!(page.contains(ticket), "{page}");
    assert!(page.contains("href=\"../seals/institut-b.2026.html\""), "{page}");
    assert!(page.contains("href=\"../batches/transicio-2026.20-institut-b.html\""), "{page}");
}

#[test]
fn tickets_lead_over_https_to_one_place() {
    for wrong in [
        "http://t.example.org/{ticket}",
        "https://t.example.org/",
        "https:///{ticket}",
        "javascript:alert('{ticket}')",
        "https://t.example.org/{ticket}/{ticket}",
        "https://a b/{ticket}",
        "https://t.example.org/{ticket}\\\"",
        "https://user@t.example.org/{ticket}",
    ] {
        let inventory = Inventory::shipped();
        inventory.append("policy.yaml", &format!("tickets: \"{wrong}\"\n"));
        let news = inventory.news();
        assert!(
            news.iter().any(|line| line.starts_with("error matches-schema policy.yaml")),
            "{wrong}: {news:?}"
        );
    }
}

#[test]
fn what_stands_in_the_inventory_is_text_and_nothing_more() {
    let inventory = Inventory::shipped();
    let text = hostile();
    let long = format!("\"{}\"", "x".repeat(10_000));
    inventory.edit("ens/institut-b.yaml", "name: Institut B", &format!("name: {text}"));
    inventory.edit("ens/consorci-c.yaml", "name: Consorci C", &format!("name: {long}"));
    inventory.edit_first("policy.yaml", "reason: Christmas", &format!("reason: {text}"));
    inventory.edit(
        "policy.yaml",
        "AEAT_IRPF/C2: Nivell de renda",
        &format!("AEAT_IRPF/C2: {text}"),
    );
    inventory.edit_first("policy.yaml", "name: Marta Example", &format!("name: {text}"));
    inventory.append("ens/agencia-a.yaml", &format!(
        "queries:\n  - {{ asked: 2026-10-01, by: siad, to: [dgtj], question: {text}, answered: 2026-10-03, answer: {long} }}\n"
    ));
    inventory.append(PLANNED, &format!("hold: {{ since: 2026-11-20, by: aoc, reason: {text}, evidence: [{{ ticket: {text} }}] }}\n"));
    inventory.edit_first(FINISHED, "result: works", &format!("result: fails, cause: {text}"));
    let site = site(&inventory, &[]);
    for (path, page) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        harmless(path, page);
    }
    links_lead_somewhere(&site);
    let shown = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;";
    for page in [
        "en/ens/institut-b.html",
        "ca/ens.html",
        "es/ens/agencia-a.html",
        "en/batches/transicio-2026.30-consorci-c.html",
    ] {
        assert!(site[page].contains(shown), "{page}: {}", site[page]);
    }
    assert!(site["en/ens/consorci-c.html"].contains(&"x".repeat(10_000)));
}

#[test]
fn what_hides_is_shown_or_its_file_is_left_out() {
    for hidden in ["\u{202e}", "\u{200b}", "\u{2066}", "\\e[31m", "\\0", "\\u202E", "\\a"] {
        let inventory = Inventory::shipped();
        inventory.edit("ens/institut-b.yaml", "name: Institut B", &format!("name: \"A{hidden}B\""));
        let site = site(&inventory, &[]);
        for (path, page) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
            harmless(path, page);
        }
        links_lead_somewhere(&site);
    }
}

#[test]
fn a_broken_inventory_has_pages_too() {
    let inventory = Inventory::shipped();
    inventory.write("ens/agencia-a.yaml", "name: [");
    inventory.write("certificates/generalitat/2025.pem", "no certificate");
    let site = site(&inventory, &[]);
    links_lead_somewhere(&site);
    assert!(
        said(&site["en/index.html"]).contains("errors that check reports"),
        "{}",
        said(&site["en/index.html"])
    );
    assert!(said(&site["en/rules/certificate-readable.html"]).contains("✗ error"));
}

#[test]
fn the_same_inventory_and_day_give_the_same_bytes() {
    let inventory = Inventory::shipped();
    let once = site(&inventory, &[]);
    let again = site(&inventory, &["--lang", "es"]);
    assert_eq!(once, again);
    let sums = &once["SHA256SUMS"];
    assert_eq!(sums.lines().count(), once.len() - 1);
    for line in sums.lines() {
        let (sum, path) = line.split_once("  ").unwrap();
        assert_eq!(sum, Sha256::of(once[path].as_bytes()).to_string(), "{path}");
    }
}

#[test]
fn a_site_replaces_a_site_and_nothing_else() {
    let inventory = Inventory::shipped();
    let arguments = ["site", "--as-of", TODAY, "--out", "out"];
    let before = site(&inventory, &[]);
    inventory.delete("calendars/transicio-2026/30-consorci-c.yaml");
    let after = site(&inventory, &[]);
    let gone: BTreeSet<&String> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!(gone.len(), 3, "{gone:?}");
    let foreign = inventory.root().join("out/en/notes.txt");
    fs::write(&foreign, "mine").unwrap();
    let output = inventory.segell(&arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("`out` holds `en/notes.txt`"), "{error}");
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "mine");
    fs::remove_file(foreign).unwrap();
    assert_eq!(files(&inventory.root().join("out")), after);
    let left: Vec<_> =
        fs::read_dir(inventory.root()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".segell")), "{left:?}");
}

#[test]
fn what_cannot_be_written_whole_is_not_written() {
    let inventory = Inventory::shipped();
    fs::write(inventory.root().join("out"), "a file").unwrap();
    let output = inventory.segell(&["site", "--as-of", TODAY, "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(inventory.root().join("out")).unwrap(), "a file");
    let output = inventory.segell(&["site", "--as-of", TODAY, "--base", "HEAD", "--out", "new"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!inventory.root().join("new").exists());
}

/// Runs git, whatever the machine's configuration.
fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = git.env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A clone of the repository that a release made, with its branches, and with its roots where they are wanted.
fn promoted(with_roots: bool) -> Inventory {
    let inventory = Inventory::empty();
    let releases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/releases");
    let bundle = releases.join("0.1.0.bundle");
    git(inventory.root(), &["clone", "-q", "-b", "main", bundle.to_str().unwrap(), "."]);
    for line in fs::read_to_string(releases.join("0.1.0.roots")).unwrap().lines() {
        let (environment, root) = line.split_once(' ').unwrap();
        let branch = format!("env/{environment}");
        git(inventory.root(), &["branch", "-q", &branch, &format!("origin/{branch}")]);
        if with_roots {
            git(
                inventory.root(),
                &["config", "--add", &format!("segell.{environment}.root"), root],
            );
        }
    }
    inventory
}

#[test]
fn the_record_says_who_approved_and_whether_it_verifies() {
    let site = site_on(&promoted(true), "2026-12-20", &[]);
    links_lead_somewhere(&site);
    let record = said(&site["en/record.html"]);
    assert!(record.contains("PRE ✓ Every signature and rule holds"), "{record}");
    assert!(
        record.contains("2026-11-24 Marta Example Joan Example 1 ✓ Every signature verifies"),
        "{record}"
    );
    let (_, promotion) = site
        .iter()
        .find(|(path, page)| path.starts_with("en/record/pro.") && page.contains("institut-b/2026"))
        .unwrap();
    let text = said(promotion);
    assert!(text.contains("Marta Example · AOC · marta@example.org"), "{text}");
    assert!(text.contains("Joan Example · SIAD · joan@example.org"), "{text}");
    let ens = said(&site["en/ens/institut-b.html"]);
    assert!(ens.contains("approved by Marta Example (AOC) and Joan Example (SIAD)"), "{ens}");
}

#[test]
fn without_roots_the_record_is_not_verified_and_says_so() {
    let site = site_on(&promoted(false), "2026-12-20", &[]);
    let record = said(&site["en/record.html"]);
    assert!(record.contains("PRE ? Not verified"), "{record}");
    assert!(!record.contains("Every signature"), "{record}");
    let none = said(&self::site(&Inventory::shipped(), &[])["en/record.html"]);
    assert!(none.contains("Nothing has been promoted yet"), "{none}");
}

#[test]
fn a_commit_is_looked_at_without_a_checkout_and_a_change_is_told() {
    let inventory = Inventory::shipped();
    let first = inventory.commit("2026-11-20T12:00:00Z");
    inventory.edit("ens/institut-b.yaml", "name: Institut B", "name: Institut Nou");
    let second = inventory.commit("2026-11-21T12:00:00Z");
    inventory.edit("ens/institut-b.yaml", "name: Institut Nou", "name: Institut Altre");
    let site = site(&inventory, &["--base", &first]);
    assert!(site["en/index.html"].contains(&second));
    assert!(said(&site["en/ens/institut-b.html"]).contains("Institut Nou"));
    let change = said(&site["en/change.html"]);
    assert!(change.contains("Institut B → Institut Nou"), "{change}");
    links_lead_somewhere(&site);
    let before = self::site(&inventory, &["--rev", &first]);
    assert!(said(&before["en/ens/institut-b.html"]).contains("Institut B"));
    assert!(!before.contains_key("en/change.html"));
}

#[test]
fn the_plan_is_one_file_that_asks_for_nothing() {
    let inventory = Inventory::shipped();
    let first = inventory.commit("2026-11-20T12:00:00Z");
    inventory.edit("ens/institut-b.yaml", "name: Institut B", &format!("name: {}", hostile()));
    inventory.edit(PLANNED, "pre: 2028-01-18", "pre: 2028-01-19");
    inventory.commit("2026-11-21T12:00:00Z");
    for (language, title) in
        [("en", "What changes from"), ("ca", "Què canvia"), ("es", "Qué cambia")]
    {
        let arguments = ["plan", &first, "--as-of", TODAY, "--format", "html", "--lang", language];
        let output = inventory.segell(&arguments);
        assert!(output.status.success());
        let page = String::from_utf8(output.stdout).unwrap();
        let (head, body) = page.split_once("<body>").unwrap();
        harmless("plan", body);
        assert!(said(body).starts_with(title), "{}", said(body));
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(!page.contains("<script") && !page.contains("<link rel=\"stylesheet"));
        let style = head.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = data_encoding::BASE64.encode(Sha256::of(style.as_bytes()).as_bytes());
        assert!(head.contains(&format!("style-src 'sha256-{hash}'")), "{head}");
        let (summary, details) = body.split_once("<details").unwrap();
        assert!(said(summary).contains("2028-01-19"), "{summary}");
        assert!(details.contains("&lt;script&gt;"), "{details}");
    }
}
