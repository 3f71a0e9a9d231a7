//! `--listen`: the session holds the listening socket, so that no client is refused while its
//! program restarts or is not running.

mod restarts;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process::{eventually, is_compiling, running};
use hotmod_testkit::{Client, Session, Workspace, free_port, tool};

const HOST: &str = "127.0.0.1";
const MODEL: &str = "model/src/lib.rs";

fn web(test: &str) -> Workspace {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/web");
    Workspace::copy_of(&template, test)
}

fn started_with(workspace: &Workspace, port: u16, arguments: &[&str]) -> Session {
    let address = port.to_string();
    let run = workspace.run().arguments(["--listen", &address]);
    let mut session = run.arguments(arguments).start();
    session.wait_for("host-started");
    session
}

/// A connection for this one request. Nothing is tried twice.
fn request(address: (&str, u16)) -> Result<String, String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .map_err(failed)?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    let is_whole = answer.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let length = format!("content-length: {}", body.len());
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.lines().any(|line| line == length)
    });
    is_whole.then_some(answer.clone()).ok_or(answer)
}

#[test]
fn the_template_serves_on_every_inherited_socket() {
    let workspace = web("listen_on_several");
    let ports = [free_port(), free_port()];
    let addresses = [ports[0].to_string(), format!("[::1]:{}", ports[1])];
    let mut session = workspace
        .run()
        .arguments(["--listen", &addresses[0], "--listen", &addresses[1]])
        .start();
    session.wait_for("host-started");
    let ask_all = || {
        for address in [(HOST, ports[0]), ("::1", ports[1])] {
            let page = request(address).unwrap();
            assert!(page.contains("This is visit "), "{page}");
        }
    };
    ask_all();
    workspace.edit(MODEL, "+ 1", "+ 11");
    session.wait_for("restarted");
    ask_all();
}

#[test]
fn requests_wait_for_the_first_host_and_for_one_after_a_crash() {
    let workspace = web("listen_crash");
    let port = free_port();
    workspace.edit(MODEL, "+ 1", "+ nonsense");
    let address = format!("localhost:{port}");
    let mut session = workspace.run().arguments(["--listen", &address]).start();
    session.wait_for("compile-error");
    let waiting = || {
        let request = std::thread::spawn(move || request((HOST, port)));
        // It is connected, and no host is there.
        let socket = format!(":{port:04X} ");
        eventually("a client waits", || {
            let table = fs::read_to_string("/proc/net/tcp").unwrap();
            table.lines().any(|line| {
                let fields: Vec<&str> = line.split_whitespace().collect();
                format!("{} ", fields[2]).ends_with(&socket) && fields[3] == "01"
            })
        });
        assert!(!request.is_finished());
        request
    };
    let request = waiting();
    workspace.edit(MODEL, "+ nonsense", "+ 1");
    session.wait_for("host-started");
    let page = request.join().unwrap().unwrap();
    assert!(page.contains("This is visit 1 of process "), "{page}");

    let pid = session
        .events()
        .iter()
        .rev()
        .find_map(|it| it["pid"].as_u64())
        .unwrap();
    let status = Command::new("kill")
        .args(["-ABRT", &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(session.wait_for("host-exited")["signal"], 6);
    let request = waiting();
    workspace.edit(MODEL, "+ 1", "+ 11");
    session.wait_for("restarted");
    let page = request.join().unwrap().unwrap();
    assert!(page.contains("This is visit 11 of process "), "{page}");
}

#[test]
fn a_connection_that_is_accepted_just_before_the_server_stops_is_answered() {
    let workspace = web("listen_last_connection");
    // The service of each connection is made late.
    let file = "app/src/listen.rs";
    let late = "        std::fs::write(\"accepted\", \"\").unwrap();\n        \
                std::thread::sleep(Duration::from_millis(500));\n        client\n";
    workspace.edit(file, "        client\n", late);
    workspace.edit(file, "from_millis(100)", "from_secs(10)");
    let next = "        if self.newest.take().is_some() {\n            \
                std::fs::write(\"served\", \"\").unwrap();\n        }\n";
    workspace.edit(file, "        self.newest = None;\n", next);
    let port = free_port();
    let mut session = workspace
        .run()
        .arguments(["--listen", &port.to_string()])
        .start();
    let pid = session.wait_for("host-started")["pid"].clone();
    let mut client = Client::connect(port);
    eventually("it is accepted", || workspace.path("accepted").exists());
    let status = Command::new("kill").arg(pid.to_string()).status().unwrap();
    assert!(status.success());
    eventually("it is served", || workspace.path("served").exists());
    let page = client.page().unwrap();
    assert!(page.contains("This is visit 1 of process "), "{page}");
    assert_eq!(session.wait_for("host-exited")["code"], 0);
}

/// The sockets that a process has open beside its stdin, stdout and stderr.
fn sockets_of(process: &Path) -> Vec<(u32, String)> {
    let open = fs::read_dir(process.join("fd"))
        .into_iter()
        .flatten()
        .flatten();
    let mut sockets: Vec<(u32, String)> = open
        .filter_map(|it| {
            let number = it.file_name().to_str()?.parse().ok()?;
            let target = fs::read_link(it.path()).ok()?;
            Some((number, target.to_str()?.to_owned()))
        })
        .filter(|(number, target)| *number > 2 && target.starts_with("socket:"))
        .collect();
    sockets.sort();
    sockets
}

/// The sockets that listen on a port, as `/proc` names them.
fn listening_on(port: u16) -> String {
    let table = fs::read_to_string("/proc/net/tcp").unwrap()
        + &fs::read_to_string("/proc/net/tcp6").unwrap();
    let address = format!(":{port:04X}");
    let line = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        (fields[1].ends_with(&address) && fields[3] == "0A").then(|| fields[9].to_owned())
    });
    format!("socket:[{}]", line.expect("nobody listens"))
}

#[test]
fn only_the_host_inherits_the_sockets_as_from_systemd() {
    let workspace = Workspace::new("unruly", "listen_convention");
    let ports = [free_port(), free_port()];
    let addresses = [ports[0].to_string(), format!("[::1]:{}", ports[1])];
    let mut session = workspace
        .run()
        .arguments(["--listen", &addresses[0], "--listen", &addresses[1]])
        .host_arguments(&["an argument"])
        .variable("LISTEN_FDNAMES", "of:others")
        .ready();
    let listen = [format!("127.0.0.1:{}", ports[0]), addresses[1].clone()];
    let started = &session.events()[0];
    assert_eq!(started["listen"], serde_json::json!(listen));

    let mut seen = Vec::new();
    for _ in 0..2 {
        let events = session.events();
        let pid = events
            .iter()
            .rev()
            .find_map(|it| it["pid"].as_u64())
            .unwrap();
        let process = Path::new("/proc").join(pid.to_string());
        let environment = fs::read_to_string(process.join("environ")).unwrap();
        let mut variables: Vec<&str> = environment
            .split_terminator('\0')
            .filter(|it| it.starts_with("LISTEN_") || it.starts_with("HOTMOD_SUPER"))
            .collect();
        variables.sort();
        assert_eq!(variables, ["LISTEN_FDS=2", &format!("LISTEN_PID={pid}")]);
        let arguments = fs::read_to_string(process.join("cmdline")).unwrap();
        let executable = fs::read_link(process.join("exe")).unwrap();
        assert_eq!(
            arguments,
            format!("{}\0an argument\0", executable.display())
        );
        let handed = [(3, listening_on(ports[0])), (4, listening_on(ports[1]))];
        assert_eq!(sockets_of(&process)[..2], handed);
        seen.push((pid, handed));

        // What the compiler runs in has none of them.
        let fifo = workspace.fifo();
        let main = workspace.read("app/src/main.rs");
        workspace.write(
            "app/src/main.rs",
            &format!("{main}\nconst _: &str = include_str!({fifo:?});\n"),
        );
        eventually("rustc runs for the host", || {
            is_compiling(&workspace, "app")
        });
        let others = running(&workspace).into_iter().filter(|it| {
            let name = it.file_name().unwrap().to_str().unwrap();
            name != pid.to_string() && name != session.pid().to_string()
        });
        let others: Vec<_> = others.map(|it| sockets_of(&it)).collect();
        assert!(!others.is_empty());
        let leaked = |socket: &String| others.iter().flatten().any(|(_, it)| it == socket);
        assert!(
            seen.iter().flat_map(|it| &it.1).all(|(_, it)| !leaked(it)),
            "{others:?}"
        );
        let number = seen.len();
        let exported = format!("#[unsafe(no_mangle)]\npub fn exported_{number}() {{}}\n");
        workspace.write("app/src/main.rs", &(main + &exported));
        session.wait_for("restarted");
        session.wait_for_answer("ready");
    }
    let (first, second) = (&seen[0], &seen[1]);
    assert_ne!(first.0, second.0);
    assert_eq!(first.1, second.1, "it is not the same socket");
}

#[test]
fn invalid_addresses_are_reported_before_the_build() {
    let workspace = Workspace::new("basic", "listen_mistakes").with_own_target();
    let port = free_port();
    let _held = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let no_address = "help: give `HOST:PORT` or `PORT`, such as `127.0.0.1:3000`, `[::1]:3000`, \
        `localhost:3000` or `3000`\n";
    let busy = format!(
        "error: could not listen on `127.0.0.1:{port}`: Address already in use (os error 98)\n\
         help: end what listens there, or give another port\n"
    );
    let elsewhere = "error: could not listen on `192.0.2.1:80`: Cannot assign requested address \
        (os error 99)\nhelp: give an address that this machine has, such as `127.0.0.1` or `0.0.0.0`\n";
    let bad = |given| format!("error: `{given}` is not a valid address to listen on\n{no_address}");
    for (addresses, code, expected) in [
        (&["nonsense"][..], 2, bad("nonsense")),
        (&["3000000"], 2, bad("3000000")),
        (&["::1:3000x"], 2, bad("::1:3000x")),
        (&["0", ":80"], 2, bad(":80")),
        (&[&port.to_string()], 1, busy.clone()),
        (&["0", &format!("localhost:{port}")], 1, busy),
        (&["192.0.2.1:80"], 1, elsewhere.to_owned()),
    ] {
        let mut command = workspace.command(tool());
        command.arg("run");
        for address in addresses {
            command.args(["--listen", address]);
        }
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (stderr, output.status.code()),
            (expected, Some(code)),
            "{addresses:?}"
        );
        assert!(output.stdout.is_empty() && !workspace.target().exists());
    }
}
