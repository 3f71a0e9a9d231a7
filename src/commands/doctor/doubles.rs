//! Packages that the program contains in several versions.

use crate::discover::Double;

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "versions";

pub(crate) fn check(subject: &Subject) -> Vec<Finding> {
    let doubles = subject.survey().map_or(&[][..], |survey| &survey.doubles);
    doubles.iter().map(finding).collect()
}

fn finding(double: &Double) -> Finding {
    let name = &double.name;
    let versions = double.versions.iter().map(|(version, users)| {
        let users: Vec<_> = users.iter().map(|it| format!("`{it}`")).collect();
        format!("{version} by {}", users.join(", "))
    });
    let versions: Vec<_> = versions.collect();
    Finding::warning(
        CHECK,
        format!(
            "`{name}` is used in several versions: {}; each version has its own types and statics",
            versions.join("; ")
        ),
    )
    .help(format!(
        "use one version: put `{name}` into `[workspace.dependencies]`, and write \
         `{name}.workspace = true` in the members"
    ))
}
