//! The sentences for items that code outside the group would be resolved to.

use crate::compat::items::{Change, Part, Rebound, User};

/// What changed, who may know it, and what to do.
pub(super) fn of_rebound(found: &Rebound) -> String {
    let change = match (&found.part, found.change) {
        (Part::Field { .. }, _) => "is no longer a public field",
        (_, Change::Added) => "was added",
        (_, Change::Changed) => "changed",
        (_, Change::Removed) => "was removed",
    };
    let part = of_part(found);
    let known_by = match format!("`{}`", found.known_by) {
        name if part.ends_with(&name) => "it".to_owned(),
        name => name,
    };
    let (user, advice) = (of_user(&found.user), of_advice(found));
    format!("{part} {change}, and {user} may use {known_by}{advice}")
}

fn of_part(found: &Rebound) -> String {
    match &found.part {
        Part::Impl { of, by } => match found.is_derived {
            true => format!("`#[derive({by})]` on `{of}`"),
            false => format!("`impl {by} for {of}`"),
        },
        Part::Member {
            of,
            by: Some(by),
            name,
        } => format!("`<{of} as {by}>::{name}`"),
        Part::Member { of, by: None, name }
        | Part::TraitItem { of, name }
        | Part::Variant { of, name } => format!("`{of}::{name}`"),
        Part::Field { of, name } => format!("`{of}.{name}`"),
        Part::Head { name } => format!("the declaration of `{name}`"),
        Part::Body { name } | Part::Name { name } => format!("`{name}`"),
        Part::Import { name } => format!("`use {name}`"),
        Part::Glob { path } => format!("`use {path}::*`"),
        Part::Module { name } => format!("`mod {name}`"),
        Part::Macro { name } => format!("`macro {name}`"),
        Part::MacroCall { path } => format!("`{path}!`"),
    }
}

fn of_user(user: &User) -> String {
    match user {
        User::Source { user } => format!("`{}`", user.display()),
        User::Crate { user } => format!("`{user}`"),
    }
}

/// What makes the next edit of the item a reload.
fn of_advice(found: &Rebound) -> &'static str {
    let is_member = matches!(found.part, Part::Member { by: Some(_), .. });
    match (
        is_member && found.change == Change::Added,
        found.is_entry_point,
    ) {
        (true, true) => "; it is an entry point now, so later edits of it are reloaded",
        (true, false) => "; to reload later edits of it, mark the impl block `#[hotmod::hot]`",
        (false, _) => "",
    }
}
