//! Whether the debug information of an object describes the signature of a function completely.

use std::collections::BTreeSet;

use super::Opaque;
use crate::compat::layout::Unreadable;
use crate::compat::layout::dwarf::{Place, Program};
use crate::compat::layout::sections::Sections;

/// Those of the wanted symbols whose functions are not generic, and whose parameters and results contain no
/// closure and no coroutine.
pub(super) fn complete(
    object: &[u8],
    is_wanted: impl Fn(&str) -> bool,
    opaque: &Opaque,
) -> Result<BTreeSet<String>, Unreadable> {
    let sections = Sections::of_object(object)?;
    let program = Program::of_all(&sections)?;
    let mut complete = BTreeSet::new();
    let mut others = BTreeSet::new();
    for (unit, scanned) in program.units.iter().enumerate() {
        for offset in &scanned.functions {
            let offset = *offset;
            let function = program.entry(Place { unit, offset })?;
            let Some(symbol) = function.symbol.filter(|it| is_wanted(it)) else {
                continue;
            };
            let mut types: Vec<Place> = function.of.into_iter().collect();
            let mut is_complete = function.of.is_some() || !opaque.is_anything_unknown();
            for (_, part) in program.below(Place { unit, offset }, 1)? {
                match part.tag {
                    Some(gimli::DW_TAG_formal_parameter) => match part.of {
                        Some(of) => types.push(of),
                        None => is_complete = false,
                    },
                    Some(gimli::DW_TAG_template_type_parameter) => is_complete = false,
                    _ => {}
                }
            }
            for of in types {
                is_complete &= !program.entry(of)?.name.contains('{');
            }
            match is_complete {
                true => complete.insert(symbol.into_owned()),
                false => others.insert(symbol.into_owned()),
            };
        }
    }
    Ok(&complete - &others)
}
