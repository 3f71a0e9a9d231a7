//! A program that rustc compiles, and what it says of itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::{Crate, Layout, Wanted};
use crate::check::keepers::Keepers;

/// What the runtime has for the checks, alone.
const RUNTIME: &str = "
pub mod live { pub mod entry {
    pub fn entry_types<Args, R, F, Place, Of>() -> &'static str {
        core::any::type_name::<(Args, R, F, Place, Of)>()
    }
} }";

pub(super) struct Program {
    pub(super) layout: Layout,
    /// By the number of a type: what the program printed of it.
    pub(super) facts: BTreeMap<usize, String>,
}

impl Program {
    /// Of a crate `pages`, whose `main` prints a line for each type, if it has one.
    pub(super) fn of(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("hotmod.rs"), RUNTIME).unwrap();
        let main = match source.contains("fn main()") {
            true => "",
            false => "fn main() {}",
        };
        fs::write(folder.join("pages.rs"), format!("{source}\n{main}")).unwrap();
        rustc(folder, &["hotmod.rs", "--crate-type=rlib"]);
        rustc(
            folder,
            &[
                "pages.rs",
                "-g",
                "--extern=hotmod=libhotmod.rlib",
                "-Adead_code",
            ],
        );
        let printed = Command::new(folder.join("pages")).output().unwrap();
        assert!(printed.status.success());
        let printed = String::from_utf8(printed.stdout).unwrap();
        let fact = |line: &str| {
            let (number, _) = line.split_once(' ').unwrap();
            (number.parse().unwrap(), line.to_owned())
        };
        let group = ["pages".to_owned()];
        let pages = Crate {
            name: "pages".to_owned(),
            root: folder.join("pages.rs"),
        };
        let wanted = Wanted {
            crates: vec![&pages],
            others: &[],
            group: &group,
            keepers: &Keepers::default(),
        };
        let layouts = super::super::read(&folder.join("pages"), &wanted);
        Program {
            layout: layouts.unwrap().remove("pages").unwrap(),
            facts: printed.lines().map(fact).collect(),
        }
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
