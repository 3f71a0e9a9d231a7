//! Functions of the group whose calls from the host are redirected; [`redirects`](crate::compat::redirects)
//! finds them.

use std::collections::BTreeSet;

use memchr::memmem;
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSymbol as _};
use serde::{Deserialize, Serialize};

use super::name::{Crates, entry_point, is_of_runtime};
use super::{Unreadable, Use};
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

impl Redirect {
    pub(super) fn as_use(&self) -> Use {
        Use {
            is_data: false,
            user: self.user.clone(),
            is_program: false,
            by_way_of: None,
        }
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
