//! Configurations and inputs made from a seed: up to six things that derive from variables and from one another.
//!
//! Invariant: equal seeds make equal configurations; whatever is made plans without errors.

use engine::GivenVariable;
use value::{Refinement, Type, Value};

/// Numbers that follow from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(crate) fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).expect("a small number")]
    }
}

/// How a resource is repeated, as far as references to it care.
#[derive(Clone, Copy, PartialEq)]
enum Repeat {
    One,
    Several,
}

/// A configuration: up to six things that derive from variables and from one another.
pub(crate) fn configuration(dice: &mut Dice) -> String {
    let mut text = String::from(
        "variable \"a\" { type = string }\nvariable \"b\" { type = string }\nvariable \"size\" { type = number }\n\
         variable \"n\" { type = number }\nvariable \"keys\" { type = set(string) }\nvariable \"region\" { type = string }\n",
    );
    if dice.one_in(2) {
        text.push_str("provider \"test\" { region = var.region }\n");
    }
    let mut made: Vec<Repeat> = Vec::new();
    for at in 0..2 + dice.below(5) {
        let (repeat, kind) = repetition(dice, &made);
        let name = name(dice, &made);
        let mut body = format!("{repeat}  name = {name}\n");
        match dice.below(5) {
            0 => body.push_str("  size = var.size\n"),
            1 => body.push_str("  size = 1\n"),
            2 => body.push_str("  tags = { b = var.b }\n"),
            _ => {}
        }
        if dice.one_in(4) && at > 0 {
            body.push_str(&format!("  depends_on = [test_thing.t{}]\n", dice.below(at)));
        }
        if dice.one_in(4) {
            body.push_str("  lifecycle {\n create_before_destroy = true\n }\n");
        }
        text.push_str(&format!("resource \"test_thing\" \"t{at}\" {{\n{body}}}\n"));
        made.push(kind);
    }
    for (at, kind) in made.iter().enumerate() {
        let value = match kind {
            Repeat::One => format!("test_thing.t{at}.out"),
            Repeat::Several => format!("[for one in test_thing.t{at} : one.id]"),
        };
        text.push_str(&format!("output \"o{at}\" {{ value = {value} }}\n"));
    }
    text
}

fn repetition(dice: &mut Dice, made: &[Repeat]) -> (String, Repeat) {
    let text = match dice.below(7) {
        0 => "  for_each = var.keys\n".to_owned(),
        1 => "  count = var.n\n".to_owned(),
        2 => "  for_each = { k = var.a, l = \"l\" }\n".to_owned(),
        3 => match earlier(dice, made, Repeat::One) {
            Some(at) => format!("  for_each = toset([test_thing.t{at}.out])\n"),
            None => return (String::new(), Repeat::One),
        },
        4 => match earlier(dice, made, Repeat::Several) {
            Some(at) => format!("  count = length(test_thing.t{at})\n"),
            None => return (String::new(), Repeat::One),
        },
        _ => return (String::new(), Repeat::One),
    };
    (text, Repeat::Several)
}

fn name(dice: &mut Dice, made: &[Repeat]) -> String {
    match dice.below(6) {
        0 => "var.a".to_owned(),
        1 => "\"${var.a}-${var.b}\"".to_owned(),
        2 => match earlier(dice, made, Repeat::One) {
            Some(at) => format!("test_thing.t{at}.id"),
            None => "\"first\"".to_owned(),
        },
        3 => match earlier(dice, made, Repeat::Several) {
            Some(at) => format!("join(\",\", [for one in test_thing.t{at} : one.out])"),
            None => "var.b".to_owned(),
        },
        _ => format!("\"{}\"", dice.pick(&["x", "y"])),
    }
}

fn earlier(dice: &mut Dice, made: &[Repeat], kind: Repeat) -> Option<usize> {
    let fits: Vec<usize> = (0..made.len()).filter(|at| made[*at] == kind).collect();
    (!fits.is_empty()).then(|| fits[usize::try_from(dice.below(fits.len() as u64)).expect("few")])
}

/// Inputs that are wholly known.
pub(crate) fn inputs(dice: &mut Dice) -> Vec<GivenVariable> {
    let keys: Vec<Value> =
        ["k", "l", "m"].iter().filter(|_| dice.one_in(2)).map(|key| Value::string(*key)).collect();
    let size = 1 + i64::try_from(dice.below(2)).expect("a small number");
    let n = i64::try_from(dice.below(3)).expect("a small number");
    vec![
        given("a", Value::string(dice.pick(&["a1", "a2"]))),
        given("b", Value::string(dice.pick(&["b1", "b2"]))),
        given("size", Value::int(size)),
        given("n", Value::int(n)),
        given("keys", Value::set(Type::STRING, keys)),
        given("region", Value::string("eu")),
    ]
}

pub(crate) fn given(name: &str, value: Value) -> GivenVariable {
    GivenVariable { name: name.into(), value }
}

/// Some of the inputs less known.
pub(crate) fn blurred(dice: &mut Dice, inputs: &[GivenVariable]) -> Vec<GivenVariable> {
    let blur = |dice: &mut Dice, one: &GivenVariable| {
        let value = &one.value;
        let known = value.range();
        let value = match (dice.below(5), value.is_known()) {
            (0, _) => Value::unknown(value.ty()),
            (1, true) if value.ty() == Type::NUMBER => {
                let most = Refinement::NOT_NULL.at_most(value::Number::from(4), true);
                Value::unknown_with(Type::NUMBER, most)
            }
            (1, true) if value.ty().is_set() => {
                let most = known.length_max.unwrap_or(0) + 1;
                Value::unknown_with(value.ty(), Refinement::NOT_NULL.shorter_than_or(most))
            }
            (1, true) => Value::unknown_not_null(value.ty()),
            _ => value.clone(),
        };
        given(&one.name, value)
    };
    inputs.iter().map(|one| blur(dice, one)).collect()
}
