//! The starter set: policies that are in the program.
//!
//! Their files stand in `starter/`; what they share in `lib.rego`. Invariant: each part stands alone beside `lib.rego`.

use crate::bundle::BundleFile;

/// The parts, and what each is about.
pub const PARTS: &[(&str, &str)] = &[
    ("public-buckets", "object stores that let everybody in"),
    (
        "open-security-groups",
        "firewalls and security groups that let the internet in, but to the web's ports",
    ),
    ("unencrypted-stores", "databases, volumes, file systems and caches that are not encrypted"),
    ("owners-tags", "objects without a tag or a label that names their owner"),
    ("admin-policies", "policies, roles and bindings that give all rights"),
    ("unpinned-images", "images and charts without a fixed version"),
    ("pins", "providers and modules without a version"),
];

/// The files of a part; none where there is no such part.
pub fn starter(part: &str) -> Option<Vec<BundleFile>> {
    let text = match part {
        "public-buckets" => include_str!("../starter/public_buckets.rego"),
        "open-security-groups" => include_str!("../starter/open_security_groups.rego"),
        "unencrypted-stores" => include_str!("../starter/unencrypted_stores.rego"),
        "owners-tags" => include_str!("../starter/owners_tags.rego"),
        "admin-policies" => include_str!("../starter/admin_policies.rego"),
        "unpinned-images" => include_str!("../starter/unpinned_images.rego"),
        "pins" => include_str!("../starter/pins.rego"),
        _ => return None,
    };
    let file = |name: String, text: &str| BundleFile { name: name.into(), text: text.into() };
    let shared = include_str!("../starter/lib.rego");
    Some(vec![
        file(format!("{}.rego", part.replace('-', "_")), text),
        file("lib.rego".to_owned(), shared),
    ])
}
