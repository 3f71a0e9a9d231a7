//! A plain build contains nothing of a session: no code and no dependency.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use hotmod_testkit::{Workspace, repository};

fn succeed(command: &mut Command) -> String {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The assembly of a target in a release build; `file` is its root.
fn assembly(workspace: &Workspace, file: &str, arguments: &[&str]) -> String {
    // Cargo makes nothing where nothing is newer.
    workspace.write(file, &workspace.read(file));
    let output = workspace.root().with_extension("s");
    let _ = fs::remove_file(&output);
    succeed(
        workspace
            .command("cargo")
            .args(["rustc", "--quiet", "--release"])
            .args(arguments)
            .args(["--", "-Ccodegen-units=1"])
            .arg(format!("--emit=asm={}", output.display())),
    );
    without_hashes(&fs::read_to_string(output).unwrap())
}

/// The hashes in names are also of the attributes' places in the source.
fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split("17h").enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        // The `E` that follows the 16 digits is one too.
        let hash = if index > 0 && digits >= 16 { 16 } else { 0 };
        out.push_str(&part[hash..]);
    }
    let text = std::mem::take(&mut out);
    for (index, part) in text.split(".Lanon.").enumerate() {
        let hash = if index > 0 {
            part.find('.').unwrap()
        } else {
            0
        };
        out.push_str(&part[hash..]);
    }
    out
}

/// Takes an attribute out of a file, and leaves every other character where it is.
fn without(workspace: &Workspace, file: impl AsRef<Path>, attribute: &str) {
    let blank = " ".repeat(attribute.len());
    workspace.edit(file, attribute, &blank);
}

#[test]
fn the_assembly_is_that_of_a_program_without_the_attributes() {
    let workspace = Workspace::new("kinds", "plain_assembly");
    let (file, arguments) = ("kinds/src/lib.rs", ["--package=kinds", "--lib"]);
    let with = assembly(&workspace, file, &arguments);
    assert!(with.contains("by_mutable"), "it is of something else");
    without(&workspace, file, "#[hm::hot]");
    let removed = assembly(&workspace, file, &arguments);
    assert!(with == removed, "the assembly of `kinds` differs");
    // A difference would show.
    workspace.edit(file, "\"displayed {}\"", "\"shown {}\"");
    let other = assembly(&workspace, file, &arguments);
    assert!(other != removed, "the assembly is always the same");

    let (file, arguments) = ("app/src/bin/fails.rs", ["--package=app", "--bin=fails"]);
    let with = assembly(&workspace, file, &arguments);
    without(&workspace, file, "#[hotmod::main]");
    let removed = assembly(&workspace, file, &arguments);
    assert!(with == removed, "the assembly of `main` differs");
}

/// A library that wraps a service for a web server.
const WRAPPED: &str = "#[derive(Clone)]
pub struct Service(pub u32);

#[unsafe(no_mangle)]
pub fn serve(service: Service) -> u32 {
    hotmod_web::wrap(service).0 + 1
}
";

#[test]
fn a_wrapped_service_is_the_service_itself() {
    let workspace = Workspace::empty("plain_wrapped", "plain_wrapped");
    let manifest = "[package]\nname = \"served\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                    [dependencies]\nhotmod-web = { path = PATH }\n";
    let path = format!("{:?}", repository().join("crates/hotmod-web"));
    workspace.write("Cargo.toml", &manifest.replace("PATH", &path));
    workspace.write("src/lib.rs", WRAPPED);
    let with = assembly(&workspace, "src/lib.rs", &["--lib"]);
    assert!(with.contains("serve:"), "it is of something else");
    without(&workspace, "src/lib.rs", "hotmod_web::wrap");
    let removed = assembly(&workspace, "src/lib.rs", &["--lib"]);
    assert!(with == removed, "the assembly differs");
    workspace.edit("src/lib.rs", "0 + 1", "0 + 2");
    let other = assembly(&workspace, "src/lib.rs", &["--lib"]);
    assert!(other != removed, "the assembly is always the same");

    let mut tree = workspace.command("cargo");
    tree.args(["tree", "--offline", "--prefix=none", "--package=hotmod-web"]);
    assert_eq!(succeed(&mut tree).lines().count(), 1);
}

#[test]
fn waiting_for_the_saved_code_compiles_to_nothing() {
    let workspace = Workspace::new("kinds", "plain_waiting");
    let file = "kinds/src/lib.rs";
    let text = workspace.read(file);
    let functions = |waits: &str, polls: &str| {
        let added = format!(
            "#[unsafe(no_mangle)]\npub fn waits() -> u32 {{\n{waits}\n}}\n\
             #[unsafe(no_mangle)]\npub fn polls(context: &mut std::task::Context<'_>) -> bool {{\n\
             {polls}\n}}\n"
        );
        workspace.write(file, &(text.clone() + &added));
        let assembly = assembly(&workspace, file, &["--package=kinds", "--lib"]);
        ["waits", "polls"].map(|name| {
            let (_, rest) = assembly.split_once(&format!("\n{name}:\n")).unwrap();
            rest.split_once(".Lfunc_end").unwrap().0.to_owned()
        })
    };
    let with = functions(
        "match hm::settle(std::time::Duration::from_secs(30)) {\n\
             hm::Settled::Live { generation } => generation,\n\
             _ => 7,\n\
         }",
        "let waits = async { hm::settled(std::time::Duration::from_secs(30)).await };\n\
         let live = hm::Settled::Live { generation: 0 };\n\
         std::pin::pin!(waits).poll(context) == std::task::Poll::Ready(live)",
    );
    assert_eq!(with, functions("0", "let _ = context;\ntrue"));
}

#[test]
fn nothing_of_the_runtime_is_compiled() {
    let workspace = Workspace::new("basic", "plain_tree");
    let tree = |arguments: &[&str]| {
        succeed(
            workspace
                .command("cargo")
                .args(["tree", "--offline", "--prefix=none", "--package=pages"])
                .args(arguments),
        )
    };
    let packages = |tree: &str| {
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        BTreeSet::from_iter(names.map(str::to_owned))
    };
    let plain = packages(&tree(&[]));
    assert!(plain.contains("hotmod") && plain.contains("hotmod-macros"));
    let live = packages(&tree(&["--features=hotmod/live"]));
    // A session adds these, and must not add a feature to a crate that the user's build has too.
    assert_eq!(
        live.difference(&plain).collect::<Vec<_>>(),
        ["hotmod-protocol", "libc"]
    );
    let features = tree(&["--features=hotmod/live", "--edges=features"]);
    assert!(features.contains("\nlibc v"), "{features}");
    assert!(!features.contains("libc feature"), "{features}");
}

#[test]
fn carrying_values_adds_nothing_but_serde() {
    let workspace = Workspace::new("carry", "plain_carry");
    let tree = |features: &[&str]| {
        let mut command = workspace.command("cargo");
        command.args(["tree", "--offline", "--prefix=none", "--package=app"]);
        command
            .args(["--edges=normal", "--no-dedupe"])
            .args(features);
        let tree = succeed(&mut command);
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        BTreeSet::from_iter(names.map(str::to_owned))
    };
    let plain = tree(&[]);
    assert!(plain.contains("serde"), "{plain:?}");
    for of_sessions in ["ciborium", "serde_ignored", "hotmod-protocol"] {
        assert!(!plain.contains(of_sessions), "{plain:?}");
    }
    let live = tree(&["--features=hotmod/live"]);
    assert!(live.contains("ciborium"), "{live:?}");
}

#[test]
fn every_feature_builds_and_runs_without_a_session() {
    let workspace = Workspace::new("basic", "plain_features");
    // All fixtures have an `app`, and the last one that was built lies in their directory.
    let target = workspace.target().with_file_name("plain");
    let executable = target.join("debug/app");
    for arguments in [
        &["--workspace", "--all-features"][..],
        &["--workspace", "--features=hotmod/live"],
    ] {
        succeed(
            workspace
                .command("cargo")
                .args(["build", "--quiet", "--target-dir"])
                .arg(&target)
                .args(arguments),
        );
        let mut host = Command::new(&executable)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        host.stdin.take().unwrap().write_all(b"ask\n").unwrap();
        let output = host.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(
            stdout.ends_with("calls=1 model=one page=one widget=one generation=0\n"),
            "{stdout}"
        );
    }
}

#[test]
fn hooks_and_kept_statics_work_in_plain_builds() {
    let workspace = Workspace::new("hooks", "plain_hooks");
    let target = workspace.target().with_file_name("plain_hooks");
    let mut build = workspace.command("cargo");
    build
        .args(["build", "--quiet", "--target-dir"])
        .arg(&target);
    let output = build.output().unwrap();
    // Nobody calls a hook, and no lint says so.
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let mut host = Command::new(target.join("debug/app"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = host.stdin.take().unwrap();
    stdin.write_all(b"ask\nask\n").unwrap();
    drop(stdin);
    let output = host.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "ready\none asked=1 count=1 in 0\none one asked=2 count=2 in 0\n"
    );
}
