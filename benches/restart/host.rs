//! The host of this benchmark. It prints how many entries it carries. For each line on stdin, it
//! carries a value of about so many bytes, and prints `bytes written read`: how long ciborium needs
//! for the value, in milliseconds.

use std::sync::Mutex;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// About 88 bytes.
#[derive(Serialize, Deserialize)]
struct Entry {
    id: u64,
    name: String,
    values: [f64; 6],
}

impl Entry {
    fn new(id: u64) -> Self {
        Entry {
            id,
            name: format!("entry {id}"),
            values: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(|it| it / (id + 7) as f64),
        }
    }
}

#[hotmod::main]
fn main() {
    let entries = hotmod::carry("entries", || Mutex::new(Vec::<Entry>::new()));
    println!("{}", entries.lock().unwrap().len());
    for line in std::io::stdin().lines() {
        let count = line.unwrap().parse::<u64>().unwrap() / 88;
        let mut entries = entries.lock().unwrap();
        *entries = (0..count).map(Entry::new).collect();
        let mut bytes = Vec::new();
        let begun = Instant::now();
        ciborium::into_writer(&*entries, &mut bytes).unwrap();
        let written = begun.elapsed();
        let begun = Instant::now();
        let read: Vec<Entry> = ciborium::from_reader(&*bytes).unwrap();
        let took = begun.elapsed();
        assert_eq!(read.len(), entries.len());
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
        println!("{} {:.3} {:.3}", bytes.len(), ms(written), ms(took));
    }
}
