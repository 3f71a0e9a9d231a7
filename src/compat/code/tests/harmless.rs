//! Edits after which a clean build does the same.

use super::Case;

pub(super) const HARMLESS: &[Case] = &[
    Case {
        name: "comment",
        before: TYPE,
        edit: [
            r#"#[derive(Clone, Debug)]"#,
            r#"// A comment.
/* Another one. */ #[derive(Clone, Debug)]"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "body_of_entry_point",
        before: r#"entry! { fn page(x: u32) -> String { format!("{x}") } }"#,
        edit: [
            r#"{ format!("{x}") }"#,
            r#"{ let all: Vec<u64> = (0..x).map(u64::from).collect(); format!("{all:?}") }"#,
        ],
        host: r#"println!("{}", page(3));"#,
        expected: &[],
    },
    Case {
        name: "private_function",
        before: TYPE,
        edit: [
            r#"pub fn plain"#,
            r#"fn private(x: &[u8]) -> usize { x.iter().map(|it| *it as usize).sum() } pub fn another() -> usize { private(&[1]) } pub fn plain"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "moved_lines",
        before: TYPE,
        edit: [
            r#"assert!"#,
            r#"


          assert!"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "moved_to_another_file",
        before: r#"mod inner { include!("one.rs"); } pub use inner::at;"#,
        edit: ["one", "two"],
        host: r#"println!("{}", at(b"x", std::env::args().count() - 1));"#,
        expected: &[],
    },
    Case {
        name: "type_with_impls",
        before: TYPE,
        edit: [
            r#"#[derive(Clone, Debug)]"#,
            r#"pub struct Other(u8); impl Other { pub fn new(x: u8) -> Self { Other(x + 1) } } impl Clone for Other { fn clone(&self) -> Self { Other(self.0) } } impl Drop for Other { fn drop(&mut self) { println!("dropped") } } #[derive(Clone, Debug)]"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "new_method",
        before: TYPE,
        edit: [
            r#"impl Job {"#,
            r#"impl Job { pub fn rename(&mut self) { self.name.push('x') } } impl Job { pub fn size(&self) -> usize { self.name.len() }"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "unused_impl",
        before: TYPE,
        edit: [
            r#"impl Job {"#,
            r#"impl From<u8> for Job { fn from(it: u8) -> Job { Job::new(it.into()) } } impl Job {"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "new_derive",
        before: TYPE,
        edit: [
            r#"#[derive(Clone, Debug)]"#,
            r#"#[derive(PartialEq, Hash, Clone, Debug)]"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "private_function_of_entry_point",
        before: r#"fn helper() -> &'static str { "one" } entry! { fn page() -> String { helper().to_owned() } }"#,
        edit: [r#"one"#, r#"two"#],
        host: r#"println!("{}", page());"#,
        expected: &[],
    },
    Case {
        name: "private_type_renamed",
        before: r#"struct Inner(u32); impl Inner { fn get(&self) -> u32 { self.0 } } pub fn plain(x: u32) -> u32 { Inner(x).get() }"#,
        edit: [r#"Inner"#, r#"Renamed"#],
        host: r#"println!("{}", plain(3));"#,
        expected: &[],
    },
    Case {
        name: "attributes",
        before: TYPE,
        edit: [
            r#"pub fn plain"#,
            r#"/// Documented.
 #[must_use] #[allow(dead_code)] pub fn plain"#,
        ],
        host: USES_TYPE,
        expected: &[],
    },
    Case {
        name: "constant_of_entry_point",
        before: r#"pub const N: u32 = 1; entry! { fn page() -> u32 { N } }"#,
        edit: [r#"= 1"#, r#"= 2"#],
        host: r#"println!("{}", page());"#,
        expected: &[],
    },
    Case {
        name: "numbers_of_closures",
        before: r#"pub fn plain(x: &[u8]) -> u32 { x.iter().map(|it| u32::from(*it)).sum() }"#,
        edit: [r#"{ x"#, r#"{ const _: fn() = || (); x"#],
        host: r#"println!("{}", plain(&[3]));"#,
        expected: &[],
    },
    Case {
        name: "function_becomes_public",
        before: r#"fn helper(x: u32) -> u32 { x / 3 } pub fn plain(x: u32) -> u32 { helper(x) }"#,
        edit: [r#"fn helper"#, r#"pub fn helper"#],
        host: r#"println!("{}", plain(3));"#,
        expected: &[],
    },
    Case {
        name: "instance_moves_to_another_crate",
        before: r#"entry! { fn page(x: u32) -> u32 { x } }"#,
        edit: [
            r#"{ x }"#,
            r#"{ let mut map = std::collections::BTreeMap::new(); map.insert(x, x); map.len() as u32 }"#,
        ],
        host: r#"let mut map = std::collections::BTreeMap::new(); map.insert(1u32, 1u32); println!("{} {}", page(3), map.len());"#,
        expected: &[],
    },
    Case {
        name: "constants_of_others",
        before: r#"fn other() -> f64 { 1.5 } entry! { fn page() -> f64 { other() } } pub fn plain(x: f64) -> f64 { x * 2.5 }"#,
        edit: [r#"1.5"#, r#"1.5 + std::hint::black_box(3.5)"#],
        host: r#"println!("{} {}", page(), plain(1.0));"#,
        expected: &[],
    },
    Case {
        name: "moved_event",
        before: EVENT,
        edit: ["pub fn log", "\n\npub fn log"],
        host: USES_EVENT,
        expected: &[],
    },
];

const TYPE: &str = r#"#[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
            impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
            pub fn plain(x: u32) -> u32 { assert!(x > 1, "not {x}"); x + 1 }"#;

const USES_TYPE: &str = r#"let job = Job::new(plain(3)).clone(); println!("{job:?}");"#;

/// What `tracing` makes of an event.
pub(super) const EVENT: &str = r#"pub struct Meta { pub name: &'static str, pub line: Option<u32>, pub level: usize }
            pub fn log() -> &'static Meta { static __CALLSITE: &Meta = {
                static META: Meta = Meta { name: concat!("event ", file!(), ":", line!()), line: Some(line!()), level: 1 };
                &META
            }; __CALLSITE }"#;

pub(super) const USES_EVENT: &str =
    r#"let meta = log(); println!("{} {:?} {}", meta.name, meta.line, meta.level);"#;
