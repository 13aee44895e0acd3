//! Digests, UUIDs, passwords and decryption.
//! Invariant: random bits are asked for through the driver, never drawn here.

use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use base64::{Engine as _, alphabet};
use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};
use value::{Type, Value};

use crate::args::{string, text, whole};
use crate::function::{FuncError, Function, Outcome, Param, Returns};
use crate::impure::{Answer, Impure, Request, Step, When};
use crate::plain::rsa::PrivateKey;
use crate::plain::uuid;

const STR: &[Param] = &[Param::text("str")];

/// The digest of `bytes` in lower-case hexadecimal digits.
pub(crate) fn hex<D: Digest>(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = D::digest(bytes);
    let digits = digest.iter().flat_map(|b| [b >> 4, b & 0xf]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The digest of `bytes` in Base64.
pub(crate) fn base64<D: Digest>(bytes: &[u8]) -> String {
    STANDARD.encode(D::digest(bytes))
}

macro_rules! digest {
    ($name:ident, $text:literal, $digest:expr) => {
        pub(crate) static $name: Function =
            Function::to_text($text, STR, |args, _| string($digest(text(&args[0]).as_bytes())));
    };
}

digest!(BASE64SHA256, "base64sha256", base64::<Sha256>);
digest!(BASE64SHA512, "base64sha512", base64::<Sha512>);
digest!(MD5, "md5", hex::<Md5>);
digest!(SHA1, "sha1", hex::<Sha1>);
digest!(SHA256, "sha256", hex::<Sha256>);
digest!(SHA512, "sha512", hex::<Sha512>);

pub(crate) static UUIDV5: Function =
    Function::to_text("uuidv5", &[Param::text("namespace"), Param::text("name")], |args, _| {
        let uuid = uuid::v5(text(&args[0]), text(&args[1]));
        string(uuid.map_err(|what| FuncError::argument(0, what))?)
    });

pub(crate) static UUID: Function = Function::impure(
    "uuid",
    &[],
    Returns::Always(|| Type::STRING),
    Impure {
        ask: |_| Ok(Step::Ask(Request::Random)),
        finish: |_, answer| match answer {
            Answer::Random(bits) => string(uuid::random(bits)),
            answer => answer.unfit("random bits"),
        },
        when: When::AtApply,
    },
);

pub(crate) static BCRYPT: Function = Function::impure(
    "bcrypt",
    STR,
    Returns::Always(|| Type::STRING),
    Impure {
        ask: |args| cost(args).map(|_| Step::Ask(Request::Random)),
        finish: |args, answer| match answer {
            Answer::Random(salt) => hashed(args, salt),
            answer => answer.unfit("random bits"),
        },
        when: When::AtApply,
    },
)
.with_more(Param::number("cost"));

/// Longest password, in bytes: all that the method looks at.
const PASSWORD_BYTES_MAX: usize = 72;

/// The logarithm of the rounds.
fn cost(args: &[Value]) -> Outcome<u32> {
    /// What is taken when no cost, or one that is too small, is given.
    const COST_DEFAULT: i64 = 10;
    const COST_MIN: i64 = 4;
    const COST_MAX: i64 = 31;
    if args.len() > 2 {
        return Err(FuncError::call("it takes no more than two arguments"));
    }
    if text(&args[0]).len() > PASSWORD_BYTES_MAX {
        let message = format!("it must not be longer than {PASSWORD_BYTES_MAX} bytes");
        return Err(FuncError::argument(0, message));
    }
    let given = if args.len() == 2 { whole(args, 1)? } else { COST_DEFAULT };
    let cost = if given < COST_MIN { COST_DEFAULT } else { given };
    if cost > COST_MAX {
        return Err(FuncError::argument(1, format!("it must be at most {COST_MAX}")));
    }
    Ok(u32::try_from(cost).expect("BUG: the cost is small"))
}

fn hashed(args: &[Value], salt: u128) -> Outcome {
    /// The method's own Base64.
    const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD);
    let (cost, salt) = (cost(args)?, salt.to_be_bytes());
    // The method takes the password with a zero at its end, as far as there is room.
    let mut password = text(&args[0]).as_bytes().to_vec();
    password.push(0);
    password.truncate(PASSWORD_BYTES_MAX);
    let hash = bcrypt::bcrypt(cost, salt, &password);
    // By tradition the last byte is left out.
    let (salt, hash) = (BASE64.encode(salt), BASE64.encode(&hash[..23]));
    string(format!("$2a${cost:02}${salt}{hash}"))
}

pub(crate) static RSADECRYPT: Function =
    Function::to_text(
        "rsadecrypt",
        &[Param::text("ciphertext"), Param::text("privatekey")],
        |args, _| {
            let ciphertext = STANDARD
                .decode(text(&args[0]).replace(['\r', '\n'], ""))
                .map_err(|_| FuncError::argument(0, "it must be in Base64"))?;
            let key = PrivateKey::parse(text(&args[1]));
            let key = key.map_err(|what| FuncError::argument(1, what))?;
            let plain = key.decrypt(&ciphertext).map_err(FuncError::call)?;
            string(String::from_utf8(plain).map_err(|_| {
                FuncError::call("what was encrypted is not UTF-8, and so no string")
            })?)
        },
    );
