//! Reads [`Fragment`]s from debug information: all types that the roots lead to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::dwarf::{Entry, Place, Program};
use super::names::{for_people, is_of, mentions, paths, without_numbers};
use super::types::{Field, Fragment, Kind, Type, Variant};
use super::{Unreadable, Wanted};
use crate::compat::keepers::Keepers;
use crate::compat::symbols::Redirect;

/// The fragments of all wanted crates in a file.
pub(crate) fn fragments(
    program: &Program<'_>,
    wanted: &Wanted<'_>,
    paths: Paths<'_>,
) -> Result<BTreeMap<String, Fragment>, Unreadable> {
    let mut walks: BTreeMap<&str, Walk<'_, '_>> = BTreeMap::new();
    for (index, unit) in program.units.iter().enumerate() {
        let walk = walks
            .entry(&unit.of_crate)
            .or_insert_with(|| Walk::new(program, wanted));
        walk.add_roots(index)?;
    }
    let finish = |(name, walk): (&str, Walk<'_, '_>)| Ok((name.to_owned(), walk.finish(paths)?));
    walks.into_iter().map(finish).collect()
}

/// Types to look for by their paths, besides those in the names of the file's own `dyn` types.
#[derive(Clone, Copy)]
pub(crate) struct Paths<'p> {
    pub(crate) asked: &'p BTreeSet<String>,
    /// Those to read; `None` for all that are found.
    pub(crate) supplied: Option<&'p BTreeSet<String>>,
}

pub(crate) struct Walk<'w, 'a> {
    pub(crate) program: &'w Program<'a>,
    pub(crate) group: &'w [String],
    pub(crate) keepers: &'w Keepers,
    pub(crate) redirected: &'w BTreeMap<&'w str, &'w Redirect>,
    pub(crate) found: Fragment,
    /// The types that were found, by their place in the debug information.
    pub(crate) met: HashMap<Place, usize>,
    /// The types that were found but not read yet.
    pub(crate) todo: VecDeque<(usize, Place)>,
    /// The types that were searched for types that may be stored.
    pub(crate) searched: HashSet<Place>,
    pub(crate) units: Vec<usize>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(program: &'w Program<'a>, wanted: &'w Wanted<'w>) -> Self {
        Walk {
            program,
            group: wanted.group,
            keepers: wanted.keepers,
            redirected: &wanted.redirected,
            found: Fragment::default(),
            met: HashMap::new(),
            todo: VecDeque::new(),
            searched: HashSet::new(),
            units: Vec::new(),
        }
    }

    /// Reads all types that were found.
    fn finish(mut self, by_path: Paths<'_>) -> Result<Fragment, Unreadable> {
        let mut paths = by_path.asked.clone();
        let mut looked_for = BTreeSet::new();
        loop {
            while let Some((id, place)) = self.todo.pop_front() {
                self.found.types[id] = self.look_at(place)?;
            }
            paths.extend(self.found.in_names.keys().cloned());
            paths.retain(|path| looked_for.insert(path.clone()));
            if paths.is_empty() {
                return Ok(self.found);
            }
            for (path, place) in self.described(&paths)? {
                let supplied = by_path.supplied;
                let is_read = supplied.is_none_or(|it| it.contains(&path));
                let id = is_read.then(|| self.meet(place));
                self.found.described.insert(path, id);
            }
        }
    }

    /// The index of a type in the fragment, to which it is added if it is new.
    pub(crate) fn meet(&mut self, place: Place) -> usize {
        let next = self.found.types.len();
        let id = *self.met.entry(place).or_insert(next);
        if id == next {
            self.found.types.push(Type::default());
            self.todo.push_back((id, place));
        }
        id
    }

    pub(crate) fn parameters(&self, place: Place) -> Result<Vec<(String, Place)>, gimli::Error> {
        let below = self.program.below(place, 1)?;
        let parameter = |(_, entry): (isize, Entry<'_>)| match entry.tag {
            Some(gimli::DW_TAG_template_type_parameter) => {
                Some((entry.name.into_owned(), entry.of?))
            }
            _ => None,
        };
        Ok(below.into_iter().filter_map(parameter).collect())
    }

    /// The full name of a type, including types without a name in the debug information.
    pub(crate) fn name(&self, place: Place) -> Result<String, gimli::Error> {
        let entry = self.program.entry(place)?;
        let name_of = |of: Option<Place>| of.map_or(Ok("()".to_owned()), |of| self.name(of));
        Ok(match entry.tag {
            Some(
                gimli::DW_TAG_structure_type
                | gimli::DW_TAG_union_type
                | gimli::DW_TAG_enumeration_type,
            ) => self.program.path(place)?,
            Some(gimli::DW_TAG_array_type) => {
                let below = self.program.below(place, 1)?;
                let length = below.iter().find_map(|(_, entry)| entry.count);
                let element = name_of(entry.of)?;
                match length {
                    Some(length) => format!("[{element}; {length}]"),
                    None => format!("[{element}]"),
                }
            }
            Some(gimli::DW_TAG_subroutine_type) => "fn".to_owned(),
            _ if !entry.name.is_empty() => entry.name.into_owned(),
            _ => format!("*{}", name_of(entry.of)?),
        })
    }

    fn look_at(&mut self, place: Place) -> Result<Type, Unreadable> {
        let entry = self.program.entry(place)?;
        let name = self.name(place)?;
        let mut found = Type {
            name: without_numbers(&name),
            size: entry.size,
            align: entry.align,
            encoding: entry.encoding,
            ..Type::default()
        };
        let of_group = mentions(&name, self.group);
        match entry.tag {
            Some(gimli::DW_TAG_base_type) => found.kind = Kind::Base,
            Some(gimli::DW_TAG_pointer_type) => {
                found.kind = Kind::Pointer;
                // The type of an unmarked crate is the same in all builds.
                if of_group || entry.name.is_empty() {
                    found.target = entry.of.map(|of| self.meet(of));
                }
            }
            Some(gimli::DW_TAG_array_type) => {
                found.kind = Kind::Array;
                found.target = entry.of.map(|of| self.meet(of));
                let below = self.program.below(place, 1)?;
                found.length = below.iter().find_map(|(_, entry)| entry.count);
            }
            Some(gimli::DW_TAG_subroutine_type) => {
                found.kind = Kind::Function;
                found.result = entry.of.map(|of| self.meet(of));
                for (_, argument) in self.program.below(place, 1)? {
                    found.arguments.extend(argument.of.map(|of| self.meet(of)));
                }
            }
            Some(gimli::DW_TAG_structure_type) => found.kind = Kind::Struct,
            Some(gimli::DW_TAG_union_type) => found.kind = Kind::Union,
            Some(gimli::DW_TAG_enumeration_type) => found.kind = Kind::Enum,
            tag => return Err(unknown(&name, tag)),
        }
        let is_aggregate = matches!(found.kind, Kind::Struct | Kind::Union | Kind::Enum);
        if is_aggregate && of_group {
            if found.kind == Kind::Enum {
                // The underlying integer.
                found.tag = entry.of.map(|of| (0, self.meet(of)));
            }
            if name.starts_with("dyn ") || name.starts_with("(dyn ") {
                self.look_at_names(&name, &mut found);
            }
            self.look_inside(place, &mut found)?;
        }
        Ok(found)
    }

    /// The parts of a struct, a union or an enum.
    fn look_inside(&mut self, place: Place, found: &mut Type) -> Result<(), Unreadable> {
        let mut tag = None;
        let mut value = None;
        for (depth, part) in self.program.below(place, 3)? {
            let name = without_numbers(&part.name);
            match (part.tag, part.of) {
                (Some(gimli::DW_TAG_template_type_parameter), Some(of)) if depth == 1 => {
                    let of = self.meet(of);
                    found.parameters.push((name, of));
                }
                (Some(gimli::DW_TAG_member), Some(of)) if depth == 1 => {
                    found.fields.push(Field {
                        name,
                        offset: part.location,
                        of: self.meet(of),
                    });
                }
                (Some(gimli::DW_TAG_variant_part), _) => {
                    found.kind = Kind::Enum;
                    tag = part.discriminant;
                }
                (Some(gimli::DW_TAG_member), Some(of)) if part.place == tag => {
                    found.tag = Some((part.location, self.meet(of)));
                }
                (Some(gimli::DW_TAG_variant), _) => value = part.value,
                (Some(gimli::DW_TAG_member), Some(of)) => found.variants.push(Variant {
                    name,
                    value,
                    content: Some(self.meet(of)),
                }),
                (Some(gimli::DW_TAG_enumerator), _) => found.variants.push(Variant {
                    name,
                    value: part.value,
                    content: None,
                }),
                // Part of a nested entry, or without a type.
                (Some(gimli::DW_TAG_template_type_parameter | gimli::DW_TAG_member), _) => {}
                (tag, _) => return Err(unknown(&found.name, tag)),
            }
        }
        // The order of the entries has no meaning.
        found
            .fields
            .sort_by(|one, other| (one.offset, &one.name).cmp(&(other.offset, &other.name)));
        found
            .variants
            .sort_by(|one, other| (one.value, &one.name).cmp(&(other.value, &other.name)));
        Ok(())
    }

    /// Adds the group's paths in the name of a `dyn` type. The debug information may describe some of them as types,
    /// but not others, such as the trait.
    fn look_at_names(&mut self, name: &str, found: &mut Type) {
        for path in paths(name).filter(|path| is_of(path, self.group)) {
            found.in_name.push(path.to_owned());
            let shown = || for_people(&without_numbers(name));
            let in_names = self.found.in_names.entry(path.to_owned());
            in_names.or_insert_with(shown);
        }
    }

    /// The types with these paths.
    fn described(
        &self,
        wanted: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Place>, gimli::Error> {
        // A path is only known after its parents were read, so compare names first.
        let ends = wanted.iter().flat_map(|path| ends(path));
        let ends: HashSet<&str> = ends.collect();
        let mut all = BTreeMap::new();
        for unit in &self.units {
            for offset in &self.program.units[*unit].aggregates {
                let place = Place {
                    unit: *unit,
                    offset: *offset,
                };
                if !ends.contains(&*self.program.entry(place)?.name) {
                    continue;
                }
                let path = self.program.path(place)?;
                if wanted.contains(&path) {
                    all.insert(path, place);
                }
            }
        }
        Ok(all)
    }
}

/// A path, and what remains of it without its first segments.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |rest| Some(rest.split_once("::")?.1))
}

pub(crate) fn unknown(of: &str, tag: Option<gimli::DwTag>) -> Unreadable {
    Unreadable::UnknownPart {
        of: of.to_owned(),
        tag: tag.map(|it| it.to_string()).unwrap_or_default(),
    }
}
