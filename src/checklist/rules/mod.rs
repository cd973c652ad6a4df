//! The checklist: each rule in a file of its own, a table that reads as the checklist does, and
//! the runner, which walks the inventory, counts, and decides how grave a lack is.

pub mod calendar;
mod case;
pub mod certificate;
mod draft;
pub mod ens;
mod files;
pub mod gate;
pub mod identity;
pub mod load;
mod once;
mod run;
mod waive;

pub use case::{Case, Planned};
pub use draft::{Draft, HOLDS, Verdict, unless};
pub(crate) use identity::evidence_intact::{is_csv, is_ticket};
pub use once::tell_once;
pub use run::{
    Loaded, Outcome, Part, check, check_case, check_integrity, check_part, check_with, raised,
    sort, waiting,
};
pub(crate) use waive::{covers, waive};

use crate::inventory::Problem;
use crate::inventory::finding::{Kind, Rule};
use crate::inventory::survey::{BatchView, CertificateView, EnsView, Survey};

/// What a rule looks at, one at a time.
#[derive(Clone, Copy)]
pub enum Check {
    /// What is wrong with one file.
    File(fn(&Problem) -> Option<Draft>),
    /// The inventory as a whole.
    Inventory(fn(&Survey<'_>) -> Verdict),
    /// Each ens.
    Ens(fn(&Survey<'_>, &EnsView<'_>) -> Verdict),
    /// Each certificate's record.
    Certificate(fn(&Survey<'_>, &CertificateView<'_>) -> Verdict),
    /// Each batch.
    Batch(fn(&Survey<'_>, &BatchView<'_>) -> Verdict),
    /// Each open load.
    Open(fn(&Case<'_, '_>) -> Verdict),
    /// Each open load, and each ens whose latest certificate has none.
    Case(fn(&Case<'_, '_>) -> Verdict),
    /// Each certificate that is loaded today, and where: a *Now* finding.
    Current(fn(&Survey<'_>, &CertificateView<'_>, &Loaded) -> Verdict),
    /// Nothing of one inventory: asked of two, with `--base`.
    Change,
    /// Nothing of an inventory alone: asked of commits, at the gate.
    Promotion,
}

/// The checklist, in its order.
pub static CHECKLIST: &[(&Rule, Check)] = &[
    (&files::well_formed::RULE, Check::File(files::well_formed::check)),
    (&files::matches_schema::RULE, Check::File(files::matches_schema::check)),
    (&files::expected_file::RULE, Check::File(files::expected_file::check)),
    (&files::no_hidden_characters::RULE, Check::File(files::no_hidden_characters::check)),
    (&files::no_private_key::RULE, Check::File(files::no_private_key::check)),
    (&identity::known_reference::RULE, Check::Inventory(identity::known_reference::check)),
    (&identity::unique_identity::RULE, Check::Inventory(identity::unique_identity::check)),
    (&identity::valid_identifier::RULE, Check::Ens(identity::valid_identifier::check)),
    (
        &identity::valid_identifier::RULE,
        Check::Certificate(identity::valid_identifier::check_certificate),
    ),
    (&identity::valid_identifier::RULE, Check::Inventory(identity::valid_identifier::check_policy)),
    (&identity::evidence_intact::RULE, Check::Inventory(identity::evidence_intact::check)),
    (&certificate::readable::RULE, Check::File(certificate::readable::check)),
    (&calendar::dates_in_order::RULE, Check::Inventory(calendar::dates_in_order::check)),
    (
        &calendar::stage_follows_calendar::RULE,
        Check::Batch(calendar::stage_follows_calendar::check),
    ),
    (&calendar::day_order::RULE, Check::Batch(calendar::day_order::check)),
    (&calendar::one_open_load::RULE, Check::Ens(calendar::one_open_load::check)),
    (&calendar::one_open_load::RULE, Check::Inventory(calendar::one_open_load::check_unread)),
    (&ens::block_fits_nif::RULE, Check::Case(ens::block_fits_nif::check)),
    (
        &certificate::for_every_authorised_ens::RULE,
        Check::Ens(certificate::for_every_authorised_ens::check),
    ),
    (&ens::organ_codes_match::RULE, Check::Case(ens::organ_codes_match::check)),
    (&certificate::matches_ens::RULE, Check::Case(certificate::matches_ens::check)),
    (&certificate::is_individual::RULE, Check::Case(certificate::is_individual::check)),
    (&certificate::is_a_seal::RULE, Check::Case(certificate::is_a_seal::check)),
    (&certificate::strong_enough::RULE, Check::Case(certificate::strong_enough::check)),
    (&certificate::strong_enough::RULE, Check::Current(certificate::strong_enough::check_current)),
    (&certificate::trusted::RULE, Check::Case(certificate::trusted::check)),
    (&certificate::not_revoked::RULE, Check::Case(certificate::not_revoked::check)),
    (&certificate::not_revoked::RULE, Check::Current(certificate::not_revoked::check_current)),
    (&certificate::not_revoked::RULE, Check::Inventory(certificate::not_revoked::check_lists)),
    (&certificate::delivered::RULE, Check::Case(certificate::delivered::check)),
    (&certificate::key_located::RULE, Check::Case(certificate::key_located::check)),
    (&certificate::in_force::RULE, Check::Case(certificate::in_force::check)),
    (&certificate::in_force::RULE, Check::Current(certificate::in_force::check_current)),
    (&certificate::is_latest::RULE, Check::Open(certificate::is_latest::check)),
    (&ens::confirmed_in_writing::RULE, Check::Case(ens::confirmed_in_writing::check)),
    (&ens::confirmed_in_writing::RULE, Check::Current(ens::confirmed_in_writing::check_current)),
    (
        &ens::scheduled_after_confirmation::RULE,
        Check::Open(ens::scheduled_after_confirmation::check),
    ),
    (&ens::authorisation_in_place::RULE, Check::Case(ens::authorisation_in_place::check)),
    (&ens::agreement_followed::RULE, Check::Case(ens::agreement_followed::check)),
    (&ens::agreement_followed::RULE, Check::Ens(ens::agreement_followed::check_without_seal)),
    (&ens::agreement_authorises_load::RULE, Check::Case(ens::agreement_authorises_load::check)),
    (
        &ens::agreement_authorises_load::RULE,
        Check::Ens(ens::agreement_authorises_load::check_without_seal),
    ),
    (&ens::no_open_query::RULE, Check::Case(ens::no_open_query::check)),
    (&load::not_on_hold::RULE, Check::Batch(load::not_on_hold::check)),
    (&ens::not_ceased::RULE, Check::Open(ens::not_ceased::check)),
    (&ens::taken_out::RULE, Check::Ens(ens::taken_out::check)),
    (&calendar::working_day::RULE, Check::Batch(calendar::working_day::check)),
    (&calendar::load_on_its_day::RULE, Check::Batch(calendar::load_on_its_day::check)),
    (&calendar::pre_permission_first::RULE, Check::Open(calendar::pre_permission_first::check)),
    (&load::pre_verified_before_pro::RULE, Check::Open(load::pre_verified_before_pro::check)),
    (&load::siad_informed_after_pre::RULE, Check::Open(load::siad_informed_after_pre::check)),
    (&load::ens_informed_in_pro::RULE, Check::Open(load::ens_informed_in_pro::check)),
    (
        &load::pro_verified_by_pica_and_aoc::RULE,
        Check::Open(load::pro_verified_by_pica_and_aoc::check),
    ),
    (&load::failure_analysed::RULE, Check::Open(load::failure_analysed::check)),
    (
        &load::departments_still_consuming::RULE,
        Check::Batch(load::departments_still_consuming::check),
    ),
    (
        &calendar::previous_batch_finished::RULE,
        Check::Batch(calendar::previous_batch_finished::check),
    ),
    (&load::check_as_sent::RULE, Check::Open(load::check_as_sent::check)),
    (&load::check_proved::RULE, Check::Open(load::check_proved::check)),
    (&identity::waiver_valid::RULE, Check::Inventory(identity::waiver_valid::check)),
    (&identity::approvers_in_place::RULE, Check::Inventory(identity::approvers_in_place::check)),
    (
        &certificate::no_personal_data::RULE,
        Check::Certificate(certificate::no_personal_data::check),
    ),
    (&calendar::record_kept::RULE, Check::Change),
    (&gate::promotion_as_written::RULE, Check::Promotion),
    (&gate::history_kept::RULE, Check::Promotion),
    (&gate::promoted_from_main::RULE, Check::Promotion),
    (&gate::promoted_through_pre::RULE, Check::Promotion),
    (&gate::restored_as_held::RULE, Check::Promotion),
    (&gate::not_stopped_since::RULE, Check::Promotion),
    (&gate::reviewed_by_aoc_and_siad::RULE, Check::Promotion),
    (&gate::manifest_as_approved::RULE, Check::Promotion),
    (&gate::loaded_as_released::RULE, Check::Promotion),
    (&gate::no_new_error::RULE, Check::Promotion),
];

/// The rules, each once, in the checklist's order.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let rows = CHECKLIST.iter().enumerate();
    rows.filter(|(place, (rule, _))| {
        !CHECKLIST[..*place].iter().any(|(known, _)| known.name == rule.name)
    })
    .map(|(_, (rule, _))| *rule)
}

/// The rule of this name.
pub fn named(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

impl Rule {
    /// Whether a waiver may cover its findings.
    pub fn may_be_waived(&self) -> bool {
        !matches!(self.kind, Kind::Integrity | Kind::Gate)
    }
}
