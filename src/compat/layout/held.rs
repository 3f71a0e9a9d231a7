//! Types of the group whose values code outside it may hold without knowing their types.
//!
//! Such code gets a value back as what it is by the type's `TypeId`, or by an unchecked cast. Both
//! are done by a function that has the type as a generic argument:
//!
//! - one of std's that takes or compares a `TypeId`. It leaves an instance unless it is inlined in
//!   the crate that calls it;
//! - one of a crate that does such things itself ([`Keepers`]). Inlining can remove each instance of
//!   std's in it, because a `TypeId` is a constant. It can't remove the function that stores or reads the
//!   value: that executes at least one instruction, and debug information names the function of each
//!   instruction, inlined or not, with its generic arguments.
//!
//! Closures, coroutines and functions are no values that anybody gets back: what calls them goes by a pointer to the
//! code that they were made of. What they take is looked at.

use super::Unreadable;
use super::dwarf::Place;
use super::names::{is_of, mentions};
use super::walk::Walk;

/// The crates of std that have generic code.
const STD: [&str; 3] = ["core", "alloc", "std"];

impl Walk<'_, '_> {
    /// Adds what a function may hold, or give back, that has a type of the group as an argument.
    pub(crate) fn add_held_by(&mut self, place: Place, function: &str) -> Result<(), Unreadable> {
        let outermost = Place {
            offset: self.program.units[place.unit].outermost(place.offset),
            ..place
        };
        let its_crate = self.program.entry(outermost)?.name;
        if STD.contains(&&*its_crate) {
            if self.is_of_type_ids(place, function)? {
                for (_, of) in self.parameters(place)? {
                    self.add_by_type_id(of)?;
                }
            }
        } else if self.keepers.crates.contains(&*its_crate) {
            for (_, of) in self.parameters(place)? {
                self.add_held(of)?;
            }
        }
        Ok(())
    }

    /// Whether a function of std's takes the `TypeId` of its argument, or compares it.
    fn is_of_type_ids(&self, place: Place, function: &str) -> Result<bool, Unreadable> {
        if !matches!(function, "of" | "is" | "type_id") && !function.starts_with("downcast") {
            return Ok(false);
        }
        let module = self.module(place)?;
        let is_in = |it: &str| module.starts_with(it);
        Ok(function.starts_with("downcast") || is_in("core::any") || is_in("core::error"))
    }

    /// Adds the types of the group in a generic argument.
    fn add_held(&mut self, argument: Place) -> Result<(), Unreadable> {
        let mut todo = vec![argument];
        while let Some(place) = todo.pop() {
            if !self.searched.insert(place) {
                continue;
            }
            let entry = self.program.entry(place)?;
            match entry.tag {
                Some(
                    gimli::DW_TAG_structure_type
                    | gimli::DW_TAG_union_type
                    | gimli::DW_TAG_enumeration_type,
                ) => {
                    let path = self.program.path(place)?;
                    if is_of(&path, self.group) {
                        if !is_code(&entry.name) {
                            self.add_by_type_id(place)?;
                        }
                    } else if mentions(&path, self.group) {
                        // Type parameters, and the fields of a tuple.
                        let below = self.program.below(place, 1)?;
                        todo.extend(below.iter().filter_map(|(_, part)| part.of));
                    }
                }
                Some(gimli::DW_TAG_subroutine_type) => {
                    let below = self.program.below(place, 1)?;
                    todo.extend(below.iter().filter_map(|(_, part)| part.of));
                    todo.extend(entry.of);
                }
                // A pointer or an array.
                _ => todo.extend(entry.of),
            }
        }
        Ok(())
    }

    /// Adds all types of the group that a unit describes, where instances may be gone that would tell
    /// which of them count.
    pub(crate) fn add_all_held(&mut self, unit: usize) -> Result<(), Unreadable> {
        if !self.keepers.hold_all {
            return Ok(());
        }
        let scanned = &self.program.units[unit];
        for offset in &scanned.aggregates {
            let place = Place {
                unit,
                offset: *offset,
            };
            // A variant's content is part of its enum.
            let is_part = scanned
                .parent(*offset)
                .is_some_and(|it| scanned.aggregates.binary_search(&it).is_ok());
            let path = self.program.path(place)?;
            let is_macros = path.contains("__hotmod");
            if is_of(&path, self.group)
                && !is_part
                && !is_macros
                && !is_code(&self.program.entry(place)?.name)
            {
                self.add_by_type_id(place)?;
            }
        }
        Ok(())
    }
}

/// Whether a type is that of a closure or a coroutine.
fn is_code(name: &str) -> bool {
    name.starts_with('{')
}
