//! State in reloadable crates that each reload resets: it is reported once, by name.

use hotmod_testkit::{Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

/// The notes about state so far.
fn notes(session: &Session) -> Vec<String> {
    let events = session.events();
    let notes = events.iter().filter_map(|it| it["message"].as_str());
    let of_state = notes.filter(|it| it.contains("every reload"));
    of_state.map(str::to_owned).collect()
}

#[test]
fn state_that_a_reload_resets_is_reported_once() {
    let workspace = Workspace::new("direct", "state_that_is_reset");
    // It is filled again at its first use, so it is no state.
    workspace.edit(
        PAGES,
        "pub static HITS",
        "pub static WORDS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(Vec::new);\n\
         pub static HITS",
    );
    let mut session = workspace.run().ready();
    let first = "`pages::HITS`, `pages::LOCAL` are reset by every reload: if they are state, keep them with \
        `hotmod::keep!`, or move them to a crate that is not reloadable";
    let mut list = workspace.command(hotmod_testkit::tool());
    let output = list.args(["list", "--format", "json"]).output().unwrap();
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["caches"], serde_json::json!(["pages::WORDS"]));
    // It is reported before the host starts, and not again when a generation goes live.
    assert_eq!(notes(&session), [first]);
    workspace.edit(PAGES, "page-1", "page-2");
    session.wait_for("live");
    workspace.edit(
        PAGES,
        "    HITS.fetch_add",
        "    static MORE: AtomicU64 = AtomicU64::new(0);\n    MORE.fetch_add(1, Ordering::Relaxed);\n    \
         HITS.fetch_add",
    );
    session.wait_for("live");
    workspace.edit(PAGES, "page-2", "page-3");
    session.wait_for("live");
    let second = "`pages::page::MORE` is reset by every reload: if it is state, keep it with \
        `hotmod::keep!`, or move it to a crate that is not reloadable";
    assert_eq!(notes(&session), [first, second]);
}

#[test]
fn code_that_runs_when_it_is_loaded_is_reported_once() {
    let workspace = Workspace::new("direct", "runs_when_loaded");
    let initialiser = |name: &str| {
        format!(
            "\n#[used]\n#[unsafe(link_section = \".init_array\")]\n\
             static {name}: extern \"C\" fn() = {{ extern \"C\" fn run() {{}} run }};\n"
        )
    };
    let text = workspace.read(PAGES) + &initialiser("AT_LOAD");
    workspace.write(PAGES, &text);
    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "page-1", "page-2");
    session.wait_for("live");
    // Also what a generation adds.
    workspace.write(PAGES, &(text + &initialiser("LATER")));
    session.wait_for("live");
    let notes = notes(&session);
    for name in ["AT_LOAD", "LATER"] {
        let note = format!(
            "`pages::{name}` runs code when it is loaded, so every reload runs that code again; if it \
             registers something, collect that in a reloadable crate, so that each generation has its own"
        );
        let count = notes.iter().filter(|it| **it == note).count();
        assert_eq!(count, 1, "{name}: {notes:?}");
    }
    assert_eq!(notes.len(), 3, "{notes:?}");
}
