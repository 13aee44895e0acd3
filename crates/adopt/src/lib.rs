//! Reads trees of Terragrunt units and of plain root modules, and says what estate they are. Opens no file.
