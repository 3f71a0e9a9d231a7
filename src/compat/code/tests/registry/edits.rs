//! Edits after which a program does the same.

use std::ops::Range;

use hotmod_testkit::Random;

use super::sites::{Kind, Site, sites};
use super::workspace::Sources;

/// Makes an edit, and says of which kind.
pub(super) fn edit(random: &mut Random, number: usize, sources: &mut Sources) -> &'static str {
    loop {
        let kind = random.below(KINDS);
        // Not each item can be edited in each way.
        for _ in 0..20 {
            let file = random.below(sources.len());
            let text = sources.values_mut().nth(file).unwrap();
            let all = sites(text);
            if all.is_empty() {
                continue;
            }
            let site = &all[random.below(all.len())];
            if let Some((kind, edited)) = edited(random, kind, number, text, site)
                && syn::parse_file(&edited).is_ok()
            {
                *text = edited;
                return kind;
            }
        }
    }
}

const KINDS: usize = 14;

type Edit = (&'static str, String);

fn edited(
    random: &mut Random,
    kind: usize,
    number: usize,
    text: &str,
    site: &Site,
) -> Option<Edit> {
    let before = |what: &str| inserted(text, site.text.start, what);
    Some(match kind {
        0 => (
            "a comment",
            before(&format!("// Edit {number}.\n/* And\nmore. */ ")),
        ),
        1 => ("blank lines", before(&"\n".repeat(1 + random.below(40)))),
        2 => ("a comment inside", inside(random, number, text, site)?),
        3 => (
            "a private function",
            before(&format!(
                "#[allow(dead_code)] fn private_{number}(x: &[u8]) -> u64 {{ x.iter().map(|it| u64::from(*it) / {number}).sum() }}\n"
            )),
        ),
        4 => (
            "a public function",
            before(&format!(
                "#[allow(missing_docs)] pub fn public_{number}(x: u32) -> ::hotmod_std::vec::Vec<::hotmod_std::string::String> {{ \
             let mut all = ::hotmod_std::vec::Vec::new(); all.push(::hotmod_std::format!(\"{{x}} {number}\")); all.sort(); all }}\n"
            )),
        ),
        5 => (
            "a generic function",
            before(&format!(
                "#[allow(missing_docs)] pub fn generic_{number}<T: ::core::cmp::Ord + ::core::clone::Clone>(x: &T) -> T \
             {{ ::core::cmp::max(x.clone(), x.clone()) }}\n"
            )),
        ),
        6 => (
            "instances of generic functions",
            before(&format!(
                "#[allow(missing_docs)] pub fn instances_{number}(x: usize) -> ::core::option::Option<::hotmod_std::string::String> {{ \
             let mut all: ::hotmod_std::vec::Vec<::hotmod_std::string::String> = ::hotmod_std::vec::Vec::with_capacity(x); \
             all.push(::hotmod_std::string::String::from(\"{number}\")); \
             let numbers: ::hotmod_std::vec::Vec<u8> = (0..x as u8).collect(); \
             all.extend(numbers.iter().map(|it| ::hotmod_std::string::ToString::to_string(it))); \
             let map: ::hotmod_std::collections::BTreeMap<usize, u32> = [(x, 1u32)].into_iter().collect(); \
             all.pop().filter(|it| it.len() > map.len()) }}\n"
            )),
        ),
        7 => (
            "a type with impls",
            before(&format!(
                "#[allow(dead_code, missing_docs)] #[derive(Clone, Debug, Default, PartialEq)] pub struct Added{number} {{ id: u64, name: ::hotmod_std::string::String }}\n\
             impl ::core::ops::Drop for Added{number} {{ fn drop(&mut self) {{ self.id = {number}; }} }}\n\
             impl ::core::fmt::Display for Added{number} {{ fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{ f.write_str(&self.name) }} }}\n\
             impl ::core::convert::From<u64> for Added{number} {{ fn from(id: u64) -> Self {{ Self {{ id, name: ::hotmod_std::string::String::new() }} }} }}\n"
            )),
        ),
        8 => (
            "a module",
            before(&format!(
                "#[allow(dead_code)] mod module_{number} {{ pub(crate) static COUNT: ::core::sync::atomic::AtomicUsize = ::core::sync::atomic::AtomicUsize::new({number}); \
             pub(crate) trait Local {{ fn local(&self) -> usize {{ COUNT.load(::core::sync::atomic::Ordering::Relaxed) }} }} impl Local for u8 {{}} \
             pub(crate) fn dynamic() -> ::hotmod_std::boxed::Box<dyn Local> {{ ::hotmod_std::boxed::Box::new(1u8) }} }}\n"
            )),
        ),
        9 => (
            "an attribute",
            before("#[allow(dead_code, unused)] #[doc(alias = \"it\")]\n"),
        ),
        10 => (
            "items swapped",
            swapped(
                text,
                &site.text,
                site.next.as_ref().filter(|_| site.is_movable)?,
            ),
        ),
        11 => {
            let Kind::Inherent { start, .. } = site.kind else {
                return None;
            };
            (
                "a method",
                inserted(
                    text,
                    start,
                    &format!(
                        "\n#[allow(dead_code)] fn method_{number}(&self) -> ::hotmod_std::string::String {{ ::hotmod_std::format!(\"{{}}\", ::core::mem::size_of_val(self) + {number}) }}\n"
                    ),
                ),
            )
        }
        12 => {
            let Kind::Inherent { functions, .. } = &site.kind else {
                return None;
            };
            let first = random.below(functions.len().checked_sub(1).filter(|it| *it > 0)?);
            (
                "methods swapped",
                swapped(text, &functions[first], &functions[first + 1]),
            )
        }
        _ => {
            let Kind::Function { private } = site.kind else {
                return None;
            };
            (
                "visibility",
                inserted(text, private?, ["pub ", "pub(crate) "][random.below(2)]),
            )
        }
    })
}

fn inserted(text: &str, at: usize, what: &str) -> String {
    format!("{}{what}{}", &text[..at], &text[at..])
}

fn swapped(text: &str, one: &Range<usize>, other: &Range<usize>) -> String {
    format!(
        "{}{}{}{}{}",
        &text[..one.start],
        &text[other.clone()],
        &text[one.end..other.start],
        &text[one.clone()],
        &text[other.end..]
    )
}

/// A comment at the end of a line of an item; none of the lines is in a text or a comment, since
/// the tokens stay the same.
fn inside(random: &mut Random, number: usize, text: &str, site: &Site) -> Option<String> {
    let ends: Vec<usize> = text[site.text.clone()]
        .match_indices('\n')
        .map(|it| site.text.start + it.0)
        .collect();
    let end = *ends.get(random.below(ends.len().max(1)))?;
    let edited = inserted(text, end, &format!(" // {number}\n\n"));
    let tokens = |text: &str| {
        text.parse::<proc_macro2::TokenStream>()
            .map(|it| it.to_string())
            .ok()
    };
    (tokens(&edited)? == tokens(text)?).then_some(edited)
}
