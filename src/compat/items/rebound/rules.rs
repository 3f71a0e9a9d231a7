//! When a difference concerns the host: one rule for each kind of item.

mod names;

use super::difference::Difference;
use super::{Change, Question};
use crate::compat::items::host_text::HostText;
use crate::compat::items::interface::{Detail, Part};
use crate::compat::items::known::User;

/// Traits that the language calls, or that decide what a method call means, although nobody names them.
const IMPLIED: [&str; 3] = ["Deref", "DerefMut", "Drop"];

/// Traits whose methods are called everywhere. A call that meant something else before, such as a copy of a reference,
/// is too rare to restart for.
const COMMON: [&str; 8] = [
    "Clone",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

/// A name, and who may know it.
type Found = Option<(String, User)>;

/// Whether fields of a type have other names, and nothing else changed.
fn has_only_renamed_fields(difference: &Difference<'_>) -> bool {
    let (was, now) = (difference.gone(), difference.added());
    let pairs: Vec<_> = was.zip(now).collect();
    let sorted = |it: &Detail| {
        let mut names: Vec<String> = it.by.split(',').map(str::to_owned).collect();
        names.sort();
        names
    };
    difference.was.len() == difference.now.len()
        && pairs
            .iter()
            .all(|(was, now)| was.tokens == now.tokens && sorted(was) != sorted(now))
}

impl Question<'_> {
    /// Who may be concerned.
    pub(super) fn user(&self, difference: &Difference<'_>) -> Found {
        match difference.part {
            Part::Impl { of, by } => self.of_impl(difference, of, by),
            Part::Member {
                of, by: Some(by), ..
            } => self.of_trait_member(difference, of, by),
            Part::Member { of, by: None, name } => self.of_method(difference, of, name),
            Part::Head { name } => {
                let is_there = difference.change() == Change::Changed;
                is_there.then(|| self.knows(difference, name)).flatten()
            }
            Part::Body { name } => {
                let is_there = difference.change() == Change::Changed;
                (is_there && !has_only_renamed_fields(difference))
                    .then(|| self.knows_alone(difference, name))
                    .flatten()
            }
            Part::Variant { of, name } => self.of_variant(difference, of, name),
            Part::Field { of, name } => self.of_field(difference, of, name),
            Part::TraitItem { of, name } => self.of_trait_item(difference, of, name),
            Part::Name { name } | Part::Import { name } => self.of_name(difference, name),
            Part::Glob { path } => self.of_glob(difference, path),
            Part::Module { name } => self.of_module(difference, name),
            Part::Macro { name } => self.of_macro(difference, name),
            Part::MacroCall { .. } => self.of_call(difference, difference.details()),
        }
    }

    fn of_impl(&self, difference: &Difference<'_>, of: &str, by: &str) -> Found {
        let is_addition = difference.gone().next().is_none();
        let is_implied =
            IMPLIED.contains(&by) || difference.added().any(|it| it.tokens.contains('!'));
        if is_addition && !is_implied {
            // Of another impl of the same trait, a call can mean no more than its types say.
            if COMMON.contains(&by) || !difference.was.is_empty() {
                return None;
            }
            let mut methods = self.methods(of, by).into_iter();
            let is_called = methods.any(|name| self.called(difference, &name, true).is_some());
            let conflicts = |it: &HostText| it.implemented.contains(by);
            let is_blanket = difference.added().any(|it| it.of.is_empty());
            let may_conflict = is_blanket && self.text(conflicts).is_some();
            if !is_called && !may_conflict {
                return None;
            }
        }
        difference
            .details()
            .find_map(|it| self.knows_impl(difference, it, by))
    }

    /// An item in an impl that was there before.
    fn of_trait_member(&self, difference: &Difference<'_>, of: &str, by: &str) -> Found {
        let its_impl = Part::Impl {
            of: of.to_owned(),
            by: by.to_owned(),
        };
        let has_impl = |detail: &Detail, is_now: bool| {
            let own = self.sources.iter();
            let own = own.filter(|it| it.crates.contains(difference.its_crate));
            let reaches = own.filter_map(|it| if is_now { it.now } else { it.was });
            let mut impls = reaches.filter_map(|it| it.interface.parts.get(&its_impl));
            impls.any(|all| {
                let mut all = all.iter();
                all.any(|it| (&it.of, &it.by) == (&detail.of, &detail.by))
            })
        };
        let members = difference.details();
        let mut members = members.filter(|it| has_impl(it, true) && has_impl(it, false));
        members.find_map(|it| self.knows_impl(difference, it, by))
    }

    fn of_method(&self, difference: &Difference<'_>, of: &str, name: &str) -> Found {
        let (_, by_type) = self.knows(difference, of)?;
        // What the host calls through an entry point is compared with the generation.
        if difference.change() == Change::Removed && self.was_hot(Some(of), name) {
            return None;
        }
        let is_public = difference.details().any(|it| it.is_public);
        self.called(difference, name, is_public)?;
        Some((of.to_owned(), by_type))
    }

    fn of_variant(&self, difference: &Difference<'_>, of: &str, name: &str) -> Found {
        if !self.is_there(difference, of) {
            return None;
        }
        let found = self.knows_alone(difference, of)?;
        let has_fields = difference
            .details()
            .any(|it| it.tokens.contains(|c| "({".contains(c)));
        let is_matched = || self.text(|it| it.has_arms && it.uses(of));
        let is_named = || self.text(|it| it.paths.contains(name));
        let concerns = match difference.change() {
            Change::Added => has_fields || is_matched().is_some(),
            Change::Removed => is_named().is_some(),
            Change::Changed => true,
        };
        concerns.then_some(found)
    }

    fn of_field(&self, difference: &Difference<'_>, of: &str, name: &str) -> Found {
        if difference.change() != Change::Removed || !self.is_there(difference, of) {
            return None;
        }
        let (_, user) = self.knows(difference, of)?;
        self.text(|it| it.words.contains(name))?;
        Some((of.to_owned(), user))
    }

    fn of_trait_item(&self, difference: &Difference<'_>, of: &str, name: &str) -> Found {
        if !self.is_there(difference, of) {
            return None;
        }
        let found = self.knows(difference, of)?;
        let is_implemented = || self.text(|it| it.implemented.contains(of));
        let is_provided = difference.added().all(|it| it.is_apart);
        let is_addition = difference.change() == Change::Added;
        let concerns = match is_addition && is_provided {
            true => self.called(difference, name, true).is_some(),
            false if is_addition => is_implemented().is_some(),
            false => self.called(difference, name, true).is_some() || is_implemented().is_some(),
        };
        concerns.then_some(found)
    }

    /// Who may know a type or a trait.
    fn knows(&self, difference: &Difference<'_>, name: &str) -> Found {
        let user = self.known.user_of(difference.its_crate, name).cloned();
        // A macro may have made it, or it may be an alias.
        let by_path = || match self.known.is_type(name) {
            true => None,
            false => self.text(|it| it.paths.contains(name)),
        };
        Some((name.to_owned(), user.or_else(by_path)?))
    }

    /// The same of a type that no entry point takes or returns, so that nobody compares its layout.
    fn knows_alone(&self, difference: &Difference<'_>, name: &str) -> Found {
        let is_compared = self.crossing.contains(&(difference.its_crate, name));
        self.knows(difference, name).filter(|_| !is_compared)
    }

    /// Who may use an impl: who may know the type and the trait, as far as these are of the group.
    fn knows_impl(&self, difference: &Difference<'_>, detail: &Detail, by: &str) -> Found {
        let its_crate = difference.its_crate;
        let of_trait = match self.known.is_type(by) {
            true => Some(self.knows_anywhere(by)?),
            false => None,
        };
        let of_type = self.known.user_in(its_crate, &detail.of);
        let of_argument = || self.known.user_in(its_crate, &detail.by);
        let found = match of_type {
            Ok(found) => Some(found?),
            Err(()) => match of_trait {
                Some(found) => return Some(found),
                None => of_argument().ok()?,
            },
        };
        found.map(|(name, user)| (name, user.clone()))
    }

    fn knows_anywhere(&self, name: &str) -> Found {
        let mut crates = self.sources.iter().flat_map(|it| &it.crates);
        let user = crates.find_map(|it| self.known.user_of(it, name))?;
        Some((name.to_owned(), user.clone()))
    }

    /// Who calls a method of this name: code outside the group if that may, or code of the group that the host has.
    fn called(&self, difference: &Difference<'_>, name: &str, is_public: bool) -> Option<User> {
        let outside = || self.text(|it| it.uses(name)).filter(|_| is_public);
        let inside = || {
            self.known
                .holder_in(self.sources, difference.its_crate, name)
                .cloned()
        };
        outside().or_else(inside)
    }

    /// The methods of an impl: those that it writes, and those that its trait declares.
    fn methods(&self, of: &str, by: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for reach in self.sources.iter().filter_map(|it| it.now) {
            found.extend(reach.interface.parts.keys().filter_map(|part| match part {
                Part::Member {
                    of: its,
                    by: Some(its_trait),
                    name,
                } if its == of && its_trait == by => Some(name.clone()),
                Part::TraitItem { of: its, name } if its == by => Some(name.clone()),
                _ => None,
            }));
        }
        found
    }

    /// Whether a type or a trait was there before and still is.
    fn is_there(&self, difference: &Difference<'_>, name: &str) -> bool {
        let head = Part::Head {
            name: name.to_owned(),
        };
        let mut own = self
            .sources
            .iter()
            .filter(|it| it.crates.contains(difference.its_crate));
        let (mut was, mut is) = (false, false);
        own.by_ref().for_each(|it| {
            was |= it
                .was
                .is_some_and(|it| it.interface.parts.contains_key(&head));
            is |= it
                .now
                .is_some_and(|it| it.interface.parts.contains_key(&head));
        });
        was && is
    }

    fn was_hot(&self, of: Option<&str>, name: &str) -> bool {
        let key = crate::compat::symbols::key(of, None, name);
        let mut was = self.sources.iter().filter_map(|it| it.was);
        was.any(|it| it.direct.is_hot(&key))
    }
}
