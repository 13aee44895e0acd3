//! What a pipeline is made of.

/// How CI runs an estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The estate's name.
    pub estate: String,
    /// The estate's folder from the repository's top; `.` at the top.
    pub folder: String,
    /// The branch that is applied.
    pub branch: String,
    /// What lets a plan be applied.
    pub approval: Approval,
    /// The program that CI runs.
    pub program: Program,
    /// When drift is looked for, as five fields of cron; never where there are none.
    pub drift: Option<String>,
    /// The machines that run it.
    pub runner: Option<String>,
    /// GitLab's container image.
    pub image: Option<String>,
    /// Where the repository is kept, for a CI that does not say.
    pub forge: Forge,
    /// `OWNER/NAME` at the forge, for a CI that does not say.
    pub repository: Option<String>,
    /// Whether findings go to the forge's code scanning, too.
    pub scanning: Scanning,
    /// The environments, in the order in which they are applied.
    pub stages: Vec<Stage>,
    /// Files of provider locks from the repository's top: caches are keyed by them.
    pub locks: Vec<String>,
    /// Names of variables that open the store: every run with credentials gets them, from the forge's secrets.
    pub store_secrets: Vec<String>,
    /// Names of variables that `secret` blocks read: only applies and drift get them.
    pub secrets: Vec<String>,
}

/// What lets a plan be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Signatures that people make beside the pipeline.
    Signature,
    /// The forge's environment: who is let into it finds a key there, and the pipeline signs with it.
    Environment,
}

/// Where a repository is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// GitHub.
    GitHub,
    /// GitLab.
    GitLab,
}

impl Forge {
    /// As `STRATA_FORGE` says it.
    pub fn word(self) -> &'static str {
        match self {
            Forge::GitHub => "github",
            Forge::GitLab => "gitlab",
        }
    }
}

/// Whether findings go to the forge's code scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanning {
    /// They stay a file of the run.
    Off,
    /// They are sent there.
    On,
}

/// The program that CI runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// It is fetched, and its checksum is what was meant.
    Fetched {
        /// Where it is.
        url: String,
        /// Its SHA-256, as 64 hexadecimal digits.
        sha256: String,
    },
    /// It is in the container image, which is pinned by its digest.
    InImage,
}

/// An environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// The environments that are applied before it.
    pub after: Vec<String>,
    /// How a run becomes somebody at clouds.
    pub trusts: Vec<Trust>,
}

/// How a run becomes somebody at a cloud, by the forge's token for this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A role of AWS.
    Aws {
        /// Whom the token is for.
        audience: String,
        /// The role of plans.
        plan_role: String,
        /// The role of applies.
        apply_role: String,
    },
    /// An application of Azure.
    Azure {
        /// Whom the token is for.
        audience: String,
        /// The directory.
        tenant_id: String,
        /// The application of plans.
        plan_client_id: String,
        /// The application of applies.
        apply_client_id: String,
    },
    /// A service account of Google Cloud.
    Google {
        /// Whom the token is for.
        audience: String,
        /// The provider of the pool, `projects/N/locations/global/workloadIdentityPools/P/providers/Q`.
        provider: String,
        /// The account of plans; none where rights are given to the run itself.
        plan_account: Option<String>,
        /// The account of applies.
        apply_account: Option<String>,
    },
}

/// The variable that names the file which Google's libraries read who they are from.
pub(crate) const GOOGLE_FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// What a run with credentials does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Plan,
    Apply,
}

impl Trust {
    /// The cloud, in capitals, as it stands in names of variables.
    pub(crate) fn cloud(&self) -> &'static str {
        match self {
            Trust::Aws { .. } => "AWS",
            Trust::Azure { .. } => "AZURE",
            Trust::Google { .. } => "GOOGLE",
        }
    }

    /// Whom the token is for.
    pub(crate) fn audience(&self) -> &str {
        match self {
            Trust::Aws { audience, .. }
            | Trust::Azure { audience, .. }
            | Trust::Google { audience, .. } => audience,
        }
    }

    /// The variable that names the token's file.
    pub(crate) fn token_variable(&self) -> &'static str {
        match self {
            Trust::Aws { .. } => "AWS_WEB_IDENTITY_TOKEN_FILE",
            Trust::Azure { .. } => "ARM_OIDC_TOKEN_FILE_PATH",
            Trust::Google { .. } => "STRATA_GOOGLE_TOKEN_FILE",
        }
    }

    /// Where the token is, in the folder `out`.
    pub(crate) fn token_file(&self, out: &str) -> String {
        format!("{out}/{}.token", self.cloud().to_ascii_lowercase())
    }

    /// What the cloud's own libraries are told, beside where the token is.
    pub(crate) fn variables(&self, purpose: Purpose) -> Vec<(&'static str, String)> {
        let of = |plan: &str, apply: &str| match purpose {
            Purpose::Plan => plan.to_owned(),
            Purpose::Apply => apply.to_owned(),
        };
        match self {
            Trust::Aws { plan_role, apply_role, .. } => {
                vec![("AWS_ROLE_ARN", of(plan_role, apply_role))]
            }
            Trust::Azure { tenant_id, plan_client_id, apply_client_id, .. } => vec![
                ("ARM_USE_OIDC", "true".to_owned()),
                ("ARM_TENANT_ID", tenant_id.clone()),
                ("ARM_CLIENT_ID", of(plan_client_id, apply_client_id)),
            ],
            Trust::Google { provider, plan_account, apply_account, .. } => {
                let account = match purpose {
                    Purpose::Plan => plan_account,
                    Purpose::Apply => apply_account,
                };
                let account = account.iter().map(|one| ("STRATA_GOOGLE_ACCOUNT", one.clone()));
                std::iter::once(("STRATA_GOOGLE_PROVIDER", provider.clone()))
                    .chain(account)
                    .collect()
            }
        }
    }
}

impl Stage {
    /// Whether a trust is of Google, whose libraries read a file of their own, too.
    pub(crate) fn trusts_google(&self) -> bool {
        self.trusts.iter().any(|trust| matches!(trust, Trust::Google { .. }))
    }

    /// What the clouds' libraries are told, of all trusts.
    pub(crate) fn variables(&self, purpose: Purpose) -> Vec<(&'static str, String)> {
        self.trusts.iter().flat_map(|trust| trust.variables(purpose)).collect()
    }

    /// The same, and where the tokens are, in the folder `out`.
    pub(crate) fn variables_in(&self, purpose: Purpose, out: &str) -> Vec<(&'static str, String)> {
        let mut variables = self.variables(purpose);
        for trust in &self.trusts {
            variables.push((trust.token_variable(), trust.token_file(out)));
            if let Trust::Google { .. } = trust {
                variables.push((GOOGLE_FILE, format!("{out}/google.json")));
            }
        }
        variables
    }
}

impl Program {
    /// What the script is told that fetches it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Program::Fetched { url, sha256 } => {
                vec![("STRATA_URL", url.clone()), ("STRATA_SHA256", sha256.clone())]
            }
            Program::InImage => Vec::new(),
        }
    }
}
