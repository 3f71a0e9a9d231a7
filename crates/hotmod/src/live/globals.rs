//! The global state of the runtime.

use super::contract::Contract;
use super::generation::Generation;
use super::versions::Versions;

/// Generation 0.
pub(super) static BASELINE: Generation = Generation::baseline();

/// The live generation, and the entry points that later ones must have.
pub(super) static CONTRACT: Contract = Contract::new(&BASELINE, &VERSIONS);

/// The values of `keep!`.
pub(super) static VERSIONS: Versions = Versions::new();
