# METADATA
# title: Nothing but the web is open to everybody
# description: >-
#   No rule of a firewall or security group lets the whole internet in, but to the ports 80 and 443.
package strata.starter.open_security_groups

import data.strata.starter.lib
import rego.v1

web := {80, 443}

# Whether a range of ports is one of the web's; -1 stands for all.
is_web(from, to) if {
	from == to
	from in web
}

deny contains {"address": address, "msg": message(address, rule.from_port, rule.to_port, cidr)} if {
	some [address, after] in lib.objects({"aws_security_group", "aws_default_security_group"})
	some rule in after.ingress
	some cidr in array.concat(list(rule, "cidr_blocks"), list(rule, "ipv6_cidr_blocks"))
	cidr in lib.everywhere
	not is_web(rule.from_port, rule.to_port)
}

deny contains {"address": address, "msg": message(address, after.from_port, after.to_port, cidr)} if {
	some [address, after] in lib.objects({"aws_security_group_rule"})
	after.type == "ingress"
	some cidr in array.concat(list(after, "cidr_blocks"), list(after, "ipv6_cidr_blocks"))
	cidr in lib.everywhere
	not is_web(after.from_port, after.to_port)
}

deny contains {"address": address, "msg": message(address, object.get(after, "from_port", "all"), object.get(after, "to_port", "all"), cidr)} if {
	some [address, after] in lib.objects({"aws_vpc_security_group_ingress_rule"})
	some name in {"cidr_ipv4", "cidr_ipv6"}
	cidr := after[name]
	cidr in lib.everywhere
	not is_web(after.from_port, after.to_port)
}

any_source := {"*", "Internet", "Any", "0.0.0.0/0", "::/0"}

azure_rules contains [address, after] if {
	some [address, after] in lib.objects({"azurerm_network_security_rule"})
}

azure_rules contains [address, rule] if {
	some [address, after] in lib.objects({"azurerm_network_security_group"})
	some rule in after.security_rule
}

deny contains {"address": address, "msg": sprintf("%s lets %s in to port %s", [address, source, port])} if {
	some [address, rule] in azure_rules
	lower(rule.direction) == "inbound"
	lower(rule.access) == "allow"
	some source in array.concat(one(rule, "source_address_prefix"), list(rule, "source_address_prefixes"))
	source in any_source
	some port in array.concat(one(rule, "destination_port_range"), list(rule, "destination_port_ranges"))
	not port in {"80", "443"}
}

deny contains {"address": address, "msg": sprintf("%s lets %s in to %s %v", [address, source, rule.protocol, ports])} if {
	some [address, after] in lib.objects({"google_compute_firewall"})
	object.get(after, "direction", "INGRESS") != "EGRESS"
	some source in after.source_ranges
	source in lib.everywhere
	some rule in after.allow
	ports := list(rule, "ports")
	not all_web(ports)
}

all_web(ports) if {
	count(ports) > 0
	every port in ports {
		port in {"80", "443"}
	}
}

# What a list holds: nothing where it is null or not there.
list(object_, name) := object_[name] if is_array(object_[name])

list(object_, name) := [] if not is_array(object_[name])

one(object_, name) := [object_[name]] if is_string(object_[name])

one(object_, name) := [] if not is_string(object_[name])

message(address, from, to, cidr) := sprintf("%s lets %s in to ports %v to %v", [address, cidr, from, to])
