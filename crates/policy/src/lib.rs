//! Policies of an estate, written in Rego, over the document of a plan: what they find, and what they cannot decide yet.
