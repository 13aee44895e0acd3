//! The two requests of the AWS Security Token Service that give a role's credentials, as text and back.
//!
//! Pure. Invariant: nothing of a token or key is in an error.

use super::super::changes::Hidden;

/// Version of the service's interface.
const VERSION: &str = "2011-06-15";

/// Parameters of a request, in order.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A request for an action.
    pub(super) fn new(action: &str) -> Form {
        Form(Vec::new()).with("Action", action).with("Version", VERSION)
    }

    /// With a parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Form {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With session tags.
    pub(super) fn with_tags(self, tags: &[(String, String)]) -> Form {
        tags.iter().enumerate().fold(self, |form, (at, (key, value))| {
            let member = format!("Tags.member.{}", at + 1);
            form.with(&format!("{member}.Key"), key).with(&format!("{member}.Value"), value)
        })
    }

    /// As the body of a `POST`.
    pub(super) fn body(&self) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        pairs.join("&")
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Credentials for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::credentials) struct Issued {
    pub(in crate::credentials) access_key: String,
    pub(in crate::credentials) secret_key: Hidden,
    pub(in crate::credentials) session_token: Hidden,
    /// Seconds since 1970.
    pub(in crate::credentials) expires_s: u64,
}

/// What the service said instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    /// Whether the role may come to be there: it does not exist, or does not trust the caller, which the service
    /// does not tell apart.
    pub(super) fn may_pass(&self) -> bool {
        ["AccessDenied", "AccessDeniedException", "NoSuchEntity", "NoSuchEntityException"]
            .contains(&self.code.as_str())
    }
}

/// Reads an answer.
pub(super) fn answer(status: u16, body: &[u8]) -> Result<Issued, Refusal> {
    let text = String::from_utf8_lossy(body);
    let issued = || {
        Some(Issued {
            access_key: element(&text, "AccessKeyId")?,
            secret_key: Hidden(element(&text, "SecretAccessKey")?),
            session_token: Hidden(element(&text, "SessionToken")?),
            expires_s: moment(&element(&text, "Expiration")?)?,
        })
    };
    if status == 200
        && let Some(issued) = issued()
    {
        return Ok(issued);
    }
    Err(Refusal {
        code: element(&text, "Code").unwrap_or_else(|| format!("status {status}")),
        message: element(&text, "Message").unwrap_or_else(|| "the answer cannot be read".into()),
    })
}

/// The text of the first element of this name.
pub(super) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    Some(entities.iter().fold(text.trim().to_owned(), |text, (from, to)| text.replace(from, to)))
}

/// Seconds since 1970 of a moment as the service writes it: `2026-11-24T15:38:02Z`, perhaps with parts of a second.
fn moment(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    // Days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = (year % 400) * 365 + (year % 400) / 4 - (year % 400) / 100 + of_year;
    let days = (year / 400) * 146_097 + of_era - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_as_text() {
        let tags = [("stack".to_owned(), "a b+c".to_owned())];
        let form =
            Form::new("AssumeRole").with("RoleArn", "arn:aws:iam::1:role/x").with_tags(&tags);
        assert_eq!(
            form.body(),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx\
             &Tags.member.1.Key=stack&Tags.member.1.Value=a%20b%2Bc"
        );
    }

    #[test]
    fn credentials_and_refusals() {
        let body = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>\
                    <SecretAccessKey>a/b</SecretAccessKey><SessionToken>t==</SessionToken>\
                    <Expiration>2026-11-24T15:38:02Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
        let issued = answer(200, body.as_bytes()).expect("issued");
        assert_eq!((issued.access_key.as_str(), issued.expires_s), ("ASIA", 1_795_534_682));
        assert!(!format!("{issued:?}").contains("a/b"), "a key is shown");
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
                    <Message>not &quot;you&quot;</Message></Error></ErrorResponse>";
        let refusal = answer(403, body.as_bytes()).expect_err("refused");
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("AccessDenied", "not \"you\"")
        );
        assert!(refusal.may_pass());
        let refusal = answer(502, b"<html>").expect_err("no answer of the service");
        assert_eq!(refusal.code, "status 502");
        assert!(!refusal.may_pass());
    }

    #[test]
    fn moments() {
        for (text, expect) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T00:00:01.5Z", Some(951_782_401)),
            ("2026-11-24T15:38:02+00:00", Some(1_795_534_682)),
            ("soon", None),
            ("2026-13-24T15:38:02Z", None),
        ] {
            assert_eq!(moment(text), expect, "{text}");
        }
    }
}
