# Layer 2: events of the apps. They are published to a topic and land in a table as they are: Pub/Sub writes them itself, there is no program
# between that could stop. What it cannot write goes to a topic of its own and is kept for people to look at.

locals {
  name  = "${var.org}-${var.env}-events"
  agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"

  columns = [
    { name = "subscription_name", type = "STRING", mode = "NULLABLE" },
    { name = "message_id", type = "STRING", mode = "REQUIRED" },
    { name = "publish_time", type = "TIMESTAMP", mode = "REQUIRED" },
    { name = "data", type = "JSON", mode = "NULLABLE" },
    { name = "attributes", type = "JSON", mode = "NULLABLE" },
  ]
}

data "google_project" "this" {
  project_id = var.project
}

data "google_bigquery_default_service_account" "this" {
  project = var.project
}

module "key" {
  source = "../../modules/key"

  name     = local.name
  location = var.region
  users    = { pubsub = local.agent, bigquery = data.google_bigquery_default_service_account.this.member }
}

resource "google_pubsub_topic" "events" {
  name                       = local.name
  kms_key_name               = module.key.id
  message_retention_duration = "604800s" # 7 days, to be played again

  message_storage_policy {
    allowed_persistence_regions = [var.region]
    enforce_in_transit          = true
  }
}

resource "google_pubsub_topic" "dead" {
  name                       = "${local.name}-dead"
  kms_key_name               = module.key.id
  message_retention_duration = "2678400s" # 31 days

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = var.publisher_accounts

  topic  = google_pubsub_topic.events.name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${each.value}"
}

resource "google_pubsub_topic_iam_member" "dead" {
  topic  = google_pubsub_topic.dead.name
  role   = "roles/pubsub.publisher"
  member = local.agent
}

resource "google_pubsub_subscription" "warehouse" {
  name                         = "${local.name}-warehouse"
  topic                        = google_pubsub_topic.events.id
  ack_deadline_seconds         = 60
  message_retention_duration   = "604800s"
  enable_exactly_once_delivery = false # the table is made for events that come twice: `message_id` tells

  bigquery_config {
    table            = "${google_bigquery_table.raw.project}.${google_bigquery_table.raw.dataset_id}.${google_bigquery_table.raw.table_id}"
    write_metadata   = true
    use_table_schema = false
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = 10
  }

  expiration_policy {
    ttl = "" # never
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  depends_on = [google_bigquery_dataset_iam_member.pubsub, google_pubsub_topic_iam_member.dead]
}

# To take over a message that went to the dead topic the agent acknowledges it here.
resource "google_pubsub_subscription_iam_member" "dead" {
  subscription = google_pubsub_subscription.warehouse.name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

# Without a subscription the dead topic would keep nothing.
resource "google_pubsub_subscription" "dead" {
  name                       = "${local.name}-dead"
  topic                      = google_pubsub_topic.dead.id
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}
