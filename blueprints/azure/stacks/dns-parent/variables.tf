variable "subscription_id" {
  description = "The environment's subscription."
  type        = string
}

variable "tags" {
  description = "Say of each thing which stack made it."
  type        = map(string)
}

variable "resource_group_name" {
  description = "The stack's own resource group, which `automation` made: its identity can write there and nowhere else."
  type        = string
}

variable "domain" {
  description = "The domain of all environments."
  type        = string
}

variable "authorities" {
  description = "Authorities that may give out certificates."
  type        = set(string)
  default     = ["letsencrypt.org", "digicert.com"]
}
