//! Instances of generic functions that crates outside the workspace have compiled.
//!
//! An unoptimised crate calls an instance that one of its dependencies has. After an edit another
//! dependency may have it, too, and rustc chooses one of both. So an instance can move to a crate that
//! [`Code::read`] reads from one that it doesn't read, and back. Then the other one is read as well.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use memmap2::Mmap;
use object::read::archive::ArchiveFile;

use super::object::{Object, Target};
use super::{Code, Kind, Piece};
use crate::base::mmap::map;

/// Where the rlibs of all crates of a link are.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    pub(crate) folders: Vec<PathBuf>,
}

impl Elsewhere {
    /// Reads external pieces of a program, and returns whether there were any.
    pub(super) fn fill(&self, code: &mut Code, wanted: &[u32]) -> bool {
        let names = wanted.iter().filter_map(|it| {
            let name = code.pieces[*it as usize].name()?;
            Some((name.to_owned(), *it))
        });
        let mut wanted: HashMap<String, u32> = names.collect();
        let all = wanted.len();
        let mut known = Known::default();
        for rlib in self.rlibs() {
            if wanted.is_empty() {
                break;
            }
            // One that can't be read has nothing that is wanted.
            for object in objects_with(&rlib, &wanted).unwrap_or_default() {
                if let Ok(object) = Object::read(object) {
                    add(code, &object, &mut wanted, &mut known);
                }
            }
        }
        wanted.len() < all
    }

    fn rlibs(&self) -> impl Iterator<Item = Mmap> {
        let folders = self.folders.iter();
        let entries = folders.flat_map(|it| fs::read_dir(it).into_iter().flatten().flatten());
        let files = entries.map(|it| it.path());
        let rlibs = files.filter(|it| it.extension().is_some_and(|it| it == "rlib"));
        rlibs.filter_map(|it| map(&it).ok())
    }
}

/// The objects of an rlib that define some of these symbols.
fn objects_with<'a>(
    rlib: &'a [u8],
    wanted: &HashMap<String, u32>,
) -> object::read::Result<Vec<&'a [u8]>> {
    let archive = ArchiveFile::parse(rlib)?;
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for symbol in archive.symbols()?.into_iter().flatten() {
        let symbol = symbol?;
        let name = std::str::from_utf8(symbol.name());
        if name.is_ok_and(|it| wanted.contains_key(it)) && seen.insert(symbol.offset().0) {
            found.push(archive.member(symbol.offset())?.data(rlib)?);
        }
    }
    Ok(found)
}

/// The pieces of a program by name; of several, the first one.
#[derive(Default)]
struct Known {
    numbers: HashMap<String, u32>,
    /// How many pieces there were.
    pieces: usize,
}

impl Known {
    /// Takes the pieces that were added.
    fn update(&mut self, code: &Code) {
        for (number, piece) in code.pieces.iter().enumerate().skip(self.pieces) {
            if let Some(name) = piece.name() {
                let number = number as u32;
                self.numbers.entry(name.to_owned()).or_insert(number);
            }
        }
        self.pieces = code.pieces.len();
    }
}

/// Puts the wanted symbols of an object in place of the external pieces, with all that they refer to.
fn add(code: &mut Code, object: &Object<'_>, wanted: &mut HashMap<String, u32>, known: &mut Known) {
    known.update(code);
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    let mut todo = Vec::new();
    for (name, part) in &object.globals {
        if let Some(number) = wanted.remove(&*String::from_utf8_lossy(name)) {
            numbers.insert(*part, number);
            todo.push(*part);
        }
    }
    while let Some(number) = todo.pop() {
        let part = &object.parts[number];
        let mut targets = Vec::new();
        for target in &part.targets {
            targets.push(match target {
                Target::Part(other) => *numbers.entry(*other).or_insert_with(|| {
                    todo.push(*other);
                    code.reserve(object.parts[*other].name)
                }),
                Target::Symbol(name) => *known
                    .numbers
                    .entry(String::from_utf8_lossy(name).into_owned())
                    .or_insert_with(|| code.reserve(Some(name))),
            });
        }
        let name = part.name.map(|it| String::from_utf8_lossy(it).into_owned());
        let piece = Piece(part.kind, name, part.digest, targets);
        code.pieces[numbers[&number] as usize] = piece;
    }
}

impl Code {
    /// A new external piece.
    fn reserve(&mut self, name: Option<&[u8]>) -> u32 {
        let name = name.map(|it| String::from_utf8_lossy(it).into_owned());
        self.pieces.push(Piece(Kind::External, name, 0, Vec::new()));
        self.pieces.len() as u32 - 1
    }
}
