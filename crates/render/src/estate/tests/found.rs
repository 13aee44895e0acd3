//! The page as findings and as cases.

use super::golden::example;
use crate::estate::{Force, LossApproval, Refusal, estate_page_findings, estate_page_suite};
use crate::{Level, junit};

#[test]
fn what_is_gravest_stands_first_and_at_its_line() {
    let mut page = example();
    page.refusals.push(Refusal {
        stack: None,
        force: Force::Warns,
        code: "environment-after".into(),
        text: "dev was not applied".into(),
        remedy: "Apply dev.".into(),
    });
    let found = estate_page_findings(&page, "infra/");
    let told: Vec<String> = found
        .iter()
        .map(|one| {
            let place =
                one.place.as_ref().map_or("-".into(), |at| format!("{}:{}", at.file, at.line));
            format!("{:?} {} {} {place}", one.level, one.rule, one.address)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    Error data-loss prod/database//aws_rds_cluster.main infra/stacks/database/main.tf:31
    Warning environment-after  -
    Warning access-widened prod/roles//aws_iam_role_policy.a -
    ");
    page.losses[0].approval = LossApproval::Given;
    assert!(estate_page_findings(&page, "").iter().all(|one| one.level != Level::Error));
}

#[test]
fn each_stack_is_a_case() {
    let page = example();
    let text = junit(&[estate_page_suite(&page)]);
    assert!(text.contains("<testsuite name=\"plan acme/prod\" tests=\"14\" failures=\"1\" errors=\"0\" skipped=\"0\">"), "{text}");
    assert!(text.contains("name=\"prod/database\">\n      <failure type=\"data-loss\""), "{text}");
    assert!(
        text.contains("1 to add, 1 to change, 0 to destroy; waits for 2 of security"),
        "{text}"
    );
}
