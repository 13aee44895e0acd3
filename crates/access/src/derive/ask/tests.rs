//! Requests as they were recorded, and what they need.

use super::*;

const PLACE: Place<'static> = Place { account: "111111111111", region: "eu-west-1" };

/// `service method address target body`, and the actions with their resources, implied ones marked.
#[track_caller]
fn check(
    service: &str,
    method: &str,
    address: &str,
    target: Option<&str>,
    body: &str,
    expect: &[&str],
) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let request = Request { service, method, path, query, target, body: body.as_bytes() };
    let seen = Tables::read().look(&request, &PLACE).expect("an operation");
    let show = |need: &Need| {
        let mark = if need.why == Why::Implied { "+" } else { "" };
        let resources = need.resources.join(" ").replace(":eu-west-1:111111111111:", "::");
        format!("{mark}{} {}", need.action, resources.replace("111111111111", "1"))
    };
    let needs: Vec<String> = seen.needs.iter().map(show).collect();
    assert_eq!(needs, expect, "{}", seen.operation);
}

fn query(service: &str, body: &str, expect: &[&str]) {
    check(service, "POST", "/", None, body, expect);
}

fn json(service: &str, target: &str, body: &str, expect: &[&str]) {
    check(service, "POST", "/", Some(target), body, expect);
}

#[test]
fn networks() {
    query("ec2", "Action=DescribeVpcs&VpcId.1=vpc-1&Version=2016-11-15", &["ec2:DescribeVpcs *"]);
    query(
        "ec2",
        "Action=CreateVpc&CidrBlock=10.1.0.0%2F16&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=a",
        &["ec2:CreateVpc arn:aws:ec2::vpc/*", "+ec2:CreateTags arn:aws:ec2::vpc/*"],
    );
    query(
        "ec2",
        "Action=CreateSubnet&VpcId=vpc-1&CidrBlock=x",
        &["ec2:CreateSubnet arn:aws:ec2::subnet/* arn:aws:ec2::vpc/vpc-1"],
    );
    query(
        "ec2",
        "Action=CreateTags&ResourceId.1=vpc-1&ResourceId.2=subnet-2",
        &["ec2:CreateTags arn:aws:ec2::*/subnet-2 arn:aws:ec2::*/vpc-1"],
    );
}

#[test]
fn roles_by_name_whatever_their_path() {
    query(
        "iam",
        "Action=CreateRole&RoleName=x&Path=%2Facme%2F&Tags.member.1.Key=a",
        &[
            "iam:CreateRole arn:aws:iam::1:role/*/x arn:aws:iam::1:role/x",
            "+iam:TagRole arn:aws:iam::1:role/*/x arn:aws:iam::1:role/x",
        ],
    );
    query(
        "iam",
        "Action=GetPolicy&PolicyArn=arn%3Aaws%3Aiam%3A%3A1%3Apolicy%2Fa%2Fb",
        &["iam:GetPolicy arn:aws:iam::1:policy/a/b"],
    );
    query(
        "iam",
        "Action=AttachRolePolicy&RoleName=x&PolicyArn=arn:aws:iam::aws:policy/ReadOnlyAccess",
        &["iam:AttachRolePolicy arn:aws:iam::1:role/*/x arn:aws:iam::1:role/x"],
    );
    query(
        "iam",
        "Action=CreatePolicy&PolicyName=b&Path=/a/",
        &["iam:CreatePolicy arn:aws:iam::1:policy/*/b arn:aws:iam::1:policy/b"],
    );
}

#[test]
fn buckets_and_objects() {
    check("s3", "HEAD", "/b", None, "", &["s3:ListBucket arn:aws:s3:::b"]);
    check(
        "s3",
        "GET",
        "/b/?encryption=",
        None,
        "",
        &["s3:GetEncryptionConfiguration arn:aws:s3:::b"],
    );
    check(
        "s3",
        "DELETE",
        "/b/?lifecycle",
        None,
        "",
        &["s3:PutLifecycleConfiguration arn:aws:s3:::b"],
    );
    check(
        "s3",
        "PUT",
        "/b/a%20key/c?x-id=PutObject",
        None,
        "x",
        &["s3:PutObject arn:aws:s3:::b/a key/c"],
    );
    check("s3", "GET", "/b?list-type=2", None, "", &["s3:ListBucket arn:aws:s3:::b"]);
    check("s3", "GET", "/", None, "", &["s3:ListAllMyBuckets *"]);
}

#[test]
fn databases() {
    query(
        "rds",
        "Action=CreateDBCluster&DBClusterIdentifier=o&DBSubnetGroupName=s&ManageMasterUserPassword=true&KmsKeyId=k&Tags.Tag.1.Key=a",
        &[
            "rds:CreateDBCluster arn:aws:rds::cluster:o arn:aws:rds::subgrp:s",
            "+rds:AddTagsToResource arn:aws:rds::cluster:o arn:aws:rds::subgrp:s",
            "+secretsmanager:CreateSecret arn:aws:secretsmanager::secret:rds!*",
            "+secretsmanager:TagResource arn:aws:secretsmanager::secret:rds!*",
            "+kms:CreateGrant arn:aws:kms::key/*",
            "+kms:DescribeKey arn:aws:kms::key/*",
        ],
    );
    query(
        "rds",
        "Action=DescribeDBClusters&DBClusterIdentifier=o",
        &["rds:DescribeDBClusters arn:aws:rds::cluster:o"],
    );
    query("rds", "Action=DescribeDBClusters", &["rds:DescribeDBClusters *"]);
}

#[test]
fn clusters() {
    let body = r#"{"name":"c","roleArn":"arn:aws:iam::1:role/x","tags":{"a":"b"}}"#;
    check(
        "eks",
        "POST",
        "/clusters",
        None,
        body,
        &[
            "eks:CreateCluster arn:aws:eks::cluster/c",
            "+eks:TagResource arn:aws:eks::cluster/c",
            "+iam:PassRole arn:aws:iam::1:role/x",
        ],
    );
    check(
        "eks",
        "GET",
        "/clusters/c/node-groups/n",
        None,
        "",
        &["eks:DescribeNodegroup arn:aws:eks::cluster/c arn:aws:eks::nodegroup/c/n/*"],
    );
    check(
        "eks",
        "DELETE",
        "/clusters/c/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx",
        None,
        "",
        &["eks:DeleteAccessEntry arn:aws:eks::access-entry/c/* arn:aws:eks::cluster/c"],
    );
}

#[test]
fn documents_of_json() {
    json(
        "ecr",
        "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
        r#"{"repositoryNames":["a/b"]}"#,
        &["ecr:DescribeRepositories arn:aws:ecr::repository/a/b"],
    );
    json(
        "kms",
        "TrentService.CreateKey",
        r#"{"Tags":[{"TagKey":"a"}]}"#,
        &["kms:CreateKey *", "+kms:TagResource *"],
    );
    json(
        "kms",
        "TrentService.DescribeKey",
        r#"{"KeyId":"k"}"#,
        &["kms:DescribeKey arn:aws:kms::key/k"],
    );
    json(
        "secretsmanager",
        "secretsmanager.CreateSecret",
        r#"{"Name":"a/b"}"#,
        &["secretsmanager:CreateSecret arn:aws:secretsmanager::secret:a/b-??????"],
    );
}

#[test]
fn names_by_address_by_arn_and_with_a_slash() {
    json(
        "sqs",
        "AmazonSQS.DeleteQueue",
        r#"{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/111111111111/jobs"}"#,
        &["sqs:DeleteQueue arn:aws:sqs::jobs"],
    );
    json(
        "ssm",
        "AmazonSSM.PutParameter",
        r#"{"Name":"/acme/dev/x","Value":"v"}"#,
        &["ssm:PutParameter arn:aws:ssm::parameter/acme/dev/x"],
    );
    json(
        "ecs",
        "AmazonEC2ContainerServiceV20141113.CreateService",
        r#"{"cluster":"arn:aws:ecs:eu-west-1:111111111111:cluster/main","serviceName":"web"}"#,
        &["ecs:CreateService arn:aws:ecs::service/main/web"],
    );
    json(
        "dynamodb",
        "DynamoDB_20120810.DescribeTable",
        r#"{"TableName":"t"}"#,
        &["dynamodb:DescribeTable arn:aws:dynamodb::table/t"],
    );
    query(
        "elasticloadbalancing",
        "Action=DeleteTargetGroup&TargetGroupArn=arn%3Aaws%3Aelasticloadbalancing%3Aeu-west-1%3A111111111111%3Atargetgroup%2Fa%2F1",
        &["elasticloadbalancing:DeleteTargetGroup arn:aws:elasticloadbalancing::targetgroup/a/1"],
    );
    query(
        "sns",
        "Action=CreateTopic&Name=t&Tags.member.1.Key=a",
        &["sns:CreateTopic arn:aws:sns::t", "+sns:TagResource arn:aws:sns::t"],
    );
}

#[test]
fn functions_and_zones() {
    check(
        "lambda",
        "POST",
        "/2015-03-31/functions",
        None,
        r#"{"FunctionName":"f","Role":"arn:aws:iam::1:role/r"}"#,
        &[
            "lambda:CreateFunction arn:aws:lambda::function:f",
            "+iam:PassRole arn:aws:iam::1:role/r",
        ],
    );
    check(
        "lambda",
        "GET",
        "/2015-03-31/functions/f/versions",
        None,
        "",
        &["lambda:ListVersionsByFunction arn:aws:lambda::function:f"],
    );
    check(
        "route53",
        "POST",
        "/2013-04-01/hostedzone/Z1/rrset/",
        None,
        "<x/>",
        &["route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z1"],
    );
}

#[test]
fn nobody_is_refused_to_be_told_who_they_are() {
    query("sts", "Action=GetCallerIdentity", &[]);
}

#[test]
fn a_service_without_a_table_is_a_guess() {
    let request = Request {
        service: "glue",
        method: "POST",
        path: "/",
        query: "",
        target: Some("AWSGlue.GetTable"),
        body: b"{}",
    };
    let seen = Tables::read().look(&request, &PLACE).expect("an operation");
    assert!(!seen.is_known);
    assert_eq!(seen.needs[0].action, "glue:GetTable");
    assert!(Tables::read().look(&Request { target: None, ..request }, &PLACE).is_none());
}

#[test]
fn refusals_teach() {
    let mut needs = vec![Need {
        action: "rds:CreateDBSubnetGroup".into(),
        resources: vec!["arn:aws:rds:eu-west-1:1:subgrp:s".into()],
        region: None,
        passed_to: None,
        why: Why::Called,
    }];
    let refused =
        |action: Option<&str>| Denial { action: action.map(str::to_owned), resource: None };
    assert!(widen(&mut needs, &refused(Some("rds:createdbsubnetgroup")), &PLACE));
    assert_eq!(needs[0].resources, ["arn:aws:rds:eu-west-1:1:subgrp:s", "*"]);
    assert!(
        !widen(&mut needs, &refused(Some("rds:CreateDBSubnetGroup")), &PLACE),
        "there is no more than everything"
    );
    assert!(widen(&mut needs, &refused(Some("ec2:DescribeSubnets")), &PLACE));
    assert_eq!(needs[1].action, "ec2:DescribeSubnets");
    assert!(!widen(&mut Vec::new(), &refused(None), &PLACE));
    assert!(session_policy(&[]).contains("Deny"), "a session without needs may do nothing");
    let many = Need {
        resources: (0..99).map(|at| format!("arn:aws:s3:::bucket-{at}")).collect(),
        ..needs[0].clone()
    };
    let policy = session_policy(&[many]);
    assert!(policy.len() <= SESSION_LETTERS_MAX && policy.contains("[\"*\"]"), "{policy}");
}
