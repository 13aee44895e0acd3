# METADATA
# title: What is stored is encrypted
# description: >-
#   Databases, volumes, file systems and caches are encrypted at rest, and databases take no connection in the clear.
package strata.starter.unencrypted_stores

import data.strata.starter.lib
import rego.v1

# The argument that encrypts, by type. One that is not there, null or false does not.
switches := {
	"aws_db_instance": "storage_encrypted",
	"aws_docdb_cluster": "storage_encrypted",
	"aws_ebs_volume": "encrypted",
	"aws_efs_file_system": "encrypted",
	"aws_elasticache_replication_group": "at_rest_encryption_enabled",
	"aws_neptune_cluster": "storage_encrypted",
	"aws_rds_cluster": "storage_encrypted",
	"aws_redshift_cluster": "encrypted",
	"azurerm_mssql_database": "transparent_data_encryption_enabled",
	"azurerm_storage_account": "https_traffic_only_enabled",
}

deny contains {"address": change.address, "msg": sprintf("%s is not encrypted: %s is not true", [change.address, name])} if {
	some change in lib.made
	name := switches[change.type]
	not is_on(change.change.after, name)
}

deny contains {"address": address, "msg": sprintf("%s has a disk that is not encrypted", [address])} if {
	some [address, after] in lib.objects({"aws_instance", "aws_launch_template"})
	some name in {"root_block_device", "ebs_block_device"}
	some disk in after[name]
	not is_on(disk, "encrypted")
}

deny contains {"address": address, "msg": sprintf("%s takes connections in the clear", [address])} if {
	some [address, after] in lib.objects({"google_sql_database_instance"})
	some settings in after.settings
	some network in settings.ip_configuration
	network.ssl_mode == "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
}

is_on(object_, name) if object_[name] == true

# The provider takes these as texts, too.
is_on(object_, name) if object_[name] == "true"
