//! `#[main]`, and what neither attribute touches.

use super::super::session::Flavour;
use super::*;

#[test]
fn main_starts_the_runtime() {
    assert_same(
        &main(
            Flavour::Host,
            r"#[tokio::main] async fn main() -> Result<(), Error> { serve().await }",
        ),
        r"
#[allow(unused_extern_crates)]
extern crate hotmod_shared as _;
#[tokio::main]
async fn main() -> Result<(), Error> {
    ::hotmod::__private::start!(0u64);
    { serve().await }
}
",
    );
}

#[test]
fn main_says_what_the_host_is_built_with() {
    let mut session = Session::new(Flavour::Host, "hotmod");
    session.identity = 0xabcd;
    let expansion = expand_main(TokenStream::new(), tokens("fn main() {}"), &session);
    let expansion = pretty(expansion);
    assert!(expansion.contains("start!(43981u64)"), "{expansion}");
}

#[test]
fn hot_is_nothing_in_the_host() {
    assert_same(
        &hot(Flavour::Host, r"fn render<T>() {}"),
        r"
fn render<T>() {}
",
    );
}

#[test]
fn main_is_nothing_in_a_reloadable_crate() {
    assert_same(
        &main(Flavour::Group, r"fn main() {}"),
        r"
fn main() {}
",
    );
}
