//! Workspaces and selections that have no plan: each error with its exact words.

use super::fixture::{Fixture, MAIN, dependencies, list, reloadable};
use crate::discover::Selection;

/// A workspace, what is said of it, and what to do.
type Case = (Fixture, &'static str, &'static str);

fn check(cases: impl IntoIterator<Item = Case>) {
    for (fixture, text, help) in cases {
        let error = fixture
            .discover()
            .map(|plan| panic!("{text}: has a plan {plan:?}"))
            .unwrap_err();
        assert_eq!(fixture.redact(&error.to_string()), text);
        assert_eq!(fixture.redact(&error.help()), help, "{text}");
    }
}

fn selected(change: impl FnOnce(&mut Selection)) -> Fixture {
    Fixture::marked().select(change)
}

#[test]
fn marks() {
    let cdylib = "[lib]\ncrate-type = [\"cdylib\", \"staticlib\"]\n".to_owned();
    check([
        (
            Fixture::plain(""),
            "nothing is marked reloadable",
            "add to the Cargo.toml of one or more of `base`, \
             `screens`:\n[package.metadata.hotmod]\nreloadable = true",
        ),
        (
            Fixture::workspace("app", "").binary("app", ""),
            "nothing is marked reloadable",
            "move what you want to reload into a library crate of the workspace and mark that",
        ),
        (
            Fixture::workspace("app", "")
                .manifest("far", &("[workspace]\n".to_owned() + &reloadable(true)))
                .write("far/src/lib.rs", "")
                .binary("app", "[dependencies]\nfar = { path = \"../../far\" }\n"),
            "nothing is marked reloadable",
            "`far` would be, but only members can be reloaded: add it to `members` in \
             `[workspace]`",
        ),
        (
            Fixture::plain(&list(&["screen"])),
            "`w/Cargo.toml` marks `screen` reloadable, but the workspace has no package of that \
             name",
            "did you mean `screens`?",
        ),
        (
            Fixture::plain(&list(&["xyz"])),
            "`w/Cargo.toml` marks `xyz` reloadable, but the workspace has no package of that name",
            "take `xyz` out of `reloadable` in `[workspace.metadata.hotmod]`",
        ),
        (
            Fixture::plain(&list(&["hotmod"])),
            "`w/Cargo.toml` marks `hotmod` reloadable, which is a dependency but no member of \
             the workspace",
            "only members can be reloaded: add the folder of `hotmod` to `members` in \
             `[workspace]`, or take it out of `reloadable`",
        ),
        (
            Fixture::plain(&list(&["layout-*"])),
            "`w/Cargo.toml` marks `layout-*` reloadable, which matches no library of the workspace",
            "correct `layout-*`: it is matched against package names, not paths",
        ),
        (
            Fixture::plain(&list(&["a[", "screens"])),
            "`a[` in `reloadable` of `[workspace.metadata.hotmod]` of `w/Cargo.toml` is no \
             valid glob: unclosed character class; missing ']'",
            "correct `a[`, or name what it stands for",
        ),
        (
            Fixture::plain("").library(
                "base",
                &("[lib]\nproc-macro = true\n".to_owned() + &reloadable(true)),
            ),
            "`base` is a procedural macro and can't be reloaded",
            "unmark `base` and mark the crates that use it; an edit of the macro then restarts \
             the program",
        ),
        (
            Fixture::plain(&list(&["app"])),
            "`app` has no library that could be reloaded",
            "move what is to be reloaded into a `src/lib.rs` beside `w/app/Cargo.toml`, or \
             unmark it",
        ),
        (
            Fixture::plain("").library("base", &(cdylib + &reloadable(true))),
            "the library of `base` is built only as `cdylib`, `staticlib`",
            "add `\"rlib\"` to `crate-type` in `[lib]` of `w/base/Cargo.toml`",
        ),
        (
            Fixture::workspace("app screens base", &list(&["screens", "base"]))
                .library("base", "")
                .manifest(
                    "far",
                    "[workspace]\n[dependencies]\nbase = { path = \"../w/base\" }\n",
                )
                .write("far/src/lib.rs", "")
                .library(
                    "screens",
                    "[dependencies]\nfar = { path = \"../../far\" }\n",
                )
                .binary("app", &dependencies("screens hotmod")),
            "`far` stands between the reloadable `base` and `screens`, but is no workspace member",
            "add the folder of `far/Cargo.toml` to `members` in `[workspace]`, so that `far` \
             reloads with `base`",
        ),
    ]);
}

#[test]
fn tables() {
    let package = |lines: &str| {
        Fixture::marked().library("base", &format!("[package.metadata.hotmod]\n{lines}\n"))
    };
    check([
        (
            package("relodable = true"),
            "unknown key `relodable` in `[package.metadata.hotmod]` of `w/base/Cargo.toml`",
            "did you mean `reloadable`?",
        ),
        (
            package("edition = 2024"),
            "unknown key `edition` in `[package.metadata.hotmod]` of `w/base/Cargo.toml`",
            "the known keys are `reloadable`, `watch`",
        ),
        (
            Fixture::plain("[workspace.metadata.hotmod]\nwatch = []\n"),
            "unknown key `watch` in `[workspace.metadata.hotmod]` of `w/Cargo.toml`",
            "the known keys are `reloadable`",
        ),
        (
            package("reloadable = \"yes\""),
            "`reloadable` in `[package.metadata.hotmod]` of `w/base/Cargo.toml` is a string, \
             not `true` or `false`",
            "write `reloadable = true`",
        ),
        (
            package("watch = [\"sql\", 1]"),
            "`watch` in `[package.metadata.hotmod]` of `w/base/Cargo.toml` is an array that \
             holds a number, not an array of strings",
            "write `watch = [\"templates\"]`",
        ),
        (
            Fixture::plain("[workspace.metadata.hotmod]\nreloadable = true\n"),
            "`reloadable` in `[workspace.metadata.hotmod]` of `w/Cargo.toml` is a boolean, not \
             an array of strings",
            "write `reloadable = [\"screens\", \"layout-*\"]`",
        ),
        (
            Fixture::marked().library("base", "[package.metadata]\nhotmod = true\n"),
            "`hotmod` in `[package.metadata]` of `w/base/Cargo.toml` is a boolean, not a table",
            "make it a table: `[package.metadata.hotmod]`",
        ),
        (
            package("watch = [\"a/{b\"]"),
            "`a/{b` in `watch` of `[package.metadata.hotmod]` of `w/base/Cargo.toml` is no \
             valid glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            "correct `a/{b`, or name what it stands for",
        ),
    ]);
}

#[test]
fn hosts() {
    let two = || {
        Fixture::workspace("app other screens", &list(&["screens"]))
            .library("screens", "")
            .binary("app", &dependencies("screens hotmod"))
            .binary("other", &dependencies("screens hotmod"))
    };
    let none = || {
        Fixture::workspace("app other screens", &list(&["screens"]))
            .library("screens", "")
            .binary("app", "")
    };
    check([
        (
            Fixture::workspace("screens", &list(&["screens"])).library("screens", ""),
            "the workspace has no binary to run",
            "add a `src/main.rs` to a package that depends on the reloadable crates, or give an \
             `--example`",
        ),
        (
            two(),
            "several programs could be the host",
            "choose one with `-p app` or `-p other`",
        ),
        (
            two().write("w/app/src/bin/tool.rs", MAIN),
            "several programs could be the host",
            "choose one with `-p app --bin app`, `-p app --bin tool` or `-p other`",
        ),
        (
            Fixture::marked()
                .write("w/app/src/bin/tool.rs", MAIN)
                .inside("w/app"),
            "several programs could be the host",
            "choose one with `-p app --bin app` or `-p app --bin tool`",
        ),
        (
            none().library("other", ""),
            "`app` does not depend on a reloadable crate",
            "marked reloadable: `screens`; run `cargo add screens -p app`",
        ),
        (
            none().binary("other", ""),
            "none of `app`, `other` depends on a reloadable crate",
            "marked reloadable: `screens`; run `cargo add screens -p app`",
        ),
        (
            selected(|selection| selection.package = Some("ap".to_owned())),
            "no member of the workspace is called `ap`",
            "did you mean `-p app`?",
        ),
        (
            selected(|selection| selection.package = Some("xyz".to_owned())),
            "no member of the workspace is called `xyz`",
            "`cargo metadata --no-deps` lists the members",
        ),
        (
            selected(|selection| selection.package = Some("screens".to_owned())),
            "`screens` has no binary to run",
            "give the package of a program with `-p`, or an `--example`",
        ),
        (
            selected(|selection| selection.bin = Some("appp".to_owned())),
            "no binary is called `appp` in the workspace",
            "did you mean `--bin app`?",
        ),
        (
            selected(|selection| {
                selection.package = Some("app".to_owned());
                selection.example = Some("demo".to_owned());
            }),
            "no example is called `demo` in `app`",
            "`cargo run --example` lists what there is",
        ),
    ]);
}

#[test]
fn the_hosts_own_duties() {
    let optional =
        dependencies("screens") + "hotmod = { path = \"../../hotmod\", optional = true }\n";
    check([
        (
            Fixture::marked().binary("app", &dependencies("screens")),
            "`app` does not depend on `hotmod`",
            "run `cargo add hotmod -p app`",
        ),
        (
            Fixture::marked().binary("app", &optional),
            "`app` does not depend on `hotmod`",
            "`hotmod` is an optional dependency of `app`: switch it on with `--features`, or \
             make it a plain one, which costs a release build nothing",
        ),
        (
            Fixture::marked().write(
                "w/app/src/main.rs",
                "// the program\n#[tokio::main]\nasync fn main() {}\n",
            ),
            "`fn main` at `w/app/src/main.rs:3` has no `#[hotmod::main]`",
            "put `#[hotmod::main]` above `fn main`",
        ),
    ]);
}

#[test]
fn cargos_own_words_are_kept() {
    let fixture = selected(|selection| selection.locked = true);
    let error = fixture
        .discover()
        .expect_err("there is no lock file yet")
        .to_string();
    assert!(
        error.starts_with("`cargo metadata` failed\nerror: "),
        "{error}"
    );
    assert!(error.contains("--locked"), "{error}");

    let error = Fixture::marked()
        .inside("nowhere")
        .discover()
        .expect_err("there is no manifest");
    assert!(error.to_string().contains("does not exist"), "{error}");
    assert_eq!(error.help(), "give the path of a `Cargo.toml`");
}
