//! `state`, `store` and `lock`. In an estate each takes the stack instance with `-stack ENV/STACK`, or as the part
//! before `//` of an address.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{RehearsalArgs, SelectionArgs};

/// Which state.
#[derive(Debug, Default, Args)]
pub(crate) struct WhichState {
    /// In an estate: the stack instance.
    #[arg(long, value_name = "ENV/STACK")]
    pub(crate) stack: Option<String>,
    /// In a root module: another state file (-state=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<String>,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArgs,
}

/// Which state, of a command that changes it.
#[derive(Debug, Default, Args)]
pub(crate) struct WrittenState {
    #[command(flatten)]
    pub(crate) which: WhichState,
    /// Wait this long for the lease (-lock-timeout=10s).
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub(crate) lock_timeout: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// List the objects.
    List {
        #[command(flatten)]
        which: WhichState,
        /// Only these.
        #[arg(value_name = "ADDRESS")]
        addresses: Vec<String>,
        /// Only the object with this id (-id=ID).
        #[arg(long)]
        id: Option<String>,
    },
    /// Show one object.
    Show {
        #[command(flatten)]
        which: WhichState,
        /// The instance.
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Show sensitive values (-show-sensitive).
        #[arg(long)]
        show_sensitive: bool,
    },
    /// Print the state as a version 4 document.
    Pull {
        #[command(flatten)]
        which: WhichState,
    },
    /// Replace the state by a version 4 document.
    Push {
        #[command(flatten)]
        written: WrittenState,
        /// The document; `-` is standard input.
        #[arg(value_name = "FILE")]
        file: String,
        /// Even where lineage or serial say no (-force).
        #[arg(long)]
        force: bool,
    },
    /// Forget objects without destroying them.
    Rm {
        #[command(flatten)]
        written: WrittenState,
        /// Instances, whole resources or modules.
        #[arg(value_name = "ADDRESS", required = true)]
        addresses: Vec<String>,
        /// Only say what would be forgotten (-dry-run).
        #[arg(long)]
        dry_run: bool,
    },
    /// Give an object another address.
    Mv {
        #[command(flatten)]
        written: WrittenState,
        /// An instance, a whole resource or a module.
        #[arg(value_name = "FROM")]
        from: String,
        /// An address of the same kind.
        #[arg(value_name = "TO")]
        to: String,
        /// Only say what would be moved (-dry-run).
        #[arg(long)]
        dry_run: bool,
    },
    /// Say of an object in doubt whether it exists.
    Resolve {
        #[command(flatten)]
        written: WrittenState,
        /// The address; every one in doubt is listed where none is named.
        #[arg(value_name = "ADDRESS")]
        address: Option<String>,
        /// It exists, with this id.
        #[arg(long, value_name = "ID", conflicts_with = "absent")]
        exists: Option<String>,
        /// It does not exist.
        #[arg(long)]
        absent: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Make the store that strata.hcl names.
    Create,
    /// Show the store and what it holds.
    Show,
    /// Take states in from where `adopted` of strata.hcl says that they are; those places are only read.
    Adopt {
        #[command(flatten)]
        selection: SelectionArgs,
    },
    /// Copy the estate from one store into another, empty one; nobody may be working on a stack.
    Copy {
        /// The store that has it: sqlite:PATH or postgres://USER@HOST/DATABASE.
        #[arg(value_name = "FROM")]
        from: String,
        /// The store that is to have it; it is made where there is none.
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Write a backup of the store into a new file, while it is in use.
    Backup {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Put a backup into the store that strata.hcl names, which must be empty or not there.
    Restore {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LockCommand {
    /// Show who holds which lease.
    Show {
        /// The stack instance; in an estate all of them where none is named, in a root module nothing.
        #[arg(value_name = "ADDRESS")]
        address: Option<String>,
    },
    /// Take a lease from its holder, whose later writes are refused.
    Break {
        /// The stack instance; in a root module nothing.
        #[arg(value_name = "ADDRESS")]
        address: Option<String>,
        /// Do not ask (-force).
        #[arg(long)]
        force: bool,
    },
}
