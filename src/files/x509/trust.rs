//! The authorities that are accepted, and whether one of them issued a certificate.
//!
//! Every authority in the store is an anchor: it is trusted because it is there, whatever its own
//! signature, and although it may have expired since (RFC 5280, 6.1.1 (d)). A certificate is
//! trusted when one of them issued it directly.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;

use super::signed::{NotVerified, Signed, Verifier};
use super::{Certificate, Name, PublicKey, SignatureAlgorithm, Unreadable};
use crate::base::digest::Sha256;
use crate::base::text::Text;
use crate::tr;

/// The certificate of an authority, with its key at hand.
#[derive(Debug, Clone)]
pub struct Authority {
    /// What it states.
    pub certificate: Certificate,
    key: Verifier,
}

impl Authority {
    /// Reads exactly one certificate in DER. Whether it is an authority's is asked when it is used.
    pub fn read(der: &[u8]) -> Result<Authority, Unreadable> {
        let (certificate, key) = Certificate::read_with_key(der)?;
        let key = Verifier::new(certificate.public_key.clone(), key);
        Ok(Authority { certificate, key })
    }

    /// Whether this authority, by the identifiers both sides state, has the key that
    /// `authority_key_id` means (RFC 5280, 4.2.1.1).
    pub(super) fn may_be_meant(&self, authority_key_id: Option<&[u8]>) -> bool {
        match (authority_key_id, self.certificate.subject_key_id.as_deref()) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        }
    }

    /// Whether the key may be used so; without a `keyUsage` it may (RFC 5280, 4.2.1.3).
    pub(super) fn key_allows(&self, usage: &str) -> bool {
        self.certificate.key_usage.is_none_or(|key_usage| key_usage.allows(usage))
    }

    /// Whether it signed this, whose SHA-256 as a whole is `sha256`.
    pub(super) fn verify(
        &self,
        signed: &Signed<'_>,
        sha256: Sha256,
        known: &Signatures,
    ) -> Result<(), NotVerified> {
        known.once((sha256, self.certificate.sha256), || {
            self.key.verify(&signed.algorithm, signed.message, signed.signature)
        })
    }

    fn issued(
        &self,
        signed: &Signed<'_>,
        certificate: &Certificate,
        known: &Signatures,
    ) -> Result<(), Distrust> {
        let own = &self.certificate;
        let authority = || own.subject.clone();
        if !self.may_be_meant(certificate.authority_key_id.as_deref()) {
            return Err(Distrust::OtherKey { authority: authority() });
        }
        if !own.is_authority || !self.key_allows("keyCertSign") {
            return Err(Distrust::NotAnAuthority { authority: authority() });
        }
        let issued = certificate.not_before;
        if issued < own.not_before || own.not_after < issued {
            let (not_before, not_after) = (own.not_before, own.not_after);
            let authority = authority();
            return Err(Distrust::NotInForce { authority, not_before, not_after, issued });
        }
        self.verify(signed, certificate.sha256, known).map_err(|reason| match reason {
            NotVerified::Wrong => Distrust::SignatureWrong { authority: authority() },
            NotVerified::Unsupported => Distrust::Unsupported {
                signature: signed.algorithm.clone(),
                key: own.public_key.clone(),
            },
        })
    }
}

/// The signatures that were verified in this run, by what is signed and by whom, so that each is
/// verified once: a fact of bytes.
#[derive(Debug, Default)]
pub struct Signatures(Mutex<HashMap<(Sha256, Sha256), Verified>>);

/// Whether a signature holds, once somebody has asked.
type Verified = Arc<OnceLock<Result<(), NotVerified>>>;

impl Signatures {
    fn once(
        &self,
        of: (Sha256, Sha256),
        verify: impl FnOnce() -> Result<(), NotVerified>,
    ) -> Result<(), NotVerified> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let verified = Arc::clone(known.entry(of).or_default());
        drop(known);
        *verified.get_or_init(verify)
    }
}

/// The authorities that are accepted.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    authorities: Vec<Arc<Authority>>,
    /// Over the digests of its authorities, in their order.
    identity: OnceLock<Sha256>,
    known: Arc<Signatures>,
}

impl TrustStore {
    /// A store of these.
    pub fn new(authorities: Vec<Authority>) -> TrustStore {
        TrustStore::sharing(authorities.into_iter().map(Arc::new).collect(), Arc::default())
    }

    /// A store of these, which knows the signatures that others have verified.
    pub fn sharing(authorities: Vec<Arc<Authority>>, known: Arc<Signatures>) -> TrustStore {
        TrustStore { authorities, identity: OnceLock::new(), known }
    }

    /// The authorities, in the order in which they were given.
    pub fn authorities(&self) -> impl ExactSizeIterator<Item = &Authority> {
        self.authorities.iter().map(|authority| &**authority)
    }

    /// What it is, as far as that decides whether a certificate chains: the same authorities in the
    /// same order.
    pub(crate) fn identity(&self) -> Sha256 {
        *self.identity.get_or_init(|| {
            let digests = self.authorities.iter().map(|it| it.certificate.sha256.as_bytes());
            Sha256::of(&digests.collect::<Vec<_>>().concat())
        })
    }

    /// The place in the store of the authority that issued `certificate`, which `der` encodes.
    /// Authorities may share a name; when none will do, the one that came closest gives the reason.
    pub fn verify(&self, der: &[u8], certificate: &Certificate) -> Result<usize, Distrust> {
        debug_assert_eq!(Sha256::of(der), certificate.sha256);
        let signed = Signed::read(der).map_err(Distrust::Unreadable)?;
        let mut closest = Distrust::UnknownIssuer { issuer: certificate.issuer.clone() };
        let issuer = &certificate.issuer;
        // Comparing names letter by letter takes longer than most of what else is done here.
        let same = self.named(|subject| subject == issuer);
        let alike = self.named(|subject| subject != issuer && subject.matches(issuer));
        for (place, authority) in same.chain(alike) {
            match authority.issued(&signed, certificate, &self.known) {
                Ok(()) => return Ok(place),
                Err(distrust) if distrust.closeness() > closest.closeness() => closest = distrust,
                Err(_) => {}
            }
        }
        Err(closest)
    }

    /// The name of the authority at this place, to be shared by what it issued.
    pub(crate) fn name_of(&self, place: usize) -> Option<&Name> {
        self.authorities.get(place).map(|authority| &authority.certificate.subject)
    }

    fn named(&self, is_it: impl Fn(&Name) -> bool) -> impl Iterator<Item = (usize, &Authority)> {
        let authorities = self.authorities().enumerate();
        authorities.filter(move |(_, authority)| is_it(&authority.certificate.subject))
    }
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// No authority in the store has the issuer's name.
    UnknownIssuer {
        /// Who says to have issued it.
        issuer: Name,
    },
    /// An authority has the issuer's name, but not the key that the certificate says it has.
    OtherKey {
        /// That authority.
        authority: Name,
    },
    /// The issuer is in the store, but may not issue certificates (RFC 5280, 4.2.1.3 and 4.2.1.9).
    NotAnAuthority {
        /// The issuer.
        authority: Name,
    },
    /// The issuer's certificate was not in force when it issued this one.
    NotInForce {
        /// The issuer.
        authority: Name,
        /// The first instant of the issuer's validity.
        not_before: Timestamp,
        /// The last second of the issuer's validity.
        not_after: Timestamp,
        /// The first instant of the certificate's validity.
        issued: Timestamp,
    },
    /// A signature that is too weak or too rare.
    Unsupported {
        /// What kind it is.
        signature: SignatureAlgorithm,
        /// The issuer's key.
        key: PublicKey,
    },
    /// The signature does not hold.
    SignatureWrong {
        /// Whose it should be.
        authority: Name,
    },
    /// The bytes are no certificate.
    Unreadable(Unreadable),
}

impl Distrust {
    /// How far an authority came: the further, the more its reason tells.
    fn closeness(&self) -> u8 {
        match self {
            Distrust::UnknownIssuer { .. } => 0,
            Distrust::OtherKey { .. } => 1,
            Distrust::NotAnAuthority { .. } => 2,
            Distrust::NotInForce { .. } => 3,
            Distrust::Unsupported { .. } => 4,
            Distrust::SignatureWrong { .. } => 5,
            Distrust::Unreadable(_) => 6,
        }
    }
}

impl std::error::Error for Distrust {}

impl Distrust {
    /// Why, with authorities by their common names.
    pub fn told(&self) -> Text {
        match self {
            Distrust::UnknownIssuer { issuer } => {
                tr!("its issuer `{issuer}` is not known", issuer = issuer.short().to_string())
            }
            Distrust::OtherKey { authority } => tr!(
                "it was issued with another key than that of `{authority}`",
                authority = authority.short().to_string()
            ),
            Distrust::NotAnAuthority { authority } => tr!(
                "its issuer `{authority}` may not issue certificates",
                authority = authority.short().to_string()
            ),
            Distrust::NotInForce { authority, not_before, not_after, issued } => tr!(
                "its issuer `{authority}` was in force from {from} to {to}, not when it was issued, {issued}",
                authority = authority.short().to_string(),
                from = not_before.to_string(),
                to = not_after.to_string(),
                issued = issued.to_string()
            ),
            Distrust::Unsupported { signature, key } => tr!(
                "its signature, `{signature}` by `{key}`, is of no accepted kind",
                signature = signature.to_string(),
                key = key.to_string()
            ),
            Distrust::SignatureWrong { authority } => tr!(
                "its signature is not by `{authority}`",
                authority = authority.short().to_string()
            ),
            Distrust::Unreadable(reason) => reason.told(),
        }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Signatures;
    use crate::base::digest::Sha256;
    use crate::files::x509::NotVerified;

    #[test]
    fn a_signature_is_verified_once_for_each_who_may_have_made_it() {
        let [seal, one, other] = [b"seal", b"one.", b"two."].map(|bytes| Sha256::of(bytes));
        let (known, asked) = (Signatures::default(), Cell::new(0));
        let verify = |authority, verdict| {
            known.once((seal, authority), || {
                asked.set(asked.get() + 1);
                verdict
            })
        };
        let wrong = Err(NotVerified::Wrong);
        assert_eq!([verify(one, Ok(())), verify(one, wrong), verify(one, wrong)], [Ok(()); 3]);
        assert_eq!([verify(other, wrong), verify(other, Ok(()))], [wrong; 2]);
        assert_eq!(asked.get(), 2);
    }
}
