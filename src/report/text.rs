//! The sentences for reasons and [notes](super::Note). No other module writes them, and no code parses them.

mod layout;
mod notes;
mod outside;
mod rebound;

use std::fmt::{self, Display, Formatter};

use crate::compat::code;
use crate::compat::items::{
    AssociatedItem, ChangedImpl, Field, FieldChange, Item, ItemKind, Unseen,
};
use crate::compile::ScriptChange;
use crate::decide::Reason;
use crate::discover::Concern;
pub(crate) use layout::of_layout;
pub(crate) use notes::{of_overridden, of_wrapper};
pub(crate) use outside::of_unreachable;
#[cfg(test)]
pub(crate) use outside::of_use;

/// The first cause, as a sentence without its full stop.
impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotBuilt => f.write_str("the program has not been built yet"),
            Reason::NotRunning => f.write_str("the host is not running"),
            Reason::HostLeft => f.write_str("the host left the session"),
            Reason::Behind => f.write_str("the program runs code from before the last build"),
            Reason::Requested => f.write_str("on request"),
            Reason::Paused => f.write_str("the session is paused"),
            Reason::FailedBefore => {
                f.write_str("nothing has changed since the last build, which failed")
            }
            Reason::SameTokens => f.write_str(
                "only comments, formatting or tests changed; line numbers follow with the next reload",
            ),
            Reason::Unchanged => f.write_str("the saved files match the running program"),
            Reason::UnusedSetting { path, program } => write!(
                f,
                "`{path}` changed, but not in a way that affects `{program}`"
            ),
            Reason::SameScriptOutput => f.write_str("the build script's output is unchanged"),
            Reason::SameCode => f.write_str("the program's code is unchanged"),
            Reason::NothingBuilt => f.write_str("cargo found nothing to build"),
            Reason::File { path } => write!(f, "`{path}` changed"),
            Reason::Cargo(concern) => f.write_str(&of_concern(concern)),
            Reason::Package {
                path,
                program: Some(program),
                ..
            } => write!(
                f,
                "`{path}` changed, and the program `{program}` is not reloadable, only its library"
            ),
            Reason::Package { path, package, .. } => {
                write!(f, "`{path}` changed, and `{package}` is not reloadable")
            }
            Reason::Script { path, package } => write!(
                f,
                "`{path}` changed, and the build script of `{package}` reads it"
            ),
            Reason::ScriptOutput { package, change } => {
                let change = of_script(change);
                write!(f, "the build script of `{package}` {change}")
            }
            Reason::UnknownBaseline { path } => write!(
                f,
                "`{path}` changed, and it is not known which version of its types the host was built with"
            ),
            Reason::Item {
                item,
                path,
                user,
                fields,
            } => {
                let item = of_item(item);
                match &fields[..] {
                    [] => write!(f, "`{item}` in `{path}` changed")?,
                    fields => write!(f, "`{item}` in `{path}`: {}", of_fields(fields))?,
                }
                match user {
                    Some(user) => write!(f, ", and it is compiled into `{user}`"),
                    None => Ok(()),
                }
            }
            Reason::Direct { path, found } => f.write_str(&of_unreachable(found, path)),
            Reason::Gone { item } => write!(
                f,
                "the program calls `{item}`, which is gone or has another signature"
            ),
            Reason::OtherCrate { name } => {
                write!(f, "`{name}` was rebuilt after the host was built")
            }
            Reason::Unparsable { path } => write!(
                f,
                "`{path}` can't be parsed, so it is not known which items changed"
            ),
            Reason::UnreadableLayouts {
                item: Some(item),
                why,
            } => {
                let item = of_item(item);
                write!(
                    f,
                    "`{item}` changed, and type layouts can't be read ({why})"
                )
            }
            Reason::UnreadableLayouts { item: None, why } => write!(
                f,
                "type layouts can no longer be read ({why}), and a kept value has been migrated"
            ),
            Reason::SameTypes => f.write_str("no type changed"),
            Reason::SameLayouts => f.write_str("no type layout changed"),
            Reason::Layout(difference) => f.write_str(&of_layout(difference)),
            Reason::Unseen(unseen) => f.write_str(&of_unseen(unseen)),
            Reason::Code { difference, .. } => f.write_str(&of_code(difference)),
            Reason::Trait(changed_impl) => f.write_str(&of_changed_impl(changed_impl)),
            Reason::Renamed { old, new } => write!(
                f,
                "`{old}` was renamed to `{new}`, and values stored under its `TypeId` would no longer be found"
            ),
            Reason::NotLinked { message } => {
                write!(f, "the reloadable crates could not be linked: {message}")
            }
            Reason::ArtifactsGone => {
                f.write_str("build artifacts are missing from the target directory")
            }
            Reason::NoAnswer { seconds } => write!(
                f,
                "the host has not answered for {seconds} s: a hook may be stuck"
            ),
            Reason::HostUnreachable { message } => {
                write!(f, "the host can't be reached: {message}")
            }
            Reason::NotJoined => f.write_str("the host has not connected to the session"),
            Reason::LeftBeforeLive => {
                f.write_str("the host left the session before the generation was live")
            }
            Reason::EndedBeforeLive => f.write_str("the host ended before the generation was live"),
            Reason::OtherBuild => {
                f.write_str("the host reports a different build from the one that it was offered")
            }
            Reason::Message { message } => f.write_str(message),
            Reason::StaysOld(reason) => write!(
                f,
                "{reason}; the old code keeps running until the program is restarted"
            ),
            Reason::Several(reasons) => match reasons.first() {
                Some(first) => first.fmt(f),
                None => Ok(()),
            },
        }
    }
}

/// What the user can do about the first cause for which something can be done.
pub(crate) fn help(reason: &Reason) -> Option<String> {
    let mut causes = reason.causes().into_iter();
    causes.find_map(|cause| match cause {
        Reason::Direct { path, found } => outside::help(found, path),
        _ => None,
    })
}

fn of_fields(fields: &[Field]) -> String {
    let fields = fields.iter().map(|field| {
        let change = match field.change {
            FieldChange::Added => "added",
            FieldChange::Removed => "removed",
            FieldChange::Changed => "changed",
        };
        format!("field `{}` {change}", field.name)
    });
    fields.collect::<Vec<_>>().join("; ")
}

fn of_code(
    code::Difference {
        symbol,
        now,
        before,
    }: &code::Difference,
) -> String {
    match (now, before) {
        (Some(now), Some(before)) => {
            format!("the program would now call `{now}` instead of `{before}`, in `{symbol}`")
        }
        (Some(now), None) => format!("the program would now call `{now}`, in `{symbol}`"),
        (None, Some(before)) => {
            format!("the program would no longer call `{before}`, in `{symbol}`")
        }
        (None, None) => format!("`{symbol}` would have other code in the program"),
    }
}

fn of_concern(concern: &Concern) -> String {
    let (package, old, new) = match concern {
        Concern::File { path } => return format!("`{path}` changed"),
        Concern::Dependency { package, old, new } => (package, old, new),
    };
    let (before, now) = (old.join(" and "), new.join(" and "));
    let change = match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("{now} was added"),
        (_, true) => format!("{before} was removed"),
        _ if old == new => format!("{now} is built differently"),
        _ => format!("{before} -> {now}"),
    };
    format!("`Cargo.lock` changed: `{package}` {change}")
}

fn of_script(change: &ScriptChange) -> String {
    match change {
        ScriptChange::LineAdded { line } => format!("now prints `{line}`"),
        ScriptChange::LineRemoved { line } => format!("no longer prints `{line}`"),
        ScriptChange::LinesReordered => "prints its instructions in a different order".to_owned(),
        ScriptChange::FileAdded { file } => format!("now writes `{}`", file.display()),
        ScriptChange::FileRemoved { file } => format!("no longer writes `{}`", file.display()),
        ScriptChange::FileChanged { file } => {
            format!("writes different content to `{}`", file.display())
        }
    }
}

/// An item as it appears in source code: `struct m::S`, `make!`.
pub(crate) fn of_item(item: &Item) -> String {
    let Item { kind, name } = item;
    let kind = match kind {
        ItemKind::AssociatedType => "impl type",
        ItemKind::Const => "const",
        ItemKind::ConstFn | ItemKind::ConstMethod => "const fn",
        ItemKind::Enum => "enum",
        ItemKind::File => "file",
        ItemKind::Fn => "fn",
        ItemKind::Glob => return format!("use {name}::*"),
        ItemKind::Macro => "macro",
        ItemKind::MacroCall => return format!("{name}!"),
        ItemKind::Struct => "struct",
        ItemKind::Trait => "trait",
        ItemKind::Type => "type",
        ItemKind::Union => "union",
        ItemKind::Use => "use",
        ItemKind::Variant => "variant",
    };
    format!("{kind} {name}")
}

pub(crate) fn of_unseen(unseen: &Unseen) -> String {
    let item = of_item(&unseen.item);
    let way = unseen.way.iter().map(|it| format!(" -> `{it}`"));
    let way: String = way.collect();
    let via = unseen.of.as_ref().map(|of| format!(", via `{of}`{way}"));
    let via = via.unwrap_or_default();
    format!("`{item}` changed in a way that type layouts don't record{via}")
}

fn of_changed_impl(changed: &ChangedImpl) -> String {
    let item = of_changed_impl_item(changed);
    let values = match &changed.held {
        Some(held) => format!("values of `{held}`"),
        None => "values".to_owned(),
    };
    format!("{item} changed, and the program may still hold {values} from before the change")
}

/// The part of a trait's impl for a type that changed.
pub(crate) fn of_changed_impl_item(changed: &ChangedImpl) -> String {
    let (of, by) = (&changed.of_impl.of, &changed.of_impl.by);
    let item = changed.item.as_ref().map(|item| match item {
        AssociatedItem::Const(name) => format!("const {name}"),
        AssociatedItem::Type(name) => format!("type {name}"),
        AssociatedItem::MacroCall(name) => format!("{name}!"),
        AssociatedItem::Attribute(name) => format!("#[{name}]"),
    });
    let is_own = matches!(&changed.item, Some(AssociatedItem::Attribute(name)) if name == by);
    match (item, changed.of_impl.is_derived) {
        (None, false) => format!("`impl {by} for {of}`"),
        (None, true) => format!("`#[derive({by})]` on `{of}`"),
        (Some(item), false) => format!("`{item}` in `impl {by} for {of}`"),
        (Some(item), true) if is_own => format!("`{item}` on `{of}`"),
        (Some(item), true) => format!("`{item}` on `{of}`, which `#[derive({by})]` reads,"),
    }
}
