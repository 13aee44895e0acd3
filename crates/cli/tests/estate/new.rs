//! `strata new`: a stack in an estate, and what is refused. The estates that it makes: `blueprints`.

use crate::support::Estate;

#[test]
fn a_new_estate_is_refused_whole() {
    let place = Estate::of(&[("there/x", "")]);
    place.fails(&["new", "there", "-cloud=aws"], "new-exists", "there");
    place.fails(&["new", "stack", "-cloud=aws"], "new-name", "a word of this command");
    place.fails(&["new", "../shop", "-cloud=aws"], "new-name", "../shop");
    place.fails(&["new", "shop", "-cloud=awz"], "new-cloud", "Did you mean `aws`?");
    place.fails(&["new", "shop"], "new-cloud", "aws, azure, gcp");
    place.fails(&["new", "shop", "-cloud=aws", "-layer=x"], "new-words", "-layer=x");
    place.fails(&["new", "shop", "top", "-cloud=aws"], "new-words", "shop top");
    place.fails(&["new", "stack", "shop", "-layer=x"], "no-estate", "no strata.hcl");
    let names: Vec<_> = std::fs::read_dir(place.path(".")).expect("there").flatten().collect();
    assert_eq!(names.len(), 1, "something was left: {names:?}");
}

#[test]
fn a_new_stack_stands_after_those_of_its_layer_and_plans() {
    let estate = Estate::hello();
    let told = estate.expect(&["new", "stack", "cache", "-layer=infrastructure"], 0);
    assert!(told.contains("stacks/cache/ is a root module"), "{told}");
    let text = std::fs::read_to_string(estate.path("strata.hcl")).expect("there");
    let at = |name: &str| text.find(&format!("stack \"{name}\"")).expect("a block");
    assert!(at("database") < at("cache") && at("cache") < at("cluster"), "{text}");
    assert_eq!(estate.expect(&["validate"], 0), "Valid.\n");
    estate.expect(&["fmt", "-check", "-recursive"], 0);
    estate.expect(&["init"], 0);
    let plan = estate.expect(&["plan", "dev/cache"], 0);
    assert!(plan.contains("cache"), "{plan}");
}

#[test]
fn a_new_stack_is_refused_whole() {
    let estate = Estate::hello();
    let before = std::fs::read_to_string(estate.path("strata.hcl")).expect("there");
    estate.fails(&["new", "stack", "network", "-layer=apps"], "new-exists", "strata.hcl:");
    estate.fails(&["new", "stack", "cache", "-layer=app"], "new-layer", "Did you mean `apps`?");
    estate.fails(&["new", "stack", "cache"], "new-layer", "infrastructure, cluster, apps");
    estate.fails(&["new", "stack", "Cache", "-layer=apps"], "new-name", "Cache");
    estate.fails(
        &["new", "stack", "cache", "-layer=apps", "-cloud=aws"],
        "new-words",
        "-cloud=aws",
    );
    estate.write("stacks/cache/x", "");
    estate.fails(&["new", "stack", "cache", "-layer=apps"], "new-exists", "stacks/cache");
    let after = std::fs::read_to_string(estate.path("strata.hcl")).expect("there");
    assert_eq!(before, after);
}
