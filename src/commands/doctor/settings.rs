//! Cargo settings that prevent a session or slow it down.

use std::collections::BTreeMap;

use toml::Value;

use crate::cargo::profile;
use crate::cargo::settings::{CargoSettings, Flags, Setting};
use crate::discover::Plan;
use crate::report::text::{of_overridden, of_wrapper};

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "settings";

/// For so many packages a help has a table each.
const FEW: usize = 2;

/// Flags for rustc, from any source.
pub(crate) fn flags(flags: &Flags) -> Vec<Finding> {
    let place = &flags.place;
    let mut findings = Vec::new();
    if let Some(words) = flags.refused() {
        let what = words.lines().next().unwrap_or_default().to_owned();
        let help = format!("remove it from {place}");
        findings.push(Finding::error(CHECK, what).help(help));
    }
    let strip = flags.codegen("strip").filter(|it| it != "none");
    let debuginfo = flags.codegen("debuginfo");
    let debuginfo = debuginfo.filter(|it| !matches!(&**it, "2" | "full"));
    for (flag, value) in [("strip", strip), ("debuginfo", debuginfo)] {
        findings.extend(value.map(|it| by_tokens(&format!("`-C {flag}={it}` in {place}"))));
    }
    findings
}

/// The settings of the session's profile.
pub(crate) fn profile(subject: &Subject, cargo: &CargoSettings) -> Vec<Finding> {
    let mut findings = overridden(subject);
    let Some(plan) = subject.plan() else {
        return findings;
    };
    let name = subject.selection.profile();
    if let Err(error) = cargo.check_profile(name) {
        findings.push(Finding::error(CHECK, error.to_string()).help(error.help()));
    }
    let of_group = || plan.group.iter().map(|it| &*it.package);
    // The packages of each setting, and a help for a setting that applies to the whole workspace.
    let mut holds: BTreeMap<(&str, String, Option<String>), Vec<&str>> = BTreeMap::new();
    for package in of_group().chain([&*plan.host.package]) {
        for (key, is_well, of_release) in [
            ("opt-level", is_unoptimised as fn(&Value) -> bool, "3"),
            ("debug", has_types, "false"),
        ] {
            let found = cargo.of_profile(name, package, key);
            let setting = match &found {
                Some(it) if is_well(&it.value) => continue,
                Some(it) => format!("`{key} = {}` in {}", it.value, it.place),
                None if cargo.is_release(name) => {
                    format!("`{key} = {of_release}` of the profile `{name}`")
                }
                None => continue,
            };
            let is_for_all = cargo.of_package(name, package, key).is_none();
            let help = found.filter(|_| is_for_all);
            let help = help.map(|it| of_dependencies(plan, name, key, &it));
            let packages = holds.entry((key, setting, help)).or_default();
            // A package can contain both the host and a reloadable library.
            if !packages.contains(&package) {
                packages.push(package);
            }
        }
    }
    for ((key, setting, help), packages) in holds {
        let setting = format!("{setting} applies to {}", packages.join(", "));
        findings.push(match key {
            "debug" => by_tokens(&setting).help(match help {
                Some(help) if packages.len() > FEW => help,
                _ => of_packages(plan, name, &packages, "debug = true"),
            }),
            _ => Finding::warning(
                CHECK,
                format!(
                    "{setting}: edits take longer to compile, and restart the host if they change \
                     a \
                     type or a function that the host names"
                ),
            )
            .help(help.unwrap_or_else(|| {
                match packages.len() > FEW {
                    true => {
                        "run the session with the profile `dev`, or with one that inherits from it"
                            .to_owned()
                    }
                    false => of_packages(plan, name, &packages, "opt-level = 0"),
                }
            })),
        });
    }
    for (key, is_bad, what) in [
        (
            "codegen-units",
            (|it| *it == Value::Integer(1)) as fn(&Value) -> bool,
            "each edit generates the code of the whole crate again",
        ),
        (
            "split-debuginfo",
            |it| it.as_str() != Some("off"),
            "each changed type restarts the host, because its debug information is in another file",
        ),
        (
            "codegen-backend",
            |it| it.as_str() != Some("llvm"),
            "not tested in a session",
        ),
    ] {
        let setting = of_group().find_map(|package| cargo.of_profile(name, package, key));
        if let Some(setting) = setting.filter(|it| is_bad(&it.value)) {
            let (value, place) = (&setting.value, &setting.place);
            let what = format!("`{key} = {value}` in {place}: {what}");
            findings.push(Finding::warning(CHECK, what).help(format!("remove it from {place}")));
        }
    }
    findings
}

/// Settings that a session overrides for its own build.
fn overridden(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Files that can't be read were reported before.
    if let Ok(overrides) = profile::overrides(subject.selection.profile(), &subject.files) {
        findings.extend(overrides.iter().map(|it| {
            Finding::warning(CHECK, of_overridden(it)).help(
                "remove it, or move it to a separate profile; otherwise the session's first build \
                 recompiles all dependencies"
                    .to_owned(),
            )
        }));
    }
    for wrapper in profile::wrappers(&subject.files).unwrap_or_default() {
        findings.push(
            Finding::warning(CHECK, of_wrapper(&wrapper)).help(
                "run `cargo build` before the first session, which then reuses its artifacts"
                    .to_owned(),
            ),
        );
    }
    findings
}

fn by_tokens(setting: &str) -> Finding {
    let what =
        format!("{setting}: each changed type restarts the host, because its layout is unknown");
    Finding::warning(CHECK, what).help("remove it".to_owned())
}

fn is_unoptimised(level: &Value) -> bool {
    *level == Value::Integer(0) || level.as_str() == Some("0")
}

/// Whether the debug information describes types.
fn has_types(debug: &Value) -> bool {
    match debug {
        Value::Boolean(is_full) => *is_full,
        Value::Integer(level) => *level >= 2,
        Value::String(level) => matches!(&**level, "2" | "full" | "true"),
        _ => false,
    }
}

/// How to use a setting only for the dependencies, which are not edited.
fn of_dependencies(plan: &Plan, profile: &str, key: &str, setting: &Setting) -> String {
    let manifest = plan.workspace_root.join("Cargo.toml");
    format!(
        "remove it from {}, and set it only for the dependencies, in `{}`:\n\
         [profile.{profile}.package.\"*\"]\n{key} = {}",
        setting.place,
        manifest.display(),
        setting.value,
    )
}

/// How to set a line for these packages: for each of a few, otherwise for the whole profile.
fn of_packages(plan: &Plan, profile: &str, packages: &[&str], line: &str) -> String {
    let manifest = plan.workspace_root.join("Cargo.toml");
    let manifest = manifest.display();
    if packages.len() > FEW {
        return format!("set it in `{manifest}`:\n[profile.{profile}]\n{line}");
    }
    let tables = packages
        .iter()
        .map(|package| format!("\n[profile.{profile}.package.{package}]\n{line}"));
    format!(
        "set it for them in `{manifest}`:{}",
        tables.collect::<String>()
    )
}
