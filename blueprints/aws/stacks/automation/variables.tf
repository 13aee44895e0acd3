variable "org" {
  description = "Name of the estate; the beginning of all names."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "The region that the stack is in."
  type        = string
}

variable "account_id" {
  description = "The account that the stack is in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "boundary_arn" {
  description = "The permission boundary that each role gets."
  type        = string
}

variable "ci_role_arns" {
  description = "What CI is before it becomes a stack's role, by purpose."
  type        = object({ plan = string, apply = string })
}

variable "administrators" {
  description = "Roles of people who may become a stack's role beside CI; as few as can be."
  type        = list(string)
  default     = []
}

variable "parent_account" {
  description = "The account of the parent DNS zone."
  type        = string
}

variable "teams" {
  description = "Teams that get a role of their own in this account, by which the cluster knows them."
  type        = set(string)
}
