//! Transitive closures of sets.

use std::collections::BTreeSet;

/// Adds `more` of the set to the set, until nothing new is found.
pub(crate) fn closure<T: Ord>(
    mut set: BTreeSet<T>,
    more: impl Fn(&BTreeSet<T>) -> BTreeSet<T>,
) -> BTreeSet<T> {
    loop {
        let known = set.len();
        let mut found = more(&set);
        set.append(&mut found);
        if set.len() == known {
            return set;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closure_has_what_is_reached_in_several_steps_and_ends_in_circles() {
        let edges = [(1, 2), (2, 3), (3, 1), (4, 5)];
        let next = |set: &BTreeSet<i32>| {
            let edges = edges.iter().filter(|(from, _)| set.contains(from));
            edges.map(|(_, to)| *to).collect()
        };
        assert_eq!(closure([1].into(), next), [1, 2, 3].into());
        assert_eq!(closure([5].into(), next), [5].into());
        assert_eq!(closure([].into(), next), [].into());
    }
}
