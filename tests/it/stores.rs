//! What is read of key stores, of those that the tools wrote which people use.

use std::path::Path;

use segell::base::digest::Sha256;
use segell::files::stores::secret::Secret;
use segell::files::stores::{self, Content, Failure, Store};

use crate::support::authority::KeyKind;
use crate::support::tools::{Bench, PASSWORD};

/// What is in a store, a line a certificate: name, the first digits of its SHA-256, its key.
fn lines(store: &Store) -> Vec<String> {
    let line = |entry: &stores::Entry| {
        let Content::Certificate { sha256, key, .. } = &entry.content else { unreachable!() };
        format!("{} {} {key:?}", entry.name, &sha256.to_string()[..8])
    };
    store.entries.iter().map(line).collect()
}

#[track_caller]
fn opened(path: &Path, password: Option<&str>) -> Store {
    let password = password.map(|text| Secret::new(text.to_owned()));
    match stores::open(path, password.as_ref()) {
        Ok(store) => store,
        Err(Failure::Told(why)) => panic!("{}: {why}", path.display()),
        Err(Failure::NeedsPassword) => panic!("{}: needs a password", path.display()),
    }
}

#[track_caller]
fn refused(path: &Path, password: Option<&str>) -> String {
    let password = password.map(|text| Secret::new(text.to_owned()));
    match stores::open(path, password.as_ref()) {
        Ok(store) => panic!("{}: {:?}", path.display(), lines(&store)),
        Err(Failure::Told(why)) => why.to_string(),
        Err(Failure::NeedsPassword) => "needs a password".to_owned(),
    }
}

fn id(der: &[u8]) -> String {
    Sha256::of(der).to_string()[..8].to_owned()
}

#[test]
fn a_folder_of_pem_and_der() {
    let bench = Bench::empty();
    let [a, b] = ["a", "b"].map(|name| bench.seal(name, KeyKind::P256));
    bench.write("store/a.pem", format!("first\n{}{}", a.pem, bench.authority.pem()));
    bench.write("store/below/b.cer", &b.der);
    bench.write("store/README.md", "none");
    bench.write("store/.hidden.pem", "none");
    bench.write("store/a.key", "-----BEGIN PRIVATE KEY-----\nx");
    let store = opened(&bench.path("store"), None);
    let ca = id(&bench.authority.der);
    let [a, b] = [a, b].map(|seal| id(&seal.der));
    assert_eq!(
        lines(&store),
        [
            format!("a.pem {a} NotKept"),
            format!("a.pem {ca} NotKept"),
            format!("below/b.cer {b} NotKept")
        ]
    );
    assert_eq!(store.others, 2);
}

#[test]
fn a_folder_with_something_broken_is_not_read() {
    for (name, bytes, words) in [
        ("cut.pem", &b"-----BEGIN CERTIFICATE-----\nMIIB"[..], "has no end"),
        ("b.pem", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "not base64"),
        (
            "c.pem",
            b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "no certificate",
        ),
        ("d.der", b"\x30\x82\x10\x00\x30", "no certificate"),
        ("e.crt", b"", "no certificate"),
    ] {
        let bench = Bench::empty();
        bench.write(&format!("store/{name}"), bytes);
        let said = refused(&bench.path("store"), None);
        assert!(said.contains(words) && said.contains(name), "{name}: {said}");
    }
}

/// Keys of each kind, under each way of OpenSSL to write them.
#[test]
fn pkcs12_as_openssl_writes_it() {
    let Some(bench) = Bench::with(&["openssl"]) else { return };
    for kind in [KeyKind::Rsa2048, KeyKind::P256, KeyKind::P384] {
        let seal = bench.seal("a", kind);
        for options in [
            "",
            "-legacy",
            "-legacy -descert",
            "-keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha512",
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-2DES -macalg sha1 -legacy",
            "-keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC4-40 -legacy",
            "-keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40 -legacy",
            "-keypbe NONE -certpbe NONE",
            "-nomac",
            "-keypbe NONE -certpbe NONE -nomac",
            "-iter 1 -macalg sha384",
            "-certfile ca.pem -iter 10000 -maciter",
        ] {
            bench.run(&format!(
                "openssl pkcs12 -export -in a.pem -inkey a.key -name 'Segell à' -out a.p12 -passout env:P {options}"
            ));
            let store = opened(&bench.path("a.p12"), Some(PASSWORD));
            let found = lines(&store);
            assert_eq!(found[0], format!("Segell à {} Held", id(&seal.der)), "{options}");
            assert_eq!(found.len(), if options.contains("ca.pem") { 2 } else { 1 }, "{options}");
            if !options.contains("NONE") {
                let said = refused(&bench.path("a.p12"), Some("other"));
                assert_eq!(said, "the password is another", "{options}");
                assert_eq!(refused(&bench.path("a.p12"), None), "needs a password", "{options}");
            }
        }
    }
}

#[test]
fn pkcs12_of_certificates_or_keys_alone() {
    let Some(bench) = Bench::with(&["openssl"]) else { return };
    let seal = bench.seal("a", KeyKind::P256);
    bench.run("openssl pkcs12 -export -in a.pem -nokeys -caname a -out a.p12 -passout env:P");
    let store = opened(&bench.path("a.p12"), Some(PASSWORD));
    assert_eq!(lines(&store), [format!("a {} Missing", id(&seal.der))]);
    assert!(store.remarks[0].to_string().contains("Java shows no entry"));
    bench.run("openssl pkcs12 -export -nocerts -inkey a.key -out a.p12 -passout env:P");
    let store = opened(&bench.path("a.p12"), Some(PASSWORD));
    assert_eq!((lines(&store).len(), store.others), (0, 1));
}

/// Windows names a private key after its container and the certificate as people do; Java goes by the key.
#[test]
fn a_private_key_with_a_name_of_its_own_is_told() {
    let Some(bench) = Bench::with(&["openssl", "keytool"]) else { return };
    bench.seal("a", KeyKind::P256);
    bench.run("openssl pkcs12 -export -in a.pem -inkey a.key -name te-4b3e -certpbe NONE -nomac -out a.p12 -passout env:P");
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let mut store = std::fs::read(bench.path("a.p12")).unwrap();
    // The certificate comes first.
    let place = memchr::memmem::find(&store, &utf16("te-4b3e")).unwrap();
    store[place..place + 14].copy_from_slice(&utf16("Agència"));
    let path = bench.write("a.p12", store);
    let store = opened(&path, Some(PASSWORD));
    assert_eq!(store.entries[0].names().collect::<Vec<_>>(), ["Agència", "te-4b3e"]);
    let told = store.remarks.iter().map(ToString::to_string).collect::<String>();
    assert!(told.contains("Java goes by the keys': `Agència → te-4b3e`"), "{told}");
    let java = bench.run("keytool -list -keystore a.p12 -storepass $P");
    assert!(java.contains("\nte-4b3e, "), "{java}");
}

/// A password with accents, and none.
#[test]
fn passwords_of_all_kinds() {
    let Some(bench) = Bench::with(&["openssl"]) else { return };
    let seal = bench.seal("a", KeyKind::P256);
    for password in ["", "ñandú ç", "ünï→😀"] {
        for options in ["", "-legacy"] {
            let line = format!(
                "openssl pkcs12 -export -in a.pem -inkey a.key -name a -out a.p12 -passout env:Q {options}"
            );
            let (success, said) = bench.try_run(&line, &[("Q", password)]);
            assert!(success, "{said}");
            let store = opened(&bench.path("a.p12"), Some(password));
            assert_eq!(lines(&store), [format!("a {} Held", id(&seal.der))], "{password}");
        }
    }
    bench.try_run(
        "openssl pkcs12 -export -in a.pem -inkey a.key -name a -out a.p12 -passout env:Q",
        &[("Q", "")],
    );
    assert_eq!(lines(&opened(&bench.path("a.p12"), None)).len(), 1);
}

/// Several aliases, one with a password of its own, one trusted, one that came later.
#[test]
fn what_keytool_writes() {
    let Some(bench) = Bench::with(&["keytool", "openssl"]) else { return };
    let [a, b, c] = ["a", "b", "c"].map(|name| {
        let kind = if name == "b" { KeyKind::P256 } else { KeyKind::Rsa2048 };
        let seal = bench.seal(name, kind);
        bench.run(&format!("openssl pkcs12 -export -in {name}.pem -inkey {name}.key -certfile ca.pem -name {name} -out {name}.p12 -passout env:P"));
        id(&seal.der)
    });
    for (kind, own) in [("PKCS12", false), ("JKS", true), ("JCEKS", true)] {
        let file = format!("store.{}", kind.to_lowercase());
        for name in ["a", "b", "c"] {
            bench.run(&format!("keytool -importkeystore -noprompt -srckeystore {name}.p12 -srcstoretype PKCS12 -srcstorepass $P -destkeystore {file} -deststoretype {kind} -deststorepass $P -srcalias {name} -destalias Segell-{name}"));
        }
        bench.run(&format!(
            "keytool -importcert -noprompt -alias CA -file ca.pem -keystore {file} -storepass $P"
        ));
        if own {
            bench.run(&format!("keytool -keypasswd -alias segell-c -keypass $P -new other-pass -keystore {file} -storepass $P"));
        }
        let store = opened(&bench.path(&file), Some(PASSWORD));
        let mut found = lines(&store);
        found.sort();
        let of_c = if own { "Unknown(OtherPassword)" } else { "Held" };
        let expected = [
            format!("segell-a {a} Held"),
            format!("segell-b {b} Held"),
            format!("segell-c {c} {of_c}"),
        ];
        let named: Vec<&String> = found.iter().filter(|it| it.starts_with("segell")).collect();
        assert_eq!(named, expected.iter().collect::<Vec<_>>(), "{kind}");
        let is_ca = |line: &String| line.to_lowercase().starts_with("ca ");
        assert!(found.iter().any(is_ca), "{kind}: {found:?}");
        let said = refused(&bench.path(&file), Some("other"));
        assert!(said.contains("password is another"), "{kind}: {said}");
        if own {
            let store = opened(&bench.path(&file), None);
            let keys =
                lines(&store).iter().filter(|it| it.ends_with("Unknown(NoPassword)")).count();
            assert_eq!(keys, 3, "{kind}");
        }
    }
}

#[test]
fn a_secret_key_in_jceks_is_told() {
    let Some(bench) = Bench::with(&["keytool"]) else { return };
    bench.run("keytool -genseckey -alias s -keyalg AES -keysize 128 -keystore s.jceks -storetype JCEKS -storepass $P -keypass $P");
    assert!(refused(&bench.path("s.jceks"), Some(PASSWORD)).contains("`s` is a secret key"));
}

#[test]
fn what_certtool_writes() {
    let Some(bench) = Bench::with(&["certtool"]) else { return };
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let seal = bench.seal("a", kind);
        for cipher in ["aes-256", "aes-128", "3des", "3des-pkcs12", "rc2-40", "arcfour"] {
            bench.run(&format!("certtool --to-p12 --load-certificate a.pem --load-privkey a.key --p12-name 'segell a' --password $P --pkcs-cipher {cipher} --outder --outfile a.p12"));
            let store = opened(&bench.path("a.p12"), Some(PASSWORD));
            assert_eq!(lines(&store), [format!("segell a {} Held", id(&seal.der))], "{cipher}");
            assert_eq!(
                refused(&bench.path("a.p12"), Some("other")),
                "the password is another",
                "{cipher}"
            );
        }
    }
}

#[test]
fn what_pk12util_writes() {
    let Some(bench) = Bench::with(&["certutil", "openssl"]) else { return };
    let kinds = [("a", KeyKind::Rsa2048), ("b", KeyKind::P256)];
    bench.run("mkdir db && certutil -N -d sql:db --empty-password");
    for (name, kind) in kinds {
        let seal = bench.seal(name, kind);
        bench.run(&format!("openssl pkcs12 -export -in {name}.pem -inkey {name}.key -name segell-{name} -out in.p12 -passout env:P && pk12util -i in.p12 -d sql:db -W $P"));
        for options in [
            "",
            "-C 'PKCS #12 V2 PBE With SHA-1 And 128 Bit RC2 CBC' -c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC'",
            "-C none -c AES-128-CBC",
            "-c AES-256-CBC -C AES-256-CBC -M SHA-512",
        ] {
            bench.run(&format!("pk12util -o out.p12 -n segell-{name} -d sql:db -W $P {options}"));
            let store = opened(&bench.path("out.p12"), Some(PASSWORD));
            assert_eq!(
                lines(&store),
                [format!("segell-{name} {} Held", id(&seal.der))],
                "{options}"
            );
            assert_eq!(refused(&bench.path("out.p12"), Some("other")), "the password is another");
        }
    }
}

// Bad input: an answer in bounded time, and never a panic

use crate::support::authority::der;

/// A PKCS#12 store of these bags, without an integrity check.
fn pkcs12(bags: &[Vec<u8>]) -> Vec<u8> {
    let safe = der::sequence(&[data(&der::sequence(bags))]);
    der::sequence(&[der::element(der::INTEGER, &[3]), data(&safe)])
}

fn data(content: &[u8]) -> Vec<u8> {
    let octets = der::element(der::OCTET_STRING, content);
    der::sequence(&[der::oid("1.2.840.113549.1.7.1"), der::context(0, &octets)])
}

fn bag(kind: &str, value: &[u8], name: &str) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let friendly = der::sequence(&[
        der::oid("1.2.840.113549.1.9.20"),
        der::element(der::SET, &der::element(0x1e, &units)),
    ]);
    der::sequence(&[der::oid(kind), der::context(0, value), der::element(der::SET, &friendly)])
}

fn certificate_bag(certificate: &[u8], name: &str) -> Vec<u8> {
    let value = der::sequence(&[
        der::oid("1.2.840.113549.1.9.22.1"),
        der::context(0, &der::element(der::OCTET_STRING, certificate)),
    ]);
    bag("1.2.840.113549.1.12.10.1.3", &value, name)
}

/// A key that is encrypted with PBES2, this many rounds.
fn shrouded(rounds: &[u8]) -> Vec<u8> {
    let kdf = der::sequence(&[
        der::oid("1.2.840.113549.1.5.12"),
        der::sequence(&[
            der::element(der::OCTET_STRING, &[1; 8]),
            der::element(der::INTEGER, rounds),
        ]),
    ]);
    let cipher = der::sequence(&[
        der::oid("2.16.840.1.101.3.4.1.42"),
        der::element(der::OCTET_STRING, &[2; 16]),
    ]);
    let algorithm =
        der::sequence(&[der::oid("1.2.840.113549.1.5.13"), der::sequence(&[kdf, cipher])]);
    let value = der::sequence(&[algorithm, der::element(der::OCTET_STRING, &[3; 64])]);
    bag("1.2.840.113549.1.12.10.1.2", &value, "k")
}

/// A JKS store of certificates alone, with a digest that nobody asks without a password.
fn jks(count: u32, entries: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut store = [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2][..], &count.to_be_bytes()].concat();
    for (alias, certificate) in entries {
        store.extend([0, 0, 0, 2]);
        store.extend((alias.len() as u16).to_be_bytes());
        store.extend(*alias);
        store.extend([0; 8]);
        store.extend(b"\0\x05X.509");
        store.extend((certificate.len() as u32).to_be_bytes());
        store.extend(*certificate);
    }
    store.extend([0; 20]);
    store
}

fn read(bytes: &[u8]) -> Result<Store, String> {
    stores::read(bytes, Some(&Secret::new(PASSWORD.to_owned()))).map_err(|why| match why {
        Failure::Told(why) => why.to_string(),
        Failure::NeedsPassword => "needs a password".to_owned(),
    })
}

fn read_closed(bytes: &[u8]) -> Result<Store, String> {
    stores::read(bytes, None).map_err(|why| match why {
        Failure::Told(why) => why.to_string(),
        Failure::NeedsPassword => "needs a password".to_owned(),
    })
}

#[test]
fn a_store_that_is_cut_anywhere_is_never_half_read() {
    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    let key = bag("1.2.840.113549.1.12.10.1.1", &seal.key, "a");
    for whole in [
        pkcs12(&[certificate_bag(&seal.der, "a"), key]),
        jks(2, &[(b"a", &seal.der), (b"b", &seal.der)]),
    ] {
        assert!(read_closed(&whole).is_ok());
        for end in 0..whole.len() {
            assert!(read_closed(&whole[..end]).is_err(), "{end} of {}", whole.len());
        }
    }
}

#[test]
fn a_byte_that_is_wrong_breaks_nothing_but_the_store() {
    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    for whole in
        [pkcs12(&[certificate_bag(&seal.der, "a"), shrouded(&[1])]), jks(1, &[(b"a", &seal.der)])]
    {
        for place in 0..whole.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[place] ^= flip;
                let _ = read(&broken);
                let _ = read_closed(&broken);
            }
        }
    }
}

#[test]
fn counts_and_lengths_that_lie_are_told() {
    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    let fault = |bytes: &[u8]| read_closed(bytes).unwrap_err();
    assert!(fault(&jks(2, &[(b"a", &seal.der)])).contains("cut off"));
    assert!(fault(&jks(u32::MAX, &[(b"a", &seal.der)])).contains("more than"));
    assert!(fault(&jks(0, &[(b"a", &seal.der)])).contains("bytes follow its last entry"));
    assert!(fault(&jks(1, &[(b"a", b"none")])).contains("`a` is no certificate"));
    assert!(fault(&pkcs12(&[certificate_bag(b"none", "x")])).contains("`x` is no certificate"));
    let mut trailing = pkcs12(&[certificate_bag(&seal.der, "a")]);
    trailing.push(0);
    assert!(fault(&trailing).contains("bytes follow"));
    let deep = (0..40).fold(der::sequence(&[certificate_bag(&seal.der, "a")]), |inside, _| {
        der::sequence(&[bag("1.2.840.113549.1.12.10.1.6", &inside, "d")])
    });
    let safe = der::sequence(&[data(&deep)]);
    let store = der::sequence(&[der::element(der::INTEGER, &[3]), data(&safe)]);
    assert!(fault(&store).contains("too deep"));
}

/// One derivation of hours, and many that come to hours.
#[test]
fn rounds_that_add_up_to_hours_are_told_at_once() {
    let begun = std::time::Instant::now();
    for bags in
        [vec![shrouded(&[0x7f, 0xff, 0xff, 0xff])], vec![shrouded(&[0x17, 0xd7, 0x84, 0x00]); 100]]
    {
        let why = read(&pkcs12(&bags)).unwrap_err();
        assert!(why.contains("rounds in all") && why.contains("-iter 10000"), "{why}");
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(300));
}

#[test]
fn names_of_any_kind_and_number_are_read() {
    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    let store = read_closed(&jks(1, &[(b"\xff\xfe\x80", &seal.der)])).unwrap();
    assert_eq!(store.entries[0].name, "\u{fffd}\u{fffd}\u{fffd}");
    let units = [0xd8, 0x00, 0x00, 0x41];
    let friendly = der::sequence(&[
        der::oid("1.2.840.113549.1.9.20"),
        der::element(der::SET, &der::element(0x1e, &units)),
    ]);
    let value = der::sequence(&[
        der::oid("1.2.840.113549.1.9.22.1"),
        der::context(0, &der::element(der::OCTET_STRING, &seal.der)),
    ]);
    let odd = der::sequence(&[
        der::oid("1.2.840.113549.1.12.10.1.3"),
        der::context(0, &value),
        der::element(der::SET, &friendly),
    ]);
    assert_eq!(read_closed(&pkcs12(&[odd])).unwrap().entries[0].name, "\u{fffd}A");
    let many: Vec<Vec<u8>> =
        (0..2000).map(|number| certificate_bag(&seal.der, &format!("n{number}"))).collect();
    assert_eq!(read_closed(&pkcs12(&many)).unwrap().entries.len(), 2000);
    let aliases: Vec<String> = (0..2000).map(|number| format!("n{number}")).collect();
    let entries: Vec<(&[u8], &[u8])> =
        aliases.iter().map(|alias| (alias.as_bytes(), &*seal.der)).collect();
    assert_eq!(read_closed(&jks(2000, &entries)).unwrap().entries.len(), 2000);
}

#[test]
fn a_million_entries_are_told() {
    let bench = Bench::empty();
    let bag = bag("1.2.840.113549.1.12.10.1.5", &[0x30, 0x00], "");
    let why = read_closed(&pkcs12(&vec![bag; 1_000_000])).unwrap_err();
    assert!(why.contains("more than 200000 entries"), "{why}");
    drop(bench);
}

#[test]
fn a_store_of_a_gigabyte_is_told_unread() {
    let bench = Bench::empty();
    let path = bench.write("huge.p12", b"\x30\x84\x3f\xff\xff\xff\x02\x01\x03\x30");
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    assert!(refused(&path, None).contains("larger than 256 MiB"));
}

/// A chain in which each certificate is another's issuer is a list like any other.
#[test]
fn a_chain_that_goes_in_circles_ends() {
    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    let mut store = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, b'a'];
    store.extend([0; 8]);
    store.extend([0, 0, 0, 0, 0, 0, 0, 100]);
    for _ in 0..50 {
        for certificate in [&seal.der, &bench.authority.der] {
            store.extend(b"\0\x05X.509");
            store.extend((certificate.len() as u32).to_be_bytes());
            store.extend(certificate);
        }
    }
    store.extend([0; 20]);
    assert_eq!(read_closed(&store).unwrap().entries.len(), 3);
}

/// PBMAC1 (RFC 9579), which OpenSSL writes from 3.4 on: its key and its check made here.
#[test]
fn pbmac1_is_read_and_told() {
    use std::num::NonZeroU32;

    let bench = Bench::empty();
    let seal = bench.seal("a", KeyKind::P256);
    let content = der::sequence(&[data(&der::sequence(&[certificate_bag(&seal.der, "a")]))]);
    let mut key = [0; 32];
    let rounds = NonZeroU32::new(2048).unwrap();
    ring::pbkdf2::derive(
        ring::pbkdf2::PBKDF2_HMAC_SHA256,
        rounds,
        &[7; 8],
        PASSWORD.as_bytes(),
        &mut key,
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    let check = ring::hmac::sign(&key, &content);
    let hmac = || der::sequence(&[der::oid("1.2.840.113549.2.9")]);
    let kdf = der::sequence(&[
        der::oid("1.2.840.113549.1.5.12"),
        der::sequence(&[
            der::element(der::OCTET_STRING, &[7; 8]),
            der::element(der::INTEGER, &[8, 0]),
            der::element(der::INTEGER, &[32]),
            hmac(),
        ]),
    ]);
    let algorithm =
        der::sequence(&[der::oid("1.2.840.113549.1.5.14"), der::sequence(&[kdf, hmac()])]);
    let mac = der::sequence(&[
        der::sequence(&[algorithm, der::element(der::OCTET_STRING, check.as_ref())]),
        der::element(der::OCTET_STRING, b"NOT USED"),
        der::element(der::INTEGER, &[1]),
    ]);
    let store = der::sequence(&[der::element(der::INTEGER, &[3]), data(&content), mac]);
    let read_store = read(&store).unwrap();
    assert_eq!(lines(&read_store).len(), 1);
    assert!(read_store.remarks[0].to_string().contains("PBMAC1"), "{:?}", read_store.remarks);
    let mut changed = store;
    let place = memchr::memmem::find(&changed, &seal.der[40..60]).unwrap();
    changed[place] ^= 1;
    assert!(read(&changed).is_err());
}
