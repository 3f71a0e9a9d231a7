//! Workspaces and selections that have no plan: each error with its exact words.

use super::fixture::{Fixture, MAIN, dependencies, list, reloadable};
use crate::base::child_process::Cancel;
use crate::discover::{DiscoverError, Selection};

/// A workspace, the expected error, and the expected help.
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
            "no crate is marked as reloadable",
            "add this to the Cargo.toml of one or more of `base`, \
             `screens`:\n[package.metadata.hotmod]\nreloadable = true",
        ),
        (
            Fixture::workspace("app", "").binary("app", ""),
            "no crate is marked as reloadable",
            "move the code that you want to reload into a library crate of the workspace, and mark \
             that crate",
        ),
        (
            Fixture::workspace("app", "")
                .manifest("far", &("[workspace]\n".to_owned() + &reloadable(true)))
                .write("far/src/lib.rs", "")
                .binary("app", "[dependencies]\nfar = { path = \"../../far\" }\n"),
            "no crate is marked as reloadable",
            "only workspace members can be reloaded: add the folder of each marked package (`far`) \
             to `members` in `[workspace]`",
        ),
        (
            Fixture::plain(&list(&["screen"])),
            "`w/Cargo.toml` marks `screen` as reloadable, but the workspace has no package with \
             that name",
            "did you mean `screens`?",
        ),
        (
            Fixture::plain(&list(&["xyz"])),
            "`w/Cargo.toml` marks `xyz` as reloadable, but the workspace has no package with that \
             name",
            "remove `xyz` from `reloadable` in `[workspace.metadata.hotmod]`",
        ),
        (
            Fixture::plain(&list(&["hotmod"])),
            "`w/Cargo.toml` marks `hotmod` as reloadable, but `hotmod` is a dependency, not a \
             member of the workspace",
            "only members can be reloaded: add the folder of `hotmod` to `members` in \
             `[workspace]`, or remove it from `reloadable`",
        ),
        (
            Fixture::plain(&list(&["layout-*"])),
            "`w/Cargo.toml` marks `layout-*` as reloadable, but no library in the workspace matches \
             it",
            "correct `layout-*`: it is matched against package names, not paths",
        ),
        (
            Fixture::plain(&list(&["a[", "screens"])),
            "`a[` in `reloadable` of `[workspace.metadata.hotmod]` of `w/Cargo.toml` is not a \
             valid glob: unclosed character class; missing ']'",
            "correct `a[`, or list the names instead",
        ),
        (
            Fixture::plain("").library(
                "base",
                &("[lib]\nproc-macro = true\n".to_owned() + &reloadable(true)),
            ),
            "`base` is a procedural macro and can't be reloaded",
            "unmark `base` and mark the crates that use it; editing the macro then restarts the \
             program",
        ),
        (
            Fixture::plain(&list(&["app"])),
            "`app` has no library to reload",
            "move the code that you want to reload into a `src/lib.rs` next to `w/app/Cargo.toml`, \
             or unmark the crate",
        ),
        (
            Fixture::plain("").library("base", &(cdylib + &reloadable(true))),
            "`base` can't be reloaded: its library is built only as `cdylib`, `staticlib`",
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
            "`far` is not a workspace member, but sits between the reloadable crates `base` and \
             `screens` in the dependency graph",
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
             contains a number, not an array of strings",
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
            "`a/{b` in `watch` of `[package.metadata.hotmod]` of `w/base/Cargo.toml` is not a \
             valid glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            "correct `a/{b`, or list the names instead",
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
            "add a `src/main.rs` to a package that depends on the reloadable crates, or choose an \
             `--example`",
        ),
        (
            two(),
            "the workspace has several programs that could run",
            "choose one with `-p app` or `-p other`",
        ),
        (
            two().write("w/app/src/bin/tool.rs", MAIN),
            "the workspace has several programs that could run",
            "choose one with `-p app --bin app`, `-p app --bin tool` or `-p other`",
        ),
        (
            Fixture::marked()
                .write("w/app/src/bin/tool.rs", MAIN)
                .inside("w/app"),
            "the workspace has several programs that could run",
            "choose one with `-p app --bin app` or `-p app --bin tool`",
        ),
        (
            none().library("other", ""),
            "`app` does not depend on a reloadable crate",
            "marked as reloadable: `screens`; run `cargo add screens -p app`",
        ),
        (
            none().binary("other", ""),
            "none of `app`, `other` depends on a reloadable crate",
            "marked as reloadable: `screens`; run `cargo add screens -p app`",
        ),
        (
            selected(|selection| selection.package = Some("ap".to_owned())),
            "the workspace has no member `ap`",
            "did you mean `-p app`?",
        ),
        (
            selected(|selection| selection.package = Some("xyz".to_owned())),
            "the workspace has no member `xyz`",
            "`cargo metadata --no-deps` lists the members",
        ),
        (
            selected(|selection| selection.package = Some("screens".to_owned())),
            "`screens` has no binary to run",
            "choose a package that has a binary with `-p`, or an example with `--example`",
        ),
        (
            selected(|selection| selection.bin = Some("appp".to_owned())),
            "the workspace has no binary `appp`",
            "did you mean `--bin app`?",
        ),
        (
            selected(|selection| {
                selection.package = Some("app".to_owned());
                selection.example = Some("demo".to_owned());
            }),
            "`app` has no example `demo`",
            "`cargo run --example` lists the available ones",
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
            "run `cargo add -p app --path …/crates/hotmod`, with the path of your clone of \
             `cargo-hotmod`",
        ),
        (
            Fixture::marked().binary("app", &optional),
            "`app` does not depend on `hotmod`",
            "`hotmod` is an optional dependency of `app`: enable it with `--features`, or make it \
             non-optional, which adds nothing to a release build",
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
        .expect_err("there is not a manifest");
    assert!(error.to_string().contains("does not exist"), "{error}");
    assert_eq!(error.help(), "pass the path of a `Cargo.toml` file");
}

#[test]
fn cargo_can_be_cancelled_while_it_waits() {
    let fixture = Fixture::plain(&list(&["screens"]));
    let manifest = fixture.path("w/base/Cargo.toml");
    std::fs::remove_file(&manifest).expect("a manifest");
    // Cargo waits until somebody writes to it.
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &manifest,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .expect("a pipe");
    let cancel = Cancel::default();
    std::thread::scope(|scope| {
        let discovered = scope.spawn(|| fixture.discover_until(&cancel));
        // This returns when cargo has opened it.
        let pipe = std::fs::File::options().write(true).open(&manifest);
        cancel.cancel();
        let discovered = discovered.join().expect("no panic");
        assert!(matches!(discovered, Err(DiscoverError::Cancelled)));
        drop(pipe);
    });
}
