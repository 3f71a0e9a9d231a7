//! Links from rustc's diagnostics into the editor.
//!
//! rustc prints a location as `--> PATH:LINE:COLUMN`, or with `:::` for further ones. Links are
//! added as escape sequences of terminals (OSC 8), like the colours that are there already.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ARROWS: [&str; 2] = ["--> ", "::: "];

/// Characters that a path in an address may have as they are.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Opens files.
#[derive(Clone, Debug)]
pub(super) struct Editor {
    /// The scheme of its addresses, such as `vscode` or `zed`.
    scheme: String,
    /// The folder that paths are relative to.
    root: PathBuf,
}

impl Editor {
    pub(super) fn new(scheme: Option<&str>, root: impl Into<PathBuf>) -> Self {
        let is_scheme = |it: &&str| {
            it.starts_with(|c: char| c.is_ascii_alphabetic())
                && it
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c))
        };
        Editor {
            scheme: scheme.filter(is_scheme).unwrap_or("vscode").to_owned(),
            root: root.into(),
        }
    }

    /// The editor that the environment names, and the root of the workspace.
    pub(super) fn from_environment() -> Self {
        let scheme = std::env::var("HOTMOD_EDITOR").ok();
        let root = std::env::var_os("HOTMOD_WORKSPACE_ROOT").unwrap_or_default();
        Editor::new(scheme.as_deref(), root)
    }

    fn address(&self, location: &Location<'_>) -> String {
        let path = self.root.join(Path::new(location.path));
        let path = path.to_string_lossy();
        let path = utf8_percent_encode(&path, IN_PATHS);
        let Location { line, column, .. } = location;
        format!("{}://file{path}:{line}:{column}", self.scheme)
    }

    /// Makes links of all locations.
    pub(super) fn link(&self, diagnostics: &str) -> String {
        let mut linked = String::new();
        for text in diagnostics.split_inclusive('\n') {
            match Location::in_line(text) {
                Some(location) => {
                    let (start, address) = (location.start, self.address(&location));
                    let end = start + location.text.len();
                    let (before, after) = (&text[..start], &text[end..]);
                    // Writing to a string can't fail.
                    let _ = write!(
                        linked,
                        "{before}\x1b]8;;{address}\x1b\\{}\x1b]8;;\x1b\\{after}",
                        location.text
                    );
                }
                None => linked.push_str(text),
            }
        }
        linked
    }
}

struct Location<'a> {
    /// Where it is in the line.
    start: usize,
    text: &'a str,
    path: &'a str,
    line: u32,
    column: u32,
}

impl<'a> Location<'a> {
    fn in_line(text: &'a str) -> Option<Self> {
        let arrow = ARROWS.iter().find_map(|arrow| text.find(arrow))?;
        let (before, after) = text.split_at(arrow);
        // Otherwise it is in a quoted source.
        if !without_styles(before).trim().is_empty() {
            return None;
        }
        let mut rest = &after[ARROWS[0].len()..];
        while let Some(style) = style(rest) {
            rest = &rest[style.len()..];
        }
        let start = text.len() - rest.len();
        let text = rest.split(['\x1b', '\n', '\r']).next()?;
        let mut parts = text.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Location {
            start,
            text,
            path: parts.next().filter(|path| !path.is_empty())?,
            line,
            column,
        })
    }
}

/// The escape sequence of a style at the beginning of a text.
fn style(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.find(|c: char| c != ';' && !c.is_ascii_digit())?;
    parameters[end..]
        .starts_with('m')
        .then(|| &text[.."\x1b[".len() + end + 1])
}

fn without_styles(mut text: &str) -> String {
    let mut plain = String::new();
    while let Some(at) = text.find('\x1b') {
        plain.push_str(&text[..at]);
        let length = style(&text[at..]).map_or(1, str::len);
        text = &text[at + length..];
    }
    plain + text
}
