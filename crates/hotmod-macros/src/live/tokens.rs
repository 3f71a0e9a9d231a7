//! The tokens that the attributes read and write.
//!
//! Architecture invariant: this crate has no dependency. A session switches `live` on in the user's
//! graph of packages, and a parser there, or one more feature of theirs, would have cargo compile it
//! and everything above it again.

/// Outside of a compilation there is no `proc_macro`; tests have its twin.
#[cfg(not(test))]
pub(super) use proc_macro::{
    Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree,
};
#[cfg(test)]
pub(super) use proc_macro2::{
    Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree,
};

#[allow(
    clippy::cmp_owned,
    reason = "only the twin of tests compares without that"
)]
pub(super) fn is_named(ident: &Ident, name: &str) -> bool {
    ident.to_string() == name
}

pub(super) fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if is_named(ident, word))
}

pub(super) fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether the trees begin with `::`. The colons of `name: ::path` are three, and the first is none of its.
pub(super) fn begin_with_path_separator(trees: &[TokenTree]) -> bool {
    match trees {
        [TokenTree::Punct(first), second, ..] => {
            first.as_char() == ':' && first.spacing() == Spacing::Joint && is_punct(second, ':')
        }
        _ => false,
    }
}

/// The trees between delimiters of this kind, also where a macro put its invisible ones around them.
pub(super) fn delimited(tree: &TokenTree, delimiter: Delimiter) -> Option<Group> {
    let TokenTree::Group(group) = tree else {
        return None;
    };
    if group.delimiter() == delimiter {
        return Some(group.clone());
    }
    match (group.delimiter(), &without_invisible(group.stream())[..]) {
        (Delimiter::None, [tree]) => delimited(tree, delimiter),
        _ => None,
    }
}

/// The trees, without the invisible groups that a macro puts around what a fragment matched.
pub(super) fn without_invisible(stream: TokenStream) -> Vec<TokenTree> {
    let mut trees = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                trees.extend(without_invisible(group.stream()));
            }
            other => trees.push(other),
        }
    }
    trees
}

/// A group in the place of another, with this between its delimiters.
pub(super) fn regrouped(group: &Group, content: TokenStream) -> Group {
    let mut regrouped = Group::new(group.delimiter(), content);
    regrouped.set_span(group.span());
    regrouped
}

/// The user's place in the text, but as ours: errors point there, and lints stay silent.
pub(super) fn quiet(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The same name for paths: that the item is deprecated, say, is no lint there.
pub(super) fn quiet_name(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(quiet(name.span()));
    name
}

/// A name made of a user's, without the `r#` of a raw one.
pub(super) fn name_of(prefix: &str, name: &Ident, span: Span) -> Ident {
    let name = name.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    Ident::new(&format!("{prefix}{name}"), span)
}

/// The tokens, with commas in between.
pub(super) fn comma_separated(each: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let mut separated = TokenStream::new();
    for tokens in each {
        if !separated.is_empty() {
            separated.extend([TokenTree::from(Punct::new(',', Spacing::Alone))]);
        }
        separated.extend(tokens);
    }
    separated
}
