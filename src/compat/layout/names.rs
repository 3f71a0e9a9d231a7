//! The names of types: for comparison, without numbers that shift; for people, without well-known
//! paths.

/// `{closure_env#3}` becomes `{closure_env}`: another closure before it is not a change of the type.
pub(crate) fn without_numbers(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..at]);
        rest = rest[at + 1..].trim_start_matches(|character: char| character.is_ascii_digit());
    }
    out.push_str(rest);
    out
}

/// `alloc::vec::Vec<pages::Item, alloc::alloc::Global>` becomes `Vec<pages::Item>`.
pub(crate) fn for_people(name: &str) -> String {
    let name = name
        .replace(", alloc::alloc::Global", "")
        .replace(", std::hash::random::RandomState", "");
    let mut out = String::new();
    for word in name.split_inclusive(|character: char| !is_of_path(character)) {
        let (path, after) = match word.char_indices().next_back() {
            Some((at, last)) if !is_of_path(last) => word.split_at(at),
            _ => (word, ""),
        };
        let is_known = ["core::", "alloc::", "std::", "hashbrown::"]
            .iter()
            .any(|root| path.starts_with(root));
        let shown = match is_known {
            true => path.rsplit("::").next().unwrap_or(path),
            false => path,
        };
        out.push_str(shown);
        out.push_str(after);
    }
    out
}

/// Whether a path in a type's name can contain a character.
pub(crate) fn is_of_path(character: char) -> bool {
    character.is_alphanumeric() || "_:{}".contains(character)
}

/// The name of a field in sources: `__0` becomes `0`.
pub(crate) fn of_field(name: &str) -> &str {
    match name.strip_prefix("__") {
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number,
        _ => name,
    }
}

/// Whether a name contains a path that begins with one of these crates.
pub(crate) fn mentions(name: &str, crates: &[String]) -> bool {
    paths(name).any(|path| is_of(path, crates))
}

/// Whether a path begins with one of these crates.
pub(crate) fn is_of(path: &str, crates: &[String]) -> bool {
    let first = path.split_once("::").map(|(first, _)| first);
    first.is_some_and(|first| crates.iter().any(|name| name == first))
}

/// The pairs of the group's paths by which two names differ, if they differ in nothing else.
pub(crate) fn renames(old: &str, new: &str, crates: &[String]) -> Option<Vec<(String, String)>> {
    let signs = |name: &str| name.split(is_of_path).collect::<String>();
    if signs(old) != signs(new) || paths(old).count() != paths(new).count() {
        return None;
    }
    let pairs = paths(old).zip(paths(new)).filter(|(old, new)| old != new);
    let pair = |(old, new): (&str, &str)| {
        let both = is_of(old, crates) && is_of(new, crates);
        both.then(|| (old.to_owned(), new.to_owned()))
    };
    pairs.map(pair).collect()
}

/// The paths in a name.
pub(crate) fn paths(name: &str) -> impl Iterator<Item = &str> {
    name.split(|character: char| !is_of_path(character))
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_closures_and_impls_are_left_out() {
        let name = "pages::{impl#12}::f::{closure_env#0}<u8>";
        assert_eq!(without_numbers(name), "pages::{impl}::f::{closure_env}<u8>");
    }

    #[test]
    fn paths_that_everybody_knows_are_left_out() {
        for (name, shown) in [
            (
                "alloc::vec::Vec<pages::Item, alloc::alloc::Global>",
                "Vec<pages::Item>",
            ),
            (
                "core::option::Option<&mut pages::m::S>",
                "Option<&mut pages::m::S>",
            ),
            ("[u8; 4]", "[u8; 4]"),
        ] {
            assert_eq!(for_people(name), shown);
        }
    }

    #[test]
    fn a_rename_is_of_the_groups_own_types() {
        let crates = ["pages".to_owned()];
        let renamed = |old, new| renames(old, new, &crates).map(|it| it.len());
        assert_eq!(renamed("Vec<pages::A>", "Vec<pages::B>"), Some(1));
        assert_eq!(renamed("&pages::A", "&mut pages::A"), None);
        assert_eq!(
            renamed("mpsc::Sender<pages::A>", "mpsc::Receiver<pages::A>"),
            None
        );
        assert_eq!(renamed("pages::A", "model::A"), None);
    }

    #[test]
    fn only_whole_crates_are_mentioned() {
        let crates = ["pages".to_owned()];
        assert!(mentions("alloc::vec::Vec<pages::Item>", &crates));
        assert!(mentions("dyn pages::Shape", &crates));
        assert!(!mentions("webpages::Item", &crates));
        assert!(!mentions("web::pages::Item", &crates));
    }
}
