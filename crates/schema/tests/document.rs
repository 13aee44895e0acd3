//! The schema document: what is read is written again, byte for byte.

use schema::document::{Document, write};
use schema::{Nesting, ProviderSchema};
use value::Type;

const ADDRESS: &str = "registry.opentofu.org/a/b";

/// Everything that a document can say, in OpenTofu's spelling and order.
const DOCUMENT: &str = concat!(
    r#"{"format_version":"1.0","provider_schemas":{"registry.opentofu.org/a/b":{"#,
    r#""provider":{"version":0,"block":{"attributes":{"token":{"type":"string","description":"Keep \u003cthis\u003e \u0026 that.","description_kind":"markdown","optional":true,"sensitive":true}},"description_kind":"plain"}},"#,
    r#""resource_schemas":{"b_thing":{"version":2,"block":{"attributes":{"#,
    r#""id":{"type":"string","description_kind":"plain","computed":true},"#,
    r#""kinds":{"type":["map",["list",["object",{"a":"number","b":"dynamic"}]]],"description_kind":"plain","deprecated":true,"deprecation_message":"no more","optional":true},"#,
    r#""parts":{"nested_type":{"attributes":{"secret":{"type":"string","description_kind":"plain","optional":true,"write_only":true}},"nesting_mode":"set"},"description_kind":"plain","required":true}},"#,
    r#""block_types":{"rule":{"nesting_mode":"list","block":{"attributes":{"n":{"type":["tuple",["bool"]],"description_kind":"plain","optional":true}},"description_kind":"plain","deprecated":true},"min_items":1,"max_items":3}},"description_kind":"plain"}}},"#,
    r#""data_source_schemas":{"b_look":{"version":0,"block":{"description":"Looks.","description_kind":"plain"}}},"#,
    r#""functions":{"f":{"description":"Does.","summary":"do","return_type":["set","string"],"parameters":[{"name":"x","description":"","type":"dynamic","is_nullable":true}],"variadic_parameter":{"name":"more","description":"","type":"number"}}},"#,
    r#""resource_identity_schemas":{"b_thing":{"version":1,"attributes":{"id":{"type":"string","description":"which","required_for_import":true}}}}"#,
    r#"}}}"#
);

fn whole() -> ProviderSchema {
    let document = Document::parse(DOCUMENT).expect("a document");
    assert_eq!(document.addresses().collect::<Vec<_>>(), [ADDRESS]);
    document.provider(ADDRESS).expect("it is there").expect("readable").whole().expect("readable")
}

#[test]
fn what_is_read_is_written_again() {
    let schema = whole();
    assert_eq!(write([(ADDRESS.to_owned(), &schema)]), DOCUMENT);
}

#[test]
fn types_are_read_one_by_one() {
    let document = Document::parse(DOCUMENT).expect("a document");
    let provider = document.provider(ADDRESS).expect("it is there").expect("readable");
    assert_eq!(provider.resource_names().collect::<Vec<_>>(), ["b_thing"]);
    let thing = provider.resource("b_thing").expect("offered").expect("readable");
    assert_eq!(thing.version, 2);
    assert_eq!(
        thing.identity.expect("an identity").ty(),
        Type::object([("id".into(), Type::STRING)])
    );
    let parts = thing.block.attr("parts").expect("an attribute").nested.as_ref().expect("nested");
    assert_eq!(parts.nesting(), Nesting::Set);
    assert!(provider.resource("b_other").is_none());
    assert!(
        provider
            .configuration()
            .expect("readable")
            .block
            .attr("token")
            .expect("an attribute")
            .sensitive
    );
}

#[test]
fn what_is_no_document_is_told() {
    for (text, about, message) in [
        ("", "", "not a schema document"),
        ("[]", "", "not a schema document"),
        (r#"{"format_version":"2.0"}"#, "", "format version 2.0"),
    ] {
        let error = Document::parse(text).err().expect("a fault");
        assert_eq!(error.about, about);
        assert!(error.message.contains(message), "{error}");
    }
    let broken = [
        (DOCUMENT.replace(r#""nesting_mode":"list""#, r#""nesting_mode":"heap""#), "heap"),
        (DOCUMENT.replace(r#"["tuple",["bool"]]"#, r#"["tuple"]"#), "not a type"),
        (
            DOCUMENT.replace(
                r#""type":"string","description_kind":"plain","computed""#,
                r#""computed""#,
            ),
            "no type",
        ),
    ];
    for (text, message) in broken {
        let document = Document::parse(&text).expect("a document");
        let provider = document.provider(ADDRESS).expect("it is there").expect("readable");
        let error = provider.resource("b_thing").expect("offered").expect_err("a fault");
        assert_eq!(error.about, "b_thing");
        assert!(error.message.contains(message), "{error}");
    }
}
