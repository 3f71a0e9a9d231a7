//! Attributes in front of an item or an argument, and at the top of a body.

use super::super::template::Part;
use super::super::tokens::{Delimiter, Span, TokenStream, TokenTree, is_punct};
use super::cursor::Cursor;

/// `#[path …]` or `#![path …]`. A doc comment is one too.
#[derive(Clone)]
pub(in super::super) struct Attribute {
    tokens: Vec<TokenTree>,
    /// The words of its path.
    path: Vec<String>,
}

impl Attribute {
    pub(in super::super) fn parse(tokens: TokenStream) -> Vec<Self> {
        Self::outer(&mut Cursor::new(tokens))
    }

    /// Takes all attributes that come next.
    pub(super) fn outer(cursor: &mut Cursor) -> Vec<Self> {
        let mut attributes = Vec::new();
        while cursor.peek(0).is_some_and(|it| is_punct(it, '#')) && is_brackets(cursor.peek(1)) {
            attributes.extend(Self::take(cursor, 2));
        }
        attributes
    }

    /// Takes all attributes that come next and speak of what they stand in.
    pub(super) fn inner(cursor: &mut Cursor) -> Vec<Self> {
        let mut attributes = Vec::new();
        while cursor.peek(0).is_some_and(|it| is_punct(it, '#'))
            && cursor.peek(1).is_some_and(|it| is_punct(it, '!'))
            && is_brackets(cursor.peek(2))
        {
            attributes.extend(Self::take(cursor, 3));
        }
        attributes
    }

    fn take(cursor: &mut Cursor, count: usize) -> Option<Self> {
        let tokens: Vec<TokenTree> = (0..count).filter_map(|_| cursor.next()).collect();
        let TokenTree::Group(brackets) = tokens.last()? else {
            return None;
        };
        let mut content = Cursor::new(brackets.stream());
        let mut path = Vec::new();
        while let Some(word) = content.name() {
            path.push(word.to_string());
            while content.punct(':').is_some() {}
        }
        Some(Self { tokens, path })
    }

    /// Whether its path is this one word.
    pub(in super::super) fn is(&self, name: &str) -> bool {
        matches!(&self.path[..], [word] if word == name)
    }

    /// Whether its path ends in this word.
    pub(in super::super) fn ends_in(&self, name: &str) -> bool {
        self.path.last().is_some_and(|word| word == name)
    }

    /// Whether it sets the level of lints.
    pub(in super::super) fn is_lint_level(&self) -> bool {
        ["allow", "expect", "warn", "deny", "forbid"]
            .iter()
            .any(|level| self.is(level))
    }

    pub(in super::super) fn span(&self) -> Span {
        self.tokens
            .first()
            .map_or_else(Span::call_site, TokenTree::span)
    }
}

impl Part for Attribute {
    fn tokens(&self) -> TokenStream {
        self.tokens.iter().cloned().collect()
    }
}

fn is_brackets(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Group(it)) if it.delimiter() == Delimiter::Bracket)
}
