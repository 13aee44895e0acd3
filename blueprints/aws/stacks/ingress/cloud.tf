# Behind the gateway stands an application load balancer, made by the load balancer controller. The controller comes with its Pod
# Identity, the certificate from ACM.

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "network" {
  description = "The network: its id, and the addresses that the load balancer's requests come from."
  type        = object({ id = string, cidr = string })
}

variable "certificate_arn" {
  description = "The certificate of ACM, valid."
  type        = string
}

variable "priority_class" {
  description = "Priority class of the controller."
  type        = string
}

variable "replicas" {
  description = "How many controllers stand by."
  type        = number
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to go: its address is in other people's firewalls."
  type        = bool
}

locals {
  gateway_sources = { cidrs = [var.network.cidr], namespaces = [] }

  gateway = {
    class           = "alb"
    controller      = helm_release.load_balancer_controller.name # the gateway goes before what takes its load balancer away
    infrastructure  = { parametersRef = { group = "gateway.k8s.aws", kind = "LoadBalancerConfiguration", name = "edge" } }
    certificate_arn = var.certificate_arn

    load_balancer = {
      name                = "${var.org}-${var.env}"
      deletion_protection = var.deletion_protection
    }
  }
}

resource "helm_release" "load_balancer_controller" {
  name       = "aws-load-balancer-controller"
  namespace  = var.namespace
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-load-balancer-controller"
  version    = "3.0.0"

  values = [yamlencode({
    clusterName       = var.cluster_name
    region            = var.region
    vpcId             = var.network.id
    replicaCount      = var.replicas
    priorityClassName = var.priority_class
    serviceAccount    = { create = true, name = "aws-load-balancer-controller" }
    controllerConfig  = { featureGates = { ALBGatewayAPI = true, NLBGatewayAPI = false } }

    # The gateway is the only way in: no load balancers by annotations of services.
    enableServiceMutatorWebhook = false
    createIngressClassResource  = false
  })]
}
