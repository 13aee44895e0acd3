//! A request to AWS as it went over the wire, and where.

/// A request: what of it tells which operation it is, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The service that it was signed for: `ec2`.
    pub service: &'a str,
    /// `GET`, `POST`, ...
    pub method: &'a str,
    /// The path as it was sent, percent-encoded.
    pub path: &'a str,
    /// What stands behind `?`; empty where nothing does.
    pub query: &'a str,
    /// The header `X-Amz-Target`, where there is one.
    pub target: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// Whose objects, and where.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The account's twelve digits.
    pub account: &'a str,
    /// The region that the request was signed for.
    pub region: &'a str,
}

impl Place<'_> {
    /// The partition of the region: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &'static str {
        match self.region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The domain of its endpoints.
    pub fn domain(&self) -> &'static str {
        if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
    }
}
