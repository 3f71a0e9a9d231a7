//! Unsuitable folders and machines, and several sessions without a choice.

use hotmod_testkit::Workspace;

use super::row::{Row, finds, has, told};

const NOWHERE: &str = "error: no `Cargo.toml` in `[ROOT]` or a folder above it\n\
    help: change to the folder of a workspace, or create one: `cargo hotmod init FOLDER`\n";
const NO_SESSION: &str = "error: no session is running in this folder, which is not in a \
                          workspace\n\
    help: change to the folder of a workspace, and start one: `cargo hotmod run`\n";
const SEVERAL: &str = "error: several sessions are running in this workspace\nhelp: choose one: `";

fn file(workspace: &Workspace) {
    workspace.write("notes", "");
}

pub(super) const ROWS: &[Row] = &[
    // No workspace.
    told("run nowhere", &["run"], 2, NOWHERE).in_empty(),
    told("list nowhere", &["list"], 2, NOWHERE).in_empty(),
    told("reload nowhere", &["reload"], 3, NO_SESSION).in_empty(),
    told("restart nowhere", &["restart"], 3, NO_SESSION).in_empty(),
    told("wait nowhere", &["wait", "--timeout", "1"], 3, NO_SESSION).in_empty(),
    told("env nowhere", &["env", "--output", "env"], 3, NO_SESSION).in_empty(),
    // A new one that can't be made.
    told(
        "init without a name",
        &["init", ""],
        2,
        "error: `` is not a valid crate name: it is empty\n\
         help: choose another name, such as `screens`\n",
    )
    .in_empty(),
    told(
        "init in a file",
        &["init", "notes"],
        2,
        "error: `[ROOT]/notes` already exists\n\
         help: `init` never overwrites a file: use an empty folder, or move the file away\n",
    )
    .in_empty()
    .made(file),
    told(
        "dry init below a file",
        &["init", "notes/game", "--dry-run"],
        2,
        "error: `[ROOT]/notes` already exists\n\
         help: `init` never overwrites a file: use an empty folder, or move the file away\n",
    )
    .in_empty()
    .made(file),
    told(
        "init where nothing can be",
        &["init", "/proc/none", "--template", "web"],
        1,
        "error: `/proc/none/.gitignore` could not be written: No such file or directory (os error \
         2)\n\
         help: nothing was changed; check the permissions with `ls -ld /proc`, or use another \
         path\n",
    )
    .in_empty(),
    told(
        "demo in a folder of others",
        &["demo", "app"],
        2,
        "error: `app` already exists and is not a demo project\n\
         help: remove `app`, or choose another folder: `cargo hotmod demo FOLDER`\n",
    ),
    told(
        "demo in a file",
        &["demo", "Cargo.toml"],
        2,
        "error: `Cargo.toml` already exists and is not a demo project\n\
         help: remove `Cargo.toml`, or choose another folder: `cargo hotmod demo FOLDER`\n",
    ),
    told(
        "demo below a file",
        &["demo", "notes/demo"],
        1,
        "error: `notes/demo/.gitignore` could not be written: Not a directory (os error 20)\n\
         help: nothing was changed; a component of the path is a file, not a folder: use another \
         path\n",
    )
    .made(file),
    // What can't be written to, whoever runs it.
    has(
        "init in a read-only workspace",
        &["init", "screens", "--quiet"],
        1,
        &[
            "error: `[ROOT]/target/hotmod/init-begun.json` could not be written: Read-only file \
             system (os error 30)",
            "\nhelp: nothing was changed; check the permissions with `ls -ld [ROOT]`, or use \
             another path\n",
        ],
    )
    .read_only(),
    has(
        "init in a read-only folder",
        &["init"],
        1,
        &[
            "error: `[ROOT]/target/hotmod/init-begun.json` could not be written: Read-only file \
             system (os error 30)",
            "\nhelp: nothing was changed; check the permissions with `ls -ld [ROOT]`, or use \
             another path\n",
        ],
    )
    .in_empty()
    .read_only(),
    told(
        "demo in a read-only folder",
        &["demo", "game"],
        1,
        "error: `game/.gitignore` could not be written: Read-only file system (os error 30)\n\
         help: nothing was changed; check the permissions with `ls -ld .`, or use another path\n",
    )
    .in_empty()
    .read_only(),
    has(
        "run in a read-only workspace",
        &["run"],
        1,
        &[
            "error: `[ROOT]/target/hotmod/session/app-",
            "` could not be created: Read-only file system (os error 30)\n\
             help: use another target directory: `--target-dir`\n",
        ],
    )
    .read_only(),
    has(
        "target directory in a file",
        &["run", "--target-dir", "app/Cargo.toml"],
        1,
        &[
            "error: `[ROOT]/app/Cargo.toml/hotmod/session/app-",
            "` could not be created: Not a directory (os error 20)\n\
             help: use another target directory: `--target-dir`\n",
        ],
    ),
    has(
        "target directory nowhere",
        &["run", "--target-dir", "/proc/none"],
        1,
        &[
            "error: `/proc/none/hotmod/",
            "\nhelp: use another target directory: `--target-dir`\n",
        ],
    ),
    told(
        "events nowhere",
        &["run", "--events", "/proc/none/events"],
        1,
        "error: `/proc/none/events` could not be opened: No such file or directory (os error 2)\n\
         help: create the folder `/proc/none` first, or use another path\n",
    ),
    told(
        "events in a missing folder",
        &["run", "--events", "logs/events.jsonl"],
        1,
        "error: `logs/events.jsonl` could not be opened: No such file or directory (os error 2)\n\
         help: create the folder `logs` first, or use another path\n",
    ),
    told(
        "events in a folder",
        &["run", "--events", "app"],
        1,
        "error: `app` could not be opened: Is a directory (os error 21)\n\
         help: the path is a folder: use the path of a file\n",
    ),
    told(
        "events below a file",
        &["run", "--events", "Cargo.toml/events"],
        1,
        "error: `Cargo.toml/events` could not be opened: Not a directory (os error 20)\n\
         help: a component of the path is a file, not a folder: use another path\n",
    ),
    has(
        "no place for sockets",
        &["run"],
        1,
        &[
            "error: could not create a socket in `/proc/self`: ",
            "\nhelp: set `XDG_RUNTIME_DIR` to a folder that you own, with a short path\n",
        ],
    )
    .with(&[("XDG_RUNTIME_DIR", "/proc/self")])
    .leaves_target(),
    told(
        "keys without a terminal",
        &["run", "--keys"],
        2,
        "error: `--keys` needs a terminal on stdin: stdin is not a terminal\n\
         help: leave it out, and use `cargo hotmod reload` or `restart` from another terminal\n",
    ),
    // A toolchain that is none.
    told(
        "no compiler",
        &["run"],
        2,
        "error: could not run `rustc`: No such file or directory (os error 2)\n\
         help: install Rust, or set `RUSTC` to the compiler to use\n",
    )
    .with(&[("PATH", "/proc/none")]),
    told(
        "no such compiler",
        &["run"],
        2,
        "error: could not run `[ROOT]/rustc`: No such file or directory (os error 2)\n\
         help: install Rust, or set `RUSTC` to the compiler to use\n",
    )
    .with(&[("RUSTC", "[ROOT]/rustc")]),
    told(
        "compiler that is none",
        &["run"],
        2,
        "error: `true` is not a Rust compiler: `true -vV` prints no host\n\
         help: install Rust, or set `RUSTC` to the compiler to use\n",
    )
    .with(&[("RUSTC", "true")]),
    told(
        "compiler that fails",
        &["run"],
        2,
        "error: `false -vV` failed\nexit status: 1\n\
         help: fix the error that the compiler reports: a session needs this to work here\n",
    )
    .with(&[("RUSTC", "false")]),
    finds(
        "compiler of the doctor that is none",
        &["doctor"],
        &["toolchain: `true` is not a Rust compiler: `true -vV` prints no host\n"],
    )
    .with(&[("RUSTC", "true")]),
    told(
        "no cargo",
        &["list"],
        2,
        "error: could not run cargo: No such file or directory (os error 2)\n\
         help: check that `cargo -vV` works in this directory\n",
    )
    .with(&[("CARGO", "[ROOT]/cargo")]),
    has(
        "no cargo for init",
        &["init", "screens"],
        2,
        &[
            "error: could not run cargo: \
           ",
            "\nhelp: check that `cargo -vV` works in this directory\n",
        ],
    )
    .with(&[("CARGO", "[ROOT]/cargo")]),
    // Sessions of two programs.
    told(
        "session of the same program",
        &["run", "--bin", "app"],
        1,
        "error: another session of `app` is running in this workspace\n\
         help: use that session: `cargo hotmod list` shows it, and `cargo hotmod stop` ends it; or use another \
         target directory: `--target-dir`\n",
    )
    .in_sessions(),
    has(
        "one of two to reload",
        &["reload"],
        2,
        &[SEVERAL, "-p app --bin other`"],
    )
    .in_sessions(),
    has(
        "one of two to restart",
        &["restart", "-p", "app"],
        2,
        &[SEVERAL, "-p app --bin other`"],
    )
    .in_sessions(),
    has(
        "one of two to join",
        &["env", "--output", "env"],
        2,
        &[SEVERAL, "-p app --bin other`"],
    )
    .in_sessions(),
    has(
        "session of an unknown program",
        &["reload", "--bin", "ap"],
        3,
        &[
            "error: no session of that program is running in this workspace\nhelp: choose one: `",
            "-p app --bin app`",
        ],
    )
    .in_sessions(),
    has(
        "session of an example",
        &["restart", "--example", "app"],
        3,
        &["error: no session of that program is running in this workspace\nhelp: choose one: `"],
    )
    .in_sessions(),
    has(
        "session of an unknown package",
        &["env", "-p", ""],
        3,
        &["error: no session of that program is running in this workspace\nhelp: choose one: `"],
    )
    .in_sessions(),
    told(
        "environment in a missing folder",
        &["env", "--bin", "app", "--output", "none/env"],
        1,
        "error: `none/env` could not be written: No such file or directory (os error 2)\n\
         help: create the folder `none` first, or use another path\n",
    )
    .in_sessions(),
    told(
        "sessions elsewhere",
        &["wait"],
        3,
        "error: no session is running in this folder, which is not in a workspace\n\
         help: change to the folder of a workspace, and start one: `cargo hotmod run`; or change \
         to a workspace with a session: `[ROOT]`\n",
    )
    .in_sessions()
    .at(".."),
];
