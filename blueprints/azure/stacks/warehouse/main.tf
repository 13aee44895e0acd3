# Layer 2: the warehouse. Azure's part of Fabric is its capacity; workspaces and tables are made in Fabric, which reads the lake in place.

resource "azurerm_fabric_capacity" "this" {
  name                   = "${substr(replace("${var.org}${var.env}", "-", ""), 0, 50)}${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name    = var.resource_group_name
  location               = var.location
  administration_members = var.administrator_ids
  tags                   = var.tags

  sku {
    name = var.capacity
    tier = "Fabric"
  }
}

resource "azurerm_management_lock" "this" {
  count = var.protected ? 1 : 0

  name       = "keep"
  scope      = azurerm_fabric_capacity.this.id
  lock_level = "CanNotDelete"
  notes      = "Workspaces stand on it."
}
