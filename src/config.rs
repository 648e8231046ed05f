//! Settings: defaults, file, environment, flags; read once; all faults reported at once.
