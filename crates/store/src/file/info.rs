//! `.terraform.tfstate.lock.info`: what OpenTofu writes and shows about the holder of its lock.
//!
//! For people and for `tofu`; it excludes nobody.
//! Invariant: a file that cannot be read stands for an unknown holder, never for none.

use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;

use serde::{Deserialize, Serialize};

use super::paths::Paths;
use crate::error::PortError;
use crate::lease::{Holder, LockRequest};

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Info {
    #[serde(rename = "ID")]
    id: String,
    operation: String,
    info: String,
    who: String,
    version: String,
    created: String,
    path: String,
}

pub(super) fn write(paths: &Paths, request: &LockRequest, now_ms: u64) -> Result<(), PortError> {
    let info = Info {
        id: request.id.to_string(),
        operation: request.operation.to_string(),
        info: request.info.to_string(),
        who: request.who.to_string(),
        version: request.version.to_string(),
        created: timestamp(now_ms),
        path: paths.named.to_string_lossy().into_owned(),
    };
    let text = serde_json::to_vec(&info).expect("BUG: plain data");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options
        .open(&paths.info)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &text))
        .map_err(|error| PortError::new("cannot write", &paths.info, &error))
}

pub(super) fn remove(paths: &Paths) -> Result<(), PortError> {
    match fs::remove_file(&paths.info) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(PortError::new("cannot remove", &paths.info, &error))
        }
        _ => Ok(()),
    }
}

/// Who has the lock, as far as the file tells.
pub(super) fn holder(paths: &Paths) -> Holder {
    let info: Info = fs::read(&paths.info)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_else(|| Info { who: "somebody unknown".into(), ..Info::default() });
    let request = LockRequest {
        id: info.id.into(),
        operation: info.operation.into(),
        info: info.info.into(),
        who: info.who.into(),
        version: info.version.into(),
    };
    Holder { request, process: None, since_ms: 0, heartbeat_ms: 0, fence: 0 }
}

/// RFC 3339 in UTC, with milliseconds.
fn timestamp(ms: u64) -> String {
    let (days, in_day) = ((ms / 86_400_000) as i64, ms % 86_400_000);
    // Counted from 1 March of year 0, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, in_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_in_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    let shifted = (5 * in_year + 2) / 153;
    let day = in_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_in_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (second, milli) = (in_day / 1_000 % 60, in_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(951_827_696_789), "2000-02-29T12:34:56.789Z");
        assert_eq!(timestamp(1_709_251_199_999), "2024-02-29T23:59:59.999Z");
        assert_eq!(timestamp(4_102_444_800_000), "2100-01-01T00:00:00.000Z");
    }
}
