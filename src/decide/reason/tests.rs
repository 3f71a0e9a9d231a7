//! The causes of an event are documented.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::compat::code;
use crate::compat::items::{
    AssociatedItem, EntryPoint, FieldChange, ItemKind, MarkPlace, TraitImpl,
};
use crate::compat::layout::{Part, Severity};
use crate::compat::symbols::{HostUse, Use};

/// At least one of each that can be a cause, with all that it can have.
fn all() -> Vec<Reason> {
    let text = || "text".to_owned();
    let item = || Item::new(ItemKind::Const, "N");
    let used = || HostUse {
        item: text(),
        its: Use {
            is_data: false,
            user: text(),
            is_program: true,
            by_way_of: Some(text()),
        },
    };
    let direct = |found| Reason::Direct {
        path: text(),
        found: Box::new(found),
    };
    vec![
        Reason::NotBuilt,
        Reason::NotRunning,
        Reason::HostLeft,
        Reason::Behind,
        Reason::Requested,
        Reason::Paused,
        Reason::FailedBefore,
        Reason::Unchanged,
        Reason::SameTokens,
        Reason::UnusedSetting {
            path: text(),
            program: text(),
        },
        Reason::SameScriptOutput,
        Reason::SameCode,
        Reason::NothingBuilt,
        Reason::File { path: text() },
        Reason::Cargo(Concern::File { path: text() }),
        Reason::Cargo(Concern::Dependency {
            package: text(),
            old: vec![text()],
            new: vec![],
        }),
        Reason::Package {
            path: text(),
            package: text(),
            program: Some(text()),
        },
        Reason::Script {
            path: text(),
            package: text(),
        },
        Reason::ScriptOutput {
            package: text(),
            change: ScriptChange::LinesReordered,
        },
        Reason::UnknownBaseline { path: text() },
        Reason::Item {
            item: item(),
            path: text(),
            user: Some(text()),
            fields: vec![Field {
                name: text(),
                change: FieldChange::Added,
            }],
        },
        direct(Unreachable::Used {
            used: used(),
            entry_point: EntryPoint::Possible(MarkPlace {
                line: 1,
                is_block: true,
            }),
        }),
        direct(Unreachable::Signature {
            used: used(),
            is_gone: true,
        }),
        direct(Unreachable::CompiledInto {
            item: item(),
            used: used(),
        }),
        direct(Unreachable::Derived {
            of: text(),
            used: used(),
        }),
        direct(Unreachable::Named {
            item: item(),
            user: "main.rs".into(),
            macros_of: Some(text()),
        }),
        Reason::OtherCrate { name: text() },
        Reason::Unparsable { path: text() },
        Reason::UnreadableLayouts {
            item: Some(item()),
            why: text(),
        },
        Reason::SameTypes,
        Reason::SameLayouts,
        Reason::Layout(Difference::of(Severity::Layout, "a::S", Part::Encoding)),
        Reason::Unseen(Unseen {
            item: item(),
            of: Some(text()),
            way: vec![text()],
        }),
        Reason::Code {
            difference: code::Difference {
                symbol: text(),
                now: Some(text()),
                before: Some(text()),
            },
            others: 2,
        },
        Reason::Trait(ChangedImpl {
            of_impl: TraitImpl {
                of: text(),
                by: text(),
                is_derived: true,
            },
            item: Some(AssociatedItem::Attribute(text())),
            held: Some(text()),
        }),
        Reason::Renamed {
            old: text(),
            new: text(),
        },
        Reason::NotLinked { message: text() },
        Reason::ArtifactsGone,
        Reason::NoAnswer { seconds: 5 },
        Reason::HostUnreachable { message: text() },
        Reason::Gone { item: text() },
        Reason::NotJoined,
        Reason::LeftBeforeLive,
        Reason::EndedBeforeLive,
        Reason::OtherBuild,
        Reason::Message { message: text() },
    ]
}

/// A new one belongs in the list, and in the reference.
fn is_in_the_list(reason: &Reason) -> bool {
    match reason {
        Reason::NotBuilt
        | Reason::NotRunning
        | Reason::HostLeft
        | Reason::Behind
        | Reason::Requested
        | Reason::Paused
        | Reason::FailedBefore
        | Reason::Unchanged
        | Reason::SameTokens
        | Reason::UnusedSetting { .. }
        | Reason::SameScriptOutput
        | Reason::SameCode
        | Reason::NothingBuilt
        | Reason::File { .. }
        | Reason::Cargo(_)
        | Reason::Package { .. }
        | Reason::Script { .. }
        | Reason::ScriptOutput { .. }
        | Reason::UnknownBaseline { .. }
        | Reason::Item { .. }
        | Reason::Direct { .. }
        | Reason::Gone { .. }
        | Reason::OtherCrate { .. }
        | Reason::Unparsable { .. }
        | Reason::UnreadableLayouts { .. }
        | Reason::SameTypes
        | Reason::SameLayouts
        | Reason::Layout(_)
        | Reason::Unseen { .. }
        | Reason::Code { .. }
        | Reason::Trait(_)
        | Reason::Renamed { .. }
        | Reason::NotLinked { .. }
        | Reason::ArtifactsGone
        | Reason::NoAnswer { .. }
        | Reason::HostUnreachable { .. }
        | Reason::NotJoined
        | Reason::LeftBeforeLive
        | Reason::EndedBeforeLive
        | Reason::OtherBuild
        | Reason::Message { .. } => true,
        Reason::StaysOld(_) | Reason::Several(_) => false,
    }
}

#[test]
fn the_reference_has_each_kind_with_its_fields() {
    let reference = include_str!("../../../docs/reference.md");
    let (_, table) = reference.split_once("| kind | fields |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let quoted = |cell: &str| -> BTreeSet<String> {
        let words = cell.split('`').skip(1).step_by(2);
        words.map(str::to_owned).collect()
    };
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        for kind in quoted(cells[1]) {
            documented.insert(kind, quoted(cells[2]));
        }
    }
    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for reason in all() {
        assert!(is_in_the_list(&reason));
        let Value::Object(fields) = serde_json::to_value(&reason).unwrap() else {
            panic!("{reason:?} is no object");
        };
        let kind = fields["kind"].as_str().unwrap().to_owned();
        let names = fields.keys().filter(|it| *it != "kind").cloned();
        written.entry(kind).or_default().extend(names);
    }
    assert_eq!(documented, written);
}

#[test]
fn causes_are_those_of_all_reasons_in_their_order() {
    let all = Reason::of_all(vec![
        Reason::HostLeft,
        Reason::StaysOld(Box::new(Reason::Paused)),
    ]);
    let reason = Reason::StaysOld(Box::new(all.unwrap()));
    assert_eq!(reason.causes(), [&Reason::HostLeft, &Reason::Paused]);
    let twice = vec![Reason::Paused, Reason::Paused];
    assert_eq!(Reason::of_all(twice), Some(Reason::Paused));
    assert_eq!(Reason::of_all(Vec::new()), None);
}

#[test]
fn the_first_difference_of_code_is_the_reason() {
    let of = |symbol: &str| code::Difference {
        symbol: symbol.to_owned(),
        now: None,
        before: None,
    };
    let expected = Reason::Code {
        difference: of("main"),
        others: 1,
    };
    assert_eq!(
        Reason::of_code(vec![of("main"), of("other")]),
        Some(expected)
    );
    assert_eq!(Reason::of_code(Vec::new()), None);
}
