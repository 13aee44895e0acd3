# A budget stops nothing: it tells, before the month is over.

resource "azurerm_consumption_budget_subscription" "this" {
  for_each = var.budgets

  name            = "${var.org}-${each.key}"
  subscription_id = "/subscriptions/${var.subscriptions[each.key]}"
  amount          = each.value
  time_grain      = "Monthly"

  time_period {
    start_date = var.budgets_from
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 80
    contact_groups = [azurerm_monitor_action_group.security.id]
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 100
    threshold_type = "Forecasted"
    contact_groups = [azurerm_monitor_action_group.security.id]
  }
}
