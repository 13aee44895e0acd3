# Layer 2: the name that all environments hang from. Its name servers stand at the registrar: it is made once.

resource "azurerm_dns_zone" "this" {
  name                = var.domain
  resource_group_name = var.resource_group_name
  tags                = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_management_lock" "this" {
  name       = "keep"
  scope      = azurerm_dns_zone.this.id
  lock_level = "CanNotDelete"
  notes      = "All names hang from it."
}

# Who may give out certificates for our names.
resource "azurerm_dns_caa_record" "this" {
  name                = "@"
  resource_group_name = var.resource_group_name
  zone_name           = azurerm_dns_zone.this.name
  ttl                 = 3600
  tags                = var.tags

  dynamic "record" {
    for_each = var.authorities

    content {
      flags = 0
      tag   = "issue"
      value = record.value
    }
  }
}

# Nothing of ours sends mail from this name.
resource "azurerm_dns_txt_record" "spf" {
  name                = "@"
  resource_group_name = var.resource_group_name
  zone_name           = azurerm_dns_zone.this.name
  ttl                 = 3600
  tags                = var.tags

  record {
    value = "v=spf1 -all"
  }
}
