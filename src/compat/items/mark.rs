//! Which functions can be marked `#[hotmod::hot]`, and where the mark goes.
//!
//! `hotmod-macros` has the same rule (`live/reject.rs`). A function that is taken for an entry point but isn't
//! would be called live although the host calls the old one.

use serde::Serialize;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemFn, ItemImpl, Signature, Visibility};

use super::cfg_test::is_for_tests;
use super::syntax::{has_impl_type, is_generic, is_hot, plain, returns_impl_type};

/// The most arguments that an entry point can have.
const MOST_ARGUMENTS: usize = 20;

/// The line above which the mark of a function goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct MarkPlace {
    /// Counted from 1.
    pub(crate) line: usize,
    /// Whether the mark is that of the whole impl block.
    pub(crate) is_block: bool,
}

impl MarkPlace {
    /// That of a function which is not in a block.
    pub(super) fn of_function(function: &ItemFn) -> Option<Self> {
        let line = first_line(&function.vis, &function.sig);
        can_be_marked(&function.attrs, &function.sig).then_some(MarkPlace {
            line,
            is_block: false,
        })
    }

    /// That of an impl block: all its functions become entry points, or it is an error.
    pub(super) fn of_block(block: &ItemImpl) -> Option<Self> {
        let all_can = functions(block).all(|it| can_be_marked(&it.attrs, &it.sig));
        let first = block.unsafety.map_or(block.impl_token.span, |it| it.span);
        (all_can && impl_can_be_marked(block)).then(|| MarkPlace {
            line: first.start().line,
            is_block: true,
        })
    }

    /// That of a function in a block. A mark on the function itself works only if it is a method of the type.
    pub(super) fn of_method(method: &ImplItemFn, block: &ItemImpl) -> Option<Self> {
        let has_self = matches!(method.sig.inputs.first(), Some(FnArg::Receiver(_)));
        if !has_self || block.trait_.is_some() {
            return MarkPlace::of_block(block);
        }
        let can = impl_can_be_marked(block) && can_be_marked(&method.attrs, &method.sig);
        can.then(|| MarkPlace {
            line: first_line(&method.vis, &method.sig),
            is_block: false,
        })
    }

    /// That of the function at a line of a file.
    pub(crate) fn at(line: usize, file: &syn::File) -> Result<Self, NoMark> {
        let mut found = At {
            line,
            outcome: Err(NoMark::NoFunction),
        };
        found.visit_file(file);
        found.outcome
    }
}

/// The `async` functions of a file that other crates can call and that could be entry points but are not, with
/// their names.
pub(crate) fn async_functions(file: &syn::File) -> Vec<(String, MarkPlace)> {
    let mut found = AsyncFunctions(Vec::new());
    found.visit_file(file);
    found.0
}

struct AsyncFunctions(Vec<(String, MarkPlace)>);

impl AsyncFunctions {
    fn add(&mut self, signature: &Signature, place: Option<MarkPlace>) {
        if signature.asyncness.is_some() {
            self.0
                .extend(place.map(|place| (plain(&signature.ident), place)));
        }
    }
}

impl<'ast> Visit<'ast> for AsyncFunctions {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_for_tests(&module.attrs) && !module.attrs.iter().any(is_hot) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if is_public(&function.vis) && !function.attrs.iter().any(is_hot) {
            self.add(&function.sig, MarkPlace::of_function(function));
        }
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        if block.attrs.iter().any(is_hot) {
            return;
        }
        for method in functions(block) {
            let is_visible = block.trait_.is_some() || is_public(&method.vis);
            if is_visible && !method.attrs.iter().any(is_hot) {
                self.add(&method.sig, MarkPlace::of_method(method, block));
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Why no mark can be put at a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMark {
    NoFunction,
    /// It is an entry point.
    Marked,
    /// It can't be an entry point.
    Impossible,
}

/// Finds the function at a line.
struct At {
    line: usize,
    outcome: Result<MarkPlace, NoMark>,
}

impl At {
    fn is_in(&self, item: &impl syn::spanned::Spanned) -> bool {
        let span = item.span();
        (span.start().line..=span.end().line).contains(&self.line)
    }

    fn found(&mut self, is_marked: bool, place: Option<MarkPlace>) {
        self.outcome = match is_marked {
            true => Err(NoMark::Marked),
            false => place.ok_or(NoMark::Impossible),
        };
    }
}

impl<'ast> Visit<'ast> for At {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !self.is_in(module) || is_for_tests(&module.attrs) {
            return;
        }
        match module.attrs.iter().any(is_hot) {
            true => self.found(true, None),
            false => visit::visit_item_mod(self, module),
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if self.is_in(function) {
            let is_marked = function.attrs.iter().any(is_hot);
            self.found(is_marked, MarkPlace::of_function(function));
        }
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        if !self.is_in(block) {
            return;
        }
        let is_marked = block.attrs.iter().any(is_hot);
        match functions(block).find(|it| self.is_in(*it)) {
            Some(method) => {
                let is_marked = is_marked || method.attrs.iter().any(is_hot);
                self.found(is_marked, MarkPlace::of_method(method, block));
            }
            None => self.found(is_marked, MarkPlace::of_block(block)),
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if self.is_in(function) {
            self.found(false, None);
        }
    }
}

fn functions(block: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

pub(super) fn impl_can_be_marked(block: &ItemImpl) -> bool {
    let of_trait = block.trait_.as_ref();
    let last = of_trait.and_then(|(path, _)| path.segments.last());
    !is_generic(&block.generics) && last.is_none_or(|it| it.ident != "Drop")
}

pub(super) fn can_be_marked(attributes: &[Attribute], signature: &Signature) -> bool {
    let is_hook = |attribute: &Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|it| it.ident == "setup" || it.ident == "teardown")
    };
    let has_cfg = |argument: &FnArg| {
        let (FnArg::Receiver(syn::Receiver { attrs, .. })
        | FnArg::Typed(syn::PatType { attrs, .. })) = argument;
        attrs.iter().any(|it| it.path().is_ident("cfg"))
    };
    let abi = signature.abi.as_ref();
    let is_rust = abi.is_none_or(|it| it.name.as_ref().is_some_and(|it| it.value() == "Rust"));
    !attributes.iter().any(is_hook)
        && signature.constness.is_none()
        && (signature.asyncness.is_none() || matches!(signature.safety, syn::Safety::Default))
        && is_rust
        && signature.variadic.is_none()
        && !is_generic(&signature.generics)
        && signature.inputs.len() <= MOST_ARGUMENTS
        && !signature
            .inputs
            .iter()
            .any(|it| has_impl_type(it) || has_cfg(it))
        && !returns_impl_type(signature)
}

/// The first line of a function without its attributes.
pub(crate) fn first_line(visibility: &Visibility, signature: &Signature) -> usize {
    match visibility {
        Visibility::Inherited => signature.span().start().line,
        visible => visible.span().start().line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse::look_at_file;

    #[test]
    fn async_functions_that_lack_a_mark_are_found() {
        let source = "
            pub async fn page() {}
            async fn private() {}
            pub fn plain() {}
            #[hotmod::hot] pub async fn marked() {}
            pub async fn generic<T>() {}
            impl Page { pub async fn show(&self) {} async fn own(&self) {} }
            impl Show for Page { async fn draw(&self) {} }
            #[hot] impl Show for Home { async fn draw(&self) {} }
            #[hot] mod marked { pub async fn inner() {} }
            #[cfg(test)] mod tests { pub async fn test() {} }
            mod more { pub(crate) async fn ours() {} pub async fn r#match() {} }
        ";
        let found = look_at_file(source, async_functions).unwrap();
        let names: Vec<&str> = found.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["page", "show", "draw", "match"]);
    }

    #[test]
    fn the_place_of_a_mark_is_found_by_a_line() {
        let function = |line| {
            Ok(MarkPlace {
                line,
                is_block: false,
            })
        };
        let block = |line| {
            Ok(MarkPlace {
                line,
                is_block: true,
            })
        };
        // `@` is before the line that is asked for.
        for (source, expected) in [
            (
                "/// A page.\n#[must_use]\npub async fn page() {\n@}",
                function(3),
            ),
            ("@/// A page.\nfn page() {}", function(2)),
            (
                "mod pages {\n    mod inner {\n@        fn page() {}\n    }\n}",
                function(3),
            ),
            (
                "impl Page {\n    fn new() {}\n@    fn show(&self) {}\n}",
                function(3),
            ),
            // Without `self`, the attribute has to be on the block.
            (
                "impl Page {\n@    fn new() {}\n    fn show(&self) {}\n}",
                block(1),
            ),
            (
                "#[x]\nunsafe impl Show for Page {\n    fn show(&self) {\n@    }\n}",
                block(2),
            ),
            ("impl Page {\n    fn show(&self) {}\n@\n}", block(1)),
            ("fn one() {}\n@\nfn two() {}", Err(NoMark::NoFunction)),
            ("@struct Page;", Err(NoMark::NoFunction)),
            (
                "#[cfg(test)]\nmod tests {\n@    fn page() {}\n}",
                Err(NoMark::NoFunction),
            ),
            (
                "trait Show {\n@    fn show(&self) {}\n}",
                Err(NoMark::Impossible),
            ),
            ("#[hot]\n@fn page() {}", Err(NoMark::Marked)),
            (
                "#[hotmod::hot]\nimpl Page {\n@    fn new() {}\n}",
                Err(NoMark::Marked),
            ),
            (
                "#[hot]\nmod pages {\n@    fn page() {}\n}",
                Err(NoMark::Marked),
            ),
            ("@fn page<T>() {}", Err(NoMark::Impossible)),
            ("@fn page() -> impl Show {}", Err(NoMark::Impossible)),
            (
                "impl<T> Page<T> {\n@    fn show(&self) {}\n}",
                Err(NoMark::Impossible),
            ),
            (
                "impl Drop for Page {\n@    fn drop(&mut self) {}\n}",
                Err(NoMark::Impossible),
            ),
            // One function of the block can't be an entry point.
            (
                "impl Page {\n@    fn new() {}\n    const fn size() {}\n}",
                Err(NoMark::Impossible),
            ),
        ] {
            let line = source.lines().position(|it| it.starts_with('@')).unwrap() + 1;
            let source = source.replace('@', "");
            let found = look_at_file(&source, |file| MarkPlace::at(line, file));
            assert_eq!(found, Some(expected), "{source}");
        }
    }
}
