variable "project" {
  description = "The project that all this is made in."
  type        = string
}

variable "region" {
  description = "Region of what is regional."
  type        = string
}

variable "domain" {
  description = "The estate's domain, without the last dot."
  type        = string

  validation {
    condition     = !endswith(var.domain, ".")
    error_message = "Without the last dot."
  }
}
