//! The contract of [`provider::Provider`], held by real providers.
//!
//! Providers come from the cache of real parts (`STRATA_PARTS`, else `~/.cache/strata-parts`); one that is not there
//! is named and skipped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use host::{Host, Stream};
use provider::{Handle, Launch, Pool, Protocol, Provider, Purpose, Settings, Sharing};
use schema::protocol::{Call, CallFailure, Deferral, FailureKind, RawState, Reply, ReplyBody};
use tempfile::TempDir;
use value::Value;

/// The binary of a provider, or none with a word on where it was looked for.
fn binary(name: &str, version: &str) -> Option<PathBuf> {
    let host = Host::real().expect("the world");
    let named = host.environment.var("STRATA_PARTS").map(PathBuf::from);
    let parts = named.or_else(|| Some(host.home()?.join(".cache/strata-parts")))?;
    let path = parts.join(format!(
        "providers/registry.opentofu.org/hashicorp/{name}/{version}/linux_amd64/terraform-provider-{name}_v{version}"
    ));
    if path.exists() {
        return Some(path);
    }
    let place = path.display();
    host.terminal.write(
        Stream::Out,
        &format!("skipped: provider {name} {version} is not at {place} (cargo xtask parts)\n"),
    );
    None
}

struct World {
    dir: TempDir,
    pool: Arc<Pool>,
}

fn world() -> World {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = Settings { cache_dir: Some(dir.path().join("cache")), ..Settings::default() };
    World { pool: Pool::new(settings), dir }
}

impl World {
    fn launch(&self, binary: &Path) -> Launch {
        Launch {
            provider: "hashicorp/test".into(),
            binary: binary.to_owned(),
            working_dir: self.dir.path().to_owned(),
            sharing: Sharing::OwnFolder,
            environment: Arc::new([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            identity: "".into(),
            purpose: Purpose::Plan,
        }
    }

    async fn open(&self, binary: &Path) -> Handle {
        self.pool.open(self.launch(binary)).await.expect("a handle")
    }
}

fn body(answer: Result<Reply, CallFailure>) -> ReplyBody {
    let reply = answer.expect("an answer");
    assert!(!reply.has_errors(), "{:?}", reply.diagnostics);
    reply.body
}

async fn configure(handle: &Handle) {
    let schemas = handle.schemas().await.expect("schemas");
    let config = schemas.provider().block.empty();
    let call =
        Call::Configure { config, terraform_version: "1.13.0".into(), deferral: Deferral::Refused };
    assert_eq!(body(handle.call(call).await), ReplyBody::Configured);
}

/// Plans and applies a resource with this configuration; gives the object and the private bytes.
async fn create(handle: &Handle, type_name: &str, config: &[(&str, Value)]) -> (Value, Arc<[u8]>) {
    let schemas = handle.schemas().await.expect("schemas");
    let block = schemas.resource(type_name).expect("readable").expect("offered").block.clone();
    let given = Value::object(config.iter().map(|(name, value)| (Arc::from(*name), value.clone())));
    let config = block.coerce(&given).expect("a configuration");
    let type_name: Arc<str> = type_name.into();
    let valid = Call::ValidateResource { type_name: type_name.clone(), config: config.clone() };
    assert_eq!(body(handle.call(valid).await), ReplyBody::Validated);
    let prior = Value::null(block.ty());
    let plan = Call::Plan {
        type_name: type_name.clone(),
        prior: prior.clone(),
        proposed: block.proposed_new(&prior, &config),
        config: config.clone(),
        prior_private: Arc::new([]),
        prior_identity: None,
        deferral: Deferral::Refused,
    };
    let ReplyBody::Planned { planned, private, identity, .. } = body(handle.call(plan).await)
    else {
        panic!("a plan is answered by a plan")
    };
    assert!(!planned.is_wholly_known(), "a computed attribute is not known yet");
    let apply = Call::Apply {
        type_name,
        prior,
        planned,
        config,
        planned_private: private,
        planned_identity: identity,
    };
    let ReplyBody::Applied { state, private, .. } = body(handle.call(apply).await) else {
        panic!("an apply is answered by a result")
    };
    assert!(state.is_wholly_known());
    (state, private)
}

#[tokio::test]
async fn random_pet_lives_and_dies() {
    let Some(binary) = binary("random", "3.9.0") else { return };
    let world = world();
    let handle = world.open(&binary).await;
    configure(&handle).await;
    let (state, private) = create(&handle, "random_pet", &[("length", Value::int(3))]).await;
    let id = state.attr("id").and_then(Value::as_str).expect("an id");
    assert_eq!(id.split('-').count(), 3);

    let read = Call::Read {
        type_name: "random_pet".into(),
        current: state.clone(),
        private,
        identity: None,
        deferral: Deferral::Refused,
    };
    let ReplyBody::Read { state: read, .. } = body(handle.call(read).await) else {
        panic!("a read")
    };
    assert!(read.same(&state));

    let json = value::json::encode(&state, state.ty()).expect("JSON");
    let upgrade = Call::UpgradeState {
        type_name: "random_pet".into(),
        version: 0,
        raw: RawState::Json(json.into_bytes().into()),
    };
    let ReplyBody::Upgraded { state: upgraded } = body(handle.call(upgrade).await) else {
        panic!("an upgrade")
    };
    assert!(upgraded.same(&state));
    handle.close().await;
}

#[tokio::test]
async fn the_working_folder_is_the_stacks() {
    let Some(binary) = binary("local", "2.9.0") else { return };
    let world = world();
    let handle = world.open(&binary).await;
    configure(&handle).await;
    let config = [("filename", Value::string("./out.txt")), ("content", Value::string("hello"))];
    create(&handle, "local_file", &config).await;
    assert_eq!(
        std::fs::read_to_string(world.dir.path().join("out.txt")).expect("the file"),
        "hello"
    );
}

#[tokio::test]
async fn a_shared_process_is_left_at_the_first_relative_path() {
    let Some(binary) = binary("local", "2.9.0") else { return };
    let world = world();
    let shared = tempfile::tempdir().expect("a folder");
    let mut launch = world.launch(&binary);
    launch.sharing = Sharing::AnyFolder;
    let own = world.pool.open(launch.clone()).await.expect("a handle");
    launch.working_dir = shared.path().to_owned();
    let other = world.pool.open(launch).await.expect("a handle");
    configure(&other).await; // starts the shared process, in the other folder
    configure(&own).await;
    let config = [("filename", Value::string("./out.txt")), ("content", Value::string("hello"))];
    create(&own, "local_file", &config).await;
    assert!(world.dir.path().join("out.txt").exists());
    assert!(!shared.path().join("out.txt").exists());
}

#[tokio::test]
async fn schemas_are_kept_between_commands() {
    let Some(binary) = binary("tls", "4.0.4") else { return };
    let world = world();
    let asked = world.pool.schemas(&world.launch(&binary)).await.expect("schemas");
    let settings =
        Settings { cache_dir: Some(world.dir.path().join("cache")), ..Settings::default() };
    world.pool.close().await;
    let mut launch = world.launch(&binary);
    launch.working_dir = "/nonexistent".into(); // no process can be started
    let kept = Pool::new(settings).schemas(&launch).await.expect("kept schemas");
    let all = provider::Wanted::All;
    assert_eq!(asked.part(&all).expect("readable"), kept.part(&all).expect("readable"));
    assert!(matches!(kept.protocol(), Protocol::V5 | Protocol::V6));
}

#[tokio::test]
async fn errors_of_the_configuration_have_their_place() {
    let Some(binary) = binary("random", "3.9.0") else { return };
    let world = world();
    let handle = world.open(&binary).await;
    let schemas = handle.schemas().await.expect("schemas");
    let block =
        schemas.resource("random_string").expect("readable").expect("offered").block.clone();
    let config = block
        .coerce(&Value::object([(Arc::from("length"), Value::int(0))]))
        .expect("a configuration");
    let call = Call::ValidateResource { type_name: "random_string".into(), config };
    let reply = handle.call(call).await.expect("an answer");
    assert!(reply.has_errors());
    assert_eq!(reply.diagnostics[0].attribute.to_string(), ".length");
}

#[tokio::test]
async fn what_is_not_offered_is_refused_without_asking() {
    let Some(binary) = binary("random", "3.9.0") else { return };
    let world = world();
    let handle = world.open(&binary).await;
    let call = Call::ValidateData { type_name: "random_absent".into(), config: Value::object([]) };
    let failure = handle.call(call).await.expect_err("a refusal");
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.message.contains("random_absent"), "{failure}");
}

#[tokio::test]
async fn a_killed_process_fails_its_calls_and_no_others() {
    let Some(binary) = binary("time", "0.14.2") else { return };
    let world = world();
    let handle = world.open(&binary).await;
    configure(&handle).await;
    let slow = [("create_duration", Value::string("60s"))];
    let (created, ()) = tokio::join!(
        async {
            let schemas = handle.schemas().await.expect("schemas");
            let block =
                schemas.resource("time_sleep").expect("readable").expect("offered").block.clone();
            let given =
                Value::object(slow.iter().map(|(name, value)| (Arc::from(*name), value.clone())));
            let config = block.coerce(&given).expect("a configuration");
            let prior = Value::null(block.ty());
            let call = Call::Apply {
                type_name: "time_sleep".into(),
                prior: prior.clone(),
                planned: block.planned_unknown(&config),
                config,
                planned_private: Arc::new([]),
                planned_identity: None,
            };
            handle.call(call).await
        },
        async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            world.pool.kill();
        }
    );
    let failure = created.expect_err("a failure");
    assert_eq!(failure.kind, FailureKind::Stopped);
    assert!(failure.leaves_doubt());
}
