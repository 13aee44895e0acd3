//! Texts in other encodings, by their IANA names. The tables are `encoding_rs`'s; the encodings of the web differ a little
//! from IANA's where control characters stand, which is put right here. Code pages of DOS and EBCDIC are not known.
//! Invariant: what cannot be represented is a fault, never replaced.

use encoding_rs::{self as web, Encoding};

/// An encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charset {
    pub(crate) name: &'static str,
    form: Form,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Ascii,
    Utf8,
    Utf16(Order),
    /// As on the web.
    Web(&'static Encoding),
    /// As on the web, but bytes 80 to 9F are control characters.
    Controls(&'static Encoding),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Big,
    Little,
    /// As the mark at the start says; big where there is none. A mark is written.
    Marked,
}

impl Charset {
    /// The encoding with this name or alias, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let found = CHARSETS.iter().find(|(names, _)| names.split(' ').any(|one| one == name))?;
        Some(found.1)
    }

    /// `text` in this encoding; `None` where it holds what cannot be represented.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self.form {
            Form::Utf8 => Some(text.as_bytes().to_vec()),
            Form::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Form::Utf16(Order::Little) => {
                Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
            }
            Form::Utf16(order) => {
                let mark = (order == Order::Marked).then_some(0xfeff);
                Some(
                    mark.into_iter()
                        .chain(text.encode_utf16())
                        .flat_map(u16::to_be_bytes)
                        .collect(),
                )
            }
            Form::Web(encoding) => {
                let (bytes, _, failed) = encoding.encode(text);
                (!failed).then(|| bytes.into_owned())
            }
            Form::Controls(encoding) => text
                .chars()
                .map(|c| match c {
                    '\0'..='\u{9f}' => u8::try_from(u32::from(c)).ok(),
                    c => {
                        let mut buffer = [0; 4];
                        let (bytes, _, failed) = encoding.encode(c.encode_utf8(&mut buffer));
                        (!failed && bytes.len() == 1).then(|| bytes[0]).filter(|b| *b >= 0xa0)
                    }
                })
                .collect(),
        }
    }

    /// The text of `bytes`; `None` where they mean nothing in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        let text = match self.form {
            Form::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Form::Ascii => {
                let text = String::from_utf8(bytes.to_vec()).ok();
                text.filter(|text| text.is_ascii())
            }
            Form::Utf16(order) => decode_utf16(bytes, order),
            Form::Web(encoding) => {
                encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
            }
            Form::Controls(encoding) => bytes
                .iter()
                .map(|b| match b {
                    0..=0x9f => Some(char::from(*b)),
                    b => {
                        let one = [*b];
                        let text =
                            encoding.decode_without_bom_handling_and_without_replacement(&one)?;
                        text.chars().next()
                    }
                })
                .collect(),
        };
        text.filter(|text| !text.contains('\u{fffd}'))
    }
}

fn decode_utf16(bytes: &[u8], order: Order) -> Option<String> {
    let (little, bytes) = match (order, bytes) {
        (Order::Marked, [0xff, 0xfe, rest @ ..]) => (true, rest),
        (Order::Marked, [0xfe, 0xff, rest @ ..]) => (false, rest),
        _ => (order == Order::Little, bytes),
    };
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let unit = |pair: &[u8; 2]| {
        if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
    };
    char::decode_utf16(pairs.iter().map(unit)).collect::<Result<_, _>>().ok()
}

const fn web(name: &'static str, encoding: &'static Encoding) -> Charset {
    Charset { name, form: Form::Web(encoding) }
}

const fn iso(name: &'static str, encoding: &'static Encoding) -> Charset {
    Charset { name, form: Form::Controls(encoding) }
}

const fn own(name: &'static str, form: Form) -> Charset {
    Charset { name, form }
}

/// Names and aliases of the IANA registry, in lower case.
static CHARSETS: &[(&str, Charset)] = &[
    (
        "us-ascii ascii iso-ir-6 ansi_x3.4-1968 ansi_x3.4-1986 iso_646.irv:1991 iso646-us us ibm367 cp367 csascii",
        own("US-ASCII", Form::Ascii),
    ),
    ("utf-8 csutf8", own("UTF-8", Form::Utf8)),
    ("utf-16 csutf16", own("UTF-16", Form::Utf16(Order::Marked))),
    ("utf-16be csutf16be", own("UTF-16BE", Form::Utf16(Order::Big))),
    ("utf-16le csutf16le", own("UTF-16LE", Form::Utf16(Order::Little))),
    (
        "iso-8859-1 iso_8859-1:1987 iso_8859-1 iso-ir-100 latin1 l1 ibm819 cp819 csisolatin1",
        iso("ISO-8859-1", web::WINDOWS_1252),
    ),
    (
        "iso-8859-2 iso_8859-2:1987 iso_8859-2 iso-ir-101 latin2 l2 csisolatin2",
        iso("ISO-8859-2", web::ISO_8859_2),
    ),
    (
        "iso-8859-3 iso_8859-3:1988 iso_8859-3 iso-ir-109 latin3 l3 csisolatin3",
        iso("ISO-8859-3", web::ISO_8859_3),
    ),
    (
        "iso-8859-4 iso_8859-4:1988 iso_8859-4 iso-ir-110 latin4 l4 csisolatin4",
        iso("ISO-8859-4", web::ISO_8859_4),
    ),
    (
        "iso-8859-5 iso_8859-5:1988 iso_8859-5 iso-ir-144 cyrillic csisolatincyrillic",
        iso("ISO-8859-5", web::ISO_8859_5),
    ),
    (
        "iso-8859-6 iso_8859-6:1987 iso_8859-6 iso-ir-127 ecma-114 asmo-708 arabic csisolatinarabic",
        iso("ISO-8859-6", web::ISO_8859_6),
    ),
    (
        "iso-8859-7 iso_8859-7:1987 iso_8859-7 iso-ir-126 elot_928 ecma-118 greek greek8 csisolatingreek",
        iso("ISO-8859-7", web::ISO_8859_7),
    ),
    (
        "iso-8859-8 iso_8859-8:1988 iso_8859-8 iso-ir-138 hebrew csisolatinhebrew",
        iso("ISO-8859-8", web::ISO_8859_8),
    ),
    (
        "iso-8859-9 iso_8859-9:1989 iso_8859-9 iso-ir-148 latin5 l5 csisolatin5",
        iso("ISO-8859-9", web::WINDOWS_1254),
    ),
    (
        "iso-8859-10 iso-ir-157 l6 iso_8859-10:1992 csisolatin6 latin6",
        iso("ISO-8859-10", web::ISO_8859_10),
    ),
    ("iso-8859-13 csiso885913", iso("ISO-8859-13", web::ISO_8859_13)),
    (
        "iso-8859-14 iso-ir-199 iso_8859-14:1998 iso_8859-14 latin8 iso-celtic l8 csiso885914",
        iso("ISO-8859-14", web::ISO_8859_14),
    ),
    ("iso-8859-15 iso_8859-15 latin-9 csiso885915", iso("ISO-8859-15", web::ISO_8859_15)),
    (
        "iso-8859-16 iso-ir-226 iso_8859-16:2001 iso_8859-16 latin10 l10 csiso885916",
        iso("ISO-8859-16", web::ISO_8859_16),
    ),
    ("ibm866 cp866 866 csibm866", web("IBM866", web::IBM866)),
    ("koi8-r cskoi8r", web("KOI8-R", web::KOI8_R)),
    ("koi8-u cskoi8u", web("KOI8-U", web::KOI8_U)),
    ("macintosh mac csmacintosh", web("macintosh", web::MACINTOSH)),
    ("windows-874 cswindows874", web("windows-874", web::WINDOWS_874)),
    ("windows-1250 cswindows1250", web("windows-1250", web::WINDOWS_1250)),
    ("windows-1251 cswindows1251", web("windows-1251", web::WINDOWS_1251)),
    ("windows-1252 cswindows1252", web("windows-1252", web::WINDOWS_1252)),
    ("windows-1253 cswindows1253", web("windows-1253", web::WINDOWS_1253)),
    ("windows-1254 cswindows1254", web("windows-1254", web::WINDOWS_1254)),
    ("windows-1255 cswindows1255", web("windows-1255", web::WINDOWS_1255)),
    ("windows-1256 cswindows1256", web("windows-1256", web::WINDOWS_1256)),
    ("windows-1257 cswindows1257", web("windows-1257", web::WINDOWS_1257)),
    ("windows-1258 cswindows1258", web("windows-1258", web::WINDOWS_1258)),
    (
        "euc-jp extended_unix_code_packed_format_for_japanese cseucpkdfmtjapanese",
        web("EUC-JP", web::EUC_JP),
    ),
    ("iso-2022-jp csiso2022jp", web("ISO-2022-JP", web::ISO_2022_JP)),
    ("shift_jis ms_kanji csshiftjis", web("Shift_JIS", web::SHIFT_JIS)),
    ("euc-kr cseuckr", web("EUC-KR", web::EUC_KR)),
    ("gb18030 csgb18030", web("GB18030", web::GB18030)),
    ("gbk cp936 ms936 windows-936 csgbk", web("GBK", web::GBK)),
    ("big5 csbig5", web("Big5", web::BIG5)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, bytes: &[u8]) {
        let charset = Charset::named(name).expect(name);
        assert_eq!(charset.encode(text).as_deref(), Some(bytes), "{name}");
        assert_eq!(charset.decode(bytes).as_deref(), Some(text), "{name}");
    }

    #[test]
    fn texts_go_there_and_back() {
        check("UTF-16LE", "test", b"t\0e\0s\0t\0");
        check("utf-16be", "é", b"\0\xe9");
        check("UTF-16", "a", b"\xfe\xff\0a");
        check("UTF-8", "é", "é".as_bytes());
        check("latin1", "é\u{80}", b"\xe9\x80");
        check("windows-1252", "€", b"\x80");
        check("ISO-8859-9", "ğ\u{9f}", b"\xf0\x9f");
        check("Shift_JIS", "日", b"\x93\xfa");
        check("Big5", "中", b"\xa4\xa4");
        check("KOI8-R", "я", b"\xd1");
        check(" US-ASCII ", "a", b"a");
    }

    #[test]
    fn what_cannot_be_represented_is_a_fault() {
        let charset = |name| Charset::named(name).expect(name);
        assert_eq!(charset("latin1").encode("€"), None);
        assert_eq!(charset("us-ascii").encode("é"), None);
        assert_eq!(charset("Shift_JIS").encode("\u{1f600}"), None);
        assert_eq!(charset("us-ascii").decode(b"\xe9"), None);
        assert_eq!(charset("utf-16le").decode(b"a"), None);
        assert_eq!(charset("utf-16le").decode(b"\x00\xd8"), None);
        assert!(Charset::named("utf8").is_none());
        assert!(Charset::named("roman7").is_none());
    }
}
