//! Building blocks of pages: an edit here changes every page.

/// A box with a heading.
pub fn card(heading: &str, text: &str) -> String {
    format!("<section><h2>{heading}</h2><p>{text}</p></section>\n")
}

/// A complete page.
pub fn layout(title: &str, cards: &[String]) -> String {
    let cards = cards.concat();
    format!(
        "<!doctype html>\n<title>{title}</title>\n<style>{STYLE}</style>\n<h1>{title}</h1>\n{cards}"
    )
}

const STYLE: &str = "body { font-family: sans-serif; max-width: 40em; margin: 2em auto }";
