//! The objects of a link as one graph, from what the program can start with.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::path::Path;
use std::thread;

use memchr::memmem;

use super::object::{Object, Part, Target, is_mangled};
use super::section::OF_RUNTIME;
use super::{Code, GroupCode, Kind, Piece};
use crate::base::content_hash::Digest;
use crate::base::mmap::map;
use crate::compat::symbols::{SymbolsError, Unreadable, described, full_name, objects};

impl Code {
    /// Reads the objects and rlibs of a program: those that can change while it runs. All other
    /// code is external, and known by the names of its symbols. `libraries` are rlibs that
    /// generations are linked with, too.
    pub(crate) fn read<'a>(
        files: impl IntoIterator<Item = &'a Path>,
        libraries: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Self, SymbolsError> {
        let open = |path: &'a Path| match map(path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => Err(SymbolsError::Io(path.to_owned(), error)),
        };
        let mut files: Vec<_> = files.into_iter().map(open).collect::<Result<_, _>>()?;
        let others = files.len();
        for library in libraries {
            files.push(open(library)?);
        }
        let mut members: Vec<(&Path, &[u8])> = Vec::new();
        let mut of_libraries = 0;
        for (number, (path, bytes)) in files.iter().enumerate() {
            if number == others {
                of_libraries = members.len();
            }
            let found = objects(bytes, path);
            let found = found.map_err(|it| SymbolsError::Unreadable((*path).to_owned(), it))?;
            members.extend(found.into_iter().map(|it| (*path, it)));
        }
        let is_library = |it: usize| files.len() > others && it >= of_libraries;
        let mut program = Program::join(read_all(&members)?, is_library);
        program.mark_entry_points();
        Ok(program.code())
    }
}

/// Reads objects on all processors, and keeps their order.
fn read_all<'a>(members: &[(&Path, &'a [u8])]) -> Result<Vec<Object<'a>>, SymbolsError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = members.len().div_ceil(threads).max(1);
    let read = |(path, bytes): &(&Path, &'a [u8])| {
        Object::read(bytes)
            .map_err(|it| SymbolsError::Unreadable((*path).to_owned(), Unreadable::Object(it)))
    };
    let read_share =
        |share: &[(&Path, &'a [u8])]| share.iter().map(read).collect::<Result<Vec<_>, _>>();
    thread::scope(|scope| {
        let shares = members.chunks(share);
        let started: Vec<_> = shares
            .map(|share| scope.spawn(move || read_share(share)))
            .collect();
        let mut all = Vec::new();
        for share in started {
            all.extend(share.join().expect("reading does not panic")?);
        }
        Ok(all)
    })
}

/// All parts of a link.
pub(super) struct Program<'a> {
    parts: Vec<Part<'a>>,
    /// Which part a symbol is.
    globals: HashMap<&'a [u8], usize>,
    /// The parts of collected sections.
    collected: BTreeMap<&'a str, Vec<usize>>,
    /// What generations can name.
    libraries: Vec<(&'a [u8], usize)>,
}

impl<'a> Program<'a> {
    pub(super) fn join(objects: Vec<Object<'a>>, is_library: impl Fn(usize) -> bool) -> Self {
        let mut program = Program {
            parts: Vec::new(),
            globals: HashMap::new(),
            collected: BTreeMap::new(),
            libraries: Vec::new(),
        };
        for (number, mut object) in objects.into_iter().enumerate() {
            let first = program.parts.len();
            for part in &mut object.parts {
                for target in &mut part.targets {
                    if let Target::Part(number) = target {
                        *number += first;
                    }
                }
            }
            program.parts.append(&mut object.parts);
            if is_library(number) {
                let globals = object.globals.iter().filter(|(name, _)| is_mangled(name));
                let globals = globals.map(|(name, part)| (*name, first + part));
                program.libraries.extend(globals);
            }
            for (name, number) in object.globals {
                program.globals.entry(name).or_insert(first + number);
            }
            for (section, number) in object.collected {
                let parts = program.collected.entry(section).or_default();
                parts.push(first + number);
            }
        }
        program
    }

    fn mark_entry_points(&mut self) {
        let entry_points: Vec<usize> = (0..self.parts.len())
            .filter(|it| self.is_entry_point(*it))
            .collect();
        for number in entry_points {
            self.parts[number].kind = Kind::EntryPoint;
        }
    }

    /// Whether a part is a function with a slot, in the baseline's flavour of `#[hotmod::hot]`, or
    /// something else that the runtime's macros made.
    fn is_entry_point(&self, number: usize) -> bool {
        let part = &self.parts[number];
        let is_of_runtime = |name: &[u8]| {
            memmem::find(name, b"__hotmod").is_some() || memmem::find(name, b"__HOTMOD").is_some()
        };
        let is_slot = |target: &Target<'a>| {
            let name = match target {
                Target::Part(number) => self.parts[*number].name,
                Target::Symbol(name) => Some(*name),
            };
            name.is_some_and(|it| memmem::find(it, b"__HOTMOD_SLOT").is_some())
        };
        part.name.is_some_and(is_of_runtime) || part.is_code && part.targets.iter().any(is_slot)
    }

    /// Symbols that code outside the read files can name: those of `#[no_mangle]`, and of the
    /// allocator that rustc generates.
    fn exported(&self) -> Vec<(String, usize)> {
        let is_exported =
            |name: &[u8]| !is_mangled(name) || memmem::find(name, b"7___rustc").is_some();
        let globals = self.globals.iter();
        let exported = globals.filter(|(name, _)| is_exported(name) && !name.contains(&b'.'));
        let mut exported: Vec<(String, usize)> = exported
            .map(|(name, number)| (String::from_utf8_lossy(name).into_owned(), *number))
            .collect();
        exported.sort();
        exported
    }

    /// The pieces that the program reaches, in the order of their distance from the roots.
    fn code(&self) -> Code {
        let mut walk = Walk::new(self);
        let mut roots = Vec::new();
        for (name, number) in self.exported() {
            roots.push((name, walk.number(Target::Part(number))));
        }
        let mut libraries = Vec::new();
        for (name, number) in &self.libraries {
            let name = String::from_utf8_lossy(name).into_owned();
            libraries.push((name, walk.number(Target::Part(*number))));
        }
        libraries.sort();
        let mut collected = Vec::new();
        for (section, parts) in self.collected.iter().filter(|it| *it.0 != OF_RUNTIME) {
            let mut parts = parts.clone();
            parts.sort_by_cached_key(|it| self.sort_key(*it));
            let targets = parts.iter().map(|it| walk.number(Target::Part(*it)));
            let targets: Vec<u32> = targets.collect();
            collected.push(((*section).to_owned(), targets));
        }
        let mut pieces = walk.pieces();
        for (section, targets) in collected {
            roots.push((section.clone(), pieces.len() as u32));
            let mut digest = Digest::new();
            digest.number(targets.len() as u64);
            pieces.push(Piece(
                Kind::Constant,
                Some(section),
                digest.finish(),
                targets,
            ));
        }
        Code {
            roots,
            libraries,
            pieces,
        }
    }

    /// The code of a generation. `redirected` are the paths of more entry points, by their symbols.
    pub(super) fn group(&self, redirected: &BTreeMap<String, String>) -> GroupCode {
        let mut walk = Walk::new(self);
        let mut entry_points = BTreeMap::new();
        let mut others = Vec::new();
        for (section, parts) in &self.collected {
            for part in parts {
                if *section != OF_RUNTIME {
                    others.push(walk.number(Target::Part(*part)));
                    continue;
                }
                for target in &self.parts[*part].targets {
                    let number = walk.number(*target);
                    match self.name(*target).and_then(described) {
                        Some(path) => drop(entry_points.insert(path, number)),
                        None => others.push(number),
                    }
                }
            }
        }
        for (symbol, path) in redirected {
            if let Some(part) = self.globals.get(symbol.as_bytes()) {
                entry_points.insert(path.clone(), walk.number(Target::Part(*part)));
            }
        }
        for (_, part) in self.exported() {
            others.push(walk.number(Target::Part(part)));
        }
        GroupCode {
            entry_points,
            others,
            code: Code {
                pieces: walk.pieces(),
                ..Code::default()
            },
        }
    }

    fn name(&self, target: Target<'a>) -> Option<&'a str> {
        let name = match target {
            Target::Part(number) => self.parts[number].name?,
            Target::Symbol(name) => name,
        };
        std::str::from_utf8(name).ok()
    }

    /// What an element of a collected section is called, or what it points to.
    fn sort_key(&self, number: usize) -> String {
        let name = |it: usize| self.parts[it].name;
        let target = self.parts[number].targets.first().map(|it| match it {
            Target::Part(number) => name(*number).unwrap_or_default(),
            Target::Symbol(name) => name,
        });
        let name = name(number).or(target).unwrap_or_default();
        full_name(&String::from_utf8_lossy(name))
    }
}

/// Numbers what is reached.
struct Walk<'p, 'a> {
    program: &'p Program<'a>,
    numbers: HashMap<usize, u32>,
    externals: HashMap<&'a [u8], u32>,
    order: Vec<Target<'a>>,
}

impl<'p, 'a> Walk<'p, 'a> {
    fn new(program: &'p Program<'a>) -> Self {
        Walk {
            program,
            numbers: HashMap::new(),
            externals: HashMap::new(),
            order: Vec::new(),
        }
    }

    /// All that was numbered, and what that leads to.
    fn pieces(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(of) = self.order.get(pieces.len()).copied() {
            pieces.push(match of {
                Target::Symbol(name) => {
                    let name = String::from_utf8_lossy(name).into_owned();
                    Piece(Kind::External, Some(name), 0, Vec::new())
                }
                Target::Part(number) => {
                    let part = &self.program.parts[number];
                    let name = part.name.map(|it| String::from_utf8_lossy(it).into_owned());
                    match part.kind {
                        Kind::EntryPoint => Piece(part.kind, name, 0, Vec::new()),
                        kind => {
                            let targets = part.targets.iter().map(|it| self.number(*it));
                            Piece(kind, name, part.digest, targets.collect())
                        }
                    }
                }
            });
        }
        pieces
    }

    fn number(&mut self, target: Target<'a>) -> u32 {
        let part = match target {
            Target::Part(number) => Ok(number),
            Target::Symbol(name) => self.program.globals.get(name).copied().ok_or(name),
        };
        let next = self.order.len() as u32;
        let number = match part {
            Ok(part) => *self.numbers.entry(part).or_insert(next),
            Err(name) => *self.externals.entry(name).or_insert(next),
        };
        if number == next {
            self.order
                .push(part.map_or_else(Target::Symbol, Target::Part));
        }
        number
    }
}
