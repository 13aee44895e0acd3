variable "org" {
  description = "Name of the organisation: the first word of every name and the first step of every IAM path."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "account_id" {
  description = "The account that this environment lives in."
  type        = string
}

variable "region" {
  description = "Any region of the environment: IAM itself has none."
  type        = string
}

variable "regions" {
  description = "The regions in which stacks may make anything."
  type        = set(string)
}

variable "boundary_arn" {
  description = "The permission boundary that every role here is made with."
  type        = string
}

variable "ci_role_arns" {
  description = "Who may become the stacks' roles, by purpose."
  type = object({
    plan  = string
    apply = string
  })
}

variable "people" {
  description = "Principals (of the single sign-on) that may become a team's role, by team."
  type        = map(list(string))

  validation {
    condition     = length(setsubtract(["security", "platform", "databases", "apps"], keys(var.people))) == 0
    error_message = "Each of the teams security, platform, databases and apps needs its principals."
  }
}

variable "administrators" {
  description = "Principals beside CI that may become the stacks' roles: those who apply bootstrap, for the first run and for emergencies."
  type        = list(string)
}
