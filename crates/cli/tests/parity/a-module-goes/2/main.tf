resource "terraform_data" "kept" {
  input = "nothing"
}
