# Who spoke to whom, for the day on which somebody asks.

resource "aws_cloudwatch_log_group" "flows" {
  name              = "/${var.org}/${var.env}/network"
  retention_in_days = var.flow_logs_days
}

resource "aws_flow_log" "main" {
  vpc_id          = aws_vpc.main.id
  traffic_type    = "ALL"
  iam_role_arn    = var.flow_logs_role_arn
  log_destination = aws_cloudwatch_log_group.flows.arn
}
