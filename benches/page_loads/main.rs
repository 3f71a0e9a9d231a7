//! The cost of `hotmod_web::wrap` for a server while nothing is edited.
//!
//! `cargo bench --bench page_loads` runs an axum server in a session of the release profile. It has one trivial
//! handler, and serves it with the layer and without. Clients load it from both in turn. Target: at
//! most 10 % fewer requests per second with the layer.

#[path = "../support/mod.rs"]
mod support;

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hotmod_testkit::repository;

use support::session::Session;
use support::table::Table;
use support::workspace::{self, Kind, Member};

/// How often each is measured, and for how long.
const ROUNDS: usize = 25;
const ROUND: Duration = Duration::from_millis(400);
const CLIENTS: usize = 4;

const HOST: &str = include_str!("host.rs");

const REGISTRY: &str = r#"axum = { version = "0.8", default-features = false, features = ["http1", "tokio"] }
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#;

fn main() {
    let layer = repository().join("crates/hotmod-web");
    let registry = format!("{REGISTRY}hotmod-web = {{ path = {layer:?} }}\n");
    let hot = "#[hotmod::hot]\npub fn page() -> &'static str {\n    \"page\"\n}\n".to_owned();
    let needs = ["axum", "hot", "hotmod-web", "tokio"];
    let members = [
        Member::new("app", Kind::Host, &needs, HOST.to_owned()),
        Member::new("hot", Kind::Reloadable, &[], hot),
    ];
    let workspace = workspace::generate("page_loads", &registry, &members);
    let mut session = Session::start(&workspace, &["--release"]);
    let ports = [(); 2].map(|()| session.answer().parse().expect("a port"));
    let table = Table::new(&["clients", "without", "with the layer", "ratio"]);
    let round = |number: usize| {
        let mut ports: [u16; 2] = ports;
        // Neither is always the first.
        let turn = number % 2;
        ports.rotate_left(turn);
        let mut measured = ports.map(per_second);
        measured.rotate_right(turn);
        measured
    };
    let mut rounds: Vec<[f64; 2]> = (0..ROUNDS).map(round).collect();
    rounds.sort_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])));
    let [without, with] = rounds[ROUNDS / 2];
    table.row(&[
        CLIENTS.to_string(),
        format!("{without:.0} / s"),
        format!("{with:.0} / s"),
        format!("{:.3}", with / without),
    ]);
}

/// How many requests a second clients that keep their connections get answered.
fn per_second(port: u16) -> f64 {
    let begun = Instant::now();
    let load = || {
        let mut server = TcpStream::connect(("127.0.0.1", port)).expect("a server");
        server.set_nodelay(true).expect("a socket");
        let mut count = 0;
        while begun.elapsed() < ROUND {
            load_page(&mut server).expect("a page");
            count += 1;
        }
        count
    };
    let count: u32 = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(load)).collect();
        clients
            .into_iter()
            .map(|it| it.join().expect("a client"))
            .sum()
    });
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// Loads the page. The clients share the processors with the server, so they do as little as possible.
fn load_page(server: &mut TcpStream) -> io::Result<()> {
    server.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut response = [0; 1024];
    let mut length = 0;
    while !response[..length].ends_with(b"\r\n\r\npage") {
        match server.read(&mut response[length..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => length += more,
        }
    }
    Ok(())
}
