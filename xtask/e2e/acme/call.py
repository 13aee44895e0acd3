"""Direct calls to the clouds of `cargo xtask e2e acme`, past Strata and past every provider.

Standard input: {"endpoint", "region", "account", "org", "env", "kube", "calls": [CALL]}, a CALL being
{"as": NAME, "service", "do", "with": {..}} to AWS (of `cloudtrail`, all of the log) or {"as": NAME, "kube": [METHOD, PATH], "body": {..}} to the cluster. NAME is
`root`, or a stack's role without the estate's prefix (`shop-apply`): taken as CI takes it, by its token and then by way of
the role of CI; or that role itself (`ci-plan`), or that of a team's people (`team-security`). Standard output: a list of {"denied": bool, "code": text, "answer": ..}, one for each call.
"""

import base64
import json
import sys

import botocore.config
import botocore.exceptions
import botocore.session
import urllib3

# How AWS's services, and the emulator, say that somebody may not.
DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AccessDeniedFault", "Forbidden", "403"}
CONFIG = botocore.config.Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})

asked = json.load(sys.stdin)
prefix = f"{asked['org']}-{asked['env']}"
clients = {}
web = urllib3.PoolManager(cert_reqs="CERT_NONE")
urllib3.disable_warnings()


def keys(who, session):
    """Credentials of somebody, as (access key, secret, token)."""
    if who.startswith("key:"):
        return (*who.split(":")[1:], None)
    if who == "root":
        return asked["account"], "test", None
    sts = session.create_client("sts", region_name=asked["region"], endpoint_url=asked["endpoint"])
    purpose = who.rsplit("-", 1)[1]
    iam = f"arn:aws:iam::{asked['account']}:role/{asked['org']}/{asked['env']}"
    if who.startswith("team-"):
        own = sts.assume_role(RoleArn=f"{iam}/teams/{prefix}-{who}", RoleSessionName="person")["Credentials"]
        return own["AccessKeyId"], own["SecretAccessKey"], own["SessionToken"]
    ci = sts.assume_role_with_web_identity(
        RoleArn=f"{iam}/ci/{prefix}-ci-{purpose}", RoleSessionName="ci", WebIdentityToken=token(purpose)
    )["Credentials"]
    if who == f"ci-{purpose}":
        return ci["AccessKeyId"], ci["SecretAccessKey"], ci["SessionToken"]
    sts = session.create_client(
        "sts", region_name=asked["region"], endpoint_url=asked["endpoint"], aws_access_key_id=ci["AccessKeyId"],
        aws_secret_access_key=ci["SecretAccessKey"], aws_session_token=ci["SessionToken"],
    )
    own = sts.assume_role(RoleArn=f"{iam}/strata/{prefix}-{who}", RoleSessionName="direct")["Credentials"]
    return own["AccessKeyId"], own["SecretAccessKey"], own["SessionToken"]


def token(purpose):
    """What the forge's CI would be given in the environment of the purpose; the emulator looks at no signature."""
    environment = asked["env"] + ("-plan" if purpose == "plan" else "")
    claims = {
        "iss": "https://token.actions.githubusercontent.com", "aud": "sts.amazonaws.com",
        "sub": f"repository_owner_id:1001:repository_id:2002:environment:{environment}", **asked.get("claims", {}),
    }
    part = lambda data: base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


def client(who, service):
    if (who, service) not in clients:
        session = botocore.session.get_session()
        if ("keys", who) not in clients:
            session.set_credentials(asked["account"], "test")
            clients["keys", who] = keys(who, session)
        access, secret, security = clients["keys", who]
        clients[who, service] = session.create_client(
            service, region_name=asked["region"], endpoint_url=asked["endpoint"], config=CONFIG,
            aws_access_key_id=access, aws_secret_access_key=secret, aws_session_token=security,
        )
    return clients[who, service]


def cloud(call):
    try:
        speaker, operation, arguments = client(call["as"], call["service"]), call["do"], call.get("with", {})
        if speaker.can_paginate(operation):
            answer = speaker.get_paginator(operation).paginate(**arguments).build_full_result()
        else:
            answer = getattr(speaker, operation)(**arguments)
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        return {"denied": code in DENIALS, "code": code, "answer": str(error)}
    answer.pop("ResponseMetadata", None)
    return {"denied": False, "code": "", "answer": json.loads(json.dumps(answer, default=str))}


def trail():
    """All events of the cloud's log, oldest first. The emulator gives fifty at a time and no token, so each page ends where the
    last one began."""
    speaker, events, end = client("root", "cloudtrail"), {}, {}
    while True:
        page = speaker.lookup_events(**end)["Events"]
        new = [event for event in page if event["EventId"] not in events]
        if not new:
            return {"denied": False, "code": "", "answer": [json.loads(one["CloudTrailEvent"]) for one in reversed(events.values())]}
        events.update((event["EventId"], event) for event in new)
        end = {"EndTime": new[-1]["EventTime"]}


def cluster(call):
    method, path = call["kube"]
    bearer = asked["admin"] if call["as"] == "root" else f"{prefix}-{call['as']}"
    patch = method == "PATCH"
    headers = {
        "Authorization": f"Bearer {bearer}",
        "Content-Type": "application/merge-patch+json" if patch else "application/json",
    }
    body = json.dumps(call["body"]).encode() if "body" in call else None
    response = web.request(method, asked["kube"] + path, body=body, headers=headers)
    code = "" if response.status < 300 else str(response.status)
    return {"denied": response.status in (401, 403), "code": code, "answer": json.loads(response.data or b"null")}


def make(call):
    if "kube" in call:
        return cluster(call)
    return trail() if call["service"] == "cloudtrail" else cloud(call)


json.dump([make(call) for call in asked["calls"]], sys.stdout)
