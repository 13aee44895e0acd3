# METADATA
# title: Object stores are not public
# description: >-
#   No bucket or container lets everybody in: by an ACL, a policy, a binding, or a block against public access that is switched off.
package strata.starter.public_buckets

import data.strata.starter.lib
import rego.v1

open_acls := {"public-read", "public-read-write", "authenticated-read", "website"}

everybody := {"allUsers", "allAuthenticatedUsers"}

blocks := {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}

all_users := {
	"http://acs.amazonaws.com/groups/global/AllUsers",
	"http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}

deny contains {"address": address, "msg": sprintf("%s opens the bucket to everybody: acl = %q", [address, after.acl])} if {
	some [address, after] in lib.objects({"aws_s3_bucket", "aws_s3_bucket_acl"})
	after.acl in open_acls
}

deny contains {"address": address, "msg": sprintf("%s grants %s to everybody", [address, grant.permission])} if {
	some [address, after] in lib.objects({"aws_s3_bucket_acl"})
	some policy in after.access_control_policy
	some grant in policy.grant
	some grantee in grant.grantee
	grantee.uri in all_users
}

deny contains {"address": address, "msg": sprintf("%s switches off %s", [address, name])} if {
	some [address, after] in lib.objects({"aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"})
	some name in blocks
	after[name] == false
}

deny contains {"address": address, "msg": sprintf("%s allows %v to everybody, without a condition", [address, statement.Action])} if {
	some [address, after] in lib.objects({"aws_s3_bucket_policy"})
	some statement in lib.allowed(after.policy)
	anybody(statement.Principal)
	not statement.Condition
}

deny contains {"address": address, "msg": sprintf("%s lets its containers be made public", [address])} if {
	some [address, after] in lib.objects({"azurerm_storage_account"})
	after.allow_nested_items_to_be_public == true
}

deny contains {"address": address, "msg": sprintf("%s is public: container_access_type = %q", [address, after.container_access_type])} if {
	some [address, after] in lib.objects({"azurerm_storage_container"})
	after.container_access_type in {"blob", "container"}
}

deny contains {"address": address, "msg": sprintf("%s gives %s to %s", [address, after.role, after.member])} if {
	some [address, after] in lib.objects({"google_storage_bucket_iam_member"})
	after.member in everybody
}

deny contains {"address": address, "msg": sprintf("%s gives %s to %s", [address, after.role, member])} if {
	some [address, after] in lib.objects({"google_storage_bucket_iam_binding"})
	some member in after.members
	member in everybody
}

deny contains {"address": address, "msg": sprintf("%s lets %s in", [address, after.entity])} if {
	some [address, after] in lib.objects({
		"google_storage_bucket_access_control",
		"google_storage_default_object_access_control",
	})
	after.entity in everybody
}

anybody(principal) if principal == "*"

anybody(principal) if {
	some one in lib.listed(principal.AWS)
	one == "*"
}
