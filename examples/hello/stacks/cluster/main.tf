variable "env" {
  type = string
}

variable "name" {
  type = string
}

variable "subnets" {
  type = map(string)
}

resource "terraform_data" "control_plane" {
  input = {
    name    = var.name
    subnets = values(var.subnets)
  }
}

resource "terraform_data" "node_group" {
  count = length(var.subnets)

  input = {
    cluster = terraform_data.control_plane.id
    index   = count.index
  }
}

output "endpoint" {
  value = "https://${terraform_data.control_plane.id}.cluster.internal"

  precondition {
    condition     = length(var.subnets) > 1
    error_message = "A cluster spans at least two subnets."
  }
}
