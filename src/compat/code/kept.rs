//! Code that the program may keep by the type that it belongs to.
//!
//! Game engines store the first closure of a type, or how to drop a component, under its `TypeId`. A
//! closure or a type has the same id in each generation, so what is stored stays, although its entry
//! point is called again.

use std::collections::BTreeSet;

/// The stored type that a function belongs to, if there is one: a closure's own, or the type that it
/// drops. `function` is a full name, and `stored` are the names of types in debug information without
/// the numbers of closures.
pub(crate) fn stored_type<'a>(function: &str, stored: &'a BTreeSet<String>) -> Option<&'a String> {
    if let Some(dropped) = dropped(function) {
        return stored.get(dropped);
    }
    let closure = closure(function)?;
    stored.iter().find(|it| {
        // An impl has a number in debug information, and a type in symbols.
        let path = it.split('<').next().unwrap_or_default();
        match path.rsplit_once("{impl}::") {
            Some((_, rest)) => closure.ends_with(&format!(">::{rest}")),
            None => path == closure,
        }
    })
}

/// The type that a function drops.
fn dropped(function: &str) -> Option<&str> {
    let glue = function.strip_prefix("core::ptr::drop_in_place");
    let glue = glue.and_then(|it| {
        it.trim_start_matches("::")
            .strip_prefix('<')?
            .strip_suffix('>')
    });
    let written = function.strip_suffix(" as core::ops::drop::Drop>::drop");
    glue.or_else(|| written?.strip_prefix('<'))
}

/// The name that debug information has for the type of a closure.
fn closure(function: &str) -> Option<String> {
    let parts = function.split("::").map(|part| match part {
        "{{closure}}" => "{closure}",
        part if part.starts_with("{closure#") => "{closure}",
        part => part,
    });
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.last_mut().filter(|it| **it == "{closure}")?;
    *last = "{closure_env}";
    Some(parts.join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_and_drops_are_found_by_their_types() {
        let stored = [
            "game::Enemy",
            "game::frame::{closure_env}",
            "game::frame::{closure}::{closure_env}<u8>",
            "game::{impl}::build::{closure_env}",
        ];
        let stored = stored.map(str::to_owned).into();
        for (function, expected) in [
            ("game::frame::{{closure}}", Some(1)),
            ("game::frame::{closure#2}", Some(1)),
            ("game::frame::{{closure}}::{{closure}}", Some(2)),
            (
                "<game::Game as engine::Plugin>::build::{{closure}}",
                Some(3),
            ),
            ("<game::Enemy as core::ops::drop::Drop>::drop", Some(0)),
            ("core::ptr::drop_in_place<game::Enemy>", Some(0)),
            ("core::ptr::drop_in_place::<game::Enemy>", Some(0)),
            ("core::ptr::drop_in_place<game::Other>", None),
            ("game::frame", None),
            ("game::other::{{closure}}", None),
            ("<game::Enemy as core::clone::Clone>::clone", None),
        ] {
            let found = stored_type(function, &stored);
            let place = found.and_then(|found| stored.iter().position(|it| it == found));
            assert_eq!(place, expected, "{function}");
        }
    }
}
