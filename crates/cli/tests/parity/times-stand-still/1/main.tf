terraform {
  required_providers {
    time = { source = "hashicorp/time" }
  }
}

resource "time_static" "epoch" {
  rfc3339 = "2020-02-12T06:36:13Z"
}

resource "time_offset" "later" {
  base_rfc3339 = time_static.epoch.rfc3339
  offset_days  = 7
}

output "later" {
  value = time_offset.later.rfc3339
}
