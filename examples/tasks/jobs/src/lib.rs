//! What the tasks do. This crate is reloadable.

use std::time::Duration;

pub fn tick() -> String {
    "tick 1".to_owned()
}

#[hotmod::hot]
pub async fn work() {
    loop {
        println!("work 1");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
