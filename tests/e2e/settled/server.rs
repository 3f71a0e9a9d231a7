//! Answers each line of a connection once every earlier save has an outcome.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

#[hotmod::main]
fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("ready {}", listener.local_addr().unwrap().port());
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        stream.set_nodelay(true).unwrap();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            for _ in lines.map_while(Result::ok) {
                let settled = hotmod::settle(Duration::from_secs(60));
                writeln!(stream, "{settled:?} {}", pages::page()).unwrap();
            }
        });
    }
}
