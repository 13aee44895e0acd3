//! Who may do what: policies, bindings and trust of clouds and clusters, evaluated by their published rules.

pub mod derive;
