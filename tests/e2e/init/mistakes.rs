//! Invalid requests: each is answered with a fix, and nothing is written.

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
        "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\nwidgets = { path = \
         \"widgets\" }\n",
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

/// [`two`], with this in the library.
fn with_function(test: &str, function: &str) -> Workspace {
    let workspace = two(test, "\n[package.metadata.hotmod]\nreloadable = true\n", "");
    workspace.write("lib/src/lib.rs", function);
    workspace
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "keyword",
        make: package,
        arguments: &["match"],
        answer: "error: `match` is not a valid crate name: it is a Rust keyword\n\
            help: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "of_the_compiler",
        make: package,
        arguments: &["std"],
        answer: "error: `std` is not a valid crate name: it is the name of a crate that comes with \
                 the compiler\nhelp: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "bad_character",
        make: package,
        arguments: &["my screens"],
        answer: "error: `my screens` is not a valid crate name: ` ` is neither a letter, a \
            digit, `_` nor `-`\nhelp: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "path",
        make: package,
        arguments: &["crates/screens"],
        answer: "error: `crates/screens` is not a valid crate name: `/` is neither a letter, a \
            digit, `_` nor `-`\nhelp: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "digit",
        make: package,
        arguments: &["2d"],
        answer: "error: `2d` is not a valid crate name: it does not start with a letter or `_`\n\
            help: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "not_of_ascii",
        make: package,
        arguments: &["größe"],
        answer: "error: `größe` is not a valid crate name: `ö` is not ASCII, and rustc requires \
                 ASCII crate names\nhelp: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "not_in_snake_case",
        make: package,
        arguments: &["GameRules"],
        answer: "error: `GameRules` is not a valid crate name: rustc warns about crate names that \
                 are not in snake case\nhelp: choose another name, such as `game_rules`\n",
    },
    Mistake {
        name: "empty",
        make: package,
        arguments: &[""],
        answer: "error: `` is not a valid crate name: it is empty\n\
            help: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "of_the_runtime",
        make: package,
        arguments: &["hotmod"],
        answer: "error: `hotmod` is not a valid crate name: it is the name of the runtime\n\
            help: choose another name, such as `screens`\n",
    },
    Mistake {
        name: "of_a_package",
        make: |test| two(test, "", ""),
        arguments: &["lib"],
        answer: "error: `lib` is taken by the package `lib` of the workspace\n\
            help: choose another name, or mark the existing crate: `cargo hotmod init --existing \
            lib`\n",
    },
    Mistake {
        name: "alike",
        make: |test| twelve_with(test, "crates/money/Cargo.toml", "\"money\"", "\"my_money\""),
        arguments: &["my-money", "--host", "shop"],
        answer: "error: `my-money` is taken by the package `my_money` of the workspace\n\
            help: choose another name, or mark the existing crate: `cargo hotmod init --existing \
            my_money`\n",
    },
    Mistake {
        name: "of_a_dependency",
        make: |test| {
            with(
                test,
                "Cargo.toml",
                "[package]\nname = \"app\"\n\n[dependencies]\nscreens = { path = \"widgets\", \
                 package = \"widgets\" }\n",
            )
        },
        arguments: &["screens"],
        answer: "error: `screens` is taken: `app` has a dependency with that name\n\
            help: choose another name\n",
    },
    Mistake {
        name: "folder_is_there",
        make: |test| with(test, "crates/screens/notes.txt", ""),
        arguments: &["screens"],
        answer: "error: `crates/screens` already exists\n\
            help: choose another name, or move it away; if it is a crate of the workspace, mark it \
            with `cargo hotmod init --existing NAME`\n",
    },
    Mistake {
        name: "no_name",
        make: package,
        arguments: &[],
        answer: "error: this is the workspace `[ROOT]`, and the new crate has no name\n\
            help: `cargo hotmod init NAME` adds a reloadable crate, `cargo hotmod init --existing \
            NAME` marks an existing one; to create a workspace, change to a folder outside of this \
            one\n",
    },
    Mistake {
        name: "template_in_workspace",
        make: package,
        arguments: &["--template", "web"],
        answer: "error: `--template` creates a workspace, but `[ROOT]` is in the workspace \
                 `[ROOT]`\n\
            help: `cargo hotmod init NAME` adds a crate to a workspace; to create a workspace, \
            change to a folder outside of it\n",
    },
    Mistake {
        name: "host_without_workspace",
        make: nothing,
        arguments: &["screens", "--host", "app"],
        answer: "error: this folder is not in a workspace\n\
            help: change to the folder of one, or create one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "existing_without_workspace",
        make: nothing,
        arguments: &["--existing", "screens"],
        answer: "error: this folder is not in a workspace\n\
            help: change to the folder of one, or create one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "undo_without_workspace",
        make: nothing,
        arguments: &["--undo"],
        answer: "error: this folder is not in a workspace\n\
            help: change to the folder of one, or create one: `cargo hotmod init FOLDER`\n",
    },
    Mistake {
        name: "editor_without_workspace",
        make: nothing,
        arguments: &["--editor", "zed"],
        answer: "error: this folder is not in a workspace\n\
            help: change to the folder of one, or create one: `cargo hotmod init FOLDER`\n",
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
        answer: "error: `lib` has no program\nhelp: choose a package with a `src/main.rs`\n",
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
            help: add a package with a `src/main.rs`: `cargo new app`\n",
    },
    Mistake {
        name: "unknown_crate",
        make: |test| two(test, "", ""),
        arguments: &["--existing", "lip"],
        answer: "error: the workspace has no package `lip`\nhelp: did you mean `lib`?\n",
    },
    Mistake {
        name: "folder_name",
        make: |test| {
            let workspace = two(test, "", "");
            workspace.edit("lib/Cargo.toml", "\"lib\"", "\"shop_frontend\"");
            workspace
        },
        arguments: &["--existing", "lib"],
        answer: "error: the workspace has no package `lib`\nhelp: did you mean \
                 `shop_frontend`?\n",
    },
    Mistake {
        // It matches a library that no program uses.
        name: "glob_without_a_match",
        make: |test| two(test, "", ""),
        arguments: &["--existing", "l*"],
        answer: "error: no package that matches `l*` can be reloaded in a program of the \
                 workspace\n\
            help: `cargo metadata --no-deps` lists the members; a glob has `*`, `?`, `[…]` or \
            `{…}`\n",
    },
    Mistake {
        name: "bad_glob",
        make: |test| two(test, "", ""),
        arguments: &["--existing", "l[ib"],
        answer: "error: `l[ib` is not a valid glob: unclosed character class; missing ']'\n\
            help: `cargo metadata --no-deps` lists the members; a glob has `*`, `?`, `[…]` or \
            `{…}`\n",
    },
    Mistake {
        name: "two_hosts_of_one_crate",
        make: |test| {
            let workspace = twelve::workspace(test);
            let dependency = "\n[dependencies]\npages = { path = \"../../crates/pages\" }\n";
            let manifest = workspace.read("tools/xtask/Cargo.toml");
            workspace.write("tools/xtask/Cargo.toml", &(manifest + dependency));
            workspace
        },
        arguments: &["--existing", "pages"],
        answer: "error: several programs could be the host\n\
            help: choose one: `--host shop`, `--host xtask`\n",
    },
    Mistake {
        name: "no_line",
        make: package,
        arguments: &["--mark", "src/main.rs"],
        answer: "error: `src/main.rs` is not a line of a source file\n\
            help: write the path of the file and the line of the function: `--mark \
            pages/src/lib.rs:12`\n",
    },
    Mistake {
        name: "no_file",
        make: package,
        arguments: &["--mark", "src/lib.rs:1"],
        answer: "error: `src/lib.rs` does not exist\n\
            help: give the path from here, or from the workspace's folder\n",
    },
    Mistake {
        name: "not_reloadable",
        make: |test| two(test, "", ""),
        arguments: &["--mark", "lib/src/lib.rs:1"],
        answer: "error: `lib` is not reloadable, so its functions can't be entry points\n\
            help: make it reloadable first: `cargo hotmod init --existing lib`\n",
    },
    Mistake {
        name: "not_rust",
        make: |test| with_function(test, "fn f( {}"),
        arguments: &["--mark", "lib/src/lib.rs:1"],
        answer: "error: `lib/src/lib.rs` can't be parsed\n\
            help: `cargo check` shows why\n",
    },
    Mistake {
        name: "no_function",
        make: |test| with_function(test, "struct S;"),
        arguments: &["--mark", "lib/src/lib.rs:1"],
        answer: "error: there is no function at `lib/src/lib.rs:1`\n\
            help: give a line of the function, or of its impl block\n",
    },
    Mistake {
        name: "marked",
        make: |test| with_function(test, "#[hotmod::hot] fn f() {}"),
        arguments: &["--mark", "lib/src/lib.rs:1"],
        answer: "error: the function at `lib/src/lib.rs:1` is already an entry point\n\
            help: `cargo hotmod list` shows the entry points\n",
    },
    Mistake {
        name: "generic",
        make: |test| with_function(test, "fn f<T>(of: T) {}"),
        arguments: &["--mark", "lib/src/lib.rs:1"],
        answer: "error: the function at `lib/src/lib.rs:1` can't be an entry point\n\
            help: let it call a function that can: not generic, `const` or `extern`, without `impl \
            Trait`, and not in an `impl Drop`\n",
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
        answer: "error: `app` has no library to reload\n\
            help: move the code that you want to reload into a `src/lib.rs` of `app`\n",
    },
    Mistake {
        name: "cycle",
        make: |test| two(test, "\n[dependencies]\napp = { path = \"../app\" }\n", ""),
        arguments: &["--existing", "lib"],
        answer: "error: `app` can't depend on `lib`, because `lib` depends on `app`\n\
            help: move the code that you want to reload into a separate crate: `cargo hotmod init NAME`\n",
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
            help: make it non-optional, which adds nothing to a release build, or enable it in the \
            feature `default`\n",
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
            help: make it non-optional, which adds nothing to a release build, or enable it in the \
            feature `default`\n",
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
        answer: "error: `[ROOT]/game/app`, `[ROOT]/game/world` already exist\n\
            help: `init` never overwrites a file: use an empty folder, or move the file away\n",
    },
    Mistake {
        name: "undo_without_init",
        make: package,
        arguments: &["--undo"],
        answer: "error: there is nothing to undo\n\
            help: only the last `init` of a workspace can be undone, once, and until `cargo \
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
        answer: "error: `[ROOT]/src/main.rs` has changed since `init` wrote to the workspace\n\
            help: nothing was changed; revert your changes first, or undo `init` by hand or with \
            your version control\n",
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
        answer: "error: `[ROOT]/crates/screens/Cargo.toml`, `[ROOT]/crates/screens/src/lib.rs` \
                 have \
            changed since `init` wrote to the workspace\n\
            help: nothing was changed; revert your changes first, or undo `init` by hand or with \
            your version control\n",
    },
    Mistake {
        name: "done_already",
        make: |test| {
            let workspace = two(test, "", "");
            says(&workspace, &["--existing", "lib"]);
            workspace
        },
        arguments: &["--existing", "lib"],
        answer: "error: `lib` is already reloadable, and its host is set up\n\
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
fn each_mistake_is_answered_with_a_fix_and_nothing_is_written() {
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
fn invalid_command_lines_and_broken_manifests_are_reported() {
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
        (
            &["screens", "more"],
            "error: a new crate has one name, but `screens`, `more` are 2\nhelp: mark several \
             existing crates with `cargo hotmod init --existing`, or create one at a time\n",
        ),
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
