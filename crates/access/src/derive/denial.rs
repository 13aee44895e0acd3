//! A refusal of AWS, read: which action was missing, and upon what, where the service says so.

/// What a service refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The action, where it is named: `ec2:CreateVpc`.
    pub action: Option<String>,
    /// The resource, where it is named.
    pub resource: Option<String>,
}

/// Codes of a refusal for want of a permission.
const CODES: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "NotAuthorized",
    "AuthorizationErrorException",
];

/// Reads an answer: `None` where it is no refusal for want of a permission. `status` is that of HTTP.
pub fn denial(status: u16, body: &[u8]) -> Option<Denial> {
    if !matches!(status, 400 | 401 | 403) {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let coded = CODES.iter().any(|code| names(&text, code));
    let action = after(&text, "not authorized to perform: ").filter(|word| word.contains(':'));
    if body.is_empty() && status == 403 {
        return Some(Denial { action: None, resource: None }); // the answer to a HEAD has no body
    }
    if !coded && action.is_none() {
        return None;
    }
    let resource = after(&text, " on resource: ").filter(|word| word.starts_with("arn:"));
    Some(Denial { action, resource })
}

/// Whether the code stands there as a word.
fn names(text: &str, code: &str) -> bool {
    text.match_indices(code).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + code.len()..].chars().next();
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !is_word(before) && !is_word(behind)
    })
}

/// The word behind a phrase.
fn after(text: &str, phrase: &str) -> Option<String> {
    let (_, rest) = text.split_once(phrase)?;
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '<' | ',' | '\\');
    let word = rest.trim_start_matches('"').split(ends).next()?;
    Some(word.trim_end_matches('.').to_owned()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expect: Option<(Option<&str>, Option<&str>)>) {
        let expect = expect.map(|(action, resource)| Denial {
            action: action.map(str::to_owned),
            resource: resource.map(str::to_owned),
        });
        assert_eq!(denial(status, body.as_bytes()), expect, "{body}");
    }

    #[test]
    fn refusals_in_all_forms() {
        check(
            403,
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. \
             User: arn:aws:iam::1:user/x is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:r:1:vpc/* because no \
             identity-based policy allows the ec2:CreateVpc action</Message></Error></Errors></Response>",
            Some((Some("ec2:CreateVpc"), Some("arn:aws:ec2:r:1:vpc/*"))),
        );
        check(
            400,
            r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: kms:CreateKey because no"}"#,
            Some((Some("kms:CreateKey"), None)),
        );
        check(
            403,
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
            Some((None, None)),
        );
        check(403, "", Some((None, None)));
    }

    #[test]
    fn other_errors_are_none() {
        check(400, r#"{"__type":"ValidationException","message":"no"}"#, None);
        check(404, "<Code>NoSuchBucket</Code>", None);
        check(403, "<Code>SignatureDoesNotMatch</Code>", None);
        check(200, "AccessDenied", None);
    }
}
