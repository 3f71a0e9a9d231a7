//! Saves as editors write them: each leads to one reload, or to none if nothing changed.
//!
//! "Exactly one" is shown by a barrier: the next edit, of another file, must be the very next
//! generation, and must be what that generation shows.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::SystemTime;

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";
const WIDGET: &str = "widgets/src/lib.rs";

/// A ready session, and what its page and widget show.
struct Desk {
    workspace: Workspace,
    session: Session,
    generation: u64,
    edits: u32,
}

impl Desk {
    fn new(test: &str) -> Self {
        let workspace = Workspace::new("basic", test);
        let session = workspace.run().ready();
        Desk {
            workspace,
            session,
            generation: 0,
            edits: 0,
        }
    }

    fn page(&self, text: &str) -> String {
        self.workspace
            .read(PAGE)
            .replace("\"one\"", &format!("{text:?}"))
    }

    /// The next generation is live, and the host's answer has these words.
    fn expect_live(&mut self, words: &str) {
        let event = self
            .session
            .wait_for_any(&["live", "restarted", "compile-error", "error"]);
        self.generation += 1;
        assert_eq!(event["event"], "live", "{event}");
        assert_eq!(event["generation"], self.generation, "{words}: {event}");
        let answer = self.session.ask("ask");
        assert!(answer.contains(words), "no `{words}` in `{answer}`");
    }

    /// Nothing else went live since, and nothing is about to.
    fn barrier(&mut self) {
        let text = self.workspace.read(WIDGET);
        let start = text.find('"').unwrap();
        let end = text.rfind('"').unwrap();
        self.edits += 1;
        let name = format!("w{}", self.edits);
        let text = format!("{}\"{name}{}", &text[..start], &text[end..]);
        self.workspace.write(WIDGET, &text);
        self.expect_live(&format!("widget={name} "));
    }
}

#[test]
fn each_way_to_save_is_one_reload() {
    let mut desk = Desk::new("each_way_to_save");
    let path = desk.workspace.path(PAGE);
    let original = desk.workspace.read(PAGE);
    let with = |name: &str| original.replace("\"one\"", &format!("{name:?}"));
    let beside = |name: &str| path.with_file_name(name);

    type Save<'a> = (&'a str, &'a dyn Fn(&str));
    let saves: [Save<'_>; 7] = [
        ("in-place", &|text| fs::write(&path, text).unwrap()),
        ("by-rename", &|text| {
            fs::write(beside(".lib.rs.new"), text).unwrap();
            fs::rename(beside(".lib.rs.new"), &path).unwrap();
        }),
        ("by-rename-of-a-visible-file", &|text| {
            fs::write(beside("lib.rs.new"), text).unwrap();
            fs::rename(beside("lib.rs.new"), &path).unwrap();
        }),
        ("with-a-backup", &|text| {
            fs::rename(&path, beside("lib.rs~")).unwrap();
            fs::write(&path, text).unwrap();
        }),
        ("removed-and-created", &|text| {
            fs::remove_file(&path).unwrap();
            fs::write(&path, text).unwrap();
        }),
        ("empty-in-between", &|text| {
            let mut file = File::create(&path).unwrap();
            file.sync_all().unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }),
        ("in-two-halves", &|text| {
            let (begin, end) = text.split_at(text.len() / 2);
            let mut file = File::create(&path).unwrap();
            file.write_all(begin.as_bytes()).unwrap();
            file.write_all(end.as_bytes()).unwrap();
        }),
    ];
    for (name, save) in saves {
        save(&with(name));
        desk.expect_live(&format!("page={name} "));
        desk.barrier();
    }
}

#[test]
fn a_save_without_a_change_is_no_reload() {
    let mut desk = Desk::new("save_without_a_change");
    let path = desk.workspace.path(PAGE);
    let text = desk.workspace.read(PAGE);
    let beside = path.with_file_name("lib.rs.new");
    let saves: [&dyn Fn(); 5] = [
        &|| {
            File::open(&path)
                .unwrap()
                .set_modified(SystemTime::now())
                .unwrap()
        },
        &|| fs::write(&path, &text).unwrap(),
        &|| {
            fs::write(&beside, &text).unwrap();
            fs::rename(&beside, &path).unwrap();
        },
        &|| {
            fs::remove_file(&path).unwrap();
            fs::write(&path, &text).unwrap();
        },
        &|| fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap(),
    ];
    for save in saves {
        save();
        let verdict = desk.session.wait_for("verdict");
        assert_eq!(verdict["verdict"], "nothing", "{verdict}");
        desk.barrier();
    }
    // A file that no compiler reads.
    desk.workspace.write("pages/src/notes.txt", "not a source");
    desk.barrier();
    assert_eq!(desk.session.count("restarted"), 0);
}

#[test]
fn many_files_at_once_are_one_reload() {
    let mut desk = Desk::new("many_files_at_once");
    let names: Vec<String> = (0..20).map(|index| format!("m{index}")).collect();
    let modules: String = names.iter().map(|name| format!("mod {name};\n")).collect();
    let sum: Vec<String> = names.iter().map(|name| format!("{name}::N")).collect();
    let text = desk.workspace.read(PAGE);
    let text = text.replace("\"one\"", &sum.join(" + ")) + &modules;
    let write = |desk: &Desk, number: u32| {
        for name in &names {
            let text = format!("pub(crate) const N: u32 = {number};\n");
            desk.workspace.write(format!("pages/src/{name}.rs"), &text);
        }
    };
    // Modules first: a source that names them before they are there does not compile.
    write(&desk, 1);
    desk.workspace.write(PAGE, &text);
    desk.expect_live("page=20 ");
    desk.barrier();
    write(&desk, 2);
    // A writer that is held up for longer than the tool waits for quiet makes two saves of it.
    let begun = desk.generation;
    loop {
        let live = desk.session.wait_for("live");
        desk.generation = live["generation"].as_u64().unwrap();
        if desk.session.ask("ask").contains("page=40 ") {
            break;
        }
    }
    assert!(desk.generation <= begun + 2, "{}", desk.generation);
    desk.barrier();
}

#[test]
fn files_and_folders_come_and_go() {
    let mut desk = Desk::new("files_come_and_go");
    let root = desk.workspace.root().to_owned();
    let original = desk.workspace.read(PAGE);
    let with = |expression: &str, rest: &str| original.replace("\"one\"", expression) + rest;
    let function = |text: &str| format!("pub(crate) fn text() -> &'static str {{ {text:?} }}\n");

    // A new module.
    desk.workspace.write("pages/src/foo.rs", &function("foo"));
    desk.workspace
        .write(PAGE, &with("foo::text()", "mod foo;\n"));
    desk.expect_live("page=foo ");
    desk.workspace.write("pages/src/foo.rs", &function("foo2"));
    desk.expect_live("page=foo2 ");

    // Its file becomes a folder's, with another file in it.
    fs::create_dir(root.join("pages/src/foo")).unwrap();
    fs::write(root.join("pages/src/foo/deep.rs"), function("deep")).unwrap();
    fs::rename(
        root.join("pages/src/foo.rs"),
        root.join("pages/src/foo/mod.rs"),
    )
    .unwrap();
    fs::write(
        root.join("pages/src/foo/mod.rs"),
        "mod deep; pub(crate) use deep::text;\n",
    )
    .unwrap();
    desk.expect_live("page=deep ");
    desk.workspace
        .write("pages/src/foo/deep.rs", &function("deep2"));
    desk.expect_live("page=deep2 ");
    desk.barrier();

    // And is gone again.
    desk.workspace.write(PAGE, &with("\"gone\"", ""));
    fs::remove_dir_all(root.join("pages/src/foo")).unwrap();
    desk.expect_live("page=gone ");
    desk.barrier();

    // A path with a space.
    desk.workspace.write("pages/src/a b.rs", &function("space"));
    desk.workspace
        .write(PAGE, &with("ab::text()", "#[path = \"a b.rs\"]\nmod ab;\n"));
    desk.expect_live("page=space ");
    desk.workspace
        .write("pages/src/a b.rs", &function("space2"));
    desk.expect_live("page=space2 ");

    // A text outside of the package.
    desk.workspace.write("texts/motto.txt", "motto");
    desk.workspace
        .write(PAGE, &with("include_str!(\"../../texts/motto.txt\")", ""));
    desk.expect_live("page=motto ");
    desk.workspace.write("texts/motto.txt", "motto2");
    desk.expect_live("page=motto2 ");
    desk.barrier();

    // A source that is a link to a file elsewhere.
    desk.workspace.write("texts/linked.rs", &function("linked"));
    symlink("../../texts/linked.rs", root.join("pages/src/link.rs")).unwrap();
    desk.workspace
        .write(PAGE, &with("link::text()", "mod link;\n"));
    desk.expect_live("page=linked ");
    desk.workspace
        .write("texts/linked.rs", &function("linked2"));
    desk.expect_live("page=linked2 ");
    desk.barrier();
    assert_eq!(desk.session.count("compile-error"), 0);
}

#[test]
fn a_watched_file_that_no_compiler_names_is_an_input() {
    let workspace = Workspace::new("basic", "watched_file");
    workspace.edit(
        "pages/Cargo.toml",
        "reloadable = true",
        "reloadable = true\nwatch = [\"templates\"]",
    );
    workspace.write("pages/templates/a.html", "one");
    let mut session = workspace.run().ready();
    workspace.write("pages/templates/a.html", "two");
    let verdict = session.wait_for("verdict");
    assert_eq!(verdict["reason"], "`pages/templates/a.html` changed");
    assert_eq!(session.wait_for("live")["generation"], 1);

    // One that comes later is no less watched, while it is there and when it goes.
    workspace.write("pages/templates/more/b.html", "one");
    assert_eq!(session.wait_for("live")["generation"], 2);
    workspace.write("pages/templates/more/b.html", "two");
    assert_eq!(session.wait_for("live")["generation"], 3);
    std::fs::remove_file(workspace.path("pages/templates/more/b.html")).unwrap();
    assert_eq!(session.wait_for("live")["generation"], 4);
}

#[test]
fn the_last_of_many_saves_wins() {
    let mut desk = Desk::new("last_of_many_saves");
    let original = desk.workspace.read(PAGE);
    for number in 0..12 {
        let text = original.replace("\"one\"", &format!("\"p{number}\""));
        desk.workspace.write(PAGE, &text);
        // Each finds the build before it running, or about to be offered.
        desk.session.wait_for("edit");
    }
    desk.workspace
        .write(PAGE, &original.replace("\"one\"", "\"last\""));
    loop {
        let live = desk.session.wait_for("live");
        desk.generation = live["generation"].as_u64().unwrap();
        if desk.session.ask("ask").contains("page=last ") {
            break;
        }
    }
    desk.barrier();
    // Neither were all of them built to the end, nor none but the last.
    assert!((2..=13).contains(&desk.session.count("live")));
}

#[test]
fn a_reverted_edit_changes_nothing() {
    let mut desk = Desk::new("edit_taken_back");
    let original = desk.workspace.read(PAGE);
    desk.workspace.write(PAGE, &desk.page("two"));
    desk.session.wait_for("building");
    desk.workspace.write(PAGE, &original);
    // Either the build was cancelled, or it was too late for that and both edits went live.
    let next = desk.session.wait_for_any(&["live", "verdict"]);
    if next["event"] == "live" {
        desk.generation = 1;
        desk.expect_live("page=one ");
    } else {
        assert_eq!(next["verdict"], "nothing", "{next}");
        assert_eq!(next["reason"], "the saved files match the running program");
    }
    desk.barrier();
}

#[test]
fn an_edit_during_the_first_build_is_in_the_started_program() {
    let workspace = Workspace::new("basic", "edit_during_first_build");
    // The copy may be as the last run of the test left it: make sure that there is a build.
    workspace.edit("model/src/lib.rs", "\"one\"", "\"old\"");
    let mut session = workspace.run().start();
    session.wait_for("building");
    workspace.edit("model/src/lib.rs", "\"old\"", "\"new\"");
    let page = workspace.read(PAGE).replace("\"one\"", "\"new\"");
    workspace.write(PAGE, &page);
    // Whatever it takes, in the end both show.
    loop {
        let event = session.wait_for_any(&["host-started", "restarted", "live"]);
        if event["event"] != "live" {
            session.wait_for_answer("ready");
        }
        let answer = session.ask("ask");
        if answer.contains("model=new page=new ") {
            break;
        }
    }
}

#[test]
fn cargos_configuration_files_restart_or_change_nothing() {
    let workspace = Workspace::new("basic", "what_steers_cargo");
    let mut session = workspace.run().ready();
    // A comment changes nothing that cargo builds.
    for file in ["pages/Cargo.toml", "Cargo.lock"] {
        let text = workspace.read(file);
        workspace.write(file, &format!("{text}# A comment.\n"));
        let verdict = session.wait_for("verdict");
        assert_eq!(verdict["verdict"], "nothing", "{verdict}");
        let reason = format!("`{file}` changed, but not in a way that affects `app`");
        assert_eq!(verdict["reason"], reason);
    }

    workspace.write(
        ".cargo/config.toml",
        "build.rustflags = [\"--cfg\", \"steered\"]\n",
    );
    let restarted = session.wait_for("restarted");
    assert_eq!(restarted["reason"], "`.cargo/config.toml` changed");
    session.wait_for_answer("ready");

    // The host gets a dependency: cargo writes the lock file, which is no edit of its own.
    workspace.write(
        "extra/Cargo.toml",
        "[package]\nname = \"extra\"\nedition = \"2024\"\n",
    );
    workspace.write("extra/src/lib.rs", "pub fn extra() -> u8 { 1 }\n");
    let root = workspace.read("Cargo.toml");
    let root = root.replace("members = [", "members = [\"extra\", ");
    let app = workspace.read("app/Cargo.toml");
    workspace.write(
        "app/Cargo.toml",
        &format!("{app}extra = {{ path = \"../extra\" }}\n"),
    );
    workspace.write("Cargo.toml", &root);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    workspace.edit(
        "app/src/main.rs",
        "\"ready {}\"",
        "\"ready {} {}\", extra::extra()",
    );
    let restarted = session.wait_for("restarted");
    assert_eq!(
        restarted["reason"],
        "`app/src/main.rs` changed, and `app` is not reloadable"
    );
    assert!(session.wait_for_answer("ready").starts_with("ready 1"));
    workspace.edit("extra/src/lib.rs", "1 }", "2 }");
    assert_eq!(
        session.wait_for("restarted")["reason"],
        "`extra/src/lib.rs` changed, and `extra` is not reloadable"
    );
    assert!(session.wait_for_answer("ready").starts_with("ready 2"));

    workspace.edit(PAGE, "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two "));
}

#[test]
fn a_restart_that_starts_over_is_reported_once() {
    let workspace = Workspace::new("basic", "restart_started_over");
    let mut session = workspace.run().ready();
    let model = workspace.read("model/src/lib.rs");
    for name in ["two", "three"] {
        workspace.write(
            "model/src/lib.rs",
            &model.replace("\"one\"", &format!("{name:?}")),
        );
        session.wait_for("building");
    }
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("model=three "));
    assert_eq!(session.count("verdict"), 1, "{}", session.screen());

    // The same reason is said again when it is another restart.
    workspace.write("model/src/lib.rs", &model);
    session.wait_for("restarted");
    assert_eq!(session.count("verdict"), 2, "{}", session.screen());
}

#[test]
fn a_file_removed_during_a_build_ahead_has_an_outcome() {
    let workspace = Workspace::new("basic", "gone_while_ahead");
    // What is built ahead takes longer than a file may be gone; no earlier run has computed it.
    let nonce = std::process::id();
    let slow = format!(
        "\n#[allow(long_running_const_eval)]\nconst _: () = {{\n    let mut n = {nonce}_u64;\n    \
         while n < 4_000_000 + {nonce} {{\n        n += 1;\n    }}\n}};\n"
    );
    let without = workspace.read(PAGE) + &slow;
    let with = without.replace("\"one\"", "extra::text()") + "mod extra;\n";
    let text = "pub fn text() -> &'static str { \"extra\" }\n";
    workspace.write("pages/src/extra.rs", text);
    workspace.write(PAGE, &with);
    let mut session = workspace.run().ready();
    std::fs::remove_file(workspace.path("pages/src/extra.rs")).unwrap();
    workspace.write(PAGE, &without);
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=one "));
}
