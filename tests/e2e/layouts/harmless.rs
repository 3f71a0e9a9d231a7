//! Edits of types that are compatible with existing values.

use super::Edit;

pub(super) const EDITS: &[Edit] = &[
    &[("\"{} {} {}\"", "\"{} - {} - {}\"")],
    &[("pub struct Cell", "/// A cell.\npub struct Cell")],
    &[("LIMIT: u32 = 7", "LIMIT: u32 = 8")],
    // What only a body has.
    &[(
        "struct Private {\n    value: u32",
        "struct Private {\n    value: u64",
    )],
    &[(
        "struct Private {\n",
        "struct Private {\n    more: [u8; 9],\n",
    )],
    &[("pub only: u8", "pub only: u16")],
    &[(
        "    value: u32,\n    unused: Unused,",
        "    unused: Unused,\n    value: u32,",
    )],
    &[(
        "struct Private {",
        "struct Private {\n    local: Option<Box<dyn Fn(Wide)>>,",
    )],
    // Derives, lints and who may see what.
    &[("pub struct Step", "#[derive(Debug)]\npub struct Step")],
    &[("pub struct Event", "#[derive(Clone)]\npub struct Event")],
    &[(
        "pub struct Passed",
        "#[derive(Clone, Debug)]\npub struct Passed",
    )],
    &[("    items: Vec<Item>", "    pub(crate) items: Vec<Item>")],
    &[("pub trait Local", "#[allow(dead_code)]\npub trait Local")],
    &[("pub struct Given", "#[must_use]\npub struct Given")],
    // What is new.
    &[(
        "pub struct Mark",
        "pub struct New {\n    value: State,\n}\n\npub struct Mark",
    )],
    &[(
        "pub struct Mark",
        "pub trait New {\n    fn new(&self);\n}\n\npub struct Mark",
    )],
    &[(
        "pub struct Mark",
        "pub enum New {\n    One,\n}\n\npub struct Mark",
    )],
    &[(
        "pub struct Mark",
        "pub const NEW: u32 = 1;\n\npub struct Mark",
    )],
    &[(
        "pub struct Mark",
        "fn new<T: Default>() -> T {\n    T::default()\n}\n\npub struct Mark",
    )],
    &[(
        "pub struct Mark",
        "#[hotmod::hot]\npub fn new(state: State) {\n    drop(state)\n}\n\npub struct Mark",
    )],
    &[(
        "impl Step {",
        "impl Step {\n    pub fn double(&self) -> u32 {\n        self.value * 2\n    }\n",
    )],
    &[(
        "#[hotmod::hot]\nimpl Step {",
        "impl Drop for Private {\n    fn drop(&mut self) {}\n}\n\n#[hotmod::hot]\nimpl Step {",
    )],
    &[(
        "#[hotmod::hot]\nimpl Step {",
        "impl std::fmt::Display for Given {\n    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n        write!(f, \"{}\", self.value)\n    }\n}\n\n#[hotmod::hot]\nimpl Step {",
    )],
    // What stands elsewhere, or is written otherwise.
    &[
        ("pub struct Mark {\n    value: u8,\n}\n\n", ""),
        (
            "#[derive(Default)]\npub struct State",
            "pub struct Mark {\n    value: u8,\n}\n\n#[derive(Default)]\npub struct State",
        ),
    ],
    &[(
        "use widgets::{Item, Shape, Unused};",
        "use widgets::{Shape, Unused, Item};",
    )],
    &[(
        "pub type Alias = u32;",
        "pub type Alias = core::primitive::u32;",
    )],
    &[("packed)]", "packed(1))]")],
    &[("    Zero,", "    Zero = 0,")],
    &[
        ("Viewed<'a>", "Viewed<'b>"),
        ("text: &'a str", "text: &'b str"),
        ("impl<'a>", "impl<'b>"),
    ],
    &[("type Of: Default;", "type Of: Default;\n    fn extra() {}")],
    &[(
        "        #[derive(Default)]\n        pub struct $name",
        "        #[derive(Clone, Default)]\n        pub struct $name",
    )],
    // State machines are boxed, and their own generation's.
    &[
        (
            "let held = asked.value;",
            "let held = asked.value;\n    let more = [held; 9];",
        ),
        ("Later { value: held }", "Later { value: held + more[0] }"),
    ],
    &[(
        "    std::future::ready(()).await;",
        "    std::future::ready(()).await;\n    std::future::ready(()).await;",
    )],
    &[(
        "let private = Private::default();",
        "let private = Private::default();\n    let _ = (0..2).map(|it| it + private.value).count();",
    )],
    // Names alone.
    &[(
        "pub struct Okay {\n    value",
        "pub struct Okay {\n    worth",
    )],
    &[("Ticked", "Ticking")],
    &[("    Late,", "    Later,")],
];
