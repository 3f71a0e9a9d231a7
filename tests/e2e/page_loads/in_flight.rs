//! Requests, streams and upgraded connections that are in progress while the code is reloaded.

use std::fs;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use hotmod_testkit::{Client, Session, Workspace, given};

use super::{MODEL, PAGE_LOAD, PAGES, load, started, template, title};
use crate::process::eventually;

const HOST: &str = "app/src/main.rs";

/// What the edited program adds to the number of a visit.
const OF_NEW: u64 = 1_000_000;

/// At a time, in the test of many reloads.
const CLIENTS: usize = 4;

/// The template's server with further routes, and the first version of what they show.
fn server_with_routes(test: &str) -> (Workspace, Session, u16) {
    let workspace = template(test);
    let version =
        "#[hotmod::hot]\npub fn version() -> String {\n    \"version-0\".to_owned()\n}\n\n";
    workspace.edit(PAGES, "fn router(", &format!("{version}fn router("));
    workspace.edit(HOST, "mod listen;", "mod listen;\nmod routes;");
    let router = "Router::new().fallback(answer)";
    workspace.edit(HOST, router, "routes::router().fallback(answer)");
    workspace.write("app/src/routes.rs", include_str!("routes.rs"));
    let dependencies = "[dependencies]\nhyper = { version = \"1\", default-features = false }\n\
                        hyper-util = { version = \"0.1\", default-features = false }\n";
    workspace.edit("app/Cargo.toml", "[dependencies]\n", dependencies);
    let (session, port) = started(&workspace);
    (workspace, session, port)
}

fn save(workspace: &Workspace, number: u32) {
    let before = format!("version-{}", number - 1);
    workspace.edit(PAGES, &before, &format!("version-{number}"));
}

#[test]
fn a_response_comes_from_one_version_and_streams_and_upgraded_connections_continue_in_the_next() {
    let (workspace, mut session, port) = server_with_routes("one_version");
    let mut stream = Client::connect(port);
    stream.send("/stream", "").unwrap();
    while !stream.line().unwrap().contains("version-0") {}
    let mut upgraded = Client::connect(port);
    let headers = "Connection: upgrade\r\nUpgrade: lines\r\n";
    upgraded.send("/upgrade", headers).unwrap();
    let first = upgraded.line().unwrap();
    assert_eq!(first, "HTTP/1.1 101 Switching Protocols");
    while !upgraded.line().unwrap().is_empty() {}
    let mut version = || {
        upgraded.write("which?\n").unwrap();
        upgraded.line().unwrap()
    };
    assert_eq!(version(), "version-0");

    let mut whole = Client::connect(port);
    whole.send("/whole", "").unwrap();
    eventually("it has begun", || workspace.path("begun").exists());
    save(&workspace, 1);
    session.wait_for("live");
    while !stream.line().unwrap().contains("version-1") {}
    assert_eq!(version(), "version-1");
    workspace.write("go", "");
    let response = whole.response().unwrap();
    assert_eq!(response.body, "version-0 version-0 version-0");
    assert_eq!(response.header("hotmod-generation"), "0");
    let response = whole.get("/whole", "").unwrap();
    assert_eq!(response.body, "version-1 version-1 version-1");

    // A failed build stops neither.
    workspace.edit(PAGES, "version-1", "\" version-1");
    session.wait_for("compile-error");
    assert_eq!(version(), "version-1");
    workspace.edit(PAGES, "\" version-1", "version-2");
    session.wait_for("live");
    while !stream.line().unwrap().contains("version-2") {}
    assert_eq!(version(), "version-2");
}

/// Many clients with connections that they keep: each response has three calls of an entry point,
/// with pauses between them, and shows one version: the one of its generation.
#[test]
fn reloads_under_four_clients_fail_no_request_and_mix_no_versions() {
    let reloads = given("RELOADS").unwrap_or(8);
    let (workspace, mut session, port) = server_with_routes("reloads_under_clients");
    let is_over = AtomicBool::new(false);
    let seen: Mutex<Vec<(u32, String)>> = Mutex::default();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::connect(port);
                    while !is_over.load(Ordering::Relaxed) {
                        let response = client.get("/three", "").unwrap();
                        let generation = response.header("hotmod-generation").parse().unwrap();
                        assert_eq!(response.status, 200);
                        seen.lock().unwrap().push((generation, response.body));
                    }
                })
            })
            .collect();
        for number in 1..=reloads {
            save(&workspace, number);
            assert_eq!(session.wait_for("live")["generation"], number);
            // A client that has failed is asked for its reason at the end of the scope.
            if clients.iter().any(|it| it.is_finished()) {
                break;
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let seen = seen.into_inner().unwrap();
    for (generation, body) in &seen {
        let version = format!("version-{generation}");
        assert_eq!(*body, [&*version; 3].join(" "));
    }
    let generations = (0..=reloads).filter(|number| seen.iter().any(|it| it.0 == *number));
    // A fast reload may have had no request.
    assert!(generations.count() > reloads as usize / 2);
    for event in ["compile-error", "refused", "restarted", "host-exited"] {
        assert_eq!(session.count(event), 0, "{event}");
    }
}

/// The signal ends this server at once.
#[test]
fn a_restart_waits_for_requests_of_a_server_without_graceful_shutdown() {
    let (workspace, mut session, port) = server_with_routes("waits_for_requests");
    let awaited = "    let shutdown = listen::shutdown(Arc::downgrade(&open))?;\n";
    workspace.edit(HOST, awaited, "");
    let shutdown = "\n        .with_graceful_shutdown(shutdown)";
    workspace.edit(HOST, shutdown, "");
    let listen = workspace.read("app/src/listen.rs");
    let terminate = "    signal(SignalKind::terminate())\n";
    assert!(listen.contains(terminate));
    // A signal that nobody sends.
    let other = "    signal(SignalKind::user_defined1())\n";
    workspace.write("app/src/listen.rs", &listen.replace(terminate, other));
    session.wait_for("restarted");

    let mut slow = Client::connect(port);
    slow.send("/slow", "").unwrap();
    eventually("it has begun", || workspace.path("begun").exists());
    // Counts visits until the new program answers. Returns the last number of the old one, and the next.
    let count = || {
        let mut last = 0;
        loop {
            // The signal may cut off a request.
            let Ok(page) = Client::connect(port).page() else {
                continue;
            };
            let number = visit(&page);
            if number > OF_NEW {
                return (last, number - OF_NEW);
            }
            last = number;
        }
    };
    let (last, next) = std::thread::scope(|scope| {
        let counted = scope.spawn(count);
        workspace.edit(MODEL, "+ 1", &format!("+ 1 + {OF_NEW}"));
        // The program knows that it is about to be restarted.
        while Client::connect(port).get("/", PAGE_LOAD).unwrap().status != 503 {}
        let pages = [(); CLIENTS].map(|()| scope.spawn(|| load(port)));
        workspace.write("go", "");
        assert_eq!(slow.response().unwrap().body, "slow");
        session.wait_for("restarted");
        for page in pages {
            assert!(visit(&page.join().unwrap()) > OF_NEW);
        }
        counted.join().unwrap()
    });
    assert!(next > last, "{next} after {last}");

    // It waits only so long.
    for file in ["begun", "go"] {
        fs::remove_file(workspace.path(file)).unwrap();
    }
    let mut endless = Client::connect(port);
    endless.send("/slow", "").unwrap();
    eventually("it has begun", || workspace.path("begun").exists());
    workspace.edit(MODEL, "+ 1 +", "+ 2 +");
    session.wait_for("restarted");
    endless.response().unwrap_err();
    let said = "hotmod: requests are still in progress after 1 s: the restart cuts them off\n";
    assert!(session.screen().contains(said), "{}", session.screen());
}

/// The number of the visit that a page is for.
fn visit(page: &str) -> u64 {
    let number = page.split_once("This is visit ").unwrap().1;
    number.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn connections_may_end_early_and_handlers_may_panic() {
    let (workspace, _session, port) = server_with_routes("early_ends");
    let give_up = |path: &str| -> io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{PAGE_LOAD}\r\n");
        io::Write::write_all(&mut stream, request.as_bytes())?;
        stream.shutdown(Shutdown::Both)
    };
    workspace.edit(PAGES, "Hello from pages", "save-1");
    for _ in 0..50 {
        give_up("/").unwrap();
        give_up("/three").unwrap();
        give_up("/.hotmod/events").unwrap();
        // The server closes the connection of a handler that panics.
        Client::connect(port).get("/panic", "").unwrap_err();
        Client::connect(port)
            .get("/panicking-body", "")
            .unwrap_err();
    }
    workspace.edit(PAGES, "save-1", "save-2");
    // On each thread of the server.
    for _ in 0..20 {
        let page = Client::connect(port).page().unwrap();
        assert_eq!(title(&page), "save-2");
    }
}
