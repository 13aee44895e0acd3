terraform {
  required_providers {
    local = {
      source                = "hashicorp/local"
      configuration_aliases = [local.second]
    }
  }
}

resource "local_file" "first" {
  filename = "${path.root}/first.txt"
  content  = "first"
}

resource "local_file" "second" {
  provider = local.second
  filename = "${path.root}/second.txt"
  content  = local_file.first.content_md5
}

output "content" {
  value = local_file.second.content
}
