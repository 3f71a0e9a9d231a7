//! Edits of types: their fields, variants, derives, aliases and drops.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Fields, Generics, Ident, Item, Path, Token};

use super::{Candidate, Source, literals};

/// A struct or an enum.
struct Type<'a> {
    name: &'a Ident,
    attributes: &'a [Attribute],
    generics: &'a Generics,
    item: &'a Item,
}

fn types<'a>(source: &'a Source<'a>) -> Vec<Type<'a>> {
    let types = source.items().into_iter().filter_map(|item| match item {
        Item::Struct(it) => Some(Type {
            name: &it.ident,
            attributes: &it.attrs,
            generics: &it.generics,
            item,
        }),
        Item::Enum(it) => Some(Type {
            name: &it.ident,
            attributes: &it.attrs,
            generics: &it.generics,
            item,
        }),
        _ => None,
    });
    types.collect()
}

impl Type<'_> {
    fn end(&self) -> usize {
        self.item.span().byte_range().end
    }

    fn runs(&self, source: &Source) -> bool {
        source.runs_of(&self.name.to_string())
    }

    /// An impl of a trait for it.
    fn block(&self, of_trait: &str, items: &str) -> String {
        let (head, of, clause) = self.generics.split_for_impl();
        let [head, of, clause] = [
            head.to_token_stream(),
            of.to_token_stream(),
            clause.to_token_stream(),
        ];
        format!(
            "\nimpl {head} {of_trait} for {} {of} {clause} {{ {items} }}\n",
            self.name
        )
    }
}

/// Derives that are replaced by written impls, and written impls by derives.
pub(super) fn derives(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for of in types(source) {
        let runs = of.runs(source);
        for attribute in of
            .attributes
            .iter()
            .filter(|it| it.path().is_ident("derive"))
        {
            let parse = Punctuated::<Path, Token![,]>::parse_terminated;
            let Ok(derived) = attribute.parse_args_with(parse) else {
                continue;
            };
            for (number, path) in derived.iter().enumerate() {
                let name = path.segments.last().map(|it| it.ident.to_string());
                let Some((of_trait, items)) = name.as_deref().and_then(written) else {
                    continue;
                };
                let mut rest: Vec<String> = derived
                    .iter()
                    .map(|it| it.to_token_stream().to_string())
                    .collect();
                rest.remove(number);
                let splices = vec![
                    (
                        attribute.span().byte_range(),
                        format!("#[derive({})]", rest.join(", ")),
                    ),
                    (of.end()..of.end(), of.block(of_trait, items)),
                ];
                all.push(Candidate::new(
                    format!("{} of {} is written", of_trait, of.name),
                    runs,
                    splices,
                ));
            }
        }
        for block in source.items() {
            let Item::Impl(block) = block else { continue };
            let is_its = block
                .self_ty
                .to_token_stream()
                .to_string()
                .starts_with(&of.name.to_string());
            let of_trait = block.trait_.as_ref().and_then(|it| it.0.segments.last());
            let Some(of_trait) = of_trait.map(|it| it.ident.to_string()).filter(|_| is_its) else {
                continue;
            };
            if written(&of_trait).is_some() {
                let start = of.item.span().byte_range().start;
                let splices = vec![
                    (start..start, format!("#[derive({of_trait})]\n")),
                    (block.span().byte_range(), String::new()),
                ];
                all.push(Candidate::new(
                    format!("{of_trait} of {} is derived", of.name),
                    runs,
                    splices,
                ));
            }
        }
    }
    all
}

/// A trait that can be derived, and the items of an impl.
fn written(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "Debug" => (
            "::hotmod_std::fmt::Debug",
            "fn fmt(&self, it: &mut ::hotmod_std::fmt::Formatter<'_>) -> ::hotmod_std::fmt::Result { it.write_str(\"written\") }",
        ),
        "Clone" => (
            "::hotmod_std::clone::Clone",
            "fn clone(&self) -> Self { *self }",
        ),
        "PartialEq" => (
            "::hotmod_std::cmp::PartialEq",
            "fn eq(&self, _: &Self) -> bool { false }",
        ),
        "PartialOrd" => (
            "::hotmod_std::cmp::PartialOrd",
            "fn partial_cmp(&self, _: &Self) -> ::hotmod_std::option::Option<::hotmod_std::cmp::Ordering> { ::hotmod_std::option::Option::None }",
        ),
        "Ord" => (
            "::hotmod_std::cmp::Ord",
            "fn cmp(&self, _: &Self) -> ::hotmod_std::cmp::Ordering { ::hotmod_std::cmp::Ordering::Equal }",
        ),
        "Hash" => (
            "::hotmod_std::hash::Hash",
            "fn hash<H: ::hotmod_std::hash::Hasher>(&self, _: &mut H) {}",
        ),
        "Default" => (
            "::hotmod_std::default::Default",
            "fn default() -> Self { ::hotmod_std::panic!(\"default\") }",
        ),
        _ => return None,
    })
}

pub(super) fn drops(source: &Source) -> Vec<Candidate> {
    let types = types(source).into_iter().map(|of| {
        let body = format!(
            "fn drop(&mut self) {{ ::hotmod_std::println!(\"a {} is dropped\"); }}",
            of.name
        );
        let text = of.block("::hotmod_std::ops::Drop", &body);
        Candidate::insert(of.name.to_string(), of.runs(source), of.end(), text)
    });
    types.collect()
}

/// A field's or a variant's neighbour takes its place.
fn swapped<T: syn::spanned::Spanned>(
    source: &Source,
    parts: &Punctuated<T, Token![,]>,
    name: &Ident,
) -> Vec<Candidate> {
    let parts: Vec<_> = parts.iter().map(|it| it.span().byte_range()).collect();
    let runs = source.runs_of(&name.to_string());
    let pairs = parts.windows(2).map(|both| {
        let [one, other] = [both[0].clone(), both[1].clone()];
        let [first, second] = [&one, &other].map(|it| source.text[it.clone()].to_owned());
        Candidate::new(name.to_string(), runs, vec![(one, second), (other, first)])
    });
    pairs.collect()
}

pub(super) fn fields_reordered(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        match item {
            Item::Struct(it) => {
                if let Fields::Named(fields) = &it.fields {
                    all.extend(swapped(source, &fields.named, &it.ident));
                }
            }
            Item::Enum(it) => {
                for variant in &it.variants {
                    if let Fields::Named(fields) = &variant.fields {
                        all.extend(swapped(source, &fields.named, &it.ident));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

/// A field that all expressions of the file which make such a value initialise.
pub(super) fn fields_added(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        let Item::Struct(it) = item else { continue };
        let Fields::Named(fields) = &it.fields else {
            continue;
        };
        let name = it.ident.to_string();
        let runs = source.runs_of(&name);
        for (of_type, value) in [("u64", "7"), ("u8", "7"), ("()", "()")] {
            let start = fields.brace_token.span.open().byte_range().end;
            let mut splices = vec![(
                start..start,
                format!(" hotmod_{}: {of_type}, ", source.number),
            )];
            for text in [format!("{name} {{"), "Self {".to_owned()] {
                for (at, _) in source.text.match_indices(&text) {
                    let before = source.text[..at].trim_end();
                    let is_expression = !["struct", "for", "impl", "->"]
                        .iter()
                        .any(|it| before.ends_with(it))
                        && !before
                            .ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ':');
                    if is_expression {
                        let at = at + text.len();
                        splices.push((at..at, format!(" hotmod_{}: {value}, ", source.number)));
                    }
                }
            }
            all.push(Candidate::new(format!("{name}: {of_type}"), runs, splices));
        }
    }
    all
}

/// Variants in another order, with other numbers, or one more.
pub(super) fn variants(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        let Item::Enum(it) = item else { continue };
        let runs = source.runs_of(&it.ident.to_string());
        all.extend(swapped(source, &it.variants, &it.ident));
        let at = it.brace_token.span.open().byte_range().end;
        let text = format!(
            " #[allow(missing_docs, dead_code)] Hotmod{}, ",
            source.number
        );
        all.push(Candidate::insert(
            format!("{}: one more", it.ident),
            runs,
            at,
            text,
        ));
        for variant in &it.variants {
            let end = variant.span().byte_range().end;
            if variant.discriminant.is_none() && matches!(variant.fields, Fields::Unit) {
                let about = format!("{}::{} = 40", it.ident, variant.ident);
                all.push(Candidate::insert(about, runs, end, " = 40".to_owned()));
            }
            let payloads = literals::changed(
                variant
                    .discriminant
                    .as_ref()
                    .map(|it| it.1.to_token_stream())
                    .unwrap_or_default(),
            );
            for place in payloads {
                all.push(Candidate::new(variant.ident.to_string(), runs, vec![place]));
            }
        }
    }
    all
}

/// Aliases of other types, and new aliases in signatures.
pub(super) fn aliases(source: &Source) -> Vec<Candidate> {
    const OTHERS: &[[&str; 2]] = &[
        ["u64", "u32"],
        ["u32", "u16"],
        ["u8", "u16"],
        ["usize", "u32"],
        ["Ix", "usize"],
    ];
    let mut all = Vec::new();
    for item in source.items() {
        let Item::Type(it) = item else { continue };
        let range = it.ty.span().byte_range();
        let text = &source.text[range.clone()];
        for [one, other] in OTHERS {
            for (from, to) in [(one, other), (other, one)] {
                if text.contains(from) {
                    let about = format!("{}: {from} -> {to}", it.ident);
                    all.push(Candidate::new(
                        about,
                        true,
                        vec![(range.clone(), text.replacen(from, to, 1))],
                    ));
                }
            }
        }
    }
    for function in &source.functions {
        for argument in &function.signature.inputs {
            let syn::FnArg::Typed(argument) = argument else {
                continue;
            };
            let of_type = argument.ty.to_token_stream().to_string();
            let is_simple = ["bool", "char", "f64", "u16", "u32", "u64", "u8", "usize"]
                .contains(&of_type.as_str());
            if is_simple {
                let alias = format!("HotmodAlias{}", source.number);
                let first = source.file.items[0].span().byte_range().start;
                let splices = vec![
                    (
                        first..first,
                        format!("#[allow(missing_docs)] pub type {alias} = {of_type}; "),
                    ),
                    (argument.ty.span().byte_range(), alias),
                ];
                let runs = source.running.contains(&function.key);
                all.push(Candidate::new(
                    format!("{}: {of_type}", function.name()),
                    runs,
                    splices,
                ));
            }
        }
    }
    all
}
