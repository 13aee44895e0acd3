//! A cloud made from provider schemas: the simulated provider of rehearsals.
