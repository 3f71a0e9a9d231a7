//! Keys of items: the part of an item's name that its source and its symbols have in common.
//!
//! Examples are `footer`, `Guard::new` and `<Guard as Drop>::drop`. Keys have no modules, no generic arguments
//! and no `r#`. A symbol's path may have two keys: in `pages::uid_t::get`, `uid_t` may be a type or a module.

use super::name::{last_name, qualified};

/// The key of an item, from its name, and from the type and the trait of the impl that contains it. For a
/// provided method, `of` is the trait.
pub(crate) fn key(of: Option<&str>, by: Option<&str>, name: &str) -> String {
    let [of, by] = [of, by].map(|it| it.map(plain));
    let name = plain(name);
    match (of, by) {
        (Some(of), Some(by)) => format!("<{of} as {by}>::{name}"),
        (Some(of), None) => format!("{of}::{name}"),
        (None, _) => name.to_owned(),
    }
}

/// The possible keys of the item of a symbol's path. `is_type` returns whether a name is that of a type or a
/// trait, not of a module.
pub(crate) fn keys(path: &str, is_type: impl Fn(&str) -> bool) -> Vec<String> {
    let rest = match qualified(path) {
        Some((of, by, name)) if !name.contains("::") => {
            return vec![key(Some(last_name(of)), Some(last_name(by)), name)];
        }
        Some((_, _, rest)) => rest,
        None => path,
    };
    let mut segments = rest.rsplit("::");
    let name = segments.next().unwrap_or_default();
    let before = segments.next();
    // The first segment of a path is its crate.
    let before = before.filter(|_| segments.next().is_some());
    let method = before.map(|of| key(Some(of), None, name));
    let free = (!before.is_some_and(is_type)).then(|| key(None, None, name));
    method.into_iter().chain(free).collect()
}

/// Whether a path may be that of a method with this name, of any type.
pub(super) fn is_method(path: &str, name: &str) -> bool {
    let keys = keys(path, |_| true);
    let mut methods = keys.iter().filter_map(|key| key.rsplit_once("::"));
    methods.any(|(_, last)| last == name)
}

/// A name without `r#`, which symbols don't have.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

#[cfg(test)]
mod tests;
