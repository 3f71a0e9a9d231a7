//! What the program calls back. This crate is reloadable.

pub trait Tool {
    fn name(&self) -> String;
}

struct Pen;

impl Tool for Pen {
    fn name(&self) -> String {
        "pen 1".to_owned()
    }
}

#[hotmod::hot]
pub fn clicked(button: u32) -> String {
    format!("click 1 of button {button}")
}

#[hotmod::hot]
pub fn tools() -> Vec<Box<dyn Tool>> {
    vec![Box::new(Pen)]
}
