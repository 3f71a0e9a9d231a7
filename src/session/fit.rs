//! Whether a generation that was built fits the types in the host's memory.

use crate::compat::Checked;
use crate::compat::symbols::shown;
use crate::compile::Built;
use crate::decide::{self, Cause, Findings, Reason, Verdict};
use crate::host::Image;
use crate::report::Note;
use crate::stale::Inputs;

use super::Session;
use super::builds::Finished;
use super::core::Fit;
use super::generations::{Offer, SwapReport};

impl Session {
    /// Compares the generation that was just built with the types in the host's memory. If it fits, it
    /// will be offered.
    pub(super) fn inspect(&mut self) -> Fit {
        let Some(Finished::Group(candidate, times)) = self.builds.take_finished() else {
            return Fit::Unknown;
        };
        let (fit, image) = match Image::of(&candidate.built.library) {
            Ok(image) => {
                let foreign = candidate.foreign.clone();
                let fit = match &candidate.built.targets {
                    Ok(_) => self.fits(&candidate.built, &candidate.checked, foreign),
                    Err(path) => Fit::No(Cause::Misfit, Reason::Gone { item: shown(path) }),
                };
                (fit, Some(image))
            }
            // Only the linker has touched it.
            Err(error) => (Fit::Damaged(error.to_string().into()), None),
        };
        match (fit, image) {
            (Fit::Yes, Some(image)) => {
                self.generations.add(Offer {
                    built: candidate.built,
                    image,
                    checked: candidate.checked.ok(),
                    check: candidate.check,
                    saw: times.saw,
                    detected: times.detected,
                    begun: times.begun,
                    is_taken_back: false,
                    swap: SwapReport::default(),
                });
                Fit::Yes
            }
            (fit, _) => {
                // Its sources may have changed since it was built.
                let is_there = self.files.inputs.match_now(&candidate.built.inputs);
                self.builds.finish(Some(Finished::Group(candidate, times)));
                match fit {
                    Fit::No(..) if !is_there => Fit::Unknown,
                    fit => fit,
                }
            }
        }
    }

    /// Whether a build fits the types in memory.
    fn fits(
        &mut self,
        built: &Built,
        checked: &Result<Checked, String>,
        foreign: Option<String>,
    ) -> Fit {
        if let Err(why) = checked {
            self.generations.compare_tokens(why, &mut self.reporter);
        }
        let Some((build, loaded)) = self.builds.host().zip(self.generations.loaded()) else {
            return Fit::Unknown;
        };
        let layouts = checked.as_ref().map(|checked| &checked.found);
        let by_name = layouts.ok().map(|found| &found.by_name);
        let renamed = layouts.ok().map(|found| &found.renamed);
        let has_renamed = renamed.is_some_and(|names| !names.is_empty());
        let root = &self.builds.plan().workspace_root;
        let held = loaded.by_type_id();
        let needs_tokens = by_name.is_none_or(|names| !names.is_empty())
            || has_renamed
            || build.keepers.hold_all
            || !held.is_empty()
            || self.files.inputs.unparsable(root).is_some();
        let decide = |inputs: &Inputs| {
            decide::of_build(&Findings {
                foreign,
                unparsable: inputs.unparsable(root),
                layouts: layouts.map_err(String::as_str),
                // The debug information of optimised code may lack a type that other code stores.
                unseen: match build.keepers.hold_all {
                    true => inputs.retyped(None),
                    false => inputs.retyped(by_name),
                },
                changed_impl: inputs.changed_impl(layouts.is_ok().then_some(&held)),
                has_made_over: loaded.has_made_over(),
                knows_type_ids: !build.keepers.hide_type_ids,
                are_renames: renamed.is_none_or(|all| {
                    let mut all = all.iter();
                    all.all(|(old, new)| inputs.is_rename(old, new))
                }),
                by_type_id: &held,
            })
        };
        let decided = match needs_tokens {
            true => self.files.inputs.as_built(&built.inputs, decide),
            false => Some(decide(&self.files.inputs)),
        };
        let Some((verdict, passing)) = decided else {
            return Fit::Unknown;
        };
        match verdict {
            Verdict::Restart { cause, reason } => Fit::No(cause, reason),
            Verdict::Reload { .. } | Verdict::Nothing { .. } => {
                self.reporter
                    .note_once(passing.into_iter().map(|it| Note::LayoutFits {
                        of: it.of.clone(),
                        changes: it.what.clone(),
                    }));
                Fit::Yes
            }
        }
    }
}
