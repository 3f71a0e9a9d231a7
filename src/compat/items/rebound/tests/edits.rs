//! A crate, a host that uses it, and edits of the crate.

use super::Program;

/// What all edits are made to.
pub(super) const RULES: &str = r#"
use world::Store;
pub struct Sql { pub limit: u32, inner: Inner }
#[hotmod::hot] impl Store for Sql { fn name(&self) -> String { String::new() } }
impl std::error::Error for Oops {}
#[async_trait::async_trait] impl world::Later for Sql { async fn get(&self) {} }
#[derive(Clone, Debug, Default, PartialEq)] pub struct Job { id: u32 }
#[derive(Debug)] pub struct Oops;
struct Inner { guard: Guard }
struct Guard;
pub struct Pair { left: Seen, right: Seen }
pub struct Outer { outer: Seen }
struct Seen { seen: u8 }
struct Hidden;
struct Alone { x: u32 }
pub struct Wrap<T = u8>(pub T);
#[repr(u8)] pub enum Code { Good, Bad(u32) }
pub trait Ext { fn shown(&self) -> u8 { 1 } fn id(&self) -> u8; const N: u8 = 1; }
pub trait Local { fn local(&self) -> u8 { 1 } }
impl Ext for Job { fn id(&self) -> u8 { 1 } }
impl Local for Hidden {}
impl Job { pub fn run(&self) {} fn private(&self) {} }
impl std::ops::Deref for Sql { type Target = Inner; fn deref(&self) -> &Inner { &self.inner } }
impl From<Job> for u32 { fn from(job: Job) -> u32 { 1 } }
#[hotmod::hot] pub fn job() -> Job { Job::default() }
#[hotmod::hot] pub fn code() -> u32 { 1 }
pub fn made() -> Box<dyn Local> { Box::new(Hidden) }
pub mod deep { pub fn f() {} #[hotmod::hot] pub fn hot() {} }
mod one { pub fn g() {} }
mod two { pub fn g() {} }
pub use one::*;
pub use deep::f as renamed;
make!(answer, 1);
macro_rules! make { ($n:ident, $v:expr) => { pub fn $n() -> u8 { $v } } }
#[cfg(debug_assertions)] mod set { pub fn h() {} }
fn helper() { drop(1) }
unsafe impl Send for Sql {}
"#;

/// A host that uses much of it.
pub(super) const HOST: Program<'_> = Program {
    text: r#"
        use rules::{Code, Ext, Job, Oops};
        trait Own { fn label(&self) -> u8; }
        impl Own for Job { fn label(&self) -> u8 { 1 } }
        impl rules::Ext for Mine { fn id(&self) -> u8 { 2 } }
        fn main() {
            let sql = rules::Sql { limit: 1, ..make() };
            let job = rules::job();
            println!("{} {:?} {}", job.label(), job.clone(), sql.limit);
            match rules::code() { 1 => Code::Good, _ => Code::Bad(1) };
            rules::deep::f(); rules::deep::hot(); rules::renamed(); rules::g(); rules::answer();
            rules::Wrap(1u8); rules::Outer::new();
            let it = Oops.to_string(); let pair: rules::Pair = make();
            rules::set::h();
        }"#,
    uses: &["rules::made", "rules::helper", "rules::set::h"],
    redirects: &[],
};

/// An edit, as a replacement of a text by another.
pub(super) type Edit = (&'static str, &'static str);

/// Edits that concern the host, and what is said of each.
pub(super) const CONCERNED: &[(Edit, &str)] = &[
    // Provided items that are overridden, and overriding ones that are taken out.
    (
        (
            "fn name(&self) -> String { String::new() }",
            "fn name(&self) -> String { String::new() } fn count(&self) -> u32 { 1 }",
        ),
        "count",
    ),
    (
        (
            "fn name(&self) -> String { String::new() }",
            "fn name(&self) -> String { String::new() } const LIMIT: u32 = 1;",
        ),
        "LIMIT",
    ),
    (("fn name(&self) -> String { String::new() }", ""), "name"),
    (
        (
            "impl std::error::Error for Oops {}",
            "impl std::error::Error for Oops { fn source(&self) -> Option<&(dyn std::error::Error + 'static)> { None } }",
        ),
        "source",
    ),
    (
        (
            "async fn get(&self) {}",
            "async fn get(&self) {} async fn all(&self) {}",
        ),
        "all",
    ),
    (
        (
            "impl Ext for Job { fn id",
            "impl Ext for Job { fn shown(&self) -> u8 { 2 } fn id",
        ),
        "shown",
    ),
    (
        (
            "impl Ext for Job { fn id",
            "impl Ext for Job { const N: u8 = 2; fn id",
        ),
        "N",
    ),
    (
        (
            "impl Local for Hidden {}",
            "impl Local for Hidden { fn local(&self) -> u8 { 2 } }",
        ),
        "local",
    ),
    // Fields of the same type, whose offsets change.
    (
        ("left: Seen, right: Seen", "right: Seen, left: Seen"),
        "Pair",
    ),
    // Derives and written impls.
    (
        (
            "#[derive(Clone, Debug, Default, PartialEq)] pub struct Job { id: u32 }",
            "#[derive(Clone, Debug, PartialEq)] pub struct Job { id: u32 } impl Default for Job { fn default() -> Job { Job { id: 2 } } }",
        ),
        "Default",
    ),
    (
        (
            "#[derive(Clone, Debug, Default, PartialEq)] pub struct Job { id: u32 }",
            "#[derive(Clone, Default, PartialEq)] pub struct Job { id: u32 } impl std::fmt::Debug for Job { fn fmt(&self) {} }",
        ),
        "Debug",
    ),
    (
        (
            "#[derive(Clone, Debug, Default, PartialEq)]",
            "#[derive(Clone, Debug, Default)]",
        ),
        "PartialEq",
    ),
    // What the language calls.
    (
        (
            "struct Hidden;",
            "impl Drop for Job { fn drop(&mut self) {} } struct Hidden;",
        ),
        "Drop",
    ),
    (
        (
            "struct Hidden;",
            "impl Drop for Guard { fn drop(&mut self) {} } struct Hidden;",
        ),
        "Drop",
    ),
    (
        (
            "struct Hidden;",
            "struct Hidden; impl Drop for Hidden { fn drop(&mut self) {} }",
        ),
        "Drop",
    ),
    (
        (
            "struct Hidden;",
            "struct Hidden; impl std::ops::Deref for Job { type Target = u32; fn deref(&self) -> &u32 { &self.id } }",
        ),
        "Deref",
    ),
    (
        (
            "type Target = Inner; fn deref(&self) -> &Inner { &self.inner }",
            "type Target = u32; fn deref(&self) -> &u32 { &self.limit }",
        ),
        "Target",
    ),
    (("unsafe impl Send for Sql {}", ""), "Send"),
    (
        ("unsafe impl Send for Sql {}", "impl !Send for Sql {}"),
        "Send",
    ),
    (("impl From<Job> for u32", "impl From<Job> for u64"), "From"),
    // Methods that a call may mean now.
    (
        (
            "pub fn run(&self) {}",
            "pub fn run(&self) {} pub fn label(&self) -> u8 { 9 }",
        ),
        "label",
    ),
    (
        (
            "struct Hidden;",
            "struct Hidden; impl Job { pub fn clone(&self) -> u8 { 9 } }",
        ),
        "clone",
    ),
    (
        (
            "pub trait Local {",
            "impl Local for Job {} pub trait Local { fn label(&self) -> u8 { 1 }",
        ),
        "Local",
    ),
    (
        (
            "struct Hidden;",
            "struct Hidden; impl std::fmt::Display for Oops { fn to_string(&self) -> String { String::new() } }",
        ),
        "Display",
    ),
    (
        (
            "struct Hidden;",
            "struct Hidden; impl<T: Local> Ext for T { fn id(&self) -> u8 { 1 } }",
        ),
        "Ext",
    ),
    (
        (
            "fn id(&self) -> u8; const N",
            "fn id(&self) -> u8; fn more(&self); const N",
        ),
        "more",
    ),
    (
        (
            "fn id(&self) -> u8; const N",
            "fn id(&self, at: u8) -> u8; const N",
        ),
        "id",
    ),
    (("pub trait Ext {", "pub trait Ext: Clone {"), "Ext"),
    // Types.
    (
        ("pub struct Wrap<T = u8>", "pub struct Wrap<T = u16>"),
        "Wrap",
    ),
    (
        ("pub struct Oops;", "#[non_exhaustive] pub struct Oops;"),
        "Oops",
    ),
    (("outer: Seen }", "outer: Hidden }"), "Outer"),
    (("seen: u8 }", "seen: Vec<u8> }"), "Seen"),
    (("#[repr(u8)]", "#[repr(u16)]"), "Code"),
    (("Bad(u32)", "Bad(Hidden)"), "Bad"),
    (("Code { Good,", "Code { Good, Worse,"), "Worse"),
    (("pub limit: u32", "limit: u32"), "limit"),
    // Names.
    (("#[hotmod::hot] pub fn job()", "fn job()"), "job"),
    (("pub mod deep", "mod deep"), "deep"),
    (
        ("pub use deep::f as renamed;", "use deep::f as renamed;"),
        "renamed",
    ),
    (("pub use deep::f as renamed;", ""), "renamed"),
    (("pub use one::*;", "pub use two::*;"), "g"),
    (("pub use one::*;", "pub use one::*; pub fn g() {}"), "g"),
    (
        (
            "#[cfg(debug_assertions)] mod set",
            "#[cfg(not(debug_assertions))] mod set",
        ),
        "h",
    ),
    (("fn helper()", "fn drop(it: u8) {} fn helper()"), "drop"),
    (("fn helper()", "use deep::f as drop; fn helper()"), "drop"),
    (("make!(answer, 1);", "make!(answer, 2);"), "make"),
    (
        (
            "{ pub fn $n() -> u8 { $v } }",
            "{ pub fn $n() -> u8 { 2 * $v } }",
        ),
        "make",
    ),
];

/// Edits that don't.
pub(super) const HARMLESS: &[Edit] = &[
    ("left: Seen, right: Seen", "left: Seen, other: Seen"),
    (
        "#[derive(Debug)] pub struct Oops",
        "#[derive(Clone, Debug)] pub struct Oops",
    ),
    (
        "impl From<Job> for u32",
        "impl From<Oops> for u32 { fn from(it: Oops) -> u32 { 1 } } impl From<Job> for u32",
    ),
    (
        "pub struct Oops;",
        "pub struct Oops; impl Oops { fn of<'a>(it: &'a u8) -> &'a u8 { it } }",
    ),
    ("Job::default() }", "Job { id: 3 } }"),
    ("fn helper()", "fn other() {} fn helper()"),
    (
        "fn helper()",
        "pub fn other() -> Job { Job::default() } fn helper()",
    ),
    (
        "fn helper()",
        "mod more { pub struct New; impl New { pub fn label(&self) {} } impl Drop for New { fn drop(&mut self) {} } } fn helper()",
    ),
    (
        "fn helper()",
        "#[derive(Clone, Debug, Default)] pub struct New; impl Ext for New { fn id(&self) -> u8 { 1 } } fn helper()",
    ),
    (
        "struct Alone { x: u32 }",
        "#[derive(Clone)] struct Alone { x: u64 } impl Drop for Alone { fn drop(&mut self) {} }",
    ),
    ("struct Alone { x: u32 }", "struct Renamed { x: u32 }"),
    (
        "pub fn run(&self) {}",
        "pub fn run(&self) {} pub fn unheard_of(&self) {}",
    ),
    (
        "pub fn run(&self) {}",
        "pub fn run(&self) {} fn label(&self) {}",
    ),
    (
        "pub fn run(&self) {}",
        "#[inline] pub fn run(&self) {} const NONE: u8 = 1;",
    ),
    ("fn private(&self) {}", ""),
    (
        "#[derive(Debug)] pub struct Oops",
        "#[derive(Debug, Eq, Hash)] pub struct Oops",
    ),
    (
        "#[derive(Debug)] pub struct Oops",
        "#[allow(dead_code)] #[derive(Debug)] pub struct Oops",
    ),
    (
        "#[derive(Clone, Debug, Default, PartialEq)]",
        "#[derive(PartialEq, Default)] #[derive(Debug, Clone)]",
    ),
    (
        "struct Hidden;",
        "struct Hidden; impl From<u8> for Job { fn from(it: u8) -> Job { Job { id: 1 } } }",
    ),
    (
        "struct Hidden;",
        "struct Hidden; impl std::fmt::Display for Job { fn fmt(&self) {} }",
    ),
    ("struct Hidden;", "struct Hidden; impl Local for Job {}"),
    (
        "struct Hidden;",
        "struct Hidden; impl std::ops::Add for Job { type Output = Job; fn add(self, it: Job) -> Job { it } }",
    ),
    (
        "struct Hidden;",
        "struct Hidden; pub trait New { fn new(&self) {} } impl<T> New for T {}",
    ),
    (
        "pub trait Local {",
        "pub trait Local { fn provided(&self) {}",
    ),
    (
        "fn private(&self) {} }",
        "} impl Job { fn private(&self) {} }",
    ),
    ("use world::Store;", "use world::Store; use world::Unused;"),
    ("fn helper()", "/// Helps.\nfn helper()"),
    (
        "fn helper()",
        "#[cfg(test)] mod tests { impl Drop for super::Job { fn drop(&mut self) {} } } fn helper()",
    ),
    (
        "pub fn made()",
        "pub const NEW: u8 = 1; pub type New = Job; pub fn made()",
    ),
    (
        "make!(answer, 1);",
        "make!(answer, 1); make!(unheard_of, 2);",
    ),
    (
        "pub fn g() {} }\nmod two",
        "pub fn g() {} pub fn other() {} }\nmod two",
    ),
    ("id: u32 }", "number: u32 }"),
    (
        "impl Ext for Job { fn id(&self) -> u8 { 1 } }",
        "mod moved { use super::*; impl Ext for Job { fn id(&self) -> u8 { 1 } } }",
    ),
];
