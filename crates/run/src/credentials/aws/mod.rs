//! AWS: a role's credentials, from the base credentials of the environment.
//!
//! Base credentials are found as the AWS SDKs find them in environment variables: a key pair, or a web identity token
//! with a role. With `web_identity_token_file` the stack's role is assumed by that token itself.
//!
//! Invariant: a request is signed for the host that it is sent to; plain HTTP is used only where the environment names
//! such an endpoint.

pub(crate) mod call;
mod keys;
pub(crate) mod sign;
mod sts;

use host::{HttpPost, HttpResponse, Timestamp};
use provider::Purpose;

use super::asking::Asking;
use super::changes::{Changes, Hidden};
use super::kind::Kind;
use super::settings::Settings;
use super::subject::Subject;
use super::{Grant, Refused};
use diag::Diagnostic;

pub(crate) use keys::Keys;
pub(super) use sts::Issued;
use sts::{Form, Refusal};

/// Content type of a request.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
/// Shortest and longest lifetime that the service takes, in seconds.
const DURATION: std::ops::RangeInclusive<u32> = 900..=43_200;
/// Longest name of a session.
const SESSION_NAME_MAX: usize = 64;
/// Longest value of a tag.
const TAG_VALUE_MAX: usize = 256;

/// What is asked of the service: equal requests share an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Role {
    arn: String,
    session: String,
    tags: Vec<(String, String)>,
    external_id: Option<Hidden>,
    duration: Option<u32>,
    region: Option<String>,
    token_file: Option<String>,
}

/// Whether the settings say all that is needed.
pub(super) fn complete(settings: &Settings, purpose: Purpose) -> Result<(), Diagnostic> {
    role(settings, purpose, &Subject::default()).map(drop)
}

fn role(settings: &Settings, purpose: Purpose, subject: &Subject) -> Result<Role, Diagnostic> {
    let text = |name: &str| settings.text(purpose, name);
    let arn = text("role")?.ok_or_else(|| {
        settings.incomplete(
            purpose,
            "role",
            "Give `plan_role` and `apply_role`, or `role` for both.",
        )
    })?;
    let token_file = text("web_identity_token_file")?;
    let own_tags = settings.map(purpose, "tags")?;
    let external_id = text("external_id")?.map(Hidden);
    if token_file.is_some() && (external_id.is_some() || !own_tags.is_empty()) {
        return Err(Diagnostic::error("credentials-value", "A web identity takes no tags and no external id")
            .detail("With `web_identity_token_file` the token itself says who asks; AWS takes nothing beside it.")
            .remedy("Take `tags` and `external_id` out, or assume the role from base credentials.")
            .at(settings.header));
    }
    let session = text("session_name")?.unwrap_or_else(|| subject.dashed());
    Ok(Role {
        arn,
        session: session_name(&session),
        tags: tags(subject, purpose, own_tags),
        external_id,
        duration: duration(settings, purpose)?,
        region: text("region")?,
        token_file,
    })
}

fn duration(settings: &Settings, purpose: Purpose) -> Result<Option<u32>, Diagnostic> {
    let Some(text) = settings.text(purpose, "duration")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds = text.parse().ok().filter(|seconds| DURATION.contains(seconds));
    let span = settings.value(purpose, "duration").map_or(settings.header, |(_, span)| *span);
    let wanted = "a whole number of seconds from 900 to 43200";
    seconds.map(Some).ok_or_else(|| settings.malformed("duration", wanted, span))
}

/// A name that the service takes: letters, digits and `+=,.@-_`, at most 64; a longer one ends in a digest.
fn session_name(text: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "+=,.@-_".contains(letter);
    let name: String = text.chars().map(|it| if fits(it) { it } else { '-' }).collect();
    if name.len() <= SESSION_NAME_MAX {
        return name;
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let end: String = digest.as_ref()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{end}", &name[..SESSION_NAME_MAX - 9])
}

/// Who asks, as tags; own ones take the place of ours.
fn tags(subject: &Subject, purpose: Purpose, own: Vec<(String, String)>) -> Vec<(String, String)> {
    let ours = subject.tags(purpose);
    let free = ours.into_iter().filter(|(key, _)| !own.iter().any(|(other, _)| other == key));
    let all = free.chain(own.clone()).filter(|(_, value)| !value.is_empty());
    all.map(|(key, value)| (key, tag_value(&value))).collect()
}

fn tag_value(text: &str) -> String {
    let fits = |letter: char| letter.is_alphanumeric() || " _.:/=+-@".contains(letter);
    text.chars().map(|it| if fits(it) { it } else { '_' }).take(TAG_VALUE_MAX).collect()
}

/// The grant of a role.
pub(super) fn grant(
    settings: &Settings,
    purpose: Purpose,
    subject: &Subject,
    asking: &Asking,
) -> Result<Grant, Refused> {
    let role = role(settings, purpose, subject).map_err(|own| Refused::own(own, subject))?;
    let issued = asking.issued(&role, || assume(&role, asking));
    let issued = issued.map_err(|failure| refused(&failure, &role, settings, subject))?;
    let changes = Changes::without(Kind::Aws.base_variables())
        .set("AWS_ACCESS_KEY_ID", issued.access_key)
        .set("AWS_SECRET_ACCESS_KEY", issued.secret_key.0)
        .set("AWS_SESSION_TOKEN", issued.session_token.0);
    Ok(Grant { kind: Kind::Aws, changes, identity: format!("{}/{}", role.arn, role.session) })
}

/// Why a role was not assumed.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// There is nothing to ask with.
    NoBase,
    /// A token's file cannot be read.
    Token(String),
    /// The service was not reached.
    Http(String),
    /// The service refused.
    Refused(Refusal),
}

fn assume(role: &Role, asking: &Asking) -> Result<Issued, Failure> {
    let endpoint = Endpoint::of(role, asking);
    let lasting = |form: Form| match role.duration {
        Some(seconds) => form.with("DurationSeconds", &seconds.to_string()),
        None => form,
    };
    if let Some(file) = &role.token_file {
        let form = keys::with_token(&role.arn, &role.session, file, asking)?;
        return endpoint.ask(&lasting(form), None, asking);
    }
    let base = Keys::base(&endpoint, asking)?;
    let form = Form::new("AssumeRole")
        .with("RoleArn", &role.arn)
        .with("RoleSessionName", &role.session)
        .with_tags(&role.tags);
    let form = match &role.external_id {
        Some(id) => form.with("ExternalId", &id.0),
        None => form,
    };
    endpoint.ask(&lasting(form), Some(&base), asking)
}

/// Where the service is.
struct Endpoint {
    url: String,
    region: String,
}

impl Endpoint {
    /// That of the environment, for emulators and private links; else the region's.
    fn of(role: &Role, asking: &Asking) -> Endpoint {
        Endpoint::within(role.region.clone().filter(|region| !region.is_empty()), asking)
    }

    /// The same for a region, or that of the environment.
    fn within(region: Option<String>, asking: &Asking) -> Endpoint {
        let region = region.or_else(|| call::named_region(asking).map(str::to_owned));
        let named = call::named_endpoint(asking, "sts").map(str::to_owned);
        let url = named.unwrap_or_else(|| match region.as_deref() {
            Some(region) => format!("https://sts.{region}.{}", call::domain(region)),
            None => "https://sts.amazonaws.com".to_owned(),
        });
        Endpoint { url, region: region.unwrap_or_else(|| "us-east-1".to_owned()) }
    }

    /// Host with port, and path.
    fn parts(&self) -> (&str, &str) {
        let rest = self.url.split_once("://").map_or(&*self.url, |(_, rest)| rest);
        match rest.find('/') {
            Some(at) => (&rest[..at], &rest[at..]),
            None => (rest, "/"),
        }
    }

    fn ask(&self, form: &Form, base: Option<&Keys>, asking: &Asking) -> Result<Issued, Failure> {
        let response = self.post(form, base, asking)?;
        sts::answer(response.status, &response.body).map_err(Failure::Refused)
    }

    fn post(
        &self,
        form: &Form,
        base: Option<&Keys>,
        asking: &Asking,
    ) -> Result<HttpResponse, Failure> {
        let body = form.body();
        let (host, path) = self.parts();
        let headers = match base {
            None => vec![("content-type", FORM.to_owned())],
            Some(base) => {
                let request = sign::Request {
                    host,
                    path,
                    region: &self.region,
                    service: "sts",
                    content_type: FORM,
                    body: &body,
                };
                sign::headers(&request, &base.signer(), &basic(asking.now()))
            }
        };
        let url =
            if self.url.ends_with(path) { self.url.clone() } else { format!("{}/", self.url) };
        let post = HttpPost { url: &url, headers: &headers, body: &body };
        asking.post(&post).map_err(|error| Failure::Http(error.to_string()))
    }
}

/// `20150830T123600Z`.
pub(crate) fn basic(now: Timestamp) -> String {
    now.rfc3339().replace(['-', ':'], "")
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::NoBase => f.write_str("there are no credentials to ask with"),
            Failure::Token(why) => write!(f, "the web identity token cannot be read: {why}"),
            Failure::Http(why) => write!(f, "the token service {why}"),
            Failure::Refused(refusal) => {
                let Refusal { code, message } = refusal;
                write!(f, "the token service answered {code}: {}", message.trim_end_matches('.'))
            }
        }
    }
}

fn refused(failure: &Failure, role: &Role, settings: &Settings, subject: &Subject) -> Refused {
    let error = |detail: String, remedy: &str| {
        Diagnostic::error("credentials-refused", format!("The role {} was not assumed", role.arn))
            .detail(format!("{detail} Nothing of `{}` was begun.", subject.label))
            .remedy(remedy)
            .at(settings.header)
            .about(subject.label.clone())
    };
    match failure {
        Failure::NoBase => Refused::always(error(
            "There are no credentials to ask with.".into(),
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, or give the block `web_identity_token_file`.",
        )),
        Failure::Token(why) => Refused::always(error(
            format!("The web identity token cannot be read: {why}."),
            "Name the file in which the platform puts the token.",
        )),
        Failure::Http(why) => Refused::always(error(
            format!("The token service {why}."),
            "Check the network and the region; AWS_ENDPOINT_URL_STS names another endpoint.",
        )),
        Failure::Refused(refusal) => {
            let diagnostic = error(
                format!(
                    "The token service answered {}: {}.",
                    refusal.code,
                    refusal.message.trim_end_matches('.')
                ),
                "See that the role exists and that its trust policy allows the caller sts:AssumeRole and sts:TagSession; or name another role in the credentials block.",
            );
            Refused {
                diagnostic: Box::new(diagnostic),
                absent: refusal
                    .may_pass()
                    .then(|| format!("its role {} does not exist yet", role.arn)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sessions_fit_the_service() {
        assert_eq!(session_name("strata-dev-net:eu/1"), "strata-dev-net-eu-1");
        let long = session_name(&"x".repeat(80));
        assert_eq!(long.len(), SESSION_NAME_MAX);
        assert_ne!(long, session_name(&"x".repeat(81)), "names that differ late are one session");
    }

    #[test]
    fn own_tags_take_the_place_of_ours() {
        let subject = Subject {
            estate: "acme".into(),
            environment: "dev".into(),
            stack: "network".into(),
            layer: "infrastructure".into(),
            ..Subject::default()
        };
        let own =
            vec![("layer".to_owned(), "mine!".to_owned()), ("team".to_owned(), "a".to_owned())];
        let expect = [
            ("estate", "acme"),
            ("environment", "dev"),
            ("stack", "network"),
            ("purpose", "plan"),
            ("layer", "mine_"),
            ("team", "a"),
        ];
        let expect = expect.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(tags(&subject, Purpose::Plan, own), expect);
    }
}
