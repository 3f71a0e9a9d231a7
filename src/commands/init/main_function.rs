//! Adds `#[hotmod::main]` as a line above a program's `fn main`.

use syn::spanned::Spanned as _;
use syn::{Item, ItemFn};

use super::lines::with_attribute;
use crate::compat::items::first_line_of_function;
use crate::discover::lacks_main_attribute;

/// The outcome for a source file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// It has the attribute, or may have it under another name.
    Already,
    /// The source with the attribute.
    Now(String),
    /// It is not clear which `fn main` to mark.
    Unclear,
}

/// `key` is the name of the runtime in the program's dependencies.
pub(crate) fn mark(source: &str, key: &str) -> Marked {
    let Ok(file) = syn::parse_file(source) else {
        return Marked::Unclear;
    };
    let mains = file.items.iter().filter_map(|item| match item {
        Item::Fn(function) if function.sig.ident == "main" => Some(function),
        _ => None,
    });
    let mains: Vec<&ItemFn> = mains.collect();
    let is_marked = !lacks_main_attribute(source, key);
    match mains.as_slice() {
        [_, ..] if is_marked => Marked::Already,
        [main] => {
            let attribute = format!("#[{}::main]", key.replace('-', "_"));
            let marked = with_attribute(source, first_line(main), &attribute);
            marked.map_or(Marked::Unclear, Marked::Now)
        }
        _ => Marked::Unclear,
    }
}

/// The line, from 1, of the first attribute that is not documentation, or of the function.
fn first_line(main: &ItemFn) -> usize {
    let attributes = main.attrs.iter().map(|attribute| {
        let is_doc = attribute.path().is_ident("doc");
        (attribute.span().start().line, is_doc)
    });
    let of_attributes = attributes.filter(|(_, is_doc)| !is_doc);
    let of_function = first_line_of_function(&main.vis, &main.sig);
    of_attributes
        .map(|(line, _)| line)
        .min()
        .unwrap_or(of_function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attribute_is_added_above_the_others() {
        for (above, rest) in [
            ("", "fn main() {}\n"),
            (
                "//! A program.\n\nuse std::io;\n\n",
                "fn main() -> io::Result<()> { Ok(()) }",
            ),
            ("/// Begins.\n", "#[tokio::main]\nasync fn main() {}\n"),
            (
                "/** Begins. */\n",
                "#[cfg(unix)]\n#[tokio::main(flavor = \"x\")]\npub async fn main() {}\n",
            ),
            (
                "mod a;\nstruct B;\n\n",
                "pub(crate) fn main() {}\n\nfn other() {}\n",
            ),
            (
                "#!/usr/bin/env run\n#![allow(unused)]\n\n",
                "fn main() {}\n",
            ),
            (
                "\u{feff}// fn main() {}\n/* fn main() {} */\n",
                "fn main() {}\n",
            ),
            ("mod inner { fn main() {} }\n", "unsafe fn main() {}\n"),
        ] {
            assert_eq!(
                mark(&format!("{above}{rest}"), "hotmod"),
                Marked::Now(format!("{above}#[hotmod::main]\n{rest}"))
            );
        }
        assert_eq!(
            mark("use a;\r\nfn main() {}\r\n", "hot-mod"),
            Marked::Now("use a;\r\n#[hot_mod::main]\r\nfn main() {}\r\n".to_owned())
        );
    }

    #[test]
    fn an_unclear_source_is_not_changed() {
        for source in [
            "",
            "fn main( {",
            "start! { fn main() {} }",
            "use inner::main;",
            "#[cfg(unix)]\nfn main() {}\n#[cfg(not(unix))]\nfn main() {}\n",
            "struct A; fn main() {}\n",
            "/* a */ fn main() {}\n",
        ] {
            assert_eq!(mark(source, "hotmod"), Marked::Unclear, "{source}");
        }
        for source in [
            "#[hotmod::main]\nfn main() {}",
            "use hotmod::main as start;\n#[start]\nfn main() {}",
        ] {
            assert_eq!(mark(source, "hotmod"), Marked::Already, "{source}");
        }
    }
}
