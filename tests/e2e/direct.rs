//! Edits of items that the host uses without an entry point, so that a reload can't replace them.

use hotmod_testkit::Workspace;

const PAGES: &str = "pages/src/lib.rs";

/// An edit, and how the host has what was edited.
const OF_THE_HOST: &[(&str, &str)] = &[
    (
        "inlined-1",
        "`pages::inlined` changed, and `app` calls it directly",
    ),
    // Neither its type nor its trait is of the crate.
    (
        "from-1",
        "`<alloc::string::String as From>::from` changed, and `app` calls it directly",
    ),
];

/// The same of what can't be an entry point, or should not be.
const NEVER_HOT: &[(&str, &str)] = &[
    (
        "generic-1",
        "`pages::generic` changed, and `app` calls it directly",
    ),
    (
        "table-1",
        "`pages::TABLE` changed, and `app` uses it directly",
    ),
];

/// Edits of what the host calls through trampolines, where nothing is optimised.
const REDIRECTED: &[&str] = &[
    "plain-1", "method-1", "drop-1", "draw-1", "helper-1", "make-1", "title-1", "deep-1",
];

#[test]
fn an_edit_of_an_item_in_the_host_is_named_and_restarts_it() {
    let workspace = Workspace::new("direct", "what_the_host_has");
    let mut session = workspace.run().ready();
    for (word, how) in OF_THE_HOST.iter().chain(NEVER_HOT) {
        let new = word.replace('1', "2");
        workspace.edit(PAGES, word, &new);
        let event = session.wait_for_any(&["restarted", "live"]);
        assert_eq!(event["reason"], *how, "{word}");
        assert_eq!(event["causes"][0]["kind"], "direct", "{event}");
        session.wait_for_answer("ready");
        let answer = session.ask("ask");
        assert!(answer.contains(&new), "no `{new}` in `{answer}`");
    }

    // A type and a function that are edited together are both causes.
    let text = workspace.read(PAGES);
    let text = text.replace("inlined-2", "inlined-3");
    workspace.write(
        PAGES,
        &text.replace("struct Home;", "#[repr(C)]\nstruct Home;"),
    );
    let causes = &session.wait_for_any(&["restarted", "live"])["causes"];
    assert_eq!(causes[0]["used"]["item"], "pages::inlined", "{causes}");
    assert_eq!(causes[0]["used"]["user"], "app", "{causes}");
    assert_eq!(causes[1]["kind"], "item", "{causes}");
    assert_eq!(causes[1]["item"]["kind"], "struct", "{causes}");
    assert_eq!(causes[1]["item"]["name"], "Home", "{causes}");
    assert_eq!(causes.as_array().map(Vec::len), Some(2), "{causes}");
}

#[test]
fn included_and_derived_items_are_named_too() {
    let workspace = Workspace::new("direct", "included_and_derived");
    workspace.write("pages/src/title.txt", "old");
    let text = workspace.read(PAGES);
    let items = "\npub const INCLUDED: &str = include_str!(\"title.txt\");\n\
                 #[derive(Debug)]\npub enum Derived {\n    One,\n    Two,\n}\n\
                 impl Derived {\n    pub const LAST: Derived = Derived::Two;\n}\n";
    workspace.write(PAGES, &format!("{text}{items}"));
    workspace.edit(
        "app/src/main.rs",
        "println!(\"ready\");",
        "println!(\"ready {} {:?}\", pages::INCLUDED, pages::Derived::LAST);",
    );
    let mut session = workspace.run().start();
    assert_eq!(session.wait_for_answer("ready"), "ready old Two");

    workspace.write("pages/src/title.txt", "new");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(
        event["reason"],
        "`file title.txt` in `pages/src/title.txt` changed, and it is compiled into `app/src/main.rs`"
    );
    assert_eq!(session.wait_for_answer("ready"), "ready new Two");

    workspace.edit(PAGES, "    Two,\n", "    Zwei,\n");
    workspace.edit(PAGES, "Derived::Two", "Derived::Zwei");
    session.wait_for("restarted");
    assert_eq!(session.wait_for_answer("ready"), "ready new Zwei");
}

#[test]
fn items_without_a_symbol_are_named_too() {
    let workspace = Workspace::new("direct", "no_name_of_its_own");
    let model = workspace.read("model/src/lib.rs");
    let generic = "\npub trait Described {\n    const LABEL: &'static str;\n}\n\n\
                   pub fn describe<T: Described>() -> &'static str {\n    T::LABEL\n}\n";
    workspace.write("model/src/lib.rs", &(model + generic));
    let items = "\npub struct Tag;\n\nimpl model::Described for Tag {\n    \
                 const LABEL: &'static str = \"tag-1\";\n}\n\n\
                 pub enum Code {\n    Good,\n    Bad = 2,\n}\n\npub type Unit = u16;\n";
    workspace.write(PAGES, &(workspace.read(PAGES) + items));
    workspace.edit(
        "app/src/main.rs",
        "println!(\"ready\");",
        "println!(\"ready {} {} {}\", model::describe::<pages::Tag>(), pages::Code::Bad as u32, \
         size_of::<pages::Unit>());",
    );
    let mut session = workspace.run().start();
    assert_eq!(session.wait_for_answer("ready"), "ready tag-1 2 2");
    for (from, to, item, shown) in [
        ("tag-1", "tag-2", "const LABEL", "ready tag-2 2 2"),
        ("Bad = 2", "Bad = 3", "variant Bad", "ready tag-2 3 2"),
        ("Unit = u16", "Unit = u64", "type Unit", "ready tag-2 3 8"),
    ] {
        workspace.edit(PAGES, from, to);
        let event = session.wait_for_any(&["restarted", "live"]);
        let reason =
            format!("`{item}` in `{PAGES}` changed, and it is compiled into `app/src/main.rs`");
        assert_eq!(event["reason"], reason);
        assert_eq!(session.wait_for_answer("ready"), shown);
    }
    // A number that stays what it is.
    workspace.edit(PAGES, "    Bad = 3,\n", "    Bad = 3,\n    Worse,\n");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "live", "{event}");
}

#[test]
fn an_edit_of_what_the_host_has_no_copy_of_is_a_reload() {
    let workspace = Workspace::new("direct", "what_the_group_has");
    let mut session = workspace.run().ready();
    for word in ["page-1", "text-1", "inside-1"].iter().chain(REDIRECTED) {
        let new = word.replace('1', "2");
        workspace.edit(PAGES, word, &new);
        let event = session.wait_for_any(&["restarted", "live"]);
        assert_eq!(event["event"], "live", "{word}: {event}");
        let answer = session.ask("ask");
        assert!(answer.contains(&new), "no `{new}` in `{answer}`");
    }
    // What the host has moves, and stays what it is.
    workspace.edit(PAGES, "pub fn plain", "\n\npub fn plain");
    workspace.edit(PAGES, "page-2", "page-3");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("page-3"));
}

#[test]
fn a_reverted_edit_restarts_nothing() {
    let workspace = Workspace::new("direct", "taken_back");
    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "page-1", "page-2");
    session.wait_for("live");
    workspace.edit(PAGES, "\"plain-1\"", "plain-1");
    session.wait_for("compile-error");
    let text = workspace
        .read(PAGES)
        .replace("    plain-1", "    \"plain-1\"");
    workspace.write(PAGES, &text.replace("page-2", "page-3"));
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("page-3"));
}

#[test]
fn a_source_that_does_not_parse_restarts_nothing() {
    let workspace = Workspace::new("direct", "not_parsed");
    workspace.write("pages/src/included.rs", "concat! { \"included-1\" }\n");
    let inside = "\"inside-1\"";
    workspace.edit(PAGES, inside, "include!(\"included.rs\")");
    let mut session = workspace.run().ready();

    // Saved in the midst of typing, beside what the host has.
    workspace.edit(PAGES, "\n}\n\npub fn inside", "\n\n\npub fn inside");
    let event = session.wait_for_any(&["restarted", "compile-error"]);
    assert_eq!(event["event"], "compile-error", "{event}");
    workspace.edit(PAGES, "page-1", "page-2");
    session.wait_for("compile-error");
    workspace.edit(PAGES, "\n\n\npub fn inside", "\n}\n\npub fn inside");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "live", "{event}");
    assert!(session.ask("ask").contains("page-2"));
    assert!(!session.screen().contains("Restarting"));

    // What is no Rust by itself may be it where it is included: nobody knows what changed.
    workspace.write("pages/src/included.rs", "\"included-2\"\n");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(
        event["reason"],
        "`pages/src/included.rs` can't be parsed, so it is not known which items changed"
    );
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("included-2"));
}

#[test]
fn the_hosts_items_are_known_when_cargo_builds_nothing() {
    let workspace = Workspace::new("direct", "known_without_a_build");
    workspace.run().ready().interrupt();
    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "inlined-1", "inlined-2");
    let event = session.wait_for_any(&["restarted", "live"]);
    assert_eq!(event["event"], "restarted", "{event}");
}

#[test]
fn optimised_code_can_be_in_the_host_without_a_symbol() {
    let workspace = Workspace::new("direct", "optimised_code");
    let manifest = workspace.read("Cargo.toml") + "\n[profile.dev]\nopt-level = 2\n";
    workspace.write("Cargo.toml", &manifest);
    let mut session = workspace.run().ready();
    let of_the_host = OF_THE_HOST.iter().chain(NEVER_HOT).map(|(word, _)| *word);
    let of_the_host = of_the_host.chain(REDIRECTED.iter().copied());
    for (word, expected) in of_the_host
        .map(|word| (word, "restarted"))
        .chain([("inside-1", "live"), ("text-1", "live")])
    {
        let new = word.replace('1', "2");
        workspace.edit(PAGES, word, &new);
        let event = session.wait_for_any(&["restarted", "live"]);
        assert_eq!(event["event"], expected, "{word}: {event}");
        if expected == "restarted" {
            session.wait_for_answer("ready");
        }
        let answer = session.ask("ask");
        assert!(answer.contains(&new), "no `{new}` in `{answer}`");
    }
}
