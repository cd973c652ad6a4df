//! Files of programs that keep keys, by how they begin.

use memchr::memmem;

use crate::base::text::Text;
use crate::tr;

/// The kind of key store that `bytes` are, unless it holds certificates alone.
pub(super) fn key_store(bytes: &[u8]) -> Option<Text> {
    match bytes.first_chunk::<4>()? {
        b"\xfe\xed\xfe\xed" => unless_keyless(java(bytes), tr!("a Java key store")),
        b"\xce\xce\xce\xce" => unless_keyless(java(bytes), tr!("a Java key store (JCEKS)")),
        [0, 0, 0, 1 | 2] => bouncy_castle(bytes),
        b"\x1e\xf1\xb5\xb0" => Some(tr!("a private key (PVK)")),
        b"SQLi" => sqlite(bytes),
        [0, 6, 0x15, 0x61] | [0x61, 0x15, 6, 0] => berkeley(bytes),
        _ => soft_hsm(bytes).or_else(|| microsoft(bytes)).or_else(|| open_pgp(bytes)),
    }
}

/// A store whose entries can be read is told only if one of them is no certificate.
fn unless_keyless(holds_key: Option<bool>, kind: Text) -> Option<Text> {
    holds_key.unwrap_or(true).then_some(kind)
}

/// Numbers and strings as Java writes them.
struct Java<'a>(&'a [u8]);

impl<'a> Java<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn int(&mut self) -> Option<u32> {
        self.take(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.int()?;
        self.take(count as usize)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let count = self.take(2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes)?;
        self.take(count.into())
    }

    /// Skips a certificate: its type and its bytes.
    fn certificate(&mut self) -> Option<()> {
        self.text().and_then(|_| self.bytes()).map(|_| ())
    }
}

/// Whether a JKS or JCEKS holds anything but certificates; none when it cannot be read.
fn java(bytes: &[u8]) -> Option<bool> {
    const CERTIFICATE: u32 = 2;
    let mut from = Java(bytes.get(4..)?);
    let version = from.int()?;
    for _ in 0..from.int()? {
        if from.int()? != CERTIFICATE {
            return Some(true);
        }
        from.text()?;
        from.take(8)?;
        if version >= 2 {
            from.text()?;
        }
        from.bytes()?;
    }
    Some(false)
}

/// Bouncy Castle's BKS and UBER: a version, a salt, a count of rounds of a password's digest.
fn bouncy_castle(bytes: &[u8]) -> Option<Text> {
    let mut from = Java(bytes.get(4..)?);
    let salt = from.bytes()?.len();
    let rounds = from.int()?;
    let is_store = (8..=64).contains(&salt) && (1..=10_000_000).contains(&rounds);
    is_store.then(|| unless_keyless(entries(from), tr!("a key store (BKS)")))?
}

/// Whether a BKS holds anything but certificates; none when it cannot be read.
fn entries(mut from: Java<'_>) -> Option<bool> {
    loop {
        match from.take(1)? {
            [0] => return Some(false),
            [1] => {}
            _ => return Some(true),
        }
        from.text()?;
        from.take(8)?;
        for _ in 0..from.int()? {
            from.certificate()?;
        }
        from.certificate()?;
    }
}

/// NSS's key4.db and SoftHSM's tokens are data bases, told by their tables.
fn sqlite(bytes: &[u8]) -> Option<Text> {
    if !bytes.starts_with(b"SQLite format 3\0") {
        return None;
    }
    if memmem::find(bytes, b"nssPrivate").is_some() {
        return Some(tr!("the key data base of NSS"));
    }
    memmem::find(bytes, b"attribute_binary").map(|_| tr!("a token of SoftHSM"))
}

/// NSS's key3.db, which salts its keys.
fn berkeley(bytes: &[u8]) -> Option<Text> {
    memmem::find(bytes, b"global-salt").map(|_| tr!("the key data base of NSS"))
}

/// An object of `SoftHSM`: a generation, then attributes, the first of which says that it is a private
/// or a secret key (`CKA_CLASS`, PKCS#11).
fn soft_hsm(bytes: &[u8]) -> Option<Text> {
    let number = |place: usize| {
        let bytes = bytes.get(place..place + 8)?.try_into().ok()?;
        Some(u64::from_be_bytes(bytes))
    };
    let is_key = number(8)? == 0 && number(16)? == 2 && matches!(number(24)?, 3 | 4);
    is_key.then(|| tr!("a token of SoftHSM"))
}

/// Microsoft's PRIVATEKEYBLOB, and the blobs of its newer interface.
fn microsoft(bytes: &[u8]) -> Option<Text> {
    let kind = || tr!("a private key (Microsoft's key BLOB)");
    let little = |place: usize| {
        let bytes = bytes.get(place..place + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes))
    };
    if bytes.starts_with(b"\x07\x02\0\0") {
        return matches!(bytes.get(8..12)?, b"RSA2" | b"DSS2" | b"DSS4").then(kind);
    }
    let is_key = match bytes.first_chunk::<4>()? {
        b"RSA2" | b"RSA3" => {
            let bits = little(4)?;
            (512..=16_384).contains(&bits) && little(12)? == bits.div_ceil(8)
        }
        [b'E', b'C', b'S' | b'K', b'2' | b'4' | b'6'] => matches!(little(4)?, 32 | 48 | 66),
        _ => false,
    };
    is_key.then(kind)
}

/// A secret key or subkey in OpenPGP's packets (RFC 9580, 4.2 and 5.5), or as `GnuPG` keeps it.
fn open_pgp(bytes: &[u8]) -> Option<Text> {
    let kind = || tr!("an OpenPGP private key");
    let files: [&[u8]; 4] = [
        b"(11:private-key",
        b"(21:protected-private-key",
        b"Key: (private-key",
        b"Key: (protected-private-key",
    ];
    if files.iter().any(|beginning| bytes.starts_with(beginning)) {
        return Some(kind());
    }
    let (&first, rest) = bytes.split_first()?;
    let (packet, head) = match first {
        0xc0.. => (
            first & 0x3f,
            match *rest.first()? {
                0..192 => 1,
                192..224 => 2,
                _ => 5,
            },
        ),
        0x80.. => (first >> 2 & 0x0f, 1 << (first & 3)),
        _ => return None,
    };
    let body = rest.get(head..)?;
    let algorithm = match body.first()? {
        2 | 3 => body.get(7)?,
        4..=6 => body.get(5)?,
        _ => return None,
    };
    (matches!(packet, 5 | 7) && matches!(algorithm, 1..=3 | 16..=28)).then(kind)
}
