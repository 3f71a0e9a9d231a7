//! A source in parts: its inner attributes, and each of its items with what follows until the next one.
//!
//! A save usually changes one item of many. The others are found by their text, without parsing it: the parts
//! at the start and at the end of two texts that are the same. What is in between is parsed as if it were all
//! of the source. That is exact, because a lexer and the parser of items never look back, and because items end
//! with `}` or `;`, after which neither looks ahead. If the text in between does not parse by itself, for
//! example because a comment or a string is open at its end, the whole source is parsed.

use std::sync::Arc;

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Item};

use crate::base::parse::{length_of_start, look_at_tokens};

/// A source, and what was found in each of its parts.
#[derive(Clone, Debug)]
pub(super) struct Parts<T> {
    text: Arc<str>,
    all: Vec<Part<T>>,
}

#[derive(Clone, Debug)]
struct Part<T> {
    /// Of its text.
    length: usize,
    found: T,
}

/// A part as syntax: a file that has only these attributes, or only this item.
pub(super) struct Piece {
    pub(super) file: syn::File,
    /// The line on which it begins in the text that was parsed, counted from 1.
    pub(super) line: usize,
}

/// The parts that two versions of a source have in common.
struct Same {
    /// How many at the start, and the length of their text.
    before: usize,
    start: usize,
    /// The same at the end.
    after: usize,
    end: usize,
}

impl<T: Clone> Parts<T> {
    /// All parts of a text, in which `look` finds something; `None` if it can't be parsed.
    pub(super) fn of(text: &str, look: impl FnOnce(Vec<Piece>) -> Vec<T>) -> Option<Self> {
        let skipped = length_of_start(text);
        let mut all = read(&text[skipped..], true, |pieces| Some(look(pieces)))?;
        all[0].length += skipped;
        let text = text.into();
        Some(Parts { text, all })
    }

    /// The parts of another version. `look` is called with what was found in those that are the same, and
    /// finds something in the others. `None` if it finds nothing, or if all parts must be parsed.
    pub(super) fn changed_to(
        &self,
        text: &str,
        look: impl FnOnce(&[&T], Vec<Piece>) -> Option<Vec<T>>,
    ) -> Option<Self> {
        let same = self.same(text);
        let (before, rest) = self.all.split_at(same.before);
        let after = &rest[rest.len() - same.after..];
        let changed = &text[same.start..text.len() - same.end];
        if length_of_start(changed) > 0 {
            return None;
        }
        let kept: Vec<&T> = before.iter().chain(after).map(|it| &it.found).collect();
        let new = read(changed, before.is_empty(), |pieces| look(&kept, pieces))?;
        let mut all = before.to_vec();
        let read = new.iter().map(|it| it.length).sum::<usize>();
        if let Some(last) = all.last_mut() {
            last.length += changed.len() - read;
        }
        all.extend(new);
        all.extend_from_slice(after);
        let text = text.into();
        Some(Parts { text, all })
    }

    /// What was found, each with the number of lines before it.
    pub(super) fn found(&self) -> impl Iterator<Item = (&T, usize)> {
        let (mut start, mut lines) = (0, 0);
        self.all.iter().map(move |part| {
            let before = lines;
            let end = start + part.length;
            let text = &self.text.as_bytes()[start..end];
            lines += memchr::memchr_iter(b'\n', text).count();
            start = end;
            (&part.found, before)
        })
    }

    fn same(&self, text: &str) -> Same {
        let (was, now) = (self.text.as_bytes(), text.as_bytes());
        let is_same = |(was, now): &(&u8, &u8)| was == now;
        let common = was.iter().zip(now).take_while(is_same).count();
        let (mut before, mut start) = (0, 0);
        // The last part may go on.
        for part in &self.all[..self.all.len() - 1] {
            if start + part.length > common {
                break;
            }
            start += part.length;
            before += 1;
        }
        let rest = was[start..].iter().rev().zip(now[start..].iter().rev());
        let common = &was[was.len() - rest.take_while(is_same).count()..];
        let (mut after, mut end) = (0, 0);
        let mut length = 0;
        // The inner attributes are only allowed at the start.
        for (number, part) in self.all[before.max(1)..].iter().rev().enumerate() {
            length += part.length;
            if length > common.len() {
                break;
            }
            // Otherwise a comment could go on into the part.
            let mut text_before = common[..common.len() - length].iter().rev();
            if text_before.find(|it| !matches!(it, b' ' | b'\t')) == Some(&b'\n') {
                (after, end) = (number + 1, length);
            }
        }
        Same {
            before,
            start,
            after,
            end,
        }
    }
}

/// Parses a text. Only the start of a source has inner attributes. What precedes the first item is part of
/// them, or of nothing.
fn read<T>(
    text: &str,
    is_start: bool,
    look: impl FnOnce(Vec<Piece>) -> Option<Vec<T>>,
) -> Option<Vec<Part<T>>> {
    let parsed = look_at_tokens(text, |tokens| {
        let Parsed { attributes, items } = syn::parse2(tokens).ok()?;
        if !is_start && !attributes.is_empty() {
            return None;
        }
        let (mut starts, mut pieces) = (Vec::new(), Vec::new());
        if is_start {
            starts.push(0);
            pieces.push(Piece::new(1, attributes, Vec::new()));
        }
        for (start, item) in items {
            starts.push(start.byte_range().start);
            pieces.push(Piece::new(start.start().line, Vec::new(), vec![item]));
        }
        Some((starts, look(pieces)?))
    });
    let (starts, found) = parsed??;
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts = starts.iter().zip(ends).zip(found);
    let parts = parts.map(|((start, end), found)| Part {
        length: end - start,
        found,
    });
    Some(parts.collect())
}

impl Piece {
    fn new(line: usize, attrs: Vec<Attribute>, items: Vec<Item>) -> Self {
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs,
            items,
        };
        Piece { file, line }
    }
}

/// Inner attributes and items, with the position of each item.
struct Parsed {
    attributes: Vec<Attribute>,
    items: Vec<(proc_macro2::Span, Item)>,
}

impl Parse for Parsed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push((input.span(), input.parse()?));
        }
        Ok(Parsed { attributes, items })
    }
}
