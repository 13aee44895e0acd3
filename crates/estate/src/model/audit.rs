//! `audit {}`: who signs heads of the chain of events, and where copies of them stand.
//!
//! Data. Whether a signature holds is not said here.

use std::fmt;
use std::sync::Arc;

use diag::{Span, Spanned};

/// The `audit` block.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The file of those who may sign heads, relative to the estate's folder, in OpenSSH's `allowed_signers` form.
    pub sealers: Option<Spanned<Arc<str>>>,
    /// Where copies of signed heads go, and where they are looked for.
    pub seals: Vec<Spanned<SealPlace>>,
    /// The KMS key that signs where no SSH key is named: its ARN, or an alias' ARN.
    pub kms_key: Option<Spanned<Arc<str>>>,
    /// How many days an object in a bucket is locked for; 365 where the file does not say.
    pub retain_days: u32,
    /// The block's header.
    pub header: Span,
}

/// Where copies of signed heads stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealPlace {
    /// A file, relative to the estate's folder: Git keeps it.
    File(Arc<str>),
    /// Objects of a bucket with object lock.
    S3 {
        /// The bucket.
        bucket: Arc<str>,
        /// What their keys begin with; without a slash at the end, empty for none.
        prefix: Arc<str>,
    },
}

impl SealPlace {
    /// Reads `s3://BUCKET[/PREFIX]`, or a path.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(text: &str) -> Result<SealPlace, &'static str> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return match text {
                "" => Err("it is empty"),
                _ if text.contains("://") => Err("only s3:// and files are known"),
                _ => Ok(SealPlace::File(text.into())),
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(fits) {
            return Err("its bucket's name is none");
        }
        Ok(SealPlace::S3 { bucket: bucket.into(), prefix: prefix.trim_matches('/').into() })
    }
}

impl fmt::Display for SealPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SealPlace::File(path) => f.write_str(path),
            SealPlace::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            SealPlace::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// The days for which an object is locked where the file does not say.
pub(crate) const RETAIN_DAYS_DEFAULT: u32 = 365;
