//! The spaces after each body of a copied file, which keep the code after it at its position.

/// Each body gets a multiple of so many bytes, so that most edits need no more, also in the next session.
const STEP: usize = 256;

/// How many bytes a body can grow at least before it needs more.
const MIN_GROWTH: usize = 128;

/// How many bytes each body of a file takes in the copy, including the spaces after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Padding(Vec<usize>);

impl Padding {
    /// Prepares for a file with so many bodies.
    pub(super) fn resize(&mut self, bodies: usize) {
        if self.0.len() != bodies {
            // The sizes are those of other bodies.
            self.0 = vec![0; bodies];
        }
    }

    /// How many spaces come after a body. In the copy, a stub may be in its place.
    pub(super) fn spaces(&mut self, index: usize, body: usize, in_copy: usize) -> usize {
        let largest = body.max(in_copy);
        let padded = &mut self.0[index];
        if *padded < largest {
            *padded = (largest + MIN_GROWTH).next_multiple_of(STEP);
        }
        *padded - in_copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_its_padded_size_until_it_is_larger() {
        let mut padding = Padding::default();
        padding.resize(1);
        for (body, in_copy, expected) in [
            (100, 30, 226),
            (100, 100, 156),
            (256, 256, 0),
            (257, 257, 255),
            (10, 10, 502),
        ] {
            let spaces = padding.spaces(0, body, in_copy);
            assert_eq!(spaces, expected, "{body} {in_copy}");
        }
    }
}
