//! Items that can't be entry points: a compile error at the right place, with the reason and an
//! alternative.
//!
//! The macros' own tests have every message; here rustc shows them, in a session's flavour, and
//! what only rustc can find out is here alone.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use hotmod_testkit::Workspace;

/// The crate's text, where `^` stands before what rustc shall point at, and the message's words.
const MISUSES: &[(&str, &[&str])] = &[
    (
        "#[hotmod::hot] pub fn show<^T>(of: T) {}",
        &["generic function `show`", "with concrete types"],
    ),
    (
        "#[hotmod::hot] pub fn show<'a, const ^N: usize>(of: &'a [u8; N]) {}",
        &["generic function `show`"],
    ),
    (
        "#[hotmod::hot] pub fn show(of: &^impl Send) {}",
        &[
            "`impl Trait` as an argument makes it generic",
            "use a concrete type",
        ],
    ),
    (
        "#[hotmod::hot] pub fn show() -> ^impl Send {}",
        &[
            "the type behind a returned `impl Trait` can change",
            "return a named type",
        ],
    ),
    (
        "#[hotmod::hot] pub ^const fn show() -> u8 { 1 }",
        &[
            "may evaluate it at compile time, when the host is built",
            "remove `const`",
        ],
    ),
    (
        "#[hotmod::hot] pub ^extern \"C\" fn show() {}",
        &[
            "entry points must use the Rust ABI",
            "from the `extern \"C\"` function",
        ],
    ),
    (
        "#[hotmod::hot] pub ^async unsafe fn show() {}",
        &["the runtime creates its future, and can't uphold its safety contract"],
    ),
    (
        "#[hotmod::hot] pub ^trait Show { fn show(&self); }",
        &["put `#[hot]` on the impl blocks of the trait"],
    ),
    (
        "#[hotmod::hot] pub ^struct Show;",
        &["works only on functions, impl blocks and modules"],
    ),
    (
        "#[hotmod::hot(^fast)] pub fn show() {}",
        &["`#[hot]` takes no arguments"],
    ),
    (
        "pub struct Show<T>(T);\n#[hotmod::hot] impl<^T> Show<T> { pub fn show(&self) {} }",
        &[
            "can't be used on the impl of a generic type",
            "functions with concrete types",
        ],
    ),
    (
        "pub struct Show;\n#[hotmod::hot] impl ^Drop for Show { fn drop(&mut self) {} }",
        &["can't be used on an impl of `Drop`", "call it from `drop`"],
    ),
    (
        "pub struct Show;\n#[hotmod::hot] impl Show { ^#[hotmod::hot] pub fn show(&self) {} }",
        &["every function in it is an entry point"],
    ),
    (
        "pub struct Show;\n#[hotmod::hot] impl Show { pub fn show<^T>(&self) {} }",
        &["generic function `show`"],
    ),
    // What an attribute on the method can't see.
    (
        "pub struct Show<T>(T);\nimpl<T> Show<T> { #[hotmod::hot] pub fn ^show(&self) {} }",
        &["generic"],
    ),
    (
        "pub struct Show;\nimpl ToString for Show {\n    #[hotmod::hot] \
         fn ^to_string(&self) -> String { String::new() } }",
        &["in_trait_impls_put_hot_on_the_whole_block"],
    ),
    (
        "pub struct Show;\nimpl Show { #[hotmod::hot] pub fn ^show() {} }",
        &["not supported in `trait`s or `impl`s"],
    ),
    (
        "pub trait Show { #[hotmod::hot] fn ^show(&self) {} }",
        &["generic"],
    ),
    (
        "pub fn outer() { #[hotmod::hot] fn show(of: Vec<^impl Send>) {} }",
        &["makes it generic"],
    ),
    (
        "#[hotmod::setup] pub fn begin(^generation: u32) {}",
        &[
            "the runtime has no arguments to pass",
            "remove the arguments",
        ],
    ),
    (
        "#[hotmod::teardown] pub fn end() ^-> u8 { 1 }",
        &["its return value would be ignored"],
    ),
    (
        "pub struct Show;\nimpl Show { #[hotmod::teardown] pub fn ^end() {} }",
        &["not supported in `trait`s or `impl`s"],
    ),
];

/// A command of rustc's for one file that has the runtime as a session has it.
static RUNTIME: LazyLock<(Workspace, PathBuf, PathBuf)> = LazyLock::new(|| {
    let workspace = Workspace::new("basic", "misuse");
    let output = workspace
        .command("cargo")
        .args(["build", "--message-format=json", "--package=pages"])
        .args(["--features", "hotmod/live"])
        .args(["--config", "profile.dev.package.hotmod.opt-level=3"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let messages = String::from_utf8(output.stdout).unwrap();
    let rlib = messages
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|message| message["target"]["name"] == "hotmod")
        .and_then(|message| message["filenames"][0].as_str().map(PathBuf::from))
        .unwrap();
    let dependencies = rlib.parent().unwrap().to_owned();
    (workspace, rlib, dependencies)
});

/// rustc's errors: message and everything rendered, line and column of the primary span.
fn errors(name: &str, source: &str, flavour: &str) -> Vec<(String, u64, u64)> {
    let (workspace, rlib, dependencies) = &*RUNTIME;
    let folder = workspace.root().with_extension("cases").join(flavour);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.rs"));
    fs::write(&file, source).unwrap();
    let output = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
        .args(["--error-format=json", "-Adead_code", "-Aunused"])
        .arg(format!("--extern=hotmod={}", rlib.display()))
        .arg(format!("-Ldependency={}", dependencies.display()))
        .arg("--out-dir")
        .arg(&folder)
        .arg(&file)
        .env("HOTMOD_FLAVOUR", flavour)
        .env("HOTMOD_CRATE", "hotmod")
        .output()
        .unwrap();
    String::from_utf8(output.stderr)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|message| message["level"] == "error")
        .filter_map(|message| {
            let spans = message["spans"].as_array().unwrap();
            let primary = spans.iter().find(|span| span["is_primary"] == true)?;
            Some((
                message["rendered"].as_str().unwrap().to_owned(),
                primary["line_start"].as_u64().unwrap(),
                primary["column_start"].as_u64().unwrap(),
            ))
        })
        .collect()
}

#[test]
fn a_setup_returns_an_error_with_a_message() {
    for (output, value, words) in [
        (
            "u8",
            "1",
            "a setup returns nothing or a `Result<(), E>` whose `E` can be displayed",
        ),
        (
            "Result<(), Vec<u8>>",
            "Ok(())",
            "`Vec<u8>` doesn't implement `std::fmt::Display`",
        ),
    ] {
        let source = format!("#[hotmod::setup]\npub fn begin() -> {output} {{ {value} }}");
        let found = errors("setup_result", &source, "group");
        let is_right = |(rendered, ..): &(String, u64, u64)| {
            rendered.contains(words) && rendered.contains("#[hotmod::setup]")
        };
        assert!(found.iter().any(is_right), "{found:#?}");
    }
}

#[test]
fn hooks_in_the_host_are_refused() {
    let source = "#[hotmod::setup]\npub fn begin() {}";
    let found = errors("setup_in_host", source, "host");
    let words = "the host is not reloaded";
    assert!(found.iter().any(|it| it.0.contains(words)), "{found:#?}");
}

#[test]
fn each_misuse_is_an_error_at_the_right_place() {
    let mut wrong = Vec::new();
    for (index, (marked, words)) in MISUSES.iter().enumerate() {
        let (before, _) = marked.split_once('^').unwrap();
        let line = before.lines().count() as u64;
        let column = before.lines().last().unwrap().len() as u64 + 1;
        let source = marked.replace('^', "");
        for flavour in ["baseline", "group"] {
            let found = errors(&format!("misuse_{index}"), &source, flavour);
            let is_right = found.iter().any(|(rendered, at_line, at_column)| {
                words.iter().all(|word| rendered.contains(word))
                    && (*at_line, *at_column) == (line, column)
            });
            if !is_right {
                wrong.push(format!("{flavour} {line}:{column} {source}\n{found:#?}"));
            }
        }
        // In a host, and so in a plain build, the same is no misuse of `#[hot]`.
        let found = errors(&format!("host_{index}"), &source, "host");
        let ours = found.iter().any(|(rendered, ..)| rendered.contains("hot]"));
        assert!(!ours, "{found:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
