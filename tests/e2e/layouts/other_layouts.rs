//! Edits that make existing values invalid, and what the reason must name.

use super::Edit;

pub(super) const EDITS: &[(Edit, &[&str])] = &[
    // Fields.
    (
        &[("pub second: u32,", "pub second: u32,\n    pub score: u32,")],
        &[
            "`screens::State`: field `score: u32` added at offset",
            "fn screens::",
        ],
    ),
    (
        &[("    pub second: u32,\n", "")],
        &["`screens::State`: field `second: u32` removed from offset"],
    ),
    (
        &[("pub second: u32", "pub second: u64")],
        &["`screens::State`: field `second`: `u32` -> `u64`"],
    ),
    (
        &[(
            "    pub first: u32,\n    pub second: u32,",
            "    pub second: u32,\n    pub first: u32,",
        )],
        &["`screens::State`: field `", "moved from offset"],
    ),
    (
        &[("Vec<Item>", "VecDeque<Item>")],
        &["`screens::State`: field `items`: `Vec<widgets::Item>` -> `VecDeque<widgets::Item>`"],
    ),
    (
        &[("HashMap<u32,", "HashMap<u64,")],
        &["`screens::State`: field `table`"],
    ),
    (
        &[("BTreeMap<u8,", "BTreeMap<u16,")],
        &["`screens::State`: field `queue`"],
    ),
    (
        &[("(u8, Pair)", "(u16, Pair)")],
        &["`screens::State`: field `pair`"],
    ),
    (
        &[("tree: Option<Box<Node>>", "tree: Option<Rc<Node>>")],
        &["`screens::State`: field `tree`"],
    ),
    (
        &[("Rc<RefCell<Inner>>", "Rc<Mutex<Inner>>")],
        &["`screens::State`: field `shared`"],
    ),
    (
        &[("PhantomData<*const Mark>", "PhantomData<Mark>")],
        &["`screens::State`: field `mark`"],
    ),
    // What is held, however far away.
    (
        &[("pub id: u32", "pub id: u64")],
        &["`widgets::Item`: field `id`: `u32` -> `u64`", ".items"],
    ),
    (
        &[("pub id: u32,", "pub id: u32,\n    pub more: u8,")],
        &["`widgets::Item`: field `more: u8` added"],
    ),
    (
        &[(
            "struct Cell {\n    value: u32",
            "struct Cell {\n    value: u64",
        )],
        &["`screens::Cell`: field `value`", ".table"],
    ),
    (
        &[(
            "struct Entry {\n    value: u16",
            "struct Entry {\n    value: u32",
        )],
        &["`screens::Entry`: field `value`", ".queue"],
    ),
    (
        &[(
            "struct Inner {\n    value: u32",
            "struct Inner {\n    value: i32",
        )],
        &["`screens::Inner`: field `value`: `u32` -> `i32`"],
    ),
    (
        &[("left: u16", "left: u8")],
        &["`screens::Pair`: field `left`"],
    ),
    (
        &[(
            "struct Slot {\n    value: u8",
            "struct Slot {\n    value: u16",
        )],
        &["`screens::Slot`: field `value`"],
    ),
    (
        &[("LENGTH: usize = 3", "LENGTH: usize = 4")],
        &["`screens::State`: field `slots`: `[screens::Slot; 3]` -> `[screens::Slot; 4]`"],
    ),
    (
        &[(
            "struct Node {\n    value: u32",
            "struct Node {\n    value: u64",
        )],
        &["`screens::Node`: field `value`"],
    ),
    (
        &[(
            "    next: Option<Box<Node>>,",
            "    next: Option<Box<Node>>,\n    other: Option<Box<Node>>,",
        )],
        &["`screens::Node`: field `other: Option<Box<screens::Node>>` added"],
    ),
    (
        &[("flag: bool", "flag: u8")],
        &["`screens::Small`: field `flag`: `bool` -> `u8`"],
    ),
    (
        &[(
            "struct Part {\n    value: u32",
            "struct Part {\n    value: u64",
        )],
        &["`screens::Part`: field `value`", ".parts"],
    ),
    (
        &[("make!(Made { one: u8 })", "make!(Made { one: u16 })")],
        &["`screens::Made`: field `one`"],
    ),
    (
        &[("value: u128", "value: u64")],
        &["`screens::Wide`: field `value`"],
    ),
    (
        &[("type Alias = u32", "type Alias = u64")],
        &["`screens::State`: field `alias`: `u32` -> `u64`"],
    ),
    (
        &[("pub(super) value: u32", "pub(super) value: u64")],
        &["`screens::inner::Deepest`: field `value`"],
    ),
    (
        &[(
            "struct Argument {\n    value: u32",
            "struct Argument {\n    value: u64",
        )],
        &["`screens::Argument`: field `value`"],
    ),
    (
        &[("type Of = u32", "type Of = u64")],
        &["`screens::Associated<screens::Family>`: field `value`"],
    ),
    (
        &[(
            "pub struct Nothing;",
            "pub struct Nothing {\n    value: u8,\n}",
        )],
        &["`screens::Nothing`: field `value: u8` added"],
    ),
    (
        &[(
            "struct Mark {\n    value: u8",
            "struct Mark {\n    value: u16",
        )],
        &["`screens::Mark`: field `value`"],
    ),
    // Const generics.
    (
        &[("Grid<4>", "Grid<5>")],
        &["`screens::State`: field `grid`: `screens::Grid<4>` -> `screens::Grid<5>`"],
    ),
    (
        &[("rows: Vec<[u16; N]>", "rows: Vec<[u32; N]>")],
        &["`screens::Grid<4>`: field `rows`"],
    ),
    (
        &[("cells: [u8; N]", "cells: [u16; N]")],
        &["`screens::Row<4>`: field `cells`"],
    ),
    // Enums.
    (
        &[("    On(u8),", "    On(u8),\n    Half,")],
        &["`screens::Mode`: variant `Half` added"],
    ),
    (
        &[("    On(u8),", "    On(u16),")],
        &["`screens::Mode::On`: field `0`: `u8` -> `u16`"],
    ),
    (
        &[("    Named { text: String },\n", "")],
        &["`screens::Mode`: variant `Named` removed"],
    ),
    (
        &[("text: String", "text: String, more: u8")],
        &["`screens::Mode::Named`: field `more: u8` added"],
    ),
    (
        &[("    One = 4", "    One = 5")],
        &["`screens::Plain`: value of variant `One`: 4 -> 5"],
    ),
    (
        &[("#[repr(u8)]", "#[repr(u16)]")],
        &["`screens::Plain`", "size 1 -> 2"],
    ),
    (
        &[("    One = 4,", "    One = 4,\n    Two,")],
        &["`screens::Plain`: variant `Two` added (= 5)"],
    ),
    (
        &[("Early(u32)", "Early(u64)")],
        &["`screens::Fail::Early`: field `0`: `u32` -> `u64`"],
    ),
    (
        &[("    Early(u32),\n    Late,", "    Late,\n    Early(u32),")],
        &["`screens::Fail`: value of variant `"],
    ),
    (
        &[(
            "struct Okay {\n    value: u32",
            "struct Okay {\n    value: u16",
        )],
        &["`screens::Okay`: field `value`"],
    ),
    (
        &[("Option<Result<Okay, Fail>>", "Option<Option<Okay>>")],
        &["`screens::State`: field `outcome`"],
    ),
    // Unions, and what `repr` says.
    (
        &[("number: u32,", "number: u64,")],
        &["`screens::Raw`: field `number`"],
    ),
    (
        &[(
            "    bytes: [u8; 4],",
            "    bytes: [u8; 4],\n    float: f32,",
        )],
        &["`screens::Raw`: field `float: f32` added"],
    ),
    (
        &[(
            "    byte: u8,\n    word: u32,\n    half: u16,",
            "    word: u32,\n    byte: u8,\n    half: u16,",
        )],
        &["`screens::Ordered`: field `", "moved from offset"],
    ),
    (
        &[("#[repr(C)]\n", "")],
        &["`screens::Ordered`: ", "moved from offset"],
    ),
    (
        &[("#[repr(C, packed)]", "#[repr(C)]")],
        &["`screens::Packed`: field `word` moved from offset 1 to 4"],
    ),
    (
        &[("align(16)", "align(32)")],
        &["`screens::Aligned`", "align 16 -> 32"],
    ),
    (
        &[(
            "struct Transparent {\n    value: u32",
            "struct Transparent {\n    value: u64",
        )],
        &["`screens::Transparent`: field `value`"],
    ),
    // Function pointers.
    (
        &[(
            "struct Called {\n    value: u32",
            "struct Called {\n    value: u64",
        )],
        &["`screens::Called`: field `value`", ".call"],
    ),
    (
        &[("fn(&Called) -> u32", "fn(&Called) -> u64")],
        &["`screens::State`: field `call`"],
    ),
    // Trait objects, whose methods are called by their place in a table.
    (
        &[(
            "    fn area(&self) -> u32;\n    fn edges(&self) -> u32;",
            "    fn edges(&self) -> u32;\n    fn area(&self) -> u32;",
        )],
        &["`trait Shape` changed"],
    ),
    (
        &[(
            "    fn edges(&self) -> u32;",
            "    fn edges(&self) -> u32;\n    fn name(&self) -> String;",
        )],
        &["`trait Shape` changed"],
    ),
    (
        &[("fn area(&self) -> u32", "fn area(&self) -> u64")],
        &["`trait Shape` changed"],
    ),
    (
        &[(
            "    fn begin(&self) -> u32;\n    fn end(&self, with: Passed) -> u32;",
            "    fn end(&self, with: Passed) -> u32;\n    fn begin(&self) -> u32;",
        )],
        &["`trait Local` changed"],
    ),
    (
        &[(
            "    fn over(&self) -> u8;\n    fn under(&self) -> u8;",
            "    fn under(&self) -> u8;\n    fn over(&self) -> u8;",
        )],
        &["`trait Super` changed"],
    ),
    (
        &[("struct Passed(u64)", "struct Passed(u32)")],
        &["`struct Passed` changed"],
    ),
    (&[("struct Event(u32)", "struct Event(u64)")], &["Event"]),
    (&[("struct Reply(u16)", "struct Reply(u32)")], &["Reply"]),
    (
        &[("Option<Box<dyn Shape>>", "Option<Rc<dyn Shape>>")],
        &["`screens::Holder`: field `shape`"],
    ),
    (
        &[(
            "            fn one(&self) -> u8;\n            fn two(&self) -> u8;",
            "            fn two(&self) -> u8;\n            fn one(&self) -> u8;",
        )],
        &["`macro make_trait` changed"],
    ),
    (
        &[("ALL_PARTS: usize = 4", "ALL_PARTS: usize = 8")],
        &["`const ALL_PARTS` changed"],
    ),
    (
        &[(
            "    fn put(&self, of: &Chunk) -> u8;\n    fn get(&self) -> u8;",
            "    fn get(&self) -> u8;\n    fn put(&self, of: &Chunk) -> u8;",
        )],
        &["`trait r#Uncooked` changed"],
    ),
    // Other types that lie alike.
    (
        &[("mpsc::Sender<Sent>", "mpsc::Receiver<Sent>")],
        &["`screens::Holder`: field `sender`"],
    ),
    (
        &[("borrowed: Option<Borrowed>", "borrowed: Option<Owned>")],
        &["`screens::Holder`: field `borrowed`"],
    ),
    // Kept by their types.
    (
        &[
            (
                "struct Kept {\n    value: u32",
                "struct Kept {\n    value: u64",
            ),
            ("<Kept>().value\n}", "<Kept>().value as u32\n}"),
        ],
        &[
            "`screens::Kept`: field `value`",
            "stored under its `TypeId`",
        ],
    ),
    (
        &[(
            "struct Keyed {\n    value: u32",
            "struct Keyed {\n    value: u64",
        )],
        &[
            "`screens::Keyed`: field `value`",
            "stored under its `TypeId`",
        ],
    ),
    (
        &[
            (
                "struct Found {\n    value: u32",
                "struct Found {\n    value: u64",
            ),
            // Only now it is looked for.
            (
                "<Kept>().value += 1;",
                "<Kept>().value += 1;\n    extensions.get_or_make::<Found>();",
            ),
        ],
        &[
            "`screens::Found`: field `value`: `u32` -> `u64`",
            "stored under its `TypeId`",
        ],
    ),
    // How long a reference lives.
    (
        &[("scope: &'l str", "scope: &'static str")],
        &["`struct Lived` changed in a way that type layouts don't record"],
    ),
    // Parameters and results.
    (
        &[
            (
                "struct Taken {\n    value: u32",
                "struct Taken {\n    value: u64",
            ),
            (
                "Given { value: taken.value }",
                "Given { value: taken.value as u32 }",
            ),
            ("Taken { value }", "Taken { value: value.into() }"),
        ],
        &[
            "`screens::Taken`: field `value`",
            "fn screens::Taken::of (return value)",
        ],
    ),
    (
        &[
            ("text: &'a str,", "text: &'a [u8],"),
            ("Viewed { text }", "Viewed { text: text.as_bytes() }"),
        ],
        &[
            "`screens::Viewed`: field `text`: `&str` -> `&[u8]`",
            "fn screens::Viewed::of (return value)",
        ],
    ),
    (
        &[
            (
                "struct Given {\n    value: u32",
                "struct Given {\n    value: u64",
            ),
            (
                "Given { value: taken.value }",
                "Given { value: taken.value.into() }",
            ),
        ],
        &[
            "`screens::Given`: field `value`",
            "fn screens::take (return value)",
        ],
    ),
    (
        &[
            (
                "struct Asked {\n    value: u32",
                "struct Asked {\n    value: u64",
            ),
            ("Later { value: held }", "Later { value: held as u32 }"),
        ],
        &[
            "`screens::Asked`: field `value`",
            "fn screens::later (argument 1)",
        ],
    ),
    (
        &[
            (
                "struct Later {\n    value: u32",
                "struct Later {\n    value: u64",
            ),
            ("Later { value: held }", "Later { value: held.into() }"),
        ],
        &[
            "`screens::Later`: field `value`",
            "fn screens::later (return value)",
        ],
    ),
    (
        &[
            (
                "struct Step {\n    value: u32",
                "struct Step {\n    value: u64",
            ),
            ("self.first += by.value", "self.first += by.value as u32"),
            ("Step { value }", "Step { value: value.into() }"),
        ],
        &[
            "`screens::Step`: field `value`",
            "fn screens::State::tick (argument 2)",
        ],
    ),
    (
        &[(
            "struct Ticked {\n    value: u32",
            "struct Ticked {\n    value: u64",
        )],
        &[
            "`screens::Ticked`: field `value`",
            "fn screens::State::tick (return value)",
        ],
    ),
    (
        &[
            (
                "struct Wanted {\n    value: u32",
                "struct Wanted {\n    value: u64",
            ),
            ("of.value\n", "of.value as u32\n"),
            ("Wanted { value }", "Wanted { value: value.into() }"),
        ],
        &[
            "`screens::Wanted`: field `value`",
            "fn screens::State::total (argument 2)",
        ],
    ),
    (
        &[("pub fn number() -> u32", "pub fn number() -> u64")],
        &["fn screens::number", "`u32` -> `u64`"],
    ),
    // Kept by its type, under another name.
    (
        &[("Kept", "Held")],
        &["`screens::Kept` was renamed to `screens::Held`"],
    ),
];
