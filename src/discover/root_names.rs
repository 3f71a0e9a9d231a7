//! The names of the runtime and its `main` in the root of a source file.
//!
//! Only the file's own imports are resolved. A name that is imported from the program's own modules
//! is assumed to be the runtime's, because a doubtful case must not be an error.

use syn::punctuated::Punctuated;
use syn::{Attribute, File, Item, Meta, Token, UseTree};

/// The names of the runtime and its `main` in a file's root.
pub(super) struct RootNames {
    runtime: Vec<String>,
    main: Vec<String>,
    /// The program's own modules, and names imported from them.
    own: Vec<String>,
}

impl RootNames {
    pub(super) fn of(file: &File, runtime_key: &str) -> Self {
        let mut names = RootNames {
            runtime: vec![runtime_key.to_owned()],
            main: Vec::new(),
            own: ["crate", "self", "super"].map(str::to_owned).to_vec(),
        };
        let mut imports = Vec::new();
        for item in &file.items {
            match item {
                Item::Use(item) => flatten(&item.tree, &[], &mut imports),
                Item::Mod(item) => names.own.push(item.ident.to_string()),
                Item::ExternCrate(item) if item.ident == runtime_key => {
                    names
                        .runtime
                        .extend(item.rename.iter().map(|(_, name)| name.to_string()));
                }
                _ => {}
            }
        }
        for (path, alias) in &imports {
            if matches!(path.as_slice(), [key] if key == runtime_key) {
                names.runtime.push(alias.clone());
            }
        }
        for (path, alias) in imports {
            if path.first().is_some_and(|first| names.own.contains(first)) {
                names.own.push(alias);
            } else if names.is_main_of_runtime(&path) {
                names.main.push(alias);
            }
        }
        names
    }

    /// Whether an attribute may be the runtime's `main`, directly or in a `cfg_attr`.
    pub(super) fn is_main_attribute(&self, attribute: &Attribute) -> bool {
        if !attribute.path().is_ident("cfg_attr") {
            return self.is_main(attribute.path());
        }
        let inner = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        inner.is_ok_and(|metas| metas.iter().skip(1).any(|meta| self.is_main(meta.path())))
    }

    fn is_main(&self, path: &syn::Path) -> bool {
        let segments: Vec<_> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        match segments.as_slice() {
            [first, ..] if self.own.contains(first) => true,
            [one] => self.main.contains(one),
            path => self.is_main_of_runtime(path),
        }
    }

    fn is_main_of_runtime(&self, path: &[String]) -> bool {
        matches!(path, [key, item] if self.runtime.contains(key) && item == "main")
    }
}

/// Adds each import as its path and its name. A glob is treated as an import of `main`.
fn flatten(tree: &UseTree, prefix: &[String], imports: &mut Vec<(Vec<String>, String)>) {
    let with = |name: &str| {
        let is_end = name == "self" && !prefix.is_empty();
        let own = (!is_end).then(|| name.to_owned());
        prefix.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(&path.ident.to_string()), imports),
        UseTree::Name(name) => {
            let path = with(&name.ident.to_string());
            imports.extend(path.last().cloned().map(|last| (path, last)));
        }
        UseTree::Rename(rename) => {
            imports.push((with(&rename.ident.to_string()), rename.rename.to_string()))
        }
        UseTree::Glob(_) => imports.push((with("main"), "main".to_owned())),
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| flatten(tree, prefix, imports)),
    }
}
