//! The arguments of a function.

use super::super::error::{Result, unknown_syntax};
use super::super::template::{Part, template};
use super::super::tokens::{
    Ident, Span, TokenStream, TokenTree, begin_with_path_separator, is_named, is_punct, is_word,
    without_invisible,
};
use super::attribute::Attribute;
use super::cursor::{Cursor, position};

/// `self` in one of its forms, `pattern: Type`, or the `...` of a variadic function.
pub(in super::super) struct Argument {
    pub(in super::super) attributes: Vec<Attribute>,
    pub(in super::super) pattern: TokenStream,
    /// What is behind the colon. A short `self` has neither.
    pub(in super::super) ty: Option<TokenStream>,
    pub(in super::super) span: Span,
}

impl Argument {
    pub(super) fn parse(tokens: TokenStream) -> Result<Self> {
        let mut cursor = Cursor::new(tokens);
        let span = cursor.span();
        let attributes = Attribute::outer(&mut cursor);
        let mut pattern: Vec<TokenTree> = cursor.rest().into_iter().collect();
        let colon = position(&pattern, |at| is_lone_colon(&pattern, at));
        let ty = colon.map(|at| pattern.split_off(at).into_iter().skip(1).collect());
        let argument = Self {
            attributes,
            pattern: pattern.into_iter().collect(),
            ty,
            span,
        };
        match argument.ty.is_some() || argument.is_receiver() || argument.is_variadic() {
            true => Ok(argument),
            false => Err(unknown_syntax(span)),
        }
    }

    /// The `self`, if it is one.
    pub(in super::super) fn self_token(&self) -> Option<TokenTree> {
        let last = without_invisible(self.pattern.clone()).pop();
        last.filter(|tree| is_word(tree, "self"))
    }

    pub(in super::super) fn is_receiver(&self) -> bool {
        self.self_token().is_some()
    }

    pub(in super::super) fn is_variadic(&self) -> bool {
        let begins = |tokens: &TokenStream| {
            let first = without_invisible(tokens.clone()).into_iter().next();
            first.is_some_and(|tree| is_punct(&tree, '.'))
        };
        self.ty
            .as_ref()
            .map_or_else(|| begins(&self.pattern), begins)
    }

    /// The name, where the pattern is `name` or `mut name`.
    pub(in super::super) fn name(&self) -> Option<Ident> {
        match &without_invisible(self.pattern.clone())[..] {
            [TokenTree::Ident(name)] if !is_named(name, "_") => Some(name.clone()),
            [of, TokenTree::Ident(name)] if is_word(of, "mut") => Some(name.clone()),
            _ => None,
        }
    }
}

impl Part for Argument {
    fn tokens(&self) -> TokenStream {
        let Self {
            attributes,
            pattern,
            ty,
            ..
        } = self;
        match ty {
            Some(ty) => template!({ #attributes #pattern: #ty }, attributes, pattern, ty),
            None => template!({ #attributes #pattern }, attributes, pattern),
        }
    }
}

/// A colon that is not part of a `::`.
fn is_lone_colon(trees: &[TokenTree], at: usize) -> bool {
    is_punct(&trees[at], ':')
        && !begin_with_path_separator(&trees[at..])
        && !(at > 0 && begin_with_path_separator(&trees[at - 1..]))
}
