//! The items of the group that code outside uses, and how it reaches them.

use serde::{Deserialize, Serialize};

use super::HostSymbols;
use super::key::{is_method, keys};
use super::name::{heads, is_of, shown};

/// How code outside the group reaches one of its items.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// Without an entry point.
    Direct,
    /// Through a trampoline, so that calls go to the live generation.
    Redirected,
}

/// A use of an item of the group by code outside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Use {
    /// Whether the item is a static, not a function.
    pub(crate) is_data: bool,
    /// The crate that uses it.
    pub(crate) user: String,
    /// Whether the user is the program of a package whose library has the same name and is reloadable.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_program: bool,
    /// The item through which the user reaches this one.
    pub(crate) by_way_of: Option<String>,
}

/// An item of the group that code outside uses, with its name for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct HostUse {
    pub(crate) item: String,
    #[serde(flatten)]
    pub(crate) its: Use,
}

/// An item of the group that code outside uses, as it is named in sources.
#[derive(Debug)]
pub(crate) struct UsedItem<'a> {
    pub(crate) path: &'a str,
    /// Its possible keys.
    pub(crate) keys: Vec<String>,
    /// The crates that may contain it.
    pub(crate) crates: Vec<&'a str>,
    /// The crate that uses it.
    pub(crate) user: &'a str,
    /// Whether the host runs the code that it was linked with.
    pub(crate) is_held: bool,
}

impl HostSymbols {
    /// The items that code outside the group uses, with their names for people.
    pub(crate) fn shown_uses(&self) -> impl Iterator<Item = (String, Use)> {
        self.uses.iter().map(|(path, its)| {
            let HostUse { item, its } = HostUse::shown(path, its);
            (item, its)
        })
    }

    /// How code outside the group uses the item of this crate with this key, if it reaches it in this way.
    /// For `is_type`, see [`keys`].
    pub(crate) fn used(
        &self,
        way: Way,
        crate_name: &str,
        its_key: &str,
        is_type: impl Fn(&str) -> bool,
    ) -> Option<HostUse> {
        self.used_if(way, crate_name, |path| {
            keys(path, &is_type).iter().any(|key| key == its_key)
        })
    }

    /// How code outside the group uses a method of this crate with this name, of any type.
    pub(crate) fn used_method(&self, way: Way, crate_name: &str, name: &str) -> Option<HostUse> {
        self.used_if(way, crate_name, |path| is_method(path, name))
    }

    /// How code outside the group uses an impl of a trait for a type of this name, except for the impls
    /// for whose keys `is_written` returns true.
    pub(crate) fn used_impl(
        &self,
        crate_name: &str,
        of: &str,
        is_written: impl Fn(&str) -> bool,
    ) -> Option<HostUse> {
        let begin = format!("<{of} as ");
        self.used_if(Way::Direct, crate_name, |path| {
            let mut keys = keys(path, |_| true).into_iter();
            keys.any(|key| key.starts_with(&begin) && !is_written(&key))
        })
    }

    /// All items that code outside the group uses. For `is_type`, see [`keys`].
    pub(crate) fn used_items(
        &self,
        is_type: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = UsedItem<'_>> {
        let held = self.uses.iter().map(|(path, its)| (path, &its.user, true));
        let redirects = self.redirects.iter();
        let redirected = redirects.map(|it| (&it.path, &it.user, false));
        held.chain(redirected)
            .map(move |(path, user, is_held)| UsedItem {
                path,
                keys: keys(path, &is_type),
                crates: heads(path),
                user,
                is_held,
            })
    }

    fn used_if(&self, way: Way, crate_name: &str, is_it: impl Fn(&str) -> bool) -> Option<HostUse> {
        let is_it = |path: &str| is_of(path, crate_name) && is_it(path);
        match way {
            Way::Direct => {
                let mut uses = self.uses.iter();
                let (path, its) = uses.find(|(path, _)| is_it(path))?;
                Some(HostUse::shown(path, its))
            }
            Way::Redirected => {
                let mut redirects = self.redirects.iter();
                let redirect = redirects.find(|it| is_it(&it.path))?;
                Some(HostUse::shown(&redirect.path, &redirect.as_use()))
            }
        }
    }
}

impl HostUse {
    fn shown(path: &str, its: &Use) -> Self {
        HostUse {
            item: shown(path),
            its: Use {
                by_way_of: its.by_way_of.as_deref().map(shown),
                ..its.clone()
            },
        }
    }
}
