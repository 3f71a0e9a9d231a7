//! How code outside the group has an item that changed.

use super::{of_item, rebound};
use crate::compat::items::{EntryPoint, MarkPlace, Unreachable};
use crate::compat::symbols::HostUse;

pub(crate) fn of_unreachable(found: &Unreachable, path: &str) -> String {
    match found {
        Unreachable::Used { used, entry_point } => {
            let effect = match entry_point {
                EntryPoint::Became => "; its `#[hotmod::hot]` takes effect with this restart",
                EntryPoint::Possible(_) | EntryPoint::HandsOutCode | EntryPoint::Impossible => "",
            };
            let item = &used.item;
            format!("`{item}` changed, and {}{effect}", use_of(" it", used))
        }
        Unreachable::Signature { used, is_gone } => match is_gone {
            true => format!(
                "`{}` was removed or moved, and {}",
                used.item,
                use_of(" it", used)
            ),
            false => format!(
                "the signature of `{}` changed, and {}",
                used.item,
                use_of(" it", used)
            ),
        },
        Unreachable::CompiledInto { item, used } => {
            let (item, user, way) = (of_item(item), &used.item, use_of("", used));
            format!("`{item}` changed; it is compiled into `{user}`, which {way}")
        }
        Unreachable::Derived { of, used } => {
            format!(
                "`{of}` changed, and {}, which is derived for it",
                of_use(used)
            )
        }
        Unreachable::Rebound(found) => rebound::of_rebound(found),
        Unreachable::Named {
            item,
            user,
            macros_of,
        } => {
            let (item, user) = (of_item(item), user.display());
            match macros_of {
                None => format!("`{item}` in `{path}` changed, and it is compiled into `{user}`"),
                Some(macros) => format!(
                    "`{item}` in `{path}` changed, and macros of `{macros}` may use it in `{user}`"
                ),
            }
        }
    }
}

/// How to make later edits of an item in this file reloadable, if a mark does that.
pub(super) fn help(found: &Unreachable, path: &str) -> Option<String> {
    let (used, entry_point) = match found {
        Unreachable::Used { used, entry_point } => (used, entry_point),
        Unreachable::Rebound(found) => return rebound::help(found),
        _ => return None,
    };
    match entry_point {
        EntryPoint::Possible(MarkPlace { line, is_block }) => {
            let block = if *is_block { "the impl block of " } else { "" };
            Some(format!(
                "to make it reloadable, mark {block}`{}` with `#[hotmod::hot]`: \
                 `cargo hotmod init --mark {path}:{line}`",
                used.item
            ))
        }
        EntryPoint::HandsOutCode => Some(format!(
            "the program keeps the code that `{}` hands out: let that code call a function marked \
             `#[hotmod::hot]`",
            used.item
        )),
        EntryPoint::Became | EntryPoint::Impossible => None,
    }
}

pub(crate) fn of_use(used: &HostUse) -> String {
    use_of(&format!(" `{}`", used.item), used)
}

/// How the host uses an item, with `object` after the verb.
fn use_of(object: &str, HostUse { its, .. }: &HostUse) -> String {
    let user = match its.is_program {
        true => format!("the program `{}`", its.user),
        false => format!("`{}`", its.user),
    };
    match (&its.by_way_of, its.is_data) {
        (Some(way), _) => format!("{user} reaches{object} through `{way}`"),
        (None, false) => format!("{user} calls{object} directly"),
        (None, true) => format!("{user} uses{object} directly"),
    }
}
