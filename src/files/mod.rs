//! What bytes say: trees and disks, YAML, ZIP, certificates, places of keys, signatures as a format, the front's messages.

pub mod installed_git;
pub mod message;
pub mod objects;
pub mod pkcs11;
pub mod repo;
pub mod sheet;
pub mod signature;
pub mod stores;
pub mod x509;
pub mod yaml;
pub mod zip;
