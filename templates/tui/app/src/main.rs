//! The host: it owns the terminal and the state, and keeps running while you edit the screens.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::State;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The time between two draws, unless a key is pressed.
const TICK: Duration = Duration::from_millis(100);

#[hotmod::main]
fn main() -> io::Result<()> {
    // A session stops its host with SIGTERM. Leave the loop, so that the terminal is restored.
    let is_stopped = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&is_stopped))?;
    }
    let start = Instant::now();
    // Under `cargo hotmod run`, the state survives restarts.
    let state = hotmod::carry("state", || Mutex::new(State::default()));
    ratatui::run(|terminal| {
        while !is_stopped.load(Ordering::Relaxed) {
            let mut now = state.lock().unwrap();
            now.ticks = start.elapsed().as_millis() as u64 / 100;
            terminal.draw(|frame| screens::draw(frame, &now))?;
            drop(now);
            if event::poll(TICK)?
                && let Event::Key(key) = event::read()?
            {
                if is_quit(key) {
                    break;
                }
                screens::key(&mut state.lock().unwrap(), key.code);
            }
        }
        Ok(())
    })
}

/// In raw mode, Ctrl-C is a key and sends no signal.
fn is_quit(key: KeyEvent) -> bool {
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Char('q') || is_control && key.code == KeyCode::Char('c')
}
