//! A real browser, headless Chromium, driven over the WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, timeout};

/// Long enough for a build on a loaded machine, and for a restart.
const PATIENCE: Duration = Duration::from_secs(60);

/// One window of a browser. Dropping it closes the browser.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    client: Client,
    runtime: Runtime,
}

impl Browser {
    /// Opens a window.
    pub fn open() -> Self {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = driver.expect("`chromedriver` is not installed");
        let stdout = BufReader::new(driver.stdout.take().unwrap());
        let mut lines = stdout.lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // The driver must never wait for somebody to read.
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://127.0.0.1:{}", port.expect("no port"));
        // Containers have no sandbox, and little memory at `/dev/shm`.
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--window-size=900,500",
        ]);
        let options = (
            "goog:chromeOptions".to_owned(),
            json!({ "args": arguments }),
        );
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities([options].into_iter().collect());
        let client = runtime.block_on(builder.connect(&address)).unwrap();
        Browser {
            driver,
            client,
            runtime,
        }
    }

    fn wait<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
        let in_time = async { timeout(PATIENCE, command).await };
        let done = self.runtime.block_on(in_time);
        done.expect("the browser does not answer")
    }

    /// Goes to an address.
    pub fn go(&self, address: &str) {
        self.wait(self.client.goto(address)).unwrap();
    }

    /// Gives the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        self.wait(self.client.set_window_size(width, height))
            .unwrap();
    }

    /// Goes back to the page before.
    pub fn go_back(&self) {
        self.wait(self.client.back()).unwrap();
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Value {
        self.wait(value(&self.client, expression)).unwrap()
    }

    /// Waits until an expression in the page is true.
    pub fn wait_for(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        let is_true = async {
            // While the page is being replaced, there is no value.
            while !value(&self.client, expression)
                .await
                .is_ok_and(|it| it == true)
            {
                if Instant::now() > end {
                    let page = self.client.source().await;
                    panic!("never `{expression}` in {page:?}");
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        self.runtime.block_on(is_true);
    }

    /// Takes a picture of the page, a PNG.
    pub fn save_picture(&self, path: &Path) {
        let picture = self.wait(self.client.screenshot()).unwrap();
        std::fs::write(path, picture).unwrap();
    }
}

async fn value(client: &Client, expression: &str) -> Result<Value, CmdError> {
    client
        .execute(&format!("return {expression}"), Vec::new())
        .await
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.wait(self.client.clone().close());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
