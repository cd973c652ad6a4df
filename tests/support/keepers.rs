//! What people keep seals in, made by the tools that they make it with.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use super::host::{Host, file};

/// A seal as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// Its id, by which the host knows it.
    pub seal: &'static str,
    /// Alias, nickname, label, or the name of its file.
    pub name: &'static str,
    /// Whether its private key is kept with it, where keys are.
    pub has_key: bool,
    /// The organ codes that the front has it under.
    pub codes: &'static [&'static str],
}

/// Who keeps seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// A folder of PEM files.
    Folder,
    /// PKCS#12 by `openssl pkcs12`: a file a pair.
    Openssl,
    /// PKCS#12 by GnuTLS: a file a pair.
    Certtool,
    /// PKCS#12 by NSS, out of its database: a file a nickname.
    Nss,
    /// A store of this type by `keytool`.
    Keytool(&'static str),
    /// A token by `softhsm2-util` and `pkcs11-tool`.
    Token,
    /// The front's table.
    Table,
}

const SOFTHSM: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// The module of SoftHSM; none, and said so, where it is missing.
pub fn softhsm() -> Option<&'static str> {
    let module = SOFTHSM.into_iter().find(|path| Path::new(path).exists());
    if module.is_none() {
        eprintln!("not run: there is no SoftHSM; `.ci/stores` installs it");
    }
    module
}

impl Keeper {
    /// An empty host with the tools; none, and said so, where one is missing.
    pub fn host(self) -> Option<Host> {
        let tools: &[&str] = match self {
            Keeper::Folder | Keeper::Table => &[],
            Keeper::Openssl => &["openssl"],
            Keeper::Certtool => &["certtool"],
            Keeper::Nss => &["openssl", "certutil", "pk12util"],
            Keeper::Keytool(_) => &["openssl", "keytool"],
            Keeper::Token => &["softhsm2-util", "pkcs11-tool"],
        };
        if self == Keeper::Token {
            softhsm()?;
        }
        Host::with(tools)
    }

    /// Whether to open its stores takes the processor a while: GnuTLS and NSS derive each key in 600,000 rounds,
    /// Java's JCEKS in 200,000.
    pub fn is_slow(self) -> bool {
        matches!(self, Keeper::Certtool | Keeper::Nss | Keeper::Keytool("JCEKS"))
    }

    /// Where a record says that a private key is which is kept under this name.
    pub fn key(self, name: &str) -> String {
        match self {
            Keeper::Openssl | Keeper::Certtool | Keeper::Nss => format!("alias:{name}"),
            // Java files it in lower case, and people write it as they like.
            Keeper::Keytool(_) => format!("alias:{}", name.to_uppercase()),
            Keeper::Folder | Keeper::Token | Keeper::Table => {
                format!("pkcs11:token=via-oberta;object={name}")
            }
        }
    }

    /// Makes what holds these seals, and gives the arguments that name it to `segell drift`.
    pub fn keep(self, host: &Host, kept: &[Kept]) -> Vec<String> {
        match self {
            Keeper::Folder => vec![folder(host, kept)],
            Keeper::Openssl => each_name(kept, |all| openssl(host, all)),
            Keeper::Certtool => each_name(kept, |all| certtool(host, all)),
            Keeper::Nss => nss(host, kept),
            Keeper::Keytool(kind) => keytool(host, kind, kept),
            Keeper::Token => token(host, kept),
            Keeper::Table => vec![table(host, kept)],
        }
    }
}

/// A store for each name, of the seals that have it.
fn each_name(kept: &[Kept], store: impl Fn(&[Kept]) -> String) -> Vec<String> {
    let mut stores = Vec::new();
    for (place, it) in kept.iter().enumerate() {
        if kept[..place].iter().all(|earlier| earlier.name != it.name) {
            let named = kept.iter().filter(|other| other.name == it.name).copied();
            stores.push(store(&named.collect::<Vec<Kept>>()));
        }
    }
    stores
}

/// The name of what holds these seals. What was made once is not made again.
fn title(kept: &[Kept]) -> String {
    let one = |it: &Kept| {
        let key = if it.has_key { "" } else { ".no-key" };
        format!("{}.{}{key}", it.name, file(it.seal))
    };
    // SoftHSM's settings have no path with an equals sign.
    kept.iter().map(one).collect::<Vec<_>>().join("_")
}

fn made(host: &Host, name: &str, make: impl FnOnce(&Path)) -> String {
    let path = host.bench.path(name);
    if !path.exists() {
        make(&path);
        assert!(path.exists(), "{name} was made");
    }
    path.to_str().unwrap().to_owned()
}

fn folder(host: &Host, kept: &[Kept]) -> String {
    made(host, &format!("folder-{}", title(kept)), |path| {
        std::fs::create_dir_all(path).unwrap();
        for it in kept {
            std::fs::write(path.join(format!("{}.pem", it.name)), &host.seals[it.seal].pem)
                .unwrap();
        }
    })
}

/// The first seal with its key, and the others' certificates beside it.
fn openssl(host: &Host, kept: &[Kept]) -> String {
    let name = format!("openssl-{}.p12", title(kept));
    made(host, &name, |_| {
        let Kept { seal, name: alias, has_key, .. } = kept[0];
        let others = kept[1..].iter().map(|it| host.seals[it.seal].pem.as_str());
        host.bench.write("others.pem", others.collect::<String>());
        let key = match has_key {
            true => format!("-inkey {}.key -name {alias}", file(seal)),
            false => format!("-nokeys -caname {alias}"),
        };
        let beside = match kept.len() {
            1 => String::new(),
            count => {
                format!("-certfile others.pem {}", format!("-caname {alias} ").repeat(count - 1))
            }
        };
        let seal = file(seal);
        host.bench.run(&format!(
            "openssl pkcs12 -export -in {seal}.pem {key} {beside} -out {name} -passout env:P"
        ));
    })
}

fn certtool(host: &Host, kept: &[Kept]) -> String {
    let name = format!("certtool-{}.p12", title(kept));
    made(host, &name, |_| {
        let pair = |extension: &str| {
            let files =
                kept.iter().map(|it| host.bench.path(&format!("{}.{extension}", file(it.seal))));
            let text = files.map(|path| std::fs::read_to_string(path).unwrap());
            host.bench.write(&format!("pair.{extension}"), text.collect::<String>());
        };
        ["pem", "key"].into_iter().for_each(pair);
        let key = if kept[0].has_key { "--load-privkey pair.key" } else { "" };
        let alias = kept[0].name;
        host.bench.run(&format!(
            "certtool --to-p12 --load-certificate pair.pem {key} --p12-name {alias} --password $P --outder --outfile {name}"
        ));
    })
}

/// NSS files a renewed seal under the nickname of the old one, whatever name it comes with: where the
/// holder's is there already, it goes out with that.
fn nss(host: &Host, kept: &[Kept]) -> Vec<String> {
    let title = title(kept);
    let holder = |it: &Kept| it.seal.split('/').next();
    let mut stores = Vec::new();
    let database = made(host, &format!("nss-{title}"), |path| {
        std::fs::create_dir_all(path).unwrap();
        let database = path.display();
        host.bench.run(&format!("certutil -N -d 'sql:{database}' --empty-password"));
        for it in kept {
            let pair = openssl(host, &[*it]);
            host.bench.run(&format!("pk12util -i {pair} -d 'sql:{database}' -W $P"));
        }
    });
    for (place, it) in kept.iter().enumerate() {
        if kept[..place].iter().any(|earlier| holder(earlier) == holder(it)) {
            continue;
        }
        let (name, nickname) = (format!("nss-{title}-{place}.p12"), it.name);
        stores.push(made(host, &name, |_| {
            host.bench.run(&format!("pk12util -o {name} -n {nickname} -d 'sql:{database}' -W $P"));
        }));
    }
    stores
}

/// All in one store; of two seals under one alias, which `keytool` keeps but one of, the second in
/// another.
fn keytool(host: &Host, kind: &str, kept: &[Kept]) -> Vec<String> {
    let is_new = |place: usize| kept[..place].iter().all(|it| it.name != kept[place].name);
    let (firsts, seconds): (Vec<usize>, Vec<usize>) =
        (0..kept.len()).partition(|place| is_new(*place));
    let stores = [firsts, seconds].into_iter().filter(|places| !places.is_empty());
    let store = |places: Vec<usize>| {
        let kept: Vec<Kept> = places.into_iter().map(|place| kept[place]).collect();
        java(host, kind, &kept)
    };
    stores.map(store).collect()
}

/// A Java virtual machine an entry: what begins alike is made once.
fn java(host: &Host, kind: &str, kept: &[Kept]) -> String {
    let name = format!("keytool-{}.{}", title(kept), kind.to_lowercase());
    made(host, &name, |path| {
        let (last, before) = kept.split_last().unwrap();
        if !before.is_empty() {
            std::fs::copy(java(host, kind, before), path).unwrap();
        }
        let alias = last.name;
        let store = match last.has_key {
            true => format!(
                "-importkeystore -srckeystore {} -srcstoretype PKCS12 -srcstorepass $P -destkeystore {name} -deststoretype {kind} -deststorepass $P",
                openssl(host, &[*last])
            ),
            false => format!(
                "-importcert -alias {alias} -file {}.pem -keystore {name} -storetype {kind} -storepass $P",
                file(last.seal)
            ),
        };
        host.bench.run(&format!("keytool -J-XX:TieredStopAtLevel=1 {store} -noprompt"));
    })
}

/// A token `via-oberta`, whose PIN is the tests' password; the host's settings name the folder it lies in.
fn token(host: &Host, kept: &[Kept]) -> Vec<String> {
    let module = softhsm().unwrap();
    let name = format!("tokens-{}", title(kept));
    let folder = host.bench.path(&name);
    let is_made = folder.exists();
    set_tokens(host, &folder);
    if !is_made {
        host.soft(
            "softhsm2-util --init-token --free --label via-oberta --so-pin 12345678 --pin $P",
        );
        for (place, it) in kept.iter().enumerate() {
            put_on_token(host, module, it, &format!("{place:02}"));
        }
    }
    vec!["--module".to_owned(), module.to_owned(), "pkcs11:token=via-oberta".to_owned()]
}

/// Says that tokens lie in this folder.
pub fn set_tokens(host: &Host, folder: &PathBuf) {
    std::fs::create_dir_all(folder).unwrap();
    let settings = format!("directories.tokendir = {}\nlog.level = ERROR\n", folder.display());
    host.bench.write("softhsm2.conf", settings);
}

/// Puts a seal on the token, its key before it.
pub fn put_on_token(host: &Host, module: &str, kept: &Kept, id: &str) {
    let Kept { seal, name, has_key, .. } = kept;
    let seal = file(seal);
    if *has_key {
        host.soft(&format!(
            "softhsm2-util --import {seal}.key --token via-oberta --label {name} --id {id} --pin $P"
        ));
    }
    host.soft(&format!(
        "pkcs11-tool --module {module} --token-label via-oberta --login --pin $P --write-object {seal}.der --type cert --label {name} --id {id}"
    ));
}

fn table(host: &Host, kept: &[Kept]) -> String {
    let rows = kept.iter().flat_map(|it| it.codes.iter().map(|code| row(host, code, it.seal)));
    write_table(host, &rows.collect::<Vec<_>>())
}

/// The front's table of these rows.
pub fn write_table(host: &Host, rows: &[String]) -> String {
    let text = format!("codi_ens;valor;assumpte\n{}\n", rows.join("\n"));
    format!("siri:{}", host.bench.write("front.csv", text).display())
}

/// A row of the front's table, as Java 17 writes the subject.
pub fn row(host: &Host, code: &str, id: &str) -> String {
    let serial = data_encoding::HEXUPPER.encode(&host.seals[id].serial);
    format!("{code};{serial};\"{}\"", java_subject(host, id).replace('"', "\"\""))
}

/// The subject as `X500Principal.toString` gives it.
fn java_subject(host: &Host, id: &str) -> String {
    let facts = segell::files::x509::Certificate::read(&host.seals[id].der).unwrap();
    let names = [
        ("2.5.4.3", "CN"),
        ("2.5.4.5", "SERIALNUMBER"),
        ("2.5.4.11", "OU"),
        ("2.5.4.97", "OID.2.5.4.97"),
        ("2.5.4.10", "O"),
        ("2.5.4.6", "C"),
    ];
    let mut parts: Vec<String> = facts
        .subject
        .attributes()
        .map(|it| {
            let (oid, value) = (it.oid(), it.value.into_owned());
            let name = names.iter().find(|(known, _)| *known == oid).unwrap().1;
            match value.contains([',', '"']) {
                true => format!("{name}=\"{}\"", value.replace('"', "\\\"")),
                false => format!("{name}={value}"),
            }
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}
