# What each stack's identities may do: `read` for planning, `read` and `write` for applying, `data` inside of services, and which
# roles it may give to others.

locals {
  reads = ["Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Authorization/*/read", "Microsoft.Insights/diagnosticSettings/read"]

  # What a stack with a key of its own needs (modules/key): a vault, an endpoint, an identity.
  key = {
    read  = ["Microsoft.KeyVault/vaults/read", "Microsoft.Network/privateEndpoints/*/read", "Microsoft.Network/privateEndpoints/read", "Microsoft.ManagedIdentity/userAssignedIdentities/read"]
    write = ["Microsoft.KeyVault/vaults/write", "Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action", "Microsoft.KeyVault/locations/deletedVaults/read", "Microsoft.Network/privateEndpoints/*", "Microsoft.ManagedIdentity/userAssignedIdentities/*"]
    data  = ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/create/action", "Microsoft.KeyVault/vaults/keys/update/action", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"]
  }

  locks = ["Microsoft.Authorization/locks/*"]

  infrastructure = {
    network = {
      read    = ["Microsoft.Network/*/read", "Microsoft.OperationalInsights/workspaces/read", "Microsoft.Storage/storageAccounts/*/read", "Microsoft.Storage/storageAccounts/read"]
      write   = concat(local.locks, ["Microsoft.Network/*", "Microsoft.OperationalInsights/workspaces/*", "Microsoft.Storage/storageAccounts/*"])
      data    = []
      assigns = []
    }

    dns-parent = {
      read    = ["Microsoft.Network/dnsZones/*/read", "Microsoft.Network/dnsZones/read"]
      write   = concat(local.locks, ["Microsoft.Network/dnsZones/*"])
      data    = []
      assigns = []
    }

    dns = {
      read    = ["Microsoft.Network/dnsZones/*/read", "Microsoft.Network/dnsZones/read", "Microsoft.Network/privateDnsZones/*/read", "Microsoft.Network/privateDnsZones/read"]
      write   = concat(local.locks, ["Microsoft.Network/dnsZones/*", "Microsoft.Network/privateDnsZones/*"])
      data    = []
      assigns = []
    }

    database = {
      read    = concat(local.key.read, ["Microsoft.DocumentDB/*/read"])
      write   = concat(local.key.write, local.locks, ["Microsoft.DocumentDB/databaseAccounts/*"])
      data    = local.key.data
      assigns = ["Key Vault Crypto Service Encryption User", "Cosmos DB Account Reader Role"]
    }

    machines = {
      read    = concat(local.key.read, ["Microsoft.Compute/*/read", "Microsoft.Insights/autoscaleSettings/read"])
      write   = concat(local.key.write, ["Microsoft.Compute/virtualMachineScaleSets/*", "Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/diskEncryptionSets/*", "Microsoft.Insights/autoscaleSettings/*", "Microsoft.Network/networkInterfaces/*"])
      data    = local.key.data
      assigns = ["Key Vault Crypto Service Encryption User", "Virtual Machine Administrator Login"]
    }

    registry = {
      read    = concat(local.key.read, ["Microsoft.ContainerRegistry/registries/*/read", "Microsoft.ContainerRegistry/registries/read"])
      write   = concat(local.key.write, local.locks, ["Microsoft.ContainerRegistry/registries/*"])
      data    = local.key.data
      assigns = ["Key Vault Crypto Service Encryption User", "Container Registry Repository Reader"]
    }

    pipeline = {
      read    = concat(local.key.read, ["Microsoft.EventHub/*/read", "Microsoft.Storage/storageAccounts/*/read", "Microsoft.Storage/storageAccounts/read"])
      write   = concat(local.key.write, local.locks, ["Microsoft.EventHub/namespaces/*", "Microsoft.Storage/storageAccounts/*"])
      data    = concat(local.key.data, ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"])
      assigns = ["Key Vault Crypto Service Encryption User", "Storage Blob Data Contributor", "Storage Blob Data Reader", "Azure Event Hubs Data Sender"]
    }

    warehouse = {
      read    = ["Microsoft.Fabric/capacities/read"]
      write   = concat(local.locks, ["Microsoft.Fabric/capacities/*"])
      data    = []
      assigns = []
    }

    cluster = {
      read    = concat(local.key.read, ["Microsoft.ContainerService/*/read", "Microsoft.Compute/diskEncryptionSets/read"])
      write   = concat(local.key.write, local.locks, ["Microsoft.ContainerService/managedClusters/*", "Microsoft.Compute/diskEncryptionSets/*", "Microsoft.Insights/diagnosticSettings/*"])
      data    = local.key.data
      assigns = ["Key Vault Crypto Service Encryption User", "Key Vault Crypto User", "Azure Kubernetes Service RBAC Cluster Admin", "Azure Kubernetes Service RBAC Admin", "Azure Kubernetes Service Cluster User Role"]
    }
  }

  nothing = { read = [], write = [], data = [], assigns = [] }
  groups  = ["Microsoft.Resources/subscriptions/resourceGroups/write", "Microsoft.Resources/subscriptions/resourceGroups/delete"]

  # Of the stacks inside of the cluster only those that also make something beside it.
  in_cluster = {
    cluster-base  = local.nothing
    admission     = local.nothing
    mesh          = local.nothing
    ingress       = local.nothing
    orders        = local.nothing
    search        = local.nothing
    observability = { read = ["Microsoft.OperationalInsights/workspaces/read", "Microsoft.Monitor/accounts/read", "Microsoft.Insights/*/read"], write = concat(local.groups, ["Microsoft.OperationalInsights/workspaces/*", "Microsoft.Monitor/accounts/*", "Microsoft.Insights/components/*", "Microsoft.Insights/dataCollectionEndpoints/*", "Microsoft.Insights/dataCollectionRules/*"]), data = [], assigns = ["Monitoring Metrics Publisher"] }
    secrets       = { read = local.key.read, write = concat(local.groups, local.key.write), data = [], assigns = ["Key Vault Secrets User"] }
    backup        = { read = ["Microsoft.Storage/storageAccounts/*/read", "Microsoft.Storage/storageAccounts/read"], write = concat(local.groups, ["Microsoft.Storage/storageAccounts/*"]), data = [], assigns = ["Storage Blob Data Contributor", "Disk Snapshot Contributor"] }
    edge          = { read = local.key.read, write = concat(local.groups, local.key.write), data = ["Microsoft.KeyVault/vaults/certificates/*"], assigns = ["DNS Zone Contributor", "Key Vault Certificate User"] }
    delivery      = { read = local.key.read, write = concat(local.groups, ["Microsoft.ManagedIdentity/userAssignedIdentities/*"]), data = [], assigns = ["Container Registry Repository Writer"] }
  }

  # The same in every tenant.
  role_ids = {
    "Azure Event Hubs Data Sender"                = "2b629674-e913-4c01-ae53-ef4638d8f975"
    "Azure Kubernetes Service Cluster User Role"  = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"
    "Azure Kubernetes Service RBAC Admin"         = "3498e952-d568-435e-9b2c-8d77e338d7f7"
    "Azure Kubernetes Service RBAC Cluster Admin" = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
    "Container Registry Repository Reader"        = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
    "Container Registry Repository Writer"        = "2a1e307c-b015-4ebd-883e-5b7698a07328"
    "Cosmos DB Account Reader Role"               = "fbdf93bf-df7d-467e-a4d2-9458aa1360c8"
    "DNS Zone Contributor"                        = "befefa01-2a29-4197-83a8-272ff33ce314"
    "Disk Snapshot Contributor"                   = "7efff54f-a5b4-42b5-a1c5-5411624893ce"
    "Key Vault Certificate User"                  = "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"
    "Key Vault Crypto Service Encryption User"    = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
    "Key Vault Crypto User"                       = "12338af0-0e69-4776-bea7-57ae8d297424"
    "Key Vault Secrets User"                      = "4633458b-17de-408a-b874-0445c86b69e6"
    "Monitoring Metrics Publisher"                = "3913510d-42f4-4e42-8a64-420c390055eb"
    "Storage Blob Data Contributor"               = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    "Storage Blob Data Reader"                    = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    "Virtual Machine Administrator Login"         = "1c0163c0-47e6-4577-8991-ea5c82e286e4"
  }
}
