//! The generations of the program: their files, their code, and their types in the host's memory.

mod code;
mod libraries;
mod live_crates;
mod offer;
mod rollback;
mod swap_report;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use hotmod_protocol::Message;

use crate::base::locked_dir::Scratch;
use crate::compat::{Checked, Loaded};
use crate::compile::{Built, Followed, HostBuild};
use crate::decide::Reason;
use crate::discover::Plan;
use crate::host::{Connection, Types};
use crate::report::{Note, Reporter};

use super::core::{HostInput, NewCode, Reply};
use super::incoming::{HeldCode, Incoming};

use code::{CodeComparer, LiveGeneration};
use libraries::Libraries;
use live_crates::LiveCrates;
pub(super) use offer::Offer;
use rollback::Rollback;
pub(super) use swap_report::SwapReport;

/// The generations that were built for the host that runs.
pub(super) struct Generations {
    libraries: Libraries,
    crates: LiveCrates,
    /// Finds the code that is new in each generation.
    code: CodeComparer,
    /// The types in the memory of the host that runs.
    loaded: Option<Arc<Loaded>>,
    are_layouts_readable: bool,
    /// The generation that fits, until the host has replied to its offer.
    offer: Option<Offer>,
    /// The rollback that the host was told, until it has replied.
    rollback: Option<Rollback>,
}

impl Generations {
    pub(super) fn new(directory: Scratch, found: Sender<Incoming>) -> Self {
        Generations {
            libraries: Libraries::new(directory),
            crates: LiveCrates::default(),
            code: CodeComparer::new(found),
            loaded: None,
            are_layouts_readable: true,
            offer: None,
            rollback: None,
        }
    }

    /// Where their files are.
    pub(super) fn directory(&self) -> &Path {
        self.libraries.directory()
    }

    /// A host was built that is about to run.
    pub(super) fn host_built(&mut self, build: &HostBuild) {
        self.crates = LiveCrates::host_built(build.group.made());
    }

    /// A host starts, so its memory has no other types than those of this build.
    pub(super) fn host_starts(&mut self, build: &HostBuild, plan: &Plan) {
        self.offer = None;
        let others = plan.host_side.iter().map(|it| it.dir.clone());
        self.loaded = Some(Arc::new(Loaded::new(
            build.executable.clone(),
            build.group.crates(),
            others.collect(),
            build.keepers.clone(),
            build.symbols.redirects.clone(),
        )));
        self.are_layouts_readable = true;
    }

    /// A host has the code of the baseline, although generations may have gone live before.
    pub(super) fn forget_code(&self) {
        self.code.forget();
    }

    /// The next generation is built of crates that are compared with those of the baseline.
    pub(super) fn back_to_baseline(&mut self) {
        self.code.forget();
        self.crates.back_to_baseline();
    }

    /// The files of a host that has ended are not needed any more.
    pub(super) fn host_ended(&mut self) {
        self.libraries.host_ended();
    }

    pub(super) fn loaded(&self) -> Option<&Arc<Loaded>> {
        self.loaded.as_ref()
    }

    /// Whether a build was compared with the types in the memory of the host that runs.
    pub(super) fn is_current(&self, compared_with: &Arc<Loaded>) -> bool {
        let loaded = self.loaded.as_ref();
        loaded.is_some_and(|it| Arc::ptr_eq(it, compared_with))
    }

    /// Whether the layouts of types can be compared.
    pub(super) fn have_layouts(&self) -> bool {
        self.are_layouts_readable
    }

    /// Compares tokens from now on, because layouts can't be read.
    pub(super) fn compare_tokens(&mut self, why: &str, reporter: &mut Reporter) {
        self.are_layouts_readable = false;
        let why = why.to_owned();
        reporter.note_once([Note::LayoutsNotCompared { why }]);
    }

    fn take_types(&self, checked: Option<Checked>) {
        if let (Some(loaded), Some(checked)) = (&self.loaded, checked) {
            loaded.take(checked);
        }
    }

    /// The crates that were compiled for the live generation.
    pub(super) fn compiled_last(&self) -> &[String] {
        self.crates.compiled()
    }

    /// The first generation was built before it is needed.
    pub(super) fn built_ahead(
        &mut self,
        built: Built,
        checked: Result<Checked, String>,
        reporter: &mut Reporter,
    ) {
        let _ = std::fs::remove_file(&built.library.path);
        self.code.built_ahead(built.code);
        self.crates.built_ahead(built.made);
        match checked {
            // Its layouts equal the baseline's, and the next build can be compared with either.
            Ok(checked) if checked.found.differences.is_empty() => self.take_types(Some(checked)),
            Ok(_) => {}
            Err(why) => self.compare_tokens(&why, reporter),
        }
    }

    /// Full compilations followed the deltas of the live generation.
    pub(super) fn followed(&mut self, followed: &[Followed]) {
        self.crates.followed(followed);
    }

    /// A generation fits, and is going to be offered.
    pub(super) fn add(&mut self, offer: Offer) {
        self.libraries.offered(&offer.built.library.path);
        self.offer = Some(offer);
    }

    /// The generation that fits, until it is live or withdrawn.
    pub(super) fn offered(&self) -> Option<&Offer> {
        self.offer.as_ref()
    }

    /// Offers the host the generation that fits.
    pub(super) fn offer(
        &mut self,
        generation: u32,
        host: Option<&mut Connection>,
    ) -> Result<(), Reason> {
        self.rollback = None;
        let (Some(offer), Some(connection)) = (&self.offer, host) else {
            return Err(Reason::NotJoined);
        };
        let loaded = self.loaded.as_ref().zip(offer.built.targets.as_ref().ok());
        let redirects = loaded.map(|(loaded, targets)| loaded.redirects(targets));
        let mut types = match offer.checked.as_ref().zip(self.loaded.as_ref()) {
            Some((checked, loaded)) => Types {
                // A generation that was loaded without a check was not compared.
                are_compared: self.are_layouts_readable && loaded.has_compared(checked),
                changed_statics: loaded.changed_statics(&offer.built.made, checked),
                ..Types::default()
            },
            None => Types::default(),
        };
        types.redirects = redirects.unwrap_or_default();
        connection
            .offer(generation, &offer.built.library, offer.image, types)
            .map_err(|error| Reason::HostUnreachable {
                message: error.to_string(),
            })
    }

    /// Tells the host that the generation that waits for a frame need not go live any more.
    pub(super) fn take_back(&mut self, generation: u32, host: Option<&mut Connection>) {
        if let Some(offer) = &mut self.offer {
            offer.is_taken_back = true;
        }
        if let Some(connection) = host {
            connection.send(&Message::TakeBack { generation });
        }
    }

    /// The offered generation is not live. The host may have loaded it before it refused it, and some of
    /// its code may have run.
    pub(super) fn withdraw(&mut self, is_loaded: bool, reporter: &mut Reporter) {
        let Some(offer) = self.offer.take() else {
            return;
        };
        if is_loaded {
            self.take_types(offer.checked);
        }
        self.reclaim(reporter);
    }

    /// The host reported this of the offered generation, which is live in it.
    pub(super) fn swapped(&mut self, report: SwapReport) {
        if let Some(offer) = &mut self.offer {
            offer.swap = report;
        }
    }

    /// The offered generation is live.
    pub(super) fn take_offer(&mut self) -> Option<Offer> {
        let mut offer = self.offer.take()?;
        if let (Some(loaded), Some(checked)) = (&self.loaded, offer.checked.take()) {
            loaded.take(checked);
            loaded.keep(&offer.built.made);
        }
        Some(offer)
    }

    /// A generation is live in the program with this process. Returns the crates that were compiled for it.
    pub(super) fn went_live(
        &mut self,
        generation: u32,
        built: Built,
        uncalled: Option<BTreeSet<String>>,
        program: Option<(PathBuf, u32)>,
    ) -> Vec<String> {
        let loaded = self.loaded.as_ref();
        let by_type_id = loaded.map(|it| it.by_type_id()).unwrap_or_default();
        if let Some((executable, pid)) = program {
            self.code.went_live(LiveGeneration {
                generation,
                code: built.code,
                uncalled,
                by_type_id,
                library: built.library.path.clone(),
                executable,
                pid,
            });
        }
        self.libraries.went_live(generation, built.library);
        self.crates.went_live(built.made)
    }

    /// Frees the space of old files.
    pub(super) fn reclaim(&mut self, reporter: &mut Reporter) {
        reporter.note_once(self.libraries.reclaim());
    }
}
