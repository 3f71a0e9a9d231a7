//! Edits of one kind in a session, each against the yardstick.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hotmod_testkit::Workspace;

use super::median;
use super::session::{Reload, Session};
use super::workspace::source;
use super::yardstick::Yardstick;

/// A kind of edits.
pub(crate) struct Case<'a> {
    pub(crate) name: String,
    /// The crate that is edited.
    pub(crate) crate_name: &'a str,
    /// Those whose rustc belongs to the yardstick, too.
    pub(crate) dependants: &'a [&'a str],
    /// The source with this text in it, which the page will show.
    pub(crate) source: &'a dyn Fn(&str) -> String,
}

/// One edit.
pub(crate) struct Sample {
    pub(crate) reload: Reload,
    alone: Duration,
}

/// Measures so many edits. Times drift with the machine, so rustc alone is run after each.
pub(crate) fn measure(
    session: &mut Session,
    workspace: &Workspace,
    case: &Case<'_>,
    edits: u32,
) -> Vec<Sample> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let yardstick = Yardstick::of(workspace, case.crate_name, case.dependants);
    let source = source(workspace, case.crate_name);
    // The first edit makes incremental state, on both sides; it does not count.
    (0..=edits)
        .map(|_| {
            // A marker that was on the page before would be found at once.
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let marker = format!("{} {number};", case.crate_name);
            let reload = session.reload(&source, &(case.source)(&marker), &marker);
            session.wait_for_full_compilation(&reload.live);
            std::thread::sleep(LOOK);
            let alone = yardstick.run();
            Sample { reload, alone }
        })
        .skip(1)
        .collect()
}

/// What passes from an answer to the next save, at the least, when somebody looks at it. The tool
/// does things ahead meanwhile.
const LOOK: Duration = Duration::from_secs(1);

/// What [`row`] fills.
pub(crate) const COLUMNS: [&str; 11] = [
    "edit",
    "rustc alone (Y)",
    "save to answer",
    "ratio",
    "minus Y",
    "not rustc",
    "detect",
    "compile",
    "link",
    "swap",
    "live",
];

/// The medians; what compares two times compares them edit by edit.
pub(crate) fn row(case: &Case<'_>, samples: &[Sample]) -> Vec<String> {
    let of = |value: &dyn Fn(&Sample) -> f64| median(samples.iter().map(value));
    let ms = |value: &dyn Fn(&Sample) -> f64| format!("{:.0} ms", of(value));
    let deltas = samples
        .iter()
        .filter(|it| !it.reload.live.deltas.is_empty());
    let name = match deltas.count() {
        0 => case.name.clone(),
        count => format!("{} ({count} of {} deltas)", case.name, samples.len()),
    };
    vec![
        name,
        ms(&Sample::alone),
        ms(&Sample::answered),
        format!("{:.2}", of(&|it| it.answered() / it.alone())),
        ms(&Sample::minus_alone),
        ms(&Sample::not_rustc),
        ms(&|it| it.reload.live.ms.detect),
        ms(&|it| it.reload.live.ms.compile),
        ms(&|it| it.reload.live.ms.link),
        ms(&|it| it.reload.live.ms.swap),
        ms(&|it| it.reload.live.ms.total),
    ]
}

impl Sample {
    fn alone(&self) -> f64 {
        self.alone.as_secs_f64() * 1000.0
    }

    fn answered(&self) -> f64 {
        self.reload.answered.as_secs_f64() * 1000.0
    }

    /// What the session takes more than rustc alone.
    pub(crate) fn minus_alone(&self) -> f64 {
        self.answered() - self.alone()
    }

    /// All but the phase in which crates are compiled, of which the tool's own share is small.
    pub(crate) fn not_rustc(&self) -> f64 {
        self.answered() - self.reload.live.ms.compile
    }
}
