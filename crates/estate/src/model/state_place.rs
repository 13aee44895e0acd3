//! Where a state is that the estate's store does not have yet: a file, or an object of S3.
//!
//! Only the address; nothing is read here. Invariant: what is printed parses to the same place.

use std::fmt;
use std::sync::Arc;

/// Where a state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatePlace {
    /// `file:PATH`, relative to the estate's folder.
    File(Arc<str>),
    /// `s3://BUCKET/KEY?region=REGION&endpoint=URL`.
    S3(S3Place),
}

/// An object of S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Place {
    /// The bucket.
    pub bucket: Arc<str>,
    /// The key; in the address `?` and `%` of it are written `%3F` and `%25`.
    pub key: Arc<str>,
    /// The bucket's region, where it is said.
    pub region: Option<Arc<str>>,
    /// Another service than that of AWS, with scheme.
    pub endpoint: Option<Arc<str>>,
}

impl StatePlace {
    /// Reads the address; `None` where it is none.
    pub fn parse(text: &str) -> Option<StatePlace> {
        if let Some(path) = text.strip_prefix("file:") {
            return (!path.is_empty()).then(|| StatePlace::File(path.into()));
        }
        let rest = text.strip_prefix("s3://")?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, key) = path.split_once('/')?;
        if bucket.is_empty() || key.is_empty() {
            return None;
        }
        let key = key.replace("%3F", "?").replace("%25", "%").into();
        let mut place = S3Place { bucket: bucket.into(), key, region: None, endpoint: None };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=')? {
                ("region", value) => place.region = Some(value.into()),
                ("endpoint", value) => place.endpoint = Some(value.into()),
                _ => return None,
            }
        }
        Some(StatePlace::S3(place))
    }
}

impl fmt::Display for StatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatePlace::File(path) => write!(f, "file:{path}"),
            StatePlace::S3(place) => {
                let key = place.key.replace('%', "%25").replace('?', "%3F");
                write!(f, "s3://{}/{key}", place.bucket)?;
                let region = place.region.iter().map(|region| format!("region={region}"));
                let endpoint = place.endpoint.iter().map(|url| format!("endpoint={url}"));
                let query: Vec<String> = region.chain(endpoint).collect();
                if query.is_empty() { Ok(()) } else { write!(f, "?{}", query.join("&")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back() {
        for text in [
            "file:../state/terraform.tfstate",
            "s3://bucket/a/b.tfstate",
            "s3://bucket/a/b.tfstate?region=eu-west-1&endpoint=http://127.0.0.1:4566",
        ] {
            let place = StatePlace::parse(text).expect("an address");
            assert_eq!(place.to_string(), text);
        }
        let odd = StatePlace::parse("s3://b/a%3Fb%253F").expect("an address");
        assert!(matches!(&odd, StatePlace::S3(place) if &*place.key == "a?b%3F"), "{odd:?}");
        assert_eq!(odd.to_string(), "s3://b/a%3Fb%253F");
        for text in ["", "file:", "s3://bucket", "s3:///key", "s3://b/k?color=red", "gs://b/k"] {
            assert_eq!(StatePlace::parse(text), None, "{text}");
        }
    }
}
