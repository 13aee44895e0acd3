output "orders" {
  description = "How apps reach the orders: addresses and where the password is, never the password."
  value = {
    endpoint        = data.aws_rds_cluster.orders.endpoint
    reader_endpoint = data.aws_rds_cluster.orders.reader_endpoint
    port            = aws_rds_cluster.orders.port
    name            = aws_rds_cluster.orders.database_name
    secret_arn      = one(aws_rds_cluster.orders.master_user_secret[*].secret_arn)
  }
}
