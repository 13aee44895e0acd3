variable "size" {
  type    = number
  default = 3

  validation {
    condition     = var.size > 0
    error_message = "The size is positive."
  }
}

resource "terraform_data" "a" {
  count = 2
  input = var.size

  lifecycle {
    precondition {
      condition     = var.size < 10
      error_message = "The size is below ten."
    }
    postcondition {
      condition     = self.input == var.size
      error_message = "The size arrived."
    }
  }
}

output "size" {
  value = terraform_data.a[0].output

  precondition {
    condition     = length(terraform_data.a) == 2
    error_message = "There are two."
  }
}
