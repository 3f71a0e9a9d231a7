//! Builds that fit what is in memory, and builds that don't.

use std::collections::{BTreeMap, BTreeSet};

use super::{misfit, path, reload};
use crate::compat::items::{AssociatedItem, ChangedImpl, Item, ItemKind, TraitImpl};
use crate::compat::layout::{Comparison, Difference, Part, Severity};
use crate::decide::{Findings, Reason, of_build};

fn difference(severity: Severity) -> Comparison {
    let name = |name: &str| name.to_owned();
    Comparison {
        differences: vec![Difference::of(severity, "a::S", Part::Encoding)],
        renamed: match severity {
            Severity::Name => BTreeSet::from([(name("a::S"), name("a::T"))]),
            Severity::Layout => BTreeSet::new(),
        },
        by_name: BTreeMap::new(),
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
            changed_impl: None,
            has_made_over: false,
            knows_type_ids: true,
            are_renames: true,
            by_type_id,
        }
    }
    let item = || Item::new(ItemKind::Trait, "T");
    let changed_impl = || ChangedImpl {
        of_impl: TraitImpl {
            of: "S".to_owned(),
            by: "Component".to_owned(),
            is_derived: false,
        },
        item: Some(AssociatedItem::Const("A".to_owned())),
        held: None,
    };
    let of_layout = || Reason::Layout(layout.differences[0].clone());
    let other_name = || Reason::Renamed {
        old: "a::S".to_owned(),
        new: "a::T".to_owned(),
    };
    let unreadable = |item| Reason::UnreadableLayouts {
        item,
        why: "none".to_owned(),
    };
    for (findings, verdict, passing) in [
        (of(&same, &none), reload(Reason::SameLayouts), vec![]),
        (of(&layout, &none), misfit(of_layout()), vec![]),
        (
            of(&renamed, &none),
            reload(Reason::SameLayouts),
            renamed.differences.iter().collect(),
        ),
        (of(&renamed, &kept), misfit(other_name()), vec![]),
        (
            Findings {
                knows_type_ids: false,
                ..of(&renamed, &none)
            },
            misfit(other_name()),
            vec![],
        ),
        (
            Findings {
                foreign: Some("m".to_owned()),
                ..of(&same, &none)
            },
            misfit(Reason::OtherCrate {
                name: "m".to_owned(),
            }),
            vec![],
        ),
        (
            Findings {
                unparsable: Some(path()),
                ..of(&same, &none)
            },
            misfit(Reason::Unparsable { path: path() }),
            vec![],
        ),
        (
            Findings {
                unseen: Some(item().into()),
                ..of(&same, &none)
            },
            misfit(Reason::Unseen(item().into())),
            vec![],
        ),
        (
            Findings {
                unseen: Some(item().into()),
                layouts: Err("none"),
                ..of(&same, &none)
            },
            misfit(unreadable(Some(item()))),
            vec![],
        ),
        (
            Findings {
                changed_impl: Some(changed_impl()),
                ..of(&same, &none)
            },
            misfit(Reason::Trait(changed_impl())),
            vec![],
        ),
        (
            Findings {
                changed_impl: Some(changed_impl()),
                ..of(&layout, &none)
            },
            misfit(Reason::Several(vec![
                of_layout(),
                Reason::Trait(changed_impl()),
            ])),
            vec![],
        ),
        (
            Findings {
                changed_impl: Some(changed_impl()),
                layouts: Err("none"),
                ..of(&same, &none)
            },
            misfit(Reason::Trait(changed_impl())),
            vec![],
        ),
        (
            Findings {
                layouts: Err("none"),
                ..of(&same, &none)
            },
            reload(Reason::SameTypes),
            vec![],
        ),
        (
            Findings {
                layouts: Err("none"),
                has_made_over: true,
                ..of(&same, &none)
            },
            misfit(unreadable(None)),
            vec![],
        ),
        (
            Findings {
                has_made_over: true,
                ..of(&same, &none)
            },
            reload(Reason::SameLayouts),
            vec![],
        ),
    ] {
        assert_eq!(of_build(&findings), (verdict, passing));
    }
}
