resource "terraform_data" "revision" {
  input = 2
}

resource "terraform_data" "follower" {
  input = "same"

  lifecycle {
    replace_triggered_by = [terraform_data.revision]
  }
}

resource "terraform_data" "attribute_follower" {
  input = "same"

  lifecycle {
    replace_triggered_by = [terraform_data.revision.output]
  }
}

resource "terraform_data" "reader" {
  input = terraform_data.follower.id
}
