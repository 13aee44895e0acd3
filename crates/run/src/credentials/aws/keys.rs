//! Keys to sign with: the base credentials of the environment, and sessions of a role that may do less than the role.
//!
//! Invariant: no secret is in a `Debug`.

use super::super::asking::Asking;
use super::super::changes::Hidden;
use super::sts::{self, Form, Issued, Refusal};
use super::{Endpoint, Failure, session_name, sign};

/// A key pair, and the token of its session.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    access_key: String,
    secret_key: Hidden,
    session_token: Option<Hidden>,
}

/// The parameters of a request that assumes a role by the token in a file.
pub(super) fn with_token(
    arn: &str,
    session: &str,
    file: &str,
    asking: &Asking,
) -> Result<Form, Failure> {
    let token = asking.read(file).map_err(Failure::Token)?;
    let form = Form::new("AssumeRoleWithWebIdentity")
        .with("RoleArn", arn)
        .with("RoleSessionName", session)
        .with("WebIdentityToken", token.trim());
    Ok(form)
}

impl Keys {
    /// The base credentials: a key pair of the environment, or those that its web identity gives.
    pub(super) fn base(endpoint: &Endpoint, asking: &Asking) -> Result<Keys, Failure> {
        let variable = |name: &str| asking.variable(name);
        match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(access), Some(secret)) => Ok(Keys {
                access_key: access.to_owned(),
                secret_key: Hidden(secret.to_owned()),
                session_token: variable("AWS_SESSION_TOKEN").map(|token| Hidden(token.to_owned())),
            }),
            _ => match (variable("AWS_WEB_IDENTITY_TOKEN_FILE"), variable("AWS_ROLE_ARN")) {
                (Some(file), Some(arn)) => {
                    let session = variable("AWS_ROLE_SESSION_NAME").unwrap_or("strata");
                    let form = with_token(arn, session, file, asking)?;
                    Ok(Keys::of(endpoint.ask(&form, None, asking)?))
                }
                _ => Err(Failure::NoBase),
            },
        }
    }

    /// The base credentials of the environment.
    pub(crate) fn of_environment(asking: &Asking) -> Result<Keys, Failure> {
        Keys::base(&Endpoint::within(None, asking), asking)
    }

    /// A session of a role that may do no more than a policy says.
    pub(crate) fn session(
        &self,
        arn: &str,
        policy: &str,
        asking: &Asking,
    ) -> Result<Keys, Failure> {
        let form = Form::new("AssumeRole")
            .with("RoleArn", arn)
            .with("RoleSessionName", &session_name("strata-derive"))
            .with("Policy", policy);
        Ok(Keys::of(Endpoint::within(None, asking).ask(&form, Some(self), asking)?))
    }

    /// The account that the keys are of.
    pub(crate) fn account(&self, asking: &Asking) -> Result<String, Failure> {
        let form = Form::new("GetCallerIdentity");
        let response = Endpoint::within(None, asking).post(&form, Some(self), asking)?;
        let text = String::from_utf8_lossy(&response.body);
        let told = sts::element(&text, "Account").filter(|_| response.status == 200);
        told.ok_or_else(|| {
            let unreadable = Refusal {
                code: format!("status {}", response.status),
                message: "it does not tell the account".into(),
            };
            Failure::Refused(
                sts::answer(response.status, &response.body).err().unwrap_or(unreadable),
            )
        })
    }

    /// As what signs.
    pub(crate) fn signer(&self) -> sign::Signer<'_> {
        sign::Signer {
            access_key: &self.access_key,
            secret_key: &self.secret_key.0,
            session_token: self.session_token.as_ref().map(|token| token.0.as_str()),
        }
    }

    fn of(issued: Issued) -> Keys {
        let Issued { access_key, secret_key, session_token, .. } = issued;
        Keys { access_key, secret_key, session_token: Some(session_token) }
    }
}
