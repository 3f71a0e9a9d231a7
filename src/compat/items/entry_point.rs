//! Whether a function can be an entry point, and whether it helps to make it one.
//!
//! An entry point that hands out code, such as a plugin's `build` or a function that returns routes, runs once.
//! The program keeps the code, so later edits of it would have no effect. Only the compiler knows whether a
//! value contains code. Here, this is judged by the value's type and the function's body. In case of doubt,
//! hotmod does not advise to mark the function.

use std::collections::BTreeSet;

use quote::ToTokens;
use serde::Serialize;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Signature};

use super::mark::MarkPlace;
use crate::base::words::words;

/// Whether a changed function is an entry point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "entry_point", rename_all = "kebab-case")]
pub(crate) enum EntryPoint {
    /// It is one now.
    Became,
    /// It could be one, with a mark at this place.
    Possible(MarkPlace),
    /// It could be one, but the program would keep the code that it hands out.
    HandsOutCode,
    #[default]
    Impossible,
}

/// The types of a source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Types {
    declared: BTreeSet<String>,
    /// The types whose values may contain code.
    callable: BTreeSet<String>,
}

impl EntryPoint {
    /// Whether it helps to make a function an entry point, which is possible with a mark at `place`. `of` is
    /// the type of a method.
    pub(crate) fn possible(
        place: Option<MarkPlace>,
        signature: &Signature,
        body: Option<&Block>,
        of: Option<&str>,
        types: &Types,
    ) -> Self {
        let Some(place) = place else {
            return EntryPoint::Impossible;
        };
        let arguments = signature.inputs.iter().filter_map(|it| match it {
            syn::FnArg::Typed(typed) => Some(typed.ty.to_token_stream().to_string()),
            syn::FnArg::Receiver(_) => None,
        });
        let result = signature.output.to_token_stream().to_string();
        let result = result.replace("Self", of.unwrap_or("Self"));
        let mut crossing = arguments.chain([result]);
        let crosses = crossing.any(|tokens| words(&tokens).into_iter().any(|it| types.holds(it)));
        match crosses || body.is_some_and(|body| HandsOut::is_in(signature, body)) {
            true => EntryPoint::HandsOutCode,
            false => EntryPoint::Possible(place),
        }
    }
}

impl Types {
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut types = Types::default();
        types.visit_file(file);
        types
    }

    fn add(&mut self, name: &syn::Ident, item: &impl ToTokens) {
        self.declared.insert(name.to_string());
        let tokens = item.to_token_stream().to_string();
        if words(&tokens).into_iter().any(is_callable) {
            self.callable.insert(name.to_string());
        }
    }

    /// Adds those of another part of the source.
    pub(crate) fn add_all(&mut self, other: &Types) {
        self.declared.extend(other.declared.iter().cloned());
        self.callable.extend(other.callable.iter().cloned());
    }

    /// Whether a word in a type shows that its values may contain code.
    fn holds(&self, word: &str) -> bool {
        let is_declared = self.declared.contains(word);
        is_callable(word) || self.callable.contains(word) || (!is_declared && collects_code(word))
    }
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.ident, &item.fields);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.ident, &item.variants);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.ident, &item.ty);
    }
}

fn is_callable(word: &str) -> bool {
    matches!(word, "dyn" | "impl" | "fn" | "Fn" | "FnMut" | "FnOnce")
}

/// Whether a type of another crate is known to collect code, because it builds an application.
fn collects_code(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "App",
        "Registry",
        "Router",
        "Schedule",
        "Scope",
        "ServiceConfig",
    ];
    NAMES.contains(&name) || name.ends_with("Builder") || name.ends_with("Router")
}

/// Methods of std that call their argument before they return, or whose result does.
const CALL_AT_ONCE: [&str; 49] = [
    "all",
    "and_then",
    "any",
    "binary_search_by",
    "binary_search_by_key",
    "chunk_by",
    "cmp_by",
    "dedup_by",
    "dedup_by_key",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "fold",
    "for_each",
    "inspect",
    "is_none_or",
    "is_some_and",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "map_while",
    "max_by",
    "max_by_key",
    "min_by",
    "min_by_key",
    "ok_or_else",
    "or_else",
    "or_insert_with",
    "partition",
    "position",
    "reduce",
    "retain",
    "rposition",
    "scan",
    "skip_while",
    "sort_by",
    "sort_by_cached_key",
    "sort_by_key",
    "sort_unstable_by",
    "sort_unstable_by_key",
    "take_while",
    "then",
    "trim_matches",
    "try_fold",
    "try_for_each",
    "unwrap_or_else",
];

/// Whether a body hands out a closure, an `async` block or a function.
struct HandsOut {
    /// The names of values.
    locals: BTreeSet<String>,
    is_found: bool,
}

impl HandsOut {
    fn is_in(signature: &Signature, body: &Block) -> bool {
        let mut locals = Locals(BTreeSet::new());
        locals.visit_signature(signature);
        locals.visit_block(body);
        let mut found = HandsOut {
            locals: locals.0,
            is_found: false,
        };
        found.visit_block(body);
        found.is_found
    }
}

impl<'ast> Visit<'ast> for HandsOut {
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {
        self.is_found = true;
    }

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {
        self.is_found = true;
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        // A path is either a constant, whose name has capitals, or a function.
        let Some(last) = path.path.segments.last() else {
            return;
        };
        let name = last.ident.to_string();
        let is_local =
            path.path.segments.len() == 1 && (name == "self" || self.locals.contains(&name));
        self.is_found |= !is_local && name.starts_with(|it: char| it.is_lowercase());
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if !matches!(&*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        call.args.iter().for_each(|it| self.visit_expr(it));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        let calls_at_once = CALL_AT_ONCE.iter().any(|it| call.method == it);
        for argument in &call.args {
            match argument {
                Expr::Closure(closure) if calls_at_once => self.visit_expr(&closure.body),
                Expr::Path(_) if calls_at_once => {}
                argument => self.visit_expr(argument),
            }
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The names that patterns bind.
struct Locals(BTreeSet<String>);

impl<'ast> Visit<'ast> for Locals {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.0.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse::look_at_file;

    const PLACE: MarkPlace = MarkPlace {
        line: 1,
        is_block: false,
    };

    /// For the last function of a source.
    fn possible(source: &str) -> EntryPoint {
        let found = look_at_file(source, |file| {
            let types = Types::of(file);
            match file.items.last() {
                Some(syn::Item::Fn(it)) => {
                    EntryPoint::possible(Some(PLACE), &it.sig, Some(&it.block), None, &types)
                }
                Some(syn::Item::Impl(block)) => match &block.items[0] {
                    syn::ImplItem::Fn(it) => EntryPoint::possible(
                        Some(PLACE),
                        &it.sig,
                        Some(&it.block),
                        Some("S"),
                        &types,
                    ),
                    _ => panic!("no function: {source}"),
                },
                _ => panic!("no function: {source}"),
            }
        });
        found.unwrap()
    }

    #[test]
    fn a_function_that_hands_out_code_should_not_be_marked() {
        for source in [
            // Its result or an argument contains code.
            "fn f() -> Box<dyn Fn()> { make() }",
            "fn f(on: &mut Vec<Box<dyn FnMut(u8)>>) {}",
            "fn f(call: fn(u8) -> u8) {}",
            "fn f() -> Vec<Box<dyn Screen>> { all() }",
            "type Handler = Box<dyn Fn()>; fn f() -> Option<Handler> { None }",
            "struct S { on: Box<dyn Fn()> } impl S { fn new() -> Self { make() } }",
            "struct Menu { on: fn() } fn f() -> Menu { make() }",
            "fn f(app: &mut App) { app.add_plugins(Other); }",
            "fn f() -> axum::Router { routes() }",
            "fn f(builder: &mut ServerBuilder) {}",
            // Its body passes code on.
            "impl Plugin for S { fn build(&self, app: &mut Game) { app.add_systems(Update, tick); } }",
            "fn f(world: &mut World) { world.add((first, second).chain()); }",
            "fn f(world: &mut World) { world.add(tick.after(Other)); }",
            "fn f() -> Routes { Routes::new().route(\"/\", get(page)) }",
            "fn f() -> Routes { Routes::new().route(\"/\", get(pages::page)) }",
            "fn f() { spawn(move || work()); }",
            "fn f() { spawn(async { work() }); }",
            "fn f() { let run = |x| x + 1; bus().on(run); }",
            "fn f() -> Parts { Parts { run: tick } }",
            "fn f(list: &[u8]) { list.iter().for_each(|_| on(|| 1)); }",
        ] {
            assert_eq!(possible(source), EntryPoint::HandsOutCode, "{source}");
        }
    }

    #[test]
    fn any_other_function_may_be_marked() {
        for source in [
            "fn f(state: &mut State, step: Step) -> String { state.step(step); state.name.clone() }",
            "fn f(list: &[Item]) -> Vec<String> { list.iter().map(|it| it.name.clone()).collect() }",
            "fn f(list: &[Item]) -> Vec<u8> { list.iter().map(parse).collect() }",
            "fn f(of: Option<u8>) -> u8 { let x = LIMIT; of.unwrap_or_else(|| x.max(u8::MAX)) }",
            "fn f(mut list: Vec<u8>) { list.sort_by_key(|it| 255 - it); for it in list { show(it); } }",
            "fn f() { if let Some(page) = next() { draw(page, (page, 1)); } }",
            // The user's own type with the name of a known one.
            "struct App { ticks: u32 } fn f(app: &mut App) { app.ticks += 1; }",
            "impl S { fn new() -> Self { S { value: 1 } } }",
            "impl S { fn f(&mut self) { self.step(self.value) } }",
        ] {
            assert_eq!(possible(source), EntryPoint::Possible(PLACE), "{source}");
        }
    }
}
