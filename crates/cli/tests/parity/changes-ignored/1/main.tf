resource "terraform_data" "all" {
  input = "one"

  lifecycle {
    ignore_changes = all
  }
}

resource "terraform_data" "some" {
  input            = { a = "one", b = "one" }
  triggers_replace = "one"

  lifecycle {
    ignore_changes = [input.a, triggers_replace]
  }
}
