//! Crates of the registry, and for each an edit that the code which uses it must notice.

use hotmod_testkit::registry::{PACKAGES, Package};

/// A crate, and a function that uses it.
pub(super) struct Host {
    pub(super) package: Package,
    /// An edit of the crate that the function must notice: file, old and new text.
    pub(super) harmful: [&'static str; 3],
    /// What the difference names.
    pub(super) expected: &'static str,
}

pub(super) fn hosts() -> Vec<Host> {
    let host = |package: &Package| {
        let mut all = HARMFUL.iter();
        let (_, harmful, expected) = all.find(|it| it.0 == package.name).unwrap();
        Host {
            package: *package,
            harmful: *harmful,
            expected,
        }
    };
    PACKAGES.iter().map(host).collect()
}

/// An edit of the crate of this name, and what the difference names.
type Harmful = (&'static str, [&'static str; 3], &'static str);

const HARMFUL: &[Harmful] = &[
    (
        "semver",
        [
            "src/eval.rs",
            "Op::Exact | Op::Wildcard => matches_exact",
            "Op::Exact => matches_caret(cmp, ver), Op::Wildcard => matches_exact",
        ],
        "semver::eval",
    ),
    (
        "humantime",
        ["src/duration.rs", "3600", "3601"],
        "humantime::",
    ),
    (
        "textwrap",
        [
            "src/core.rs",
            "whitespace: &word[trimmed.len()..],",
            "whitespace: &word[word.len()..],",
        ],
        "textwrap::core::Word",
    ),
    (
        "unicode-segmentation",
        [
            "src/grapheme.rs",
            "(GC_CR, GC_LF) => NotBreak",
            "(GC_CR, GC_LF) => Break",
        ],
        "unicode_segmentation::grapheme",
    ),
    (
        "fraction",
        [
            "src/fraction/generic_fraction.rs",
            "Self::_new(Sign::Minus, num, den)",
            "Self::_new(Sign::Plus, num, den)",
        ],
        "fraction::",
    ),
    (
        "petgraph",
        [
            "src/algo/dijkstra.rs",
            "if next_score < *ent.get()",
            "if next_score > *ent.get()",
        ],
        "petgraph::algo::dijkstra",
    ),
    (
        "heck",
        ["src/lib.rs", "c == 'Σ'", "c == 'Ω'"],
        "heck::lowercase",
    ),
];
