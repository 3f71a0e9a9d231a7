//! Edits of what surrounds an item: visibility, attributes, `cfg`, parameters.

use syn::spanned::Spanned as _;
use syn::{GenericParam, Item, Visibility};

use super::{Candidate, Source};

pub(super) fn visibility(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let Some(visibility) = &function.visibility else {
            continue;
        };
        let runs = source.running.contains(&function.key);
        let at = match visibility {
            Visibility::Inherited => function.signature_start()..function.signature_start(),
            public => public.span().byte_range(),
        };
        for new in ["pub ", "pub(crate) ", ""] {
            if source.text[at.clone()].trim() != new.trim() {
                all.push(Candidate::new(
                    format!("{}: {new}", function.name()),
                    runs,
                    vec![(at.clone(), new.to_owned())],
                ));
            }
        }
    }
    for item in source.items() {
        let (name, visibility) = match item {
            Item::Struct(it) => (&it.ident, &it.vis),
            Item::Enum(it) => (&it.ident, &it.vis),
            Item::Trait(it) => (&it.ident, &it.vis),
            Item::Const(it) => (&it.ident, &it.vis),
            Item::Mod(it) => (&it.ident, &it.vis),
            _ => continue,
        };
        let runs = source.runs_of(&name.to_string());
        let at = visibility.span().byte_range();
        match visibility {
            Visibility::Inherited => {}
            _ => all.push(Candidate::new(
                name.to_string(),
                runs,
                vec![(at, "pub(crate)".to_owned())],
            )),
        }
    }
    all
}

pub(super) fn attributes(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        let at = match &function.visibility {
            Some(visibility @ (Visibility::Public(_) | Visibility::Restricted(_))) => {
                visibility.span().byte_range().start
            }
            _ => function.signature_start(),
        };
        for new in [
            "inline",
            "inline(always)",
            "inline(never)",
            "cold",
            "track_caller",
            "must_use",
            "allow(unused)",
        ] {
            let is_there = function
                .attributes
                .iter()
                .any(|it| source.text_of(it).contains(new));
            if !is_there {
                all.push(Candidate::insert(
                    format!("{}: #[{new}]", function.name()),
                    runs,
                    at,
                    format!("#[{new}] "),
                ));
            }
        }
        for attribute in &function.attributes {
            if attribute.path().is_ident("inline") {
                let range = attribute.span().byte_range();
                all.push(Candidate::new(
                    format!("{}: no inline", function.name()),
                    runs,
                    vec![(range, String::new())],
                ));
            }
        }
    }
    for item in source.items() {
        let (name, news): (_, &[&str]) = match item {
            Item::Struct(it) => (&it.ident, &["non_exhaustive", "repr(C)", "must_use"]),
            Item::Enum(it) => (
                &it.ident,
                &["non_exhaustive", "repr(C)", "repr(u16)", "must_use"],
            ),
            _ => continue,
        };
        let runs = source.runs_of(&name.to_string());
        for new in news {
            let at = item.span().byte_range().start;
            all.push(Candidate::insert(
                format!("{name}: #[{new}]"),
                runs,
                at,
                format!("#[{new}] "),
            ));
        }
    }
    all
}

/// Items and statements that are compiled no longer, or still.
pub(super) fn cfg(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        let (Item::Fn(_) | Item::Impl(_) | Item::Use(_) | Item::Const(_) | Item::Mod(_)) = item
        else {
            continue;
        };
        let at = item.span().byte_range().start;
        for new in ["#[cfg(all())] ", "#[cfg(any())] "] {
            let first = source.text[at..].lines().next().unwrap_or_default();
            all.push(Candidate::insert(
                format!("{new}{first}"),
                true,
                at,
                new.to_owned(),
            ));
        }
    }
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        for statement in &function.block.stmts {
            if matches!(statement, syn::Stmt::Expr(_, None)) {
                continue;
            }
            let at = statement.span().byte_range().start;
            for new in [
                "#[cfg(all())] ",
                "#[cfg(any())] ",
                "#[cfg(not(debug_assertions))] ",
            ] {
                all.push(Candidate::insert(
                    format!("{}: {new}", function.name()),
                    runs,
                    at,
                    new.to_owned(),
                ));
            }
        }
    }
    all
}

/// Bounds, defaults, and parameters of functions.
pub(super) fn generics(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        for parameter in function.signature.generics.type_params() {
            let end = parameter.ident.span().byte_range().end;
            let text = match parameter.colon_token {
                Some(_) => continue,
                None => ": ::hotmod_std::marker::Sized",
            };
            all.push(Candidate::insert(
                format!("{}: a bound", function.name()),
                runs,
                end,
                text.to_owned(),
            ));
        }
        if function.signature.generics.params.is_empty() {
            let end = function.signature.ident.span().byte_range().end;
            // An early-bound lifetime changes the function's type.
            let text = "<'hotmod: 'hotmod>".to_owned();
            all.push(Candidate::insert(
                format!("{}: a lifetime", function.name()),
                runs,
                end,
                text,
            ));
        }
        if let Some(clause) = &function.signature.generics.where_clause {
            let at = clause.where_token.span.byte_range().end;
            all.push(Candidate::insert(
                format!("{}: a clause", function.name()),
                runs,
                at,
                " u8: ::hotmod_std::marker::Copy, ".to_owned(),
            ));
        } else {
            let at = function.body_start() - 1;
            let text = " where u8: ::hotmod_std::marker::Copy ".to_owned();
            all.push(Candidate::insert(
                format!("{}: a clause", function.name()),
                runs,
                at,
                text,
            ));
        }
    }
    for item in source.items() {
        let generics = match item {
            Item::Struct(it) => &it.generics,
            Item::Enum(it) => &it.generics,
            Item::Impl(it) => &it.generics,
            Item::Trait(it) => &it.generics,
            _ => continue,
        };
        for parameter in &generics.params {
            let GenericParam::Type(parameter) = parameter else {
                continue;
            };
            let end = parameter.ident.span().byte_range().end;
            let text = match (&parameter.colon_token, &parameter.default) {
                (Some(colon), _) => (
                    colon.span.byte_range().end,
                    " ::hotmod_std::marker::Send + ",
                ),
                (None, None) => (end, ": ::hotmod_std::marker::Send"),
                (None, Some(_)) => continue,
            };
            all.push(Candidate::insert(
                format!("{}: Send", parameter.ident),
                true,
                text.0,
                text.1.to_owned(),
            ));
            if let Some(default) = &parameter.default {
                let range = default.1.span().byte_range();
                all.push(Candidate::new(
                    format!("{} = u16", parameter.ident),
                    true,
                    vec![(range, "u16".to_owned())],
                ));
            }
        }
    }
    all
}
