//! Shows the lines in which two texts differ.

use std::collections::BTreeSet;

use crate::twin_workspaces::Sources;

/// What differs between two texts: the lines that do if there are as many in both, and otherwise
/// all from the first to the last that does.
pub(crate) fn of_texts(was: &str, is: &str) -> String {
    let (mut was, mut is): (Vec<_>, Vec<_>) = (was.lines().collect(), is.lines().collect());
    if was.len() == is.len() {
        let pairs = was.iter().zip(is).filter(|(was, is)| *was != is);
        return pairs
            .map(|(was, is)| format!("- {was}\n+ {is}\n"))
            .collect();
    }
    let same = was.iter().zip(&is).take_while(|(was, is)| was == is);
    let same = same.count();
    (was, is) = (was.split_off(same), is.split_off(same));
    while !was.is_empty() && was.last() == is.last() {
        was.pop();
        is.pop();
    }
    let lines = |sign, lines: Vec<&str>| -> String {
        let lines = lines.iter();
        lines.map(|line| format!("{sign} {line}\n")).collect()
    };
    format!("@ line {}\n{}{}", same + 1, lines('-', was), lines('+', is))
}

/// What differs between two states of the sources.
pub(crate) fn of_sources(was: &Sources, is: &Sources) -> String {
    let paths: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let text = |sources: &'_ Sources, path| sources.get(path).cloned().unwrap_or_default();
    let pairs = paths
        .into_iter()
        .map(|it| (it, text(was, it), text(is, it)));
    pairs
        .filter(|(_, was, is)| was != is)
        .map(|(path, was, is)| format!("{}\n{}", path.display(), of_texts(&was, &is)))
        .collect()
}

/// A text without the positions in it, which lag behind an edit that changes no code: those of panics,
/// and the line that the macro `told!` has of itself.
pub(crate) fn without_positions(text: &str) -> String {
    let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let line = |line: &str| -> String {
        if line.contains(", told: ") {
            return line.replace(|it: char| it.is_ascii_digit(), "");
        }
        let mut parts = line.rsplitn(3, ':');
        let (column, row, before) = (parts.next(), parts.next(), parts.next());
        match (before, row, column) {
            (Some(before), Some(row), Some(column)) if number(row) && number(column) => {
                before.to_owned()
            }
            _ => line.to_owned(),
        }
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    lines.join("\n")
}
