//! Crates of the registry, and code that uses them.

/// A crate, and a function that uses it.
pub(super) struct Host {
    pub(super) name: &'static str,
    /// The dependency, as in a manifest.
    pub(super) dependency: &'static str,
    pub(super) code: &'static str,
    /// An edit of the crate that the host must notice: file, old and new text.
    pub(super) harmful: [&'static str; 3],
    pub(super) expected: &'static str,
}

pub(super) const HOSTS: &[Host] = &[
    Host {
        name: "semver",
        dependency: "\"1\"",
        code: r#"
            use semver::{Version, VersionReq};
            let mut versions: Vec<Version> = ["1.2.3-rc.1+5", "0.3.0"].iter().filter_map(|it| it.parse().ok()).collect();
            versions.sort();
            let wanted = VersionReq::parse(">=1.2.3-a, <2, ~1.2, ^1").unwrap();
            for version in &versions { println!("{version} {:?} {}", version.pre, wanted.matches(version)); }
            println!("{wanted} {:?}", Version::parse("x").unwrap_err());
        "#,
        harmful: [
            "src/eval.rs",
            "Op::Exact | Op::Wildcard => matches_exact",
            "Op::Exact => matches_caret(cmp, ver), Op::Wildcard => matches_exact",
        ],
        expected: "semver::eval",
    },
    Host {
        name: "humantime",
        dependency: "\"2\"",
        code: r#"
            let span = humantime::parse_duration("1h 5m 3s").unwrap();
            println!("{} {:?}", humantime::format_duration(span), humantime::parse_duration("7 parsecs"));
            println!("{:?}", humantime::parse_rfc3339_weak("2018-02-14 00:28:07").map(|it| humantime::format_rfc3339(it).to_string()));
        "#,
        harmful: ["src/duration.rs", "3600", "3601"],
        expected: "humantime::",
    },
    Host {
        name: "textwrap",
        dependency: "{ version = \"0.16\", default-features = false }",
        code: r#"
            let text = "Memory safety without garbage collection, concurrency without data races.";
            for line in textwrap::wrap(text, 20) { println!("{line}"); }
            println!("{}", textwrap::indent(&textwrap::dedent(&textwrap::fill(text, 30)), "> "));
        "#,
        harmful: [
            "src/core.rs",
            "whitespace: &word[trimmed.len()..],",
            "whitespace: &word[word.len()..],",
        ],
        expected: "textwrap::core::Word",
    },
    Host {
        name: "unicode-segmentation",
        dependency: "\"1\"",
        code: r#"
            use unicode_segmentation::UnicodeSegmentation as _;
            let text = "a\u{310}e\u{301}o\u{308}\u{332}\r\n The quick (\"brown\") fox, 32.3 feet";
            for it in text.graphemes(true).chain(text.unicode_words()).chain(text.split_word_bounds()) { println!("{it}"); }
            println!("{:?}", text.grapheme_indices(true).next_back());
        "#,
        harmful: [
            "src/grapheme.rs",
            "(GC_CR, GC_LF) => NotBreak",
            "(GC_CR, GC_LF) => Break",
        ],
        expected: "unicode_segmentation::grapheme",
    },
    Host {
        name: "fraction",
        dependency: "{ version = \"0.15\", default-features = false }",
        code: r#"
            use fraction::{Fraction, Sign};
            let it = Fraction::from(0.75) + Fraction::new(1u64, 3u64) * Fraction::new_neg(1u64, 8u64);
            println!("{it} {:?} {:?} {:?}", it.sign() == Some(Sign::Plus), it.numer(), "7/3".parse::<Fraction>().map(|it| it < Fraction::from(3)));
        "#,
        harmful: [
            "src/fraction/generic_fraction.rs",
            "Self::_new(Sign::Minus, num, den)",
            "Self::_new(Sign::Plus, num, den)",
        ],
        expected: "fraction::",
    },
    Host {
        name: "petgraph",
        dependency: "{ version = \"0.8\", default-features = false, features = [\"std\", \"stable_graph\"] }",
        code: r#"
            use petgraph::{algo, dot::Dot, graph::Graph, stable_graph::StableGraph};
            let mut graph = Graph::<&str, u32>::new();
            let nodes = ["a", "b", "c", "d"].map(|it| graph.add_node(it));
            for (from, to, weight) in [(0, 1, 3), (1, 2, 1), (0, 2, 9), (2, 3, 2)] { graph.add_edge(nodes[from], nodes[to], weight); }
            println!("{:?} {:?}", algo::dijkstra(&graph, nodes[0], None, |it| *it.weight())[&nodes[3]], algo::toposort(&graph, None));
            println!("{:?} {}", Dot::new(&graph), algo::is_cyclic_directed(&graph));
            let mut stable = StableGraph::<u8, ()>::new(); let node = stable.add_node(1); stable.remove_node(node); println!("{}", stable.node_count());
        "#,
        harmful: [
            "src/algo/dijkstra.rs",
            "if next_score < *ent.get()",
            "if next_score > *ent.get()",
        ],
        expected: "petgraph::algo::dijkstra",
    },
];
