//! References between items: the sections of a link's objects, and the relocations between them.
//!
//! rustc puts each function and each static into a section of its own. So a section stands for an item, or
//! for code or data that has no item but refers to some: drop glue, a vtable, an instance from libstd.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use object::read::elf::ElfFile64;
use object::{
    Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SectionFlags,
    SectionIndex, SymbolKind, elf,
};

use super::Unreadable;
use super::name::{Crates, is_of_runtime};

/// Sections with pointers to functions that run when a library is loaded.
pub(crate) const INITIALISERS: &str = ".init_array";

/// Whether a linker collects the sections with this name, and defines `__start_NAME` for them.
pub(crate) fn is_collected(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether only the loader writes to this writable section.
pub(crate) fn is_for_the_loader(name: &str) -> bool {
    name.contains(".rel.ro") || name.starts_with(INITIALISERS)
}

/// The sections that are loaded with the program.
#[derive(Default)]
pub(crate) struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// The sections that define global symbols.
    globals: HashMap<&'a [u8], usize>,
    /// The names of collected sections that the group itself reads.
    own_slices: BTreeSet<&'a [u8]>,
}

/// One section.
struct Node<'a> {
    /// The crate outside the group that it belongs to; `None` if it belongs to the group.
    user: Option<&'a str>,
    is_writable: bool,
    is_initialiser: bool,
    /// Its name, if it belongs to the group and a linker collects it.
    slice: Option<&'a str>,
    /// For each symbol of the group in it, the path of the item, and whether it is data.
    items: Vec<(String, bool)>,
    targets: Vec<Target<'a>>,
}

#[derive(Clone, Copy)]
enum Target<'a> {
    Node(usize),
    Global(&'a [u8]),
}

/// How code outside the group reaches an item: the crate, and the item in between, if any.
pub(crate) type Way<'a> = (&'a str, Option<String>);

impl<'a> Graph<'a> {
    /// Adds an object of the group, or of a `user` of it. Add those of users last: most of them don't refer to
    /// the group, which only the group's symbols show.
    pub(crate) fn add(
        &mut self,
        object: &'a [u8],
        user: Option<&'a str>,
        crates: &Crates,
    ) -> Result<(), Unreadable> {
        let file = ElfFile64::parse(object)?;
        if user.is_some() && !self.concerns(&file, crates)? {
            return Ok(());
        }
        let mut nodes: HashMap<SectionIndex, usize> = HashMap::new();
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags } = section.flags() else {
                continue;
            };
            let has = |flag: u32| sh_flags & u64::from(flag) != 0;
            let name = section.name()?;
            if !has(elf::SHF_ALLOC) || name == ".eh_frame" {
                continue;
            }
            let header = section.elf_section_header();
            let name_bytes = file
                .elf_section_table()
                .section_name(file.endian(), header)?;
            let slice = std::str::from_utf8(name_bytes)
                .ok()
                .filter(|it| is_collected(it));
            nodes.insert(section.index(), self.nodes.len());
            self.nodes.push(Node {
                user,
                is_writable: has(elf::SHF_WRITE) && !is_for_the_loader(name),
                is_initialiser: name.starts_with(INITIALISERS),
                slice: slice.filter(|_| user.is_none()),
                items: Vec::new(),
                targets: Vec::new(),
            });
        }
        for symbol in file.symbols() {
            let name = symbol.name_bytes()?;
            if let (None, Some(slice)) = (user, name.strip_prefix(b"__start_")) {
                self.own_slices.insert(slice);
            }
            let Some(&node) = symbol.section_index().and_then(|it| nodes.get(&it)) else {
                continue;
            };
            if symbol.is_global() {
                self.globals.entry(name).or_insert(node);
            }
            if let Some(path) = crates.item(name)? {
                let is_data = matches!(symbol.kind(), SymbolKind::Data | SymbolKind::Tls);
                self.nodes[node].items.push((path, is_data));
            }
        }
        for section in file.sections() {
            let Some(&node) = nodes.get(&section.index()) else {
                continue;
            };
            for (_, relocation) in section.relocations() {
                let RelocationTarget::Symbol(index) = relocation.target() else {
                    continue;
                };
                let symbol = file.symbol_by_index(index)?;
                let target = match symbol.section_index() {
                    Some(section) => nodes.get(&section).copied().map(Target::Node),
                    None => Some(Target::Global(symbol.name_bytes()?)),
                };
                self.nodes[node].targets.extend(target);
            }
        }
        Ok(())
    }

    /// Whether an object refers to the group, or contains an instance of one of its generic items.
    fn concerns(&self, file: &ElfFile64<'a>, crates: &Crates) -> Result<bool, Unreadable> {
        for symbol in file.symbols() {
            let name = symbol.name_bytes()?;
            let concerns = match symbol.is_undefined() {
                true => self.globals.contains_key(name),
                false => crates.item(name)?.is_some(),
            };
            if concerns {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The paths of all items of the group, and whether each is data.
    pub(crate) fn items(&self) -> impl Iterator<Item = &(String, bool)> {
        self.nodes.iter().flat_map(|node| &node.items)
    }

    /// The items with writable data.
    pub(crate) fn writable(&self) -> impl Iterator<Item = &String> {
        let nodes = self.nodes.iter().filter(|it| it.user.is_none());
        let writable = nodes.filter(|it| it.is_writable);
        let items = writable.flat_map(|node| &node.items);
        items.filter(|(_, is_data)| *is_data).map(|(path, _)| path)
    }

    /// The statics with the addresses of functions that run when a library is loaded.
    pub(crate) fn initialisers(&self) -> impl Iterator<Item = &String> {
        let nodes = self.nodes.iter().filter(|it| it.user.is_none());
        let all = nodes.filter(|it| it.is_initialiser);
        all.flat_map(|it| &it.items).map(|(path, _)| path)
    }

    /// The items that code outside the group uses other than through one of the `entry_points`.
    pub(crate) fn reached(&self, entry_points: &BTreeSet<String>) -> BTreeMap<String, Way<'a>> {
        let mut found: BTreeMap<String, Way<'a>> = BTreeMap::new();
        let mut named: Vec<(usize, &'a str)> = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        // First the items that code outside refers to, directly or through sections without an item.
        let mut open: Vec<(usize, &'a str)> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(user) = node.user else { continue };
            // An instance of a generic item of the group.
            if !node.items.is_empty() {
                open.push((index, user));
            } else {
                open.extend(self.targets(node).map(|it| (it, user)));
            }
        }
        // Code outside uses the sections of the group that only it collects.
        for (index, node) in self.nodes.iter().enumerate() {
            let slice = node.slice;
            let slice = slice.filter(|it| !self.own_slices.contains(it.as_bytes()));
            open.extend(slice.map(|slice| (index, slice)));
        }
        while let Some((index, user)) = open.pop() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            let node = &self.nodes[index];
            if node.is_entry_point(entry_points) {
                continue;
            }
            if node.items.is_empty() {
                open.extend(self.targets(node).map(|it| (it, user)));
                continue;
            }
            for (path, _) in &node.items {
                found.entry(path.clone()).or_insert((user, None));
            }
            named.push((index, user));
        }
        // Then the items that those refer to.
        for (first, user) in named {
            let Some((by, _)) = self.nodes[first].items.first() else {
                continue;
            };
            let mut open: Vec<usize> = self.targets(&self.nodes[first]).collect();
            while let Some(index) = open.pop() {
                let node = &self.nodes[index];
                if node.is_entry_point(entry_points) || std::mem::replace(&mut seen[index], true) {
                    continue;
                }
                for (path, _) in &node.items {
                    let way = (user, Some(by.clone()));
                    found.entry(path.clone()).or_insert(way);
                }
                open.extend(self.targets(node));
            }
        }
        found
    }

    fn targets(&self, node: &Node<'a>) -> impl Iterator<Item = usize> {
        node.targets.iter().filter_map(|target| match target {
            Target::Node(index) => Some(*index),
            Target::Global(name) => self.globals.get(name).copied(),
        })
    }
}

impl Node<'_> {
    fn is_entry_point(&self, entry_points: &BTreeSet<String>) -> bool {
        let mut paths = self.items.iter().map(|(path, _)| path);
        paths.any(|path| entry_points.contains(path) || is_of_runtime(path))
    }
}
