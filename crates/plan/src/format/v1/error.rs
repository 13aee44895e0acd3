//! Why bytes are no plan file.
//!
//! Invariant: an offset is that of the first byte of what is wrong, counted in the file as it would stand unpacked.

use std::fmt;

use state::codec::CodecError;

/// What came of reading a part of a plan file.
pub(super) type Taken<T> = Result<T, PlanFileError>;

/// Why bytes are no plan file of this version, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFileError {
    /// What is wrong.
    pub fault: PlanFileFault,
    /// Where it begins, in bytes from the start of the file; behind the head of a packed file, in bytes from where the
    /// same content would stand unpacked.
    pub offset: usize,
    /// Which part of the file that is, as a noun: "the changes".
    pub part: &'static str,
}

/// What can be wrong with a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFileFault {
    /// It does not begin as a plan file does.
    NotAPlanFile,
    /// It has this version, and only [`VERSION`](super::VERSION) is read.
    Version(u16),
    /// The head names another content than the one that was asked for.
    Content(u8),
    /// It ends too early.
    Truncated,
    /// Bytes follow the end.
    Trailing,
    /// The checksum does not fit the bytes.
    Checksum,
    /// The packed bytes do not unpack to what the head says.
    Packing,
    /// A length, in bytes or things, that cannot be.
    Length(u64),
    /// More than a limit allows.
    Limit {
        /// Of what, with the unit: "nested types".
        what: &'static str,
        /// The limit.
        max: u64,
    },
    /// A number that is larger than its place, or not written the shortest way.
    Number,
    /// A text that is not UTF-8.
    Text,
    /// A tag that is not known.
    Tag {
        /// Of what: "action".
        what: &'static str,
        /// The tag.
        tag: u8,
    },
    /// A text that is no address of its kind.
    Address,
    /// An index beyond its table.
    Index(u64),
    /// Things that are out of order, or there twice.
    Order,
    /// A value that does not conform to its type, or is not written as it would be.
    Value,
    /// An object of the prior state does not decode.
    State(CodecError),
}

impl fmt::Display for PlanFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanFileFault::NotAPlanFile => f.write_str("It does not begin as a plan file does"),
            PlanFileFault::Version(version) => {
                let own = super::VERSION;
                write!(f, "It has version {version} of the format, and only {own} is read here")
            }
            PlanFileFault::Content(content) => {
                write!(f, "It holds content of kind {content}, not the one expected")
            }
            PlanFileFault::Truncated => f.write_str("It ends too early"),
            PlanFileFault::Trailing => f.write_str("Bytes follow its end"),
            PlanFileFault::Checksum => f.write_str("Its checksum does not fit"),
            PlanFileFault::Packing => f.write_str("It does not unpack to what its head says"),
            PlanFileFault::Length(length) => write!(f, "A length of {length} cannot be"),
            PlanFileFault::Limit { what, max } => write!(f, "There are more than {max} {what}"),
            PlanFileFault::Number => {
                f.write_str("A number is too large or not written the shortest way")
            }
            PlanFileFault::Text => f.write_str("A text is not UTF-8"),
            PlanFileFault::Tag { what, tag } => write!(f, "There is no {what} with the tag {tag}"),
            PlanFileFault::Address => f.write_str("An address does not parse"),
            PlanFileFault::Index(index) => write!(f, "The index {index} lies beyond its table"),
            PlanFileFault::Order => f.write_str("Things are out of order, or there twice"),
            PlanFileFault::Value => f.write_str("A value does not conform to its type"),
            PlanFileFault::State(error) => {
                write!(f, "Something that the state keeps does not decode ({error})")
            }
        }
    }
}

impl fmt::Display for PlanFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}, in {}", self.fault, self.offset, self.part)
    }
}

impl std::error::Error for PlanFileError {}
