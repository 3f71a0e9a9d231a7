//! Many saves and many clients: no answer is older than the last save before the call.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hotmod_testkit::{Session, Workspace};

use super::PAGE;

const CLIENTS: usize = 8;
/// `SETTLED=full` runs what would take too long every time.
fn is_full() -> bool {
    std::env::var_os("SETTLED").is_some_and(|it| it == "full")
}

/// A server whose page shows the number of the save.
struct Server {
    workspace: Workspace,
    session: Session,
    port: u16,
    page: String,
    /// The last save that is whole.
    saved: AtomicU64,
}

impl Server {
    fn start(test: &str) -> Self {
        let workspace = Workspace::new("basic", test);
        workspace.write("app/src/main.rs", include_str!("server.rs"));
        let page = workspace.read(PAGE);
        workspace.write(PAGE, &page.replace("\"one\"", "\"0\""));
        let mut session = workspace.run().start();
        session.wait_for("host-started");
        let ready = session.wait_for_answer("ready");
        Server {
            port: ready.strip_prefix("ready ").unwrap().parse().unwrap(),
            workspace,
            session,
            page,
            saved: AtomicU64::new(0),
        }
    }

    /// Saves the next number, in the two ways of editors: in place, or as another file.
    fn save(&self, is_in_place: bool) {
        let number = self.saved.load(Ordering::SeqCst) + 1;
        let text = self.page.replace("\"one\"", &format!("\"{number}\""));
        if is_in_place {
            self.workspace.write(PAGE, &text);
        } else {
            let other = self.workspace.path("pages/src/.lib.rs.swp");
            fs::write(&other, text).unwrap();
            fs::rename(&other, self.workspace.path(PAGE)).unwrap();
        }
        self.saved.store(number, Ordering::SeqCst);
    }

    fn client(&self) -> Client<'_> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client {
            saved: &self.saved,
            stream: BufReader::new(stream),
        }
    }
}

struct Client<'a> {
    saved: &'a AtomicU64,
    stream: BufReader<TcpStream>,
}

impl Client<'_> {
    /// Asks for the page, which must be live and show the last save or a later one.
    fn ask(&mut self) {
        let least = self.saved.load(Ordering::SeqCst);
        writeln!(self.stream.get_mut(), "page").unwrap();
        let mut answer = String::new();
        self.stream.read_line(&mut answer).unwrap();
        let shown = answer
            .strip_prefix("Live { generation: ")
            .and_then(|rest| rest.split_once(" } page="))
            .and_then(|(_, rest)| rest.split_once(' '))
            .and_then(|(number, _)| number.parse::<u64>().ok());
        let is_new_enough = shown.is_some_and(|shown| shown >= least);
        assert!(is_new_enough, "save {least} is not in: {answer}");
    }
}

#[test]
fn an_answer_after_a_save_shows_it_in_each_round() {
    let server = Server::start("settle_rounds");
    let rounds = if is_full() { 1000 } else { 40 };
    let mut client = server.client();
    for round in 0..rounds {
        server.save(round % 2 == 0);
        client.ask();
        // And once more, while nothing is pending.
        client.ask();
    }
    assert!(server.session.count("live") >= rounds);
}

#[test]
fn answers_to_many_clients_are_never_older_than_the_last_save() {
    let server = Server::start("settle_clients");
    let seconds = if is_full() { 60 } else { 5 };
    let (is_over, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut client = server.client();
                let (is_over, answers) = (&is_over, &answers);
                scope.spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        client.ask();
                        answers.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds)
            && clients.iter().all(|it| !it.is_finished())
        {
            server.save(false);
            std::thread::sleep(Duration::from_millis(20));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    server.client().ask();
    let answers = answers.into_inner();
    assert!(answers >= CLIENTS as u64, "{answers} answers");
    for event in ["compile-error", "refused", "restarted", "error"] {
        assert_eq!(server.session.count(event), 0, "{event}");
    }
}
