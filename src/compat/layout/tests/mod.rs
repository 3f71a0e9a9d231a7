//! Layouts that rustc made, read and compared: many types in one program, edited at random, and
//! what the program itself says of their sizes and offsets.

mod assumptions;
mod objects;
mod program;
mod random;
mod types;

use std::collections::BTreeMap;

use super::compare::Same;
use super::compare::worst_by_root;
use super::difference::Severity;
use super::root::Root;
use crate::report::text::of_layout;
use program::Program;
use random::Random;
use types::{differs, render};

/// How many types one program has, half of which are edited.
const TYPES: usize = 160;

/// `EDITS=1000 SEED=7 cargo test --lib random_types -- --nocapture` makes more of them.
#[test]
#[allow(clippy::print_stdout)]
fn random_types_are_told_apart_as_the_compiler_lays_them_out() {
    let number = |name: &str, default: u64| {
        let value = std::env::var(name).ok().and_then(|text| text.parse().ok());
        value.unwrap_or(default)
    };
    let (edits, seed) = (number("EDITS", 80), number("SEED", 1));
    let mut random = Random::new(seed);
    let (mut made, mut layout, mut name, mut same) = (0, 0, 0, 0);
    while made < edits {
        let before = types::all(&mut random, TYPES);
        let mut now = before.clone();
        let mut edited: BTreeMap<usize, String> = BTreeMap::new();
        for index in 0..TYPES {
            if made < edits && random.below(2) == 0 {
                edited.insert(index, types::edit(&mut random, &mut now, index));
                made += 1;
            }
        }
        let (before, now) = (Program::of(&render(&before)), Program::of(&render(&now)));
        let found = worst_by_root(&before.layout, &now.layout);
        // The objects describe the same, also compared with the program.
        for (before, now) in [
            (&before.of_objects, &now.of_objects),
            (&before.layout, &now.of_objects),
        ] {
            assert_eq!(worst_by_root(before, now), found, "seed {seed}");
        }
        for index in 0..TYPES {
            let root = Root::EntryPoint(format!("pages::at_{index}"));
            let found = found.get(&root).copied().flatten();
            let expected = differs(&before.facts, &now.facts, index);
            assert_eq!(
                found,
                expected,
                "seed {seed}, type T{index}, {:?}\n{}\n{}",
                edited.get(&index),
                before.facts[&index],
                now.facts[&index],
            );
            match found.filter(|_| edited.contains_key(&index)) {
                Some(Severity::Layout) => layout += 1,
                Some(Severity::Name) => name += 1,
                None if edited.contains_key(&index) => same += 1,
                None => {}
            }
        }
    }
    println!("seed {seed}: {made} edits, {layout} of layout, {name} of names, {same} of neither");
    assert!(layout > made / 4 && name > 0 && same > made / 20);
}

/// A type of the group is also found where another one holds it, however far away.
#[test]
fn a_type_that_is_held_is_named_with_the_way_to_it() {
    let source = |field: &str| {
        format!(
            "pub struct T0 {{ pub inner: Vec<Option<Box<T1>>> }}\n\
             pub struct T1 {{ pub a: u64, {field} }}\n{}",
            types::entry(0)
        )
    };
    let (before, now) = (Program::of(&source("")), Program::of(&source("pub b: u32")));
    let found =
        super::compare([(true, &before.layout)], &now.layout, &mut Same::default()).differences;
    let first = found.first().map(of_layout).unwrap_or_default();
    assert!(
        first.starts_with("`pages::T1`: field `b: u32` added at offset 8; size 8 -> 16, via fn pages::at_0 (argument 1)"),
        "{first}"
    );
    assert!(
        first.ends_with(" (argument 1).*.inner<T>::Some<T>.*"),
        "{first}"
    );
}
