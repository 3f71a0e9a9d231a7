//! Rules for the repository that no compiler checks.

mod literals;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use hotmod_testkit::tool;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MOST_LINES: usize = 400;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

fn packages() -> Vec<Value> {
    let output = Command::new(std::env::var("CARGO").unwrap())
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Programs with older compilers depend on the libraries. Clippy knows which functions of std these compilers
/// lack, but not that they lack `let` chains (Rust 1.88).
#[test]
fn the_libraries_have_no_let_chains() {
    struct LetChains(usize);
    impl<'ast> syn::visit::Visit<'ast> for LetChains {
        fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
            let sides = [&*binary.left, &*binary.right];
            if sides.iter().any(|it| matches!(it, syn::Expr::Let(_))) {
                self.0 += 1;
            }
            syn::visit::visit_expr_binary(self, binary);
        }
    }
    for library in ["hotmod", "hotmod-macros", "hotmod-protocol", "hotmod-web"] {
        let sources = sources(&repository().join("crates").join(library).join("src"));
        assert!(!sources.is_empty());
        for source in sources {
            let file = syn::parse_file(&fs::read_to_string(&source).unwrap()).unwrap();
            let mut found = LetChains(0);
            syn::visit::Visit::visit_file(&mut found, &file);
            assert_eq!(found.0, 0, "{}", source.display());
        }
    }
}

#[test]
fn the_changelog_has_this_version() {
    let heading = format!("\n## [{VERSION}] - ");
    assert!(read("CHANGELOG.md").contains(&heading), "no {heading:?}");
}

#[test]
fn the_crates_have_the_same_version_and_require_it_exactly() {
    let packages = packages();
    assert!(packages.len() >= 4);
    for package in &packages {
        let name = &package["name"];
        assert_eq!(package["version"], VERSION, "{name}");
        for dependency in package["dependencies"].as_array().unwrap() {
            let dependency_name = dependency["name"].as_str().unwrap();
            if dependency_name.starts_with("hotmod") && dependency["kind"].is_null() {
                let pin = format!("={VERSION}");
                assert_eq!(dependency["req"], pin, "{name} -> {dependency_name}");
            }
        }
    }
}

#[test]
fn the_workflows_use_the_compilers_that_the_crates_promise() {
    let text = read(".github/workflows/ci.yml");
    let used: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("RUSTUP_TOOLCHAIN: "))
        .map(|version| version.trim_matches('"'))
        .collect();
    let packages = packages();
    let promised = packages
        .iter()
        .filter_map(|package| package["rust_version"].as_str())
        .collect();
    assert_eq!(used, promised);
}

#[test]
fn the_crates_depend_on_each_other_as_designed() {
    let mut edges = BTreeSet::new();
    for package in packages() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            if to.contains("hotmod") && dependency["kind"] != "dev" && package["publish"].is_null()
            {
                edges.insert(format!("{} -> {to}", package["name"].as_str().unwrap()));
            }
        }
    }
    assert_eq!(
        edges.into_iter().collect::<Vec<_>>(),
        [
            "cargo-hotmod -> hotmod-protocol",
            "hotmod -> hotmod-macros",
            "hotmod -> hotmod-protocol",
            "hotmod-web -> hotmod",
        ]
    );
}

#[test]
fn source_files_are_short_and_open_with_their_purpose() {
    let root = repository();
    let folders = ["src", "crates", "tests/e2e"];
    let mut wrong = Vec::new();
    for file in folders.iter().flat_map(|it| sources(&root.join(it))) {
        let name = file.strip_prefix(root).unwrap().display().to_string();
        if name.contains("/target/") || name.contains("/ui/") || name.contains("/fixtures/") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        if lines > MOST_LINES && !name.starts_with("tests/") {
            wrong.push(format!("{name} has {lines} lines"));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not open with what it is for"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_denies_unsafe_code() {
    let workspace = read("Cargo.toml");
    assert!(workspace.contains("\nunsafe_code = \"deny\"\n"));
    for package in packages() {
        let manifest = fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        let name = &package["name"];
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name}");
    }
}

/// README and the pages that it leads to, by their paths.
fn pages() -> Vec<(String, String)> {
    let pages = fs::read_dir(repository().join("docs")).unwrap();
    let mut paths: Vec<String> = pages
        .map(|it| format!("docs/{}", it.unwrap().file_name().to_str().unwrap()))
        .filter(|it| it.ends_with(".md"))
        .collect();
    paths.sort();
    paths.insert(0, "README.md".to_owned());
    paths
        .into_iter()
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

#[test]
fn the_commands_and_flags_of_the_pages_exist() {
    let help = |arguments: &[&str]| {
        let output = Command::new(tool()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut commands = BTreeSet::new();
    let mut flags = BTreeSet::new();
    for (_, text) in pages() {
        for rest in text.split("cargo hotmod ").skip(1) {
            // The prose says "`cargo hotmod` keeps …": only what stands in one pair of backticks
            // or on a prompt's line follows the two words directly.
            let line = rest.split(['`', '\n', '#', '|', ')']).next().unwrap();
            let line = line.split(" -- ").next().unwrap();
            let mut words = line.split_whitespace();
            let is_command = |it: &&str| it.chars().all(|c| c.is_ascii_lowercase());
            let Some(command) = words.next().filter(is_command) else {
                continue;
            };
            commands.insert(command.to_owned());
            for flag in words.filter(|it| it.starts_with('-')) {
                flags.insert((command.to_owned(), flag.to_owned()));
            }
        }
    }
    assert!(commands.contains("run") && commands.contains("demo"));
    assert!(flags.len() > 5, "{flags:?}");
    let helps: BTreeMap<&String, String> = commands
        .iter()
        .map(|command| (command, help(&["help", command])))
        .collect();
    for (command, flag) in &flags {
        let text = &helps[command];
        let is_there = text.split([' ', ',', '\n', '=']).any(|word| word == flag);
        assert!(is_there, "`{flag}` is no flag of `{command}`");
    }
}

/// Where the links and pictures of a page lead to that are no addresses, without their `#…`.
fn linked(page: &str, text: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(page).parent().unwrap();
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|it| !it.contains("://"))
        .map(|target| {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = match path {
                "" => PathBuf::from(page),
                path => folder.join(path),
            };
            (path, anchor.to_owned())
        })
        .collect()
}

#[test]
fn links_between_pages_are_valid() {
    let heading = |line: &str| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || *c == ' ');
        kept.collect::<String>().replace(' ', "-")
    };
    let mut reached = BTreeSet::new();
    for (page, text) in pages() {
        for (path, anchor) in linked(&page, &text) {
            let file = repository().join(&path);
            assert!(file.exists(), "{page} links to {}", path.display());
            if !anchor.is_empty() {
                let there = fs::read_to_string(&file).unwrap();
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                let is_there = headings.any(|line| heading(line) == anchor);
                assert!(is_there, "{page} links to {}#{anchor}", path.display());
            }
            reached.insert(file.canonicalize().unwrap());
        }
    }
    for (page, _) in pages().into_iter().skip(1) {
        let file = repository().join(&page).canonicalize().unwrap();
        assert!(reached.contains(&file), "nothing links to {page}");
    }
}

#[test]
fn the_first_screen_has_the_two_commands_and_the_picture() {
    let readme = read("README.md");
    let first: Vec<&str> = readme.lines().take(40).collect();
    for line in ["$ cargo hotmod init", "$ cargo hotmod run"] {
        assert!(first.contains(&line), "no `{line}`");
    }
    assert!(first.iter().any(|line| line.contains("(docs/session.svg)")));
}

#[test]
fn the_package_contains_what_users_need_and_nothing_else() {
    let output = Command::new(std::env::var("CARGO").unwrap())
        .args([
            "package",
            "--list",
            "--allow-dirty",
            "--offline",
            "-p",
            "cargo-hotmod",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    for needed in [
        "README.md",
        "docs/limits.md",
        "docs/overlay.png",
        "docs/timings.png",
        "docs/reference.md",
        "docs/session.svg",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "templates/web/Cargo.toml.in",
        "templates/web/app/src/main.rs",
        "templates/loop/rules/src/lib.rs",
        "templates/tui/gitignore.in",
        "templates/editors/vscode/launch.json",
    ] {
        assert!(list.lines().any(|it| it == needed), "no {needed}:\n{list}");
    }
    let mut stray = list
        .lines()
        .filter(|it| {
            it.starts_with("tests/")
                || it.starts_with("crates/")
                || it.starts_with('.')
                || it.ends_with(".py")
        })
        .filter(|it| *it != ".cargo_vcs_info.json");
    assert_eq!(stray.next(), None);
}
