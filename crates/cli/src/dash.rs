//! Long options with one dash: `-var-file=x` is `--var-file=x`, as `tofu` takes them.
//!
//! Only the spelling is changed here; which options there are is the arguments' business.
//! Invariant: what follows `--` alone is left as it is.

use std::ffi::OsString;

/// The arguments with one dash before long options doubled. `-h` and `-v` stay.
pub(crate) fn double(args: Vec<OsString>) -> Vec<OsString> {
    let mut out = Vec::with_capacity(args.len());
    let mut rest_is_plain = false;
    for arg in args {
        let doubled = match arg.to_str() {
            Some("--") => {
                rest_is_plain = true;
                None
            }
            Some(text) if !rest_is_plain && is_long_with_one_dash(text) => Some(format!("-{text}")),
            _ => None,
        };
        out.push(doubled.map_or(arg, OsString::from));
    }
    out
}

fn is_long_with_one_dash(text: &str) -> bool {
    let Some(name) = text.strip_prefix('-') else { return false };
    name.len() > 1 && name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    fn check(args: &str, expect: &str) {
        let args = args.split(' ').map(OsString::from).collect();
        let doubled: Vec<String> =
            super::double(args).into_iter().map(|a| a.into_string().expect("text")).collect();
        assert_eq!(doubled.join(" "), expect);
    }

    #[test]
    fn long_options_take_one_dash_or_two() {
        check("-chdir=x plan -var a=-b --out p", "--chdir=x plan --var a=-b --out p");
        check("-h -v -1 - -- -json", "-h -v -1 - -- -json");
    }
}
