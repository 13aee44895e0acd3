variable "cluster" {
  description = "The cluster: its name, the address of its API server, and its certificate authority (base64)."
  type = object({
    name     = string
    endpoint = string
    ca       = optional(string, "")
  })
}

variable "namespace" {
  description = "The namespace that this stack works in."
  type        = string
}

variable "ingress" {
  description = "The ingress in front: its class, and the domain that this app has its name under."
  type = object({
    class  = string
    domain = string
  })
}

variable "images" {
  description = "Where images are pulled from, by name."
  type        = map(string)
}

variable "release" {
  description = "The version that runs."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.release))
    error_message = "A release is three numbers, as in 1.4.0."
  }
}

variable "replicas" {
  description = "How many pods."
  type        = number
  default     = 2
}

variable "orders" {
  description = "Where the orders are: the database's address, and the name of the secret that holds its password."
  type = object({
    endpoint   = string
    port       = number
    name       = string
    secret_arn = optional(string)
  })
}

variable "logs_endpoint" {
  description = "Where structured logs are sent."
  type        = string
}
