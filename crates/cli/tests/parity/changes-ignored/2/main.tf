resource "terraform_data" "all" {
  input = "two"

  lifecycle {
    ignore_changes = all
  }
}

resource "terraform_data" "some" {
  input            = { a = "two", b = "two" }
  triggers_replace = "two"

  lifecycle {
    ignore_changes = [input.a, triggers_replace]
  }
}
