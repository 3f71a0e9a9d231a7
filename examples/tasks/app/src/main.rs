//! Tasks in the background that run new code after a reload.

use std::time::Duration;

use tokio::sync::watch;

#[hotmod::main]
#[tokio::main]
async fn main() {
    // This loop is in a crate that is not reloadable. Each call of `tick` runs the newest code.
    tokio::spawn(async {
        loop {
            println!("{}", jobs::tick());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });

    // The loop of `work` is in the reloadable crate. It keeps the code with which it was started, so it is started
    // again after each reload.
    let (reloaded, mut reloads) = watch::channel(());
    hotmod::on_reload(move |_| _ = reloaded.send(()));
    loop {
        let worker = tokio::spawn(jobs::work());
        match reloads.changed().await {
            Ok(()) => worker.abort(),
            // There are no reloads in a plain build.
            Err(_) => return worker.await.unwrap(),
        }
    }
}
