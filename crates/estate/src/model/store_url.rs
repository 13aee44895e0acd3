//! Where an estate's store is, as `store` in `strata.hcl` says.
//!
//! Which kind it is and whether a password stands in it; whether the address is a good one, who opens it says.
//! Invariant: a password is never shown.

use std::sync::Arc;

/// Where an estate keeps states, plans and events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sqlite:PATH`, the path relative to the folder of `strata.hcl`.
    Sqlite(Arc<str>),
    /// `postgres://...`: the whole text, as PostgreSQL's own tools take it.
    Postgres(Arc<str>),
}

impl StoreUrl {
    /// Which kind of store a text names; `None` where it is none. Whether the address is a good one, who opens it says.
    pub fn parse(text: &str) -> Option<StoreUrl> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Some(StoreUrl::Sqlite(path.into()));
        }
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        postgres.then(|| StoreUrl::Postgres(text.into()))
    }

    /// Whether a password stands in it: one that is written as it should be, or with an `@` or `/` in it.
    pub fn has_password(&self) -> bool {
        let StoreUrl::Postgres(url) = self else { return false };
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let place = place.split_once("://").map_or(place, |(_, place)| place);
        let user = place.rsplit_once('@').map_or("", |(user, _)| user);
        user.contains(':') || query.split('&').any(|part| part.starts_with("password="))
    }
}

impl std::fmt::Display for StoreUrl {
    /// As it is written; one with a password, which is refused, is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreUrl::Sqlite(path) => write!(f, "sqlite:{path}"),
            StoreUrl::Postgres(_) if self.has_password() => f.write_str("postgres://..."),
            StoreUrl::Postgres(url) => f.write_str(url),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_and_not_shown() {
        let check = |text: &str, expect: bool| {
            let url = StoreUrl::parse(text).expect("a store");
            assert_eq!(url.has_password(), expect, "{text}");
            assert!(!url.to_string().contains("sesame"), "{url}");
        };
        check("sqlite:.strata/estate.db", false);
        check("postgres://ops@db:5432/strata?sslmode=verify-full", false);
        check("postgres://db:5432/strata", false);
        check("postgres:///strata?host=/run/postgresql", false);
        check("postgres://ops:sesame@db/strata", true);
        check("postgresql://ops:@db/strata", true);
        check("postgres://ops:se/sesame@db/strata", true);
        check("postgres://ops:@sesame@db/strata", true);
        check("postgres://ops@db/strata?schema=a&password=sesame", true);
        assert_eq!(StoreUrl::parse("mysql://db/strata"), None);
        assert_eq!(StoreUrl::parse("sqlite:"), None);
    }
}
