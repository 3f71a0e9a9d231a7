//! The lines in what `tracing` knows of a place that logs: like those in a `core::panic::Location`,
//! they change with each line that is added above, and don't count.

use memchr::memmem;

/// Whether a symbol is of the static that the macros of `tracing` make for a place.
pub(super) fn is_metadata(symbol: &[u8]) -> bool {
    memmem::find(symbol, b"__CALLSITE4META").is_some()
}

/// The name of an event without its line, if it is the one that the macros give it:
/// `event src/lib.rs:42`.
pub(super) fn name_of_event(text: &[u8]) -> Option<&[u8]> {
    let colon = text
        .strip_prefix(b"event ")?
        .iter()
        .rposition(|it| *it == b':')?;
    let (name, line) = text.split_at("event ".len() + colon);
    let is_number = line.len() > 1 && line[1..].iter().all(u8::is_ascii_digit);
    is_number.then_some(name)
}

/// The static's bytes without the line, which is the only `Some` of a number of four bytes in it;
/// its other numbers are smaller than that and have eight, or are bytes.
pub(super) fn without_line(bytes: &[u8]) -> Vec<u8> {
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .map_or([0; 4], |it| [it[0], it[1], it[2], it[3]])
    };
    let mut copy = bytes.to_vec();
    for some in (0..bytes.len().saturating_sub(7)).step_by(4) {
        if word(some) == 1u32.to_le_bytes() {
            copy[some + 4..some + 8].fill(0);
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events_lose_their_line() {
        for (text, expected) in [
            ("event src/lib.rs:42", Some("event src/lib.rs")),
            ("event C:/a.rs:1", Some("event C:/a.rs")),
            ("event src/lib.rs", None),
            ("event of the year: 2", None),
            ("started", None),
        ] {
            let name = name_of_event(text.as_bytes());
            assert_eq!(name, expected.map(str::as_bytes), "{text}");
        }
    }
}
