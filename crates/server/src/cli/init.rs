//! `chitieu init`: makes a database and prints the link with which its first administrator is made.

use super::{Stop, load, open};
use crate::auth::session::new_token;
use crate::auth::set_up;
use crate::auth::set_up::SET_UP_SECONDS;
use crate::clock::now;
use crate::public_url::{NotAnOrigin, PublicUrl};
use crate::store::Store;
use chitieu_widgets::{Locale, t};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// What to make.
#[derive(Args)]
pub struct Options {
    /// `sqlite:FILE`, or `postgres://…` of a database that is there and empty.
    #[arg(long, default_value = "sqlite:chitieu.db")]
    database: String,
    /// Address under which people will reach the server; the link begins with it.
    #[arg(long, default_value = "http://127.0.0.1:8188", value_parser = address)]
    public_url: String,
    /// The plan; the one that ships with the program where it is left out.
    #[arg(long)]
    plan: Option<PathBuf>,
}

fn address(text: &str) -> Result<String, NotAnOrigin> {
    text.parse::<PublicUrl>().map(|_| text.to_owned())
}

/// Makes the database, or another link where nobody has used the first one.
pub async fn run(options: &Options, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let Options { database: url, public_url, plan } = options;
    let loaded = load(plan.as_ref(), locale)?;
    let failed = |error| open::failed(url, error, locale);
    let store = Store::open(url).await.map_err(failed)?;
    if !store.users().await.map_err(failed)?.is_empty() {
        return Err(Stop(t::cli::database_exists(locale, open::shown(url))));
    }
    open::claim(&store, url, &loaded, locale).await?;
    let (token, hash) = new_token();
    store.offer_set_up(&hash, now().timestamp() + SET_UP_SECONDS).await.map_err(failed)?;
    store.close().await;
    let said = t::cli::set_up_link(locale);
    writeln!(out, "{said}\n{}", set_up::link(public_url, &token, locale)).map_err(|e| Stop(e.to_string()))
}
