//! The state. Not reloadable: it stays while the rules change, and an edit here restarts the program.

/// A ball above the ground.
#[derive(Debug)]
pub struct World {
    /// Metres.
    pub height: f64,
    /// Metres a second, upwards.
    pub speed: f64,
    pub bounces: u64,
    /// Seconds of simulated time.
    pub time: f64,
}

impl World {
    /// The ball is about to fall.
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
