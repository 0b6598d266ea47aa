//! `chitieu`: serves the app and its interface, fills a demonstration database, evaluates figures.

use chitieu_server::clock::now;
use chitieu_server::http::assets::Assets;
use chitieu_server::http::listening::{self, Limits};
use chitieu_server::http::state::App;
use chitieu_server::public_url::{Origin, PublicUrl};
use chitieu_server::services::attachments::examiner::{self, Examiner};
use chitieu_server::services::context::Settings;
use chitieu_server::services::plan_file::Loaded;
use chitieu_server::store::Store;
use chitieu_server::{cli, demo, router};
use chitieu_widgets::{Locale, t};
use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(name = "chitieu", version, about = "Follows a plan's targets with the figures its units report")]
struct Arguments {
    /// Language of what is said: vi or en.
    #[arg(long, global = true, default_value = "vi", value_parser = ["vi", "en"])]
    lang: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a database and prints a one-time link for its first administrator.
    Init(cli::init::Options),
    /// Serves the app and its interface.
    Serve {
        /// `sqlite:FILE` or `postgres://…`.
        #[arg(long, default_value = "sqlite:chitieu.db")]
        database: String,
        /// Address and port.
        #[arg(long, default_value = "127.0.0.1:8188")]
        listen: SocketAddr,
        /// Address under which people reach the server (`https://HOST` or `http://HOST`), where a proxy stands before it. Whom
        /// the proxy names last in `X-Forwarded-For` is then taken for the one who asks.
        #[arg(long)]
        public_url: Option<PublicUrl>,
        /// Folder of the app's files, where they are not inside the program.
        #[arg(long)]
        app: Option<PathBuf>,
        /// Shows what is published to everybody: serves the widgets.
        #[arg(long)]
        public: bool,
        /// An origin that may frame widgets (`https://HOST`); may be given several times.
        #[arg(long = "frame-ancestor")]
        frame_ancestors: Vec<Origin>,
        /// Takes this day for today.
        #[arg(long)]
        today: Option<NaiveDate>,
        /// The plan; the one that ships with the program where it is left out.
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// Fills a database with illustrative data and accounts, for demonstrations alone.
    Demo {
        /// `sqlite:FILE`, which must not hold data yet.
        #[arg(long, default_value = "sqlite:chitieu.db")]
        database: String,
        /// Fills up to this day.
        #[arg(long)]
        today: Option<NaiveDate>,
        /// The plan; the one that ships with the program where it is left out.
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// What concerns plan files.
    Plan {
        #[command(subcommand)]
        command: PlanCommand,
    },
    /// Evaluates figures from a file.
    Evaluate(cli::evaluate::Options),
    /// Brings figures from a file into a database, through the same checks as those that are entered.
    Import(cli::import::Options),
    /// Prints every expected cell of a period with an empty value.
    Template(cli::template::Options),
    /// Accounts: add, list, reset, disable; also while the server runs.
    User(cli::user::Options),
    /// Writes a backup into one file; also while the server runs.
    Backup(cli::backup::Backup),
    /// Puts a backup in the place of a database that no server runs on, and begins a new lifetime of it: devices then
    /// give back what the backup does not know of.
    Restore(cli::backup::Restore),
    /// Begins a new lifetime of a database that was put back by other means than `restore`.
    Restored {
        /// `sqlite:FILE` or `postgres://…`.
        #[arg(long, default_value = "sqlite:chitieu.db")]
        database: String,
    },
    /// Prints the figures of a database as `reporter,period,element,value`.
    Export {
        /// `sqlite:FILE` or `postgres://…`.
        #[arg(long, default_value = "sqlite:chitieu.db")]
        database: String,
    },
    /// Examines a file that comes on standard input; the server begins it for each attachment.
    #[command(hide = true, name = examiner::COMMAND)]
    Examine,
}

#[derive(Subcommand)]
enum PlanCommand {
    /// Reports every mistake of a plan file.
    Check {
        /// The file.
        file: PathBuf,
    },
}

/// The status where figures were evaluated and rows of their file were not; 2 is a wrong command line.
const ROWS_SKIPPED: u8 = 3;

fn main() -> ExitCode {
    chitieu_server::log::init();
    let arguments = Arguments::parse();
    if matches!(arguments.command, Command::Examine) {
        // Before there are other threads, which take of the memory that it may have.
        return match examiner::run(std::io::stdin().lock(), std::io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    served(arguments)
}

#[tokio::main]
async fn served(arguments: Arguments) -> ExitCode {
    let locale = if arguments.lang == "en" { Locale::En } else { Locale::Vi };
    match run(arguments.command, locale).await {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell when standard error is gone.
            writeln!(std::io::stderr(), "{error}").ok();
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command line tells its result on standard output")]
async fn run(command: Command, locale: Locale) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    match command {
        Command::Serve { database, listen, public_url, app, public, frame_ancestors, today, plan } => {
            let origin = public_url.as_ref().map(PublicUrl::origin);
            let behind_proxy = public_url.is_some();
            let address = public_url.unwrap_or_else(|| listen.into());
            if address.is_exposed() {
                tracing::warn!("{}", t::cli::plain_http(locale));
            }
            let frame_ancestors = frame_ancestors.iter().map(ToString::to_string).collect();
            let secure_cookies = address.is_https();
            let examiner = Examiner::of_this_program()?;
            let settings =
                Settings { secure_cookies, origin, behind_proxy, frame_ancestors, public, today, examiner };
            serve(&database, listen, app, settings, cli::load(plan.as_ref(), locale)?, locale).await?;
        }
        Command::Demo { database, today, plan } => {
            let store = Store::open(&database).await?;
            let loaded = cli::load(plan.as_ref(), locale)?;
            let today = today.unwrap_or_else(|| now().date_naive());
            let filled = demo::fill(&store, &loaded, today).await?;
            store.close().await;
            let demo::Filled { figures, assignments, reports, programmes, accounts } = filled;
            println!(
                "{figures} figures, {assignments} assignments and {reports} reports of tasks, {programmes} programmes of units, {accounts} accounts"
            );
        }
        Command::Plan { command: PlanCommand::Check { file } } => {
            println!("{}", cli::plan::check(&file, locale)?);
        }
        Command::Evaluate(options) => {
            let today = now().date_naive();
            let outcome = cli::evaluate::run(&options, locale, today, &mut out, &mut std::io::stderr())?;
            if outcome == cli::evaluate::Outcome::RowsSkipped {
                return Ok(ExitCode::from(ROWS_SKIPPED));
            }
        }
        Command::Import(options) => {
            let done = cli::import::run(&options, locale, &mut out, &mut std::io::stderr()).await?;
            if done.0 == cli::evaluate::Outcome::RowsSkipped {
                out.flush()?;
                return Ok(ExitCode::from(ROWS_SKIPPED));
            }
        }
        Command::Template(options) => cli::template::run(&options, locale, &mut out)?,
        Command::Init(options) => cli::init::run(&options, locale, &mut out).await?,
        Command::User(options) => cli::user::run(options, locale, &mut out).await?,
        Command::Backup(options) => cli::backup::back_up(&options, locale, &mut out).await?,
        Command::Restore(options) => cli::backup::restore(&options, locale, &mut out).await?,
        Command::Restored { database } => {
            let _held = cli::open::hold(&database, locale)?;
            let store = cli::open::existing(&database, locale).await?;
            println!("epoch {}", store.begin_epoch(now(), 0).await?);
            store.close().await;
        }
        // It is done before anything else begins.
        Command::Examine => {}
        Command::Export { database } => {
            let store = cli::open::existing(&database, locale).await?;
            let mut csv = csv::Writer::from_writer(&mut out);
            csv.write_record(["reporter", "period", "element", "value"])?;
            for row in store.all_figures().await? {
                csv.serialize(row)?;
            }
            csv.flush()?;
            store.close().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn assets(folder: Option<PathBuf>) -> Result<Assets, Box<dyn Error>> {
    if let Some(folder) = folder {
        return Assets::read(&folder).map_err(|e| format!("{}: {e}", folder.display()).into());
    }
    #[cfg(feature = "app-inside")]
    return Ok(Assets::inside());
    #[cfg(not(feature = "app-inside"))]
    Ok(Assets::default())
}

#[expect(clippy::print_stdout, reason = "whoever starts it waits for this line")]
async fn serve(
    database: &str,
    listen: SocketAddr,
    folder: Option<PathBuf>,
    settings: Settings,
    plan: Loaded,
    locale: Locale,
) -> Result<(), Box<dyn Error>> {
    let _held = cli::open::hold(database, locale)?;
    let store = cli::open::existing(database, locale).await?;
    cli::open::claim(&store, database, &plan, locale).await?;
    let watch = cli::watch::begin(&store, database, locale).await?;
    let illustrative = store.meta("illustrative").await?.is_some();
    // A demonstration keeps to the day it was filled for, unless another is asked for.
    let filled_for = store.meta("today").await?.and_then(|day| day.parse().ok());
    let settings = Settings { today: settings.today.or(filled_for), ..settings };
    let today = settings.today.unwrap_or_else(|| now().date_naive());
    let plans = store.serve_plan(&plan.version, today).await?;
    let app = App::new(plan, plans, store.clone(), assets(folder)?, settings, illustrative);
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    if app.settings.public {
        let app = app.clone();
        tokio::spawn(async move { app.public.keep(&app.context).await });
    }
    let news = store.news.clone();
    let stop = async move {
        stopped().await;
        // Whoever listens would keep the server from ending.
        news.stop();
    };
    let behind_proxy = app.settings.behind_proxy;
    listening::serve(listener, router(app), Limits::of_this_machine(), behind_proxy, stop).await;
    watch.end().await;
    // What is committed is on disk; a database that does not answer is not waited for.
    tokio::time::timeout(Duration::from_secs(1), store.close()).await.ok();
    Ok(())
}

async fn stopped() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a signal handler can be set at start");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
