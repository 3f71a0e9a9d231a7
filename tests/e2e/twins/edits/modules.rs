//! Edits of the items of a module: their order, their files, and what is in scope.

use hotmod_testkit::registry::is_movable;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{ImplItem, Item, UseTree};

use super::{Candidate, Source, is_test, literals};

pub(super) fn comments(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in &source.file.items {
        let at = item.span().byte_range().start;
        for text in ["// A comment.\n", "\n\n\n", "#[doc = \"More.\"] "] {
            all.push(Candidate::insert("a comment", true, at, text.to_owned()));
        }
    }
    for function in &source.functions {
        let runs = source.running.contains(&function.key);
        all.push(Candidate::insert(
            function.name(),
            runs,
            function.body_start(),
            " /* A\ncomment. */ ".to_owned(),
        ));
    }
    all
}

pub(super) fn constants(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut add = |name: String, tokens, runs| {
        let places = literals::changed(tokens);
        // Tables have thousands.
        let step = places.len().div_ceil(50).max(1);
        for place in places.into_iter().step_by(step) {
            let about = format!(
                "{name}: `{}` -> `{}`",
                &source.text[place.0.clone()],
                place.1
            );
            all.push(Candidate::new(about, runs, vec![place]));
        }
    };
    for item in source.items() {
        match item {
            Item::Const(it) => add(it.ident.to_string(), it.expr.to_token_stream(), true),
            Item::Static(it) => add(it.ident.to_string(), it.expr.to_token_stream(), true),
            Item::Impl(block) => {
                for item in &block.items {
                    if let ImplItem::Const(it) = item {
                        add(it.ident.to_string(), it.expr.to_token_stream(), true);
                    }
                }
            }
            _ => {}
        }
    }
    all
}

/// Functions that nobody calls.
pub(super) fn functions_added(source: &Source) -> Vec<Candidate> {
    let number = source.number;
    let texts = [
        format!("#[allow(dead_code)] fn private_{number}(x: u64) -> u64 {{ x / {number} }}\n"),
        format!("#[allow(missing_docs)] pub fn public_{number}(x: u32) -> ::hotmod_std::string::String {{ ::hotmod_std::format!(\"{{}} {number}\", x) }}\n"),
        format!("#[allow(missing_docs)] pub fn generic_{number}<T: ::hotmod_std::clone::Clone>(x: &T) -> T {{ x.clone() }}\n"),
        // These hide names of the prelude and of globs.
        "#[allow(dead_code)] fn drop<T>(_: T) { ::hotmod_std::panic!(\"dropped\") }\n".to_owned(),
        "#[allow(dead_code, missing_docs, non_snake_case)] pub fn Some<T>(_: T) -> ::hotmod_std::option::Option<T> { ::hotmod_std::option::Option::None }\n".to_owned(),
    ];
    let mut all = Vec::new();
    for item in source.items() {
        for text in &texts {
            let at = item.span().byte_range().start;
            all.push(Candidate::insert(text.trim(), true, at, text.clone()));
        }
    }
    all
}

pub(super) fn reordered(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for both in source.file.items.windows(2) {
        if both.iter().all(is_movable) {
            let [one, other] = [&both[0], &both[1]].map(|it| it.span().byte_range());
            let [first, second] = [&one, &other].map(|it| source.text[it.clone()].to_owned());
            all.push(Candidate::new(
                "two items",
                true,
                vec![(one, second), (other, first)],
            ));
        }
    }
    all
}

/// A module in a file comes into its parent's file, and one that is there gets a file.
pub(super) fn moved(source: &Source) -> Vec<Candidate> {
    let name = source.path.file_stem().unwrap().to_str().unwrap();
    let folder = source.path.parent().unwrap();
    let is_at_its_folder = ["lib", "mod"].contains(&name);
    let folder = if is_at_its_folder {
        folder.to_owned()
    } else {
        folder.join(name)
    };
    let mut all = Vec::new();
    for item in &source.file.items {
        let Item::Mod(module) = item else { continue };
        if is_test(&module.attrs) || module.attrs.iter().any(|it| it.path().is_ident("path")) {
            continue;
        }
        let name = module.ident.to_string();
        let [file, other] = [
            folder.join(&name).with_extension("rs"),
            folder.join(&name).join("mod.rs"),
        ];
        if let Some((braces, _)) = &module.content {
            let [open, close] = [braces.span.open(), braces.span.close()].map(|it| it.byte_range());
            let mut candidate = Candidate::new(
                format!("{name} gets a file"),
                true,
                vec![(open.start..close.end, ";".to_owned())],
            );
            candidate.files = vec![(file, Some(source.text[open.end..close.start].to_owned()))];
            all.push(candidate);
            continue;
        }
        let Some((from, to)) = [(&file, &other), (&other, &file)]
            .into_iter()
            .find(|it| source.sources.contains_key(it.0))
        else {
            continue;
        };
        let text = &source.sources[from];
        let mut candidate = Candidate::new(format!("{name} to {}", to.display()), true, vec![]);
        candidate.files = vec![(from.clone(), None), (to.clone(), Some(text.clone()))];
        all.push(candidate);
        let has_modules = syn::parse_file(text).map_or(true, |it| {
            it.items
                .iter()
                .any(|it| matches!(it, Item::Mod(it) if it.content.is_none()))
        });
        if let Some(semicolon) = module.semi.as_ref().filter(|_| !has_modules) {
            let inline = format!(" {{\n{text}\n}}");
            let mut candidate = Candidate::new(
                format!("{name} inline"),
                true,
                vec![(semicolon.span.byte_range(), inline)],
            );
            candidate.files = vec![(from.clone(), None)];
            all.push(candidate);
        }
    }
    all
}

/// Imports that are removed, renamed, or made globs.
pub(super) fn uses(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        let Item::Use(it) = item else { continue };
        let range = it.span().byte_range();
        let text = &source.text[range.clone()];
        all.push(Candidate::new(
            format!("no {text}"),
            true,
            vec![(range.clone(), String::new())],
        ));
        let tree = it.tree.span().byte_range();
        let mut last = &it.tree;
        while let UseTree::Path(path) = last {
            last = &path.tree;
        }
        let at = last.span().byte_range();
        match last {
            UseTree::Name(_) if at != tree => {
                all.push(Candidate::new(
                    format!("{text} as a glob"),
                    true,
                    vec![(at.clone(), "*".to_owned())],
                ));
                all.push(Candidate::new(
                    format!("{text} in braces"),
                    true,
                    vec![(at.clone(), format!("{{{}}}", &source.text[at]))],
                ));
            }
            UseTree::Group(_) => {
                all.push(Candidate::new(
                    format!("{text} as a glob"),
                    true,
                    vec![(at, "*".to_owned())],
                ));
            }
            _ => {}
        }
        let visibility = it.vis.span().byte_range();
        if visibility.is_empty() {
            let start = it.use_token.span.byte_range().start;
            all.push(Candidate::insert(
                format!("pub {text}"),
                true,
                start,
                "pub(crate) ".to_owned(),
            ));
        } else {
            all.push(Candidate::new(
                format!("private {text}"),
                true,
                vec![(visibility, String::new())],
            ));
        }
    }
    all
}

/// Other literals in macros and in their calls, and bodies that call a new macro.
pub(super) fn macros(source: &Source) -> Vec<Candidate> {
    let mut all = Vec::new();
    for item in source.items() {
        let Item::Macro(it) = item else { continue };
        let name = it
            .ident
            .as_ref()
            .map_or("a call".to_owned(), ToString::to_string);
        for place in literals::changed(it.mac.tokens.clone()) {
            let about = format!(
                "{name}: `{}` -> `{}`",
                &source.text[place.0.clone()],
                place.1
            );
            all.push(Candidate::new(about, true, vec![place]));
        }
    }
    for function in &source.functions {
        if function.signature.constness.is_some() {
            continue;
        }
        let runs = source.running.contains(&function.key);
        let name = format!("hotmod_{}", source.number);
        let first = source.file.items[0].span().byte_range().start;
        for body in ["::hotmod_std::println!(\"by a macro\")", "()"] {
            let splices = vec![
                (
                    first..first,
                    format!("macro_rules! {name} {{ () => {{ {body} }} }}\n"),
                ),
                (
                    function.body_start()..function.body_start(),
                    format!(" {name}!(); "),
                ),
            ];
            all.push(Candidate::new(
                format!("{}: calls {name}", function.name()),
                runs,
                splices,
            ));
        }
    }
    all
}
