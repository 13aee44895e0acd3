# METADATA
# title: Providers and modules have versions
# description: >-
#   Each provider that a root module configures has a constraint on its version; each module from elsewhere has a version, or a commit or
#   tag of its repository.
package strata.starter.pins

import rego.v1

warn contains {"address": "", "msg": sprintf("provider %s has no version constraint", [name])} if {
	some name, provider in input.configuration.provider_config
	not contains(name, ":")
	not startswith(provider.full_name, "terraform.io/builtin/")
	not provider.version_constraint
}

# The module calls of a module.
called(module) := object.get(module, "module_calls", {})

# Module calls with their paths, four deep.
calls contains [name, call] if some name, call in called(input.configuration.root_module)

calls contains [concat(".", [a, b]), call] if {
	some a, first in called(input.configuration.root_module)
	some b, call in called(first.module)
}

calls contains [concat(".", [a, b, c]), call] if {
	some a, first in called(input.configuration.root_module)
	some b, second in called(first.module)
	some c, call in called(second.module)
}

calls contains [concat(".", [a, b, c, d]), call] if {
	some a, first in called(input.configuration.root_module)
	some b, second in called(first.module)
	some c, third in called(second.module)
	some d, call in called(third.module)
}

warn contains {"address": "", "msg": sprintf("module %q of %s names no version", [path, call.source])} if {
	some [path, call] in calls
	elsewhere(call.source)
	not fixed(call)
}

elsewhere(source) if {
	not startswith(source, "./")
	not startswith(source, "../")
}

# A registry's.
fixed(call) if call.version_constraint

# A repository's.
fixed(call) if regex.match(`[?&]ref=[^&]+`, call.source)
