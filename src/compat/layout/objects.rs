//! Reads the layouts of a crate from its objects, and those of objects that did not change only once.
//!
//! An edit changes few of the objects that rustc splits a crate into. The debug information of each describes
//! the types that its code uses. Only the types in names of `dyn` types may be described by another object.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::dwarf::Program;
use super::sections::Sections;
use super::types::{Fragment, Layout};
use super::walk::{Paths, fragments};
use super::{Crate, Unreadable, Wanted};

/// What was read of the objects of a crate.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    /// The paths that were looked for.
    asked: BTreeSet<String>,
    /// The functions that were looked for: their symbols and paths.
    redirected: BTreeMap<String, String>,
    /// By the digests of the objects' debug information; `None` for an object without any of the crate.
    read: HashMap<u128, Option<Arc<Fragment>>>,
}

/// The layout of a crate, from its objects in the order of the link; `None` if they have no debug information of the
/// crate. `asked` are paths that may be asked for.
pub(crate) fn read_objects(
    objects: &[&[u8]],
    of: &Crate,
    wanted: &Wanted<'_>,
    asked: &BTreeSet<String>,
    known: &mut Fragments,
) -> Result<Option<Layout>, Unreadable> {
    let own = Wanted {
        crates: vec![of],
        siblings: Vec::new(),
        others: &[],
        group: wanted.group,
        keepers: wanted.keepers,
        redirected: wanted.redirected.clone(),
    };
    let read = |index: usize, asked: &BTreeSet<String>, supplied: &BTreeSet<String>| {
        read(objects[index], of, &own, asked, supplied)
    };
    let digests = objects.par_iter().map(|it| Sections::digest(it));
    let digests: Vec<u128> = digests.collect::<Result<_, _>>()?;
    known.look_for(asked, wanted);
    let found = known.read_all(&digests, read)?;
    let found = known.keep(digests, found);
    let found: Vec<Arc<Fragment>> = found.into_iter().flatten().collect();
    Ok((!found.is_empty()).then(|| Layout::of(found, wanted.group)))
}

type Found = Vec<Option<Arc<Fragment>>>;

impl Fragments {
    /// What was read without one of these paths and functions has to be read again.
    fn look_for(&mut self, asked: &BTreeSet<String>, wanted: &Wanted<'_>) {
        let redirected = wanted.redirected.iter();
        let redirected = redirected.map(|(symbol, it)| ((*symbol).to_owned(), it.path.clone()));
        let redirected: BTreeMap<String, String> = redirected.collect();
        if self.redirected != redirected || !asked.is_subset(&self.asked) {
            self.read.clear();
            self.redirected = redirected;
            self.asked.extend(asked.iter().cloned());
        }
    }

    /// Reads the objects that are new, and then those that describe a type that only a name of another mentions.
    fn read_all(
        &mut self,
        digests: &[u128],
        read: impl Fn(
            usize,
            &BTreeSet<String>,
            &BTreeSet<String>,
        ) -> Result<Option<Arc<Fragment>>, Unreadable>
        + Sync,
    ) -> Result<Found, Unreadable> {
        let none = BTreeSet::new();
        loop {
            let digests = digests.par_iter().enumerate();
            let found = digests.map(|(index, digest)| match self.read.get(digest) {
                Some(read) => Ok(read.clone()),
                None => read(index, &self.asked, &none),
            });
            let mut found: Found = found.collect::<Result<_, _>>()?;
            let in_names = |found: &Found| -> BTreeSet<String> {
                let in_names = found.iter().flatten().flat_map(|it| it.in_names.keys());
                let new = in_names.filter(|it| !self.asked.contains(*it));
                new.cloned().collect()
            };
            let mut new = in_names(&found);
            while new.is_empty() {
                let lacking = lacking(&found);
                if lacking.is_empty() {
                    return Ok(found);
                }
                for (index, paths) in lacking {
                    found[index] = read(index, &self.asked, &paths)?;
                }
                new = in_names(&found);
            }
            self.read.clear();
            self.asked.extend(new);
        }
    }

    /// Keeps what was read for the next time. Fragments that are the same as before are shared with that time.
    fn keep(&mut self, digests: Vec<u128>, mut found: Found) -> Found {
        // An object may have changed without a change of its types.
        let read_now = found.iter_mut().zip(&digests);
        let read_now = read_now.filter(|(_, digest)| !self.read.contains_key(digest));
        for fragment in read_now.filter_map(|(it, _)| it.as_mut()) {
            let mut before = self.read.values().flatten();
            if let Some(same) = before.find(|it| *it == fragment) {
                *fragment = Arc::clone(same);
            }
        }
        self.read = digests.into_iter().zip(found.iter().cloned()).collect();
        found
    }
}

/// The paths in names that were not read, with the fragments to read them from: the last ones that describe them.
fn lacking(found: &[Option<Arc<Fragment>>]) -> BTreeMap<usize, BTreeSet<String>> {
    let fragments = || found.iter().enumerate();
    let fragments = || fragments().filter_map(|(index, it)| Some((index, it.as_ref()?)));
    let mut last = BTreeMap::new();
    for (index, fragment) in fragments() {
        last.extend(fragment.described.keys().map(|path| (path, index)));
    }
    let in_names = fragments().flat_map(|(_, it)| it.in_names.keys());
    let in_names: BTreeSet<&String> = in_names.collect();
    let mut lacking: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (path, index) in last.iter().filter(|(path, _)| in_names.contains(**path)) {
        let described = |it: &Arc<Fragment>| it.described.get(*path).copied().flatten();
        if found[*index].as_ref().and_then(described).is_none() {
            lacking.entry(*index).or_default().insert((*path).clone());
        }
    }
    // What a fragment has already stays.
    for (index, paths) in &mut lacking {
        let described = found[*index].iter().flat_map(|it| &it.described);
        let read = described.filter(|(_, it)| it.is_some());
        paths.extend(read.map(|(path, _)| path.clone()));
    }
    lacking
}

fn read(
    object: &[u8],
    of: &Crate,
    wanted: &Wanted<'_>,
    asked: &BTreeSet<String>,
    supplied: &BTreeSet<String>,
) -> Result<Option<Arc<Fragment>>, Unreadable> {
    let sections = Sections::of_object(object)?;
    let program = Program::of_wanted(&sections, wanted)?;
    let paths = Paths {
        asked,
        supplied: Some(supplied),
    };
    let mut found = fragments(&program, wanted, paths)?;
    Ok(found.remove(&of.name).map(Arc::new))
}
