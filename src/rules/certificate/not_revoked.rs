//! `certificate-not-revoked`.

use crate::finding::{Environment, Kind, Place, Rule, Severity};
use crate::inventory::ListFile;
use crate::rules::{Case, Draft, HOLDS, Verdict};
use crate::survey::{CertificateView, Survey};
use crate::time::day_of;
use crate::tr;

pub static RULE: Rule = Rule {
    name: "certificate-not-revoked",
    kind: Kind::PreconditionAndNow,
    holds: tr!(
        "where `trust/` has the issuer's revocation list, with its signature verified, the certificate is not on it; a list past its next update is a warning"
    ),
    why: tr!("AEAT refuses a revoked seal, and it was revoked for a reason"),
    mend: tr!("ask for a new seal; if the list is old, fetch the issuer's present one"),
};

pub fn check(case: &Case<'_, '_>) -> Verdict {
    let draft = revoked(case.survey, case.certificate, case.certificate_named())?;
    draft.map_or(HOLDS, Verdict::from)
}

pub fn check_current(
    survey: &Survey<'_>,
    view: &CertificateView<'_>,
    _: &[Environment],
) -> Verdict {
    let place = Place::start(view.file).key("sha256");
    let draft = revoked(survey, view, place)?;
    draft.map_or(HOLDS, |draft| draft.severity(Severity::Error).into())
}

/// Each list: by an authority in `trust/`, and not past its next update.
pub fn check_lists(survey: &Survey<'_>) -> Verdict {
    Some(survey.inventory.lists.iter().filter_map(|file| list_fault(survey, file)).collect())
}

fn list_fault(survey: &Survey<'_>, file: &ListFile) -> Option<Draft> {
    let authorities = &survey.inventory.authorities;
    let verdicts = authorities.iter().map(|known| file.list.verify(&known.authority));
    let place = Place::start(&file.file);
    match verdicts.into_iter().reduce(|best, next| if best.is_ok() { best } else { next.or(best) })
    {
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
    (next_update < survey.today)
        .then(|| Draft::at(place, message()).help(help).severity(Severity::Warning))
}

/// `None` when there is no list to ask; else what it says of the certificate.
fn revoked(survey: &Survey<'_>, view: &CertificateView<'_>, place: Place) -> Option<Option<Draft>> {
    let (facts, chain) = view.pem?;
    let authority = &survey.inventory.authorities[*chain.as_ref().ok()?].authority;
    let lists =
        survey.inventory.lists.iter().filter(|file| file.list.issuer.matches(&facts.issuer));
    let mut asked = false;
    for file in lists.filter(|file| file.list.verify(authority).is_ok()) {
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
    asked.then_some(None)
}
