# Who may do what with the orders: the app reads and writes them, the search reads what changes, operators look.

locals {
  items = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items"

  roles = {
    writer = ["Microsoft.DocumentDB/databaseAccounts/readMetadata", "${local.items}/*", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery"]
    reader = ["Microsoft.DocumentDB/databaseAccounts/readMetadata", "${local.items}/read", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/readChangeFeed"]
  }

  access = {
    orders = { role = "writer", principal = var.principal_ids["orders"] }
    search = { role = "reader", principal = var.principal_ids["search"] }
  }
}

resource "azurerm_cosmosdb_sql_role_definition" "orders" {
  for_each = local.roles

  name                = "${local.name}-${each.key}"
  resource_group_name = var.resource_group_name
  account_name        = azurerm_cosmosdb_account.orders.name
  type                = "CustomRole"
  assignable_scopes   = [azurerm_cosmosdb_account.orders.id]

  permissions {
    data_actions = each.value
  }
}

resource "azurerm_cosmosdb_sql_role_assignment" "orders" {
  for_each = local.access

  resource_group_name = var.resource_group_name
  account_name        = azurerm_cosmosdb_account.orders.name
  role_definition_id  = azurerm_cosmosdb_sql_role_definition.orders[each.value.role].id
  principal_id        = each.value.principal
  scope               = "${azurerm_cosmosdb_account.orders.id}/dbs/${azurerm_cosmosdb_sql_database.orders.name}"
}

# Operators see the account and its measurements; items only by the role that they take for some hours.
resource "azurerm_role_assignment" "operators" {
  scope                = azurerm_cosmosdb_account.orders.id
  role_definition_name = "Cosmos DB Account Reader Role"
  principal_id         = var.operators_id
  principal_type       = "Group"
}
