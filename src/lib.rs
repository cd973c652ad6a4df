//! segell: declarative, reviewed loads of electronic seals.

pub mod digest;
pub mod x509;
