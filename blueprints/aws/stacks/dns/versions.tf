terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
}

# The parent zone is in another account.
provider "aws" {
  alias  = "parent"
  region = var.region

  assume_role {
    role_arn     = var.parent.role_arn
    session_name = "delegate"
  }
}
