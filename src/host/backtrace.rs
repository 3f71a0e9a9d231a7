//! Backtraces of hosts, in std's format.
//!
//! On a panic in reloaded code, the host sends addresses. The debug information of the files at
//! these addresses has the functions, files and lines. The result is what std would print if it had
//! loaded these files' debug information.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::path::Path;

use addr2line::Loader;
use hotmod_protocol::{Frame, Trace};
use rustc_demangle::demangle;

/// How many frames std considers for a short backtrace.
const MOST_FRAMES: usize = 101;

/// A function at an address. There are several if functions were inlined.
#[derive(Debug, Default)]
struct Symbol {
    /// The mangled name.
    name: Option<String>,
    place: Option<(String, u32, Option<u32>)>,
}

/// The text of a backtrace, as std prints it.
pub(crate) fn render(trace: &Trace) -> String {
    let mut loaders: HashMap<u32, Option<Loader>> = HashMap::new();
    let frames: Vec<(u64, Vec<Symbol>)> = trace
        .frames
        .iter()
        .map(|frame| {
            let loader = loaders.entry(frame.module).or_insert_with(|| {
                let path = usize::try_from(frame.module).ok();
                Loader::new(path.and_then(|index| trace.modules.get(index))?).ok()
            });
            let symbols = loader.as_ref().map(|it| symbols(it, frame));
            (frame.address, symbols.unwrap_or_default())
        })
        .collect();
    // std shows a panic during another panic in full.
    let hooks = frames.iter().flat_map(|(_, symbols)| symbols);
    let hooks = hooks.filter(|it| it.has_in_name("panic_with_hook")).count();
    let is_full = trace.is_full || hooks > 1;
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _ = write(&mut text, &frames, is_full, Path::new(&trace.directory));
    text
}

fn symbols(loader: &Loader, frame: &Frame) -> Vec<Symbol> {
    let by_table = || loader.find_symbol(frame.offset).map(str::to_owned);
    let mut symbols = Vec::new();
    if let Ok(mut found) = loader.find_frames(frame.offset) {
        while let Ok(Some(it)) = found.next() {
            let name = it.function.as_ref().and_then(|it| it.raw_name().ok());
            let place = it.location.and_then(|it| {
                let file = it.file?.to_owned();
                Some((file, it.line?, it.column.filter(|column| *column > 0)))
            });
            symbols.push(Symbol {
                name: name.map(|it| it.into_owned()).or_else(by_table),
                place,
            });
        }
    }
    if symbols.is_empty()
        && let Some(name) = by_table()
    {
        let name = Some(name);
        symbols.push(Symbol { name, place: None });
    }
    symbols
}

impl Symbol {
    fn has_in_name(&self, part: &str) -> bool {
        self.name.as_ref().is_some_and(|name| name.contains(part))
    }

    fn write(
        &self,
        text: &mut String,
        index: usize,
        address: u64,
        is_full: bool,
        directory: &Path,
    ) -> fmt::Result {
        write!(text, "{index:4}: ")?;
        if is_full {
            write!(text, "{address:#18x} - ")?;
        }
        match &self.name {
            Some(name) if is_full => writeln!(text, "{}", demangle(name))?,
            Some(name) => writeln!(text, "{:#}", demangle(name))?,
            None => writeln!(text, "<unknown>")?,
        }
        let Some((file, line, column)) = &self.place else {
            return Ok(());
        };
        let indent = if is_full { 18 } else { 0 };
        write!(text, "{:indent$}             at ", "")?;
        match Path::new(file).strip_prefix(directory) {
            Ok(below) if !is_full => write!(text, "./{}", below.display())?,
            _ => write!(text, "{file}")?,
        }
        write!(text, ":{line}")?;
        if let Some(column) = column {
            write!(text, ":{column}")?;
        }
        writeln!(text)
    }
}

fn write(
    text: &mut String,
    frames: &[(u64, Vec<Symbol>)],
    is_full: bool,
    directory: &Path,
) -> fmt::Result {
    writeln!(text, "stack backtrace:")?;
    // A short backtrace shows the frames between std's end marker and begin marker.
    let mut shows = is_full;
    let (mut index, mut omitted, mut is_first) = (0, 0, true);
    let most = if is_full { usize::MAX } else { MOST_FRAMES };
    for (address, symbols) in frames.iter().take(most) {
        let unknown = [Symbol::default()];
        for symbol in if symbols.is_empty() {
            &unknown[..]
        } else {
            symbols
        } {
            if !is_full && symbol.has_in_name("__rust_end_short_backtrace") {
                shows = true;
                continue;
            }
            if !is_full && shows && symbol.has_in_name("__rust_begin_short_backtrace") {
                shows = false;
                continue;
            }
            if !shows {
                omitted += usize::from(symbol.name.is_some());
                continue;
            }
            if omitted > 0 && !is_first {
                let s = if omitted > 1 { "s" } else { "" };
                writeln!(text, "      [... omitted {omitted} frame{s} ...]")?;
            }
            if omitted > 0 {
                (omitted, is_first) = (0, false);
            }
            symbol.write(text, index, *address, is_full, directory)?;
            index += 1;
        }
    }
    match is_full {
        true => Ok(()),
        false => writeln!(
            text,
            "note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> (u64, Vec<Symbol>) {
        let place = Some((format!("/home/me/{name}.rs"), 3, Some(5)));
        let name = Some(name.to_owned());
        (0x1234, vec![Symbol { name, place }])
    }

    fn text_of(frames: &[(u64, Vec<Symbol>)], is_full: bool) -> String {
        let mut text = String::new();
        write(&mut text, frames, is_full, Path::new("/home/me")).unwrap();
        text
    }

    #[test]
    fn a_short_backtrace_hides_the_frames_of_std() {
        let frames = [
            "rust_panic_with_hook",
            "__rust_end_short_backtrace",
            "panic_fmt",
            "__rust_begin_short_backtrace",
            "start",
            "clone",
            "__rust_end_short_backtrace",
            "caller",
            "__rust_begin_short_backtrace",
        ];
        let mut frames: Vec<_> = frames.iter().map(|it| symbol(it)).collect();
        frames.insert(3, (0x9, Vec::new()));
        let expected = "stack backtrace:\n\
            \x20  0: panic_fmt\n             at ./panic_fmt.rs:3:5\n\
            \x20  1: <unknown>\n\
            \x20     [... omitted 2 frames ...]\n\
            \x20  2: caller\n             at ./caller.rs:3:5\n\
            note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n";
        assert_eq!(text_of(&frames, false), expected);
    }

    #[test]
    fn a_full_backtrace_has_all_frames_with_their_addresses() {
        let expected = "stack backtrace:\n\
            \x20  0:             0x1234 - main\n\
            \x20                              at /home/me/main.rs:3:5\n";
        assert_eq!(text_of(&[symbol("main")], true), expected);
    }
}
