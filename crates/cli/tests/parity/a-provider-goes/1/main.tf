terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}

resource "local_file" "f" {
  filename = "${path.module}/gone.txt"
  content  = "here"
}

resource "terraform_data" "kept" {
  input = local_file.f.content
}
