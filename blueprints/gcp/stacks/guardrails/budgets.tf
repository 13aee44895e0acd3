# A budget stops nothing; it makes somebody look before the month is over.

data "google_project" "each" {
  for_each = var.projects

  project_id = each.value
}

resource "google_monitoring_notification_channel" "security" {
  display_name = "Security"
  type         = "email"
  labels       = { email_address = var.security_email }
}

resource "google_billing_budget" "project" {
  for_each = var.budgets

  billing_account = var.billing_account
  display_name    = "${var.org} ${each.key}"

  budget_filter {
    projects               = ["projects/${data.google_project.each[each.key].number}"]
    calendar_period        = "MONTH"
    credit_types_treatment = "EXCLUDE_ALL_CREDITS"
  }

  amount {
    specified_amount {
      units = tostring(each.value)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }

  threshold_rules {
    threshold_percent = 0.9
  }

  threshold_rules {
    threshold_percent = 1.2
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.security.id]
    disable_default_iam_recipients   = false
  }
}
