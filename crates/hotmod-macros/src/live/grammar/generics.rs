//! The parameters of a function or an impl.

use super::super::tokens::{Span, TokenStream, TokenTree, is_punct, is_word};
use super::attribute::Attribute;
use super::cursor::{Cursor, split_at_commas};

/// `<…>`, or nothing.
#[derive(Default)]
pub(in super::super) struct Generics {
    pub(in super::super) tokens: TokenStream,
    pub(in super::super) parameters: Vec<Parameter>,
}

/// One parameter, without its bounds.
pub(in super::super) struct Parameter {
    /// A lifetime's is with its quote.
    pub(in super::super) name: String,
    /// Where a type's or a constant's name is. A lifetime has none: it makes no two functions of one.
    pub(in super::super) makes_generic: Option<Span>,
    pub(in super::super) span: Span,
}

impl Generics {
    pub(super) fn parse(cursor: &mut Cursor) -> Self {
        let tokens = cursor.angle_brackets();
        let mut inside: Vec<TokenTree> = tokens.clone().into_iter().collect();
        inside.pop();
        let inside = inside.into_iter().skip(1).collect();
        let parameters = split_at_commas(inside).into_iter();
        Self {
            tokens,
            parameters: parameters.filter_map(Parameter::parse).collect(),
        }
    }

    /// Whether an impl's parameters come next, and not a type such as `<T as Trait>::Output`.
    pub(super) fn begin(cursor: &mut Cursor) -> bool {
        if !cursor.peek(0).is_some_and(|it| is_punct(it, '<')) {
            return false;
        }
        let is = |tree: Option<&TokenTree>, any: &[char]| {
            tree.is_some_and(|tree| any.iter().any(|it| is_punct(tree, *it)))
        };
        if is(cursor.peek(1), &['>', '#', '\''])
            || cursor.peek(1).is_some_and(|it| is_word(it, "const"))
        {
            return true;
        }
        // `T::Output` has a `:` there too.
        is(cursor.peek(2), &['>', ',', ':', '=']) && !cursor.is_path_separator(2)
    }

    /// The first parameter that is no lifetime: there may be many functions then.
    pub(in super::super) fn first_not_lifetime(&self) -> Option<Span> {
        self.parameters.iter().find_map(|it| it.makes_generic)
    }
}

impl Parameter {
    fn parse(tokens: TokenStream) -> Option<Self> {
        let mut cursor = Cursor::new(tokens);
        Attribute::outer(&mut cursor);
        let span = cursor.span();
        let is_lifetime = cursor.punct('\'').is_some();
        cursor.word("const");
        let name = cursor.name()?;
        Some(Self {
            name: format!("{}{name}", if is_lifetime { "'" } else { "" }),
            makes_generic: (!is_lifetime).then(|| name.span()),
            span,
        })
    }
}
