//! `keyminder sandbox`: the local Notion alone. Its first line on stdout is JSON for whoever started it.
use super::{CommandResult, Exit, ProjectArgs};
use anyhow::Context as _;
use keyminder_sandbox::providers::{self, StandIns};
use keyminder_sandbox::{Options, Rate, serve};
use secrecy::SecretString;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// The options of `sandbox`.
#[derive(clap::Args, Clone, Debug)]
pub struct SandboxArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The token that the connection has to send [default: one is made]
    #[arg(long, value_name = "T", value_parser = secret)]
    token: Option<SecretString>,
    /// A page from a Markdown file, beside the two own ones; may be given several times
    #[arg(long = "page", value_name = "FILE")]
    pages: Vec<PathBuf>,
    /// Requests in a window, `bucket:3/1s` for a bucket that fills evenly, or `off`
    #[arg(long, value_name = "N/SECONDS", default_value = "180/60s")]
    rate: Rate,
    /// Keeps the workspace in this file over restarts
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

/// Clap asks for a parser that can fail; this one never does.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a clap value parser")]
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

/// Runs the command.
pub fn run(_place: &ProjectArgs, args: &SandboxArgs) -> CommandResult<Exit> {
    let read = |file: &PathBuf| std::fs::read_to_string(file).with_context(|| format!("the page {}", file.display()));
    let pages = args.pages.iter().map(read).collect::<anyhow::Result<Vec<String>>>()?;
    let options = Options {
        listen: args.listen,
        token: args.token.clone(),
        pages,
        rate: args.rate,
        state_file: args.state.clone(),
        providers: Some(providers::router(StandIns::default())),
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(until_told(options))
}

async fn until_told(options: Options) -> CommandResult<Exit> {
    let listen = options.listen;
    let running = serve(options)
        .await
        .with_context(|| format!("the sandbox cannot start on {listen}"))?;
    println!("{}", running.first_line);
    std::io::stdout().flush()?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    running.stop().await?;
    Ok(Exit::Done)
}
