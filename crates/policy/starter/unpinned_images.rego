# METADATA
# title: Images and charts have versions
# description: >-
#   A container's image names a tag other than latest, or a digest; a chart from a repository names its version.
package strata.starter.unpinned_images

import data.strata.starter.lib
import rego.v1

# Where containers stand in objects of Kubernetes and of container services.
images contains [change.address, image] if {
	some change in lib.made
	startswith(change.type, "kubernetes_")
	walk(change.change.after, [path, image])
	path[count(path) - 1] == "image"
	containers(path)
}

images contains [address, image] if {
	some [address, after] in lib.objects({"aws_ecs_task_definition"})
	some container in json.unmarshal(after.container_definitions)
	image := container.image
}

images contains [address, image] if {
	some [address, after] in lib.objects({
		"azurerm_container_app", "azurerm_container_app_job", "google_cloud_run_v2_job", "google_cloud_run_v2_service",
	})
	walk(after.template, [path, image])
	path[count(path) - 1] == "image"
}

containers(path) if {
	some step in path
	step in {"container", "init_container"}
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
