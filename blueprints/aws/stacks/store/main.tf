# Bootstrap: what keeps the estate's memory. PostgreSQL holds states, plans, approvals and the audit trail; a bucket whose objects
# nobody can delete holds the trail's seals. The store stands in a network of its own, since no layer above exists yet.

locals {
  name  = "${var.org}-${var.env}-strata"
  zones = { for index, zone in var.zones : zone => index }
}

resource "aws_kms_key" "store" {
  description             = "${local.name}: the estate's store and its seals"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "store" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.store.key_id
}
