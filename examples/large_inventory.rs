//! Makes a large and healthy inventory: `cargo run --release --example large_inventory -- COUNT
//! DIR [p384]` writes `DIR/inventory` with COUNT bodies, each with a seal of its own and a load,
//! signed by an RSA key unless another is named. Look at it on 2026-11-23: some batches are finished
//! by then, one a calendar is in PRE, the others are planned. Everything in it is made up; every
//! second seal's RSA key is a number that nobody has factored, for nothing is ever signed with it.

#[path = "../tests/support/authority.rs"]
mod authority;
#[path = "../tests/support/large.rs"]
mod large;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().and_then(|count| count.parse().ok());
    let (Some(count), Some(folder)) = (count, arguments.next()) else {
        panic!("usage: large_inventory COUNT DIR [p384]");
    };
    let key = match arguments.next().as_deref() {
        None => authority::KeyKind::Rsa2048,
        Some("p384") => authority::KeyKind::P384,
        Some(other) => panic!("there is no key `{other}`; `p384` is one"),
    };
    large::write_signed_by(key, count, folder.as_ref())
}
