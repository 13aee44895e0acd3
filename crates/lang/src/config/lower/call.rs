//! Module calls lowered.

use super::Pass;
use crate::config::declared::CallDecl;
use crate::config::module::ModuleCall;
use crate::expr::Allowed;

impl Pass<'_> {
    pub(super) fn call(&mut self, decl: CallDecl<'_>) -> ModuleCall {
        let source = decl.source.map(|it| self.expr(it, Allowed::NOTHING));
        let version = decl.version.map(|(it, _)| self.expr(it, Allowed::NOTHING));
        let (repeat, allowed) = self.repeat(decl.repeat);
        ModuleCall {
            name: decl.name.text,
            source,
            version,
            repeat,
            providers: decl.providers,
            depends_on: self.depends_on(decl.depends_on),
            body: self.lowerer.allow(allowed).body(&decl.body, self.found),
            span: decl.header,
        }
    }
}
