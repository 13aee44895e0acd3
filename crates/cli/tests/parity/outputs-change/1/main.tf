output "kept" {
  value = "same"
}

output "changed" {
  value = "one"
}

output "retyped" {
  value = [1, 2]
}

output "gone" {
  value = "here"
}
