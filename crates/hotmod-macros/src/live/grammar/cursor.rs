//! Tokens, read one after the other.

use super::super::tokens::{
    Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree, begin_with_path_separator,
    delimited, is_punct, is_word,
};

/// A place in a stream of tokens.
pub(in super::super) struct Cursor {
    trees: Vec<TokenTree>,
    at: usize,
}

impl Cursor {
    pub(in super::super) fn new(tokens: TokenStream) -> Self {
        Self {
            trees: tokens.into_iter().collect(),
            at: 0,
        }
    }

    /// How far it has come, for [`Cursor::return_to`].
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to where it was. Invisible groups that were opened since stay open.
    pub(super) fn return_to(&mut self, position: usize) {
        self.at = position;
    }

    /// The tree that comes after `ahead` others. The invisible group that a macro put around what a fragment
    /// matched, as a `$vis`, is opened for that; so this is not for types, which such groups hold together.
    pub(super) fn peek(&mut self, ahead: usize) -> Option<&TokenTree> {
        let mut at = self.at;
        loop {
            match self.trees.get(at)? {
                TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                    let inner = group.stream();
                    self.trees.splice(at..=at, inner);
                }
                _ if at == self.at + ahead => return self.trees.get(at),
                _ => at += 1,
            }
        }
    }

    /// Whether a `::` comes after `ahead` other trees.
    pub(super) fn is_path_separator(&mut self, ahead: usize) -> bool {
        self.peek(ahead + 1).is_some() && begin_with_path_separator(&self.trees[self.at + ahead..])
    }

    pub(super) fn next_if(&mut self, is: impl FnOnce(&TokenTree) -> bool) -> Option<TokenTree> {
        let tree = self.peek(0).filter(|it| is(it)).cloned()?;
        self.at += 1;
        Some(tree)
    }

    pub(super) fn next(&mut self) -> Option<TokenTree> {
        self.next_if(|_| true)
    }

    pub(super) fn word(&mut self, word: &str) -> Option<TokenTree> {
        self.next_if(|tree| is_word(tree, word))
    }

    pub(super) fn punct(&mut self, character: char) -> Option<TokenTree> {
        self.next_if(|tree| is_punct(tree, character))
    }

    pub(super) fn name(&mut self) -> Option<Ident> {
        match self.next_if(|tree| matches!(tree, TokenTree::Ident(_)))? {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    pub(super) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let is_it =
            |it: &TokenTree| matches!(it, TokenTree::Group(it) if it.delimiter() == delimiter);
        match self.next_if(is_it)? {
            TokenTree::Group(group) => Some(group),
            _ => None,
        }
    }

    /// What is left, as it was written.
    pub(super) fn rest(mut self) -> TokenStream {
        self.trees.split_off(self.at).into_iter().collect()
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek(0).is_none()
    }

    /// The place of the next tree.
    pub(super) fn span(&mut self) -> Span {
        let next = self.peek(0).map(TokenTree::span);
        next.or_else(|| self.trees.last().map(TokenTree::span))
            .unwrap_or_else(Span::call_site)
    }

    /// Takes what comes before the first tree that ends a type, a pattern or a where clause.
    pub(super) fn until(&mut self, ends: impl Fn(&TokenTree) -> bool) -> TokenStream {
        let left = &self.trees[self.at..];
        let count = position(left, |at| ends(&left[at])).unwrap_or(left.len());
        self.take(count)
    }

    /// Takes what comes before the first `;`, and that too. In an expression `<` is no bracket.
    pub(super) fn through_semicolon(&mut self) -> TokenStream {
        let left = &self.trees[self.at..];
        let semicolon = left.iter().position(|it| is_punct(it, ';'));
        self.take(semicolon.map_or(left.len(), |at| at + 1))
    }

    /// Takes what comes before the first braces or `;`, and those too.
    pub(super) fn through_body(&mut self) -> TokenStream {
        let left = &self.trees[self.at..];
        let end = position(left, |at| is_braces(&left[at]) || is_punct(&left[at], ';'));
        self.take(end.map_or(left.len(), |at| at + 1))
    }

    /// Takes a macro call, with its `;` if there is one.
    pub(super) fn through_call(&mut self) -> TokenStream {
        let left = &self.trees[self.at..];
        let group = left.iter().position(|it| matches!(it, TokenTree::Group(_)));
        let mut call = self.take(group.map_or(left.len(), |at| at + 1));
        call.extend(self.punct(';'));
        call
    }

    /// Takes a `->`.
    pub(super) fn arrow(&mut self) -> TokenStream {
        let left = &self.trees[self.at..];
        match left {
            [dash, head, ..] if is_punct(dash, '-') && is_punct(head, '>') => self.take(2),
            _ => TokenStream::new(),
        }
    }

    /// Takes `<…>`, if that is what comes next.
    pub(super) fn angle_brackets(&mut self) -> TokenStream {
        if !self.peek(0).is_some_and(|it| is_punct(it, '<')) {
            return TokenStream::new();
        }
        let left = &self.trees[self.at..];
        let mut depth = 0;
        for at in 0..left.len() {
            depth += nesting(left, at);
            if depth == 0 {
                return self.take(at + 1);
            }
        }
        TokenStream::new()
    }

    fn take(&mut self, count: usize) -> TokenStream {
        let from = self.at;
        self.at += count;
        self.trees[from..self.at].iter().cloned().collect()
    }
}

/// What this tree adds to the number of open angle brackets. The `>` of a `->` is none.
fn nesting(trees: &[TokenTree], at: usize) -> isize {
    let is_arrow = || {
        at.checked_sub(1)
            .is_some_and(|before| match &trees[before] {
                TokenTree::Punct(it) => it.as_char() == '-' && it.spacing() == Spacing::Joint,
                _ => false,
            })
    };
    match &trees[at] {
        tree if is_punct(tree, '<') => 1,
        tree if is_punct(tree, '>') && !is_arrow() => -1,
        _ => 0,
    }
}

/// The first place outside of angle brackets that is looked for.
pub(super) fn position(trees: &[TokenTree], is: impl Fn(usize) -> bool) -> Option<usize> {
    let mut depth = 0;
    (0..trees.len()).find(|at| {
        let is_outside = depth == 0;
        depth += nesting(trees, *at);
        is_outside && is(*at) && !is_of_macro(trees, *at)
    })
}

/// The braces of a macro call, as a type or a pattern can be one. Those behind a `-> !` are a body.
fn is_of_macro(trees: &[TokenTree], at: usize) -> bool {
    let is_group = matches!(trees[at], TokenTree::Group(_));
    let is_call = |before: &[TokenTree]| matches!(before, [.., TokenTree::Ident(_), bang] if is_punct(bang, '!'));
    is_group && is_call(&trees[..at])
}

/// The parts between the commas outside of angle brackets; there is none behind the last comma.
pub(super) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut cursor = Cursor::new(tokens);
    while cursor.at < cursor.trees.len() {
        parts.push(cursor.until(|tree| is_punct(tree, ',')));
        cursor.at += 1;
    }
    parts
}

/// Whether the tree is what a function's or an impl's braces are.
pub(super) fn is_braces(tree: &TokenTree) -> bool {
    delimited(tree, Delimiter::Brace).is_some()
}
