//! A key of AWS KMS that signs heads: its public half is asked for, its private half never leaves the service.
//!
//! Invariant: what the service signed was verified before it is used.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guard::heads::{OutsideKey, Scheme};
use host::Host;
use serde_json::{Value as Json, json};

use super::aws::{Call, said, send};
use crate::credentials::asking::Asking;

/// A key of KMS.
pub struct KmsKey {
    asking: Asking,
    arn: Arc<str>,
    public: OutsideKey,
}

impl KmsKey {
    /// Asks for the public half of the key with this ARN (a key's or an alias').
    ///
    /// # Errors
    /// Where the service does not give it, or it is of a kind that SSH does not know; for people.
    pub fn find(host: &Host, dir: &Path, arn: &str) -> Result<KmsKey, String> {
        let asking = Asking::new(host, dir);
        let answer = ask(&asking, arn, "GetPublicKey", &json!({ "KeyId": arn }))?;
        let public = bytes(&answer, "PublicKey").ok_or("its answer has no public key")?;
        let public = OutsideKey::of_der(&public).map_err(|error| error.to_string())?;
        Ok(KmsKey { asking, arn: arn.into(), public })
    }

    /// The ARN that it was asked for by.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The fingerprint of its public half, as `SHA256:...`.
    pub fn fingerprint(&self) -> Arc<str> {
        self.public.fingerprint()
    }

    /// The line of a file of sealers that lets it sign heads.
    pub fn line(&self) -> String {
        self.public.line("kms")
    }

    /// Signs a head's document; gives the armoured signature.
    ///
    /// # Errors
    /// Where the service does not sign, or signs something else; for people.
    pub fn sign(&self, document: &str) -> Result<String, String> {
        let algorithm = match self.public.scheme() {
            Scheme::EcdsaSha256 => "ECDSA_SHA_256",
            Scheme::EcdsaSha384 => "ECDSA_SHA_384",
            Scheme::RsaSha512 => "RSASSA_PKCS1_V1_5_SHA_512",
        };
        let request = json!({
            "KeyId": &*self.arn,
            "Message": STANDARD.encode(OutsideKey::to_sign(document)),
            "MessageType": "RAW",
            "SigningAlgorithm": algorithm,
        });
        let answer = ask(&self.asking, &self.arn, "Sign", &request)?;
        let signed = bytes(&answer, "Signature").ok_or("its answer has no signature")?;
        self.public.armoured(document, &signed).map_err(|error| error.to_string())
    }
}

fn bytes(answer: &Json, name: &str) -> Option<Vec<u8>> {
    STANDARD.decode(answer.get(name)?.as_str()?).ok()
}

fn ask(asking: &Asking, arn: &str, action: &str, request: &Json) -> Result<Json, String> {
    let body = request.to_string();
    let headers = [
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("x-amz-target", format!("TrentService.{action}")),
    ];
    let answer = send(
        asking,
        &Call {
            service: "kms",
            region: arn.split(':').nth(3),
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        },
    )?;
    if answer.status != 200 {
        return Err(said(&answer));
    }
    serde_json::from_slice(&answer.body).map_err(|_| "its answer cannot be read".to_owned())
}
