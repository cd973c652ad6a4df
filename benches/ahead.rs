//! How long it takes to look ahead, beside a check of the same inventory: `forecast`, `propose` and
//! the next date in the summary of `check`.
//!
//! `cargo bench --bench ahead`. What is generated stays in the system's folder for temporary files,
//! as `segell-bench-*`.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

use std::path::PathBuf;

use divan::Bencher;
use segell::base::time::plus_days;
use segell::checklist::forecast::{AHEAD, Forecast};
use segell::checklist::rules;
use segell::files::repo;
use segell::inventory::Inventory;
use segell::inventory::load;
use segell::inventory::model::Stage;
use segell::inventory::survey::Survey;
use segell::planning::propose::{Proposal, Wish};

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    divan::main();
}

/// An inventory with `count` bodies.
fn read(count: usize) -> Inventory {
    let folder: PathBuf = std::env::temp_dir().join(format!("segell-bench-{count}"));
    if !folder.exists() {
        large::write(count, &folder).expect("the inventory is written");
    }
    load::load(&repo::working_tree(&folder).expect("the inventory is there"))
}

/// One of which nothing is planned: two thirds of the bodies wait.
fn unplanned(count: usize) -> Inventory {
    let mut inventory = read(count);
    inventory
        .batches
        .retain(|_, item| item.value.as_ref().is_some_and(|batch| batch.stage != Stage::Planned));
    inventory
}

fn check(inventory: &Inventory) -> usize {
    rules::check(&Survey::of(inventory, large::TODAY)).findings.len()
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn checked(bencher: Bencher<'_, '_>, count: usize) {
    bencher.bench(|| check(&read(count)));
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn checked_with_the_next_date(bencher: Bencher<'_, '_>, count: usize) {
    bencher.bench(|| {
        let inventory = read(count);
        let found = check(&inventory);
        let next = Forecast::next(&Survey::of(&inventory, large::TODAY));
        (found, next)
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn forecast(bencher: Bencher<'_, '_>, count: usize) {
    bencher.bench(|| {
        let inventory = read(count);
        let until = plus_days(large::TODAY, AHEAD);
        Forecast::of(&Survey::of(&inventory, large::TODAY), until).breaks.len()
    });
}

#[divan::bench(args = SIZES, sample_count = 10, sample_size = 1)]
fn propose(bencher: Bencher<'_, '_>, count: usize) {
    bencher.bench(|| {
        let mut inventory = unplanned(count);
        let proposal = Proposal::of(&mut inventory, large::TODAY, &Wish::default());
        proposal.expect("there is a policy").batches.len()
    });
}
