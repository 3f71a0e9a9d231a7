//! Tables of what is known, and what follows from it.

use crate::compat::Difference;
use crate::decide::*;

fn restart_by(cause: Cause, reason: &str) -> Verdict {
    Verdict::Restart {
        cause,
        reason: reason.to_owned(),
    }
}

/// Of an edit.
fn restart(reason: &str) -> Verdict {
    restart_by(Cause::Edit("p.rs".to_owned()), reason)
}

/// Of a build.
fn misfit(reason: &str) -> Verdict {
    restart_by(Cause::Misfit, reason)
}

fn nothing(reason: &str) -> Verdict {
    Verdict::Nothing {
        reason: reason.to_owned(),
    }
}

fn reload(reason: &str) -> Verdict {
    Verdict::Reload {
        reason: reason.to_owned(),
    }
}

fn change(of: Of) -> Change {
    Change {
        path: "p.rs".to_owned(),
        of,
    }
}

fn reloadable(retyped: Option<Retyped>, outside: Option<&str>) -> Change {
    change(Of::Reloadable {
        retyped,
        outside: outside.map(str::to_owned),
    })
}

fn cargo(concern: Option<&str>) -> Of {
    Of::Cargo {
        concern: concern.map(str::to_owned),
    }
}

fn of_type() -> Option<Retyped> {
    Some(Retyped {
        item: "struct S".to_owned(),
        user: None,
    })
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
    let computed = Retyped {
        item: "const N".to_owned(),
        user: Some("t.rs".to_owned()),
    };
    for (evidence, verdict) in [
        (evidence(vec![]), nothing("what was saved is what runs")),
        (evidence(vec![body()]), reload("`p.rs` changed")),
        (
            evidence(vec![body(), change(cargo(None))]),
            restart("`p.rs` changed"),
        ),
        (
            evidence(vec![change(cargo(Some("`a` 1.0.0 -> 1.0.1")))]),
            restart("`a` 1.0.0 -> 1.0.1"),
        ),
        (
            evidence(vec![change(Of::Unmarked { package: package() })]),
            restart("`p.rs` changed, and `m` is not reloadable"),
        ),
        (
            evidence(vec![change(Of::Script { package: package() })]),
            restart("`p.rs` changed, which the build script of `m` reads"),
        ),
        (
            evidence(vec![change(Of::ScriptInput)]),
            reload("`p.rs` changed"),
        ),
        (
            evidence(vec![change(Of::Unknown)]),
            restart("`p.rs` changed, and what types of it the host was built with is not known"),
        ),
        (
            evidence(vec![reloadable(of_type(), None)]),
            reload("`p.rs` changed"),
        ),
        (
            by_tokens(vec![reloadable(of_type(), None)]),
            restart("`struct S` in `p.rs` changed"),
        ),
        (
            by_tokens(vec![reloadable(Some(computed), None)]),
            restart("`const N` in `p.rs` changed, which is compiled into `t.rs`"),
        ),
        (
            evidence(vec![reloadable(of_type(), Some("`fn f` is used"))]),
            restart("`fn f` is used"),
        ),
    ] {
        assert_eq!(of_edit(&evidence), verdict, "{evidence:?}");
    }
}

#[test]
fn programs() {
    let of = |program, due: Option<&str>, changes| Evidence {
        program,
        due: due.map(|reason| (Cause::Contract, reason.to_owned())),
        ..evidence(changes)
    };
    let body = || vec![reloadable(None, None)];
    for (evidence, verdict) in [
        (
            of(Program::Missing, None, vec![]),
            restart_by(Cause::NotBuilt, "there is no program yet"),
        ),
        (
            of(Program::Ended, Some("x"), vec![]),
            restart_by(Cause::NotRunning, "the host is not running"),
        ),
        (
            of(Program::Runs, Some("x"), vec![]),
            restart_by(Cause::Contract, "x"),
        ),
        (
            of(Program::Left, None, body()),
            restart_by(Cause::Left, "the host left the session"),
        ),
        (
            of(Program::Left, None, vec![]),
            nothing("what was saved is what runs"),
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
        let verdict = nothing("nothing changed since the build that failed");
        assert_eq!(of_edit(&evidence), verdict);
    }
}

fn difference(severity: Severity) -> Comparison {
    let name = |name: &str| name.to_owned();
    Comparison {
        differences: vec![Difference::of(severity, "a::S", "field `x`", "fn a::f")],
        renamed: match severity {
            Severity::Name => BTreeSet::from([(name("a::S"), name("a::T"))]),
            Severity::Layout => BTreeSet::new(),
        },
        by_name: BTreeSet::new(),
    }
}

#[test]
fn builds() {
    let same = Comparison::default();
    let layout = difference(Severity::Layout);
    let renamed = difference(Severity::Name);
    let none = BTreeSet::new();
    let kept = BTreeSet::from(["alloc::vec::Vec<a::S>".to_owned()]);
    fn of<'a>(comparison: &'a Comparison, by_type_id: &'a BTreeSet<String>) -> Findings<'a> {
        Findings {
            foreign: None,
            unparsable: None,
            layouts: Ok(comparison),
            unseen: None,
            regiven: None,
            has_made_over: false,
            knows_type_ids: true,
            are_renames: true,
            by_type_id,
        }
    }
    let item = || Some("trait T".to_owned());
    let note = "a::S: field `x`; values of it are read as before";
    for (findings, verdict, notes) in [
        (
            of(&same, &none),
            reload("all layouts are as they were"),
            vec![],
        ),
        (
            of(&layout, &none),
            misfit("`a::S`: field `x`, via fn a::f"),
            vec![],
        ),
        (
            of(&renamed, &none),
            reload("all layouts are as they were"),
            vec![note],
        ),
        (
            of(&renamed, &kept),
            misfit(
                "`a::S` is now `a::T`, and what the program keeps by its type would not be found",
            ),
            vec![],
        ),
        (
            Findings {
                knows_type_ids: false,
                ..of(&renamed, &none)
            },
            misfit(
                "`a::S` is now `a::T`, and what the program keeps by its type would not be found",
            ),
            vec![],
        ),
        (
            Findings {
                foreign: Some("`m` is another".to_owned()),
                ..of(&same, &none)
            },
            misfit("`m` is another"),
            vec![],
        ),
        (
            Findings {
                unparsable: Some("p.rs".to_owned()),
                ..of(&same, &none)
            },
            misfit("`p.rs` changed, and which items of it can't be told"),
            vec![],
        ),
        (
            Findings {
                unseen: item(),
                ..of(&same, &none)
            },
            misfit("`trait T` changed in a way that no layout shows"),
            vec![],
        ),
        (
            Findings {
                unseen: item(),
                layouts: Err("none"),
                ..of(&same, &none)
            },
            misfit("`trait T` changed, and layouts can't be read: none"),
            vec![],
        ),
        (
            Findings {
                regiven: Some("`const A` changed".to_owned()),
                ..of(&same, &none)
            },
            misfit("`const A` changed"),
            vec![],
        ),
        (
            Findings {
                regiven: Some("`const A` changed".to_owned()),
                ..of(&layout, &none)
            },
            misfit("`a::S`: field `x`, via fn a::f"),
            vec![],
        ),
        (
            Findings {
                regiven: Some("`const A` changed".to_owned()),
                layouts: Err("none"),
                ..of(&same, &none)
            },
            misfit("`const A` changed"),
            vec![],
        ),
        (
            Findings {
                layouts: Err("none"),
                ..of(&same, &none)
            },
            reload("no type changed"),
            vec![],
        ),
        (
            Findings {
                layouts: Err("none"),
                has_made_over: true,
                ..of(&same, &none)
            },
            misfit("layouts can't be read any more, and a kept value was made over: none"),
            vec![],
        ),
        (
            Findings {
                has_made_over: true,
                ..of(&same, &none)
            },
            reload("all layouts are as they were"),
            vec![],
        ),
    ] {
        let (found, said) = of_build(&findings);
        assert_eq!(
            (found, said),
            (verdict, notes.iter().map(|it| (*it).to_owned()).collect())
        );
    }
}

#[test]
fn actions_and_pauses() {
    let body = || reloadable(None, None);
    let asked = "it was asked for";
    let of = |changes, action, is_paused, is_known_to_fail| {
        of_edit(&Evidence {
            action,
            is_paused,
            is_known_to_fail,
            ..evidence(changes)
        })
    };
    let paused = nothing("the session is paused");
    let manifest = || change(cargo(None));
    for (found, expected) in [
        (
            of(vec![], Some(Action::Reload), false, false),
            reload(asked),
        ),
        (
            of(vec![], Some(Action::Restart), true, false),
            restart_by(Cause::Requested, asked),
        ),
        (
            of(vec![body()], Some(Action::Restart), false, false),
            restart_by(Cause::Requested, asked),
        ),
        // Whoever asks wants to see it fail again.
        (
            of(vec![body()], Some(Action::Reload), true, true),
            reload("`p.rs` changed"),
        ),
        // It can't be reloaded, whatever was asked for.
        (
            of(vec![manifest()], Some(Action::Reload), false, false),
            restart("`p.rs` changed"),
        ),
        (of(vec![body()], None, true, false), paused.clone()),
        (of(vec![manifest()], None, true, false), paused),
    ] {
        assert_eq!(found, expected);
    }
}
