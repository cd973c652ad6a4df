//! An object written as changes of another one.

/// The longest that the two sizes at the beginning can be.
pub(super) const LONGEST_HEADER: usize = 20;

/// The sizes that the changes speak of: of what they start from, and of what they come to.
pub(super) fn sizes(delta: &[u8]) -> Option<(u64, u64)> {
    let mut rest = delta;
    Some((size(&mut rest)?, size(&mut rest)?))
}

/// What the changes make of `base`; at most `limit` bytes.
pub(super) fn apply(base: &[u8], delta: &[u8], limit: u64) -> Option<Vec<u8>> {
    let mut rest = delta;
    let (from, to) = (size(&mut rest)?, size(&mut rest)?);
    if from != base.len() as u64 || to > limit {
        return None;
    }
    let to = usize::try_from(to).ok()?;
    let mut made = Vec::with_capacity(to);
    while let Some((&order, after)) = rest.split_first() {
        rest = after;
        let part = match order {
            0 => return None,
            1..=0x7f => {
                let (part, after) = rest.split_at_checked(usize::from(order))?;
                rest = after;
                part
            }
            _ => copied(order, &mut rest, base)?,
        };
        if made.len() + part.len() > to {
            return None;
        }
        made.extend_from_slice(part);
    }
    (made.len() == to).then_some(made)
}

/// The part of `base` that an order to copy names: its low bits say which bytes of place and length
/// follow.
fn copied<'b>(order: u8, rest: &mut &[u8], base: &'b [u8]) -> Option<&'b [u8]> {
    let mut number = |bits: std::ops::Range<u32>| {
        let mut number = 0;
        for (place, bit) in bits.enumerate() {
            if order & (1 << bit) != 0 {
                let (&byte, after) = rest.split_first()?;
                *rest = after;
                number |= usize::from(byte) << (8 * place);
            }
        }
        Some(number)
    };
    let (start, length) = (number(0..4)?, number(4..7)?);
    let length = if length == 0 { 0x1_0000 } else { length };
    base.get(start..start.checked_add(length)?)
}

/// A number in groups of seven bits, the lowest first.
fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for group in 0..10 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        let (part, shift) = (u64::from(byte & 0x7f), 7 * group);
        size |= part.checked_shl(shift).filter(|it| it >> shift == part)?;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &[u8] = b"one two three";

    #[test]
    fn what_changes_come_to() {
        // Copies `two `, adds `2`, copies ` three`: the sizes, and each order as git writes it.
        let delta = [13, 11, 0x91, 4, 4, 1, b'2', 0x91, 7, 6];
        assert_eq!(apply(BASE, &delta, 11).as_deref(), Some(&b"two 2 three"[..]));
        assert_eq!(sizes(&delta), Some((13, 11)));
        assert_eq!(apply(BASE, &delta, 10), None);
    }

    #[test]
    fn changes_that_come_to_nothing_sound() {
        let broken: [&[u8]; 8] = [
            &[],
            &[13],
            // Of another base; of another size; beyond the base; cut off; an order that is none.
            &[12, 4, 0x91, 4, 4],
            &[13, 5, 0x91, 4, 4],
            &[13, 4, 0x91, 12, 4],
            &[13, 4, 0x91, 4],
            &[13, 4, 4, b'a', b'b'],
            &[13, 4, 0],
        ];
        for delta in broken {
            assert_eq!(apply(BASE, delta, 100), None, "{delta:?}");
        }
        assert_eq!(sizes(&[0xff; 20]), None);
    }
}
