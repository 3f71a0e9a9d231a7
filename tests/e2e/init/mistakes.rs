//! What can't be: each is answered with what to do, and leaves all as it was.

use super::{init, says, snapshot, twelve};
use hotmod_testkit::Workspace;

/// What was made before, what was typed, and what is answered.
struct Mistake {
    name: &'static str,
    make: fn(&str) -> Workspace,
    arguments: &'static [&'static str],
    answer: &'static str,
}

fn nothing(test: &str) -> Workspace {
    Workspace::empty(test, "loop").with_own_target()
}

fn package(test: &str) -> Workspace {
    let workspace = nothing(test);
    workspace.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\nwidgets = { path = \"widgets\" }\n",
    );
    workspace.write("src/main.rs", "fn main() {}\n");
    workspace.write(
        "widgets/Cargo.toml",
        "[package]\nname = \"widgets\"\nedition = \"2024\"\n",
    );
    workspace.write("widgets/src/lib.rs", "");
    workspace
}

fn with(test: &str, file: &str, text: &str) -> Workspace {
    let workspace = package(test);
    workspace.write(file, text);
    workspace
}

const WORKSPACE: &str = "[workspace]\nmembers = [\"app\", \"lib\"]\nresolver = \"3\"\n";

/// A program `app`, and a library `lib` with more in its manifest.
fn two(test: &str, of_lib: &str, of_app: &str) -> Workspace {
    let workspace = nothing(test);
    workspace.write("Cargo.toml", WORKSPACE);
    workspace.write(
        "app/Cargo.toml",
        &format!("[package]\nname = \"app\"\nedition = \"2024\"\n{of_app}"),
    );
    workspace.write("app/src/lib.rs", "");
    workspace.write("app/src/main.rs", "fn main() {}\n");
    workspace.write(
        "lib/Cargo.toml",
        &format!("[package]\nname = \"lib\"\nedition = \"2024\"\n{of_lib}"),
    );
    workspace.write("lib/src/lib.rs", "");
    workspace
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "keyword",
        make: package,
        arguments: &["match"],
        answer: "error: `match` can't be the name of a crate: it is a keyword of Rust\n\
            help: take another, such as `screens`\n",
    },
    Mistake {
        name: "of_the_compiler",
        make: package,
        arguments: &["std"],
        answer: "error: `std` can't be the name of a crate: a crate that comes with the compiler \
            is called so\nhelp: take another, such as `screens`\n",
    },
    Mistake {
        name: "bad_character",
        make: package,
        arguments: &["my screens"],
        answer: "error: `my screens` can't be the name of a crate: ` ` is neither a letter, a \
            digit, `_` nor `-`\nhelp: take another, such as `screens`\n",
    },
    Mistake {
        name: "path",
        make: package,
        arguments: &["crates/screens"],
        answer: "error: `crates/screens` can't be the name of a crate: `/` is neither a letter, a \
            digit, `_` nor `-`\nhelp: take another, such as `screens`\n",
    },
    Mistake {
        name: "digit",
        make: package,
        arguments: &["2d"],
        answer: "error: `2d` can't be the name of a crate: it does not begin with a letter or `_`\n\
            help: take another, such as `screens`\n",
    },
    Mistake {
        name: "not_of_ascii",
        make: package,
        arguments: &["größe"],
        answer: "error: `größe` can't be the name of a crate: `ö` is not of ASCII, and rustc knows \
            no other crates\nhelp: take another, such as `screens`\n",
    },
    Mistake {
        name: "not_in_snake_case",
        make: package,
        arguments: &["GameRules"],
        answer: "error: `GameRules` can't be the name of a crate: rustc warns of a crate whose \
            name is not in snake case\nhelp: take another, such as `game_rules`\n",
    },
    Mistake {
        name: "empty",
        make: package,
        arguments: &[""],
        answer: "error: `` can't be the name of a crate: it is empty\n\
            help: take another, such as `screens`\n",
    },
    Mistake {
        name: "of_the_runtime",
        make: package,
        arguments: &["hotmod"],
        answer: "error: `hotmod` can't be the name of a crate: the runtime is called so\n\
            help: take another, such as `screens`\n",
    },
    Mistake {
        name: "of_a_package",
        make: |test| two(test, "", ""),
        arguments: &["lib"],
        answer: "error: `lib` is taken: a package of the workspace is called `lib`\n\
            help: take another, or mark the one that is there: `cargo hotmod init --existing lib`\n",
    },
    Mistake {
        name: "alike",
        make: |test| twelve_with(test, "crates/money/Cargo.toml", "\"money\"", "\"my_money\""),
        arguments: &["my-money", "--host", "shop"],
        answer: "error: `my-money` is taken: a package of the workspace is called `my_money`\n\
            help: take another, or mark the one that is there: `cargo hotmod init --existing my_money`\n",
    },
    Mistake {
        name: "of_a_dependency",
        make: |test| {
            with(
                test,
                "Cargo.toml",
                "[package]\nname = \"app\"\n\n[dependencies]\nscreens = { path = \"widgets\", package = \"widgets\" }\n",
            )
        },
        arguments: &["screens"],
        answer: "error: `screens` is taken: `app` has a dependency of that name\n\
            help: take another\n",
    },
    Mistake {
        name: "folder_is_there",
        make: |test| with(test, "crates/screens/notes.txt", ""),
        arguments: &["screens"],
        answer: "error: `crates/screens` is there already\n\
            help: take another name, or move it away; if it is a crate of the workspace, mark it \
            with `cargo hotmod init --existing NAME`\n",
    },
    Mistake {
        name: "no_name",
        make: package,
        arguments: &[],
        answer: "error: the workspace `[ROOT]` is here, and the new crate has no name\n\
            help: `cargo hotmod init NAME` adds a reloadable crate, `cargo hotmod init --existing \
            NAME` marks one that is there; to make a new workspace, go to a folder outside of this \
            one\n",
    },
    Mistake {
        name: "template_in_workspace",
        make: package,
        arguments: &["--template", "web"],
        answer: "error: `--template` makes a new workspace, and `[ROOT]` is in the workspace \
            `[ROOT]`\n\
            help: `cargo hotmod init NAME` adds a crate to a workspace; to make a new one, go to a \
            folder outside of it\n",
    },
    Mistake {
        name: "host_without_workspace",
        make: nothing,
        arguments: &["screens", "--host", "app"],
        answer: "error: there is no workspace here\n\
            help: go to the folder of one, or make a new one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "existing_without_workspace",
        make: nothing,
        arguments: &["--existing", "screens"],
        answer: "error: there is no workspace here\n\
            help: go to the folder of one, or make a new one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "undo_without_workspace",
        make: nothing,
        arguments: &["--undo"],
        answer: "error: there is no workspace here\n\
            help: go to the folder of one, or make a new one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "editor_without_workspace",
        make: nothing,
        arguments: &["--editor", "zed"],
        answer: "error: there is no workspace here\n\
            help: go to the folder of one, or make a new one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "unknown_host",
        make: package,
        arguments: &["screens", "--host", "ap"],
        answer: "error: the workspace has no package `ap`\nhelp: did you mean `app`?\n",
    },
    Mistake {
        name: "host_without_binary",
        make: |test| two(test, "", ""),
        arguments: &["screens", "--host", "lib"],
        answer: "error: `lib` has no program\nhelp: name a package that has a `src/main.rs`\n",
    },
    Mistake {
        name: "two_hosts",
        make: twelve::workspace,
        arguments: &["screens"],
        answer: "error: several programs could be the host\n\
            help: choose one: `--host shop`, `--host xtask`\n",
    },
    Mistake {
        name: "no_host",
        make: |test| {
            let workspace = two(test, "", "");
            std::fs::remove_file(workspace.path("app/src/main.rs")).unwrap();
            workspace
        },
        arguments: &["screens"],
        answer: "error: the workspace has no program that could be the host\n\
            help: add a package that has a `src/main.rs`: `cargo new app`\n",
    },
    Mistake {
        name: "unknown_crate",
        make: |test| two(test, "", ""),
        arguments: &["--existing", "lip"],
        answer: "error: the workspace has no package `lip`\nhelp: did you mean `lib`?\n",
    },
    Mistake {
        name: "macro",
        make: |test| two(test, "\n[lib]\nproc-macro = true\n", ""),
        arguments: &["--existing", "lib"],
        answer: "error: `lib` is a procedural macro and can't be reloaded\n\
            help: mark the crates that use it\n",
    },
    Mistake {
        name: "no_library",
        make: package,
        arguments: &["--existing", "app"],
        answer: "error: `app` has no library that could be reloaded\n\
            help: move what is to be reloaded into a `src/lib.rs` of `app`\n",
    },
    Mistake {
        name: "cycle",
        make: |test| two(test, "\n[dependencies]\napp = { path = \"../app\" }\n", ""),
        arguments: &["--existing", "lib"],
        answer: "error: `app` can't depend on `lib`, which depends on it\n\
            help: move what is to be reloaded into a crate of its own: `cargo hotmod init NAME`\n",
    },
    Mistake {
        name: "optional_runtime",
        make: |test| {
            two(
                test,
                "",
                "\n[dependencies]\nhotmod = { version = \"0.1\", optional = true }\n",
            )
        },
        arguments: &["screens"],
        answer: "error: `hotmod` is an optional dependency of `app`\n\
            help: make it a plain one, which costs a release build nothing, or let the feature \
            `default` have it\n",
    },
    Mistake {
        name: "optional_runtime_renamed",
        make: |test| {
            let optional = "\n[dependencies]\nhm = { package = \"hotmod\", version = \"0.1\", \
                optional = true }\n\n[features]\ndefault = [\"hm?/std\"]\nlive = [\"hm\"]\n";
            two(test, optional, "")
        },
        arguments: &["--existing", "lib"],
        answer: "error: `hotmod` is an optional dependency of `lib`\n\
            help: make it a plain one, which costs a release build nothing, or let the feature \
            `default` have it\n",
    },
    Mistake {
        name: "in_the_way",
        make: |test| {
            let workspace = nothing(test);
            workspace.write("game/app/notes.txt", "");
            workspace.write("game/world", "");
            workspace
        },
        arguments: &["game"],
        answer: "error: `[ROOT]/game/app`, `[ROOT]/game/world` are in the way\n\
            help: nothing is written over: take an empty folder, or move it away\n",
    },
    Mistake {
        name: "undo_without_init",
        make: package,
        arguments: &["--undo"],
        answer: "error: there is nothing to take back\n\
            help: only the last `init` of a workspace can be taken back, once, and until `cargo \
            clean`\n",
    },
    Mistake {
        name: "undo_after_edit",
        make: |test| {
            let workspace = package(test);
            says(&workspace, &["screens"]);
            workspace.edit("src/main.rs", "{}", "{ println!(); }");
            workspace
        },
        arguments: &["--undo"],
        answer: "error: `[ROOT]/src/main.rs` is not what `init` wrote\n\
            help: nothing was changed; take back by hand what you do not want, or by your version \
            control\n",
    },
    Mistake {
        name: "undo_after_removal",
        make: |test| {
            let workspace = package(test);
            says(&workspace, &["screens"]);
            std::fs::remove_file(workspace.path("crates/screens/src/lib.rs")).unwrap();
            workspace.write("crates/screens/src/lib/mod.rs", "");
            workspace.edit(
                "crates/screens/Cargo.toml",
                "[dependencies]",
                "[lib]\npath = \"src/lib/mod.rs\"\n[dependencies]",
            );
            workspace
        },
        arguments: &["--undo"],
        answer: "error: `[ROOT]/crates/screens/Cargo.toml`, `[ROOT]/crates/screens/src/lib.rs` are \
            not what `init` wrote\n\
            help: nothing was changed; take back by hand what you do not want, or by your version \
            control\n",
    },
    Mistake {
        name: "done_already",
        make: |test| {
            let workspace = two(test, "", "");
            says(&workspace, &["--existing", "lib"]);
            workspace
        },
        arguments: &["--existing", "lib"],
        answer: "error: `lib` is reloadable already, and its host is set up\n\
            help: `cargo hotmod run` runs it\n",
    },
    Mistake {
        name: "odd_metadata",
        make: |test| two(test, "metadata.hotmod = 1\n", ""),
        arguments: &["--existing", "lib"],
        answer: "error: `package.metadata.hotmod` in `[ROOT]/lib/Cargo.toml` is not a table\n\
            help: make `package.metadata.hotmod` a table\n",
    },
];

fn twelve_with(test: &str, file: &str, from: &str, to: &str) -> Workspace {
    let workspace = twelve::workspace(test).with_own_target();
    workspace.edit(file, from, to);
    workspace.edit(
        "Cargo.toml",
        "money      = { path",
        "money      = { package = \"my_money\", path",
    );
    workspace
}

#[test]
fn each_is_told_with_what_to_do_and_nothing_is_written() {
    assert!(MISTAKES.len() > 25);
    let mut wrong = Vec::new();
    for mistake in MISTAKES {
        let workspace = (mistake.make)(&format!("init_mistake_{}", mistake.name));
        let before = snapshot(&workspace);
        let output = init(&workspace, mistake.arguments);
        let root = workspace.root().to_str().unwrap();
        let answer = String::from_utf8(output.stderr)
            .unwrap()
            .replace(root, "[ROOT]");
        let is_untouched = snapshot(&workspace) == before && output.stdout.is_empty();
        if answer != mistake.answer || output.status.code() != Some(2) || !is_untouched {
            wrong.push(format!(
                "{}: {}, all as it was: {is_untouched}\n{answer}",
                mistake.name, output.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_command_line_and_a_broken_manifest_are_told() {
    let workspace = package("init_bad_flags");
    let before = snapshot(&workspace);
    for (arguments, words) in [
        (&["--existing"][..], "required arguments were not provided"),
        (&["--template", "game"], "possible values: loop, tui, web"),
        (
            &["--editor", "emacs"],
            "possible values: vscode, zed, helix, neovim",
        ),
        (&["screens", "--undo"], "cannot be used with"),
        (&["screens", "--editor", "zed"], "cannot be used with"),
        (
            &["--template", "web", "--host", "app"],
            "cannot be used with",
        ),
        (&["screens", "more"], "unexpected argument 'more'"),
        (
            &["--manifest-path", "none/Cargo.toml", "screens"],
            "none/Cargo.toml",
        ),
    ] {
        let output = init(&workspace, arguments);
        let answer = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {answer}");
        assert!(answer.contains(words), "{arguments:?}: {answer}");
    }
    assert_eq!(snapshot(&workspace), before);

    workspace.write("Cargo.toml", "[package\nname = 1");
    let before = snapshot(&workspace);
    for arguments in [
        &["screens"][..],
        &["--existing", "widgets"],
        &["--undo"],
        &["--editor", "zed"],
    ] {
        let output = init(&workspace, arguments);
        let answer = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {answer}");
        assert!(
            answer.contains("`cargo metadata` failed"),
            "{arguments:?}: {answer}"
        );
    }
    assert_eq!(snapshot(&workspace), before);
}
