//! ZIP archives for tests.

#![allow(dead_code)]

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A ZIP of files, as most programs write it.
pub fn deflated(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let packed = files.iter().map(|(name, content)| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        (name.as_str(), content.as_slice(), encoder.finish().unwrap())
    });
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content, data) in packed {
        let mut crc = Crc::new();
        crc.update(content);
        let start = u32::try_from(out.len()).unwrap();
        // From the version that is needed to the length of what stands beside the name.
        let mut head = Vec::new();
        for short in [20u16, 0, 8, 0, 0x21] {
            head.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), length(&data), length(content)] {
            head.extend(long.to_le_bytes());
        }
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&data);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size) = (length(&out), length(&directory));
    let count = u16::try_from(files.len()).unwrap();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}
