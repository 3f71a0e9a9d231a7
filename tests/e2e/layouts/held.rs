//! Types that only an unmarked crate's generic code has: it may keep values of them and forget of which
//! type they are, and an optimised build of it leaves no trace of a `TypeId`.

use crate::support::{Session, Workspace};

const GAME: &str = "game/src/lib.rs";
const MANIFEST: &str = "Cargo.toml";

/// An edit of the game, and what the reason for the restart says.
type Edit = (&'static [(&'static str, &'static str)], &'static str);

/// Each would have the store's values read as what they are not.
const EDITS: &[Edit] = &[
    (
        &[("pub code: u32", "pub code: u64")],
        "`game::Secret`: field `code`: `u32` -> `u64`",
    ),
    (
        &[
            ("pub code: u32", "pub code: [u64; 64]"),
            ("it.code)", "it.code[9])"),
            ("code: 42", "code: [42; 64]"),
        ],
        "`game::Secret`: field `code`: `u32` -> `[u64; 64]`",
    ),
    (
        &[
            ("pub level: u16", "pub level: u32"),
            ("    pub code: u32,\n    pub level", "    pub level"),
            ("level: u32,", "level: u32,\n    pub code: u32,"),
        ],
        "`game::Secret`: field `",
    ),
    (
        &[
            ("pub code: u32", "pub more: u64,\n    pub code: u32"),
            ("code: 42", "more: 1, code: 42"),
        ],
        "`game::Secret`: field `more: u64` added",
    ),
    (
        &[("    pub level: u16,\n", ""), (", level: 7", "")],
        "`game::Secret`: field `level: u16` removed",
    ),
    (
        &[("pub value: u32,\n}\n\nimpl", "pub value: i64,\n}\n\nimpl")],
        "`game::Written`: field `value`: `u32` -> `i64`",
    ),
    // Where values are kept.
    (
        &[("(Component)]", "(Component)]\n#[component(sparse)]")],
        "`#[component]` of `Secret`, which `#[derive(Component)]` reads, changed, and the program may hold \
         values of `game::Secret`",
    ),
    (
        &[(
            "for Written {}",
            "for Written {\n    const KIND: store::Kind = store::Kind::Sparse;\n}",
        )],
        "`const KIND` in `impl Component for Written` changed, and the program may hold values of `game::Written`",
    ),
];

/// What the store never has.
const HARMLESS: &[(&str, &str)] = &[
    (
        "struct Private {\n    value: u32",
        "struct Private {\n    value: u64",
    ),
    ("struct Private", "#[derive(Default)]\nstruct Private"),
    ("value: 1 }", "value: 2 }"),
];

const OUTCOMES: [&str; 5] = ["live", "refused", "compile-error", "restarted", "error"];

/// A session of the store, which is compiled at this level; it is never restarted.
fn session(level: &str) -> (Workspace, Session) {
    let workspace = Workspace::new("store", &format!("held_at_{level}"));
    let level = format!("opt-level = {level}");
    workspace.edit(MANIFEST, "opt-level = 0", &level);
    let run = workspace.run().arguments(["--no-restart"]);
    // rustc inlines across crates only without incremental state, as it compiles all of a registry.
    let session = run.variable("CARGO_INCREMENTAL", "0").ready();
    (workspace, session)
}

#[test]
fn what_a_shared_crate_holds_is_compared_at_each_level_of_optimisation() {
    let mut mistakes = Vec::new();
    for level in ["0", "1", "2", "3"] {
        let (workspace, mut session) = session(level);
        let source = workspace.read(GAME);
        for (edit, words) in EDITS {
            let mut text = source.clone();
            for (from, to) in *edit {
                assert!(text.contains(from), "no `{from}`");
                text = text.replace(from, to);
            }
            workspace.write(GAME, &text);
            let outcome = session.wait_for_any(&OUTCOMES);
            let reason = outcome["reason"].as_str().unwrap_or_default();
            let is_refused = outcome["event"] == "refused" && outcome["restart"] == true;
            if !is_refused || !reason.contains(words) {
                mistakes.push(format!(
                    "{level}: {edit:?}\n  wanted {words}\n  got {outcome}"
                ));
            }
        }
        // The old code never stopped.
        assert_eq!(session.ask("ask"), "42 42 42 6", "{level}");
        for (from, to) in HARMLESS {
            assert!(source.contains(from), "no `{from}`");
            workspace.write(GAME, &source.replace(from, to));
            let outcome = session.wait_for_any(&OUTCOMES);
            if outcome["event"] != "live" {
                mistakes.push(format!("{level}: {to}\n  got {outcome}"));
            }
        }
        assert_eq!(session.ask("ask"), "42 42 42 7", "{level}");
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
