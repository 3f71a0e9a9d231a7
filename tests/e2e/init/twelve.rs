//! A realistic workspace of twelve crates: comments, globs, inherited dependencies in every
//! spelling, CRLF line endings, and a second program.

use hotmod_testkit::Workspace;

const ROOT: &str = r#"# The shop. See CONTRIBUTING for how to build it.
[workspace]
resolver = "3"
members = [
    "crates/*", # libraries and the server
    # Not a library:
    "tools/xtask",
]

[workspace.package]
version = "0.3.0"
edition = "2024"
license = "MIT" # as all of it
publish = false

# Lints are the same everywhere.
[workspace.lints.rust]
missing_docs = "warn"
unsafe_code = "forbid"

[workspace.lints.clippy]
all = { level = "warn", priority = -1 }

[workspace.dependencies]
# Ours, in alphabetical order.
cart       = { path = "crates/cart" }
catalog    = { path = "crates/catalog" }
money      = { path = "crates/money" }   # cents
names      = { path = "crates/names" }
orders     = { path = "crates/orders" }
pages      = { path = "crates/pages" }
search     = { path = "crates/search" }
stock      = { path = "crates/stock" }
storage    = { path = "crates/storage" }
users      = { path = "crates/users" }

[profile.dev]
debug = 1 # enough for backtraces
"#;

const SHOP: &str = r#"[package]
name = "shop"
description = "the server" # there is only one
version.workspace = true
edition.workspace = true
license.workspace = true
publish.workspace = true

# What it is made of.
[dependencies]
cart.workspace = true
orders = { workspace = true }
pages.workspace = true # and what they need
users.workspace = true

[lints]
workspace = true
"#;

const MAIN: &str = r#"//! The server: it answers lines.

#![forbid(unsafe_code)]

use std::io::{self, BufRead as _};

/// Answers until there is nothing more to answer.
fn main() -> io::Result<()> {
    println!("ready with {}", pages::say());
    for line in io::stdin().lock().lines() {
        println!("{} {}", line?, orders::say());
    }
    Ok(())
}
"#;

/// Each library and what it depends on, in a spelling of its own.
const LIBRARIES: [(&str, &str); 10] = [
    ("cart", "[dependencies]\nmoney.workspace = true\n"),
    ("catalog", "[dependencies]\nnames = { workspace = true }\n"),
    ("money", ""),
    ("names", ""),
    ("orders", "[dependencies.cart]\nworkspace = true\n"),
    ("pages", "dependencies.catalog = { workspace = true }\r\n"),
    (
        "search",
        "[dependencies]\ncatalog = { path = \"../catalog\" }\n",
    ),
    (
        "stock",
        "[dependencies]\n# counted\nstorage.workspace = true\n",
    ),
    ("storage", ""),
    ("users", "[dependencies]\nnames.workspace = true\n"),
];

/// Writes it to an empty folder.
pub(super) fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::empty(test, "twelve");
    workspace.write("Cargo.toml", ROOT);
    for (name, dependencies) in LIBRARIES {
        let mut package = format!(
            "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\
             license.workspace = true\npublish.workspace = true\n\n"
        );
        let rest = "\n[lints]\nworkspace = true\n";
        package = if name == "pages" {
            let package = package.replace('\n', "\r\n");
            let rest = rest.replace('\n', "\r\n");
            let package = package
                .trim_end()
                .replace("[package]\r\nname", "package.name");
            let package = package.replace("\r\n", "\r\npackage.");
            format!("{package}\r\n{dependencies}{rest}")
        } else {
            format!("{package}{dependencies}{rest}")
        };
        workspace.write(format!("crates/{name}/Cargo.toml"), &package);
        workspace.write(
            format!("crates/{name}/src/lib.rs"),
            &format!(
                "//! Of the shop.\n\n/// Says its name.\npub fn say() -> &'static str {{\n    \"{name}\"\n}}\n"
            ),
        );
    }
    workspace.write("crates/shop/Cargo.toml", SHOP);
    workspace.write("crates/shop/src/main.rs", MAIN);
    workspace.write(
        "tools/xtask/Cargo.toml",
        "[package]\nname = \"xtask\"\nedition = \"2021\"\n",
    );
    workspace.write("tools/xtask/src/main.rs", "fn main() {}\n");
    workspace
}
