//! The embedded overlays fit the embedded schemas.

use provider::Wanted;
use run::cloud::Cloud;
use schema::version::Constraints;
use schema::version::{Dialect, Version};
use sim::{MemoryRows, Overlays, Rehearsal, SchemaSources, Settings};
use std::sync::Arc;

#[test]
fn every_overlay_fits_a_version_of_its_provider() {
    let overlays = Overlays::embedded();
    let settings = Settings { schemas: SchemaSources::embedded(), ..Settings::default() };
    let rehearsal = Rehearsal::open(settings, Arc::new(MemoryRows::new())).unwrap();
    let mut wrong: Vec<String> = Vec::new();
    for (provider, overlay) in overlays.iter() {
        let address = format!("registry.opentofu.org/{provider}").parse().unwrap();
        let name = provider.rsplit('/').next().unwrap();
        let versions: Vec<String> = sim::schemas::DOCUMENTS
            .iter()
            .filter_map(|(file, _)| {
                let (of, version) = file.strip_suffix(".json.gz")?.rsplit_once('-')?;
                (of == name).then(|| version.to_owned())
            })
            .collect();
        assert!(!versions.is_empty(), "{provider} has an overlay and no schema");
        // What misfits every version is wrong; what one of them has is for that one.
        let mut common: Option<Vec<String>> = None;
        for version in versions {
            Version::parse(&version).unwrap();
            let constraints = Constraints::parse(&version, Dialect::Provider).unwrap();
            let schema = rehearsal.schemas("", &address, &constraints, &Wanted::All).unwrap();
            let misfits = sim::overlay::misfits(overlay, &schema).into_iter();
            let misfits: Vec<String> = misfits.map(|one| one.text).collect();
            common = Some(match common {
                None => misfits,
                Some(before) => before.into_iter().filter(|one| misfits.contains(one)).collect(),
            });
        }
        wrong.extend(common.unwrap_or_default());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
