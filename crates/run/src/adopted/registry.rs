//! Providers in states that Terraform wrote: their names in its registry stand for those in OpenTofu's, as `tofu` reads
//! such states.
//!
//! Invariant: nothing but the host of a provider is changed, and not where the root module itself names that registry.

use std::path::Path;

use addr::{AbsResource, DEFAULT_HOST};
use host::Files;
use state::{Resource, State};

/// The registry of Terraform.
const OTHER_HOST: &str = "registry.terraform.io";
/// Longest file of a root module that is looked into, in bytes.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// Whether the files of a root module name that registry.
pub(super) fn is_named(files: Files, dir: &Path) -> bool {
    let names = files.list(dir).unwrap_or_default();
    let code = names.iter().filter(|name| name.contains(".tf") && !name.contains(".tfstate"));
    code.map(|name| files.read_up_to(&dir.join(name), TEXT_BYTES_MAX))
        .any(|bytes| bytes.is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(OTHER_HOST)))
}

/// The state with these providers under OpenTofu's registry.
pub(super) fn translated(mut state: State) -> State {
    let is_other = |resource: &Resource| &*resource.provider.provider.host == OTHER_HOST;
    let others: Vec<(AbsResource, Resource)> = state
        .resources()
        .filter(|(_, resource)| is_other(resource))
        .map(|(address, resource)| (address.clone(), resource.clone()))
        .collect();
    for (address, mut resource) in others {
        resource.provider.provider.host = DEFAULT_HOST.into();
        state.put_resource(address, resource);
    }
    state
}

#[cfg(test)]
mod tests {
    use state::v4;

    use super::*;

    #[test]
    fn providers_of_the_other_registry_are_ours() {
        let text = |host: &str| {
            format!(
                r#"{{"version":4,"terraform_version":"1.5.7","serial":3,"lineage":"l","outputs":{{}},"resources":[{{"mode":"managed","type":"random_pet","name":"it","provider":"provider[\"{host}/hashicorp/random\"]","instances":[{{"schema_version":0,"attributes":{{"id":"x"}}}}]}}]}}"#
            )
        };
        let read = |host: &str| v4::read(text(host).as_bytes()).expect("a state");
        let ours = read(DEFAULT_HOST);
        assert!(v4::same_content(&translated(read(OTHER_HOST)), &ours));
        assert!(v4::same_content(&translated(ours.clone()), &ours));
        assert!(!v4::same_content(&translated(read("example.com")), &ours));
    }
}
