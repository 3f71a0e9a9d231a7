//! Workspaces that are broken, or can't have a session.

use std::fs;

use hotmod_testkit::Workspace;

use super::row::{Row, finds, has, told};

const MARK: &str = "[package.metadata.hotmod]\nreloadable = true\n";
const CARGO: &str =
    "\nhelp: fix the error that cargo reports: a session needs `cargo metadata` to work here\n";

fn unmark(workspace: &Workspace, package: &str) {
    workspace.edit(format!("{package}/Cargo.toml"), MARK, "");
}

fn append(workspace: &Workspace, file: &str, text: &str) {
    let all = workspace.read(file) + text;
    workspace.write(file, &all);
}

/// The workspace's own table.
fn mark(workspace: &Workspace, table: &str) {
    append(
        workspace,
        "Cargo.toml",
        &format!("[workspace.metadata.hotmod]\n{table}\n"),
    );
}

/// A second program that is made like the first.
pub(super) fn second_program(workspace: &Workspace) {
    let main = workspace.read("app/src/main.rs");
    workspace.write("app/src/bin/other.rs", &main);
}

fn break_root(workspace: &Workspace) {
    append(workspace, "Cargo.toml", "[nonsense\n");
}

fn break_member(workspace: &Workspace) {
    append(workspace, "pages/Cargo.toml", "[nonsense\n");
}

/// A package in the workspace's folder that is none of its members.
fn stray(workspace: &Workspace) {
    workspace.write("stray/Cargo.toml", "[package]\nname = \"stray\"\n");
    workspace.write("stray/src/main.rs", "fn main() {}\n");
}

pub(super) const ROWS: &[Row] = &[
    // What is marked.
    told(
        "nothing marked",
        &["run"],
        2,
        "error: no crate is marked as reloadable\n\
         help: add this to the Cargo.toml of one or more of `model`, `pages`, `widgets`:\n      \
         [package.metadata.hotmod]\n      reloadable = true\n",
    )
    .made(|it| {
        unmark(it, "pages");
        unmark(it, "widgets");
    }),
    told(
        "unknown crate marked",
        &["run"],
        2,
        "error: `[ROOT]/Cargo.toml` marks `page` as reloadable, but the workspace has no package \
         with that name\nhelp: did you mean `pages`?\n",
    )
    .made(|it| mark(it, "reloadable = [\"page\"]")),
    told(
        "macro marked",
        &["run"],
        2,
        "error: `widgets` is a procedural macro and can't be reloaded\n\
         help: unmark `widgets` and mark the crates that use it; editing the macro then restarts \
         the program\n",
    )
    .made(|it| append(it, "widgets/Cargo.toml", "[lib]\nproc-macro = true\n")),
    told(
        "program marked",
        &["run"],
        2,
        "error: `app` has no library to reload\n\
         help: move the code that you want to reload into a `src/lib.rs` next to \
         `[ROOT]/app/Cargo.toml`, or unmark the crate\n",
    )
    .made(|it| append(it, "app/Cargo.toml", MARK)),
    told(
        "dependency marked",
        &["run"],
        2,
        "error: `[ROOT]/Cargo.toml` marks `hotmod` as reloadable, but `hotmod` is a dependency, not \
         a member of the workspace\n\
         help: only members can be reloaded: add the folder of `hotmod` to `members` in \
         `[workspace]`, or remove it from `reloadable`\n",
    )
    .made(|it| mark(it, "reloadable = [\"hotmod\"]")),
    told(
        "C library marked",
        &["list"],
        2,
        "error: `widgets` can't be reloaded: its library is built only as `cdylib`\n\
         help: add `\"rlib\"` to `crate-type` in `[lib]` of `[ROOT]/widgets/Cargo.toml`\n",
    )
    .made(|it| {
        append(
            it,
            "widgets/Cargo.toml",
            "[lib]\ncrate-type = [\"cdylib\"]\n",
        )
    }),
    told(
        "pattern that matches nothing",
        &["run"],
        2,
        "error: `[ROOT]/Cargo.toml` marks `crates/*` as reloadable, but no library in the workspace \
         matches it\n\
         help: correct `crates/*`: it is matched against package names, not paths\n",
    )
    .made(|it| mark(it, "reloadable = [\"crates/*\"]")),
    told(
        "pattern that is none",
        &["run"],
        2,
        "error: `pag[es` in `reloadable` of `[workspace.metadata.hotmod]` of `[ROOT]/Cargo.toml` \
         is not a valid glob: unclosed character class; missing ']'\n\
         help: correct `pag[es`, or list the names instead\n",
    )
    .made(|it| mark(it, "reloadable = [\"pag[es\"]")),
    told(
        "unknown key",
        &["run"],
        2,
        "error: unknown key `relodable` in `[package.metadata.hotmod]` of \
         `[ROOT]/pages/Cargo.toml`\nhelp: did you mean `reloadable`?\n",
    )
    .made(|it| it.edit("pages/Cargo.toml", "reloadable", "relodable")),
    told(
        "mark of a wrong type",
        &["run"],
        2,
        "error: `reloadable` in `[package.metadata.hotmod]` of `[ROOT]/pages/Cargo.toml` is a \
         string, not `true` or `false`\nhelp: write `reloadable = true`\n",
    )
    .made(|it| {
        it.edit(
            "pages/Cargo.toml",
            "reloadable = true",
            "reloadable = \"yes\"",
        )
    }),
    told(
        "marks of a wrong type",
        &["list"],
        2,
        "error: `reloadable` in `[workspace.metadata.hotmod]` of `[ROOT]/Cargo.toml` is a string, \
         not an array of strings\nhelp: write `reloadable = [\"screens\", \"layout-*\"]`\n",
    )
    .made(|it| mark(it, "reloadable = \"pages\"")),
    told(
        "table of a wrong type",
        &["run"],
        2,
        "error: `hotmod` in `[package.metadata]` of `[ROOT]/pages/Cargo.toml` is a boolean, not a \
         table\nhelp: make it a table: `[package.metadata.hotmod]`\n",
    )
    .made(|it| {
        it.edit(
            "pages/Cargo.toml",
            MARK,
            "[package.metadata]\nhotmod = true\n",
        )
    }),
    told(
        "watched files of a wrong type",
        &["run"],
        2,
        "error: `watch` in `[package.metadata.hotmod]` of `[ROOT]/pages/Cargo.toml` is an array \
         that contains a number, not an array of strings\nhelp: write `watch = [\"templates\"]`\n",
    )
    .made(|it| it.edit("pages/Cargo.toml", MARK, &format!("{MARK}watch = [1]\n"))),
    // The host.
    told(
        "no host",
        &["run"],
        2,
        "error: the workspace has no binary to run\n\
         help: add a `src/main.rs` to a package that depends on the reloadable crates, or choose \
         an `--example`\n",
    )
    .made(|it| fs::rename(it.path("app/src/main.rs"), it.path("app/src/lib.rs")).unwrap()),
    told(
        "several hosts",
        &["run"],
        2,
        "error: the workspace has several programs that could run\n\
         help: choose one with `-p app --bin app` or `-p app --bin other`\n",
    )
    .made(second_program),
    told(
        "several hosts of a package",
        &["list", "-p", "app"],
        2,
        "error: the workspace has several programs that could run\n\
         help: choose one with `-p app --bin app` or `-p app --bin other`\n",
    )
    .made(second_program),
    finds(
        "several hosts of the doctor",
        &["doctor"],
        &[
            "workspace: the workspace has several programs that could run\n",
            "choose one with `-p app --bin app` or `-p app --bin other`",
        ],
    )
    .made(second_program),
    told(
        "host without a reloadable crate",
        &["run"],
        2,
        "error: `app` does not depend on a reloadable crate\n\
         help: marked as reloadable: `pages`, `widgets`; run `cargo add pages -p app`\n",
    )
    .made(|it| it.edit("app/Cargo.toml", "pages.workspace = true\n", "")),
    told(
        "host without the runtime",
        &["run"],
        2,
        "error: `app` does not depend on `hotmod`\nhelp: run `cargo add -p app \
         --path …/crates/hotmod`, with the path of your clone of `cargo-hotmod`\n",
    )
    .made(|it| it.edit("app/Cargo.toml", "hotmod.workspace = true\n", "")),
    told(
        "host without the runtime's feature",
        &["run"],
        2,
        "error: `app` does not depend on `hotmod`\n\
         help: `hotmod` is an optional dependency of `app`: enable it with `--features`, or make \
         it non-optional, which adds nothing to a release build\n",
    )
    .made(|it| {
        let optional = "hotmod = { workspace = true, optional = true }";
        it.edit("app/Cargo.toml", "hotmod.workspace = true", optional);
    }),
    told(
        "host without its attribute",
        &["run"],
        2,
        "error: `fn main` at `[ROOT]/app/src/main.rs:6` has no `#[hotmod::main]`\n\
         help: put `#[hotmod::main]` above `fn main`\n",
    )
    .made(|it| it.edit("app/src/main.rs", "#[hotmod::main]\n", "")),
    // What cargo can't read.
    has(
        "broken root",
        &["run"],
        2,
        &[
            "error: `cargo metadata` failed\nerror: ",
            " Cargo.toml:",
            CARGO,
        ],
    )
    .made(break_root),
    has(
        "broken root of list",
        &["list", "--format", "json"],
        2,
        &[
            "error: `cargo metadata` failed\nerror: ",
            " Cargo.toml:",
            CARGO,
        ],
    )
    .made(break_root),
    finds(
        "broken root of the doctor",
        &["doctor"],
        &[" Cargo.toml:", "help: fix the error that cargo reports: "],
    )
    .made(break_root),
    told(
        "broken root of reload",
        &["reload"],
        3,
        "error: no session is running in this workspace\nhelp: start one: `cargo hotmod run`\n",
    )
    .made(break_root),
    has(
        "broken member",
        &["run"],
        2,
        &[
            "error: `cargo metadata` failed\nerror: ",
            " pages/Cargo.toml:",
            CARGO,
        ],
    )
    .made(break_member),
    has(
        "broken member of init",
        &["init", "pages", "--existing"],
        2,
        &[
            "error: `cargo metadata` failed\nerror: ",
            " pages/Cargo.toml:",
            CARGO,
        ],
    )
    .made(break_member),
    has(
        "missing member",
        &["run"],
        2,
        &["failed to read `[ROOT]/model/Cargo.toml`", CARGO],
    )
    .made(|it| fs::remove_dir_all(it.path("model")).unwrap()),
    has(
        "excluded member",
        &["run"],
        2,
        &["`pages`", "failed to find a workspace root", CARGO],
    )
    .made(|it| {
        it.edit(
            "Cargo.toml",
            "\"pages\", \"widgets\"]",
            "\"widgets\"]\nexclude = [\"pages\"]",
        )
    }),
    has(
        "package that is no member",
        &["run"],
        2,
        &["[ROOT]/stray/Cargo.toml", "`workspace.members`", CARGO],
    )
    .made(stray)
    .at("stray"),
    has(
        "package that is no member for init",
        &["init", "screens"],
        2,
        &["[ROOT]/stray/Cargo.toml", "`workspace.members`", CARGO],
    )
    .made(stray)
    .at("stray"),
    has(
        "missing dependency",
        &["run", "--offline"],
        2,
        &["no matching package named `hotmod-none-such` found", CARGO],
    )
    .made(|it| append(it, "app/Cargo.toml", "hotmod-none-such = \"1\"\n")),
    has(
        "missing lock file",
        &["run", "--locked"],
        2,
        &["[ROOT]/Cargo.lock", "--locked", CARGO],
    )
    .made(|it| fs::remove_file(it.path("Cargo.lock")).unwrap()),
    has(
        "missing lock file of list",
        &["list", "--frozen"],
        2,
        &["[ROOT]/Cargo.lock", "--frozen", CARGO],
    )
    .made(|it| fs::remove_file(it.path("Cargo.lock")).unwrap()),
    has(
        "broken configuration",
        &["run"],
        2,
        &["`[ROOT]/.cargo/config.toml`", CARGO],
    )
    .made(|it| it.write(".cargo/config.toml", "[build\n")),
    told(
        "source that is no text",
        &["init", "screens"],
        1,
        "error: `[ROOT]/app/src/main.rs` could not be read: stream did not contain valid UTF-8\n\
         help: the file must be UTF-8 text\n",
    )
    .made(|it| fs::write(it.path("app/src/main.rs"), b"fn main() {} // \xff").unwrap()),
    told(
        "record of init that is none",
        &["init", "--undo"],
        1,
        "error: `[ROOT]/target/hotmod/init.json` can't be read: EOF while parsing an object at \
         line 1 column 1\n\
         help: remove `[ROOT]/target/hotmod/init.json`\n",
    )
    .made(|it| it.write("target/hotmod/init.json", "{")),
];
