//! What an edit asks for: nothing, a reload, or a restart, with the reason.

use std::path::Path;

use super::inputs::{Beyond, Inputs, Kind};

/// What an edit asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Nothing { reason: String },
    Reload { reason: String },
    Restart { reason: String },
}

/// Judges what is there now against what runs. `root` is the folder that paths are shown from.
pub(crate) fn verdict(inputs: &Inputs, root: &Path) -> Verdict {
    let shown = |path: &Path| {
        path.strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut reload = None;
    for (path, kind) in inputs.changed() {
        let reason = match kind {
            Kind::Manifest => format!("`{}` changed", shown(path)),
            Kind::Unmarked(package) => {
                format!(
                    "`{}` changed, and `{package}` is not reloadable",
                    shown(path)
                )
            }
            Kind::Reloadable if inputs.is_unshaped(path) => {
                format!(
                    "`{}` changed, and what types of it the host was built with is not known",
                    shown(path)
                )
            }
            Kind::Script(package) => {
                format!(
                    "`{}` changed, which the build script of `{package}` reads",
                    shown(path)
                )
            }
            Kind::Reloadable => match inputs.beyond_group(path) {
                Some(Beyond::Item(item)) => format!("`{item}` in `{}` changed", shown(path)),
                Some(Beyond::User { item, user }) => format!(
                    "`{item}` in `{}` changed, which is compiled into `{}`",
                    shown(path),
                    shown(&user)
                ),
                None => {
                    reload.get_or_insert_with(|| format!("`{}` changed", shown(path)));
                    continue;
                }
            },
        };
        return Verdict::Restart { reason };
    }
    match reload {
        Some(reason) => Verdict::Reload { reason },
        None => Verdict::Nothing {
            reason: "what was saved is what runs".to_owned(),
        },
    }
}
