variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "account_id" {
  description = "The account that this environment lives in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of what is regional."
  type        = string
}

variable "boundary_arn" {
  description = "The permission boundary that every role here is made with."
  type        = string
}

variable "ci_role_arns" {
  description = "Who may become the stacks' roles, by purpose."
  type        = object({ plan = string, apply = string })
}

variable "administrators" {
  description = "Principals beside CI that may become the stacks' roles: for the first run and for emergencies."
  type        = list(string)
  default     = []
}

variable "stacks" {
  description = "The stacks that get roles here, and with null all that there are grants for. Roles of workloads and services are made only with null: they belong to environments that run something."
  type        = set(string)
  default     = null
}
