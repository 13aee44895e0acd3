variable "allowed_registries" {
  description = "Where images may come from: prefixes of their names, each ending in a slash."
  type        = list(string)

  validation {
    condition     = length(var.allowed_registries) > 0 && alltrue([for prefix in var.allowed_registries : endswith(prefix, "/")])
    error_message = "At least one registry, and each prefix ends in a slash: `registry.example` would also allow `registry.example.attacker`."
  }
}

variable "namespaces" {
  description = "Namespaces in which the rules bind."
  type        = list(string)
}

variable "action" {
  description = "What happens to what breaks a rule: Deny, or Audit while a rule is new."
  type        = string
  default     = "Deny"

  validation {
    condition     = contains(["Deny", "Audit", "Warn"], var.action)
    error_message = "Deny, Audit or Warn."
  }
}
