//! The cost and the benefit of settings: the time of the first build and of each reload.
//!
//! `cargo bench --bench choices` builds the workload of `edit_to_live` from nothing for each
//! choice, and edits its leaf crate `screens`. It takes some minutes.
//!
//! `EDITS=15` changes the number of edits.

#[path = "../support/mod.rs"]
mod support;
#[path = "../edit_to_live/workload.rs"]
mod workload;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::time::Instant;

use support::measure::{Case, measure};
use support::session::Session;
use support::sources;
use support::table::Table;
use support::{median, number};

struct Choice {
    name: &'static str,
    /// Of the tool.
    arguments: &'static [&'static str],
    /// For the workspace's manifest.
    profile: &'static str,
}

const CHOICES: [Choice; 6] = [
    Choice {
        name: "as it is",
        arguments: &[],
        profile: "",
    },
    Choice {
        name: "`--debuginfo lines`",
        arguments: &["--debuginfo", "lines"],
        profile: "",
    },
    Choice {
        name: "`--debuginfo none`",
        arguments: &["--debuginfo", "none"],
        profile: "",
    },
    Choice {
        name: "`build-override` at `opt-level = 1`",
        arguments: &[],
        profile: "[profile.dev.build-override]\nopt-level = 1\n",
    },
    Choice {
        name: "`build-override` at `opt-level = 3`",
        arguments: &[],
        profile: "[profile.dev.build-override]\nopt-level = 3\n",
    },
    Choice {
        name: "`codegen-units = 16`",
        arguments: &[],
        profile: "[profile.dev]\ncodegen-units = 16\n",
    },
];

fn main() {
    let table = Table::new(&["choice", "first build", "compile", "link", "save to answer"]);
    for choice in CHOICES {
        let workspace = workload::generate("choices");
        let _ = fs::remove_dir_all(workspace.target());
        let mut manifest = OpenOptions::new()
            .append(true)
            .open(workspace.path("Cargo.toml"))
            .expect("a manifest");
        write!(manifest, "\n{}", choice.profile).expect("a manifest");

        let begun = Instant::now();
        let mut session = Session::start(&workspace, choice.arguments);
        let first_build = begun.elapsed().as_secs_f64();
        let case = Case {
            name: choice.name.to_owned(),
            crate_name: "screens",
            dependants: &[],
            source: &sources::screens,
        };
        let samples = measure(&mut session, &workspace, &case, number("EDITS", 15));
        let phase = |of: &dyn Fn(&support::session::Phases) -> f64| {
            let values = samples.iter().map(|it| of(&it.reload.live.ms));
            format!("{:.0} ms", median(values))
        };
        let answered = samples.iter().map(|it| it.reload.answered.as_secs_f64());
        table.row(&[
            case.name,
            format!("{first_build:.0} s"),
            phase(&|it| it.compile),
            phase(&|it| it.link),
            format!("{:.0} ms", median(answered) * 1000.0),
        ]);
    }
}
