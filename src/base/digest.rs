//! SHA-256 digests: the identity of certificates, public keys and evidence.

use std::fmt;

/// A SHA-256 digest (FIPS 180-4), shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Sha256 {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        Sha256(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads 64 hexadecimal digits of either case; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Sha256> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high << 4 | low).expect("two hexadecimal digits fit a byte");
        }
        Some(Sha256(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Sha256;

    /// The digest of the empty message, from NIST's examples.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn of_nothing_is_the_published_value() {
        assert_eq!(Sha256::of(b"").to_string(), EMPTY);
    }

    #[test]
    fn hexadecimal_of_either_case_reads_back() {
        assert_eq!(Sha256::from_hex(EMPTY), Some(Sha256::of(b"")));
        assert_eq!(Sha256::from_hex(&EMPTY.to_uppercase()), Some(Sha256::of(b"")));
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(Sha256::from_hex(&EMPTY[1..]), None);
        assert_eq!(Sha256::from_hex(&EMPTY.replace('e', "g")), None);
        assert_eq!(Sha256::from_hex(&"é".repeat(32)), None);
    }
}
