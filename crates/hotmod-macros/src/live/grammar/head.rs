//! What items begin with: attributes, a visibility, and the keywords that several kinds of items share.

use super::super::template::{Part, template};
use super::super::tokens::{Delimiter, Span, TokenStream, TokenTree, is_word};
use super::attribute::Attribute;
use super::cursor::Cursor;

/// The begin of an item.
pub(in super::super) struct Head {
    pub(in super::super) attributes: Vec<Attribute>,
    /// The visibility and the keywords.
    pub(in super::super) tokens: TokenStream,
    /// The first token behind the visibility.
    pub(in super::super) span: Span,
    pub(in super::super) constness: Option<Span>,
    pub(in super::super) asyncness: Option<Span>,
    pub(in super::super) unsafety: Option<Span>,
    pub(in super::super) generator: Option<Span>,
    pub(in super::super) abi: Option<Abi>,
}

/// `extern`, or `extern "C"`.
pub(in super::super) struct Abi {
    pub(in super::super) span: Span,
    pub(in super::super) name: Option<String>,
}

impl Head {
    pub(super) fn parse(cursor: &mut Cursor) -> Self {
        let attributes = Attribute::outer(cursor);
        let mut tokens = TokenStream::new();
        if let Some(visibility) = cursor.word("pub") {
            tokens.extend([visibility]);
            let restriction = cursor.group(Delimiter::Parenthesis);
            tokens.extend(restriction.map(TokenTree::Group));
        }
        let mut head = Self {
            attributes,
            tokens,
            span: cursor.span(),
            constness: None,
            asyncness: None,
            unsafety: None,
            generator: None,
            abi: None,
        };
        while let Some(word) = keyword(cursor) {
            let span = word.span();
            let field = match word.to_string().as_str() {
                "const" => Some(&mut head.constness),
                "async" => Some(&mut head.asyncness),
                "unsafe" => Some(&mut head.unsafety),
                "gen" => Some(&mut head.generator),
                _ => None,
            };
            if let Some(field) = field {
                *field = Some(span);
            }
            let is_extern = is_word(&word, "extern");
            head.tokens.extend([word]);
            if is_extern {
                let name = cursor.next_if(|it| matches!(it, TokenTree::Literal(_)));
                head.abi = Some(Abi {
                    span,
                    name: name.as_ref().map(string),
                });
                head.tokens.extend(name);
            }
        }
        head
    }
}

impl Part for Head {
    fn tokens(&self) -> TokenStream {
        let Self {
            attributes, tokens, ..
        } = self;
        template!({ #attributes #tokens }, attributes, tokens)
    }
}

/// The next word, if it qualifies what comes then. Alone, some of these may be names, as of macros.
fn keyword(cursor: &mut Cursor) -> Option<TokenTree> {
    const KEYWORDS: [&str; 8] = [
        "default", "const", "async", "unsafe", "safe", "extern", "auto", "gen",
    ];
    let word = cursor.peek(0)?.clone();
    let is_followed = matches!(
        cursor.peek(1),
        Some(TokenTree::Ident(_) | TokenTree::Literal(_))
    );
    let is_one = is_followed && KEYWORDS.iter().any(|keyword| is_word(&word, keyword));
    is_one.then(|| cursor.next()).flatten()
}

/// What is between the quotes of a string literal.
fn string(literal: &TokenTree) -> String {
    let text = literal.to_string();
    let text = text.trim_start_matches('r').trim_matches('#');
    text.trim_matches('"').to_owned()
}
