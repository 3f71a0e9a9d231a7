//! The roots of a [`Walk`]: the types of entry points and kept statics, and types whose values may be
//! stored by their `TypeId`.

use super::Unreadable;
use super::dwarf::Place;
use super::names::{mentions, without_numbers};
use super::root::Root;
use super::types::{Kind, Type};
use super::walk::{Walk, unknown};

/// The parent of the runtime's modules with the functions whose instances describe these types.
const RUNTIME: &str = "hotmod::live";

/// The name of a function's type.
const FUNCTION: &str = "fn";

impl Walk<'_, '_> {
    /// Adds the roots that a unit describes.
    pub(crate) fn add_roots(&mut self, unit: usize) -> Result<(), Unreadable> {
        self.units.push(unit);
        for offset in &self.program.units[unit].functions {
            let place = Place {
                unit,
                offset: *offset,
            };
            let function = self.program.entry(place)?;
            let redirected = function
                .symbol
                .as_deref()
                .and_then(|it| self.redirected.get(it));
            if let Some(redirect) = redirected {
                self.add_redirected(place, function.of, &redirect.path)?;
            }
            let name = function.name;
            let Some((function, arguments)) = name.split_once('<') else {
                continue;
            };
            match function {
                "entry_types" if self.is_runtimes(place)? => self.add_entry(place)?,
                "kept_types" if self.is_runtimes(place)? => self.add_kept(place, false)?,
                "migrated_types" if self.is_runtimes(place)? => self.add_kept(place, true)?,
                _ if mentions(arguments, self.group) => self.add_held_by(place, function)?,
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
        self.add_all_held(unit)
    }

    /// Whether a function belongs to the runtime.
    fn is_runtimes(&self, place: Place) -> Result<bool, Unreadable> {
        let module = self.module(place)?;
        Ok(module
            .rsplit_once("::")
            .is_some_and(|(it, _)| it == RUNTIME))
    }

    /// The path of the module or type that contains a function.
    pub(crate) fn module(&self, function: Place) -> Result<String, Unreadable> {
        let path = self.program.path(function)?;
        let path = path.split('<').next().unwrap_or_default();
        let module = path.rsplit_once("::").map_or("", |(module, _)| module);
        Ok(module.to_owned())
    }

    /// Adds the parameters and the result of an entry point.
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
        let method_of = parameter("Of").ok_or(Unreadable::NoTypes)?;
        let arguments = self.program.below(arguments, 1)?;
        let mut of_arguments = Vec::new();
        for (_, member) in arguments {
            match (member.tag, member.of) {
                (Some(gimli::DW_TAG_member), Some(of)) => of_arguments.push(of),
                (Some(gimli::DW_TAG_template_type_parameter), _) => {}
                (tag, _) => return Err(unknown(FUNCTION, tag)),
            }
        }
        let id = self.add_function(of_arguments, Some(result));
        let root = Root::EntryPoint(self.label(place, Some(method_of))?);
        // Several units may describe the same entry point. Then the number of its impl is the same too.
        let path = self.program.path(place)?;
        self.found.entry_points.insert((root.clone(), path));
        self.add_root(root, id);
        Ok(())
    }

    /// A function that the host calls through a trampoline.
    fn add_redirected(
        &mut self,
        place: Place,
        result: Option<Place>,
        path: &str,
    ) -> Result<(), Unreadable> {
        let mut arguments = Vec::new();
        for (_, part) in self.program.below(place, 1)? {
            if let (Some(gimli::DW_TAG_formal_parameter), Some(of)) = (part.tag, part.of) {
                arguments.push(of);
            }
        }
        let id = self.add_function(arguments, result);
        self.add_root(Root::EntryPoint(path.to_owned()), id);
        Ok(())
    }

    /// Adds the type of a function to the fragment.
    fn add_function(&mut self, arguments: Vec<Place>, result: Option<Place>) -> usize {
        let function = Type {
            name: FUNCTION.to_owned(),
            kind: Kind::Function,
            arguments: arguments.into_iter().map(|it| self.meet(it)).collect(),
            result: result.map(|it| self.meet(it)),
            ..Type::default()
        };
        let id = self.found.types.len();
        self.found.types.push(function);
        id
    }

    fn add_kept(&mut self, place: Place, migrates: bool) -> Result<(), Unreadable> {
        let parameters = self.parameters(place)?;
        let parameter = |name: &str| {
            let found = parameters.iter().find(|(it, _)| it == name);
            found.map(|(_, of)| *of).ok_or(Unreadable::NoTypes)
        };
        let (of, place) = (parameter("T")?, parameter("Place")?);
        let root = Root::Static(self.label(place, None)?);
        let id = self.meet(of);
        let all = self.found.statics.entry(root.clone()).or_insert(migrates);
        *all &= migrates;
        self.add_root(root, id);
        Ok(())
    }

    /// The path of the item that contains a closure: `pages::index` for
    /// `pages::index::__hotmod_describe::{closure}`. For a method, it contains the type instead of the
    /// number of the impl. So a label depends only on the name of the entry point, and not on the types
    /// of its parameters, which may change.
    fn label(&self, closure: Place, of: Option<Place>) -> Result<String, gimli::Error> {
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
        let of = match of {
            Some(of) => without_numbers(&self.name(of)?),
            None => String::new(),
        };
        let is_impl = |part: &&str| part.starts_with("{impl");
        match parts.iter().rposition(is_impl) {
            Some(at) if !["", "()"].contains(&&*of) => {
                Ok(format!("{of}::{}", parts[at + 1..].join("::")))
            }
            _ => Ok(parts.join("::")),
        }
    }

    pub(crate) fn add_by_type_id(&mut self, of: Place) -> Result<(), Unreadable> {
        let name = without_numbers(&self.name(of)?);
        if mentions(&name, self.group) {
            let id = self.meet(of);
            self.add_root(Root::TypeId(name.clone()), id);
            self.found.by_type_id.insert(name);
        }
        Ok(())
    }

    fn add_root(&mut self, root: Root, id: usize) {
        let roots = self.found.roots.entry(root).or_default();
        if !roots.contains(&id) {
            roots.push(id);
        }
    }
}
