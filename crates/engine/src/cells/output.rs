//! Outputs of modules: their preconditions, their values, their sensitivity.
//!
//! What the state and the plan say of the root's outputs is decided elsewhere (`plan/output.rs`).
//! Invariant: a root output whose value holds anything sensitive is declared so.

use diag::{Diagnostic, Diags};
use lang::config::OutputIdx;
use lang::eval::{Cell, Eval, eval};
use state::CheckKind;
use value::Marks;

use super::World;
use super::check::When;
use super::ids::FrameId;
use super::rule::{RuleKind, rules};
use super::scope::{Here, View};
use super::variable::qualified;

impl World {
    /// Computes an output.
    pub(super) fn output(
        &self,
        cell: Cell,
        id: FrameId,
        index: OutputIdx,
        diags: &mut Diags,
    ) -> Eval {
        let frame = &self.frames[id.at()];
        let output = &frame.def.outputs[index.index()];
        let address = || qualified(&frame.addr.to_string(), &format!("output.{}", output.name));
        let view = View::new(self, id, Here::NOWHERE, cell);
        let exprs = &frame.def.exprs;
        if self.settings.conditions == super::Conditions::Evaluated
            && !output.preconditions.is_empty()
            && frame.stands_for.is_none()
        {
            let failing = self.settings.failing;
            let kind = RuleKind::Precondition;
            match rules(exprs, &output.preconditions, &view, kind, failing, &address, diags) {
                Eval::Value(results) => {
                    let allowed = results.allows(failing);
                    let path = self.config.module(frame.module).path.to_string();
                    let config = qualified(&path, &format!("output.{}", output.name));
                    let mut checks = self.checks.borrow_mut();
                    checks.report(CheckKind::Output, config, address(), When::Before, results);
                    if !allowed {
                        return Eval::Failed;
                    }
                }
                Eval::Blocked(on) => return Eval::Blocked(on),
                Eval::Failed => return Eval::Failed,
            }
        }
        let value = match eval(exprs, output.expr, &view, diags) {
            Eval::Value(value) => value,
            other => return other,
        };
        let refused = |code: &'static str, summary: &str, detail: &str, remedy: &str| {
            Diagnostic::error(code, summary)
                .detail(detail)
                .remedy(remedy)
                .at(output.span)
                .about(qualified(&frame.addr.to_string(), &format!("output.{}", output.name)))
        };
        if value.deep_marks().is_ephemeral() {
            diags.push(refused(
                "output-ephemeral",
                "Output of an ephemeral value",
                "Its value is ephemeral, and must not be kept.",
                "Pass it through ephemeralasnull(), or leave the output out.",
            ));
            return Eval::Failed;
        }
        if frame.parent.is_none() && !output.sensitive && value.deep_marks().is_sensitive() {
            diags.push(refused(
                "output-sensitive",
                "Output refers to sensitive values",
                "Outputs of the root module are shown and kept in the state, and this one holds something sensitive.",
                "Say sensitive = true in its block, or nonsensitive() where it is no secret.",
            ));
            return Eval::Failed;
        }
        let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
        Eval::Value(value.with_marks(marks))
    }
}
