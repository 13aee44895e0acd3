use super::{Token, tokens};
#[test]
fn x() {
    let _: Vec<Token> = tokens("");
}
