resource "terraform_data" "kept" {
  input = "here"
}
