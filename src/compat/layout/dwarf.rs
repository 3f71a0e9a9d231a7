//! The units, entries and names of debug information.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::{Path, PathBuf};

use gimli::{AttributeValue, DebugInfoOffset, Dwarf, Unit, UnitOffset};

use super::sections::{Reader, Sections};
use super::{Unreadable, Wanted};

/// An entry, anywhere in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The index of its unit.
    pub(crate) unit: usize,
    pub(crate) offset: usize,
}

/// The units of the wanted crates.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    dwarf: Dwarf<Reader<'a>>,
    pub(crate) units: Vec<ScannedUnit<'a>>,
}

/// A unit, and the offsets of its entries.
#[derive(Debug)]
pub(crate) struct ScannedUnit<'a> {
    /// The name of its crate; empty for a crate outside the group.
    pub(crate) of_crate: String,
    unit: Unit<Reader<'a>>,
    start: usize,
    /// The named entries in the order of their offsets, each with its parent's; 0 is the unit.
    parents: Vec<(usize, usize)>,
    /// Functions, including those without code of their own because they were inlined.
    pub(crate) functions: Vec<usize>,
    /// Statics and vtables.
    pub(crate) variables: Vec<usize>,
    /// Structs, enums and unions.
    pub(crate) aggregates: Vec<usize>,
}

/// The attributes of an entry that matter here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry<'a> {
    pub(crate) place: Option<Place>,
    pub(crate) tag: Option<gimli::DwTag>,
    pub(crate) name: Cow<'a, str>,
    /// The symbol of a function.
    pub(crate) symbol: Option<Cow<'a, str>>,
    pub(crate) size: u64,
    pub(crate) align: u64,
    pub(crate) encoding: u64,
    /// The offset of a member in its struct.
    pub(crate) location: u64,
    /// The value of an enumerator, or of a variant's tag.
    pub(crate) value: Option<i128>,
    pub(crate) count: Option<u64>,
    pub(crate) of: Option<Place>,
    /// The tag's member.
    pub(crate) discriminant: Option<Place>,
    /// The type of a vtable.
    pub(crate) container: Option<Place>,
}

impl<'a> Program<'a> {
    /// Scans the units of the wanted crates.
    pub(crate) fn new(sections: &'a Sections<'_>, wanted: &Wanted<'_>) -> Result<Self, Unreadable> {
        let is_any = Cell::new(false);
        let program = Self::of_units(sections, |unit| {
            let root = root_of(unit)?;
            is_any.set(is_any.get() || wanted.is_of_group(&root));
            wanted.crate_of(&root)
        })?;
        // A crate may have no linked code, but not all of them.
        match is_any.get() {
            true => Ok(program),
            false => Err(Unreadable::NoTypes),
        }
    }

    /// Scans the units of the wanted crates, if there are any.
    pub(crate) fn of_wanted(
        sections: &'a Sections<'_>,
        wanted: &Wanted<'_>,
    ) -> Result<Self, Unreadable> {
        Self::of_units(sections, |unit| wanted.crate_of(&root_of(unit)?))
    }

    /// Scans all units.
    pub(crate) fn of_all(sections: &'a Sections<'_>) -> Result<Self, Unreadable> {
        Self::of_units(sections, |_| Some(String::new()))
    }

    fn of_units(
        sections: &'a Sections<'_>,
        crate_of: impl Fn(&Unit<Reader<'a>>) -> Option<String>,
    ) -> Result<Self, Unreadable> {
        let dwarf = sections.dwarf()?;
        let mut units = Vec::new();
        let mut headers = dwarf.units();
        while let Some(header) = headers.next()? {
            let Some(DebugInfoOffset(start)) = header.debug_info_offset() else {
                continue;
            };
            let unit = dwarf.unit(header)?;
            if let Some(of_crate) = crate_of(&unit) {
                units.push(ScannedUnit::new(of_crate, unit, start)?);
            }
        }
        Ok(Program { dwarf, units })
    }

    /// The attributes of one entry.
    pub(crate) fn entry(&self, place: Place) -> Result<Entry<'a>, gimli::Error> {
        let unit = &self.units[place.unit].unit;
        let entry = unit.entry(UnitOffset(place.offset))?;
        self.read(place, entry.tag(), entry.attrs())
    }

    /// The entries below one, down to `levels`, each with its depth below it.
    pub(crate) fn below(
        &self,
        place: Place,
        levels: isize,
    ) -> Result<Vec<(isize, Entry<'a>)>, gimli::Error> {
        let unit = &self.units[place.unit].unit;
        let mut found = Vec::new();
        let mut entries = unit.entries_at_offset(UnitOffset(place.offset))?;
        entries.next_dfs()?;
        // The entries in a function or a nested type don't belong to this one.
        let mut passed_over = isize::MAX;
        while let Some(entry) = entries.next_dfs()? {
            let depth = entry.depth();
            if depth <= 0 {
                break;
            }
            if depth <= passed_over {
                passed_over = isize::MAX;
            }
            if passed_over != isize::MAX || depth > levels {
                continue;
            }
            if is_beside(entry.tag()) {
                passed_over = depth;
                continue;
            }
            let at = Place {
                offset: entry.offset().0,
                ..place
            };
            found.push((depth, self.read(at, entry.tag(), entry.attrs())?));
        }
        Ok(found)
    }

    fn read(
        &self,
        place: Place,
        tag: gimli::DwTag,
        attributes: &[gimli::Attribute<Reader<'a>>],
    ) -> Result<Entry<'a>, gimli::Error> {
        let mut entry = Entry {
            place: Some(place),
            tag: Some(tag),
            ..Entry::default()
        };
        for attribute in attributes {
            let value = attribute.value();
            match attribute.name() {
                gimli::DW_AT_name => {
                    let unit = &self.units[place.unit].unit;
                    entry.name = self.dwarf.attr_string(unit, value)?.to_string_lossy();
                }
                gimli::DW_AT_linkage_name => {
                    let unit = &self.units[place.unit].unit;
                    let symbol = self.dwarf.attr_string(unit, value)?;
                    entry.symbol = Some(symbol.to_string_lossy());
                }
                gimli::DW_AT_byte_size => entry.size = value.udata_value().unwrap_or(0),
                gimli::DW_AT_alignment => entry.align = value.udata_value().unwrap_or(0),
                gimli::DW_AT_encoding => {
                    if let AttributeValue::Encoding(encoding) = value {
                        entry.encoding = u64::from(encoding.0);
                    }
                }
                gimli::DW_AT_data_member_location => {
                    entry.location = value.udata_value().unwrap_or(0);
                }
                gimli::DW_AT_const_value | gimli::DW_AT_discr_value => entry.value = integer(value),
                gimli::DW_AT_count => entry.count = value.udata_value(),
                gimli::DW_AT_type => entry.of = self.place(place.unit, value),
                gimli::DW_AT_discr => entry.discriminant = self.place(place.unit, value),
                gimli::DW_AT_containing_type => entry.container = self.place(place.unit, value),
                _ => {}
            }
        }
        Ok(entry)
    }

    /// The entry that an attribute refers to, if its unit is one of a wanted crate.
    fn place(&self, unit: usize, value: AttributeValue<Reader<'a>>) -> Option<Place> {
        match value {
            AttributeValue::UnitRef(offset) => Some(Place {
                unit,
                offset: offset.0,
            }),
            // Optimised code contains parts of other units.
            AttributeValue::DebugInfoRef(DebugInfoOffset(offset)) => {
                let after = self.units.partition_point(|unit| unit.start <= offset);
                let unit = after.checked_sub(1)?;
                let offset = offset - self.units[unit].start;
                let is_inside = offset < self.units[unit].unit.header.length_including_self();
                is_inside.then_some(Place { unit, offset })
            }
            _ => None,
        }
    }

    /// The full path of a named entry.
    pub(crate) fn path(&self, place: Place) -> Result<String, gimli::Error> {
        let mut parts = Vec::new();
        let unit = &self.units[place.unit];
        let mut at = Some(place.offset);
        while let Some(offset) = at.filter(|offset| *offset != 0) {
            parts.push(self.entry(Place { offset, ..place })?.name.into_owned());
            at = unit.parent(offset);
        }
        parts.reverse();
        Ok(parts.join("::"))
    }
}

impl<'a> ScannedUnit<'a> {
    /// Reads the tags of all entries once.
    fn new(of_crate: String, unit: Unit<Reader<'a>>, start: usize) -> Result<Self, gimli::Error> {
        let mut parents = Vec::new();
        let mut functions = Vec::new();
        let mut variables = Vec::new();
        let mut aggregates = Vec::new();
        let mut entries = unit.entries_raw(None)?;
        let mut around: Vec<usize> = Vec::new();
        while !entries.is_empty() {
            let offset = entries.next_offset().0;
            let depth = usize::try_from(entries.next_depth()).unwrap_or(0);
            let Some(abbreviation) = entries.read_abbreviation()? else {
                continue;
            };
            around.truncate(depth);
            // The unit itself is not part of a path.
            let parent = if depth <= 1 { 0 } else { around[depth - 1] };
            around.push(offset);
            match abbreviation.tag() {
                gimli::DW_TAG_namespace => parents.push((offset, parent)),
                gimli::DW_TAG_structure_type
                | gimli::DW_TAG_union_type
                | gimli::DW_TAG_enumeration_type => {
                    parents.push((offset, parent));
                    aggregates.push(offset);
                }
                gimli::DW_TAG_subprogram => {
                    parents.push((offset, parent));
                    functions.push(offset);
                }
                gimli::DW_TAG_variable if depth == 1 => variables.push(offset),
                _ => {}
            }
            entries.skip_attributes(abbreviation.attributes())?;
        }
        Ok(ScannedUnit {
            of_crate,
            unit,
            start,
            parents,
            functions,
            variables,
            aggregates,
        })
    }

    /// The named entry that contains this one; 0 is the unit.
    pub(crate) fn parent(&self, offset: usize) -> Option<usize> {
        let index = self.parents.binary_search_by_key(&offset, |it| it.0).ok()?;
        Some(self.parents[index].1)
    }

    /// The outermost named entry that contains this one: the namespace of its crate.
    pub(crate) fn outermost(&self, mut offset: usize) -> usize {
        while let Some(parent) = self.parent(offset).filter(|it| *it != 0) {
            offset = parent;
        }
        offset
    }
}

/// The root of the sources that a unit was compiled from.
///
/// The name of a unit consists of the root, as it was passed to rustc, `/@/`, and the name of the codegen
/// unit or a hash: `src/lib.rs/@/pages.1f2e3d4c-cgu.0`.
fn root_of(unit: &Unit<Reader<'_>>) -> Option<PathBuf> {
    let name = unit.name?.to_string_lossy();
    let folder = unit.comp_dir?.to_string_lossy();
    Some(Path::new(&*folder).join(name.rsplit_once("/@/")?.0))
}

/// Whether an entry in a type or a function is not part of its layout. An unknown entry counts as a part, so
/// that a layout with it can't be compared.
fn is_beside(tag: gimli::DwTag) -> bool {
    matches!(
        tag,
        gimli::DW_TAG_subprogram
            | gimli::DW_TAG_structure_type
            | gimli::DW_TAG_union_type
            | gimli::DW_TAG_enumeration_type
            | gimli::DW_TAG_namespace
            | gimli::DW_TAG_variable
            | gimli::DW_TAG_lexical_block
            | gimli::DW_TAG_inlined_subroutine
            | gimli::DW_TAG_call_site
            | gimli::DW_TAG_GNU_call_site
            // The type's name contains it too.
            | gimli::DW_TAG_template_value_parameter
    )
}

fn integer(value: AttributeValue<Reader<'_>>) -> Option<i128> {
    match value {
        AttributeValue::Block(block) => {
            let mut bytes = [0; 16];
            let length = block.len().min(16);
            bytes[..length].copy_from_slice(&block.slice()[..length]);
            Some(i128::from_le_bytes(bytes))
        }
        AttributeValue::Data16(value) => Some(value.cast_signed()),
        AttributeValue::Udata(value) => Some(i128::from(value)),
        value => match value.sdata_value() {
            Some(value) => Some(i128::from(value)),
            None => value.udata_value().map(i128::from),
        },
    }
}
