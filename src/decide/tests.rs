//! Tables of what is known, and what follows from it.

mod builds;

use std::path::PathBuf;

use crate::compat::items::{EntryPoint, Field, FieldChange, Item, ItemKind, Unreachable};
use crate::compat::symbols::{HostUse, Use};
use crate::decide::*;
use crate::discover::Concern;
use crate::stale::Retyped;

fn restart_by(cause: Cause, reason: Reason) -> Verdict {
    Verdict::Restart { cause, reason }
}

/// Of an edit.
fn restart(reason: Reason) -> Verdict {
    restart_by(Cause::Edit(path()), reason)
}

/// Of an edit, unless the host's code turns out to be the same.
fn restart_by_code(reason: Reason) -> Verdict {
    restart_by(Cause::Code(path()), reason)
}

/// Of a build.
fn misfit(reason: Reason) -> Verdict {
    restart_by(Cause::Misfit, reason)
}

fn nothing(reason: Reason) -> Verdict {
    Verdict::Nothing { reason }
}

fn reload(reason: Reason) -> Verdict {
    Verdict::Reload { reason }
}

fn change(of: Of) -> Change {
    Change { path: path(), of }
}

fn path() -> String {
    "p.rs".to_owned()
}

fn changed() -> Reason {
    Reason::File { path: path() }
}

fn reloadable(retyped: Option<Retyped>, outside: Option<Unreachable>) -> Change {
    change(Of::Reloadable { retyped, outside })
}

fn cargo(concern: Option<Concern>) -> Of {
    Of::Cargo { concern }
}

fn of_type() -> Option<Retyped> {
    Some(Retyped {
        item: Item::new(ItemKind::Struct, "S"),
        user: None,
        fields: Vec::new(),
        is_in_changed_code: false,
    })
}

fn of_constructed_type() -> Option<Retyped> {
    of_type().map(|it| Retyped {
        is_in_changed_code: true,
        ..it
    })
}

fn constructor() -> Unreachable {
    Unreachable::Used {
        used: HostUse {
            item: "p::S::new".to_owned(),
            its: Use {
                is_data: false,
                user: "app".to_owned(),
                is_program: false,
                by_way_of: None,
            },
        },
        entry_point: EntryPoint::Impossible,
    }
}

/// A type with a new field, and the derived impl that the host calls.
fn of_derived() -> (Retyped, Unreachable) {
    let retyped = Retyped {
        fields: vec![Field {
            name: "more".to_owned(),
            change: FieldChange::Added,
        }],
        ..of_type().unwrap()
    };
    let Unreachable::Used { used, .. } = constructor() else {
        unreachable!("the constructor is used")
    };
    let of = "S".to_owned();
    (retyped, Unreachable::Derived { of, used })
}

fn item(kind: ItemKind, name: &str, user: Option<&str>) -> Reason {
    Reason::Item {
        item: Item::new(kind, name),
        path: path(),
        user: user.map(str::to_owned),
        fields: Vec::new(),
    }
}

/// Of a program that runs, whose layouts can be read.
fn evidence(changes: Vec<Change>) -> Evidence {
    Evidence {
        program: Program::Runs,
        changes,
        has_layouts: true,
        ..Evidence::default()
    }
}

#[test]
fn edits() {
    let package = || "m".to_owned();
    let body = || reloadable(None, None);
    let by_tokens = |changes| Evidence {
        has_layouts: false,
        ..evidence(changes)
    };
    let same_code = |changes| Evidence {
        has_same_code: true,
        ..evidence(changes)
    };
    let computed = Retyped {
        item: Item::new(ItemKind::Const, "N"),
        user: Some("t.rs".to_owned()),
        fields: Vec::new(),
        is_in_changed_code: false,
    };
    let direct = Unreachable::Named {
        item: Item::new(ItemKind::Fn, "f"),
        user: PathBuf::from("main.rs"),
        macros_of: None,
    };
    let used = Reason::Direct {
        path: path(),
        found: Box::new(direct.clone()),
    };
    let other = Concern::Dependency {
        package: "a".to_owned(),
        old: vec!["1.0.0".to_owned()],
        new: vec!["1.0.1".to_owned()],
    };
    let (new_field, derived) = of_derived();
    let program = || Some("app".to_owned());
    let unmarked = || Reason::Package {
        path: path(),
        package: package(),
        program: program(),
    };
    let of_unmarked = || Of::Unmarked {
        package: package(),
        program: program(),
    };
    for (evidence, verdict) in [
        (evidence(vec![]), nothing(Reason::Unchanged)),
        (evidence(vec![body()]), reload(changed())),
        (
            evidence(vec![body(), change(cargo(None))]),
            restart(changed()),
        ),
        (
            evidence(vec![change(cargo(Some(other.clone())))]),
            restart(Reason::Cargo(other)),
        ),
        (
            evidence(vec![change(of_unmarked())]),
            restart_by_code(unmarked()),
        ),
        (
            evidence(vec![change(Of::Script { package: package() })]),
            restart(Reason::Script {
                path: path(),
                package: package(),
            }),
        ),
        (evidence(vec![change(Of::ScriptInput)]), reload(changed())),
        (
            evidence(vec![change(Of::Unknown)]),
            restart(Reason::UnknownBaseline { path: path() }),
        ),
        (
            evidence(vec![reloadable(of_type(), None)]),
            reload(changed()),
        ),
        (
            by_tokens(vec![reloadable(of_type(), None)]),
            restart(item(ItemKind::Struct, "S", None)),
        ),
        (
            by_tokens(vec![reloadable(Some(computed), None)]),
            restart(item(ItemKind::Const, "N", Some("t.rs"))),
        ),
        (
            evidence(vec![reloadable(None, Some(direct.clone()))]),
            restart_by_code(used.clone()),
        ),
        // A function that does not name the type that changed with it, then one that does.
        (
            evidence(vec![reloadable(of_type(), Some(direct.clone()))]),
            restart_by_code(Reason::Several(vec![
                used.clone(),
                item(ItemKind::Struct, "S", None),
            ])),
        ),
        (
            evidence(vec![reloadable(of_constructed_type(), Some(constructor()))]),
            restart_by_code(Reason::Several(vec![
                item(ItemKind::Struct, "S", None),
                Reason::Direct {
                    path: path(),
                    found: Box::new(constructor()),
                },
            ])),
        ),
        (
            evidence(vec![reloadable(
                Some(new_field.clone()),
                Some(derived.clone()),
            )]),
            restart_by_code(Reason::Several(vec![
                Reason::Item {
                    item: new_field.item,
                    path: path(),
                    user: None,
                    fields: new_field.fields,
                },
                Reason::Direct {
                    path: path(),
                    found: Box::new(derived.clone()),
                },
            ])),
        ),
        // Only the derives changed.
        (
            evidence(vec![reloadable(of_type(), Some(derived.clone()))]),
            restart_by_code(Reason::Several(vec![
                Reason::Direct {
                    path: path(),
                    found: Box::new(derived),
                },
                item(ItemKind::Struct, "S", None),
            ])),
        ),
        (
            evidence(vec![
                change(of_unmarked()),
                body(),
                reloadable(None, Some(direct.clone())),
            ]),
            restart_by_code(Reason::Several(vec![unmarked(), used.clone()])),
        ),
        (
            same_code(vec![
                change(of_unmarked()),
                reloadable(of_type(), Some(direct.clone())),
            ]),
            reload(changed()),
        ),
        // The host's code says nothing of these.
        (
            same_code(vec![change(of_unmarked()), change(cargo(None))]),
            restart(changed()),
        ),
        (
            Evidence {
                has_layouts: false,
                ..same_code(vec![reloadable(of_type(), Some(direct))])
            },
            restart(Reason::Several(vec![
                used,
                item(ItemKind::Struct, "S", None),
            ])),
        ),
    ] {
        assert_eq!(of_edit(&evidence), verdict, "{evidence:?}");
    }
}

#[test]
fn programs() {
    let of = |program, due, changes| Evidence {
        program,
        due,
        ..evidence(changes)
    };
    let due = || Some((Cause::ArtifactsGone, Reason::ArtifactsGone));
    let body = || vec![reloadable(None, None)];
    for (evidence, verdict) in [
        (
            of(Program::Missing, None, vec![]),
            restart_by(Cause::NotBuilt, Reason::NotBuilt),
        ),
        (
            of(Program::Ended, due(), vec![]),
            restart_by(Cause::NotRunning, Reason::NotRunning),
        ),
        (
            of(Program::Runs, due(), vec![]),
            restart_by(Cause::ArtifactsGone, Reason::ArtifactsGone),
        ),
        (
            of(Program::Left, None, body()),
            restart_by(Cause::Left, Reason::HostLeft),
        ),
        (of(Program::Left, None, vec![]), nothing(Reason::Unchanged)),
        (
            of(Program::Behind, due(), vec![]),
            restart_by(Cause::Behind, Reason::Behind),
        ),
    ] {
        assert_eq!(of_edit(&evidence), verdict, "{evidence:?}");
    }
}

#[test]
fn what_failed_fails_again() {
    for changes in [vec![reloadable(None, None)], vec![change(cargo(None))]] {
        let evidence = Evidence {
            is_known_to_fail: true,
            ..evidence(changes)
        };
        let verdict = nothing(Reason::FailedBefore);
        assert_eq!(of_edit(&evidence), verdict);
    }
}

#[test]
fn actions_and_pauses() {
    let body = || reloadable(None, None);
    let asked = || Reason::Requested;
    let of = |changes, action, is_paused, is_known_to_fail| {
        of_edit(&Evidence {
            action,
            is_paused,
            is_known_to_fail,
            ..evidence(changes)
        })
    };
    let paused = nothing(Reason::Paused);
    let manifest = || change(cargo(None));
    for (found, expected) in [
        (
            of(vec![], Some(Action::Reload), false, false),
            reload(asked()),
        ),
        (
            of(vec![], Some(Action::Restart), true, false),
            restart_by(Cause::Requested, asked()),
        ),
        (
            of(vec![body()], Some(Action::Restart), false, false),
            restart_by(Cause::Requested, asked()),
        ),
        // Whoever asks wants to see it fail again.
        (
            of(vec![body()], Some(Action::Reload), true, true),
            reload(changed()),
        ),
        // It can't be reloaded, whatever was asked for.
        (
            of(vec![manifest()], Some(Action::Reload), false, false),
            restart(changed()),
        ),
        (of(vec![body()], None, true, false), paused.clone()),
        (of(vec![manifest()], None, true, false), paused),
    ] {
        assert_eq!(found, expected);
    }
}
