//! Types that only the generic code of an unmarked crate uses. It may store their values
//! type-erased, and an optimised build of it contains no instance that takes a `TypeId`.

use std::time::Duration;

use serde_json::Value;

use hotmod_testkit::{Session, Workspace};

const GAME: &str = "game/src/lib.rs";

/// An edit of the game, and what the reason for the restart says.
type Edit = (&'static [(&'static str, &'static str)], &'static str);

/// After each, the values that are held are no values of the component.
const OTHER_LAYOUTS: &[Edit] = &[
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
        &[(
            "pub struct Secret {\n    pub code: u32,\n    pub level: u16,",
            "#[repr(C)]\npub struct Secret {\n    pub level: u16,\n    pub code: u32,",
        )],
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
];

/// After each, values are kept elsewhere than where they are.
const OTHER_STORAGE: &[Edit] = &[(
    &[(
        "(Component)]",
        "(Component)]\n#[component(storage = \"SparseSet\")]",
    )],
    "`#[component]` on `Secret`, which `#[derive(Component)]` reads, changed, and the program may still hold \
         values of `game::Secret`",
)];

/// The same of what only the store's game has.
const WRITTEN: &[Edit] = &[
    (
        &[("pub value: u32,\n}\n\nimpl", "pub value: i64,\n}\n\nimpl")],
        "`game::Written`: field `value`: `u32` -> `i64`",
    ),
    (
        &[(
            "for Written {}",
            "for Written {\n    const KIND: store::Kind = store::Kind::Sparse;\n}",
        )],
        "`const KIND` in `impl Component for Written` changed, and the program may still hold values of `game::Written`",
    ),
];

/// Edits of what is never held.
const HARMLESS: &[(&str, &str)] = &[
    (
        "struct Private {\n    value: u32",
        "struct Private {\n    value: u64",
    ),
    ("struct Private", "#[derive(Default)]\nstruct Private"),
    ("value: 1 }", "value: 2 }"),
];

/// Long enough to compile `bevy_ecs` on a loaded machine.
const COMPILING: Duration = Duration::from_secs(900);

/// A game whose dependencies are compiled by one profile.
struct Game {
    workspace: Workspace,
    session: Session,
    mistakes: Vec<String>,
}

impl Game {
    /// It is never restarted.
    fn start(fixture: &str, profile: &str) -> Self {
        Self::start_with(fixture, profile, |_| {})
    }

    /// The same of another program than the fixture.
    fn start_with(fixture: &str, profile: &str, change: impl FnOnce(&Workspace)) -> Self {
        let is_of_name = |it: char| it.is_alphanumeric();
        let test: String = profile
            .split(|it| !is_of_name(it))
            .collect::<Vec<_>>()
            .join("_");
        let workspace = Workspace::new(fixture, &format!("held_{fixture}_{test}"));
        workspace.edit("Cargo.toml", "opt-level = 3", profile);
        change(&workspace);
        let run = workspace.run().arguments(["--no-restart"]);
        let run = run.patience(COMPILING);
        // rustc inlines across crates only without incremental state, as it compiles those of a registry.
        let session = run.variable("CARGO_INCREMENTAL", "0").ready();
        Game {
            workspace,
            session,
            mistakes: Vec::new(),
        }
    }

    /// Makes each edit on its own, and compares what comes of it. `before` and `after` the harmless ones, the
    /// game says these.
    fn check(mut self, edits: &[&[Edit]], before: &str, after: &str) -> Vec<String> {
        let source = self.workspace.read(GAME);
        for (edit, words) in edits.iter().copied().flatten() {
            let outcome = self.save(&source, edit);
            let reason = outcome["reason"].as_str().unwrap_or_default();
            let is_refused = outcome["event"] == "refused" && outcome["restart"] == true;
            if !is_refused || !reason.contains(words) {
                let mistake = format!("{edit:?}\n  wanted {words}\n  got {outcome}");
                self.mistakes.push(mistake);
            }
        }
        // The old code never stopped.
        assert_eq!(self.session.ask("ask"), before);
        for edit in HARMLESS {
            let outcome = self.save(&source, &[*edit]);
            if outcome["event"] != "live" {
                self.mistakes.push(format!("{edit:?}\n  got {outcome}"));
            }
        }
        assert_eq!(self.session.ask("ask"), after);
        self.mistakes
    }

    fn save(&mut self, source: &str, edit: &[(&str, &str)]) -> Value {
        let mut text = source.to_owned();
        for (from, to) in edit {
            assert!(text.contains(from), "no `{from}`");
            text = text.replace(from, to);
        }
        self.workspace.write(GAME, &text);
        let outcomes = ["live", "refused", "compile-error", "restarted", "error"];
        self.session.wait_for_any(&outcomes)
    }
}

#[test]
fn types_held_by_a_shared_crate_are_compared_at_each_opt_level() {
    for level in 0..4 {
        let game = Game::start("store", &format!("opt-level = {level}"));
        let edits = [OTHER_LAYOUTS, OTHER_STORAGE, WRITTEN];
        let mistakes = game.check(&edits, "42 42 42 6", "42 42 42 7");
        assert!(mistakes.is_empty(), "{level}:\n{}", mistakes.join("\n"));
    }
}

/// A constant takes a `TypeId` without a trace, and the unchecked code is another crate's.
#[test]
fn types_found_by_a_constant_are_compared_at_each_opt_level() {
    const STORE: &str = "store/src/lib.rs";
    let change = |workspace: &Workspace| {
        let id = "TypeId::of::<T>()";
        workspace.edit(STORE, id, &format!("const {{ {id} }}"));
        workspace.edit(STORE, "unsafe { &*it.cast() }", "cast::cast(*it)");
        let cast = "//! Unchecked.\n\npub fn cast<'a, T>(at: *mut ()) -> &'a T {\n    \
                    // SAFETY: by the caller's word.\n    unsafe { &*at.cast() }\n}\n";
        workspace.write("cast/src/lib.rs", cast);
        let package = "[package]\nname = \"cast\"\nedition = \"2024\"\n";
        workspace.write("cast/Cargo.toml", package);
        workspace.edit("Cargo.toml", "\"app\", ", "\"app\", \"cast\", ");
        let dependencies = "[dependencies]\ncast = { path = \"../cast\" }";
        workspace.edit("store/Cargo.toml", "[dependencies]", dependencies);
    };
    for level in [0, 3] {
        let profile = format!("opt-level = {level} # By a constant.");
        let game = Game::start_with("store", &profile, change);
        let mistakes = game.check(&[OTHER_LAYOUTS], "42 42 42 6", "42 42 42 7");
        assert!(mistakes.is_empty(), "{level}:\n{}", mistakes.join("\n"));
    }
}

/// Optimised code need not even describe a type that it hands to the store.
#[test]
fn all_types_count_if_code_that_names_them_is_optimised() {
    for package in ["app", "game"] {
        let own = format!("[profile.dev.package.{package}]\nopt-level = 3");
        let mut game = Game::start("store", &format!("opt-level = 0\n{own}"));
        let source = game.workspace.read(GAME);
        for (edit, _) in [OTHER_LAYOUTS, OTHER_STORAGE, WRITTEN].concat() {
            let outcome = game.save(&source, edit);
            let reason = outcome["reason"].as_str().unwrap_or_default();
            let is_named = ["Secret", "Written"].iter().any(|it| reason.contains(it));
            let is_refused = outcome["event"] == "refused" && outcome["restart"] == true;
            assert!(is_refused && is_named, "{package}: {edit:?}\n{outcome}");
        }
        assert_eq!(game.session.ask("ask"), "42 42 42 6");
    }
}

/// The profiles under which `bevy_ecs` is compiled.
const PROFILES: [(&str, &str); 6] = [
    ("0", "opt-level = 0"),
    ("1", "opt-level = 1"),
    ("2", "opt-level = 2"),
    ("3", "opt-level = 3"),
    (
        "bevy_ecs",
        "opt-level = 0\n[profile.dev.package.bevy_ecs]\nopt-level = 3",
    ),
    (
        "bevy_ptr",
        "opt-level = 0\n[profile.dev.package.bevy_ptr]\nopt-level = 3",
    ),
];

/// `PROFILES=3,bevy_ecs cargo test --test e2e -- tinyecs --ignored` runs only these.
#[test]
#[ignore = "compiles bevy_ecs for each profile, which takes minutes"]
#[allow(clippy::print_stdout)]
fn components_of_tinyecs_are_compared_under_each_profile() {
    let wanted = std::env::var("PROFILES").ok();
    for (name, profile) in PROFILES {
        if wanted
            .as_ref()
            .is_some_and(|it| it.split(',').all(|it| it != name))
        {
            continue;
        }
        let game = Game::start("tinyecs", profile);
        let mistakes = game.check(&[OTHER_LAYOUTS, OTHER_STORAGE], "42 42 42 1", "42 42 42 2");
        assert!(mistakes.is_empty(), "{name}:\n{}", mistakes.join("\n"));
        let edits = OTHER_LAYOUTS.len() + OTHER_STORAGE.len();
        println!("{name}: {edits} edits restart, {} go live", HARMLESS.len());
    }
}
