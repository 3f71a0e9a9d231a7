//! Verdicts that say who is affected, and by what.

use hotmod_testkit::Workspace;

/// Adds dependencies to a package.
fn depend(workspace: &Workspace, manifest: &str, lines: &str) {
    let with = format!("[dependencies]\n{lines}\n");
    workspace.edit(manifest, "[dependencies]\n", &with);
}

#[test]
fn a_program_is_told_from_the_library_of_its_package() {
    let workspace = Workspace::new("direct", "program_and_library");
    let marked = "\n[package.metadata.hotmod]\nreloadable = true\n\n[dependencies]\n";
    workspace.edit("app/Cargo.toml", "\n[dependencies]\n", marked);
    let own = "pub fn own() -> &'static str {\n    \"own-1\"\n}\n";
    workspace.write("app/src/lib.rs", own);
    let call = "println!(\"ready {}\", app::own());";
    workspace.edit("app/src/main.rs", "println!(\"ready\");", call);
    let mut session = workspace.run().ready();
    workspace.edit("app/src/lib.rs", "own-1", "own-2");
    assert_eq!(
        session.wait_for("verdict")["reason"],
        "`app::own` changed, and the program `app` calls it directly; to make it reloadable, mark it \
         `#[hotmod::hot]`"
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
    session.wait_for_answer("ready");
}
