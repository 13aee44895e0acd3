//! The one table of all functions.
//! Invariant: it is sorted by name, so that a lookup is a binary search.

use value::Type;

use crate::collection::{
    ALLTRUE, ANYTRUE, CHUNKLIST, COALESCE, COALESCELIST, COMPACT, CONCAT, CONTAINS, DISTINCT,
    ELEMENT, FLATTEN, INDEX, KEYS, LENGTH, LIST, LOOKUP, MAP, MATCHKEYS, MERGE, ONE, REVERSE,
    SETINTERSECTION, SETPRODUCT, SETSUBTRACT, SETUNION, SLICE, TRANSPOSE, VALUES, ZIPMAP,
};
use crate::convert::{
    EPHEMERALASNULL, ISSENSITIVE, NONSENSITIVE, SENSITIVE, TOBOOL, TOLIST, TOMAP, TONUMBER, TOSET,
    TOSTRING,
};
use crate::crypto::{
    BASE64SHA256, BASE64SHA512, BCRYPT, MD5, RSADECRYPT, SHA1, SHA256, SHA512, UUID, UUIDV5,
};
use crate::datetime::{FORMATDATE, PLANTIMESTAMP, TIMEADD, TIMECMP, TIMESTAMP};
use crate::encoding::{
    BASE64DECODE, BASE64ENCODE, BASE64GUNZIP, BASE64GZIP, CSVDECODE, JSONDECODE, JSONENCODE,
    TEXTDECODEBASE64, TEXTENCODEBASE64, URLDECODE, URLENCODE, YAMLDECODE, YAMLENCODE,
};
use crate::file::{
    ABSPATH, BASENAME, DIRNAME, FILE, FILEBASE64, FILEBASE64SHA256, FILEBASE64SHA512, FILEEXISTS,
    FILEMD5, FILESET, FILESHA1, FILESHA256, FILESHA512, PATHEXPAND,
};
use crate::function::{Allows, Function, Param};
use crate::ip::{CIDRCONTAINS, CIDRHOST, CIDRNETMASK, CIDRSUBNET, CIDRSUBNETS};
use crate::number::{ABS, CEIL, FLOOR, LOG, MAX, MIN, PARSEINT, POW, RANGE, SIGNUM, SUM};
use crate::suggest;
use crate::text::{
    CHOMP, ENDSWITH, FORMAT, FORMATLIST, INDENT, JOIN, LOWER, REGEX, REGEXALL, REPLACE, SORT,
    SPLIT, STARTSWITH, STRCONTAINS, STRREV, SUBSTR, TITLE, TRIM, TRIMPREFIX, TRIMSPACE, TRIMSUFFIX,
    UPPER,
};

static CAN: Function = Function::evaluates("can", &[Param::any("expression")]);

static TEMPLATEFILE: Function =
    Function::evaluates("templatefile", &[Param::text("path").marked(), Param::any("vars")]);

static TEMPLATESTRING: Function = Function::evaluates(
    "templatestring",
    &[Param::text("data").marked(), Param::any("vars").marked()],
);

static TRY: Function = Function::evaluates("try", &[]).with_more(Param::any("expressions"));

/// Only the console has it; elsewhere `lang` refuses it.
static TYPE: Function =
    Function::evaluates("type", &[Param::new("value", || Type::DYNAMIC).allowing(Allows::ALL)]);

static FUNCTIONS: [&Function; 124] = [
    &ABS,
    &ABSPATH,
    &ALLTRUE,
    &ANYTRUE,
    &BASE64DECODE,
    &BASE64ENCODE,
    &BASE64GUNZIP,
    &BASE64GZIP,
    &BASE64SHA256,
    &BASE64SHA512,
    &BASENAME,
    &BCRYPT,
    &CAN,
    &CEIL,
    &CHOMP,
    &CHUNKLIST,
    &CIDRCONTAINS,
    &CIDRHOST,
    &CIDRNETMASK,
    &CIDRSUBNET,
    &CIDRSUBNETS,
    &COALESCE,
    &COALESCELIST,
    &COMPACT,
    &CONCAT,
    &CONTAINS,
    &CSVDECODE,
    &DIRNAME,
    &DISTINCT,
    &ELEMENT,
    &ENDSWITH,
    &EPHEMERALASNULL,
    &FILE,
    &FILEBASE64,
    &FILEBASE64SHA256,
    &FILEBASE64SHA512,
    &FILEEXISTS,
    &FILEMD5,
    &FILESET,
    &FILESHA1,
    &FILESHA256,
    &FILESHA512,
    &FLATTEN,
    &FLOOR,
    &FORMAT,
    &FORMATDATE,
    &FORMATLIST,
    &INDENT,
    &INDEX,
    &ISSENSITIVE,
    &JOIN,
    &JSONDECODE,
    &JSONENCODE,
    &KEYS,
    &LENGTH,
    &LIST,
    &LOG,
    &LOOKUP,
    &LOWER,
    &MAP,
    &MATCHKEYS,
    &MAX,
    &MD5,
    &MERGE,
    &MIN,
    &NONSENSITIVE,
    &ONE,
    &PARSEINT,
    &PATHEXPAND,
    &PLANTIMESTAMP,
    &POW,
    &RANGE,
    &REGEX,
    &REGEXALL,
    &REPLACE,
    &REVERSE,
    &RSADECRYPT,
    &SENSITIVE,
    &SETINTERSECTION,
    &SETPRODUCT,
    &SETSUBTRACT,
    &SETUNION,
    &SHA1,
    &SHA256,
    &SHA512,
    &SIGNUM,
    &SLICE,
    &SORT,
    &SPLIT,
    &STARTSWITH,
    &STRCONTAINS,
    &STRREV,
    &SUBSTR,
    &SUM,
    &TEMPLATEFILE,
    &TEMPLATESTRING,
    &TEXTDECODEBASE64,
    &TEXTENCODEBASE64,
    &TIMEADD,
    &TIMECMP,
    &TIMESTAMP,
    &TITLE,
    &TOBOOL,
    &TOLIST,
    &TOMAP,
    &TONUMBER,
    &TOSET,
    &TOSTRING,
    &TRANSPOSE,
    &TRIM,
    &TRIMPREFIX,
    &TRIMSPACE,
    &TRIMSUFFIX,
    &TRY,
    &TYPE,
    &UPPER,
    &URLDECODE,
    &URLENCODE,
    &UUID,
    &UUIDV5,
    &VALUES,
    &YAMLDECODE,
    &YAMLENCODE,
    &ZIPMAP,
];

/// The namespace in which all built-in functions can be found as well.
const NAMESPACE: &str = "core::";

/// The function with this name: `upper` or `core::upper`.
#[must_use]
pub fn lookup(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix(NAMESPACE).unwrap_or(name);
    let at = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
    Some(FUNCTIONS[at])
}

/// All functions, by name.
pub fn all() -> impl ExactSizeIterator<Item = &'static Function> {
    FUNCTIONS.iter().copied()
}

/// The names of all functions, in order.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    all().map(|function| function.name)
}

/// The function whose name is nearest to an unknown one, if one is near.
#[must_use]
pub fn suggestion(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix(NAMESPACE).unwrap_or(name);
    suggest::nearest(name, names())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn functions_are_found_by_name() {
        assert_eq!(lookup("upper").map(|f| f.name), Some("upper"));
        assert_eq!(lookup("core::upper").map(|f| f.name), Some("upper"));
        assert!(lookup("provider::upper").is_none());
        assert_eq!(suggestion("uper"), Some("upper"));
        assert_eq!(suggestion("core::uper"), Some("upper"));
        assert_eq!(suggestion("completely_else"), None);
    }
}
