//! The core in a world of its own: tables of what happens and what is done, and a random walk.

mod answers;
mod asking;
mod builds;
mod checks;
mod comparisons;
mod deltas;
mod failures;
mod frames;
mod guests;
mod hosts;
mod looks;
mod offers;
mod overlaps;
mod perform;
mod promises;
mod rollbacks;
mod saves;
mod stops;
mod tables;
mod truth;
mod uncalled;
mod walk;
mod words;
mod world;

use super::*;

/// The content of each file. 0 is a file that is empty; multiples of 7 can't be compiled.
type Files = [u64; 4];
