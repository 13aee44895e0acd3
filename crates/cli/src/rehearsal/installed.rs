//! Schemas of providers that are installed, for a rehearsal that has them from nowhere else.
//!
//! The provider is asked for its schema and for nothing more. Invariant: no process is started before a type is wanted
//! that no document has.

use std::path::PathBuf;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diags, SourceMap};
use provider::{Pool, Sharing, Wanted};
use run::estate::EstateFile;
use run::providers::Providers;
use schema::ProviderSchema;
use schema::version::Constraints;
use sim::schemas::Installed;

use crate::session::Session;

/// The providers that `init` locked and installed for an estate.
pub(super) struct OfEstate {
    providers: Providers,
    pool: Arc<Pool>,
    dir: PathBuf,
}

impl OfEstate {
    /// Those of this estate. A faulty lock file locks nothing here; it is told by the commands that need it.
    pub(super) fn of(session: &Session<'_>, file: &EstateFile) -> OfEstate {
        let host = session.context.host;
        let (mut sources, mut unheard) = (SourceMap::new(), Diags::new());
        let sharing = Sharing::AnyFolder;
        let providers = Providers::open(host, &file.dir, sharing, &mut sources, &mut unheard)
            .without(&run::estate::store_variables(file));
        OfEstate { providers, pool: session.shared.pool.clone(), dir: file.dir.clone() }
    }
}

impl Installed for OfEstate {
    fn schemas(
        &self,
        provider: &ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Option<ProviderSchema> {
        let asked = (provider, constraints);
        let asking = self.providers.installed_schema(&self.pool, &self.dir, asked, wanted);
        // A cloud answers at once; the threads of the runtime are two, and one may wait.
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(asking))
    }
}
