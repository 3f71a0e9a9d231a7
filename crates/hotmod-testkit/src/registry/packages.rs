//! Published libraries of different styles, and code that uses each of them.

use super::Package;

/// The libraries.
pub const PACKAGES: &[Package] = &[
    Package {
        name: "semver",
        version: "1",
        options: "",
        direct: r#"
            use semver::{Op, Version, VersionReq};
            trait Own { fn label(&self) -> u8 { 1 } fn is_empty(&self) -> bool { true } }
            impl Own for Version {}
            impl Own for VersionReq {}
            let parse = |it: &str| it.parse::<Version>().unwrap();
            show! { let mut all = ["1.2.3-rc.1+5", "0.3.0", "1.2.3", "1.2.3-rc.1"].map(parse); all.sort(); all }
            show! { let it = Version::new(1, 2, 3); (it.label(), it.is_empty(), it.clone() == it, it.to_string(), size_of::<Version>()) }
            show! { let it = Version::new(1, 2, 3); (it < Version::new(1, 10, 0), it.clone().max(Version::new(0, 1, 1)), VersionReq::STAR.label()) }
            show! { (VersionReq::default(), Op::Exact == Op::Tilde, format!("{:>9}", parse("1.2.3-a")), parse("2.0.0").pre.is_empty()) }
        "#,
        behind_entry_point: r#"
            use semver::{BuildMetadata, Comparator, Prerelease, Version, VersionReq};
            let wanted = [">=1.2.3-a, <2, ~1.2, ^1", "=1.2", "1.*", ">0.3, <=0.9", "*"].map(|it| VersionReq::parse(it).unwrap());
            let versions = ["1.2.3-rc.1+5", "0.3.0", "1.2.0", "1.9.9", "0.9.0"].map(|it| Version::parse(it).unwrap());
            for it in &wanted { show! { (it, it.to_string(), versions.each_ref().map(|version| it.matches(version))) } }
            for it in ["x", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "99999999999999999999.0.0"] { show! { Version::parse(it) } }
            for it in [">>1", "1.2.3, ", "*.1", "=1.x.2"] { show! { VersionReq::parse(it).map_err(|it| it.to_string()) } }
            show! { Comparator::parse("~1.2.3-b").map(|it| (it.matches(&versions[0]), it.to_string(), it)) }
            show! { let it = BuildMetadata::new("5.007").unwrap(); (it.as_str().len(), it.is_empty(), it > BuildMetadata::EMPTY, it.clone()) }
            show! { let it = Prerelease::new("alpha.12").unwrap(); (it.cmp(&Prerelease::new("alpha.9").unwrap()), it == it.clone(), it.to_string()) }
            show! { (versions[0].cmp_precedence(&versions[2]), Prerelease::new("a..b").is_err(), versions.iter().max(), versions.iter().min()) }
        "#,
    },
    Package {
        name: "humantime",
        version: "2",
        options: "",
        direct: r#"
            use std::time::{Duration, UNIX_EPOCH};
            trait Own { fn label(&self) -> u8 { 1 } fn as_secs(&self) -> u64 { 0 } }
            impl Own for humantime::FormattedDuration {}
            impl Own for humantime::Duration {}
            show! { let it = humantime::format_duration(Duration::new(3723, 5)); (it.to_string(), it.label(), it.as_secs(), it) }
            show! { let it: humantime::Duration = "5m 3s".parse().unwrap(); (it, *it, it.to_string(), it.label(), it == it.clone(), it.as_secs()) }
            show! { let it = humantime::Timestamp::from(UNIX_EPOCH + Duration::from_secs(86_400)); (it.to_string(), *it) }
            show! { (size_of::<humantime::Duration>(), humantime::DurationError::Empty.to_string(), humantime::Duration::from(Duration::ZERO)) }
        "#,
        behind_entry_point: r#"
            use std::time::{Duration, UNIX_EPOCH};
            for it in ["1h 5m 3s", "2y 3months 4w", "7 parsecs", "", "12", "5 ms 3us 1ns", "18446744073709551616s", "5m5m", "0", "1 h!", "9µs"] {
                show! { humantime::parse_duration(it) }
                show! { humantime::parse_duration(it).map_err(|it| it.to_string()).map(|it| humantime::format_duration(it).to_string()) }
            }
            for it in ["2018-02-14 00:28:07", "2018-02-14T00:28:07.133Z", "2018-02-30T00:28:07Z", "1969-01-01T00:00:00Z", "2018-2-14", "x", "2020-02-29T23:59:60Z"] {
                show! { (humantime::parse_rfc3339_weak(it).map_err(|it| it.to_string()), humantime::parse_rfc3339(it)) }
            }
            for seconds in [0, 951_782_400, 1_518_563_312, 253_402_300_799] {
                let time = UNIX_EPOCH + Duration::new(seconds, 123_456_789);
                show! { (humantime::format_rfc3339(time).to_string(), humantime::format_rfc3339_seconds(time).to_string(), humantime::format_rfc3339_millis(time).to_string()) }
                show! { (humantime::format_rfc3339_micros(time).to_string(), *humantime::format_rfc3339_nanos(time).get_ref()) }
            }
        "#,
    },
    Package {
        name: "textwrap",
        version: "0.16",
        options: ", default-features = false",
        direct: r#"
            use textwrap::{core::Word, LineEnding, Options, WordSplitter};
            trait Own { fn label(&self) -> u8 { 1 } }
            impl Own for Word<'_> {}
            impl Own for Options<'_> {}
            show! { let it = Word::from("ab-cd  "); (it.label(), it.clone() == it, it, size_of::<Word>()) }
            show! { let it = Options::new(12).initial_indent("* ").break_words(false); (it.label(), it.clone().width, it.initial_indent, it.word_splitter == WordSplitter::NoHyphenation) }
            show! { textwrap::wrap("Memory safety without garbage collection.", 12) }
            show! { (LineEnding::CRLF.as_str(), LineEnding::LF == LineEnding::CRLF, textwrap::core::display_width("a\u{1b}[31mb")) }
        "#,
        behind_entry_point: r#"
            use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
            const TEXT: &str = "  Memory safety-without garbage collection,\n  concurrency without data-races: extraordinarily.\n\n    The end.";
            for width in [1, 9, 30] { show! { (textwrap::wrap(TEXT, width), textwrap::fill(TEXT, width)) } }
            let options = || Options::new(15).initial_indent("* ").subsequent_indent("  ");
            show! { textwrap::fill(TEXT, options()) }
            show! { textwrap::fill(TEXT, options().break_words(false).word_splitter(WordSplitter::NoHyphenation).word_separator(WordSeparator::AsciiSpace)) }
            show! { textwrap::fill(TEXT, options().wrap_algorithm(WrapAlgorithm::FirstFit).preserve_trailing_space(true)) }
            show! { (textwrap::dedent(TEXT), textwrap::indent(TEXT, "> "), textwrap::unfill("* one\n  two\n  three").0) }
            show! { textwrap::refill("- ab cd ef\n  gh ij kl", 9) }
            show! { let mut it = String::from("foo bar baz qux"); textwrap::fill_inplace(&mut it, 8); it }
            show! { textwrap::wrap_columns("one two three four five six", 2, 30, "| ", " | ", " |") }
            show! { WordSeparator::AsciiSpace.find_words("a bc  d-e ").collect::<Vec<_>>() }
            show! { textwrap::core::break_words(WordSeparator::AsciiSpace.find_words("abcdefg hi"), 3) }
        "#,
    },
    Package {
        name: "unicode-segmentation",
        version: "1",
        options: "",
        direct: r#"
            use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
            trait Own { fn label(&self) -> u8 { 1 } fn as_str(&self) -> u8 { 2 } }
            impl Own for GraphemeCursor {}
            impl Own for unicode_segmentation::Graphemes<'_> {}
            show! { let mut it = GraphemeCursor::new(0, 5, true); (it.label(), it.as_str(), it.next_boundary("a\u{310}bcd", 0), it.cur_cursor(), it.clone()) }
            show! { let it = "e\u{301}a".graphemes(true); (it.label(), it.as_str().len(), it.size_hint(), it.clone().last(), it.count()) }
            show! { "Hello, world".unicode_words().rev().collect::<Vec<_>>() }
            show! { (size_of::<GraphemeCursor>(), "a b".split_word_bound_indices().nth(1)) }
        "#,
        behind_entry_point: r#"
            use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
            const TEXT: &str = "a\u{310}e\u{301}o\u{308}\u{332}\r\n The quick (\"brown\") fox, 32.3 feet. Mr. Fox jumped. \u{1F1E6}\u{1F1E7}\u{1F468}\u{200D}\u{1F469} can't \u{5d0}\"\u{5d1}";
            show! { TEXT.graphemes(true).collect::<Vec<_>>() }
            show! { TEXT.graphemes(false).rev().collect::<Vec<_>>() }
            show! { (TEXT.grapheme_indices(true).next_back(), TEXT.grapheme_indices(false).as_str().len()) }
            show! { TEXT.split_word_bounds().collect::<Vec<_>>() }
            show! { TEXT.split_word_bounds().rev().collect::<Vec<_>>() }
            show! { (TEXT.unicode_word_indices().collect::<Vec<_>>(), TEXT.unicode_words().count()) }
            show! { (TEXT.unicode_sentences().collect::<Vec<_>>(), TEXT.split_sentence_bound_indices().count()) }
            show! { TEXT.split_sentence_bounds().collect::<Vec<_>>() }
            show! { let mut it = GraphemeCursor::new(TEXT.len(), TEXT.len(), true); std::iter::from_fn(|| it.prev_boundary(TEXT, 0).unwrap()).collect::<Vec<_>>() }
            show! { let it = GraphemeCursor::new(4, 20, true); (it.clone().is_boundary("abcd", 8), it.clone().is_boundary(TEXT, 0), it) }
        "#,
    },
    Package {
        name: "fraction",
        version: "0.15",
        options: ", default-features = false, features = [\"with-decimal\", \"with-unicode\"]",
        direct: r#"
            use fraction::{Fraction, Sign};
            trait Own { fn label(&self) -> u8 { 1 } fn signum(&self) -> u8 { 2 } }
            impl Own for Fraction {}
            impl Own for Sign {}
            show! { let it = Fraction::new(3u64, 4u64); (it.label(), it.signum(), it == it.clone(), it.to_string(), size_of::<Fraction>()) }
            show! { (Sign::Plus.label(), Sign::Plus * Sign::Minus, Sign::Minus < Sign::Plus, Sign::Minus.to_string()) }
            show! { (Fraction::new_neg(1u64, 8u64) < Fraction::from(2), Fraction::new(6u64, 4u64).numer().copied()) }
        "#,
        behind_entry_point: r#"
            use fraction::{division, Decimal, Fraction};
            let all = [Fraction::from(0.75), Fraction::new(1u64, 3u64), Fraction::new_neg(1u64, 8u64), Fraction::from(-7), Fraction::nan(), Fraction::infinity(), Fraction::neg_infinity()];
            for it in &all {
                show! { (it.to_string(), format!("{it:.3}"), format!("{it:+}"), it.sign(), it.floor(), it.ceil(), it.round(), it.trunc(), it.fract(), it.abs()) }
                for other in &all { show! { (it + other, it - other, it * other, it / other, it % other, it.partial_cmp(other)) } }
            }
            for it in ["7/3", "-1/2", "0.125", "x", "1/0", "", "+5", "nan", "-inf", "1e3"] { show! { (it.parse::<Fraction>(), it.parse::<Decimal>().map(|it| it.to_string())) } }
            show! { let it = Decimal::from(1.25); (it + Decimal::from(2), it.get_precision(), format!("{:.1}", it / Decimal::from(3)), it < Decimal::from(1)) }
            show! { let mut out = String::new(); (division::divide_to_string(22u32, 7u32, 5, true), division::divide_integral(22u32, 7u32, |it| { out.push((b'0' + it) as char); Ok(true) }), out) }
            show! { let mut it = all[0]; it += all[1]; it *= all[2]; (it, -it, it.recip(), u8::try_from(all[3]), f64::try_from(all[2])) }
        "#,
    },
    Package {
        name: "petgraph",
        version: "0.8",
        options: ", default-features = false, features = [\"std\", \"stable_graph\", \"graphmap\"]",
        direct: r#"
            use petgraph::{graph::{DiGraph, NodeIndex}, unionfind::UnionFind, Direction};
            trait Own { fn label(&self) -> u8 { 1 } fn index(&self) -> u8 { 2 } }
            impl Own for NodeIndex {}
            impl Own for Direction {}
            show! { let it = NodeIndex::new(7); (it.label(), it.index(), it == it.clone(), it, size_of::<NodeIndex>()) }
            show! { let it = Direction::Outgoing; (it.label(), it.index(), it.opposite(), it < Direction::Incoming) }
            show! { let mut it = DiGraph::<u8, u8>::new(); let a = it.add_node(1); let b = it.add_node(2); it.add_edge(a, b, 3); (it.node_count(), it.edge_count(), it.find_edge(b, a), it.neighbors(a).next(), it) }
            show! { let mut it = UnionFind::<u8>::new(4); (it.union(0, 2), it.union(2, 0), it.find(2) == it.find(0), it.into_labeling()) }
        "#,
        behind_entry_point: r#"
            use petgraph::{algo, dot::Dot, graph::{Graph, UnGraph}, graphmap::GraphMap, stable_graph::StableGraph, visit::{Bfs, Dfs, DfsPostOrder, EdgeRef, Topo, Walker}, Directed, Direction};
            let mut graph = Graph::<&str, u32>::new();
            let nodes = ["a", "b", "c", "d", "e"].map(|it| graph.add_node(it));
            for (from, to, weight) in [(0, 1, 3), (1, 2, 1), (0, 2, 9), (2, 3, 2), (1, 4, 5)] { graph.add_edge(nodes[from], nodes[to], weight); }
            let graph = &graph;
            show! { let mut all: Vec<_> = algo::dijkstra(graph, nodes[0], None, |it| *it.weight()).into_iter().collect(); all.sort(); all }
            show! { (algo::toposort(graph, None), algo::is_cyclic_directed(graph), algo::connected_components(graph), algo::has_path_connecting(graph, nodes[4], nodes[0], None)) }
            show! { (algo::astar(graph, nodes[0], |it| it == nodes[3], |it| *it.weight(), |_| 0), algo::tarjan_scc(graph), algo::kosaraju_scc(graph)) }
            show! { (Dfs::new(graph, nodes[0]).iter(graph).collect::<Vec<_>>(), Bfs::new(graph, nodes[0]).iter(graph).collect::<Vec<_>>(), DfsPostOrder::new(graph, nodes[0]).iter(graph).collect::<Vec<_>>(), Topo::new(graph).iter(graph).collect::<Vec<_>>()) }
            show! { (Dot::new(graph).to_string(), graph.edges_directed(nodes[2], Direction::Incoming).map(|it| (it.source(), *it.weight())).collect::<Vec<_>>()) }
            show! { let mut it = graph.clone(); (it.remove_node(nodes[1]), it.remove_edge(it.edge_indices().next().unwrap()), it.externals(Direction::Outgoing).collect::<Vec<_>>(), it.node_weights().copied().collect::<Vec<_>>()) }
            show! { let mut it = graph.clone(); it.reverse(); it.retain_nodes(|it, node| it[node] != "c"); it.map(|_, it| it.len(), |_, it| it + 1) }
            show! { let mut it = StableGraph::<u8, ()>::new(); let [a, b] = [1, 2].map(|weight| it.add_node(weight)); it.add_edge(a, b, ()); it.remove_node(a); (it.node_count(), it.contains_node(a), it.edge_count(), it.node_indices().collect::<Vec<_>>()) }
            show! { let mut it = GraphMap::<char, u8, Directed>::new(); it.add_edge('x', 'y', 1); it.add_edge('y', 'z', 2); (it.neighbors('y').collect::<Vec<_>>(), it.remove_edge('x', 'y'), it.contains_edge('y', 'z'), format!("{:?}", it.all_edges().collect::<Vec<_>>())) }
            show! { let it = UnGraph::<(), f32>::from_edges([(0, 1, 1.0), (1, 2, 2.0), (0, 2, 0.5)]); algo::min_spanning_tree(&it).filter(|it| matches!(it, petgraph::data::Element::Edge { .. })).count() }
        "#,
    },
    Package {
        name: "heck",
        version: "0.5",
        options: "",
        direct: r#"
            use heck::{AsKebabCase, AsTitleCase, ToSnakeCase, ToUpperCamelCase};
            trait Own { fn label(&self) -> u8 { 1 } fn to_kebab_case(&self) -> u8 { 2 } }
            impl Own for str {}
            impl Own for AsTitleCase<&str> {}
            show! { ("XMLHttpRequest".to_snake_case(), "some text".to_upper_camel_case(), "abc".label(), "abc".to_kebab_case()) }
            show! { (AsKebabCase("oneTwo Three").to_string(), AsTitleCase("ab cd").label(), size_of::<AsTitleCase<String>>()) }
        "#,
        behind_entry_point: r#"
            use heck::*;
            for it in ["XMLHttpRequest", "some_snake text-here", "aBC1d2 \u{e9}t\u{e9} \u{3a3}\u{391}\u{3a3}", "", "ABC_def", "\u{df}x"] {
                show! { (it.to_kebab_case(), it.to_lower_camel_case(), it.to_shouty_kebab_case(), it.to_shouty_snake_case()) }
                show! { (it.to_snake_case(), it.to_snek_case(), it.to_title_case(), it.to_train_case(), it.to_upper_camel_case(), it.to_pascal_case()) }
                show! { (AsLowerCamelCase(it).to_string(), AsShoutySnakeCase(it).to_string(), AsTrainCase(it).to_string(), AsSnakeCase(it).to_string()) }
            }
        "#,
    },
];
