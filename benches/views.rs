//! How long the views take beside the check that they build on: each less than 1.5 times `check`.
//! The inventories are those of the check's bench.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::io::sink;
use std::path::PathBuf;

use divan::Bencher;
use segell::checklist::rules;
use segell::files::repo;
use segell::inventory::Inventory;
use segell::inventory::load;
use segell::inventory::survey::Survey;
use segell::pipeline::phase::Phases;
use segell::views::calendar::{Calendar, Span};
use segell::views::screen::{Format, Screen, Sourced, View};
use segell::views::show::{Show, find};
use segell::views::status::{Filter, Status};
use segell::views::today::Today;

fn main() {
    divan::main();
}

const SIZES: [usize; 2] = [1_000, 10_000];

/// The folder of an inventory with `count` bodies.
fn generated(count: usize) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("segell-bench-{count}"));
    if !folder.exists() {
        large::write(count, &folder).expect("the inventory is written");
    }
    folder
}

/// Measures reading the inventory and `view`, all of it, as its verb does.
fn measure(bencher: Bencher<'_, '_>, count: usize, view: impl Fn(&Inventory) + Sync) {
    let folder = generated(count);
    bencher.bench(|| {
        let tree = repo::working_tree(&folder).expect("the inventory is there");
        view(&load::load(&tree));
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>, count: usize) {
    measure(bencher, count, |inventory| {
        divan::black_box(rules::check(&Survey::of(inventory, large::TODAY)));
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn status(bencher: Bencher<'_, '_>, count: usize) {
    measure(bencher, count, |inventory| {
        let survey = Survey::of(inventory, large::TODAY);
        let findings = rules::check(&survey).findings;
        let (phases, filter) = (Phases::default(), Filter::default());
        let status = Status::of(&survey, &findings, &phases, &filter);
        shown(&Sourced(&status, &inventory.sources));
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn today(bencher: Bencher<'_, '_>, count: usize) {
    measure(bencher, count, |inventory| {
        let survey = Survey::of(inventory, large::TODAY);
        let findings = rules::check(&survey).findings;
        let today = Today::of(&survey, &findings, &Phases::default());
        shown(&today);
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn show(bencher: Bencher<'_, '_>, count: usize) {
    measure(bencher, count, |inventory| {
        let survey = Survey::of(inventory, large::TODAY);
        let findings = rules::check(&survey).findings;
        let today = Today::of(&survey, &findings, &Phases::default());
        let one = survey.ens[count / 2].id;
        let show = Show::of(&survey, &find(&survey, one), &findings, &today);
        shown(&Sourced(&show, &inventory.sources));
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn calendar(bencher: Bencher<'_, '_>, count: usize) {
    measure(bencher, count, |inventory| {
        let survey = Survey::of(inventory, large::TODAY);
        let calendar = Calendar::of(&survey, &[], Span::default(), jiff::Timestamp::UNIX_EPOCH);
        shown(&calendar);
    });
}

/// Writes a view to nowhere.
fn shown(view: &impl View) {
    let mut screen = Screen { out: &mut sink(), width: None, colour: false };
    view.show(Format::Human, &mut screen).expect("sink takes all");
}
