//! `init NAME` and `init --existing NAME` in existing workspaces.

use std::fs;

use super::{assert_sound, init, says, search_path, snapshot, told, twelve};
use hotmod_testkit::Workspace;

/// The lines that a file has more than before. All others are there as they were, byte for byte.
fn added(before: &[u8], after: &[u8]) -> Vec<String> {
    let lines = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.split_inclusive('\n')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut before = lines(before).into_iter().peekable();
    let mut added = Vec::new();
    for line in lines(after) {
        if before.peek() == Some(&line) {
            before.next();
        } else {
            added.push(line);
        }
    }
    assert_eq!(before.next(), None, "a line is gone or changed");
    added
}

/// The added lines of each file that is not as it was, files that are new left out.
fn changed(
    workspace: &Workspace,
    before: &super::BTreeMap<super::PathBuf, Vec<u8>>,
) -> Vec<(String, Vec<String>)> {
    let after = snapshot(workspace);
    let changed = before
        .iter()
        .filter(|(path, text)| after.get(*path) != Some(text));
    changed
        .map(|(path, text)| (path.display().to_string(), added(text, &after[path])))
        .collect()
}

fn lines(of: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect();
    of.iter()
        .map(|(path, lines)| ((*path).to_owned(), owned(lines)))
        .collect()
}

fn runtime() -> String {
    let runtime = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hotmod");
    format!("hotmod = {{ path = {runtime:?} }}\n")
}

#[test]
fn a_crate_is_added_to_a_workspace_of_twelve() {
    let workspace = twelve::workspace("init_twelve");
    let before = snapshot(&workspace);

    // A dry run shows all and writes nothing.
    let record = workspace.target().join("hotmod");
    let records = || fs::read_dir(&record).map_or(0, Iterator::count);
    let were = records();
    let shown = says(&workspace, &["screens", "--host", "shop", "--dry-run"]);
    assert!(shown.contains("\n+#[hotmod::main]\n"), "{shown}");
    assert!(
        shown.contains("\n+++ b/crates/screens/src/lib.rs\n"),
        "{shown}"
    );
    assert!(!shown.contains('\x1b'), "{shown}");
    assert_eq!(snapshot(&workspace), before);
    assert_eq!(records(), were);

    let screen = says(&workspace, &["screens", "--host", "shop"]);
    let runtime = runtime().replace("hotmod =", "hotmod     =");
    let path = "screens    = { path = \"crates/screens\" }\n";
    assert_eq!(
        changed(&workspace, &before),
        lines(&[
            ("Cargo.toml", &[&runtime, path]),
            (
                "crates/shop/Cargo.toml",
                &["hotmod.workspace = true\n", "screens.workspace = true\n"]
            ),
            ("crates/shop/src/main.rs", &["#[hotmod::main]\n"]),
        ])
    );
    assert_eq!(
        workspace.read("crates/screens/Cargo.toml"),
        "[package]\nname = \"screens\"\nversion.workspace = true\nedition.workspace = true\n\
         license.workspace = true\npublish.workspace = true\n\n[package.metadata.hotmod]\n\
         reloadable = true\n\n[dependencies]\nhotmod.workspace = true\n\n[lints]\n\
         workspace = true\n"
    );
    assert_sound(&workspace);

    // It runs at once, and the new crate is live as soon as the host calls it.
    assert_eq!(told(&screen, "Run"), "cargo hotmod run -p shop");
    let run = workspace
        .run()
        .typed_as("cargo", &["hotmod", "run", "-p", "shop"]);
    let mut session = run.variable("PATH", &search_path()).ready();
    assert_eq!(session.ask("a"), "a orders");
    let main = workspace.read("crates/shop/src/main.rs");
    let call = told(&screen, "Call").replace("world", "bob");
    workspace.edit("crates/shop/src/main.rs", "orders::say()", &call);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("b"), "b Hello, bob, from screens");
    let source = told(&screen, "Edit");
    let library = workspace.read(source);
    workspace.edit(source, "Hello, ", "Good evening, ");
    session.wait_for("live");
    assert_eq!(session.ask("c"), "c Good evening, bob, from screens");
    assert_eq!(session.interrupt().code(), Some(130));

    // What was edited since is not taken back, and nothing else is.
    let edited = snapshot(&workspace);
    let output = init(&workspace, &["--undo"]);
    let answer = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{answer}");
    for touched in ["crates/shop/src/main.rs", source] {
        assert!(answer.contains(touched), "no {touched}: {answer}");
    }
    assert_eq!(snapshot(&workspace), edited);

    workspace.write("crates/shop/src/main.rs", &main);
    workspace.write(source, &library);
    let with_crate = snapshot(&workspace);
    says(&workspace, &["--undo", "--dry-run"]);
    assert_eq!(snapshot(&workspace), with_crate);
    says(&workspace, &["--undo"]);
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.path("crates/screens").exists());
    assert_eq!(init(&workspace, &["--undo"]).status.code(), Some(2));
}

#[test]
fn an_existing_crate_is_marked() {
    let workspace = twelve::workspace("init_twelve_existing");
    let before = snapshot(&workspace);
    // The other program does not use it.
    let screen = says(&workspace, &["--existing", "pages"]);
    let runtime = runtime().replace("hotmod =", "hotmod     =");
    assert_eq!(
        changed(&workspace, &before),
        lines(&[
            ("Cargo.toml", &[&runtime]),
            (
                "crates/pages/Cargo.toml",
                &[
                    "dependencies.hotmod = { workspace = true }\r\n",
                    "[package.metadata.hotmod]\r\n",
                    "reloadable = true\r\n",
                    "\r\n",
                ]
            ),
            ("crates/shop/Cargo.toml", &["hotmod.workspace = true\n"]),
            ("crates/shop/src/main.rs", &["#[hotmod::main]\n"]),
        ])
    );
    // Nothing that the program calls is `async`.
    assert!(
        !screen.contains("Mark") && screen.contains("`crates/pages/src/lib.rs`"),
        "{screen}"
    );
    // As it says: run, edit. Without debug information, each function needs a mark.
    workspace.edit(
        "crates/pages/src/lib.rs",
        "pub fn say",
        "#[hotmod::hot]\npub fn say",
    );
    assert_sound_build(&workspace);
    workspace.edit("crates/shop/src/main.rs", "orders::say()", "pages::say()");
    let mut session = workspace.run().arguments(["-p", "shop"]).ready();
    assert_eq!(session.ask("a"), "a pages");
    workspace.edit("crates/pages/src/lib.rs", "\"pages\"", "\"leaves\"");
    session.wait_for("live");
    assert_eq!(session.ask("b"), "b leaves");
}

/// The host that `list` shows, from a folder of the workspace.
fn host_of(workspace: &Workspace, folder: &str) -> String {
    let mut list = workspace.command(hotmod_testkit::tool());
    list.arg("list").current_dir(workspace.path(folder));
    let output = list.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('`').nth(1).unwrap().to_owned()
}

#[test]
fn several_crates_are_marked_at_once_and_those_between_are_named() {
    let workspace = twelve::workspace("init_twelve_several");
    let screen = says(&workspace, &["--existing", "names", "pag*"]);
    let note = "note: `catalog` will be reloaded too: it depends on `names`, and `pages` depends \
                on it\nnote: a reload resets the statics of each reloadable crate";
    assert!(screen.contains(note), "{screen}");
    assert!(screen.contains("`cargo hotmod run -p shop`"), "{screen}");
    for name in ["names", "pages"] {
        let manifest = workspace.read(format!("crates/{name}/Cargo.toml"));
        assert!(manifest.contains("reloadable = true"), "{manifest}");
    }
    assert_eq!(host_of(&workspace, "."), "shop");
}

#[test]
fn init_chooses_the_same_program_as_a_session() {
    let workspace = twelve::workspace("init_twelve_hosts");
    let xtask = "tools/xtask/Cargo.toml";
    let dependency = "\n[dependencies]\npages = { path = \"../../crates/pages\" }\n";
    workspace.write(xtask, &(workspace.read(xtask) + dependency));
    let is_host = |screen: &str, name: &str| {
        let main = match name {
            "shop" => "`crates/shop/src/main.rs`",
            _ => "`tools/xtask/src/main.rs`",
        };
        assert!(screen.contains(&format!("Changed {main}")), "{screen}");
    };
    // Each of two programs uses it: the one of the current folder.
    let mut command = workspace.command(hotmod_testkit::tool());
    command.args(["init", "--existing", "pages"]);
    let output = command.current_dir(workspace.path("tools/xtask")).output();
    is_host(&String::from_utf8(output.unwrap().stderr).unwrap(), "xtask");
    assert_eq!(host_of(&workspace, "tools/xtask"), "xtask");
    // From elsewhere, the one that is set up.
    assert_eq!(host_of(&workspace, "."), "xtask");
    says(&workspace, &["--undo"]);
    // The one of the default members.
    workspace.edit(
        "Cargo.toml",
        "[workspace]\n",
        "[workspace]\ndefault-members = [\"crates/shop\"]\n",
    );
    is_host(&says(&workspace, &["--existing", "pages"]), "shop");
    assert_eq!(host_of(&workspace, "."), "shop");
}

fn assert_sound_build(workspace: &Workspace) {
    let build = workspace.command("cargo").arg("build").output().unwrap();
    assert!(build.status.success(), "{build:?}");
}

/// One package alone, with what its neighbours would be.
fn package(test: &str) -> Workspace {
    let workspace = Workspace::empty(test, "package").with_own_target();
    workspace.write(
        "Cargo.toml",
        "[package]\nname = \"game\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    workspace.write("src/main.rs", "fn main() {\n    println!(\"ready\");\n}\n");
    workspace
}

#[test]
fn a_package_becomes_a_workspace() {
    let workspace = package("init_package");
    let before = snapshot(&workspace);
    says(&workspace, &["rules"]);
    assert_eq!(
        workspace.read("Cargo.toml"),
        format!(
            "[package]\nname = \"game\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n\
             members = [\"crates/rules\"]\n\n[dependencies]\n{}\
             rules = {{ path = \"crates/rules\" }}\n",
            runtime()
        )
    );
    assert_sound_build(&workspace);

    // A second one goes where the first is, and the runtime comes from where it came from.
    says(&workspace, &["levels"]);
    assert!(
        workspace
            .read("Cargo.toml")
            .contains("[\"crates/levels\", \"crates/rules\"]")
    );
    assert_eq!(workspace.read("src/main.rs").matches("hotmod").count(), 1);
    assert_sound_build(&workspace);

    // Only the last is taken back.
    says(&workspace, &["--undo"]);
    assert!(!workspace.path("crates/levels").exists());
    assert!(workspace.path("crates/rules").exists());
    assert_ne!(snapshot(&workspace), before);
}

#[test]
fn unclear_places_are_left_to_the_user() {
    let workspace = package("init_not_plain");
    workspace.write("src/main.rs", "mod inner;\nuse inner::main;\n");
    workspace.write("src/inner.rs", "pub fn main() {}\n");
    let screen = says(&workspace, &["rules"]);
    assert!(
        screen.contains("put `#[hotmod::main]` above it") && screen.contains("`src/main.rs`"),
        "{screen}"
    );
    assert_eq!(
        workspace.read("src/main.rs"),
        "mod inner;\nuse inner::main;\n"
    );
    // Another name for the runtime, and a program that is marked.
    let workspace = package("init_renamed");
    let runtime = runtime().replace("hotmod = {", "hm = { package = \"hotmod\",");
    let manifest = workspace.read("Cargo.toml") + "\n[dependencies]\n" + &runtime;
    workspace.write("Cargo.toml", &manifest);
    says(&workspace, &["rules"]);
    assert!(
        workspace
            .read("src/main.rs")
            .starts_with("#[hm::main]\nfn main")
    );
    assert_sound_build(&workspace);
    // One that is optional does, where a plain build has it.
    let workspace = package("init_default");
    let runtime = runtime.replace(" }", ", optional = true }");
    let features = "\n[features]\ndefault = [\"reload\"]\nreload = [\"hm\"]\n";
    let manifest = workspace.read("Cargo.toml") + "\n[dependencies]\n" + &runtime + features;
    workspace.write("Cargo.toml", &manifest);
    says(&workspace, &["rules"]);
    assert_sound_build(&workspace);
}

#[test]
fn a_partial_change_is_reverted() {
    // There is no place for the record.
    let workspace = package("init_half_done");
    workspace.write("target", "in the way");
    let before = snapshot(&workspace);
    let output = init(&workspace, &["rules"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.path("crates").exists());

    // A file where a folder is to be made.
    let workspace = package("init_in_the_way");
    workspace.write("crates", "in the way");
    let before = snapshot(&workspace);
    let output = init(&workspace, &["rules"]);
    let answer = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{answer}");
    assert!(answer.contains("help: nothing was changed"), "{answer}");
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.target().exists());

    // Cargo does not take it for a member.
    let workspace = package("init_excluded");
    let manifest = workspace.read("Cargo.toml")
        + "\n[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/rules\"]\n";
    workspace.write("Cargo.toml", &manifest);
    workspace.write("crates/other/Cargo.toml", "[package]\nname = \"other\"\n");
    workspace.write("crates/other/src/lib.rs", "");
    let before = snapshot(&workspace);
    let output = init(&workspace, &["rules"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(snapshot(&workspace), before);
    assert!(!workspace.path("crates/rules").exists());
}
