//! The page of an environment's plan, as data: what a reviewer needs, and nothing of how it is printed.
//!
//! Who fills it (`cli`) took it from plans, the guard's verdict, wiring and version control; `render` knows none of
//! these but plans. Invariant: no text in it is a sensitive value; addresses are whole, the printers shorten them.

use addr::StackAddr;
use plan::{Action, Counts, Plan};

use super::build::Wires;

/// The plan of an environment.
#[derive(Debug, Default)]
pub struct EstatePage<'a> {
    /// The estate's name.
    pub estate: String,
    /// The environment's name.
    pub environment: String,
    /// The stacks that the plan has, in the order in which they are applied, the unchanged ones too.
    pub stacks: Vec<StackPart<'a>>,
    /// Changes that destroy what bears data.
    pub losses: Vec<Loss>,
    /// What else stands against applying it; empty where nothing does.
    pub refusals: Vec<Refusal>,
    /// What policies found and does not stand among the refusals.
    pub policies: Vec<PolicyTold>,
    /// The foot.
    pub foot: Foot,
}

/// What the last lines say.
#[derive(Clone, Debug, Default)]
pub struct Foot {
    /// The id under which the plan is kept.
    pub plan_id: Option<String>,
    /// The commit that was planned, short, with what was changed beside it: `4be91c2`, `4be91c2 and what is not committed`.
    pub commit: Option<String>,
    /// The commit that it goes onto, short.
    pub onto: Option<String>,
    /// How many state serials the plan stands on.
    pub serials: usize,
    /// What shows the drift; printed where there is any.
    pub drift_command: Option<String>,
    /// What to type next.
    pub next: Option<String>,
}

/// A stack on the page.
#[derive(Debug)]
pub struct StackPart<'a> {
    /// Its address.
    pub address: StackAddr,
    /// Its layer.
    pub layer: String,
    /// How it comes to be in the plan.
    pub standing: Standing,
    /// Its plan, for the details; none where it has none.
    pub plan: Option<&'a Plan>,
    /// The wiring around it.
    pub wires: Wires,
    /// Whether applying would change anything.
    pub changes: Changes,
    /// How many objects it adds, changes, destroys.
    pub counts: Counts,
    /// What it all comes from, most telling first: `this change`, `database.endpoint`, `drift`.
    pub causes: Vec<String>,
    /// Whose approval it needs.
    pub needs: Vec<Need>,
    /// Whether anything stands against applying it.
    pub refused: Refused,
    /// What widens access.
    pub widens: Vec<Widening>,
    /// Its wired inputs that are not known before what is below is applied.
    pub unknown_inputs: usize,
    /// Changes that were planned from the schema alone, because the provider could not be asked yet.
    pub provisional: usize,
    /// What is left for later.
    pub deferred: Vec<DeferredPart>,
    /// Objects that somebody else changed; never in the totals.
    pub drift: usize,
    /// Its address before, where it moved.
    pub was: Option<StackAddr>,
    /// What is forgotten because its host goes.
    pub forgets: Vec<HostedForget>,
}

/// How a stack comes to be in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// It is planned like any other.
    #[default]
    Planned,
    /// It was not planned: what it reads stays the same.
    CutOff,
    /// It cannot be planned before something below is applied, and needs its own approval then.
    NotPlannable {
        /// What it waits for.
        waits_for: Vec<String>,
    },
    /// The estate file no longer names it; what its last apply left is destroyed.
    Orphan,
    /// A `removed` block takes it out, and lets its objects be.
    Forgotten,
}

/// Whether there is anything to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Changes {
    /// Nothing.
    #[default]
    None,
    /// Something.
    Some,
}

/// Whether something stands against applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Refused {
    /// Nothing does.
    #[default]
    No,
    /// Something does.
    Yes,
}

/// An approval that a stack needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The groups whose members may give it; `data` for addresses whose data is destroyed.
    pub groups: Vec<String>,
    /// How many it takes.
    pub of: u32,
    /// How many there are.
    pub have: u32,
    /// Whether apply says no without it.
    pub force: Force,
}

impl Need {
    /// Whether no more are needed.
    pub fn is_satisfied(&self) -> bool {
        self.have >= self.of
    }
}

/// A change that lets somebody do more than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// The resource.
    pub address: String,
    /// Who may do what: `s3:PutObject on acme-logs-*`.
    pub what: String,
}

/// Something that stands against applying, other than the destruction of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stack; none where it is the whole environment.
    pub stack: Option<StackAddr>,
    /// Whether it binds.
    pub force: Force,
    /// The diagnostic's code.
    pub code: String,
    /// What, in a sentence.
    pub text: String,
    /// What to do.
    pub remedy: String,
}

/// Something that a policy found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTold {
    /// The stack, or a resource across stacks: `prod/network//aws_vpc.main`.
    pub about: String,
    /// The policy and its rule, as `starter (pins.warn)`.
    pub policy: String,
    /// What it says.
    pub text: String,
    /// What it comes to.
    pub standing: PolicyStanding,
}

/// What a finding of a policy comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyStanding {
    /// It is told.
    Warns,
    /// A group has to approve.
    Needs(String),
    /// It depends on what is not known yet: it is decided before the calls.
    NotYet {
        /// What it waits for.
        on: Vec<String>,
    },
}

/// Whether a refusal binds here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// It does: apply says no.
    Refuses,
    /// It would in a protected environment, or without `--break-glass`.
    Warns,
}

/// Something that a plan leaves for later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferredPart {
    /// An address, or a pattern such as `helm_release.app[*]`.
    pub address: String,
    /// The most objects that it may create; it destroys none.
    pub creates_max: u64,
    /// What it waits for.
    pub waits_for: Vec<String>,
}

/// An object that is forgotten because what it lives in is deleted in the same run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedForget {
    /// The object.
    pub address: String,
    /// The stack of its host.
    pub host: StackAddr,
}

/// A change that destroys what bears data.
#[derive(Clone, Debug)]
pub struct Loss {
    /// The stack.
    pub stack: StackAddr,
    /// The object's address inside the stack.
    pub address: String,
    /// What people call it: its name or id before.
    pub name: Option<String>,
    /// What happens to it.
    pub action: Action,
    /// The arguments that force its replacement.
    pub forced_by: Vec<Forced>,
    /// Other reasons, a line each.
    pub why: Vec<String>,
    /// Where its block stands: `stacks/database/main.tf:31`.
    pub place: Option<String>,
    /// What it comes from: `this change (4be91c2)`, `network.vpc_id`.
    pub origin: Vec<String>,
    /// What protects its data.
    pub guards: Vec<String>,
    /// What is no longer known above.
    pub reaches: Vec<Reach>,
    /// What to keep so that nothing is destroyed: `the ARN`, `kms_key_id as it is`.
    pub keep: Option<String>,
    /// Whether its address was approved.
    pub approval: LossApproval,
}

/// Whether a loss was approved by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossApproval {
    /// Nobody did.
    Missing,
    /// Somebody did, who may.
    Given,
}

/// An argument that forces a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forced {
    /// Where in the object.
    pub path: String,
    /// The value before, as people read it.
    pub before: String,
    /// The value after.
    pub after: String,
}

/// An output that is no longer known, and who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// `STACK.OUTPUT`.
    pub output: String,
    /// The stacks that read it, as the page names them.
    pub readers: Vec<String>,
}
