//! What the sources outside the group mention of it.
//!
//! They are read as tokens, since macros hide most of a program's syntax. A path counts if it begins with a crate
//! of the group or with a name that was imported from one; a method's type is not known, so each call counts.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::base::parse::look_at_tokens;
use crate::base::words::words;

/// What one source mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostText {
    /// Names in paths into the group.
    pub(crate) paths: BTreeSet<String>,
    /// Names after a dot: methods and fields.
    pub(crate) members: BTreeSet<String>,
    /// All names.
    pub(crate) words: BTreeSet<String>,
    /// Traits that it may implement.
    pub(crate) implemented: BTreeSet<String>,
    /// Types that it may write or take apart by their fields.
    pub(crate) literals: BTreeSet<String>,
    /// Whether it has arms, as `match` does.
    pub(crate) has_arms: bool,
    /// Whether it takes all names of a module of the group.
    pub(crate) has_glob: bool,
    /// Names that it imports from the group.
    imported: BTreeSet<String>,
}

impl HostText {
    /// Reads the texts of programs and libraries that know these crates.
    pub(crate) fn of_all(texts: &[&str], crates: &BTreeSet<String>) -> Vec<Self> {
        let mut known = crates.clone();
        loop {
            let read = texts.iter().map(|text| HostText::of(text, &known));
            let read: Vec<HostText> = read.collect();
            let before = known.len();
            known.extend(read.iter().flat_map(|it| it.imported.iter().cloned()));
            if known.len() == before {
                return read;
            }
        }
    }

    fn of(text: &str, known: &BTreeSet<String>) -> Self {
        let read = look_at_tokens(text, |tokens| {
            let mut reader = Reader::new(known);
            reader.read(tokens, false);
            reader.found
        });
        let mut found = read.unwrap_or_else(|| HostText {
            has_glob: true,
            has_arms: true,
            members: words(text).into_iter().map(str::to_owned).collect(),
            ..HostText::default()
        });
        found.words = words(text).into_iter().map(str::to_owned).collect();
        if found.has_glob {
            found.paths.clone_from(&found.words);
        }
        found
    }

    /// Whether it may use an item of this name by a path, or as a method or field.
    pub(crate) fn uses(&self, name: &str) -> bool {
        self.paths.contains(name) || self.members.contains(name)
    }
}

struct Reader<'a> {
    known: &'a BTreeSet<String>,
    found: HostText,
    is_import: bool,
}

/// Where a path stands.
#[derive(Default)]
struct Path {
    /// Whether it leads into the group.
    is_inside: bool,
    last: Option<String>,
}

impl<'a> Reader<'a> {
    fn new(known: &'a BTreeSet<String>) -> Self {
        Reader {
            known,
            found: HostText::default(),
            is_import: false,
        }
    }

    /// Reads tokens. `is_inside` says that they go on with a path into the group.
    fn read(&mut self, tokens: TokenStream, is_inside: bool) {
        let (mut colons, mut dots, mut before) = (0, 0, ' ');
        let mut path = Path::default();
        // The paths around angle brackets.
        let mut around: Vec<Path> = Vec::new();
        // Whether one since the innermost of these brackets leads into the group.
        let mut any_inside = false;
        let mut is_renamed = false;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) => {
                    match punct.as_char() {
                        ':' => {
                            colons += 1;
                            continue;
                        }
                        '.' => dots += 1,
                        '*' if colons == 2 && path.is_inside => self.found.has_glob = true,
                        '*' if is_inside && path.last.is_none() => self.found.has_glob = true,
                        '<' => {
                            around.push(std::mem::take(&mut path));
                            any_inside = false;
                        }
                        '>' if matches!(before, '-' | '=') => {
                            self.found.has_arms |= before == '=';
                            path = Path::default();
                        }
                        '>' => {
                            // `<group::Type as Trait>::name` leads there as well.
                            path = around.pop().unwrap_or_default();
                            path.is_inside |= any_inside;
                        }
                        ';' => {
                            self.is_import = false;
                            path = Path::default();
                        }
                        _ => path = Path::default(),
                    }
                    before = punct.as_char();
                    dots = if punct.as_char() == '.' { dots } else { 0 };
                }
                TokenTree::Ident(ident) => {
                    let name = name(&ident);
                    if colons != 2 && name == "for" {
                        self.found.implemented.extend(path.last.take());
                    }
                    match &*name {
                        "use" => self.is_import = true,
                        "as" => is_renamed = self.is_import && path.is_inside,
                        "macro_use" => self.found.has_glob = true,
                        _ if is_renamed => {
                            self.found.imported.insert(name);
                            is_renamed = false;
                        }
                        _ => {
                            if dots == 1 {
                                self.found.members.insert(name.clone());
                            }
                            let begins = colons != 2;
                            let is_known = self.known.contains(&name) || name == "Self";
                            path.is_inside = match begins {
                                true => is_inside || is_known,
                                false => path.is_inside || is_known,
                            };
                            if path.is_inside {
                                any_inside = true;
                                self.found.paths.insert(name.clone());
                                if self.is_import {
                                    self.found.imported.insert(name.clone());
                                }
                            }
                            path.last = Some(name);
                        }
                    }
                    (dots, before) = (0, ' ');
                }
                TokenTree::Group(group) => {
                    let is_list = colons == 2 && path.is_inside;
                    let is_literal = group.delimiter() != Delimiter::Bracket;
                    if let Some(last) = path.last.take().filter(|_| is_literal) {
                        self.found.literals.insert(last);
                    }
                    self.read(group.stream(), is_list);
                    path = Path::default();
                    (dots, before) = (0, ' ');
                }
                TokenTree::Literal(_) => {
                    path = Path::default();
                    (dots, before) = (0, ' ');
                }
            }
            colons = 0;
        }
    }
}

fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

#[cfg(test)]
mod tests;
