//! The code that the attributes write, with holes for what the user wrote.

use super::tokens::{Group, Ident, Literal, Span, TokenStream, TokenTree, is_punct, regrouped};

/// Code in which each `#name` stands for the variable of that name, which are listed behind it.
///
/// The code has the attribute's span, or the one that is named after `at`. What fills a hole keeps its own.
macro_rules! template {
    (at $span:expr, { $($code:tt)* } $(, $name:ident)* $(,)?) => {
        $crate::live::template::fill(
            stringify!($($code)*),
            Some($span),
            &[$((stringify!($name), &$name as &dyn $crate::live::template::Part)),*],
        )
    };
    ({ $($code:tt)* } $(, $name:ident)* $(,)?) => {
        $crate::live::template::fill(
            stringify!($($code)*),
            None,
            &[$((stringify!($name), &$name as &dyn $crate::live::template::Part)),*],
        )
    };
}
pub(super) use template;

/// What can fill a hole.
pub(super) trait Part {
    fn tokens(&self) -> TokenStream;
}

impl Part for TokenStream {
    fn tokens(&self) -> TokenStream {
        self.clone()
    }
}

impl Part for Ident {
    fn tokens(&self) -> TokenStream {
        TokenTree::from(self.clone()).into()
    }
}

impl Part for TokenTree {
    fn tokens(&self) -> TokenStream {
        self.clone().into()
    }
}

impl Part for Group {
    fn tokens(&self) -> TokenStream {
        TokenTree::from(self.clone()).into()
    }
}

/// A string literal.
impl Part for String {
    fn tokens(&self) -> TokenStream {
        TokenTree::from(Literal::string(self)).into()
    }
}

impl Part for u64 {
    fn tokens(&self) -> TokenStream {
        TokenTree::from(Literal::u64_suffixed(*self)).into()
    }
}

impl<T: Part> Part for Vec<T> {
    fn tokens(&self) -> TokenStream {
        self.iter().flat_map(Part::tokens).collect()
    }
}

impl<T: Part> Part for &T {
    fn tokens(&self) -> TokenStream {
        T::tokens(self)
    }
}

pub(super) fn fill(code: &str, span: Option<Span>, parts: &[(&str, &dyn Part)]) -> TokenStream {
    let code: TokenStream = match code.parse() {
        Ok(code) => code,
        Err(_) => unreachable!("the compiler has read these tokens before"),
    };
    fill_stream(code, span, parts)
}

fn fill_stream(code: TokenStream, span: Option<Span>, parts: &[(&str, &dyn Part)]) -> TokenStream {
    let mut filled = TokenStream::new();
    let mut trees = code.into_iter().peekable();
    while let Some(mut tree) = trees.next() {
        if is_punct(&tree, '#') {
            if let Some(TokenTree::Ident(name)) = trees.peek() {
                let name = name.to_string();
                match parts.iter().find(|(it, _)| *it == name) {
                    Some((_, part)) => filled.extend(part.tokens()),
                    None => unreachable!("nothing fills the hole `{name}`"),
                }
                trees.next();
                continue;
            }
        }
        if let TokenTree::Group(group) = &tree {
            let inner = fill_stream(group.stream(), span, parts);
            tree = TokenTree::Group(regrouped(group, inner));
        }
        if let Some(span) = span {
            tree.set_span(span);
        }
        filled.extend([tree]);
    }
    filled
}
