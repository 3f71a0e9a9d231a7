//! Edits that can't be reloaded, because the host uses the item without an entry point.
//!
//! They are found in three ways, in this order. The symbols of the host's link show which functions and statics it
//! uses. An item without a symbol, such as a constant, may be compiled into one of those, or into a source outside
//! the group that contains its name. In optimised code, a function may be inlined into the host, so its name
//! counts, too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::direct::{Code, Direct};
use super::entry_point::EntryPoint;
use super::item::{Item, ItemKind};
use super::named::{may_call, may_use};
use super::rebound::Rebound;
use super::scope::Crates;
use crate::base::closure::closure;
use crate::base::words::mentions;
use crate::compat::symbols::{HostSymbols, HostUse, Way};

/// What is known about the host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outside {
    pub(crate) symbols: HostSymbols,
    pub(crate) crates: Crates,
    /// Whether functions may be inlined into others.
    pub(crate) is_inlined: bool,
}

/// An edit that can't be reloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub(crate) enum Unreachable {
    /// The host uses the function or the static itself.
    Used {
        used: HostUse,
        #[serde(flatten)]
        entry_point: EntryPoint,
    },
    /// The host calls the function through a trampoline, but with another signature.
    Signature { used: HostUse, is_gone: bool },
    /// The item is compiled into code that the host uses.
    CompiledInto { item: Item, used: HostUse },
    /// The host uses a derived impl of a type that changed.
    Derived { of: String, used: HostUse },
    /// A source outside the group contains the item's name.
    Named {
        item: Item,
        user: PathBuf,
        /// The package whose macros contain the name, and may use it in the user's code.
        #[serde(skip_serializing_if = "Option::is_none")]
        macros_of: Option<String>,
    },
    /// A name in code outside the group would mean another item.
    Rebound(Rebound),
}

/// The sources of the group from which the host was built.
pub(crate) type Baseline<'a> = Vec<(&'a Path, &'a Direct)>;

/// The sources outside the group that may use it.
pub(crate) type Texts<'a> = Vec<(&'a PathBuf, String)>;

/// A changed item without a symbol of its own.
struct Named<'a> {
    kind: ItemKind,
    name: &'a str,
    /// Whether sources outside the group can use it only by this name.
    has_telling_name: bool,
}

impl<'a> Named<'a> {
    fn item((kind, name): (ItemKind, &'a str)) -> Self {
        Named {
            kind,
            name,
            has_telling_name: kind != ItemKind::ConstMethod,
        }
    }

    fn import((name, is_public): (&'a str, bool)) -> Self {
        Named {
            kind: ItemKind::Use,
            name,
            has_telling_name: is_public,
        }
    }

    /// A file that a macro may put into code, such as a template, or into a constant.
    fn file(name: &'a str) -> Self {
        Named {
            kind: ItemKind::File,
            name,
            has_telling_name: true,
        }
    }

    /// A function that may be inlined, for [`Outside::called`].
    fn function(code: &'a Code) -> Self {
        Named {
            kind: ItemKind::Fn,
            name: &code.name,
            has_telling_name: false,
        }
    }
}

impl Outside {
    /// Why the change of a source can't be reloaded, if it can't. `texts` is only called if names count.
    pub(crate) fn unreachable<'a>(
        &self,
        path: &Path,
        now: &Direct,
        baseline: &Baseline<'_>,
        texts: impl FnOnce() -> Texts<'a>,
    ) -> Option<Unreachable> {
        let (_, was) = baseline.iter().find(|(it, _)| *it == path)?;
        let code: Vec<_> = was.changed_code(now).collect();
        for (key, code) in &code {
            let entry_point = now.entry_point(key);
            if let Some(used) = self.used(Way::Direct, path, key, code, baseline) {
                return Some(Unreachable::Used { used, entry_point });
            }
            let is_now = now.code(key);
            if is_now.is_some_and(|now| now.has_same_signature(code)) {
                continue;
            }
            if let Some(used) = self.used(Way::Redirected, path, key, code, baseline) {
                return Some(match entry_point {
                    EntryPoint::Became => Unreachable::Used { used, entry_point },
                    _ => Unreachable::Signature {
                        used,
                        is_gone: is_now.is_none(),
                    },
                });
            }
        }
        let mut named: Vec<Named<'_>> = was.changed(now).map(Named::item).collect();
        named.extend(was.changed_imports(now).map(Named::import));
        let inlined = code.iter().map(|(_, code)| *code);
        let inlined: Vec<&Code> = inlined
            .filter(|it| it.is_unseen || self.is_inlined)
            .collect();
        let file = path.file_name().and_then(|it| it.to_str());
        named.extend(file.filter(|_| was.is_empty()).map(Named::file));
        named.extend(inlined.iter().map(|it| Named::function(it)));
        for Named { kind, name, .. } in &named {
            if let Some(used) = self.compiled_into(name, baseline) {
                let item = Item::new(*kind, *name);
                return Some(Unreachable::CompiledInto { item, used });
            }
        }
        if named.is_empty() {
            return None;
        }
        let texts = texts();
        let by_name = named.iter().filter(|it| it.has_telling_name);
        let mut by_name = by_name.filter_map(|Named { kind, name, .. }| {
            let names = self.made_with(name, baseline);
            let uses = |text: &str| {
                names.iter().any(|name| may_use(text, name))
                    || was.has_way(name, |way| may_use(text, way))
            };
            let (user, _) = texts.iter().find(|(_, text)| uses(text))?;
            Some(Unreachable::Named {
                item: Item::new(*kind, *name),
                user: (*user).clone(),
                macros_of: None,
            })
        });
        let mut inlined = inlined.into_iter();
        by_name
            .next()
            .or_else(|| inlined.find_map(|code| self.called(code, baseline, &texts)))
    }

    /// How the host uses a derived impl of a type that changed, if it does.
    pub(crate) fn derived(
        &self,
        path: &Path,
        of: &str,
        baseline: &Baseline<'_>,
    ) -> Option<Unreachable> {
        let is_written = |key: &str| baseline.iter().any(|(_, its)| its.has_code(key));
        let mut crates = self.crates.of_sources.get(path)?.iter();
        let used = crates.find_map(|its| self.symbols.used_impl(its, of, is_written))?;
        Some(Unreachable::Derived {
            of: of.to_owned(),
            used,
        })
    }

    /// How the host uses a function or a static that it reaches in this way, according to its symbols.
    fn used(
        &self,
        way: Way,
        path: &Path,
        key: &str,
        code: &Code,
        baseline: &Baseline<'_>,
    ) -> Option<HostUse> {
        let crates = self.crates.of_sources.get(path)?;
        // An impl may name its type by an alias. Then any method of that name may be meant.
        let is_declared = |of: &str| baseline.iter().any(|(_, it)| it.declares(of));
        let is_known = code.of.as_deref().is_none_or(is_declared);
        let is_module = |of: &str| baseline.iter().any(|(_, it)| it.has_module(of));
        let is_type = |of: &str| is_declared(of) && !is_module(of);
        let mut crates = crates.iter();
        crates.find_map(|its| {
            let used = self.symbols.used(way, its, key, is_type);
            let method = || self.symbols.used_method(way, its, &code.name);
            used.or_else(|| if is_known { None } else { method() })
        })
    }

    /// How the host uses code that an item without a symbol is compiled into.
    fn compiled_into(&self, name: &str, baseline: &Baseline<'_>) -> Option<HostUse> {
        let names = self.made_with(name, baseline);
        baseline.iter().find_map(|(path, its)| {
            let mut code = its.code_with(&names);
            code.find_map(|(key, code)| {
                let is_of_signature = names.iter().any(|it| mentions(&code.signature, it));
                let redirected = || self.used(Way::Redirected, path, key, code, baseline);
                self.used(Way::Direct, path, key, code, baseline)
                    .or_else(|| if is_of_signature { redirected() } else { None })
            })
        })
    }

    /// The names of all items without a symbol that may depend on an item of this name.
    fn made_with(&self, name: &str, baseline: &Baseline<'_>) -> BTreeSet<String> {
        closure([name.to_owned()].into(), |names| {
            let mut more = BTreeSet::new();
            for (_, its) in baseline {
                more.extend(its.named_with(names).cloned());
                if self.is_inlined {
                    more.extend(its.code_with(names).map(|(_, code)| code.name.clone()));
                }
            }
            more
        })
    }

    /// Whether a function may be inlined into one of the texts.
    fn called(
        &self,
        code: &Code,
        baseline: &Baseline<'_>,
        texts: &Texts<'_>,
    ) -> Option<Unreachable> {
        let of: Vec<&str> = [&code.of, &code.of_trait]
            .into_iter()
            .flatten()
            .map(|it| &**it)
            .collect();
        let others = self.made_with(&code.name, baseline);
        let uses = |text: &str| match code.of {
            Some(_) => may_call(text, &code.name, &of),
            None => may_use(text, &code.name),
        };
        let by_way = |text: &str| {
            let mut others = others.iter().filter(|it| **it != code.name);
            self.is_inlined && others.any(|it| may_use(text, it))
        };
        // A trait of another crate may be called without its name, such as by an operator or when a value is dropped.
        let is_foreign = |it: &String| !baseline.iter().any(|(_, its)| its.declares(it));
        let is_implied = self.is_inlined && code.of_trait.as_ref().is_some_and(is_foreign);
        let mut texts = texts.iter();
        let (user, _) = texts.find(|(_, text)| is_implied || uses(text) || by_way(text))?;
        Some(Unreachable::Named {
            item: Item::new(ItemKind::Fn, &*code.name),
            user: (*user).clone(),
            macros_of: None,
        })
    }
}

#[cfg(test)]
mod tests;
