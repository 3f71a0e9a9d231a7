//! Texts that are shortened to fit into a line.

use console::measure_text_width;

use super::INDENT;
use crate::report::Phases;

/// How long the time before a build must be to be shown. Usually, it is a few milliseconds.
const NOTABLE_MS: f64 = 50.0;

/// The text of a reload. The crates get two fifths of the line, the phases the rest.
pub(super) fn reloaded(
    generation: u32,
    crates: &[String],
    ms: &Phases,
    width: Option<usize>,
) -> String {
    let names = match crates {
        [] => "relinked".to_owned(),
        _ => names(crates, width.map(|it| it * 2 / 5)),
    };
    let mut phases = vec![
        ("compile", ms.compile),
        ("link", ms.link),
        ("check", ms.check),
        ("swap", ms.swap),
    ];
    if ms.detect >= NOTABLE_MS {
        // Most likely, of a build that showed that no restart is needed.
        phases.insert(0, ("earlier", ms.detect));
    }
    loop {
        let words: Vec<_> = phases
            .iter()
            .map(|(phase, ms)| format!("{phase} {ms:.0}"))
            .collect();
        let end = match &*words {
            [] => String::new(),
            words => format!(" ({})", words.join(", ")),
        };
        let text = format!("gen {generation} · {names} · {:.0} ms{end}", ms.total);
        let fits = width.is_none_or(|it| INDENT + measure_text_width(&text) <= it);
        let least = phases.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        match least {
            Some(least) if !fits => {
                let least = least.0;
                phases.retain(|(phase, _)| *phase != least);
            }
            _ => return text,
        }
    }
}

/// As many names as fit into `width`, but at least one: `screens, widgets and 18 more`.
pub(in crate::report) fn names(all: &[String], width: Option<usize>) -> String {
    let text = |shown: usize| match all.len() - shown {
        0 => all.join(", "),
        more => format!("{} and {more} more", all[..shown].join(", ")),
    };
    let fits = |shown: &usize| width.is_none_or(|width| measure_text_width(&text(*shown)) <= width);
    let most = (1..=all.len()).rev().find(fits);
    text(most.unwrap_or(all.len().min(1)))
}
