//! Page loads while the saved code is not live.

use hotmod::Settled;

use super::{PAGE_LOAD, page, request, send};
use crate::live::locations::Editor;

/// rustc's own output, with colours.
const DIAGNOSTICS: &str = include_str!("diagnostics.txt");

fn failed() -> Settled {
    Settled::Failed {
        diagnostics: DIAGNOSTICS.to_owned(),
    }
}

#[test]
fn a_page_load_gets_the_errors_with_a_link_into_the_editor() {
    let answer = send(page(), failed(), request("GET /", &[PAGE_LOAD]));
    assert_eq!(answer.status, 500);
    assert_eq!(answer.header("hotmod-state"), "failed");
    assert!(!answer.body.contains("<h1>old</h1>"), "{}", answer.body);
    for part in [
        "<h1>The build failed</h1>",
        "mismatched types",
        // Not as markup.
        "Vec&lt;u8&gt;",
        "href=\"vscode://file/shop/pages/src/lib.rs:3:5\"",
        ">pages/src/lib.rs:3:5</",
        "<script src=\"/.hotmod/script.js\"",
        "data-problem=\"failed-",
        // In a frame, a link replaces the page around it, if the editor does not open.
        "<base target=\"_top\">",
    ] {
        assert!(answer.body.contains(part), "no {part} in\n{}", answer.body);
    }
    assert!(!answer.body.contains('\x1b'), "{}", answer.body);
}

#[test]
fn other_requests_get_the_old_code() {
    for asked in [
        "accept: */*",
        "accept:",
        "accept: application/json, text/htmlish",
    ] {
        let answer = send(page(), failed(), request("GET /", &[PAGE_LOAD, asked]));
        assert_eq!(
            (answer.status, answer.header("hotmod-state")),
            (200, "failed")
        );
        assert!(answer.body.starts_with("<h1>old</h1>"), "{}", answer.body);
    }
}

#[test]
fn only_a_page_that_can_be_loaded_again_does_so_by_itself() {
    let answer = send(page(), failed(), request("POST /", &[PAGE_LOAD]));
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("Send it again"), "{}", answer.body);
    assert!(!answer.body.contains("<script"), "{}", answer.body);
}

#[test]
fn another_host_name_is_shown_no_source() {
    // The second is a script of another site, where a layer of the server allows its requests.
    for header in ["host: shop.test", "origin: http://shop.test"] {
        let answer = send(page(), failed(), request("GET /", &[PAGE_LOAD, header]));
        assert_eq!(answer.status, 500);
        for part in ["mismatched types", "pages/src/lib.rs", "<script"] {
            assert!(!answer.body.contains(part), "{header}: {}", answer.body);
        }
    }
}

#[test]
fn refused_code_leaves_the_old_page() {
    let reasons = vec!["`LIMIT` is not a number".to_owned()];
    let refused = Settled::Refused { reasons };
    let answer = send(page(), refused.clone(), request("GET /", &[PAGE_LOAD]));
    assert_eq!(
        (answer.status, answer.header("hotmod-state")),
        (200, "refused")
    );
    let answer = send(
        page(),
        refused,
        request("GET /.hotmod/problem", &[PAGE_LOAD]),
    );
    assert!(
        answer.body.contains("`LIMIT` is not a number"),
        "{}",
        answer.body
    );
}

#[test]
fn locations_become_links() {
    let link = |text: &str| Editor::new(Some("zed"), "/my shop").link(text);
    let linked = |address: &str, text: &str| format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\");
    let lib = linked("zed://file/my%20shop/src/lib.rs:3:5", "src/lib.rs:3:5");
    for (text, expected) in [
        ("  --> src/lib.rs:3:5\n", format!("  --> {lib}\n")),
        ("   ::: src/lib.rs:3:5", format!("   ::: {lib}")),
        (
            "\x1b[1m\x1b[94m--> \x1b[0m\x1b[1msrc/lib.rs:3:5\x1b[0m\n",
            format!("\x1b[1m\x1b[94m--> \x1b[0m\x1b[1m{lib}\x1b[0m\n"),
        ),
        (
            "--> /std/a \"b\".rs:1:2",
            format!(
                "--> {}",
                linked("zed://file/std/a%20%22b%22.rs:1:2", "/std/a \"b\".rs:1:2")
            ),
        ),
        (
            "--> a:b.rs:1:2",
            format!(
                "--> {}",
                linked("zed://file/my%20shop/a%3Ab.rs:1:2", "a:b.rs:1:2")
            ),
        ),
    ] {
        assert_eq!(link(text), expected, "{text}");
    }
    for text in [
        "3 |     x --> src/lib.rs:3:5\n",
        "--> src/lib.rs\n",
        "--> src/lib.rs:3\n",
        "--> :3:5\n",
        "--> \n",
        "\x1b[1",
        "no location",
    ] {
        assert_eq!(link(text), text);
    }
}

#[test]
fn an_editor_is_named_by_the_scheme_of_its_addresses() {
    let link = |scheme| Editor::new(scheme, "/shop").link("--> a.rs:1:2");
    assert!(link(Some("zed")).contains("zed://file/shop/a.rs:1:2"));
    for scheme in [None, Some(""), Some("java script"), Some("\">")] {
        assert!(
            link(scheme).contains("vscode://file/shop/a.rs:1:2"),
            "{scheme:?}"
        );
    }
}
