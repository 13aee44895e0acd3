# METADATA
# title: Nobody may do everything
# description: >-
#   No policy, role or binding of a change gives all rights: administrators are made in one place, by exception.
package strata.starter.admin_policies

import data.strata.starter.lib
import rego.v1

documents := {
	"aws_iam_group_policy", "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy",
	"aws_ssoadmin_permission_set_inline_policy",
}

attachments := {
	"aws_iam_group_policy_attachment", "aws_iam_policy_attachment", "aws_iam_role_policy_attachment",
	"aws_iam_user_policy_attachment", "aws_ssoadmin_managed_policy_attachment",
}

deny contains {"address": address, "msg": sprintf("%s allows every action on everything", [address])} if {
	some [address, after] in lib.objects(documents)
	some text in {after[name] | some name in {"policy", "inline_policy"}; is_string(after[name])}
	some statement in lib.allowed(text)
	some action in lib.listed(statement.Action)
	action in {"*", "*:*"}
	some resource in lib.listed(statement.Resource)
	resource == "*"
}

deny contains {"address": address, "msg": sprintf("%s attaches %s", [address, arn])} if {
	some [address, after] in lib.objects(attachments)
	some name in {"policy_arn", "managed_policy_arn"}
	arn := after[name]
	endswith(arn, ":policy/AdministratorAccess")
}

deny contains {"address": address, "msg": sprintf("%s gives %q on %s", [address, after.role_definition_name, after.scope])} if {
	some [address, after] in lib.objects({"azurerm_role_assignment"})
	after.role_definition_name in {"Owner", "User Access Administrator", "Role Based Access Control Administrator"}
	wide(after.scope)
}

# A subscription, a management group or all of them, but no group of resources.
wide(scope) if regex.match(`^/(subscriptions/[^/]+/?)?$`, scope)

wide(scope) if startswith(lower(scope), "/providers/microsoft.management/")

deny contains {"address": address, "msg": sprintf("%s gives %s", [address, after.role])} if {
	some [address, after] in lib.objects({
		"google_folder_iam_binding", "google_folder_iam_member",
		"google_organization_iam_binding", "google_organization_iam_member",
		"google_project_iam_binding", "google_project_iam_member",
	})
	after.role in {"roles/owner", "roles/editor"}
}

deny contains {"address": address, "msg": sprintf("%s binds cluster-admin", [address])} if {
	some [address, after] in lib.objects({
		"kubernetes_cluster_role_binding", "kubernetes_cluster_role_binding_v1",
		"kubernetes_role_binding", "kubernetes_role_binding_v1",
	})
	some role in after.role_ref
	role.kind == "ClusterRole"
	role.name == "cluster-admin"
}

deny contains {"address": address, "msg": sprintf("%s lets every verb be used on every resource", [address])} if {
	some [address, after] in lib.objects({"kubernetes_cluster_role", "kubernetes_cluster_role_v1"})
	some rule in after.rule
	"*" in rule.verbs
	"*" in rule.resources
}
