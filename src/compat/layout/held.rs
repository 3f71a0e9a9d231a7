//! Finds the group's types whose values may be stored type-erased outside the group.
//!
//! Such a value is read back by comparing its `TypeId`, or with an unchecked cast. Either way, a
//! function with the type as a generic argument does it:
//!
//! - a function of std that takes or compares a `TypeId`. The debug information has an instance of
//!   it, unless it was inlined into the crate that calls it.
//! - a function of a crate that stores values type-erased itself ([`Keepers`]). There, inlining can
//!   remove all instances of std's functions, because a `TypeId` is a constant. But the function that
//!   stores or reads the value has at least one instruction, and the debug information names the
//!   function of each instruction with its generic arguments, inlined or not.
//!
//! Closures, coroutines and functions are not read back. Their callers have a pointer to the code
//! that belongs to them. The types of their parameters are included.

use super::Unreadable;
use super::dwarf::Place;
use super::names::{is_of, mentions};
use super::walk::Walk;

/// The crates of the standard library with generic code.
const STD: [&str; 3] = ["core", "alloc", "std"];

impl Walk<'_, '_> {
    /// Adds the types that a function with a type of the group as a generic argument may store or read.
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

    /// Whether a function of std takes or compares the `TypeId` of its generic argument.
    fn is_of_type_ids(&self, place: Place, function: &str) -> Result<bool, Unreadable> {
        if !matches!(function, "of" | "is" | "type_id") && !function.starts_with("downcast") {
            return Ok(false);
        }
        let module = self.module(place)?;
        let is_in = |it: &str| module.starts_with(it);
        Ok(function.starts_with("downcast") || is_in("core::any") || is_in("core::error"))
    }

    /// Adds the types of the group that a generic argument contains.
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

    /// Adds all types of the group that a unit describes, if inlining may have removed the instances
    /// that show which of them are stored.
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
