//! Packages that may use items of the group.

use super::fixture::{Fixture, MAIN, dependencies, list};

#[test]
fn only_packages_above_a_crate_use_its_items() {
    let macros = "[lib]\nproc-macro = true\n";
    let fixture = Fixture::workspace(
        "app above screens base below macros",
        &list(&["screens", "base"]),
    )
    .library("below", "")
    .library("macros", macros)
    .library("base", &dependencies("below macros"))
    .library("screens", &dependencies("base"))
    .library("above", &dependencies("base"))
    .binary("app", &dependencies("above screens hotmod"));
    let users = fixture.plan().users;
    let names =
        |package: &str, item: &str| users.names(package, &[item.to_owned()].into()).join(" ");
    // `screens` may export the items of `base` again.
    for (package, of_base, of_screens) in [
        ("app", "base screens", "screens"),
        ("above", "base", ""),
        ("below", "base screens", "screens"),
        ("macros", "base screens", "screens"),
        ("screens", "", ""),
        ("unknown", "", ""),
    ] {
        assert_eq!(names(package, "base"), of_base, "{package}");
        assert_eq!(names(package, "screens"), of_screens, "{package}");
    }
    // Macros only use items in code that can name these.
    let root = |package: &str| {
        let root = users.macros_used_in(package);
        root.map(|root| root.ends_with("app/src/main.rs"))
    };
    assert_eq!(root("macros"), Some(true));
    assert_eq!(root("below"), Some(true));
    assert_eq!(root("app"), None);
    assert_eq!(root("above"), None);
}

#[test]
fn a_program_is_distinguished_from_the_library_of_its_package() {
    let of_library = Fixture::marked().plan().users;
    assert_eq!(of_library.program_of("app"), None);
    let lib = dependencies("hotmod") + "[package.metadata.hotmod]\nreloadable = true\n";
    let users = Fixture::workspace("app other", "")
        .library("app", &lib)
        .write("w/app/src/main.rs", MAIN)
        .library("other", "")
        .plan()
        .users;
    assert_eq!(users.program_of("app"), Some("app"));
    assert_eq!(users.program_of("other"), None);
    assert_eq!(users.names("app", &["app".to_owned()].into()), ["app"]);
}
