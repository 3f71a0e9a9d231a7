//! Workspaces and environments with one problem each, and the expected finding.

use super::{doctor, findings};
use hotmod_testkit::{Workspace, write_script};

/// One thing that is wrong. `[ROOT]` is the workspace's folder.
struct Broken {
    name: &'static str,
    make: fn(&Workspace),
    arguments: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    /// Check and severity of what is found; no more than that is.
    found: (&'static str, &'static str),
    /// What it begins with.
    what: &'static str,
    help: &'static str,
}

/// The healthy one.
const WELL: Broken = Broken {
    name: "",
    make: |_| {},
    arguments: &[],
    variables: &[],
    found: ("", ""),
    what: "",
    help: "",
};

fn append(workspace: &Workspace, file: &str, text: &str) {
    let all = workspace.read(file) + text;
    workspace.write(file, &all);
}

fn configure(workspace: &Workspace, text: &str) {
    workspace.write(".cargo/config.toml", text);
}

/// A compiler of another version.
fn old_compiler(workspace: &Workspace) {
    write_script(
        workspace.path("old"),
        "#!/bin/sh\nrustc \"$@\" | sed 's/^release: .*/release: 1.80.1/'\n",
    );
}

/// Two packages of one name, as two versions of a registry's are; without a registry.
fn two_versions(workspace: &Workspace) {
    workspace.edit("Cargo.toml", "resolver", "exclude = [\"vendor\"]\nresolver");
    for (version, user) in [("1.0.0", "app"), ("2.0.0", "pages")] {
        let manifest = format!("[package]\nname = \"dep\"\nversion = \"{version}\"\n");
        workspace.write(format!("vendor/{version}/Cargo.toml"), &manifest);
        workspace.write(format!("vendor/{version}/src/lib.rs"), "");
        let dependency = format!("dep = {{ path = \"../vendor/{version}\" }}\n");
        append(workspace, &format!("{user}/Cargo.toml"), &dependency);
    }
}

const RECOMPILES: &str = "remove it, or move it to a separate profile; otherwise the session's first \
                          build recompiles all dependencies";

const ALL: &[Broken] = &[
    Broken {
        name: "panic",
        make: |it| append(it, "Cargo.toml", "[profile.dev]\npanic = \"abort\"\n"),
        found: ("settings", "warning"),
        what: "`panic = \"abort\"` in `[ROOT]/Cargo.toml` does not work in a session, which is built \
               with ",
        help: RECOMPILES,
        ..WELL
    },
    Broken {
        name: "lto",
        make: |it| append(it, "Cargo.toml", "[profile.dev]\nlto = \"thin\"\n"),
        found: ("settings", "warning"),
        what: "`lto = \"thin\"` in `[ROOT]/Cargo.toml` does not work in a session",
        help: RECOMPILES,
        ..WELL
    },
    Broken {
        name: "strip",
        variables: &[("CARGO_PROFILE_DEV_STRIP", "true")],
        found: ("settings", "warning"),
        what: "`strip = true` in `CARGO_PROFILE_DEV_STRIP` does not work in a session",
        help: RECOMPILES,
        ..WELL
    },
    Broken {
        name: "optimised",
        make: |it| append(it, "Cargo.toml", "[profile.dev]\nopt-level = 1\n"),
        found: ("settings", "warning"),
        what: "`opt-level = 1` in `[ROOT]/Cargo.toml` applies to widgets, pages, app: edits take \
               longer",
        help: "remove it from `[ROOT]/Cargo.toml`, and set it only for the dependencies, in \
               `[ROOT]/Cargo.toml`:\n\
               [profile.dev.package.\"*\"]\nopt-level = 1",
        ..WELL
    },
    Broken {
        name: "one_optimised",
        make: |it| configure(it, "[profile.dev.package.pages]\nopt-level = 2\n"),
        found: ("settings", "warning"),
        what: "`opt-level = 2` in `[ROOT]/.cargo/config.toml` applies to pages: ",
        help: "set it for them in `[ROOT]/Cargo.toml`:\n[profile.dev.package.pages]\nopt-level = 0",
        ..WELL
    },
    Broken {
        name: "without_types",
        make: |it| {
            append(
                it,
                "Cargo.toml",
                "[profile.quick]\ninherits = \"dev\"\ndebug = 1\n",
            )
        },
        arguments: &["--profile", "quick"],
        found: ("settings", "warning"),
        what: "`debug = 1` in `[ROOT]/Cargo.toml` applies to widgets, pages, app: each changed \
               type restarts",
        help: "remove it from `[ROOT]/Cargo.toml`, and set it only for the dependencies, in \
               `[ROOT]/Cargo.toml`:\n\
               [profile.quick.package.\"*\"]\ndebug = 1",
        ..WELL
    },
    Broken {
        name: "one_unit",
        make: |it| append(it, "Cargo.toml", "[profile.dev]\ncodegen-units = 1\n"),
        found: ("settings", "warning"),
        what: "`codegen-units = 1` in `[ROOT]/Cargo.toml`: each edit generates the code of the \
               whole crate again",
        help: "remove it from `[ROOT]/Cargo.toml`",
        ..WELL
    },
    Broken {
        name: "split",
        make: |it| {
            append(
                it,
                "Cargo.toml",
                "[profile.dev]\nsplit-debuginfo = \"unpacked\"\n",
            )
        },
        found: ("settings", "warning"),
        what: "`split-debuginfo = \"unpacked\"` in `[ROOT]/Cargo.toml`: each changed type restarts",
        help: "remove it from `[ROOT]/Cargo.toml`",
        ..WELL
    },
    Broken {
        name: "backend",
        variables: &[("CARGO_PROFILE_DEV_CODEGEN_BACKEND", "cranelift")],
        found: ("settings", "warning"),
        what: "`codegen-backend = \"cranelift\"` in `CARGO_PROFILE_DEV_CODEGEN_BACKEND`: not \
               tested",
        help: "remove it from `CARGO_PROFILE_DEV_CODEGEN_BACKEND`",
        ..WELL
    },
    Broken {
        name: "cache",
        make: |it| configure(it, "[build]\nrustc-wrapper = \"sccache\"\n"),
        // `cargo metadata` asks rustc too.
        variables: &[("RUSTC_WRAPPER", "")],
        found: ("settings", "warning"),
        what: "`build.rustc-wrapper` of `[ROOT]/.cargo/config.toml` is not used in a session",
        help: "run `cargo build` before the first session, which then reuses its artifacts",
        ..WELL
    },
    Broken {
        name: "static_flag",
        make: |it| {
            configure(
                it,
                "[build]\nrustflags = [\"-C\", \"target-feature=+crt-static\"]\n",
            )
        },
        found: ("settings", "error"),
        what: "`crt-static` does not work in a session",
        help: "remove it from `[ROOT]/.cargo/config.toml`",
        ..WELL
    },
    Broken {
        name: "lto_flag",
        variables: &[("RUSTFLAGS", "-Clto=fat")],
        found: ("settings", "error"),
        what: "`lto` does not work in a session",
        help: "remove it from `RUSTFLAGS`",
        ..WELL
    },
    Broken {
        name: "abort_flag",
        variables: &[("RUSTFLAGS", "-Cpanic=abort")],
        found: ("toolchain", "error"),
        what: "`panic=abort` in `RUSTFLAGS` does not work in a session",
        help: "a session loads code while the program is running: remove the flag for sessions",
        ..WELL
    },
    Broken {
        name: "strip_flag",
        variables: &[("RUSTFLAGS", "-C strip=symbols")],
        found: ("settings", "warning"),
        what: "`-C strip=symbols` in `RUSTFLAGS`: each changed type restarts the host",
        help: "remove it",
        ..WELL
    },
    Broken {
        name: "static_target",
        arguments: &["--target", "x86_64-unknown-linux-musl"],
        found: ("toolchain", "error"),
        what: "the target `x86_64-unknown-linux-musl` links its libraries statically",
        help: "a session loads libraries while it runs: use a target with a dynamic C library, \
               such as \
               `x86_64-unknown-linux-gnu`",
        ..WELL
    },
    Broken {
        name: "missing_target",
        make: |it| configure(it, "[build]\ntarget = \"s390x-unknown-linux-gnu\"\n"),
        found: ("toolchain", "error"),
        what: "there is no dynamic libstd for `s390x-unknown-linux-gnu`",
        help: "a session needs it: run `rustup target add s390x-unknown-linux-gnu`, or choose \
               another target",
        ..WELL
    },
    Broken {
        name: "old_compiler",
        make: old_compiler,
        variables: &[("RUSTC", "./old")],
        found: ("toolchain", "error"),
        what: "rustc 1.80.1 is older than ",
        help: "run `rustup update`",
        ..WELL
    },
    Broken {
        name: "linker",
        make: |it| {
            configure(
                it,
                "[target.x86_64-unknown-linux-gnu]\nlinker = \"none-such-linker\"\n",
            );
        },
        found: ("link", "error"),
        what: "`none-such-linker` cannot link a library\nerror: linker `none-such-linker` not \
               found",
        help: "install that linker, or remove `linker` from cargo's configuration",
        ..WELL
    },
    Broken {
        name: "versions",
        make: two_versions,
        found: ("versions", "warning"),
        what: "`dep` is used in several versions: 1.0.0 of `[ROOT]/vendor/1.0.0/Cargo.toml` by \
               `app`; \
               2.0.0 of `[ROOT]/vendor/2.0.0/Cargo.toml` by `pages`; each version has its own \
               types",
        help: "use one version: put `dep` into `[workspace.dependencies]`, and write \
               `dep.workspace = true` in the members",
        ..WELL
    },
    Broken {
        name: "large",
        make: |it| it.write("widgets/src/inner/large.rs", &"\n".repeat(20_001)),
        found: ("crates", "warning"),
        what: "`widgets` has 200",
        help: "move the code that you edit most into a separate crate, and mark that crate",
        ..WELL
    },
    Broken {
        name: "native",
        make: |it| {
            it.edit(
                "widgets/Cargo.toml",
                "[package]\n",
                "[package]\nlinks = \"z\"\n",
            );
            it.write("widgets/build.rs", "fn main() {}\n");
        },
        found: ("crates", "warning"),
        what: "`widgets` links the native library `z`, whose state is reset by every reload",
        help: "move it to a crate that is not reloadable",
        ..WELL
    },
    Broken {
        name: "unmarked",
        make: |it| {
            for package in ["pages", "widgets"] {
                let manifest = format!("{package}/Cargo.toml");
                it.edit(manifest, "reloadable = true", "reloadable = false");
            }
        },
        found: ("workspace", "error"),
        what: "no crate is marked as reloadable",
        help: "add this to the Cargo.toml of one or more of `model`, `pages`, `widgets`:\n\
               [package.metadata.hotmod]\nreloadable = true",
        ..WELL
    },
    Broken {
        name: "without_runtime",
        make: |it| it.edit("app/Cargo.toml", "hotmod.workspace = true\n", ""),
        found: ("workspace", "error"),
        what: "`app` does not depend on `hotmod`",
        help: "run `cargo add -p app --path …/crates/hotmod`, with the path of your clone of \
               `cargo-hotmod`",
        ..WELL
    },
    Broken {
        name: "unknown_program",
        arguments: &["--bin", "ap"],
        found: ("workspace", "error"),
        what: "the workspace has no binary `ap`",
        help: "did you mean `--bin app`?",
        ..WELL
    },
    Broken {
        name: "target_is_a_file",
        arguments: &["--target-dir", "Cargo.toml/below"],
        found: ("disk", "error"),
        what: "cannot build in `[ROOT]/Cargo.toml/below`: `[ROOT]/Cargo.toml` is not a folder",
        help: "use another target directory: `--target-dir`",
        ..WELL
    },
];

#[test]
fn each_problem_is_named_with_its_fix() {
    let mut wrong = Vec::new();
    for broken in ALL {
        let test = format!("doctor_{}", broken.name);
        let workspace = Workspace::new("basic", &test).with_own_target();
        (broken.make)(&workspace);
        let mut command = doctor(&workspace);
        command.args(broken.arguments);
        command.envs(broken.variables.iter().copied());
        let (code, found) = findings(&mut command);
        let of_root = |text: &str| text.replace("[ROOT]", workspace.root().to_str().unwrap());
        let (check, severity) = broken.found;
        let is_as_expected = match &found[..] {
            [one] => {
                let what = one["what"].as_str().unwrap();
                (one["check"] == check && one["severity"] == severity)
                    && what.starts_with(&of_root(broken.what))
                    && one["help"] == of_root(broken.help)
            }
            _ => false,
        };
        if !is_as_expected || code != Some(i32::from(severity == "error")) {
            wrong.push(format!("{}: {code:?} {found:#?}", broken.name));
        }
        if workspace.target().exists() {
            wrong.push(format!("{}: it wrote a target directory", broken.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let workspace = Workspace::new("basic", "doctor_unreadable").with_own_target();
    let manifest = workspace.read("Cargo.toml");
    for (file, words) in [
        ("Cargo.toml", "`cargo metadata` failed\nerror: "),
        (
            ".cargo/config.toml",
            "`cargo metadata` failed\nerror: could not load Cargo configuration",
        ),
    ] {
        workspace.write(file, "[profile");
        let (code, found) = findings(&mut doctor(&workspace));
        assert_eq!((code, found.len()), (Some(1), 1), "{found:#?}");
        assert_eq!(found[0]["check"], "workspace");
        let what = found[0]["what"].as_str().unwrap();
        assert!(what.starts_with(words), "{what}");
        workspace.write("Cargo.toml", &manifest);
    }
}

#[test]
fn intended_and_ordinary_settings_are_no_findings() {
    let workspace = Workspace::new("basic", "doctor_false_alarms").with_own_target();
    two_versions(&workspace);
    // One that names both knows what it does.
    let old = "old = { package = \"dep\", path = \"../vendor/1.0.0\" }\n";
    append(&workspace, "pages/Cargo.toml", old);
    // Profiles of members are none, and `*` is not for members.
    append(
        &workspace,
        "pages/Cargo.toml",
        "[profile.dev]\nopt-level = 3\npanic = \"abort\"\n",
    );
    append(
        &workspace,
        "Cargo.toml",
        "[profile.dev]\nlto = \"off\"\nincremental = false\ncodegen-units = 16\ndebug = \"full\"\n\
         [profile.dev.package.\"*\"]\nopt-level = 3\n[profile.dev.build-override]\nopt-level = 3\n\
         [profile.release]\npanic = \"abort\"\nlto = true\n",
    );
    configure(
        &workspace,
        "[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n",
    );
    let (code, found) = findings(&mut doctor(&workspace));
    assert_eq!((code, &found[..]), (Some(0), &[][..]));

    // Whether it holds only rustc can tell: then it is not said that something fails without it.
    configure(
        &workspace,
        "[target.'cfg(unix)']\nlinker = \"cc\"\nrustflags = []\n[build]\nrustflags = \"-Clto\"\n",
    );
    let (code, found) = findings(&mut doctor(&workspace));
    assert_eq!((code, &found[..]), (Some(0), &[][..]));
}
