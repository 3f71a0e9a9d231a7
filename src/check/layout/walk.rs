//! From debug information to [`Layout`]s: what is reached from what crosses.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::Unreadable;
use super::dwarf::{Entry, Place, Program};
use super::names::{is_of, mentions, paths, without_numbers};
use super::types::{Field, KEPT, Kind, Layout, Type, TypeId, Variant};

/// Where the runtime's functions are whose instances describe what crosses.
const RUNTIME: &str = "hotmod::live";

/// The layouts of all crates that the program was asked for.
pub(super) fn layouts(
    program: &Program<'_>,
    group: &[String],
) -> Result<BTreeMap<String, Layout>, Unreadable> {
    let mut walks: BTreeMap<&str, Walk<'_, '_>> = BTreeMap::new();
    for (index, unit) in program.units.iter().enumerate() {
        let walk = walks
            .entry(&unit.of_crate)
            .or_insert_with(|| Walk::new(program, group));
        walk.add_roots(index)?;
    }
    let finish = |(name, walk): (&str, Walk<'_, '_>)| Ok((name.to_owned(), walk.finish()?));
    walks.into_iter().map(finish).collect()
}

struct Walk<'w, 'a> {
    program: &'w Program<'a>,
    group: &'w [String],
    layout: Layout,
    /// The types that were met, by where they are described.
    met: HashMap<Place, TypeId>,
    /// Met, and not looked at yet.
    todo: VecDeque<(TypeId, Place)>,
    /// The crate's units, and the group's types that are described there, once it was asked for.
    units: Vec<usize>,
    described: Option<HashMap<String, Place>>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(program: &'w Program<'a>, group: &'w [String]) -> Self {
        Walk {
            program,
            group,
            layout: Layout::default(),
            met: HashMap::new(),
            todo: VecDeque::new(),
            units: Vec::new(),
            described: None,
        }
    }

    /// Adds what a unit says of what crosses or may be kept.
    fn add_roots(&mut self, unit: usize) -> Result<(), Unreadable> {
        self.units.push(unit);
        for offset in &self.program.units[unit].functions {
            let place = Place {
                unit,
                offset: *offset,
            };
            let name = self.program.entry(place)?.name;
            let Some((function, _)) = name.split_once('<') else {
                continue;
            };
            if !matches!(function, "entry_types" | "kept_types" | "of") {
                continue;
            }
            let path = self.program.path(place)?;
            let path = path.split('<').next().unwrap_or_default();
            let module = path.rsplit_once("::").map_or("", |(module, _)| module);
            let is_runtimes = module
                .rsplit_once("::")
                .is_some_and(|(it, _)| it == RUNTIME);
            match function {
                "entry_types" if is_runtimes => self.add_entry(place)?,
                "kept_types" if is_runtimes => self.add_kept(place)?,
                "of" if module.starts_with("core::any::") => {
                    if let Some((_, of)) = self.parameters(place)?.into_iter().next() {
                        self.add_by_type_id(of)?;
                    }
                }
                _ => {}
            }
        }
        for offset in &self.program.units[unit].variables {
            let place = Place {
                unit,
                offset: *offset,
            };
            let variable = self.program.entry(place)?;
            let is_any = variable.name.ends_with("::{vtable}")
                && variable.name.contains(" as core::any::Any");
            if let (true, Some(table)) = (is_any, variable.of)
                && let Some(of) = self.program.entry(table)?.container
            {
                self.add_by_type_id(of)?;
            }
        }
        Ok(())
    }

    /// An entry point: what it takes, and what it answers.
    fn add_entry(&mut self, place: Place) -> Result<(), Unreadable> {
        let parameters = self.parameters(place)?;
        let parameter = |name: &str| {
            let found = parameters.iter().find(|(it, _)| it == name);
            found.map(|(_, of)| *of)
        };
        let (Some(arguments), Some(result)) = (parameter("Args"), parameter("R")) else {
            return Err(Unreadable::NoTypes);
        };
        let place = parameter("Place").ok_or(Unreadable::NoTypes)?;
        let arguments = self.program.below(arguments, 1)?;
        let mut method_of = None;
        let mut function = Type {
            name: "fn".to_owned(),
            kind: Kind::Function,
            ..Type::default()
        };
        for (_, member) in arguments {
            if let (Some(gimli::DW_TAG_member), Some(of)) = (member.tag, member.of) {
                method_of.get_or_insert(of);
                function.arguments.push(self.meet(of));
            }
        }
        function.result = Some(self.meet(result));
        let id = self.layout.types.len();
        self.layout.types.push(function);
        let label = self.label(place, method_of)?;
        self.add_root(format!("fn {label}"), id);
        Ok(())
    }

    fn add_kept(&mut self, place: Place) -> Result<(), Unreadable> {
        let parameters = self.parameters(place)?;
        let parameter = |name: &str| {
            let found = parameters.iter().find(|(it, _)| it == name);
            found.map(|(_, of)| *of).ok_or(Unreadable::NoTypes)
        };
        let (of, place) = (parameter("T")?, parameter("Place")?);
        let label = format!("static {}", self.label(place, None)?);
        let id = self.meet(of);
        self.add_root(label, id);
        Ok(())
    }

    /// The path of what the type of a closure stands in: `pages::index::__hotmod_describe::{closure}`
    /// is in `pages::index`. A method's is named by what it is a method of, which it takes first,
    /// instead of by the number of its impl.
    fn label(&self, closure: Place, first: Option<Place>) -> Result<String, gimli::Error> {
        const MARKERS: [&str; 2] = [
            "__hotmod_in_trait_impls_put_hot_on_the_whole_block_",
            "__hotmod_describe_",
        ];
        let path = without_numbers(&self.program.path(closure)?);
        let parts = path.split("::").map(|part| {
            let mut markers = MARKERS.iter();
            let named = markers.find_map(|marker| part.strip_prefix(marker));
            named.unwrap_or(part)
        });
        let parts: Vec<&str> = parts
            .filter(|part| {
                let of_ours = ["__hotmod_", "{async_fn", "{closure"];
                !of_ours.iter().any(|it| part.starts_with(it))
            })
            .collect();
        let of = match first {
            Some(of) => without_numbers(&self.name(of)?),
            None => String::new(),
        };
        let of = of.trim_start_matches(['&', '*']);
        let of = of.trim_start_matches("mut ").trim_start_matches("const ");
        match parts.iter().position(|part| part.starts_with("{impl")) {
            Some(at) if mentions(of, self.group) => {
                Ok(format!("{of}::{}", parts[at + 1..].join("::")))
            }
            _ => Ok(parts.join("::")),
        }
    }

    fn add_by_type_id(&mut self, of: Place) -> Result<(), Unreadable> {
        let name = without_numbers(&self.name(of)?);
        if mentions(&name, self.group) {
            let id = self.meet(of);
            self.add_root(format!("{name}{KEPT}"), id);
            self.layout.by_type_id.insert(name);
        }
        Ok(())
    }

    fn add_root(&mut self, label: String, id: TypeId) {
        let roots = self.layout.roots.entry(label).or_default();
        if !roots.contains(&id) {
            roots.push(id);
        }
    }

    /// Looks at all that was met.
    fn finish(mut self) -> Result<Layout, Unreadable> {
        while let Some((id, place)) = self.todo.pop_front() {
            self.layout.types[id] = self.look_at(place)?;
        }
        Ok(self.layout)
    }

    /// The place of a type in the layout, now or when it was met first.
    fn meet(&mut self, place: Place) -> TypeId {
        let next = self.layout.types.len();
        let id = *self.met.entry(place).or_insert(next);
        if id == next {
            self.layout.types.push(Type::default());
            self.todo.push_back((id, place));
        }
        id
    }

    fn parameters(&self, place: Place) -> Result<Vec<(String, Place)>, gimli::Error> {
        let below = self.program.below(place, 1)?;
        let parameter = |(_, entry): (isize, Entry<'_>)| match entry.tag {
            Some(gimli::DW_TAG_template_type_parameter) => {
                Some((entry.name.into_owned(), entry.of?))
            }
            _ => None,
        };
        Ok(below.into_iter().filter_map(parameter).collect())
    }

    /// The full name of any type, also of those that have none in the debug information.
    fn name(&self, place: Place) -> Result<String, gimli::Error> {
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
                // What points to an unmarked crate's type points to the same in all builds.
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
            _ => {}
        }
        let is_aggregate = matches!(found.kind, Kind::Struct | Kind::Union | Kind::Enum);
        if is_aggregate && of_group {
            if found.kind == Kind::Enum {
                // The integer that it is.
                found.tag = entry.of.map(|of| (0, self.meet(of)));
            }
            if name.starts_with("dyn ") || name.starts_with("(dyn ") {
                self.look_at_names(&name, &mut found)?;
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
                _ => {}
            }
        }
        // The order in which they are described has no meaning.
        found
            .fields
            .sort_by(|one, other| (one.offset, &one.name).cmp(&(other.offset, &other.name)));
        found
            .variants
            .sort_by(|one, other| (one.value, &one.name).cmp(&(other.value, &other.name)));
        Ok(())
    }

    /// What a `dyn` type's name has in it: the types that are described somewhere, and by name
    /// what is not, such as the trait.
    fn look_at_names(&mut self, name: &str, found: &mut Type) -> Result<(), Unreadable> {
        for path in paths(name).filter(|path| is_of(path, self.group)) {
            match self.described(path)? {
                Some(place) => {
                    let of = self.meet(place);
                    found.parameters.push((path.to_owned(), of));
                }
                None => {
                    self.layout.by_name.insert(path.to_owned());
                }
            }
        }
        Ok(())
    }

    fn described(&mut self, path: &str) -> Result<Option<Place>, gimli::Error> {
        if self.described.is_none() {
            let mut all = HashMap::new();
            for unit in &self.units {
                for offset in &self.program.units[*unit].aggregates {
                    let place = Place {
                        unit: *unit,
                        offset: *offset,
                    };
                    let path = self.program.path(place)?;
                    if is_of(&path, self.group) {
                        all.insert(path, place);
                    }
                }
            }
            self.described = Some(all);
        }
        let all = self.described.as_ref();
        Ok(all.and_then(|all| all.get(path)).copied())
    }
}
