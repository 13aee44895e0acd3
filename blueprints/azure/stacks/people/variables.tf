variable "org" {
  description = "The estate's name: the first word of every name."
  type        = string
}

variable "management_group_id" {
  description = "The group of all subscriptions: custom roles live there."
  type        = string
}

variable "subscriptions" {
  description = "The environments' subscriptions."
  type        = map(string)
}

variable "approver_id" {
  description = "The group that agrees to what changes production."
  type        = string
}

variable "eligible_from" {
  description = "From when on roles may be taken; renewed yearly, at the review of who is in which team."
  type        = string
  default     = "2026-01-01T00:00:00Z"
}
