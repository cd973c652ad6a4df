//! `certificate-not-revoked`.

use jiff::civil::Date;

use crate::base::time::day_of;
use crate::checklist::rules::{Case, Draft, HOLDS, Loaded, Verdict};
use crate::inventory::ListFile;
use crate::inventory::finding::{Kind, Place, Rule, Severity};
use crate::inventory::step::{At, Step};
use crate::inventory::survey::{CertificateView, Survey};
use crate::tr;

use super::held;

pub static RULE: Rule = Rule {
    name: "certificate-not-revoked",
    kind: Kind::PreconditionAndNow,
    at: At::Step(Step::Certificate),
    holds: tr!(
        "where `trust/` has the issuer's revocation list that speaks of the certificate, with its signature verified, it is not on it; a list past its next update, or lists that all speak of others, are a warning"
    ),
    why: tr!("AEAT refuses a revoked seal, and it was revoked for a reason"),
    mend: tr!("ask for a new seal; if the list is old, fetch the issuer's present one"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let draft = revoked(case.survey, case.certificate, case.certificate_named())?;
    draft.map_or(HOLDS, Verdict::from)
}

pub fn check_current(survey: &Survey<'_>, view: &CertificateView<'_>, _: &Loaded) -> Verdict {
    let place = Place::start(view.file).key("sha256");
    let draft = revoked(survey, view, place)?;
    draft.map_or(HOLDS, |draft| {
        let severity = draft.severity.unwrap_or(Severity::Error);
        held::named(survey, view, draft.severity(severity)).into()
    })
}

/// Each list: by an authority in `trust/`, and not past its next update.
pub fn check_lists(survey: &Survey<'_>) -> Verdict {
    let lists = survey.inventory.lists.iter();
    Some(lists.filter_map(|file| list_fault(file, survey.today)).collect())
}

fn list_fault(file: &ListFile, today: Date) -> Option<Draft> {
    let place = Place::start(&file.file);
    match &file.signed {
        Some(Ok(())) => {}
        Some(Err(why)) => {
            let message = tr!("the revocation list does not count: {reason}", reason = why.told());
            let help = tr!("put the list of a CA in `trust/` there, or delete it");
            return Some(Draft::at(place, message).help(help).severity(Severity::Error));
        }
        None => {
            let message = tr!("the revocation list is of no CA in `trust/`");
            return Some(Draft::at(place, message).severity(Severity::Error));
        }
    }
    let next_update = day_of(file.list.next_update?);
    let message =
        || tr!("the revocation list should have been renewed by {date}", date = next_update);
    let help = tr!("fetch the issuer's present list");
    (next_update < today)
        .then(|| Draft::at(place, message()).help(help).severity(Severity::Warning))
}

/// `None` when there is no list to ask; else what it says of the certificate. An issuer may have
/// changed its key since: whichever of its keys signed the list, it speaks for the issuer's name.
fn revoked(survey: &Survey<'_>, view: &CertificateView<'_>, place: Place) -> Option<Option<Draft>> {
    let (facts, _) = view.pem?;
    let lists = survey.inventory.lists.iter().filter(|file| file.signed == Some(Ok(())));
    let (mut asked, mut other) = (false, None);
    for file in lists.filter(|file| file.list.issuer.matches(&facts.issuer)) {
        if !file.list.covers(facts) {
            other = Some(file);
            continue;
        }
        asked = true;
        if let Some(revocation) = file.list.revoked(&facts.serial) {
            let message = tr!(
                "`{certificate}` was revoked on {date} ({reason})",
                certificate = view.id,
                date = day_of(revocation.date),
                reason = revocation.reason.unwrap_or("unspecified")
            );
            let list = Place::start(&file.file);
            return Some(Some(Draft::at(place, message).related(list, tr!("the revocation list"))));
        }
    }
    match other {
        Some(other) if !asked => Some(Some(of_others(view, other, place))),
        _ => asked.then_some(None),
    }
}

/// Says that nothing is known: the issuer's lists are those of other parts of its certificates.
fn of_others(view: &CertificateView<'_>, other: &ListFile, place: Place) -> Draft {
    let message = tr!(
        "no revocation list in `trust/` speaks of `{certificate}`: its issuer's are for others",
        certificate = view.id
    );
    let help = tr!("fetch the list from the distribution point that the certificate names");
    let list = Place::start(&other.file);
    let draft = Draft::at(place, message).help(help).severity(Severity::Warning);
    draft.related(list, tr!("a list for others"))
}
