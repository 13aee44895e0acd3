# Layer 0, applied by two people together with the account's own administrator, once: all that the other layers need before
# any of them can be planned by CI. Nothing here is made by a role that is made here.

locals {
  name = "${var.org}-${var.env}"
  path = "/${var.org}/${var.env}"
  iam  = "arn:aws:iam::${var.account_id}"

  # Roles of stacks, by path; the second form is how IAM names them where a request carries no path (ministack).
  plan_roles  = ["${local.iam}:role${local.path}/strata/*-plan", "${local.iam}:role/${local.name}-*-plan"]
  apply_roles = ["${local.iam}:role${local.path}/strata/*-apply", "${local.iam}:role/${local.name}-*-apply"]
}
