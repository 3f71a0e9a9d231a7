//! Checks that the host's `fn main` has `#[hotmod::main]`.
//!
//! Without the attribute, a session would build and start but never reload, so it is checked before
//! the build. It resolves names only in the root of the file. In doubt (no `fn main`, or a file
//! that does not parse), it accepts the file and leaves errors to the compiler.

use std::fs;
use std::path::Path;

use syn::{Item, ItemFn};

use super::DiscoverError;
use super::root_names::RootNames;

/// Fails if the file has a `fn main` that certainly lacks the attribute.
pub(super) fn check(src_path: &Path, runtime_key: &str) -> Result<(), DiscoverError> {
    let Ok(source) = fs::read_to_string(src_path) else {
        return Ok(());
    };
    if !is_missing(&source, runtime_key) {
        return Ok(());
    }
    let (file, key) = (src_path.to_owned(), runtime_key.replace('-', "_"));
    Err(DiscoverError::HostWithoutMain {
        file,
        line: line_of_main(&source),
        key,
    })
}

/// Whether a source has a `fn main` that certainly lacks the attribute.
pub(crate) fn is_missing(source: &str, runtime_key: &str) -> bool {
    let Ok(file) = syn::parse_file(source) else {
        return false;
    };
    let names = RootNames::of(&file, &runtime_key.replace('-', "_"));
    let main = |item| match item {
        Item::Fn(function) if function.sig.ident == "main" => Some(function),
        _ => None,
    };
    let mains: Vec<ItemFn> = file.items.into_iter().filter_map(main).collect();
    // With several under `#[cfg]`, it is not known here which one is compiled.
    !mains.is_empty()
        && !mains
            .iter()
            .flat_map(|main| &main.attrs)
            .any(|attribute| names.is_main_attribute(attribute))
}

/// Finds the line in the text, or `None` if there are several candidates. syn has no positions
/// without a feature that makes parsing slower everywhere.
fn line_of_main(source: &str) -> Option<usize> {
    const BEFORE: [&str; 6] = ["pub", "const", "async", "unsafe", "extern", "\"C\""];
    let is_main = |line: &str| {
        let mut words = line
            .split_whitespace()
            .skip_while(|word| BEFORE.contains(word) || word.starts_with("pub("));
        words.next() == Some("fn")
            && words.next().and_then(|word| word.split(['(', '<']).next()) == Some("main")
    };
    let mut lines = source
        .lines()
        .enumerate()
        .filter(|(_, line)| is_main(line))
        .map(|(index, _)| index + 1);
    lines.next().filter(|_| lines.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attribute_is_found_under_any_name() {
        for source in [
            "#[hotmod::main] fn main() {}",
            "#[::hotmod::main] pub fn main() {}",
            "#[tokio::main] #[hotmod::main] async fn main() {}",
            "use hotmod::main; #[main] fn main() {}",
            "use hotmod::{hot, main as start}; #[start] fn main() {}",
            "use hotmod::*; #[main] fn main() {}",
            "use hotmod as hm; #[hm::main] fn main() {}",
            "use {hotmod::{self as hm, hot}, hm::main}; #[main] fn main() {}",
            "extern crate hotmod as hm; #[hm::main] fn main() {}",
            "#[cfg_attr(feature = \"dev\", hotmod::main)] fn main() {}",
            "#[cfg(unix)] #[hotmod::main] fn main() {} #[cfg(not(unix))] fn main() {}",
        ] {
            assert!(!is_missing(source, "hotmod"), "{source}");
        }
        assert!(!is_missing("#[hot_mod::main] fn main() {}", "hot-mod"));
    }

    #[test]
    fn other_attributes_do_not_count() {
        for source in [
            "fn main() {}",
            "#[tokio::main] async fn main() {}",
            "#[main] fn main() {}",
            "use tokio::main; #[main] async fn main() {}",
            "use hotmod::hot; #[hot] fn main() {}",
            "#[hotmod::main] fn other() {} fn main() {}",
            "#[hotmod::main::extra] fn main() {}",
        ] {
            assert!(is_missing(source, "hotmod"), "{source}");
        }
        assert!(is_missing("#[hotmod::main] fn main() {}", "reload"));
    }

    #[test]
    fn unclear_sources_are_accepted() {
        for source in [
            "",
            "fn main( {",
            "mod inner { fn main() {} }",
            "start! { fn main() {} }",
            "mod prelude; #[prelude::main] fn main() {}",
            "#[crate::macros::main] fn main() {}",
            "use crate::prelude::*; #[main] fn main() {}",
            "use self::macros::entry; #[entry] fn main() {}",
            "use crate::prelude; #[prelude::main] fn main() {}",
        ] {
            assert!(!is_missing(source, "hotmod"), "{source}");
        }
    }

    #[test]
    fn the_line_is_reported_only_if_it_is_certain() {
        assert_eq!(line_of_main("use a;\n\nfn main() {}\n"), Some(3));
        assert_eq!(line_of_main("pub(crate) async fn main<T>() {}"), Some(1));
        assert_eq!(line_of_main("fn mainly() {}\nfn main () {}"), Some(2));
        assert_eq!(line_of_main("/*\nfn main() {}\n*/\nfn main() {}"), None);
    }
}
