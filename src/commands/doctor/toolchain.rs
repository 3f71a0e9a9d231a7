//! The compiler: whether it exists, can do what a session needs, and is a tested version.

use crate::cargo::toolchain::{Toolchain, ToolchainError};

use super::finding::Finding;

const CHECK: &str = "toolchain";

/// The oldest supported compiler, which still builds the runtime.
const OLDEST: &str = hotmod_protocol::RUST_VERSION;

/// The compiler that the tests of sessions use.
const TESTED: &str = env!("CARGO_PKG_RUST_VERSION");

/// The tested platform.
const TESTED_TARGET: &str = "x86_64-unknown-linux-gnu";

/// `asked` is the compiler's answer for `target`, by default the machine's own.
pub(crate) fn check(
    asked: &Result<Toolchain, ToolchainError>,
    target: Option<&str>,
) -> Vec<Finding> {
    let toolchain = match asked {
        Ok(toolchain) => toolchain,
        Err(error) => return vec![Finding::error(CHECK, error.to_string()).help(error.help())],
    };
    let mut findings = vec![of_version(&toolchain.version)];
    let triple = toolchain.triple(target);
    findings.push(if triple == TESTED_TARGET {
        let name = toolchain.libstd.file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        Finding::ok(CHECK, format!("found `{name}` for `{triple}`"))
    } else {
        Finding::warning(CHECK, format!("sessions for `{triple}` are not tested"))
            .help(format!("if something does not work, try `{TESTED_TARGET}`"))
    });
    findings
}

fn of_version(said: &str) -> Finding {
    let release = said.lines().find_map(|it| it.strip_prefix("release: "));
    let release = release.unwrap_or_default();
    let Some(version) = numbers(release) else {
        return Finding::warning(CHECK, format!("rustc reports an unknown version: {said:?}"))
            .help("check which program `rustc -vV` runs".to_owned());
    };
    if Some(version) < numbers(OLDEST) {
        return Finding::error(CHECK, format!("rustc {release} is older than {OLDEST}"))
            .help("run `rustup update`".to_owned());
    }
    let is_tested = Some(version) == numbers(TESTED) && !release.contains('-');
    let tested = match is_tested {
        true => String::new(),
        false => format!(", tested with {TESTED}"),
    };
    Finding::ok(CHECK, format!("rustc {release}{tested}"))
}

/// Major and minor version.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']).map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::Severity;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(numbers("1.100.0") > numbers("1.95"));
        for (release, severity, words) in [
            ("1.95.0", Severity::Ok, "rustc 1.95.0"),
            ("1.95.2", Severity::Ok, "rustc 1.95.2"),
            (
                "1.97.0-nightly",
                Severity::Ok,
                "rustc 1.97.0-nightly, tested with 1.95",
            ),
            (
                "1.95.0-nightly",
                Severity::Ok,
                "rustc 1.95.0-nightly, tested with 1.95",
            ),
            ("2.0.0", Severity::Ok, "rustc 2.0.0, tested with 1.95"),
            ("1.85.0", Severity::Ok, "rustc 1.85.0, tested with 1.95"),
            ("1.84.1", Severity::Error, "rustc 1.84.1 is older than 1.85"),
            ("1.9.0", Severity::Error, "rustc 1.9.0 is older than 1.85"),
            (
                "new",
                Severity::Warning,
                "rustc reports an unknown version: ",
            ),
        ] {
            let finding = of_version(&format!("rustc\nrelease: {release}\nhost: x"));
            assert_eq!(finding.severity, severity, "{release}");
            assert!(finding.what.starts_with(words), "{finding:?}");
        }
    }
}
