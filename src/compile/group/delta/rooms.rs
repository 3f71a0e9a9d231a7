//! How many bytes the bodies of a file have in a copy.

/// Rooms are multiples of this, so that most edits do not need a larger one, also in the next session.
const STEP: usize = 256;

/// How much a body may grow at least before it needs a larger room.
const SPARE: usize = 128;

/// How many bytes each body of a file has in the copy, with spaces after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms(Vec<usize>);

impl Rooms {
    /// Those of a file with so many bodies.
    pub(super) fn resize(&mut self, bodies: usize) {
        if self.0.len() != bodies {
            // They are the rooms of other bodies.
            self.0 = vec![0; bodies];
        }
    }

    /// How many bytes are left over in a body's room. In the copy, its stub may be there instead.
    pub(super) fn left_over(&mut self, index: usize, body: usize, in_copy: usize) -> usize {
        let largest = body.max(in_copy);
        let room = &mut self.0[index];
        if *room < largest {
            *room = (largest + SPARE).next_multiple_of(STEP);
        }
        *room - in_copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_keeps_its_size_until_the_body_is_larger() {
        let mut rooms = Rooms::default();
        rooms.resize(1);
        for (body, in_copy, expected) in [
            (100, 30, 226),
            (100, 100, 156),
            (256, 256, 0),
            (257, 257, 255),
            (10, 10, 502),
        ] {
            assert_eq!(
                rooms.left_over(0, body, in_copy),
                expected,
                "{body} {in_copy}"
            );
        }
    }
}
