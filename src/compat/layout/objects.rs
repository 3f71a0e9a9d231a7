//! Reads the layouts of a crate from its objects, and those of objects that did not change only once.
//!
//! An edit changes few of the objects that rustc splits a crate into. The debug information of each describes
//! the types that its code uses. Only the types in names of `dyn` types may be described by another object.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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

/// The layout of a crate, from its objects in the order of the link; `None` if no debug information is of it. `asked`
/// are paths that may be asked for.
pub(crate) fn read_objects(
    objects: &[&[u8]],
    of: &Crate,
    wanted: &Wanted<'_>,
    asked: &BTreeSet<String>,
    known: &mut Fragments,
) -> Result<Option<Layout>, Unreadable> {
    let redirected = wanted.redirected.iter();
    let redirected = redirected.map(|(symbol, it)| ((*symbol).to_owned(), it.path.clone()));
    let redirected: BTreeMap<String, String> = redirected.collect();
    let own = Wanted {
        crates: vec![of],
        siblings: Vec::new(),
        others: &[],
        group: wanted.group,
        keepers: wanted.keepers,
        redirected: wanted.redirected.clone(),
    };
    let digests = in_parallel(objects, |_, object| Sections::digest(object))?;
    if known.redirected != redirected || !asked.is_subset(&known.asked) {
        known.read.clear();
        known.redirected = redirected;
        known.asked.extend(asked.iter().cloned());
    }
    let none = BTreeSet::new();
    let mut found = in_parallel(objects, |index, object| {
        match known.read.get(&digests[index]) {
            Some(read) => Ok(read.clone()),
            None => read(object, of, &own, &known.asked, &none),
        }
    })?;
    loop {
        let in_names = found.iter().flatten().flat_map(|it| it.in_names.keys());
        let new: BTreeSet<String> = in_names
            .filter(|it| !known.asked.contains(*it))
            .cloned()
            .collect();
        if !new.is_empty() {
            known.read.clear();
            known.asked.extend(new);
            found = in_parallel(objects, |_, object| {
                read(object, of, &own, &known.asked, &none)
            })?;
            continue;
        }
        let lacking = lacking(&found);
        if lacking.is_empty() {
            break;
        }
        for (index, paths) in lacking {
            found[index] = read(objects[index], of, &own, &known.asked, &paths)?;
        }
    }
    // An object may have changed without a change of its types.
    let read_now = found.iter_mut().zip(&digests);
    let read_now = read_now.filter(|(_, digest)| !known.read.contains_key(digest));
    for fragment in read_now.filter_map(|(it, _)| it.as_mut()) {
        let mut before = known.read.values().flatten();
        if let Some(same) = before.find(|it| *it == fragment) {
            *fragment = Arc::clone(same);
        }
    }
    known.read = digests.into_iter().zip(found.iter().cloned()).collect();
    let found: Vec<Arc<Fragment>> = found.into_iter().flatten().collect();
    Ok((!found.is_empty()).then(|| Layout::of(found, wanted.group)))
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

/// Calls a function for each object.
fn in_parallel<T: Send>(
    objects: &[&[u8]],
    call: impl Fn(usize, &[u8]) -> Result<T, Unreadable> + Sync,
) -> Result<Vec<T>, Unreadable> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            // Relaxed: it only distributes the objects.
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(object) = objects.get(index) else {
                return done;
            };
            done.push((index, call(index, object)));
        }
    };
    let mut all = thread::scope(|scope| {
        let others = 1..threads.min(objects.len());
        let others: Vec<_> = others.map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}
