//! Finds the imports between the modules of a crate in its sources: by `use`, and by paths in code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module by its names from the root of the crate.
pub(super) type Module = Vec<String>;

/// The imports between the modules of a crate. A file is a module; what is written in a `mod inner { … }`
/// counts for the file. Tests may import anything.
#[derive(Default)]
pub(super) struct Imports {
    modules: BTreeSet<Module>,
    /// Modules that are compiled for tests alone.
    tests: Vec<Module>,
    /// By module and name: the path that a `use` gives this name to.
    names: BTreeMap<(Module, String), Vec<String>>,
    paths: Vec<(Module, Vec<String>)>,
}

impl Imports {
    /// Those of the crate whose `lib.rs` is in this folder.
    pub(super) fn of_crate(folder: &Path) -> Self {
        let mut files = Vec::new();
        read(folder, &[], &mut files);
        Self::of(files.iter().map(|(module, text)| (module.clone(), &**text)))
    }

    pub(super) fn of<'a>(files: impl Iterator<Item = (Module, &'a str)>) -> Self {
        let mut imports = Imports::default();
        let files: Vec<(Module, TokenStream)> = files
            .map(|(module, text)| {
                let tokens = text.parse();
                let tokens = tokens.unwrap_or_else(|error| panic!("{module:?}: {error}"));
                (module, tokens)
            })
            .collect();
        imports.modules = files.iter().map(|(module, _)| module.clone()).collect();
        for (module, tokens) in files {
            imports.read(&module, &module, tokens);
        }
        let tests = std::mem::take(&mut imports.tests);
        let is_code = |it: &Module| !tests.iter().any(|test| it.starts_with(test));
        imports.modules.retain(is_code);
        imports.paths.retain(|(it, _)| is_code(it));
        imports
    }

    /// Reads the tokens of the module `here`, which are in the file of `module`.
    fn read(&mut self, module: &Module, here: &Module, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token {
                TokenTree::Ident(word) if word == "use" => {
                    let mut found = Vec::new();
                    index = paths(&tokens, index, &[], &mut found);
                    for path in found {
                        self.add(module, here, path);
                    }
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let Some(TokenTree::Ident(name)) = tokens.get(index) else {
                        continue;
                    };
                    let inner = [&**here, &[name.to_string()]].concat();
                    let is_test = is_for_tests(&tokens[..index - 1]);
                    if is_test {
                        self.tests.push(inner.clone());
                    }
                    if let Some(TokenTree::Group(group)) = tokens.get(index + 1) {
                        if !is_test {
                            self.read(module, &inner, group.stream());
                        }
                        index += 2;
                    }
                }
                TokenTree::Ident(word) if ["crate", "super"].iter().any(|it| word == it) => {
                    let mut found = Vec::new();
                    index = paths(&tokens, index - 1, &[], &mut found);
                    for (path, _) in found {
                        let path = self.absolute(here, &path);
                        self.paths.extend(path.map(|it| (module.clone(), it)));
                    }
                }
                TokenTree::Group(group) => self.read(module, here, group.stream()),
                _ => {}
            }
        }
    }

    fn add(&mut self, module: &Module, here: &Module, (path, name): (Vec<String>, String)) {
        if let Some(path) = self.absolute(here, &path) {
            self.paths.push((module.clone(), path.clone()));
            self.names.insert((here.clone(), name), path);
        }
    }

    /// A path from the root of the crate, if it is one of this crate's.
    fn absolute(&self, here: &Module, path: &[String]) -> Option<Vec<String>> {
        let supers = path.iter().take_while(|it| *it == "super").count();
        let child = [&**here, &path[..1]].concat();
        match &*path[0] {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&**here, &path[1..]].concat()),
            "super" => Some([here.get(..here.len() - supers)?, &path[supers..]].concat()),
            _ if self.modules.contains(&child) => Some([&**here, path].concat()),
            _ => None,
        }
    }

    /// The module that a path leads to, through what other modules pass on.
    fn module_of(&self, path: &[String], depth: usize) -> Module {
        let mut module = Module::new();
        for (index, name) in path.iter().enumerate() {
            let child = [&*module, std::slice::from_ref(name)].concat();
            let key = (module.clone(), name.clone());
            match self.names.get(&key) {
                _ if self.modules.contains(&child) && index + 1 < path.len() => module = child,
                Some(passed_on) if depth < 9 && **passed_on != *path => {
                    let rest = [&**passed_on, &path[index + 1..]].concat();
                    return self.module_of(&rest, depth + 1);
                }
                _ if self.modules.contains(&child) => module = child,
                _ => break,
            }
        }
        module
    }

    /// Each module with those that it imports.
    fn edges(&self) -> BTreeSet<(Module, Module)> {
        let edges = self.paths.iter();
        let edges = edges.map(|(from, path)| (from.clone(), self.module_of(path, 0)));
        edges.filter(|(from, to)| from != to).collect()
    }

    /// The modules in `parent` with those of their siblings that they import, and an example of each.
    pub(super) fn in_module(&self, parent: &Module) -> BTreeMap<String, BTreeMap<String, String>> {
        let depth = parent.len();
        let inside = |it: &Module| it.len() > depth && it.starts_with(parent);
        let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for module in self.modules.iter().filter(|it| inside(it)) {
            all.entry(module[depth].clone()).or_default();
        }
        for (from, to) in self.edges() {
            if inside(&from) && inside(&to) && from[depth] != to[depth] {
                let example = format!("{} imports {}", from.join("::"), to.join("::"));
                let imported = all.entry(from[depth].clone()).or_default();
                imported.entry(to[depth].clone()).or_insert(example);
            }
        }
        all
    }

    /// A circle among the modules of each folder, as the imports that make it.
    pub(super) fn circles(&self) -> Vec<String> {
        let parents = self.modules.iter().flat_map(|it| {
            let lengths = 0..it.len();
            lengths.map(|length| it[..length].to_vec())
        });
        let parents: BTreeSet<Module> = parents.collect();
        let circles = parents.iter().filter_map(|parent| {
            let graph = self.in_module(parent);
            graph.keys().find_map(|start| circle(&graph, start))
        });
        circles.collect()
    }
}

/// Whether an item that follows these tokens is compiled for tests alone.
fn is_for_tests(before: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(attribute)) = before.last() else {
        return false;
    };
    let text = attribute.to_string();
    text.split_whitespace().collect::<String>() == "[cfg(test)]"
}

/// A shortest way from a module back to itself.
fn circle(graph: &BTreeMap<String, BTreeMap<String, String>>, start: &str) -> Option<String> {
    let mut ways = vec![(start, Vec::new())];
    let mut seen = BTreeSet::new();
    let mut next = 0;
    while let Some((module, way)) = ways.get(next).cloned() {
        next += 1;
        for (imported, example) in graph.get(module)? {
            let way = [&*way, &[example.as_str()]].concat();
            if imported == start {
                return Some(way.join("\n  "));
            }
            if seen.insert(imported) {
                ways.push((imported, way));
            }
        }
    }
    None
}

/// The paths of a tree of them that begins at `index`, each with the name that it gives. Returns where it
/// ends.
fn paths(
    tokens: &[TokenTree],
    mut index: usize,
    before: &[String],
    found: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let is = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(it)) if it.as_char() == mark);
    let mut path = before.to_vec();
    loop {
        match tokens.get(index) {
            Some(TokenTree::Ident(word)) => path.push(word.to_string()),
            Some(TokenTree::Punct(mark)) if mark.as_char() == '*' => path.push("*".to_owned()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut at = 0;
                while at < inner.len() {
                    at = paths(&inner, at, &path, found) + 1;
                }
                return index + 1;
            }
            _ => break,
        }
        index += 1;
        if !(is(index, ':') && is(index + 1, ':')) {
            break;
        }
        index += 2;
    }
    if path.last().is_some_and(|it| it == "self") && path.len() > 1 {
        path.pop();
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if let (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(other))) =
        (tokens.get(index), tokens.get(index + 1))
        && word == "as"
    {
        name = other.to_string();
        index += 2;
    }
    if !path.is_empty() {
        found.push((path, name));
    }
    index
}

fn read(folder: &Path, module: &[String], files: &mut Vec<(Module, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            read(&path, &[module, &[name]].concat(), files);
        } else if path.extension().is_some_and(|it| it == "rs") && name != "main" {
            let module = match &*name {
                "lib" | "mod" => module.to_vec(),
                _ => [module, &[name]].concat(),
            };
            files.push((module, fs::read_to_string(path).unwrap()));
        }
    }
}
