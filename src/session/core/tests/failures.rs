//! What is remembered of builds that failed.

use super::tables::*;
use super::world::World;

#[test]
fn it_is_known_whether_the_last_build_failed() {
    let mut world = World::new(FREE);
    for (words, has_failed) in [
        ("begin", false),
        ("built", false),
        ("join", false),
        ("built", false),
        ("built", false),
        ("break page", false),
        ("built", true),
        // Scripts say nothing of the sources.
        ("save words 2", true),
        ("built", true),
        // Nor does a build that is cancelled.
        ("save page 2", true),
        ("save page 3", true),
        ("built", true),
        ("live", true),
        ("built", false),
        ("live", false),
        ("built", false),
        ("scripts fail", false),
        ("save words 3", false),
        ("built", true),
    ] {
        happen(&mut world, words);
        assert_eq!(
            world.core.last_build_failed(),
            has_failed,
            "{words}: {:?}",
            world.log
        );
    }
}

#[test]
fn what_failed_builds_wrote_is_known() {
    let mut world = World::new(FREE);
    for words in [
        "begin",
        "built",
        "join",
        "break page",
        "built",
        "built",
        "restart",
        "break page",
        "built",
    ] {
        assert!(world.core.left_by_failed_builds().is_empty(), "{words}");
        happen(&mut world, words);
    }
    assert!(!world.core.left_by_failed_builds().is_empty());
}
