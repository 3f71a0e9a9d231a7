//! State of reloadable crates, which each reload resets: reported once, by name.

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
    let mut session = workspace.run().ready();
    let first = "`pages::HITS`, `pages::LOCAL` are reset by every reload: if they are state, keep them with \
        `hotmod::keep!`, or move them to a crate that is not reloadable";
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
    let text = workspace.read(PAGES)
        + "\n#[used]\n#[unsafe(link_section = \".init_array\")]\n\
           static AT_LOAD: extern \"C\" fn() = at_load;\n\nextern \"C\" fn at_load() {}\n";
    workspace.write(PAGES, &text);
    let mut session = workspace.run().ready();
    workspace.edit(PAGES, "page-1", "page-2");
    session.wait_for("live");
    let note = "`pages::at_load` runs when its code is loaded, so it runs again on every reload; if it \
        registers something, collect that in a reloadable crate, so that each generation has its own";
    let found = notes(&session);
    assert_eq!(
        found.iter().filter(|it| *it == note).count(),
        1,
        "{found:?}"
    );
    assert_eq!(found.len(), 2, "{found:?}");
}
