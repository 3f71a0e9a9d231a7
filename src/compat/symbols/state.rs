//! The group's own state: the writable statics in its library that its sources declare.
//!
//! Each generation has its own statics and thread-locals, which start with their initial values. A symbol
//! shows whether its data is writable. The sources show whether the user declared it, or a macro.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::base::parse::look_at_tokens;
use crate::base::words::is_of_word;

/// The names of the statics that sources declare, also in macro calls.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    /// Statics that may hold state.
    pub(crate) state: BTreeSet<String>,
    /// Statics that are filled again after a reload, and hold the same as before.
    pub(crate) caches: BTreeSet<String>,
}

pub(crate) fn statics_in<'a>(sources: impl Iterator<Item = &'a Path>) -> Statics {
    let texts = sources.filter_map(|source| fs::read_to_string(source).ok());
    let tokens: Vec<Tokens> = texts.filter_map(|text| Tokens::of(&text)).collect();
    let caches = caches(&tokens);
    let found = tokens.into_iter().flat_map(|it| it.statics);
    let (caches, state) = found.partition(|name| caches.contains(name));
    Statics { state, caches }
}

/// The tokens of a source.
struct Tokens {
    /// The names of the statics that they declare.
    statics: BTreeSet<String>,
    /// All of them, one after the other.
    words: Vec<String>,
}

impl Tokens {
    fn of(source: &str) -> Option<Self> {
        look_at_tokens(source, |tokens| {
            let mut statics = BTreeSet::new();
            read(tokens.clone(), &mut statics);
            Tokens {
                statics,
                words: words(tokens),
            }
        })
    }
}

/// The names of statics that are caches: either each use of one is a call of `get_or_init`, and
/// nothing in its type shows that it is written to later; or it is initialized at its first use, and
/// consists of types that can't be changed through a shared reference.
fn caches(tokens: &[Tokens]) -> BTreeSet<String> {
    let words = tokens.iter().map(|it| &it.words);
    let is_filled = |name: &str| {
        let uses = words.clone().flat_map(|words| uses(words, name));
        let mut fills = uses.map(
            |next| matches!(next, [dot, call, ..] if dot == "." && call.starts_with("get_or_")),
        );
        fills.next() == Some(true) && fills.all(|fills| fills)
    };
    let declared = words.clone().flat_map(|words| declarations(words));
    let caches = declared.filter(|declared| {
        let mut kind = declared.kind.iter();
        declared.is_lazy() && kind.clone().skip(1).all(|it| is_constant(it))
            || !kind.any(|it| is_written_through(it)) && is_filled(declared.name)
    });
    caches.map(|declared| declared.name.to_owned()).collect()
}

/// The declaration of a static.
struct Declared<'a> {
    name: &'a str,
    /// The words of its type. In `lazy_static!`, the first one is `ref`.
    kind: Vec<&'a str>,
}

impl Declared<'_> {
    /// Whether its initializer runs at the first use, and never again.
    fn is_lazy(&self) -> bool {
        matches!(self.kind.first(), Some(&("ref" | "Lazy" | "LazyLock")))
    }
}

fn declarations(words: &[String]) -> impl Iterator<Item = Declared<'_>> {
    let at = |index: usize| words.get(index).map_or("", String::as_str);
    let statics = (0..words.len()).filter(move |index| at(*index) == "static");
    statics.filter_map(move |index| {
        let reference = Some("ref").filter(|it| at(index + 1) == *it);
        let name = index + 1 + usize::from(reference.is_some());
        let is_end = |it: usize| at(it) == "=" || at(it) == "static" && at(it - 1) != "'";
        let kind = (name + 2..words.len()).take_while(|it| !is_end(*it));
        // A path to a type is as good as its last word.
        let is_path = |it: &usize| at(*it) == ":" || at(it + 1) == ":";
        let kind = kind.filter(|it| !is_path(it)).map(at);
        let kind = reference.into_iter().chain(kind).collect();
        (at(name + 1) == ":").then(|| Declared {
            name: at(name),
            kind,
        })
    })
}

/// Whether a word in a type is a sign, or a type that can't be changed through a shared reference if
/// its parameters can't.
fn is_constant(word: &str) -> bool {
    const TYPES: [&str; 35] = [
        "AhoCorasick",
        "Arc",
        "BTreeMap",
        "BTreeSet",
        "BinaryHeap",
        "Box",
        "Cow",
        "Duration",
        "HashMap",
        "HashSet",
        "IndexMap",
        "IndexSet",
        "Instant",
        "OsStr",
        "OsString",
        "Option",
        "Path",
        "PathBuf",
        "Rc",
        "Regex",
        "RegexSet",
        "Selector",
        "String",
        "SystemTime",
        "Uuid",
        "Vec",
        "VecDeque",
        "bool",
        "char",
        "f32",
        "f64",
        "isize",
        "static",
        "str",
        "usize",
    ];
    let is_integer =
        |it: &str| it.len() <= 4 && it.starts_with(['u', 'i']) && it[1..].parse::<u8>().is_ok();
    !word.starts_with(|it: char| it.is_alphabetic() || it == '_')
        || TYPES.contains(&word)
        || is_integer(word)
}

/// What follows each use of a static.
fn uses<'a>(words: &'a [String], name: &'a str) -> impl Iterator<Item = &'a [String]> {
    let places = words.iter().enumerate();
    places.filter_map(move |(at, word)| {
        let is_declared = at > 0 && words[at - 1] == "static";
        (word == name && !is_declared).then(|| &words[at + 1..])
    })
}

/// Whether a value of this type is written to through a shared reference, more than once.
fn is_written_through(kind: &str) -> bool {
    let is_once = matches!(kind, "OnceLock" | "OnceCell");
    let is_cell = ["Lock", "Cell", "Mutex"]
        .iter()
        .any(|it| kind.ends_with(it));
    is_cell && !is_once || kind.starts_with("Atomic")
}

/// All tokens, one after the other.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.extend(words(group.stream())),
            token => found.push(token.to_string()),
        }
    }
    found
}

/// The declared statics among these paths of symbols.
pub(crate) fn declared(paths: &BTreeSet<String>, statics: &BTreeSet<String>) -> BTreeSet<String> {
    let found = paths.iter().filter_map(|path| static_of(path, statics));
    found.collect()
}

fn read(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let (mut is_lifetime, mut is_static) = (false, false);
    // A reload keeps the statics in `keep!`.
    let mut is_kept = [false; 2];
    for token in tokens {
        is_kept = match &token {
            TokenTree::Ident(name) => [name == "keep", false],
            TokenTree::Punct(punct) => [false, is_kept[0] && punct.as_char() == '!'],
            TokenTree::Group(_) if is_kept[1] => {
                is_kept = [false; 2];
                continue;
            }
            _ => [false; 2],
        };
        match token {
            TokenTree::Ident(name) if is_static && (name == "mut" || name == "ref") => continue,
            TokenTree::Ident(name) if is_static => {
                found.insert(name.to_string());
                is_static = false;
            }
            TokenTree::Ident(name) => is_static = name == "static" && !is_lifetime,
            TokenTree::Punct(punct) => {
                is_lifetime = punct.as_char() == '\'';
                is_static = false;
                continue;
            }
            TokenTree::Group(group) => {
                read(group.stream(), found);
                is_static = false;
            }
            TokenTree::Literal(_) => is_static = false,
        }
        is_lifetime = false;
    }
}

/// The declared static that a symbol's path names. Macros may generate other items inside it.
fn static_of(path: &str, statics: &BTreeSet<String>) -> Option<String> {
    let mut end = path.len();
    loop {
        let start = path[..end].rfind(|c| !is_of_word(c)).map_or(0, |at| at + 1);
        if statics.contains(&path[start..end]) {
            return Some(path[..end].trim_start_matches('<').to_owned());
        }
        end = path[..start].rfind(is_of_word)? + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_that_each_use_fills_is_a_cache() {
        let declared = "static A: OnceLock<Router> = OnceLock::new();";
        for (uses, expected) in [
            ("A.get_or_init(router)", true),
            (
                "let a = crate::A.get_or_init(|| f(x)).clone(); A.get_or_try_init(f)",
                true,
            ),
            ("A.get_or_init(router); A.get()", false),
            ("A.set(router); A.get_or_init(router)", false),
            ("A.get_or_init(router); f(&A)", false),
            ("A.get()", false),
            ("", false),
        ] {
            // The uses may be in another file.
            let texts = [declared.to_owned(), format!("fn f() {{ {uses} }}")];
            let tokens = texts.map(|text| Tokens::of(&text).unwrap());
            assert_eq!(caches(&tokens).contains("A"), expected, "{uses}");
        }
        for kind in ["Mutex<u8>", "Vec<RwLock<u8>>", "AtomicU8", "Box<Cell<u8>>"] {
            let declared = format!("static A: OnceLock<{kind}> = OnceLock::new();");
            let tokens = Tokens::of(&(declared + "fn f() { A.get_or_init(new) }"));
            assert!(caches(&[tokens.unwrap()]).is_empty(), "{kind}");
        }
    }

    #[test]
    fn a_lazy_static_of_constant_types_is_a_cache() {
        for (declared, expected) in [
            ("static A: LazyLock<Regex> = LazyLock::new(f);", true),
            ("static A: std::sync::LazyLock<regex::Regex> = f();", true),
            (
                "static A: Lazy<HashMap<&'static str, [u32; 4]>> = Lazy::new(f);",
                true,
            ),
            (
                "lazy_static! { static ref A: Vec<(String, u8)> = f(); }",
                true,
            ),
            ("static A: LazyLock<Vec<Mutex<u8>>> = f();", false),
            ("static A: LazyLock<([u8; 4], AtomicU8)> = f();", false),
            (
                "static A: LazyLock<(&'static str, Mutex<u8>)> = f();",
                false,
            ),
            ("static A: LazyLock<Config> = f();", false),
            ("static A: LazyLock<DashMap<u8, u8>> = f();", false),
            (
                "lazy_static! { static ref A: Mutex<Vec<u8>> = f(); }",
                false,
            ),
            ("static A: Regex = f();", false),
            ("static A: OnceLock<String> = f();", false),
        ] {
            let tokens = Tokens::of(declared).unwrap();
            assert_eq!(caches(&[tokens]).contains("A"), expected, "{declared}");
        }
    }

    #[test]
    fn statics_are_declared_in_many_ways() {
        let source = "pub static A: u8 = 1; static mut B: u8 = 2; const C: &'static str = \"\";
            fn f() { static D: u8 = 1; } hotmod::keep! { static KEPT: u8 = 1; }
            thread_local! { static E: Cell<u8> = const { Cell::new(1) }; pub static F: u8 = 1 }
            lazy_static! { static ref G: u8 = 1; }";
        let found = Tokens::of(source).unwrap().statics;
        assert_eq!(Vec::from_iter(found).concat(), "ABDEFG");
    }

    #[test]
    fn a_symbol_is_a_declared_static_or_inside_one() {
        let statics = BTreeSet::from(["HITS".to_owned(), "MAP".to_owned()]);
        for (path, expected) in [
            ("pages::HITS", Some("pages::HITS")),
            ("pages::count::HITS", Some("pages::count::HITS")),
            ("pages::HITS::VAL", Some("pages::HITS")),
            (
                "<pages::MAP as core::ops::deref::Deref>::deref::__stability::LAZY",
                Some("pages::MAP"),
            ),
            ("pages::page::__CALLSITE", None),
            ("pages::OTHER", None),
        ] {
            let found = static_of(path, &statics);
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
