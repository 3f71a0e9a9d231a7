//! The inputs of a unit, from the dep-info file that rustc writes next to its artifacts.
//!
//! The format is that of a makefile, see `rustc_interface::passes::write_out_deps`: for each
//! output, a line `output: input input …` in which spaces in paths are written as `\ `, and
//! comments.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The inputs in a dep-info file. Relative paths are relative to `directory`.
pub(crate) fn inputs(file: &Path, directory: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(parse(&fs::read_to_string(file)?)
        .map(|path| directory.join(path))
        .collect())
}

/// The names of the variables that a unit reads with `env!` and `option_env!`.
pub(crate) fn variables(file: &Path) -> io::Result<Vec<String>> {
    Ok(parse_variables(&fs::read_to_string(file)?)
        .map(str::to_owned)
        .collect())
}

fn parse_variables(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# env-dep:"))
        .map(|line| line.split_once('=').map_or(line, |(name, _)| name))
}

fn parse(text: &str) -> impl Iterator<Item = String> {
    // All outputs have the same inputs, so the first line is enough.
    let inputs = text
        .lines()
        .find_map(|line| line.split_once(": "))
        .map_or("", |(_, inputs)| inputs);
    let mut characters = inputs.chars();
    std::iter::from_fn(move || {
        let mut path = String::new();
        loop {
            match characters.next() {
                Some('\\') => path.extend(characters.next()),
                Some(' ') if path.is_empty() => {}
                Some(' ') => return Some(path),
                None if path.is_empty() => return None,
                None => return Some(path),
                Some(character) => path.push(character),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_those_of_the_first_output() {
        let text = "/t/a.d: src/lib.rs src/a\\ b.rs  /x/c.txt\n\n/t/liba.rlib: src/lib.rs\n\
                    src/lib.rs:\n# env-dep:X=1\n";
        let inputs: Vec<_> = parse(text).collect();
        assert_eq!(inputs, ["src/lib.rs", "src/a b.rs", "/x/c.txt"]);
    }

    #[test]
    fn variables_are_named_whether_set_or_not() {
        let text = "a: b\n\n# env-dep:SET=a=b\n# env-dep:UNSET\n";
        let names: Vec<_> = parse_variables(text).collect();
        assert_eq!(names, ["SET", "UNSET"]);
    }

    #[test]
    fn an_output_without_inputs_has_none() {
        assert_eq!(parse("/t/a.d: \n").count(), 0);
        assert_eq!(parse("").count(), 0);
    }
}
