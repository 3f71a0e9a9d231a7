//! What is added to a manifest, and that nothing else is touched.

use crate::commands::init::manifest::*;

fn edited(text: &str, edit: impl FnOnce(&mut Manifest)) -> String {
    let mut manifest = Manifest::parse(Path::new("Cargo.toml"), text.to_owned()).unwrap();
    assert_eq!(manifest.text(), text, "it changes by itself");
    edit(&mut manifest);
    manifest.text()
}

fn with_dependency(text: &str, source: &Source) -> String {
    edited(text, |manifest| {
        manifest
            .add_dependency(&["dependencies"], "hotmod", source)
            .unwrap();
    })
}

fn marked(text: &str) -> String {
    edited(text, |manifest| manifest.mark().unwrap())
}

#[test]
fn a_dependency_is_one_line_more() {
    let inherited = Source::Workspace;
    let own = Source::from_path(Path::new("../hotmod"));
    const OWN: &str = "hotmod = { path = \"../hotmod\" }\n";
    for (before, source, line, after) in [
        // In order, between comments that belong to others.
        (
            "# top\n[dependencies]\n# web\naxum.workspace = true # fast\n",
            &inherited,
            "hotmod.workspace = true\n",
            "# io\ntokio = { workspace = true, features = [\"net\"] }\n\n[lints]\nworkspace = \
             true\n# end\n",
        ),
        // Not in order.
        (
            "[dependencies]\ntokio = \"1\"\naxum = \"0.8\"\n",
            &own,
            OWN,
            "\n[dev-dependencies]\nzebra = \"1\"\n",
        ),
        // Keys of one dependency in an order of their own.
        (
            "[dependencies]\naxum.workspace = true\naxum.features = [\"x\"]\n",
            &inherited,
            "hotmod.workspace = true\n",
            "serde.workspace = true\nserde.features = [\"derive\"]\n",
        ),
        // As its neighbours inherit.
        (
            "[dependencies]\naxum = { workspace = true }\n",
            &inherited,
            "hotmod = { workspace = true }\n",
            "",
        ),
        ("[dependencies]\n", &own, OWN, "\n[features]\na = []\n"),
        // Dotted, at the top.
        (
            "package.name = \"a\"\ndependencies.axum = \"1\"\n",
            &own,
            "dependencies.hotmod = { path = \"../hotmod\" }\n",
            "",
        ),
        // Quoted, and spaced as its author likes it.
        (
            "[dependencies]\n\"axum\"   =   \"1\"\n",
            &own,
            OWN,
            "'serde'=\"1\"\n",
        ),
    ] {
        assert_eq!(
            with_dependency(&format!("{before}{after}"), source),
            format!("{before}{line}{after}")
        );
    }
}

#[test]
fn a_table_is_made_where_none_is() {
    let own = Source::from_path(Path::new("h"));
    assert_eq!(
        with_dependency("[package]\nname = \"a\"\n", &own),
        "[package]\nname = \"a\"\n\n[dependencies]\nhotmod = { path = \"h\" }\n"
    );
    assert_eq!(
        with_dependency(
            "[package]\nname = \"a\"\n\n[dependencies.axum]\nversion = \"1\"\n",
            &own
        ),
        "[package]\nname = \"a\"\n\n[dependencies]\nhotmod = { path = \"h\" }\n\n\
         [dependencies.axum]\nversion = \"1\"\n"
    );
    assert_eq!(
        with_dependency("dependencies = { axum = \"1\" }\n", &own),
        "dependencies = { axum = \"1\", hotmod = { path = \"h\" } }\n"
    );
}

#[test]
fn a_mark_stands_below_the_package() {
    const MARK: &str = "\n[package.metadata.hotmod]\nreloadable = true\n";
    let (package, rest) = (
        "[package]\nname = \"a\" # the first\n",
        "\n# what it needs\n[dependencies]\nb = \"1\"\n",
    );
    assert_eq!(
        marked(&format!("{package}{rest}")),
        format!("{package}{MARK}{rest}")
    );
    assert_eq!(marked(package), format!("{package}{MARK}"));
    assert_eq!(
        marked("[package]\nname = \"a\"\n\n[package.metadata.docs.rs]\nall-features = true\n"),
        format!(
            "[package]\nname = \"a\"\n\n[package.metadata.docs.rs]\nall-features = true\n{MARK}"
        )
    );
    assert_eq!(
        marked("[package]\nname = \"a\"\nmetadata.docs = 1\n"),
        format!("[package]\nname = \"a\"\nmetadata.docs = 1\n{MARK}")
    );
    assert_eq!(
        marked("package = { name = \"a\", metadata = { docs = 1 } }\n"),
        "package = { name = \"a\", metadata = { docs = 1, hotmod = { reloadable = true } } }\n"
    );
    assert_eq!(
        marked("[package.metadata.hotmod]\nreloadable = false # not yet\nwatch = []\n"),
        "[package.metadata.hotmod]\nreloadable = true # not yet\nwatch = []\n"
    );
    assert_eq!(
        marked("[package.metadata.hotmod]\nwatch = []\n"),
        "[package.metadata.hotmod]\nwatch = []\nreloadable = true\n"
    );
}

#[test]
fn a_package_becomes_a_workspace() {
    assert_eq!(
        edited("[package]\nname = \"a\"\n\n[dependencies]\n", |manifest| {
            manifest.add_member("crates/b").unwrap();
        }),
        "[package]\nname = \"a\"\n\n[dependencies]\n\n[workspace]\nmembers = [\"crates/b\"]\n"
    );
}

#[test]
fn a_byte_order_mark_stays() {
    for ends in ["\n", "\r\n"] {
        let before = "\u{feff}[package]\nname = \"a\"\n\n[dependencies]\n".replace('\n', ends);
        let after = with_dependency(&before, &Source::Workspace);
        assert_eq!(after, format!("{before}hotmod.workspace = true{ends}"));
    }
}

#[test]
fn line_ends_of_windows_are_kept() {
    let before = "[package]\r\nname = \"a\"\r\n\r\n[dependencies]\r\nb = \"1\"\r\n";
    assert_eq!(
        with_dependency(before, &Source::Workspace),
        format!("{before}hotmod.workspace = true\r\n")
    );
}

#[test]
fn what_is_no_table_is_named() {
    let mut manifest = Manifest::parse(
        Path::new("Cargo.toml"),
        "[package]\nmetadata.hotmod = 1\n".to_owned(),
    )
    .unwrap();
    assert_eq!(
        manifest.mark().unwrap_err().to_string(),
        "`package.metadata.hotmod` in `Cargo.toml` is not a table"
    );
    let broken = Manifest::parse(Path::new("Cargo.toml"), "[package\n".to_owned()).unwrap_err();
    assert!(
        broken
            .to_string()
            .starts_with("`Cargo.toml` is not valid TOML: ")
    );
}
