//! The screens and the keys: edit this file while the program is running, and save it.

use model::State;
use ratatui::Frame;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Stylize};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

const COLOR: Color = Color::Cyan;

/// Draws the screen. The host always calls the newest version of it. Optimised and `async` functions need
/// `#[hotmod::hot]` for that.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let [main, status] =
        Layout::vertical([Constraint::Min(3), Constraint::Length(1)]).areas(frame.area());
    let text = vec![
        Line::from("Hello from screens"),
        Line::from(""),
        Line::from(format!("The count is {}.", state.count)).fg(COLOR),
        Line::from(format!("Running for {} s.", state.ticks / 10)),
    ];
    let title = format!(" generation {} ", hotmod::generation());
    let block = Block::bordered().title(title).border_style(COLOR);
    frame.render_widget(Paragraph::new(text).centered().block(block), main);
    frame.render_widget("up and down count, q quits", status);
}

/// Handles a key.
pub fn key(state: &mut State, key: KeyCode) {
    match key {
        KeyCode::Up => state.count += 1,
        KeyCode::Down => state.count -= 1,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_count() {
        let mut state = State::default();
        key(&mut state, KeyCode::Up);
        key(&mut state, KeyCode::Up);
        key(&mut state, KeyCode::Down);
        assert_eq!(state.count, 1);
    }
}
