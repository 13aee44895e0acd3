//! Every address reads back as it was printed, whatever its keys hold; and no text makes a parser panic.

use addr::{
    InstanceKey, Mode, ModuleInstance, ModuleStep, ProviderAddr, ProviderInstance, Resource,
    ResourceInstance, StackPattern, StackResource, Target,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

fn key() -> impl Strategy<Value = InstanceKey> {
    prop_oneof![
        Just(InstanceKey::None),
        (0..i64::MAX).prop_map(InstanceKey::Int),
        any::<String>().prop_map(|text| InstanceKey::Str(text.nfc().collect::<String>().into())),
        "[${%\"\\\\\n]{0,8}".prop_map(|text| InstanceKey::Str(text.into())),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z_é][a-zA-Z0-9_-]{0,6}".prop_filter("words with a meaning", |name| {
        !matches!(name.as_str(), "module" | "data" | "ephemeral")
    })
}

fn module() -> impl Strategy<Value = ModuleInstance> {
    let step = (name(), key()).prop_map(|(name, key)| ModuleStep { name: name.into(), key });
    prop::collection::vec(step, 0..4).prop_map(ModuleInstance::new)
}

fn instance() -> impl Strategy<Value = ResourceInstance> {
    let mode = prop_oneof![Just(Mode::Managed), Just(Mode::Data), Just(Mode::Ephemeral)];
    (module(), mode, name(), name(), key()).prop_map(|(module, mode, type_name, name, key)| {
        Resource::new(mode, type_name, name).absolute(module).instance(key)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn instances_read_back(instance in instance()) {
        prop_assert_eq!(instance.to_string().parse(), Ok(instance));
    }

    #[test]
    fn modules_read_back(module in module()) {
        prop_assert_eq!(module.to_string().parse(), Ok(module));
    }

    #[test]
    fn orders_are_total(a in instance(), b in instance(), c in instance()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert!(!(a <= b && b <= c) || a <= c);
        prop_assert_eq!(a.config().cmp(&b.config()), a.config().to_string().cmp(&b.config().to_string()));
    }

    #[test]
    fn a_target_covers_what_it_names(instance in instance()) {
        let target: Target = instance.to_string().parse().expect("a target");
        prop_assert!(target.contains(&instance));
        prop_assert!(target.reaches(&instance.config()));
        prop_assert!(target.reaches_module(&instance.module.path()));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>(), near in "[a-z.\\[\\]\"$%{}\\\\:/*-]{0,24}") {
        for text in [text, near] {
            let _ = text.parse::<ResourceInstance>().map_err(|error| assert!(error.offset <= text.len()));
            let _ = text.parse::<ProviderInstance>().map_err(|error| assert!(error.offset <= text.len()));
            let _ = text.parse::<ProviderAddr>();
            let _ = text.parse::<StackPattern>();
            let _ = text.parse::<StackResource>();
        }
    }
}
