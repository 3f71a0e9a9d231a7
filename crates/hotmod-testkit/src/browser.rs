//! A real browser, headless Chromium, driven over the WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Long enough for a build on a loaded machine, and for a restart.
const PATIENCE: Duration = Duration::from_secs(60);

/// One window of a browser. Dropping it closes the browser.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    /// The address of the window's session.
    session: String,
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
        let mut browser = Browser {
            driver,
            session: address.clone() + "/session",
        };
        // Containers have no sandbox, and little memory at `/dev/shm`.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--window-size=900,500",
        ];
        let options = json!({ "args": arguments });
        let capabilities = json!({ "alwaysMatch": { "goog:chromeOptions": options } });
        let made = browser.post("", json!({ "capabilities": capabilities }));
        let id = made["sessionId"].as_str().unwrap();
        browser.session = format!("{address}/session/{id}");
        browser
    }

    fn post(&self, command: &str, body: Value) -> Value {
        let address = format!("{}{command}", self.session);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let mut response = agent.post(&address).send_json(body).unwrap();
        let mut answer: Value = response.body_mut().read_json().unwrap();
        answer["value"].take()
    }

    /// Goes to an address.
    pub fn go(&self, address: &str) {
        let error = self.post("/url", json!({ "url": address }));
        assert!(error.is_null(), "{error}");
    }

    /// The value of an expression in the page, or an error if the page is just being replaced.
    pub fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        self.post("/execute/sync", json!({ "script": script, "args": [] }))
    }

    /// Waits until an expression in the page is true.
    pub fn wait_for(&self, expression: &str) {
        let begun = Instant::now();
        while self.value(expression) != true {
            if begun.elapsed() > PATIENCE {
                let page = self.value("document.documentElement.outerHTML");
                panic!("never `{expression}` in {page}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Takes a picture of the page, a PNG.
    pub fn save_picture(&self, path: &Path) {
        let picture = self.post(
            "/goog/cdp/execute",
            json!({
                "cmd": "Page.captureScreenshot",
                "params": {},
            }),
        );
        let picture = picture["data"].as_str().unwrap();
        let mut decode = Command::new("base64")
            .arg("--decode")
            .stdin(Stdio::piped())
            .stdout(std::fs::File::create(path).unwrap())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut decode.stdin.take().unwrap(), picture.as_bytes()).unwrap();
        assert!(decode.wait().unwrap().success());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
