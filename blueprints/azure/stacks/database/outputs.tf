output "endpoint" {
  description = "Where the orders answer, in the network."
  value       = azurerm_cosmosdb_account.orders.endpoint
  depends_on  = [azurerm_private_endpoint.cosmos]
}

output "port" {
  description = "Its port."
  value       = 443
}

output "database_name" {
  description = "Name of the database."
  value       = azurerm_cosmosdb_sql_database.orders.name
}

output "iam_users" {
  description = "Who apps are to the database: object ids of their identities."
  value       = { for app, assignment in azurerm_cosmosdb_sql_role_assignment.orders : app => assignment.principal_id }
}

output "secret_names" {
  description = "Names of secrets: there are none, since nobody comes by a password."
  value       = {}
}
