//! Plans made by hand: one with every variant of everything, one with nothing.

use std::sync::Arc;

use addr::ResourceInstance;
use funcs::{Answer, Depth, FileKind, Request, WorldFault};
use state::{
    Attributes, CheckKind, CheckObject, CheckResult, CheckStatus, Digest, Identity, Object,
    ObjectAddr, Output, Resource, Row, Sensitivity, State, Status,
};
use value::{Marks, Number, Path, Refinement, Type, Value};

use crate::{
    Action, Base, Cause, Change, ChangeIndex, Completeness, CreateBeforeDestroy, Deferred,
    DeferredItem, DeferredReason, Digests, Impure, Mode, Op, OpId, OpKind, Options, Origin,
    OutputChange, Plan, ProviderIndex, Provisional, Reason, Refresh, RelevantAttribute, Sensitive,
    Variable,
};

fn instance(text: &str) -> ResourceInstance {
    text.parse().expect(text)
}

/// Nothing planned of nothing.
pub(super) fn empty() -> Plan {
    Plan {
        options: Options::default(),
        completeness: Completeness::Whole,
        base: Base { lineage: "".into(), serial: 0, digest: Digest::default() },
        digests: Digests::default(),
        time_s: 0,
        variables: Vec::new(),
        providers: Vec::new(),
        changes: Vec::new(),
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

/// Every variant of every part.
pub(super) fn every_variant() -> Plan {
    Plan {
        options: options(),
        completeness: Completeness::Partial,
        base: Base { lineage: "l-1".into(), serial: 1 << 40, digest: Digest::of(b"base") },
        digests: Digests {
            configuration: Digest::of(b"configuration"),
            locks: Digest::of(b"locks"),
            policies: Digest::of(b"policies"),
        },
        time_s: -1,
        variables: variables(),
        providers: [
            "provider[\"registry.opentofu.org/hashicorp/aws\"]",
            "module.x.provider[\"terraform.io/builtin/terraform\"].west[\"k.\\\"q\"]",
        ]
        .map(|text| text.parse().expect(text))
        .to_vec(),
        changes: changes(),
        drift: vec![change(Action::Update, Reason::None)],
        outputs: outputs(),
        checks: checks(),
        deferred: deferred(),
        ops: ops(),
        prior: Arc::new(prior()),
        relevant: vec![RelevantAttribute {
            resource: "aws_vpc.main".into(),
            path: Path::new().attr("tags").index(Value::string("Name")),
        }],
        impure: impure(),
    }
}

fn options() -> Options {
    let targets = ["module.a[0]", "module.b[\"é\"].aws_vpc.x", "data.aws_ami.y[3]"];
    Options {
        mode: Mode::RefreshOnly,
        refresh: Refresh::No,
        targets: targets.map(|text| text.parse().expect(text)).to_vec(),
        excludes: vec!["module.c".parse().expect("a module")],
        replace: vec![instance("aws_vpc.main[\"a\"]")],
        drift: crate::DriftChoice::Only(vec![instance("aws_vpc.main[\"b\"]")]),
    }
}

fn variables() -> Vec<Variable> {
    let variable = |name: &str, value, sensitive, set_by_caller| Variable {
        name: name.into(),
        value,
        sensitive,
        set_by_caller,
    };
    vec![
        variable("hidden", object().with_marks(Marks::SENSITIVE), Sensitive::Yes, true),
        variable("shown", Value::null(Type::DYNAMIC), Sensitive::No, false),
    ]
}

/// A value with a part of each kind, unknown, refined, null, marked.
pub(super) fn object() -> Value {
    let third = Number::ONE.div(&Number::int(3)).expect("a third");
    let prefixed = Refinement::NOT_NULL.prefix("arn:");
    let between = Refinement::NONE.at_least(1.into(), true).at_most(third.clone(), false);
    let text = |text: &str| Value::string(text);
    let parts = [
        ("arn", Value::unknown_with(Type::STRING, prefixed)),
        ("bounded", Value::unknown_with(Type::NUMBER, between)),
        ("count", Value::number(third)),
        ("empty", Value::tuple(Vec::new())),
        ("flag", Value::TRUE.with_marks(Marks::DEPRECATED)),
        ("list", Value::list(Type::STRING, vec![text("a"), Value::null(Type::STRING)])),
        ("long", Value::unknown_with(Type::list(Type::BOOL), Refinement::NONE.length(1 << 40))),
        (
            "map",
            Value::map(Type::NUMBER, [("é".into(), Value::int(-7)), ("b".into(), Value::int(1))]),
        ),
        ("none", Value::DYNAMIC),
        ("not_null", Value::unknown_not_null(Type::BOOL)),
        (
            "set",
            Value::set(Type::BOOL, vec![Value::TRUE, Value::unknown(Type::BOOL), Value::FALSE]),
        ),
        ("tuple", Value::tuple(vec![text("x").with_marks(Marks::SENSITIVE), Value::FALSE])),
    ];
    Value::object(parts.map(|(name, value)| (name.into(), value)))
}

fn change(action: Action, reason: Reason) -> Change {
    Change {
        address: instance("module.m[\"k\"].aws_vpc.main[2]"),
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action,
        reason,
        before: Value::null(Type::STRING),
        after: Value::string("x"),
        configuration: Value::null(Type::DYNAMIC),
        replace_paths: Vec::new(),
        planned_private: Arc::new([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: Vec::new(),
    }
}

fn changes() -> Vec<Change> {
    let mut all: Vec<Change> = ACTIONS.iter().map(|&action| change(action, Reason::None)).collect();
    all.extend(REASONS.iter().map(|&reason| change(Action::NoOp, reason)));
    all.push(Change {
        previous_address: Some(instance("data.aws_ami.old")),
        deposed: Some("0000abcd".parse().expect("a key")),
        provider: ProviderIndex(1),
        before: object(),
        after: Value::unknown(object().ty()),
        configuration: object().with_marks(Marks::SENSITIVE),
        replace_paths: vec![Path::new(), Path::new().attr("list").index(Value::int(0))],
        planned_private: Arc::from(&b"\x00\xffprivate"[..]),
        prior_identity: Some(Value::object([("id".into(), Value::int(1))])),
        planned_identity: Some(Value::object([("id".into(), Value::unknown(Type::NUMBER))])),
        deposes: Some("ffffffff".parse().expect("a key")),
        create_before_destroy: CreateBeforeDestroy::Yes,
        provisional: Provisional::Yes,
        causes: causes(),
        ..change(Action::CreateThenDelete, Reason::ReplaceByTriggers)
    });
    all
}

const ACTIONS: [Action; 9] = [
    Action::NoOp,
    Action::Read,
    Action::Create,
    Action::Update,
    Action::DeleteThenCreate,
    Action::CreateThenDelete,
    Action::Delete,
    Action::Forget,
    Action::ForgetThenCreate,
];

const REASONS: [Reason; 16] = [
    Reason::None,
    Reason::ReplaceBecauseTainted,
    Reason::ReplaceByRequest,
    Reason::ReplaceByTriggers,
    Reason::ReplaceBecauseCannotUpdate,
    Reason::DeleteBecauseNoResourceConfig,
    Reason::DeleteBecauseWrongRepetition,
    Reason::DeleteBecauseCountIndex,
    Reason::DeleteBecauseEachKey,
    Reason::DeleteBecauseEnabledFalse,
    Reason::DeleteBecauseNoModule,
    Reason::DeleteBecauseNoMoveTarget,
    Reason::ReadBecauseConfigUnknown,
    Reason::ReadBecauseDependencyPending,
    Reason::ForgotBecauseLifecycleDestroyInState,
    Reason::ForgotBecauseLifecycleDestroyInConfig,
];

fn causes() -> Vec<Cause> {
    let origins = vec![
        Origin::Input("region".into()),
        Origin::Instance(instance("aws_vpc.main[\"a\"]")),
        Origin::Resource("aws_subnet.all".into()),
    ];
    let path = Path::new().attr("set").index(object());
    vec![
        Cause::New,
        Cause::Removed,
        Cause::Argument { path: path.clone(), from: origins.clone() },
        Cause::Drift { paths: vec![path, Path::new()] },
        Cause::Gone,
        Cause::Tainted,
        Cause::Requested,
        Cause::Trigger(origins[1].clone()),
        Cause::Deposed,
        Cause::Destroy,
        Cause::Pending(origins),
        Cause::Bookkeeping,
        Cause::Provider,
    ]
}

fn outputs() -> Vec<OutputChange> {
    let output = |name: &str, action, after, sensitive| OutputChange {
        name: name.into(),
        action,
        before: Value::null(Type::DYNAMIC),
        after,
        sensitive,
    };
    vec![
        output("a", Action::Create, object(), Sensitive::No),
        output("b", Action::Delete, Value::null(Type::DYNAMIC), Sensitive::Yes),
    ]
}

fn checks() -> Vec<CheckResult> {
    let kinds = [CheckKind::Resource, CheckKind::Output, CheckKind::Check, CheckKind::Variable];
    let statuses = [CheckStatus::Pass, CheckStatus::Fail, CheckStatus::Error, CheckStatus::Unknown];
    let result = |(kind, status)| CheckResult {
        kind,
        address: "check.x".into(),
        status,
        objects: vec![CheckObject {
            address: "check.x".into(),
            status,
            failures: vec!["It is not so.".into()],
        }],
    };
    kinds.into_iter().zip(statuses).map(result).collect()
}

fn deferred() -> Vec<Deferred> {
    let reasons = [
        DeferredReason::KeysUnknown,
        DeferredReason::ProviderConfigUnknown,
        DeferredReason::Provider,
        DeferredReason::Upstream,
    ];
    let item = |reason| Deferred {
        what: DeferredItem::Instance(instance("aws_vpc.later")),
        reason,
        waits_for: vec!["var.keys".into(), "aws_vpc.main".into()],
        configuration: object(),
        creates_max: None,
    };
    let mut all: Vec<Deferred> = reasons.into_iter().map(item).collect();
    all[0].what = DeferredItem::Pattern("module.a[*].aws_vpc.main[*]".into());
    all[0].creates_max = Some(u64::MAX);
    all
}

fn ops() -> Vec<Op> {
    let index = ChangeIndex(1);
    let kinds = [
        OpKind::Configure(ProviderIndex(1)),
        OpKind::Read(index),
        OpKind::Change(index),
        OpKind::Destroy(index),
        OpKind::Forget(index),
        OpKind::Record(index),
        OpKind::Check(ChangeIndex(0)),
        OpKind::Output { module: "".parse().expect("the root"), name: "a".into() },
        OpKind::Output { module: "module.m[0]".parse().expect("a module"), name: "b".into() },
        OpKind::Join,
    ];
    let after = |own: usize| (0..own as u32).map(OpId).collect();
    kinds.into_iter().enumerate().map(|(own, kind)| Op { kind, after: after(own) }).collect()
}

fn prior() -> State {
    let mut state = State::new();
    (state.lineage, state.serial) = ("l-1".into(), 12);
    state.terraform_version = "1.12.0".into();
    let open = Output::new(&Value::int(3), Sensitivity::Open).expect("an output");
    let hidden = Output { sensitive: true, deprecated: Some("use a".into()), ..open.clone() };
    state.outputs = [("a".into(), open), ("b".into(), hidden)].into();
    state.checks = checks();
    let shared: Arc<[_]> =
        ["aws_vpc.a", "module.m.data.aws_ami.b"].map(|text| text.parse().expect(text)).into();
    let full = Object {
        status: Status::Tainted,
        sensitive: Arc::new([Path::new().attr("password")]),
        private: Arc::from(&b"private"[..]),
        identity: Some(Identity { json: Arc::from(&b"{\"id\":1}"[..]), schema_version: Some(1) }),
        dependencies: shared.clone(),
        create_before_destroy: true,
        skip_destroy: true,
        ..Object::new(&b"{\"id\":\"1\"}"[..], 2)
    };
    let shares = Object { dependencies: shared, ..Object::new(&b"{}"[..], 0) };
    let flat = Attributes::Flat(Arc::new([("id".into(), "1".into())].into()));
    let old = Object { attributes: flat, ..Object::new(&b""[..], 0) };
    let provider = |text: &str| text.parse().expect(text);
    let keyed = "provider[\"registry.opentofu.org/hashicorp/aws\"].west[\"k\"]";
    let plain = "provider[\"registry.opentofu.org/hashicorp/aws\"]";
    let mut put = |at: &str, deposed: Option<&str>, provider, object| {
        let deposed = deposed.map(|key| key.parse().expect("a key"));
        let at = ObjectAddr { instance: instance(at), deposed };
        state.put(at, Row { provider, object: Arc::new(object) });
    };
    put("aws_subnet.all[\"a\"]", None, provider(keyed), full.clone());
    put("aws_subnet.all[\"a\"]", Some("0000abcd"), provider(keyed), full);
    put("aws_subnet.all[1]", None, provider(keyed), shares);
    put("module.m[0].aws_vpc.main", None, provider(plain), old);
    let empty = Resource::empty(plain.parse().expect("a provider"));
    state.put_resource("aws_vpc.gone".parse().expect("a resource"), empty);
    state
}

fn impure() -> Vec<Impure> {
    let path: Arc<str> = "~/a.txt".into();
    let folder: Arc<str> = "files".into();
    let answers = [
        (Request::ReadFile { path: path.clone() }, Answer::Bytes(Arc::from(&b"\x00a"[..]))),
        (
            Request::ListFiles { folder: folder.clone(), depth: Depth::All },
            Answer::Files(vec!["a".into(), "b/c".into()]),
        ),
        (
            Request::ListFiles { folder, depth: Depth::Levels(2) },
            Answer::Failed(WorldFault::Other("permission denied".into())),
        ),
        (Request::WorkingFolder, Answer::Text("/work".into())),
        (Request::ExpandHome { path: path.clone() }, Answer::Failed(WorldFault::NotFound)),
        (Request::Now, Answer::Seconds(i64::MIN)),
        (Request::PlanTime, Answer::Seconds(i64::MAX)),
        (Request::Random, Answer::Random(u128::MAX - 1)),
    ];
    let kinds = [
        FileKind::Missing,
        FileKind::File,
        FileKind::Folder,
        FileKind::Device,
        FileKind::Pipe,
        FileKind::Socket,
        FileKind::Other,
    ];
    let kinds = kinds.map(|kind| (Request::FileKind { path: path.clone() }, Answer::Kind(kind)));
    let all = answers.into_iter().chain(kinds);
    all.map(|(request, answer)| Impure { request, answer }).collect()
}
