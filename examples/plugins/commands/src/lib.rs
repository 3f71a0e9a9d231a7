//! A registry and its plugins. This crate is reloadable, so each generation has the plugins that it was built with.

pub struct Command {
    pub name: &'static str,
}

inventory::collect!(Command);

inventory::submit!(Command { name: "open" });

pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = inventory::iter::<Command>
        .into_iter()
        .map(|command| command.name)
        .collect();
    names.sort();
    names
}
