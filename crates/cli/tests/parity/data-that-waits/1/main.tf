terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}

resource "terraform_data" "a" {
  input = "x"
}

resource "local_file" "f" {
  filename = "${path.module}/f.txt"
  content  = "content"
}

data "local_file" "explicit" {
  filename   = "${path.module}/f.txt"
  depends_on = [local_file.f]
}

data "local_file" "by_reference" {
  filename = terraform_data.a.id == "" ? "none" : local_file.f.filename
}

output "explicit" {
  value = data.local_file.explicit.content
}

output "by_reference" {
  value = data.local_file.by_reference.content_base64
}
