# Layer 1: who people are, and what they may do by hand. Mostly they look: changes go through the stacks.

locals {
  teams = {
    security  = { description = "Guardrails, trust and rights", session = "PT4H", environments = keys(var.accounts) }
    platform  = { description = "Networks, clusters and what runs the apps", session = "PT8H", environments = keys(var.accounts) }
    databases = { description = "Everything that bears data", session = "PT4H", environments = ["dev", "prod"] }
    team-a    = { description = "The orders", session = "PT8H", environments = ["dev", "prod"] }
    team-b    = { description = "The search", session = "PT8H", environments = ["dev", "prod"] }
  }

  assignments = merge([
    for team, rule in local.teams : { for environment in rule.environments : "${team}/${environment}" => { team = team, account = var.accounts[environment] } }
  ]...)

  instance_arn   = one(data.aws_ssoadmin_instances.this.arns)
  identity_store = one(data.aws_ssoadmin_instances.this.identity_store_ids)
}

data "aws_ssoadmin_instances" "this" {}

resource "aws_identitystore_group" "team" {
  for_each = local.teams

  identity_store_id = local.identity_store
  display_name      = each.key
  description       = each.value.description
}

data "aws_identitystore_user" "person" {
  for_each = toset(flatten(values(var.members)))

  identity_store_id = local.identity_store

  alternate_identifier {
    unique_attribute {
      attribute_path  = "UserName"
      attribute_value = each.key
    }
  }
}

resource "aws_identitystore_group_membership" "person" {
  for_each = merge([for team, people in var.members : { for person in people : "${team}/${person}" => { team = team, person = person } }]...)

  identity_store_id = local.identity_store
  group_id          = aws_identitystore_group.team[each.value.team].group_id
  member_id         = data.aws_identitystore_user.person[each.value.person].user_id
}

resource "aws_ssoadmin_permission_set" "team" {
  for_each = local.teams

  instance_arn     = local.instance_arn
  name             = each.key
  description      = each.value.description
  session_duration = each.value.session
}

resource "aws_ssoadmin_permission_set_inline_policy" "team" {
  for_each = local.teams

  instance_arn       = local.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.team[each.key].arn
  inline_policy      = jsonencode({ Version = "2012-10-17", Statement = concat(local.become_team[each.key], local.rights[each.key]) })
}

resource "aws_ssoadmin_account_assignment" "team" {
  for_each = local.assignments

  instance_arn       = local.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.team[each.value.team].arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.team[each.value.team].group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = each.value.account

  # An assignment copies the permission set into the account: with its rights, not before.
  depends_on = [aws_ssoadmin_permission_set_inline_policy.team]
}
