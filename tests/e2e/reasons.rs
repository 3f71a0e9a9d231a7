//! Verdicts that name the affected crate and the cause.

use hotmod_testkit::Workspace;

/// Adds dependencies to a package.
fn depend(workspace: &Workspace, manifest: &str, lines: &str) {
    let with = format!("[dependencies]\n{lines}\n");
    workspace.edit(manifest, "[dependencies]\n", &with);
}

#[test]
fn a_program_is_distinguished_from_the_library_of_its_package() {
    let workspace = Workspace::new("direct", "program_and_library");
    let marked = "\n[package.metadata.hotmod]\nreloadable = true\n\n[dependencies]\n";
    workspace.edit("app/Cargo.toml", "\n[dependencies]\n", marked);
    let own = "pub static OWN: &str = \"own-1\";\n";
    workspace.write("app/src/lib.rs", own);
    let call = "println!(\"ready {}\", app::OWN);";
    workspace.edit("app/src/main.rs", "println!(\"ready\");", call);
    let mut session = workspace.run().ready();
    workspace.edit("app/src/lib.rs", "own-1", "own-2");
    assert_eq!(
        session.wait_for("verdict")["reason"],
        "`app::OWN` changed, and the program `app` uses it directly"
    );
    assert_eq!(session.wait_for_answer("ready"), "ready own-2");
    workspace.edit("app/src/main.rs", "ready {}", "ready again {}");
    assert_eq!(
        session.wait_for("verdict")["reason"],
        "`app/src/main.rs` changed, and the program `app` is not reloadable, only its library"
    );
    assert_eq!(session.wait_for_answer("ready"), "ready again own-2");
}

#[test]
fn macros_are_not_named_as_users() {
    let workspace = Workspace::new("layouts", "macros_are_no_users");
    workspace.edit("Cargo.toml", "\"model\",", "\"macros\", \"model\",");
    let package = "[package]\nname = \"macros\"\nversion.workspace = true\nedition.workspace = true\n\n\
                   [lib]\nproc-macro = true\n";
    workspace.write("macros/Cargo.toml", package);
    let source = "#[proc_macro]\npub fn late(_: proc_macro::TokenStream) -> proc_macro::TokenStream {\n    \
                  stringify!(let _ = widgets::When::Late;).parse().unwrap()\n}\n";
    workspace.write("macros/src/lib.rs", source);
    let dependencies = "macros = { path = \"../macros\" }\nwidgets.workspace = true";
    depend(&workspace, "app/Cargo.toml", dependencies);
    workspace.edit(
        "app/src/main.rs",
        "    println!(\"ready\");",
        "    macros::late! {}\n    println!(\"ready\");",
    );
    let when = "pub enum When {\n    Soon,\n    Late,\n}\n";
    for file in ["screens/src/lib.rs", "widgets/src/lib.rs"] {
        workspace.write(file, &(workspace.read(file) + when));
    }
    let mut session = workspace.run().ready();
    // Both crates have a variant of this name, and the macro's path is of the other crate.
    workspace.edit(
        "screens/src/lib.rs",
        "    Soon,\n",
        "    Soon,\n    Next,\n",
    );
    assert_eq!(session.wait_for("verdict")["verdict"], "reload");
    session.wait_for("live");
    workspace.edit(
        "widgets/src/lib.rs",
        "    Soon,\n",
        "    Soon,\n    Next,\n",
    );
    assert_eq!(
        session.wait_for("verdict")["reason"],
        "`variant Late` in `widgets/src/lib.rs` changed, and macros of `macros` may use it in \
         `app/src/main.rs`"
    );
    // Only the variant's number, which the program does not use, is another one.
    session.wait_for("live");
}

/// What a `dyn` type of an entry point leads to, and what only has the same names.
const FILTER: &str = "
mod provider;

pub trait Filter {
    fn query(&self) -> Query;
}

pub struct Query {
    pub include: bool,
}

#[hotmod::hot]
pub fn card(_: &dyn Filter) -> String {
    include_str!(\"card.txt\").to_owned()
}
";

const PROVIDER: &str = "//! Never `dyn`.

pub trait Provider {
    fn query(&self) -> widgets::Query;
}

pub struct Filter {
    pub state: u8,
}
";

#[test]
fn names_in_dyn_types_lead_to_their_own_items_alone() {
    let workspace = Workspace::new("layouts", "names_in_dyn_types");
    let screens = "screens/src/lib.rs";
    workspace.write(screens, &(workspace.read(screens) + FILTER));
    workspace.write("screens/src/card.txt", "one");
    workspace.write("screens/src/provider.rs", PROVIDER);
    let widgets = "widgets/src/lib.rs";
    let of_same_name = "\npub struct Query {\n    pub more: u8,\n}\n";
    workspace.write(widgets, &(workspace.read(widgets) + of_same_name));
    let mut session = workspace.run().ready();
    let mut goes_live = |path: &str, from: &str, to: &str| {
        workspace.edit(path, from, to);
        let event = session.wait_for_any(&["live", "restarted", "compile-error"]);
        assert_eq!(event["event"], "live", "{path}: {to}\n{event}");
    };
    // A field is no macro.
    goes_live("screens/src/card.txt", "one", "two");
    // A default method of a trait, and private fields of types of the same name.
    let provider = "screens/src/provider.rs";
    let method = "pub trait Provider {\n    fn more(&self) {}\n";
    goes_live(provider, "pub trait Provider {\n", method);
    goes_live(provider, "    pub state: u8,\n", "    pub state: u16,\n");
    goes_live(widgets, "pub more: u8", "pub more: u16");
    // A module of this session is Rust, and of no other name.
    workspace.write(
        "screens/src/extra.rs",
        "pub struct Extra {\n    pub a: u8,\n}\n",
    );
    goes_live(screens, "mod provider;", "mod extra;\nmod provider;");
    goes_live("screens/src/extra.rs", "pub a: u8", "pub a: u16");

    workspace.edit(screens, "pub include: bool", "pub include: u8");
    let restarted = session.wait_for_any(&["live", "restarted"]);
    assert_eq!(
        restarted["reason"],
        "`struct Query` changed in a way that type layouts don't record, via `dyn screens::Filter`"
    );
    assert_eq!(restarted["causes"][0]["dyn"], "dyn screens::Filter");
}

#[test]
fn a_type_is_named_before_its_constructor() {
    let workspace = Workspace::new("direct", "type_and_constructor");
    let cart = "
pub struct Cart {
    pub count: u32,
}

impl Cart {
    #[inline]
    pub fn new() -> Self {
        Cart { count: 1 }
    }
}
";
    let pages = "pages/src/lib.rs";
    workspace.write(pages, &(workspace.read(pages) + cart));
    let ready = "println!(\"ready {}\", pages::Cart::new().count);";
    workspace.edit("app/src/main.rs", "println!(\"ready\");", ready);
    let mut session = workspace.run().ready();
    let source = workspace.read(pages);
    let with_field = source
        .replace("pub count: u32,", "pub count: u32,\n    pub total: u64,")
        .replace("Cart { count: 1 }", "Cart { count: 2, total: 0 }");
    workspace.write(pages, &with_field);
    let verdict = session.wait_for("verdict");
    assert_eq!(
        verdict["reason"],
        "`struct Cart` in `pages/src/lib.rs`: field `total` added"
    );
    assert_eq!(verdict["causes"][1]["used"]["item"], "pages::Cart::new");
    assert_eq!(session.wait_for_answer("ready"), "ready 2");
}
