//! Why a later plan does not refine the approved one, as a diagnostic that shows exactly the difference.

use diag::Diagnostic;
use plan::refine::Difference;

/// The diagnostic of a stack whose new plan does more, or something else, than the approved one.
pub fn diagnostic(stack: &str, differences: &[Difference]) -> Diagnostic {
    let told = render::differences(differences);
    Diagnostic::error("plan-not-refined", "The stack's new plan does not refine the approved one")
        .detail(format!(
            "With the real values below, planning {stack} again gives something else. Nothing of it was touched.\n{told}"
        ))
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(stack)
}

#[cfg(test)]
mod tests {
    use plan::refine::{Item, Row, Shown};
    use value::{Marks, Path, Value};

    use super::*;

    const CANARY: &str = "canary-7f3a";

    #[test]
    fn what_differs_is_told_and_no_secret() {
        let inside = Value::tuple(vec![Value::string(CANARY).with_marks(Marks::SENSITIVE)]);
        let one = Difference {
            item: Item::Variable("v".into()),
            path: Path::default(),
            row: Row::Input,
            approved: Shown::Value(inside),
            now: Shown::Absent,
        };
        let told = diagnostic("net", &[one]);
        assert!(told.detail.contains("approved  (sensitive value)"), "{}", told.detail);
        assert!(told.detail.contains("now       nothing"), "{}", told.detail);
        assert!(!format!("{told:?}").contains(CANARY), "{told:?}");
    }
}
