//! The global state of the runtime.

#![expect(
    unsafe_code,
    reason = "one static has a name for the tool's trampolines"
)]

use super::contract::Contract;
use super::frames::Frames;
use super::generation::Generation;
use super::published::Published;
use super::versions::Versions;

/// Generation 0.
pub(super) static BASELINE: Generation = Generation::baseline();

/// The live generation. The host's trampolines read it by its name.
#[unsafe(export_name = "hotmod_live")]
static LIVE: Published<Generation> = Published::new(&BASELINE);

/// The live generation, and the entry points that later ones must have.
pub(super) static CONTRACT: Contract = Contract::new(&LIVE, &VERSIONS);

/// When generations go live.
pub(super) static FRAMES: Frames = Frames::new();

/// The values of `keep!`.
pub(super) static VERSIONS: Versions = Versions::new();
