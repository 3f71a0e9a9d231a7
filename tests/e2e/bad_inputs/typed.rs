//! Wrong command lines in a valid workspace.

use std::fs;

use super::broken::second_program;
use super::row::{Row, finds, has, told};

pub(super) const ROWS: &[Row] = &[
    // Words that are none of the command's.
    has(
        "misspelt command",
        &["rum"],
        2,
        &["unrecognized subcommand 'rum'", "'run'"],
    ),
    has(
        "empty command",
        &["", "run"],
        2,
        &["unrecognized subcommand ''", "Usage: cargo hotmod"],
    ),
    has("command of any bytes", &[], 2, &["unrecognized subcommand"]).raw(b"r\xffn"),
    has("misspelt flag", &["run", "--realese"], 2, &["'--release'"]),
    has(
        "argument of the program before the dashes",
        &["run", "8080", "--", "more"],
        2,
        &["unexpected argument '8080'", "[-- <ARGS>...]"],
    ),
    has(
        "folder of list",
        &["list", "pages"],
        2,
        &["unexpected argument 'pages'"],
    ),
    has(
        "format of status",
        &["status", "--format", "yaml"],
        2,
        &["invalid value 'yaml'", "[possible values: text, json]"],
    ),
    has(
        "crate of reload",
        &["reload", "pages"],
        2,
        &["unexpected argument 'pages'", "Usage: cargo hotmod reload"],
    ),
    has(
        "flag of run for restart",
        &["restart", "--no-restart"],
        2,
        &["unexpected argument '--no-restart'"],
    ),
    has(
        "two programs of restart",
        &["restart", "--bin", "a", "--example", "b"],
        2,
        &["cannot be used with"],
    ),
    has(
        "time before now",
        &["wait", "--timeout", "-1"],
        2,
        &["invalid value '-1'", "must be a positive number of seconds"],
    ),
    has(
        "endless time",
        &["wait", "--timeout", "inf"],
        2,
        &[
            "invalid value 'inf'",
            "must be a positive number of seconds",
        ],
    ),
    has(
        "no file for env",
        &["env", "--output"],
        2,
        &["a value is required for '--output <FILE>'"],
    ),
    has(
        "two folders of demo",
        &["demo", "one", "two"],
        2,
        &["unexpected argument 'two'"],
    ),
    has(
        "no folder for demo",
        &["demo", ""],
        2,
        &["a value is required for '[FOLDER]'"],
    ),
    has(
        "several names of a new crate",
        &["init", "a", "b"],
        2,
        &[
            "error: a new crate has one name, but `a`, `b` are 2",
            "--existing",
        ],
    ),
    has(
        "no editor",
        &["init", "--editor"],
        2,
        &["a value is required for '--editor <EDITOR>'", "neovim"],
    ),
    has(
        "flag as a name",
        &["init", "-x"],
        2,
        &["unexpected argument '-x'"],
    ),
    has(
        "name of any bytes",
        &["init"],
        2,
        &["invalid UTF-8", "Usage: cargo hotmod init"],
    )
    .raw(b"scr\xffns"),
    has(
        "crate of the doctor",
        &["doctor", "pages"],
        2,
        &["unexpected argument 'pages'"],
    ),
    // Values that are none, and pairs that can't be.
    has(
        "binary and example",
        &["run", "--bin", "a", "--example", "b"],
        2,
        &["cannot be used with"],
    ),
    has(
        "release and profile",
        &["run", "--release", "--profile", "dev"],
        2,
        &["cannot be used with"],
    ),
    has(
        "quiet and verbose",
        &["run", "-q", "-v"],
        2,
        &["cannot be used with"],
    ),
    has(
        "listening for a host of others",
        &["run", "--listen", "3000", "--wait-for-host"],
        2,
        &["cannot be used with"],
    ),
    has(
        "colours at times",
        &["run", "--color", "sometimes"],
        2,
        &["possible values: auto, always, never"],
    ),
    has(
        "some debug information",
        &["run", "--debuginfo", "some"],
        2,
        &["[possible values: full, lines, none]"],
    ),
    has(
        "no file of events",
        &["run", "--events", ""],
        2,
        &["a value is required for '--events <PATH>'"],
    ),
    has(
        "no manifest path",
        &["list", "--manifest-path", ""],
        2,
        &["a value is required for '--manifest-path <PATH>'"],
    ),
    has(
        "no target directory",
        &["run", "--target-dir", ""],
        2,
        &["a value is required for '--target-dir <DIRECTORY>'"],
    ),
    // Packages and programs that are not there.
    told(
        "misspelt package",
        &["run", "-p", "ap"],
        2,
        "error: the workspace has no member `ap`\nhelp: did you mean `-p app`?\n",
    ),
    told(
        "unknown package",
        &["list", "-p", "nowhere"],
        2,
        "error: the workspace has no member `nowhere`\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    told(
        "package without a name",
        &["run", "-p", ""],
        2,
        "error: the workspace has no member ``\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    has(
        "package of any bytes",
        &["run", "-p"],
        2,
        &["invalid UTF-8", "Usage: cargo hotmod run"],
    )
    .raw(b"\xff"),
    told(
        "package of another version",
        &["run", "-p", "app@9.9.9"],
        2,
        "error: the workspace has no member `app@9.9.9`\n\
         help: did you mean `-p app`?\n",
    ),
    told(
        "pattern of packages",
        &["run", "-p", "ap*"],
        2,
        "error: the workspace has no member `ap*`\nhelp: did you mean `-p app`?\n",
    ),
    told(
        "package of a library",
        &["run", "-p", "pages"],
        2,
        "error: `pages` has no binary to run\n\
         help: choose a package that has a binary with `-p`, or an example with `--example`\n",
    ),
    told(
        "package of a dependency",
        &["run", "-p", "hotmod"],
        2,
        "error: the workspace has no member `hotmod`\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    finds(
        "package of the doctor",
        &["doctor", "-p", "ap"],
        &[
            "workspace: the workspace has no member `ap`\n",
            "did you mean `-p app`?",
        ],
    ),
    told(
        "misspelt binary",
        &["run", "--bin", "othr"],
        2,
        "error: the workspace has no binary `othr`\n\
         help: did you mean `--bin other`?\n",
    )
    .made(second_program),
    told(
        "binary without a name",
        &["run", "--bin", ""],
        2,
        "error: the workspace has no binary ``\n\
         help: `cargo run --bin` lists the available ones\n",
    ),
    told(
        "binary of a library",
        &["list", "--bin", "pages"],
        2,
        "error: the workspace has no binary `pages`\n\
         help: `cargo run --bin` lists the available ones\n",
    ),
    told(
        "binary of another package",
        &["run", "-p", "pages", "--bin", "app"],
        2,
        "error: `pages` has no binary `app`\n\
         help: `cargo run --bin` lists the available ones\n",
    ),
    told(
        "unknown example",
        &["run", "--example", "tour"],
        2,
        "error: the workspace has no example `tour`\n\
         help: `cargo run --example` lists the available ones\n",
    ),
    // Features, profiles and targets that are not there.
    told(
        "unknown feature",
        &["run", "-F", "fast"],
        2,
        "error: `cargo metadata` failed\n\
         error: none of the selected packages contains this feature: fast\n\
         selected packages: app, model, pages, widgets\n\
         help: features are listed under `[features]` in a member's `Cargo.toml`; enable one with \
         `-F NAME` or `-F PACKAGE/NAME`\n",
    ),
    has(
        "unknown features of a package",
        &["list", "-p", "app", "-F", "fast,fine"],
        2,
        &[
            ": app/fast, app/fine\n",
            "\nhelp: features are listed under `[features]`",
        ],
    ),
    told(
        "misspelt profile",
        &["run", "--profile", "relase"],
        2,
        "error: there is no profile `relase`\nhelp: did you mean `--profile release`?\n",
    ),
    told(
        "unknown profile",
        &["run", "--profile", "nightly"],
        2,
        "error: there is no profile `nightly`\n\
         help: take one of `bench`, `dev`, `quick`, `release`, `test`, or make it: \
         `[profile.NAME]` in the workspace's `Cargo.toml`, with `inherits = \"dev\"`\n",
    )
    .made(|it| {
        let manifest = it.read("Cargo.toml");
        let profile = "[profile.quick]\ninherits = \"dev\"\n";
        fs::write(it.path("Cargo.toml"), manifest + profile).unwrap();
    }),
    has(
        "profile without a name",
        &["run", "--profile", ""],
        2,
        &["error: there is no profile ``\nhelp: take one of `bench`, "],
    ),
    finds(
        "profile of the doctor",
        &["doctor", "--profile", "devel"],
        &[
            "settings: there is no profile `devel`\n",
            "did you mean `--profile dev`?",
        ],
    ),
    told(
        "unknown target",
        &["run", "--target", "x86_64-moon"],
        2,
        "error: the compiler does not support the target `x86_64-moon`\n\
         help: `rustc --print target-list` lists the supported targets\n",
    ),
    told(
        "target without a name",
        &["run", "--target", ""],
        2,
        "error: the compiler does not support the target ``\n\
         help: `rustc --print target-list` lists the supported targets\n",
    ),
    told(
        "target without a libstd",
        &["run", "--target", "wasm32-unknown-unknown"],
        2,
        "error: there is no dynamic libstd for `wasm32-unknown-unknown`\n\
         help: a session needs it: run `rustup target add wasm32-unknown-unknown`, or \
         choose another target\n",
    ),
    finds(
        "target of the doctor",
        &["doctor", "--target", "x86_64-moon"],
        &["toolchain: the compiler does not support the target `x86_64-moon`\n"],
    ),
    // Manifests that are none.
    told(
        "folder as a manifest",
        &["run", "--manifest-path", "pages"],
        2,
        "error: `pages` is a folder, not a manifest\n\
         help: did you mean `--manifest-path pages/Cargo.toml`?\n",
    ),
    told(
        "folder without a manifest",
        &["list", "--manifest-path", "pages/src"],
        2,
        "error: `pages/src` is a folder, not a manifest\nhelp: pass the path of a `Cargo.toml` file\n",
    ),
    told(
        "missing manifest",
        &["run", "--manifest-path", "none/Cargo.toml"],
        2,
        "error: `none/Cargo.toml` does not exist\nhelp: pass the path of a `Cargo.toml` file\n",
    ),
    told(
        "source as a manifest",
        &["run", "--manifest-path", "app/src/main.rs"],
        2,
        "error: `app/src/main.rs` is not a manifest\nhelp: pass the path of a `Cargo.toml` file\n",
    ),
    told(
        "source as a manifest of init",
        &["init", "screens", "--manifest-path", "app/src/main.rs"],
        2,
        "error: `app/src/main.rs` is not a manifest\nhelp: pass the path of a `Cargo.toml` file\n",
    ),
    told(
        "folder as a manifest of wait",
        &["wait", "--manifest-path", "."],
        2,
        "error: `.` is a folder, not a manifest\n\
         help: did you mean `--manifest-path ./Cargo.toml`?\n",
    ),
    told(
        "source as a manifest of env",
        &["env", "--manifest-path", "app/src/main.rs"],
        2,
        "error: `app/src/main.rs` is not a manifest\nhelp: pass the path of a `Cargo.toml` file\n",
    ),
    finds(
        "folder as a manifest of the doctor",
        &["doctor", "--manifest-path", "pages"],
        &[
            "workspace: `pages` is a folder, not a manifest\n",
            "`--manifest-path pages/Cargo.toml`",
        ],
    ),
    // Names of crates.
    told(
        "keyword in a dry run",
        &["init", "crate", "--dry-run"],
        2,
        "error: `crate` is not a valid crate name: it is a Rust keyword\n\
         help: choose another name, such as `screens`\n",
    ),
    told(
        "name of a device",
        &["init", "nul"],
        2,
        "error: `nul` is not a valid crate name: it is the name of a device on Windows\n\
         help: choose another name, such as `screens`\n",
    ),
    told(
        "existing crate without a name",
        &["init", "", "--existing"],
        2,
        "error: the workspace has no package ``\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    told(
        "existing crate that is a dependency",
        &["init", "hotmod", "--existing"],
        2,
        "error: the workspace has no package `hotmod`\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    told(
        "host without a name",
        &["init", "screens", "--host", ""],
        2,
        "error: the workspace has no package ``\n\
         help: `cargo metadata --no-deps` lists the members\n",
    ),
    told(
        "host of an editor",
        &["init", "--editor", "vscode", "--host", "pages"],
        2,
        "error: `pages` has no program\nhelp: choose a package with a `src/main.rs`\n",
    ),
];
