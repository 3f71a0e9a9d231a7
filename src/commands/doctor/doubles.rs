//! Packages that the program has in two versions.

use crate::discover::Double;

use super::Scene;
use super::finding::Finding;

const CHECK: &str = "versions";

pub(crate) fn check(scene: &Scene) -> Vec<Finding> {
    let doubles = scene.survey().map_or(&[][..], |survey| &survey.doubles);
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
            "`{name}` is used in several versions: {}; the types and statics of one are not those of \
             the other",
            versions.join("; ")
        ),
    )
    .help(format!(
        "let all take one: put `{name}` into `[workspace.dependencies]`, and write \
         `{name}.workspace = true`"
    ))
}
