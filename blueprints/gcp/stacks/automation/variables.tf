variable "project" {
  description = "The project that all this is made in."
  type        = string
}

variable "region" {
  description = "Region of what is regional."
  type        = string
}

variable "principals" {
  description = "Who in CI plans and who applies this environment."
  type        = object({ plan = string, apply = string })
}

variable "stacks" {
  description = "Stacks that this environment has; all, and the workloads, where it is null."
  type        = set(string)
  default     = null
}

variable "parent_zone" {
  description = "The zone that this environment's hangs under; null where there is none."
  type        = object({ project = string, name = string })
  default     = null
}
