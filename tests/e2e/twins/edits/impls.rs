//! Edits of impls: their items are added, removed, overridden and hidden.

use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{ImplItem, Item, ItemImpl, ItemTrait, TraitItem, Type};

use super::{Candidate, Source};

/// The name of the type that an impl is of.
fn type_name(block: &ItemImpl) -> Option<String> {
    let Type::Path(path) = &*block.self_ty else {
        return None;
    };
    Some(path.path.segments.last()?.ident.to_string())
}

fn trait_name(block: &ItemImpl) -> Option<String> {
    let (path, _) = block.trait_.as_ref()?;
    Some(path.segments.last()?.ident.to_string())
}

fn impls<'a>(source: &'a Source<'a>) -> impl Iterator<Item = &'a ItemImpl> {
    source.items().into_iter().filter_map(|it| match it {
        Item::Impl(block) => Some(block),
        _ => None,
    })
}

/// Where the first item of an impl would be.
fn start(block: &ItemImpl) -> usize {
    block.brace_token.span.open().byte_range().end
}

fn name_of(item: &ImplItem) -> Option<String> {
    Some(match item {
        ImplItem::Const(it) => it.ident.to_string(),
        ImplItem::Fn(it) => it.sig.ident.to_string(),
        ImplItem::Type(it) => it.ident.to_string(),
        _ => return None,
    })
}

/// Methods that nobody calls.
pub(super) fn methods_added(source: &Source) -> Vec<Candidate> {
    let inherent = impls(source).filter(|it| it.trait_.is_none());
    inherent
        .map(|block| {
            let text = format!(
                "\n#[allow(dead_code, missing_docs)] pub fn method_{0}(&self) -> ::hotmod_std::string::String {{ \
                 ::hotmod_std::format!(\"{{}}\", ::hotmod_std::mem::size_of_val(self) + {0}) }}\n",
                source.number
            );
            Candidate::insert("a method", true, start(block), text)
        })
        .collect()
}

/// Inherent methods of names that traits have: some of std, some of the programs' own.
pub(super) fn shadowing(source: &Source) -> Vec<Candidate> {
    const METHODS: &[&str] = &[
        "pub fn label(&self) -> u8 { 9 }",
        "pub fn index(&self) -> usize { 99 }",
        "pub fn signum(&self) -> u8 { 9 }",
        "pub fn is_empty(&self) -> bool { false }",
        "pub fn as_secs(&self) -> u64 { 9 }",
        "pub fn to_string(&self) -> ::hotmod_std::string::String { ::hotmod_std::string::String::from(\"hidden\") }",
        "pub fn cmp(&self, _: &Self) -> ::hotmod_std::cmp::Ordering { ::hotmod_std::cmp::Ordering::Less }",
        "pub fn max(self, _: Self) -> Self where Self: Sized { self }",
        "pub fn eq(&self, _: &Self) -> bool { true }",
        "pub fn clone(&self) -> Self where Self: Sized { ::hotmod_std::panic!(\"hidden\") }",
        "pub fn size_hint(&self) -> (usize, ::hotmod_std::option::Option<usize>) { (9, ::hotmod_std::option::Option::None) }",
        "pub fn count(self) -> usize where Self: Sized { 9 }",
        "pub fn next(&mut self) -> ::hotmod_std::option::Option<u8> { ::hotmod_std::option::Option::None }",
        "pub fn rev(self) -> Self where Self: Sized { self }",
    ];
    let mut all = Vec::new();
    for block in impls(source).filter(|it| it.trait_.is_none()) {
        for method in METHODS {
            let text = format!("\n#[allow(missing_docs, dead_code)] {method}\n");
            let about = format!("{}: {method}", block.self_ty.to_token_stream());
            all.push(Candidate::insert(about, true, start(block), text));
        }
    }
    all
}

/// Methods of impls that override what the trait provides.
pub(super) fn overrides(source: &Source) -> Vec<Candidate> {
    const METHODS: &[(&str, &str)] = &[
        (
            "Iterator",
            "fn size_hint(&self) -> (usize, ::hotmod_std::option::Option<usize>) { (3, ::hotmod_std::option::Option::None) }",
        ),
        (
            "Iterator",
            "fn count(self) -> usize where Self: Sized { 3 }",
        ),
        (
            "Iterator",
            "fn last(self) -> ::hotmod_std::option::Option<Self::Item> where Self: Sized { ::hotmod_std::option::Option::None }",
        ),
        (
            "Iterator",
            "fn nth(&mut self, _: usize) -> ::hotmod_std::option::Option<Self::Item> { self.next() }",
        ),
        (
            "DoubleEndedIterator",
            "fn nth_back(&mut self, _: usize) -> ::hotmod_std::option::Option<Self::Item> { ::hotmod_std::option::Option::None }",
        ),
        ("PartialEq", "fn ne(&self, _: &Self) -> bool { true }"),
        ("PartialOrd", "fn lt(&self, _: &Self) -> bool { true }"),
        ("PartialOrd", "fn gt(&self, _: &Self) -> bool { true }"),
        (
            "Ord",
            "fn max(self, _: Self) -> Self where Self: Sized { self }",
        ),
        (
            "Ord",
            "fn min(self, _: Self) -> Self where Self: Sized { self }",
        ),
        ("Clone", "fn clone_from(&mut self, _: &Self) {}"),
        ("Error", "fn description(&self) -> &str { \"described\" }"),
        (
            "Hash",
            "fn hash_slice<H: ::hotmod_std::hash::Hasher>(_: &[Self], _: &mut H) where Self: Sized {}",
        ),
    ];
    let mut all = Vec::new();
    for block in impls(source) {
        let (Some(of_trait), name) = (trait_name(block), type_name(block)) else {
            continue;
        };
        let runs = name.as_ref().is_some_and(|it| source.runs_of(it));
        let has = |method: &str| {
            block
                .items
                .iter()
                .filter_map(name_of)
                .any(|it| method.contains(&format!("fn {it}")))
        };
        let known = METHODS
            .iter()
            .filter(|it| it.0 == of_trait)
            .map(|it| it.1.to_owned());
        for method in known.chain(provided_by(source, &of_trait)) {
            if !has(&method) {
                let about = format!(
                    "{of_trait} for {}: {method}",
                    block.self_ty.to_token_stream()
                );
                all.push(Candidate::insert(
                    about,
                    runs,
                    start(block),
                    format!("\n{method}\n"),
                ));
            }
        }
    }
    all
}

/// The methods that a trait of this library provides, with other bodies.
fn provided_by(source: &Source, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for of in traits(source).filter(|it| it.ident == name) {
        for item in &of.items {
            if let TraitItem::Fn(function) = item
                && function.default.is_some()
            {
                let signature = source.text_of(&function.sig);
                found.push(format!(
                    "{signature} {{ ::hotmod_std::panic!(\"overridden\") }}"
                ));
            }
        }
    }
    found
}

fn traits<'a>(source: &'a Source<'a>) -> impl Iterator<Item = &'a ItemTrait> {
    source.items().into_iter().filter_map(|it| match it {
        Item::Trait(it) => Some(it),
        _ => None,
    })
}

/// Provided methods of the library's own traits: added, or given to a required one.
pub(super) fn provided(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for of in traits(source) {
        let runs = source.runs_of(&of.ident.to_string());
        let at = of.brace_token.span.open().byte_range().end;
        for name in ["label", "is_empty", "len", "provided"] {
            let text = format!(
                "\n#[allow(missing_docs)] fn {name}(&self) -> u8 {{ {} }}\n",
                source.number % 200
            );
            all.push(Candidate::insert(
                format!("{}::{name}", of.ident),
                runs,
                at,
                text,
            ));
        }
        for item in &of.items {
            let TraitItem::Fn(function) = item else {
                continue;
            };
            let about = format!("{}::{}", of.ident, function.sig.ident);
            if let Some(semicolon) = &function.semi_token {
                let at = semicolon.span.byte_range();
                let body = " { ::hotmod_std::panic!(\"provided\") }".to_owned();
                all.push(Candidate::new(
                    format!("{about} is provided"),
                    runs,
                    vec![(at, body)],
                ));
            } else if let Some(block) = &function.default {
                let at = block.span().byte_range();
                all.push(Candidate::new(
                    format!("{about} is required"),
                    runs,
                    vec![(at, ";".to_owned())],
                ));
            }
        }
    }
    all
}

pub(super) fn items_removed(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for block in impls(source) {
        let runs = type_name(block).is_some_and(|it| source.runs_of(&it));
        for item in &block.items {
            if let Some(name) = name_of(item) {
                let about = format!("{}::{name}", source.text_of(&block.self_ty));
                all.push(Candidate::new(
                    about,
                    runs,
                    vec![(item.span().byte_range(), String::new())],
                ));
            }
        }
        if block.items.is_empty() || block.trait_.is_some() {
            let about = format!(
                "impl {} for {}",
                trait_name(block).unwrap_or_default(),
                source.text_of(&block.self_ty)
            );
            all.push(Candidate::new(
                about,
                runs,
                vec![(block.span().byte_range(), String::new())],
            ));
        }
    }
    all
}

/// Impls of std's traits for types that have an impl already.
pub(super) fn added(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for block in impls(source).filter(|it| it.trait_.is_none()) {
        let runs = type_name(block).is_some_and(|it| source.runs_of(&it));
        let (head, _, clause) = block.generics.split_for_impl();
        let (head, clause, of) = (
            head.to_token_stream(),
            clause.to_token_stream(),
            block.self_ty.to_token_stream(),
        );
        let at = block.span().byte_range().end;
        let bodies = [
            (
                "::hotmod_std::ops::Deref",
                "type Target = str; fn deref(&self) -> &str { \"deref\" }",
            ),
            (
                "::hotmod_std::convert::AsRef<str>",
                "fn as_ref(&self) -> &str { \"as_ref\" }",
            ),
            (
                "::hotmod_std::convert::From<u8>",
                "fn from(_: u8) -> Self { ::hotmod_std::panic!(\"from\") }",
            ),
            (
                "::hotmod_std::cmp::PartialEq<str>",
                "fn eq(&self, _: &str) -> bool { true }",
            ),
            (
                "::hotmod_std::default::Default",
                "fn default() -> Self { ::hotmod_std::panic!(\"default\") }",
            ),
            (
                "::hotmod_std::fmt::Display",
                "fn fmt(&self, it: &mut ::hotmod_std::fmt::Formatter<'_>) -> ::hotmod_std::fmt::Result { it.write_str(\"displayed\") }",
            ),
            (
                "::hotmod_std::clone::Clone",
                "fn clone(&self) -> Self { ::hotmod_std::panic!(\"cloned\") }",
            ),
            ("::hotmod_std::marker::Copy", ""),
            (
                "::hotmod_std::ops::Neg",
                "type Output = u8; fn neg(self) -> u8 { 1 }",
            ),
            (
                "::hotmod_std::iter::Iterator",
                "type Item = u8; fn next(&mut self) -> ::hotmod_std::option::Option<u8> { ::hotmod_std::option::Option::None }",
            ),
        ];
        for (of_trait, items) in bodies {
            let text = format!("\nimpl {head} {of_trait} for {of} {clause} {{ {items} }}\n");
            all.push(Candidate::insert(
                format!("{of_trait} for {of}"),
                runs,
                at,
                text,
            ));
        }
    }
    all
}
