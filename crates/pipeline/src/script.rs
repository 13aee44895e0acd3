//! What the steps of all pipelines do, as POSIX shell.
//!
//! The same for every estate and every forge: what differs reaches a script as a variable. All of them run with `-eu` in
//! the repository's top. Invariant: no script prints a secret, and none puts one among a program's arguments.

/// GitHub: the repository, by plain Git. The token is not kept.
pub const CHECKOUT: &str = r#"git init -q .
auth=$(printf 'x-access-token:%s' "$STRATA_FORGE_TOKEN" | base64 | tr -d '\n')
export GIT_CONFIG_COUNT=1
export GIT_CONFIG_KEY_0="http.$STRATA_SERVER/.extraheader"
export GIT_CONFIG_VALUE_0="Authorization: Basic $auth"
git fetch -q --no-tags "$STRATA_SERVER/$STRATA_FORGE_REPOSITORY" \
  "+refs/heads/$STRATA_BRANCH:refs/strata/base" "+$STRATA_REF:refs/strata/head"
"#;

/// GitLab and Jenkins, whose runners have laid the repository: the two commits that are needed.
pub const FETCH: &str = r#"git fetch -q --no-tags origin \
  "+refs/heads/$STRATA_BRANCH:refs/strata/base" "+$STRATA_REF:refs/strata/head"
"#;

/// What a pull request would make of the branch: its head, merged into the branch as it is now.
pub const MERGE: &str = r#"if [ "$(git rev-parse refs/strata/head)" != "$STRATA_HEAD" ]; then
  echo "The pull request has a newer commit: that one's run plans it." >&2
  exit 1
fi
if git merge-base --is-ancestor refs/strata/base "$STRATA_HEAD"; then
  git checkout -q --force --detach "$STRATA_HEAD"
else
  git checkout -q --force --detach refs/strata/base
  git -c user.name=strata -c user.email=strata@localhost merge -q --no-ff --no-edit "$STRATA_HEAD"
fi
"#;

/// The commit that was merged.
pub const MERGED: &str = r#"git checkout -q --force --detach "$STRATA_HEAD"
"#;

/// The folder that the pipeline works in, which Git does not see and no commit may hold; and the program in it.
pub const PROGRAM: &str = r#"if [ -n "$(git ls-files .strata-ci)" ]; then
  echo "The repository holds a folder .strata-ci, where the pipeline keeps its own: take it out." >&2
  exit 1
fi
mkdir -p .strata-ci/bin .strata-ci/out .strata-ci/providers
echo '/.strata-ci/' >> "$(git rev-parse --git-path info/exclude)"
if [ -n "${STRATA_URL:-}" ]; then
  curl --fail --silent --show-error --location --proto '=https,file' --output .strata-ci/bin/strata "$STRATA_URL"
  printf '%s  .strata-ci/bin/strata\n' "$STRATA_SHA256" | sha256sum -c - > .strata-ci/out/checksum
  chmod 755 .strata-ci/bin/strata
fi
"#;

/// The folders that the others work in; stands before each of them.
const PLACE: &str = r#"export PATH="$PWD/.strata-ci/bin:$PATH"
export TF_PLUGIN_CACHE_DIR="$PWD/.strata-ci/providers"
out="$PWD/.strata-ci/out"
cd "$STRATA_FOLDER"
"#;

/// GitHub: asks for tokens that say who this run is. Azure's libraries and Google's read theirs from files, too.
const TOKEN: &str = r#"strata ci token -audience "$STRATA_AUDIENCE" -out "$STRATA_TOKEN_FILE"
"#;

/// GitLab: the tokens are variables, and become files.
pub const TOKEN_FROM_VARIABLE: &str = r#"umask 077
if [ -n "${STRATA_TOKEN_AWS:-}" ]; then
  printf '%s' "$STRATA_TOKEN_AWS" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
fi
if [ -n "${STRATA_TOKEN_AZURE:-}" ]; then
  printf '%s' "$STRATA_TOKEN_AZURE" > "$ARM_OIDC_TOKEN_FILE_PATH"
fi
if [ -n "${STRATA_TOKEN_GOOGLE:-}" ]; then
  printf '%s' "$STRATA_TOKEN_GOOGLE" > "$STRATA_GOOGLE_TOKEN_FILE"
fi
unset STRATA_TOKEN_AWS STRATA_TOKEN_AZURE STRATA_TOKEN_GOOGLE
"#;

/// Google's libraries read who they are from a file that names the token's file. It holds no secret. No here-document: Jenkins
/// indents the lines of a script, and with them the word that would end one.
pub const GOOGLE: &str = r#"as=
if [ -n "${STRATA_GOOGLE_ACCOUNT:-}" ]; then
  as=$(printf ',"service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/%s:generateAccessToken"' \
    "$STRATA_GOOGLE_ACCOUNT")
fi
printf '{"type":"external_account","audience":"//iam.googleapis.com/%s","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"https://sts.googleapis.com/v1/token","credential_source":{"file":"%s"}%s}' \
  "$STRATA_GOOGLE_PROVIDER" "$STRATA_GOOGLE_TOKEN_FILE" "$as" > "$GOOGLE_APPLICATION_CREDENTIALS"
"#;

/// The plan of a pull request, by the rules of the branch that it goes onto.
const PLAN: &str = r#"rm -f "$out"/plan.*
code=0
{
  strata validate --pull-request --base refs/strata/base > "$out/validate.log" &&
  strata init -env "$STRATA_ENV" -lockfile=readonly > "$out/init.log" &&
  strata plan -json --pull-request --base refs/strata/base -env "$STRATA_ENV" -affected refs/strata/base \
    -markdown="$out/plan.md" -sarif="$out/plan.sarif" -junit="$out/plan.xml" > "$out/plan.json"
} 2> "$out/plan.err" || code=$?
cat "$out/plan.err" >&2
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/plan.md" ]; then
  cat "$out/plan.md" >> "$GITHUB_STEP_SUMMARY"
fi
if [ "$code" != 0 ]; then
  echo "There is no plan of $STRATA_ENV." >&2
fi
echo "$code" > "$out/plan.code"
"#;

/// What came of the plan, told under the pull request; ends as the plan did.
const REPORT: &str = r#"if [ "${STRATA_CODE_SCANNING:-}" = on ] && [ -f "$out/plan.sarif" ]; then
  strata ci report -env "$STRATA_ENV" --base refs/strata/base -page="$out/plan.json" -markdown="$out/plan.md" -errors="$out/plan.err" \
    -sarif="$out/plan.sarif"
else
  strata ci report -env "$STRATA_ENV" --base refs/strata/base -page="$out/plan.json" -markdown="$out/plan.md" -errors="$out/plan.err"
fi
exit "$(cat "$out/plan.code")"
"#;

/// A pull request of a stranger: no credentials, no secrets, no store; only what can be told without them.
const STRANGER: &str = r#"rm -f "$out"/plan.*
strata validate --pull-request --base refs/strata/base
strata plan --pull-request --stranger --base refs/strata/base -env "$STRATA_ENV" -affected refs/strata/base \
  -markdown="$out/plan.md"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/plan.md" ]; then
  cat "$out/plan.md" >> "$GITHUB_STEP_SUMMARY"
fi
"#;

/// Which plan the pull request was reviewed with that this commit came from.
const WHICH: &str = r#"strata ci merged -env "$STRATA_ENV" > "$out/merged"
if [ ! -s "$out/merged" ]; then
  echo "The pull request changes nothing in $STRATA_ENV."
fi
"#;

/// Signs that plan with the environment's key.
const SIGN: &str = r#"if [ -s "$out/merged" ]; then
  (
    umask 077
    trap 'rm -f "$out/key"' EXIT
    if [ -f "$STRATA_APPROVAL_KEY" ]; then
      cat "$STRATA_APPROVAL_KEY" > "$out/key"
    else
      printf '%s\n' "$STRATA_APPROVAL_KEY" > "$out/key"
    fi
    if said=$(strata approve "$(cat "$out/merged")" --base "$STRATA_BEFORE" -key="$out/key" 2>&1); then
      printf '%s\n' "$said"
    else
      printf '%s\n' "$said" >&2
      # A run that is run again has signed already.
      case "$said" in
        *approval-twice*) ;;
        *) exit 1 ;;
      esac
    fi
  )
fi
"#;

/// Applies that plan and no other.
const APPLY: &str = r#"if [ -s "$out/merged" ]; then
  strata init -env "$STRATA_ENV" -lockfile=readonly
  strata apply "$(cat "$out/merged")" --base "$STRATA_BEFORE" -auto-approve -lock-timeout=60m
fi
"#;

/// Looks for what was changed beside Strata. Ends with 2 where there is some.
const DRIFT: &str = r#"strata init -env "$STRATA_ENV" -lockfile=readonly
code=0
strata drift -env "$STRATA_ENV" -markdown="$out/drift.md" -sarif="$out/drift.sarif" || code=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/drift.md" ]; then
  cat "$out/drift.md" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$code"
"#;

/// Takes what only some steps need out of what the next ones see, where steps share their variables.
pub const FORGET: &str = "unset STRATA_FORGE_TOKEN STRATA_APPROVAL_KEY\n";

/// A step that runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Asks GitHub for a token.
    Token,
    /// Plans a pull request.
    Plan,
    /// Tells what came of it.
    Report,
    /// Looks at a stranger's pull request.
    Stranger,
    /// Finds the plan of a merged pull request.
    Which,
    /// Signs it.
    Sign,
    /// Applies it.
    Apply,
    /// Looks for drift.
    Drift,
}

impl Step {
    /// Its whole script.
    pub fn script(self) -> String {
        format!("{PLACE}{}", self.body())
    }

    /// Its script without the lines that make its folders known.
    pub fn body(self) -> &'static str {
        match self {
            Step::Token => TOKEN,
            Step::Plan => PLAN,
            Step::Report => REPORT,
            Step::Stranger => STRANGER,
            Step::Which => WHICH,
            Step::Sign => SIGN,
            Step::Apply => APPLY,
            Step::Drift => DRIFT,
        }
    }
}

/// Several steps in one shell: the folders are made known once.
pub fn together(steps: &[&str]) -> String {
    format!("{PLACE}{}", steps.concat())
}
