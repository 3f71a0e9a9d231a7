//! Text on the terminal that can be erased again.

use console::measure_text_width;

/// Text that can be erased: diagnostics, and what the tool wrote after them.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) text: String,
    /// Rows and columns of the terminal when the text was written.
    pub(super) size: (u16, u16),
}

impl Drawn {
    /// How many rows of the terminal the text takes.
    pub(super) fn rows(&self) -> usize {
        let columns = usize::from(self.size.1).max(1);
        let lines = self.text.lines();
        let rows = lines.map(|line| measure_text_width(line).div_ceil(columns).max(1));
        rows.sum()
    }

    /// Whether the whole text is still visible where it was written.
    pub(super) fn is_visible(&self, now: Option<(u16, u16)>) -> bool {
        now == Some(self.size) && self.rows() < usize::from(self.size.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_takes_as_many_rows_as_the_terminal_wraps_it_into() {
        let drawn = |text: &str, size| Drawn {
            text: text.to_owned(),
            size,
        };
        for (text, columns, rows) in [
            ("", 10, 0),
            ("a\n", 10, 1),
            ("a\n\nb\n", 10, 3),
            ("0123456789\n", 10, 1),
            ("0123456789a\n", 10, 2),
            ("\x1b[31m0123456789\x1b[0m\n", 10, 1),
            ("a\n", 0, 1),
        ] {
            assert_eq!(drawn(text, (24, columns)).rows(), rows, "{text:?}");
        }
    }

    #[test]
    fn text_that_moved_or_scrolled_away_is_not_erased() {
        let drawn = Drawn {
            text: "a\nb\n".to_owned(),
            size: (3, 10),
        };
        assert!(drawn.is_visible(Some((3, 10))));
        assert!(!drawn.is_visible(Some((3, 9))), "lines wrap differently");
        assert!(!drawn.is_visible(None));
        let drawn = Drawn {
            text: "a\nb\nc\n".to_owned(),
            ..drawn
        };
        assert!(!drawn.is_visible(Some((3, 10))), "its first row is gone");
    }
}
