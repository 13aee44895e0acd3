//! Launches whose calls to AWS go to a recorder instead, which signs them itself.
//!
//! Invariant: a process that is recorded has no credentials of AWS but those that the recorder takes, and nothing in its
//! environment that names another endpoint of AWS.

use std::sync::Arc;

use provider::{Launch, Purpose};

use super::changes::Changes;
use super::identities::Under;
use super::kind::Kind;

/// Where what is recorded goes.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The recorder's address for processes that plan.
    pub plan_url: String,
    /// Its address for processes that apply.
    pub apply_url: String,
    /// The key that it knows its own by: not of AWS, and good for nothing but the recorder.
    pub access_key: String,
}

impl Recorded {
    /// Puts launches of AWS, and of what asks AWS for tokens, before the recorder.
    pub(super) fn over(&self, mut under: Under, purpose: Purpose) -> Under {
        for (addr, launch) in &mut under.launches {
            if matches!(Kind::of_provider(addr), Some(Kind::Aws | Kind::Kubernetes)) {
                *launch = self.launch(launch, purpose);
            }
        }
        under
    }

    fn launch(&self, launch: &Launch, purpose: Purpose) -> Launch {
        let url = match purpose {
            Purpose::Plan => &self.plan_url,
            Purpose::Apply => &self.apply_url,
        };
        let elsewhere =
            |name: &str| name.starts_with("AWS_ENDPOINT_URL") || name == "AWS_CA_BUNDLE";
        let kept: Vec<(String, String)> =
            launch.environment.iter().filter(|(name, _)| !elsewhere(name)).cloned().collect();
        let changes = Changes::without(Kind::Aws.base_variables())
            .set("AWS_ENDPOINT_URL", url)
            .set("AWS_ACCESS_KEY_ID", &self.access_key)
            .set("AWS_SECRET_ACCESS_KEY", &self.access_key)
            .set("AWS_CONFIG_FILE", "/dev/null")
            .set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .set("AWS_EC2_METADATA_DISABLED", "true");
        Launch {
            environment: changes.apply(&kept),
            identity: Arc::from(format!("{} recorded", launch.identity)),
            purpose,
            ..launch.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_recorded_knows_no_other_way() {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "real"),
            ("AWS_SESSION_TOKEN", "real"),
            ("AWS_ENDPOINT_URL_S3", "http://elsewhere"),
            ("AWS_REGION", "r"),
        ];
        let launch = Launch {
            provider: "hashicorp/aws".into(),
            binary: "/b".into(),
            working_dir: "/w".into(),
            sharing: provider::Sharing::AnyFolder,
            environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            identity: "".into(),
            purpose: Purpose::Plan,
        };
        let recorded = Recorded {
            plan_url: "http://p".into(),
            apply_url: "http://a".into(),
            access_key: "own".into(),
        };
        let addr = |name: &str| format!("hashicorp/{name}").parse().expect("a provider");
        let launches =
            BTreeMap::from([(addr("aws"), launch.clone()), (addr("random"), launch.clone())]);
        let under = recorded.over(Under { launches, absent: Vec::new() }, Purpose::Apply);
        let seen: BTreeMap<String, String> =
            under.launches[&addr("aws")].environment.iter().cloned().collect();
        assert_eq!(seen["AWS_ENDPOINT_URL"], "http://a");
        assert_eq!((seen["AWS_ACCESS_KEY_ID"].as_str(), seen["AWS_REGION"].as_str()), ("own", "r"));
        assert!(
            !seen.contains_key("AWS_SESSION_TOKEN") && !seen.contains_key("AWS_ENDPOINT_URL_S3")
        );
        assert_eq!(under.launches[&addr("random")].environment, launch.environment);
    }
}
