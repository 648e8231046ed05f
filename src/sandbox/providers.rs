//! Local stand-ins of the providers whose keys are rotated, served on a port of their own beside the sandbox.
