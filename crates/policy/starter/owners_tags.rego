# METADATA
# title: Everything says whose it is
# description: >-
#   What can be tagged has a tag (AWS, Azure) or a label (Google Cloud) that names its owner.
package strata.starter.owners_tags

import data.strata.starter.lib
import rego.v1

# Those that `values = { owner_tags = [...] }` of the policy block names, where it does.
default names := ["owner", "Owner", "team", "Team"]

names := input.strata.values.owner_tags

# Where the tags of an object stand, all of them: with those that its provider adds.
places := {"aws_": "tags_all", "azurerm_": "tags", "google_": "effective_labels"}

warn contains {"address": change.address, "msg": sprintf("%s has no tag or label that names its owner", [change.address])} if {
	some change in lib.made
	some prefix, place in places
	startswith(change.type, prefix)
	tags := object.get(change.change.after, place, "not taggable")
	tags != "not taggable"
	not named(tags)
}

named(tags) if {
	some name in names
	tags[name] != ""
}
