//! Where an estate's store is, whichever its kind.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{CreateError, OpenError};
use crate::estate::EstateStore;
use crate::postgres::{PostgresSettings, PostgresStore};
use crate::sqlite::{SqliteSettings, SqliteStore};
use crate::world::World;

/// Where an estate's store is, and all that it takes to open it.
#[derive(Clone, Debug)]
pub enum StorePlace {
    /// In a file.
    Sqlite(SqliteSettings),
    /// On a server. Boxed: the settings are large.
    Postgres(Box<PostgresSettings>),
}

impl StorePlace {
    /// Opens the store that is there.
    ///
    /// # Errors
    /// Where there is none, or it is not this estate's.
    pub fn open(self, world: Arc<dyn World>) -> Result<Arc<dyn EstateStore>, OpenError> {
        Ok(match self {
            StorePlace::Sqlite(settings) => Arc::new(SqliteStore::open(settings, world)?),
            StorePlace::Postgres(settings) => Arc::new(PostgresStore::open(*settings, world)?),
        })
    }

    /// Makes an empty store there, and opens it.
    ///
    /// # Errors
    /// Where there is one already, or the system refuses.
    pub fn create(self, world: Arc<dyn World>) -> Result<Arc<dyn EstateStore>, CreateError> {
        Ok(match self {
            StorePlace::Sqlite(settings) => Arc::new(SqliteStore::create(settings, world)?),
            StorePlace::Postgres(settings) => Arc::new(PostgresStore::create(*settings, world)?),
        })
    }

    /// The same, for people; for a file its path.
    pub fn path(&self) -> PathBuf {
        match self {
            StorePlace::Sqlite(settings) => settings.path.clone(),
            StorePlace::Postgres(settings) => PathBuf::from(&settings.address.text),
        }
    }
}
