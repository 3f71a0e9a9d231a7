//! The state. This crate is not reloadable: the state stays while the rules change. An edit here
//! restarts the program, which takes the state along. Add fields with `#[serde(default)]`.

use serde::{Deserialize, Serialize};

/// A ball above the ground.
#[derive(Debug, Serialize, Deserialize)]
pub struct World {
    /// In metres.
    pub height: f64,
    /// In metres per second, upwards.
    pub speed: f64,
    pub bounces: u64,
    /// Simulated time in seconds.
    pub time: f64,
}

impl World {
    /// A world in which the ball is about to fall.
    pub fn new() -> Self {
        World {
            height: 10.0,
            speed: 0.0,
            bounces: 0,
            time: 0.0,
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
