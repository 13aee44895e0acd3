# What each stack's accounts may do: `read` for planning, `read` and `write` for applying.

locals {
  keys = {
    read = [
      "cloudkms.keyRings.get", "cloudkms.cryptoKeys.get", "cloudkms.cryptoKeys.getIamPolicy",
      "cloudkms.cryptoKeyVersions.list",
    ]
    write = [
      "cloudkms.keyRings.create", "cloudkms.cryptoKeys.create", "cloudkms.cryptoKeys.update",
      "cloudkms.cryptoKeys.setIamPolicy",
    ]
  }

  # A cluster is found by all who must; what they do inside is the cluster's own to say.
  in_cluster = { read = ["container.clusters.get", "container.clusters.connect"], write = [] }

  grants = {
    network = {
      read = [
        "compute.networks.get", "compute.subnetworks.get", "compute.routers.get", "compute.addresses.get",
        "compute.globalAddresses.get", "compute.firewallPolicies.get", "compute.globalOperations.get",
        "compute.regionOperations.get", "servicenetworking.services.get", "dns.managedZones.get",
        "dns.resourceRecordSets.list", "dns.policies.get",
      ]
      write = [
        "compute.networks.create", "compute.networks.update", "compute.networks.updatePolicy", "compute.networks.use",
        "compute.networks.delete", "compute.networks.addPeering", "compute.networks.removePeering",
        "compute.networks.setFirewallPolicy", "compute.subnetworks.create", "compute.subnetworks.update",
        "compute.subnetworks.delete", "compute.subnetworks.use", "compute.subnetworks.setPrivateIpGoogleAccess",
        "compute.routers.create", "compute.routers.update", "compute.routers.delete", "compute.routers.use",
        "compute.addresses.create", "compute.addresses.delete", "compute.addresses.use",
        "compute.globalAddresses.createInternal", "compute.globalAddresses.deleteInternal",
        "compute.globalAddresses.use", "compute.firewallPolicies.create", "compute.firewallPolicies.update",
        "compute.firewallPolicies.delete", "compute.firewallPolicies.use", "servicenetworking.services.addPeering",
        "servicenetworking.services.deleteConnection", "dns.managedZones.create", "dns.managedZones.update",
        "dns.managedZones.delete", "dns.changes.create", "dns.changes.get", "dns.networks.bindPrivateDNSZone",
        "dns.resourceRecordSets.create", "dns.resourceRecordSets.update", "dns.resourceRecordSets.delete",
        "dns.policies.create", "dns.policies.update", "dns.policies.delete", "dns.networks.bindPrivateDNSPolicy",
      ]
    }

    dns-parent = local.zones
    dns        = local.zones

    database = {
      read = concat(local.keys.read, [
        "cloudsql.instances.get", "cloudsql.databases.get", "cloudsql.users.list", "cloudsql.users.get",
        "secretmanager.secrets.get", "secretmanager.secrets.getIamPolicy",
      ])
      write = concat(local.keys.write, [
        "cloudsql.instances.create", "cloudsql.instances.update", "cloudsql.instances.delete",
        "cloudsql.databases.create", "cloudsql.databases.update", "cloudsql.databases.delete",
        "cloudsql.users.create", "cloudsql.users.update", "cloudsql.users.delete", "compute.networks.use",
        "secretmanager.secrets.create", "secretmanager.secrets.update", "secretmanager.secrets.delete",
      ])
    }

    machines = {
      read = concat(local.keys.read, [
        "compute.instanceTemplates.get", "compute.instanceGroupManagers.get", "compute.instanceGroups.get",
        "compute.autoscalers.get", "compute.healthChecks.get", "compute.regionHealthChecks.get",
        "compute.images.getFromFamily", "compute.images.get", "compute.projects.get", "compute.regionOperations.get",
        "compute.globalOperations.get", "iam.serviceAccounts.get", "iam.serviceAccounts.getIamPolicy",
      ])
      write = concat(local.keys.write, [
        "compute.instanceTemplates.create", "compute.instanceTemplates.delete",
        "compute.instanceTemplates.useReadOnly", "compute.instanceGroupManagers.create",
        "compute.instanceGroupManagers.update", "compute.instanceGroupManagers.delete",
        "compute.instanceGroupManagers.use", "compute.autoscalers.create", "compute.autoscalers.update",
        "compute.autoscalers.delete", "compute.regionHealthChecks.create", "compute.regionHealthChecks.update",
        "compute.regionHealthChecks.delete", "compute.regionHealthChecks.useReadOnly", "compute.instances.create",
        "compute.instances.delete", "compute.instances.setMetadata", "compute.instances.setLabels",
        "compute.instances.setServiceAccount", "compute.disks.create", "compute.subnetworks.use",
        "compute.images.useReadOnly", "compute.projects.setCommonInstanceMetadata", "iam.serviceAccounts.create",
        "iam.serviceAccounts.update", "iam.serviceAccounts.delete", "iam.serviceAccounts.actAs",
        "iam.serviceAccounts.setIamPolicy",
      ])
    }

    registry = {
      read = concat(local.keys.read, ["artifactregistry.repositories.get", "artifactregistry.repositories.getIamPolicy"])
      write = concat(local.keys.write, [
        "artifactregistry.repositories.create", "artifactregistry.repositories.update",
        "artifactregistry.repositories.delete", "artifactregistry.repositories.setIamPolicy",
      ])
    }

    pipeline = {
      read = concat(local.keys.read, local.datasets.read, [
        "pubsub.schemas.get", "pubsub.topics.get", "pubsub.topics.getIamPolicy", "pubsub.subscriptions.get",
        "pubsub.subscriptions.getIamPolicy",
      ])
      write = concat(local.keys.write, local.datasets.write, [
        "pubsub.schemas.create", "pubsub.schemas.commit", "pubsub.schemas.attach", "pubsub.schemas.delete",
        "pubsub.topics.create", "pubsub.topics.update", "pubsub.topics.delete", "pubsub.topics.setIamPolicy",
        "pubsub.topics.attachSubscription", "pubsub.subscriptions.create", "pubsub.subscriptions.update",
        "pubsub.subscriptions.delete", "pubsub.subscriptions.setIamPolicy",
      ])
    }

    warehouse = {
      read  = concat(local.keys.read, local.datasets.read)
      write = concat(local.keys.write, local.datasets.write, ["bigquery.tables.getData"]) # who makes a view must be able to read what it shows
    }

    cluster = {
      read = concat(local.keys.read, [
        "container.clusters.get", "container.operations.get", "iam.serviceAccounts.get",
        "iam.serviceAccounts.getIamPolicy", "dns.managedZones.get", "dns.managedZones.getIamPolicy",
        "resourcemanager.projects.getIamPolicy",
      ])
      write = concat(local.keys.write, [
        "container.clusters.create", "container.clusters.update", "container.clusters.delete",
        "container.clusters.getCredentials", "compute.networks.use", "compute.subnetworks.use",
        "compute.subnetworks.get", "iam.serviceAccounts.actAs", "iam.serviceAccounts.setIamPolicy",
        "dns.managedZones.setIamPolicy",
      ])
    }

    cluster-base = local.in_cluster
    mesh         = local.in_cluster
    orders       = local.in_cluster
    search       = local.in_cluster

    secrets = {
      read  = concat(local.in_cluster.read, ["secretmanager.secrets.getIamPolicy"])
      write = ["secretmanager.secrets.setIamPolicy"]
    }

    observability = {
      read = concat(local.in_cluster.read, local.keys.read, [
        "logging.buckets.get", "logging.sinks.get", "logging.cmekSettings.get",
      ])
      write = concat(local.keys.write, [
        "logging.buckets.create", "logging.buckets.update", "logging.buckets.delete", "logging.sinks.create",
        "logging.sinks.update", "logging.sinks.delete",
      ])
    }

    ingress = {
      read = concat(local.in_cluster.read, [
        "compute.globalAddresses.get", "compute.sslPolicies.get", "compute.globalOperations.get",
      ])
      write = [
        "compute.globalAddresses.create", "compute.globalAddresses.delete", "compute.globalAddresses.setLabels",
        "compute.sslPolicies.create", "compute.sslPolicies.update", "compute.sslPolicies.delete",
      ]
    }

    admission = {
      read = concat(local.in_cluster.read, local.keys.read, [
        "cloudkms.cryptoKeyVersions.get", "cloudkms.cryptoKeyVersions.viewPublicKey",
        "binaryauthorization.policy.get", "binaryauthorization.attestors.get", "containeranalysis.notes.get",
      ])
      write = concat(local.keys.write, [
        "binaryauthorization.policy.update", "binaryauthorization.attestors.create",
        "binaryauthorization.attestors.update", "binaryauthorization.attestors.delete",
        "containeranalysis.notes.create", "containeranalysis.notes.update", "containeranalysis.notes.delete",
        "containeranalysis.notes.attachOccurrence",
      ])
    }

    backup = {
      read = concat(local.in_cluster.read, local.keys.read, ["storage.buckets.get", "storage.buckets.getIamPolicy"])
      write = concat(local.keys.write, [
        "storage.buckets.create", "storage.buckets.update", "storage.buckets.delete", "storage.buckets.setIamPolicy",
      ])
    }

    edge = {
      read = concat(local.in_cluster.read, [
        "certificatemanager.certs.get", "certificatemanager.certmaps.get", "certificatemanager.certmapentries.get",
        "certificatemanager.dnsauthorizations.get", "certificatemanager.operations.get",
        "dns.resourceRecordSets.list", "dns.managedZones.get",
      ])
      write = [
        "certificatemanager.certs.create", "certificatemanager.certs.update", "certificatemanager.certs.delete",
        "certificatemanager.certmaps.create", "certificatemanager.certmaps.update",
        "certificatemanager.certmaps.delete", "certificatemanager.certmapentries.create",
        "certificatemanager.certmapentries.delete", "certificatemanager.dnsauthorizations.create",
        "certificatemanager.dnsauthorizations.delete", "dns.changes.create", "dns.changes.get",
        "dns.resourceRecordSets.create", "dns.resourceRecordSets.update", "dns.resourceRecordSets.delete",
      ]
    }

    delivery = {
      read  = concat(local.in_cluster.read, ["artifactregistry.repositories.getIamPolicy"])
      write = ["artifactregistry.repositories.setIamPolicy"]
    }
  }

  zones = {
    read = ["dns.managedZones.get", "dns.managedZones.getIamPolicy", "dns.dnsKeys.list", "dns.resourceRecordSets.list"]
    write = [
      "dns.managedZones.create", "dns.managedZones.update", "dns.managedZones.delete",
      "dns.managedZones.setIamPolicy", "dns.changes.create", "dns.changes.get", "dns.resourceRecordSets.create",
      "dns.resourceRecordSets.update", "dns.resourceRecordSets.delete", "dns.networks.bindPrivateDNSZone",
    ]
  }

  datasets = {
    read = ["bigquery.datasets.get", "bigquery.datasets.getIamPolicy", "bigquery.tables.get", "bigquery.tables.getIamPolicy"]
    write = [
      "bigquery.datasets.create", "bigquery.datasets.update", "bigquery.datasets.delete",
      "bigquery.datasets.setIamPolicy", "bigquery.tables.create", "bigquery.tables.update", "bigquery.tables.delete",
    ]
  }
}
