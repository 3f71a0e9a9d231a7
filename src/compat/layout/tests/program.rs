//! A program that rustc compiles, and what it says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::objects::{self, Fragments};
use super::super::{Crate, Layout, Unreadable, Wanted};
use crate::cargo::artifact::OBJECT;
use crate::compat::keepers::Keepers;

/// What the runtime has for the checks, alone.
pub(crate) const RUNTIME: &str = "
pub mod live { pub mod entry {
    pub fn entry_types<Args, R, F, Place, Of>() -> &'static str {
        core::any::type_name::<(Args, R, F, Place, Of)>()
    }
} }";

pub(crate) struct Program {
    pub(crate) layout: Layout,
    /// As its objects describe it.
    pub(crate) of_objects: Layout,
    /// By the number of a type: what the program printed of it.
    pub(crate) facts: BTreeMap<usize, String>,
}

impl Program {
    /// Of a crate `pages`, whose `main` prints a line for each type, if it has one.
    pub(crate) fn of(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = compile(folder.path(), RUNTIME, source);
        let printed = Command::new(&program).output().unwrap();
        assert!(printed.status.success());
        let printed = String::from_utf8(printed.stdout).unwrap();
        let fact = |line: &str| {
            let (number, _) = line.split_once(' ').unwrap();
            (number.parse().unwrap(), line.to_owned())
        };
        Program {
            layout: read(&program).unwrap(),
            of_objects: read_objects(&program, &mut Fragments::default()),
            facts: printed.lines().map(fact).collect(),
        }
    }
}

/// Compiles a crate `pages` to a program.
pub(crate) fn compile(folder: &Path, runtime: &str, source: &str) -> PathBuf {
    fs::write(folder.join("hotmod.rs"), runtime).unwrap();
    let main = match source.contains("fn main()") {
        true => "",
        false => "fn main() {}",
    };
    fs::write(folder.join("pages.rs"), format!("{source}\n{main}")).unwrap();
    rustc(folder, &["hotmod.rs", "--crate-type=rlib"]);
    for before in files(folder).iter().filter(|it| is_object(it)) {
        fs::remove_file(before).unwrap();
    }
    let arguments = [
        "pages.rs",
        "-g",
        "--extern=hotmod=libhotmod.rlib",
        "-Adead_code",
        // Keeps the objects: one for each module.
        "-Csave-temps",
        "-Cincremental=incremental",
    ];
    rustc(folder, &arguments);
    folder.join("pages")
}

/// The layout of the crate that a program was compiled of.
pub(crate) fn read(program: &Path) -> Result<Layout, Unreadable> {
    read_as(program, program)
}

/// The same, from the program's objects.
pub(crate) fn read_objects(program: &Path, known: &mut Fragments) -> Layout {
    let files = files(program.parent().unwrap());
    let objects = files.iter().filter(|it| is_object(it));
    let objects: Vec<Vec<u8>> = objects.map(|it| fs::read(it).unwrap()).collect();
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let pages = pages(program);
    let group = ["pages".to_owned()];
    let keepers = Keepers::default();
    let wanted = wanted(&pages, &group, &keepers);
    let asked = BTreeSet::new();
    let layout = objects::read_objects(&objects, &pages, &wanted, &asked, known);
    layout.unwrap().unwrap()
}

/// The same of a changed copy of a program.
pub(crate) fn read_as(program: &Path, original: &Path) -> Result<Layout, Unreadable> {
    let group = ["pages".to_owned()];
    let pages = pages(original);
    let keepers = Keepers::default();
    let mut layouts = super::super::read(program, &wanted(&pages, &group, &keepers))?;
    Ok(layouts.remove("pages").unwrap())
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    files.map(|it| it.unwrap().path()).collect()
}

fn is_object(file: &Path) -> bool {
    file.to_string_lossy().ends_with(OBJECT)
}

fn pages(program: &Path) -> Crate {
    Crate {
        name: "pages".to_owned(),
        root: program.with_extension("rs"),
    }
}

fn wanted<'a>(pages: &'a Crate, group: &'a [String], keepers: &'a Keepers) -> Wanted<'a> {
    Wanted {
        crates: vec![pages],
        siblings: Vec::new(),
        others: &[],
        group,
        keepers,
        redirected: BTreeMap::new(),
    }
}

fn rustc(folder: &Path, arguments: &[&str]) {
    let output = Command::new("rustc")
        .args(["--edition=2024", "--cap-lints=allow"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
