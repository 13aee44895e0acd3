terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}

resource "local_file" "a" {
  filename = "${path.module}/out/a.txt"
  content  = "two\n"
}

resource "local_sensitive_file" "s" {
  filename = "${path.module}/out/s.txt"
  content  = "secret"
}

data "local_file" "read" {
  filename = local_file.a.filename
}

output "read" {
  value = data.local_file.read.content
}
