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

variable "cidr" {
  description = "Addresses of the network. Its quarters: 0 and 1 are private, 2 holds databases and the control plane, 3 is public."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]) <= 18, false)
    error_message = "The network needs a CIDR of /18 or larger."
  }
}

variable "zones" {
  description = "Letters of the availability zones; the order gives the subnets their addresses, so new ones go to the end."
  type        = list(string)
  default     = ["a", "b", "c"]

  validation {
    condition     = length(var.zones) == 3 || length(var.zones) == 4
    error_message = "Three zones, or four: databases and control plane keep a majority when one is lost."
  }
}

variable "nat" {
  description = "One NAT gateway for all zones, or one for `each`, so that the loss of a zone takes nothing else with it."
  type        = string
  default     = "each"

  validation {
    condition     = contains(["one", "each"], var.nat)
    error_message = "Either `one` or `each`."
  }
}

variable "endpoints" {
  description = "Services of AWS that are reached without leaving the network."
  type        = set(string)
  default = [
    "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kinesis-firehose", "kms", "logs",
    "secretsmanager", "ssm", "ssmmessages", "sts",
  ]
}

variable "flow_logs_role_arn" {
  description = "The role that writes flow logs."
  type        = string
}

variable "flow_log_days" {
  description = "For how many days flow logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([30, 60, 90, 180, 365, 400], var.flow_log_days)
    error_message = "One of 30, 60, 90, 180, 365, 400: CloudWatch knows no other periods."
  }
}
