//! `cargo xtask e2e audit`: heads of the audit sealed into a file, into a bucket with object lock and with keys of KMS, on an
//! emulator; and a store that is put back to an earlier copy, found by each.
//!
//! Where the emulator is not on the machine, or has no KMS (it needs Python's `cryptography`), that is skipped by name.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::first_light;
use super::servers::{Server, fetch, free_port};

/// The bucket of copies.
const BUCKET: &str = "acme-audit";
const REGION: &str = "eu-west-1";
/// The kinds of KMS keys that sign.
const SPECS: [&str; 3] = ["ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048"];

/// Runs it.
pub(super) fn run(root: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("strata-e2e-audit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let done = first_light::build(root).and_then(|strata| sealed(root, &folder, strata));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

fn sealed(root: &Path, folder: &Path, strata: PathBuf) -> Result<(), String> {
    let dir = folder.join("estate");
    shell(folder, "cp", &["-r", &root.join("examples/hello").display().to_string(), "estate"])?;
    let _ = std::fs::remove_dir_all(dir.join(".strata"));
    shell(&dir, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "key"])?;
    let estate = Sealed { strata, dir, cloud: Cloud::start(&crate::parts::cache(), folder)? };
    estate.strata(&["init"], true)?;
    estate.strata(&["apply", "-auto-approve", "-env", "dev"], true)?;
    let mut places = vec!["audit/seals".to_owned()];
    match &estate.cloud {
        Some(cloud) => {
            cloud.make_bucket()?;
            places.push(format!("s3://{BUCKET}/strata"));
        }
        None => println!("audit: skipped, the emulator is not here: the bucket and KMS"),
    }
    let signed = estate.kms()?;
    for place in &places {
        estate.found_by(place)?;
    }
    if let Some(cloud) = &estate.cloud {
        cloud.nothing_is_hidden(&estate)?;
    }
    println!("audit: sealed with an SSH key and {signed} of {} kinds of KMS keys", SPECS.len());
    println!("audit: a store put back to before was found by {} of {0} places", places.len());
    Ok(())
}

/// The estate.
struct Sealed {
    strata: PathBuf,
    dir: PathBuf,
    cloud: Option<Cloud>,
}

impl Sealed {
    /// Runs the program, which must do well or fail; gives what it printed.
    fn strata(&self, args: &[&str], well: bool) -> Result<String, String> {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(&self.dir).stdin(Stdio::null());
        command.env("NO_COLOR", "1").env_remove("TF_CLI_CONFIG_FILE").env("AWS_REGION", REGION);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        if let Some(cloud) = &self.cloud {
            command.env("AWS_ENDPOINT_URL", &cloud.endpoint);
        }
        let out = command.output().map_err(|e| e.to_string())?;
        let told = String::from_utf8_lossy(&out.stdout).into_owned()
            + &String::from_utf8_lossy(&out.stderr);
        if out.status.success() == well {
            Ok(told)
        } else {
            Err(format!("strata {} ended with {}:\n{told}", args.join(" "), out.status))
        }
    }

    /// Something that is recorded.
    fn something_happens(&self) -> Result<(), String> {
        self.strata(&["freeze", "dev", "why"], true)?;
        self.strata(&["thaw", "dev"], true).map(drop)
    }

    /// The store, without and with what stands beside it.
    fn store(&self) -> Vec<PathBuf> {
        let store = self.dir.join(".strata/estate.db");
        let ends = ["", "-wal", "-shm"];
        ends.map(|end| PathBuf::from(format!("{}{end}", store.display()))).into()
    }

    /// Seals into a place, puts the store back to before, and lets that be found by the place alone.
    fn found_by(&self, place: &str) -> Result<(), String> {
        self.something_happens()?;
        let before: Vec<Option<Vec<u8>>> =
            self.store().iter().map(|path| std::fs::read(path).ok()).collect();
        self.something_happens()?;
        self.strata(&["audit", "seal", "-key", "key", "-to", place], true)?;
        let now: Vec<Option<Vec<u8>>> =
            self.store().iter().map(|path| std::fs::read(path).ok()).collect();
        self.strata(&["audit", "verify", "-seals", place], true)?;
        self.put(&before)?;
        self.strata(&["audit", "verify"], true)?;
        let told = self.strata(&["audit", "verify", "-seals", place], false)?;
        if !told.contains("cut off the end: a signed head says") {
            return Err(format!("the cut was not told by {place}:\n{told}"));
        }
        self.put(&now)
    }

    fn put(&self, files: &[Option<Vec<u8>>]) -> Result<(), String> {
        for (path, bytes) in self.store().iter().zip(files) {
            match bytes {
                Some(bytes) => std::fs::write(path, bytes).map_err(|e| e.to_string())?,
                None => drop(std::fs::remove_file(path)),
            }
        }
        Ok(())
    }

    /// Seals with a key of each kind that KMS has; gives how many signed.
    fn kms(&self) -> Result<usize, String> {
        let Some(cloud) = &self.cloud else { return Ok(0) };
        let mut signed = 0;
        for spec in SPECS {
            let Some(arn) = cloud.make_key(spec)? else {
                println!("audit: skipped, the emulator has no KMS: it lacks `cryptography`");
                return Ok(0);
            };
            self.something_happens()?;
            self.strata(&["audit", "seal", "-kms-key", &arn], true)?;
            self.strata(&["audit", "verify"], true)?;
            signed += 1;
        }
        Ok(signed)
    }
}

/// The emulator; dropping it stops it.
struct Cloud {
    endpoint: String,
    _server: Server,
}

impl Cloud {
    fn start(parts: &Path, folder: &Path) -> Result<Option<Cloud>, String> {
        let program = parts.join("python/ministack-1.5.33/bin/ministack");
        if !program.exists() {
            return Ok(None);
        }
        let port = free_port()?;
        let mut command = Command::new(program);
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.env("MINISTACK_PORT", port.to_string()).env("MINISTACK_REGION", REGION);
        command.current_dir(folder);
        let endpoint = format!("http://127.0.0.1:{port}");
        let health = format!("{endpoint}/_ministack/health");
        let server =
            Server::start("ministack", command, folder)?.wait(|| fetch(&health, None).is_some())?;
        Ok(Some(Cloud { endpoint, _server: server }))
    }

    /// A request as somebody makes it who has the credentials; gives status and body.
    fn ask(
        &self,
        service: &str,
        method: &str,
        path: &str,
        more: &[&str],
    ) -> Result<(String, String), String> {
        let signed = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=x"
        );
        let url = format!("{}{path}", self.endpoint);
        let args =
            ["--silent", "--noproxy", "*", "--write-out", "\n%{http_code}", "--request", method];
        let mut curl = Command::new("curl");
        let out = curl.args(args).args(["--header", &signed]).args(more).arg(&url).output();
        let out = out.map_err(|e| e.to_string())?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let (body, status) = text.rsplit_once('\n').unwrap_or((&text, ""));
        Ok((status.to_owned(), body.to_owned()))
    }

    fn make_bucket(&self) -> Result<(), String> {
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        let more = ["--header", "x-amz-bucket-object-lock-enabled: true", "--data", &place];
        let (status, body) = self.ask("s3", "PUT", &format!("/{BUCKET}"), &more)?;
        if status == "200" { Ok(()) } else { Err(format!("the bucket was not made: {body}")) }
    }

    /// A key that signs; `None` where there is no KMS.
    fn make_key(&self, spec: &str) -> Result<Option<String>, String> {
        let request = format!("{{\"KeySpec\":\"{spec}\",\"KeyUsage\":\"SIGN_VERIFY\"}}");
        let more = [
            "--header",
            "X-Amz-Target: TrentService.CreateKey",
            "--header",
            "content-type: application/x-amz-json-1.1",
            "--data",
            &request,
        ];
        let (_, body) = self.ask("kms", "POST", "/", &more)?;
        if body.contains("cryptography") {
            return Ok(None);
        }
        let key: serde_json::Value = serde_json::from_str(&body).map_err(|e| e.to_string())?;
        let arn = key["KeyMetadata"]["Arn"].as_str();
        arn.map(|arn| Some(arn.to_owned())).ok_or_else(|| format!("no key was made: {body}"))
    }

    /// Deleting a copy leaves a mark that hides it from lists, and from `verify` nothing; its version is locked.
    fn nothing_is_hidden(&self, estate: &Sealed) -> Result<(), String> {
        let (_, listed) = self.ask("s3", "GET", &format!("/{BUCKET}?versions"), &[])?;
        let between = |from: &str, to: &str| {
            let rest = listed.split_once(from)?.1;
            rest.split_once(to).map(|(text, _)| text.to_owned())
        };
        let key = between("<Key>", "</Key>").ok_or("the bucket has no copy")?;
        let version = between("<VersionId>", "</VersionId>").ok_or("the copy has no version")?;
        self.ask("s3", "DELETE", &format!("/{BUCKET}/{key}"), &[])?;
        let one = format!("/{BUCKET}/{key}?versionId={version}");
        let (status, body) = self.ask("s3", "DELETE", &one, &[])?;
        if status.starts_with('2') {
            return Err(format!("a locked copy was deleted: {body}"));
        }
        let place = format!("s3://{BUCKET}/strata");
        let told = estate.strata(&["audit", "verify", "-seals", &place], true)?;
        if !told.contains(&place) && !told.contains("signed heads hold") {
            return Err(format!("the copy is hidden:\n{told}"));
        }
        println!(
            "audit: a locked copy was not deleted (status {status}), and a mark of deletion hides nothing"
        );
        Ok(())
    }
}

fn shell(dir: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let status = Command::new(program).args(args).current_dir(dir).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(error) => Err(format!("{program}: {error}")),
    }
}
