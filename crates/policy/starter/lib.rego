# What the starter policies share: which objects a plan makes or changes, and how documents in strings are read.
#
# Objects that a plan leaves as they are, or destroys, are nobody's fault in it: they are passed over.
package strata.starter.lib

import rego.v1

# The changes that leave an object behind them which this plan has made or changed.
made contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	some action in change.change.actions
	action in {"create", "update"}
}

# What objects of these types are to be: pairs of address and attributes.
objects(types) := {[change.address, change.change.after] |
	some change in made
	change.type in types
}

# One or many, as a list: policy documents allow both.
listed(one) := one if is_array(one)

listed(one) := [one] if not is_array(one)

# The statements of an AWS policy document that allow something.
allowed(text) := [statement |
	some statement in listed(json.unmarshal(text).Statement)
	statement.Effect == "Allow"
]

everywhere := {"0.0.0.0/0", "::/0"}
