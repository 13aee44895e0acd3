//! The gate over a store in memory, with approvals as anybody may put them there.

use std::path::Path;

use diag::SourceMap;
use guard::approval::{Document, Key, stored};
use host::Host;
use plan::{
    Action, Base, Change, Completeness, CreateBeforeDestroy, Digests, Options, ProviderIndex,
    Provisional, Reason,
};
use state::State;
use store::{MemoryDisk, MemoryStore, StoreKind, StoredApproval, SystemWorld};
use tempfile::TempDir;
use value::{Type, Value};

use super::*;

const NOW: u64 = 1_700_000_000;
const ESTATE: &str = r#"
estate {
  name = "acme"
  id   = "3f6c0a12"
}
group "platform" { signers = "platform.signers" }
layer "infrastructure" {
  owners         = ["platform"]
  approval_hours = 2
}
environment "prod" { protected = true }
stack "database" {
  layer  = "infrastructure"
  source = "./database"
}
"#;

/// Keys of these tests, which sign nothing else.
const ALICE: (&str, &str) = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBQYcYTpc1Sb0Hu2kEMDjOYW2eUX89jMLGFY7rW0u+32",
    "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9gAAAIhHUvjSR1L4
0gAAAAtzc2gtZWQyNTUxOQAAACAUGHGE6XNUm9B7tpBDA4zmFtnlF/PYzCxhWO61tLvt9g
AAAEDJaJzyvJIeLpxMpHBpjM+xwaiJHFtYePrlIrVOVRW+8BQYcYTpc1Sb0Hu2kEMDjOYW
2eUX89jMLGFY7rW0u+32AAAABWFsaWNl
-----END OPENSSH PRIVATE KEY-----
",
);
const MALLORY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBYt97zN4Q1K00p+u8TXRJBFrMKf5yURirC+/QDGcMbnwAAAIj8mmsH/Jpr
BwAAAAtzc2gtZWQyNTUxOQAAACBYt97zN4Q1K00p+u8TXRJBFrMKf5yURirC+/QDGcMbnw
AAAECMdiUJKDbOCY9IA3j//PDq9tsIYMAqEdmODEyM+7aILVi33vM3hDUrTSn67xNdEkEW
swp/nJRGKsL79AMZwxufAAAAA2JvYgEC
-----END OPENSSH PRIVATE KEY-----
";

/// An estate in a folder, with its store.
struct Fixture {
    _folder: TempDir,
    file: EstateFile,
    policies: Arc<Policies>,
    store: MemoryStore,
}

impl Fixture {
    fn new(signers: &str) -> Fixture {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("platform.signers"), signers).expect("written");
        let file = read(folder.path());
        let mut diags = Diags::new();
        let host = Host::real().expect("a host");
        let policies = Policies::read(&host, &file, &mut diags).expect("policies");
        let world = Arc::new(SystemWorld::new());
        let store = MemoryStore::over(MemoryDisk::new(), world, "1.12.6".into());
        Fixture { _folder: folder, file, policies: Arc::new(policies), store }
    }

    fn of_alice() -> Fixture {
        Fixture::new(&format!("alice@example.com {}\n", ALICE.0))
    }

    fn gate(&self, glass: BreakGlass, now_s: u64) -> Gate {
        let plan = PlanName { id: "p-7Q4K9Z".into(), digest: Some(digest()) };
        let (policies, environment) = (self.policies.clone(), EnvironmentIdx(0));
        Gate::open(&self.file, policies, &self.store, environment, plan, glass, now_s)
            .expect("a gate")
    }

    /// The codes of what is refused, and why approvals do not count.
    fn refused(&self, now_s: u64) -> (Vec<&'static str>, Vec<&'static str>) {
        let gate = self.gate(BreakGlass::No, now_s);
        let (address, plan) = (address(), created());
        let verdict = gate.judge(&[(&address, &plan)]);
        let refused = verdict.refused.iter().map(|one| one.code).collect();
        (refused, gate.discounted().iter().map(|one| one.why.code()).collect())
    }

    fn put(&self, key: &str, body: Vec<u8>) {
        let approval = StoredApproval {
            plan: "p-7Q4K9Z".into(),
            digest: digest(),
            signer_key: key.into(),
            at_ms: 0,
            body,
        };
        self.store.put_approval(&approval).expect("kept");
    }
}

fn read(folder: &Path) -> EstateFile {
    let mut sources = SourceMap::new();
    let mut diags = Diags::new();
    let file = syntax::parse_native(sources.add("strata.hcl", ESTATE), ESTATE, &mut diags);
    let estate = estate::read(&file, &[], &mut diags);
    let errors: Vec<_> = diags.iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    EstateFile {
        dir: folder.to_owned(),
        estate: estate.expect("an estate"),
        text: ESTATE.into(),
        kind: StoreKind::Real,
        edits: Default::default(),
        base: None,
        bounds: None,
    }
}

fn address() -> StackAddr {
    "prod/database".parse().expect("an address")
}

fn digest() -> Digest {
    Digest::of(b"a plan")
}

fn document(at_s: u64) -> Document {
    Document {
        estate: "3f6c0a12".into(),
        environment: "prod".into(),
        plan: "p-7Q4K9Z".into(),
        digest: digest().to_string().into(),
        at_s,
        destroy_data: Default::default(),
    }
}

/// What is stored of a document that a key signed.
fn signed(key: &str, document: &Document) -> Vec<u8> {
    let text = document.text();
    let key = Key::parse(key).expect("a key");
    stored(&text, &key.sign(text.as_bytes()).expect("signs"))
}

/// A plan that creates something.
fn created() -> Plan {
    let none = || Value::null(Type::DYNAMIC);
    let change = Change {
        address: "terraform_data.x".parse().expect("an address"),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action: Action::Create,
        reason: Reason::None,
        before: none(),
        after: Value::object(Vec::new()),
        configuration: none(),
        replace_paths: Vec::new(),
        planned_private: Arc::new([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: Vec::new(),
    };
    Plan {
        options: Options::default(),
        completeness: Completeness::Whole,
        base: Base { lineage: "l".into(), serial: 1, digest: Digest::default() },
        digests: Digests::default(),
        time_s: 0,
        variables: Vec::new(),
        providers: Vec::new(),
        changes: vec![change],
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(State::new()),
        relevant: Vec::new(),
        impure: Vec::new(),
    }
}

const MISSING: &[&str] = &["approvals-missing"];

#[test]
fn without_approval_it_is_refused_with_one_it_is_not() {
    let fixture = Fixture::of_alice();
    assert_eq!(fixture.refused(NOW), (MISSING.to_vec(), vec![]));
    fixture.put("SHA256:a", signed(ALICE.1, &document(NOW - 60)));
    assert_eq!(fixture.refused(NOW), (vec![], vec![]));
}

#[test]
fn an_approval_expires() {
    let fixture = Fixture::of_alice();
    fixture.put("SHA256:a", signed(ALICE.1, &document(NOW)));
    assert_eq!(fixture.refused(NOW + 2 * 3600 - 1), (vec![], vec![]));
    assert_eq!(fixture.refused(NOW + 2 * 3600), (MISSING.to_vec(), vec![]));
}

#[test]
fn a_stranger_in_the_store_does_not_count() {
    let fixture = Fixture::of_alice();
    fixture.put("SHA256:m", signed(MALLORY, &document(NOW - 60)));
    assert_eq!(fixture.refused(NOW), (MISSING.to_vec(), vec!["approval-stranger"]));
}

#[test]
fn what_was_tampered_with_does_not_count() {
    let check = |body: Vec<u8>, code: &'static str| {
        let fixture = Fixture::of_alice();
        fixture.put("SHA256:a", body);
        assert_eq!(fixture.refused(NOW), (MISSING.to_vec(), vec![code]));
    };
    let good = String::from_utf8(signed(ALICE.1, &document(NOW - 60))).expect("text");
    check(good.replace("\"time\":1", "\"time\":2").into_bytes(), "approval-broken");
    check(good.replace("prod", "test").into_bytes(), "approval-broken");
    check(good.replace("SIGNATURE", "SIGNATUR").into_bytes(), "approval-broken");
    check(b"nothing".to_vec(), "approval-broken");
    check(vec![0xff, b'\n'], "approval-broken");
    let other =
        Document { digest: Digest::of(b"another").to_string().into(), ..document(NOW - 60) };
    check(signed(ALICE.1, &other), "approval-foreign");
    let other = Document { plan: "p-000000".into(), ..document(NOW - 60) };
    check(signed(ALICE.1, &other), "approval-foreign");
}

#[test]
fn what_is_frozen_is_refused_unless_glass_is_broken() {
    let fixture = Fixture::of_alice();
    fixture.put("SHA256:a", signed(ALICE.1, &document(NOW - 60)));
    let freeze = Freeze { reason: "holidays".into(), who: "a@b".into(), at_ms: 0 };
    fixture.store.freeze("prod", &freeze).expect("frozen");
    assert_eq!(fixture.refused(NOW), (vec!["env-frozen"], vec![]));
    let (address, plan) = (address(), created());
    let broken = fixture.gate(BreakGlass::Yes, NOW).judge(&[(&address, &plan)]);
    assert!(broken.may_be_applied());
    assert_eq!(broken.warned[0].code, "env-frozen");
    fixture.store.thaw("prod").expect("thawed");
    assert_eq!(fixture.refused(NOW), (vec![], vec![]));
}

#[test]
fn the_gate_is_asked_again_and_names_the_place() {
    let fixture = Fixture::of_alice();
    let (address, plan) = (address(), created());
    let diags = fixture.gate(BreakGlass::No, NOW).again(&address, &plan).expect_err("refused");
    let first = diags.iter().next().expect("one");
    assert_eq!(first.code.0, "approvals-missing");
    assert_eq!(first.address.as_deref(), Some("prod/database"));
    assert!(first.span.is_some(), "owners = [...] is its place");
    assert!(first.remedy.contains("strata approve p-7Q4K9Z"), "{}", first.remedy);
    fixture.gate(BreakGlass::Yes, NOW).again(&address, &plan).expect("broken");
}

#[test]
fn a_stack_that_nobody_names_needs_a_signer_of_any_group() {
    let fixture = Fixture::of_alice();
    let orphan: StackAddr = "prod/gone".parse().expect("an address");
    let plan = created();
    let codes = |fixture: &Fixture| {
        let verdict = fixture.gate(BreakGlass::No, NOW).judge(&[(&orphan, &plan)]);
        verdict.refused.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&fixture), MISSING);
    fixture.put("SHA256:a", signed(ALICE.1, &document(NOW - 60)));
    assert!(codes(&fixture).is_empty());
}

#[test]
fn an_orphan_needs_somebody_whatever_became_of_its_layer() {
    for (layer, owners) in [("infrastructure", vec!["platform"]), ("gone", vec![])] {
        let mut fixture = Fixture::of_alice();
        // A layer that nobody owns stands last, as the place of what has none.
        let open = fixture.file.estate.layers[0].clone();
        fixture.file.estate.layers.push(estate::Layer { owners: Vec::new(), approvals: 0, ..open });
        let stack = fixture.file.estate.adopt("gone", ".", layer);
        let rules = rules(&fixture.file.estate, EnvironmentIdx(0), stack);
        assert_eq!(
            (rules.owners, rules.approvals),
            (owners.into_iter().map(Arc::from).collect(), 1)
        );
        let (orphan, plan) = ("prod/gone".parse().expect("an address"), created());
        let verdict = fixture.gate(BreakGlass::No, NOW).judge(&[(&orphan, &plan)]);
        let codes: Vec<_> = verdict.refused.iter().map(|one| one.code).collect();
        assert_eq!(codes, MISSING, "{layer}");
    }
}

#[test]
fn signers_that_cannot_be_read_are_errors_at_their_place() {
    let folder = TempDir::new().expect("a folder");
    let file = read(folder.path());
    let host = Host::real().expect("a host");
    let check = |text: Option<&str>, word: &str| {
        if let Some(text) = text {
            std::fs::write(folder.path().join("platform.signers"), text).expect("written");
        }
        let mut diags = Diags::new();
        assert!(Policies::read(&host, &file, &mut diags).is_none());
        let first = diags.iter().next().expect("one");
        assert_eq!(first.code.0, "signers-unreadable");
        assert!(first.span.is_some());
        assert!(first.detail.contains(word), "{}", first.detail);
    };
    check(None, "platform.signers");
    check(Some("*@example.com ssh-ed25519 AAAA"), "line 1");
    check(Some("alice cert-authority ssh-ed25519 AAAA"), "certificate authorities");
}

#[test]
fn a_rehearsal_approves_in_its_own_store_only() {
    let fixture = Fixture::of_alice();
    let plan = PlanName { id: "p-7Q4K9Z".into(), digest: Some(digest()) };
    let refused = approve_rehearsal(&fixture.store, &plan, "platform", 1, &Default::default(), 0)
        .unwrap_err();
    assert_eq!(refused.code, diag::Code("real-store"));
    let forged = |kind| {
        let approval = StoredApproval {
            plan: "p-7Q4K9Z".into(),
            digest: state::Digest(digest().0),
            signer_key: "rehearsal:platform/1".into(),
            at_ms: 0,
            body: Vec::new(),
        };
        rehearsed::read(kind, &approval, Some(digest())).is_some()
    };
    assert!(forged(StoreKind::Rehearsal));
    assert!(!forged(StoreKind::Real), "put there by whoever");
}
