//! Where a file can be edited.

use std::ops::Range;

use hotmod_testkit::registry::is_movable;
use syn::spanned::Spanned as _;
use syn::{Item, ItemImpl, Visibility};

/// An item of a module.
pub(super) struct Site {
    pub(super) text: Range<usize>,
    /// The item after it in the same module.
    pub(super) next: Option<Range<usize>>,
    /// Whether its place among others has no meaning.
    pub(super) is_movable: bool,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// A function; `private` is where its visibility would be, if it has none.
    Function {
        private: Option<usize>,
    },
    /// An impl without a trait: where its first item would be, and the functions in it.
    Inherent {
        start: usize,
        functions: Vec<Range<usize>>,
    },
    Other,
}

/// The items of a file, in modules too.
pub(super) fn sites(text: &str) -> Vec<Site> {
    let mut found = Vec::new();
    if let Ok(file) = syn::parse_file(text) {
        visit(&file.items, &mut found);
    }
    found
}

fn visit(items: &[Item], found: &mut Vec<Site>) {
    for (number, item) in items.iter().enumerate() {
        let next = items.get(number + 1);
        found.push(Site {
            text: item.span().byte_range(),
            next: next
                .filter(|it| is_movable(it))
                .map(|it| it.span().byte_range()),
            is_movable: is_movable(item),
            kind: kind(item),
        });
        // Tests are not compiled.
        if let Item::Mod(module) = item
            && module.ident != "tests"
            && let Some((_, items)) = &module.content
        {
            visit(items, found);
        }
    }
}

fn kind(item: &Item) -> Kind {
    match item {
        Item::Fn(function) => Kind::Function {
            private: matches!(function.vis, Visibility::Inherited)
                .then(|| function.sig.span().byte_range().start),
        },
        Item::Impl(block) if block.trait_.is_none() => inherent(block),
        _ => Kind::Other,
    }
}

fn inherent(block: &ItemImpl) -> Kind {
    let functions = block
        .items
        .iter()
        .filter(|it| matches!(it, syn::ImplItem::Fn(_)));
    Kind::Inherent {
        start: block.brace_token.span.open().byte_range().end,
        functions: functions.map(|it| it.span().byte_range()).collect(),
    }
}
