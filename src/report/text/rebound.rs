//! The sentences for items that code outside the group would be resolved to.

use crate::compat::items::{Change, Part, Rebound, User};

/// What changed, and who may know it.
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
    let (user, effect) = (of_user(&found.user), of_effect(found));
    format!("{part} {change}, and {user} may use {known_by}{effect}")
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

/// How later edits of a new item will be reloaded.
fn of_effect(found: &Rebound) -> &'static str {
    match is_new_member_of_impl(found) && found.is_entry_point {
        true => "; it is an entry point now, so later edits of it are reloaded",
        false => "",
    }
}

pub(super) fn help(found: &Rebound) -> Option<String> {
    let helps = is_new_member_of_impl(found) && !found.is_entry_point;
    helps.then(|| {
        "to reload later edits of it, mark the impl block with `#[hotmod::hot]`".to_owned()
    })
}

/// Whether a method was written that its trait provided before.
fn is_new_member_of_impl(found: &Rebound) -> bool {
    matches!(found.part, Part::Member { by: Some(_), .. }) && found.change == Change::Added
}
