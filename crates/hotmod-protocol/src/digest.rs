//! The digest with which a host verifies an offered library.
//!
//! It is FxHash, as in Firefox and rustc: a rotation, an exclusive or and a multiplication for each
//! eight bytes. Each step is a bijection of the state, so a change of a single word is always
//! detected. It detects damage. It does not protect against an attacker who can create collisions,
//! but such an attacker could also build a malicious library.

const FACTOR: u64 = 0x517c_c1b7_2722_0a95;

/// The digest of the bytes and their number.
// Inline, so that it is compiled as its user is: the runtime is optimised in every session, and
// this crate is not.
#[inline]
pub fn digest(bytes: &[u8]) -> u64 {
    let add = |state: u64, word: u64| (state.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut state = add(0, bytes.len() as u64);
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk() {
        state = add(state, u64::from_le_bytes(*word));
        rest = behind;
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    add(state, u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_changed_byte_and_no_other_length_goes_unseen() {
        let bytes: Vec<u8> = (0..100).collect();
        let whole = digest(&bytes);
        for index in 0..bytes.len() {
            assert_ne!(digest(&bytes[..index]), whole);
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x10;
            assert_ne!(digest(&damaged), whole);
        }
        assert_ne!(digest(&[0; 8]), digest(&[0; 9]));
    }
}
