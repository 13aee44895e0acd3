//! Whether a space stands between two tokens of a cell.

use super::Piece;
use crate::lex::TokenKind as K;

/// Whether a space stands between `left` and `right`; `before` stands left of both. The first rule that applies wins.
pub(super) fn space_between(
    before: Option<&Piece<'_>>,
    left: &Piece<'_>,
    right: &Piece<'_>,
) -> bool {
    let before = before.map(|piece| piece.kind);
    match (left.kind, right.kind) {
        (_, K::Newline)
        | (K::Ident, K::OParen | K::DoubleColon)
        | (K::DoubleColon, K::Ident)
        | (K::Dot, _)
        | (_, K::Dot | K::Comma | K::Ellipsis) => false,
        (K::Comma, _) => true,
        (K::QuotedLit | K::StringLit | K::OQuote | K::OHeredoc, _)
        | (_, K::QuotedLit | K::StringLit | K::CQuote | K::CHeredoc) => false,
        // `[for x in [a] : x]`: here "in" is no name to be indexed.
        (K::Ident, _) if left.text == "in" && before == Some(K::Ident) => true,
        (kind, K::OBrack) if matches!(kind, K::Ident | K::Number) || kind.bracket() < 0 => false,
        (K::Bang, _) => false,
        (K::Minus, _) => !sign_after(before),
        (K::OBrace, K::CBrace) => false,
        (K::OBrace, _) | (_, K::CBrace) => true,
        (K::TemplateInterp | K::TemplateControl, K::OBrace) | (K::CBrace, K::TemplateSeqEnd) => {
            true
        }
        (K::TemplateSeqEnd, K::TemplateInterp | K::TemplateControl) => false,
        (left, right) => left.bracket() <= 0 && right.bracket() >= 0,
    }
}

/// Whether a minus behind this token is a sign and no subtraction.
fn sign_after(before: Option<K>) -> bool {
    match before {
        None => true,
        Some(kind) => matches!(
            kind,
            K::OParen
                | K::OBrace
                | K::OBrack
                | K::Equal
                | K::Colon
                | K::Comma
                | K::Question
                | K::Plus
                | K::Star
                | K::Slash
                | K::Percent
                | K::Minus
                | K::EqualOp
                | K::NotEqual
                | K::Greater
                | K::GreaterEq
                | K::Less
                | K::LessEq
                | K::And
                | K::Or
                | K::Bang
        ),
    }
}
