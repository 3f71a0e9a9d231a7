//! The walk through two programs in step.

use std::collections::{HashMap, HashSet, VecDeque};

use super::difference::{Difference, explain, is_of_user};
use super::elsewhere::Elsewhere;
use super::{Code, Kind, Piece};
use crate::compat::redirects::redirected_name;
use crate::compat::symbols::full_name;

/// A piece of the running program, and the piece at the same place of the clean one.
type Pair = (u32, u32);

/// How the clean program's code differs from the running one's, most telling first; empty if
/// both behave the same. What is external in one of them only is read from `elsewhere`.
pub(crate) fn compare(
    mut running: Code,
    mut clean: Code,
    elsewhere: &Elsewhere,
) -> Vec<Difference> {
    loop {
        let (differences, [before, now]) = compare_once(&running, &clean);
        let is_any_read = elsewhere.fill(&mut running, &before) | elsewhere.fill(&mut clean, &now);
        if !is_any_read {
            return differences;
        }
    }
}

/// The differences, and the external pieces of both programs that differ only by where they are.
pub(super) fn compare_once(running: &Code, clean: &Code) -> (Vec<Difference>, [Vec<u32>; 2]) {
    let mut walk = Walk::new(running, clean);
    let mut before: HashMap<&str, u32> = running
        .roots
        .iter()
        .map(|(name, it)| (&**name, *it))
        .collect();
    let mut unpaired = Vec::new();
    let mut roots = Vec::new();
    for (name, now) in &clean.roots {
        match before.remove(&**name) {
            Some(before) => roots.push(walk.visit((before, *now))),
            None => unpaired.push(&**name),
        }
    }
    unpaired.extend(before.into_keys());
    unpaired.sort_unstable();
    // A generation that needs one that is new can't be linked, and needs none that is gone.
    let before: HashMap<&str, u32> = running
        .libraries
        .iter()
        .map(|(name, it)| (&**name, *it))
        .collect();
    for (name, now) in &clean.libraries {
        if let Some(before) = before.get(&**name) {
            roots.push(walk.visit((*before, *now)));
        }
    }
    walk.run();
    (walk.differences(&roots, &unpaired), walk.moved())
}

/// The pieces of `now` that differ from their twins in `before`, from pairs of roots on.
pub(super) fn differing(
    before: &Code,
    now: &Code,
    roots: impl Iterator<Item = Pair>,
) -> HashSet<u32> {
    let mut walk = Walk::new(before, now);
    for root in roots {
        walk.visit(root);
    }
    walk.run();
    let differing = walk.pairs.iter().filter(|it| it.differs);
    differing.map(|it| it.pair.1).collect()
}

/// What is known of a pair.
struct Place {
    pair: Pair,
    /// The pairs that the two refer to.
    next: Vec<usize>,
    /// Whether the two pieces themselves differ.
    differs: bool,
}

struct Walk<'c> {
    running: &'c Code,
    clean: &'c Code,
    places: HashMap<Pair, usize>,
    pairs: Vec<Place>,
    /// For data that can be written to, the only piece of the other program that it may be paired
    /// with: equal values are not enough, as two statics can become one.
    twins: [HashMap<u32, u32>; 2],
}

impl<'c> Walk<'c> {
    fn new(running: &'c Code, clean: &'c Code) -> Self {
        Walk {
            running,
            clean,
            places: HashMap::new(),
            pairs: Vec::new(),
            twins: [HashMap::new(), HashMap::new()],
        }
    }

    fn of(&self, (running, clean): Pair) -> (&'c Piece, &'c Piece) {
        (
            &self.running.pieces[running as usize],
            &self.clean.pieces[clean as usize],
        )
    }

    /// The number of a pair, which is looked at once.
    fn visit(&mut self, pair: Pair) -> usize {
        let next = self.pairs.len();
        let place = *self.places.entry(pair).or_insert(next);
        if place == next {
            self.pairs.push(Place {
                pair,
                next: Vec::new(),
                differs: false,
            });
        }
        place
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(Place { pair, .. }) = self.pairs.get(at) {
            let pair = *pair;
            let (running, clean) = self.of(pair);
            let differs = self.differ(pair);
            let targets: Vec<Pair> = match differs {
                // The references of both are at the same places.
                false => {
                    let targets = running.targets().iter().copied();
                    targets.zip(clean.targets().iter().copied()).collect()
                }
                true => self.by_name(running, clean),
            };
            let next = targets.into_iter().map(|it| self.visit(it)).collect();
            let place = &mut self.pairs[at];
            (place.next, place.differs) = (next, differs);
            at += 1;
        }
    }

    /// Whether two pieces differ by themselves.
    fn differ(&mut self, pair: Pair) -> bool {
        let (running, clean) = self.of(pair);
        if running.kind() != clean.kind() || running.digest() != clean.digest() {
            return true;
        }
        match running.kind() {
            Kind::Constant => false,
            Kind::External => external_name(running) != external_name(clean),
            Kind::EntryPoint => full_name_of(running) != full_name_of(clean),
            Kind::Writable => {
                let [there, back] = &mut self.twins;
                *there.entry(pair.0).or_insert(pair.1) != pair.1
                    || *back.entry(pair.1).or_insert(pair.0) != pair.0
            }
        }
    }

    /// The external pieces that have another place in the other program.
    fn moved(&self) -> [Vec<u32>; 2] {
        let mut found = [Vec::new(), Vec::new()];
        for Place { pair, .. } in self.pairs.iter().filter(|it| it.differs) {
            let (running, clean) = self.of(*pair);
            // Only the newer mangling has the types of an instance.
            let has_types = |piece: &Piece| piece.name().is_some_and(|it| it.starts_with("_R"));
            let has_same_mangling = has_types(running) == has_types(clean);
            if has_same_mangling && full_name_of(running) != full_name_of(clean) {
                continue;
            }
            if running.kind() == Kind::External {
                found[0].push(pair.0);
            }
            if clean.kind() == Kind::External {
                found[1].push(pair.1);
            }
        }
        found
    }

    /// The targets that have the same name in two different pieces: there may be more differences.
    fn by_name(&self, running: &Piece, clean: &Piece) -> Vec<Pair> {
        let mut before: HashMap<String, VecDeque<u32>> = HashMap::new();
        for target in running.targets() {
            if let Some(name) = full_name_of(&self.running.pieces[*target as usize]) {
                before.entry(name).or_default().push_back(*target);
            }
        }
        let mut seen = HashSet::new();
        let mut pairs = Vec::new();
        for target in clean.targets() {
            let piece = &self.clean.pieces[*target as usize];
            let twin = full_name_of(piece).and_then(|name| {
                let all = before.get_mut(&name)?;
                let first = all.pop_front()?;
                if all.is_empty() {
                    all.push_back(first);
                }
                Some(first)
            });
            pairs.extend(twin.map(|it| (it, *target)).filter(|it| seen.insert(*it)));
        }
        pairs
    }

    /// The pairs from which one that differs can be reached.
    fn unequal(&self) -> Vec<bool> {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.pairs.len()];
        for (user, place) in self.pairs.iter().enumerate() {
            for next in &place.next {
                users[*next].push(user);
            }
        }
        let all = 0..self.pairs.len();
        let mut open: Vec<usize> = all.filter(|it| self.pairs[*it].differs).collect();
        let mut unequal = vec![false; self.pairs.len()];
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut unequal[place], true) {
                open.extend(&users[place]);
            }
        }
        unequal
    }

    /// Words what differs, from the roots on.
    fn differences(&self, roots: &[usize], unpaired: &[&str]) -> Vec<Difference> {
        let unequal = self.unequal();
        let mut found: Vec<_> = unpaired.iter().map(|it| Difference::of_root(it)).collect();
        // Each with the nearest pair that has a name.
        let start = roots.iter().filter(|it| unequal[**it]);
        let mut open: VecDeque<(usize, usize)> = start.map(|it| (*it, *it)).collect();
        let mut seen: HashSet<usize> = open.iter().map(|it| it.0).collect();
        while let Some((place, owner)) = open.pop_front() {
            let Place {
                pair,
                next,
                differs,
            } = &self.pairs[place];
            let (running, clean) = self.of(*pair);
            // People don't know private constants, nor what libraries do with their types.
            let names = [running, clean].map(full_name_of);
            let is_known = names.iter().all(|it| it.as_deref().is_some_and(is_of_user));
            let owner = if is_known { place } else { owner };
            let (_, user) = self.of(self.pairs[owner].pair);
            if *differs {
                found.push(explain(self.running, self.clean, user, (running, clean)));
            }
            for next in next.iter().filter(|it| unequal[**it]) {
                let (was, is) = self.of(self.pairs[*next].pair);
                match (full_name_of(was), full_name_of(is)) {
                    (Some(before), Some(now)) if before != now => {
                        found.push(Difference::replaced(user, is, was));
                    }
                    _ if seen.insert(*next) => open.push_back((*next, owner)),
                    _ => {}
                }
            }
        }
        Difference::sorted(found)
    }
}

/// Impls have other numbers after one was added. A generation provides redirected functions by their full names.
fn external_name(piece: &Piece) -> Option<String> {
    let name = piece.name()?;
    Some(redirected_name(name).unwrap_or_else(|| name.to_owned()))
}

fn full_name_of(piece: &Piece) -> Option<String> {
    piece.name().map(full_name)
}
