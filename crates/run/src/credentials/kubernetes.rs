//! Kubernetes: a bearer token, given or told by a program as `kubectl` runs it
//! (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>).
//!
//! Invariant: the program runs under the stack's own cloud credentials, never under the base ones.

use std::time::Duration;

use diag::Diagnostic;
use host::programs::{Program, run};
use provider::Purpose;
use serde_json::Value as Json;

use super::asking::Asking;
use super::changes::Changes;
use super::kind::Kind;
use super::settings::Settings;
use super::subject::Subject;
use super::{Grant, Refused};

/// How long the program may take.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Longest answer of the program, in bytes.
const OUTPUT_BYTES_MAX: u64 = 256 << 10;
/// What the program is told of the caller.
const EXEC_INFO: &str = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}"#;

/// Whether the settings say all that is needed.
pub(super) fn complete(settings: &Settings, purpose: Purpose) -> Result<(), Diagnostic> {
    match (settings.has(purpose, "token"), settings.has(purpose, "exec")) {
        (true, false) => settings.text(purpose, "token").map(drop),
        (false, true) => settings.texts(purpose, "exec").map(drop),
        (false, false) => Err(settings.incomplete(
            purpose,
            "token",
            "Give `plan_token` and `apply_token`, or `plan_exec` and `apply_exec`.",
        )),
        (true, true) => Err(Diagnostic::error("credentials-value", "Two ways to get one token")
            .detail("A token and a program that tells one were given; only one can be used.")
            .remedy("Keep one of `token` and `exec`.")
            .at(settings.header)),
    }
}

/// The grant of a token; `clouds` are the stack's other grants.
pub(super) fn grant(
    settings: &Settings,
    purpose: Purpose,
    subject: &Subject,
    asking: &Asking,
    clouds: &[Grant],
) -> Result<Grant, Refused> {
    let own = |diagnostic| Refused::own(diagnostic, subject);
    complete(settings, purpose).map_err(own)?;
    let changes = Changes::without(Kind::Kubernetes.base_variables());
    if let Some(token) = settings.text(purpose, "token").map_err(own)? {
        let changes = changes.set("KUBE_TOKEN", token);
        return Ok(Grant { kind: Kind::Kubernetes, changes, identity: "token".to_owned() });
    }
    let command = settings.texts(purpose, "exec").map_err(own)?.unwrap_or_default();
    let told =
        told(&command, asking, clouds).map_err(|why| failed(&command, &why, settings, subject))?;
    let credential =
        Credential::read(&told).map_err(|why| failed(&command, why, settings, subject))?;
    Ok(Grant {
        kind: Kind::Kubernetes,
        changes: credential.into_changes(changes),
        identity: command.join(" "),
    })
}

fn told(command: &[String], asking: &Asking, clouds: &[Grant]) -> Result<Vec<u8>, String> {
    let (name, args) = command.split_first().ok_or("the command is empty")?;
    let mut environment = asking.environment().to_vec();
    for grant in clouds {
        environment = grant.changes.apply(&environment).to_vec();
    }
    environment.push(("KUBERNETES_EXEC_INFO".to_owned(), EXEC_INFO.to_owned()));
    let program = Program {
        name,
        args,
        dir: asking.dir(),
        environment: &environment,
        time_max: TIME_MAX,
        output_bytes_max: OUTPUT_BYTES_MAX,
    };
    run(&program).map(|output| output.out).map_err(|error| error.to_string())
}

fn failed(command: &[String], why: &str, settings: &Settings, subject: &Subject) -> Refused {
    let name = command.first().map_or("", String::as_str);
    Refused::always(
        Diagnostic::error("credentials-refused", format!("`{name}` told no token"))
            .detail(format!("{why}. Nothing of `{}` was begun.", subject.label))
            .remedy("Run the command by hand; it must print an ExecCredential of client.authentication.k8s.io/v1 with a token.")
            .at(settings.header)
            .about(subject.label.clone()),
    )
}

/// What a program told.
struct Credential {
    token: Option<String>,
    certificate: Option<(String, String)>,
}

impl Credential {
    fn read(bytes: &[u8]) -> Result<Credential, &'static str> {
        let told: Json =
            serde_json::from_slice(bytes).map_err(|_| "What it printed is not JSON")?;
        let version = told["apiVersion"].as_str().unwrap_or_default();
        let is_one = told["kind"] == "ExecCredential"
            && ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
                .contains(&version);
        if !is_one {
            return Err("What it printed is no ExecCredential of version v1");
        }
        let text = |name: &str| {
            told["status"][name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let certificate = text("clientCertificateData").zip(text("clientKeyData"));
        let token = text("token");
        if token.is_none() && certificate.is_none() {
            return Err("Its ExecCredential has neither a token nor a certificate with its key");
        }
        Ok(Credential { token, certificate })
    }

    fn into_changes(self, changes: Changes) -> Changes {
        let changes = match self.token {
            Some(token) => changes.set("KUBE_TOKEN", token),
            None => changes,
        };
        match self.certificate {
            Some((certificate, key)) => {
                changes.set("KUBE_CLIENT_CERT_DATA", certificate).set("KUBE_CLIENT_KEY_DATA", key)
            }
            None => changes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Credential;

    fn check(json: &str, expect: Result<Option<&str>, &str>) {
        let read = Credential::read(json.as_bytes()).map(|credential| credential.token);
        assert_eq!(read.as_ref().map(Option::as_deref).map_err(|why| &**why), expect, "{json}");
    }

    #[test]
    fn what_a_program_tells() {
        let v1 = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}"#;
        check(v1, Ok(Some("t")));
        check(&v1.replace("/v1\"", "/v1beta1\""), Ok(Some("t")));
        check(
            &v1.replace("/v1\"", "/v1alpha1\""),
            Err("What it printed is no ExecCredential of version v1"),
        );
        check(
            &v1.replace("\"t\"", "\"\""),
            Err("Its ExecCredential has neither a token nor a certificate with its key"),
        );
        check("token", Err("What it printed is not JSON"));
        let certificate = r#"{"clientCertificateData":"c","clientKeyData":"k"}"#;
        check(&v1.replace(r#"{"token":"t"}"#, certificate), Ok(None));
    }
}
