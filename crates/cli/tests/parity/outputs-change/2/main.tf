output "kept" {
  value = "same"
}

output "changed" {
  value       = "two"
  description = "was one"
}

output "retyped" {
  value = { a = 1 }
}

output "new" {
  value     = "here"
  sensitive = true
}
