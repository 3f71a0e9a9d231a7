//! The types in a host's memory: the layouts of its baseline and of every generation that it loaded.
//! None is ever unloaded, so a new generation must agree with all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::keepers::Keepers;
use super::layout::{self, Comparison, Crate, Fragments, Layout, Root, Same, Unreadable, Wanted};
use super::redirects::Targets;
use super::symbols::{Redirect, digest_of};
use crate::base::stamp::Stamp;

/// The layouts of one host's generations.
#[derive(Debug)]
pub(crate) struct Loaded {
    executable: PathBuf,
    /// The group's crates, by package.
    group: BTreeMap<String, Crate>,
    /// The folders of crates in the host alone, which may store values by their `TypeId`.
    host_side: Vec<PathBuf>,
    /// The crates that may store values of the group's types type-erased.
    keepers: Keepers,
    /// The functions that the host calls through trampolines.
    redirects: Vec<Redirect>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Whether the baseline was read.
    has_baseline: bool,
    /// The layouts by crate, each once.
    layouts: BTreeMap<String, Vec<Arc<Layout>>>,
    /// The compilations of these layouts; `None` for a crate without code.
    stamps: BTreeMap<(String, Stamp), Option<Arc<Layout>>>,
    /// The layouts of the values of kept statics that can be migrated.
    kept: BTreeMap<Root, Arc<Layout>>,
    /// Whether a value was migrated to another type than the baseline's.
    has_made_over: bool,
    /// The types whose values other code may store by their `TypeId`.
    by_type_id: BTreeSet<String>,
    /// What was read of the objects of the last build, by crate.
    fragments: BTreeMap<String, Fragments>,
    /// What was compared before.
    same: Same,
}

/// The layouts of a build, to be added if it is loaded.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    layouts: BTreeMap<String, Arc<Layout>>,
    stamps: Vec<(String, Stamp)>,
    pub(crate) found: Comparison,
}

impl Loaded {
    /// For a host that was just started. `group` are its reloadable crates, by package.
    pub(crate) fn new(
        executable: PathBuf,
        group: BTreeMap<String, Crate>,
        host_side: Vec<PathBuf>,
        keepers: Keepers,
        redirects: Vec<Redirect>,
    ) -> Self {
        Loaded {
            executable,
            group,
            host_side,
            keepers,
            redirects,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each insertion is valid by itself, so a panic can't leave a change half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the baseline, unless it was read before.
    pub(crate) fn read_baseline(&self) -> Result<(), Unreadable> {
        let mut known = self.known();
        if known.has_baseline {
            return Ok(());
        }
        let wanted = Wanted {
            crates: self.group.values().collect(),
            siblings: Vec::new(),
            others: &self.host_side,
            group: &self.names(),
            keepers: &self.keepers,
            redirected: self.redirected(self.redirects.iter().map(|it| &*it.symbol)),
        };
        for (name, layout) in layout::read(&self.executable, &wanted)? {
            let layout = Arc::new(layout);
            known.keep(&layout);
            known.take(name, layout);
        }
        known.has_baseline = true;
        Ok(())
    }

    /// Compares a build with everything that is loaded. Reads only crates that were compiled since, from their
    /// `objects` if they are known, by package.
    pub(crate) fn check(
        &self,
        library: &Path,
        objects: Option<&BTreeMap<&str, Vec<&[u8]>>>,
        made: &[(String, Stamp)],
        targets: &Targets,
    ) -> Result<Checked, Unreadable> {
        self.read_baseline()?;
        let mut known = self.known();
        let known = &mut *known;
        let is_new = |it: &&(String, Stamp)| !known.stamps.contains_key(*it);
        let stamps: Vec<(String, Stamp)> = made.iter().filter(is_new).cloned().collect();
        let crates = stamps.iter();
        let crates = crates.filter_map(|(package, _)| self.group.get(package));
        let crates: Vec<&Crate> = crates.collect();
        let mut checked = Checked::default();
        if crates.is_empty() {
            return Ok(checked);
        }
        let is_sibling = |it: &&Crate| crates.iter().all(|new| new.name != it.name);
        let wanted = Wanted {
            siblings: self.group.values().filter(is_sibling).collect(),
            crates,
            others: &[],
            group: &self.names(),
            keepers: &self.keepers,
            redirected: self.redirected(targets.symbols()),
        };
        let layouts = match objects {
            Some(objects) => {
                let of = |of: &Crate| {
                    let mut group = self.group.iter();
                    let package = group.find(|(_, it)| it.name == of.name);
                    let objects = package.and_then(|(package, _)| objects.get(&**package));
                    objects.cloned().unwrap_or_default()
                };
                let asked = |name: &str| {
                    let layouts = known.layouts.get(name).into_iter().flatten();
                    let paths = layouts.flat_map(|it| it.in_names.keys().chain(it.by_name.keys()));
                    paths.cloned().collect()
                };
                layout::read_linked(library, of, &wanted, asked, &mut known.fragments)?
            }
            None => layout::read(library, &wanted)?,
        };
        checked.stamps = stamps;
        for (name, layout) in layouts {
            let loaded = known.layouts.iter();
            let loaded = loaded.flat_map(|(of, all)| all.iter().map(move |it| (of, &**it)));
            let loaded = loaded.map(|(of, it)| (*of == name, it));
            let found = layout::compare(loaded, &layout, &mut known.same);
            checked.found.add(found);
            checked.layouts.insert(name, Arc::new(layout));
        }
        Ok(checked)
    }

    /// What an offer for this host says of the functions that it calls through trampolines.
    pub(crate) fn redirects(&self, targets: &Targets) -> (u64, Vec<i32>) {
        (digest_of(&self.redirects), targets.distances())
    }

    /// The redirected functions by their symbols in a file, which come in the order of the redirects.
    fn redirected<'a>(
        &'a self,
        symbols: impl Iterator<Item = &'a str>,
    ) -> BTreeMap<&'a str, &'a Redirect> {
        symbols.zip(&self.redirects).collect()
    }

    fn names(&self) -> Vec<String> {
        let names = self.group.values().map(|it| it.name.clone());
        names.collect()
    }

    /// Whether the types of all entry points were compared with those of all generations in memory.
    /// Assumes that each of these was checked.
    pub(crate) fn has_compared(&self, checked: &Checked) -> bool {
        let known = self.known();
        let mut all = known.layouts.values().flatten();
        let mut new = checked.layouts.values();
        all.all(|it| it.tells_entry_points_apart()) && new.all(|it| it.tells_entry_points_apart())
    }

    /// The types whose values other code may store by their `TypeId`.
    pub(crate) fn by_type_id(&self) -> BTreeSet<String> {
        self.known().by_type_id.clone()
    }

    /// Adds a build that was checked, and that is in memory or may be.
    pub(crate) fn take(&self, checked: Checked) {
        let mut known = self.known();
        for (package, stamp) in checked.stamps {
            let of_crate = self.group.get(&package);
            let layout = of_crate.and_then(|it| checked.layouts.get(&it.name));
            known.stamps.insert((package, stamp), layout.cloned());
        }
        for (name, layout) in checked.layouts {
            known.take(name, layout);
        }
    }

    /// The kept statics whose values must be migrated, because their types changed.
    pub(crate) fn changed_statics(
        &self,
        made: &[(String, Stamp)],
        checked: &Checked,
    ) -> Vec<String> {
        let known = self.known();
        let known_before = made.iter().filter_map(|it| known.stamps.get(it));
        let layouts = checked.layouts.values().chain(known_before.flatten());
        let changed = layouts.flat_map(|now| {
            let is_changed = |root: &&Root| {
                let before = known.kept.get(*root);
                before.is_some_and(|before| layout::is_changed(root, before, now))
            };
            now.migrating().filter(is_changed)
        });
        changed.map(|root| root.name().to_owned()).collect()
    }

    /// Whether a kept value may have another type than in the baseline.
    pub(crate) fn has_made_over(&self) -> bool {
        self.known().has_made_over
    }

    /// A build that was added is live, so kept values have its types.
    pub(crate) fn keep(&self, made: &[(String, Stamp)]) {
        let mut known = self.known();
        let layouts = made.iter().filter_map(|made| known.stamps.get(made));
        let layouts: Vec<Arc<Layout>> = layouts.flatten().cloned().collect();
        layouts.iter().for_each(|layout| known.keep(layout));
    }
}

impl Known {
    fn take(&mut self, name: String, layout: Arc<Layout>) {
        self.by_type_id.extend(layout.by_type_id.iter().cloned());
        let all = self.layouts.entry(name).or_default();
        if !all.contains(&layout) {
            all.push(layout);
        }
    }

    fn keep(&mut self, layout: &Arc<Layout>) {
        for root in layout.migrating() {
            let before = self.kept.insert(root.clone(), Arc::clone(layout));
            self.has_made_over |=
                before.is_some_and(|before| layout::is_changed(root, &before, layout));
        }
    }
}
