//! Functions of the group whose calls from the host are redirected; [`redirects`](crate::compat::redirects)
//! finds them.

use std::collections::BTreeSet;

use memchr::memmem;
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSymbol as _};
use serde::{Deserialize, Serialize};

use super::key::{is_method, keys};
use super::name::{Crates, entry_point, is_of, is_of_runtime};
use super::{HostSymbols, HostUse, Unreadable, Use};
use crate::base::content_hash::Digest;

/// A redirected function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redirect {
    /// Its symbol in the host.
    pub(crate) symbol: String,
    /// Its path, in the same form as those of other items that the host uses.
    pub(crate) path: String,
    pub(crate) of_crate: String,
    /// A crate that refers to it.
    pub(crate) user: String,
}

/// The digest of redirects, by which a host recognises an offer that was made for it; 0 if there are none.
pub(crate) fn digest_of(redirects: &[Redirect]) -> u64 {
    if redirects.is_empty() {
        return 0;
    }
    let mut digest = Digest::new();
    redirects.iter().for_each(|it| digest.text(&it.symbol));
    digest.finish().max(1)
}

impl HostSymbols {
    /// How code outside the group uses the function of this crate with this key, if it calls it through a
    /// trampoline. For `is_type`, see [`keys`].
    pub(crate) fn redirected(
        &self,
        crate_name: &str,
        its_key: &str,
        is_type: impl Fn(&str) -> bool,
    ) -> Option<HostUse> {
        self.redirected_if(crate_name, |path| {
            keys(path, &is_type).iter().any(|key| key == its_key)
        })
    }

    /// The same for a method of this crate with this name, of any type.
    pub(crate) fn redirected_method(&self, crate_name: &str, name: &str) -> Option<HostUse> {
        self.redirected_if(crate_name, |path| is_method(path, name))
    }

    fn redirected_if(&self, crate_name: &str, is_it: impl Fn(&str) -> bool) -> Option<HostUse> {
        let mut redirects = self.redirects.iter();
        let redirect = redirects.find(|it| is_of(&it.path, crate_name) && is_it(&it.path))?;
        let its = Use {
            is_data: false,
            user: redirect.user.clone(),
            is_program: false,
            by_way_of: None,
        };
        Some(HostUse::shown(&redirect.path, &its))
    }
}

/// The functions of the group that are not entry points.
#[derive(Debug)]
pub(crate) struct Unmarked {
    crates: Crates,
    entry_points: BTreeSet<String>,
}

impl Unmarked {
    /// For a group of these crates and objects.
    pub(crate) fn of<'a>(
        crates: BTreeSet<String>,
        objects: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, Unreadable> {
        let crates = Crates {
            group: crates,
            outside: BTreeSet::new(),
        };
        let mut entry_points = BTreeSet::new();
        for object in objects {
            for symbol in ElfFile64::<LittleEndian>::parse(object)?.symbols() {
                let name = symbol.name_bytes()?;
                if memmem::find(name, b"__hotmod_").is_some() {
                    entry_points.extend(crates.item(name)?.as_deref().and_then(entry_point));
                }
            }
        }
        Ok(Unmarked {
            crates,
            entry_points,
        })
    }

    /// The path of a function with this symbol, if it is one of them.
    pub(crate) fn path(&self, symbol: &str) -> Option<String> {
        let path = self.crates.item(symbol.as_bytes()).ok()??;
        let is_marked = is_of_runtime(&path) || self.entry_points.contains(&path);
        (!is_marked).then_some(path)
    }
}
