//! The sentences for reasons. No other module writes them, and no code parses them.

use std::fmt::{self, Display, Formatter};

use crate::compat::items::{EntryPoint, Gift, Item, ItemKind, Regiven, Unreachable, Unseen};
use crate::compat::layout::{Difference, Kind, Part, Root, Step, Subject};
use crate::compat::symbols::HostUse;
use crate::compile::ScriptChange;
use crate::decide::Reason;
use crate::discover::Concern;

/// The first cause, as a sentence without its full stop.
impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotBuilt => f.write_str("the program has not been built yet"),
            Reason::NotRunning => f.write_str("the host is not running"),
            Reason::HostLeft => f.write_str("the host left the session"),
            Reason::Requested => f.write_str("on request"),
            Reason::Paused => f.write_str("the session is paused"),
            Reason::FailedBefore => {
                f.write_str("nothing has changed since the last build, which failed")
            }
            Reason::Unchanged => f.write_str("the saved files match the running program"),
            Reason::UnusedSetting { path, program } => write!(
                f,
                "`{path}` changed, but not in a way that affects `{program}`"
            ),
            Reason::SameScriptOutput => f.write_str("the build script's output is unchanged"),
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
            Reason::Item { item, path, user } => {
                let item = of_item(item);
                write!(f, "`{item}` in `{path}` changed")?;
                match user {
                    Some(user) => write!(f, ", and it is compiled into `{user}`"),
                    None => Ok(()),
                }
            }
            Reason::Direct { path, found } => f.write_str(&of_unreachable(found, path)),
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
            Reason::Trait(regiven) => f.write_str(&of_regiven(regiven)),
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
            Reason::NotJoined => f.write_str("the host has not joined the session"),
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

pub(crate) fn of_unreachable(found: &Unreachable, path: &str) -> String {
    match found {
        Unreachable::Used { used, entry_point } => {
            let advice = match entry_point {
                EntryPoint::Became => "; its `#[hotmod::hot]` takes effect with this restart",
                EntryPoint::Possible => "; to make it reloadable, mark it `#[hotmod::hot]`",
                EntryPoint::Impossible => "",
            };
            let item = &used.item;
            format!("`{item}` changed, and {}{advice}", use_of(" it", used))
        }
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

pub(crate) fn of_unseen(unseen: &Unseen) -> String {
    let item = of_item(&unseen.item);
    let way = unseen.way.iter().map(|it| format!(" -> `{it}`"));
    let way: String = way.collect();
    let via = unseen.of.as_ref().map(|of| format!(", via `{of}`{way}"));
    let via = via.unwrap_or_default();
    format!("`{item}` changed in a way that type layouts don't record{via}")
}

fn of_regiven(regiven: &Regiven) -> String {
    let item = of_regiven_item(regiven);
    let values = match &regiven.held {
        Some(held) => format!("values of `{held}`"),
        None => "values".to_owned(),
    };
    format!("{item} changed, and the program may still hold {values} from before the change")
}

/// The part of a trait's impl for a type that changed.
pub(crate) fn of_regiven_item(regiven: &Regiven) -> String {
    let (of, by) = (&regiven.place.of, &regiven.place.by);
    let gift = regiven.gift.as_ref().map(|gift| match gift {
        Gift::Const(name) => format!("const {name}"),
        Gift::Type(name) => format!("type {name}"),
        Gift::MacroCall(name) => format!("{name}!"),
        Gift::Attribute(name) => format!("#[{name}]"),
    });
    let is_own = matches!(&regiven.gift, Some(Gift::Attribute(name)) if name == by);
    match (gift, regiven.place.is_made) {
        (None, false) => format!("`impl {by} for {of}`"),
        (None, true) => format!("`#[derive({by})]` on `{of}`"),
        (Some(gift), false) => format!("`{gift}` in `impl {by} for {of}`"),
        (Some(gift), true) if is_own => format!("`{gift}` on `{of}`"),
        (Some(gift), true) => format!("`{gift}` on `{of}`, which `#[derive({by})]` reads,"),
    }
}

pub(crate) fn of_layout(difference: &Difference) -> String {
    let Difference { of, what, way, .. } = difference;
    let of = of_subject(of);
    let what = of_parts(what);
    match way {
        Some(way) => {
            let steps: String = way.steps.iter().map(of_step).collect();
            format!("`{of}`: {what}, via {}{steps}", of_root(&way.root))
        }
        None => format!("`{of}`: {what}"),
    }
}

/// A difference that a reload permits.
pub(crate) fn passes(difference: &Difference) -> String {
    let (of, what) = (of_subject(&difference.of), of_parts(&difference.what));
    format!("{of}: {what}; existing values remain valid")
}

fn of_subject(of: &Subject) -> String {
    match of {
        Subject::Type(name) => name.clone(),
        Subject::Root(root) => of_root(root),
    }
}

fn of_root(root: &Root) -> String {
    match root {
        Root::EntryPoint(path) => format!("fn {path}"),
        Root::Static(path) => format!("static {path}"),
        Root::TypeId(name) => format!("{name} (stored under its `TypeId`)"),
    }
}

fn of_step(step: &Step) -> String {
    match step {
        Step::Parameter(name) => format!("<{name}>"),
        Step::Element => "[]".to_owned(),
        Step::Target => ".*".to_owned(),
        Step::Field(name) => format!(".{name}"),
        Step::Variant(name) => format!("::{name}"),
        Step::Tag => "::tag".to_owned(),
        Step::Argument(index) => format!(" (argument {})", index + 1),
        Step::Result => " (return value)".to_owned(),
    }
}

fn of_parts(parts: &[Part]) -> String {
    let parts: Vec<String> = parts.iter().map(of_part).collect();
    parts.join("; ")
}

fn of_part(part: &Part) -> String {
    match part {
        Part::Kind { old, new } => format!("was {}, is now {}", of_kind(*old), of_kind(*new)),
        Part::Type { of, old, new } => match of {
            Some(step) => format!("{}: `{old}` -> `{new}`", noun(step)),
            None => format!("`{old}` -> `{new}`"),
        },
        Part::FieldAdded { name, of, offset } => {
            format!("field `{name}: {of}` added at offset {offset}")
        }
        Part::FieldRemoved { name, of, offset } => {
            format!("field `{name}: {of}` removed from offset {offset}")
        }
        Part::FieldRenamed { old, new, offset } => {
            format!("field `{old}` at offset {offset} is now `{new}`")
        }
        Part::FieldMoved { name, old, new } => {
            format!("field `{name}` moved from offset {old} to {new}")
        }
        Part::VariantAdded { name, value } => format!("variant `{name}` added{}", of_value(value)),
        Part::VariantRemoved { name, value } => {
            format!("variant `{name}` removed{}", of_value(value))
        }
        Part::VariantRenamed { old, new } => format!("variant `{old}` is now `{new}`"),
        Part::VariantValue {
            name,
            old: Some(old),
            new: Some(new),
        } => format!("value of variant `{name}`: {old} -> {new}"),
        Part::VariantValue { name, old, new } => {
            format!("variant `{name}`{} ->{}", of_value(old), of_value(new))
        }
        Part::TagMoved { old, new } => format!("tag moved from offset {old} to {new}"),
        Part::TagAdded => "tag added".to_owned(),
        Part::TagRemoved => "tag removed".to_owned(),
        Part::Length { old, new } => format!("length {old} -> {new}"),
        Part::Encoding => "its encoding changed".to_owned(),
        Part::Arguments { old, new } => format!("{old} -> {new} arguments"),
        Part::ResultAdded => "return value added".to_owned(),
        Part::ResultRemoved => "return value removed".to_owned(),
        Part::Size { old, new } => format!("size {old} -> {new}"),
        Part::Align { old, new } => format!("align {old} -> {new}"),
    }
}

fn noun(step: &Step) -> String {
    match step {
        Step::Parameter(name) => format!("type parameter `{name}`"),
        Step::Element => "element".to_owned(),
        Step::Target => "target".to_owned(),
        Step::Field(name) => format!("field `{name}`"),
        Step::Variant(name) => format!("variant `{name}`"),
        Step::Tag => "tag".to_owned(),
        Step::Argument(index) => format!("argument {}", index + 1),
        Step::Result => "return type".to_owned(),
    }
}

fn of_value(value: &Option<i128>) -> String {
    match value {
        None => " (no tag value: its payload holds the niche)".to_owned(),
        Some(value) => format!(" (= {value})"),
    }
}

fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Base => "a primitive type",
        Kind::Struct => "a struct",
        Kind::Union => "a union",
        Kind::Enum => "an enum",
        Kind::Pointer => "a pointer",
        Kind::Array => "an array",
        Kind::Function => "a function",
        Kind::Unread => "a type of unknown kind",
    }
}
