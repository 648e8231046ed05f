//! Starts the program and prints the error, if there is one.
use std::process::ExitCode;

fn main() -> ExitCode {
    keyminder::process::close();
    keyminder::cli::main()
}
