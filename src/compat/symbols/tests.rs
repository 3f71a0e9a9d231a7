//! Symbols, as people are told of them, and those that can't be read.

use crate::compat::symbols::*;
use crate::report::text::of_use;

#[test]
fn descriptions_name_their_entry_points() {
    for (path, expected) in [
        ("pages::page::__hotmod_describe", Some("pages::page")),
        ("pages::__hotmod_describe_page", Some("pages::page")),
        (
            "pages::Card::__hotmod_in_trait_impls_put_hot_on_the_whole_block_show",
            Some("pages::Card::show"),
        ),
        (
            "<pages::Card as pages::Screen>::draw::__hotmod_describe",
            Some("<pages::Card as pages::Screen>::draw"),
        ),
        ("pages::page", None),
        ("pages::page::__HOTMOD_SLOT", None),
    ] {
        assert_eq!(entry_point(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn a_use_says_who_has_the_item() {
    let its = |is_data, by_way_of: Option<&str>| Use {
        is_data,
        user: "app".to_owned(),
        is_program: false,
        by_way_of: by_way_of.map(str::to_owned),
    };
    let uses = [
        ("pages::footer", its(false, None)),
        ("pages::m::helper", its(false, Some("pages::footer"))),
        ("pages::TABLE", its(true, None)),
        (
            "<pages::Guard as core::ops::drop::Drop>::drop",
            its(false, None),
        ),
    ];
    let symbols = HostSymbols {
        uses: uses.map(|(path, its)| (path.to_owned(), its)).into(),
        ..HostSymbols::default()
    };
    for (crate_name, key, expected) in [
        (
            "pages",
            "footer",
            Some("`app` calls `pages::footer` directly"),
        ),
        (
            "pages",
            "helper",
            Some("`app` reaches `pages::m::helper` through `pages::footer`"),
        ),
        ("pages", "TABLE", Some("`app` uses `pages::TABLE` directly")),
        (
            "pages",
            "<Guard as Drop>::drop",
            Some("`app` calls `<pages::Guard as Drop>::drop` directly"),
        ),
        ("widgets", "footer", None),
        ("pages", "Guard::footer", None),
    ] {
        assert_eq!(
            symbols
                .used(Way::Direct, crate_name, key, |it| it == "Guard")
                .as_ref()
                .map(of_use)
                .as_deref(),
            expected,
            "{key}"
        );
    }
}

#[test]
fn a_library_without_objects_of_rustc_is_no_library() {
    let folder = tempfile::tempdir().unwrap();
    let library = |member: &str| {
        let path = folder.path().join("libpages-1.rlib");
        let header = format!(
            "{member:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0, 0, 0, 644, 0
        );
        fs::write(&path, format!("!<arch>\n{header}")).unwrap();
        let linked = |is_reloadable| Linked {
            path: path.clone(),
            crate_name: "pages".to_owned(),
            is_reloadable,
        };
        [true, false].map(|it| HostSymbols::read(&[linked(it)]).map_err(|it| it.to_string()))
    };
    let [of_group, other] = library("pages.o/");
    let error = of_group.unwrap_err();
    assert!(
        error.contains("no member of it is an object whose name ends with `.rcgu.o`"),
        "{error}"
    );
    assert_eq!(other, Ok(HostSymbols::default()));
}
