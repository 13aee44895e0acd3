resource "terraform_data" "below" {
  input            = "below"
  triggers_replace = ["one"]
}

resource "terraform_data" "between" {
  input            = terraform_data.below.id
  triggers_replace = [terraform_data.below.id]
}

resource "terraform_data" "above" {
  input            = terraform_data.between.id
  triggers_replace = [terraform_data.between.id]

  lifecycle {
    create_before_destroy = true
  }
}
