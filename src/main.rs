//! Starts the command line.

fn main() -> std::process::ExitCode {
    pledgefund::cli::run()
}
