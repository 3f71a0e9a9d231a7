//! The host: it owns the terminal and the state, and runs for as long as you edit the screens.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use model::State;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The time between two screens, unless a key is pressed.
const TICK: Duration = Duration::from_millis(100);

#[hotmod::main]
fn main() -> io::Result<()> {
    // A session ends its host by SIGTERM: the terminal is left as it was found then, too.
    let is_over = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&is_over))?;
    }
    let begin = Instant::now();
    let mut state = State::default();
    ratatui::run(|terminal| {
        while !is_over.load(Ordering::Relaxed) {
            state.ticks = begin.elapsed().as_millis() as u64 / 100;
            terminal.draw(|frame| screens::draw(frame, &state))?;
            if event::poll(TICK)?
                && let Event::Key(key) = event::read()?
            {
                if is_end(key) {
                    break;
                }
                screens::key(&mut state, key.code);
            }
        }
        Ok(())
    })
}

/// In raw mode Ctrl-C is a key, and sends no signal.
fn is_end(key: KeyEvent) -> bool {
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Char('q') || is_control && key.code == KeyCode::Char('c')
}
