//! The rules of the world: edit this file while the program is running, and save it.

use world::World;

/// In metres per second squared. Try -1.6, as on the moon.
const GRAVITY: f64 = -9.81;

/// The fraction of its speed that the ball keeps when it hits the ground.
const BOUNCE: f64 = 0.9;

/// The speed with which the ball is thrown up again when it has come to rest.
const THROW: f64 = 14.0;

/// Advances the simulation. The host always calls the newest version of it. Optimised and `async` functions need
/// `#[hotmod::hot]` for that.
pub fn step(world: &mut World, seconds: f64) {
    world.time += seconds;
    world.speed += GRAVITY * seconds;
    world.height += world.speed * seconds;
    if world.height < 0.0 {
        world.height = 0.0;
        world.bounces += 1;
        world.speed *= -BOUNCE;
        if world.speed < 1.0 {
            world.speed = THROW;
        }
    }
}

/// The line that the host prints once per second.
pub fn line(world: &World) -> String {
    let column = (world.height * 2.0) as usize;
    format!(
        "{:4.0} s |{:<40}| {:4.1} m, {} bounces, rules of generation {}",
        world.time,
        format!("{:column$}o", ""),
        world.height,
        world.bounces,
        hotmod::generation(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ball_comes_down_and_stays_above_the_ground() {
        let mut world = World::new();
        for _ in 0..1_000 {
            step(&mut world, 0.02);
            assert!(world.height >= 0.0);
        }
        assert!(world.bounces > 0);
    }
}
