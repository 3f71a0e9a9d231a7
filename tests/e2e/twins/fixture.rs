//! A workspace of a program, a crate with an entry point, and the library that both use.

use std::fs;
use std::path::{Path, PathBuf};

use hotmod_testkit::registry::{self, Package};
use hotmod_testkit::{files, repository};

use crate::twin_workspaces::Sources;

/// The files of the workspace.
pub(super) fn of_package(package: &Package) -> Sources {
    let [from] = &registry::folders(&[*package])[..] else {
        unreachable!("one package has one folder");
    };
    let name = package.name;
    let copy = tempfile::tempdir().unwrap();
    registry::copy(from, copy.path());
    let mut sources: Sources = files(copy.path())
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (
                Path::new(name).join(file.strip_prefix(copy.path()).unwrap()),
                text,
            )
        })
        .collect();
    let hotmod = format!(
        "hotmod = {{ path = {:?} }}\n",
        repository().join("crates/hotmod")
    );
    let library = package.at(&format!("../{name}"));
    let package_of = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
        )
    };
    let show = Package::SHOW;
    let mut add = |path: &str, text: String| sources.insert(PathBuf::from(path), text);
    add(
        "Cargo.toml",
        format!(
            "[workspace]\nmembers = [\"app\", \"pages\", \"{name}\"]\nresolver = \"3\"\n\n\
             [workspace.metadata.hotmod]\nreloadable = [\"pages\", \"{name}\"]\n"
        ),
    );
    add(
        "app/Cargo.toml",
        package_of(
            "app",
            &format!("{hotmod}{library}pages = {{ path = \"../pages\" }}\n"),
        ),
    );
    add(
        "pages/Cargo.toml",
        package_of("pages", &format!("{hotmod}{library}")),
    );
    add(
        "pages/src/lib.rs",
        format!(
            "//! Uses the library behind an entry point.\n\n{show}\n#[hotmod::hot]\npub fn page() {{{}}}\n",
            package.behind_entry_point
        ),
    );
    add(
        "app/src/main.rs",
        format!(
            "//! Answers each line of its stdin with what it observes of the library.\n\n{show}\n\
             #[hotmod::main]\nfn main() {{\n    std::panic::set_hook(Box::new(|_| ()));\n    println!(\"ready\");\n    \
             for _ in std::io::stdin().lines() {{\n        println!(\"begin\");\n        direct();\n        \
             pages::page();\n        println!(\"end\");\n    }}\n}}\n\nfn direct() {{{}}}\n",
            package.direct
        ),
    );
    sources
}
