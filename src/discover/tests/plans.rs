//! Workspaces that have a plan.

use super::fixture::{Fixture, MAIN, dependencies, list, reloadable};
use crate::discover::{GroupCrate, HostKind, LocalPackage, Membership, Note, Plan, Watch};

fn group(plan: &Plan) -> Vec<&str> {
    plan.group
        .iter()
        .map(|member| member.package.as_str())
        .collect()
}

fn names(packages: &[LocalPackage]) -> Vec<&str> {
    packages
        .iter()
        .map(|package| package.name.as_str())
        .collect()
}

fn host(plan: &Plan) -> (&str, &str) {
    (&plan.host.package, &plan.host.target)
}

#[test]
fn a_plan_names_everything() {
    let fixture = Fixture::workspace("app screens util", "")
        .library("util", "")
        .library(
            "screens",
            &(dependencies("util") + &reloadable(true) + "watch = [\"sql\", \"html/**/*.html\"]\n"),
        )
        .binary("app", &dependencies("screens hotmod"));
    let plan = fixture.plan();

    assert_eq!(plan.workspace_root, fixture.path("w"));
    assert_eq!(host(&plan), ("app", "app"));
    assert_eq!(plan.host.kind, HostKind::Bin);
    assert_eq!(plan.host.hotmod_key, "hotmod");
    assert_eq!(plan.host.src_path, fixture.path("w/app/src/main.rs"));
    assert_eq!(plan.host.manifest_path, fixture.path("w/app/Cargo.toml"));
    assert!(
        plan.host.package_id.ends_with("/w/app#0.1.0"),
        "{}",
        plan.host.package_id
    );
    let [screens] = plan.group.as_slice() else {
        panic!("{:?}", plan.group)
    };
    let expected = GroupCrate {
        package_id: screens.package_id.clone(),
        package: "screens".to_owned(),
        crate_name: "screens".to_owned(),
        manifest_path: fixture.path("w/screens/Cargo.toml"),
        dir: fixture.path("w/screens"),
        src_path: fixture.path("w/screens/src/lib.rs"),
        depends_on: vec![],
        membership: Membership::Marked,
        watch: vec![
            Watch::Path(fixture.path("w/screens/sql")),
            Watch::Glob("html/**/*.html".to_owned()),
        ],
    };
    assert_eq!(*screens, expected);
    assert_eq!(names(&plan.shared), ["util"]);
    assert_eq!(plan.shared[0].dir, fixture.path("w/util"));
    assert_eq!(names(&plan.host_side), ["app", "hotmod"]);
    assert_eq!(plan.notes, []);
    let manifests: Vec<_> = plan
        .manifests
        .iter()
        .filter_map(|file| file.strip_prefix(fixture.path("")).ok())
        .collect();
    let expected = [
        "w/Cargo.toml",
        "w/app/Cargo.toml",
        "hotmod/Cargo.toml",
        "w/screens/Cargo.toml",
        "w/util/Cargo.toml",
        "w/app/build.rs",
        "hotmod/build.rs",
        "w/screens/build.rs",
        "w/util/build.rs",
        "w/Cargo.lock",
        "w/.cargo/config.toml",
        "w/.cargo/config",
        "w/rust-toolchain.toml",
        "w/rust-toolchain",
    ];
    assert_eq!(manifests, expected.map(std::path::Path::new));
}

#[test]
fn dependencies_come_first_whatever_their_names() {
    let fixture = Fixture::workspace("app a b c", &list(&["*"]))
        .library("c", "")
        .library("b", &dependencies("c"))
        .library("a", &dependencies("b c"))
        .binary("app", &dependencies("a hotmod"));
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["c", "b", "a"]);
    assert_eq!(
        plan.group
            .iter()
            .map(|member| member.depends_on.clone())
            .collect::<Vec<_>>(),
        [vec![], vec![0], vec![0, 1]]
    );
}

#[test]
fn a_sandwiched_crate_joins_and_is_named() {
    let fixture = Fixture::workspace("app top middle lower base", &list(&["top", "base"]))
        .library("base", "")
        .library("lower", &dependencies("base"))
        .library("middle", &dependencies("lower"))
        .library("top", &dependencies("middle"))
        .binary("app", &dependencies("top hotmod"));
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["base", "lower", "middle", "top"]);
    assert_eq!(plan.group[0].membership, Membership::Marked);
    let between = ("base".to_owned(), "top".to_owned());
    assert_eq!(
        plan.group[1].membership,
        Membership::Sandwiched {
            between: between.clone()
        }
    );
    assert_eq!(plan.group[2].membership, Membership::Sandwiched { between });
    let sandwiched = ["lower", "middle"].map(|package| Note::Sandwiched {
        package: package.to_owned(),
        base: "base".to_owned(),
        top: "top".to_owned(),
    });
    assert_eq!(plan.notes, sandwiched);
}

#[test]
fn a_crate_on_one_side_of_the_group_stays_outside() {
    // `above` depends on the group and `below` is a dependency of it; neither is between two crates
    // of it.
    let fixture = Fixture::workspace("app above screens below", &list(&["screens"]))
        .library("below", "")
        .library("screens", &dependencies("below"))
        .library("above", &dependencies("screens"))
        .binary("app", &dependencies("above hotmod"));
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["screens"]);
    assert_eq!(names(&plan.shared), ["below"]);
    assert_eq!(names(&plan.host_side), ["app", "above", "hotmod"]);
}

#[test]
fn macros_and_build_dependencies_are_on_the_hosts_side() {
    // A reloadable crate that only a procedural macro uses is not linked into the host, so it is
    // not in the group.
    let macros = "[lib]\nproc-macro = true\n".to_owned() + &dependencies("tokens");
    let screens =
        dependencies("macros") + "[build-dependencies]\nmaker = { path = \"../maker\" }\n";
    let fixture = Fixture::workspace(
        "app screens macros tokens maker",
        &list(&["screens", "tokens"]),
    )
    .library("tokens", "")
    .library("maker", "")
    .library("macros", &macros)
    .library("screens", &screens)
    .write("w/screens/build.rs", "fn main() {}")
    .binary("app", &dependencies("screens hotmod"));
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["screens"]);
    assert_eq!(names(&plan.shared), [""; 0]);
    assert_eq!(
        names(&plan.host_side),
        ["app", "hotmod", "macros", "maker", "tokens"]
    );
    let note = Note::NotLinked {
        package: "tokens".to_owned(),
        host: "app".to_owned(),
    };
    assert_eq!(plan.notes, [note]);
}

#[test]
fn a_runtime_under_another_name_keeps_its_key() {
    let renamed = "hot-run = { package = \"hotmod\", path = \"../../hotmod\" }\n";
    let fixture = Fixture::marked()
        .manifest("w/app", &(dependencies("screens") + renamed))
        .write(
            "w/app/src/main.rs",
            "use hot_run::main as start;\n#[start]\nfn main() {}\n",
        );
    assert_eq!(fixture.plan().host.hotmod_key, "hot-run");
}

#[test]
fn the_layer_for_servers_is_enabled_through_the_host() {
    let of_host = |names: &str| {
        Fixture::marked()
            .manifest("w/app", &dependencies(names))
            .plan()
    };
    assert_eq!(of_host("screens hotmod").host.hotmod_web_key, None);
    let plan = of_host("screens hotmod hotmod-web");
    assert_eq!(plan.host.hotmod_web_key.as_deref(), Some("hotmod-web"));
    assert!(plan.notes.is_empty(), "{:?}", plan.notes);

    let of_base = Fixture::marked().library("base", &dependencies("hotmod-web"));
    let note = Note::NoWebDependency {
        package: "base".to_owned(),
        host: "app".to_owned(),
    };
    assert_eq!(of_base.plan().notes, [note]);
}

#[test]
fn a_package_may_have_several_binaries() {
    let with_tool = || Fixture::marked().write("w/app/src/bin/tool.rs", MAIN);
    let chosen = with_tool()
        .select(|selection| selection.bin = Some("tool".to_owned()))
        .plan();
    assert_eq!(host(&chosen), ("app", "tool"));
    let default = with_tool().manifest(
        "w/app",
        &("default-run = \"app\"\n".to_owned() + &dependencies("screens hotmod")),
    );
    assert_eq!(host(&default.plan()), ("app", "app"));
    let inside = default.inside("w/app");
    assert_eq!(host(&inside.plan()), ("app", "app"));
}

#[test]
fn only_a_binary_that_reaches_the_group_is_a_host() {
    let fixture = || {
        Fixture::workspace("app other screens", &list(&["screens"]))
            .library("screens", "")
            .binary("other", "")
            .binary("app", &dependencies("screens hotmod"))
    };
    assert_eq!(host(&fixture().plan()), ("app", "app"));
    // A package without a binary has none to prefer.
    assert_eq!(host(&fixture().inside("w/screens").plan()), ("app", "app"));
}

#[test]
fn default_members_break_a_tie() {
    let fixture = |lines: &str| {
        Fixture::workspace(
            "app other screens",
            &(lines.to_owned() + &list(&["screens"])),
        )
        .library("screens", "")
        .binary("other", &dependencies("screens hotmod"))
        .binary("app", &dependencies("screens hotmod"))
    };
    assert_eq!(
        host(&fixture("default-members = [\"other\"]\n").plan()),
        ("other", "other")
    );
    let chosen = fixture("")
        .select(|selection| selection.package = Some("app@0.1.0".to_owned()))
        .plan();
    assert_eq!(host(&chosen), ("app", "app"));
    assert_eq!(
        host(&fixture("").inside("w/other").plan()),
        ("other", "other")
    );
}

#[test]
fn the_only_program_with_the_runtime_is_the_host() {
    let fixture = Fixture::workspace("app other screens", &list(&["screens"]))
        .library("screens", "")
        .binary("other", &dependencies("screens"))
        .binary("app", &dependencies("screens hotmod"));
    assert_eq!(host(&fixture.plan()), ("app", "app"));
}

#[test]
fn an_example_sees_dev_dependencies() {
    let dev = dependencies("screens hotmod").replace("[dependencies]", "[dev-dependencies]");
    let fixture = Fixture::workspace("kit screens", &list(&["screens"]))
        .library("screens", "")
        .library("kit", &dev)
        .write("w/kit/examples/demo.rs", MAIN)
        .select(|selection| selection.example = Some("demo".to_owned()));
    let plan = fixture.plan();
    assert_eq!(host(&plan), ("kit", "demo"));
    assert_eq!(plan.host.kind, HostKind::Example);
    assert_eq!(group(&plan), ["screens"]);
}

#[test]
fn a_library_may_reload_for_its_own_binary() {
    let fixture = Fixture::workspace("my-app", "")
        .binary("my-app", &(dependencies("hotmod") + &reloadable(true)))
        .write("w/my-app/src/lib.rs", "");
    let plan = fixture.plan();
    assert_eq!(host(&plan), ("my-app", "my-app"));
    assert_eq!(plan.group[0].crate_name, "my_app");
    assert_eq!(plan.group[0].src_path, fixture.path("w/my-app/src/lib.rs"));
    assert_eq!(names(&plan.host_side), ["my-app"]);
}

#[test]
fn globs_mark_what_can_reload_and_false_unmarks() {
    let fixture = Fixture::workspace("app layout-a layout-b layout-macros", &list(&["layout-*"]))
        .library("layout-a", "")
        .library("layout-b", &reloadable(false))
        .library("layout-macros", "[lib]\nproc-macro = true\n")
        .binary(
            "app",
            &dependencies("layout-a layout-b layout-macros hotmod"),
        );
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["layout-a"]);
    assert_eq!(
        names(&plan.host_side),
        ["app", "hotmod", "layout-b", "layout-macros"]
    );
}

#[test]
fn features_decide_what_is_in_the_group() {
    let app = "[features]\ncharts = [\"dep:charts\"]\nmaps = [\"dep:maps\"]\n".to_owned()
        + &dependencies("screens hotmod")
        + "charts = { path = \"../charts\", optional = true }\n\
           maps = { path = \"../maps\", optional = true }\n";
    let fixture = |features: &[&str], package: Option<&str>| {
        Fixture::workspace(
            "app screens charts maps",
            &list(&["screens", "charts", "maps"]),
        )
        .library("screens", "")
        .library("charts", "")
        .library("maps", "")
        .binary("app", &app)
        .select(|selection| {
            selection.features = features.iter().map(ToString::to_string).collect();
            selection.package = package.map(str::to_owned);
        })
    };
    assert_eq!(group(&fixture(&[], None).plan()), ["screens"]);
    assert_eq!(group(&fixture(&["maps"], None).plan()), ["maps", "screens"]);
    assert_eq!(
        group(&fixture(&["maps,charts"], Some("app")).plan()),
        ["charts", "maps", "screens"]
    );
    let all = fixture(&[], Some("app")).select(|selection| selection.all_features = true);
    assert_eq!(group(&all.plan()), ["charts", "maps", "screens"]);
}

#[test]
fn dependencies_of_another_platform_are_none() {
    let windows = "[target.'cfg(windows)'.dependencies]\nwidgets = { path = \"../widgets\" }\n";
    let fixture = |target: Option<&str>| {
        Fixture::workspace("app screens widgets", &list(&["screens", "widgets"]))
            .library("screens", "")
            .library("widgets", "")
            .binary("app", &(dependencies("screens hotmod") + windows))
            .select(|selection| selection.target = target.map(str::to_owned))
    };
    assert_eq!(
        group(&fixture(Some("x86_64-pc-windows-msvc")).plan()),
        ["screens", "widgets"]
    );
    assert_eq!(
        group(&fixture(Some("x86_64-unknown-linux-gnu")).plan()),
        ["screens"]
    );
}

#[test]
fn a_mark_outside_the_workspace_is_left_out_and_named() {
    let outside = "far = { path = \"../../far\" }\n";
    let fixture = Fixture::marked()
        .manifest("far", &("[workspace]\n".to_owned() + &reloadable(true)))
        .write("far/src/lib.rs", "")
        .library("screens", &(dependencies("base") + outside));
    let plan = fixture.plan();
    assert_eq!(group(&plan), ["screens"]);
    assert_eq!(names(&plan.shared), ["base", "far"]);
    let package = "far".to_owned();
    assert_eq!(plan.notes, [Note::NotAMember { package }]);
}

#[test]
fn the_target_directory_given_wins() {
    let fixture =
        Fixture::marked().select(|selection| selection.target_dir = Some("/elsewhere".into()));
    let plan = fixture.plan();
    assert_eq!(plan.target_directory, std::path::Path::new("/elsewhere"));
}
