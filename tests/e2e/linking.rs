//! Native code: in reloadable crates, in shared crates, and in libraries that the program loads.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hotmod_testkit::{Run, Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

fn program(workspace: &Workspace) -> Run<'_> {
    workspace.run().arguments(["--package", "app"])
}

/// What the native code of the reloadable crates answers when each is first called in a generation.
fn first_answers(session: &mut Session, name: &str, dynamic: i32, step: i32) {
    for (question, answer) in [
        ("c", "1 1".to_owned()),
        ("c", "2 2".to_owned()),
        ("whole", "1".to_owned()),
        ("c++", "17".to_owned()),
        ("prebuilt", "42".to_owned()),
        ("dynamic", dynamic.to_string()),
        ("base", (step + 1).to_string()),
        ("base", (step + 2).to_string()),
        ("foo", "1 201".to_owned()),
    ] {
        assert_eq!(
            session.ask(question),
            format!("{name} {answer}"),
            "{question}"
        );
    }
}

/// The generation that an edit makes live; a restart is none.
fn next_generation(session: &mut Session) -> u64 {
    let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
    assert_eq!(event["event"], "live", "{event}");
    event["generation"].as_u64().unwrap()
}

/// A copy of the fixture that is linked by GNU ld, in place of the toolchain's own linker, such as lld.
fn with_gnu_ld(name: &str) -> Workspace {
    with_linker(name, "bfd")
}

fn with_linker(name: &str, linker: &str) -> Workspace {
    let workspace = Workspace::new("linking", name);
    let config = format!("[build]\nrustflags = [\"-Clink-arg=-fuse-ld={linker}\"]\n");
    workspace.write(".cargo/config.toml", &config);
    workspace
}

#[test]
fn native_code_of_reloadable_crates_is_reloaded_with_them() {
    native_code_is_reloaded(&Workspace::new("linking", "native_code"));
}

#[test]
fn native_code_is_reloaded_with_gnu_ld() {
    native_code_is_reloaded(&with_gnu_ld("native_code_by_gnu_ld"));
}

#[test]
#[ignore = "needs mold"]
fn native_code_is_reloaded_with_mold() {
    native_code_is_reloaded(&with_linker("native_code_by_mold", "mold"));
}

fn native_code_is_reloaded(workspace: &Workspace) {
    let mut session = program(workspace).ready();
    first_answers(&mut session, "one", 1, 10);
    workspace.edit(PAGES, "\"one\"", "\"two\"");
    assert_eq!(next_generation(&mut session), 1);
    first_answers(&mut session, "two", 2, 10);
    assert_eq!(session.ask("plain"), "two");
    // A base crate, which is compiled as an rlib.
    workspace.edit("widgets/src/lib.rs", "i32 = 10", "i32 = 20");
    assert_eq!(next_generation(&mut session), 2);
    first_answers(&mut session, "two", 3, 20);
    assert_eq!(session.count("host-exited"), 0);
}

#[test]
fn symbols_of_bundled_libraries_stay_local() {
    bundled_names_are_private(&Workspace::new("linking", "bundled_libraries"));
}

#[test]
fn symbols_of_bundled_libraries_stay_local_with_gnu_ld() {
    bundled_names_are_private(&with_gnu_ld("bundled_libraries_by_gnu_ld"));
}

#[test]
#[ignore = "needs mold"]
fn symbols_of_bundled_libraries_stay_local_with_mold() {
    bundled_names_are_private(&with_linker("bundled_libraries_by_mold", "mold"));
}

fn bundled_names_are_private(workspace: &Workspace) {
    let mut plain = workspace.command("cargo");
    plain.args(["run", "--quiet", "--package", "app"]);
    let expected = "ready\n1 202\n4202\none 1 201\n";
    assert_eq!(answers(plain, "host\nplugin\nfoo\n"), expected);

    let system = program(workspace).ready().ask("system");
    // The system's library comes first where a loader looks for names.
    let mut session = program(workspace).variable("LD_PRELOAD", &system).ready();
    assert_eq!(session.ask("host"), "1 202");
    assert_eq!(session.ask("plugin"), "4202");
    assert_eq!(session.ask("foo"), "one 1 201");
    workspace.edit(PAGES, "\"one\"", "\"two\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("foo"), "two 1 201");
    drop(session);

    let mut session = program(workspace).ready();
    workspace.edit(PAGES, "\"two\"", "\"three\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("foo"), "three 1 201");
    assert_eq!(session.ask("plugin"), "4202");
}

/// What a program answers outside of a session.
fn answers(mut program: Command, questions: &str) -> String {
    program.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(questions.as_bytes()).unwrap();
    drop(stdin);
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

const ITEMS: &str = "items/src/lib.rs";

fn slices(workspace: &Workspace) -> Session {
    workspace.run().arguments(["--package", "slices"]).ready()
}

#[test]
fn a_distributed_slice_has_the_same_elements_as_with_cargo_run() {
    let workspace = Workspace::new("linking", "distributed_slices");
    let mut plain = workspace.command("cargo");
    plain.args(["run", "--quiet", "--package", "slices"]);
    let expected = "ready\nhost items\nregistry\nfirst own second\n";
    assert_eq!(answers(plain, "slice\nalone\nown\n"), expected);

    let mut session = slices(&workspace);
    assert_eq!(session.ask("slice"), "host items");
    assert_eq!(session.ask("alone"), "registry");
    assert_eq!(session.ask("own"), "first own second");
    let note = "`linkme_SLICE` is collected when the program starts";
    assert_eq!(
        session.screen().matches(note).count(),
        1,
        "{}",
        session.screen()
    );

    // What the slice does not have is reloaded.
    workspace.edit(ITEMS, "|| \"own\"", "|| \"owned\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("own"), "first owned second");
    assert_eq!(session.ask("slice"), "host items");

    // What it has is old code that the registry would go on to call.
    workspace.edit(ITEMS, "    \"items\"", "    \"edited\"");
    let event = session.wait_for_any(&["live", "restarted"]);
    let reason =
        "`items::of_items` changed, and `linkme_SLICE` reaches it through `items::OF_ITEMS`";
    assert!(
        event["reason"]
            .as_str()
            .unwrap_or_default()
            .contains(reason),
        "{event}"
    );
    session.wait_for_answer("ready");
    assert_eq!(session.ask("slice"), "edited host");
}

#[test]
fn an_incomplete_slice_is_reported() {
    let workspace = Workspace::new("linking", "incomplete_slice");
    workspace.edit(ITEMS, "{Entry, Item, SLICE}", "{ALONE, Entry, Item, SLICE}");
    workspace.edit(
        ITEMS,
        "fn of_items",
        "#[distributed_slice(ALONE)]\nstatic MORE: Entry = of_items;\n\nfn of_items",
    );
    let session = slices(&workspace);
    let note = "`linkme_ALONE` is incomplete in this session";
    assert_eq!(
        session.screen().matches(note).count(),
        1,
        "{}",
        session.screen()
    );
    let notes = session.events();
    let note = notes.iter().find(|it| it["kind"] == "section-incomplete");
    assert_eq!(note.expect("no note")["section"], "linkme_ALONE");
}

#[test]
fn items_of_a_reloadable_type_come_from_the_live_generation() {
    let workspace = Workspace::new("linking", "inventory");
    let mut session = slices(&workspace);
    assert_eq!(session.ask("inventory"), "first second");
    assert_eq!(session.ask("own"), "first own second");
    workspace.edit(ITEMS, "Own(\"second\")", "Own(\"edited\")");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("own"), "edited first own");
    workspace.edit(
        ITEMS,
        "submit!(Own(\"first\"));\n",
        "submit!(Own(\"third\"));\n",
    );
    assert_eq!(next_generation(&mut session), 2);
    assert_eq!(session.ask("own"), "edited own third");
    // The registry of a shared crate gets the items of each generation.
    assert_eq!(
        session.ask("inventory"),
        "first first first second second second"
    );
    assert_eq!(run_when_loaded(&session), ["`items`"]);
}

/// The items that run code when they are loaded, as the session reported them.
fn run_when_loaded(session: &Session) -> Vec<String> {
    let events = session.events();
    let notes = events.iter().filter_map(|it| it["message"].as_str());
    let notes = notes.filter_map(|it| it.split_once(" runs code when it is loaded"));
    notes.map(|(item, _)| item.to_owned()).collect()
}

#[test]
fn registered_impls_and_constructors_come_from_the_live_generation() {
    let workspace = Workspace::new("linking", "registered_impls");
    let mut session = workspace.run().arguments(["--package", "draw"]).ready();
    assert_eq!(session.ask("width"), "4");
    assert_eq!(session.ask("own names"), "line");
    assert_eq!(session.ask("names"), "square");
    workspace.edit("shapes/src/lib.rs", "self.0 + 1", "self.0 + 10");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("width"), "13");
    assert_eq!(session.ask("own names"), "line");
    // A shared crate gets the items of each generation.
    assert_eq!(session.ask("names"), "square square");
    let area = session.ask("area");
    assert!(area.starts_with("non-unique tag of dyn Shape"), "{area}");
    assert_eq!(
        run_when_loaded(&session),
        ["`shapes`", "`shapes::register`"]
    );
}

/// A host, a group and a dylib that have a crate in common have it once.
fn ticks(workspace: &Workspace) {
    let mut session = workspace.run().arguments(["--package", "game"]).ready();
    assert_eq!(session.ask("host"), "1 2");
    assert_eq!(session.ask("step"), "one 3 4");
    workspace.edit("scenes/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("step"), "two 5 6");
    assert_eq!(session.ask("host"), "7 8");
    workspace.edit("engine-core/src/lib.rs", " + 1", " + 11");
    assert_eq!(session.wait_for("restarted")["event"], "restarted");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("step"), "two 11 12");
    workspace.edit("scenes/src/lib.rs", "\"two\"", "\"three\"");
    assert_eq!(next_generation(&mut session), 1);
    assert_eq!(session.ask("step"), "three 13 14");
}

#[test]
fn a_dylib_is_shared_with_the_group() {
    ticks(&Workspace::new("linking", "dylib"));
}

#[test]
fn a_crate_that_is_a_dylib_and_an_rlib_exists_once() {
    let workspace = Workspace::new("linking", "dylib_and_rlib");
    workspace.edit("engine/Cargo.toml", "[\"dylib\"]", "[\"dylib\", \"rlib\"]");
    ticks(&workspace);
}
