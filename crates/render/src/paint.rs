//! Colours, where a person's terminal shows them. Words carry the meaning; colours only help to find them.

/// Whether strings carry colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Plain,
    /// With the escapes of a terminal (ECMA-48).
    Colour,
}

impl Paint {
    /// What is wrong.
    pub fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    /// What deserves a look.
    pub fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// What comes into being.
    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What is to be read first.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// What may be passed over.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Paint::Plain => text.to_owned(),
            Paint::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
