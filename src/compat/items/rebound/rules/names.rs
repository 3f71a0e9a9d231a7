//! Rules for what paths lead to: definitions, imports, modules, and macros that may make any of them.

use super::Found;
use crate::base::words::words;
use crate::compat::items::interface::{Detail, Part};
use crate::compat::items::item::last_name;
use crate::compat::items::known::User;
use crate::compat::items::rebound::Question;
use crate::compat::items::rebound::difference::Difference;

impl Question<'_> {
    /// A definition or an import of a name.
    pub(super) fn of_name(&self, difference: &Difference<'_>, name: &str) -> Found {
        let own = |user: User| (name.to_owned(), user);
        let count = |details: &[&Detail]| details.iter().filter(|it| it.is_public).count();
        let (before, after) = (count(&difference.was), count(&difference.now));
        let [was_open, is_open] =
            [false, true].map(|is_now| self.is_exposed(difference, name, is_now));
        let by_path = || self.text(|it| it.paths.contains(name)).map(own);
        if was_open && !is_open {
            // What the host calls through an entry point is compared with the generation.
            let is_gone = difference.now.is_empty() && self.was_hot(None, name);
            return if is_gone { None } else { by_path() };
        }
        let is_import = matches!(difference.part, Part::Import { .. });
        let is_reexport = is_import && difference.was.is_empty() && was_open;
        let is_other = before != after
            || difference
                .gone()
                .chain(difference.added())
                .all(|it| it.is_public);
        if was_open && is_other && !is_reexport && !difference.was.is_empty() {
            return by_path();
        }
        if after > before && !was_open && self.has_glob(difference) {
            return by_path();
        }
        // It may hide what the code of this source found elsewhere.
        let source = &self.sources[difference.source];
        let is_new = difference.added().next().is_some();
        let holder = self
            .known
            .holder(source.path, name)
            .filter(|_| is_new && difference.was.is_empty());
        holder.cloned().map(own)
    }

    pub(super) fn of_glob(&self, difference: &Difference<'_>, path: &str) -> Found {
        // One that only adds names takes none away.
        let gone: Vec<&Detail> = difference.gone().collect();
        if gone.is_empty() {
            return None;
        }
        let module = last_name(path);
        let names = self.names_in(module);
        let is_open = gone.iter().any(|it| it.is_public);
        let source = self.sources[difference.source].path;
        names.into_iter().find_map(|name| {
            let by_path = || self.text(|it| it.paths.contains(&name)).filter(|_| is_open);
            let user = by_path().or_else(|| self.known.holder(source, &name).cloned())?;
            Some((name, user))
        })
    }

    pub(super) fn of_module(&self, difference: &Difference<'_>, name: &str) -> Found {
        let own = |user: User| (name.to_owned(), user);
        if difference.was.is_empty() {
            return None;
        }
        let by_path = self.text(|it| it.paths.contains(name));
        let is_less = difference.gone().any(|it| it.is_public);
        if let Some(user) = by_path.filter(|_| is_less) {
            return Some(own(user));
        }
        let conditions = |details: &[&Detail]| {
            details
                .iter()
                .map(|it| it.tokens.clone())
                .collect::<Vec<_>>()
        };
        if conditions(&difference.was) == conditions(&difference.now) {
            return None;
        }
        let mut used = self.symbols.used_items(|_| false);
        let used = used.find(|it| {
            it.crates.contains(&difference.its_crate) && it.path.split("::").any(|it| it == name)
        });
        let user = used.map(|it| User::Crate {
            user: it.user.to_owned(),
        });
        user.or_else(|| self.text(|it| it.paths.contains(name)))
            .map(own)
    }

    /// A macro, by the calls of it that stand between items.
    pub(super) fn of_macro(&self, difference: &Difference<'_>, name: &str) -> Found {
        let reaches = self.sources.iter().filter_map(|it| it.was);
        let parts = reaches.flat_map(|it| &it.interface.parts);
        let mut calls = parts.filter_map(|(part, details)| match part {
            Part::MacroCall { path } if last_name(path) == name => Some(details),
            _ => None,
        });
        let gone: Vec<&Detail> = difference.gone().collect();
        let first = gone.first()?;
        calls.find_map(|calls| {
            let all = calls.iter().chain([*first]).chain(difference.added());
            self.of_call(difference, all)
        })
    }

    /// What a macro makes may have any of the names in its call.
    pub(super) fn of_call<'a>(
        &self,
        difference: &Difference<'_>,
        details: impl Iterator<Item = &'a Detail>,
    ) -> Found {
        let words: Vec<&str> = details.flat_map(|it| words(&it.tokens)).collect();
        let is_declared = |word: &str| self.declares(word);
        let mut words = words.into_iter().filter(|it| !is_declared(it));
        words.find_map(|word| {
            let mut used = self.symbols.used_items(|_| false);
            let used = used.find(|it| {
                // The function, or the type.
                let is_it = |key: &String| {
                    let mut words = key.split(|c| "<: ".contains(c)).filter(|it| !it.is_empty());
                    words.next() == Some(word)
                };
                it.crates.contains(&difference.its_crate) && it.keys.iter().any(is_it)
            });
            let user = used.map(|it| User::Crate {
                user: it.user.to_owned(),
            });
            let user = user.or_else(|| self.text(|it| it.paths.contains(word)))?;
            Some((word.to_owned(), user))
        })
    }

    /// Whether other crates may use a name of this crate, by its definition or an import.
    fn is_exposed(&self, difference: &Difference<'_>, name: &str, is_now: bool) -> bool {
        let parts = [
            Part::Name {
                name: name.to_owned(),
            },
            Part::Import {
                name: name.to_owned(),
            },
        ];
        let own = self
            .sources
            .iter()
            .filter(|it| it.crates.contains(difference.its_crate));
        let mut reaches = own.filter_map(|it| if is_now { it.now } else { it.was });
        reaches.any(|it| {
            let details = parts.iter().filter_map(|part| it.interface.parts.get(part));
            details.flatten().any(|it| it.is_public)
        })
    }

    /// Whether names may come from this crate without being written.
    fn has_glob(&self, difference: &Difference<'_>) -> bool {
        let own = self
            .sources
            .iter()
            .filter(|it| it.crates.contains(difference.its_crate));
        let mut parts = own
            .flat_map(|it| [it.was, it.now])
            .flatten()
            .flat_map(|it| &it.interface.parts);
        let is_open = |details: &[Detail]| details.iter().any(|it| it.is_public);
        let is_glob =
            parts.any(|(part, details)| matches!(part, Part::Glob { .. }) && is_open(details));
        is_glob || self.text(|it| it.has_glob).is_some()
    }

    /// The names that a module of the group defines; without one of that name, all that the host writes.
    fn names_in(&self, module: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut is_known = false;
        for source in self.sources {
            let stem = source.path.file_stem().and_then(|it| it.to_str());
            let folder = source.path.parent().and_then(|it| it.file_name()?.to_str());
            let is_file = stem == Some(module) || (stem == Some("mod") && folder == Some(module));
            let is_crate = source.crates.contains(module) && stem == Some("lib");
            for (part, details) in source.was.into_iter().flat_map(|it| &it.interface.parts) {
                let (Part::Name { name } | Part::Import { name }) = part else {
                    continue;
                };
                let is_in = |it: &Detail| match it.of.is_empty() {
                    true => is_file || is_crate,
                    false => it.of == module,
                };
                if details.iter().any(is_in) {
                    is_known = true;
                    found.push(name.clone());
                }
            }
        }
        if !is_known {
            let paths = self.texts.iter().flat_map(|(_, text)| &text.paths);
            found = paths.filter(|it| !self.declares(it)).cloned().collect();
        }
        found
    }

    /// Whether a source of the group defines or imports a name.
    fn declares(&self, name: &str) -> bool {
        let parts = [
            Part::Name {
                name: name.to_owned(),
            },
            Part::Import {
                name: name.to_owned(),
            },
        ];
        let mut reaches = self
            .sources
            .iter()
            .flat_map(|it| [it.was, it.now])
            .flatten();
        reaches.any(|it| {
            parts
                .iter()
                .any(|part| it.interface.parts.contains_key(part))
        })
    }
}
