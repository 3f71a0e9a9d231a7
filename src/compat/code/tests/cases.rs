//! Edits of a module of a reloadable crate, and the code of the host that uses the module.

/// An edit.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    /// Has a function `run`.
    pub(super) host: &'static str,
    /// The difference.
    pub(super) expected: &'static str,
}

const fn harmless(
    name: &'static str,
    before: &'static str,
    after: &'static str,
    host: &'static str,
) -> Case {
    Case {
        name,
        before,
        after,
        host,
        expected: "",
    }
}

const TYPE: &str = "#[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }";

const USES_TYPE: &str =
    "pub fn run() { let job = Job::new(plain(3)).clone(); println!(\"{job:?}\"); }";

pub(super) const HARMLESS: &[Case] = &[
    harmless("comment", TYPE, "// A comment.
        #[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String } /* and another */
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("body_of_entry_point",
        "entry! { fn page(x: u32) -> String { format!(\"{x}\") } }",
        "fn helper(x: u32) -> Vec<u64> { (0..x).map(u64::from).collect() }
         entry! { fn page(x: u32) -> String { format!(\"{:?}\", helper(x)) } }",
        "pub fn run() { println!(\"{}\", page(3)); }"),
    harmless("private_function", TYPE, "#[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    fn private(x: &[u8]) -> usize { x.iter().map(|it| *it as usize).sum() }
    pub fn another() -> usize { private(&[1]) }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("moved_lines", TYPE, "\n\n\n\n pub fn plain(x: u32) -> u32 {

       assert!(x > 1, \"not {x}\"); x + 1 }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    #[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }", USES_TYPE),
    harmless("type_with_impl", TYPE, "pub struct Other(u8);
    impl Other { pub fn new(x: u8) -> Self { Other(x + 1) } }
    impl Clone for Other { fn clone(&self) -> Self { Other(self.0) } }
    impl Drop for Other { fn drop(&mut self) { println!(\"dropped\") } }
    #[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("new_method", TYPE, "#[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn rename(&mut self) { self.name.push('x') } }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } pub fn size(&self) -> usize { self.name.len() } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("unused_impl", TYPE, "impl From<u8> for Job { fn from(it: u8) -> Job { Job::new(it.into()) } }
    #[derive(Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("new_derive", TYPE, "#[derive(PartialEq, Hash, Clone, Debug)] pub struct Job { pub id: u32, name: String }
    impl Job { pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("private_function_changed",
        "fn helper() -> &'static str { \"one\" } entry! { fn page() -> String { helper().to_owned() } }",
        "fn helper() -> &'static str { \"two\" } entry! { fn page() -> String { helper().to_owned() } }",
        "pub fn run() { println!(\"{}\", page()); }"),
    harmless("private_type_renamed",
        "struct Inner(u32); impl Inner { fn get(&self) -> u32 { self.0 } } pub fn plain(x: u32) -> u32 { Inner(x).get() }",
        "struct Renamed(u32); impl Renamed { fn get(&self) -> u32 { self.0 } } pub fn plain(x: u32) -> u32 { Renamed(x).get() }",
        "pub fn run() { println!(\"{}\", plain(3)); }"),
    harmless("attribute", TYPE, "#[derive(Clone, Debug)] #[allow(dead_code)] pub struct Job { pub id: u32, name: String }
    impl Job { #[must_use] pub fn new(id: u32) -> Self { Job { id, name: id.to_string() } } }
    /// Documented.
    #[deny(unused)] pub fn plain(x: u32) -> u32 { assert!(x > 1, \"not {x}\"); x + 1 }", USES_TYPE),
    harmless("constant_of_entry_point",
        "pub const N: u32 = 1; entry! { fn page() -> u32 { N } }",
        "pub const N: u32 = 2; entry! { fn page() -> u32 { N } }",
        "pub fn run() { println!(\"{}\", page()); }"),
];

pub(super) const HARMFUL: &[Case] = &[Case {
    name: "provided",
    before: "pub trait Store { fn count(&self) -> u32 { 1 } } pub struct Sql; impl Store for Sql {}",
    after: "pub trait Store { fn count(&self) -> u32 { 1 } } pub struct Sql; impl Store for Sql { fn count(&self) -> u32 { 2 } }",
    host: "pub fn run() { println!(\"{}\", Sql.count()); }",
    expected: "app::provided::run: <rules::provided::Sql as Store>::count instead of rules::provided::Store::count",
}];
