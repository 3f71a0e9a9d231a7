//! Impl blocks: a header, and members in order.

use super::super::error::{Result, unknown_syntax};
use super::super::template::{Part, template};
use super::super::tokens::{
    Delimiter, Group, TokenStream, TokenTree, is_punct, is_word, regrouped,
};
use super::attribute::Attribute;
use super::cursor::{Cursor, is_braces, position};
use super::function::Function;
use super::generics::Generics;
use super::head::Head;

/// An impl block.
pub(in super::super) struct Block {
    pub(in super::super) header: Header,
    pub(in super::super) members: Vec<Member>,
    /// The attributes at the top of the braces.
    inner: Vec<Attribute>,
    braces: Group,
}

/// What is before the braces of an impl.
pub(in super::super) struct Header {
    head: Head,
    keyword: TokenTree,
    pub(in super::super) generics: Generics,
    /// The trait, the `for`, and whatever stands before them.
    of: TokenStream,
    /// The trait alone.
    pub(in super::super) of_trait: Option<TokenStream>,
    pub(in super::super) self_type: TokenStream,
    /// The where clause.
    pub(in super::super) conditions: TokenStream,
}

/// An item in an impl block.
pub(in super::super) enum Member {
    Function(Box<Function>),
    /// A constant, a type, a macro call: left as it is.
    Other(TokenStream),
}

impl Block {
    /// Takes what comes behind the head, the keyword `impl` first.
    pub(super) fn parse(head: Head, cursor: &mut Cursor) -> Result<Self> {
        let span = cursor.span();
        let header = Header::parse(head, cursor).ok_or_else(|| unknown_syntax(span))?;
        let braces = cursor.group(Delimiter::Brace);
        let braces = braces.ok_or_else(|| unknown_syntax(span))?;
        let mut content = Cursor::new(braces.stream());
        let inner = Attribute::inner(&mut content);
        let mut members = Vec::new();
        while !content.is_at_end() {
            members.push(Member::parse(&mut content)?);
        }
        Ok(Self {
            header,
            members,
            inner,
            braces,
        })
    }

    pub(in super::super) fn attributes(&self) -> &[Attribute] {
        &self.header.head.attributes
    }

    /// The block with other members.
    pub(in super::super) fn with_members(&self, members: &TokenStream) -> TokenStream {
        let Self {
            header,
            inner,
            braces,
            ..
        } = self;
        let content = template!({ #inner #members }, inner, members);
        let braces = regrouped(braces, content);
        template!({ #header #braces }, header, braces)
    }
}

impl Header {
    fn parse(head: Head, cursor: &mut Cursor) -> Option<Self> {
        let keyword = cursor.word("impl")?;
        let generics = match Generics::begin(cursor) {
            true => Generics::parse(cursor),
            false => Generics::default(),
        };
        let types = cursor.until(|it| is_braces(it) || is_word(it, "where"));
        let mut self_type: Vec<TokenTree> = types.into_iter().collect();
        let mut of = Vec::new();
        let mut of_trait = None;
        if let Some(at) = position(&self_type, |at| parts_trait_and_type(&self_type, at)) {
            let behind = self_type.split_off(at + 1);
            of = std::mem::replace(&mut self_type, behind);
            // `const Trait` and `!Trait` are not what a path to a function may name.
            let path = of[..at].iter();
            let path = path.skip_while(|it| is_word(it, "const") || is_punct(it, '!'));
            of_trait = Some(path.cloned().collect());
        }
        Some(Self {
            head,
            keyword,
            generics,
            of: of.into_iter().collect(),
            of_trait,
            self_type: self_type.into_iter().collect(),
            conditions: cursor.until(is_braces),
        })
    }
}

/// Whether this is the `for` between trait and type, and not that of a `for<'a> Fn(&'a str)`.
fn parts_trait_and_type(trees: &[TokenTree], at: usize) -> bool {
    let is_end_of_path = |tree: &TokenTree| match tree {
        TokenTree::Ident(_) => !["dyn", "impl", "mut", "const"]
            .iter()
            .any(|it| is_word(tree, it)),
        TokenTree::Group(_) => true,
        _ => is_punct(tree, '>'),
    };
    is_word(&trees[at], "for") && at > 0 && is_end_of_path(&trees[at - 1])
}

impl Part for Header {
    fn tokens(&self) -> TokenStream {
        let Self {
            head,
            keyword,
            generics: Generics {
                tokens: generics, ..
            },
            of,
            self_type,
            conditions,
            ..
        } = self;
        template!(
            { #head #keyword #generics #of #self_type #conditions },
            head, keyword, generics, of, self_type, conditions,
        )
    }
}

impl Member {
    fn parse(cursor: &mut Cursor) -> Result<Self> {
        let head = Head::parse(cursor);
        if cursor.peek(0).is_some_and(|it| is_word(it, "fn")) {
            return Function::parse(head, cursor).map(|it| Self::Function(Box::new(it)));
        }
        let is_type = cursor.peek(0).is_some_and(|it| is_word(it, "type"));
        let behind = match head.constness.is_some() || is_type {
            true => cursor.through_semicolon(),
            false => cursor.through_call(),
        };
        Ok(Self::Other(template!({ #head #behind }, head, behind)))
    }
}
