//! Whether the workspace has a host and a group.

use super::Subject;
use super::finding::Finding;

const CHECK: &str = "workspace";

pub(crate) fn check(subject: &Subject) -> Finding {
    let plan = match &subject.survey {
        None => return Finding::ok(CHECK, "none here, so only the machine was checked"),
        Some(Err(error)) => Err(error),
        Some(Ok(survey)) => survey.plan.as_ref(),
    };
    match plan {
        Ok(plan) => {
            let group: Vec<_> = plan.group.iter().map(|it| &*it.package).collect();
            let what = format!("`{}` · reloadable: {}", plan.host.target, group.join(", "));
            Finding::ok(CHECK, what)
        }
        Err(error) => Finding::error(CHECK, error.to_string()).help(error.help()),
    }
}
