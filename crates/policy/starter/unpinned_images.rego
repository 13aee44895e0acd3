# METADATA
# title: Images and charts have versions
# description: >-
#   A container's image names a tag other than latest, or a digest; a chart from a repository names its version.
package strata.starter.unpinned_images

import data.strata.starter.lib
import rego.v1

# The specs of pods that an object of Kubernetes holds: its own, its template's, or that of its jobs.
pods(after) := array.concat(
	[pod | some pod in after.spec],
	array.concat(
		[pod | some spec in after.spec; some template in spec.template; some pod in template.spec],
		[pod |
			some spec in after.spec
			some job in spec.job_template
			some of_job in job.spec
			some template in of_job.template
			some pod in template.spec
		],
	),
)

images contains [change.address, container.image] if {
	some change in lib.made
	startswith(change.type, "kubernetes_")
	some pod in pods(change.change.after)
	some kind in {"container", "init_container"}
	some container in pod[kind]
}

images contains [address, container.image] if {
	some [address, after] in lib.objects({"aws_ecs_task_definition"})
	some container in json.unmarshal(after.container_definitions)
}

# Container services of Azure and Google Cloud: a template, and a template in a template.
images contains [address, container.image] if {
	some [address, after] in lib.objects({
		"azurerm_container_app", "azurerm_container_app_job", "google_cloud_run_v2_job", "google_cloud_run_v2_service",
	})
	some template in array.concat(after.template, [inner | some outer in after.template; some inner in outer.template])
	some kind in {"container", "containers", "init_container"}
	some container in template[kind]
}

deny contains {"address": address, "msg": sprintf("%s runs %s, which names no fixed version", [address, image])} if {
	some [address, image] in images
	not pinned(image)
}

# A digest.
pinned(image) if regex.match(`@sha256:[0-9a-f]{64}$`, image)

# A tag after the last slash: before it a colon is a port's.
pinned(image) if {
	parts := split(image, "/")
	tagged := split(parts[count(parts) - 1], ":")
	count(tagged) == 2
	tagged[1] != "latest"
}

deny contains {"address": address, "msg": sprintf("%s names no version of its chart", [address])} if {
	some [address, after] in lib.objects({"helm_release"})
	is_string(after.repository)
	not versioned(after)
}

versioned(release) if release.version != null
