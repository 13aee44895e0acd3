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

# Every module call, however deep, with its path.
calls contains [concat(".", [step | some i; step := path[i]; is_string(step)]), call] if {
	walk(input.configuration.root_module, [path, call])
	count(path) >= 2
	path[count(path) - 2] == "module_calls"
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
