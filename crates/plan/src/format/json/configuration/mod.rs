//! `configuration`: what the root module and all below it say, as the plan document has it.
//!
//! Expressions are not evaluated: one that needs nothing is told by its value, any other by what it refers to
//! (`lang::outline`). `dynamic` blocks are not told, nor is what a schema does not know.
//!
//! Invariant: a document is told whole or not at all: where a module is written in JSON syntax, of which only a schema
//! tells attributes from blocks, there is none.

mod expressions;
mod module;
mod providers;

use lang::body::{BlockItem, LoweredBody};
use lang::config::Config;

use self::providers::Providers;
use super::write::Slot;
use crate::schemas::Schemas;

/// The `configuration` member; none where a module is in JSON syntax.
pub fn configuration(config: &Config, schemas: &Schemas) -> Option<String> {
    if config.modules.iter().any(|module| has_json(&module.def)) {
        return None;
    }
    let providers = Providers::of(config);
    let mut out = String::new();
    Slot::new(&mut out).object(|object| {
        if !providers.is_empty() {
            providers.write(object.member("provider_config"), config, schemas);
        }
        module::module(object.member("root_module"), config.root(), config, schemas, &providers);
    });
    Some(out)
}

fn has_json(def: &lang::config::ModuleDef) -> bool {
    let bodies = (def.resources.iter().map(|one| &one.body))
        .chain(def.calls.iter().map(|one| &one.body))
        .chain(def.providers.iter().map(|one| &one.body));
    bodies.into_iter().any(is_json)
}

fn is_json(body: &LoweredBody) -> bool {
    !body.members.is_empty()
        || body.blocks.iter().any(|item| match item {
            BlockItem::Static(block) => is_json(&block.body),
            BlockItem::Dynamic(block) => is_json(&block.content),
        })
}

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};
    use lang::config::{BackendRule, Config, LoadOptions, Loader, RootVariables};
    use schema::version::Version;

    use super::*;

    fn config(name: &str, text: &str) -> Config {
        let version = Version::parse(lang::TOFU_VERSION).expect("a version");
        let options = LoadOptions {
            version,
            variables: RootVariables::default(),
            backend: BackendRule::Honoured,
        };
        let mut loader = Loader::new(".", options);
        let (mut wanted, mut sources, mut diags) = (Vec::new(), SourceMap::new(), Diags::new());
        loop {
            loader.advance(&mut wanted);
            let Some(folder) = wanted.pop() else { break };
            let files = vec![(name.to_owned(), text.into())];
            loader.answer(&folder, Ok(files), &mut sources);
        }
        let config = loader.finish(&mut diags).expect("a configuration");
        assert!(!diags.has_errors(), "{diags:?}");
        config
    }

    #[test]
    fn a_module_says_what_it_declares() {
        let text = "variable \"a\" {\n  type    = object({ b = optional(number) })\n  default = {}\n}\n\
                    output \"o\" {\n  value     = [var.a.b, 1]\n  sensitive = true\n}\n";
        let told = configuration(&config("main.tf", text), &Schemas::new()).expect("told");
        let expect = "{\"root_module\":{\"outputs\":{\"o\":{\"sensitive\":true,\"expression\":{\"references\":\
                      [\"var.a.b\",\"var.a\"]}}},\"variables\":{\"a\":{\"type\":[\"object\",{\"b\":\"number\"},[\"b\"]],\
                      \"default\":{\"b\":null}}}}}";
        assert_eq!(told, expect);
    }

    #[test]
    fn a_module_in_json_is_not_told_in_half() {
        let text = "{\"resource\": {\"terraform_data\": {\"a\": {\"input\": 1}}}}";
        assert_eq!(configuration(&config("main.tf.json", text), &Schemas::new()), None);
    }
}
