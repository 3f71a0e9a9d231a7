//! Which entry points lead to the code that is new in a generation.
//!
//! A new generation replaces only the code behind entry points. A closure or a function pointer that the
//! program got from an earlier call stays as it was. So new code runs once an entry point that leads to it
//! is called.
//!
//! An entry point leads to everything that its machine code refers to, directly or indirectly: calls,
//! vtables, function pointers. Code that can run in another way (hooks, initialisers, and exported
//! functions, which may have run when the library was loaded) is left out, because it may have run.
//!
//! A pointer that the program got earlier may lead to what changed as well: [`Changes::leading`] are the
//! functions that it may point to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::compare::differing;
use super::object::Object;
use super::program::Program;
use super::{GroupCode, Piece};
use crate::compat::symbols::{full_name, is_of_runtime};

/// A function or a static that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedCode {
    /// Its full name.
    pub(crate) name: String,
    /// The paths of the entry points that lead to it; never empty.
    pub(crate) entry_points: BTreeSet<String>,
}

/// What differs between two generations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) code: Vec<ChangedCode>,
    /// The symbols of what changed or refers to what changed, directly or indirectly. Functions that the host calls
    /// through slots and trampolines are left out.
    pub(crate) leading: BTreeSet<String>,
}

impl GroupCode {
    /// Reads all objects of a generation. `redirected` are functions that the host calls without a mark, with
    /// their paths by their symbols.
    pub(crate) fn read(
        objects: &[&[u8]],
        redirected: &BTreeMap<String, String>,
    ) -> object::read::Result<Self> {
        let objects: object::read::Result<Vec<Object<'_>>> =
            objects.iter().map(|it| Object::read(it)).collect();
        Ok(Program::join(objects?, |_| false).group(redirected))
    }

    /// The paths of all entry points.
    pub(crate) fn entry_points(&self) -> impl Iterator<Item = &String> {
        self.entry_points.keys()
    }

    /// The code that differs from the generation `before`, and the code of earlier ones that is still
    /// `uncalled`.
    pub(crate) fn changed(&self, before: &GroupCode, uncalled: &BTreeSet<String>) -> Changes {
        let roots = self.entry_points.iter().filter_map(|(path, now)| {
            let before = before.entry_points.get(path)?;
            Some((*before, *now))
        });
        let mut changed = differing(&before.code, &self.code, roots);
        let users = self.users();
        let leading = self.leading_to(&changed, &users);
        if !uncalled.is_empty() {
            let is_uncalled = |it: &Piece| name_of(it).is_some_and(|it| uncalled.contains(&it));
            let pieces = self.code.pieces.iter().zip(0..);
            changed.extend(pieces.filter(|it| is_uncalled(it.0)).map(|it| it.1));
        }
        let mut elsewhere = HashSet::new();
        walk(self.others.iter().copied(), &mut elsewhere, |it| {
            self.code.pieces[it as usize].targets().to_vec()
        });
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut unknown = HashSet::new();
        for owner in self.owners(&changed, &users) {
            let Some(name) = name_of(&self.code.pieces[owner as usize]) else {
                continue;
            };
            if elsewhere.contains(&owner) {
                unknown.insert(name);
                continue;
            }
            let above = above([owner], &users);
            let entry_points = self.entry_points.iter();
            let entry_points = entry_points.filter(|(_, root)| above.contains(root));
            let all = found.entry(name).or_default();
            all.extend(entry_points.map(|(path, _)| path.clone()));
        }
        found.retain(|name, entry_points| !entry_points.is_empty() && !unknown.contains(name));
        let found = found.into_iter();
        let code = found
            .map(|(name, entry_points)| ChangedCode { name, entry_points })
            .collect();
        Changes { code, leading }
    }

    /// The symbols of what refers to some pieces, directly or indirectly, and of these themselves.
    fn leading_to(&self, pieces: &HashSet<u32>, users: &[Vec<u32>]) -> BTreeSet<String> {
        let leading = above(pieces.iter().copied(), users);
        let called_by_host = self.called_by_host();
        let leading = leading.difference(&called_by_host);
        let symbols = leading.filter_map(|it| self.code.pieces[*it as usize].name());
        // The runtime keeps the addresses of its own functions, also those of earlier generations.
        let symbols = symbols.filter(|it| !full_name(it).contains("hotmod::live::"));
        symbols.map(str::to_owned).collect()
    }

    /// The functions whose addresses the runtime has: of each generation, or in a trampoline's table.
    fn called_by_host(&self) -> HashSet<u32> {
        let roots = self.entry_points.values().copied();
        roots
            .flat_map(|root| {
                let piece = &self.code.pieces[root as usize];
                // The description of a marked function refers to it.
                let described = match piece.name().is_some_and(is_of_runtime) {
                    true => piece.targets(),
                    false => &[],
                };
                described.iter().copied().chain([root])
            })
            .collect()
    }

    /// What refers to each piece.
    fn users(&self) -> Vec<Vec<u32>> {
        let mut users = vec![Vec::new(); self.code.pieces.len()];
        for (user, piece) in (0..).zip(&self.code.pieces) {
            for target in piece.targets() {
                users[*target as usize].push(user);
            }
        }
        users
    }

    /// The pieces themselves, and the nearest ones with a name that refer to those without.
    fn owners(&self, pieces: &HashSet<u32>, users: &[Vec<u32>]) -> BTreeSet<u32> {
        let is_named = |it: &u32| self.code.pieces[*it as usize].name().is_some();
        let mut seen = HashSet::new();
        walk(pieces.iter().copied(), &mut seen, |it| {
            match is_named(&it) {
                true => Vec::new(),
                false => users[it as usize].clone(),
            }
        });
        seen.into_iter().filter(is_named).collect()
    }
}

fn name_of(piece: &Piece) -> Option<String> {
    piece.name().map(full_name)
}

/// Some pieces, and all that refer to them, directly or indirectly.
fn above(pieces: impl IntoIterator<Item = u32>, users: &[Vec<u32>]) -> HashSet<u32> {
    let mut above = HashSet::new();
    walk(pieces.into_iter(), &mut above, |it| {
        users[it as usize].clone()
    });
    above
}

/// Adds all that can be reached from some pieces to what was `seen`.
fn walk(from: impl Iterator<Item = u32>, seen: &mut HashSet<u32>, next: impl Fn(u32) -> Vec<u32>) {
    let mut open: Vec<u32> = from.collect();
    while let Some(piece) = open.pop() {
        if seen.insert(piece) {
            open.extend(next(piece));
        }
    }
}
