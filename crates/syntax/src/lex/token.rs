//! Tokens: the kinds, and one token as a kind and a range of bytes.

use diag::{FileId, Span};

/// One token. Bytes between two tokens are spaces and tabs (and at the start of a file a byte order mark); else the
/// tokens of a text cover it without gap or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset after its last byte.
    pub end: u32,
}

impl Token {
    /// The text of the token.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }

    /// The place of the token in `file`.
    pub fn span(&self, file: FileId) -> Span {
        Span::new(file, self.start, self.end)
    }
}

/// The kinds of tokens; the names are those of the native syntax specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `{`
    OBrace,
    /// `}`
    CBrace,
    /// `[`
    OBrack,
    /// `]`
    CBrack,
    /// `(`
    OParen,
    /// `)`
    CParen,
    /// `"` that opens a string
    OQuote,
    /// `"` that closes a string
    CQuote,
    /// `<<EOT` or `<<-EOT` with the end of its line
    OHeredoc,
    /// The closing marker of a heredoc with the spaces around it, without the end of its line
    CHeredoc,
    /// Text inside a quoted string
    QuotedLit,
    /// Text inside a heredoc or a bare template, at most one line
    StringLit,
    /// A number
    Number,
    /// An identifier or keyword
    Ident,
    /// A comment; of `#` and `//` with the end of its line
    Comment,
    /// The end of a line
    Newline,
    /// The end of a line inside a quoted string, which is an error
    QuotedNewline,
    /// `${` or `${~`
    TemplateInterp,
    /// `%{` or `%{~`
    TemplateControl,
    /// `}` or `~}` that closes one of both
    TemplateSeqEnd,
    /// `=`
    Equal,
    /// `==`
    EqualOp,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEq,
    /// `>`
    Greater,
    /// `>=`
    GreaterEq,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `!`
    Bang,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `.`
    Dot,
    /// `...`
    Ellipsis,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `?`
    Question,
    /// `=>`
    FatArrow,
    /// A character that no token starts with, and single `&`, `|`, `^`, `~`, `;`, `` ` ``, `'`
    Invalid,
    /// The end of the text; always the last token, and empty
    End,
}

impl TokenKind {
    /// What the token changes in the number of open brackets.
    pub fn bracket(self) -> i32 {
        use TokenKind::{
            CBrace, CBrack, CParen, OBrace, OBrack, OParen, TemplateControl, TemplateInterp,
            TemplateSeqEnd,
        };
        match self {
            OBrace | OBrack | OParen | TemplateControl | TemplateInterp => 1,
            CBrace | CBrack | CParen | TemplateSeqEnd => -1,
            _ => 0,
        }
    }
}
