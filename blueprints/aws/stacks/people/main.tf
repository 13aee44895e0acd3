# Identity: people. They look, and become their team's role where a cluster asks for one; changes go through the stacks.
# Where an identity provider pushes groups by SCIM, import them here instead of making them.

data "aws_ssoadmin_instances" "main" {}

locals {
  instance_arn = one(data.aws_ssoadmin_instances.main.arns)
  directory_id = one(data.aws_ssoadmin_instances.main.identity_store_ids)

  groups = merge(
    { for team in ["security", "platform", "databases"] : team => team },
    { for team in var.teams : team => "apps" },
  )

  assignments = merge([
    for team, permissions in local.groups : {
      for environment, account in var.accounts : "${team}/${environment}" => { team = team, permissions = permissions, account = account }
    }
  ]...)
}

resource "aws_identitystore_group" "team" {
  for_each = local.groups

  identity_store_id = local.directory_id
  display_name      = "${var.org}-${each.key}"
  description       = "People of ${each.key}"
}

resource "aws_ssoadmin_account_assignment" "team" {
  for_each = local.assignments

  instance_arn       = local.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.kind[each.value.permissions].arn
  principal_type     = "GROUP"
  principal_id       = aws_identitystore_group.team[each.value.team].group_id
  target_type        = "AWS_ACCOUNT"
  target_id          = each.value.account

  # Nobody is let in before the set says what it lets do.
  depends_on = [aws_ssoadmin_managed_policy_attachment.kind, aws_ssoadmin_permission_set_inline_policy.kind]
}
